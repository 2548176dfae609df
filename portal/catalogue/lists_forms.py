"""Reading what people write into code lists; one form for each list, made from the columns of its table."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.models import fields_for_model

from .models import AccessDetail, AgeGroup, CodeListItem, Form, Kind

ORDER = (
    "key",
    "name",
    "gloss",
    "plain",
    "abbreviation",
    "code",
    "paragraph",
    "group",
    "kind",
    "where",
    "audience",
    "usual_forms",
    "usual_cost",
    "from_age",
    "to_age",
    "one",
    "few",
    "many",
    "explained",
    "weight",
    "order",
    "valid_from",
    "valid_to",
)
HINTS = {
    "key": "Krátké slovo bez mezer a háčků, třeba „klub-senioru“. Později už nejde změnit.",
    "code": "Kód z číselníku MPSV, třeba „CilovaSkupinaOsoby/24“. Když ho neznáte, nechte prázdné.",
    "gloss": "Jedna věta, které rozumí každý. Ukazuje se u názvu.",
    "plain": "Jak tomu říkají lidé. Ukazuje se místo úředního názvu.",
    "order": "Menší číslo stojí v seznamu dřív.",
    "explained": "Kdo tenhle stav vybere, musí napsat proč.",
    "weight": "Číslo od 0 do 1. Prázdné znamená, že se z něj podíl nepočítá.",
    "valid_to": "Po tomhle dni se položka už nebude nabízet. Nic se tím nesmaže.",
}


class ItemForm(forms.Form):
    """An item of a code list; `item_form` gives it the fields of one list."""

    codes: dict[str, str]

    def clean_code(self) -> str:
        """An official code belongs to one item only."""
        code = str(self.cleaned_data["code"])
        if holder := self.codes.get(code):
            raise ValidationError(f"Tenhle kód už má položka „{holder}“.")
        return code

    def clean_usual_forms(self) -> str:
        keys = str(self.cleaned_data["usual_forms"]).split()
        known = set(Form.objects.values_list("key", flat=True))
        if unknown := [key for key in keys if key not in known]:
            raise ValidationError(f"Formu „{unknown[0]}“ neznáme. Můžete napsat: {', '.join(sorted(known))}.")
        return " ".join(keys)

    def clean_weight(self) -> Decimal | None:
        weight: Decimal | None = self.cleaned_data["weight"]
        if weight is not None and not 0 <= weight <= 1:
            raise ValidationError("Napište číslo od 0 do 1.")
        return weight

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for first, last, words in (
            ("valid_from", "valid_to", "Konec platnosti je před začátkem."),
            ("from_age", "to_age", "„Do věku“ je menší než „od věku“."),
        ):
            start, end = cleaned.get(first), cleaned.get(last)
            if start is not None and end is not None and end < start:
                self.add_error(last, words)
        return cleaned


def columns_of(model: type[CodeListItem]) -> list[str]:
    """Columns that people write, in the order in which they stand in the form."""
    there = {field.name for field in model._meta.fields}
    return [name for name in ORDER if name in there and (name != "code" or model.listed.coded)]


def item_form(model: type[CodeListItem], item: CodeListItem | None, data: Any = None) -> ItemForm:
    """The form of a list's item, filled from `data`, or from `item` where there is one."""
    columns = columns_of(model)
    if item is not None:
        columns.remove("key")
    fields = fields_for_model(model, columns, field_classes={}, help_texts=_hints(model))
    for name in {"valid_from", "valid_to"} & set(fields):
        fields[name].widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    kind = type("ListItemForm", (ItemForm,), {name: fields[name] for name in columns})
    initial = {name: getattr(item, name) for name in columns} if item is not None else {}
    form: ItemForm = kind(data, initial=initial)
    others = model._default_manager.exclude(code="").exclude(pk=item.pk if item is not None else None)
    form.codes = dict(others.values_list("code", "name"))
    return form


def _hints(model: type[CodeListItem]) -> dict[str, str]:
    hints = dict(HINTS)
    if model is Kind:
        hints["usual_forms"] = "Klíče forem s mezerou mezi nimi: ter (terénní), amb (ambulantní), pob (pobytová)."
    if model is AgeGroup:
        hints["to_age"] = "Prázdné znamená bez horní hranice."
    if model is AccessDetail:
        hints["code"] = "Jméno údaje v otevřené formální normě „bezbariérovost“, třeba „vstup_hlavní_nájezd“."
    return hints
