"""Reading what comes to tables: a file, a page of the keyboard table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError

from portal.plan.models import Level, Node
from words.fold import fold

from .sheets import LARGEST


class UploadForm(forms.Form):
    file = forms.FileField(
        label="Soubor",
        help_text="XLSX nebo CSV, nejvýš 10 MB.",
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv"}),
        error_messages={"required": "Vyberte soubor s tabulkou.", "empty": "Soubor je prázdný."},
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > LARGEST:
            raise ValidationError("Soubor je příliš velký. Vezmeme nejvýš 10 MB.")
        return file


class PointsFilter(forms.Form):
    """Points of a plan: words of their title or a code, one level."""

    q = forms.CharField(label="Název nebo kód", required=False, max_length=100)
    level = forms.TypedChoiceField(label="Úroveň", required=False, coerce=int, empty_value=None)

    def __init__(self, *args: Any, levels: Sequence[Level], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", "všechny"), *((level.depth, level.name) for level in levels)]
        cast(forms.TypedChoiceField, self.fields["level"]).choices = choices
        if len(levels) < 2:
            del self.fields["level"]

    def asked(self) -> Callable[[Node, Level], bool]:
        """Whether a point of a level is wanted."""
        self.is_valid()
        text, depth = fold(self.cleaned_data.get("q", "")), self.cleaned_data.get("level")

        def wanted(node: Node, level: Level) -> bool:
            named = text in fold(node.title) or node.code.casefold().startswith(text)
            return named and depth in (None, level.depth)

        return wanted


class NameFilter(forms.Form):
    """Rows whose name, or a part of it, was written."""

    q = forms.CharField(label="Název nebo IČO", required=False, max_length=100)

    def asked(self) -> str:
        self.is_valid()
        return str(self.cleaned_data.get("q", ""))
