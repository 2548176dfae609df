"""What coordinators fill in about words, situations and numbers."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.catalogue.models import Kind, TargetGroup

from .models import CrisisLine, LayWord, Situation

# A phrase rarely leads to more kinds; the search listens to the first six.
MOST_KINDS = 6


def _kinds() -> list[tuple[str, str]]:
    return list(Kind.objects.values_list("key", "name"))


def _groups() -> list[tuple[str, str]]:
    return [(key, plain or name) for key, plain, name in TargetGroup.objects.values_list("key", "plain", "name")]


class LayWordForm(forms.Form):
    """A phrase and where it leads. `kind_1` is the most fitting kind; the phrase of a known row does not change."""

    phrase = forms.CharField(
        label=_("Slova lidí"), help_text=_("Tak, jak je lidé píšou. Třeba „nemám na nájem“."), max_length=200
    )
    active = forms.BooleanField(label=_("Slova se používají"), required=False, initial=True)

    def __init__(self, *args: Any, word: LayWord | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        empty = [("", "–")]
        kinds = _kinds()
        for number in range(1, MOST_KINDS + 1):
            self.fields[f"kind_{number}"] = forms.ChoiceField(
                label=_("Nejvhodnější druh pomoci") if number == 1 else _("%(number)d. druh") % {"number": number},
                choices=empty + kinds,
                required=number == 1,
            )
        self.fields["groups"] = forms.MultipleChoiceField(
            label=_("O kom se mluví"), choices=_groups(), required=False, widget=forms.CheckboxSelectMultiple
        )
        if word is not None:
            self.fields["phrase"].disabled = True
            chosen = {f"kind_{number}": key for number, key in enumerate(word.kinds.split(), 1)}
            self.initial = {"phrase": word.phrase, "active": word.active, "groups": word.groups.split(), **chosen}

    def kinds(self) -> list[str]:
        chosen = (self.cleaned_data.get(f"kind_{number}") for number in range(1, MOST_KINDS + 1))
        return [key for key in chosen if key]


class SituationForm(forms.Form):
    title = forms.CharField(label=_("Situace slovy člověka"), max_length=120)
    line = forms.CharField(label=_("Vysvětlení na jeden řádek"), max_length=250)
    steps = forms.CharField(
        label=_("První kroky"),
        help_text=_("Jeden krok na řádek. Když necháte prázdné, ukážou se obecné kroky."),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    kinds = forms.ModelMultipleChoiceField(
        label=_("Druhy pomoci"), queryset=Kind.objects.all(), widget=forms.CheckboxSelectMultiple
    )
    target_groups = forms.ModelMultipleChoiceField(
        label=_("Koho se týká"),
        queryset=TargetGroup.objects.all(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    violence = forms.BooleanField(label=_("Týká se násilí (telefon první a tlačítko rychle odejít)"), required=False)
    active = forms.BooleanField(label=_("Ukazuje se na webu"), required=False)

    def __init__(self, *args: Any, situation: Situation | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if situation is None:
            self.initial = {"active": True}
            return
        self.initial = {
            "title": situation.title,
            "line": situation.line,
            "steps": situation.steps,
            "kinds": situation.kinds.all(),
            "target_groups": situation.target_groups.all(),
            "violence": situation.violence,
            "active": situation.active,
        }


class CrisisLineForm(forms.Form):
    number = forms.CharField(label=_("Číslo"), max_length=20)
    name = forms.CharField(label=_("Název"), max_length=120)
    about = forms.CharField(label=_("S čím pomůže"), max_length=250)
    hours = forms.CharField(
        label=_("Kdy"), help_text=_("Třeba „nonstop“ nebo „po–pá 10–18“."), max_length=120, required=False
    )
    verified_on = forms.DateField(
        label=_("Ověřeno dne"),
        help_text=_("Den, kdy jste si u provozovatele ověřili, že číslo platí."),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    active = forms.BooleanField(label=_("Ukazuje se na webu"), required=False)

    def __init__(self, *args: Any, line: CrisisLine | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if line is None:
            self.initial = {"active": True}
            return
        self.initial = {
            "number": line.number,
            "name": line.name,
            "about": line.line,
            "hours": line.hours,
            "verified_on": line.verified_on,
            "active": line.active,
        }
