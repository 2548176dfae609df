"""Who may do what while a body sits; everything follows from the body."""

from typing import Any

from portal.groups import rules as group_rules
from portal.groups.models import Group
from portal.meetings.models import Meeting


def may_read(person: Any, meeting: Meeting) -> bool:
    """See who is there and how it was voted: people of the body and staff over it."""
    return group_rules.may_read_group(person, meeting.group)


def may_record(person: Any, meeting: Meeting) -> bool:
    """Mark presence, count votes, begin and end: the head, the deputy, the minute-taker, staff."""
    return group_rules.may_write_minutes(person, meeting.group)


def may_read_votes(person: Any, group: Group) -> bool:
    return group_rules.may_read_group(person, group)


def may_ask(person: Any, group: Group) -> bool:
    """Call a vote outside a meeting: whoever may call a meeting."""
    return group_rules.may_lead(person, group)
