"""Regions, ORPs and municipalities as ranges of roles (settings.RANGES, accounts/spans.py)."""

from collections.abc import Collection, Iterable
from typing import Any

from django.db.models import Q, QuerySet

from portal.accounts.models import Grant, Held

from .models import Municipality, Orp, Region

Range = Grant.Range
MOST_NAMED = 12


class Places:
    """Places of one level. `above` says under which field the code of each kind of range that holds them lies;
    `prefix` tells an ORP from the town of the same name."""

    def __init__(self, rows: type[Region | Orp | Municipality], prefix: str, above: dict[str, str]) -> None:
        self.rows, self.prefix, self.above = rows, prefix, above

    def _all(self) -> QuerySet[Any]:
        return self.rows._default_manager.all()

    def names(self, codes: Collection[str]) -> dict[str, str]:
        return self._called(self._all().filter(pk__in=codes))

    def lying_in(self, held: Collection[Held], among: Collection[str] | None = None) -> set[str]:
        asked = Q(pk__in=[])
        for kind, path in self.above.items():
            if codes := [one.code for one in held if one.kind == kind]:
                asked |= Q(**{f"{path}__in": codes})
        rows = self._all().filter(asked)
        if among is not None:
            rows = rows.filter(pk__in=among)
        return set(rows.values_list("pk", flat=True))

    def named(self, text: str) -> dict[str, str]:
        """By the whole name in any case of its first letter, with the prefix or without, or by the code."""
        text = text.strip()
        bare = text[len(self.prefix) :].strip() if text.lower().startswith(self.prefix.lower()) else text
        asked = Q(pk=bare) | Q(name__in={bare, bare[:1].upper() + bare[1:]})
        return self._called(self._all().filter(asked).order_by("name", "pk")[:MOST_NAMED])

    def _called(self, rows: Iterable[Any]) -> dict[str, str]:
        return {row.pk: f"{self.prefix}{row.name}" for row in rows}


REGIONS = Places(Region, "", {Range.REGION: "pk"})
ORPS = Places(Orp, "ORP ", {Range.ORP: "pk", Range.REGION: "region"})
MUNICIPALITIES = Places(Municipality, "obec ", {Range.MUNICIPALITY: "pk", Range.ORP: "orp", Range.REGION: "region"})
