"""The search of this process: built from the tables, held in memory, renewed when the version of the data changes.

The index is derived data and every node makes its own: in a web process it is built by a process of its own into
files that all workers share (`stored`), and a stale index keeps answering meanwhile; tests and commands build
theirs in memory and wait for it.
"""

import logging
import threading
from datetime import datetime
from weakref import WeakKeyDictionary

from django.db import DatabaseError, connection

from portal.catalogue.models import DataVersion

from . import corpus, stored
from .engine import Engine

# Number of the data and when it came to be; the time tells apart databases that count from one again.
type Version = tuple[int, datetime | None]

log = logging.getLogger(__name__)
_lock = threading.Lock()
_held: tuple[Version, Engine] | None = None
_building = threading.Event()
_versions: WeakKeyDictionary[Engine, str] = WeakKeyDictionary()
_in_background = False


def renew_in_background() -> None:
    """Called by a web process when it starts: from now on visitors never wait for an index to be renewed.

    The first index is read at once, before a server forks its workers, so that they share its memory. A database
    that is not there yet is no reason not to start.
    """
    global _in_background  # noqa: PLW0603
    _in_background = True
    try:
        current()
    except DatabaseError as problem:
        log.warning("The search index will be built with the first question: %s", problem)
    finally:
        connection.close()


def current() -> Engine:
    """The search over the current data. One query when nothing has changed."""
    wanted = DataVersion.objects.now()
    held = _held
    if held is not None and held[0] == wanted and wanted[1] is not None:
        return held[1]
    if held is not None and _in_background:
        _renew_beside()
        return held[1]
    return _renew(wanted)


def version(engine: Engine) -> str:
    """The version of the data an engine was built from, short enough for an address."""
    return _versions.get(engine, "0")


def _renew(wanted: Version) -> Engine:
    """Build and hold. The version is read before the tables: a change in the middle makes the index stale again."""
    global _held  # noqa: PLW0603
    with _lock:
        if _held is not None and _held[0] == wanted and wanted[1] is not None:
            return _held[1]
        engine = stored.build_beside(f"{wanted[0]} {wanted[1]}") if _in_background else corpus.build()
        _versions[engine] = str(wanted[0])
        _held = (wanted, engine)
        return engine


def _renew_beside() -> None:
    """Build in a thread, one at a time."""
    if _building.is_set():
        return
    _building.set()

    def build() -> None:
        try:
            _renew(DataVersion.objects.now())
        finally:
            _building.clear()
            connection.close()

    threading.Thread(target=build, name="search-index", daemon=True).start()
