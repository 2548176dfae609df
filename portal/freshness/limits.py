"""Days and weights: what the shipped lists say, with what people changed laid over it."""

from __future__ import annotations

import csv
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from .models import Limit, QualityRule
from .quality import Rule

LISTS = Path(__file__).resolve().parent / "lists"


class Days(NamedTuple):
    """One limit as a person sees it."""

    key: str
    name: str
    note: str
    days: int


@lru_cache
def _shipped(name: str) -> tuple[dict[str, str], ...]:
    with (LISTS / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


def limits() -> dict[str, Days]:
    """Every limit by its key. One query."""
    changed = dict(Limit.objects.values_list("key", "days"))
    return {
        key: Days(key, row["name"], row["note"], changed.get(key, int(row["days"])))
        for row in _shipped("limits")
        if (key := row["key"])
    }


def days() -> dict[str, int]:
    """Only the numbers. One query."""
    return {key: one.days for key, one in limits().items()}


def rules() -> dict[str, Rule]:
    """Every reason by its key, with its weight. One query."""
    changed = dict(QualityRule.objects.values_list("key", "weight"))
    return {
        key: Rule(key, row["name"], row["advice"], changed.get(key, int(row["weight"])), row["field"])
        for row in _shipped("quality_rules")
        if (key := row["key"])
    }
