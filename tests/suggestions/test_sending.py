"""A visitor sends a suggestion: nothing typed is lost, doubts are asked about once, the author follows it."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from portal.mail.models import Letter
from portal.suggestions import actions
from portal.suggestions.models import Origin, Suggestion
from portal.web import challenge
from tests import make

from .sending import FORM, answered, link_in, only, send, typed

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _a_person_is_slow(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Tests type faster than people."""
    monkeypatch.setattr(challenge, "LEAST_SECONDS", -1)
    yield
    cache.clear()


# --- sending -----------------------------------------------------------------------------------------------------


def test_a_suggestion_without_a_name_or_a_place_is_enough(client: Client) -> None:
    answer = send(client)
    one = only()
    assert answer.status_code == 302
    assert answer["Location"] == f"/podnety/novy/hotovo/?k={one.key}"
    assert (one.number, one.sort, one.title, one.text) == (1, "missing", "Obědy ve Lhotě", "Nemá je kdo vozit.")
    assert (one.state, one.origin, one.shown_at, one.email, one.author) == ("new", Origin.WEB, None, "", "")
    assert (one.span_kind, one.span_code) == ("site", "")
    assert not Letter.objects.exists()
    page = client.get(answer["Location"]).content.decode()
    assert f"/podnety/sleduj/{one.key}/" in page
    assert "číslo 1" in page


def test_everything_that_may_be_said_is_kept(client: Client) -> None:
    town, group = make.municipality("Lhota"), make.target_group()
    send(
        client, place="lhota", lat="50.12345", lon="15.98765", target_groups=[group.pk],
        name="Jana Milá", name_public="on", email="jana@example.org",
    )  # fmt: skip
    one = only()
    assert (one.municipality, one.span_kind, one.span_code) == (town, "municipality", town.code)
    assert (one.lat, one.lon) == (50.123, 15.988), "no nearer than a hundred metres"
    assert list(one.target_groups.all()) == [group]
    assert (one.author, one.email, one.email_confirmed_at) == ("Jana Milá", "jana@example.org", None)


def test_a_point_alone_finds_its_town() -> None:
    make.municipality("Daleko", lat=50.2, lon=15.2)
    near = make.municipality("Blízko", lat=50.01, lon=15.01)
    one = actions.receive(sort="need", title="Lavička", text="U zastávky.", lat=50.0, lon=15.0)
    abroad = actions.receive(sort="need", title="Lavička", text="U moře.", lat=45.0, lon=13.0)
    assert one.municipality == near
    assert (abroad.municipality, abroad.span_kind) == (None, "site")


def test_a_territory_said_by_the_caller_holds_and_others_come_in_by_other_ways() -> None:
    town = make.municipality()
    one = actions.receive(
        sort="idea", title="Pozdní připomínka", text="x" * 9000, origin=Origin.PAPER, municipality=town,
        span=("orp", town.orp_id, "Svornov"),
    )  # fmt: skip
    assert (one.span_kind, one.span_code, one.span_name) == ("orp", town.orp_id, "Svornov")
    assert (one.origin, len(one.text)) == ("paper", 9000)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"sort": ""}, "sort"),
        ({"sort": "joke"}, "sort"),
        ({"title": " \u200b "}, "title"),
        ({"title": "x" * 151}, "title"),
        ({"text": "\u202e\n"}, "text"),
        ({"place": "Nikde"}, "place"),
        ({"email": "jana(at)priklad"}, "email"),
        ({"lat": "91", "lon": "15"}, "lat"),
        ({"target_groups": ["999999"]}, "target_groups"),
        ({"question_answer": "99"}, "question_answer"),
    ],
)
def test_what_is_wrong_comes_back_with_all_that_was_typed(client: Client, wrong: dict[str, Any], field: str) -> None:
    said = {"name": "Jana Milá", "text": "Dlouze psané."} | wrong
    answer = send(client, **said)
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert "Jana Milá" in answer.content.decode()
    assert answer.context["form"]["text"].value() == said["text"]
    assert not Suggestion.objects.exists()


def test_towns_of_one_name_are_told_apart_by_their_district(client: Client) -> None:
    make.municipality("Lhota")
    other = make.municipality("Lhota", district=make.district("CZ0992", "Jinde"))
    page = send(client, place="Lhota").content.decode()
    assert "Lhota okres Jinde" in page
    assert send(client, place="Lhota okres Jinde").status_code == 302
    assert only().municipality == other


def test_the_form_takes_the_words_of_a_search_in_vain(client: Client) -> None:
    make.service("Domácí pomoc", at=make.municipality("Svornov"))
    found = client.get("/sluzby/", {"q": "xyzzy"}).content.decode()
    assert "/podnety/novy/?q=xyzzy" in found
    assert 'value="xyzzy"' in client.get("/podnety/novy/?q=xyzzy").content.decode()


def test_pressing_the_button_twice_makes_one_suggestion(client: Client) -> None:
    said = typed()
    first, second = client.post(FORM, said), client.post(FORM, said)
    assert first["Location"] == second["Location"]
    assert Suggestion.objects.count() == 1


def test_numbers_go_on_and_sending_costs_little(client: Client) -> None:
    town, group = make.municipality("Lhota"), make.target_group()
    send(client)
    with CaptureQueriesContext(connection) as queries:
        send(client, place="Lhota", target_groups=[group.pk], email="jana@example.org")
    ours = [one for one in queries if "shared_cache" not in one["sql"] and "SAVEPOINT" not in one["sql"]]
    assert len(ours) <= 12, "\n".join(one["sql"][:100] for one in ours)
    assert list(Suggestion.objects.order_by("number").values_list("number", flat=True)) == [1, 2]
    assert town.pk


# --- what need not be there --------------------------------------------------------------------------------------

TELLING = "Paní Nováková od vedle, tel. 777 123 456, nemá nikoho."


def test_the_author_is_asked_once_and_may_send_it_as_it_is(client: Client) -> None:
    said = typed(text=TELLING, name="Jana")
    asked = client.post(FORM, said)
    page = asked.content.decode()
    assert asked.status_code == 422
    assert "Paní Nováková" in page
    assert "777 123 456" in page
    assert TELLING in page
    assert not Suggestion.objects.exists()
    # The same question with the same answer still holds: it was not used up.
    kept = {name: asked.context["form"][name].value() for name in ("question_token", "question_answer")}
    assert kept == {name: said[name] for name in kept}
    assert client.post(FORM, said | {"presto": asked.context["form"].seen}).status_code == 302
    assert only().text == TELLING


def test_the_author_may_mend_it(client: Client) -> None:
    said = typed(text=TELLING)
    client.post(FORM, said)
    assert client.post(FORM, said | {"text": "Sousedka nemá nikoho."}).status_code == 302
    assert only().text == "Sousedka nemá nikoho."


def test_something_new_is_asked_about_again(client: Client) -> None:
    said = typed(text="Volejte 777 123 456.")
    seen = client.post(FORM, said).context["form"].seen
    again = client.post(FORM, said | {"text": "Volejte 777 123 456. RČ 855215/1234.", "presto": seen})
    assert again.status_code == 422
    assert "rodné číslo" in again.content.decode()


def test_a_complaint_is_led_to_where_the_law_sends_it(client: Client) -> None:
    assert "/podnety/stiznost/" in send(client, text="Chci si stěžovat na pečovatelku.").content.decode()
    page = client.get("/podnety/stiznost/").content.decode()
    for words in ("Poskytovatel služby", "Zřizovatel", "mpsv.cz", "ochrance.cz", "112"):
        assert words in page


def test_editors_change_the_words_about_complaints(client: Client) -> None:
    from portal.pages import codelists
    from portal.pages.models import Page

    codelists.load_pages()
    Page.objects.filter(key="stiznost").update(text="Zavolejte nejdřív **nám**.")
    assert "Zavolejte nejdřív" in client.get("/podnety/stiznost/").content.decode()


# --- the author's e-mail -----------------------------------------------------------------------------------------


def test_an_email_is_confirmed_by_one_button_and_not_by_looking(client: Client) -> None:
    send(client, email="jana@example.org")
    letter = Letter.objects.get()
    assert (letter.to, letter.template) == ("jana@example.org", "suggestions/letters/confirm")
    path = link_in(letter)
    assert "Ano, pište mi" in client.get(path).content.decode()
    assert only().email_confirmed_at is None
    assert client.post(path, follow=True).status_code == 200
    assert only().email_confirmed_at is not None
    page = client.get(path).content.decode()
    assert f"/podnety/sleduj/{only().key}/" in page


def test_a_letter_to_an_unknown_address_has_no_word_of_the_sender(client: Client) -> None:
    send(client, title="KUPTE LEVNĚ", text="www.podvod.example", name="Podvodník", email="obet@example.org")
    letter = Letter.objects.get()
    for body in (letter.subject, letter.text, letter.html, letter.name):
        for word in ("KUPTE", "podvod", "Podvodník"):
            assert word not in body


def test_a_link_for_another_email_or_after_its_time_confirms_nothing(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = actions.receive(sort="need", title="T", text="t", email="jana@example.org")
    path = actions.link(one)
    assert client.get(path[:-6] + "aaaaa/").status_code == 404
    later = timezone.now().timestamp() + 15 * 86400
    with monkeypatch.context() as patch:
        patch.setattr("django.core.signing.time.time", lambda: later)
        assert "už neplatí" in client.get(path).content.decode()
        client.post(path)
    assert only().email_confirmed_at is None
    actions.forget_author(suggestion=one)
    assert client.get(path).status_code == 404


def test_a_confirmed_email_gets_thanks_with_the_authors_page() -> None:
    one = actions.receive(sort="need", title="T", text="t", email="jana@example.org", email_confirmed=True)
    letter = Letter.objects.get()
    assert letter.template == "suggestions/letters/thanks"
    assert link_in(letter) == f"/podnety/sleduj/{one.key}/"
    assert one.email_confirmed_at is not None


def test_the_author_reads_everything_and_takes_back_the_name(client: Client) -> None:
    send(client, text="Jak to říkám já.", name="Jana Milá", name_public="on", email="jana@example.org")
    Suggestion.objects.update(public_text="Jak to čtou druzí.", state="taken", shown_at=timezone.now())
    own = f"/podnety/sleduj/{only().key}/"
    answer = client.get(own)
    page = answer.content.decode()
    assert "Jak to říkám já." in page
    assert "jana@example.org" not in page
    assert answer["X-Robots-Tag"] == "noindex"
    assert client.post(own, {"zapomenout": "1"}, follow=True).status_code == 200
    one = only()
    assert (one.name, one.email, one.name_public, one.author) == ("", "", False, "")
    assert "Jana Milá" not in client.get("/podnety/1/").content.decode()


def test_a_wrong_key_opens_nothing(client: Client) -> None:
    actions.receive(sort="need", title="T", text="t")
    assert client.get("/podnety/sleduj/neni/").status_code == 404
    assert "číslo" not in client.get("/podnety/novy/hotovo/?k=neni").content.decode()


def test_answers_help_nobody_to_a_second_suggestion(client: Client) -> None:
    """The question against robots holds once, whatever else changes."""
    said = answered()
    assert send(client, **said).status_code == 302
    assert send(client, title="Druhý", **said)["Location"].endswith(only().key)
