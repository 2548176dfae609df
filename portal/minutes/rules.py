"""Who may do what with minutes, decisions and tasks; everything follows from the group."""

from typing import Any

from portal.accounts.models import Person
from portal.groups import rules as group_rules
from portal.groups.models import Group
from portal.meetings.models import Meeting

from .models import Decision, DecisionQuerySet, Minutes, MinutesQuerySet, Task, TaskQuerySet


def may_come(person: Any) -> bool:
    """See the desk's lists of minutes, tasks and decisions; each shows only what the person may read."""
    return group_rules.may_come_to_groups(person)


def may_read(person: Any, meeting: Meeting) -> bool:
    """The whole text, with names."""
    return group_rules.may_read_group(person, meeting.group)


def may_write(person: Any, meeting: Meeting) -> bool:
    """Write the minutes, send them out, answer objections."""
    return group_rules.may_write_minutes(person, meeting.group)


def may_verify(person: Any, meeting: Meeting) -> bool:
    """The verifier of the body; whoever leads it or looks after it may write down that the verifier signed."""
    role = group_rules.memberships(person).get(meeting.group_id)
    return role == "verifier" or group_rules.may_lead(person, meeting.group)


def may_approve(person: Any, meeting: Meeting) -> bool:
    """Write down the approval and publish."""
    return group_rules.may_lead(person, meeting.group)


def may_keep_task(person: Any, task: Task) -> bool:
    """Change the task, close it; whoever has it may say that it is done."""
    return group_rules.may_write_minutes(person, task.group) or is_theirs(person, task)


def is_theirs(person: Any, task: Task) -> bool:
    return isinstance(person, Person) and task.membership is not None and task.membership.person_id == person.pk


def may_withdraw_decision(person: Any, group: Group) -> bool:
    return group_rules.may_lead(person, group)


def readable_minutes(person: Any) -> MinutesQuerySet:
    return Minutes.objects.filter(meeting__group__in=group_rules.readable_groups(person))


def readable_tasks(person: Any) -> TaskQuerySet:
    return Task.objects.given().filter(group__in=group_rules.readable_groups(person))


def readable_decisions(person: Any) -> DecisionQuerySet:
    return Decision.objects.filter(group__in=group_rules.readable_groups(person), number__isnull=False)
