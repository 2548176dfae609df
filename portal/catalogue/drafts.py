"""A service as somebody at the desk edits it: one plain value that can be read from the tables, filled by a form,
compared, and written back by `actions.service_save`.

What an import owns (LOCKED) is not edited here for an imported service; its rows of contacts, groups and places stay
outside the draft, except what we say about the access and hours of its places.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field, fields, is_dataclass
from datetime import date, time
from decimal import Decimal
from functools import cache
from types import UnionType
from typing import Any, NamedTuple, get_args, get_origin, get_type_hints

from django.core.serializers.json import DjangoJSONEncoder

from portal.files.models import StoredFile

from .models import (
    AccessGrade,
    CapacityUnit,
    Contact,
    FacilityAccess,
    Form,
    Holidays,
    OpeningException,
    OpeningHours,
    Service,
    ServiceAgeGroup,
    ServiceDocument,
    ServiceTargetGroup,
    Source,
)
from .opening import SpecialDays, Stretch

# Sources that an import overwrites; what people wrote by hand is theirs whole.
IMPORTED = frozenset({Source.NATIONAL, Source.REGIONAL, Source.TABLE})
LOCKED = ("name", "kind", "provider", "ico", "started_on", "target_note", "whole_region", "forms")
YES_NO_ACCESS = ("step_free", "lift", "accessible_toilet", "reserved_parking", "guide_dog")
ACCESS = (*YES_NO_ACCESS, "access_grade", "entrance_steps", "inside_steps", "access_checked_on", "access_note")
ADDRESS = ("name", "secret", "street", "postal_code", "municipality")

_DAYS = ("po", "út", "st", "čt", "pá", "so", "ne")
ACCESS_LABELS = {
    "step_free": "vchod bez schodů",
    "lift": "výtah",
    "accessible_toilet": "bezbariérová toaleta",
    "reserved_parking": "vyhrazené parkování",
    "guide_dog": "vstup s vodicím psem",
}

LABELS = {
    "name": "název",
    "kind": "druh",
    "provider": "poskytovatel",
    "ico": "IČO poskytovatele",
    "started_on": "poskytuje se od",
    "target_note": "upřesnění, komu slouží",
    "whole_region": "působí v celém kraji",
    "forms": "formy",
    "plain_text": "co služba dělá",
    "easy_read": "snadné čtení",
    "how_to_get": "jak ji získat",
    "waiting": "čekací doba",
    "cost": "cena",
    "cost_note": "o ceně",
    "verified_on": "ověřeno",
    "verified_by": "kdo ověřil",
    "target_groups": "pro koho",
    "age_groups": "věk",
    "features": "vlastnosti",
    "municipalities": "obce, kam dojíždí",
    "orps": "ORP, kam dojíždí",
    "contacts": "kontakty",
    "places": "místa a otevírací doba",
    "vacancies": "volná místa",
    "photos": "fotky",
    "documents": "dokumenty",
}


@dataclass(frozen=True, slots=True)
class ContactDraft:
    channel: str
    value: str
    note: str = ""


class AccessAnswer(NamedTuple):
    detail: str
    answer: bool


@dataclass(frozen=True, slots=True)
class PlaceDraft:
    """A facility. `id` is None for a new one, `municipality` is a code. A secret one says nothing else."""

    id: int | None = None
    name: str = ""
    secret: bool = False
    street: str = ""
    postal_code: str = ""
    municipality: str | None = None
    step_free: bool | None = None
    lift: bool | None = None
    accessible_toilet: bool | None = None
    reserved_parking: bool | None = None
    guide_dog: bool | None = None
    access_grade: str = ""
    entrance_steps: int | None = None
    inside_steps: int | None = None
    access_checked_on: date | None = None
    access_note: str = ""
    # Answers about details of the code list: (key, yes or no), those that are known.
    access_details: tuple[AccessAnswer, ...] = ()
    hours: tuple[Stretch, ...] = ()
    holidays: str = ""
    special_days: tuple[SpecialDays, ...] = ()


@dataclass(frozen=True, slots=True)
class VacancyDraft:
    """Free places as somebody said them: `form` and `unit` are keys or empty, `said_by` stays off the card."""

    amount: int
    form: str = ""
    unit: str = ""
    said_on: date | None = None
    said_by: str = ""
    note: str = ""

    @property
    def said(self) -> tuple[int, str, str, str]:
        """What was said, without when and by whom."""
        return self.amount, self.form, self.unit, self.note


@dataclass(frozen=True, slots=True)
class PhotoDraft:
    """`file` is the key of a kept picture."""

    file: str
    alt: str


@dataclass(frozen=True, slots=True)
class DocumentDraft:
    """`file` is the key of a kept document."""

    file: str
    title: str
    sort: str = str(ServiceDocument.Sort.OTHER)


@dataclass(frozen=True, slots=True)
class Draft:
    """Keys of code lists and official codes stand for the rows they name."""

    name: str = ""
    kind: str = ""
    provider: str = ""
    ico: str = ""
    started_on: date | None = None
    target_note: str = ""
    whole_region: str | None = None
    forms: tuple[str, ...] = ()
    plain_text: str = ""
    easy_read: str = ""
    how_to_get: str = ""
    waiting: str = ""
    cost: str = ""
    cost_note: str = ""
    verified_on: date | None = None
    verified_by: str = ""
    target_groups: tuple[str, ...] = ()
    age_groups: tuple[str, ...] = ()
    features: tuple[str, ...] = ()
    municipalities: tuple[str, ...] = ()
    orps: tuple[str, ...] = ()
    contacts: tuple[ContactDraft, ...] = ()
    places: tuple[PlaceDraft, ...] = field(default=())
    vacancies: tuple[VacancyDraft, ...] = ()
    # In the order in which the card shows them.
    photos: tuple[PhotoDraft, ...] = ()
    documents: tuple[DocumentDraft, ...] = ()

    @property
    def files(self) -> set[str]:
        """Keys of the kept files that the draft points to."""
        return {one.file for one in self.photos} | {one.file for one in self.documents}

    @property
    def fingerprint(self) -> str:
        """Two drafts that say the same have the same; sent with the form to notice that somebody saved meanwhile."""
        text = json.dumps(asdict(self), cls=DjangoJSONEncoder, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:32]


def is_imported(service: Service | None) -> bool:
    return service is not None and service.source in IMPORTED


def read(service: Service) -> Draft:
    """The draft of what is stored now."""
    own = {"source": Source.LOCAL} if is_imported(service) else {}
    groups = ServiceTargetGroup.objects.filter(service=service, **own).values_list("target_group__key", flat=True)
    ages = ServiceAgeGroup.objects.filter(service=service, **own).values_list("age_group__key", flat=True)
    contacts = service.contacts.filter(**own)
    return Draft(
        name=service.name,
        kind=service.kind.key,
        provider=service.provider.name,
        ico=service.provider.ico or "",
        started_on=service.started_on,
        target_note=service.target_note,
        whole_region=service.whole_region_id,
        forms=tuple(sorted(service.forms.values_list("form__key", flat=True))),
        plain_text=service.plain_text,
        easy_read=service.easy_read,
        how_to_get=service.how_to_get,
        waiting=service.waiting,
        cost=service.cost,
        cost_note=service.cost_note,
        verified_on=service.verified_on,
        verified_by=service.verified_by,
        target_groups=tuple(sorted(groups)),
        age_groups=tuple(sorted(ages)),
        features=tuple(sorted(service.features.values_list("key", flat=True))),
        municipalities=tuple(sorted(service.served_municipalities.values_list("code", flat=True))),
        orps=tuple(sorted(service.served_orps.values_list("code", flat=True))),
        contacts=tuple(_contact(row) for row in contacts.order_by("order", "id")),
        places=_places(service),
        vacancies=tuple(
            VacancyDraft(
                amount=row.amount,
                form=row.form.key if row.form else "",
                unit=row.unit.key if row.unit else "",
                said_on=row.said_on,
                said_by=row.said_by,
                note=row.note,
            )
            for row in service.vacancies.select_related("form", "unit").order_by("pk")
        ),
        photos=tuple(PhotoDraft(key, alt) for key, alt in service.photos.values_list("file__key", "alt")),
        documents=tuple(
            DocumentDraft(key, title, sort)
            for key, title, sort in service.documents.values_list("file__key", "title", "sort")
        ),
    )


def _contact(row: Contact) -> ContactDraft:
    return ContactDraft(row.channel, row.value, row.note)


def _places(service: Service) -> tuple[PlaceDraft, ...]:
    hours: dict[int, list[Stretch]] = {}
    for row in OpeningHours.objects.filter(facility__service=service).order_by("weekday", "opens"):
        hours.setdefault(row.facility_id, []).append(Stretch(row.weekday, row.opens, row.closes, row.note))
    special: dict[int, list[SpecialDays]] = {}
    for odd in OpeningException.objects.filter(facility__service=service).order_by("first", "last", "pk"):
        special.setdefault(odd.facility_id, []).append(odd.days)
    details: dict[int, list[AccessAnswer]] = {}
    answers = FacilityAccess.objects.filter(facility__service=service).order_by("detail__key")
    for facility, detail, answer in answers.values_list("facility_id", "detail__key", "answer"):
        details.setdefault(facility, []).append(AccessAnswer(detail, answer))
    return tuple(
        PlaceDraft(id=row.pk, secret=True)
        if row.secret
        else PlaceDraft(
            id=row.pk,
            **{name: getattr(row, name) for name in ("name", "street", "postal_code", "holidays", *ACCESS)},
            municipality=row.municipality_id,
            access_details=tuple(details.get(row.pk, ())),
            hours=tuple(hours.get(row.pk, ())),
            special_days=tuple(sorted(special.get(row.pk, ()))),
        )
        for row in service.facilities.filter(vanished_at=None).order_by("id")
    )


def changed(before: Draft, after: Draft) -> list[str]:
    """Names of the fields in which two drafts differ."""
    return [one.name for one in fields(Draft) if getattr(before, one.name) != getattr(after, one.name)]


def secret_places(*of: Draft) -> set[int | None]:
    """Places that are secret in any of the drafts: what was public before must not be told after."""
    return {place.id for draft in of for place in draft.places if place.secret}


def told(draft: Draft, names: list[str], secret: set[int | None]) -> dict[str, Any]:
    """Some fields of a draft for the journal; of the `secret` places nothing but their being secret."""
    values = asdict(draft)
    values["places"] = [
        {"id": one["id"], "secret": True} if one["secret"] or one["id"] in secret else one for one in values["places"]
    ]
    return {name: values[name] for name in names}


def differences(stored: Draft, typed: Draft) -> list[tuple[str, str, str]]:
    """For a person: (label, what is stored now, what was typed), a row for each field that differs."""
    words = _Words(stored, typed)
    return [
        (LABELS[name], words.of(getattr(stored, name)), words.of(getattr(typed, name)))
        for name in changed(stored, typed)
    ]


class _Words:
    """Values of drafts as people read them. Keys of lists become their names: two queries for all of them."""

    def __init__(self, *of: Draft) -> None:
        free = [one for draft in of for one in draft.vacancies]
        files = {key for draft in of for key in draft.files}
        self.forms = dict(Form.objects.values_list("key", "name")) if free else {}
        self.units = dict(CapacityUnit.objects.values_list("key", "many")) if free else {}
        self.files = dict(StoredFile.objects.filter(key__in=files).values_list("key", "name")) if files else {}

    def of(self, value: Any) -> str:
        if isinstance(value, tuple):
            return "; ".join(self._row(one) for one in value) or "nic"
        if isinstance(value, date):
            return day_text(value)
        return str(value) if value not in (None, "") else "nic"

    def _row(self, row: Any) -> str:
        if isinstance(row, ContactDraft):
            return row.value
        if isinstance(row, PlaceDraft):
            return _place_words(row)
        if isinstance(row, VacancyDraft):
            parts = (self.forms.get(row.form, row.form), str(row.amount), self.units.get(row.unit, row.unit), row.note)
            said = f"({day_text(row.said_on)})" if row.said_on else ""
            return " ".join(filter(None, (*parts, said)))
        if isinstance(row, PhotoDraft):
            return row.alt
        if isinstance(row, DocumentDraft):
            return f"{row.title} ({ServiceDocument.Sort(row.sort).label}, {self.files.get(row.file, 'soubor')})"
        return str(row)


def day_text(day: date) -> str:
    return f"{day.day}. {day.month}. {day.year}"


def _place_words(row: PlaceDraft) -> str:
    """A place told whole, so that a change of its hours or barriers is seen."""
    if row.secret:
        return "utajené místo"
    parts = [" ".join(filter(None, (row.name, row.street))) or "místo bez názvu"]
    parts += [f"{_DAYS[one.weekday - 1]} {one.opens:%H.%M}–{one.closes:%H.%M}" for one in row.hours]
    parts += [special_text(one) for one in row.special_days]
    if row.holidays:
        parts.append(f"o svátcích {Holidays(row.holidays).label}")
    known = [(ACCESS_LABELS[name], getattr(row, name)) for name in YES_NO_ACCESS]
    parts += [f"{label}: {'ano' if answer else 'ne'}" for label, answer in known if answer is not None]
    parts += [f"{one.detail}: {'ano' if one.answer else 'ne'}" for one in row.access_details]
    if row.access_grade:
        parts.append(AccessGrade(row.access_grade).label)
    steps = ((row.entrance_steps, "schodů u vchodu"), (row.inside_steps, "schodů uvnitř"))
    parts += [f"{label}: {number}" for number, label in steps if number is not None]
    if row.access_note:
        parts.append(row.access_note)
    return ", ".join(parts)


def special_text(days: SpecialDays) -> str:
    """ "24. 12. 2026 – 1. 1. 2027 zavřeno (Vánoce)", as the form reads it back."""
    when = day_text(days.first) if days.first == days.last else f"{day_text(days.first)} – {day_text(days.last)}"
    hours = ", ".join(f"{clock_text(opens)}–{clock_text(closes, end=True)}" for opens, closes in days.hours)
    return f"{when} {hours or 'zavřeno'}" + (f" ({days.note})" if days.note else "")


def clock_text(moment: time, *, end: bool = False) -> str:
    """ "8.00"; midnight at the end of a day is 24.00."""
    return "24.00" if end and moment == time(0) else f"{moment.hour}.{moment.minute:02}"


# --- drafts laid aside -----------------------------------------------------------------------------------------


def to_json(draft: Draft) -> dict[str, Any]:
    """The draft as JSON can hold it; `from_json` reads it back to an equal one."""
    plain: dict[str, Any] = json.loads(json.dumps(asdict(draft), cls=DjangoJSONEncoder))
    return plain


def from_json(plain: dict[str, Any]) -> Draft:
    """A draft laid aside before a field was added (or taken away) is read too: what it does not say is left empty."""
    return read_as(Draft, plain)


def read_as[Shape](shape: type[Shape], plain: dict[str, Any]) -> Shape:
    """A dataclass of plain fields back from what JSON held of it."""
    return shape(**_fields_from(shape, plain))


def _fields_from(shape: type, plain: dict[str, Any]) -> dict[str, Any]:
    hints = _hints(shape)
    return {name: _value_from(hints[name], value) for name, value in plain.items() if name in hints}


@cache
def _hints(shape: type) -> dict[str, Any]:
    return get_type_hints(shape)


def _value_from(hint: Any, value: Any) -> Any:  # noqa: PLR0911 - one for each type
    """One value of the type that the field declares: dates and times from ISO text, tuples and rows from lists."""
    if value is None:
        return None
    if isinstance(hint, UnionType):
        hint = next(one for one in get_args(hint) if one is not type(None))
    if get_origin(hint) is tuple:
        return tuple(_value_from(get_args(hint)[0], one) for one in value)
    if hint in (date, time):
        return hint.fromisoformat(value)
    if hint is Decimal:
        return Decimal(value)
    if isinstance(hint, type) and is_dataclass(hint):
        return hint(**_fields_from(hint, value))
    if isinstance(hint, type) and issubclass(hint, tuple):  # a named tuple
        return hint(*(_value_from(one, part) for one, part in zip(_hints(hint).values(), value, strict=False)))
    return value
