"""A search index as files of the node: made once for a version of the data, mapped into memory by every process.

An engine is arrays and a little around them. The little is pickled; the arrays and the full text lie in files that
the system shares among all who read them, however many workers there are and however often the data change. The
folder is derived data of this node, written by our own process: losing it costs a few seconds.
"""

import hashlib
import mmap
import os
import pickle
import shutil
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

from django.conf import settings

import words

from .engine import Engine

# Buffers begin at multiples of this.
ALIGNED = 64
# The version in use and the one before it, which some process may still be reading in.
KEPT = 2


def folder(version: str) -> Path:
    """Where the index of a version of the data lies: made by other code or from another database, it is another."""
    return settings.VAR / "index" / hashlib.sha256(f"{version} {_code()} {_database()}".encode()).hexdigest()[:24]


def build_beside(version: str) -> Engine:
    """The index of a version, built by a process of its own when no process of this node has built it yet.

    Building needs several times the memory that holding does and leaves it in pieces: the process takes both away.
    """
    place = folder(version)
    if not (place / "engine").exists():
        command = [sys.executable, "-m", "portal.finding.stored", version]
        subprocess.run(command, check=True, cwd=settings.ROOT)  # noqa: S603 - a number and a time of ours
    return read(place)


def write(engine: Engine, place: Path) -> None:
    """Write an engine into a folder, whole or not at all."""
    fresh = place.with_name(f"{place.name}.{os.getpid()}")
    fresh.mkdir(parents=True)
    buffers: list[pickle.PickleBuffer] = []
    engine.keep_text(fresh / "text")
    head = pickle.dumps(engine, protocol=5, buffer_callback=buffers.append)
    with (fresh / "arrays").open("wb") as file:
        for buffer in buffers:
            raw = buffer.raw()
            file.write(raw)
            file.write(bytes(-raw.nbytes % ALIGNED))
    (fresh / "engine").write_bytes(pickle.dumps((head, [buffer.raw().nbytes for buffer in buffers])))
    with suppress(OSError):  # another process was first: its files are as good
        fresh.rename(place)
    shutil.rmtree(fresh, ignore_errors=True)
    _forget(place)


def read(place: Path) -> Engine:
    """The engine of a folder. Its arrays stay in the file."""
    head, sizes = pickle.loads((place / "engine").read_bytes())  # noqa: S301 - written by `write`
    with (place / "arrays").open("rb") as file:
        held = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)) if sum(sizes) else memoryview(b"")
    buffers, start = [], 0
    for size in sizes:
        buffers.append(held[start : start + size])
        start += size + -size % ALIGNED
    engine: Engine = pickle.loads(head, buffers=buffers)  # noqa: S301
    engine.open_text(place / "text")
    return engine


def _forget(newest: Path) -> None:
    """Take away indexes of former versions. Whoever has one mapped keeps it."""
    former = sorted(newest.parent.iterdir(), key=lambda one: one.stat().st_mtime, reverse=True)
    for one in former[KEPT:]:
        if one != newest:
            shutil.rmtree(one, ignore_errors=True)


def _code() -> str:
    """What the code that makes indexes says."""
    made = hashlib.sha256()
    for source in (Path(__file__).parent, Path(words.__file__).parent):
        for path in sorted(source.glob("*.py")):
            made.update(path.read_bytes())
    return made.hexdigest()


def _database() -> str:
    default = settings.DATABASES["default"]
    return " ".join(str(default.get(key, "")) for key in ("ENGINE", "HOST", "PORT", "NAME"))


def main(version: str) -> None:
    import django

    django.setup()
    from . import corpus

    write(corpus.build(), folder(version))


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    main(sys.argv[1])
