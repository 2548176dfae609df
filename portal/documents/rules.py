"""Who may read and keep documents."""

from typing import Any

from django.db.models import Q

from portal.accounts import spans
from portal.accounts.rules import Role, has_role, held, holds_over
from portal.groups import rules as group_rules
from portal.territory.rules import lies_in

from .models import Document, DocumentQuerySet, DocumentVersion

KEEPERS = (Role.COORDINATOR, Role.REGION, Role.PAGE_EDITOR)
READERS = (*KEEPERS, Role.MUNICIPALITY)


def may_come_to_documents(person: Any) -> bool:
    return has_role(person, *READERS, Role.AUDITOR, Role.MEMBER)


def leads_a_group(person: Any) -> bool:
    return any(role in group_rules.LEADING for role in group_rules.memberships(person).values())


def may_add_document(person: Any) -> bool:
    """Keepers in their territory; the head of a group and the deputy for their group."""
    return has_role(person, *KEEPERS) or leads_a_group(person)


def may_edit_document(person: Any, document: Document) -> bool:
    if holds_over(person, KEEPERS, *lies_in(document.span_kind, document.span_code)):
        return True
    return document.group is not None and group_rules.may_lead(person, document.group)


def may_read_at_desk(person: Any, document: Document) -> bool:
    """Those of one's territory and one's groups; the others have their public pages."""
    return may_come_to_documents(person) and desk_documents(person).filter(pk=document.pk).exists()


def desk_documents(person: Any) -> DocumentQuerySet:
    """What the list of the desk shows: of the person's territory and of their groups; to keepers withdrawn ones too."""
    if has_role(person, Role.AUDITOR):
        return Document.objects.standing()
    asked = Q(pk__in=spans.rows_in(Document.objects.all(), held(person, *KEEPERS)).values("pk"))
    if has_role(person, Role.MUNICIPALITY):
        over = spans.rows_in(Document.objects.standing(), held(person, Role.MUNICIPALITY))
        asked |= Q(pk__in=over.values("pk"))
    mine = group_rules.memberships(person)
    leads = [pk for pk, role in mine.items() if role in group_rules.LEADING]
    if mine:
        within = ~Q(audience=Document.Audience.DESK) & Q(removed_at=None) & Q(group__in=mine)
        asked |= within | Q(group__in=leads)
    return Document.objects.filter(asked)


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


def may_open_file(person: Any, version: DocumentVersion) -> bool:
    """Its keepers open what is withdrawn too; nobody else does."""
    document = version.document
    if version.removed_at is None and document.removed_at is None:
        if document.audience == Document.Audience.PUBLIC:
            return True
        return may_read_document(person, document) or may_edit_document(person, document)
    return may_edit_document(person, document)
