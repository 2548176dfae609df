"""Who may do what with consultations. An announced one is everybody's; preparing and settling belong to those who
plan in its territory; a body that got a comment to settle reads it and discusses it inside."""

from typing import Any

from django.db.models import Q

from portal.accounts import spans
from portal.accounts.models import Person
from portal.accounts.rules import Role, has_role, held, holds_over
from portal.groups.rules import memberships
from portal.territory.rules import lies_in

from .models import Comment, CommentQuerySet, Consultation, ConsultationQuerySet

STAFF = (Role.COORDINATOR, Role.REGION)
# People of the process: groups, towns, providers, and those who plan.
INVOLVED = (*STAFF, Role.MUNICIPALITY, Role.MEMBER, Role.PROVIDER_EDITOR, Role.PROVIDER_HEAD)


def _over(consultation: Consultation) -> list[tuple[str, Any]]:
    """Its territory and what that lies in; asked once for a consultation at hand."""
    known: dict[str, list[tuple[str, Any]]] = consultation.__dict__
    if "_lies_in" not in known:
        known["_lies_in"] = lies_in(consultation.span_kind, consultation.span_code)
    return known["_lies_in"]


def is_public(consultation: Consultation) -> bool:
    """The same question as `objects.public()`, for a row at hand."""
    return consultation.state != Consultation.State.PREPARED


def may_come_to_consultations(person: Any) -> bool:
    """See the desk's list of consultations."""
    return has_role(person, *STAFF, Role.AUDITOR, Role.MUNICIPALITY)


def may_add_consultation(person: Any) -> bool:
    return has_role(person, *STAFF)


def may_prepare(person: Any, consultation: Consultation) -> bool:
    """Set it up, announce it, cancel it, close it."""
    return holds_over(person, STAFF, *_over(consultation))


def may_settle(person: Any, consultation: Consultation) -> bool:
    """Show, refuse, assign and decide comments; type in those that came on paper."""
    return may_prepare(person, consultation)


def may_read_desk(person: Any, consultation: Consultation) -> bool:
    """Read it at the desk, its register with comments that are not public yet too."""
    return has_role(person, Role.AUDITOR) or holds_over(person, (*STAFF, Role.MUNICIPALITY), *_over(consultation))


def may_read_register(person: Any, consultation: Consultation) -> bool:
    """Read all comments at the desk: members of the body that decides about them have to know them too."""
    decides = consultation.decides_id is not None and consultation.decides_id in memberships(person)
    return decides or may_read_desk(person, consultation)


def may_read(person: Any, consultation: Consultation) -> bool:
    """Read the text on view and what is public about it."""
    return is_public(consultation) or may_read_desk(person, consultation)


def readable_consultations(person: Any) -> ConsultationQuerySet:
    """Those that the person reads at the desk; the same answer as `may_read_desk`."""
    if has_role(person, Role.AUDITOR):
        return Consultation.objects.all()
    return spans.rows_in(Consultation.objects.all(), held(person, *STAFF, Role.MUNICIPALITY))


def may_comment(person: Any, consultation: Consultation) -> bool:
    """Write a comment on the web and stand behind one; what comes on paper is for the desk to take."""
    if not may_read(person, consultation):
        return False
    return consultation.who == Consultation.Who.EVERYONE or has_role(person, *INVOLVED)


# --- comments ----------------------------------------------------------------------------------------------------


def may_read_contact(person: Any, consultation: Consultation) -> bool:
    """See who wrote a comment beyond what its author shows, and the e-mail."""
    return may_settle(person, consultation)


def may_discuss(person: Any, comment: Comment) -> bool:
    """Read a comment inside and say what one thinks of its settlement: those who settle, the one it was given to,
    members of the group it was given to."""
    if may_settle(person, comment.consultation):
        return True
    if not isinstance(person, Person) or not person.is_active:
        return False
    return comment.assignee_id == person.pk or comment.group_id in memberships(person)


def may_read_comment(person: Any, comment: Comment) -> bool:
    """Read the comment at the desk."""
    return may_discuss(person, comment) or may_read_register(person, comment.consultation)


def discussed_comments(person: Any) -> CommentQuerySet:
    """Comments given to the person or to a group of theirs."""
    if not isinstance(person, Person) or not person.is_active:
        return Comment.objects.none()
    return Comment.objects.filter(Q(assignee=person) | Q(group__in=memberships(person)))
