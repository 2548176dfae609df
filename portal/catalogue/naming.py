"""What the codes and keys among the values of a service are called today, for the journal: it keeps the codes to
bring the values back, and the names to tell them to a person even when the lists have changed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from portal.files.models import StoredFile
from portal.territory.models import Municipality, Orp, Region

from .models import (
    AccessDetail,
    AccessGrade,
    AgeGroup,
    CapacityUnit,
    Contact,
    Cost,
    Feature,
    Form,
    Holidays,
    Kind,
    ServiceDocument,
    TargetGroup,
)

LISTS = {
    "kind": Kind,
    "forms": Form,
    "target_groups": TargetGroup,
    "age_groups": AgeGroup,
    "features": Feature,
}
CHOICES = {"cost": Cost.choices}
OF_ROWS = {
    "contacts": Contact.Channel.choices,
    "places": [*AccessGrade.choices, *Holidays.choices],
    "documents": ServiceDocument.Sort.choices,
}


def names(*told: dict[str, Any]) -> dict[str, str]:
    """Names by code or key of everything that these values of drafts (`drafts.told`) name; a query for each list
    that is really there."""
    found: dict[str, str] = {}
    for name, model in LISTS.items():
        found |= _of(model._default_manager.all(), "key", _values(told, name))
    found |= _of(Region.objects.all(), "code", _values(told, "whole_region"))
    found |= _of(Orp.objects.all(), "code", _values(told, "orps"))
    places, vacancies = _rows(told, "places"), _rows(told, "vacancies")
    towns = {*_values(told, "municipalities"), *(one.get("municipality") for one in places)}
    found |= _of(Municipality.objects.all(), "code", towns)
    found |= _of(Form.objects.all(), "key", {one.get("form") for one in vacancies})
    found |= _of(CapacityUnit.objects.all(), "key", {one.get("unit") for one in vacancies})
    details = {answer[0] for one in places for answer in one.get("access_details") or ()}
    found |= _of(AccessDetail.objects.all(), "key", details)
    shown = {one.get("file") for name in ("photos", "documents") for one in _rows(told, name)}
    found |= _of(StoredFile.objects.all(), "key", shown)
    for name, choices in {**CHOICES, **OF_ROWS}.items():
        if any(name in values for values in told):
            found |= {str(key): str(word) for key, word in choices}
    return found


def _of(rows: Any, code: str, wanted: Iterable[Any]) -> dict[str, str]:
    codes = {one for one in wanted if one}
    return dict(rows.filter(**{f"{code}__in": codes}).values_list(code, "name")) if codes else {}


def _values(told: Iterable[dict[str, Any]], name: str) -> set[str]:
    held: set[str] = set()
    for values in told:
        value = values.get(name)
        held |= {value} if isinstance(value, str) else set(value or ())
    return held


def _rows(told: Iterable[dict[str, Any]], name: str) -> list[dict[str, Any]]:
    return [row for values in told for row in values.get(name) or ()]
