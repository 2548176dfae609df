"""Every list that is also a table, by its slug."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404

from portal.plan.models import Plan

from ..table import Table, WrittenTable
from .around_plans import AROUND_PLANS, PLAIN_OF_PLAN, OfPlan
from .bodies import BODIES
from .called import CALLED
from .decided import DECIDED
from .documented import DOCUMENTED
from .own import OWN
from .people import People
from .plain import PLAIN
from .plans import Activities, Measures, PlanTable
from .providers import Providers
from .sat import SAT
from .service_cards import Accompanying, Services
from .studies import STUDIES
from .suggested import SUGGESTED
from .told import TOLD
from .upkept import UPKEPT

_ALL: tuple[type[Table], ...] = (
    Services,
    Accompanying,
    Providers,
    People,
    *UPKEPT,
    *OWN,
    *PLAIN,
    *TOLD,
    *SUGGESTED,
    *STUDIES,
    *DECIDED,
    *SAT,
    *BODIES,
    *CALLED,
    *DOCUMENTED,
    *AROUND_PLANS,
)
TABLES = {one.slug: one for one in _ALL}
# Tables that each plan has of its own: the word before the plan's number in their slugs.
OF_PLAN: dict[str, type[PlanTable] | type[OfPlan]] = {one.word: one for one in (Measures, Activities, *PLAIN_OF_PLAN)}


def made(slug: str, person: Any) -> Table | None:
    """The table of that slug, whoever asks; None where there is none."""
    if slug in TABLES:
        return TABLES[slug](person)
    word, number = _of_plan(slug)
    plan = Plan.objects.filter(pk=number).first() if word else None
    return OF_PLAN[word](person, plan) if plan is not None else None


def titles(slugs: Iterable[str]) -> dict[str, str]:
    """What the tables are called; one query for all plans among them."""
    parts = {slug: _of_plan(slug) for slug in slugs if slug not in TABLES}
    plans = Plan.objects.in_bulk({number for word, number in parts.values() if word})
    ours = {slug: TABLES[slug].title for slug in slugs if slug in TABLES}
    return ours | {slug: OF_PLAN[word].called(plans[at]) for slug, (word, at) in parts.items() if word and at in plans}


def _of_plan(slug: str) -> tuple[str, int]:
    """The word and the plan's number in a slug; no word where it is no table of a plan."""
    word, _, number = slug.rpartition("-")
    known = word in OF_PLAN and number.isdecimal() and number.isascii() and len(number) < 10
    return (word, int(number)) if known else ("", 0)


def table_for(slug: str, person: Any) -> Table:
    """The table as the person may read it; for others it does not exist."""
    table = made(slug, person)
    if table is None:
        raise Http404
    if not table.may_read():
        raise PermissionDenied
    return table


def written_table_for(slug: str, person: Any) -> WrittenTable:
    """The same, for whoever may also write it."""
    table = table_for(slug, person)
    if not isinstance(table, WrittenTable) or not table.may_write():
        raise PermissionDenied
    return table
