from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from django import forms

from .things import THINGS
from .verbs import SENTENCES, words


@dataclass(frozen=True, slots=True)
class Asked:
    """Which deeds to list; an empty value asks for nothing."""

    who: str = ""
    did: str = ""
    sort: str = ""
    text: str = ""
    first: date | None = None
    last: date | None = None

    def __bool__(self) -> bool:
        return any(self.as_arguments().values())

    def as_arguments(self) -> dict[str, Any]:
        return {one.name: getattr(self, one.name) for one in fields(self)}


def _verbs() -> list[tuple[str, str]]:
    return [("", "všechno"), *sorted(((verb, words(verb)) for verb in SENTENCES), key=lambda pair: pair[1])]


def _sorts() -> list[tuple[str, str]]:
    return [("", "všechny"), *sorted(((key, one.word) for key, one in THINGS.items()), key=lambda pair: pair[1])]


def _day(label: str) -> forms.DateField:
    return forms.DateField(label=label, required=False, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))


class JournalFilter(forms.Form):
    """What of the journal to list; anything unknown in the address is passed over."""

    kdo = forms.CharField(label="Kdo", required=False, max_length=200)
    co = forms.ChoiceField(label="Co udělal", choices=_verbs, required=False)
    druh = forms.ChoiceField(label="Druh věci", choices=_sorts, required=False)
    q = forms.CharField(label="Název věci", required=False, max_length=200)
    od = _day("Od")
    do = _day("Do")

    def asked(self) -> Asked:
        self.is_valid()
        known: dict[str, Any] = self.cleaned_data
        return Asked(
            who=known.get("kdo", ""),
            did=known.get("co", ""),
            sort=known.get("druh", ""),
            text=known.get("q", ""),
            first=known.get("od"),
            last=known.get("do"),
        )
