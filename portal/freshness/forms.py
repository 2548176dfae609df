"""Reading what people answer to letters and what staff decide."""

from __future__ import annotations

from django import forms

from portal.catalogue.forms import BIRTH_NUMBER

from .models import Conflict, Dispute


class ChangeForm(forms.Form):
    """ "Něco se změnilo" from somebody without an account."""

    text = forms.CharField(
        label="Co se změnilo?",
        help_text="Napište, co má na kartě stát. Třeba nový telefon nebo otevírací dobu.",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={
            "required": "Napište prosím, co se změnilo.",
            "max_length": "Text je moc dlouhý. Vejde se sem 2 000 znaků.",
        },
    )

    def clean_text(self) -> str:
        text: str = self.cleaned_data["text"]
        if BIRTH_NUMBER.search(text):
            raise forms.ValidationError("V textu je nejspíš rodné číslo. Smažte ho prosím, nepotřebujeme ho.")
        return text


class DisputeForm(forms.Form):
    """What is wrong in the register."""

    field = forms.ChoiceField(
        label="Co je v registru špatně?",
        choices=Dispute.Field.choices,
        error_messages={"required": "Vyberte, který údaj je špatně."},
    )
    right_value = forms.CharField(
        label="Jak je to správně?",
        max_length=500,
        error_messages={"required": "Napište správný údaj."},
    )
    note = forms.CharField(
        label="Poznámka pro koordinátora",
        required=False,
        max_length=2000,
        help_text="Třeba kdy jste změnu hlásili krajskému úřadu.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class SettleConflictForm(forms.Form):
    outcome = forms.ChoiceField(
        label="Co platí?",
        choices=Conflict.Outcome.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Vyberte, co platí."},
    )
    reason = forms.CharField(
        label="Proč",
        help_text="Jednou větou. Dostane to i poskytovatel.",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Napište, proč jste tak rozhodli."},
    )


class DaysForm(forms.Form):
    days = forms.IntegerField(
        label="Kolik dní",
        min_value=0,
        max_value=2000,
        error_messages={"required": "Napište počet dní.", "invalid": "Napište celé číslo, třeba 90."},
    )


class WeightForm(forms.Form):
    weight = forms.IntegerField(
        label="Váha",
        min_value=0,
        max_value=100,
        help_text="0 znamená, že se na tenhle důvod nehledí.",
        error_messages={"required": "Napište váhu.", "invalid": "Napište celé číslo od 0 do 100."},
    )
