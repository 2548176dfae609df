"""A scenario in words: what each change does, who loses and who gains, what it costs."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from django.urls import reverse
from django.utils.translation import gettext as _

from portal.catalogue.models import CapacityUnit, Kind
from words.plural import counted

from .models import UnitCost
from .present import far_words
from .question import Question
from .scenario import COMING, Applied, Deed, Outcome
from .study import Floats, Ints, Mask, Study
from .times import NOWHERE
from .wording import limit_words, number, percent

MOST_NAMED, FEWER_NAMED = 30, 12
# The first word of "lidí od 65 let" in the three forms that a count needs.
NOUNS = {
    "lidí": ("člověk", "lidé", "lidí"),
    "dětí": ("dítě", "děti", "dětí"),
    "domácností": ("domácnost", "domácnosti", "domácností"),
    "příjemců": ("příjemce", "příjemci", "příjemců"),
}


def people(question: Question, count: float) -> str:
    """ "1 240 lidí od 65 let", "2 lidé od 65 let"."""
    noun, _space, rest = question.people_words.of_them.partition(" ")
    shown = round(count)
    said = counted(shown, *NOUNS[noun]) if noun in NOUNS else f"{number(shown)} {noun}"
    return f"{said} {rest}".rstrip()


# --- who loses and who gains ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Touched:
    """A municipality that a scenario touches: `was` and `will_be` the way to the nearest help."""

    name: str
    url: str
    people: str
    was: str
    will_be: str


@dataclass(frozen=True)
class Effect:
    """One sentence of the result and the municipalities it is about; `more` of them are not named.

    `mark`: the state of components (done, partly, missed, unknown)."""

    mark: str
    word: str
    sentence: str
    places: list[Touched]
    more: int


def effects(outcome: Outcome) -> list[Effect]:
    """The result in sentences, the worst first; a sentence of its own when nothing changes."""
    question = outcome.before.question
    limit = limit_words(question, question.limit)
    told = [
        _effect(outcome, outcome.lost, ("missed", _("ztratí")), _("%(who)s ztratí pomoc do %(limit)s")),
        _effect(outcome, outcome.farther, ("partly", _("dál")), _("%(who)s to bude mít dál než dnes")),
        _effect(outcome, outcome.gained, ("done", _("získá")), _("%(who)s získá pomoc do %(limit)s")),
        _effect(outcome, outcome.nearer, ("done", _("blíž")), _("%(who)s to bude mít blíž než dnes")),
    ]
    found = [one for one in told if one is not None]
    outside = outcome.rows(outcome.lost, inside=False)
    if len(outside):
        crowd = people(question, float(outcome.people[outside].sum()))
        sentence = _("Za hranicí zvoleného území ztratí pomoc do %(limit)s ještě %(who)s (%(where)s).") % {
            "limit": limit,
            "who": crowd,
            "where": counted(len(outside), _("obec"), _("obce"), _("obcí")),
        }
        if outcome.before.land.home_region:
            sentence += " " + _("Služby za hranicí kraje ale katalog nemusí znát.")
        named = _touched(outcome, outside, FEWER_NAMED)
        found.append(Effect("missed", str(_("ztratí")), str(sentence), named, len(outside) - len(named)))
    if not found:
        nothing = _("Na tom, kam lidé dosáhnou, se nic znatelného nezmění.") if outcome.applied else ""
        return [Effect("unknown", str(_("beze změny")), str(nothing), [], 0)] if nothing else []
    return found


def _effect(outcome: Outcome, mask: Mask, state: tuple[str, str], sentence: str) -> Effect | None:
    """`state`: the state of components and its word."""
    rows = outcome.rows(mask)
    if not len(rows):
        return None
    question = outcome.before.question
    who = people(question, outcome.people_of(mask))
    head = sentence % {"who": who, "limit": limit_words(question, question.limit)}
    where = _("v jedné obci:") if len(rows) == 1 else _("v těchto %d obcích:") % len(rows)
    # Whoever loses or gains help altogether is named more readily than whoever goes a little farther.
    named = _touched(outcome, rows, FEWER_NAMED if mask is outcome.farther or mask is outcome.nearer else MOST_NAMED)
    return Effect(state[0], str(state[1]), f"{head}, {where}", named, len(rows) - len(named))


def _touched(outcome: Outcome, rows: Ints, most: int) -> list[Touched]:
    land, question = outcome.before.land, outcome.before.question
    return [
        Touched(
            name=land.names[at],
            url=reverse("catalogue:municipality", args=[land.slugs[at]]),
            people=number(float(outcome.people[at])),
            was=far_words(question, float(outcome.before.far[at])),
            will_be=far_words(question, float(outcome.after.far[at])),
        )
        for at in rows[:most].tolist()
    ]


# --- figures beside each other -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Figure:
    """What is measured, today and in the scenario."""

    name: str
    today: str
    then: str


def figures(outcome: Outcome, unit: CapacityUnit | None) -> list[Figure]:
    """Figures of the area asked, in the same order for every scenario."""
    before, after = outcome.before.whole, outcome.after.whole
    question = outcome.before.question
    step = outcome.before.steps.index(question.limit)
    limit = limit_words(question, question.limit)
    shown = [
        Figure(
            str(_("mají pomoc do %s") % limit),
            f"{percent(before.share(step))} ({number(before.within[step])})",
            f"{percent(after.share(step))} ({number(after.within[step])})",
        ),
        Figure(str(_("průměrná cesta")), _mean(question, before.mean), _mean(question, after.mean)),
        Figure(str(_("míst pomoci v území")), number(before.places), number(after.places)),
        Figure(str(_("ztratí pomoc do %s") % limit), "–", people(question, outcome.people_of(outcome.lost))),
        Figure(str(_("získá pomoc do %s") % limit), "–", people(question, outcome.people_of(outcome.gained))),
    ]
    shown.append(_shared(outcome, unit))
    return shown


def _mean(question: Question, value: float | None) -> str:
    if value is None or math.isnan(value):
        return str(_("nevíme"))
    return f"{number(value, 1)} {'min' if question.unit == 'min' else 'km'}"


def _shared(outcome: Outcome, unit: CapacityUnit | None) -> Figure:
    """Capacity that people share, on average of the people of the area."""
    name = _("%s na 1 000 lidí, kteří se o ně dělí") % (unit.many if unit else _("kapacita"))
    if outcome.ratio_before is None or outcome.ratio_after is None:
        unknown = str(_("neznáme kapacity"))
        return Figure(str(name), unknown, unknown)
    weights = np.where(outcome.before.scope, outcome.people, 0.0)
    if not weights.sum() > 0:
        return Figure(str(name), str(_("nevíme")), str(_("nevíme")))
    sides = [
        _shared_side(side, ratio, weights)
        for side, ratio in ((outcome.before, outcome.ratio_before), (outcome.after, outcome.ratio_after))
    ]
    return Figure(str(name), *sides)


def _shared_side(side: Study, ratio: Floats, weights: Floats) -> str:
    amounts = np.concatenate([side.material.places.amount, side.material.field_services.amount])
    if np.isnan(amounts).all():
        return str(_("neznáme kapacity"))
    mean = number(float(np.average(ratio, weights=weights)), 2)
    return mean if np.isfinite(amounts).all() else str(_("nejméně %s") % mean)


# --- changes and their costs --------------------------------------------------------------------------------------

type Costs = dict[tuple[str, str], UnitCost]


@dataclass(frozen=True)
class ChangeWords:
    """A change told: what is done, the card of the service ("" for a new one), cost in a year, what is wrong."""

    text: str
    url: str
    cost: str
    problem: str


def change_words(outcome: Outcome, unit: CapacityUnit | None, costs: Costs) -> list[ChangeWords]:
    return [
        ChangeWords(
            _deed(outcome, one, unit),
            reverse("catalogue:service", args=[one.slug]) if one.slug else "",
            "" if one.problem else crowns(cost_of(outcome, one, costs)),
            one.problem,
        )
        for one in outcome.applied
    ]


def _deed(outcome: Outcome, one: Applied, unit: CapacityUnit | None) -> str:
    names = outcome.before.land.names
    at = names[one.at] if one.at != NOWHERE else ""
    to = names[one.to] if one.to != NOWHERE else _("neznámá obec")
    thing = f"{one.name} ({at})" if at else one.name or _("služba, kterou už data neznají")
    deed, amount = one.change.deed, one.change.amount
    if deed == Deed.CLOSE:
        return str(_("Zavřít: %s") % thing)
    if deed == Deed.MOVE:
        return str(_("Přesunout: %(thing)s → %(to)s") % {"thing": thing, "to": to})
    size = units(amount, unit) if amount else ""
    if deed == Deed.GROW:
        words = str(_("Zvětšit o %(size)s: %(thing)s") % {"size": size, "thing": thing})
        if math.isnan(one.capacity) and not one.problem:
            words += str(_(" – dnešní kapacitu neznáme, do dostupnosti se zvětšení nepromítne"))
        return words
    return str(_("Otevřít novou službu: %s") % to) + (f", {size}" if size else "")


def units(amount: float, unit: CapacityUnit | None) -> str:
    shown = round(amount)
    return counted(shown, unit.one, unit.few, unit.many) if unit else counted(shown, "místo", "místa", "míst")


def cost_of(outcome: Outcome, one: Applied, costs: Costs) -> float | None:
    """Running costs in a year that the change adds (less than zero: saves); None where nobody knows.

    What is asked over more kinds at once has no single cost of a new service."""
    question, unit_key = outcome.before.question, outcome.before.material.unit_key
    deed, amount = one.change.deed, one.change.amount
    if deed == Deed.MOVE:
        return 0.0
    if deed == Deed.OPEN and len(question.kinds) > 1:
        return None
    for_unit, for_place = costs.get((one.kind, unit_key)), costs.get((one.kind, ""))
    if deed == Deed.GROW:
        return float(amount * for_unit.amount) if for_unit and amount else None
    sign = 1.0 if deed == Deed.OPEN else -1.0
    size = (
        math.nan if deed == Deed.OPEN and amount is None else float(amount or 0) if deed == Deed.OPEN else one.capacity
    )
    if for_unit and not math.isnan(size):
        return sign * size * for_unit.amount
    if for_place and one.change.sort != COMING:
        return sign * for_place.amount
    return None


def crowns(value: float | None) -> str:
    if value is None:
        return str(_("neznáme"))
    if value == 0:
        return str(_("provoz stejný"))
    sign = "+" if value > 0 else "−"
    return f"{sign}{number(abs(value))} Kč"


def cost_sentence(outcome: Outcome, costs: Costs) -> str:
    """The whole of what is known, and how many changes it leaves out."""
    counting = [cost_of(outcome, one, costs) for one in outcome.applied if not one.problem]
    if not counting:
        return ""
    known = [value for value in counting if value is not None]
    unknown = len(counting) - len(known)
    if not known:
        return str(_("Kolik to bude stát, neznáme: pro tento druh služby tu není jednotkový náklad."))
    total = sum(known)
    if total > 0:
        said = _("Provoz vyjde ročně o %s Kč dráž.") % number(total)
    elif total < 0:
        said = _("Provoz vyjde ročně o %s Kč levněji.") % number(-total)
    else:
        said = _("Roční náklady na provoz zůstanou stejné.")
    if unknown == 1:
        said += " " + _("Není v tom 1 změna, u které náklad neznáme.")
    elif unknown:
        left = counted(unknown, _("změna"), _("změny"), _("změn"))
        said += " " + _("Není v tom %s, u kterých náklad neznáme.") % left
    return str(said)


def cost_sources(outcome: Outcome, costs: Costs) -> list[str]:
    """Where the unit costs of this scenario come from."""
    unit_key = outcome.before.material.unit_key
    used = {
        row.pk: row
        for one in outcome.applied
        for key in (unit_key, "")
        if (row := costs.get((one.kind, key))) is not None
    }
    return [
        f"{row.kind.name}, {row.unit.one if row.unit else _('jedno zařízení')}: {number(row.amount)} {_('Kč za rok')} "
        f"({row.year}; {row.source})"
        for row in used.values()
    ]


def costs_of(rows: Iterable[UnitCost]) -> Costs:
    """Unit costs by kind and unit ("" = a whole place)."""
    return {(row.kind.key, row.unit.key if row.unit else ""): row for row in rows}


def kinds_words(question: Question, kinds: dict[str, Kind]) -> str:
    if question.group:
        return str(Kind.Group(question.group).label)
    return ", ".join(kinds[key].name for key in question.kinds if key in kinds)
