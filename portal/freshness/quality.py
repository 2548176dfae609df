"""How good a record is: facts and rules in, a score of 0 to 100 and named reasons out. Nothing else is touched.

The score is the share of weights that hold. The whole is always the sum of all weights, so that what is learned
about a service can only raise its score.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple


class Rule(NamedTuple):
    """A reason why a record is worse than it could be. `field` says where to mend it."""

    key: str
    name: str
    advice: str
    weight: int
    field: str


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known about one service. Days are None where nobody ever said anything."""

    phone: bool = False
    email: bool = False
    web: bool = False
    plain_text: bool = False
    how_to_get: bool = False
    easy_read: bool = False
    hours: bool = False
    cost: bool = False
    target_group: bool = False
    place: bool = False  # a place or somewhere it goes to
    access: bool = False
    outside_municipality: bool = False
    verified_on: date | None = None
    vacancy_on: date | None = None  # the oldest of its vacancies
    reported: bool = False
    conflicting: bool = False


class Score(NamedTuple):
    points: int
    reasons: tuple[str, ...]  # keys of rules, the heaviest first


@dataclass(frozen=True, slots=True)
class Ages:
    """Limits in days."""

    vacancy: int
    contact: int
    other: int


def _older(day: date | None, limit: int, today: date) -> bool:
    """Older than the limit; what nobody ever said is."""
    return day is None or (today - day).days > limit


# A rule of the list without a test here cannot be broken.
BROKEN: Mapping[str, Callable[[Facts, Ages, date], bool]] = {
    "no_phone": lambda one, _a, _t: not one.phone,
    "no_email": lambda one, _a, _t: not one.email,
    "no_web": lambda one, _a, _t: not one.web,
    "no_plain_text": lambda one, _a, _t: not one.plain_text,
    "no_how_to_get": lambda one, _a, _t: not one.how_to_get,
    "no_easy_read": lambda one, _a, _t: not one.easy_read,
    "no_hours": lambda one, _a, _t: not one.hours,
    "no_cost": lambda one, _a, _t: not one.cost,
    "no_target_group": lambda one, _a, _t: not one.target_group,
    "no_place": lambda one, _a, _t: not one.place,
    "no_access": lambda one, _a, _t: not one.access,
    "outside_municipality": lambda one, _a, _t: one.outside_municipality,
    "unconfirmed": lambda one, ages, today: _older(one.verified_on, ages.other, today),
    "contact_unconfirmed": lambda one, ages, today: _older(one.verified_on, ages.contact, today),
    "vacancy_stale": lambda one, ages, today: (
        one.vacancy_on is not None and _older(one.vacancy_on, ages.vacancy, today)
    ),
    "reported": lambda one, _a, _t: one.reported,
    "conflicting": lambda one, _a, _t: one.conflicting,
}


def score(facts: Facts, rules: Mapping[str, Rule], ages: Ages, today: date) -> Score:
    """The score of one service. A rule of no weight is switched off."""
    broken = [rule for rule in rules.values() if rule.weight and BROKEN[rule.key](facts, ages, today)]
    whole = sum(rule.weight for rule in rules.values())
    lost = sum(rule.weight for rule in broken)
    points = 100 if not whole else round(100 * (whole - lost) / whole)
    broken.sort(key=lambda rule: -rule.weight)
    return Score(points, tuple(rule.key for rule in broken))
