"""Reading what people bring: a file of a register."""

from __future__ import annotations

from typing import BinaryIO, cast

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile

from .readers.stream import tell_format
from .records import Refused

# The national register has about 100 MB.
LARGEST_UPLOAD = 200 * 1024 * 1024


class UploadForm(forms.Form):
    file = forms.FileField(
        label="Soubor",
        help_text="Národní registr (JSON), otevřená data kraje (GeoJSON) nebo tabulka (CSV, XLSX). Druh poznáme sami.",
        error_messages={
            "required": "Vyberte soubor.",
            "empty": "Soubor je prázdný. Vyberte jiný.",
        },
    )
    complete = forms.BooleanField(
        label="Tabulka je úplný seznam",
        required=False,
        help_text="Zaškrtněte, jen když mají z katalogu zmizet služby z dřívějších tabulek, které v téhle nejsou. "
        "U registrů to platí vždycky.",
    )

    def clean_file(self) -> UploadedFile[bytes]:
        file: UploadedFile[bytes] = self.cleaned_data["file"]
        if (file.size or 0) > LARGEST_UPLOAD:
            raise ValidationError(f"Soubor je příliš velký. Vejde se sem {LARGEST_UPLOAD // 1024**2} MB.")
        try:
            tell_format(cast(BinaryIO, file.file))
        except Refused as refusal:
            raise ValidationError(str(refusal)) from refusal
        file.seek(0)
        return file


class ConfirmForm(forms.Form):
    """The yes to what the preview showed; a large change needs its own tick."""

    agreed = forms.BooleanField(required=False, label="Rozumím a chci to zapsat")

    def __init__(self, *args: object, large: bool, **more: object) -> None:
        super().__init__(*args, **more)  # type: ignore[arg-type]
        self.fields["agreed"].required = large
        self.fields["agreed"].error_messages["required"] = "Změna je velká. Zaškrtněte, že jí rozumíte."
