"""The outlook: people of the years to come and the help they would need, against what stands today and what plans in
force promise."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from portal.catalogue.models import CapacityUnit
from portal.territory.models import VitalRates

from . import outlook as bridge
from . import outlook_exports, present, rules, wording
from .forms import StudyForm
from .models import ReferenceValue
from .outlook import Ahead, Need
from .outlook_projection import Projection, Why
from .promises import Promise, Promised, promised
from .question import Question
from .scenario_wording import kinds_words
from .scenario_wording import people as people_counted
from .study import Study, data_version, land
from .study import study as study_of
from .wording import number

FORMS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json",
}


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
    """Need of a year; `span`: between the low and the high estimate.
    `plans`: what is to stand then if plans keep their promises, "" for a year that is known."""

    need: str
    span: str
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
    people, found, plans = _found(study)
    units = {unit.key: unit for unit in here.units}
    query = question.query()
    return render(
        request,
        "access/outlook.html",
        context
        | {
            "kinds": kinds_words(question, {kind.key: kind for kind in here.kinds}),
            "people_words": question.people_words.they,
            "where": wording.where(question, here),
            "answer": _answer(question, people),
            "shown": _shown(people),
            "years": [_year(one) for one in people.years],
            "needs": [_need(one, people, plans) for one in found],
            "against": [said for one in found if (said := _against(one, people, plans))],
            "promises": [_promise(one, units[one.unit]) for one in plans.all if one.unit in units],
            "promises_left": plans.left,
            "has_rate": any(not one.is_today for one in found),
            "trend": people.trend,
            "projection": people.projection,
            "method": projection_words(people.projection) if people.projection else [],
            "growth": _percent(people.trend.growth) if people.trend else "",
            "low": _percent(people.trend.low) if people.trend else "",
            "high": _percent(people.trend.high) if people.trend else "",
            "data": present.data_words(study),
            "limits": wording.limits(study),
            "study_url": f"{reverse('access:study')}?{query}",
            "downloads": [(one, f"{reverse('access:outlook_data', args=[one])}?{query}") for one in FORMS],
        },
    )


@login_not_required
@require_safe
def outlook_data(request: HttpRequest, form: str) -> HttpResponse:
    """The outlook as a file."""
    if form not in FORMS:
        raise Http404
    version = data_version()
    here = land(version)
    asked = StudyForm(request.GET, kinds=here.kinds, land=here, units=here.units)
    if not asked.is_valid():
        raise Http404(_("Takový výhled spočítat neumíme. Otevřete ho na stránce Výhled."))
    question = asked.question()
    try:
        study = study_of(question, version)
    except ValidationError as refusal:
        raise Http404(_("Takový výhled spočítat neumíme. Otevřete ho na stránce Výhled.")) from refusal
    people, found, plans = _found(study)
    kinds = kinds_words(question, {kind.key: kind for kind in here.kinds})
    told = [
        (str(_("Otázka")), f"{kinds}, {question.people_words.they}, {wording.where(question, here)}"),
        (str(_("Co ukazujeme")), _shown(people)),
        *(projection_words(people.projection) if people.projection else []),
        *present.data_words(study),
        (str(_("Adresa")), f"{settings.SITE_URL}{reverse('access:outlook')}?{question.query()}"),
    ]
    made = outlook_exports.Told(people, found, plans, told)
    content = {
        "csv": outlook_exports.csv_bytes,
        "xlsx": outlook_exports.xlsx_bytes,
        "json": outlook_exports.json_bytes,
    }[form](made)
    headers = {} if form == "json" else {"Content-Disposition": f'attachment; filename="vyhled.{form}"'}
    return HttpResponse(content, content_type=FORMS[form], headers=headers)


def _found(study: Study) -> tuple[Ahead, list[Need], Promised]:
    people = bridge.ahead(study)
    references = ReferenceValue.objects.beside(study.question.people)
    return people, bridge.needs(study, people.years, references), promised(study)


def _shown(people: Ahead) -> str:
    """Which of the two is shown, and why not the better one."""
    if people.projection:
        return str(_("Demografická projekce po jednotlivých rocích věku (kohortně-komponentní metoda)."))
    plain = str(_("Jednoduchý trend, ne demografická projekce."))
    if people.missing is None:
        return plain
    why = {
        Why.NOT_BY_AGE: _("U téhle skupiny lidí neznáme věk, projekce by o ní nic neřekla."),
        Why.NO_AGES: _("Počty lidí po letech věku tu nemáme."),
        Why.FEW_AGES: _("Počty lidí po letech věku tu chybí u příliš mnoha obcí (%d).") % people.missing.lacking,
        Why.NO_RATES: _("Míry úmrtnosti a plodnosti pro toto území nemáme."),
    }[people.missing.why]
    return f"{plain} {why}"


def projection_words(found: Projection) -> list[tuple[str, str]]:
    """Data, method and uncertainty of the projection, a pair a line."""
    pairs = [
        (str(_("Lidé podle věku")), f"{', '.join(found.sources)}; {_('na konci roku')} {found.first}"),
        *((str(_("Míry")), f"{one.name}, {one.year}; {one.source}") for one in found.rates),
        (
            str(_("Jak počítáme")),
            str(
                _(
                    "Rok po roce: lidé zestárnou o rok a část jich zemře, ženy rodí děti, lidé se stěhují. "
                    "Míry zůstávají po celou dobu stejné."
                )
            ),
        ),
    ]
    if any(not one.moves for one in found.rates):
        pairs.append((str(_("Stěhování")), str(_("Neznáme ho. Počítáme, jako by nikdo nepřišel ani neodešel."))))
    pairs += [(str(_("Nejistota")), _spreads(one)) for one in found.rates]
    if found.split:
        said = _("Ve zdroji byly jen skupiny věku, do jednotlivých let jsme je rozdělili rovnoměrně. Obcí: %d.")
        pairs.append((str(_("Skupiny věku")), str(said % found.split)))
    if found.lacking:
        said = _("Lidi podle věku v nich neznáme, proto v počtech nejsou: %d.")
        pairs.append((str(_("Vynechané obce")), str(said % found.lacking)))
    return pairs


def _spreads(one: VitalRates) -> str:
    return str(
        _(
            "Rozpětí jsou dva další výpočty: nízký s úmrtností o %(deaths)s vyšší, porodností o %(births)s nižší a "
            "stěhováním horším o %(moves)s člověka na 1 000 lidí za rok, vysoký opačně. Je to zvolený předpoklad, "
            "ne pravděpodobnost."
        )
        % {
            "deaths": f"{number(100 * one.deaths_spread)} %",
            "births": f"{number(100 * one.births_spread)} %",
            "moves": number(1000 * one.moves_spread, 1),
        }
    )


def _percent(value: float | None) -> str:
    return "" if value is None else f"{number(100 * value, 1)} %"


def _answer(question: Question, people: Ahead) -> str:
    last, then = people.now, people.then
    if last is None:
        return str(_("O těchto lidech tu nejsou žádné údaje, výhled neumíme."))
    if then is None:
        return str(_("V roce %(year)d tu žilo %(who)s. Víc let v datech není, takže vývoj odhadnout neumíme.")) % {
            "year": last.year,
            "who": people_counted(question, last.people),
        }
    span = ""
    if then.low is not None and then.high is not None:
        # The span of a projection lies between two assumptions, it says nothing of how likely they are.
        words = (
            _(" (nízký odhad %(low)s, vysoký %(high)s)") if people.projection else _(" (spíš mezi %(low)s a %(high)s)")
        )
        span = str(words) % {"low": _round(then.low), "high": _round(then.high)}
    if people.projection:
        said = _("V roce %(year)d tu žilo %(who)s. Podle projekce jich bude v roce %(then)d asi %(many)s%(span)s.")
    else:
        said = _(
            "V roce %(year)d tu žilo %(who)s. Když to půjde jako dosud, bude jich v roce %(then)d asi %(many)s%(span)s."
        )
    return str(said) % {
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


def _need(one: Need, people: Ahead, plans: Promised) -> NeedRow:
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
            NeedCell(
                _amount(need),
                f"{_amount(low)} – {_amount(high)}" if year in ahead and low is not None and high is not None else "",
                _then(one, plans, year) if year in ahead else "",
            )
            for year, need, low, high in one.years
        ],
        source=one.source,
        note=one.note,
    )


def _amount(need: float) -> str:
    return number(need, 1 if need < 10 else 0)


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


def _against(one: Need, people: Ahead, plans: Promised) -> str:
    """Need of the year spoken of against capacity as it is and as plans promise; "" where a side is unknown."""
    if one.is_today or not one.unit or one.now is None or people.then is None:
        return ""
    year = people.then.year
    need = next(amount for at, amount, _low, _high in one.years if at == year)
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
