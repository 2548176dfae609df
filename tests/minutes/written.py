"""A body whose meeting was two days ago, with everybody of whom the minutes must keep silent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils import timezone

from portal.accounts.models import Person
from portal.groups.models import Group, Membership, Side
from portal.meetings.models import AgendaItem, Meeting
from portal.minutes import actions, chain_actions
from portal.minutes.models import Minutes, Section
from portal.sitting.models import Ballot, Motion, Presence, Sitting
from tests.meetings import gatherings

# What must never get out.
USER_NAME, PUBLIC_NAME, GUEST_NAME = "Jana Růžičková", "Otakar Dvořáček", "Božena Vlčková"
EMAIL, PHONE = "jana.ruzickova@example.org", "605 123 456"
SECRETS = (
    "Růžičk", "Ruzick", "Dvořáč", "Vlčkov", EMAIL, "novak@example.org", PHONE, "605123456", "+420 777 888 999",
)  # fmt: skip
TEXT = f"""Paní Růžičková z klubu popsala, jak dlouho čekala. S Janou Růžičkovou souhlasil i pan Dvořáček.

Kontakt na paní Růžičkovou: {EMAIL}, tel. {PHONE}. Novák má novak@example.org a +420 777 888 999.

ÚKOL: Novák – obvolat obce do 15. 3.
ÚKOL: Růžičková – přinést zkušenosti z klubu
USNESENÍ: Skupina pověřuje Janu Růžičkovou jednáním s obcemi."""


@dataclass
class Written:
    group: Group
    meeting: Meeting
    head: Person
    members: dict[str, Membership]
    minutes: Minutes
    item: AgendaItem

    @property
    def section(self) -> Section:
        return Section.objects.select_related("minutes").get(minutes=self.minutes, item=self.item)

    def again(self) -> Minutes:
        return Minutes.objects.select_related("meeting__group").get(pk=self.minutes.pk)


def meeting(of: Group, days: int = -2, **more: Any) -> Meeting:
    starts = gatherings.at(days)
    values = {"starts_at": starts, "ends_at": starts + timedelta(hours=2), "state": Meeting.State.HELD} | more
    return Meeting.objects.create(group=of, place="Radnice", **values)


def begun(**rules: Any) -> Written:
    """Minutes begun, with a text that names everybody."""
    group = gatherings.group(**rules)
    head = gatherings.head(group, name="Hana Hlavní", side=Side.COMMISSIONER)
    members = {
        "head": head,
        "novak": gatherings.member(group, "Petr Novák"),
        "user": gatherings.member(group, USER_NAME, side=Side.USER, organisation="Klub Lípa", email=EMAIL),
        "public": gatherings.member(group, PUBLIC_NAME, side=Side.PUBLIC),
        "away": gatherings.member(group, "Karel Omluvený"),
    }
    held = meeting(group, shown_at=timezone.now())
    item = AgendaItem.objects.create(meeting=held, title="Dostupnost pomoci", order=1)
    Sitting.objects.create(meeting=held, started_at=held.starts_at, ended_at=held.ends_at)
    for key, one in members.items():
        state = Presence.State.EXCUSED if key == "away" else Presence.State.PRESENT
        Presence.objects.create(meeting=held, membership=one, state=state, reason="nemoc" if key == "away" else "")
    Presence.objects.create(meeting=held, name=GUEST_NAME, side=Side.USER, state=Presence.State.PRESENT)
    motion = Motion.objects.create(
        group=group, meeting=held, item=item, text="Skupina schvaluje dopis radě.", way=Motion.Way.NAMES,
        quorum="members", majority="present", counted="person", state=Motion.State.CLOSED, voices=4, voices_all=5,
        quorate=True, votes_for=3, votes_against=0, votes_abstained=1, adopted=True, closed_at=held.ends_at,
    )  # fmt: skip
    for key, choice in (("head", "for"), ("novak", "for"), ("user", "abstained"), ("public", "for")):
        Ballot.objects.create(motion=motion, membership=members[key], choice=choice, cast_at=held.starts_at)
    assert head.person is not None
    minutes = actions.begin(meeting=held, actor=head.person)
    made = Written(group, held, head.person, members, minutes, item)
    section = made.section
    actions.section_save(
        section=section,
        text=f"{TEXT}\n{section.text}",
        conclusion="Růžičková souhlasí.",
        seen=section.version,
        actor=head.person,
    )
    return made


def sent(**rules: Any) -> Written:
    made = begun(**rules)
    chain_actions.send(minutes=made.minutes, actor=made.head)
    return made


def past_objections(of: Written) -> None:
    """The term for objections was over yesterday."""
    Minutes.objects.filter(pk=of.minutes.pk).update(objections_until=timezone.localdate() - timedelta(days=1))


def approved(**rules: Any) -> Written:
    made = sent(**rules)
    past_objections(made)
    chain_actions.verify(minutes=made.minutes, name="Petr Novák", actor=made.head)
    return made


def published(**rules: Any) -> Written:
    made = approved(**rules)
    chain_actions.publish(minutes=made.minutes, actor=made.head)
    return made
