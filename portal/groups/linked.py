"""A public group for machines: JSON-LD for search engines, Popolo for whoever counts who sits where.

Only what the page says: no contact of a member, no name of somebody who uses services.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.urls import reverse

from .models import Group, Membership

type Json = dict[str, Any]


def group_url(group: Group) -> str:
    return reverse("groups:public_group", args=[group.slug])


def organisation(group: Group, site: str) -> Json:
    """schema.org; the e-mail is left to the page, where people find it and robots do not."""
    url = site + group_url(group)
    told: Json = {
        "@context": "https://schema.org",
        "@type": "Organization",
        "@id": url,
        "url": url,
        "name": group.name,
        "areaServed": {"@type": "AdministrativeArea", "name": group.span_name},
    }
    if group.abbreviation:
        told["alternateName"] = group.abbreviation
    if group.about:
        told["description"] = group.about
    if group.since:
        told["foundingDate"] = group.since.isoformat()
    if group.closed_on:
        told["dissolutionDate"] = group.closed_on.isoformat()
    if group.above is not None and group.above.shown:
        told["parentOrganization"] = {
            "@type": "Organization",
            "name": group.above.name,
            "url": site + group_url(group.above),
        }
    return told


def popolo(group: Group, members: Iterable[Membership], site: str) -> Json:
    """https://www.popoloproject.com/specs/: an organization with its current memberships."""
    url = site + group_url(group)
    return {
        "@context": "https://www.popoloproject.com/contexts/organization.jsonld",
        "id": url,
        "name": group.name,
        "other_names": [{"name": group.abbreviation}] if group.abbreviation else [],
        "classification": group.get_sort_display(),
        "area": {"identifier": group.span_code, "classification": group.span_kind, "name": group.span_name},
        "founding_date": group.since.isoformat() if group.since else None,
        "dissolution_date": group.closed_on.isoformat() if group.closed_on else None,
        "parent_id": site + group_url(group.above) if group.above is not None and group.above.shown else None,
        "memberships": [
            {
                "organization_id": url,
                "person": {"name": one.public_name},
                "on_behalf_of": one.public_organisation or None,
                "role": one.get_role_display(),
                "side": one.side,
                "votes": one.votes and one.substitutes_id is None,
                "substitute": one.substitutes_id is not None,
                "start_date": one.joined_on.isoformat(),
                "end_date": one.left_on.isoformat() if one.left_on else None,
            }
            for one in members
            if one.role != Membership.Role.GUEST
        ],
    }
