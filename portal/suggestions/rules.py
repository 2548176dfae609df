"""Who may do what with suggestions at the desk.

A coordinator by the territory of the suggestion; what belongs to no territory is everybody's, so that it waits for
nobody. People of a group read what the group has been given, as the web would show it.
"""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from portal.accounts import spans
from portal.accounts.models import Grant
from portal.accounts.rules import Role, has_role, held, holds_over
from portal.groups.rules import memberships
from portal.territory.rules import lies_in

from .models import Suggestion, SuggestionQuerySet

STAFF = (Role.COORDINATOR, Role.REGION)


def may_come(person: Any) -> bool:
    """See the desk's list; what stands in it follows from who looks."""
    return has_role(person, *STAFF, Role.AUDITOR) or bool(memberships(person))


def may_see_waiting(person: Any) -> bool:
    """What nobody has read yet, and what people looked for in vain."""
    return has_role(person, *STAFF, Role.AUDITOR)


def may_enter(person: Any) -> bool:
    """Write down what came on paper or by telephone."""
    return has_role(person, *STAFF)


def may_triage(person: Any, suggestion: Suggestion) -> bool:
    """Everything that is done with a suggestion."""
    if suggestion.span_kind == Grant.Range.SITE:
        return has_role(person, *STAFF)
    known: dict[str, Any] = suggestion.__dict__
    if "_lies_in" not in known:
        known["_lies_in"] = lies_in(suggestion.span_kind, suggestion.span_code)
    return holds_over(person, STAFF, *known["_lies_in"])


def may_see_author(person: Any, suggestion: Suggestion) -> bool:
    """The name, the e-mail, what the author wrote before it was made fit for the web, and notes of the desk."""
    return has_role(person, Role.AUDITOR) or may_triage(person, suggestion)


def may_read(person: Any, suggestion: Suggestion) -> bool:
    mine = suggestion.group_id is not None and suggestion.group_id in memberships(person)
    return mine or may_see_author(person, suggestion)


def readable(person: Any) -> SuggestionQuerySet:
    """The same answer as `may_read`, asked of all at once; at most one query for each kind of territory."""
    rows = Suggestion.objects.all()
    if has_role(person, Role.AUDITOR):
        return rows
    found = rows.filter(Q(group__in=list(memberships(person))))
    if has_role(person, *STAFF):
        found = found | triaged(person)
    return found


def triaged(person: Any) -> SuggestionQuerySet:
    """The same answer as `may_triage`."""
    rows = Suggestion.objects.all()
    if not has_role(person, *STAFF):
        return rows.none()
    return spans.rows_in(rows, held(person, *STAFF)) | rows.filter(span_kind=Grant.Range.SITE)
