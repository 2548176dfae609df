"""Answers without signing in, reminders, and the letter as it travels."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core import signing
from django.core.cache import caches
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from ical.calendar_stream import CalendarStream

from portal.audit.models import Deed
from portal.mail.models import Letter
from portal.mail.post import deliver
from portal.meetings import actions, answer_actions, happenings, invitations
from portal.meetings.models import Invitee, Meeting
from portal.web import pace
from tests import make
from tests.mail.conftest import Office, Post, office, post  # noqa: F401 - fixtures

from . import gatherings

pytestmark = pytest.mark.django_db


@pytest.fixture
def invitee() -> Invitee:
    group = gatherings.group(excuse_days=3)
    gatherings.member(group, "Jana Malá")
    meeting = gatherings.called(group, days=20, way=Meeting.Way.HYBRID, online_url="https://schuzky.example.cz/a")
    return Invitee.objects.select_related("meeting__group", "membership").get(meeting=meeting)


def page(one: Invitee) -> str:
    return reverse("meetings:answer", args=[invitations.token(one)])


def test_looking_at_the_page_of_the_letter_answers_nothing(client: Client, invitee: Invitee) -> None:
    assert client.get(page(invitee)).status_code == 200
    invitee.refresh_from_db()
    assert invitee.answer == Invitee.Answer.WAITING
    assert invitee.answered_at is None


@pytest.mark.parametrize(
    ("sent", "answer", "kept"),
    [
        ({"says": "coming"}, "coming", {"online": False}),
        ({"says": "coming", "online": "on"}, "coming", {"online": True}),
        ({"says": "excused", "reason": "Jsem na dovolené"}, "excused", {"reason": "Jsem na dovolené"}),
        ({"says": "substituted", "substitute": "Eva Nová"}, "substituted", {"substitute": "Eva Nová"}),
    ],
)
def test_one_button_answers_without_signing_in(
    client: Client, invitee: Invitee, sent: dict[str, str], answer: str, kept: dict[str, Any]
) -> None:
    assert client.post(page(invitee), sent).status_code == 302
    invitee.refresh_from_db()
    assert invitee.answer == answer
    assert invitee.answered_at is not None
    for name, value in kept.items():
        assert getattr(invitee, name) == value


def test_answer_may_change_and_leaves_nothing_of_the_old_one(client: Client, invitee: Invitee) -> None:
    client.post(page(invitee), {"says": "excused", "reason": "Nemoc"})
    client.post(page(invitee), {"says": "coming"})
    invitee.refresh_from_db()
    assert (invitee.answer, invitee.reason) == ("coming", "")


def test_substitute_has_a_name(client: Client, invitee: Invitee) -> None:
    answer = client.post(page(invitee), {"says": "substituted"})
    assert answer.status_code == 422
    assert "Napište, kdo za vás přijde." in answer.content.decode()


def test_why_somebody_does_not_come_is_not_in_the_journal(client: Client, invitee: Invitee) -> None:
    client.post(page(invitee), {"says": "excused", "reason": "Operace kolene"})
    told = Deed.objects.get(verb="invitation_answered")
    assert "Operace" not in f"{told.before}{told.after}{told.thing_name}"
    assert "Jana Malá" not in f"{told.before}{told.after}{told.thing_name}"


def test_a_link_that_is_not_ours_leads_nowhere(client: Client, invitee: Invitee) -> None:
    token = invitations.token(invitee)
    for wrong in (token[:-1], token + "a", "x", signing.dumps(invitee.pk, salt="another")):
        assert client.get(reverse("meetings:answer", args=[wrong])).status_code == 404


def test_a_link_ends_with_the_meeting(client: Client, invitee: Invitee) -> None:
    past = timezone.now() - timedelta(days=1)
    Meeting.objects.filter(pk=invitee.meeting_id).update(starts_at=past - timedelta(hours=2), ends_at=past)
    assert client.get(page(invitee)).status_code == 410
    assert client.post(page(invitee), {"says": "coming"}).status_code == 422
    invitee.refresh_from_db()
    assert invitee.answer == Invitee.Answer.WAITING


def test_cancelled_meeting_says_so_on_the_page_of_the_letter(client: Client, invitee: Invitee) -> None:
    actions.meeting_cancel(meeting=invitee.meeting, reason="Zatopená radnice.", actor=make.person("coordinator"))
    answer = client.get(page(invitee))
    assert answer.status_code == 410
    assert "Zatopená radnice." in answer.content.decode()


def test_nobody_answers_online_where_there_is_only_a_place() -> None:
    group = gatherings.group()
    gatherings.member(group)
    one = gatherings.called(group).invitees.get()
    with pytest.raises(ValidationError):
        answer_actions.answer(invitee=one, says="coming", online=True, actor=answer_actions.BY_LINK)


def test_member_answers_for_themselves_and_the_head_for_anybody(client: Client) -> None:
    group = gatherings.group()
    head = gatherings.head(group)
    jana, petr = gatherings.member(group, account=True), gatherings.member(group)
    meeting = gatherings.called(group, actor=head.person)
    rows = {one.membership_id: one for one in meeting.invitees.all()}

    def says(membership: Any, answer: str) -> int:
        address = f"/sprava/jednani/{meeting.pk}/odpoved/{rows[membership.pk].pk}/"
        return client.post(address, {"says": answer}).status_code

    assert jana.person is not None
    client.force_login(jana.person)
    assert says(jana, "coming") == 302
    assert says(petr, "coming") == 404
    assert head.person is not None
    client.force_login(head.person)
    assert says(petr, "excused") == 302
    answers = dict(meeting.invitees.values_list("membership_id", "answer"))
    assert (answers[jana.pk], answers[petr.pk], answers[head.pk]) == ("coming", "excused", "waiting")


# --- reminding -------------------------------------------------------------------------------------------------


def test_the_silent_are_reminded_once_the_day_before_excuses_end() -> None:
    group, who = gatherings.group(excuse_days=3), make.person("coordinator")
    silent, spoken = gatherings.member(group), gatherings.member(group)
    meeting = gatherings.called(group, days=30, actor=who)
    answer_actions.answer(invitee=meeting.invitees.get(membership=spoken), says="coming", actor=answer_actions.BY_LINK)
    long_ago = timezone.now() - timedelta(days=20)
    meeting.invitees.update(sent_at=long_ago)
    assert answer_actions.remind() == 0  # the term is far
    Meeting.objects.filter(pk=meeting.pk).update(starts_at=gatherings.at(4), ends_at=gatherings.at(4, 11))
    assert answer_actions.remind() == 1
    assert answer_actions.remind() == 0
    letters = Letter.objects.about(meeting).filter(template="meetings/letters/remind")
    assert [one.to for one in letters] == [silent.email]
    assert letters[0].calendar == ""


def test_an_invitation_of_today_is_reminder_enough() -> None:
    group = gatherings.group(excuse_days=3, invitation_days=3)
    gatherings.member(group)
    gatherings.called(group, days=4)
    assert answer_actions.remind() == 0


def test_why_somebody_did_not_come_is_forgotten_in_its_time(invitee: Invitee) -> None:
    answer_actions.answer(invitee=invitee, says="excused", reason="Operace", actor=answer_actions.BY_LINK)
    assert answer_actions.forget_excuses(365) == 0
    past = timezone.now() - timedelta(days=366)
    Meeting.objects.filter(pk=invitee.meeting_id).update(starts_at=past - timedelta(hours=2), ends_at=past)
    assert answer_actions.forget_excuses(365) == 1
    invitee.refresh_from_db()
    assert (invitee.answer, invitee.reason) == ("excused", "")


# --- the letter as it travels ----------------------------------------------------------------------------------


def test_the_letter_leaves_with_a_calendar_that_programs_take_as_a_request(post: Post, invitee: Invitee) -> None:  # noqa: F811
    assert deliver() == 1
    (mail,) = post.messages
    parts = {part.get_content_type(): part for part in mail.walk()}
    assert list(parts) == ["multipart/alternative", "text/plain", "text/html", "text/calendar"]
    part = parts["text/calendar"]
    assert part.get_param("method") == "REQUEST"
    assert part.get_content_charset() == "utf-8"
    text = part.get_content()
    (found,) = CalendarStream.from_ics(text).calendars[0].events
    assert found.dtstart == invitee.meeting.starts_at
    assert found.attendees[0].uri == f"mailto:{invitee.membership.email}"
    assert "BEGIN:VTIMEZONE" in text


def test_the_cancellation_leaves_as_a_cancellation(post: Post, invitee: Invitee) -> None:  # noqa: F811
    deliver()
    actions.meeting_cancel(meeting=invitee.meeting, reason="Nemoc.", actor=make.person("coordinator"))
    assert deliver() == 1
    part = next(one for one in post.messages[-1].walk() if one.get_content_type() == "text/calendar")
    assert part.get_param("method") == "CANCEL"
    (found,) = CalendarStream.from_ics(part.get_content()).calendars[0].events
    assert (found.status, found.sequence) == ("CANCELLED", 1)


# --- substitutes -------------------------------------------------------------------------------------------------

SENT = {"says": "substituted", "substitute": "Eva Nová", "substitute_email": "eva@example.org"}


@pytest.fixture(autouse=True)
def nobody_has_sent_anything() -> None:
    """Limits of visitors are kept longer than a test takes."""
    caches[pace.SHARED].clear()


def to_substitute(email: str = "eva@example.org") -> list[Letter]:
    return list(Letter.objects.filter(to=email).order_by("pk"))


def words(letter: Letter) -> str:
    """The text in one line; lines of letters break where the names in them end."""
    return " ".join(letter.text.split())


def event_of(letter: Letter) -> tuple[str, Any]:
    """The method of the file in the letter and its event, read by somebody else's parser."""
    held = CalendarStream.from_ics(letter.calendar).calendars[0]
    return str(held.method), held.events[0]


def test_a_substitute_with_an_address_gets_the_invitation_and_the_event(client: Client, invitee: Invitee) -> None:
    assert client.post(page(invitee), SENT).status_code == 302
    (letter,) = to_substitute()
    assert "vás za sebe posílá Jana Malá" in words(letter)
    assert "/jednani/odpoved/" not in letter.text + letter.calendar
    method, event = event_of(letter)
    assert method == "REQUEST"
    assert event.uid == f"{invitee.meeting.uid}@{happenings.host()}"
    assert event.attendees[0].uri == "mailto:eva@example.org"
    assert str(event.status) == "EventStatus.CONFIRMED"
    client.post(page(invitee), SENT)
    assert len(to_substitute()) == 1


def test_a_substitute_who_is_not_needed_any_more_hears_of_it(client: Client, invitee: Invitee) -> None:
    client.post(page(invitee), SENT)
    client.post(page(invitee), {"says": "substituted", "substitute": "Petr", "substitute_email": "petr@example.org"})
    off = to_substitute()[-1]
    assert "jít nemusíte" in words(off)
    assert event_of(off)[0] == "CANCEL"
    assert len(to_substitute("petr@example.org")) == 1
    client.post(page(invitee), {"says": "coming"})
    assert event_of(to_substitute("petr@example.org")[-1])[0] == "CANCEL"
    invitee.refresh_from_db()
    assert (invitee.substitute, invitee.substitute_email) == ("", "")


def test_a_substitute_follows_the_meeting(client: Client, invitee: Invitee) -> None:
    client.post(page(invitee), SENT)
    head, meeting = make.person("coordinator"), Meeting.objects.get(pk=invitee.meeting_id)
    meeting = actions.meeting_change(meeting=meeting, seen=meeting.version, place="Knihovna", actor=head)
    changed = to_substitute()[-1]
    assert "kde: Knihovna" in words(changed)
    method, event = event_of(changed)
    assert (method, event.sequence, event.location.partition(",")[0]) == ("REQUEST", 1, "Knihovna")
    actions.meeting_cancel(meeting=meeting, reason="Nemoc", actor=head)
    method, event = event_of(to_substitute()[-1])
    assert (method, event.sequence) == ("CANCEL", 2)


def test_another_time_asks_the_member_again_and_frees_the_substitute(client: Client, invitee: Invitee) -> None:
    client.post(page(invitee), SENT)
    meeting = Meeting.objects.get(pk=invitee.meeting_id)
    actions.meeting_change(
        meeting=meeting,
        seen=meeting.version,
        starts_at=meeting.starts_at + timedelta(days=1),
        ends_at=meeting.ends_at + timedelta(days=1),
        actor=make.person("coordinator"),
    )
    assert event_of(to_substitute()[-1])[0] == "CANCEL"
    invitee.refresh_from_db()
    assert (invitee.answer, invitee.substitute_email) == ("waiting", "")


def test_a_substitute_of_the_body_is_written_to_without_an_address_in_the_answer(
    client: Client, invitee: Invitee
) -> None:
    gatherings.member(invitee.meeting.group, "Eva Nová", substitutes=invitee.membership, email="eva@obec.example.org")
    client.post(page(invitee), {"says": "substituted", "substitute": "eva nová"})
    assert len(to_substitute("eva@obec.example.org")) == 1


def test_an_address_of_a_substitute_must_be_one_and_letters_have_a_limit(client: Client, invitee: Invitee) -> None:
    wrong = client.post(page(invitee), SENT | {"substitute_email": "eva"})
    assert wrong.status_code == 422
    assert "Eva Nová" in wrong.content.decode()
    tried = [client.post(page(invitee), SENT | {"substitute_email": f"e{n}@example.org"}) for n in range(12)]
    assert tried[9].status_code == 302
    assert tried[11].status_code == 429
    assert not Letter.objects.filter(to="e11@example.org").exists()


def test_an_address_of_a_substitute_is_forgotten_with_excuses(client: Client, invitee: Invitee) -> None:
    client.post(page(invitee), SENT)
    Meeting.objects.update(starts_at=timezone.now() - timedelta(days=401), ends_at=timezone.now() - timedelta(days=400))
    assert answer_actions.forget_excuses(365) == 1
    invitee.refresh_from_db()
    assert (invitee.substitute, invitee.substitute_email) == ("", "")
