"""Reading what people write into action plans, answers and reports."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from portal.accounts.models import Person
from portal.catalogue.forms import BIRTH_NUMBER
from portal.indicators.forms import Amount as Number
from portal.indicators.forms import written as number_written
from portal.indicators.models import Indicator
from portal.plan.models import FulfilmentState, MoneySort, MoneySource, Node

from . import measured
from .models import ActionItem, Amount, ChainStep, Progress

type Key = tuple[str, int | None]  # sort of money and the number of its source
DAY = {"type": "date"}
SORTS = dict(MoneySort.choices)


class CrownsField(forms.CharField):
    """Whole crowns as people write them: "12 480", "12 480 Kč"."""

    def __init__(self, **more: Any) -> None:
        widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})
        super().__init__(required=False, max_length=24, widget=widget, **more)

    def clean(self, value: Any) -> Decimal | None:
        text = "".join(str(super().clean(value) or "").removesuffix("Kč").split())
        if not text:
            return None
        if not (text.isascii() and text.isdigit()) or len(text) > 13:
            raise ValidationError("Napište částku v celých korunách, třeba 12 480.")
        return Decimal(text)


@dataclass(frozen=True, slots=True)
class AmountRow:
    """A row of money that a form asks about: what it is, what is known and a hint beside it."""

    key: Key
    label: str
    value: Decimal | None = None
    hint: str = ""


def stored_rows(amounts: Sequence[Amount]) -> dict[Key, Amount]:
    return {(one.sort, one.source_id): one for one in amounts}


def row_label(one: Amount) -> str:
    return f"{SORTS[one.sort]}, {one.source.name if one.source else 'zdroj zatím neznáme'}"


class MoneyForm(forms.Form):
    """Any form with amounts by sort and source: a field for each row that is known and some free ones.
    After cleaning `cleaned_data["money"]` is sort and source -> crowns; an empty field is no row."""

    def __init__(self, *args: Any, rows: Sequence[AmountRow], free: int, **more: Any) -> None:
        super().__init__(*args, **more)
        self.rows, self.free = list(rows), free
        for at, row in enumerate(self.rows):
            value = f"{row.value:,.0f}".replace(",", " ") if row.value is not None else ""
            self.fields[f"amount_{at}"] = CrownsField(label=f"{row.label} (Kč)", help_text=row.hint, initial=value)
        sources = [("", "zatím nevím"), *MoneySource.objects.values_list("pk", "name")]
        for at in range(free):
            self.fields[f"sort_{at}"] = forms.ChoiceField(label="Druh", choices=MoneySort.choices, required=False)
            self.fields[f"source_{at}"] = forms.TypedChoiceField(
                label="Kdo platí", choices=sources, coerce=int, empty_value=None, required=False
            )
            self.fields[f"more_{at}"] = CrownsField(label="Kolik (Kč)")

    @property
    def known_amounts(self) -> list[forms.BoundField]:
        return [self[f"amount_{at}"] for at in range(len(self.rows))]

    @property
    def free_rows(self) -> list[tuple[forms.BoundField, ...]]:
        return [tuple(self[f"{name}_{at}"] for name in ("sort", "source", "more")) for at in range(self.free)]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        amounts = [(one.key, cleaned.get(f"amount_{at}")) for at, one in enumerate(self.rows)]
        money = {key: amount for key, amount in amounts if amount is not None}
        for at in range(self.free):
            amount = cleaned.get(f"more_{at}")
            if amount is None:
                continue
            key = (cleaned.get(f"sort_{at}") or MoneySort.OPERATION, cleaned.get(f"source_{at}"))
            if key in money:
                self.add_error(f"more_{at}", "Tenhle druh a zdroj tu už je. Sečtěte to do jednoho řádku.")
            money[key] = amount
        cleaned["money"] = money
        return cleaned


class YearForm(forms.Form):
    year = forms.TypedChoiceField(label="Na který rok", coerce=int, error_messages={"required": "Vyberte rok."})

    def __init__(self, *args: Any, years: Sequence[int], **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["year"].choices = [(one, str(one)) for one in years]  # type: ignore[attr-defined]


class ItemForm(MoneyForm):
    steps = forms.CharField(
        label="Co se má letos udělat",
        help_text="Každý krok na nový řádek.",
        required=False,
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    responsible = forms.CharField(label="Kdo odpovídá", required=False, max_length=200)

    def __init__(self, item: ActionItem, *args: Any) -> None:
        rows = [AmountRow(key, row_label(one), one.amount) for key, one in stored_rows(_money(item)).items()]
        initial = {"steps": item.steps, "responsible": item.responsible}
        super().__init__(*args, rows=rows, free=2, initial=initial)


def _money(owner: ActionItem | Progress | None) -> list[Amount]:
    return list(owner.money.select_related("source")) if owner is not None and owner.pk else []


class ReporterForm(forms.Form):
    """Who is asked: an account, or an address."""

    email = forms.EmailField(
        label="E-mail člověka, kterého se zeptáme",
        help_text="Pošleme mu odkaz. Přihlašovat se nebude muset.",
        required=False,
        error_messages={"invalid": "Napište e-mail, třeba jana@priklad.cz."},
    )

    def reporter(self) -> tuple[Person | None, str]:
        """Somebody with an account under that address, or the address itself."""
        email = self.cleaned_data["email"]
        person = Person.objects.filter(email__iexact=email, is_active=True).first() if email else None
        return (person, "") if person else (None, email)


class ApproveForm(forms.Form):
    resolution = forms.CharField(
        label="Číslo usnesení", max_length=60, error_messages={"required": "Napište číslo usnesení."}
    )
    body = forms.CharField(
        label="Kdo rozhodl",
        max_length=150,
        help_text="Třeba Rada města.",
        error_messages={"required": "Napište, kdo rozhodl."},
    )
    day = forms.DateField(
        label="Kdy",
        widget=forms.DateInput(attrs=DAY, format="%Y-%m-%d"),
        error_messages={"required": "Napište den.", "invalid": "Napište den, třeba 15. 12. 2026."},
    )


class DeadlineForm(forms.Form):
    deadline = forms.DateField(
        label="Do kdy mají odpovědět",
        widget=forms.DateInput(attrs=DAY, format="%Y-%m-%d"),
        error_messages={"required": "Napište den.", "invalid": "Napište den, třeba 31. 1. 2027."},
    )


class ProgressForm(MoneyForm):
    """The two or three fields that matter: how it stands, what happened, what it cost."""

    state = forms.ModelChoiceField(
        label="Jak to dopadlo?",
        queryset=FulfilmentState.objects.none(),
        widget=forms.RadioSelect,
        empty_label=None,
        error_messages={"required": "Vyberte, jak to dopadlo."},
    )
    text = forms.CharField(
        label="Co se stalo?",
        help_text="Stačí pár vět, jako byste to říkali sousedce. Nepište jména klientů.",
        required=False,
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    explanation = forms.CharField(
        label="Proč to nedopadlo celé?",
        required=False,
        max_length=3000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    share = forms.IntegerField(
        label="Kolik je hotovo (%)",
        help_text="Jen když to umíte odhadnout. Jinak to spočítáme z aktivit.",
        required=False,
        min_value=0,
        max_value=100,
        error_messages={
            "invalid": "Napište číslo od 0 do 100.",
            "min_value": "Napište číslo od 0 do 100.",
            "max_value": "Napište číslo od 0 do 100.",
        },
    )
    file = forms.FileField(label="Příloha", required=False, help_text="PDF, DOCX, XLSX nebo fotka.")

    def __init__(self, item: ActionItem, stored: Progress | None, *args: Any) -> None:
        spent, planned = stored_rows(_money(stored)), stored_rows(_money(item))
        rows = [
            AmountRow(
                key,
                f"Utraceno: {row_label(planned.get(key) or spent[key])}",
                spent[key].amount if key in spent else None,
                _planned_hint(planned.get(key)),
            )
            for key in [*planned, *(key for key in spent if key not in planned)]
        ]
        initial = (
            {"state": stored.state_id, "text": stored.text, "explanation": stored.explanation, "share": stored.share}
            if stored
            else {}
        )
        super().__init__(*args, rows=rows, free=1, initial=initial)
        self._ask_indicators(item)
        states = FulfilmentState.objects.order_by("order", "pk")
        self.fields["state"].queryset = states  # type: ignore[attr-defined]
        explained = ", ".join(one.name for one in states if one.explained)
        if explained:
            self.fields["explanation"].help_text = f"Je potřeba u stavů: {explained}."

    def _ask_indicators(self, item: ActionItem) -> None:
        """A field for each indicator that somebody types; of a year that has not come yet nobody knows."""
        year = item.action_plan.year
        every = measured.asked(item.node) if year <= timezone.localdate().year else []
        self.typed = [one for one in every if not one.definition.is_computed]
        self.computed = [measured.line(one, [year], year) for one in every if one.definition.is_computed]
        self.year = year
        for one in self.typed:
            values = {row.year: row.value for row in one.actuals.all()}
            self.fields[f"value_{one.pk}"] = Number(
                label=f"{one.definition.name} v roce {year} ({one.definition.unit})",
                help_text=_path_hint(one, year),
                initial=number_written(values.get(year)),
            )

    @property
    def measured(self) -> list[forms.BoundField]:
        return [self[f"value_{one.pk}"] for one in self.typed]

    @property
    def counted(self) -> list[tuple[str, str]]:
        """Indicators that the system counts, in words."""
        return [(one["name"], measured.sentence(one, self.year)) for one in self.computed]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        cleaned["values"] = {one.pk: cleaned[f"value_{one.pk}"] for one in self.typed if f"value_{one.pk}" in cleaned}
        state = cleaned.get("state")
        if state is not None and state.explained and not (cleaned.get("explanation") or "").strip():
            self.add_error("explanation", f"U stavu „{state.name}“ napište, proč to tak je.")
        for name in ("text", "explanation"):
            if BIRTH_NUMBER.search(cleaned.get(name) or ""):
                self.add_error(name, "V textu je nejspíš rodné číslo. Smažte ho prosím, nepotřebujeme ho.")
        return cleaned


def _path_hint(one: Indicator, year: int) -> str:
    """ "Na začátku 412 (2023), cíl 440, předtím 418 (2024)."""
    said = []
    if one.baseline is not None:
        since = f" ({one.baseline_year})" if one.baseline_year else ""
        said.append(f"na začátku {number_written(one.baseline)}{since}")
    said += [f"cíl {number_written(row.value)}" for row in one.targets.all() if row.year == year]
    before = [row for row in one.actuals.all() if row.year < year]
    if before:
        said.append(f"předtím {number_written(before[-1].value)} ({before[-1].year})")
    text = ", ".join(said)
    return f"{text[:1].upper()}{text[1:]}." if said else ""


def _planned_hint(one: Amount | None) -> str:
    return f"V plánu bylo {one.amount:,.0f} Kč.".replace(",", "\u00a0") if one else "V plánu nebylo."


class IntroForm(forms.Form):
    intro = forms.CharField(
        label="Úvod zprávy",
        help_text="Co rok přinesl a na co narazil. Pár odstavců.",
        required=False,
        max_length=10000,
        widget=forms.Textarea(attrs={"rows": 8}),
    )


class PassForm(forms.Form):
    """A step of the chain that a report has passed."""

    order = forms.IntegerField(widget=forms.HiddenInput)
    day = forms.DateField(
        label="Kdy to bylo",
        widget=forms.DateInput(attrs=DAY, format="%Y-%m-%d"),
        error_messages={"required": "Napište den.", "invalid": "Napište den, třeba 15. 3. 2027."},
    )
    body = forms.CharField(label="Kdo", required=False, max_length=150, help_text="Třeba Řídicí skupina.")
    resolution = forms.CharField(label="Číslo usnesení", required=False, max_length=60)
    note = forms.CharField(label="Závěr", required=False, max_length=3000, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, step: ChainStep, data: Any = None, *, day: str = "", body: str = "") -> None:
        """`day` and `body` as a link from the meeting that discussed it says them."""
        super().__init__(data, initial={"order": step.order, "day": day, "body": body[:150]})
        self.is_begun = bool(day or body)
        if step.needs_resolution:
            for name, message in (("body", "Napište, kdo rozhodl."), ("resolution", "Napište číslo usnesení.")):
                self.fields[name].required = True
                self.fields[name].error_messages["required"] = message


MOST_STEPS = 8


class ChainForm(forms.Form):
    """Up to eight steps; a row without a name is no step."""

    def __init__(self, steps: Sequence[ChainStep], *args: Any) -> None:
        super().__init__(*args)
        for at in range(MOST_STEPS):
            one = steps[at] if at < len(steps) else None
            number = f"{at + 1}. krok"
            self.fields[f"name_{at}"] = forms.CharField(
                label=f"{number}: jak tomu říkáte", required=False, max_length=120, initial=one.name if one else ""
            )
            self.fields[f"sort_{at}"] = forms.ChoiceField(
                label=f"{number}: co se děje",
                choices=ChainStep.Sort.choices,
                required=False,
                initial=one.sort if one else ChainStep.Sort.DISCUSS,
            )
            self.fields[f"needs_{at}"] = forms.BooleanField(
                label=f"{number}: je k němu potřeba usnesení",
                required=False,
                initial=one.needs_resolution if one else False,
            )

    @property
    def rows(self) -> list[tuple[forms.BoundField, ...]]:
        return [tuple(self[f"{name}_{at}"] for name in ("name", "sort", "needs")) for at in range(MOST_STEPS)]

    def steps(self) -> list[Mapping[str, Any]]:
        held = self.cleaned_data
        return [
            {"name": held[f"name_{at}"], "sort": held[f"sort_{at}"], "needs_resolution": held[f"needs_{at}"]}
            for at in range(MOST_STEPS)
            if held[f"name_{at}"].strip()
        ]


class CarryForm(forms.Form):
    """Where in the draft a measure goes."""

    origin = forms.ModelChoiceField(queryset=Node.objects.none(), widget=forms.HiddenInput)
    parent = forms.ModelChoiceField(
        label="Kam v novém plánu",
        queryset=Node.objects.none(),
        empty_label="Vyberte",
        error_messages={"required": "Vyberte, kam v novém plánu opatření patří."},
    )

    def __init__(self, origins: Any, parents: Any, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["origin"].queryset = origins  # type: ignore[attr-defined]
        self.fields["parent"].queryset = parents  # type: ignore[attr-defined]
