"""Search over a register of national size: engine, whole page, queries, against the database's own full text.

    python -m benchmarks search

200 varied questions: lay words, half of them with a place, a third with choices in the facets. Every answer of ours
carries ranking, explanations and the counts of all facets; the peer gives twenty rows by plain full text (SQLite
FTS5, or a PostgreSQL tsvector with a GIN index when DATABASE_URL says so) and no counts.
"""

import csv
import os
import random
import statistics
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from time import perf_counter
from urllib.parse import urlencode

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
import django

django.setup()

from django.conf import settings  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402

from benchmarks.measure import Row, report, resident_peak, timed  # noqa: E402
from portal.catalogue.models import Service  # noqa: E402
from portal.finding import corpus, index  # noqa: E402
from portal.finding.engine import Engine, Moment  # noqa: E402
from words.tokens import tokens  # noqa: E402

QUESTIONS = Path(__file__).parent / "findability" / "questions" / "build.csv"
NUMBER = 200
FIRST = 20
TUESDAY_TEN = Moment(2, 600)
type Asked = tuple[str, str, dict[str, list[str]]]


def questions(engine: Engine) -> list[Asked]:
    """Words, place and choices; the same in every run."""
    chance = random.Random(7)
    with QUESTIONS.open(encoding="utf-8", newline="") as file:
        texts = [row["question"] for row in csv.DictReader(file)]
    towns = sorted(
        {
            place.name
            for entry in engine.entries
            for spot in entry.spots
            if (place := engine.places.get(spot.municipality))
        }
    )
    choices: list[dict[str, list[str]]] = [{"group": ["seniori"]}, {"form": ["ter", "amb"]}, {"cost": ["free"]}]
    return [
        (
            texts[number % len(texts)],
            chance.choice(towns) if number % 2 and towns else "",
            chance.choice(choices) if number % 3 == 0 else {},
        )
        for number in range(NUMBER)
    ]


def median_ms(asked: Sequence[Asked], answer: Callable[[Asked], object]) -> tuple[float, float]:
    """Median and 95th percentile of one call, in ms."""
    spent: list[float] = []
    for one in asked:
        start = perf_counter()
        answer(one)
        spent.append((perf_counter() - start) * 1e3)
    spent.sort()
    return statistics.median(spent), spent[int(len(spent) * 0.95)]


def plain(asked: Asked) -> list[int]:
    """Twenty services by the database's full text: any of the words."""
    words = [token.folded if connection.vendor == "sqlite" else token.text.lower() for token in tokens(asked[0])]
    if not words:
        return []
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            match = " OR ".join(f'"{word}"' for word in words)
            cursor.execute("SELECT rowid FROM temp.peer WHERE peer MATCH %s ORDER BY rank LIMIT %s", [match, FIRST])
        else:
            cursor.execute(
                "SELECT id FROM peer, to_tsquery('simple', %s) AS asked WHERE said @@ asked"
                " ORDER BY ts_rank(said, asked) DESC LIMIT %s",
                [" | ".join(words), FIRST],
            )
        return [row[0] for row in cursor.fetchall()]


def prepare_plain() -> None:
    """The peer's index over the same texts."""
    said = [
        (pk, " ".join(part for part in parts if part))
        for pk, *parts in Service.objects.public().values_list(
            "pk", "name", "provider__name", "kind__name", "kind__gloss", "plain_text", "target_note"
        )
    ]
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("CREATE VIRTUAL TABLE temp.peer USING fts5(said)")
            cursor.executemany("INSERT INTO temp.peer (rowid, said) VALUES (%s, %s)", said)
        else:
            cursor.execute("CREATE TEMPORARY TABLE peer (id bigint, said tsvector)")
            cursor.executemany("INSERT INTO peer VALUES (%s, to_tsvector('simple', %s))", said)
            cursor.execute("CREATE INDEX ON peer USING gin (said)")


def page(client: Client, asked: Asked) -> int:
    """The whole page of results; its size in bytes."""
    names = {"group": "pro", "form": "forma"}
    pairs = [("q", asked[0]), ("kde", asked[1])]
    for facet, values in asked[2].items():
        pairs += [("zdarma", "1")] if facet == "cost" else [(names[facet], value) for value in values]
    answer = client.get("/sluzby/?" + urlencode(pairs))
    if answer.status_code != 200:
        raise SystemExit(f"The page of results answered {answer.status_code} to {asked!r}.")
    return len(answer.content)


def main() -> int:
    settings.ALLOWED_HOSTS = ["*"]
    before = resident_peak()
    built = timed(corpus.build)
    grown = resident_peak() - before
    engine = index.current()
    asked = questions(engine)
    prepare_plain()
    ours, slow = median_ms(
        asked, lambda one: engine.search(one[0], near=one[1], chosen=one[2], moment=TUESDAY_TEN, limit=FIRST)
    )
    theirs, their_slow = median_ms(asked, plain)
    suggested, _ = median_ms(asked, lambda one: engine.suggest(one[0][:6]))
    client = Client(SERVER_NAME="127.0.0.1")
    page(client, asked[0])
    pages, slow_page = median_ms(asked, lambda one: page(client, one))
    queries = 0
    for one in asked[:20]:
        with CaptureQueriesContext(connection) as seen:
            page(client, one)
        queries = max(queries, len(seen))
    spots = sum(len(entry.spots) for entry in engine.entries)
    print(f"{len(engine.entries)} services at {spots} public places, {NUMBER} questions")
    return not report(
        "search",
        [
            Row("search with facets and reasons, median", ours, "ms", theirs / ours, "<= 20 ms", ours <= 20),
            Row("search with facets and reasons, 95 %", slow, "ms", their_slow / slow),
            Row(f"plain full text of {connection.vendor}, median", theirs, "ms"),
            Row("page of results in the server, median", pages, "ms", theirs / pages, "<= 50 ms", pages <= 50),
            Row("page of results in the server, 95 %", slow_page, "ms"),
            Row("page of results, SQL", queries, "queries", reach="<= 5", ok=queries <= 5),
            Row("suggestions while typing, median", suggested, "ms", reach="<= 10 ms", ok=suggested <= 10),
            Row("index from the tables", built.seconds, "s", reach="<= 5 s", ok=built.seconds <= 5),
            Row("memory of the index", grown, "MB", reach="<= 150 MB", ok=grown <= 150),
        ],
        ("django", "numpy", "tantivy"),
    )


if __name__ == "__main__":
    sys.exit(main())
