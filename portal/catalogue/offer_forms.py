"""Rows of the form of a service for what its provider adds: days out of the ordinary, vacancies, photos, documents."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from datetime import date, time
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.text import slugify

from portal.files.models import StoredFile

from .drafts import DocumentDraft, PhotoDraft, VacancyDraft, special_text
from .hours import read_stretch
from .models import ServiceDocument
from .opening import SpecialDays

MOST_PHOTOS, MOST_DOCUMENTS, MOST_VACANCIES = 12, 20, 20
_DAY = r"(\d{1,2})\.\s*(\d{1,2})\.(?:\s*(\d{4}))?"
_SPECIAL = re.compile(rf"{_DAY}(?:\s*[-–—]\s*{_DAY})?\s*:?\s*(.*?)(?:\s*\(([^()]*)\))?", re.ASCII | re.DOTALL)
_CLOSED = {"zavreno", "zavreny", "zavrena"}


# --- days out of the ordinary --------------------------------------------------------------------------------


class SpecialDaysField(forms.CharField):
    """A line for each: "24. 12. 2026 – 1. 1. 2027 zavřeno (Vánoce)", "23. 12. 2026 8.00–12.00"."""

    widget = forms.Textarea

    def clean(self, value: Any) -> tuple[SpecialDays, ...]:
        lines = [line.strip() for line in str(super().clean(value)).splitlines() if line.strip()]
        if len(lines) > 60:
            raise ValidationError("Výjimek je moc. Nechte jen ty, které teprve přijdou.")
        return tuple(sorted(_special_days(line) for line in lines))


def special_days_text(days: Iterable[SpecialDays]) -> str:
    """What SpecialDaysField reads back."""
    return "\n".join(special_text(one) for one in days)


def _special_days(line: str) -> SpecialDays:
    found = _SPECIAL.fullmatch(line)
    if found is None or not found[7] or not (found[3] or found[6]):
        raise ValidationError(
            f"Řádku „{line[:60]}“ nerozumíme. Pište třeba 24. 12. 2026 – 1. 1. 2027 zavřeno (Vánoce), "
            "nebo 23. 12. 2026 8.00–12.00."
        )
    day, month, year, last_day, last_month, last_year, hours, note = found.groups()
    try:
        last = date(int(last_year or year), int(last_month or month), int(last_day or day))
        # "24. 12. – 1. 1. 2027" began the year before.
        turn = int(not year and int(month) > last.month)
        first = date(int(year or last.year) - turn, int(month), int(day))
    except ValueError as fault:
        raise ValidationError(f"Den v řádku „{line[:60]}“ v kalendáři není.") from fault
    if last < first:
        raise ValidationError(f"V řádku „{line[:60]}“ je konec před začátkem.")
    return SpecialDays(first, last, _hours(hours), (note or "").strip()[:200])


def _hours(text: str) -> tuple[tuple[time, time], ...]:
    if slugify(text) in _CLOSED:
        return ()
    parts = [part for part in re.split(r"[,;]", text) if part.strip()]
    return tuple(sorted(read_stretch(part)[:2] for part in parts))


# --- vacancies -----------------------------------------------------------------------------------------------


class VacancyForm(forms.Form):
    amount = forms.IntegerField(
        label="Volných míst",
        min_value=0,
        max_value=2000,
        required=False,
        error_messages={"invalid": "Napište počet volných míst jako číslo, třeba 0 nebo 3."},
    )
    form = forms.ChoiceField(label="Forma", required=False)
    unit = forms.ChoiceField(label="Čeho", required=False)
    said_on = forms.DateField(
        label="Platí ke dni", required=False, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )
    note = forms.CharField(label="Pro koho", max_length=200, required=False)

    def __init__(
        self, *args: Any, form_keys: list[tuple[str, str]], unit_keys: list[tuple[str, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["form"].choices = [("", "všechny"), *form_keys]  # type: ignore[attr-defined]
        self.fields["unit"].choices = [("", "míst"), *unit_keys]  # type: ignore[attr-defined]

    def clean_said_on(self) -> date | None:
        day: date | None = self.cleaned_data["said_on"]
        if day is not None and day > timezone.localdate():
            raise ValidationError("Volná místa se říkají ke dni, který už nastal.")
        return day

    def vacancy(self, stored: VacancyDraft | None, person: Any) -> VacancyDraft | None:
        """The row; one that says what it said keeps its day and author, a changed one is of today and of the
        person who typed it. None for a row without a number."""
        said = self.cleaned_data
        if said.get("amount") is None or said.get("DELETE"):
            return None
        what = (said["amount"], said["form"], said["unit"], said["note"].strip())
        if stored is not None and stored.said == what and said["said_on"] in (None, stored.said_on):
            return stored
        kept_day = stored is not None and said["said_on"] == stored.said_on
        day = timezone.localdate() if kept_day or said["said_on"] is None else said["said_on"]
        author = str(person)[:150] if person is not None else ""
        return VacancyDraft(what[0], what[1], what[2], said_on=day, said_by=author, note=what[3])


VacancyRows = forms.formset_factory(VacancyForm, extra=1, can_delete=True, max_num=MOST_VACANCIES, validate_max=True)


# --- photos and documents --------------------------------------------------------------------------------------


class FileForm(forms.Form):
    """A row with a kept file (its key) or one just sent. `known` are keys that this page may use; `fault` is what
    was wrong with the one just sent."""

    sort: str
    file = forms.CharField(required=False, widget=forms.HiddenInput, max_length=30)

    def __init__(
        self, *args: Any, known: Collection[str] = (), faults: dict[str, list[str]], person: Any = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.known, self.person = known, person
        self.faults = faults.get(str(self.prefix), [])

    @property
    def kept(self) -> StoredFile | None:
        """The file of the row, to show it."""
        key = str(self["file"].value() or "")
        return self._found(key) if key else None

    def _found(self, key: str) -> StoredFile | None:
        row = StoredFile.objects.filter(key=key, sort=self.sort).first()
        mine = row is not None and self.person is not None and row.uploaded_by_id == self.person.pk
        return row if key in self.known or mine else None

    def clean_file(self) -> str:
        """A key that somebody made up, or saw on another card, opens nothing here."""
        key = str(self.cleaned_data["file"])
        if key and self._found(key) is None:
            raise ValidationError("Tenhle soubor už nemáme. Nahrajte ho prosím znovu.")
        return key

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for fault in self.faults:
            self.add_error("upload", fault)
        return cleaned


class PhotoForm(FileForm):
    sort = StoredFile.Sort.IMAGE
    upload = forms.FileField(
        label="Fotka", required=False, widget=forms.FileInput({"accept": "image/jpeg,image/png,image/webp"})
    )
    alt = forms.CharField(
        label="Co je na fotce",
        max_length=250,
        required=False,
        help_text="Pro toho, kdo ji nevidí. Třeba: vchod z ulice, dva schody a zábradlí.",
    )
    order = forms.IntegerField(label="Pořadí", required=False, min_value=0, max_value=100)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("file") and not cleaned.get("DELETE") and not cleaned.get("alt", "").strip():
            self.add_error("alt", "Napište, co je na fotce. Jinak se o ní člověk, který nevidí, nic nedozví.")
        return cleaned


class DocumentForm(FileForm):
    sort = StoredFile.Sort.DOCUMENT
    upload = forms.FileField(
        label="Soubor", required=False, widget=forms.FileInput({"accept": ".pdf,.docx,.xlsx,.odt,.ods"})
    )
    kind = forms.ChoiceField(label="Co to je", choices=ServiceDocument.Sort.choices, required=False)
    title = forms.CharField(label="Název", max_length=200, required=False)

    def clean(self) -> dict[str, Any]:
        """A document without a title is called by what it is."""
        cleaned = super().clean()
        cleaned["kind"] = cleaned.get("kind") or str(ServiceDocument.Sort.OTHER)
        cleaned["title"] = cleaned.get("title", "").strip() or ServiceDocument.Sort(cleaned["kind"]).label.capitalize()
        return cleaned


PhotoRows = forms.formset_factory(PhotoForm, extra=1, can_delete=True, max_num=MOST_PHOTOS, validate_max=True)
DocumentRows = forms.formset_factory(DocumentForm, extra=1, can_delete=True, max_num=MOST_DOCUMENTS, validate_max=True)


def photos_of(rows: Iterable[Any]) -> tuple[PhotoDraft, ...]:
    """Rows with a file, by their numbers; rows without a number stay behind those, as they came."""
    said = _said(rows)
    said.sort(key=lambda one: one["order"] if one.get("order") is not None else 1000)
    return tuple(PhotoDraft(one["file"], one["alt"].strip()) for one in said)


def documents_of(rows: Iterable[Any]) -> tuple[DocumentDraft, ...]:
    return tuple(DocumentDraft(one["file"], one["title"], one["kind"]) for one in _said(rows))


def _said(rows: Iterable[Any]) -> list[dict[str, Any]]:
    """What rows say that are not to be deleted and have a file; the same file comes once."""
    said = [row.cleaned_data for row in rows if row.cleaned_data.get("file") and not row.cleaned_data.get("DELETE")]
    return list({one["file"]: one for one in said}.values())
