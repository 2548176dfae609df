"""The agenda of a meeting as it is read: at the desk whole, in public with what the public may read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.urls import reverse

from portal.catalogue.models import Service
from portal.documents import rules as document_rules
from portal.documents.models import Document
from portal.fulfilment.models import FulfilmentReport
from portal.plan.models import Node, Plan

from .discretion import Discretion
from .models import AgendaItem, ItemTie, Meeting

State = AgendaItem.State


@dataclass(frozen=True, slots=True)
class Link:
    """Something with an address; `address` is empty where there is no page for the reader. `pk` is of the row that
    ties it to the item."""

    words: str
    address: str
    pk: int = 0


@dataclass(frozen=True, slots=True)
class Item:
    """An item as one reader sees it. `begins` is when its turn comes, where the ones before it say how long they
    take."""

    row: AgendaItem
    number: int
    title: str
    text: str
    leader: str
    ties: tuple[Link, ...] = ()
    papers: tuple[Link, ...] = ()
    begins: datetime | None = None


@dataclass(frozen=True, slots=True)
class Agenda:
    """Items in order, what waits for a decision, what was declined; `minutes` is the time the items ask for."""

    items: list[Item] = field(default_factory=list)
    proposed: list[Item] = field(default_factory=list)
    declined: list[Item] = field(default_factory=list)
    minutes: int = 0
    length: int = 0
    unknown: int = 0  # items that do not say how long they take

    @property
    def over(self) -> int:
        """By how many minutes the items exceed the meeting."""
        return max(0, self.minutes - self.length)


def at_desk(meeting: Meeting, person: Any) -> Agenda:
    """With papers that the person may read; six queries at most."""
    readable = set(
        document_rules.readable_documents(person)
        .filter(pk__in=AgendaItem.objects.filter(meeting=meeting).values("papers__document"))
        .values_list("pk", flat=True)
    )

    def address(document: Document) -> str:
        return reverse("documents:document", args=[document.pk]) if document.pk in readable else ""

    rows = _rows(meeting)
    return _agenda(meeting, [_item(row, _links(row), _papers(row, address, readable)) for row in rows])


def in_public(meeting: Meeting, discretion: Discretion | None = None) -> Agenda:
    """Approved items alone, with public papers and what they are about, as far as that is public."""
    rows = [row for row in _rows(meeting) if row.state == State.APPROVED]
    discretion = discretion or Discretion([meeting.group_id])
    known = _public_addresses(tie for row in rows for tie in row.ties.all())
    papers = [paper.document for row in rows for paper in row.papers.all()]
    public = {one.pk for one in papers if one.audience == Document.Audience.PUBLIC and one.removed_at is None}

    def address(document: Document) -> str:
        return reverse("documents:public_document", args=[document.slug])

    def said(text: str) -> str:
        return discretion.said(text, meeting.group_id)

    items = []
    for row in rows:
        ties = tuple(Link(said(tie.words), known[tie.pk], tie.pk) for tie in row.ties.all() if tie.pk in known)
        one = _item(row, ties, _papers(row, address, public))
        items.append(replace(one, title=said(one.title), text=said(one.text), leader=said(one.leader)))
    return _agenda(meeting, items)


def _rows(meeting: Meeting) -> list[AgendaItem]:
    items = AgendaItem.objects.filter(meeting=meeting)
    return list(items.prefetch_related("ties", "papers__document"))


def _item(row: AgendaItem, ties: tuple[Link, ...], papers: tuple[Link, ...]) -> Item:
    return Item(row, 0, row.title, row.text, row.leader, ties, papers)


def _links(row: AgendaItem) -> tuple[Link, ...]:
    return tuple(Link(tie.words, tie.address, tie.pk) for tie in row.ties.all())


def _papers(row: AgendaItem, address: Any, readable: set[int]) -> tuple[Link, ...]:
    return tuple(
        Link(paper.document.title, address(paper.document), paper.pk)
        for paper in row.papers.all()
        if paper.document_id in readable
    )


def _agenda(meeting: Meeting, items: list[Item]) -> Agenda:
    def in_state(state: str) -> list[Item]:
        return [one for one in items if one.row.state == state]

    numbered, begins = [], meeting.starts_at
    known = True
    for number, one in enumerate(in_state(State.APPROVED), 1):
        numbered.append(replace(one, number=number, begins=begins if known else None))
        known = known and one.row.minutes is not None
        begins += timedelta(minutes=one.row.minutes or 0)
    return Agenda(
        numbered,
        in_state(State.PROPOSED),
        in_state(State.DECLINED),
        sum(one.row.minutes or 0 for one in numbered),
        meeting.minutes,
        sum(one.row.minutes is None for one in numbered),
    )


def _public_addresses(ties: Iterable[ItemTie]) -> dict[int, str]:
    """Tie -> address of what it is about, for ties the public may know of. Points of plans, services and reports are
    asked whether they are public now; of other things the address that came with them tells."""
    held = list(ties)
    if not held:
        return {}
    kinds = ContentType.objects.get_for_models(Node, Service, FulfilmentReport)
    of_node = {tie.object_id: tie.pk for tie in held if tie.content_type_id == kinds[Node].pk}
    of_service = {tie.object_id: tie.pk for tie in held if tie.content_type_id == kinds[Service].pk}
    of_report = {tie.object_id: tie.pk for tie in held if tie.content_type_id == kinds[FulfilmentReport].pk}
    found: dict[int, str] = {}
    if of_node:
        nodes = Node.objects.measures().filter(pk__in=of_node, plan__in=Plan.objects.public()).select_related("plan")
        addresses = {one.pk: reverse("plan:public_measure", args=[one.plan.slug, one.code]) for one in nodes}
        found |= {tie.pk: addresses[tie.object_id] for tie in held if _is(tie, kinds[Node], addresses)}
    if of_service:
        services = Service.objects.public().filter(pk__in=of_service).values_list("pk", "slug")
        addresses = {pk: reverse("catalogue:service", args=[slug]) for pk, slug in services}
        found |= {tie.pk: addresses[tie.object_id] for tie in held if _is(tie, kinds[Service], addresses)}
    if of_report:
        reports = FulfilmentReport.objects.public().filter(pk__in=of_report, plan__in=Plan.objects.public())
        addresses = {
            one.pk: reverse("fulfilment:public_report", args=[one.plan.slug, one.key])
            for one in reports.select_related("plan").defer("frozen")
        }
        found |= {tie.pk: addresses[tie.object_id] for tie in held if _is(tie, kinds[FulfilmentReport], addresses)}
    ours = {kind.pk for kind in kinds.values()}
    return found | {tie.pk: tie.address for tie in held if tie.content_type_id not in ours and tie.address}


def _is(tie: ItemTie, kind: ContentType, addresses: dict[int, str]) -> bool:
    return tie.content_type_id == kind.pk and tie.object_id in addresses
