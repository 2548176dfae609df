"""The form of the network on view: what its list is called, of which day it is, what stands in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from django import forms
from django.forms.boundfield import BoundWidget
from django.utils import timezone

from portal.groups.forms import VersionedForm, day

from . import network
from .models import Consultation
from .network import Choice
from .settling_forms import Line


@dataclass(frozen=True, slots=True)
class OfKind:
    """Services of one kind to tick out; `ticked` are some of them already."""

    name: str
    services: list[BoundWidget]
    ticked: bool


class NetworkForm(VersionedForm):
    title = Line(label="Nadpis seznamu", max_length=200, required=False)
    as_of = day("Stav ke dni")
    kinds = forms.MultipleChoiceField(
        label="Jen některé druhy",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Když nevyberete žádný, budou v seznamu všechny.",
    )
    left_out = forms.TypedMultipleChoiceField(
        label="Které služby vynechat", required=False, coerce=int, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, data: Any = None, *, consultation: Consultation) -> None:
        choice, today = network.read(consultation.network or network.ALL), timezone.localdate()
        initial = {
            "seen": consultation.version,
            "title": choice.title or network.usual_title(consultation),
            "as_of": choice.as_of,
            "kinds": list(choice.kinds),
            "left_out": list(choice.left_out),
        }
        super().__init__(data, initial=initial)
        self.usual = network.usual_title(consultation)
        rows = network.offered(consultation, network.day_of(choice, today)).select_related("kind", "provider")
        self.services = list(rows.order_by("kind__order", "kind__name", "kind_id", "name", "provider__name", "pk"))
        kinds = dict.fromkeys((one.kind.key, one.kind.name) for one in self.services)
        self._choices("kinds", list(kinds))
        self._choices("left_out", [(one.pk, f"{one.name} ({one.provider.name})") for one in self.services])
        self.fields["as_of"].help_text = "Když den nevyplníte, bude to den vyhlášení."

    def _choices(self, name: str, choices: list[tuple[Any, str]]) -> None:
        field: Any = self.fields[name]
        # What was chosen and is offered no longer is simply gone, nobody has to untick it.
        known = {key for key, _ in choices}
        self.initial[name] = [one for one in self.initial[name] if one in known]
        field.choices = choices

    def by_kind(self) -> list[OfKind]:
        """Services to tick out as the page lists them."""
        widgets = iter(self["left_out"].subwidgets)
        made = []
        for kind, group in groupby(self.services, key=lambda one: one.kind):
            own = [next(widgets) for _ in group]
            made.append(OfKind(kind.name, own, any(one.data["selected"] for one in own)))
        return made

    def clean_as_of(self) -> date | None:
        said: date | None = self.cleaned_data["as_of"]
        if said is not None and said < timezone.localdate() and "as_of" in self.changed_data:
            raise forms.ValidationError("Katalog zná jen to, co platí teď. Vyberte dnešek, nebo pozdější den.")
        return said

    def wanted(self) -> dict[str, Any]:
        """As `Consultation.network` keeps it."""
        said = self.cleaned_data
        title = "" if said["title"] == self.usual else said["title"]
        return Choice(title, said["as_of"], tuple(said["kinds"]), tuple(said["left_out"])).kept()
