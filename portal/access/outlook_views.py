"""The outlook: people of the years to come and the help they would need, against what stands today and what plans in
force promise."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from portal.catalogue.models import CapacityUnit

from . import outlook as bridge
from . import present, rules, wording
from .forms import StudyForm
from .models import ReferenceValue
from .outlook import Need, Trend
from .promises import Promise, Promised, promised
from .question import Question
from .scenario_wording import kinds_words
from .scenario_wording import people as people_counted
from .study import data_version, land
from .study import study as study_of
from .wording import number


@dataclass(frozen=True)
class YearRow:
    year: int
    people: str
    span: str
    is_known: bool


@dataclass(frozen=True)
class NeedRow:
    """A rate with its need in the years shown, in words."""

    name: str
    rate: str
    now: str
    needs: list[NeedCell]
    source: str
    note: str


@dataclass(frozen=True)
class NeedCell:
    """Need of a year; `plans`: what is to stand then if plans keep their promises, "" for a year that is known."""

    need: str
    plans: str


@dataclass(frozen=True)
class PromiseRow:
    amount: str
    year: int
    title: str
    url: str
    plan: str


@login_not_required
@require_safe
def outlook(request: HttpRequest) -> HttpResponse:
    version = data_version()
    here = land(version)
    form = StudyForm(request.GET, kinds=here.kinds, land=here, units=here.units)
    context = {"form": form, "may_edit": rules.may_edit_references(request.user)}
    if not form.is_valid():
        return render(request, "access/outlook.html", context, status=422)
    question = form.question()
    try:
        study = study_of(question, version)
    except ValidationError as refusal:
        form.add_error(None, refusal)
        return render(request, "access/outlook.html", context, status=422)
    people = bridge.trend(study)
    found = bridge.needs(study, people, ReferenceValue.objects.beside(question.people))
    plans = promised(study)
    units = {unit.key: unit for unit in here.units}
    return render(
        request,
        "access/outlook.html",
        context
        | {
            "kinds": kinds_words(question, {kind.key: kind for kind in here.kinds}),
            "people_words": question.people_words.they,
            "where": wording.where(question, here),
            "answer": _answer(question, people),
            "years": [_year(one) for one in people.years],
            "needs": [_need(one, people, plans) for one in found],
            "against": [said for one in found if (said := _against(one, people, plans))],
            "promises": [_promise(one, units[one.unit]) for one in plans.all if one.unit in units],
            "promises_left": plans.left,
            "has_rate": any(not one.is_today for one in found),
            "trend": people,
            "growth": _percent(people.growth),
            "low": _percent(people.low),
            "high": _percent(people.high),
            "data": present.data_words(study),
            "limits": wording.limits(study),
            "study_url": f"{reverse('access:study')}?{question.query()}",
        },
    )


def _percent(value: float | None) -> str:
    return "" if value is None else f"{number(100 * value, 1)} %"


def _answer(question: Question, people: Trend) -> str:
    if not people.years:
        return str(_("O těchto lidech tu nejsou žádné údaje, výhled neumíme."))
    last = [one for one in people.years if one.is_known][-1]
    if people.growth is None:
        return str(_("V roce %(year)d tu žilo %(who)s. Víc let v datech není, takže vývoj odhadnout neumíme.")) % {
            "year": last.year,
            "who": people_counted(question, last.people),
        }
    then = people.years[-1]
    span = ""
    if then.low is not None and then.high is not None:
        span = str(_(" (spíš mezi %(low)s a %(high)s)")) % {"low": _round(then.low), "high": _round(then.high)}
    return str(
        _("V roce %(year)d tu žilo %(who)s. Když to půjde jako dosud, bude jich v roce %(then)d asi %(many)s%(span)s.")
    ) % {
        "year": last.year,
        "who": people_counted(question, last.people),
        "then": then.year,
        "many": _round(then.people),
        "span": span,
    }


def _round(value: float) -> str:
    """Estimates are not told to the last person: two or three digits that mean something."""
    if value < 100:
        return number(round(value))
    digits = max(1, 10 ** (len(str(int(value))) - 3))
    return number(round(value / digits) * digits)


def _span(low: float | None, high: float | None) -> str:
    return "" if low is None or high is None else f"{_round(low)} – {_round(high)}"


def _year(one: bridge.Year) -> YearRow:
    if one.is_known:
        return YearRow(one.year, number(one.people), "", True)
    return YearRow(one.year, _round(one.people), _span(one.low, one.high) or str(_("neumíme říct")), False)


def _need(one: Need, people: Trend, plans: Promised) -> NeedRow:
    unit = one.unit_many or str(_("zařízení"))
    if one.now is None:
        now = str(_("neznáme"))
    else:
        now = number(one.now) if one.is_whole else str(_("nejméně %s") % number(one.now))
    ahead = {year.year for year in people.years if not year.is_known}
    return NeedRow(
        name=one.name,
        rate=f"{number(one.per_thousand, 2)} {unit} {_('na 1 000')}",
        now=now,
        needs=[
            NeedCell(number(need, 1 if need < 10 else 0), _then(one, plans, year) if year in ahead else "")
            for year, need, _low, _high in one.years
        ],
        source=one.source,
        note=one.note,
    )


def _then(one: Need, plans: Promised, year: int) -> str:
    """What is to stand in a year: today's capacity and what plans promise until then."""
    if not one.unit:
        return ""  # plans promise capacity, not the number of facilities
    more = plans.until(one.unit, year)
    if one.now is None:
        return str(_("dnes neznáme, plány %s") % _signed(more)) if more else str(_("neznáme"))
    said = number(one.now + more)
    return said if one.is_whole else str(_("nejméně %s") % said)


def _signed(amount: float) -> str:
    shown = number(abs(amount), 0 if amount == round(amount) else 2)
    return f"{'+' if amount > 0 else '−'}{shown}"


def _against(one: Need, people: Trend, plans: Promised) -> str:
    """Need of the last year against capacity as it is and as plans promise; "" where one of the sides is unknown."""
    if one.is_today or not one.unit or one.now is None or people.growth is None:
        return ""
    year, need, _low, _high = one.years[-1]
    more = plans.until(one.unit, year)
    short, unit = need - one.now - more, one.unit_many
    said = _("%(name)s: v roce %(year)d bude potřeba %(need)s, dnes jich %(now)s a platné plány slibují %(more)s.") % {
        "name": one.name,
        "year": year,
        "need": f"{number(need)} {unit}",
        "now": _("stojí %s") % number(one.now) if one.is_whole else _("známe nejméně %s") % number(one.now),
        "more": _signed(more) if more else _("beze změny"),
    }
    if short < 0.5:
        end = _("To by stačilo.")
    elif one.is_whole:
        end = _("Chybět bude %s.") % number(short)
    else:
        end = _("Chybět bude nejvýš %s.") % number(short)
    return f"{said} {end}"


def _promise(one: Promise, unit: CapacityUnit) -> PromiseRow:
    return PromiseRow(f"{_signed(one.amount)} {unit.many}", one.year, one.title, one.url, one.plan)
