"""A proposal of places in words: what it does, how far it is from the best, why each place."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from words.plural import counted, plural

from .placement import SECONDS, Answer, Goal, Site, Wish, unit_words
from .question import Question
from .scenario_wording import people
from .wording import limit_words, number


def headline(question: Question, answer: Answer) -> str:
    """The proposal in one or two sentences with numbers."""
    names = ", ".join(site.name for site in answer.sites)
    limit = limit_words(question, question.limit)
    count = len(answer.sites)
    if answer.goal == Goal.ALL:
        said = _("Aby to nikdo neměl dál než %(limit)s, je potřeba %(places)s: %(names)s.") % {
            "limit": limit,
            "places": counted(count, _("nové místo"), _("nová místa"), _("nových míst")),
            "names": names,
        }
        if answer.left:
            said += " " + _("Neplatí to pro obce, kam žádné povolené místo nedosáhne: %s.") % ", ".join(answer.left)
        return str(said)
    best = _("Nejvíc pomůže") if count == 1 else _("Nejvíc pomůžou tato místa:")
    if answer.goal == Goal.NEAR:
        unit = unit_words(question, answer.goal)
        if answer.today is None:
            return str(_("%(best)s %(names)s. Průměrná cesta pak bude %(value)s %(unit)s.")) % {
                "best": best,
                "names": names,
                "value": number(answer.value, 1),
                "unit": unit,
            }
        return str(_("%(best)s %(names)s. Průměrná cesta se zkrátí z %(today)s na %(value)s %(unit)s.")) % {
            "best": best,
            "names": names,
            "today": number(answer.today, 1),
            "value": number(answer.value, 1),
            "unit": unit,
        }
    more = answer.value - (answer.today or 0.0)
    return str(
        _("%(best)s %(names)s. Pomoc do %(limit)s pak bude mít %(value)s z %(all)s %(who)s, o %(more)s víc než dnes.")
    ) % {
        "best": best,
        "names": names,
        "limit": limit,
        "value": number(answer.value),
        "all": number(answer.people),
        "who": question.people_words.of_them,
        "more": number(more),
    }


def certainty(question: Question, answer: Answer) -> str:
    """How good the proposal is against the best possible; "proven" only when it is."""
    if answer.is_proven:
        if answer.goal == Goal.ALL:
            return str(_("S méně místy to nejde. Je to dokázané výpočtem."))
        return str(_("Lepší výběr mezi povolenými obcemi neexistuje. Je to dokázané výpočtem."))
    gap = abs(answer.bound - answer.value)
    if answer.goal == Goal.ALL:
        said = _("Možná by stačilo méně, ale určitě ne méně než %s.") % counted(
            round(answer.bound), _("místo"), _("místa"), _("míst")
        )
    elif answer.goal == Goal.NEAR:
        said = _("Lepší výběr by průměrnou cestu zkrátil nejvýš o dalších %(gap)s %(unit)s.") % {
            "gap": number(gap, 2),
            "unit": unit_words(question, answer.goal),
        }
    else:
        said = _("Lepší výběr by dosáhl nejvýš o %s víc.") % people(question, gap)
    return str(said) + " " + str(_("Za %d sekund, které si výpočet bere, jsme lepší nenašli.") % SECONDS)


@dataclass(frozen=True)
class SiteWords:
    """A place proposed: its reason, and who could stand in for it."""

    name: str
    url: str
    reason: str
    runners_up: list[tuple[str, str]]


def site_words(question: Question, answer: Answer) -> list[SiteWords]:
    return [
        SiteWords(
            site.name,
            reverse("catalogue:municipality", args=[site.slug]),
            _reason(question, answer, site),
            [(one.name, _loss(question, answer, one.loss)) for one in site.runners_up],
        )
        for site in answer.sites
    ]


def _reason(question: Question, answer: Answer, site: Site) -> str:
    crowd = people(question, site.helped)
    towns = ", ".join(site.towns) + (f" {_('a další')} ({site.more})" if site.more else "")
    if answer.goal == Goal.NEAR:
        said = _("Bude nejblíž pro %(who)s, kteří to dnes mají dál (%(towns)s).") % {"who": crowd, "towns": towns}
        if site.adds is not None:
            said += " " + _("Bez něj by průměrná cesta byla o %(more)s %(unit)s delší.") % {
                "more": number(site.adds, 2),
                "unit": unit_words(question, answer.goal),
            }
        return str(said)
    return str(
        _("V dosahu do %(limit)s odtud žije %(who)s bez pomoci v tomto limitu (%(towns)s).")
        % {"limit": limit_words(question, question.limit), "who": crowd, "towns": towns}
    )


def _loss(question: Question, answer: Answer, loss: float) -> str:
    if answer.goal == Goal.NEAR:
        if loss < 0.005:
            return str(_("stejně dobře"))
        unit = unit_words(question, answer.goal)
        return str(_("průměrná cesta o %(loss)s %(unit)s delší")) % {"loss": number(loss, 2), "unit": unit}
    if loss < 0.5:
        return str(_("stejný dosah, v průměru delší cesta"))
    return str(_("dosáhne na ně o %s méně")) % people(question, loss)


def wish_words(question: Question, wish: Wish, names: dict[str, str]) -> list[str]:
    """What was asked, line by line. `names`: of areas and municipalities by code."""
    limit = limit_words(question, question.limit)
    goals = {
        Goal.REACH: _("co nejvíc lidí s pomocí do %s") % limit,
        Goal.NEAR: _("co nejkratší průměrná cesta"),
        Goal.ALL: _("nikdo dál než %s") % limit,
    }
    lines = [str(goals[Goal(wish.goal)])]
    if wish.places:
        word = plural(wish.places, _("nové místo"), _("nová místa"), _("nových míst"))
        lines.append(f"{wish.places} {word}" + (f" ({wish.budget})" if wish.budget else ""))
    if wish.orps:
        lines.append(str(_("jen v ORP: %s") % ", ".join(names.get(code, code) for code in wish.orps)))
    if wish.towns:
        lines.append(str(_("jen v obcích: %s") % ", ".join(names.get(code, code) for code in wish.towns)))
    if wish.smallest:
        lines.append(str(_("jen obce, kde žije aspoň %s lidí") % number(wish.smallest)))
    return lines
