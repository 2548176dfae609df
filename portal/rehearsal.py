"""Pages asked before anybody comes, so that forked workers share what the first answer to each makes: templates,
forms, tables of addresses, libraries that load with the first study. Without it every worker makes its own."""

import ctypes
import gc
import io
import logging
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

log = logging.getLogger(__name__)


def play(application: Application) -> None:
    """Ask every address once; a page that does not answer is no reason not to start."""
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
    # A forked process may not share a connection.
    connections.close_all()
    gc.collect()
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
