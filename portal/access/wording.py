"""A study in words: numbers with their units, the question as a sentence, the answer as another."""

from __future__ import annotations

import math
from datetime import date

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from portal.catalogue.models import Kind
from words.plural import counted

from .question import DATIVE, Amount, Method, Question, Unit, locative
from .study import Land, Study
from .times import Times


def number(value: float, places: int = 0) -> str:
    """ "1 240,5": thousands apart, a decimal comma; rounded, which number_format does not do."""
    return str(number_format(round(value, places), decimal_pos=places, force_grouping=True))


def way(question: Question, value: float) -> str:
    """A distance in the unit of the question."""
    if question.unit == Unit.MINUTES:
        return counted(round(value), _("minuta"), _("minuty"), _("minut"))
    return f"{number(value, 1 if value < 10 else 0)} km"


def limit_words(question: Question, value: float) -> str:
    """ "30 minut", "15 km": after "do"."""
    shown = f"{value:g}".replace(".", ",")
    return f"{shown} {_('minut') if question.unit == Unit.MINUTES else 'km'}"


def measured(question: Question, value: float, *, bare: bool = False) -> str:
    """A value of the measure asked with its unit; `bare` leaves the unit out."""
    if math.isnan(value):
        return str(_("nevíme"))
    if math.isinf(value):
        return str(_("nic v dosahu"))
    if question.method in {Method.NEAREST, Method.THIRD}:
        return way(question, value).rsplit(" ", 1)[0].rsplit("\u00a0", 1)[0] if bare else way(question, value)
    places = 2 if question.method != Method.CUMULATIVE else 0
    shown = number(value, places if value < 100 else 0)
    return f"{shown} {_('na 1 000')}" if question.words.per_thousand and not bare else shown


def percent(share: float | None) -> str:
    """A share in whole per cent; "over 99 %" is not everybody and "under 1 %" is not nobody."""
    if share is None:
        return str(_("nevíme"))
    if 0.995 <= share < 1:
        return str(_("přes 99 %"))
    if 0 < share < 0.005:
        return str(_("pod 1 %"))
    return f"{round(100 * share)} %"


def kinds_dative(question: Question, kinds: dict[str, Kind]) -> str:
    """ "odlehčovací službě", "péči (kterémukoli z 14 druhů)"."""
    if question.group:
        label = Kind.Group(question.group).label
        return str(_("pomoci ze skupiny: %s") % label)
    known = [DATIVE.get(key) for key in question.kinds]
    if all(known):
        return str(_(" nebo ")).join(one for one in known if one)
    names = ", ".join(kinds[key].name for key in question.kinds if key in kinds)
    return str(_("pomoci druhu: %s") % names)


def kind_names(question: Question, kinds: dict[str, Kind]) -> str:
    """Names of the kinds asked, or of their group, with a capital at the beginning."""
    if question.group:
        label = str(Kind.Group(question.group).label)
    else:
        label = ", ".join(kinds[key].name for key in question.kinds if key in kinds)
    return label[:1].upper() + label[1:]


def where(question: Question, land: Land) -> str:
    """ "v Královéhradeckém kraji", "na území ORP Jičín", "v Česku"."""
    if question.orp:
        area = land.area("orp", question.orp)
        return str(_("na území ORP %s") % (area.name if area else question.orp))
    if question.region:
        area = land.area("region", question.region)
        return locative(area.name) if area else ""
    return str(_("v celé zemi"))


def asked(question: Question, land: Land, kinds: dict[str, Kind]) -> str:
    """The question as a sentence."""
    words = {
        "they": question.people_words.they,
        "where": where(question, land),
        "help": kinds_dative(question, kinds),
    }
    if question.words.lower_is_better and question.method != Method.AGENTS:
        return str(_("Jak daleko to mají %(they)s %(where)s k %(help)s?") % words).replace("k k", "ke k")
    words["kinds"] = kind_names(question, kinds)
    return str(_("Na kolik pomoci dosáhnou %(they)s %(where)s? %(kinds)s") % words)


def answer(study: Study) -> str:
    """The answer in one sentence or two, with numbers; says so when nothing is known."""
    question, whole = study.question, study.whole
    if not len(study.material.places) and not len(study.material.field_services):
        return str(
            _(
                "V katalogu není žádné veřejné místo této pomoci, o kterém bychom věděli, kde je. "
                "To neznamená, že pomoc neexistuje: jen ji katalog nezná."
            )
        )
    if whole.people <= 0:
        return str(_("Kolik tu žije %s, v datech nemáme. Tabulka ukazuje aspoň cestu z každé obce.")) % (
            question.people_words.of_them
        )
    step = study.steps.index(question.limit)
    parts = [
        _("Do %(limit)s to má %(share)s %(people)s (%(near)s z %(all)s).")
        % {
            "limit": limit_words(question, question.limit),
            "share": percent(whole.share(step)),
            "people": question.people_words.of_them,
            "near": number(whole.within[step]),
            "all": number(whole.people - whole.unknown),
        }
    ]
    worst = next((at for at in study.order.tolist() if math.isfinite(study.far[at])), None)
    if whole.beyond > 0:
        parts.append(_("Dál to má %s z nich.") % number(whole.beyond))
    if question.method == Method.NEAREST and worst is not None and study.far[worst] > 0:
        parts.append(
            _("Nejdál to má obec %(name)s: %(far)s.")
            % {"name": study.land.names[worst], "far": way(question, float(study.far[worst]))}
        )
    if question.method not in {Method.NEAREST, Method.THIRD}:
        parts += _of_measure(study)
    if whole.unknown > 0:
        parts.append(_("O %s nevíme, protože neznáme polohu jejich obce.") % number(whole.unknown))
    return " ".join(str(part) for part in parts)


def _of_measure(study: Study) -> list[str]:
    """The measure of an expert in words: its average and whom it gives nothing."""
    whole, parts = study.whole, []
    if whole.value is not None:
        shown = measured(study.question, whole.value)
        parts.append(
            str(_("Ukazatel (%(name)s) vychází v průměru %(value)s."))
            % {"name": study.question.method.value.upper(), "value": shown}
        )
    if whole.without > 0:
        said = (
            _("Nic v dosahu, nebo jen místa s nulovou kapacitou má %s z nich.")
            if has_empty_places(study)
            else _("Nic v dosahu nemá %s z nich.")
        )
        parts.append(str(said) % number(whole.without))
    return parts


def limits(study: Study) -> list[str]:
    """What the study does not know; each a sentence a planner must read before using the numbers."""
    material, question = study.material, study.question
    said: list[str] = [
        *_of_ways(study),
        str(
            _("Měří se z jednoho bodu v každé obci. Ve velkých městech a rozlehlých obcích se cesta uvnitř neprojeví.")
        ),
    ]
    if study.land.home_region:
        area = study.land.area("region", study.land.home_region)
        said.append(
            str(_("Katalog zná hlavně služby z jednoho kraje (%s). U hranic může být blíž služba, kterou nezná."))
            % (area.name if area else study.land.home_region)
        )
    borrowed, uncertain = int(material.places.borrowed.sum()), int(material.places.uncertain.sum())
    if borrowed:
        said.append(str(_("Zařízení bez vlastní polohy, která počítáme podle polohy obce: %d.") % borrowed))
    if uncertain:
        said.append(
            str(_("Terénní služby, u kterých nevíme, kam dojíždějí, počítáme podle jejich sídla: %d.") % uncertain)
        )
    if material.placeless:
        said.append(str(_("Zařízení, o kterých nevíme, kde jsou, ve výpočtu nejsou: %d.") % material.placeless))
    said.append(secret_words(material.secret, question))
    unknown = int((study.scope & (material.people != material.people)).sum())
    if unknown:
        said.append(str(_("Obce, u kterých neznáme počet lidí: %d. Do součtů nevstupují.") % unknown))
    known = material.capacity_known
    if known < material.services:
        said.append(
            str(_("Kapacitu známe u %(known)d z %(all)d služeb. Neznámá není nula: %(how)s."))
            % {
                "known": known,
                "all": material.services,
                "how": _("součty kapacit jsou nejméně tolik")
                if question.amount == Amount.CAPACITY
                else _("počítáme proto počty zařízení"),
            }
        )
    return said


def _of_ways(study: Study) -> list[str]:
    """What stands behind the ways: a table of times, the estimate, or both."""
    question, times = study.question, study.land.times
    if question.unit == Unit.KM:
        estimate = str(
            _("Cesta je odhad: vzdušná vzdálenost krát %s. Nezná silnice, hory ani jízdní řády.")
            % number(question.detour, 1)
        )
        unused = _("Tabulku časů, kterou tu máme, používáme jen ve studiích v minutách.")
        return [estimate, str(unused)] if times else [estimate]
    assumed = {"detour": number(question.detour, 1), "speed": number(question.speed)}
    if times is None:
        return [
            str(
                _(
                    "Cesta je odhad: vzdušná vzdálenost krát %(detour)s, rychlost %(speed)s km/h. Nezná silnice, hory "
                    "ani jízdní řády."
                )
                % assumed
            )
        ]
    return [
        str(
            _(
                "Časy mezi obcemi jsou z tabulky: %(table)s. Obcí, odkud zná cestu: %(origins)d, obcí, kam ji zná: "
                "%(targets)d, nejdelší čas: %(longest)s min. Když v ní dvojice takových obcí chybí, počítáme, že se "
                "tam dojet nedá."
            )
            % {
                "table": table_words(times),
                "origins": int((times.row >= 0).sum()),
                "targets": int((times.column >= 0).sum()),
                "longest": number(times.longest),
            }
        ),
        str(
            _(
                "Cesta, na kterou tabulka obce nemá, a cesta uvnitř jedné obce je odhad: vzdušná vzdálenost krát "
                "%(detour)s, rychlost %(speed)s km/h. Odhad nezná silnice, hory ani jízdní řády."
            )
            % assumed
        ),
    ]


def table_words(times: Times) -> str:
    """Where the table of times is from and how old it is."""
    when = _("k %s") % day_words(times.day) if times.day else _("datum neznáme")
    return f"{times.source}, {when}"


def day_words(day: date) -> str:
    """ "5. 3. 2026"."""
    return f"{day.day}. {day.month}. {day.year}"


def has_empty_places(study: Study) -> bool:
    """Whether a municipality of the scope reaches places that offer nothing: another thing than reaching none."""
    from analysis.reach import State

    return bool((study.scope & (study.state == State.ZERO)).any())


def value_words(study: Study, row: int) -> str:
    """The measure of a municipality; a sum from which an unknown capacity is missing is at least so much."""
    from analysis.reach import State

    said = measured(study.question, float(study.values[row]))
    return str(_("nejméně %s") % said) if study.state[row] == State.PARTIAL else said


def secret_words(secret: int, question: Question) -> str:
    """Secret facilities are only counted, never below a region, and never fewer than three."""
    if secret >= 3 and not question.orp:
        return str(_("Zařízení s utajenou adresou ve výpočtu ani na mapě nejsou: %d.") % secret)
    return str(_("Zařízení s utajenou adresou do výpočtu ani na mapu nikdy nedáváme."))
