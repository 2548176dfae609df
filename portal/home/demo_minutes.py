"""Minutes of the past meetings of the demo, with their decisions and tasks, from demo/minutes/texty.toml.

Most are published; the newest of one group has an objection, of another it is still being written. The same day gives
the same minutes. `load` touches only held meetings that have none and needs the demo groups, meetings and sittings.
"""

from __future__ import annotations

import random
import tomllib
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from portal.groups.models import Group, Membership
from portal.meetings.models import AgendaItem, Meeting
from portal.meetings.procedures import procedure_of
from portal.minutes import actions, chain_actions, content, marks, register_actions
from portal.minutes.models import Decision, Minutes, Objection, Section, Task
from portal.sitting import voting
from portal.sitting.actions import seal
from portal.sitting.models import Presence

from . import demo_groups

FILE: Path = settings.ROOT / "demo" / "minutes" / "texty.toml"
State = Minutes.State
# How far the minutes of the newest meetings are, each of another group, the newest first; the rest is on the web.
NEWEST = (State.DRAFT, State.OBJECTIONS, State.APPROVED)
NOT_AGREED = "Skupina se neshodla, vrátíme se k tomu příště."
OBJECTION = "Ve druhém bodu má být, že se čeká na vyjádření obcí, ne že obce souhlasily."
CHECKED = "Co jsme si slíbili minule"
# Out of a hundred tasks of older meetings so many are done.
DONE = 82
OLD = timedelta(days=150)


def read(file: Path = FILE) -> dict[str, Any]:
    return tomllib.loads(file.read_text(encoding="utf-8"))


def _groups() -> list[Group]:
    return list(Group.objects.filter(slug__in=demo_groups.read_groups()).order_by("slug"))


@transaction.atomic
def load(file: Path = FILE) -> int:
    """Write minutes of the held meetings that have none; how many."""
    said, written = read(file), 0
    unfinished = _unfinished()
    for group in _groups():
        held = Meeting.objects.filter(group=group, state=Meeting.State.HELD).order_by("starts_at")
        meetings = list(held.prefetch_related("items"))
        have = set(Minutes.objects.filter(meeting__in=meetings).values_list("meeting", flat=True))
        for meeting in meetings:
            if meeting.pk in have:
                continue
            meeting.group = group
            _Writing(meeting, said, unfinished.get(meeting.pk, State.PUBLISHED)).write()
            written += 1
        register_actions.carry(group=group)
    return written


def _unfinished() -> dict[int, State]:
    """Meetings whose minutes are still on their way, and how far."""
    held = Meeting.objects.filter(group__in=_groups(), state=Meeting.State.HELD).order_by("starts_at")
    newest = dict(held.values_list("group", "pk"))
    ordered = sorted(newest.values(), key=list(held.values_list("pk", flat=True)).index, reverse=True)
    return dict(zip(ordered, NEWEST, strict=False))


@transaction.atomic
def remove() -> int:
    """Take minutes of the demo groups away. How many there were. Before the sittings and meetings."""
    minutes = Minutes.objects.filter(meeting__group__in=_groups())
    count = minutes.count()
    Task.objects.filter(minutes__in=minutes).delete()
    Decision.objects.filter(minutes__in=minutes).delete()
    minutes.delete()
    return count


@dataclass(slots=True)
class _Writing:
    """Minutes of one meeting on their way from the file to the tables."""

    meeting: Meeting
    said: dict[str, Any]
    state: str
    chance: random.Random = field(init=False)
    members: list[Membership] = field(init=False)
    refused: set[int | None] = field(init=False)

    def write(self) -> None:
        meeting = self.meeting
        self.chance = random.Random(f"{meeting.group.slug} {meeting.day:%j}")  # noqa: S311 - a story, no secret
        came = Presence.objects.filter(meeting=meeting, state__in=Presence.CAME, membership__isnull=False)
        self.members = [one.membership for one in came.select_related("membership") if one.membership]
        self.refused = {one.item_id for one in voting.motions(meeting) if not one.adopted}
        head = self._somebody("head")
        minutes = Minutes.objects.create(
            meeting=meeting,
            number=meeting.number,
            taken_by=_name(self._somebody("minute_taker") or head),
            verifier=_name(self._somebody("verifier") or head),
            begun_at=meeting.starts_at,
        )
        items = [one for one in meeting.items.all() if one.state == AgendaItem.State.APPROVED]
        sections = Section.objects.bulk_create(self._section(minutes, item, order) for order, item in enumerate(items))
        actions.take_votes(minutes)
        for section in minutes.sections.filter(
            pk__in=[one.pk for one in sections if marks.read(one.text, meeting.day)]
        ):
            actions.mark(minutes, section)
        self._go(minutes)

    def _section(self, minutes: Minutes, item: AgendaItem, order: int) -> Section:
        """A text for the name of the item, the task that came out of it as a line of its own."""
        told = self.said["item"].get(item.title) or self.said["shared"].get(item.title) or {}
        text = self.chance.choice(told["texts"]) if told else ""
        if item.title == CHECKED:
            text = self._checked()
        # The texts speak of a woman.
        user = next((one for one in self.members if one.side == "user" and one.name.endswith("á")), None)
        text = text.replace("{user}", f"Paní {_name(user)}" if user else "Jedna z maminek")
        if task := told.get("task"):
            text = f"{text}\n\n{self._line(task)}"
        return Section(
            minutes=minutes,
            item=item,
            title=item.title,
            order=order,
            text=text,
            conclusion=NOT_AGREED if item.pk in self.refused else told.get("conclusion", ""),
            changed_at=self.meeting.ends_at,
        )

    def _line(self, task: dict[str, Any]) -> str:
        who, until = self._somebody(task["who"]), self.meeting.day + timedelta(days=task["days"])
        return f"ÚKOL: {_name(who) or 'koordinátorka'} – {task['what']} do {until:%-d. %-m. %Y}"

    def _checked(self) -> str:
        """What became of the tasks of the meeting before."""
        before = Task.objects.filter(group=self.meeting.group, minutes__meeting__starts_at__lt=self.meeting.starts_at)
        newest = before.order_by("-minutes__meeting__starts_at").first()
        if newest is None:
            return "Úkoly z minula žádné nejsou, scházíme se poprvé."
        rows = before.filter(minutes=newest.minutes)
        return "\n".join(f"- {one.what}: {'splněno' if one.state == 'done' else 'trvá'}" for one in rows)

    def _somebody(self, what: str) -> Membership | None:
        """Somebody who came: by role, else by side; the head where there is nobody such."""
        fits = [one for one in self.members if what in (one.role, one.side)]
        fits = fits or [one for one in self.members if one.role == Membership.Role.HEAD]
        return fits[0] if fits else None

    # --- the way to the web --------------------------------------------------------------------------------------

    def _go(self, minutes: Minutes) -> None:
        if self.state == State.DRAFT:
            return
        meeting, procedure = self.meeting, procedure_of(self.meeting.group)
        sent = meeting.ends_at + timedelta(days=self.chance.randint(2, 9))
        minutes.sent_at = min(sent, timezone.now() - timedelta(days=1))
        minutes.objections_until = chain_actions.term(
            timezone.localdate(minutes.sent_at), procedure.objection_days, working=procedure.working_days
        )
        minutes.state = State.SENT
        minutes.save()
        chain_actions.number(minutes)
        self._tasks(minutes)
        if self.state == State.OBJECTIONS or minutes.objections_until >= timezone.localdate():
            self._wait(minutes)
            return
        self._approve(minutes)

    def _wait(self, minutes: Minutes) -> None:
        """The term for objections still runs."""
        if self.state != State.OBJECTIONS:
            return
        today = timezone.localdate()
        minutes.objections_until = max(minutes.objections_until or today, today + timedelta(days=4))
        minutes.state = State.OBJECTIONS
        minutes.save()
        who = self._somebody("commissioner")
        Objection.objects.create(
            minutes=minutes, membership=who, name=_name(who) or "člen skupiny", text=OBJECTION,
            section=minutes.sections.all()[1:2].first(), said_at=timezone.now() - timedelta(hours=20),
        )  # fmt: skip

    def _approve(self, minutes: Minutes) -> None:
        procedure = procedure_of(self.meeting.group)
        approved = _noon(minutes.objections_until) + timedelta(days=1)
        how = procedure.approval
        minutes.state = State.APPROVED
        minutes.verified_by, minutes.verified_at = minutes.verifier, approved
        minutes.approved_at, minutes.approved_how = min(approved, timezone.now()), how
        minutes.save()
        seal(meeting=self.meeting)
        if self.state != State.PUBLISHED:
            return
        told = content.public(minutes)
        minutes.state, minutes.published_at = State.PUBLISHED, min(approved + timedelta(days=2), timezone.now())
        minutes.public_version = content.plain(told)
        minutes.save()
        texts = {one.code: one.text for one in told.decisions}
        for decision in minutes.decisions.filter(number__isnull=False):
            decision.public_text = texts.get(decision.code, "")
            decision.save(update_fields=["public_text"])

    def _tasks(self, minutes: Minutes) -> None:
        """Older ones are mostly done, with what shows it."""
        evidence = {one["task"]["what"]: one["task"]["evidence"] for one in self.said["item"].values() if "task" in one}
        old = self.meeting.starts_at < timezone.now() - OLD
        for task in minutes.tasks.all():
            if not (old or self.chance.randrange(100) < DONE // 2):
                continue
            if old and self.chance.randrange(100) >= DONE and self.meeting.starts_at > timezone.now() - 2 * OLD:
                continue
            task.state, task.evidence = Task.State.DONE, evidence.get(task.what, "Hotovo.")
            until = task.until or self.meeting.day
            task.closed_at = min(_noon(until) - timedelta(days=self.chance.randint(0, 6)), timezone.now())
            task.save()


def _name(member: Membership | None) -> str:
    return member.name if member else ""


def _noon(day: Any) -> datetime:
    return timezone.make_aware(datetime(day.year, day.month, day.day, 12))
