"""Who may read and keep documents."""

from typing import Any

from django.db.models import Q

from portal.accounts import spans
from portal.accounts.rules import Role, has_role, held, holds_over
from portal.groups import rules as group_rules
from portal.territory.rules import lies_in

from .models import Document, DocumentQuerySet

KEEPERS = (Role.COORDINATOR, Role.REGION, Role.PAGE_EDITOR)
READERS = (*KEEPERS, Role.MUNICIPALITY)


def may_come_to_documents(person: Any) -> bool:
    return has_role(person, *READERS, Role.AUDITOR, Role.MEMBER)


def may_add_document(person: Any) -> bool:
    return has_role(person, *KEEPERS)


def may_edit_document(person: Any, document: Document) -> bool:
    if holds_over(person, KEEPERS, *lies_in(document.span_kind, document.span_code)):
        return True
    return document.group is not None and group_rules.may_lead(person, document.group)


def readable_documents(person: Any) -> DocumentQuerySet:
    """Public ones; those of the groups one reads; all those of one's territory."""
    standing = Document.objects.standing()
    if has_role(person, Role.AUDITOR):
        return standing
    asked = Q(audience=Document.Audience.PUBLIC)
    if held(person, *READERS):
        asked |= Q(pk__in=spans.rows_in(Document.objects.all(), held(person, *READERS)).values("pk"))
    if group_rules.memberships(person):
        asked |= Q(audience=Document.Audience.GROUP, group__in=group_rules.memberships(person))
    return standing.filter(asked)


def may_read_document(person: Any, document: Document) -> bool:
    return readable_documents(person).filter(pk=document.pk).exists()
