"""Reading what visitors ask of public plans."""

from __future__ import annotations

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from .public import Asked


def asked(query: QueryDict) -> Asked:
    """What stands in the address; a year that is no number is no question."""
    year = query.get("rok", "").strip()
    return Asked(
        town=query.get("obec", "").strip()[:20],
        group=query.get("pro", "").strip()[:40],
        area=query.get("oblast", "").strip()[:150],
        state=query.get("stav", "").strip()[:40],
        year=int(year) if year.isascii() and year.isdigit() and len(year) == 4 else None,
    )


class FollowForm(forms.Form):
    email = forms.EmailField(
        label=_("Váš e-mail"),
        max_length=254,
        help_text=_("Pošleme vám odkaz na potvrzení. Nikomu e-mail neukážeme."),
        error_messages={
            "required": _("Napište prosím e-mail, kam máme psát."),
            "invalid": _("Tohle nevypadá jako e-mail. Má být třeba jana@priklad.cz."),
        },
    )
    # People do not see this field; machines that fill in everything do.
    website = forms.CharField(
        label=_("Tohle pole nevyplňujte"),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"}),
    )

    @property
    def email_said(self) -> str:
        email: str = self.cleaned_data["email"]
        return email

    @property
    def from_machine(self) -> bool:
        return bool(self.data.get("website"))
