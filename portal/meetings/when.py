"""Times of meetings as people say them: "úterý 9. 3. 2027 od 9.00 do 11.30"."""

from __future__ import annotations

from datetime import date, datetime

from django.utils import timezone

WEEKDAYS = ("pondělí", "úterý", "středa", "čtvrtek", "pátek", "sobota", "neděle")


def day_in_words(day: date) -> str:
    return f"{WEEKDAYS[day.weekday()]} {day.day}. {day.month}. {day.year}"


def hour(moment: datetime) -> str:
    local = timezone.localtime(moment)
    return f"{local.hour}.{local.minute:02}"


def in_words(starts_at: datetime, ends_at: datetime) -> str:
    first, last = timezone.localdate(starts_at), timezone.localdate(ends_at)
    if first == last:
        return f"{day_in_words(first)} od {hour(starts_at)} do {hour(ends_at)}"
    return f"{day_in_words(first)} od {hour(starts_at)}, {day_in_words(last)} do {hour(ends_at)}"
