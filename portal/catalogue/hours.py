"""Hours as officials type them: "8.00–12.00, 13.00–15.30", "8-12", "celý den"."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import time
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import slugify

from .opening import Stretch

_STRETCH = re.compile(r"(\d{1,2})(?:[.:](\d{2}))?\s*[-–—]\s*(\d{1,2})(?:[.:](\d{2}))?(?:\s*\(([^()]*)\))?", re.ASCII)


class HoursField(forms.CharField):
    """One day: "8.00–12.00, 13.00–15.30", "8-12", "celý den", a note in parentheses; nothing = closed or unknown."""

    def clean(self, value: Any) -> list[tuple[time, time, str]]:
        text = str(super().clean(value)).strip()
        return [read_stretch(part) for part in re.split(r"[,;](?![^(]*\))", text) if part.strip()]


def read_stretch(part: str) -> tuple[time, time, str]:
    """(opens, closes, note); 0.00 as the end is midnight at the end of the day."""
    if slugify(part) in {"cely-den", "nonstop", "nepretrzite"}:
        return time(0), time(0), ""
    found = _STRETCH.fullmatch(part.strip())
    if found is None:
        raise ValidationError(f"Času „{part.strip()[:40]}“ nerozumíme. Pište třeba 8.00–12.00, 13.00–15.30.")
    opens_hour, opens_minute, closes_hour, closes_minute, note = found.groups()
    opens = _clock(opens_hour, opens_minute, part)
    return opens, _clock(closes_hour, closes_minute, part), (note or "").strip()[:200]


def _clock(hour: str, minute: str | None, part: str) -> time:
    """24.00 is midnight at the end of the day, which the database writes as 0.00."""
    hours, minutes = int(hour), int(minute or 0)
    if (hours, minutes) == (24, 0):
        return time(0)
    if hours > 23 or minutes > 59:
        raise ValidationError(f"Čas „{part.strip()[:40]}“ na hodinách není.")
    return time(hours, minutes)


def hours_text(stretches: Iterable[Stretch]) -> str:
    """What HoursField reads back."""
    return ", ".join(_stretch_text(one) for one in stretches)


def _stretch_text(one: Stretch) -> str:
    if one.opens == one.closes == time(0) and not one.note:
        return "celý den"
    closes = "24.00" if one.closes == time(0) else f"{one.closes.hour}.{one.closes.minute:02}"
    text = f"{one.opens.hour}.{one.opens.minute:02}–{closes}"
    return f"{text} ({one.note})" if one.note else text
