"""Who leads a body, as readers of letters about its work."""

from __future__ import annotations

from typing import Any

from portal.groups.models import Group, Membership
from portal.groups.rules import LEADING

from .invitations import email_of


def leaders(group: Group, *, but: Any = None) -> dict[str, str]:
    """E-mail -> name of the head and the deputy of today; not of the person `but`, who knows already. An account that
    was closed is written to no more."""
    rows = Membership.objects.current().filter(group=group, role__in=LEADING).select_related("person").order_by("pk")
    return {
        email: one.name
        for one in rows
        if (email := email_of(one))
        and (one.person is None or (one.person.is_active and one.person != but))
        and email.lower() != str(getattr(but, "email", "")).lower()
    }
