"""Money of plans. Every sum that a page, a document or a table shows is made here: Decimal, whole crowns.

A cost or a source that nobody wrote is unknown and stands in no row; a sum says only what is known.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

from django.db.models import Sum

from .models import Card, Cost, Funding, MoneySort, Plan, whole
from .tree import Branch, Tree

NOTHING = Decimal(0)
ALL_SORTS: tuple[str, ...] = tuple(MoneySort.values)


class CostOf(NamedTuple):
    """What is spent in a year."""

    year: int
    sort: str


class PaidBy(NamedTuple):
    """Who pays for it: `source` is the key of a source of money."""

    year: int
    sort: str
    source: str


@dataclass(frozen=True, slots=True)
class Money:
    """Costs and their financing, of one card or of any number of them put together by `+`.

    `cards` says of how many measures; `unknown` how many of them say nothing about their costs.
    """

    costs: dict[CostOf, Decimal] = field(default_factory=dict)
    funding: dict[PaidBy, Decimal] = field(default_factory=dict)
    cards: int = 0
    unknown: int = 0

    def __add__(self, other: Money) -> Money:
        return summed((self, other))

    @property
    def is_empty(self) -> bool:
        return not self.costs and not self.funding

    @property
    def years(self) -> list[int]:
        return sorted({one.year for one in self.costs} | {one.year for one in self.funding})

    @property
    def sources(self) -> list[str]:
        """Keys of the sources that pay anything, in the order of their keys."""
        return sorted({one.source for one in self.funding})

    def cost(self, year: int | None = None, sort: str | None = None) -> Decimal:
        """Costs of a year and a sort, of all of them where not said."""
        return sum((amount for one, amount in self.costs.items() if _of(one, year, sort)), NOTHING)

    def paid(self, year: int | None = None, sort: str | None = None, source: str | None = None) -> Decimal:
        """What the sources (or one of them) pay."""
        return sum(
            (amount for one, amount in self.funding.items() if _of(one, year, sort) and source in (None, one.source)),
            NOTHING,
        )

    def known(self, year: int | None = None, sort: str | None = None) -> Money:
        """What is written of a year and a sort; empty where nobody wrote anything."""
        costs = {one: amount for one, amount in self.costs.items() if _of(one, year, sort)}
        funding = {one: amount for one, amount in self.funding.items() if _of(one, year, sort)}
        return Money(costs, funding, self.cards, self.unknown)

    def difference(self, year: int | None = None, sort: str | None = None) -> Decimal:
        """Costs less what the sources pay: above zero nobody pays it yet, below zero there is more than it costs."""
        return self.cost(year, sort) - self.paid(year, sort)

    @property
    def by_year(self) -> dict[int, Decimal]:
        return {year: self.cost(year) for year in self.years}

    @property
    def by_sort(self) -> dict[str, Decimal]:
        return {sort: self.cost(sort=sort) for sort in ALL_SORTS}

    @property
    def by_source(self) -> dict[str, Decimal]:
        return {source: self.paid(source=source) for source in self.sources}

    @property
    def differences(self) -> dict[CostOf, Decimal]:
        """Years and sorts in which the sources do not sum to the cost."""
        pairs = {CostOf(one.year, one.sort) for one in self.funding} | set(self.costs)
        found = ((one, self.difference(one.year, one.sort)) for one in sorted(pairs))
        return {one: left for one, left in found if left}


def _of(one: CostOf | PaidBy, year: int | None, sort: str | None) -> bool:
    return year in (None, one.year) and sort in (None, one.sort)


def summed(parts: Iterable[Money]) -> Money:
    costs: dict[CostOf, Decimal] = {}
    funding: dict[PaidBy, Decimal] = {}
    cards = unknown = 0
    for part in parts:
        cards, unknown = cards + part.cards, unknown + part.unknown
        for spent, amount in part.costs.items():
            costs[spent] = costs.get(spent, NOTHING) + amount
        for paid, amount in part.funding.items():
            funding[paid] = funding.get(paid, NOTHING) + amount
    return Money(costs, funding, cards, unknown)


# --- from the tables -------------------------------------------------------------------------------------------


def by_card(cards: Collection[int] | None = None, *, plan: Plan | None = None) -> dict[int, Money]:
    """Money of each of the cards (their numbers are their nodes'), or of every card that stands in a plan; a card
    that says nothing of money has its row too. Three queries."""
    rows = Card.objects.all()
    if cards is not None:
        rows = rows.filter(pk__in=cards)
    if plan is not None:
        rows = rows.filter(node__plan=plan, node__removed_at=None)
    keys = list(rows.values_list("pk", flat=True))
    costs: dict[int, dict[CostOf, Decimal]] = {key: {} for key in keys}
    funding: dict[int, dict[PaidBy, Decimal]] = {key: {} for key in keys}
    for card, year, sort, amount in Cost.objects.filter(card__in=rows).values_list("card_id", "year", "sort", "amount"):
        costs[card][CostOf(year, sort)] = amount
    paid = Funding.objects.filter(card__in=rows).values_list("card_id", "year", "sort", "source__key", "amount")
    for card, year, sort, source, amount in paid:
        funding[card][PaidBy(year, sort, source)] = amount
    return {key: Money(costs[key], funding[key], 1, 0 if costs[key] else 1) for key in keys}


def grouped(cards: Collection[int]) -> Money:
    """The cards put together by the database, where nobody asks for each of them: three queries that bring a row for
    a year, a sort and a source, however many cards there are."""
    spent = Cost.objects.filter(card__in=cards).order_by("year", "sort").values_list("year", "sort")
    paid = Funding.objects.filter(card__in=cards).order_by("year", "sort").values_list("year", "sort", "source__key")
    costs = {CostOf(year, sort): whole(total) for year, sort, total in spent.annotate(total=Sum("amount"))}
    funding = {PaidBy(*one): whole(total) for *one, total in paid.annotate(total=Sum("amount"))}
    priced = Cost.objects.filter(card__in=cards).order_by().values("card").distinct().count()
    return Money(costs, funding, len(cards), len(cards) - priced)


def totals(cards: Iterable[Card | int]) -> Money:
    """The cards put together."""
    return summed(by_card([one.pk if isinstance(one, Card) else one for one in cards]).values())


@dataclass(frozen=True, slots=True)
class PlanMoney:
    """Money of a whole plan, ready to be asked for any part of it without another query."""

    cards: dict[int, Money]

    def of_branch(self, branch: Branch) -> Money:
        return summed(self._in(branch))

    def of_tree(self, tree: Tree) -> Money:
        return summed(one for branch in tree.top for one in self._in(branch))

    def by_node(self, tree: Tree) -> dict[int, Money]:
        """Money of every node of the tree that has a measure in it, from the bottom up; each card is added once on
        each level."""
        found: dict[int, Money] = {}
        for branch in tree.top:
            self._fill(branch, found)
        return found

    def _fill(self, branch: Branch, found: dict[int, Money]) -> Money:
        own = self.cards.get(branch.node.pk)
        below = [self._fill(child, found) for child in branch.children]
        money = own if own is not None else summed(below)
        if money.cards:
            found[branch.node.pk] = money
        return money

    def _in(self, branch: Branch) -> Iterator[Money]:
        return (self.cards[one.node.pk] for one in branch.walk() if one.node.pk in self.cards)


def of_plan(plan: Plan) -> PlanMoney:
    return PlanMoney(by_card(plan=plan))


def crowns(amount: Decimal | None) -> str:
    """ "12 480 Kč" with hard spaces; an unknown amount says so."""
    return "neznámo" if amount is None else f"{amount:,.0f} Kč".replace(",", "\u00a0").replace(" ", "\u00a0")


class YearLine(NamedTuple):
    """A year of a table of money; `year` is None for all of them together. What nobody wrote is None."""

    year: int | None
    operation: Decimal | None
    investment: Decimal | None
    cost: Decimal | None
    paid: Decimal | None
    difference: Decimal | None


def year_lines(money: Money) -> list[YearLine]:
    """A line for each year and one for all; none where nobody wrote anything."""
    return [_year_line(money, year) for year in [*money.years, None]] if money.years else []


def _year_line(money: Money, year: int | None) -> YearLine:
    return YearLine(
        year,
        cost_said(money, year, MoneySort.OPERATION),
        cost_said(money, year, MoneySort.INVESTMENT),
        cost_said(money, year),
        money.paid(year) if money.known(year).funding else None,
        difference_said(money, year),
    )


def cost_said(money: Money, year: int | None = None, sort: str | None = None) -> Decimal | None:
    """Costs of a year and a sort, or None where nobody wrote them."""
    return money.cost(year, sort) if money.known(year, sort).costs else None


def difference_said(money: Money, year: int | None = None, sort: str | None = None) -> Decimal | None:
    """The difference of a year and a sort, or None where there is nothing to compare."""
    return None if money.known(year, sort).is_empty else money.difference(year, sort)
