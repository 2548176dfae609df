"""A plan as the public reads it: what was promised and how it stands, a line a measure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Literal
from urllib.parse import quote

from django.db.models import BooleanField, Exists, OuterRef, Q, QuerySet, Value
from django.urls import reverse
from django.utils.translation import gettext as _

from portal.catalogue.models import TargetGroup
from portal.territory.models import Municipality

from . import money
from .models import Card, Level, Node, Plan, Resolution
from .outcome_models import Outcome

Look = Literal["done", "partly", "missed", "unknown"]
LOOKS: tuple[Look, ...] = ("done", "partly", "missed", "unknown")
# Measures on one page of a plan: a plan of the usual size is whole, the largest are within 60 KiB of HTML.
A_PAGE = 100
# Measures that have stopped are told first; the rest of them is one click away.
STUCK_SHOWN = 5
SILENT = "bez-zpravy"
OVER = (Plan.State.CLOSED, Plan.State.EVALUATED)


# --- a state in words ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Standing:
    """How a measure stands, and what is said of it. `year` is the year of the report, None where there is none yet."""

    key: str
    name: str
    look: Look
    year: int | None = None
    note: str = ""


def look_of(weight: Decimal | None, explained: bool) -> Look:
    """The shape and colour beside the word follow from what the code list says of a state: how much of it is done
    (None where it goes on), and whether it must be explained."""
    if weight is not None and weight >= 1:
        return "done"
    if weight or (weight is None and not explained):
        return "partly"
    return "missed" if explained else "unknown"


def told(outcome: Outcome) -> Standing:
    state = outcome.state
    return Standing(state.key, state.name, look_of(state.weight, state.explained), outcome.year, outcome.note)


def silent() -> Standing:
    return Standing(SILENT, _("zatím bez zprávy"), "unknown")


def standings(plan: Plan) -> dict[int, Standing]:
    """The last published state of each measure of the plan that has any; one query."""
    columns = ("state__key", "state__name", "state__weight", "state__explained", "year", "note")
    last = {node: rest for node, *rest in Outcome.objects.of_plan(plan).values_list("node_id", *columns)}
    return {
        node: Standing(key, name, look_of(weight, explained), year, note)
        for node, (key, name, weight, explained, year, note) in last.items()
    }


@dataclass(frozen=True, slots=True)
class Share:
    """How many measures stand so; `percent` of all, rounded."""

    standing: Standing
    count: int
    percent: int


@dataclass(frozen=True, slots=True)
class Progress:
    """How the measures of a plan stand, counted. `year` is the newest year that any report speaks of."""

    total: int
    shares: tuple[Share, ...]
    year: int | None

    @property
    def sentence(self) -> str:
        """ "splněno 12, plní se 30, zatím bez zprávy 18": what a drawing shows, to be read aloud."""
        return ", ".join(f"{one.standing.name} {one.count}" for one in self.shares)


def progress_of(stand: Iterable[Standing]) -> Progress:
    held = list(stand)
    counts = Counter(one.key for one in held)
    first = {one.key: one for one in reversed(held)}
    order = sorted(counts, key=lambda key: (key == SILENT, LOOKS.index(first[key].look), -counts[key], key))
    shares = tuple(Share(first[key], counts[key], round(100 * counts[key] / len(held))) for key in order)
    return Progress(len(held), shares, max((one.year for one in held if one.year), default=None))


def progress(plan: Plan) -> Progress:
    """Two queries."""
    stands, nothing = standings(plan), silent()
    keys = Node.objects.filter(plan=plan).measures().values_list("pk", flat=True)
    return progress_of(stands.get(key, nothing) for key in keys)


# --- plans -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PlanList:
    """Public plans: those that hold now, those being written, the older ones."""

    current: list[Plan]
    drafts: list[Plan]
    older: list[Plan]


def plans() -> PlanList:
    found = list(Plan.objects.public().order_by("span_name", "-starts_on", "title"))
    current = [one for one in found if not one.is_open and one.state not in OVER]
    older = [one for one in found if one.state in OVER]
    return PlanList(current, [one for one in found if one.is_open], older)


def find(slug: str) -> Plan | None:
    """A plan that the public may see."""
    return Plan.objects.public().select_related("above", "follows").filter(slug=slug).first()


# --- one plan --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Asked:
    """What the reader wants to see of a plan; empty is all of it."""

    town: str = ""
    group: str = ""
    area: str = ""
    state: str = ""
    year: int | None = None

    def __bool__(self) -> bool:
        return any((self.town, self.group, self.area, self.state, self.year))


@dataclass(frozen=True, slots=True)
class Line:
    """A measure in one line. `path` are the points above it, from the top."""

    key: int
    code: str
    title: str
    standing: Standing
    path: tuple[Point, ...]
    area: str = ""
    since: int = 0
    until: int = 9999
    fits: bool = True


@dataclass(frozen=True, slots=True)
class Point:
    """A point of the tree above measures."""

    key: int
    code: str
    title: str
    text: str
    role: str
    name: str


@dataclass(slots=True)
class Section:
    """Measures under one point, with the points that have not stood above the section before."""

    heads: list[tuple[int, Point]]
    lines: list[Line] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class YearMoney:
    year: int
    cost: str
    paid: str
    missing: str


@dataclass(frozen=True, slots=True)
class PublicPlan:
    plan: Plan
    visions: list[Point]
    lines: list[Line]
    asked: Asked
    progress: Progress
    stuck: list[Line]
    money: list[YearMoney]
    unpriced: int
    towns: list[tuple[str, str]]
    groups: list[tuple[str, str]]
    areas: list[str]
    resolutions: list[Resolution]

    @property
    def found(self) -> int:
        return len(self.lines)

    @property
    def states(self) -> list[Standing]:
        return [one.standing for one in self.progress.shares]


def read(plan: Plan, asked: Asked) -> PublicPlan:
    """The plan with what was asked of it; the same number of queries whatever its size."""
    visions, every = _lines(plan, asked)
    lines = [one for one in every if _fits(one, asked)]
    found = money.grouped([one.key for one in lines])
    return PublicPlan(
        plan=plan,
        visions=visions,
        lines=lines,
        asked=asked,
        progress=progress_of(one.standing for one in every),
        stuck=[one for one in lines if one.standing.look == "missed"],
        money=_by_year(found),
        unpriced=found.unknown,
        towns=list(
            Municipality.objects.filter(pk__in=_pointed(plan, Card.municipalities.through, "municipality_id"))
            .order_by("name", "pk")
            .values_list("pk", "name")
        ),
        groups=list(
            TargetGroup.objects.filter(pk__in=_pointed(plan, Card.target_groups.through, "targetgroup_id"))
            .order_by("order", "name")
            .values_list("key", "plain")
        ),
        areas=sorted({one.area for one in every if one.area}),
        resolutions=list(plan.resolutions.all()),
    )


def _pointed(plan: Plan, through: Any, name: str) -> QuerySet[Any]:
    """Keys of what cards of the plan point to."""
    rows: QuerySet[Any] = through.objects.filter(card__node__plan=plan, card__node__removed_at=None).values(name)
    return rows


def _fits(line: Line, asked: Asked) -> bool:
    return (
        line.fits
        and asked.area in ("", line.area)
        and asked.state in ("", line.standing.key)
        and (asked.year is None or line.since <= asked.year <= line.until)
    )


def _lines(plan: Plan, asked: Asked) -> tuple[list[Point], list[Line]]:
    """Visions, and measures in the order of the tree; two queries."""
    stands = standings(plan)
    rows = (
        Node.objects.filter(plan=plan)
        .standing()
        .exclude(level__role=Level.Role.ACTIVITY)
        .annotate(fits=_concerns(asked))
        .order_by("order", "id")
        .values_list(
            *("pk", "parent_id", "code", "title", "text", "level__role", "level__name", "fits"),
            *("card__area__name", "card__starts_on", "card__ends_on", "card__ongoing"),
        )
    )
    below: dict[int | None, list[Any]] = {}
    for row in rows:
        below.setdefault(row[1], []).append(row)
    nothing = silent()
    visions: list[Point] = []

    def walk(parent: int | None, path: tuple[Point, ...]) -> Iterator[Line]:
        for key, _parent, code, title, text, role, name, fits, area, starts, ends, ongoing in below.get(parent, ()):
            if role == Level.Role.MEASURE:
                since, until = _years(plan, starts, ends, bool(ongoing))
                yield Line(key, code, title, stands.get(key, nothing), path, area or "", since, until, fits)
                continue
            point = Point(key, code, title, text, role, name)
            if role == Level.Role.VISION:
                visions.append(point)
            yield from walk(key, path if role == Level.Role.VISION else (*path, point))

    return visions, list(walk(None, ()))


def _years(plan: Plan, starts: date | None, ends: date | None, ongoing: bool) -> tuple[int, int]:
    """Years in which a measure goes on; where nobody says, those of the plan."""
    since = starts.year if starts else plan.starts_on.year
    return since, plan.until.year if ongoing or not ends else ends.year


def _concerns(asked: Asked) -> Any:
    """Whether the measure concerns the municipality and the people asked for. One that names no place is for the
    whole territory."""
    fits = Q()
    if asked.town:
        towns = Card.municipalities.through.objects.filter(card_id=OuterRef("pk"))
        orps = Card.orps.through.objects.filter(card_id=OuterRef("pk"))
        its_orp = Municipality.objects.filter(pk=asked.town).values("orp_id")
        fits &= (
            Q(Exists(towns.filter(municipality_id=asked.town)))
            | Q(Exists(orps.filter(orp_id__in=its_orp)))
            | ~Q(Exists(towns)) & ~Q(Exists(orps))
        )
    if asked.group:
        groups = Card.target_groups.through.objects.filter(card_id=OuterRef("pk"), targetgroup__key=asked.group)
        fits &= Q(Exists(groups))
    return fits if fits else Value(True, output_field=BooleanField())


def _by_year(found: money.Money) -> list[YearMoney]:
    rows = []
    for year in found.years:
        left = found.difference(year)
        rows.append(
            YearMoney(
                year,
                money.crowns(found.cost(year)),
                money.crowns(found.paid(year)),
                money.crowns(left) if left > 0 else "",
            )
        )
    return rows


def sections(lines: Iterable[Line]) -> list[Section]:
    """Lines under the points above them. A head is (2 for the top point, 3 for the one below it…, the point)."""
    made: list[Section] = []
    before: tuple[Point, ...] | None = None
    for line in lines:
        if line.path != before:
            same = 0
            while before and same < min(len(before), len(line.path)) and before[same].key == line.path[same].key:
                same += 1
            heads = [(min(depth, 4), point) for depth, point in enumerate(line.path, 2)][same:]
            made.append(Section(heads))
            before = line.path
        made[-1].lines.append(line)
    return made


# --- the front page and other places that say one sentence of it -----------------------------------------------


@dataclass(frozen=True, slots=True)
class Headline:
    """How the plan in force stands, in one figure."""

    slug: str
    title: str
    total: int
    done: int
    going: int


def headline() -> Headline | None:
    """The newest plan in force that any report has spoken of; one query."""
    spoken = Outcome.objects.filter(node__plan=OuterRef("pk"))
    in_force = Plan.objects.filter(Exists(spoken), state__in=(Plan.State.IN_FORCE, Plan.State.PROLONGED))
    newest = in_force.order_by("-starts_on", "pk").values("pk")[:1]
    rows = list(
        Node.objects.filter(plan__in=newest)
        .measures()
        .order_by("outcomes__year", "pk")
        .values_list("pk", "plan__slug", "plan__title", "outcomes__state__weight", "outcomes__state__explained")
    )
    if not rows:
        return None
    # The last year of each measure holds; one without a report has neither weight nor explanation.
    last = {key: (weight, explained) for key, _slug, _title, weight, explained in rows}
    looks = [look_of(weight, said) for weight, said in last.values() if said is not None]
    return Headline(rows[0][1], rows[0][2], len(last), looks.count("done"), looks.count("partly"))


def addresses() -> Iterator[str]:
    """Addresses of public plans and their measures, for search engines; two queries."""
    prefix = reverse("plan:public_plans")
    shown = Plan.objects.public()
    yield from (f"{prefix}{slug}/" for slug in shown.values_list("slug", flat=True))
    rows = Node.objects.filter(plan__in=shown).measures().order_by("plan_id", "pk").values_list("plan__slug", "code")
    yield from (f"{prefix}{slug}/opatreni/{quote(code)}/" for slug, code in rows)
