"""Every write while minutes are being written: begin, save a section, add and drop one, take over votes."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from portal.audit.actions import record
from portal.audit.models import Deed
from portal.groups.models import Membership
from portal.meetings.models import AgendaItem, Meeting
from portal.sitting import voting
from words.fold import fold

from . import marks, register_actions, rules
from .models import Decision, Minutes, Section, Task

FREE = "Průběh jednání"
LONGEST = 100_000
SENT_OUT = "Zápis je rozeslaný. Jeho text se mění jen kvůli námitce."


class Stale(Exception):
    """Somebody else saved the section meanwhile; `stored` is what stands there now. Nothing was written."""

    def __init__(self, stored: Section) -> None:
        super().__init__("Tenhle bod mezitím uložil někdo jiný.")
        self.stored = stored


def writable(minutes: Minutes, actor: Any) -> Minutes:
    """The row, locked, if the person may write it and the text may still change."""
    locked = Minutes.objects.select_for_update(of=("self",)).select_related("meeting__group").get(pk=minutes.pk)
    if not rules.may_write(actor, locked.meeting):
        raise PermissionDenied
    if not locked.is_open:
        raise ValidationError(SENT_OUT)
    return locked


@transaction.atomic
def begin(*, meeting: Meeting, actor: Any) -> Minutes:
    """Minutes of a meeting, a section for each item of its agenda. Those that stand already are returned."""
    if not rules.may_write(actor, meeting):
        raise PermissionDenied
    if meeting.state == Meeting.State.CANCELLED:
        raise ValidationError("Jednání je zrušené, zápis se z něj nepíše.")
    verifier = Membership.objects.current(timezone.localdate(meeting.starts_at)).filter(
        group_id=meeting.group_id, role=Membership.Role.VERIFIER
    )
    minutes, created = Minutes.objects.get_or_create(
        meeting=meeting,
        defaults={
            "number": meeting.number,
            "taken_by": str(actor)[:150],
            "verifier": verifier.values_list("name", flat=True).first() or "",
        },
    )
    if created:
        items = list(AgendaItem.objects.filter(meeting=meeting, state=AgendaItem.State.APPROVED))
        checks = set(register_actions.checked_at(meeting).values_list("item", flat=True))
        rows = [
            Section(
                minutes=minutes,
                item=one,
                title=one.title,
                order=at,
                text=_going_on(meeting) if one.pk in checks else "",
            )
            for at, one in enumerate(items)
        ]
        Section.objects.bulk_create(rows or [Section(minutes=minutes, title=FREE)])
        take_votes(minutes)
        record(verb="minutes_begun", thing=minutes, actor=actor)
    return minutes


def _going_on(meeting: Meeting) -> str:
    """Open tasks of the body, for the item that checks them."""
    rows = Task.objects.open().given().filter(group_id=meeting.group_id)
    return "\n".join(
        f"- {one.who or 'všichni'}: {one.what}" + (f" (do {one.until:%-d. %-m. %Y})" if one.until else "") + " – "
        for one in rows
    )


@transaction.atomic
def head_save(
    *,
    minutes: Minutes,
    taken_by: str,
    verifier: str,
    number: int | None,
    actor: Any,
    restores: Deed | None = None,
) -> None:
    locked = writable(minutes, actor)
    before = head_told(locked)
    locked.taken_by, locked.verifier, locked.number = taken_by.strip(), verifier.strip(), number
    after = head_told(locked)
    if before != after:
        locked.save(update_fields=["taken_by", "verifier", "number"])
        record(verb="minutes_head_changed", thing=locked, actor=actor, before=before, after=after, restores=restores)


def head_told(minutes: Minutes) -> dict[str, Any]:
    return {"taken_by": minutes.taken_by, "verifier": minutes.verifier, "number": minutes.number}


@transaction.atomic
def section_save(*, section: Section, text: str, conclusion: str, seen: int, actor: Any, title: str = "") -> Section:
    """Save what was typed; `seen` is the version that it began from. The same text again is no conflict, so a browser
    that did not hear our answer may ask twice."""
    minutes = writable(section.minutes, actor)
    stored = Section.objects.select_for_update().get(pk=section.pk)
    text, conclusion, title = _tidy(text), _tidy(conclusion), " ".join(title.split())[:300]
    if (text, conclusion) == (stored.text, stored.conclusion) and title in ("", stored.title):
        return stored
    if stored.version != seen:
        raise Stale(stored)
    if len(text) > LONGEST or len(conclusion) > LONGEST:
        raise ValidationError("Tenhle bod je moc dlouhý. Rozdělte ho na dva.")
    before = {"text": stored.text, "conclusion": stored.conclusion, "title": stored.title}
    stored.text, stored.conclusion = text, conclusion
    stored.title = title or stored.title
    _saved(stored)
    mark(minutes, stored)
    if minutes.state != Minutes.State.DRAFT:
        # A draft is saved every few seconds; a correction of what was sent out is a deed.
        after = {"text": text, "conclusion": conclusion, "title": stored.title}
        record(verb="minutes_corrected", thing=minutes, actor=actor, before=before, after=after)
    return stored


def _saved(section: Section) -> None:
    section.version += 1
    section.changed_at = timezone.now()
    section.save()


def _tidy(text: str) -> str:
    return text.replace("\r\n", "\n").rstrip()


@transaction.atomic
def section_add(*, minutes: Minutes, title: str, actor: Any) -> Section:
    locked = writable(minutes, actor)
    title = " ".join(title.split())[:300]
    if not title:
        raise ValidationError({"title": "Napište, o čem bod je."})
    last = locked.sections.aggregate(last=Max("order"))["last"]
    return Section.objects.create(minutes=locked, title=title, order=0 if last is None else last + 1)


@transaction.atomic
def section_remove(*, section: Section, actor: Any) -> None:
    """Only an empty one: whatever was written is never thrown away by a button."""
    writable(section.minutes, actor)
    stored = Section.objects.select_for_update().get(pk=section.pk)
    if stored.text or stored.conclusion:
        raise ValidationError("Bod není prázdný. Nejdřív z něj text vymažte.")
    stored.delete()


# --- tasks and decisions in the text -----------------------------------------------------------------------------


def mark(minutes: Minutes, section: Section) -> None:
    """Make the tasks and decisions of a section those that its lines say. A line that changed changes its row; one
    that is gone takes its row along, or, once people know of it, closes it."""
    day = timezone.localdate(minutes.meeting.starts_at)
    found = marks.read(f"{section.text}\n{section.conclusion}", day)
    _mark_tasks(minutes, section, [one for one in found if one.sort == marks.Sort.TASK])
    _mark_decisions(minutes, section, [one for one in found if one.sort == marks.Sort.DECISION])


def _mark_tasks(minutes: Minutes, section: Section, wanted: list[marks.Mark]) -> None:
    standing = list(section.tasks.exclude(state=Task.State.CANCELLED).order_by("order", "pk"))
    paired = _paired(standing, [one.text for one in wanted], lambda row: row.what)
    members = list(Membership.objects.current(timezone.localdate(minutes.meeting.starts_at)).filter(
        group_id=minutes.meeting.group_id
    )) if wanted else []  # fmt: skip
    for at, (one, row) in enumerate(zip(wanted, paired, strict=True)):
        task = row or Task(group_id=minutes.meeting.group_id, minutes=minutes, section=section)
        if row is None or (row.what, row.who) != (one.text, one.who):
            task.membership = meant(one.who, members)
        task.what, task.who, task.until, task.order = one.text, one.who[:200], one.until, _place(section, at)
        task.save()
    for row in standing:
        if row not in paired:
            if minutes.state == Minutes.State.DRAFT:
                row.delete()
            else:
                row.state, row.closed_at = Task.State.CANCELLED, timezone.now()
                row.save()


def _mark_decisions(minutes: Minutes, section: Section, wanted: list[marks.Mark]) -> None:
    standing = list(section.decisions.filter(withdrawn_at=None).order_by("order", "pk"))
    paired = _paired(standing, [one.text for one in wanted], lambda row: row.text)
    day = timezone.localdate(minutes.meeting.starts_at)
    votes = [one for one in voting.motions(minutes.meeting) if one.adopted] if wanted else []
    for at, (one, row) in enumerate(zip(wanted, paired, strict=True)):
        decision = row or Decision(
            group_id=minutes.meeting.group_id, minutes=minutes, section=section, year=day.year, decided_on=day
        )
        decision.text, decision.order = one.text, _place(section, at)
        decision.vote = next((vote.counts for vote in votes if _same(vote.text, one.text)), decision.vote)
        decision.save()
    for row in standing:
        if row not in paired:
            if row.number is None:
                row.delete()
            else:
                row.withdrawn_at, row.withdrawn_reason = timezone.now(), "Vyškrtnuté při opravě zápisu."
                row.save()


def _place(section: Section, at: int) -> int:
    return min(section.order, 300) * 100 + min(at, 99)


def _paired[Row](standing: list[Row], wanted: list[str], words: Any) -> list[Row | None]:
    """For each wanted text the row that it was: the one with the same words, else the next one left."""
    left = list(standing)
    paired: list[Row | None] = []
    for text in wanted:
        same = next((row for row in left if words(row) == text), None)
        paired.append(same)
        if same is not None:
            left.remove(same)
    gone = set(wanted)
    left = [row for row in left if words(row) not in gone]
    return [row if row is not None or not left else left.pop(0) for row in paired]


def _same(one: str, other: str) -> bool:
    return fold(one).strip(" .") == fold(other).strip(" .")


def meant(who: str, members: list[Membership]) -> Membership | None:
    """The one member whose name or surname the words are; nobody where it could be two."""
    said = fold(who).split()
    if not said:
        return None
    found = [one for one in members if set(said) <= set(fold(one.name).split())]
    return found[0] if len(found) == 1 else None


# --- votes -------------------------------------------------------------------------------------------------------


@transaction.atomic
def votes_take(*, minutes: Minutes, actor: Any) -> int:
    """Write down as decisions the adopted motions that the text does not have yet. How many were written."""
    return take_votes(writable(minutes, actor))


def take_votes(minutes: Minutes) -> int:
    sections = list(minutes.sections.all())
    texts = " ".join(fold(f"{one.text} {one.conclusion}") for one in sections)
    texts = " ".join(texts.split())
    written = 0
    for motion in voting.motions(minutes.meeting):
        words = " ".join(motion.text.split())
        section = next((one for one in sections if motion.item_id and one.item_id == motion.item_id), None)
        section = section or (sections[-1] if sections else None)
        if not motion.adopted or section is None or fold(words).strip(" .") in texts:
            continue
        section.text = f"{section.text}\n\nUSNESENÍ: {words}".strip()
        _saved(section)
        mark(minutes, section)
        written += 1
    return written
