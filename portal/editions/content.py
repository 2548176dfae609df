"""A plan as one frozen value that stands alone: no row of the database is needed to read it years later.

    content = captured(plan)          # capture.py
    plain(content) <-> content_of()   # what the edition keeps as JSON
    digest(content)                   # SHA-256 of the canonical JSON

Codes and keys are the official ones, names are those of the day. Money is whole crowns (`int`), other numbers that
need not be whole are `Decimal` (text in JSON). Nodes stand in the order of the tree, each after its parent, so that
a code and the code of the parent say everything. Whoever has an account is never named here: an edition cannot be
altered, an account can be erased.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

SCHEMA = "pospolu-plan-1"


@dataclass(frozen=True, slots=True)
class Named:
    """An item of a code list, a place, a service: its official code and its name of that day."""

    key: str
    name: str


@dataclass(frozen=True, slots=True)
class CostLine:
    """`sort`: operation or investment; `amount` in whole crowns."""

    year: int
    sort: str
    amount: int


@dataclass(frozen=True, slots=True)
class FundingLine:
    year: int
    sort: str
    source: Named
    amount: int


@dataclass(frozen=True, slots=True)
class CapacityLine:
    """`amount` is the change in `unit`; `baseline` what there was when the promise was made."""

    service: Named | None
    kind: Named
    form: Named | None
    unit: Named
    amount: Decimal
    since: date | None
    baseline: Decimal | None
    note: str


@dataclass(frozen=True, slots=True)
class RiskLine:
    text: str
    likelihood: int | None
    severity: int | None
    response: str


@dataclass(frozen=True, slots=True)
class EvidenceLine:
    text: str
    url: str


@dataclass(frozen=True, slots=True)
class ExtraLine:
    """A field of the plan's own; the value as it was typed."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class CardFacts:
    """What is said about a measure; the fields of `plan.models.Card`."""

    kind: Named | None = None
    area: str = ""
    reason: str = ""
    impact: str = ""
    responsible: str = ""
    partners: tuple[str, ...] = ()
    providers: tuple[Named, ...] = ()
    starts_on: date | None = None
    ends_on: date | None = None
    ongoing: bool = False
    agreement: str = ""
    above: Named | None = None
    importance: int | None = None
    target_groups: tuple[Named, ...] = ()
    municipalities: tuple[Named, ...] = ()
    orps: tuple[Named, ...] = ()
    services: tuple[Named, ...] = ()
    costs: tuple[CostLine, ...] = ()
    funding: tuple[FundingLine, ...] = ()
    capacities: tuple[CapacityLine, ...] = ()
    risks: tuple[RiskLine, ...] = ()
    extra: tuple[ExtraLine, ...] = ()


@dataclass(frozen=True, slots=True)
class StepFacts:
    """When, by whom and for how much an activity is done."""

    responsible: str = ""
    starts_on: date | None = None
    ends_on: date | None = None
    cost: int | None = None


@dataclass(frozen=True, slots=True)
class NodeFacts:
    """A line of the tree. `depth` is the depth of its level, `parent` the code of the node above, "" at the top."""

    code: str
    parent: str
    depth: int
    title: str
    text: str = ""
    evidence: tuple[EvidenceLine, ...] = ()
    card: CardFacts | None = None
    step: StepFacts | None = None


@dataclass(frozen=True, slots=True)
class ChapterFacts:
    """A chapter of text in Markdown, before the tree or after it. `key` stays while the title may change."""

    key: str
    title: str
    text: str = ""
    place: str = "before"


@dataclass(frozen=True, slots=True)
class SwotFacts:
    """A strength, weakness, opportunity or threat; `measures` are codes of the nodes that answer it."""

    key: str
    sort: str
    text: str
    measures: tuple[str, ...] = ()
    evidence: tuple[EvidenceLine, ...] = ()


@dataclass(frozen=True, slots=True)
class NeedFacts:
    key: str
    title: str
    text: str = ""
    target_groups: tuple[Named, ...] = ()
    measures: tuple[str, ...] = ()
    evidence: tuple[EvidenceLine, ...] = ()


@dataclass(frozen=True, slots=True)
class IndicatorFacts:
    """A shared definition used on the node of code `node`; `targets` are pairs of a year and a value."""

    key: str
    node: str
    name: str
    unit: str = ""
    baseline: Decimal | None = None
    baseline_year: int | None = None
    targets: tuple[tuple[int, Decimal], ...] = ()
    supplier: str = ""
    often: str = ""
    source: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class LevelFacts:
    depth: int
    role: str
    name: str
    many: str


@dataclass(frozen=True, slots=True)
class PlanFacts:
    """What is said about the plan as a whole. `state` is the plan's state when it was frozen."""

    slug: str
    title: str
    span_kind: str
    span_code: str
    span_name: str
    starts_on: date
    ends_on: date
    prolonged_until: date | None = None
    state: str = ""
    organiser: str = ""
    about: str = ""
    above: Named | None = None
    follows: Named | None = None
    levels: tuple[LevelFacts, ...] = ()
    areas: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Content:
    plan: PlanFacts
    nodes: tuple[NodeFacts, ...] = ()
    chapters: tuple[ChapterFacts, ...] = ()
    swot: tuple[SwotFacts, ...] = ()
    needs: tuple[NeedFacts, ...] = ()
    indicators: tuple[IndicatorFacts, ...] = ()
    schema: str = SCHEMA


# --- values and JSON -------------------------------------------------------------------------------------------


def plain(value: Any) -> Any:
    """Dataclasses as what JSON has: objects, lists, numbers, text. Days as ISO text, decimals as text."""
    if is_dataclass(value):
        return {one.name: plain(getattr(value, one.name)) for one in fields(value)}
    if isinstance(value, tuple | list):
        return [plain(one) for one in value]
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return written(value)
    return value


def written(value: Decimal) -> str:
    """ "2.5", "12", never "2.50" or "1E+1": one number has one text, so that one content has one digest."""
    text = format(value, "f")
    return (text.rstrip("0").rstrip(".") if "." in text else text) or "0"


def content_of(stored: dict[str, Any]) -> Content:
    """What `plain` made, back. ValueError where it is of another schema."""
    if stored.get("schema") != SCHEMA:
        raise ValueError(f"Content of schema {stored.get('schema')!r}; {SCHEMA!r} is what can be read here.")
    made: Content = shaped(Content, stored)
    return made


def canonical(content: Content) -> bytes:
    return json.dumps(plain(content), ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def digest(content: Content) -> str:
    return hashlib.sha256(canonical(content)).hexdigest()


@cache
def hints(shape: type) -> dict[str, Any]:
    """Types of the fields of a dataclass, by name."""
    return get_type_hints(shape)


def shaped(shape: Any, value: Any) -> Any:  # noqa: PLR0911 - one a shape
    """The value of JSON as `shape`: a dataclass, a tuple of shapes, a shape or nothing, a day, a number, a text."""
    if get_origin(shape) in {Union, UnionType}:
        (inside,) = (one for one in get_args(shape) if one is not type(None))
        return None if value is None else shaped(inside, value)
    if get_origin(shape) is tuple:
        inside = get_args(shape)
        if inside[-1] is Ellipsis:
            return tuple(shaped(inside[0], one) for one in value)
        return tuple(shaped(one_shape, one) for one_shape, one in zip(inside, value, strict=True))
    if is_dataclass(shape):
        types = hints(shape)  # type: ignore[arg-type]
        return shape(**{name: shaped(types[name], one) for name, one in value.items()})  # type: ignore[operator]
    if shape is date:
        return date.fromisoformat(value)
    if shape is Decimal:
        return Decimal(value)
    return shape(value)


# --- looking in ------------------------------------------------------------------------------------------------


def children(nodes: tuple[NodeFacts, ...]) -> dict[str, list[NodeFacts]]:
    """Nodes by the code of their parent, in order."""
    under: dict[str, list[NodeFacts]] = {}
    for node in nodes:
        under.setdefault(node.parent, []).append(node)
    return under
