"""What the database itself holds against any writer: a frozen edition is never altered, an approved one never deleted.

Triggers, because neither a constraint nor Django can say it. On SQLite nothing guards deleting: there whole tables
are emptied row by row. A later migration that alters the table on SQLite builds it anew and must call `install`
at its end. `lifted` is for the demo alone, which takes away plans that nobody ever approved.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection

TABLE = "editions_edition"
# All but what may change later: whether the public reads it.
FROZEN = ("plan_id", "number", "name", "sort", "content", "digest", "made_at", "made_by", "resolution_id", "publicity")

_SQLITE = (
    f"DROP TRIGGER IF EXISTS {TABLE}_frozen",
    f"""CREATE TRIGGER {TABLE}_frozen BEFORE UPDATE OF {", ".join(FROZEN)} ON {TABLE}
    BEGIN SELECT RAISE(ABORT, 'A frozen edition is never altered.'); END""",
)
_POSTGRESQL = (
    f"""CREATE OR REPLACE FUNCTION {TABLE}_refuse() RETURNS trigger AS $$
    BEGIN RAISE EXCEPTION 'A frozen edition is never altered.' USING ERRCODE = 'integrity_constraint_violation'; END
    $$ LANGUAGE plpgsql""",
    f"DROP TRIGGER IF EXISTS {TABLE}_frozen ON {TABLE}",
    f"""CREATE TRIGGER {TABLE}_frozen BEFORE UPDATE OF {", ".join(FROZEN)} ON {TABLE}
    FOR EACH ROW EXECUTE FUNCTION {TABLE}_refuse()""",
    f"DROP TRIGGER IF EXISTS {TABLE}_kept ON {TABLE}",
    f"""CREATE TRIGGER {TABLE}_kept BEFORE DELETE ON {TABLE}
    FOR EACH ROW WHEN (OLD.sort IN ('approved', 'change')) EXECUTE FUNCTION {TABLE}_refuse()""",
)
_REMOVED = {
    "sqlite": (f"DROP TRIGGER IF EXISTS {TABLE}_frozen",),
    "postgresql": (
        f"DROP TRIGGER IF EXISTS {TABLE}_frozen ON {TABLE}",
        f"DROP TRIGGER IF EXISTS {TABLE}_kept ON {TABLE}",
        f"DROP FUNCTION IF EXISTS {TABLE}_refuse()",
    ),
}


INSTALLED = {"sqlite": _SQLITE, "postgresql": _POSTGRESQL}


def install(_apps: Any, editor: Any) -> None:
    for statement in INSTALLED[editor.connection.vendor]:
        editor.execute(statement)


def remove(_apps: Any, editor: Any) -> None:
    for statement in _REMOVED[editor.connection.vendor]:
        editor.execute(statement)


@contextmanager
def lifted() -> Iterator[None]:
    """Inside, within a transaction, approved editions may be deleted. What a failure leaves is rolled back with it."""
    if connection.vendor != "postgresql":
        yield
        return
    _kept("DISABLE")
    yield
    _kept("ENABLE")


def _kept(way: str) -> None:
    with connection.cursor() as cursor:
        # A table with checks put off to the end of the transaction cannot be altered.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        cursor.execute(f"ALTER TABLE {TABLE} {way} TRIGGER {TABLE}_kept")
