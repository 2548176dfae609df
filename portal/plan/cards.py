"""The card of a measure as somebody edits it: one plain value that can be read from the tables, filled by a form or
a row of a sheet, compared, and written back by `card_actions.card_save`.

Codes, keys and slugs stand for the rows they name, so that a draft laid aside or a deed of the journal is still
understood when numbers of rows change: areas by name, services and providers by slug, municipalities and ORPs by
official code, a point of the region's plan as "slug/code".
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields, replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder

from portal.accounts.models import Person
from portal.catalogue.drafts import day_text, read_as
from portal.catalogue.models import CapacityUnit, Form, Kind, Provider, Service, TargetGroup
from portal.territory.models import Municipality, Orp

from .models import (
    CapacityChange,
    Card,
    Cost,
    Evidence,
    ExtraValue,
    Funding,
    Level,
    MeasureKind,
    MoneySort,
    MoneySource,
    Node,
    Plan,
    Risk,
)
from .money import CostOf, Money, PaidBy, crowns

LABELS = {
    "title": "název",
    "text": "popis",
    "kind": "typ opatření",
    "area": "pracovní skupina",
    "reason": "proč je potřeba",
    "impact": "co se změní",
    "responsible": "kdo odpovídá",
    "responsible_person": "kdo podává zprávu",
    "partners": "s kým",
    "partner_providers": "poskytovatelé",
    "starts_on": "od",
    "ends_on": "do",
    "ongoing": "průběžně",
    "agreement": "soulad s plánem kraje",
    "above": "naplňuje bod plánu kraje",
    "importance": "pořadí důležitosti",
    "target_groups": "cílové skupiny",
    "municipalities": "obce",
    "orps": "ORP",
    "services": "služby",
    "steps": "aktivity",
    "costs": "náklady",
    "funding": "financování",
    "capacities": "změny kapacity",
    "evidence": "doklady potřebnosti",
    "risks": "rizika",
    "extra": "vlastní pole",
}


@dataclass(frozen=True, slots=True)
class StepDraft:
    """An activity. Its `code` says which; an empty one means a new activity, one that was taken out comes back."""

    code: str = ""
    title: str = ""
    text: str = ""
    responsible: str = ""
    starts_on: date | None = None
    ends_on: date | None = None
    cost: Decimal | None = None


@dataclass(frozen=True, slots=True)
class CostDraft:
    year: int
    sort: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class FundingDraft:
    """`source` is the key of a source of money."""

    year: int
    sort: str
    source: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class CapacityDraft:
    """`id` is None for a new row. `kind` follows the service where one is named; `baseline` is what the catalogue
    said when the change was promised, filled in on saving where it is not known."""

    amount: Decimal
    unit: str
    id: int | None = None
    service: str = ""
    kind: str = ""
    form: str = ""
    since: date | None = None
    baseline: Decimal | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class EvidenceDraft:
    text: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class RiskDraft:
    text: str
    likelihood: int | None = None
    severity: int | None = None
    response: str = ""


@dataclass(frozen=True, slots=True)
class ExtraDraft:
    """A value of one of the plan's own fields, by the field's name; numbers and dates as they are stored (2.5,
    2027-01-31)."""

    field: str
    value: str


@dataclass(frozen=True, slots=True)
class CardDraft:
    title: str = ""
    text: str = ""
    kind: str = ""
    area: str = ""
    reason: str = ""
    impact: str = ""
    responsible: str = ""
    responsible_person: int | None = None
    partners: str = ""
    partner_providers: tuple[str, ...] = ()
    starts_on: date | None = None
    ends_on: date | None = None
    ongoing: bool = False
    agreement: str = ""
    above: str = ""
    importance: int | None = None
    target_groups: tuple[str, ...] = ()
    municipalities: tuple[str, ...] = ()
    orps: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    # In the order in which they stand in the plan.
    steps: tuple[StepDraft, ...] = ()
    costs: tuple[CostDraft, ...] = ()
    funding: tuple[FundingDraft, ...] = ()
    capacities: tuple[CapacityDraft, ...] = ()
    evidence: tuple[EvidenceDraft, ...] = ()
    risks: tuple[RiskDraft, ...] = ()
    extra: tuple[ExtraDraft, ...] = ()

    @property
    def money(self) -> Money:
        costs = {CostOf(one.year, one.sort): one.amount for one in self.costs}
        funding = {PaidBy(one.year, one.sort, one.source): one.amount for one in self.funding}
        return Money(costs, funding, 1, 0 if costs else 1)


# --- reading ---------------------------------------------------------------------------------------------------


def read(node: Node) -> CardDraft:
    """The card of a measure as it is stored now."""
    return read_many([node])[node.pk]


def read_plan(plan: Plan) -> dict[int, CardDraft]:
    """Cards of all measures that stand in the plan, by the numbers of their nodes."""
    return read_many(Node.objects.filter(plan=plan).measures())


def read_many(nodes: Iterable[Node]) -> dict[int, CardDraft]:
    """Cards of measures; the same number of queries for any number of them."""
    cards = Card.objects.filter(pk__in=[node.pk for node in nodes])
    many: dict[str, dict[int, list[Any]]] = {
        "partner_providers": _many(Card.partner_providers.through, cards, "provider__slug"),
        "target_groups": _many(Card.target_groups.through, cards, "targetgroup__key"),
        "municipalities": _many(Card.municipalities.through, cards, "municipality_id"),
        "orps": _many(Card.orps.through, cards, "orp_id"),
        "services": _many(Card.services.through, cards, "service__slug"),
    }
    rows: dict[str, dict[int, list[Any]]] = {
        "steps": _steps(cards),
        "costs": _rows(CostDraft, Cost, cards, {}),
        "funding": _rows(FundingDraft, Funding, cards, {"source": "source__key"}, ("year", "sort", "source__key")),
        "capacities": _rows(
            CapacityDraft,
            CapacityChange,
            cards,
            {"unit": "unit__key", "service": "service__slug", "kind": "kind__key", "form": "form__key"},
        ),
        "risks": _rows(RiskDraft, Risk, cards, {}),
        "extra": _rows(ExtraDraft, ExtraValue, cards, {"field": "field__name"}, ("field__order", "field_id")),
        "evidence": _evidence(cards),
    }
    found = {}
    for card in cards.select_related("node", "kind", "area", "above__plan"):
        found[card.pk] = CardDraft(
            title=card.node.title,
            text=card.node.text,
            kind=card.kind.key if card.kind else "",
            area=card.area.name if card.area else "",
            reason=card.reason,
            impact=card.impact,
            responsible=card.responsible,
            responsible_person=card.responsible_person_id,
            partners=card.partners,
            starts_on=card.starts_on,
            ends_on=card.ends_on,
            ongoing=card.ongoing,
            agreement=card.agreement,
            above=f"{card.above.plan.slug}/{card.above.code}" if card.above else "",
            importance=card.importance,
            **_tuples({name: sorted(held.get(card.pk, ())) for name, held in many.items()}),
            **_tuples({name: held.get(card.pk, []) for name, held in rows.items()}),
        )
    return found


def _tuples(held: dict[str, list[Any]]) -> dict[str, Any]:
    return {name: tuple(values) for name, values in held.items()}


def _many(through: Any, cards: Any, name: str) -> dict[int, list[str]]:
    held: dict[int, list[str]] = {}
    for card, value in through.objects.filter(card__in=cards).values_list("card_id", name):
        held.setdefault(card, []).append(value)
    return held


def _rows(
    shape: type[Any], model: Any, cards: Any, names: dict[str, str], order: tuple[str, ...] = ()
) -> dict[int, list[Any]]:
    """Rows that hang on cards, as drafts; `names` lead where a column is called otherwise."""
    columns = [one.name for one in fields(shape)]
    rows = model.objects.filter(card__in=cards)
    found = (rows.order_by(*order) if order else rows).values_list("card_id", *(names.get(one, one) for one in columns))
    held: dict[int, list[Any]] = {}
    for card, *values in found:
        said = {name: value for name, value in zip(columns, values, strict=True) if value is not None}
        held.setdefault(card, []).append(shape(**said))
    return held


def _evidence(cards: Any) -> dict[int, list[EvidenceDraft]]:
    held: dict[int, list[EvidenceDraft]] = {}
    for node, text, url in Evidence.objects.filter(node__in=cards.values("pk")).values_list("node_id", "text", "url"):
        held.setdefault(node, []).append(EvidenceDraft(text, url))
    return held


def _steps(cards: Any) -> dict[int, list[StepDraft]]:
    held: dict[int, list[StepDraft]] = {}
    rows = Node.objects.filter(parent__in=cards.values("pk"), level__role=Level.Role.ACTIVITY).standing()
    columns = ("code", "title", "text", "step__responsible", "step__starts_on", "step__ends_on", "step__cost")
    for parent, code, title, text, responsible, *rest in rows.order_by("order", "id").values_list("parent", *columns):
        held.setdefault(parent, []).append(StepDraft(code, title, text, responsible or "", *rest))
    return held


# --- comparing and telling -------------------------------------------------------------------------------------


def changed(before: CardDraft, after: CardDraft) -> list[str]:
    """Names of the fields in which two drafts differ; of rows nobody numbered yet their numbers say nothing."""
    return [one for one in LABELS if getattr(before, one) != getattr(after, one)]


def to_json(draft: CardDraft) -> dict[str, Any]:
    """The draft as JSON can hold it; `from_json` reads it back to an equal one."""
    plain: dict[str, Any] = json.loads(json.dumps(asdict(draft), cls=DjangoJSONEncoder))
    return plain


def from_json(plain: dict[str, Any]) -> CardDraft:
    return read_as(CardDraft, plain)


def told(draft: CardDraft, names: list[str]) -> dict[str, Any]:
    """Some fields of a draft for the journal, from which `from_told` reads them back. A person is told by a word of
    its own, so that their name can be found for it and no amount of money is taken for a person."""
    plain = to_json(draft)
    if plain["responsible_person"] is not None:
        plain["responsible_person"] = f"{_PERSON}{plain['responsible_person']}"
    return {name: plain[name] for name in names}


def from_told(plain: dict[str, Any]) -> CardDraft:
    values = dict(plain)
    if values.get("responsible_person"):
        values["responsible_person"] = int(str(values["responsible_person"]).removeprefix(_PERSON))
    return from_json(values)


_PERSON = "osoba:"


def names_in(*values: dict[str, Any]) -> dict[str, str]:
    """What the codes and keys among the told values are called today, for the journal."""
    drafts = [from_told(one) for one in values]
    words = Words(*drafts)
    return {
        code: name
        for table in (
            *(words.kinds, words.groups, words.towns, words.orps, words.services, words.providers, words.sources),
            *(words.units, words.forms, words.service_kinds, dict(MoneySort.choices)),
            {f"{_PERSON}{pk}": name for pk, name in words.people.items()},
        )
        for code, name in table.items()
    }


def differences(stored: CardDraft, typed: CardDraft) -> list[tuple[str, str, str]]:
    """For a person: (label, what is stored now, what was typed), a row for each field that differs."""
    words = Words(stored, typed)
    return [
        (LABELS[name], words.of(name, getattr(stored, name)), words.of(name, getattr(typed, name)))
        for name in changed(stored, typed)
    ]


class Words:
    """Values of drafts as people read them: codes become names, one query for each list that is really there."""

    def __init__(self, *drafts: CardDraft) -> None:
        def every(name: str) -> set[Any]:
            return {one for draft in drafts for one in getattr(draft, name)}

        capacities, funding = every("capacities"), every("funding")
        services = every("services") | {one.service for one in capacities}
        self.kinds = _named(MeasureKind.objects.all(), "key", {draft.kind for draft in drafts})
        self.groups = _named(TargetGroup.objects.all(), "key", every("target_groups"))
        self.towns = _named(Municipality.objects.all(), "code", every("municipalities"))
        self.orps = _named(Orp.objects.all(), "code", every("orps"))
        self.services = _named(Service.objects.all(), "slug", services)
        self.providers = _named(Provider.objects.all(), "slug", every("partner_providers"))
        self.sources = _named(MoneySource.objects.all(), "key", {one.source for one in funding})
        self.units = _named(CapacityUnit.objects.all(), "key", {one.unit for one in capacities})
        self.forms = _named(Form.objects.all(), "key", {one.form for one in capacities})
        self.service_kinds = _named(Kind.objects.all(), "key", {one.kind for one in capacities})
        self.people = _named(Person.objects.all(), "pk", {draft.responsible_person for draft in drafts})

    def of(self, name: str, value: Any) -> str:
        tables = {
            "kind": self.kinds,
            "target_groups": self.groups,
            "municipalities": self.towns,
            "orps": self.orps,
            "services": self.services,
            "partner_providers": self.providers,
            "responsible_person": self.people,
        }
        table: dict[Any, str] = tables.get(name, {})
        if value in (None, "", (), False):
            return "ne" if value is False else "nic"
        if isinstance(value, tuple):
            return "; ".join(self._row(one) if not isinstance(one, str) else table.get(one, one) for one in value)
        if isinstance(value, date):
            return day_text(value)
        return "ano" if value is True else str(table.get(value, value))

    def _row(self, row: Any) -> str:
        said: Iterable[Any]
        match row:
            case StepDraft():
                days = "–".join(day_text(one) for one in (row.starts_on, row.ends_on) if one)
                cost = crowns(row.cost) if row.cost is not None else ""
                said = (f"{row.code} {row.title}".strip(), row.text, row.responsible, days, cost)
            case CostDraft():
                said = (row.year, MoneySort(row.sort).label, crowns(row.amount))
            case FundingDraft():
                said = (
                    row.year,
                    MoneySort(row.sort).label,
                    self.sources.get(row.source, row.source),
                    crowns(row.amount),
                )
            case CapacityDraft():
                said = [self.capacity(row)]
            case ExtraDraft():
                said = [f"{row.field}: {row.value}"]
            case _:
                said = asdict(row).values()
        return ", ".join(str(one) for one in said if one)

    def capacity(self, row: CapacityDraft) -> str:
        """ "+2,5 úvazku, Pečovatelská služba Lípa, od 1. 1. 2027, dnes 4"."""
        what = self.services.get(row.service) or self.service_kinds.get(row.kind, "")
        amount = f"{row.amount.normalize():+f} {self.units.get(row.unit, row.unit)}".replace(".", ",")
        since = f"od {day_text(row.since)}" if row.since else ""
        today = f"dnes {row.baseline.normalize():f}".replace(".", ",") if row.baseline is not None else ""
        return ", ".join(filter(None, (amount, what, self.forms.get(row.form, ""), since, today, row.note)))


def _named(rows: Any, key: str, wanted: Iterable[Any]) -> dict[Any, str]:
    codes = {one for one in wanted if one}
    return dict(rows.filter(**{f"{key}__in": codes}).values_list(key, "name")) if codes else {}


def tidy(draft: CardDraft) -> CardDraft:
    """The same card with its rows in the order in which they are read from the tables."""
    plain = ("partner_providers", "target_groups", "municipalities", "orps", "services")
    sets: dict[str, Any] = {name: tuple(sorted(set(getattr(draft, name)))) for name in plain}
    costs = tuple(sorted(draft.costs, key=lambda one: (one.year, one.sort)))
    funding = tuple(sorted(draft.funding, key=lambda one: (one.year, one.sort, one.source)))
    return replace(draft, costs=costs, funding=funding, **sets)
