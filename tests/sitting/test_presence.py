"""Who is at a meeting: marks, substitutes, guests, checking in, two people at once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from portal.audit.models import Deed
from portal.groups.models import Membership, Side
from portal.home import today
from portal.meetings.invitations import token as invitation_token
from portal.meetings.models import Invitee, Meeting
from portal.sitting import actions, check_in, presence
from portal.sitting.models import Presence, Sitting
from tests import make
from tests.meetings import gatherings

from . import sittings

pytestmark = pytest.mark.django_db
State = Presence.State


def test_the_meeting_begins_with_excuses_from_the_invitation() -> None:
    group, members, head = sittings.group()
    meeting = sittings.meeting(group)
    Invitee.objects.create(meeting=meeting, membership=members[1], answer="excused", reason="nemoc")
    Invitee.objects.create(meeting=meeting, membership=members[2], answer="coming")
    sitting = actions.start(meeting=meeting, actor=head)
    meeting.refresh_from_db()
    assert meeting.state == Meeting.State.RUNNING
    assert sitting.started_at is not None
    assert list(Presence.objects.values_list("membership", "state", "reason")) == [(members[1].pk, "excused", "nemoc")]


def test_the_quorum_follows_marks() -> None:
    group, members, head = sittings.group(5)
    meeting = sittings.running(group, head, members[:2])
    assert not presence.of(meeting).quorum.met
    sittings.mark(meeting, members[2], head)
    assert presence.of(meeting).quorum.met
    sittings.mark(meeting, members[2], head, "left")
    attendance = presence.of(meeting)
    assert not attendance.quorum.met
    assert attendance.quorum.words.startswith("Přítomno 2 z 5 členů")


def test_after_the_end_whoever_left_early_was_there() -> None:
    group, members, head = sittings.group(5)
    meeting = sittings.running(group, head, members[:3])
    sittings.mark(meeting, members[2], head, "left")
    actions.end(meeting=meeting, actor=head)
    attendance = presence.of(meeting)
    assert attendance.quorum.met
    assert {one.name for one in attendance.present} == {one.name for one in members[:3]}
    assert {one.name for one in attendance.absent} == {one.name for one in members[3:]}


def test_a_mark_over_somebody_elses_is_refused_and_the_same_mark_is_one() -> None:
    group, members, head = sittings.group()
    meeting = sittings.running(group, head)
    actions.mark(meeting=meeting, membership=members[1], state="present", seen=0, actor=head)
    actions.mark(meeting=meeting, membership=members[1], state="present", seen=0, actor=head)
    with pytest.raises(actions.Stale) as news:
        actions.mark(meeting=meeting, membership=members[1], state="absent", seen=0, actor=head)
    assert news.value.stored is not None
    assert news.value.stored.state == State.PRESENT
    assert Presence.objects.get(membership=members[1]).version == 1


def test_a_substitute_counts_once_for_the_member() -> None:
    group, members, head = sittings.group(5)
    named = gatherings.member(group, "Náhradnice Nová", substitutes=members[2])
    meeting = sittings.running(group, head, members[:2])
    actions.substitute_add(meeting=meeting, member=members[2], substitute=named, actor=head)
    attendance = presence.of(meeting)
    assert (attendance.quorum.voices, attendance.quorum.voices_all) == (3, 5)
    (stand_in,) = attendance.substitutes
    assert (stand_in.name, stand_in.substitutes, stand_in.side) == (named.name, members[2].name, members[2].side)
    assert [one.substitute for one in attendance.excused] == [named.name]
    # The member comes after all: still one voice.
    actions.check_in(meeting=meeting, name=members[2].name)
    assert presence.of(meeting).quorum.voices == 3


def test_nobody_substitutes_two_ways() -> None:
    group, members, head = sittings.group(4)
    other = gatherings.member(group, "Náhradník Jiný", substitutes=members[3])
    meeting = sittings.running(group, head, members[:1])
    with pytest.raises(ValidationError, match="někoho jiného"):
        actions.substitute_add(meeting=meeting, member=members[1], substitute=other, actor=head)
    with pytest.raises(ValidationError, match="přítomen sám"):
        actions.substitute_add(meeting=meeting, member=members[0], name="Kdokoli", actor=head)
    actions.substitute_add(meeting=meeting, member=members[1], name="Poslaný Pán", actor=head)
    with pytest.raises(ValidationError, match="už náhradník přišel"):
        actions.substitute_add(meeting=meeting, member=members[1], name="Druhý Pán", actor=head)
    with pytest.raises(IntegrityError), transaction.atomic():
        Presence.objects.create(meeting=meeting, name="Třetí", in_place_of=members[1], state="present")


def test_guests_are_no_voices_and_have_no_public_name_unless_official() -> None:
    group, members, head = sittings.group(3)
    meeting = sittings.running(group, head, members[:1])
    before = presence.of(meeting).quorum
    actions.guest_add(meeting=meeting, name="Karla Hostová", side=Side.USER, organisation="doma", actor=head)
    actions.guest_add(meeting=meeting, name="Ivan Kolemjdoucí", actor=head)
    actions.guest_add(meeting=meeting, name="Eva Úřední", side=Side.COMMISSIONER, organisation="Kraj", actor=head)
    attendance = presence.of(meeting)
    assert attendance.quorum == before
    assert [(one.public_name, one.public_organisation) for one in attendance.guests] == [
        ("zástupce uživatelů", ""),
        ("zástupce veřejnosti", ""),
        ("Eva Úřední", "Kraj"),
    ]


def test_a_guest_of_the_body_is_a_guest_of_the_meeting() -> None:
    group, members, head = sittings.group(3)
    guest = gatherings.member(group, "Zájemce Zvědavý", role=Membership.Role.GUEST, votes=False)
    meeting = sittings.running(group, head, members[:2])
    actions.check_in(meeting=meeting, name="Zvědavý Zájemce")
    attendance = presence.of(meeting)
    assert [one.membership for one in attendance.guests] == [guest.pk]
    assert (attendance.quorum.voices, attendance.quorum.voices_all) == (2, 3)


def test_checking_in_recognises_a_member_by_name_whatever_the_titles() -> None:
    group, members, head = sittings.group(3)
    members[1].name = "Mgr. Šárka Dvořáková, Ph.D."
    members[1].save()
    meeting = sittings.running(group, head)
    row = actions.check_in(meeting=meeting, name="sarka dvorakova")
    assert (row.membership_id, row.self_checked, row.state) == (members[1].pk, True, State.PRESENT)
    assert actions.check_in(meeting=meeting, name="Dvořáková Šárka").pk == row.pk
    assert Presence.objects.count() == 1


def test_whoever_comes_later_is_late() -> None:
    group, members, head = sittings.group(3)
    meeting = sittings.running(group, head)
    Sitting.objects.update(started_at=timezone.now() - timedelta(minutes=30))
    assert actions.check_in(meeting=meeting, name=members[1].name).state == State.LATE


def test_two_members_of_one_name_are_left_to_the_desk() -> None:
    group, members, head = sittings.group(3)
    twin = gatherings.member(group, members[1].name)
    meeting = sittings.running(group, head)
    row = actions.check_in(meeting=meeting, name=twin.name)
    assert row.is_guest
    marked = actions.recognise(presence=row, membership=twin, actor=head)
    assert (marked.membership_id, marked.self_checked) == (twin.pk, True)
    assert Presence.objects.count() == 1


def test_the_address_of_the_meeting_works_around_it_only() -> None:
    group, _, head = sittings.group()
    meeting = sittings.meeting(group)
    token = check_in.token(meeting)
    assert check_in.read(token) == meeting
    assert check_in.read(f"{meeting.pk}-{'0' * 24}") is None
    assert check_in.read(token.replace(f"{meeting.pk}-", f"{meeting.pk + 1}-")) is None
    assert check_in.read("nesmysl") is None
    for shift, is_open in ((timedelta(hours=-3), False), (timedelta(hours=-1), True), (timedelta(hours=5), False)):
        assert check_in.is_open(meeting, meeting.starts_at + shift) is is_open
    actions.start(meeting=meeting, actor=head)
    actions.end(meeting=meeting, actor=head)
    meeting.refresh_from_db()
    assert not check_in.is_open(meeting)
    with pytest.raises(ValidationError, match="kolem začátku"):
        actions.check_in(meeting=meeting, name="Někdo")


def test_the_link_of_an_invitation_knows_its_member() -> None:
    group, members, _ = sittings.group()
    meeting = sittings.meeting(group)
    invited = Invitee.objects.create(meeting=meeting, membership=members[1])
    assert check_in.read_invitation(invitation_token(invited)) == (meeting, members[1])
    assert check_in.read_invitation("nesmysl") is None


def test_only_whoever_writes_minutes_marks() -> None:
    group, members, head = sittings.group()
    meeting = sittings.running(group, head)
    plain = gatherings.member(group, "Řadový Člen", account=True)
    with pytest.raises(PermissionDenied):
        actions.mark(meeting=meeting, membership=members[1], state="present", seen=0, actor=plain.person)
    writer = gatherings.member(group, "Zapisovatelka", account=True, role=Membership.Role.MINUTE_TAKER)
    assert actions.mark(meeting=meeting, membership=members[1], state="present", seen=0, actor=writer.person)
    assert actions.end(meeting=meeting, actor=writer.person).ended_at


def test_a_member_of_another_body_is_refused() -> None:
    group, _, head = sittings.group()
    _, strangers, _ = sittings.group()
    meeting = sittings.running(group, head)
    with pytest.raises(ValidationError, match="členem skupiny není"):
        actions.mark(meeting=meeting, membership=strangers[1], state="present", seen=0, actor=head)


def test_nothing_is_marked_long_before_nor_after_the_minutes_are_approved() -> None:
    group, members, head = sittings.group()
    later = gatherings.meeting(group, days=10, actor=make.person("coordinator"))
    with pytest.raises(ValidationError, match="ještě nezačíná"):
        actions.mark(meeting=later, membership=members[1], state="excused", seen=0, actor=head)
    meeting = sittings.running(group, head)
    actions.seal(meeting=meeting)
    with pytest.raises(ValidationError, match="schválený"):
        actions.mark(meeting=meeting, membership=members[1], state="present", seen=0, actor=head)
    assert presence.of(meeting).sealed


def test_the_journal_names_nobody() -> None:
    group, members, head = sittings.group()
    meeting = sittings.running(group, head, members[1:2])
    actions.guest_add(meeting=meeting, name="Karla Hostová", actor=head)
    actions.check_in(meeting=meeting, name=members[2].name)
    told = " ".join(f"{one.thing_name} {one.before} {one.after}" for one in Deed.objects.all())
    for name in (members[1].name, members[2].name, "Karla"):
        assert name not in told


def test_times_are_kept_and_put_right() -> None:
    group, members, head = sittings.group()
    meeting = sittings.running(group, head, members[:1])
    row = Presence.objects.get()
    assert row.arrived_at is not None
    later = row.arrived_at + timedelta(minutes=40)
    actions.details_set(
        presence=row, online=True, reason="", arrived_at=row.arrived_at, left_at=later, seen=row.version, actor=head
    )
    with pytest.raises(actions.Stale):
        actions.details_set(
            presence=row, online=False, reason="", arrived_at=None, left_at=None, seen=row.version, actor=head
        )
    with pytest.raises(ValidationError):
        actions.times_set(meeting=meeting, started_at=timezone.now(), ended_at=timezone.now(), actor=head)
    row.refresh_from_db()
    assert (row.online, row.left_at) == (True, later)


def test_attendance_costs_the_same_for_any_number_of_people(django_assert_num_queries: object) -> None:
    for size in (3, 30):
        group, members, head = sittings.group(size)
        meeting = sittings.running(group, head, members)
        meeting = Meeting.objects.select_related("group").get(pk=meeting.pk)
        with django_assert_num_queries(5):  # type: ignore[operator]
            presence.of(meeting)


def test_the_desk_offers_the_meeting_of_today_to_whoever_records_it() -> None:
    group, _, head = sittings.group()
    noon = timezone.localtime().replace(hour=12, minute=0)
    meeting = sittings.meeting(group, starts_at=noon, ends_at=noon + timedelta(hours=1))
    sittings.meeting(group, starts_at=noon + timedelta(days=3), ends_at=noon + timedelta(days=3, hours=1))
    plain = gatherings.member(group, "Řadový Člen", account=True)
    assert presence.of_today(head) == [meeting]
    assert presence.of_today(plain.person) == []
    assert [one.url for one in today.tasks(head)] == [f"/sprava/jednani/{meeting.pk}/prezence/"]
