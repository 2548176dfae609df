"""What the desk reads of suggestions: the list narrowed by filters, one of them with what may be done with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from portal.finding.models import EmptySearch
from portal.plan import rules as plan_rules
from portal.plan.models import Evidence, Node

from . import desk_actions, likeness, reading, rules
from .models import InnerNote, Origin, Suggestion, SuggestionQuerySet

State = Suggestion.State
# Filters by more states than one.
OPEN = (State.NEW, State.TAKEN, State.GROUP, State.AGENDA)
ORDERS = {
    "": ("nejnovější", ("-received_at", "-pk")),
    "nejstarsi": ("nejstarší", ("received_at", "pk")),
    "lidi": ("nejvíc lidí", ("-people", "-received_at", "-pk")),
    "zmena": ("naposledy změněné", ("-changed_at", "-pk")),
}
# Among how many of the latest ones a suggestion looks for those that say the same.
COMPARED = 400
SILENT = 5


@dataclass(frozen=True, slots=True)
class Wanted:
    """Filters of the desk's list as they stand in its address."""

    state: str = ""
    sort: str = ""
    origin: str = ""
    group: str = ""
    words: str = ""
    order: str = ""

    @property
    def narrows(self) -> bool:
        return bool(self.sort or self.origin or self.group or self.words)

    @property
    def query(self) -> str:
        """Everything but the state, for links of the states."""
        said = {"druh": self.sort, "jak": self.origin, "skupina": self.group, "q": self.words, "razeni": self.order}
        return urlencode({name: value for name, value in said.items() if value})


def wanted(said: Mapping[str, str]) -> Wanted:
    """What makes no sense narrows nothing."""
    state, sort, origin = said.get("stav", ""), said.get("druh", ""), said.get("jak", "")
    group, order = said.get("skupina", ""), said.get("razeni", "")
    return Wanted(
        state=state if state in (*State.values, "otevrene") else "",
        sort=sort if sort in Suggestion.Sort else "",
        origin=origin if origin in Origin else "",
        group=group if group.isascii() and group.isdecimal() and len(group) < 10 else "",
        words=" ".join(said.get("q", "").split())[:100],
        order=order if order in ORDERS else "",
    )


def _narrowed(rows: SuggestionQuerySet, asked: Wanted, person: Any) -> QuerySet[Suggestion]:
    """Everything but the state."""
    found: QuerySet[Suggestion] = rows
    if asked.sort:
        found = found.filter(sort=asked.sort)
    if asked.origin:
        found = found.filter(origin=asked.origin)
    if asked.group:
        found = found.filter(group=int(asked.group))
    if asked.words:
        found = found.filter(_with_words(asked.words, rules.may_see_waiting(person)))
    return found


def _with_words(words: str, everything: bool) -> Q:
    """By number, in titles and in what the person may read; SQLite folds only letters of English."""
    number = words.removeprefix("č.").removeprefix("#").strip()
    if number.isascii() and number.isdecimal() and len(number) < 10:
        return Q(number=int(number))
    asked = Q()
    for one in {words, words.lower(), words.capitalize()}:
        asked |= Q(title__icontains=one) | Q(public_text__icontains=one)
        if everything:
            asked |= Q(text__icontains=one) | Q(name__icontains=one)
    return asked


def listed(person: Any, asked: Wanted) -> QuerySet[Suggestion]:
    """Suggestions that the person reads, each with how many people said it (`people`)."""
    found = _narrowed(rules.readable(person), asked, person)
    if asked.state == "otevrene":
        found = found.filter(state__in=OPEN)
    elif asked.state:
        found = found.filter(state=asked.state)
    joined = (
        Suggestion.objects.filter(joined_to=OuterRef("pk")).order_by().values("joined_to").annotate(number=Count("pk"))
    )
    people = Coalesce(Subquery(joined.values("number"), output_field=IntegerField()), 0) + 1
    return (
        found.annotate(people=people)
        .select_related("municipality", "group", "joined_to")
        .order_by(*ORDERS[asked.order][1])
    )


def by_state(person: Any, asked: Wanted) -> list[tuple[str, str, int]]:
    """Links above the list: key of the filter, its word, how many. One query."""
    rows = _narrowed(rules.readable(person), asked, person).order_by()
    numbers = dict(rows.values_list("state").annotate(number=Count("pk")))
    whole = [
        ("", "všechny", sum(numbers.values())),
        ("otevrene", "nevyřízené", sum(numbers.get(one, 0) for one in OPEN)),
    ]
    return whole + [(one.value, one.label, numbers[one]) for one in State if numbers.get(one)]


def waiting_count(person: Any) -> int:
    """How many wait for somebody to read them, of those the person would triage."""
    return rules.triaged(person).waiting().count()


# --- one ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Linked:
    """A measure with whether the suggestion may be put among its evidence, and whether it is there."""

    node: Node
    may_prove: bool
    proves: bool


@dataclass(frozen=True, slots=True)
class Inside:
    """What the desk knows of a suggestion besides what its own page tells."""

    told: reading.Told
    linked: list[Linked]
    joined: list[Suggestion]
    alike: list[Suggestion]
    notes: list[InnerNote]
    people: int
    evidence: str


def inside(suggestion: Suggestion, person: Any) -> Inside:
    triages = rules.may_triage(person, suggestion)
    joined = list(suggestion.joined.order_by("received_at"))
    return Inside(
        # Where it is dealt with stands apart on the desk, with what the public does not see.
        told=replace(reading.told(suggestion), body=None, meeting=None, measures=[]),
        linked=_linked(suggestion, person),
        joined=joined if triages or rules.may_see_author(person, suggestion) else [],
        alike=alike(suggestion, person)
        if triages and State.JOINED in suggestion.MOVES[State(suggestion.state)]
        else [],
        notes=list(suggestion.inner_notes.all()) if rules.may_see_author(person, suggestion) else [],
        people=1 + len(joined),
        evidence=desk_actions.evidence_words(suggestion),
    )


def _linked(suggestion: Suggestion, person: Any) -> list[Linked]:
    nodes = suggestion.measures.filter(removed_at=None).select_related("plan").order_by("plan", "code")
    ends = f"/podnety/{suggestion.number}/"
    proven = set(Evidence.objects.filter(node__in=nodes, url__endswith=ends).values_list("node_id", flat=True))
    return [
        Linked(node, suggestion.is_public and plan_rules.may_write(person, node.plan), node.pk in proven)
        for node in nodes
        if plan_rules.may_read(person, node.plan)
    ]


def alike(suggestion: Suggestion, person: Any) -> list[Suggestion]:
    """Those that say much the same and may be joined; two queries."""
    others = rules.triaged(person).exclude(pk=suggestion.pk).exclude(state__in=(State.JOINED, State.DECLINED))
    rows = others.order_by("-received_at", "-pk").values_list("pk", "title", "text")[:COMPARED]
    texts = {pk: likeness.words_of(title, text) for pk, title, text in rows}
    found = likeness.alike(likeness.words_of(suggestion.title, suggestion.text), texts)
    known = Suggestion.objects.in_bulk([pk for pk, _share in found])
    return [known[pk] for pk, _share in found]


# --- what nobody wrote -------------------------------------------------------------------------------------------


def silent() -> QuerySet[EmptySearch, Any]:
    """What people looked for in vain, the oftenest first: question, times, last."""
    return EmptySearch.objects.totals()


def made_of(questions: list[str]) -> dict[str, int]:
    """Question -> number of the suggestion made of it. One query."""
    titles = {desk_actions.from_search(one): one for one in questions}
    rows = Suggestion.objects.filter(sort=Suggestion.Sort.MISSING, title__in=titles)
    return {titles[title]: number for title, number in rows.values_list("title", "number")}
