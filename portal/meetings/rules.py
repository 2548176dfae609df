"""Who may do what with meetings; everything follows from the group."""

from typing import Any

from portal.groups import rules as group_rules

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


def may_see(person: Any, meeting: Meeting) -> bool:
    return Meeting.objects.public().filter(pk=meeting.pk).exists() or may_read_inside(person, meeting)
