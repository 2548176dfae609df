"""What a register says, in one shape for all its formats. Pure data: no database, no Django.

`None` where a source may say nothing at all (forms, groups, contacts) means "this source does not know" and is
never written; an empty tuple means "the source knows there is none".
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import BinaryIO, Protocol

from .codes import Codes


class Refused(Exception):
    """The whole file cannot be read; the message is for the person who brought it (Czech)."""


class Weight(StrEnum):
    WRONG = "wrong"  # the service was left out
    WARNING = "warning"  # the service was taken, this part of it was not


@dataclass(frozen=True, slots=True)
class Problem:
    """Something in the file that could not be used: where, about what, why (Czech)."""

    weight: Weight
    place: str
    subject: str
    reason: str
    # The service that was left out, where the file tells: it is not taken for vanished.
    source_id: str = ""


@dataclass(frozen=True, slots=True)
class ContactRecord:
    channel: str  # phone | email | web
    value: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class CapacityRecord:
    """Registered maximum; `amount` None is unknown, never zero."""

    unit: str
    amount: int | None
    note: str = ""


@dataclass(frozen=True, slots=True)
class FormRecord:
    form: str
    nonstop: bool | None = None
    hours_note: str = ""
    capacities: tuple[CapacityRecord, ...] = ()


@dataclass(frozen=True, slots=True)
class FacilityRecord:
    """A place; a secret one has dates and nothing else. `municipality` is a code known to the codes, or ''."""

    name: str = ""
    secret: bool = False
    street: str = ""
    postal_code: str = ""
    municipality: str = ""
    municipality_name: str = ""
    address_point: int | None = None
    lat: float | None = None
    lon: float | None = None
    started_on: date | None = None
    ended_on: date | None = None
    source_id: str = ""


@dataclass(frozen=True, slots=True)
class ProviderRecord:
    """`ico` has 8 digits, or is '' where the source has none. Persons are never here."""

    ico: str
    name: str
    legal_form: str = ""
    contacts: tuple[ContactRecord, ...] | None = None


@dataclass(frozen=True, slots=True)
class FirstWords:
    """Our own texts that a table may bring along. They are used when the service is added and never again."""

    plain_text: str = ""
    how_to_get: str = ""
    cost: str = ""
    cost_note: str = ""


@dataclass(frozen=True, slots=True)
class ServiceRecord:
    source_id: str
    place: str
    provider: ProviderRecord
    kind: str
    name: str
    facilities: tuple[FacilityRecord, ...]
    register_number: str = ""
    started_on: date | None = None
    ended_on: date | None = None
    target_note: str = ""
    regions: tuple[str, ...] | None = None
    forms: tuple[FormRecord, ...] | None = None
    target_groups: tuple[str, ...] | None = None
    age_groups: tuple[str, ...] | None = None
    contacts: tuple[ContactRecord, ...] | None = None
    first_words: FirstWords = FirstWords()


type Read = ServiceRecord | Problem


class Reader(Protocol):
    """Reads one format: yields services and problems, raises nothing but `Refused`."""

    def __call__(self, file: BinaryIO, codes: Codes) -> Iterator[Read]: ...
