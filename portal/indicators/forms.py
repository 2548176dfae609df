"""Reading definitions and values of indicators. Numbers may be written with a comma and with spaces."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.formats import number_format

from portal.catalogue.models import CapacityUnit, Form, Kind

from .actions import MEANING, WORDS
from .models import Definition, Indicator


class Amount(forms.DecimalField):
    """A decimal number as people write it: 12 480 or 2,5."""

    def __init__(self, **more: Any) -> None:
        super().__init__(
            max_digits=14, decimal_places=2, required=False,
            widget=forms.TextInput(attrs={"inputmode": "decimal", "size": 10}),
            error_messages={"invalid": "Napište číslo, třeba 12 nebo 2,5."}, **more,
        )  # fmt: skip

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str):
            value = value.replace("\u00a0", "").replace(" ", "").replace(",", ".")
        return super().to_python(value)


def written(value: Decimal | None) -> str:
    """2,5 for 2.50; empty for unknown."""
    if value is None:
        return ""
    return number_format(value.normalize() if value % 1 else value.quantize(Decimal(1)), force_grouping=True)


class DefinitionForm(forms.ModelForm[Definition]):
    kind = forms.ModelChoiceField(label="Druh služby", queryset=Kind.objects.all(), required=False)
    form = forms.ModelChoiceField(label="Forma", queryset=Form.objects.all(), required=False)
    capacity_unit = forms.ModelChoiceField(
        label="Jednotka kapacity", queryset=CapacityUnit.objects.all(), required=False
    )

    class Meta:
        model = Definition
        fields = ("name", "unit", "description", "source", "supplier", "often", "more_is_better", "adds_up", "formula",
                  "kind", "form", "capacity_unit", "active")  # fmt: skip
        widgets = {"description": forms.Textarea(attrs={"rows": 4})}
        labels = {"formula": "Odkud se hodnota bere"}
        help_texts = {"unit": "lůžka, úvazky, lidé, %"}

    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in (*WORDS, *MEANING)}


class ChooseForm(forms.Form):
    """Which definition to use on a point."""

    definition = forms.ModelChoiceField(
        label="Ukazatel", queryset=Definition.objects.offered(), error_messages={"required": "Vyberte ukazatel."}
    )


class TargetsForm(forms.Form):
    baseline = Amount(label="Výchozí hodnota")
    baseline_year = forms.IntegerField(
        label="Z roku", required=False, min_value=1990, max_value=2100,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "size": 6}),
    )  # fmt: skip
    note = forms.CharField(label="Poznámka", max_length=300, required=False)

    def __init__(self, indicator: Indicator, years: Iterable[int], data: Any = None) -> None:
        held = {row.year: row.value for row in indicator.targets.all()}
        self.years = list(years)
        initial: dict[str, Any] = {
            "baseline": written(indicator.baseline),
            "baseline_year": indicator.baseline_year,
            "note": indicator.note,
        }
        super().__init__(data, initial=initial | {f"cil-{year}": written(held.get(year)) for year in self.years})
        for year in self.years:
            self.fields[f"cil-{year}"] = Amount(label=f"Cíl na rok {year}")

    def targets(self) -> dict[int, Decimal | None]:
        return {year: self.cleaned_data[f"cil-{year}"] for year in self.years}


class ActualsForm(forms.Form):
    """What really was, year by year. An empty field is unknown, not zero."""

    def __init__(self, indicator: Indicator, years: Iterable[int], data: Any = None) -> None:
        self.years = list(years)
        held = {row.year: row for row in indicator.actuals.all()}
        initial = {f"skutecnost-{year}": written(row.value) for year, row in held.items()}
        super().__init__(data, initial=initial | {f"poznamka-{year}": row.note for year, row in held.items()})
        for year in self.years:
            self.fields[f"skutecnost-{year}"] = Amount(label=f"Skutečnost v roce {year}")
            self.fields[f"poznamka-{year}"] = forms.CharField(
                label=f"Poznámka k roku {year}", max_length=300, required=False
            )

    def said(self) -> dict[int, tuple[Decimal | None, str]]:
        return {
            year: (self.cleaned_data[f"skutecnost-{year}"], self.cleaned_data[f"poznamka-{year}"])
            for year in self.years
        }
