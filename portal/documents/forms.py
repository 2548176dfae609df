"""Forms of the desk of documents, and what the lists are filtered by."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.forms import ModelChoiceField

from portal.accounts import spans
from portal.accounts.rules import Range, held
from portal.catalogue.desk_forms import LinesField
from portal.groups import rules as group_rules
from portal.groups.models import Group, GroupQuerySet

from . import rules
from .actions import Wanted
from .models import Document, DocumentSort

TERRITORIES = (Range.MUNICIPALITY, Range.ORP, Range.REGION)
ALT = "Co je na obrázku"
KINDS = "PDF, DOCX, XLSX, ODT, ODS, obrázek (JPEG, PNG, WebP) nebo video (MP4, WebM; nejvýš {megabytes} MB)."


def own_groups(person: Any) -> GroupQuerySet:
    """Groups to which the person may put documents: those of their territory, and those they lead."""
    leads = [pk for pk, role in group_rules.memberships(person).items() if role in group_rules.LEADING]
    over = spans.rows_in(Group.objects.all(), held(person, *rules.KEEPERS))
    return Group.objects.filter(pk__in=leads) | over if leads else over


def _day(label: str, hint: str = "") -> forms.DateField:
    return forms.DateField(
        label=label,
        required=False,
        help_text=hint,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": "Napište den jako 31. 12. 2028."},
    )


class FileForm(forms.Form):
    """A file with its words."""

    upload = forms.FileField(
        label="Soubor",
        help_text=KINDS.format(megabytes=settings.FILES_LARGEST_VIDEO_MB),
        error_messages={"required": "Vyberte soubor.", "empty": "Soubor je prázdný."},
    )
    alt = forms.CharField(
        label=ALT,
        required=False,
        max_length=250,
        help_text="Jen u obrázku. Přečte se to lidem, kteří ho nevidí.",
    )
    captions = forms.FileField(
        label="Titulky k videu",
        required=False,
        help_text="Jen u videa, soubor WebVTT (.vtt). Veřejné video bez nich být nemůže. "
        "Uděláme z nich i přepis, ve kterém se dá hledat.",
        widget=forms.FileInput({"accept": ".vtt,text/vtt"}),
        error_messages={"empty": "Soubor je prázdný."},
    )
    silent = forms.BooleanField(label="Ve videu nikdo nemluví", required=False)
    note = forms.CharField(
        label="Co je v téhle verzi nového", required=False, max_length=300, help_text="Třeba: doplněná příloha 2."
    )


class DocumentForm(forms.Form):
    """What is said of a document; of a new one also its file (`NewDocumentForm`)."""

    title = forms.CharField(label="Název", max_length=250, error_messages={"required": "Napište název dokumentu."})
    sort = forms.ModelChoiceField(
        DocumentSort.objects.all(),
        label="Druh",
        empty_label="vyberte",
        error_messages={"required": "Vyberte druh dokumentu."},
    )
    about = LinesField(
        label="O čem je", required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Pár vět, podle kterých člověk pozná, jestli ho má otevřít.",
    )  # fmt: skip
    group = forms.ModelChoiceField(Group.objects.none(), label="Skupina", required=False, empty_label="žádná")
    where = forms.CharField(
        label="Území", max_length=120, required=False,
        help_text="Obec, „ORP Svornov“ nebo kraj. U dokumentu skupiny ho doplníme sami.",
    )  # fmt: skip
    audience = forms.ChoiceField(label="Kdo ho uvidí", choices=Document.Audience.choices, widget=forms.RadioSelect)
    author = forms.CharField(label="Kdo ho napsal", max_length=200, required=False)
    licence = forms.CharField(
        label="Licence", max_length=100, required=False, help_text="Jak se smí použít dál. Třeba CC BY 4.0."
    )
    day = _day("Ze dne")
    valid_from = _day("Platí od")
    valid_until = _day("Platí do", "Jen když platnost končí.")
    project = forms.CharField(
        label="Který projekt ho zaplatil", max_length=200, required=False, help_text="Název a registrační číslo."
    )
    project_indicator = forms.CharField(label="Do kterého ukazatele projektu se počítá", max_length=200, required=False)

    def __init__(self, person: Any, *args: Any, document: Document | None = None, **kwargs: Any) -> None:
        if document is not None and not kwargs.get("initial"):
            kwargs["initial"] = self.of(document)
        super().__init__(*args, **kwargs)
        self.person, self.document = person, document
        groups = own_groups(person)
        if document is not None and document.group_id:
            groups = groups | Group.objects.filter(pk=document.group_id)
        cast(ModelChoiceField[Group], self.fields["group"]).queryset = groups
        mine = {(one.kind, one.code) for one in held(person, *rules.KEEPERS)} - {(str(Range.SITE), "")}
        if document is None and len(mine) == 1:
            self.fields["where"].initial = spans.name(*next(iter(mine)))
        if not held(person, *rules.KEEPERS):
            # Whoever only leads a group puts documents to it.
            self.fields["group"].required = True
            self.fields["group"].error_messages["required"] = "Vyberte skupinu."
            del self.fields["where"]

    @staticmethod
    def of(document: Document) -> dict[str, Any]:
        names = [name for name in DocumentForm.base_fields if name != "where"]
        return {name: getattr(document, name) for name in names} | {"where": document.span_name}

    def clean_where(self) -> tuple[str, str, str] | None:
        """Kind, code and name of a territory that lies in a range of the person."""
        said = self.cleaned_data["where"].strip()
        if not said:
            return None
        if self.document is not None and said == self.document.span_name:
            return self.document.span_kind, self.document.span_code, self.document.span_name
        found = spans.named(said, TERRITORIES)
        inside = spans.lying_in(held(self.person, *rules.KEEPERS), found)
        if not inside:
            raise ValidationError("Takové území ve svém dosahu nemáte. Napište obec, „ORP Svornov“ nebo kraj.")
        if len(inside) > 1:
            choices = "; ".join(sorted(f"{found[pair]} ({pair[1]})" for pair in inside))
            raise ValidationError(f"Tomu odpovídá víc území: {choices}. Napište jedno z nich, třeba jeho kódem.")
        pair = next(iter(inside))
        return *pair, found[pair]

    def wanted(self) -> Wanted:
        return Wanted(**{name: value for name, value in self.cleaned_data.items() if name in Wanted.__slots__})


class NewDocumentForm(DocumentForm, FileForm):
    """A document with its first file."""

    field_order = ("upload", "alt", "captions", "silent", "title", "sort", "about", "group", "where", "audience")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["note"]


class DeskFilter(forms.Form):
    STATES = [("", "všechny kromě vyřazených"), *Document.Audience.choices, ("removed", "vyřazené")]

    q = forms.CharField(label="Název, autor nebo projekt", required=False, max_length=200)
    druh = forms.ModelChoiceField(
        DocumentSort.objects.all(), label="Druh", to_field_name="key", required=False, empty_label="všechny"
    )
    stav = forms.ChoiceField(label="Kdo ho vidí", choices=STATES, required=False)
    skupina = forms.ModelChoiceField(
        Group.objects.none(), label="Skupina", to_field_name="slug", required=False, empty_label="všechny"
    )

    def __init__(self, groups: GroupQuerySet, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(ModelChoiceField[Group], self.fields["skupina"]).queryset = groups

    def asked(self) -> dict[str, Any]:
        """What was asked; anything unknown in the address is passed over."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}
