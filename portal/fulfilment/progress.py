"""How far a thing is: said by hand, computed from its parts, or unknown. Unknown is never zero."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from portal.catalogue.models import Capacity
from portal.plan.models import CapacityChange

TYPED, COMPUTED, UNKNOWN = "typed", "computed", "unknown"
HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class Part:
    """An activity: the share of it that is done (0 to 1) and what it costs, each None where nobody said."""

    done: Decimal | None
    cost: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Share:
    """`percent` of a measure that is done and how we know; `known` of `parts` activities said how they stand;
    `by_money`: weighted by what they cost."""

    percent: int | None
    how: str
    known: int = 0
    parts: int = 0
    by_money: bool = False


def share(typed: int | None, parts: Sequence[Part]) -> Share:
    """What was typed goes first. Otherwise the mean of the activities whose state is known, weighted by their costs
    where each of those has one, equally where any has none."""
    if typed is not None:
        return Share(typed, TYPED)
    known = [one for one in parts if one.done is not None]
    if not known:
        return Share(None, UNKNOWN, 0, len(parts))
    costs = [one.cost for one in known if one.cost is not None]
    by_money = len(costs) == len(known) and sum(costs) > 0
    weights = [one.cost or Decimal(0) for one in known] if by_money else [Decimal(1)] * len(known)
    done = sum((one.done or Decimal(0)) * weight for one, weight in zip(known, weights, strict=True))
    return Share(percent(Decimal(done), Decimal(sum(weights))), COMPUTED, len(known), len(parts), by_money)


def percent(part: Decimal, whole: Decimal) -> int:
    return int((part * HUNDRED / whole).quantize(Decimal(1), ROUND_HALF_UP))


@dataclass(frozen=True, slots=True)
class Reached:
    """A promised change of capacity beside what the catalogue says today. `today` is None where the catalogue does
    not know, or knows more than one number for that form and unit; `change` also where nobody wrote from what the
    promise counts."""

    change_promised: Decimal
    today: Decimal | None
    change: Decimal | None

    @property
    def percent(self) -> int | None:
        """Share of the promise that is kept; below zero when the capacity went the other way."""
        return None if self.change is None else percent(self.change, self.change_promised)


def reached(changes: Iterable[CapacityChange]) -> dict[int, Reached]:
    """For each change of capacity what is really there; one query for any number of them."""
    rows = list(changes)
    services = {one.service_id for one in rows if one.service_id is not None}
    held: dict[tuple[int, int], list[tuple[int, int | None]]] = {}
    for service, form, unit, amount in Capacity.objects.filter(service_form__service__in=services).values_list(
        "service_form__service_id", "service_form__form_id", "unit_id", "amount"
    ):
        held.setdefault((service, unit), []).append((form, amount))
    return {one.pk: _reached(one, held.get((one.service_id or 0, one.unit_id), [])) for one in rows}


def _reached(promise: CapacityChange, held: Sequence[tuple[int, int | None]]) -> Reached:
    amounts = [amount for form, amount in held if promise.form_id in (None, form)]
    # Two numbers of one unit (day and immediate capacity, two forms) must not be added: which one was meant?
    today = Decimal(amounts[0]) if len(amounts) == 1 and amounts[0] is not None else None
    change = today - promise.baseline if today is not None and promise.baseline is not None else None
    return Reached(promise.amount, today, change)
