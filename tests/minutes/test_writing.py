"""The page on which minutes are written: without script, and as the browser's queue talks to it."""

from __future__ import annotations

import pytest
from django.test import Client

from portal.meetings.models import Meeting
from portal.minutes import chain_actions
from portal.minutes.models import Minutes
from tests.meetings import gatherings
from tests.minutes import written

pytestmark = pytest.mark.django_db
JSON = {"Accept": "application/json"}


def test_minutes_are_begun_by_a_button_and_only_once(client: Client) -> None:
    group = gatherings.group()
    head = gatherings.head(group)
    meeting = written.meeting(group)
    assert head.person is not None
    client.force_login(head.person)
    page = f"/sprava/jednani/{meeting.pk}/zapis/"
    assert "Začít psát zápis" in client.get(page).content.decode()
    assert client.get(f"{page}psani/").status_code == 404
    for _ in range(2):
        assert client.post(f"{page}zacit/").status_code == 302
    assert Minutes.objects.count() == 1
    Meeting.objects.update(state=Meeting.State.CANCELLED)
    Minutes.objects.all().delete()
    client.post(f"{page}zacit/")
    assert Minutes.objects.count() == 0


def test_a_section_is_saved_by_an_ordinary_form(client: Client) -> None:
    made = written.begun()
    client.force_login(made.head)
    section = made.section
    address = f"/sprava/jednani/{made.meeting.pk}/zapis/psani/{section.pk}/"
    said = {"text": "Jiný text", "conclusion": "", "seen": section.version}
    answer = client.post(address, said)
    assert answer["Location"].endswith(f"#bod-{section.pk}")
    stale = client.post(address, said | {"text": "Můj text"})
    assert stale.status_code == 409
    page = stale.content.decode()
    assert "Jiný text" in page
    assert "Můj text" in page
    # What the form carries now is the version that is stored, so that a second saving wins.
    assert client.post(address, said | {"text": "Spojené", "seen": section.version + 1}).status_code == 302
    assert made.section.text == "Spojené"


def test_the_queue_of_a_browser_is_answered_by_data(client: Client) -> None:
    made = written.begun()
    client.force_login(made.head)
    section = made.section
    address = f"/sprava/jednani/{made.meeting.pk}/zapis/psani/{section.pk}/"
    said = {"text": "ÚKOL: Novák – zavolat do 1. 5.", "conclusion": "", "seen": section.version}
    told = client.post(address, said, headers=JSON).json()
    assert told["version"] == section.version + 1
    assert told["marks"][0].startswith("Úkol: Novák – zavolat (do 1. 5. ")
    stale = client.post(address, said | {"text": "pozdě"}, headers=JSON)
    assert (stale.status_code, stale.json()["text"]) == (409, said["text"])
    assert client.post(address, said | {"seen": "x"}, headers=JSON).status_code == 422
    both = client.get(f"/sprava/jednani/{made.meeting.pk}/zapis/psani/body/").json()["sections"]
    assert [one["text"] for one in both] == [said["text"]]


def test_a_text_that_comes_after_the_minutes_went_out_is_shown_not_lost(client: Client) -> None:
    made = written.begun()
    client.force_login(made.head)
    section = made.section
    chain_actions.send(minutes=made.minutes, actor=made.head)
    address = f"/sprava/jednani/{made.meeting.pk}/zapis/psani/{section.pk}/"
    late = client.post(address, {"text": "Ještě jsem psala", "conclusion": "", "seen": section.version})
    assert late.status_code == 422
    assert "Ještě jsem psala" in late.content.decode()
    assert client.get(f"/sprava/jednani/{made.meeting.pk}/zapis/psani/").status_code == 302


def test_free_sections_are_added_and_only_empty_ones_left_out(client: Client) -> None:
    made = written.begun()
    client.force_login(made.head)
    writing = f"/sprava/jednani/{made.meeting.pk}/zapis/psani/"
    client.post(f"{writing}novy-bod/", {"title": " "})
    client.post(f"{writing}novy-bod/", {"title": "Různé"})
    free = made.minutes.sections.get(title="Různé")
    assert free.order > made.section.order
    client.post(f"{writing}{made.section.pk}/smazat/")
    client.post(f"{writing}{free.pk}/smazat/")
    assert list(made.minutes.sections.values_list("title", flat=True)) == ["Dostupnost pomoci"]


def test_head_and_votes(client: Client) -> None:
    made = written.begun()
    client.force_login(made.head)
    writing = f"/sprava/jednani/{made.meeting.pk}/zapis/psani/"
    client.post(writing, {"number": "3", "taken_by": "Hana", "verifier": "Petr"})
    minutes = made.again()
    assert (minutes.number, minutes.taken_by, minutes.verifier) == (3, "Hana", "Petr")
    assert client.post(writing, {"number": "0"}).status_code == 422
    section = made.section
    client.post(f"{writing}{section.pk}/", {"text": "", "conclusion": "", "seen": section.version})
    assert client.get(writing).context["untaken"] == 1
    client.post(f"{writing}hlasovani/")
    client.post(f"{writing}hlasovani/")
    assert made.section.text == "USNESENÍ: Skupina schvaluje dopis radě."
    assert client.get(writing).context["untaken"] == 0


def test_the_page_of_every_state_is_shown(client: Client) -> None:
    made = written.begun()
    client.force_login(made.head)
    address = f"/sprava/jednani/{made.meeting.pk}/zapis/"

    def shown(*words: str) -> None:
        page = client.get(address)
        assert page.status_code == 200
        for word in words:
            assert word in page.content.decode(), word

    shown("Rozeslat přítomným", "Růžičková")
    assert client.post(f"{address}rozeslat/").status_code == 302
    shown("Lhůta pro námitky běží", "Zapsat námitku za někoho")
    assert client.post(f"{address}namitka/", {"name": "", "text": "x"}).status_code == 422
    client.post(f"{address}namitka/", {"name": "Petr Novák", "text": "Není to tak."})
    objection = made.minutes.objections.get()
    settle = f"{address}namitka/{objection.pk}/"
    shown("čeká na vypořádání")
    assert client.post(settle, {f"n{objection.pk}-outcome": "declined"}).status_code == 422
    said = {f"n{objection.pk}-outcome": "declined", f"n{objection.pk}-reason": "Je to tak."}
    assert client.post(settle, said).status_code == 302
    assert client.post(f"{address}overit/", {"name": ""}).status_code == 422
    assert client.post(f"{address}zverejnit/").status_code == 302
    assert made.again().state == "sent"
    written.past_objections(made)
    assert client.post(f"{address}overit/", {"name": "Petr Novák"}).status_code == 302
    shown("Připravit veřejnou verzi")
    assert client.post(f"{address}zverejnit/").status_code == 302
    shown("Stáhnout z webu")
    assert client.get("/sprava/zapisy/").status_code == 200
