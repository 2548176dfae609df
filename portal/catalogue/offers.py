"""What a provider adds to a card, read for the card: exceptions, barriers, vacancies, photos, documents. One query."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from operator import itemgetter
from typing import Any, NamedTuple

from django.conf import settings
from django.db.models import CharField, IntegerField, QuerySet, TextField, Value
from django.db.models.functions import Cast, Concat
from django.utils.translation import gettext as _

from portal.files.models import StoredFile
from words.plural import counted

from . import opening
from .models import Facility, FacilityAccess, OpeningException, Service, ServiceDocument, ServicePhoto, Vacancy


@dataclass(frozen=True, slots=True)
class FreePlaces:
    """What somebody said about vacancies on a day; `stale` when that is too long ago to rely on."""

    amount: int
    unit: str
    form: str
    note: str
    said_on: date
    stale: bool
    text: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A photo or a document of the card: the kept file, and the words for it (its alternative text or its title)."""

    file: StoredFile
    words: str
    sort: str = ""


class Detail(NamedTuple):
    """An answer about access; `norm` is the name of the property in the open formal norm, where it has one."""

    name: str
    norm: str
    answer: bool


@dataclass(slots=True)
class Offer:
    """Of exceptions and details of access by the number of their facility; secret facilities say nothing."""

    special: dict[int, list[opening.SpecialDays]] = field(default_factory=dict)
    details: dict[int, list[Detail]] = field(default_factory=dict)
    vacancies: list[FreePlaces] = field(default_factory=list)
    photos: list[Shown] = field(default_factory=list)
    documents: list[Shown] = field(default_factory=list)


class _Row(NamedTuple):
    """A row of the union: what it is, where it belongs (order or facility), and what its sort needs."""

    what: str
    at: int
    first: str | None
    second: str | None
    third: str | None
    fourth: str | None
    number: int | None
    other: int | None


EMPTY = Value("", TextField())
ZERO = Value(0, IntegerField())


def read(service: Service, today: date) -> Offer:
    """Everything in one query, whatever there is of it."""
    offer = Offer()
    for row in sorted((_Row(*row) for row in _rows(service, today)), key=itemgetter(0, 1)):
        _put(offer, row, today)
    return offer


def _rows(service: Service, today: date) -> Iterable[tuple[Any, ...]]:
    ours: dict[str, Any] = {"service": service}
    at_places: dict[str, Any] = {"facility__service": service, "facility__secret": False}
    unit = Concat("unit__one", Value("|"), "unit__few", Value("|"), "unit__many", output_field=TextField())
    documents, details = ServiceDocument.objects.filter(**ours), FacilityAccess.objects.filter(**at_places)
    special = OpeningException.objects.filter(**at_places, last__gte=today)
    vacancies = Vacancy.objects.filter(**ours)
    photos = ServicePhoto.objects.filter(**ours)
    parts = [
        _part("photo", photos, "order", ["file__key", "file__name", "alt", EMPTY], ["file__width", "file__height"]),
        _part("document", documents, "order", ["file__key", "file__name", "title", "sort"], ["file__size", ZERO]),
        _part("vacancy", vacancies, "pk", ["form__name", unit, "note", "said_on"], ["amount", ZERO]),
        _part("special", special, "facility_id", ["first", "last", "hours", "note"], [ZERO, ZERO]),
        _part("detail", details, "facility_id", ["detail__name", "detail__code", EMPTY, EMPTY], ["answer", ZERO]),
    ]
    return parts[0].union(*parts[1:], all=True).order_by()


def _part(what: str, rows: QuerySet[Any], at: str, texts: list[Any], numbers: list[Any]) -> QuerySet[Any, Any]:
    words = {f"text_{n}": Cast(one, TextField()) for n, one in enumerate(texts)}
    counts = {f"number_{n}": Cast(one, IntegerField()) for n, one in enumerate(numbers)}
    told = rows.order_by().annotate(what=Value(what, CharField()), at=Cast(at, IntegerField()), **words, **counts)
    part: QuerySet[Any, Any] = told.values_list("what", "at", *words, *counts)
    return part


def _put(offer: Offer, row: _Row, today: date) -> None:
    first, second, third, fourth = (text or "" for text in row[2:6])
    if row.what == "photo":
        picture = StoredFile(key=first, name=second, small="small", width=row.number, height=row.other)
        offer.photos.append(Shown(picture, third))
    elif row.what == "document":
        document = StoredFile(key=first, name=second, size=row.number or 0)
        offer.documents.append(Shown(document, third, str(ServiceDocument.Sort(fourth).label)))
    elif row.what == "vacancy":
        offer.vacancies.append(_free_places(row, today))
    elif row.what == "special":
        exception = OpeningException(
            first=date.fromisoformat(first), last=date.fromisoformat(second), hours=json.loads(third), note=fourth
        )
        offer.special.setdefault(row.at, []).append(exception.days)
    else:
        offer.details.setdefault(row.at, []).append(Detail(first, second, bool(row.number)))


def _free_places(row: _Row, today: date) -> FreePlaces:
    form, note, said_on, amount = row.first or "", row.third or "", row.fourth or "", row.number or 0
    one, few, many = (row.second or "||").split("|")
    words = counted(amount, one, few, many) if one else counted(amount, _("místo"), _("místa"), _("míst"))
    text = (_("Volno: %(places)s") % {"places": words}) if amount else _("Teď není volno")
    where = ", ".join(filter(None, (form, note)))
    day = date.fromisoformat(said_on)
    return FreePlaces(
        amount=amount,
        unit=many,
        form=form,
        note=note,
        said_on=day,
        stale=(today - day).days > settings.VACANCY_DAYS,
        text=f"{text} ({where})" if where else text,
    )


def steps(one: Facility) -> list[str]:
    """ "U vchodu žádné schody", "Uvnitř 12 schodů"; unknown is not said."""
    lines = []
    for number, place in ((one.entrance_steps, _("U vchodu")), (one.inside_steps, _("Uvnitř"))):
        if number is not None:
            words = counted(number, _("schod"), _("schody"), _("schodů")) if number else _("žádné schody")
            lines.append(f"{place} {words}")
    return lines


def access_norm(one: Facility, details: list[Detail]) -> dict[str, bool | int]:
    """What is known of access, by names of the open formal norm "bezbariérovost"."""
    ours: dict[str, bool | int | None] = {
        "objekt_vyhrazené_parkování": one.reserved_parking,
        "interiér_výtah": one.lift,
        "vodící_pes": one.guide_dog,
        "vstup_hlavní_schody": one.entrance_steps,
        "interiér_schody": one.inside_steps,
    }
    known = {name: answer for name, answer in ours.items() if answer is not None}
    return known | {said.norm: said.answer for said in details if said.norm}
