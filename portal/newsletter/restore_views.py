"""Bringing back what a draft of the newsletter said before a deed of the journal."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from portal.audit import restoring
from portal.audit.models import Deed

from . import actions, rules
from .models import Issue

LEFT_OUT = "Články a jednání, které mezitím zmizely z webu nebo do období nepatří, se do zpravodaje nevrátí."


def _issue(deed: Deed) -> Issue | None:
    return Issue.objects.filter(pk=deed.thing_id).first()


def _act(issue: Issue, deed: Deed, person: Any, _said: dict[str, Any]) -> Issue:
    wanted = restoring.of_columns(Issue, deed, actions.OF_ISSUE)
    return actions.issue_restore(issue=issue, deed=deed, wanted=wanted, seen=issue.version, actor=person)


def _warnings(issue: Issue, deed: Deed) -> list[str]:
    return [LEFT_OUT] if set(deed.before["items"]) - set(actions.issue_told(issue)["items"]) else []


issue_restore = restoring.view(
    "newsletter:issue_restore",
    restoring.Way(
        find=_issue,
        may_read=rules.may_read,
        may_write=rules.may_edit,
        now=lambda issue, _: actions.issue_told(issue),
        names=lambda issue, _: actions.issue_names(actions.issue_told(issue)),
        act=_act,
        back=lambda issue: reverse("newsletter:issue", args=[issue.pk]),
        obstacle=lambda issue, _: "" if issue.is_draft else actions.SENT,
        warnings=_warnings,
        stale=(actions.Stale,),
    ),
)
