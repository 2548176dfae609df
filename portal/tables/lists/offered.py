"""What a provider adds to a card beside its words, as columns: the one place with its hours and barriers, vacancies."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone

from portal.catalogue.drafts import ACCESS, ACCESS_LABELS, YES_NO_ACCESS, AccessAnswer, PlaceDraft, VacancyDraft
from portal.catalogue.models import (
    AccessDetail,
    AccessGrade,
    CapacityUnit,
    Facility,
    Form,
    Holidays,
    Service,
)
from portal.catalogue.offer_forms import MOST_VACANCIES, SpecialDaysField, special_days_text
from portal.catalogue.opening import WEEKDAYS, Stretch

from ..columns import JOINED, Column, Day, FromField, Hours, Lines, Number, OneOf, Sort, yes_no

DAYS = tuple(f"hours_{day}" for day in range(1, 8))
# Columns of the place that nobody gives us but ourselves, whoever gave its address.
PLACE = ("access_note", *DAYS, "holidays", "special_days", *YES_NO_ACCESS, "access_grade", "entrance_steps",
         "inside_steps", "access_checked_on", "access_details")  # fmt: skip
ONE_PLACE = "U služby s víc místy nebo s utajenou adresou se mění na kartě."


# --- sorts ---------------------------------------------------------------------------------------------------


class Count(Number):
    """A number from nought to `most`, or nothing."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self.most = most

    def clean(self, text: str) -> int | None:
        number = super().clean(text)
        if number is not None and not 0 <= number <= self.most:
            raise ValidationError(f"Sem patří číslo od 0 do {self.most}.")
        return number


class Answers(OneOf):
    """Answers about details of access: "signální pruh: ano; plošina: ne". What is not named is not known."""

    many = True

    def clean(self, text: str) -> tuple[AccessAnswer, ...]:
        parts = [part.strip() for part in re.split(r"[;\n]", text) if part.strip()]
        return tuple(sorted({answer.detail: answer for answer in map(self._answer, parts)}.values()))

    def _answer(self, part: str) -> AccessAnswer:
        name, _, answer = part.rpartition(":")
        said = answer.strip().casefold()
        if not name or said not in ("ano", "ne"):
            raise ValidationError(f"U „{part[:60]}“ napište za dvojtečku ano, nebo ne.")
        return AccessAnswer(self._key(name), said == "ano")

    def show(self, value: Iterable[AccessAnswer]) -> str:
        known = dict(value)
        return JOINED.join(
            f"{name}: {'ano' if known[key] else 'ne'}" for key, name in self.names.items() if key in known
        )


class FreePlaces(Lines):
    """Vacancies, one a line: "pobytová: 2 lůžek, jen muži (15. 11. 2026)". The value is drafts without an author; a
    line without a day says what holds today."""

    _LINE = re.compile(r"(?:(?P<form>[^:\d]+):)?\s*(?P<amount>\d{1,4})\b\s*(?P<rest>.*?)\s*(?:\((?P<day>[\d.\s]+)\))?")

    def __init__(self) -> None:
        super().__init__(3000)
        self.forms = OneOf([("", ""), *Form.objects.values_list("key", "name")])
        self.units = dict(CapacityUnit.objects.values_list("key", "many"))

    def clean(self, text: str) -> tuple[VacancyDraft, ...]:
        lines = [line for line in super().clean(text).splitlines() if line.strip()]
        if len(lines) > MOST_VACANCIES:
            raise ValidationError(f"Víc než {MOST_VACANCIES} řádků s volnými místy se na kartu nevejde.")
        return tuple(self._vacancy(line.strip()) for line in lines)

    def _vacancy(self, line: str) -> VacancyDraft:
        found = self._LINE.fullmatch(line)
        if found is None:
            raise ValidationError(f"Řádku „{line[:60]}“ nerozumíme. Pište třeba pobytová: 2 lůžek (15. 11. 2026).")
        amount, day = int(found["amount"]), Day().clean(found["day"] or "")
        if amount > 2000:
            raise ValidationError("Volných míst může být nejvýš 2 000.")
        if day is not None and day > timezone.localdate():
            raise ValidationError("Volná místa se říkají ke dni, který už nastal.")
        unit, note = self._unit(found["rest"])
        if len(note) > 200:
            raise ValidationError(f"Poznámka „{note[:40]}…“ je příliš dlouhá.")
        return VacancyDraft(amount, self.forms.clean(found["form"] or ""), unit, day, note=note)

    def _unit(self, rest: str) -> tuple[str, str]:
        """The unit that the words begin with, the longest one, and what is left of them."""
        named = [(len(name), key) for key, name in self.units.items() if rest.casefold().startswith(name.casefold())]
        length, unit = max(named, default=(0, ""))
        return unit, rest[length:].strip().removeprefix(",").strip()

    def show(self, value: Iterable[VacancyDraft]) -> str:
        return "\n".join(map(self._line, value))

    def _line(self, one: VacancyDraft) -> str:
        form = f"{self.forms.show(one.form)}: " if one.form else ""
        said = " ".join(filter(None, (str(one.amount), self.units.get(one.unit, ""))))
        note = f", {one.note}" if one.note else ""
        day = f" ({Day().show(one.said_on)})" if one.said_on else ""
        return form + said + note + day


# --- columns -------------------------------------------------------------------------------------------------


def place_columns() -> tuple[Column, ...]:
    weekdays = zip(DAYS, WEEKDAYS, strict=True)
    grades = [("", ""), *((key, str(name)) for key, name in AccessGrade.choices)]
    holidays = [("", ""), *((key, str(name)) for key, name in Holidays.choices)]
    special = FromField(SpecialDaysField(required=False), special_days_text, lines=True)
    return (
        Column("access_note", "jak se tam dostat", Sort(300), ONE_PLACE, width=24),
        *(Column(key, str(day), Hours(), f"Třeba 8.00–12.00, 13.00–15.30. {ONE_PLACE}") for key, day in weekdays),
        Column("holidays", "o svátcích", OneOf(holidays), f"Zavřeno, nebo jako jindy. {ONE_PLACE}"),
        Column(
            "special_days",
            "výjimky z otevírací doby",
            special,
            f"Jedna na řádek, třeba 24. 12. 2026 – 1. 1. 2027 zavřeno (Vánoce). {ONE_PLACE}",
            width=40,
        ),
        *(Column(key, ACCESS_LABELS[key], yes_no(unknown=True), f"Ano, ne, nebo prázdno. {ONE_PLACE}")
          for key in YES_NO_ACCESS),
        Column("access_grade", "pro lidi na vozíku", OneOf(grades), ONE_PLACE, width=24),
        Column("entrance_steps", "schodů u vchodu", Count(200), ONE_PLACE),
        Column("inside_steps", "schodů uvnitř", Count(500), ONE_PLACE),
        Column("access_checked_on", "bariéry zjištěny", Day(), f"Kdy jste to zjišťovali. {ONE_PLACE}"),
        Column(
            "access_details",
            "podrobnosti o bariérách",
            Answers(AccessDetail.objects.values_list("key", "name")),
            f"Název a za dvojtečkou ano, nebo ne; víc oddělte středníkem. {ONE_PLACE}",
            width=40,
        ),
    )  # fmt: skip


def vacancy_column() -> Column:
    about = "Jeden údaj na řádek: forma, počet a den, třeba „pobytová: 2 lůžek (15. 11. 2026)“. Bez dne platí dnešek."
    return Column("vacancies", "volná místa", FreePlaces(), about, width=34)


# --- reading and writing -------------------------------------------------------------------------------------


def place_values(place: Facility) -> dict[str, Any]:
    """Values of the columns above; `place` comes with its hours, exceptions and details loaded, or is new."""
    hours: dict[str, list[tuple[Any, Any, str]]] = {key: [] for key in DAYS}
    for one in place.hours.all() if place.pk else ():
        hours[DAYS[one.weekday - 1]].append((one.opens, one.closes, one.note))
    odd = sorted(one.days for one in place.exceptions.all()) if place.pk else []
    details = [AccessAnswer(one.detail.key, one.answer) for one in place.access_details.all()] if place.pk else []
    plain = {name: getattr(place, name) for name in ("holidays", *ACCESS)}
    return {**plain, **hours, "special_days": odd, "access_details": details}


def with_place(place: PlaceDraft, said: dict[str, Any]) -> PlaceDraft:
    """The place with typed values of the columns above put in."""
    values = {key: value for key, value in said.items() if key in PLACE and key not in DAYS}
    days = {DAYS.index(key) + 1: value for key, value in said.items() if key in DAYS}
    kept = [one for one in place.hours if one.weekday not in days]
    typed = [Stretch(day, *one) for day, hours in days.items() for one in hours]
    return replace(place, **values, hours=tuple(sorted([*kept, *typed])))


def vacancy_values(row: Service) -> list[VacancyDraft]:
    """From vacancies loaded with their forms and units."""
    return [
        VacancyDraft(
            one.amount, one.form.key if one.form else "", one.unit.key if one.unit else "", one.said_on, note=one.note
        )
        for one in row.vacancies.all()
    ]


def with_vacancies(
    stored: Iterable[VacancyDraft], typed: Iterable[VacancyDraft], person: Any
) -> tuple[VacancyDraft, ...]:
    """What is said as it was keeps its day and author; what changed is said by the person, today unless the line
    has a day of its own."""
    before = {(one.form, one.unit, one.note): one for one in stored}
    return tuple(_said(before.get((one.form, one.unit, one.note)), one, person) for one in typed)


def _said(former: VacancyDraft | None, typed: VacancyDraft, person: Any) -> VacancyDraft:
    day: date | None = typed.said_on
    if former is not None and former.said == typed.said and day in (None, former.said_on):
        return former
    if day is None or (former is not None and day == former.said_on):
        day = timezone.localdate()
    return replace(typed, said_on=day, said_by=str(person)[:150])
