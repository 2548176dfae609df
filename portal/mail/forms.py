"""What the list of letters at the desk is asked for."""

from typing import Any

from django import forms

from words.fold import fold

from .models import Letter
from .topics import letter_called


class LettersFilter(forms.Form):
    stav = forms.ChoiceField(label="Stav", required=False, choices=[("", "všechny"), *Letter.State.choices], initial="")
    druh = forms.ChoiceField(label="Druh dopisu", required=False)
    komu = forms.CharField(label="Komu", required=False, max_length=200)
    od = forms.DateField(label="Napsané od", required=False, widget=forms.DateInput(attrs={"type": "date"}))
    do = forms.DateField(label="Napsané do", required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, *args: Any, templates: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = self.fields["druh"]
        assert isinstance(kinds, forms.ChoiceField)  # noqa: S101 - declared above
        named = sorted(((name, letter_called(name)) for name in templates), key=lambda pair: fold(pair[1]))
        kinds.choices = [("", "všechny"), *named]

    def asked(self) -> dict[str, Any]:
        """Arguments of `Letter.objects.asked`; a field that is wrong asks for nothing."""
        self.is_valid()
        read = self.cleaned_data
        return {
            "state": read.get("stav", ""),
            "template": read.get("druh", ""),
            "address": read.get("komu", ""),
            "since": read.get("od"),
            "until": read.get("do"),
        }
