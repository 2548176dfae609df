"""Who may do what with meetings; everything follows from the group."""

from typing import Any

from portal.accounts import spans
from portal.accounts.rules import held
from portal.groups import rules as group_rules
from portal.groups.models import Group, GroupQuerySet

from .models import Meeting, MeetingQuerySet


def may_run(person: Any, meeting: Meeting) -> bool:
    """Call it, change it, approve its agenda, run it."""
    return group_rules.may_lead(person, meeting.group)


def may_propose_item(person: Any, meeting: Meeting) -> bool:
    """Members until the deadline; whether it has passed is for the deed to say."""
    return meeting.group_id in group_rules.memberships(person) or may_run(person, meeting)


def may_read_inside(person: Any, meeting: Meeting) -> bool:
    """Papers, answers, presence."""
    return group_rules.may_read_group(person, meeting.group)


def is_member(person: Any) -> bool:
    """Has a calendar of their own."""
    return bool(group_rules.memberships(person))


def readable_meetings(person: Any) -> MeetingQuerySet:
    """Meetings whose inside the person reads at the desk."""
    return Meeting.objects.filter(group__in=group_rules.readable_groups(person))


def led_groups(person: Any) -> GroupQuerySet:
    """Groups that still work and whose meetings the person calls; the same answer as `groups.rules.may_lead`, asked
    of all at once."""
    mine = [pk for pk, role in group_rules.memberships(person).items() if role in group_rules.LEADING]
    over = spans.rows_in(Group.objects.all(), held(person, *group_rules.STAFF))
    return (Group.objects.filter(pk__in=mine) | over).working_now() if mine else over.working_now()


def led_meetings(person: Any) -> MeetingQuerySet:
    return Meeting.objects.filter(group__in=led_groups(person))


def may_see(person: Any, meeting: Meeting) -> bool:
    return Meeting.objects.public().filter(pk=meeting.pk).exists() or may_read_inside(person, meeting)
