"""Single values as registers write them: texts, dates, numbers, company numbers, contacts."""

from __future__ import annotations

import hashlib
import math
import re
import unicodedata
from datetime import date

from words.fold import fold

from ..records import ContactRecord

# Control characters and lone surrogates: no database takes them and no person sees them.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[T ].*)?", re.ASCII)
_CZECH = re.compile(r"(\d{1,2})\. ?(\d{1,2})\. ?(\d{4})", re.ASCII)
_EMAIL = re.compile(r"[^@\s<>\"]+@[^@\s<>\"]+\.[^@\s<>\"]+")
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):(?!\d)", re.IGNORECASE)
# Largest number that a column of both databases holds.
BIGGEST = 2_147_483_647
YEARS = range(1900, 2101)


def text(value: object, limit: int | None = None, *, lines: bool = False) -> str:
    """Whatever stands there as a clean text: one line unless `lines`, at most `limit` characters."""
    if value is None or isinstance(value, bool | dict | list):
        return ""
    if isinstance(value, float):
        if not math.isfinite(value):
            return ""
        value = int(value) if value.is_integer() and abs(value) < 1e15 else value
    elif isinstance(value, int) and abs(value) > 10**18:
        return ""
    clean = _UNPRINTABLE.sub("", unicodedata.normalize("NFC", str(value)))
    clean = "\n".join(" ".join(line.split()) for line in clean.splitlines()).strip()
    clean = clean if lines else " ".join(clean.split())
    return clean[: limit - 1] + "…" if limit is not None and len(clean) > limit else clean


def day(value: object) -> date | None:
    """A date as `2020-01-31`, the same with a time after it, or `31. 1. 2020`.

    Nothing gives None, anything else raises ValueError.
    """
    written = text(value)
    if not written:
        return None
    if found := _ISO.fullmatch(written):
        year, month, of_month = map(int, found.groups())
    elif found := _CZECH.fullmatch(written):
        of_month, month, year = map(int, found.groups())
    else:
        raise ValueError(f"„{written[:40]}“ není datum")
    if year not in YEARS:
        raise ValueError(f"rok {year} není možný")
    return date(year, month, of_month)


def whole(value: object) -> int | None:
    """A whole number from zero up that fits the database. Nothing gives None, anything else ValueError."""
    written = text(value)
    if not written:
        if value is None or value == "":
            return None
        raise ValueError("není číslo")
    digits = written.replace(" ", "")
    if not (digits.isascii() and digits.isdigit()) or len(digits) > 10 or int(digits) > BIGGEST:
        raise ValueError(f"„{written[:40]}“ není celé číslo od nuly")
    return int(digits)


def degrees(value: object) -> float | None:
    """A coordinate, None where it is not a number that could be one."""
    if isinstance(value, str):
        try:
            value = float(value.strip().replace(",", "."))
        except ValueError:
            return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not -180 <= value <= 180:
        return None
    return float(value)


def ico(value: object) -> str:
    """Company number as 8 digits; leading zeros that a spreadsheet lost are given back.

    Nothing gives '', what cannot be one raises ValueError. The check digit is a matter of `ico_checks`.
    """
    digits = re.sub(r"\s", "", text(value))
    if not digits.strip("0"):
        return ""
    if not (digits.isascii() and digits.isdigit()) or len(digits) > 8:
        raise ValueError(f"„{digits[:20]}“ není IČO")
    return digits.zfill(8)


def ico_checks(number: str) -> bool:
    """Whether the last digit fits the first seven (modulo 11)."""
    rest = sum(int(digit) * weight for digit, weight in zip(number, range(8, 1, -1), strict=False)) % 11
    return int(number[7]) == (11 - rest) % 10


def postal_code(value: object) -> str:
    digits = re.sub(r"\s", "", text(value))
    return digits if len(digits) == 5 and digits.isascii() and digits.isdigit() else ""


def street_line(street: str, house: str, orientation: str, *, registration: bool = False) -> str:
    """`Nemocniční 2272/54`, `č. p. 11`, `č. ev. 3`: what one writes on an envelope above the postal code."""
    number = f"{house}/{orientation}" if house and orientation else house or orientation
    if registration and number:
        number = f"č. ev. {number}"
    elif number and not street:
        number = f"č. p. {number}"
    return text(f"{street} {number}", 200)


def contact(channel: str, value: object, note: object = None) -> ContactRecord | None:
    """A contact that can be used: None for an e-mail without @, or an address that a browser must not open."""
    written = text(value, 250)
    if channel == "email":
        written = written.removeprefix("mailto:")
        usable = bool(_EMAIL.fullmatch(written))
    elif channel == "web":
        scheme = _SCHEME.match(written)
        if scheme is None and written:
            written = text(f"http://{written}", 250)
        usable = "." in written and " " not in written
        usable = usable and (scheme is None or scheme[1].lower() in {"http", "https"})
    else:
        usable = sum(c.isdigit() for c in written) >= 3
    return ContactRecord(channel, written, text(note, 200)) if usable else None


def key_of(name: str) -> str:
    """A name as a part of a key: folded, with hyphens, followed by a digest so that no two names meet."""
    folded = re.sub(r"[^a-z0-9]+", "-", fold(name)).strip("-")
    return f"{folded[:20]}-{hashlib.sha256(folded.encode()).hexdigest()[:8]}"


def capitalised(name: str) -> str:
    return name[:1].upper() + name[1:]


def service_name(places: list[str], kind: str) -> str:
    """Name of a service that has none of its own: its facilities' one name, otherwise its kind's."""
    names = list(dict.fromkeys(name for name in places if name))
    return names[0] if len(names) == 1 else capitalised(kind)
