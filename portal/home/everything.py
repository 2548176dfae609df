"""A question over everything public: services understood by the search of services, the other things found by the
words in them, each asked whether it is public now."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from rapidfuzz.distance import OSA

from portal.catalogue.models import Service
from portal.finding import index as services_index
from portal.finding.lay import STOP_WORDS
from portal.finding.question import Notice
from words.stems import stem
from words.tokens import clean, shorten, tokens

from . import text_index
from .text_index import Found, Passage, TextIndex
from .texts import SOURCES, public_now

LONGEST = 200
MOST_WORDS = 12
# How many of each sort the first page shows, and how many a page of one sort.
FEW, A_PAGE = 3, 10
SERVICES = "sluzby"
# Letters of a snippet, and how many of them stand before the first found word.
SNIPPET, BEFORE = 260, 70


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of text; `found` when it is one of the words asked for."""

    text: str
    found: bool


@dataclass(frozen=True, slots=True)
class Hit:
    title: tuple[Piece, ...]
    url: str
    line: str
    snippet: tuple[Piece, ...] = ()


@dataclass(frozen=True, slots=True)
class ServiceHit:
    name: str
    url: str
    line: str


@dataclass(frozen=True, slots=True)
class Section:
    """Things of one sort: how many there are and those shown."""

    key: str
    title: Any
    many: Any
    total: int
    found: tuple[Found, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """`loose`: nothing holds all the words, so things with some of them are shown."""

    question: str
    stems: tuple[str, ...]
    sections: tuple[Section, ...]
    services: tuple[ServiceHit, ...]
    services_total: int
    loose: bool
    index: TextIndex | None

    @property
    def total(self) -> int:
        return self.services_total + sum(one.total for one in self.sections)

    def section(self, key: str) -> Section | None:
        return next((one for one in self.sections if one.key == key), None)

    def hits(self, found: Iterable[Found]) -> list[Hit]:
        """As they are shown; read from the index, without a query."""
        assert self.index is not None  # noqa: S101 - what was found, was found in an index
        return [_hit(self.index.passage(one), self.stems) for one in found]


def search(text: str, *, with_services: bool = True) -> Answer:
    """Five queries at most."""
    question, _ = shorten(clean(text[: 4 * LONGEST]), LONGEST)
    asked = _asked(question)
    if not asked:
        return Answer(question, (), (), (), 0, False, None)
    held, changed = text_index.current()
    found, loose = held.search(asked), False
    if not found and len(asked) > 1:
        found, loose = held.search(asked, all_of_them=False), True
    kept = public_now((one.key, one.pk) for one in _unchanged(found, changed))
    by_sort: dict[str, list[Found]] = {}
    for one in found:
        if (one.key, one.pk) in kept:
            by_sort.setdefault(one.key, []).append(one)
    sections = tuple(
        Section(key, source.title, source.many, len(by_sort[key]), tuple(by_sort[key]))
        for key, source in SOURCES.items()
        if key in by_sort
    )
    services, total = _services(question) if with_services else ((), 0)
    return Answer(question, asked, sections, services, total, loose, held)


def _asked(question: str) -> tuple[str, ...]:
    """Stems of the words that say what it is about; of all words when there are no others."""
    every = [one.folded for one in tokens(question)[:MOST_WORDS]]
    telling = [one for one in every if one not in STOP_WORDS] or every
    return tuple(dict.fromkeys(stem(one) for one in telling))


def _unchanged(found: Sequence[Found], changed: frozenset[tuple[str, str]]) -> list[Found]:
    """Without what the journal tells of since the index was built: its words may be the former ones. A part that may
    belong to any thing of a source leaves out the whole source until the newer index is there."""
    if not changed:
        return list(found)
    things = {thing for thing, _ in changed}
    unsure = {key for key, source in SOURCES.items() if things.intersection(source.things[1:])}
    return [one for one in found if one.key not in unsure and (SOURCES[one.key].things[0], str(one.pk)) not in changed]


def _services(question: str) -> tuple[tuple[ServiceHit, ...], int]:
    """The likeliest services, and how many the search of services finds; none where it did not understand."""
    engine = services_index.current()
    answer = engine.search(question, limit=2 * FEW)
    if Notice.NOT_UNDERSTOOD in answer.notices or not answer.total:
        return (), 0
    public = Service.objects.public().filter(pk__in=[hit.id for hit in answer.hits])
    rows = {one.pk: one for one in public.select_related("kind", "provider")}
    shown = [rows[hit.id] for hit in answer.hits if hit.id in rows][:FEW]
    total = answer.total if len(rows) == len(answer.hits) else min(answer.total, len(rows))
    return tuple(
        ServiceHit(one.name, reverse("catalogue:service", args=[one.slug]), f"{one.kind.name} · {one.provider.name}")
        for one in shown
    ), total


# --- marking -----------------------------------------------------------------------------------------------------


def _hit(passage: Passage, asked: Sequence[str]) -> Hit:
    return Hit(marked(passage.title, asked), passage.url, passage.line, marked(snippet(passage.text, asked), asked))


def marked(text: str, asked: Sequence[str]) -> tuple[Piece, ...]:
    """The text in pieces, the found words apart."""
    pieces, at = [], 0
    for one in tokens(text):
        if _is_asked(one.folded, asked):
            pieces += [Piece(text[at : one.start], False), Piece(text[one.start : one.end], True)]
            at = one.end
    return tuple(piece for piece in (*pieces, Piece(text[at:], False)) if piece.text)


def snippet(text: str, asked: Sequence[str]) -> str:
    """About SNIPPET letters around the place where most of the words stand together."""
    places = [(one.start, stem(one.folded)) for one in tokens(text) if _is_asked(one.folded, asked)]
    together = [len({said for at, said in places if start <= at < start + SNIPPET}) for start, _ in places]
    first = places[together.index(max(together))][0] if places else 0
    start = max(0, first - BEFORE)
    if start:
        start = text.find(" ", start) + 1 or start
    kept, cut = shorten(text[start:], SNIPPET)
    return f"{'… ' if start else ''}{kept}{' …' if cut else ''}"


def _is_asked(folded: str, asked: Sequence[str]) -> bool:
    """The same stem, or one with a typing error between."""
    stemmed = stem(folded)
    if stemmed in asked:
        return True
    if len(stemmed) < text_index.REPAIRED_FROM - 1:
        return False
    return any(
        len(one) >= text_index.REPAIRED_FROM and OSA.distance(one, stemmed, score_cutoff=1) <= 1 for one in asked
    )
