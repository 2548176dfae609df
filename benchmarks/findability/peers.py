"""Plain full-text search of the database over the same services: SQLite FTS5, and PostgreSQL where there is one.

Both see everything our search sees of an entry (name, provider, kind, municipality) and the plain words of the kind,
and take any word of the question; places are left in the question, as a plain search would.
"""

import os
import sqlite3
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from portal.finding.entry import Entry
from words.tokens import folded_words, tokens


class Peer(Protocol):
    """A search that answers with kinds of the best services, in order."""

    name: str

    def kinds(self, question: str, limit: int) -> list[str]: ...


class Fts5:
    """SQLite FTS5 with the unicode61 tokenizer (folds diacritics), any word, ordered by BM25."""

    name = "SQLite FTS5"

    def __init__(self, entries: Sequence[Entry], said: Mapping[int, str]) -> None:
        self._base = sqlite3.connect(":memory:")
        self._base.execute("CREATE VIRTUAL TABLE service USING fts5(kind UNINDEXED, said)")
        self._base.executemany("INSERT INTO service VALUES (?, ?)", [(one.kind, said[one.id]) for one in entries])

    def kinds(self, question: str, limit: int) -> list[str]:
        words = folded_words(question)
        if not words:
            return []
        match = " OR ".join(f'"{word}"' for word in words)
        rows = self._base.execute(
            "SELECT kind FROM service WHERE service MATCH ? ORDER BY rank LIMIT ?", (match, limit)
        ).fetchall()
        return [row[0] for row in rows]


class Postgres:
    """PostgreSQL tsvector in the `simple` configuration, any word, ordered by ts_rank."""

    name = "PostgreSQL tsvector"

    def __init__(self, entries: Sequence[Entry], said: Mapping[int, str], url: str) -> None:
        import psycopg

        self._base: Any = psycopg.connect(url, autocommit=True, connect_timeout=3)
        self._base.execute("CREATE TEMPORARY TABLE peer (kind text, said tsvector)")
        with self._base.cursor() as cursor:
            cursor.executemany(
                "INSERT INTO peer VALUES (%s, to_tsvector('simple', %s))", [(one.kind, said[one.id]) for one in entries]
            )
        self._base.execute("CREATE INDEX ON peer USING gin (said)")

    def kinds(self, question: str, limit: int) -> list[str]:
        words = [token.text.lower() for token in tokens(question)]
        if not words:
            return []
        rows = self._base.execute(
            "SELECT kind FROM peer, to_tsquery('simple', %s) AS asked WHERE said @@ asked"
            " ORDER BY ts_rank(said, asked) DESC LIMIT %s",
            (" | ".join(words), limit),
        ).fetchall()
        return [row[0] for row in rows]


def reachable(entries: Sequence[Entry], said: Mapping[int, str]) -> list[Peer]:
    """The peers that can be had here; PostgreSQL is asked for by POSTGRES_URL."""
    peers: list[Peer] = [Fts5(entries, said)]
    url = os.environ.get("POSTGRES_URL", "")
    if url.startswith("postgres"):
        peers.append(Postgres(entries, said, url))
    return peers
