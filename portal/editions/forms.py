"""What a coordinator fills in to freeze a plan."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.plan.models import Plan, Resolution

from .actions import NEEDED
from .models import Edition, EditionFile


class FreezeForm(forms.Form):
    sort = forms.ChoiceField(
        label=_("Jaké vydání to je"),
        choices=Edition.Sort.choices,
        help_text=_("Koncept a znění k připomínkám zveřejníte, až budete chtít. Schválené je veřejné hned a napořád."),
    )
    name = forms.CharField(
        label=_("Jak se má vydání jmenovat"), max_length=150, help_text=_("Třeba „Návrh k připomínkám, jaro 2026“.")
    )
    number = forms.CharField(
        label=_("Číslo usnesení"), max_length=60, required=False, help_text=_("Jen u schváleného znění.")
    )
    body = forms.CharField(
        label=_("Kdo rozhodl"), max_length=150, required=False, help_text=_("Třeba zastupitelstvo města.")
    )
    day = forms.DateField(label=_("Kdy"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    publicity = forms.CharField(
        label=_("Publicita projektu"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Stojí na titulní straně dokumentu: kdo plán zaplatil."),
    )

    def __init__(self, plan: Plan, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.plan = plan

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("sort") in Edition.APPROVED:
            for name in ("number", "body", "day"):
                if not cleaned.get(name) and name not in self.errors:
                    self.add_error(name, _("Schválené znění potřebuje usnesení."))
        return cleaned

    def resolution(self) -> Resolution | None:
        """The resolution that was typed: the plan's own one where it is known already; unsaved where it is new."""
        sort = Edition.Sort(self.cleaned_data["sort"])
        if sort not in NEEDED:
            return None
        asked = {"plan": self.plan, "sort": NEEDED[sort], "number": self.cleaned_data["number"]}
        told = {"body": self.cleaned_data["body"], "day": self.cleaned_data["day"]}
        return Resolution.objects.filter(**asked, **told).first() or Resolution(**asked, **told)


class OrderForm(forms.Form):
    """One document, or all forms of a part."""

    part = forms.CharField(max_length=200, required=False, strip=False)
    form = forms.ChoiceField(choices=EditionFile.Form.choices, required=False)

    def forms(self) -> list[str]:
        return [self.cleaned_data["form"]] if self.cleaned_data["form"] else list(EditionFile.Form.values)
