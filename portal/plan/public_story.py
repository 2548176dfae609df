"""A measure as a story: why, what, who and when and for how much, what has happened, where, who decided."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import CharField, F, QuerySet, Value
from django.db.models.functions import Cast
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _

from portal.catalogue.models import CapacityUnit, Facility, Service
from portal.groups.models import Group
from words.plural import counted

from . import money
from .models import (
    CapacityChange,
    Card,
    Cost,
    Evidence,
    ExtraValue,
    Funding,
    Level,
    Node,
    NodeQuerySet,
    Plan,
    Resolution,
)
from .outcome_models import Outcome
from .public import Standing, silent, told

# Names of people, letters and risks stay at the desk: the card has them, the story does not.


@dataclass(frozen=True, slots=True)
class Activity:
    code: str
    title: str
    text: str
    responsible: str
    when: str
    cost: str


@dataclass(frozen=True, slots=True)
class MoneyRow:
    """One year: what it costs, who pays how much, what nobody pays yet."""

    year: int
    cost: str
    sources: list[tuple[str, str]]
    missing: str


@dataclass(frozen=True, slots=True)
class Place:
    """A public place of a service; a secret one is never here."""

    key: int
    name: str
    address: str
    lat: float | None
    lon: float | None


@dataclass(frozen=True, slots=True)
class ServiceLine:
    slug: str
    name: str
    kind: str
    provider: str
    places: list[Place]
    hidden: bool


@dataclass(frozen=True, slots=True)
class Story:
    node: Node
    plan: Plan
    card: Card
    path: list[Node]
    standing: Standing
    history: list[Standing]
    target_groups: list[str]
    where: list[str]
    partners: list[str]
    activities: list[Activity]
    money: list[MoneyRow]
    total: str
    capacities: list[str]
    evidence: list[tuple[str, str]]
    extra: list[tuple[str, str]]
    services: list[ServiceLine]
    resolutions: list[Resolution]

    @property
    def when(self) -> str:
        if self.card.ongoing:
            return _("průběžně")
        return span(self.card.starts_on, self.card.ends_on)

    @property
    def points(self) -> list[Place]:
        """Places that can stand on a map."""
        return [place for one in self.services for place in one.places if place.lat is not None]


def find(slug: str, code: str) -> Node | None:
    """A measure of a plan that the public may see."""
    above = ("parent__level", "parent__parent__level", "parent__parent__parent__level")
    return (
        Node.objects.filter(plan__in=Plan.objects.public(), plan__slug=slug, code=code)
        .measures()
        .select_related("plan", "level", *above, "card__kind", "card__area", "card__above__plan")
        .first()
    )


def read(node: Node) -> Story:
    """All that the public may know of the measure; nine queries beside the one that found it."""
    card = node.card
    labels = _labels(card)
    rows = _money(card)
    more = _evidence_and_extra(node)
    history = [told(one) for one in node.outcomes.select_related("state").order_by("-year", "-told_on")]
    return Story(
        node=node,
        plan=node.plan,
        card=card,
        path=_path(node),
        standing=history[0] if history else silent(),
        history=history,
        target_groups=labels["group"],
        where=[*(f"ORP {name}" for name in labels["orp"]), *labels["town"]],
        partners=[*(line.strip() for line in card.partners.splitlines() if line.strip()), *labels["provider"]],
        activities=_activities(node),
        money=_money_rows(rows),
        total="" if rows.is_empty else money.crowns(rows.cost()),
        capacities=_capacities(card),
        evidence=more["evidence"],
        extra=more["extra"],
        services=services_of(card),
        resolutions=list(node.plan.resolutions.all()),
    )


def _path(node: Node) -> list[Node]:
    """Points above the measure from the top, without visions."""
    found, at = [], node.parent
    while at is not None:
        if at.level.role != Level.Role.VISION:
            found.append(at)
        at = at.parent
    return found[::-1]


def span(starts: date | None, ends: date | None) -> str:
    """ "1. 1. 2026 – 31. 12. 2027", "od 1. 1. 2026", "" where nobody knows."""
    if starts and ends:
        return f"{date_format(starts)} – {date_format(ends)}"
    if starts:
        return _("od %(day)s") % {"day": date_format(starts)}
    return _("do %(day)s") % {"day": date_format(ends)} if ends else ""


def _labels(card: Card) -> dict[str, list[str]]:
    """Names of target groups, places and providers of the card; one query."""
    sorts: dict[str, QuerySet[Any]] = {
        "group": card.target_groups.annotate(label=F("plain")),
        "orp": card.orps.annotate(label=F("name")),
        "town": card.municipalities.annotate(label=F("name")),
        "provider": card.partner_providers.annotate(label=F("name")),
    }
    parts = [
        rows.order_by().annotate(sort=Value(sort, output_field=CharField())).values_list("sort", "label")
        for sort, rows in sorts.items()
    ]
    held: dict[str, list[str]] = {sort: [] for sort in sorts}
    for sort, label in parts[0].union(*parts[1:], all=True).order_by():
        held[sort].append(label)
    return {sort: sorted(names) for sort, names in held.items()}


def _money(card: Card) -> money.Money:
    """Costs and who pays them, sources by their names; one query."""
    columns = ("year", "sort", "payer", "amount")
    spent = Cost.objects.filter(card=card).order_by().annotate(payer=Value("", output_field=CharField()))
    paid = Funding.objects.filter(card=card).order_by().annotate(payer=F("source__name"))
    costs: dict[money.CostOf, Decimal] = {}
    funding: dict[money.PaidBy, Decimal] = {}
    for year, sort, payer, amount in spent.values_list(*columns).union(paid.values_list(*columns), all=True).order_by():
        if payer:
            funding[money.PaidBy(year, sort, payer)] = amount
        else:
            costs[money.CostOf(year, sort)] = amount
    return money.Money(costs, funding, 1, 0 if costs else 1)


def _money_rows(rows: money.Money) -> list[MoneyRow]:
    made = []
    for year in rows.years:
        payers = [(name, rows.paid(year, source=name)) for name in rows.sources]
        left = rows.difference(year)
        made.append(
            MoneyRow(
                year,
                money.crowns(rows.cost(year)),
                [(name, money.crowns(amount)) for name, amount in payers if amount],
                money.crowns(left) if left > 0 else "",
            )
        )
    return made


def _evidence_and_extra(node: Node) -> dict[str, list[tuple[str, str]]]:
    """Why the measure is believed, and fields that the plan added to its cards; one query."""
    why = Evidence.objects.filter(node=node).order_by()
    own = ExtraValue.objects.filter(card_id=node.pk).exclude(value="").order_by()
    rows = why.annotate(
        of=Value("evidence", output_field=CharField()), at=F("pk"), a=F("text"), b=Cast("url", CharField())
    ).values_list("of", "at", "a", "b")
    more = own.annotate(
        of=Value("extra", output_field=CharField()), at=F("field__order"), a=F("field__name"), b=F("value")
    ).values_list("of", "at", "a", "b")
    held: dict[str, list[tuple[str, str]]] = {"evidence": [], "extra": []}
    for of, _at, first, second in sorted(rows.union(more, all=True).order_by()):
        held[of].append((first, _safe(second) if of == "evidence" else second))
    return held


def _safe(url: str) -> str:
    """The address, if a visitor may be sent there: pages, never scripts."""
    return url if url.startswith(("https://", "http://", "/")) else ""


def _activities(node: Node) -> list[Activity]:
    rows = node.children.standing().filter(level__role=Level.Role.ACTIVITY).order_by("order", "pk")
    columns = ("code", "title", "text", "step__responsible", "step__starts_on", "step__ends_on", "step__cost")
    return [
        Activity(code, title, text, who or "", span(starts, ends), "" if cost is None else money.crowns(cost))
        for code, title, text, who, starts, ends, cost in rows.values_list(*columns)
    ]


def _capacities(card: Card) -> list[str]:
    """ "+2 lůžka, pečovatelská služba, od 1. 1. 2027"."""
    rows = CapacityChange.objects.filter(card=card).select_related("unit", "kind", "service")
    return [_capacity(one) for one in rows]


def _capacity(one: CapacityChange) -> str:
    public = one.service is not None and one.service.is_public
    name = one.service.name if one.service and public else one.kind.name
    since = _("od %(day)s") % {"day": date_format(one.since)} if one.since else ""
    return ", ".join(filter(None, (units(one.amount, one.unit), name, since, one.note)))


def units(amount: Decimal, unit: CapacityUnit) -> str:
    """ "+2 lůžka", "−1 lůžko", "+2,5 (počet lůžek)": code lists do not have the case that follows a fraction."""
    sign, size = "−" if amount < 0 else "+", abs(amount).normalize()
    if size == size.to_integral_value():
        return sign + counted(int(size), unit.one, unit.few, unit.many)
    return f"{sign}{number_format(size)} ({unit.name[:1].lower()}{unit.name[1:]})"


def services_of(card: Card) -> list[ServiceLine]:
    """Public services that the measure concerns, with their places; two queries."""
    services = list(
        Service.objects.public().filter(pk__in=card.services.values("pk")).select_related("kind", "provider")
    )
    places: dict[int, list[Place]] = {}
    hidden: set[int] = set()
    for one in Facility.objects.public().filter(service__in=services).select_related("municipality").order_by("pk"):
        if one.secret:
            hidden.add(one.service_id)
            continue
        town = one.municipality.name if one.municipality else one.municipality_name
        address = ", ".join(filter(None, (one.street, town)))
        places.setdefault(one.service_id, []).append(Place(one.pk, one.name, address, one.lat, one.lon))
    return [
        ServiceLine(one.slug, one.name, one.kind.name, one.provider.name, places.get(one.pk, []), one.pk in hidden)
        for one in sorted(services, key=lambda one: one.name)
    ]


# --- measures about a service ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class MeasureLine:
    plan: Plan
    code: str
    title: str
    standing: Standing


def measures_about(service: Service) -> list[MeasureLine]:
    """Public measures that concern the service, the newest plan first; two queries."""
    return _lines(Node.objects.filter(card__services=service))


def measures_of_group(group: Group) -> list[MeasureLine]:
    """Public measures of the areas that the group looks after; two queries."""
    return _lines(Node.objects.filter(card__area__group=group))


def _lines(found: NodeQuerySet) -> list[MeasureLine]:
    nodes = list(
        found.filter(plan__in=Plan.objects.public())
        .measures()
        .select_related("plan")
        .order_by("-plan__starts_on", "plan__title", "order", "pk")
    )
    last = {one.node_id: one for one in Outcome.objects.filter(node__in=nodes).select_related("state").order_by("year")}
    return [
        MeasureLine(one.plan, one.code, one.title, told(last[one.pk]) if one.pk in last else silent()) for one in nodes
    ]
