"""What a consultation says of itself as the journal keeps it: other rows by keys ("hearing:12") with their names
beside, so that the values can be brought back and read."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any
from urllib.parse import quote, unquote

from portal.audit import restoring
from portal.audit.models import Deed
from portal.groups.actions import choice_names

from . import network
from .models import Consultation
from .texts import Source

NETWORK = str(Source.NETWORK)
ROWS = frozenset(str(one) for one in Source if one != Source.NETWORK) | {"hearing", "decides"}
CHOICES = ("who", "showing", "span_kind")


def told(consultation: Consultation, names: Iterable[str]) -> tuple[dict[str, Any], dict[str, str]]:
    """Values by the names of columns, and what the keys among them are called."""
    values: dict[str, Any] = {}
    words: dict[str, str] = {}
    for name in names:
        value = getattr(consultation, name)
        if name in ROWS and value is not None:
            values[name] = f"{name}:{value.pk}"
            words[values[name]] = str(value)
        elif name == NETWORK and value is not None:
            values[name] = f"{NETWORK}:{quote(json.dumps(value, sort_keys=True))}"
            words[values[name]] = network.read(value).words()
        else:
            values[name] = value
    chosen = {name: values[name] for name in CHOICES if name in values}
    return values, words | choice_names(Consultation, chosen)


def is_kept(deed: Deed) -> bool:
    """Whether the deed says which rows its values tell of; the journal once kept only their names."""
    told_of = {name: value for name, value in deed.before.items() if value and name in {*ROWS, NETWORK}}
    return all(str(value).startswith(f"{name}:") for name, value in told_of.items())


def former(deed: Deed, names: Iterable[str]) -> tuple[dict[str, Any], dict[str, int | None]]:
    """Values from before the deed of these columns, and of those that hold other rows their numbers."""
    before = restoring.former(deed, list(names))
    plain = [name for name in before if name not in {*ROWS, NETWORK}]
    values = restoring.of_columns(Consultation, deed, plain)
    if NETWORK in before:
        kept = before[NETWORK]
        values[NETWORK] = json.loads(unquote(kept.removeprefix(f"{NETWORK}:"))) if kept else None
    keys = {name: value for name, value in before.items() if name in ROWS}
    rows = {name: int(key.removeprefix(f"{name}:")) if key else None for name, key in keys.items()}
    return values, rows
