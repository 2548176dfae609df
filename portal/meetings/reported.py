"""Reports on fulfilment on agendas: which meetings discuss one, where it can go, what of it a group looks after."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from portal.fulfilment.models import FulfilmentReport
from portal.groups import rules as group_rules
from portal.groups.models import Group
from portal.plan.models import Area, Plan

from . import rules
from .models import AgendaItem, ItemTie, Meeting


@dataclass(frozen=True, slots=True)
class Discussed:
    """A meeting with the report on its agenda. `body` is how the report's way names who discussed it."""

    meeting: Meeting
    item: AgendaItem

    @property
    def body(self) -> str:
        return str(self.meeting.group)[:150]


def ties_of(report: FulfilmentReport) -> QuerySet[ItemTie]:
    kind = ContentType.objects.get_for_model(FulfilmentReport)
    return ItemTie.objects.filter(content_type=kind, object_id=report.pk)


def discussed(report: FulfilmentReport) -> list[Discussed]:
    """Meetings that have it on their agenda, or are asked to, the earliest first; one query."""
    rows = ties_of(report).exclude(item__state=AgendaItem.State.DECLINED)
    rows = rows.exclude(item__meeting__state=Meeting.State.CANCELLED).select_related("item__meeting__group")
    return [Discussed(tie.item.meeting, tie.item) for tie in rows.order_by("item__meeting__starts_at", "pk")]


def is_on(report: FulfilmentReport, meeting: Meeting) -> bool:
    return ties_of(report).filter(item__meeting=meeting).exists()


def meetings_for(report: FulfilmentReport, person: Any) -> list[Meeting]:
    """Meetings to come that it can be put to and that do not have it: groups of the plan's areas first."""
    mine = Q(group__in=rules.led_groups(person)) | Q(group__in=list(group_rules.memberships(person)))
    coming = Meeting.objects.standing().filter(mine, starts_at__gt=timezone.now()).select_related("group")
    there = set(ties_of(report).values_list("item__meeting_id", flat=True))
    of_plan = groups_of(report.plan)
    found = [one for one in coming.order_by("starts_at", "pk") if one.pk not in there]
    return sorted(found, key=lambda one: one.group_id not in of_plan)


def groups_of(plan: Plan) -> set[int]:
    return set(Area.objects.filter(plan=plan, group__isnull=False).values_list("group_id", flat=True))


def first_of_each(meetings: Collection[Meeting], groups: Collection[int]) -> list[Meeting]:
    """The nearest meeting of each of the groups."""
    nearest: dict[int, Meeting] = {}
    for one in sorted(meetings, key=lambda one: one.starts_at):
        if one.group_id in groups:
            nearest.setdefault(one.group_id, one)
    return list(nearest.values())


def areas_of(group: Group, plan: Plan) -> list[str]:
    """Areas of the plan that the group looks after, as reports name them."""
    return list(Area.objects.filter(plan=plan, group=group).values_list("name", flat=True))


def words(report: FulfilmentReport) -> str:
    return f"{report}: {report.plan}"


def address(report: FulfilmentReport, meeting: Meeting) -> str:
    """Where those who read the inside of the meeting read the report."""
    return reverse("meetings:report_of_meeting", args=[meeting.pk, report.pk])
