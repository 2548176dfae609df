"""The card of a measure as a form: one form and rows of activities, money, capacities, evidence and risks, read into
a draft (cards.py) and back."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.forms import BoundField, ChoiceField, ModelChoiceField, MultipleChoiceField
from django.http import QueryDict

from portal.accounts.models import Person
from portal.accounts.rules import seen_people
from portal.catalogue.desk_forms import LinesField, MunicipalitiesField, written_as
from portal.catalogue.models import CapacityUnit, Form, Kind, TargetGroup
from portal.territory.models import Orp

from . import cards, money
from .cards import CapacityDraft, CardDraft, CostDraft, EvidenceDraft, ExtraDraft, FundingDraft, RiskDraft, StepDraft
from .forms import day, text_area
from .models import ExtraField, Level, MeasureKind, MoneySort, MoneySource, Node, Plan
from .service_words import providers_named, providers_written, service_named, written

SCALE = [("", "nevíme"), ("1", "malá"), ("2", "střední"), ("3", "velká")]
_SPACES = re.compile(r"[\s\u00a0\u202f]|Kč|,-", re.I)


# --- fields ------------------------------------------------------------------------------------------------------


class CrownsField(forms.CharField):
    """Whole crowns as people write them: "12 480", "12480 Kč". Empty is unknown, zero is zero."""

    widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "size": "11"})

    def prepare_value(self, value: Any) -> Any:
        return f"{value:,.0f}".replace(",", "\u00a0") if isinstance(value, Decimal) else value

    def clean(self, value: Any) -> Any:
        text = _SPACES.sub("", str(super().clean(value)))
        if not text:
            return None
        if not (text.isascii() and text.isdigit() and len(text) <= 13):
            raise ValidationError(f"„{value}“ nejsou celé koruny. Napište třeba 12 480.")
        return Decimal(text)


class NumberField(forms.CharField):
    """A number with a comma and a sign: "+2,5", "-1"."""

    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", "size": "7"})

    def __init__(self, *, digits: int = 2, signed: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.digits, self.signed = digits, signed

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, Decimal):
            return value
        sign = "+" if self.signed else "-"
        return f"{value.normalize():{sign}f}".replace(".", ",")

    def clean(self, value: Any) -> Any:
        text = _SPACES.sub("", str(super().clean(value))).replace("−", "-").replace(",", ".")
        if not text:
            return None
        try:
            number = Decimal(text)
        except InvalidOperation:
            raise ValidationError(f"„{value}“ není číslo. Napište třeba 2,5.") from None
        if not number.is_finite() or abs(number) >= 10**6 or number != round(number, self.digits):
            raise ValidationError(f"„{value}“: napište číslo do milionu, nejvýš na {self.digits} desetinná místa.")
        if number < 0 and not self.signed:
            raise ValidationError("Napište číslo od nuly.")
        return number


class ProvidersField(LinesField):
    def clean(self, value: Any) -> Any:
        names = [name.strip() for name in super().clean(value).splitlines() if name.strip()]
        found, problems = providers_named(names[:60])
        if problems:
            raise ValidationError(problems)
        return found


class ServiceField(forms.CharField):
    """A service of the catalogue by its name."""

    def clean(self, value: Any) -> str:
        text = str(super().clean(value)).strip()
        return service_named(text) if text else ""


# --- the fields of a card ----------------------------------------------------------------------------------------


class CardFields(forms.Form):
    title = forms.CharField(label="Název", max_length=300, error_messages={"required": "Napište název opatření."})
    text = LinesField(
        label="Co uděláme", required=False, widget=text_area(5), help_text="Jednoduše, jako byste to říkali sousedce."
    )
    kind = forms.ModelChoiceField(
        MeasureKind.objects.none(), label="Typ opatření", to_field_name="key", required=False, empty_label="nevíme"
    )
    area = forms.ChoiceField(label="Oblast nebo pracovní skupina", required=False)
    reason = LinesField(
        label="Proč je to potřeba",
        required=False,
        widget=text_area(4),
        help_text="Čím to víte, napište dál mezi doklady.",
    )
    impact = LinesField(label="Co se tím změní", required=False, widget=text_area(3))
    responsible = forms.CharField(
        label="Kdo odpovídá", max_length=200, required=False, help_text="Organizace, odbor nebo skupina."
    )
    responsible_person = forms.ModelChoiceField(
        Person.objects.none(),
        label="Kdo podá zprávu o plnění",
        required=False,
        empty_label="zatím nikdo",
        help_text="Tomuhle člověku pošleme otázky, jak se opatření plní.",
    )
    partners = LinesField(label="S kým", required=False, widget=text_area(3), help_text="Jeden na řádek.")
    partner_providers = ProvidersField(
        label="Poskytovatelé z katalogu",
        required=False,
        widget=text_area(3),
        help_text="Název nebo IČO, jeden na řádek.",
    )
    starts_on = day("Od", required=False)
    ends_on = day("Do", required=False)
    ongoing = forms.BooleanField(label="Dělá se průběžně", required=False)
    agreement = LinesField(label="Soulad s plánem kraje", required=False, widget=text_area(2))
    above = forms.ChoiceField(label="Naplňuje bod plánu kraje", required=False)
    importance = forms.IntegerField(
        label="Pořadí důležitosti", required=False, min_value=1, max_value=999, help_text="1 je nejdůležitější."
    )
    target_groups = forms.MultipleChoiceField(label="Komu pomůže", required=False, widget=forms.CheckboxSelectMultiple)
    municipalities = MunicipalitiesField(
        label="Obce, kterých se týká",
        required=False,
        widget=text_area(3),
        help_text="Jedna na řádek. Stejná jména rozlište okresem: Lhota (okres Jičín). Prázdné znamená celé území.",
    )
    orps = forms.MultipleChoiceField(label="Celá ORP", required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, plan: Plan, person: Any, stored: CardDraft, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(ModelChoiceField[Any], self.fields["kind"]).queryset = MeasureKind.objects.all()
        people = seen_people(person).filter(is_active=True) | Person.objects.filter(pk=stored.responsible_person or 0)
        cast(ModelChoiceField[Any], self.fields["responsible_person"]).queryset = people.distinct().order_by("name")
        areas = plan.areas.values_list("name", flat=True)
        self._choices("area", [("", "žádná"), *((name, name) for name in areas)])
        groups = cast(MultipleChoiceField, self.fields["target_groups"])
        groups.choices = list(TargetGroup.objects.values_list("key", "plain"))
        orps = cast(MultipleChoiceField, self.fields["orps"])
        orps.choices = list(_orps(plan, stored).values_list("code", "name"))
        self.extra_names = self._add_extra(plan, stored)
        if plan.above is None:
            del self.fields["above"]
        else:
            slug = plan.above.slug
            nodes = plan.above.nodes.standing().exclude(level__role=Level.Role.ACTIVITY).values_list("code", "title")
            named = [(f"{slug}/{code}", f"{code} {title}") for code, title in nodes]
            kept = [(stored.above, stored.above)] if stored.above and stored.above not in dict(named) else []
            self._choices("above", [("", "žádný"), *kept, *sorted(named, key=lambda one: _natural(one[0]))])

    def _choices(self, name: str, choices: list[tuple[str, str]]) -> None:
        cast(ChoiceField, self.fields[name]).choices = choices

    def _add_extra(self, plan: Plan, stored: CardDraft) -> dict[str, ExtraField]:
        """The plan's own fields, named in the form by their numbers."""
        values = {one.field: one.value for one in stored.extra}
        added = {}
        for one in plan.extra_fields.all():
            name = f"extra_{one.pk}"
            self.fields[name] = _extra_field(one)
            value = values.get(one.name, "")
            is_number = one.sort == ExtraField.Sort.NUMBER and value
            self.initial[name] = Decimal(value) if is_number else value
            added[name] = one
        return added

    @property
    def extra(self) -> list[BoundField]:
        return [self[name] for name in self.extra_names]


def _orps(plan: Plan, stored: CardDraft) -> QuerySet[Orp]:
    """ORPs of the region that the plan lies in, and those that the card already names."""
    inside = {"municipality": "region__municipalities", "orp": "region__orps", "region": "region"}
    near = Q(**{inside[plan.span_kind]: plan.span_code}) if plan.span_kind in inside else Q()
    return Orp.objects.filter(near | Q(pk__in=stored.orps)).distinct().order_by("name")


def _natural(text: str) -> list[Any]:
    return [(0, int(part), "") if part.isdigit() else (1, 0, part) for part in re.split(r"(\d+)", text)]


def _extra_field(one: ExtraField) -> forms.Field:
    match one.sort:
        case ExtraField.Sort.NUMBER:
            return NumberField(label=one.name, required=False, signed=True)
        case ExtraField.Sort.DATE:
            return day(one.name, required=False)
        case ExtraField.Sort.CHOICE:
            options = [("", "nevybráno"), *((text, text) for text in one.choices.splitlines() if text.strip())]
            return forms.ChoiceField(label=one.name, required=False, choices=options)
    return LinesField(label=one.name, required=False, max_length=2000, widget=text_area(2))


# --- rows --------------------------------------------------------------------------------------------------------


class StepForm(forms.Form):
    code = forms.CharField(required=False, widget=forms.HiddenInput)
    title = forms.CharField(label="Název", max_length=300, required=False)
    text = LinesField(label="Popis", required=False, widget=text_area(2))
    responsible = forms.CharField(label="Kdo odpovídá", max_length=200, required=False)
    starts_on = day("Od", required=False)
    ends_on = day("Do", required=False)
    cost = CrownsField(label="Náklady (Kč)", required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        said = [
            name
            for name in ("text", "responsible", "starts_on", "ends_on", "cost")
            if cleaned.get(name) not in ("", None)
        ]
        if (said or cleaned.get("code")) and not cleaned.get("title") and not cleaned.get("DELETE"):
            self.add_error("title", "Napište název aktivity, nebo ji označte ke smazání.")
        first, last = cleaned.get("starts_on"), cleaned.get("ends_on")
        if first and last and last < first:
            self.add_error("ends_on", "Aktivita nemůže skončit dřív, než začne.")
        return cleaned

    def row(self) -> StepDraft | None:
        said = {name: value for name, value in self.cleaned_data.items() if name not in ("ORDER", "DELETE")}
        return StepDraft(**said) if said["title"] and not self.cleaned_data.get("DELETE") else None


class CapacityForm(forms.Form):
    id = forms.IntegerField(required=False, widget=forms.HiddenInput)
    amount = NumberField(label="O kolik", required=False, signed=True)
    unit = forms.ChoiceField(label="Čeho", required=False)
    service = ServiceField(label="Služba", max_length=420, required=False)
    kind = forms.ChoiceField(label="nebo druh, když službu ještě neznáte", required=False)
    form = forms.ChoiceField(label="Forma", required=False)
    since = day("Od kdy", required=False)
    baseline = NumberField(label="Dnes", required=False)
    note = forms.CharField(label="Poznámka", max_length=200, required=False)

    def __init__(self, *args: Any, lists: dict[str, list[tuple[str, str]]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, choices in lists.items():
            cast(ChoiceField, self.fields[name]).choices = [("", "vyberte" if name == "unit" else "nevíme"), *choices]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("DELETE") or self.errors:
            return cleaned
        if not any(cleaned.get(name) for name in ("amount", "unit", "service", "kind", "since", "note")):
            return cleaned
        if not cleaned.get("amount"):
            self.add_error("amount", "Napište, o kolik se kapacita změní, třeba +2,5 nebo -1.")
        if not cleaned.get("unit"):
            self.add_error("unit", "Vyberte jednotku.")
        if not cleaned.get("service") and not cleaned.get("kind"):
            self.add_error("service", "Vyberte službu, nebo aspoň druh.")
        return cleaned

    def row(self) -> CapacityDraft | None:
        said = {name: value for name, value in self.cleaned_data.items() if name != "DELETE"}
        if not said.get("amount") or self.cleaned_data.get("DELETE"):
            return None
        return CapacityDraft(**said)


class EvidenceForm(forms.Form):
    text = forms.CharField(label="Co to dokládá", max_length=300, required=False)
    url = forms.URLField(
        label="Odkaz", max_length=500, required=False, assume_scheme="https",
        error_messages={"invalid": "Odkaz nevypadá jako adresa stránky."},
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("url") and not cleaned.get("text"):
            self.add_error("text", "Napište, co odkaz dokládá.")
        return cleaned

    def row(self) -> EvidenceDraft | None:
        return EvidenceDraft(**self.cleaned_data) if self.cleaned_data.get("text") else None


class RiskForm(forms.Form):
    text = forms.CharField(label="Co se může stát", max_length=300, required=False)
    likelihood = forms.TypedChoiceField(
        label="Pravděpodobnost", choices=SCALE, required=False, coerce=int, empty_value=None
    )
    severity = forms.TypedChoiceField(label="Dopad", choices=SCALE, required=False, coerce=int, empty_value=None)
    response = forms.CharField(label="Co s tím uděláte", max_length=300, required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if any(cleaned.get(name) for name in ("likelihood", "severity", "response")) and not cleaned.get("text"):
            self.add_error("text", "Napište, co se může stát.")
        return cleaned

    def row(self) -> RiskDraft | None:
        return RiskDraft(**self.cleaned_data) if self.cleaned_data.get("text") else None


class ServiceForm(forms.Form):
    service = ServiceField(label="Služba", max_length=420, required=False)

    def row(self) -> str | None:
        return self.cleaned_data.get("service") or None


class _Years(forms.Form):
    """A row of amounts, a field for each year (`y2027`)."""

    def __init__(self, *args: Any, years: list[int], named: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.year_names = [f"y{year}" for year in years]
        for year, name in zip(years, self.year_names, strict=True):
            self.fields[name] = CrownsField(label=f"{named} {year}".strip(), required=False)
            self.fields[name].widget.attrs["aria-label"] = self.fields[name].label

    @property
    def cells(self) -> list[BoundField]:
        return [self[name] for name in self.year_names]

    def amounts(self) -> Iterator[tuple[int, Decimal]]:
        for name in self.year_names:
            if (amount := self.cleaned_data.get(name)) is not None:
                yield int(name[1:]), amount


class CostForm(_Years):
    """Costs of one sort."""

    def __init__(self, *args: Any, sort: str, **kwargs: Any) -> None:
        self.sort, self.label = sort, MoneySort(sort).label
        super().__init__(*args, named=str(self.label), **kwargs)

    def rows(self) -> list[CostDraft]:
        return [CostDraft(year, self.sort, amount) for year, amount in self.amounts()]


class FundingForm(_Years):
    sort = forms.ChoiceField(label="Na co", choices=MoneySort.choices, required=False)
    source = forms.ChoiceField(label="Zdroj", required=False)

    def __init__(self, *args: Any, sources: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, named="částka", **kwargs)
        cast(ChoiceField, self.fields["source"]).choices = [("", "vyberte"), *sources]
        for name in ("sort", "source"):
            self.fields[name].widget.attrs["aria-label"] = self.fields[name].label

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not cleaned.get("source") and any(cleaned.get(name) is not None for name in self.year_names):
            self.add_error("source", "Vyberte, odkud peníze budou.")
        return cleaned

    def rows(self) -> list[FundingDraft]:
        said = self.cleaned_data
        sort = said.get("sort") or str(MoneySort.OPERATION)
        return [FundingDraft(year, sort, said["source"], amount) for year, amount in self.amounts()]


StepRows = forms.formset_factory(StepForm, extra=2, max_num=60, can_order=True, can_delete=True)
CapacityRows = forms.formset_factory(CapacityForm, extra=1, max_num=40, can_delete=True)
EvidenceRows = forms.formset_factory(EvidenceForm, extra=2, max_num=40)
RiskRows = forms.formset_factory(RiskForm, extra=1, max_num=40)
ServiceRows = forms.formset_factory(ServiceForm, extra=2, max_num=60)
FundingRows = forms.formset_factory(FundingForm, extra=3, max_num=60)


# --- the whole page ------------------------------------------------------------------------------------------------


class CardEdit:
    """The whole card of a measure: fields and rows. `person` is who types."""

    def __init__(self, node: Node, stored: CardDraft, data: QueryDict | None = None, *, person: Any = None) -> None:
        self.node, self.stored = node, stored
        plan = node.plan
        self.years = sorted({*plan.years, *stored.money.years})
        self.form = CardFields(plan, person, stored, data, initial=_initial(stored))
        services = written([*stored.services, *(one.service for one in stored.capacities if one.service)])
        self.steps = StepRows(data, prefix="krok", initial=[_row(one) for one in stored.steps])
        self.services = ServiceRows(
            data, prefix="sluzba", initial=[{"service": services.get(one, one)} for one in stored.services]
        )
        self.capacities = CapacityRows(
            data,
            prefix="kapacita",
            initial=[_row(one) | {"service": services.get(one.service, "")} for one in stored.capacities],
            form_kwargs={
                "lists": {
                    "unit": list(CapacityUnit.objects.values_list("key", "many")),
                    "kind": list(Kind.objects.values_list("key", "name")),
                    "form": list(Form.objects.values_list("key", "name")),
                }
            },
        )
        self.costs = [self._cost_form(sort, data) for sort in MoneySort.values]
        self.sources = list(MoneySource.objects.values_list("key", "name"))
        self.funding = FundingRows(
            data,
            prefix="zdroj",
            initial=_funding_initial(stored),
            form_kwargs={"years": self.years, "sources": self.sources},
        )
        self.evidence = EvidenceRows(data, prefix="doklad", initial=[_row(one) for one in stored.evidence])
        self.risks = RiskRows(data, prefix="riziko", initial=[_row(one) for one in stored.risks])
        self.refusals: list[str] = []

    def _cost_form(self, sort: str, data: QueryDict | None) -> CostForm:
        held = {f"y{one.year}": one.amount for one in self.stored.costs if one.sort == sort}
        return CostForm(data, prefix=f"naklad-{sort}", years=self.years, sort=sort, initial=held)

    @property
    def row_sets(self) -> list[Any]:
        return [self.steps, self.services, self.capacities, self.funding, self.evidence, self.risks]

    @property
    def forms(self) -> list[Any]:
        """Every form of the page, for whoever fills it in as a browser would."""
        rows = [form for one in self.row_sets for form in (one.management_form, *one)]
        return [self.form, *self.costs, *rows]

    def is_valid(self) -> bool:
        """Every part is asked, so that each says what is wrong with it."""
        right = [one.is_valid() for one in (self.form, *self.costs, *self.row_sets)]
        return all(right)

    @property
    def row_errors(self) -> list[str]:
        """What is wrong with the rows, for the summary above the form."""
        rows = [*self.costs, *(row for one in self.row_sets for row in one.forms)]
        found = [str(error) for row in rows for errors in row.errors.values() for error in errors]
        return [*self.refusals, *(str(error) for one in self.row_sets for error in one.non_form_errors()), *found]

    def refuse(self, refusal: ValidationError) -> None:
        """What the action refused: at the field where the form has it, above the form otherwise."""
        for name, errors in getattr(refusal, "error_dict", {"": refusal}).items():
            if name in self.form.fields:
                self.form.add_error(name, errors)
            else:
                self.refusals += [
                    str(message) for one in ([errors] if name == "" else errors) for message in one.messages
                ]

    def draft(self) -> CardDraft:
        said = self.form.cleaned_data
        names = set(cards.LABELS) & set(said)
        values = {name: said[name] for name in names}
        values["kind"] = said["kind"].key if said["kind"] else ""
        values["responsible_person"] = said["responsible_person"].pk if said["responsible_person"] else None
        values["target_groups"], values["orps"] = tuple(said["target_groups"]), tuple(said["orps"])
        values.setdefault("above", self.stored.above)
        return cards.tidy(
            CardDraft(
                **values,
                services=_said(self.services),
                steps=self._steps(),
                costs=tuple(row for one in self.costs for row in one.rows()),
                funding=tuple(row for one in self.funding.forms if one.cleaned_data for row in one.rows()),
                capacities=_said(self.capacities),
                evidence=_said(self.evidence),
                risks=_said(self.risks),
                extra=tuple(self._extra()),
            )
        )

    def _steps(self) -> tuple[StepDraft, ...]:
        said = [(one.cleaned_data.get("ORDER"), at, one.row()) for at, one in enumerate(self.steps) if one.cleaned_data]
        ordered = sorted(said, key=lambda one: (one[0] is None, one[0] or 0, one[1]))
        return tuple(row for _, _, row in ordered if row is not None)

    def _extra(self) -> Iterator[ExtraDraft]:
        for name, field in self.form.extra_names.items():
            value = self.form.cleaned_data[name]
            if value not in ("", None):
                text = f"{value.normalize():f}" if isinstance(value, Decimal) else str(value)
                yield ExtraDraft(field.name, text)

    # --- sums shown on the page ---

    @property
    def money(self) -> money.Money:
        """Of what was typed where all amounts are right, else of what is stored."""
        typed = [*self.costs, *self.funding.forms]
        if not self.form.is_bound or not all(one.is_valid() for one in typed):
            return self.stored.money
        costs = tuple(row for one in self.costs for row in one.rows())
        funding = tuple(row for one in self.funding.forms if one.cleaned_data for row in one.rows())
        return CardDraft(costs=costs, funding=funding).money

    @property
    def sums(self) -> list[dict[str, Any]]:
        """Lines under the table of sources: costs, sources and the difference of each sort, by year and together."""
        held = self.money
        return [
            {
                "sort": sort,
                "label": label,
                "cells": [
                    {"year": year, "difference": money.difference_said(held, year, sort)}
                    for year in [*self.years, None]
                ],
            }
            for sort, label in MoneySort.choices
        ]

    @property
    def cost_lines(self) -> list[tuple[CostForm, Decimal | None]]:
        held = self.money
        return [(one, money.cost_said(held, sort=one.sort)) for one in self.costs]

    @property
    def cost_years(self) -> list[Decimal | None]:
        held = self.money
        return [money.cost_said(held, year) for year in [*self.years, None]]

    @property
    def near_orp(self) -> str:
        """The ORP whose municipalities the map offers first."""
        plan = self.node.plan
        if plan.span_kind == "orp":
            return plan.span_code
        return Orp.objects.filter(municipalities=plan.span_code).values_list("pk", flat=True).first() or ""


def _said(rows: Any) -> tuple[Any, ...]:
    return tuple(row for one in rows.forms if one.cleaned_data if (row := one.row()) is not None)


def _row(one: Any) -> dict[str, Any]:
    return {name: getattr(one, name) for name in one.__dataclass_fields__}


def _initial(stored: CardDraft) -> dict[str, Any]:
    values = {name: getattr(stored, name) for name in cards.LABELS if name in CardFields.base_fields}
    return values | {
        "partner_providers": "\n".join(providers_written(stored.partner_providers).values()),
        "municipalities": "\n".join(written_as(stored.municipalities).values()) if stored.municipalities else "",
    }


def _funding_initial(stored: CardDraft) -> list[dict[str, Any]]:
    """A row for each sort and source that pays anything."""
    rows: dict[tuple[str, str], dict[str, Any]] = {}
    for one in stored.funding:
        row = rows.setdefault((one.sort, one.source), {"sort": one.sort, "source": one.source})
        row[f"y{one.year}"] = one.amount
    return [rows[key] for key in sorted(rows, key=lambda key: (key[0] != MoneySort.OPERATION, key))]
