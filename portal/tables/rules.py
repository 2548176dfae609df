"""Which tables are whose."""

from typing import Any

from .lists import TABLES
from .table import Table


def readable(person: Any) -> list[Table]:
    """Tables that the person may take away, each open to them."""
    return [table for table in (one(person) for one in TABLES.values()) if table.may_read()]


def may_use_tables(person: Any) -> bool:
    return bool(readable(person))
