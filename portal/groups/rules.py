"""Who may do what with groups. Staff by the group's territory; people of the group by their membership in it."""

from typing import Any

from portal.accounts import spans
from portal.accounts.models import Person
from portal.accounts.rules import Role, has_role, held, holds_over
from portal.territory.rules import lies_in

from .models import Application, Group, GroupQuerySet, Membership

STAFF = (Role.COORDINATOR, Role.REGION)
LEADING = (Membership.Role.HEAD, Membership.Role.DEPUTY)
WRITING = (*LEADING, Membership.Role.MINUTE_TAKER)


def memberships(person: Any) -> dict[int, str]:
    """Group -> role of the person's current memberships; one query, remembered for the life of the person at hand."""
    if not isinstance(person, Person) or not person.is_active:
        return {}
    known: dict[str, Any] = person.__dict__
    if "_memberships" not in known:
        rows = Membership.objects.current().filter(person=person)
        known["_memberships"] = dict(rows.values_list("group_id", "role"))
    mine: dict[int, str] = known["_memberships"]
    return mine


def _over(group: Group) -> list[tuple[str, Any]]:
    known: dict[str, Any] = group.__dict__
    if "_lies_in" not in known:
        known["_lies_in"] = lies_in(group.span_kind, group.span_code)
    ranges: list[tuple[str, Any]] = known["_lies_in"]
    return ranges


def may_come_to_groups(person: Any) -> bool:
    """See the desk's list of groups."""
    return has_role(person, *STAFF, Role.AUDITOR, Role.MUNICIPALITY, Role.MEMBER)


def may_add_group(person: Any) -> bool:
    return has_role(person, *STAFF)


def may_edit_group(person: Any, group: Group) -> bool:
    """Keep the group itself: its rules, members, applications."""
    return holds_over(person, STAFF, *_over(group))


def may_lead(person: Any, group: Group) -> bool:
    """Call meetings, approve the agenda, run the meeting: staff, the head and the deputy."""
    return memberships(person).get(group.pk) in LEADING or may_edit_group(person, group)


def may_write_minutes(person: Any, group: Group) -> bool:
    return memberships(person).get(group.pk) in WRITING or may_edit_group(person, group)


def may_read_group(person: Any, group: Group) -> bool:
    """Read what the group has for itself: papers, minutes before they are public, who comes."""
    if group.pk in memberships(person) or has_role(person, Role.AUDITOR):
        return True
    return holds_over(person, (*STAFF, Role.MUNICIPALITY), *_over(group))


def readable_groups(person: Any) -> GroupQuerySet:
    """Groups whose inside the person reads at the desk; the same answer as `may_read_group`."""
    if has_role(person, Role.AUDITOR):
        return Group.objects.all()
    mine = memberships(person)
    over = spans.rows_in(Group.objects.all(), held(person, *STAFF, Role.MUNICIPALITY))
    return Group.objects.filter(pk__in=mine) | over if mine else over


def seen_groups(person: Any) -> GroupQuerySet:
    """Groups that the person may know of: the public ones and those they read."""
    return Group.objects.public() | readable_groups(person)


def may_see_applications(person: Any) -> bool:
    """Come to the queue of those who want to join; they leave contacts there, so members do not."""
    return has_role(person, *STAFF, Role.AUDITOR)


def groups_with_applications(person: Any) -> GroupQuerySet:
    """Groups whose applications the person reads."""
    if has_role(person, Role.AUDITOR):
        return Group.objects.all()
    return spans.rows_in(Group.objects.all(), held(person, *STAFF))


def may_read_application(person: Any, application: Application) -> bool:
    return has_role(person, Role.AUDITOR) or may_edit_group(person, application.group)


def may_answer_application(person: Any, application: Application) -> bool:
    return may_edit_group(person, application.group)
