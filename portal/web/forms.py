"""The form on the page of components; it shows fields, it is never kept."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class GalleryForm(forms.Form):
    """One field of each kind."""

    name = forms.CharField(label=_("Jak vám máme říkat?"), required=False, max_length=100)
    email = forms.EmailField(label=_("E-mail"), help_text=_("Pošleme na něj odpověď. Nikomu ho nedáme."))
    phone = forms.CharField(
        label=_("Telefon"), required=False, widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"})
    )
    day = forms.DateField(label=_("Kdy"), widget=forms.DateInput(attrs={"type": "date"}), required=False)
    kind = forms.ChoiceField(
        label=_("Čeho se to týká?"),
        choices=[("", _("Vyberte")), ("care", _("péče doma")), ("debt", _("dluhy")), ("other", _("něco jiného"))],
    )
    text = forms.CharField(
        label=_("Co nám chcete říct?"), help_text=_("Stačí pár vět."), widget=forms.Textarea(attrs={"rows": 4})
    )
    reply = forms.ChoiceField(
        label=_("Jak se vám máme ozvat?"),
        choices=[("mail", _("e-mailem")), ("phone", _("telefonem")), ("none", _("nemusíte se ozývat"))],
        widget=forms.RadioSelect,
    )
    groups = forms.MultipleChoiceField(
        label=_("Pro koho to je?"),
        required=False,
        choices=[("old", _("senioři")), ("kids", _("děti a rodiny")), ("ill", _("lidé s postižením"))],
        widget=forms.CheckboxSelectMultiple,
    )
    paper = forms.FileField(label=_("Příloha"), required=False, help_text=_("PDF nebo fotka, nejvýš 10 MB."))
    agreed = forms.BooleanField(label=_("Text můžete zveřejnit bez mého jména"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, message in (
            ("email", _("Napište e-mail, třeba jana@priklad.cz.")),
            ("kind", _("Vyberte, čeho se to týká.")),
            ("text", _("Napište aspoň jednu větu.")),
            ("reply", _("Vyberte, jak se vám máme ozvat.")),
        ):
            self.fields[name].error_messages["required"] = message
