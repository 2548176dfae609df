"""Planning, calling, changing and cancelling: who is written to, what calendars get, which terms hold."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from ical.calendar_stream import CalendarStream
from ical.event import Event

from portal.mail.models import Letter
from portal.meetings import actions
from portal.meetings.answer_actions import BY_LINK, answer
from portal.meetings.models import Invitee, Meeting
from tests import make

from . import gatherings

pytestmark = pytest.mark.django_db


def event_of(letter: Letter) -> Event:
    """What a program of somebody else reads in the letter."""
    (calendar,) = CalendarStream.from_ics(letter.calendar).calendars
    (event,) = calendar.events
    return event


def test_calling_writes_to_each_member_with_an_event_of_their_own() -> None:
    group = gatherings.group()
    jana, petr = gatherings.member(group, "Jana Malá"), gatherings.member(group, "Petr Velký")
    gatherings.member(group, "Bez adresy", email="")
    meeting = gatherings.called(group, place_note="Druhé patro, výtah vpravo")
    letters = {letter.to: letter for letter in Letter.objects.about(meeting)}
    assert set(letters) == {jana.email, petr.email}
    event = event_of(letters[jana.email])
    assert event.sequence == 0
    assert event.dtstart == meeting.starts_at
    assert event.dtend == meeting.ends_at
    assert "METHOD:REQUEST" in letters[jana.email].calendar
    assert petr.email not in letters[jana.email].calendar
    assert jana.email in letters[jana.email].calendar.replace("\r\n ", "")
    assert str(event.url).startswith("http://")
    assert str(event.url) in (event.description or "")
    assert "Druhé patro" in (event.description or "")
    assert meeting.state == Meeting.State.CALLED
    assert meeting.numbered == f"1/{meeting.day.year}"
    assert meeting.shown_at is not None
    assert meeting.invitees.count() == 3


def test_new_members_are_invited_later_and_nobody_twice() -> None:
    group = gatherings.group()
    gatherings.member(group)
    who = make.person("coordinator")
    meeting = gatherings.called(group, actor=who)
    assert actions.meeting_call(meeting=meeting, actor=who) == 0
    new = gatherings.member(group)
    assert actions.meeting_call(meeting=meeting, actor=who) == 1
    assert Letter.objects.about(meeting).filter(to=new.email).count() == 1


def test_changed_time_raises_the_sequence_writes_again_and_forgets_answers() -> None:
    group, who = gatherings.group(), make.person("coordinator")
    jana = gatherings.member(group)
    meeting = gatherings.called(group, actor=who)
    invitee = meeting.invitees.get()
    answer(invitee=invitee, says=Invitee.Answer.COMING, actor=BY_LINK)
    later: dict[str, Any] = {
        "starts_at": meeting.starts_at + timedelta(days=1),
        "ends_at": meeting.ends_at + timedelta(days=1),
    }
    actions.meeting_change(meeting=meeting, seen=meeting.version, actor=who, urgent_reason="", **later)
    first, second = Letter.objects.about(meeting).filter(to=jana.email).order_by("pk")
    before, after = event_of(first), event_of(second)
    assert before.uid == after.uid
    assert (before.sequence, after.sequence) == (0, 1)
    assert after.dtstart == later["starts_at"]
    invitee.refresh_from_db()
    assert invitee.answer == Invitee.Answer.WAITING


def test_what_nobody_must_hear_of_is_written_to_nobody() -> None:
    group, who = gatherings.group(), make.person("coordinator")
    gatherings.member(group)
    meeting = gatherings.called(group, actor=who)
    changed = actions.meeting_change(meeting=meeting, seen=meeting.version, actor=who, note="Vezměte si brýle.")
    assert changed.sequence == 0
    assert Letter.objects.about(meeting).count() == 1


def test_cancelling_takes_the_event_out_of_calendars() -> None:
    group, who = gatherings.group(), make.person("coordinator")
    gatherings.member(group)
    meeting = gatherings.called(group, actor=who)
    assert actions.meeting_cancel(meeting=meeting, reason="Nesešli bychom se.", actor=who) == 1
    first, last = Letter.objects.about(meeting).order_by("pk")
    assert "METHOD:CANCEL" in last.calendar
    event = event_of(last)
    assert event.status == "CANCELLED"
    assert event.uid == event_of(first).uid
    assert event.sequence == 1
    assert "Nesešli bychom se." in last.text


def test_cancelling_what_was_only_planned_writes_to_nobody() -> None:
    group, who = gatherings.group(), make.person("coordinator")
    gatherings.member(group)
    meeting = gatherings.meeting(group, actor=who)
    assert actions.meeting_cancel(meeting=meeting, reason="Nebude.", actor=who) == 0
    assert not Letter.objects.about(meeting).exists()


def test_late_invitation_needs_a_reason_that_is_kept_and_told() -> None:
    group, who = gatherings.group(invitation_days=7), make.person("coordinator")
    gatherings.member(group)
    meeting = gatherings.meeting(group, days=3, actor=who)
    with pytest.raises(ValidationError) as refusal:
        actions.meeting_call(meeting=meeting, actor=who)
    assert "urgent_reason" in refusal.value.message_dict
    actions.meeting_call(meeting=meeting, actor=who, urgent_reason="Dotace končí v pátek.")
    meeting.refresh_from_db()
    assert meeting.urgent_reason == "Dotace končí v pátek."
    assert "Dotace končí v pátek." in Letter.objects.about(meeting).get().text


def test_invitation_in_time_needs_no_reason_and_keeps_none() -> None:
    group, who = gatherings.group(invitation_days=7), make.person("coordinator")
    meeting = gatherings.meeting(group, days=8, actor=who)
    actions.meeting_call(meeting=meeting, actor=who, urgent_reason="zbytečný důvod")
    meeting.refresh_from_db()
    assert meeting.urgent_reason == ""


def test_numbers_of_a_body_and_year_are_given_once() -> None:
    group, who = gatherings.group(), make.person("coordinator")
    first = gatherings.at(400)
    january = first.replace(month=1, day=15, year=first.year + 1)
    made = [gatherings.meeting(group, starts_at=january + timedelta(days=at), actor=who) for at in range(4)]
    for one in made[:3]:
        actions.meeting_call(meeting=one, actor=who)
    actions.meeting_cancel(meeting=made[2], reason="Nesejdeme se.", actor=who)
    actions.meeting_call(meeting=made[3], actor=who)
    assert list(Meeting.objects.filter(group=group).values_list("number", flat=True)) == [1, 2, 3, 4]


def test_who_does_not_lead_can_do_nothing() -> None:
    group = gatherings.group()
    member = gatherings.member(group, account=True).person
    meeting = gatherings.meeting(group)
    for deed in (
        lambda: actions.meeting_call(meeting=meeting, actor=member),
        lambda: actions.meeting_cancel(meeting=meeting, reason="Nechci.", actor=member),
        lambda: actions.meeting_change(meeting=meeting, seen=1, actor=member, title="Jiné"),
        lambda: actions.meeting_show(meeting=meeting, shown=True, actor=member),
        lambda: actions.meeting_move(meeting=meeting, to="running", actor=member),
    ):
        with pytest.raises(PermissionDenied):
            deed()


def test_head_of_the_group_leads_its_meetings_only() -> None:
    group, other = gatherings.group(), gatherings.group()
    head = gatherings.head(group).person
    assert head is not None
    meeting = gatherings.meeting(group, actor=head)
    assert actions.meeting_call(meeting=meeting, actor=head) == 1
    with pytest.raises(PermissionDenied):
        gatherings.meeting(other, actor=head)


def test_somebody_else_saved_meanwhile() -> None:
    group, who = gatherings.group(), make.person("coordinator")
    meeting = gatherings.meeting(group, actor=who)
    actions.meeting_change(meeting=meeting, seen=meeting.version, actor=who, title="Mimořádné jednání")
    with pytest.raises(actions.Stale):
        actions.meeting_change(meeting=meeting, seen=meeting.version, actor=who, title="Jiné")
    meeting.refresh_from_db()
    assert meeting.title == "Mimořádné jednání"


def test_meeting_of_a_private_group_never_gets_on_the_web() -> None:
    group = gatherings.group(shown=False)
    who = make.person("coordinator")
    meeting = gatherings.called(group, actor=who)
    assert meeting.shown_at is None
    with pytest.raises(ValidationError):
        actions.meeting_show(meeting=meeting, shown=True, actor=who)
    assert not Meeting.objects.public().exists()


def test_moves_of_the_day_go_one_way() -> None:
    group, who = gatherings.group(), make.person("coordinator")
    meeting = gatherings.called(group, actor=who)
    meeting = actions.meeting_move(meeting=meeting, to=Meeting.State.RUNNING, actor=who)
    meeting = actions.meeting_move(meeting=meeting, to=Meeting.State.HELD, actor=who)
    with pytest.raises(ValidationError):
        actions.meeting_cancel(meeting=meeting, reason="Pozdě.", actor=who)
    with pytest.raises(ValidationError):
        actions.meeting_move(meeting=meeting, to=Meeting.State.PLANNED, actor=who)
