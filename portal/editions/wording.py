"""Frozen values in Czech: names of fields, dates, money, what a change says."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from portal.accounts.models import Grant
from portal.plan.models import MoneySort, Plan
from portal.plan.money import CostOf, Money, PaidBy, crowns

from .content import (
    CapacityLine,
    CardFacts,
    Content,
    EvidenceLine,
    ExtraLine,
    LevelFacts,
    Named,
    NodeFacts,
    RiskLine,
    written,
)

NOTHING = "–"
# Labels of fields, as cards and redlines say them.
FIELDS = {
    "title": "název",
    "text": "text",
    "name": "název",
    "note": "poznámka",
    "about": "o plánu",
    "depth": "úroveň",
    "evidence": "čím je to doložené",
    "place": "kde kapitola stojí",
    "sort": "druh",
    "measures": "opatření",
    "target_groups": "cílové skupiny",
    "unit": "jednotka",
    "baseline": "výchozí hodnota",
    "baseline_year": "rok výchozí hodnoty",
    "targets": "cílové hodnoty",
    "supplier": "kdo údaj dodává",
    "often": "jak často",
    "source": "zdroj údaje",
    "node": "bod plánu",
    "span_kind": "druh území",
    "span_code": "kód území",
    "span_name": "území",
    "starts_on": "platí od",
    "ends_on": "platí do",
    "prolonged_until": "prodloužený do",
    "state": "stav",
    "organiser": "organizátor",
    "above": "plán kraje",
    "follows": "navazuje na",
    "levels": "úrovně plánu",
    "areas": "pracovní skupiny",
    "slug": "adresa",
    "card.kind": "typ opatření",
    "card.area": "pracovní skupina",
    "card.reason": "proč je potřeba",
    "card.impact": "co se změní",
    "card.responsible": "kdo odpovídá",
    "card.partners": "s kým",
    "card.providers": "poskytovatelé",
    "card.starts_on": "od",
    "card.ends_on": "do",
    "card.ongoing": "průběžně",
    "card.agreement": "soulad s plánem kraje",
    "card.above": "naplňuje bod plánu kraje",
    "card.importance": "pořadí důležitosti",
    "card.target_groups": "cílové skupiny",
    "card.municipalities": "obce",
    "card.orps": "ORP",
    "card.services": "služby",
    "card.costs": "náklady",
    "card.funding": "kdo zaplatí",
    "card.capacities": "změna kapacity",
    "card.risks": "rizika",
    "card.extra": "další údaje",
    "step.responsible": "kdo odpovídá",
    "step.starts_on": "od",
    "step.ends_on": "do",
    "step.cost": "náklady aktivity",
}
SORTS = dict(MoneySort.choices)
SWOT = {
    "strength": "Silné stránky",
    "weakness": "Slabé stránky",
    "opportunity": "Příležitosti",
    "threat": "Hrozby",
}
LEVELS_OF_RISK = {1: "malá", 2: "střední", 3: "velká"}
OFTEN = {
    "quarterly": "každé čtvrtletí",
    "half": "každé pololetí",
    "yearly": "jednou za rok",
    "end": "na konci plánu",
}


# Values that are kept by their keys.
KEYS: dict[str, dict[str, str]] = {
    "state": dict(Plan.State.choices),
    "span_kind": dict(Grant.Range.choices),
    "place": {"before": "před opatřeními", "after": "za opatřeními"},
    "sort": SWOT,
    "often": OFTEN,
}


def day(value: date) -> str:
    return f"{value.day}. {value.month}. {value.year}"


def number(value: Decimal) -> str:
    """1 240,5 with hard spaces."""
    whole, _, rest = written(abs(value)).partition(".")
    sign = "−" if value < 0 else ""
    return f"{sign}{int(whole):,}".replace(",", "\u00a0") + (f",{rest}" if rest else "")


def money(amount: int | Decimal | None) -> str:
    return NOTHING if amount is None else crowns(Decimal(amount))


def span(begins: date | None, ends: date | None, ongoing: bool = False) -> str:
    if ongoing and not (begins or ends):
        return "průběžně"
    if begins and ends:
        told = f"{day(begins)} – {day(ends)}"
    elif begins:
        told = f"od {day(begins)}"
    else:
        told = f"do {day(ends)}" if ends else ""
    return f"{told}, průběžně" if ongoing and told else told


def listed(many: Iterable[Named | str]) -> str:
    return ", ".join(one.name if isinstance(one, Named) else one for one in many)


def capacity(line: CapacityLine) -> str:
    """ "+2,5 úvazku" """
    return f"{'+' if line.amount > 0 else ''}{number(line.amount)} {line.unit.name}"


def offered(line: CapacityLine) -> str:
    name = line.service.name if line.service else line.kind.name
    return f"{name} ({line.form.name})" if line.form else name


def said(value: Any) -> str:  # noqa: PLR0911 - one line a sort of value
    """Any value of a content as a reader says it."""
    match value:
        case None | "" | ():
            return NOTHING
        case bool():
            return "ano" if value else "ne"
        case date():
            return day(value)
        case Decimal():
            return number(value)
        case Named(name=name) | LevelFacts(name=name):
            return name
        case CapacityLine():
            since = f" od {day(value.since)}" if value.since else ""
            return f"{offered(value)} {capacity(value)}{since}"
        case RiskLine():
            return value.text
        case EvidenceLine():
            return f"{value.text} ({value.url})" if value.url else value.text
        case ExtraLine():
            return f"{value.name}: {value.value}"
        case (int() as year, Decimal() as target):
            return f"{year}: {number(target)}"
        case tuple():
            return ", ".join(map(said, value))
    return str(value)


def keyed(name: str, value: Any) -> Any:
    """The word for a key kept in the field of that name; any other value as it is."""
    return KEYS.get(name, {}).get(value, value) if isinstance(value, str) else value


def field(name: str) -> str:
    return FIELDS[name]


# --- nodes -----------------------------------------------------------------------------------------------------


def levels(content: Content) -> dict[int, LevelFacts]:
    return {level.depth: level for level in content.plan.levels}


def titled(node: NodeFacts, level: LevelFacts | None) -> str:
    """ "Opatření 1.2.3: Dovoz obědů"; a vision has no number worth reading."""
    if level is None:
        return f"{node.code} {node.title}"
    word = level.name[:1].upper() + level.name[1:]
    return f"{word}: {node.title}" if level.role == "vision" else f"{word} {node.code}: {node.title}"


def money_of(card: CardFacts) -> Money:
    """The card's money, to be summed as any other (plan.money)."""
    return Money(
        {CostOf(line.year, line.sort): Decimal(line.amount) for line in card.costs},
        {PaidBy(line.year, line.sort, line.source.key): Decimal(line.amount) for line in card.funding},
        1,
        0 if card.costs else 1,
    )


def sources(content: Content) -> dict[str, str]:
    """Names of the sources of money by their keys."""
    return {line.source.key: line.source.name for node in content.nodes if node.card for line in node.card.funding}
