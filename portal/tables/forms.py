"""Reading what comes to tables: a file, a page of the keyboard table."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

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


class NameFilter(forms.Form):
    """Rows whose name, or a part of it, was written."""

    q = forms.CharField(label="Název nebo IČO", required=False, max_length=100)

    def asked(self) -> str:
        self.is_valid()
        return str(self.cleaned_data.get("q", ""))
