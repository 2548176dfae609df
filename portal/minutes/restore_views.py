"""Bringing back what a task or the head of minutes said before a deed of the journal."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from portal.audit import restoring
from portal.audit.models import Deed

from . import actions, register_actions, rules
from .models import Minutes, Task


def _task(deed: Deed) -> Task | None:
    rows = Task.objects.given().select_related("group", "membership", "minutes__meeting__group")
    return rows.filter(pk=deed.thing_id).first()


def _task_act(task: Task, deed: Deed, person: Any, _said: dict[str, Any]) -> Task:
    return register_actions.task_restore(task=task, deed=deed, seen=task.version, actor=person)


task_restore = restoring.view(
    "minutes:task_restore",
    restoring.Way(
        find=_task,
        may_read=lambda person, task: rules.may_read(person, task.minutes.meeting),
        may_write=lambda person, task: rules.may_write(person, task.minutes.meeting),
        now=lambda task, _: register_actions.told(task),
        names=lambda task, _: register_actions.names_in(register_actions.told(task)),
        act=_task_act,
        back=lambda task: reverse("minutes:task", args=[task.pk]),
        stale=(register_actions.Stale,),
    ),
)


def _minutes(deed: Deed) -> Minutes | None:
    return Minutes.objects.select_related("meeting__group").filter(pk=deed.thing_id).first()


def _head_act(minutes: Minutes, deed: Deed, person: Any, _said: dict[str, Any]) -> None:
    actions.head_save(minutes=minutes, actor=person, restores=deed, **deed.before)


head_restore = restoring.view(
    "minutes:head_restore",
    restoring.Way(
        find=_minutes,
        may_read=lambda person, minutes: rules.may_read(person, minutes.meeting),
        may_write=lambda person, minutes: rules.may_write(person, minutes.meeting),
        now=lambda minutes, _: actions.head_told(minutes),
        act=_head_act,
        back=lambda minutes: reverse("minutes:minutes", args=[minutes.meeting_id]),
        obstacle=lambda minutes, _: "" if minutes.is_open else actions.SENT_OUT,
    ),
)
