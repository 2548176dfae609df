"""Reading about collecting: what a link leads to, who has not answered, what was said last year."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from . import rules
from .models import ActionItem, FulfilmentReport, Progress, Request
from .report import items as report_items


def token_hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def request_of(token: str) -> Request | None:
    """The letter whose link carries the token. An expired one is returned too: its reader deserves to be told."""
    rows = Request.objects.select_related("report__plan")
    return rows.filter(token_hash=token_hash(token)).first()


def items_of_year(report: FulfilmentReport) -> QuerySet[ActionItem]:
    """Items that a report asks about: those of the year's approved action plan."""
    return report_items(report) if report.year else ActionItem.objects.none()


def items_of(request: Request) -> QuerySet[ActionItem]:
    """Items that the reader of the letter answers for now; none any more once the work went to somebody else."""
    mine = Q(email__iexact=request.email)
    mine |= Q(email="", responsible_person__email__iexact=request.email, responsible_person__is_active=True)
    return items_of_year(request.report).filter(mine)


@dataclass(slots=True)
class Reporter:
    """Somebody who is to answer; `email` is empty where there is nobody to write to."""

    email: str
    name: str = ""
    items: list[ActionItem] = field(default_factory=list)
    missing: list[ActionItem] = field(default_factory=list)
    letters: list[Request] = field(default_factory=list)


def reporters(report: FulfilmentReport) -> list[Reporter]:
    """Everybody who answers for an item of the year, those who owe most first. Two queries."""
    rows = items_of_year(report).select_related("node", "progress__state", "responsible_person").order_by("node__code")
    held: dict[str, Reporter] = {}
    for item in rows:
        email, name = address(item)
        one = held.setdefault(email.lower(), Reporter(email, name))
        one.items.append(item)
        if not hasattr(item, "progress"):
            one.missing.append(item)
    for letter in report.requests.all():
        if letter.email.lower() in held:
            held[letter.email.lower()].letters.append(letter)
    return sorted(held.values(), key=lambda one: (-len(one.missing), one.name, one.email))


def address(item: ActionItem) -> tuple[str, str]:
    """Where to write about the item and how its reader is called; empty where nobody is known."""
    if item.email:
        return item.email, ""
    person = item.responsible_person
    return (person.email, person.name) if person is not None and person.is_active else ("", "")


def waiting(person: Any) -> list[tuple[FulfilmentReport, int]]:
    """Reports that the person looks after and for which somebody is late, with how many answers are missing."""
    late = FulfilmentReport.objects.collecting(timezone.localdate()).filter(deadline__lt=timezone.localdate())
    found = []
    for report in late.select_related("plan"):
        missing = items_of_year(report).filter(progress=None).count()
        if missing and rules.may_write(person, report.plan):
            found.append((report, missing))
    return found


def last_year(items: Iterable[ActionItem], year: int) -> dict[int, Progress]:
    """By node, what was said of the same things in the last year before."""
    nodes = [one.node_id for one in items]
    rows = Progress.objects.filter(item__node__in=nodes, item__action_plan__year__lt=year)
    rows = rows.select_related("state", "item__action_plan").order_by("item__action_plan__year")
    return {one.item.node_id: one for one in rows}
