"""Lists of minutes, tasks and decisions: filtered, in order, and what is late."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from portal.groups import rules as group_rules
from portal.meetings.models import Meeting
from portal.meetings.procedures import procedure_of

from . import rules
from .models import Decision, Minutes, Task

# How far back a missing record of a meeting is looked for.
LOOKED_BACK = timedelta(days=365)
# Minutes that the desk names one by one.
MOST_TOLD = 10
ORDERS: dict[str, tuple[str, ...]] = {
    "skupina": ("group__name", "until", "pk"),
    "novejsi": ("-minutes__meeting__starts_at", "order", "pk"),
}


def minutes(person: Any, group: str) -> QuerySet[Minutes]:
    """Minutes that the person may read, of one group where its number is said."""
    rows = rules.readable_minutes(person).light()
    said = group.isascii() and group.isdecimal() and len(group) < 9
    return rows.filter(meeting__group=int(group)) if said else rows


def tasks(person: Any, asked: dict[str, Any]) -> QuerySet[Task]:
    """Tasks that the person may read, by the filter of the page (forms.TaskFilter)."""
    rows = rules.readable_tasks(person)
    today = timezone.localdate()
    match asked.get("stav"):
        case "po-terminu":
            rows = rows.late(today)
        case "splnene":
            rows = rows.filter(state=Task.State.DONE)
        case "vse":
            pass
        case _:
            rows = rows.open()
    if group := asked.get("skupina"):
        rows = rows.filter(group=group)
    if asked.get("moje"):
        rows = rows.of_person(person)
    if words := asked.get("q"):
        rows = rows.filter(Q(what__icontains=words) | Q(who__icontains=words))
    rows = rows.select_related("group", "membership", "minutes__meeting__group").defer(
        "minutes__public_version", "minutes__prepared"
    )
    order = ORDERS.get(asked.get("razeni") or "")
    return rows.order_by(*order) if order else rows


def decisions(person: Any, asked: dict[str, Any]) -> QuerySet[Decision]:
    rows = rules.readable_decisions(person)
    if group := asked.get("skupina"):
        rows = rows.filter(group=group)
    if year := asked.get("rok"):
        rows = rows.filter(year=year)
    if words := asked.get("q"):
        number, _, year_said = str(words).partition("/")
        by_number = Q(number=int(number)) if number.isdecimal() and len(number) < 5 else Q(pk=None)
        if year_said.isdecimal() and len(year_said) == 4:
            by_number &= Q(year=int(year_said))
        rows = rows.filter(Q(text__icontains=words) | by_number)
    return (
        rows.select_related("group", "minutes__meeting__group")
        .defer("minutes__public_version", "minutes__prepared")
        .order_by("-decided_on", "group__name", "-number")
    )


def late(person: Any) -> list[tuple[Meeting, int]]:
    """Meetings of the person's bodies whose minutes have not been sent out within the body's own term, and by how
    many days, the latest first. Only for whoever may write them."""
    now = timezone.now()
    sent = Minutes.objects.exclude(state=Minutes.State.DRAFT).values("meeting")
    rows = (
        Meeting.objects.standing()
        .filter(group__in=group_rules.readable_groups(person), ends_at__lt=now, ends_at__gt=now - LOOKED_BACK)
        .exclude(pk__in=sent)
        .exclude(state=Meeting.State.PLANNED)
        .select_related("group__procedure")
        .order_by("starts_at")
    )
    today, found = timezone.localdate(), []
    for meeting in rows:
        over = (today - timezone.localdate(meeting.ends_at)).days - procedure_of(meeting.group).minutes_days
        if over > 0 and rules.may_write(person, meeting):
            found.append((meeting, over))
    return found


def waiting(person: Any) -> list[Minutes]:
    """Minutes that wait for a deed of the person: objections to settle, a public version to publish."""
    states = (Minutes.State.OBJECTIONS, Minutes.State.APPROVED)
    rows = rules.readable_minutes(person).filter(state__in=states).light()[:MOST_TOLD]
    return [one for one in rows if rules.may_write(person, one.meeting)]


def own_late(person: Any) -> int:
    """How many tasks of the person are after their day."""
    return Task.objects.given().of_person(person).late(timezone.localdate()).count() if person.pk else 0
