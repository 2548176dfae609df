"""The index of texts: built from the tables, lying on the disk of the node, opened by every process.

It is derived data, as the search of services is (portal/finding/stored.py): a folder for a state of the data, built
by a process of its own, mapped by all who read it, so that a worker holds next to nothing. The state is told by the
journal: whatever changes a public text writes a deed. While a newer index is being built the older one answers, and
what the journal tells of since then is left out of its answers.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from textwrap import wrap

import tantivy
from django.conf import settings
from django.db import connection
from django.db.models import Max
from django.utils import timezone

import words
from portal.audit.models import Deed
from portal.documents.models import DocumentVersion
from words.stems import stems

from . import texts

# Letters of one passage; a hit shows the passage where the words stand.
PASSAGE = 900
# The index in use and the one before it, which some process may still be opening.
KEPT = 2
# More deeds than this since the index was built: it is too old to answer.
MOST_DEEDS = 200
MOST_PASSAGES = 3000
TITLE_BOOST = 3.0
# From this length on a word that nobody wrote is read as one with a typing error.
REPAIRED_FROM = 5
_END = re.compile(r"(?<=[.!?…])\s+|\n+")

type Address = tantivy.DocAddress


@dataclass(frozen=True, slots=True)
class State:
    """Of the public texts: the last deed about them, when the last inside of a document was read, and the hour,
    because planned things come out by themselves."""

    deed: int
    done_at: datetime | None
    read_at: datetime | None
    hour: datetime

    def __str__(self) -> str:
        return f"{self.deed} {self.done_at} {self.read_at} {self.hour:%Y-%m-%d %H}"


@dataclass(frozen=True, slots=True)
class Found:
    """A thing with its best passage."""

    key: str
    pk: int
    address: Address


@dataclass(frozen=True, slots=True)
class Passage:
    """What is stored of a passage."""

    title: str
    url: str
    line: str
    text: str


class TextIndex:
    """An index opened for reading."""

    def __init__(self, index: tantivy.Index, state: State) -> None:
        index.reload()
        self.state = state
        self._schema = index.schema
        self._searcher = index.searcher()

    def search(self, asked: Sequence[str], *, all_of_them: bool = True) -> list[Found]:
        """Things in which the stems are, each once, the best first."""
        occurs = tantivy.Occur.Must if all_of_them else tantivy.Occur.Should
        query = tantivy.Query.boolean_query([(occurs, self._about(one)) for one in asked])
        hits = self._searcher.search(query, limit=MOST_PASSAGES, count=False).hits
        addresses = [address for _, address in hits]
        if not addresses:
            return []
        best: dict[tuple[int, int], Address] = {}
        for sort, number, address in zip(
            self._numbers("sort", addresses), self._numbers("pk", addresses), addresses, strict=True
        ):
            best.setdefault((sort, number), address)
        return [Found(texts.KEYS[sort], number, address) for (sort, number), address in best.items()]

    def _numbers(self, field: str, addresses: list[Address]) -> list[int]:
        return [int(one or 0) for one in self._searcher.fast_field_values(field, addresses)]

    def _about(self, asked: str) -> tantivy.Query:
        def term(field: str) -> tantivy.Query:
            if known or len(asked) < REPAIRED_FROM:
                return tantivy.Query.term_query(self._schema, field, asked, "freq")
            return tantivy.Query.fuzzy_term_query(self._schema, field, asked, 1, True, False)

        known = any(self._searcher.doc_freq(field, asked) for field in ("title", "body"))
        title = tantivy.Query.boost_query(term("title"), TITLE_BOOST)
        return tantivy.Query.boolean_query([(tantivy.Occur.Should, title), (tantivy.Occur.Should, term("body"))])

    def passage(self, found: Found) -> Passage:
        kept = self._searcher.doc(found.address)
        return Passage(*(str(kept.get_first(name) or "") for name in ("name", "url", "line", "text")))


# --- building ----------------------------------------------------------------------------------------------------


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    for name in ("title", "body"):
        builder.add_text_field(name, tokenizer_name="whitespace", index_option="freq")
    for name in ("sort", "pk"):
        builder.add_integer_field(name, stored=False, indexed=False, fast=True)
    for name in ("name", "url", "line", "text"):
        builder.add_text_field(name, stored=True, tokenizer_name="raw", index_option="basic")
    return builder.build()


def passages(body: str) -> Iterator[str]:
    """The text in pieces of about PASSAGE letters, cut between sentences; at least one, maybe empty."""
    piece = ""
    for part in (line for sentence in _END.split(body) for line in wrap(sentence, PASSAGE)):
        if piece and len(piece) + len(part) >= PASSAGE:
            yield piece
            piece = ""
        piece = f"{piece} {part}".strip()
    yield piece


def fill(index: tantivy.Index) -> None:
    """Write all public texts into an empty index."""
    writer = index.writer(heap_size=15_000_000, num_threads=1)
    for sort, source in enumerate(texts.SOURCES.values()):
        for one in source.texts():
            title = " ".join(stems(f"{one.title} {one.line}"))
            for piece in passages(one.body):
                document = tantivy.Document()
                document.add_text("title", title)
                document.add_text("body", " ".join(stems(piece)))
                document.add_integer("sort", sort)
                document.add_integer("pk", one.pk)
                for name, value in (("name", one.title), ("url", one.url), ("line", one.line), ("text", piece)):
                    document.add_text(name, value)
                writer.add_document(document)
    writer.commit()
    writer.wait_merging_threads()


def folder(state: str) -> Path:
    """Where the index of a state lies; made by other code or from another database, it is another."""
    made = hashlib.sha256(f"{state} {settings.DATABASES['default'].get('NAME', '')}".encode())
    for source in (*sorted(Path(words.__file__).parent.glob("*.py")), Path(__file__), Path(texts.__file__)):
        made.update(source.read_bytes())
    return settings.VAR / "texts" / made.hexdigest()[:24]


def write(place: Path) -> None:
    """Build into a folder, whole or not at all, and take away former ones. Whoever has one mapped keeps it."""
    fresh = place.with_name(f"{place.name}.{os.getpid()}")
    fresh.mkdir(parents=True)
    fill(tantivy.Index(_schema(), path=str(fresh)))
    with suppress(OSError):  # another process was first: its files are as good
        fresh.rename(place)
    shutil.rmtree(fresh, ignore_errors=True)
    former = sorted(place.parent.iterdir(), key=lambda one: one.stat().st_mtime, reverse=True)
    for one in former[KEPT:]:
        if one != place:
            shutil.rmtree(one, ignore_errors=True)


# --- the index of this process -----------------------------------------------------------------------------------

_lock = threading.Lock()
_building = threading.Event()
_held: TextIndex | None = None
_in_background = False


def renew_in_background() -> None:
    """Called by a web process when it starts: a visitor waits for the very first index only."""
    global _in_background  # noqa: PLW0603
    _in_background = True


def current() -> tuple[TextIndex, frozenset[tuple[str, str]]]:
    """The index, and the things that changed since it was built (`app.model`, number). Two queries."""
    deeds = _newest_deeds()
    state = _state(deeds)
    held = _held
    if held is not None and held.state == state and state.deed:
        return held, frozenset()
    if held is not None and _in_background and held.state.deed and deeds and deeds[0][0] >= held.state.deed:
        since = [(thing, number) for pk, _, thing, number in deeds if pk > held.state.deed]
        if len(since) < MOST_DEEDS:
            _renew_beside()
            return held, frozenset(since)
    return _renew(state), frozenset()


def _newest_deeds() -> list[tuple[int, datetime, str, str]]:
    rows = Deed.objects.filter(thing__in=texts.THINGS).order_by("-pk")
    return list(rows.values_list("pk", "done_at", "thing", "thing_id")[:MOST_DEEDS])


def _state(deeds: Sequence[tuple[int, datetime, str, str]]) -> State:
    deed, done_at = deeds[0][:2] if deeds else (0, None)
    read_at = DocumentVersion.objects.aggregate(last=Max("read_at"))["last"]
    return State(deed, done_at, read_at, timezone.now().replace(minute=0, second=0, microsecond=0))


def _renew(state: State) -> TextIndex:
    """Build and hold. The state is read before the tables: a change in the middle makes the index stale again."""
    global _held  # noqa: PLW0603
    with _lock:
        if _held is not None and _held.state == state and state.deed:
            return _held
        if _in_background:
            place = folder(str(state))
            if not place.exists():
                command = [sys.executable, "manage.py", "index_texts", str(state)]
                subprocess.run(command, check=True, cwd=settings.ROOT)  # noqa: S603 - numbers and times of ours
            index = tantivy.Index(_schema(), path=str(place))
        else:
            index = tantivy.Index(_schema())
            fill(index)
        _held = TextIndex(index, state)
        return _held


def _renew_beside() -> None:
    """Build in a thread, one at a time."""
    if _building.is_set():
        return
    _building.set()

    def build() -> None:
        try:
            _renew(_state(_newest_deeds()))
        finally:
            _building.clear()
            connection.close()

    threading.Thread(target=build, name="text-index", daemon=True).start()
