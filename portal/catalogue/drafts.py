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
from functools import cache
from types import UnionType
from typing import Any, get_args, get_origin, get_type_hints

from django.core.serializers.json import DjangoJSONEncoder

from .models import Contact, Facility, OpeningHours, Service, ServiceAgeGroup, ServiceTargetGroup, Source
from .opening import Stretch

# Sources that an import overwrites; what people wrote by hand is theirs whole.
IMPORTED = frozenset({Source.NATIONAL, Source.REGIONAL, Source.TABLE})
LOCKED = ("name", "kind", "provider", "ico", "started_on", "target_note", "whole_region", "forms")
ACCESS = ("step_free", "lift", "accessible_toilet", "reserved_parking", "guide_dog", "access_note")
ADDRESS = ("name", "secret", "street", "postal_code", "municipality")

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
}


@dataclass(frozen=True, slots=True)
class ContactDraft:
    channel: str
    value: str
    note: str = ""


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
    access_note: str = ""
    hours: tuple[Stretch, ...] = ()


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
    )


def _contact(row: Contact) -> ContactDraft:
    return ContactDraft(row.channel, row.value, row.note)


def _places(service: Service) -> tuple[PlaceDraft, ...]:
    hours: dict[int, list[Stretch]] = {}
    for row in OpeningHours.objects.filter(facility__service=service).order_by("weekday", "opens"):
        hours.setdefault(row.facility_id, []).append(Stretch(row.weekday, row.opens, row.closes, row.note))
    return tuple(
        _place(row, tuple(hours.get(row.pk, ()))) for row in service.facilities.filter(vanished_at=None).order_by("id")
    )


def _place(row: Facility, hours: tuple[Stretch, ...]) -> PlaceDraft:
    if row.secret:
        return PlaceDraft(id=row.pk, secret=True)
    return PlaceDraft(
        id=row.pk,
        name=row.name,
        secret=row.secret,
        street=row.street,
        postal_code=row.postal_code,
        municipality=row.municipality_id,
        step_free=row.step_free,
        lift=row.lift,
        accessible_toilet=row.accessible_toilet,
        reserved_parking=row.reserved_parking,
        guide_dog=row.guide_dog,
        access_note=row.access_note,
        hours=hours,
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
    return [
        (LABELS[name], _words(getattr(stored, name)), _words(getattr(typed, name))) for name in changed(stored, typed)
    ]


def _words(value: Any) -> str:
    if isinstance(value, tuple):
        return "; ".join(_words_of_row(one) for one in value) or "nic"
    if isinstance(value, date):
        return f"{value.day}. {value.month}. {value.year}"
    return str(value) if value not in (None, "") else "nic"


def _words_of_row(row: Any) -> str:
    if isinstance(row, ContactDraft):
        return row.value
    if isinstance(row, PlaceDraft):
        return "utajené místo" if row.secret else " ".join(filter(None, (row.name, row.street))) or "místo bez názvu"
    return str(row)


# --- drafts laid aside -----------------------------------------------------------------------------------------


def to_json(draft: Draft) -> dict[str, Any]:
    """The draft as JSON can hold it; `from_json` reads it back to an equal one."""
    plain: dict[str, Any] = json.loads(json.dumps(asdict(draft), cls=DjangoJSONEncoder))
    return plain


def from_json(plain: dict[str, Any]) -> Draft:
    """A draft laid aside before a field was added (or taken away) is read too: what it does not say is left empty."""
    return Draft(**_fields_from(Draft, plain))


def _fields_from(shape: type, plain: dict[str, Any]) -> dict[str, Any]:
    hints = _hints(shape)
    return {name: _value_from(hints[name], value) for name, value in plain.items() if name in hints}


@cache
def _hints(shape: type) -> dict[str, Any]:
    return get_type_hints(shape)


def _value_from(hint: Any, value: Any) -> Any:
    """One value of the type that the field declares: dates and times from ISO text, tuples and rows from lists."""
    if value is None:
        return None
    if isinstance(hint, UnionType):
        hint = next(one for one in get_args(hint) if one is not type(None))
    if get_origin(hint) is tuple:
        return tuple(_value_from(get_args(hint)[0], one) for one in value)
    if hint in (date, time):
        return hint.fromisoformat(value)
    if is_dataclass(hint):
        return hint(**_fields_from(hint, value))
    if isinstance(hint, type) and issubclass(hint, tuple):  # a named tuple
        return hint(*(_value_from(one, part) for one, part in zip(_hints(hint).values(), value, strict=False)))
    return value
