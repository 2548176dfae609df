"""What workers do by themselves: every day at a time, or every so many seconds.

    CLOCK = {"portal.mail.actions.forget": "03:40", "portal.mail.post.deliver": "5s"}

Each function takes no argument and bears being run again. Every worker keeps the clock; a row in the database says
who took which due time, so that each is done at most once however many workers there are. A daily run missed while
no worker lived is caught up once; of missed seconds nothing is caught up.
"""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.db import DatabaseError, IntegrityError, close_old_connections, connections, transaction
from django.utils import timezone
from django.utils.module_loading import import_string

from .models import Tick

logger = logging.getLogger("portal.jobs")


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of CLOCK: a function by its dotted path, and its time of day or number of seconds."""

    name: str
    daily: time | None = None
    seconds: int = 0

    def last_due(self, now: datetime) -> datetime:
        """The latest due time that is not after `now`. Times of day are local; one that the spring change of clocks
        skips is due an hour later."""
        if self.daily is None:
            stamp = int(now.timestamp())
            return datetime.fromtimestamp(stamp - stamp % self.seconds, tz=now.tzinfo)
        local = timezone.localtime(now)
        today = self._on(local)
        return today if today <= now else self._on(local - timedelta(days=1))

    def next_due(self, now: datetime) -> datetime:
        """The first due time after `now`."""
        if self.daily is None:
            return self.last_due(now) + timedelta(seconds=self.seconds)
        local = timezone.localtime(now)
        today = self._on(local)
        return today if today > now else self._on(local + timedelta(days=1))

    def _on(self, day: datetime) -> datetime:
        assert self.daily is not None  # noqa: S101 - asked by the two above
        return timezone.make_aware(datetime.combine(day.date(), self.daily))


def entries() -> list[Entry]:
    return [read_entry(name, when) for name, when in settings.CLOCK.items()]


def read_entry(name: str, when: str) -> Entry:
    """`"05:10"` or `"60s"`; anything else is a ValueError."""
    if when.endswith("s") and when[:-1].isdigit() and int(when[:-1]) > 0:
        return Entry(name, seconds=int(when[:-1]))
    try:
        return Entry(name, daily=time.fromisoformat(when))
    except ValueError as problem:
        raise ValueError(f"CLOCK: {name} is due at {when!r}; write a time as 05:10 or seconds as 60s.") from problem


# --- doing ---------------------------------------------------------------------------------------------------


def run_due(entry: Entry, now: datetime | None = None) -> bool:
    """Do what is due, unless it is done already or somebody else is at it. True when this call did it."""
    due = entry.last_due(now or timezone.now())
    if not _claim(entry, due):
        return False
    error = ""
    try:
        import_string(entry.name)()
    except Exception as problem:
        logger.exception("The clock: %s failed", entry.name)
        error = f"{type(problem).__name__}: {problem}"[:500]
    with transaction.atomic():
        ended: dict[str, Any] = {"finished_at": timezone.now(), "error": error}
        if error:
            ended["failed_at"] = ended["finished_at"]
        Tick.objects.filter(name=entry.name, due_at=due).update(**ended)
    return True


def _claim(entry: Entry, due: datetime) -> bool:
    row = Tick.objects.filter(name=entry.name).first()
    if row is None:
        return _first(entry, due)
    if row.due_at >= due:
        return False
    return bool(
        Tick.objects.filter(name=entry.name, due_at=row.due_at).update(
            due_at=due, started_at=timezone.now(), finished_at=None
        )
    )


def _first(entry: Entry, due: datetime) -> bool:
    """Seen for the first time: seconds begin at once, a daily run waits for its time and is not caught up."""
    begins = entry.daily is None
    try:
        with transaction.atomic():
            Tick.objects.create(name=entry.name, due_at=due, started_at=timezone.now() if begins else None)
    except IntegrityError:  # another worker was quicker
        return False
    return begins


def run_all_due() -> list[str]:
    """Do everything that is due now; names of what was done."""
    return [entry.name for entry in entries() if run_due(entry)]


# --- in the worker -------------------------------------------------------------------------------------------


def start() -> None:
    """Keep the clock as long as this process lives: a thread for each entry, so that a slow one delays no other."""
    for entry in entries():
        threading.Thread(target=_keep, args=(entry,), name=f"clock {entry.name}", daemon=True).start()


def _keep(entry: Entry) -> None:
    pause = threading.Event()
    while True:
        try:
            run_due(entry)
        except DatabaseError as problem:  # busy or away; the next due time comes soon enough
            logger.info("The clock could not do %s: %s", entry.name, problem)
        finally:
            # Between two runs of a daily entry a connection would only be in the way.
            connections.close_all() if entry.daily else close_old_connections()
        # A minute at most: a computer that slept wakes up to the right time.
        wait = (entry.next_due(timezone.now()) - timezone.now()).total_seconds()
        pause.wait(max(0.1, min(wait, 60.0)))
