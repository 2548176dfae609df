"""Who may, by territory: a role held over a municipality, its ORP, its region or the whole site."""

from typing import Any

from portal.accounts.rules import Range, holds_over

from .models import Municipality


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
