"""Every list that is also a table, by its slug."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404

from ..table import Table, WrittenTable
from .people import People
from .plain import PLAIN
from .providers import Providers
from .service_cards import Accompanying, Services
from .studies import STUDIES
from .upkept import UPKEPT

_ALL: tuple[type[Table], ...] = (Services, Accompanying, Providers, People, *UPKEPT, *PLAIN, *STUDIES)
TABLES = {one.slug: one for one in _ALL}


def table_for(slug: str, person: Any) -> Table:
    """The table as the person may read it; for others it does not exist."""
    if slug not in TABLES:
        raise Http404
    table = TABLES[slug](person)
    if not table.may_read():
        raise PermissionDenied
    return table


def written_table_for(slug: str, person: Any) -> WrittenTable:
    """The same, for whoever may also write it."""
    table = table_for(slug, person)
    if not isinstance(table, WrittenTable) or not table.may_write():
        raise PermissionDenied
    return table
