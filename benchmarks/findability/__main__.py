"""`python -m benchmarks.findability`: success@1, success@5 and reciprocal rank of lay questions over a real register.

A question is answered within the first n when a service of one of its right kinds is among the first n; the answers
are those of the page and of `manage.py find`. `heldout.csv` is run for its figures only and nothing is built from it.
`--misses` lists the questions of the building set that were not answered within five.
"""

import csv
import os
import statistics
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

from benchmarks.findability import real
from benchmarks.measure import Row, report

if TYPE_CHECKING:
    from portal.finding.engine import Engine

QUESTIONS = Path(__file__).parent / "questions"
FIRST = 20
AIM = 0.90


@dataclass(frozen=True)
class Asked:
    """A question and the kinds that answer it, of those the register has."""

    text: str
    near: str
    kinds: frozenset[str]


@dataclass(frozen=True)
class Score:
    """Shares of questions answered by the first hit and within five, mean reciprocal rank, median ms."""

    first: float
    five: float
    reciprocal: float
    ms: float
    misses: tuple[str, ...]


def read(name: str, present: frozenset[str]) -> list[Asked]:
    """Questions of a set that the register can answer at all."""
    with (QUESTIONS / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        asked = [
            Asked(row["question"], row["near"], frozenset(row["kinds"].split()) & present)
            for row in csv.DictReader(file)
        ]
    return [one for one in asked if one.kinds]


def score(questions: Sequence[Asked], answer: Callable[[Asked], list[str]]) -> Score:
    """Run all questions."""
    ranks: list[int | None] = []
    seconds: list[float] = []
    for one in questions:
        start = perf_counter()
        kinds = answer(one)
        seconds.append(perf_counter() - start)
        ranks.append(next((place for place, kind in enumerate(kinds, start=1) if kind in one.kinds), None))
    number = len(questions)
    return Score(
        first=sum(rank == 1 for rank in ranks) / number,
        five=sum(rank is not None and rank <= 5 for rank in ranks) / number,
        reciprocal=sum(1 / rank for rank in ranks if rank) / number,
        ms=statistics.median(seconds) * 1e3,
        misses=tuple(one.text for one, rank in zip(questions, ranks, strict=True) if rank is None or rank > 5),
    )


def rows(engine: "Engine", show_misses: bool) -> list[Row]:
    """Figures of our search on both sets, of the peers, and of finding each kind by lay words alone."""
    from benchmarks.findability.peers import reachable

    present = frozenset(one.kind for one in engine.entries)
    namings = {naming.key: naming for naming in engine.lay.kind_namings}
    said = {
        one.id: " ".join(
            [one.name, one.provider, namings[one.kind].name, namings[one.kind].plain]
            + [place.name for spot in one.spots if (place := engine.places.get(spot.municipality))]
        )
        for one in engine.entries
    }
    peers = reachable(engine.entries, said)
    made: list[Row] = []
    for name in ("build", "heldout"):
        questions = read(name, present)
        ours = score(
            questions, lambda one: [hit.kind for hit in engine.search(one.text, near=one.near, limit=FIRST).hits]
        )
        theirs = [score(questions, lambda one, peer=peer: peer.kinds(one.text, FIRST)) for peer in peers]  # type: ignore[misc]
        best = max(theirs, key=lambda one: one.five)
        made += [
            Row(f"{name}: success@1", ours.first * 100, "%"),
            Row(f"{name}: success@5", ours.five * 100, "%", reach=f">= {AIM:.0%}", ok=ours.five >= AIM),
            Row(f"{name}: reciprocal rank", ours.reciprocal, ""),
            Row(f"{name}: times the best plain search@5", ours.five / max(best.five, 1 / len(questions)), "x"),
            Row(f"{name}: one search with facets, median", ours.ms, "ms", reach="<= 20 ms", ok=ours.ms <= 20),
        ]
        for peer, other in zip(peers, theirs, strict=True):
            made += [
                Row(f"{name}: {peer.name} success@1", other.first * 100, "%"),
                Row(f"{name}: {peer.name} success@5", other.five * 100, "%"),
                Row(f"{name}: {peer.name} reciprocal rank", other.reciprocal, ""),
                Row(f"{name}: {peer.name} median", other.ms, "ms", ratio=other.ms / ours.ms),
            ]
        if show_misses and name == "build":
            print("\n".join(["not answered within five:", *ours.misses]))
    lay_only = _kinds_found_by_lay_words(engine)
    hidden = sorted(present - lay_only)
    made.append(
        Row(
            "kinds with services found only by their official name" + (f" ({' '.join(hidden)})" if hidden else ""),
            len(hidden),
            "kinds",
            reach="0",
            ok=not hidden,
        )
    )
    return made


def _kinds_found_by_lay_words(engine: "Engine") -> frozenset[str]:
    """Kinds that come within the first five for some lay phrase sharing no word with their official name."""
    from words.stems import stems

    official = {naming.key: set(stems(f"{naming.name} {naming.abbreviation}")) for naming in engine.lay.kind_namings}
    found: set[str] = set()
    for row in engine.lay.rows:
        wanted = {kind for kind in row.kinds[:2] if kind not in found and not official[kind] & set(stems(row.phrase))}
        if wanted:
            found |= wanted & {hit.kind for hit in engine.search(row.phrase, limit=5).hits}
    return frozenset(found)


def main() -> None:
    if not real.DATA.is_dir():
        sys.exit("The folder of real data (../shared/data) is not here; nothing to measure.")
    os.environ["DATABASE_URL"] = real.ensure()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    os.environ.setdefault("DEBUG", "1")
    import django

    django.setup()
    from portal.finding import index

    engine = index.current()
    made = rows(engine, "--misses" in sys.argv)
    sys.exit(not report("findability", made, ("numpy", "scipy", "tantivy", "rapidfuzz")))


if __name__ == "__main__":
    main()
