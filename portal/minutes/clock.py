"""What the clock runs every day: approval by silence, reminders of tasks, open tasks on the next agenda."""

from __future__ import annotations

from datetime import date, timedelta

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from portal.groups.models import Group
from portal.mail.actions import write
from portal.meetings.invitations import email_of

from . import chain_actions, register_actions
from .models import Minutes, Task

REMIND_BEFORE = timedelta(days=3)
TOPIC = "minutes.task"


def daily() -> None:
    """All of it; a second run of the day writes nothing."""
    ripen()
    remind()
    carry()


def ripen() -> int:
    """Approve what the rules of its body let be approved by itself. How many minutes that was."""
    today, done = timezone.localdate(), 0
    waiting = Minutes.objects.filter(
        state__in=(Minutes.State.SENT, Minutes.State.VERIFIED), objections_until__lt=today
    ).values_list("pk", flat=True)
    for pk in list(waiting):
        with transaction.atomic():
            rows = Minutes.objects.select_for_update(of=("self",)).select_related("meeting__group")
            done += chain_actions.ripen(rows.get(pk=pk), today)
    return done


# --- reminders -----------------------------------------------------------------------------------------------------


def remind() -> int:
    """A letter before the day and one after it, to whoever has an open task. How many were written."""
    today = timezone.localdate()
    rows = Task.objects.open().given().filter(until__isnull=False, membership__isnull=False)
    coming = rows.filter(until__gte=today, until__lte=today + REMIND_BEFORE, reminded_on=None)
    late = rows.filter(until__lt=today, until__gte=today - timedelta(days=30), late_told_on=None)
    written = 0
    for pks, field, template in (
        (coming, "reminded_on", "minutes/letters/task_remind.txt"),
        (late, "late_told_on", "minutes/letters/task_late.txt"),
    ):
        for pk in list(pks.values_list("pk", flat=True)):
            written += _remind(pk, field, template, today)
    return written


@transaction.atomic
def _remind(pk: int, field: str, template: str, today: date) -> int:
    rows = Task.objects.select_for_update(of=("self",)).select_related(
        "membership__person", "group", "minutes__meeting__group"
    )
    task = rows.filter(pk=pk, state=Task.State.OPEN, **{field: None}).first()
    if task is None or task.until is None or task.membership is None:
        return 0
    setattr(task, field, today)
    task.save(update_fields=[field])
    email = email_of(task.membership)
    if not email or task.membership.left_on is not None:
        return 0
    write(
        template=template,
        to=email,
        name=task.membership.name,
        context={
            "what": task.what,
            "until": f"{task.until:%-d. %-m. %Y}",
            "group": task.group.name,
            "minutes": task.minutes.name,
            "page": settings.SITE_URL + reverse("minutes:task_by_link", args=[register_actions.token(task)]),
        },
        duty=False,
        topic=TOPIC,
        about=task,
    )
    return 1


# --- the next agenda -----------------------------------------------------------------------------------------------


def carry() -> int:
    """Put the check of open tasks first on the agenda of each body's next meeting. How many agendas changed."""
    groups = Task.objects.open().given().values("group")
    return sum(register_actions.carry(group=group) for group in Group.objects.filter(pk__in=groups))
