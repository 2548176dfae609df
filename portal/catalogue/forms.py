"""Reading what people type about services."""

from __future__ import annotations

import re

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

# With the slash, as people write it: nine or ten digits alone may be a telephone number.
BIRTH_NUMBER = re.compile(r"\b\d{6}\s?/\s?\d{3,4}\b")


class ReportForm(forms.Form):
    """ "Něco tu nesedí": what is wrong on a card, and an e-mail for those who want to know how it ended."""

    text = forms.CharField(
        label=_("Co je špatně?"),
        help_text=_("Třeba nové telefonní číslo. Nepište rodná čísla, diagnózy ani jména lidí, kterým služba pomáhá."),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={
            "required": _("Napište prosím, co je špatně."),
            "max_length": _("Text je moc dlouhý. Vejde se sem 2 000 znaků."),
        },
    )
    email = forms.EmailField(
        label=_("Váš e-mail"),
        required=False,
        help_text=_("Jen když chcete vědět, jak to dopadlo. Po vyřízení ho smažeme."),
        error_messages={"invalid": _("Tohle nevypadá jako e-mail. Má být třeba jana@priklad.cz.")},
    )
    # People do not see this field; machines that fill in everything do.
    website = forms.CharField(
        label=_("Tohle pole nevyplňujte"),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"}),
    )

    @property
    def said(self) -> dict[str, str]:
        """What goes to the coordinator."""
        return {"text": self.cleaned_data["text"], "email": self.cleaned_data["email"]}

    @property
    def from_machine(self) -> bool:
        return bool(self.data.get("website"))

    def clean_text(self) -> str:
        text: str = self.cleaned_data["text"]
        if BIRTH_NUMBER.search(text):
            raise ValidationError(_("V textu je nejspíš rodné číslo. Smažte ho prosím, nepotřebujeme ho."))
        return text


class SettleForm(forms.Form):
    answer = forms.CharField(
        label="Jak to dopadlo",
        help_text="Co jste zjistili a opravili. Komu jsme to slíbili, ten to dostane e-mailem přesně takhle.",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Napište aspoň slovo, jak to dopadlo."},
    )


class AnswerForm(forms.Form):
    """What the provider says to a report."""

    answer = forms.CharField(
        label="Jak to je",
        help_text="Napište to tak, aby to mohl dostat člověk, který chybu nahlásil. Nejdřív odpověď uvidí koordinátor.",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": "Napište aspoň větu, jak to je.", "max_length": "Vejde se sem 2 000 znaků."},
    )
