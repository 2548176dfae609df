"""What a table is made of: columns, the sorts of what stands in their cells, and rows as texts.

Everything that goes through a table is text: what is exported, what is compared, what is kept of a change so that it
can be undone. A sort knows the one spelling of a value (`show`) and how to read what people type (`clean`):
`clean(show(value)) == value`.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from portal.catalogue.desk_forms import MunicipalitiesField, OrpsField, written_as
from portal.catalogue.hours import HoursField, hours_text
from portal.catalogue.opening import Stretch
from portal.territory.models import Orp
from words.fold import fold

# What separates several values in one cell.
JOINED = "; "


class Sort:
    """A text of one line."""

    lines = False
    options: tuple[str, ...] = ()
    many = False
    number = False

    def __init__(self, limit: int = 250, *, required: bool = False) -> None:
        self.limit, self.required = limit, required

    def clean(self, text: str) -> Any:
        """The value; ValidationError in Czech where the text makes no sense."""
        text = self._trimmed(text)
        if self.required and not text:
            raise ValidationError("Tady nesmí být prázdno.")
        if len(text) > self.limit:
            raise ValidationError(f"Text má {len(text)} znaků, vejde se nejvýš {self.limit}.")
        return text

    def _trimmed(self, text: str) -> str:
        return " ".join(text.split())

    def show(self, value: Any) -> str:
        return "" if value is None else str(value)

    def canonical(self, text: str) -> str:
        return self.show(self.clean(text))


class Lines(Sort):
    """A text of more lines."""

    lines = True

    def _trimmed(self, text: str) -> str:
        return "\n".join(line.rstrip() for line in text.splitlines()).strip()


class Number(Sort):
    number = True

    def clean(self, text: str) -> int | None:
        digits = "".join(text.split())
        if not digits:
            return None
        if not re.fullmatch(r"-?\d{1,12}", digits, re.ASCII):
            raise ValidationError(f"„{text[:40]}“ není celé číslo.")
        return int(digits)


class Digits(Sort):
    """A number that is a name (IČO, PSČ): so many digits, the leading noughts that spreadsheets eat put back."""

    def __init__(self, length: int, word: str) -> None:
        super().__init__(length)
        self.length, self.word = length, word

    def clean(self, text: str) -> str:
        digits = "".join(text.split()).removesuffix(".0")
        if not digits:
            return ""
        if not re.fullmatch(rf"\d{{1,{self.length}}}", digits, re.ASCII):
            raise ValidationError(f"{self.word} má {self.length} číslic, tady je „{text[:40]}“.")
        return digits.zfill(self.length)


class Day(Sort):
    def clean(self, text: str) -> date | None:
        text = text.strip()
        if not text:
            return None
        squeezed = re.sub(r"\s+", "", text.removesuffix(" 00:00:00"))
        for pattern in ("%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y"):
            try:
                return datetime.strptime(squeezed, pattern).date()
            except ValueError:
                continue
        raise ValidationError(f"„{text[:40]}“ není datum. Pište ho třeba 31. 12. 2026.")

    def show(self, value: date | None) -> str:
        return f"{value.day}. {value.month}. {value.year}" if value else ""


class OneOf(Sort):
    """One name of a list; `pairs` are (key, name). No key is no answer."""

    def __init__(self, pairs: Iterable[tuple[Any, str]], *, required: bool = False) -> None:
        super().__init__(required=required)
        self.names = {key: name.replace(";", ",") for key, name in pairs}
        self.keys = {_known_as(name): key for key, name in self.names.items()}
        self.keys |= {_known_as(str(key)): key for key in self.names if key not in ("", None)}
        self.options = tuple(self.names.values())

    def clean(self, text: str) -> Any:
        if not text.strip():
            if self.required:
                raise ValidationError("Tady nesmí být prázdno.")
            return self.keys.get("", "")
        return self._key(text)

    def _key(self, text: str) -> Any:
        known = _known_as(text)
        if known not in self.keys:
            offered = ", ".join(name for name in self.options[:8] if name)
            raise ValidationError(f"„{text.strip()[:60]}“ v číselníku není. Můžete napsat třeba: {offered}.")
        return self.keys[known]

    def show(self, value: Any) -> str:
        return self.names.get(value, "")


class ManyOf(OneOf):
    """Several names, each once, in the order of the list; the value is the sorted keys."""

    many = True

    def clean(self, text: str) -> tuple[Any, ...]:
        parts = (part for part in re.split(r"[;\n]", text) if part.strip())
        return tuple(sorted({self._key(part) for part in parts}))

    def show(self, value: Iterable[Any]) -> str:
        chosen = set(value)
        return JOINED.join(name for key, name in self.names.items() if key in chosen)


def yes_no(*, unknown: bool = False) -> OneOf:
    pairs: list[tuple[Any, str]] = [(True, "ano"), (False, "ne")]
    return OneOf([(None, ""), *pairs] if unknown else pairs, required=not unknown)


class Contacts(Sort):
    """Telephones, e-mails or webs, each with a note in parentheses; the value is pairs (contact, note)."""

    def __init__(self, channel: str) -> None:
        super().__init__()
        self.channel = channel

    def clean(self, text: str) -> tuple[tuple[str, str], ...]:
        parts = [" ".join(part.split()) for part in re.split(r"[;\n]", text) if part.strip()]
        if len(parts) > 20:
            raise ValidationError("Víc než 20 kontaktů se na kartu nevejde.")
        return tuple(dict.fromkeys(self._contact(part) for part in parts))

    def _contact(self, part: str) -> tuple[str, str]:
        match = re.fullmatch(r"(.*?\S)\s*\((.*)\)", part)
        value, note = (match[1], match[2].strip()) if match else (part, "")
        if len(value) > 250 or len(note) > 200:
            raise ValidationError(f"„{part[:40]}…“ je na kontakt příliš dlouhé.")
        if self.channel == "phone" and sum(sign.isdigit() for sign in value) < 3:
            raise ValidationError(f"„{value}“ nevypadá jako telefonní číslo.")
        if self.channel == "email":
            try:
                validate_email(value)
            except ValidationError:
                raise ValidationError(f"„{value}“ nevypadá jako e-mail.") from None
        if self.channel == "web" and ("." not in value or " " in value):
            raise ValidationError(f"„{value}“ nevypadá jako adresa stránek.")
        return value, note

    def show(self, value: Iterable[tuple[str, str]]) -> str:
        return JOINED.join(f"{contact} ({note})" if note else contact for contact, note in value)


class FromField(Sort):
    """What a field of a form reads; `show` is the writing that it reads back."""

    def __init__(self, of: forms.Field, show: Callable[[Any], str], *, lines: bool = False) -> None:
        super().__init__()
        self.field, self.as_text, self.lines = of, show, lines

    def clean(self, text: str) -> Any:
        return self.field.clean(text)

    def show(self, value: Any) -> str:
        return self.as_text(value)


class Towns(FromField):
    """Codes of municipalities. Their names are read once for all rows of a page (`learn`)."""

    def __init__(self) -> None:
        super().__init__(MunicipalitiesField(required=False), self._names)
        self.known: dict[str, str] = {}

    def learn(self, codes: Iterable[str]) -> None:
        missing = set(codes) - self.known.keys()
        if missing:
            self.known |= written_as(missing)

    def _names(self, codes: Iterable[str]) -> str:
        self.learn(codes)
        return JOINED.join(sorted(self.known[code] for code in codes))


class Town(Towns):
    """One municipality, or none."""

    def clean(self, text: str) -> Any:
        codes = super().clean(text)
        if len(codes) > 1:
            raise ValidationError("Sem patří jen jedna obec.")
        return codes


class Orps(FromField):
    def __init__(self) -> None:
        names = dict(Orp.objects.values_list("code", "name"))
        super().__init__(OrpsField(required=False), lambda codes: JOINED.join(sorted(names[code] for code in codes)))


class Hours(FromField):
    """Opening hours of one day; the value is stretches (opens, closes, note)."""

    def __init__(self) -> None:
        field = HoursField(required=False, max_length=300)
        super().__init__(field, lambda hours: hours_text(Stretch(1, *one) for one in hours))


def _known_as(name: str) -> str:
    return re.sub(r"[\W_]+", " ", fold(name)).strip()


@dataclass(frozen=True, slots=True)
class Column:
    """`key` names the column in our code, `heading` in files and on pages: neither ever changes."""

    key: str
    heading: str
    sort: Sort = field(default_factory=Sort)
    help: str = ""
    locked: bool = False
    width: int = 18
    # Closed in rows that there are, open in new ones.
    only_new: bool = False
    # Stands in the keyboard table until a person chooses columns.
    usual: bool = False

    @property
    def written(self) -> str:
        """Whether a file may change it, for those who fill one in."""
        return "jen v novém řádku" if self.only_new else "ne" if self.locked else "ano"


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a table as it is stored now: a text for each key of a column."""

    number: str
    title: str
    cells: dict[str, str]
    # Keys of columns that are closed in this row only (the register gave them).
    locked: frozenset[str] = frozenset()
    url: str = ""

    @property
    def fingerprint(self) -> str:
        text = json.dumps(self.cells, sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()[:24]


def by_heading(columns: Sequence[Column]) -> dict[str, Column]:
    """Columns by what stands in the header of a file, whatever its capitals, marks and spaces."""
    return {_known_as(column.heading): column for column in columns}


def known_heading(text: str) -> str:
    return _known_as(text)
