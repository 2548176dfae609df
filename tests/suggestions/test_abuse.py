"""What strangers try: floods, books, script, signs that turn words around, one text over and over, letters as bombs."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from zipfile import ZipFile

import pytest
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.test import Client
from django.utils import timezone

from portal.mail.models import Letter
from portal.suggestions import actions, forms, public_views
from portal.suggestions.models import Suggestion
from portal.web import challenge

from .sending import FORM, send, typed

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _a_person_is_slow(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(challenge, "LEAST_SECONDS", -1)
    yield
    cache.clear()


def on_the_web(**more: Any) -> Suggestion:
    said: dict[str, Any] = {"sort": "need", "title": "Obědy", "text": "Nemá je kdo vozit."}
    one = actions.receive(**said | more)
    Suggestion.objects.filter(pk=one.pk).update(state="taken", shown_at=timezone.now())
    one.refresh_from_db()
    return one


# --- too much ----------------------------------------------------------------------------------------------------


def test_a_flood_from_one_place_ends_and_the_text_stays(client: Client) -> None:
    answers = [send(client, title=f"Podnět {n}", text=f"Text {n}") for n in range(public_views.SENT_AN_HOUR + 3)]
    assert [one.status_code for one in answers[-4:]] == [302, 429, 429, 429]
    assert Suggestion.objects.count() == public_views.SENT_AN_HOUR
    page = answers[-1].content.decode()
    assert f"Text {public_views.SENT_AN_HOUR + 2}" in page
    assert "nic se neztratilo" in page
    # And with a fresh question, because the former one was used up.
    assert answers[-1].context["form"]["question_answer"].value() == ""


def test_another_visitor_is_not_held_up_by_it(client: Client) -> None:
    for n in range(public_views.SENT_AN_HOUR + 1):
        send(client, text=f"Text {n}")
    assert send(Client(REMOTE_ADDR="10.0.0.9"), text="Odjinud").status_code == 302


def test_a_megabyte_is_refused_and_not_sent_back(client: Client) -> None:
    answer = send(client, text="á" * 1_000_000)
    assert answer.status_code == 422
    assert "1 000 000 znaků" in answer.content.decode().replace("\xa0", " ")
    assert len(answer.content) < 120 * 1024
    assert not Suggestion.objects.exists()


@pytest.mark.parametrize("field", ["title", "name", "email", "place", "lat", "question_answer", "question_token"])
def test_a_book_in_any_other_field_is_refused_too(client: Client, field: str) -> None:
    assert send(client, **{field: "9" * 300_000}).status_code == 422
    assert not Suggestion.objects.exists()


def test_what_is_longer_than_it_may_be_comes_back_whole_when_a_person_could_have_typed_it(client: Client) -> None:
    text = "slovo " * 1500
    answer = send(client, text=text)
    assert answer.status_code == 422
    assert answer.context["form"]["text"].value() == text


def test_one_text_a_thousand_times_is_a_few_suggestions() -> None:
    """From a thousand places, so that no limit of a visitor helps."""
    for n in range(forms.SAME + 30):
        answer = send(Client(REMOTE_ADDR=f"10.1.{n // 250}.{n % 250}"), title=f"Jiný název {n}")
    assert answer.status_code == 422
    assert "svými slovy" in answer.content.decode()
    assert Suggestion.objects.count() == forms.SAME
    Suggestion.objects.update(received_at=timezone.now() - timedelta(days=2))
    assert send(Client()).status_code == 302


# --- robots ------------------------------------------------------------------------------------------------------


def test_a_machine_is_thanked_and_nothing_is_kept(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    assert send(client, website="http://spam.example")["Location"] == "/podnety/novy/hotovo/"
    monkeypatch.setattr(challenge, "LEAST_SECONDS", 2)
    assert send(client)["Location"] == "/podnety/novy/hotovo/"
    assert not Suggestion.objects.exists()


def test_without_the_token_of_the_page_nothing_is_taken() -> None:
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(FORM, typed()).status_code == 403
    assert not Suggestion.objects.exists()


# --- words that are more than words ------------------------------------------------------------------------------

EVIL = "<script>alert(1)</script><img src=x onerror=alert(2)> {{ 7*7 }} {% csrf_token %} \"'>"


def test_script_is_text_on_every_page(client: Client) -> None:
    one = on_the_web(title=f"T {EVIL}", text=EVIL, name=EVIL, name_public=True)
    for path in ("/podnety/", f"/podnety/{one.number}/", f"/podnety/sleduj/{one.key}/"):
        page = client.get(path).content.decode()
        assert "alert(1)" in page
        for sign in ("<script>alert", "<img src=x"):
            assert sign not in page, path
    feed = client.get("/podnety/atom.xml").content.decode()
    assert "<script>" not in feed
    asked = send(client, text=EVIL, title="").content.decode()
    assert "<script>alert" not in asked


def test_signs_that_nobody_sees_do_not_get_in(client: Client) -> None:
    send(client, title="Obědy \u202eyděbo", text="a\u200bb\u2066c\u0007d\u202d", name="Ja\u202ena")
    one = Suggestion.objects.get()
    assert (one.title, one.text, one.name) == ("Obědy yděbo", "abcd", "Jana")


def test_a_cell_that_would_be_a_formula_is_a_text(client: Client) -> None:
    on_the_web(title='=HYPERLINK("http://zlo.example")', text="@SUM(1+1)")
    with ZipFile(ContentFile(client.get("/podnety/podnety.xlsx").content)) as book:
        told = "".join(book.read(name).decode() for name in book.namelist() if name.endswith(".xml"))
    assert "<f>" not in told
    assert "'=HYPERLINK" in told
    assert "'@SUM" in told


@pytest.mark.parametrize(
    "query",
    [
        "druh=x", "stav=new", "stav=declined", "obec=%00", "obec=" + "9" * 500, "pro=../..", "rok=0000", "rok=99999",
        "rok=%C2%B2%C2%B2%C2%B2%C2%B2", "strana=-1", "strana=x", "rok=9999",
    ],
)  # fmt: skip
@pytest.mark.parametrize("path", ["/podnety/", "/podnety/mapa.geojson", "/podnety/podnety.xlsx"])
def test_addresses_made_up_by_anybody_are_answered(client: Client, path: str, query: str) -> None:
    assert client.get(f"{path}?{query}").status_code == 200


@pytest.mark.parametrize("path", ["/podnety/0/", "/podnety/99999999999999999999/", "/podnety/potvrzeni/x/"])
def test_what_is_not_there_is_not_found(client: Client, path: str) -> None:
    assert client.get(path).status_code == 404


# --- letters as bombs --------------------------------------------------------------------------------------------


def test_one_address_gets_a_few_letters_whoever_sends_them() -> None:
    for n in range(12):
        answer = send(Client(REMOTE_ADDR=f"10.2.0.{n}"), text=f"Text {n}", email="Obet@example.org")
        assert answer.status_code == 302
    assert Suggestion.objects.count() == 12, "what people say is kept, only the letters end"
    assert Letter.objects.filter(to__iexact="obet@example.org").count() == actions.LETTERS


def test_capitals_make_no_other_address() -> None:
    for n in range(8):
        actions.receive(sort="need", title="T", text=f"t{n}", email="obet@example.org" if n % 2 else "OBET@example.org")
    assert Letter.objects.count() == actions.LETTERS


def test_one_visitor_sends_a_few_letters_to_however_many_addresses(client: Client) -> None:
    for n in range(40):
        send(client, text=f"Text {n}", email=f"obet{n}@example.org")
    assert Letter.objects.count() == public_views.SENT_AN_HOUR


def test_asking_again_is_no_way_around(client: Client) -> None:
    one = actions.receive(sort="need", title="T", text="t", email="obet@example.org")
    for _ in range(20):
        client.post(f"/podnety/sleduj/{one.key}/", {"znovu": "1"})
    assert Letter.objects.count() == actions.LETTERS
    Letter.objects.update(created_at=timezone.now() - timedelta(days=2))
    cache.clear()
    client.post(f"/podnety/sleduj/{one.key}/", {"znovu": "1"})
    assert Letter.objects.count() == actions.LETTERS + 1
