"""Pages on the day: what one tap does, what is refused, what strangers learn, what it costs."""

from __future__ import annotations

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pypdf import PdfReader
from pytest_django import DjangoAssertNumQueries

from portal.groups.models import Side
from portal.meetings.models import Meeting
from portal.sitting import actions, check_in, check_in_views, voting_actions
from portal.sitting.models import Motion, Presence, Sitting
from portal.sitting.voting_actions import Counts
from tests.meetings import gatherings

from . import sittings

pytestmark = pytest.mark.django_db


def signed_in(person: object) -> Client:
    client = Client()
    client.force_login(person)  # type: ignore[arg-type]
    return client


def presence_page(meeting: Meeting) -> str:
    return f"/sprava/jednani/{meeting.pk}/prezence/"


def test_one_tap_marks_and_the_page_counts() -> None:
    group, members, head = sittings.group(5)
    meeting = sittings.meeting(group)
    client = signed_in(head)
    page = presence_page(meeting)
    assert client.post(f"{page}zacatek/").status_code == 302
    for one in members[:3]:
        answer = client.post(f"{page}clen/{one.pk}/", {"stav": "present", "seen": "0"})
        assert answer["Location"] == f"{page}#clen-{one.pk}"
    assert "Přítomno 3 z 5 členů s hlasem, skupina je usnášeníschopná." in client.get(page).content.decode()
    assert client.post(f"{page}clen/{members[3].pk}/", {"stav": "nesmysl", "seen": "0"}).status_code == 404
    assert client.post(f"{page}konec/").status_code == 302
    meeting.refresh_from_db()
    assert meeting.state == Meeting.State.HELD


def test_the_second_of_two_who_mark_at_once_is_told_and_nothing_is_overwritten() -> None:
    group, members, head = sittings.group(3)
    meeting = sittings.running(group, head, members[:1])
    page = f"{presence_page(meeting)}clen/{members[1].pk}/"
    client = signed_in(head)
    client.post(page, {"stav": "present", "seen": "0"})
    answer = client.post(page, {"stav": "absent", "seen": "0"})
    assert answer.status_code == 409
    assert f"{members[1].name}: je na jednání" in answer.content.decode()
    assert Presence.objects.get(membership=members[1]).state == "present"


def test_a_guest_is_written_in_and_a_nameless_one_is_not() -> None:
    group, _, head = sittings.group(3)
    meeting = sittings.running(group, head)
    client = signed_in(head)
    assert client.post(presence_page(meeting), {"name": " "}).status_code == 422
    assert client.post(presence_page(meeting), {"name": "Karla Hostová", "side": "user"}).status_code == 302
    assert Presence.objects.get().side == Side.USER


def test_a_member_who_only_reads_sees_no_buttons_and_writes_nothing() -> None:
    group, members, head = sittings.group(3)
    meeting = sittings.running(group, head, members[:1])
    plain = gatherings.member(group, "Řadový Člen", account=True)
    client = signed_in(plain.person)
    page = client.get(presence_page(meeting))
    assert page.status_code == 200
    assert 'name="stav"' not in page.content.decode()
    assert client.post(f"{presence_page(meeting)}clen/{members[1].pk}/", {"stav": "present"}).status_code == 404
    assert client.post(f"{presence_page(meeting)}konec/").status_code == 404
    assert Presence.objects.count() == 1


def test_pages_of_the_desk_cost_the_same_for_any_number_of_people(
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    for size in (3, 30):
        group, members, head = sittings.group(size)
        meeting = sittings.running(group, head, members)
        for n in range(size):
            actions.guest_add(meeting=meeting, name=f"Host {n}", actor=head)
            motion = voting_actions.motion_put(meeting=meeting, text=f"Návrh {n}", way="names", actor=head)
            choices = {one.pk: "for" for one in members}
            voting_actions.motion_count(motion=motion, choices=choices, seen=1, actor=head)
        client = signed_in(head)
        client.get(presence_page(meeting))
        for page in ("prezence/", "hlasovani/", f"hlasovani/{motion.pk}/"):
            with django_assert_max_num_queries(12):
                client.get(f"/sprava/jednani/{meeting.pk}/{page}")


# --- checking in -------------------------------------------------------------------------------------------------


def test_whoever_types_a_name_gets_the_same_answer_be_it_a_members_or_not() -> None:
    group, members, head = sittings.group(3)
    meeting = sittings.running(group, head)
    page = f"/pritomnost/{check_in.token(meeting)}/"
    told = []
    for name in (members[1].name, "Úplně Cizí"):
        client = Client()
        shown = client.get(page).content.decode()
        assert not any(one.name in shown for one in members)
        answer = client.post(page, {"name": name})
        assert answer.status_code == 302
        told.append((answer["Location"], client.get(answer["Location"]).content.decode()))
    assert told[0] == told[1]
    assert Presence.objects.get(membership=members[1]).self_checked
    assert Presence.objects.get(name="Úplně Cizí").is_guest


def test_looking_at_the_check_in_writes_nothing_and_a_wrong_code_is_nothing() -> None:
    group, _, head = sittings.group(3)
    meeting = sittings.running(group, head)
    client = Client()
    client.get(f"/pritomnost/{check_in.token(meeting)}/")
    assert not Presence.objects.exists()
    assert client.get(f"/pritomnost/{meeting.pk}-{'a' * 24}/").status_code == 404
    assert client.post(f"/pritomnost/{check_in.token(meeting)}/", {"name": ""}).status_code == 422
    actions.end(meeting=meeting, actor=head)
    assert client.get(f"/pritomnost/{check_in.token(meeting)}/").status_code == 410


def test_a_script_cannot_fill_the_hall(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check_in_views, "TRIES_AN_HOUR", 3)
    group, _, head = sittings.group(3)
    meeting = sittings.running(group, head)
    client, page = Client(REMOTE_ADDR="203.0.113.77"), f"/pritomnost/{check_in.token(meeting)}/"
    answers = [client.post(page, {"name": f"Robot {n}"}).status_code for n in range(5)]
    assert answers == [302, 302, 302, 429, 429]
    assert Presence.objects.count() == 3


def test_a_member_who_is_signed_in_only_confirms() -> None:
    group, _, head = sittings.group(3)
    meeting = sittings.running(group, head)
    page = f"/pritomnost/{check_in.token(meeting)}/"
    client = signed_in(head)
    assert "Hana Hlavní" in client.get(page).content.decode()
    client.post(page, {})
    assert Presence.objects.get().membership is not None
    assert "Jste zapsaní" in client.get(page).content.decode()


# --- votes, paper ------------------------------------------------------------------------------------------------


def test_a_vote_from_the_motion_to_the_corrected_result() -> None:
    group, members, head = sittings.group(3)
    meeting = sittings.running(group, head, members)
    client, page = signed_in(head), f"/sprava/jednani/{meeting.pk}/hlasovani/"
    assert client.post(page, {"text": "", "way": "hands"}).status_code == 422
    one = client.post(page, {"text": "Skupina schvaluje.", "way": "hands"})["Location"]
    wrong = client.post(one, {"seen": 1, "votes_for": 4, "votes_against": 0, "votes_abstained": 0})
    assert wrong.status_code == 422
    assert "hlasovat mohlo jen 3" in wrong.content.decode()
    client.post(one, {"seen": 1, "votes_for": 2, "votes_against": 1, "votes_abstained": 0})
    assert "Přijato: pro 2, proti 1" in client.get(one).content.decode()
    # Somebody else counts the same motion a moment later.
    late = client.post(one, {"seen": 1, "votes_for": 0, "votes_against": 3, "votes_abstained": 0}, follow=True)
    assert "nezapsala" in late.content.decode()
    right = {"seen": 2, "votes_for": 3, "votes_against": 0, "votes_abstained": 0}
    assert client.post(f"{one}opravit/", right).status_code == 422
    assert client.post(f"{one}opravit/", right | {"reason": "přepočet"}).status_code == 302
    assert Motion.objects.get().votes_for == 3


def test_by_name_and_secret_ballots_through_their_forms() -> None:
    group, members, head = sittings.group(3)
    meeting = sittings.running(group, head, members)
    client, page = signed_in(head), f"/sprava/jednani/{meeting.pk}/hlasovani/"
    named = client.post(page, {"text": "Jmenovitě.", "way": "names"})["Location"]
    client.post(named, {"seen": 1, **{f"hlas_{one.pk}": "for" for one in members[:2]}})
    assert f"{members[1].name}: pro" in client.get(named).content.decode()
    secret = client.post(page, {"text": "Tajně.", "way": "secret"})["Location"]
    handed = [one.pk for one in members]
    given = {"seen": 1, "handed": handed, "votes_for": 2, "votes_against": 1, "votes_abstained": 0}
    client.post(secret, given)
    shown = client.get(secret).content.decode()
    assert "Přijato: pro 2" in shown
    assert members[1].name not in shown


def test_the_sheet_to_sign_names_members_and_has_rows_for_guests() -> None:
    group, members, head = sittings.group(3)
    meeting = sittings.running(group, head)
    answer = signed_in(head).get(f"{presence_page(meeting)}listina/")
    text = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.content)).pages)
    assert "Prezenční listina" in text
    assert all(one.name in text for one in members)
    assert "Hosté a náhradníci" in text
    assert all(one.email not in text for one in members)


def test_the_signed_sheet_is_for_people_of_the_body_only() -> None:
    group, _, head = sittings.group(3)
    meeting = sittings.running(group, head)
    client, page = signed_in(head), f"{presence_page(meeting)}podepsana/"
    pdf = client.get(f"{presence_page(meeting)}listina/").content
    assert client.post(page, {"sheet": SimpleUploadedFile("a.pdf", b"nesmysl")}).status_code == 422
    assert client.post(page, {"sheet": SimpleUploadedFile("listina.pdf", pdf)}).status_code == 302
    kept = Sitting.objects.get().sheet
    assert kept is not None
    assert not kept.public
    assert client.get(f"{page}soubor/").status_code == 200
    _, _, stranger = sittings.group(2)
    assert signed_in(stranger).get(f"{page}soubor/").status_code == 404
    assert Client().get(f"{page}soubor/").status_code == 302


def test_closed_results_keep_their_words_when_members_change() -> None:
    group, members, head = sittings.group(3)
    meeting = sittings.running(group, head, members)
    motion = voting_actions.motion_put(meeting=meeting, text="Návrh", way="hands", actor=head)
    voting_actions.motion_count(motion=motion, counts=Counts(2, 0, 1), seen=1, actor=head)
    gatherings.member(group)
    sittings.rules_of(group, majority="all")
    page = signed_in(head).get(f"/sprava/jednani/{meeting.pk}/hlasovani/{motion.pk}/").content.decode()
    assert "Přítomno 3 z 3 členů s hlasem" in page
