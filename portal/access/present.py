"""A study as a page shows it: rows of tables, figures of areas, a comparison, reference values beside our own."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.urls import reverse
from django.utils.translation import gettext as _

from portal.catalogue.models import CapacityUnit, Kind

from .matrix import Matrix
from .question import Amount, Method, Question
from .study import AreaFigures, Land, Study
from .ways import times_of
from .wording import day_words, limit_words, measured, number, percent, table_words, value_words, way

LEVELS = {"kraj": "region", "okres": "district", "orp": "orp"}
LEVEL_WORDS = {"kraj": "kraje", "okres": "okresy", "orp": "ORP"}


@dataclass(frozen=True)
class Row:
    """A municipality of the table. `rank` counts from 1, the worst off."""

    rank: int
    name: str
    url: str
    people: str
    far: str
    value: str
    orp: str


def rows(study: Study, positions: Sequence[int], first: int) -> list[Row]:
    land, people = study.land, study.material.people
    return [
        Row(
            rank=first + at,
            name=land.names[row],
            url=reverse("catalogue:municipality", args=[land.slugs[row]]),
            people=people_words(float(people[row])),
            far=far_words(study.question, float(study.far[row])),
            value="" if study.question.method == Method.NEAREST else value_words(study, row),
            orp=land.areas["orp"][land.within["orp"][row]].name,
        )
        for at, row in enumerate(positions)
    ]


def people_words(value: float) -> str:
    return str(_("nevíme")) if math.isnan(value) else number(value)


def far_words(question: Question, value: float) -> str:
    if math.isnan(value):
        return str(_("nevíme"))
    if math.isinf(value):
        return str(_("nikde"))
    return str(_("v místě")) if value == 0 else way(question, value)


@dataclass(frozen=True)
class AreaRow:
    """Figures of one area in words; `url` narrows the study to it, "" where it cannot."""

    name: str
    url: str
    people: str
    shares: tuple[str, ...]
    places: str
    per_thousand: str
    capacity: str
    gini: str
    value: str


def area_row(study: Study, figures: AreaFigures, level: str = "") -> AreaRow:
    code = figures.area.code
    url = ""
    if code and level in {"region", "orp"}:
        one = Question(**{**study.question.__dict__, "region": "", "orp": "", level: code})
        url = f"{reverse('access:study')}?{one.query()}"
    return AreaRow(
        name=figures.area.name,
        url=url,
        people=number(figures.people),
        shares=tuple(percent(figures.share(step)) for step in range(len(study.steps))),
        places=number(figures.places),
        per_thousand=_rate(figures.places_per_thousand),
        capacity=capacity_words(figures),
        gini=_gini(figures),
        value="–" if figures.value is None else measured(study.question, figures.value, bare=True),
    )


def _rate(value: float | None) -> str:
    return "–" if value is None else number(value, 2 if value < 10 else 1)


def capacity_words(figures: AreaFigures) -> str:
    """Capacity per 1 000 people; unknown is not zero, and what is known in part is at least so much."""
    if figures.capacity is None:
        return str(_("nevíme")) if figures.places or figures.comes else "–"
    rate = _rate(figures.capacity_per_thousand)
    return rate if figures.capacity_whole else str(_("nejméně %s") % rate)


def step_words(study: Study) -> list[str]:
    return [str(_("do %s") % limit_words(study.question, step)) for step in study.steps]


@dataclass(frozen=True)
class Compared:
    """Two studies side by side: heads, and rows (what, first, second)."""

    first: str
    second: str
    rows: list[tuple[str, str, str]]
    sentence: str


def compared(one: Study, other: Study, names: tuple[str, str]) -> Compared:
    """Both over the municipalities of the first one's area."""
    pairs = [
        (str(_("lidí ve skupině")), number(one.whole.people), number(other.whole.people)),
        *(
            (words, percent(one.whole.share(at)), percent(other.whole.share(at)))
            for at, words in enumerate(step_words(one))
        ),
        (str(_("průměrná cesta")), _mean(one), _mean(other)),
        (str(_("zařízení v území")), number(one.whole.places), number(other.whole.places)),
        (str(_("zařízení na 1 000")), _rate(one.whole.places_per_thousand), _rate(other.whole.places_per_thousand)),
        (str(_("Giniho koeficient")), _gini(one.whole), _gini(other.whole)),
    ]
    return Compared(*names, pairs, _difference(one, other, names))


def _mean(study: Study) -> str:
    return str(_("nevíme")) if math.isnan(study.whole.mean) else way(study.question, study.whole.mean)


def _gini(figures: AreaFigures) -> str:
    return "–" if figures.gini is None else number(figures.gini, 2)


def _difference(one: Study, other: Study, names: tuple[str, str]) -> str:
    known = one.scope & ~np.isnan(one.far) & ~np.isnan(other.far)
    first, second = one.far[known], other.far[known]
    # Half a minute or half a kilometre is within what the estimate can tell.
    nearer = int((first < second - 0.5).sum())
    further = int((first > second + 0.5).sum())
    return str(
        _("Blíž to mají k tomu prvnímu (%(first)s): obcí %(nearer)d. Dál: obcí %(further)d. Stejně: obcí %(same)d.")
        % {"first": names[0], "nearer": nearer, "further": further, "same": int(known.sum()) - nearer - further}
    )


@dataclass(frozen=True)
class Reference:
    """A reference value beside the figure of the area asked."""

    name: str
    value: str
    ours: str
    source: str
    note: str


def references(study: Study, found: Iterable[Any]) -> list[Reference]:
    """Those that are about exactly the kinds asked and the same people, each beside our figure in its unit."""
    made = []
    for one in found:
        keys = set(one.kind_keys.split())
        if keys != set(study.question.kinds) or one.measure != study.question.people:
            continue
        if one.unit is None:
            ours = _rate(study.whole.places_per_thousand)
        elif one.unit.key == study.material.unit_key:
            ours = capacity_words(study.whole)
        else:
            ours = str(_("v této jednotce kapacitu nepočítáme"))
        source = f"{one.source} ({one.year})" if one.year else one.source
        made.append(Reference(one.name, _rate(one.amount), ours, source, one.note))
    return made


def unit_name(study: Study, units: Sequence[CapacityUnit]) -> str:
    """ "lůžek": what capacity is counted in, "" where none is known."""
    return next((unit.many for unit in units if unit.key == study.material.unit_key), "")


def level_of(study: Study, wanted: str) -> str:
    """Level of the figures of areas: the one asked, or the one that says most about the area."""
    if wanted in LEVELS:
        return wanted
    return "orp" if study.question.region or study.question.orp else "kraj"


def names_compared(one: Study, other: Study, kinds: dict[str, Kind]) -> tuple[str, str]:
    if one.question.kinds != other.question.kinds:
        return _kind_names(one, kinds), _kind_names(other, kinds)
    return str(one.material.people_year), str(other.material.people_year)


def _kind_names(study: Study, kinds: dict[str, Kind]) -> str:
    if study.question.group:
        return str(Kind.Group(study.question.group).label)
    return ", ".join(kinds[key].name for key in study.question.kinds if key in kinds)


def data_words(study: Study) -> list[tuple[str, str]]:
    """What the study stands on, for its method and its documents."""
    material, question = study.material, study.question
    counted = _("kapacita") if question.amount == Amount.CAPACITY else _("zařízení a služby")
    return [
        (str(_("Služby")), str(_("katalog k %s") % day_words(material.day))),
        (str(_("Míst pomoci v zemi")), number(len(material.places))),
        (str(_("Terénních služeb se známým územím")), number(len(material.field_services))),
        (str(_("Lidé")), f"{question.people_words.they}, {material.people_year or '–'}; {material.people_source}"),
        (str(_("Metoda")), question.words.name),
        (str(_("Vzorec")), question.words.formula),
        (str(_("Pramen metody")), question.words.source),
        (str(_("Co se počítá")), str(counted)),
        (str(_("Cesta")), path_words(question, study.land)),
    ]


def path_words(question: Question, land: Land) -> str:
    """How ways were measured: by the table of times with its source and day, and by what else."""
    base = str(_("vzdušná vzdálenost × %s") % number(question.detour, 2))
    estimate = f"{base}, {number(question.speed)} km/h" if question.unit == "min" else base
    times = times_of(question, land)
    if times is None:
        return estimate
    return str(_("tabulka časů (%(table)s); jinde %(estimate)s") % {"table": table_words(times), "estimate": estimate})


def matrix_words(matrix: Matrix) -> list[tuple[str, str]]:
    """What the matrix of white spots stands on."""
    return [
        (str(_("Služby")), str(_("katalog k %s") % day_words(matrix.day))),
        (str(_("Lidé")), f"{matrix.people_year or '–'}; {matrix.people_source}"),
        (str(_("V dosahu")), str(_("do %s") % limit_words(matrix.question, matrix.question.limit))),
        (
            str(_("Cesta")),
            str(_("%s; odhad, nezná silnice, hory ani jízdní řády") % path_words(matrix.question, matrix.land)),
        ),
        (str(_("Pozor")), str(_("Katalog nezná všechno. „Není“ znamená, že o takové pomoci v dosahu nevíme."))),
    ]
