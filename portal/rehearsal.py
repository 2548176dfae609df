"""Pages asked before anybody comes, so that forked workers share what the first answer to each makes: templates,
forms, tables of addresses, libraries that load with the first study. Without it every worker makes its own."""

import ctypes
import gc
import io
import logging
import sys
from collections.abc import Callable, Iterable
from typing import Any, ClassVar
from urllib.parse import quote, urlsplit

from django.conf import settings
from django.db import DatabaseError, connections

from portal.finding import index

ADDRESSES = (
    "/",
    "/sluzby/",
    "/sluzby/?q=pomoc&kde=Praha",
    "/mapa/",
    "/obce/",
    "/poskytovatele/",
    "/druhy/",
    "/situace/",
    "/dostupnost/?druh=dps&uzemi=cr",
    "/dostupnost/?druh=dps&uzemi=cr&metoda=e2sfca",
    "/dostupnost/bila-mista/?uzemi=cr",
)
type Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

# Counts of references at which CPython 3.12 and later take an object for immortal, and the one they never change.
LEAST_IMMORTAL, IMMORTAL = 1 << 31, (1 << 32) - 1

log = logging.getLogger(__name__)


def play(application: Application) -> None:
    """Ask every address once; a page that does not answer is no reason not to start."""
    try:
        _ask_all(application)
    finally:
        # A forked process may not share a connection, not even one that only found an empty catalogue.
        connections.close_all()


def _ask_all(application: Application) -> None:
    if not _anything_to_show():
        return
    for address in ADDRESSES:
        try:
            status = ask(application, address)
        except Exception:  # whatever a page breaks on, the first visitor will meet it: it must not stop the start
            log.exception("The rehearsal of %s failed", address)
            continue
        if not status.startswith("200"):
            log.warning("The rehearsal of %s answered %s", address, status)


def settle() -> None:
    """Make what lives now cheap to share: nothing of it is written to any more only because somebody looks at it."""
    gc.collect()
    stop_counting()
    # What lives now lives as long as the process: the collector need not touch it.
    gc.freeze()
    settle_heap()


def ask(application: Application, address: str) -> str:
    """GET the address as a visitor would; its status."""
    site, asked = urlsplit(settings.SITE_URL), urlsplit(address)
    statuses: list[str] = []
    answer = application(
        {
            "REQUEST_METHOD": "GET",
            "PATH_INFO": asked.path,
            "QUERY_STRING": quote(asked.query, safe="=&"),
            "SERVER_NAME": site.hostname or "localhost",
            "SERVER_PORT": str(site.port or (443 if site.scheme == "https" else 80)),
            "HTTP_HOST": site.netloc,
            "REMOTE_ADDR": "127.0.0.1",
            "wsgi.url_scheme": site.scheme,
            "wsgi.input": io.BytesIO(),
            "wsgi.errors": io.StringIO(),
        },
        lambda status, _headers, _problem=None: statuses.append(status),
    )
    for _part in answer:
        pass
    if hasattr(answer, "close"):
        answer.close()
    return statuses[0]


def stop_counting() -> None:
    """Make everything that lives immortal (PEP 683), so that references to it are no longer counted in it.

    A worker that only reads a shared object would write its count of references, and get a copy of the whole page.
    Python offers no call for it; where its immortal objects do not look as we know them, nothing happens.
    """
    count_of = ctypes.c_uint32.from_address  # the lower half, which is the count
    if sys.implementation.name != "cpython" or sys.byteorder != "little" or sys.maxsize < 1 << 32:
        return
    if not getattr(sys, "_is_gil_enabled", lambda: True)() or count_of(id(None)).value < LEAST_IMMORTAL:
        return
    for one in gc.get_objects():
        count_of(id(one)).value = IMMORTAL
        # What the collector knows of has its own turn; texts and numbers are reached only from there.
        waiting = gc.get_referents(one)
        while waiting:
            reached = waiting.pop()
            count = count_of(id(reached))
            if count.value < LEAST_IMMORTAL:
                count.value = IMMORTAL
                if not gc.is_tracked(reached):
                    waiting += gc.get_referents(reached)


class HeapState(ctypes.Structure):
    """What glibc says of its heap (mallinfo2): sizes in bytes."""

    _fields_: ClassVar = [
        (name, ctypes.c_size_t)
        for name in "arena ordblks smblks hblks hblkhd usmblks fsmblks uordblks fordblks keepcost".split()
    ]

    @property
    def holes(self) -> int:
        """Free bytes between what lives, without the free end of the heap."""
        return int(self.fordblks) - int(self.keepcost)


def settle_heap() -> None:
    """Give back what the start no longer needs and fill the holes that are left, where the C library is glibc.

    A worker that puts its first small thing into a hole of a shared page gets a copy of the whole page; with the
    holes filled it starts on pages of its own. Filling takes no memory: the holes lie in pages that are there.
    """
    libc = ctypes.CDLL(None)
    if not hasattr(libc, "mallinfo2"):
        return
    libc.mallinfo2.restype = HeapState
    libc.malloc.restype, libc.malloc.argtypes = ctypes.c_void_p, [ctypes.c_size_t]
    libc.free.argtypes = [ctypes.c_void_p]
    libc.malloc_trim(0)
    for size in (1 << power for power in range(16, 4, -1)):
        while (before := libc.mallinfo2()).holes >= size:
            block = libc.malloc(size)
            if libc.mallinfo2().keepcost < before.keepcost:  # taken from the end: no hole was large enough
                libc.free(block)
                break


def _anything_to_show() -> bool:
    try:
        return len(index.current().entries) > 0
    except DatabaseError:
        return False
