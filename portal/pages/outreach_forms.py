"""Forms of the communication plan and of printed things."""

from __future__ import annotations

from typing import Any, cast

from django import forms

from portal.accounts.models import Person
from portal.documents.models import Document
from portal.plan.forms import day

from . import rules
from .forms import TerritoryForm
from .outreach_models import CommunicationItem, PrintedProduct


class ItemForm(TerritoryForm):
    what = forms.CharField(label="Co chceme říct", max_length=300, error_messages={"required": "Napište, co."})
    audience = forms.CharField(label="Komu", max_length=200, error_messages={"required": "Napište, komu."})
    channel = forms.ChoiceField(label="Jak", choices=CommunicationItem.Channel.choices)
    due_on = day("Do kdy")
    who = forms.CharField(label="Kdo to udělá", max_length=150, error_messages={"required": "Napište, kdo."})
    person = forms.ModelChoiceField(
        label="Komu přijde připomínka",
        queryset=Person.objects.none(),
        required=False,
        empty_label="nikomu",
        help_text="Týden před termínem a den po něm.",
    )
    done_on = day("Hotovo dne", required=False)
    note = forms.CharField(label="Poznámka", max_length=300, required=False)

    field_order = ("what", "audience", "channel", "due_on", "who", "person", "where", "done_on", "note")

    def __init__(self, person: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(person, *args, **kwargs)
        writers = Person.objects.filter(is_active=True, grants__role__in=rules.EDITORS).distinct().order_by("name")
        cast(forms.ModelChoiceField[Person], self.fields["person"]).queryset = writers

    @staticmethod
    def of(item: CommunicationItem) -> dict[str, Any]:
        names = ("what", "audience", "channel", "due_on", "who", "done_on", "note")
        return {name: getattr(item, name) for name in names} | {"person": item.person_id, "where": item.span_name}


class ProductForm(TerritoryForm):
    title = forms.CharField(
        label="Co se vytisklo", max_length=200, error_messages={"required": "Napište, co se vytisklo."}
    )
    printed = forms.IntegerField(
        label="Kolik kusů", min_value=1, max_value=1_000_000, error_messages={"required": "Napište, kolik kusů."}
    )
    printed_on = day("Kdy", required=False)
    document = forms.ModelChoiceField(
        label="Stejný dokument na webu", queryset=Document.objects.none(), required=False, empty_label="žádný"
    )
    note = forms.CharField(label="Poznámka", max_length=300, required=False)

    field_order = ("title", "printed", "printed_on", "document", "where", "note")

    def __init__(self, person: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(person, *args, **kwargs)
        cast(forms.ModelChoiceField[Document], self.fields["document"]).queryset = Document.objects.public()

    @staticmethod
    def of(product: PrintedProduct) -> dict[str, Any]:
        names = ("title", "printed", "printed_on", "note")
        return {name: getattr(product, name) for name in names} | {
            "document": product.document_id,
            "where": product.span_name,
        }


class HandoverForm(forms.Form):
    """Stands on one page with the form of the thing itself: its controls have names of their own in the page."""

    place = forms.CharField(label="Kam", max_length=200, error_messages={"required": "Napište, kam."})
    amount = forms.IntegerField(
        label="Kolik kusů", min_value=1, max_value=1_000_000, error_messages={"required": "Napište, kolik kusů."}
    )
    planned_on = day("Předat do", required=False)
    handed_on = day("Předáno", required=False)
    note = forms.CharField(label="Poznámka", max_length=300, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "predani_%s", **kwargs})
