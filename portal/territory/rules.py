"""Who may, by territory: a role held over a municipality, its ORP, its region or the whole site."""

from typing import Any

from portal.accounts.rules import Range, holds_over

from .models import Municipality, Orp


def holds_in(person: Any, municipality: Municipality | None, *roles: str) -> bool:
    """Any of the roles over the municipality or over what it lies in. Of no municipality: over the whole site."""
    if municipality is None:
        return holds_over(person, roles)
    return holds_over(
        person,
        roles,
        (Range.MUNICIPALITY, municipality.pk),
        (Range.ORP, municipality.orp_id),
        (Range.REGION, municipality.region_id),
    )


def lies_in(kind: str, code: str) -> list[tuple[str, Any]]:
    """A territory and those it lies in, as ranges: a town, its ORP, its region. At most one query."""
    ranges: list[tuple[str, Any]] = [(kind, code)]
    if kind == Range.MUNICIPALITY:
        town = Municipality.objects.filter(pk=code).values_list("orp_id", "region_id").first()
        ranges += [(Range.ORP, town[0]), (Range.REGION, town[1])] if town else []
    elif kind == Range.ORP:
        ranges += [(Range.REGION, Orp.objects.filter(pk=code).values_list("region_id", flat=True).first())]
    return ranges
