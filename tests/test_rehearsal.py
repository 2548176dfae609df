"""Pages asked before anybody comes."""

import os
import subprocess
import sys

import pytest
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from portal import rehearsal
from portal.catalogue.actions import touch
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _one_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    """The database of a test lives in its connection."""
    monkeypatch.setattr(connections, "close_all", lambda: None)
    monkeypatch.setattr("django.db.close_old_connections", lambda **_: None)
    monkeypatch.setattr(settings, "SITE_URL", "http://testserver")


def test_every_address_of_the_rehearsal_answers_and_nothing_is_written(caplog: pytest.LogCaptureFixture) -> None:
    make.service("Domácí pomoc", at=make.municipality("Praha", people=1000), kind=make.kind("dps"))
    touch()
    with CaptureQueriesContext(connection) as queries:
        rehearsal.play(get_wsgi_application())
    assert "rehearsal" not in caplog.text
    assert [one["sql"] for one in queries if one["sql"].startswith(("INSERT", "UPDATE", "DELETE"))] == []
    assert len(queries) > len(rehearsal.ADDRESSES)


def test_an_empty_catalogue_has_nothing_to_rehearse() -> None:
    def application(*_: object) -> list[bytes]:
        raise AssertionError("asked")

    rehearsal.play(application)


def test_workers_get_no_connection_even_where_there_is_nothing_to_rehearse(monkeypatch: pytest.MonkeyPatch) -> None:
    closed: list[bool] = []
    monkeypatch.setattr(connections, "close_all", lambda: closed.append(True))
    rehearsal.play(lambda *_: [])
    assert closed == [True]


def test_a_page_that_breaks_does_not_stop_the_start(caplog: pytest.LogCaptureFixture) -> None:
    make.service("Domácí pomoc")
    touch()

    def application(*_: object) -> list[bytes]:
        raise ValueError("no manifest")

    rehearsal.play(application)
    assert caplog.text.count("The rehearsal of") == len(rehearsal.ADDRESSES)


def run(program: str) -> list[int]:
    """Numbers that the program prints in a process of its own."""
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings"}
    done = subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True, cwd=settings.ROOT
    )
    return [int(one) for one in done.stdout.split()]


def test_a_settled_heap_has_no_holes_to_speak_of() -> None:
    program = (
        "import ctypes, django; django.setup()\n"
        "from portal.rehearsal import HeapState, settle_heap\n"
        "kept = [bytes(2000) for _ in range(2000)]; del kept[::2]\n"
        "libc = ctypes.CDLL(None)\n"
        "if hasattr(libc, 'mallinfo2'):\n"
        "    libc.mallinfo2.restype = HeapState\n"
        "    before = libc.mallinfo2().holes; settle_heap(); print(before, libc.mallinfo2().holes)\n"
        "else: print(1000000, 0)\n"
    )
    before, after = run(program)
    assert before > 1_000_000
    assert after < before / 10


READS = """
import gc, os, re
import django; django.setup()
from portal import rehearsal
kept = {str(number): [f"text {number}", (number + 0.5,)] for number in range(200_000)}
if %s: rehearsal.settle()
else: gc.collect(); gc.freeze()
out, into = os.pipe()
def own():
    return int(re.search(r"Private_Dirty:\\s+(\\d+)", open("/proc/self/smaps_rollup").read())[1])
if not os.fork():
    before = own()
    met = sum(len(many[0]) + many[1][0] for many in kept.values())
    os.write(into, str(own() - before).encode())
    os._exit(0)
os.wait()
print(int(os.read(out, 20)))
"""


@pytest.mark.skipif(sys.version_info < (3, 12), reason="objects of this Python are never immortal")
def test_a_worker_that_only_reads_copies_next_to_nothing() -> None:
    (counted,), (settled,) = run(READS % False), run(READS % True)  # KiB
    assert counted > 20_000
    assert settled < counted / 10


def test_what_is_immortal_stays_whole() -> None:
    program = (
        "import gc, django; django.setup()\n"
        "from portal import rehearsal\n"
        "kept = [{'a': ['b', 1000.5]}, 'řeka ' * 3]; kept.append(kept)\n"
        "rehearsal.settle(); rehearsal.settle()\n"
        "kept[0]['a'].append('c'); kept[0]['a'] = kept[0]['a'][1:]; kept[1] += 'x'\n"
        "for _ in range(1000): held = list(kept); del held\n"
        "gc.collect()\n"
        "print(len(kept[0]['a']), len(kept[1]), int(kept[0]['a'][0]))\n"
    )
    assert run(program) == [2, 16, 1000]
