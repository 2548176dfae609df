"""The page of white spots: its filters and the part of the matrix it shows."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast
from urllib.parse import urlencode

import numpy as np
from django import forms
from django.core.paginator import Paginator
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.catalogue.models import Kind
from portal.territory.models import Statistic

from .forms import COUNTRY, Number
from .matrix import MEANING, WORDS, Cell, Matrix, matrix
from .present import matrix_words, people_words
from .question import HIGHEST_LIMIT, LIMIT, Question
from .study import land as find_land

MOST_CELLS, FEWEST_ROWS, MOST_ROWS = 700, 15, 50
STATES = {"neni": Cell.NONE, "dojizdi": Cell.COMES, "v-miste": Cell.HERE, "v-dosahu": Cell.NEAR, "nevime": Cell.UNKNOWN}


class SpotsForm(forms.Form):
    uzemi = forms.ChoiceField(label=gettext_lazy("Kde"), required=False)
    skupina = forms.ChoiceField(
        label=gettext_lazy("Jaká pomoc"),
        required=False,
        choices=[(Kind.Group.CARE.value, Kind.Group.CARE.label)]
        + [(one.value, one.label) for one in Kind.Group if one != Kind.Group.CARE],
    )
    druh = forms.ChoiceField(label=gettext_lazy("Jen druh"), required=False)
    stav = forms.ChoiceField(
        label=gettext_lazy("Jen obce, kde je aspoň jednou"),
        required=False,
        choices=[("", gettext_lazy("cokoli"))] + [(key, WORDS[cell][1]) for key, cell in STATES.items()],
    )
    limit = Number(label=gettext_lazy("V dosahu je do kolika minut"), required=False)
    razeni = forms.ChoiceField(
        label=gettext_lazy("Řadit"),
        required=False,
        choices=[
            ("chybi", gettext_lazy("od obcí, kde chybí nejvíc")),
            ("obec", gettext_lazy("podle abecedy")),
            ("lide", gettext_lazy("od největších obcí")),
        ],
    )

    def __init__(self, data: QueryDict, *, version: str) -> None:
        self.version, land = version, find_land(version)
        self.land = land
        filled = data.copy()
        for name, usual in (
            ("uzemi", land.home_region or COUNTRY),
            ("skupina", Kind.Group.CARE.value),
            ("limit", f"{LIMIT:g}"),
            ("razeni", "chybi"),
        ):
            if not filled.get(name):
                filled[name] = usual
        super().__init__(filled)
        regions = {one.code: one.name for one in land.areas["region"]}
        places: list[Any] = [(COUNTRY, _("celá země")), (_("Kraje"), list(regions.items()))]
        places += [
            (name, [(orp.code, f"ORP {orp.name}") for orp in land.areas["orp"] if orp.above == code])
            for code, name in regions.items()
        ]
        cast(forms.ChoiceField, self.fields["uzemi"]).choices = places
        cast(forms.ChoiceField, self.fields["druh"]).choices = [
            ("", _("všechny ze skupiny")),
            *((kind.key, kind.name) for kind in land.kinds),
        ]

    def clean_limit(self) -> float:
        value = self.cleaned_data["limit"]
        if value is not None and not 0 < value <= HIGHEST_LIMIT:
            raise forms.ValidationError(
                _("Limit musí být větší než nula a nejvýš %(most)s."), params={"most": int(HIGHEST_LIMIT)}
            )
        return LIMIT if value is None else float(value)

    def kinds(self) -> list[Kind]:
        only, group = self.cleaned_data["druh"], self.cleaned_data["skupina"]
        return [kind for kind in self.land.kinds if (kind.key == only if only else kind.group == group)]

    def matrix(self) -> Matrix:
        """The matrix of a valid form, rows filtered and sorted as asked."""
        said = self.cleaned_data
        place = said["uzemi"]
        is_region = any(one.code == place for one in self.land.areas["region"])
        question = Question(
            kinds=(),
            people=Statistic.Measure.PEOPLE.value,
            limit=said["limit"],
            region=place if is_region else "",
            orp="" if is_region or place == COUNTRY else place,
        )
        whole = matrix(question, self.kinds(), self.version)
        kept = np.arange(len(whole.rows))
        if said["stav"]:
            kept = kept[(whole.cells == STATES[said["stav"]]).any(axis=1)]
        people = np.nan_to_num(whole.people, nan=0.0)[kept]
        if said["razeni"] == "lide":
            kept = kept[np.argsort(-people, kind="stable")]
        elif said["razeni"] == "obec":
            names = [whole.land.names[at].casefold() for at in whole.rows[kept]]
            kept = kept[np.array(sorted(range(len(kept)), key=lambda at: names[at]), dtype=np.int64)]
        else:
            kept = kept[np.lexsort((-people, -whole.missing[kept]))]
        return replace(whole, rows=whole.rows[kept], cells=whole.cells[kept], people=whole.people[kept])


def page(form: SpotsForm, number: str | None) -> dict[str, Any]:
    """What the page shows: some rows of the matrix as words, with their legend."""
    whole = form.matrix()
    size = max(FEWEST_ROWS, min(MOST_ROWS, MOST_CELLS // max(1, len(whole.kinds))))
    shown = Paginator(range(len(whole.rows)), size).get_page(number)
    land = whole.land
    rows = [
        {
            "name": land.names[whole.rows[line]],
            "url": reverse("catalogue:municipality", args=[land.slugs[whole.rows[line]]]),
            "people": people_words(float(whole.people[line])),
            "missing": int(whole.missing[line]),
            "cells": [(*WORDS[Cell(cell)], cell == Cell.NONE) for cell in whole.cells[line].tolist()],
        }
        for line in shown.object_list
    ]
    query = urlencode({key: form.data[key] for key in form.fields if form.data.get(key)})
    return {
        "page": shown,
        "rows": rows,
        "kinds": whole.kinds,
        "legend": [(*WORDS[cell], MEANING[cell], whole.count(cell)) for cell in Cell],
        "municipalities": len(whole.rows),
        "white": int((whole.missing > 0).sum()),
        "data": matrix_words(whole),
        "xlsx": f"{reverse('access:matrix_xlsx')}?{query}",
    }
