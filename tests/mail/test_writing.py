"""What stands in letters."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from portal.mail import actions
from portal.mail.masking import masked
from portal.mail.models import Letter, Unsubscription
from portal.mail.rendering import Block, read_blocks, render

from .conftest import CONTEXT, write

SITE = "http://127.0.0.1:8000"


class TestBlocks:
    def test_headings_part_a_longer_letter_in_both_bodies(self) -> None:
        assert read_blocks("## Co je nového\nVíc.") == [
            Block("heading", ("Co je nového",)),
            Block("paragraph", ("Víc.",)),
        ]

    def test_pieces_of_a_letter(self) -> None:
        source = """První řádka
druhá řádka.

- jedna
  a ještě
- dvě

> řekla:
> nikdo to nebere

[Všechno platí](http://127.0.0.1:8000/a/)
[Něco se změnilo](http://127.0.0.1:8000/b/)
"""
        assert read_blocks(source) == [
            Block("paragraph", ("První řádka druhá řádka.",)),
            Block("list", ("jedna a ještě", "dvě")),
            Block("quote", ("řekla:", "nikdo to nebere")),
            Block("button", ("Všechno platí",), "http://127.0.0.1:8000/a/"),
            Block("button", ("Něco se změnilo",), "http://127.0.0.1:8000/b/"),
        ]

    @pytest.mark.parametrize("url", ["https://evil.example/", "http://127.0.0.1:8000.evil.example/", "javascript:x"])
    def test_what_somebody_typed_cannot_lead_elsewhere(self, url: str) -> None:
        letter = read_blocks(f"Napsal:\n[Přihlaste se]({url})")
        assert [block.sort for block in letter] == ["paragraph"]

    @given(st.text(max_size=300))
    def test_no_text_is_lost(self, text: str) -> None:
        shown = "".join("".join(block.lines) + block.url for block in read_blocks(text))
        kept = {sign for sign in text if sign.isalnum()}
        assert kept <= set(shown)


@pytest.mark.django_db
class TestBodies:
    def test_values_are_escaped_in_html_and_plain_in_text(self) -> None:
        letter = write(context={**CONTEXT, "service": "<b>Péče</b> & dům"})
        assert "<b>Péče</b> & dům" in letter.text
        assert "<b>" not in letter.html
        assert "&lt;b&gt;Péče&lt;/b&gt; &amp; dům" in letter.html

    def test_lines_of_the_text_are_short_and_addresses_stay_whole(self) -> None:
        url = f"{SITE}/potvrzeni/{'x' * 150}/"
        letter = write(context={**CONTEXT, "url": url, "said": "slovo " * 60})
        assert url in letter.text
        assert all(len(line) <= 78 for line in letter.text.splitlines() if url not in line)

    def test_nothing_is_fetched_and_nothing_runs(self) -> None:
        html = write().html
        for wrong in ("<img", "<script", "<link", "src=", "url(", "@import", "<form", "onclick"):
            assert wrong not in html

    def test_the_paragraph_after_the_greeting_keeps_a_capital_of_a_name(self, sources: Path) -> None:
        (sources / "other.txt").write_text("Předmět: Vítejte\n\n{{ who }} vás zve.\n", encoding="utf-8")
        letter = write(template="mail/letters/other", context={"who": "Jana"})
        assert letter.text.startswith("Dobrý den, paní Nováková,\n\nJana vás zve.")

    def test_whoever_has_no_name_is_greeted_all_the_same(self) -> None:
        assert write(name="").text.startswith("Dobrý den,\n\n")

    def test_whom_to_ask_stands_at_the_foot(self, settings: Any) -> None:
        settings.COORDINATOR = {"name": "Eva Malá", "phone": "+420 493 000 222", "email": "eva@svornov.example"}
        letter = write()
        assert "Ozvěte se: Eva Malá, +420 493 000 222, eva@svornov.example." in letter.text
        assert "Eva Malá" in letter.html

    @pytest.mark.parametrize("wrong", ["Dobrý den", "Předmět: Ahoj", "Předmět: Ahoj\n\n  \n"])
    def test_a_source_that_is_no_letter_is_refused(self, sources: Path, wrong: str) -> None:
        (sources / "wrong.txt").write_text(wrong, encoding="utf-8")
        with pytest.raises(ValueError, match="wrong"):
            render(template="mail/letters/wrong", name="", context={})

    @pytest.mark.parametrize("name", ["sample", "mail/sample", "mail/letters/../sample", ""])
    def test_a_name_that_is_no_letter_is_refused(self, name: str) -> None:
        with pytest.raises(ValueError, match="letter is named"):
            render(template=name, name="", context={})


@pytest.mark.django_db
class TestWriting:
    def test_says_what_it_is_about(self) -> None:
        thing = Unsubscription.objects.create(email="a@b.cz", topic="x")
        letter = write(about=thing)
        assert list(Letter.objects.about(thing)) == [letter]

    def test_what_is_no_duty_can_be_refused(self) -> None:
        letter = write(duty=False, topic="confirmation")
        assert letter.unsubscribe_url in letter.text
        assert letter.unsubscribe_url in letter.html.replace("&amp;", "&")
        actions.unsubscribe(email="JANA@example.org", topic="confirmation")
        letter.refresh_from_db()
        assert letter.state == Letter.State.SKIPPED, "not even what already waits"
        assert write(duty=False, topic="confirmation").state == Letter.State.SKIPPED
        assert write(duty=False, topic="news").state == Letter.State.WAITING
        assert write().state == Letter.State.WAITING
        actions.subscribe_again(email="jana@example.org", topic="confirmation")
        assert write(duty=False, topic="confirmation").state == Letter.State.WAITING

    def test_what_is_no_duty_needs_a_topic(self) -> None:
        with pytest.raises(ValueError, match="topic"):
            write(duty=False)

    def test_old_letters_are_forgotten_and_waiting_ones_are_not(self, settings: Any) -> None:
        old, waiting, new = write(), write(), write()
        long_ago = old.created_at.replace(year=old.created_at.year - 3)
        Letter.objects.filter(pk__in=[old.pk, waiting.pk]).update(created_at=long_ago)
        Letter.objects.exclude(pk=waiting.pk).update(state=Letter.State.SENT)
        assert actions.forget() == 1
        assert set(Letter.objects.all()) == {waiting, new}


class TestMasking:
    @pytest.mark.parametrize(
        "secret",
        [
            "eyJhIjoxfQ:1tabcd:Q0hXhJbnPq1_-abcdefghij",
            "cx1a2b-0123456789abcdef0123456789abcdef",
            "Zk3v9QmLr5XwT1yPbN7sHd",
        ],
    )
    def test_secret_parts_of_links_are_put_out(self, secret: str) -> None:
        text = f"Klepněte: {SITE}/potvrzeni/{secret}/ nebo {SITE}/x/?klic={secret}&a=1"
        assert masked(text) == f"Klepněte: {SITE}/potvrzeni/…/ nebo {SITE}/x/?klic=…&a=1"

    @pytest.mark.parametrize("path", ["/sluzby/denni-stacionar-domov-pod-lipami/", "/sprava/sluzby/1234/", "/"])
    def test_words_of_people_stay(self, path: str) -> None:
        assert masked(SITE + path) == SITE + path

    def test_an_unsubscribe_link_is_secret_too(self) -> None:
        token = actions.token("jana@example.org", "confirmation")
        assert token not in masked(f"{SITE}/odhlasit/{token}/")


@pytest.mark.parametrize(
    "source", sorted((settings.ROOT / "portal").glob("*/templates/*/letters/*.txt")), ids=lambda path: path.stem
)
def test_every_letter_of_the_portal_begins_as_letters_do(source: Path) -> None:
    subject, gap, rest = source.read_text(encoding="utf-8").split("\n", 2)
    assert subject.startswith("Předmět: ")
    assert gap == ""
    assert rest.strip()
    assert not rest.startswith(("Dobrý den", "Vážen")), "the greeting is added"
