"""What planners fill in: scenarios, their changes, comments, unit costs."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.catalogue.desk_forms import municipalities_named
from portal.catalogue.models import Kind

from .models import ScenarioChange, UnitCost
from .scenario import COMING, NEW, PLACE, Change

Deed = ScenarioChange.Deed
MOST_AMOUNT = 5000


class ScenarioForm(forms.Form):
    name = forms.CharField(
        label=_("Jak se má scénář jmenovat"), help_text=_("Třeba „Bez domova ve Vrchlabí“."), max_length=120
    )
    note = forms.CharField(
        label=_("Poznámka"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )


class ScenarioSettings(ScenarioForm):
    shared = forms.BooleanField(
        label=_("Výsledek může číst každý, kdo má odkaz"),
        required=False,
        help_text=_("Odkaz nejde uhodnout. Komentáře na sdílené stránce nejsou."),
    )
    seen = forms.IntegerField(widget=forms.HiddenInput)


class TownField(forms.CharField):
    """A municipality by name; namesakes with their district, or by the six-digit code. Gives the code."""

    def clean(self, value: Any) -> str:
        name = str(super().clean(value)).strip()
        if not name:
            return ""
        found, problems = municipalities_named([name])
        if problems:
            raise forms.ValidationError(list(problems.values()))
        return found.pop()


class ChangeForm(forms.Form):
    """One change. `target`: "misto-12" (a facility), "teren-5" (a service that comes), empty for a new one."""

    seen = forms.IntegerField(widget=forms.HiddenInput)
    deed = forms.ChoiceField(choices=Deed.choices, widget=forms.HiddenInput)
    target = forms.RegexField(rf"^({PLACE}|{COMING})-\d{{1,9}}$", required=False, widget=forms.HiddenInput)
    town = TownField(label=_("Obec"), required=False, max_length=120)
    amount = forms.IntegerField(
        label=_("Kapacita"),
        required=False,
        min_value=1,
        max_value=MOST_AMOUNT,
        error_messages={
            "invalid": _("Kapacita je celé číslo, třeba 12."),
            "min_value": _("Kapacita musí být větší než nula."),
            "max_value": _("Tolik jedna služba nepojme. Napište nejvýš %(limit_value)s."),
        },
    )

    def clean(self) -> dict[str, Any]:
        said = cast(dict[str, Any], super().clean())
        deed = said.get("deed")
        if deed in {Deed.MOVE, Deed.OPEN} and "town" in said and not said["town"]:
            self.add_error("town", _("Napište obec."))
        if deed == Deed.GROW and "amount" in said and not said["amount"]:
            self.add_error("amount", _("Napište, o kolik se má služba zvětšit."))
        if deed in {Deed.CLOSE, Deed.GROW, Deed.MOVE} and not said.get("target"):
            raise forms.ValidationError(_("Vyberte službu v seznamu."))
        return said

    def change(self) -> Change:
        """The change of a valid form; what does not belong to the deed is left out."""
        said = self.cleaned_data
        deed = said["deed"]
        if deed == Deed.OPEN:
            return Change(deed, NEW, 0, said["town"], said["amount"])
        sort, _dash, number = said["target"].partition("-")
        return Change(
            deed,
            sort,
            int(number),
            said["town"] if deed == Deed.MOVE else "",
            said["amount"] if deed == Deed.GROW else None,
        )


class CommentForm(forms.Form):
    text = forms.CharField(
        label=_("Váš komentář"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}), strip=True
    )


class UnitCostForm(forms.ModelForm[UnitCost]):
    class Meta:
        model = UnitCost
        fields = ("kind", "unit", "amount", "year", "source", "note")
        help_texts = {
            "amount": _("Za jeden rok provozu. Bez stavby a vybavení."),
            "source": _("Kdo částku spočítal a kde ji najdeme. Bez zdroje se s ní nedá počítat."),
        }

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        unit = cast("forms.ModelChoiceField[Any]", self.fields["unit"])
        unit.empty_label = str(_("jedno celé zařízení"))
        kind = cast("forms.ModelChoiceField[Any]", self.fields["kind"])
        kind.queryset = Kind.objects.all()
        kind.empty_label = str(_("Vyberte"))

    def clean_year(self) -> int:
        year = int(self.cleaned_data["year"])
        if not 2000 <= year <= 2100:
            raise forms.ValidationError(_("Napište rok, třeba 2025."))
        return year
