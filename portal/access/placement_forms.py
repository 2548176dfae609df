"""The wish for one more help: what to reach, how many places, where they may be."""

from __future__ import annotations

import math
from typing import Any, cast

import numpy as np
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .placement import MOST_PLACES, Goal, Wish
from .question import Question
from .scenario_wording import Costs
from .study import Land
from .wording import limit_words, number

PLACES, CAPACITY, CROWNS = "mist", "kapacita", "korun"


class PlacementForm(forms.Form):
    """`land`, `question`: what is asked; it decides which municipalities can be ticked."""

    cil = forms.ChoiceField(label=gettext_lazy("Čeho chcete dosáhnout"), widget=forms.RadioSelect)
    kolik = forms.IntegerField(
        label=gettext_lazy("Kolik"),
        required=False,
        min_value=1,
        max_value=100_000_000_000,
        help_text=gettext_lazy("U třetího cíle nechte prázdné: počet míst je výsledek."),
        error_messages={
            "min_value": gettext_lazy("Číslo musí být větší než nula."),
            "invalid": gettext_lazy("Napište celé číslo."),
        },
    )
    v_cem = forms.ChoiceField(
        label=gettext_lazy("Čeho"),
        required=False,
        choices=[
            (PLACES, gettext_lazy("nových míst")),
            (CAPACITY, gettext_lazy("kapacity (lůžek, klientů)")),
            (CROWNS, gettext_lazy("korun za rok")),
        ],
    )
    velikost = forms.IntegerField(
        label=gettext_lazy("Kapacita jednoho nového místa"), required=False, min_value=1, max_value=5000
    )
    nejmensi = forms.IntegerField(
        label=gettext_lazy("Jen obce, kde žije aspoň tolik lidí"), required=False, min_value=0, max_value=2_000_000
    )
    orp = forms.MultipleChoiceField(
        label=gettext_lazy("Jen v těchto ORP"), required=False, widget=forms.CheckboxSelectMultiple
    )
    obce = forms.MultipleChoiceField(
        label=gettext_lazy("Jen v těchto obcích"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, data: Any = None, *, land: Land, question: Question, costs: Costs, unit_key: str) -> None:
        super().__init__(data, initial={"cil": Goal.REACH.value, "kolik": 1, "v_cem": PLACES})
        self.question, self.costs, self.unit_key = question, costs, unit_key
        limit = limit_words(question, question.limit)
        self._choices(
            "cil",
            [
                (
                    Goal.REACH.value,
                    _("aby pomoc do %(limit)s měl co největší počet z nich") % {"limit": limit},
                ),
                (Goal.NEAR.value, _("aby průměrná cesta byla co nejkratší")),
                (Goal.ALL.value, _("aby to nikdo neměl dál než %(limit)s, s co nejméně místy") % {"limit": limit}),
            ],
        )
        orps = [(one.code, one.name) for one in land.areas["orp"] if question.region and one.above == question.region]
        towns: list[tuple[str, str]] = []
        if question.orp:
            rows = np.flatnonzero(land.members("orp", question.orp)).tolist()
            towns = sorted(((land.codes[at], land.names[at]) for at in rows), key=lambda pair: pair[1])
        for name, choices in (("orp", sorted(orps, key=lambda pair: pair[1])), ("obce", towns)):
            if choices:
                self._choices(name, choices)
            else:
                del self.fields[name]

    def _choices(self, name: str, choices: list[Any]) -> None:
        cast(forms.ChoiceField, self.fields[name]).choices = choices

    def clean(self) -> dict[str, Any]:
        said = cast(dict[str, Any], super().clean())
        if self.errors:
            return said
        said["wish"] = self._wish(said)
        return said

    def _wish(self, said: dict[str, Any]) -> Wish:
        goal, much = said["cil"], said["kolik"]
        if goal == Goal.ALL:
            places, budget = 0, ""
        elif not much:
            raise ValidationError({"kolik": _("Napište, kolik nových míst, kapacity nebo korun máte.")})
        else:
            places, budget = self._count(much, said["v_cem"] or PLACES, said["velikost"])
        return Wish(
            goal=goal,
            places=places,
            orps=tuple(said.get("orp", ())),
            towns=tuple(said.get("obce", ())),
            smallest=said["nejmensi"] or 0,
            size=said["velikost"],
            budget=budget,
        )

    def _count(self, much: int, sort: str, size: int | None) -> tuple[int, str]:
        """How many places it is enough for, and how we came to it."""
        if sort == PLACES:
            return self._few(much), ""
        if sort == CAPACITY:
            if not size:
                raise ValidationError({"velikost": _("Napište, jak velké má jedno místo být.")})
            places = much // size
            told = _("%(much)s ÷ %(one)s na jedno místo") % {"much": number(much), "one": number(size)}
        else:
            one = self._price(size)
            places = math.floor(much / one)
            told = _("%(much)s Kč ÷ %(one)s Kč za rok jednoho místa") % {"much": number(much), "one": number(one)}
        if not places:
            raise ValidationError({"kolik": _("Na jedno místo to nestačí (%s).") % told})
        return self._few(places), f"{told} = {number(places)}"

    @staticmethod
    def _few(places: int) -> int:
        if places > MOST_PLACES:
            raise ValidationError({"kolik": _("Nových míst je nejvýš %d. Zadejte méně.") % MOST_PLACES})
        return places

    def _price(self, size: int | None) -> float:
        """What one new place costs in a year."""
        kind = self.question.kinds[0] if len(self.question.kinds) == 1 else ""
        for_unit, for_place = self.costs.get((kind, self.unit_key)), self.costs.get((kind, ""))
        if for_unit and self.unit_key and size:
            return float(for_unit.amount * size)
        if for_place:
            return float(for_place.amount)
        if for_unit and self.unit_key:
            raise ValidationError({"velikost": _("Napište, jak velké má jedno místo být, ať víme, kolik stojí.")})
        raise ValidationError(
            {"v_cem": _("Kolik jedno místo stojí, nevíme. Doplňte jednotkový náklad tohoto druhu, nebo zadejte počet.")}
        )
