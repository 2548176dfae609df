"""What a plan lacks by law, by method and by common sense: named rules over the plan read once.

A rule says what is wrong with what; each finding leads to where it can be mended. A plan switches a rule off by its
key (`Plan.silenced`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.db.models import Case, CharField, Exists, OuterRef, Q, Value, When
from django.db.models.functions import Length
from django.urls import reverse

from portal.accounts.models import Grant
from portal.chapters.models import Chapter, Need, NeedEvidence, SwotPoint
from portal.chapters.provisions import PROVISIONS, Provision
from portal.indicators.models import Indicator
from portal.plan.models import CapacityChange, Card, Cost, Evidence, Funding, Level, MoneySort, Node, Plan
from portal.plan.money import CostOf, Money, PaidBy, crowns

Role = Level.Role
LAW, METHOD, SENSE = "law", "method", "sense"
SORTS = {LAW: "Co žádá zákon", METHOD: "Co radí metodika", SENSE: "Co napovídá rozum"}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to mend: what it is about, where, and what exactly where the rule alone does not say it."""

    label: str
    url: str
    note: str = ""


# --- the plan, read once -----------------------------------------------------------------------------------------


@dataclass(slots=True)
class Point:
    """A standing point of the tree with what the rules ask of it. Dates and who are of a card or of a step."""

    key: int
    parent: int | None
    code: str
    title: str
    level: Level
    has_text: bool
    responsible: bool
    starts_on: date | None
    ends_on: date | None
    ongoing: bool
    has_evidence: bool
    has_indicator: bool
    has_groups: bool
    has_need: bool
    vague_capacity: bool
    money: Money = field(default_factory=Money)
    children: list[Point] = field(default_factory=list)

    @property
    def role(self) -> str:
        return self.level.role

    @property
    def has_term(self) -> bool:
        return bool(self.starts_on or self.ends_on or self.ongoing)

    @property
    def label(self) -> str:
        return f"{self.code} {self.title}"

    def holds_measure(self) -> bool:
        return self.role == Role.MEASURE or any(one.holds_measure() for one in self.children)


@dataclass(slots=True)
class Whole:
    """A plan with everything that rules look at."""

    plan: Plan
    levels: tuple[Level, ...]
    points: list[Point]
    chapters: list[tuple[int, str, list[str], bool]]  # number, title, provisions, is there any text
    needs: list[tuple[int, str, bool, bool]]  # number, title, is there a measure, is there evidence
    worries: list[tuple[int, str]]  # weaknesses and threats that no measure answers

    @property
    def measures(self) -> list[Point]:
        return [one for one in self.points if one.role == Role.MEASURE]

    @property
    def activities(self) -> list[Point]:
        return [one for one in self.points if one.role == Role.ACTIVITY]

    @property
    def has_activities(self) -> bool:
        return any(level.role == Role.ACTIVITY for level in self.levels)

    @property
    def years(self) -> range:
        return self.plan.years

    def of(self, points: list[Point], note: str = "") -> list[Finding]:
        return [self.at(one, note) for one in points]

    def at(self, point: Point, note: str = "") -> Finding:
        return Finding(point.label, f"{self._base}bod/{point.code}/", note)

    def indicators_of(self, point: Point) -> Finding:
        return Finding(point.label, f"{self._base}ukazatele/bod/{point.code}/")

    @property
    def _base(self) -> str:
        return reverse("plan:tree", args=[self.plan.slug])


def read(plan: Plan) -> Whole:
    """Seven queries for a plan of any size."""
    levels = tuple(plan.levels.all())
    points = _points(plan, levels)
    _read_money(plan, points)
    live = Node.objects.filter(plan=plan).measures()
    return Whole(
        plan=plan,
        levels=levels,
        points=list(points.values()),
        chapters=_chapters(plan),
        needs=_needs(plan, live),
        worries=list(
            SwotPoint.objects.filter(plan=plan, removed_at=None, sort__in=("weakness", "threat"))
            .exclude(Exists(live.filter(answered_swot=OuterRef("pk"))))
            .values_list("pk", "text")
        ),
    )


def _points(plan: Plan, levels: tuple[Level, ...]) -> dict[int, Point]:
    by_key = {level.pk: level for level in levels}
    card, here = {"card": OuterRef("pk")}, OuterRef("pk")
    rows = (
        Node.objects.filter(plan=plan)
        .standing()
        .order_by("level__depth", "order", "id")
        .annotate(
            letters=Length("text"),
            who=Case(
                When(card__responsible_person__isnull=False, then=Value("person")),
                When(card__isnull=False, then="card__responsible"),
                default="step__responsible",
                output_field=CharField(),
            ),
            evidenced=Exists(Evidence.objects.filter(node=here)),
            measured=Exists(Indicator.objects.filter(node=here)),
            grouped=Exists(Card.target_groups.through.objects.filter(card=here)),
            needed=Exists(Need.measures.through.objects.filter(node=here, need__removed_at=None)),
            vague=Exists(CapacityChange.objects.filter(Q(service=None) | Q(since=None), **card)),
        )
        .values_list(
            "pk", "parent_id", "code", "title", "level_id", "letters", "who",
            "card__starts_on", "card__ends_on", "card__ongoing", "step__starts_on", "step__ends_on",
            "evidenced", "measured", "grouped", "needed", "vague",
        )
    )  # fmt: skip
    found: dict[int, Point] = {}
    row: Any
    for row in rows:
        key, parent, code, title, level, letters, who, *dates = row[:12]
        card_from, card_to, ongoing, step_from, step_to = dates
        starts_on, ends_on = card_from or step_from, card_to or step_to
        told = bool(letters), bool(who), starts_on, ends_on, bool(ongoing), *row[12:]
        found[key] = Point(key, parent, code, title, by_key[level], *told)
        if parent in found:
            found[parent].children.append(found[key])
    return _in_order(found)


def _in_order(found: dict[int, Point]) -> dict[int, Point]:
    """The points as the tree goes, from the top down."""
    ordered: dict[int, Point] = {}

    def lay(point: Point) -> None:
        ordered[point.key] = point
        for one in point.children:
            lay(one)

    for point in found.values():
        if point.parent is None:
            lay(point)
    return ordered


def _read_money(plan: Plan, points: dict[int, Point]) -> None:
    costs: dict[int, dict[CostOf, Decimal]] = {}
    paid: dict[int, dict[PaidBy, Decimal]] = {}
    mine: dict[str, Any] = {"card__node__plan": plan, "card__node__removed_at": None}
    for card, year, sort, amount in Cost.objects.filter(**mine).values_list("card_id", "year", "sort", "amount"):
        costs.setdefault(card, {})[CostOf(year, sort)] = amount
    sources = Funding.objects.filter(**mine).order_by().values_list("card_id", "year", "sort", "source__key", "amount")
    for card, year, sort, source, amount in sources:
        paid.setdefault(card, {})[PaidBy(year, sort, source)] = amount
    for key, point in points.items():
        if point.role == Role.MEASURE:
            point.money = Money(costs.get(key, {}), paid.get(key, {}), 1, 0 if key in costs else 1)


def _chapters(plan: Plan) -> list[tuple[int, str, list[str], bool]]:
    rows = Chapter.objects.filter(plan=plan, removed_at=None).annotate(letters=Length("text"))
    return [
        (key, title, asked, bool(n)) for key, title, asked, n in rows.values_list("pk", "title", "demanded", "letters")
    ]


def _needs(plan: Plan, live: Any) -> list[tuple[int, str, bool, bool]]:
    rows = Need.objects.filter(plan=plan, removed_at=None).annotate(
        answered=Exists(live.filter(answered_needs=OuterRef("pk"))),
        proved=Exists(NeedEvidence.objects.filter(need=OuterRef("pk"))),
    )
    return list(rows.values_list("pk", "title", "answered", "proved"))


# --- the rules ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Rule:
    """`title` says what is wrong, `why` why it matters; `find` looks, in plans that the rule is for (`applies`)."""

    key: str
    sort: str
    title: str
    why: str
    find: Callable[[Whole], list[Finding]]
    applies: Callable[[Plan], bool] = lambda _: True


def _asked(whole: Whole, provisions: list[Provision]) -> list[Finding]:
    """Provisions that no chapter answers, and chapters that answer them by nothing."""
    home = reverse("chapters:chapters", args=[whole.plan.slug])
    answered = {key for _, _, keys, _ in whole.chapters for key in keys}
    missing = [Finding(f"Chybí kapitola: {one.what}", home, one.where) for one in provisions if one.key not in answered]
    wanted = {one.key for one in provisions}
    empty = [
        Finding(f"Kapitola „{title}“ je prázdná", f"{home}{number}/")
        for number, title, keys, written in whole.chapters
        if wanted & set(keys) and not written
    ]
    return missing + empty


def _by_act(whole: Whole) -> list[Finding]:
    return _asked(whole, [one for one in PROVISIONS.values() if one.key.startswith("act-")])


def _by_decree(whole: Whole) -> list[Finding]:
    return _asked(whole, [one for one in PROVISIONS.values() if one.key.startswith("decree-")])


def _of_region(plan: Plan) -> bool:
    """The decree binds plans of regions; for towns it is a good outline."""
    return plan.span_kind == Grant.Range.REGION


def _no_measures(whole: Whole) -> list[Finding]:
    tree = reverse("plan:tree", args=[whole.plan.slug])
    return [] if whole.measures else [Finding("V plánu zatím není žádné opatření", tree)]


def _lacking(lacks: Callable[[Point], bool]) -> Callable[[Whole], list[Finding]]:
    """Measures of which it is true."""
    return lambda whole: whole.of([one for one in whole.measures if lacks(one)])


def _no_indicator(whole: Whole) -> list[Finding]:
    return [whole.indicators_of(one) for one in whole.measures if not one.has_indicator]


def _needs_unanswered(whole: Whole) -> list[Finding]:
    home = reverse("chapters:needs", args=[whole.plan.slug])
    return [Finding(title, f"{home}{key}/") for key, title, answered, _ in whole.needs if not answered]


def _needs_unproved(whole: Whole) -> list[Finding]:
    home = reverse("chapters:needs", args=[whole.plan.slug])
    return [Finding(title, f"{home}{key}/") for key, title, _, proved in whole.needs if not proved]


def _worries(whole: Whole) -> list[Finding]:
    home = reverse("chapters:swot", args=[whole.plan.slug])
    return [Finding(text, f"{home}{key}/") for key, text in whole.worries]


def _differences(whole: Whole) -> list[Finding]:
    found = []
    for one in whole.measures:
        if one.money.funding and (left := one.money.differences):
            found.append(whole.at(one, "; ".join(_said(at, amount) for at, amount in left.items())))
    return found


def _said(at: CostOf, amount: Decimal) -> str:
    return f"{at.year} {MoneySort(at.sort).label}: {'chybí' if amount > 0 else 'přebývá'} {crowns(abs(amount))}"


def _money_outside(whole: Whole) -> list[Finding]:
    found = []
    for one in whole.measures:
        years = [year for year in one.money.years if year not in whole.years]
        if years:
            found.append(whole.at(one, ", ".join(map(str, years))))
    return found


def _term_outside(whole: Whole) -> list[Finding]:
    first, last = whole.plan.starts_on, whole.plan.until
    return [
        whole.at(one, _days(one))
        for one in whole.points
        if (one.starts_on and not first <= one.starts_on <= last) or (one.ends_on and not first <= one.ends_on <= last)
    ]


def _activity_outside(whole: Whole) -> list[Finding]:
    return [
        whole.at(step, f"{_days(step)}, opatření {_days(measure)}")
        for measure in whole.measures
        for step in measure.children
        if _sticks_out(step, measure)
    ]


def _sticks_out(step: Point, measure: Point) -> bool:
    early = step.starts_on and measure.starts_on and step.starts_on < measure.starts_on
    late = step.ends_on and measure.ends_on and step.ends_on > measure.ends_on
    return bool(early or late)


def _days(one: Point) -> str:
    first, last = (f"{day.day}. {day.month}. {day.year}" if day else "" for day in (one.starts_on, one.ends_on))
    return f"{first} – {last}" if first and last else f"od {first}" if first else f"do {last}"


def _activities_without_term(whole: Whole) -> list[Finding]:
    """An activity of a measure that goes on all the time needs none."""
    return whole.of([step for one in whole.measures if not one.ongoing for step in one.children if not step.has_term])


def _no_activities(whole: Whole) -> list[Finding]:
    return whole.of([one for one in whole.measures if not one.children]) if whole.has_activities else []


def _barren(whole: Whole) -> list[Finding]:
    above = (Role.PRIORITY, Role.GOAL)
    return whole.of([one for one in whole.points if one.role in above and not one.holds_measure()])


def _twins(whole: Whole) -> list[Finding]:
    titles = Counter(one.title.casefold() for one in whole.measures)
    return whole.of([one for one in whole.measures if titles[one.title.casefold()] > 1])


RULES = (
    Rule(
        "act-chapters", LAW, "Chybí kapitola, kterou žádá zákon",
        "Zákon o sociálních službách v § 3 říká, co v plánu musí být.", _by_act,
    ),
    Rule(
        "decree-chapters", LAW, "Chybí kapitola, kterou žádá vyhláška",
        "Vyhláška 505/2006 v § 39a určuje osnovu plánu kraje.", _by_decree, _of_region,
    ),
    Rule("no-measures", LAW, "Plán nemá opatření", "Strategie podle zákona jsou opatření.", _no_measures),
    Rule(
        "decree-outline", METHOD, "Chybí kapitola z osnovy vyhlášky",
        "Pro obce § 39a vyhlášky závazný není, ale je to dobrá osnova.", _by_decree,
        lambda plan: not _of_region(plan),
    ),
    Rule(
        "measure-text", METHOD, "Opatření bez popisu",
        "Z názvu samotného se nepozná, co se má stát.", _lacking(lambda one: not one.has_text),
    ),
    Rule(
        "measure-responsible", METHOD, "Opatření, za které nikdo neodpovídá",
        "Kdo neví, že je to na něm, ten to neudělá.", _lacking(lambda one: not one.responsible),
    ),
    Rule(
        "measure-term", METHOD, "Opatření bez termínu",
        "Napište, od kdy do kdy, nebo že jde o průběžnou věc.", _lacking(lambda one: not one.has_term),
    ),
    Rule(
        "measure-cost", METHOD, "Opatření bez nákladů",
        "Když nic nestojí, napište nulu. Prázdné znamená, že to nikdo neví.",
        _lacking(lambda one: not one.money.costs),
    ),
    Rule(
        "measure-funding", METHOD, "Opatření bez zdrojů peněz",
        "Náklady jsou známé, ale nikdo je zatím neplatí.",
        _lacking(lambda one: bool(one.money.cost()) and not one.money.funding),
    ),
    Rule(
        "measure-indicator", METHOD, "Opatření bez ukazatele",
        "Bez něj nejde na konci říct, jestli se povedlo.", _no_indicator,
    ),
    Rule(
        "measure-evidence", METHOD, "Opatření bez dokladu, že je potřeba",
        "Odkažte na analýzu, průzkum nebo na potřebu, kterou řeší.",
        _lacking(lambda one: not one.has_evidence and not one.has_need),
    ),
    Rule(
        "measure-groups", METHOD, "Opatření bez cílové skupiny",
        "Lidé hledají to, co se týká jich.", _lacking(lambda one: not one.has_groups),
    ),
    Rule(
        "need-measure", METHOD, "Potřeba, na kterou žádné opatření neodpovídá",
        "Zjistili jsme ji, a nic s ní neděláme. Je-li to záměr, napište ho k potřebě.", _needs_unanswered,
    ),
    Rule("need-evidence", METHOD, "Potřeba bez dokladu", "Napište, z čeho o ní víte.", _needs_unproved),
    Rule(
        "swot-measure", METHOD, "Slabá stránka nebo hrozba, na kterou nic neodpovídá",
        "Plán by na ni měl mít odpověď.", _worries,
    ),
    Rule(
        "money-difference", SENSE, "Zdroje nedají dohromady náklady",
        "Buď někdo chybí, nebo je někde překlep.", _differences,
    ),
    Rule(
        "money-outside", SENSE, "Peníze v roce, kdy plán neplatí", "Náklady patří do let plánu.", _money_outside,
    ),
    Rule(
        "term-outside", SENSE, "Termín mimo období plánu", "Plán slibuje jen to, co stihne.", _term_outside,
    ),
    Rule("activity-term", SENSE, "Aktivita bez termínu", "Bez něj nepůjde do akčního plánu.", _activities_without_term),
    Rule(
        "activity-outside", SENSE, "Aktivita mimo termín svého opatření",
        "Jedno z obou dat je nejspíš špatně.", _activity_outside,
    ),
    Rule("measure-activities", SENSE, "Opatření bez aktivit", "Není vidět, čím se začne.", _no_activities),
    Rule(
        "empty-branch", SENSE, "Priorita nebo cíl bez opatření", "Slib, za kterým nic není.", _barren,
    ),
    Rule(
        "capacity-vague", SENSE, "Změna kapacity bez služby nebo bez data",
        "Bez nich nepůjde spočítat, jestli jsme slib splnili.", _lacking(lambda one: one.vague_capacity),
    ),
    Rule("same-title", SENSE, "Dvě opatření se jmenují stejně", "V plánu i ve zprávě se budou plést.", _twins),
)  # fmt: skip
BY_KEY = {rule.key: rule for rule in RULES}


# --- how it came out ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Verdict:
    rule: Rule
    findings: list[Finding]


@dataclass(frozen=True)
class Check:
    """The plan looked through by the rules that it has not switched off."""

    verdicts: list[Verdict]
    silenced: list[Rule]

    @cached_property
    def groups(self) -> list[tuple[str, list[Verdict]]]:
        """What is to be mended, by sort, where there is anything."""
        found = [
            (words, [one for one in self.verdicts if one.rule.sort == sort and one.findings])
            for sort, words in SORTS.items()
        ]
        return [group for group in found if group[1]]

    @cached_property
    def clean(self) -> list[Rule]:
        return [one.rule for one in self.verdicts if not one.findings]

    @cached_property
    def count(self) -> int:
        return sum(len(one.findings) for one in self.verdicts)


def check(plan: Plan) -> Check:
    return looked_through(read(plan))


def looked_through(whole: Whole) -> Check:
    off = set(whole.plan.silenced)
    ours = [rule for rule in RULES if rule.applies(whole.plan)]
    verdicts = [Verdict(rule, rule.find(whole)) for rule in ours if rule.key not in off]
    return Check(verdicts, [rule for rule in ours if rule.key in off])


def counts(found: Check) -> Iterator[tuple[str, int]]:
    """How many findings there are of each sort."""
    for sort, words in SORTS.items():
        yield words, sum(len(one.findings) for one in found.verdicts if one.rule.sort == sort)
