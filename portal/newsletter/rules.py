"""Who may make issues: those who write articles, each within their territory."""

from typing import Any

from portal.accounts import spans
from portal.accounts.rules import Role, has_role, held, holds_over
from portal.pages.rules import EDITORS, READERS
from portal.territory.rules import lies_in

from .models import Issue, IssueQuerySet


def may_come(person: Any) -> bool:
    return has_role(person, *READERS)


def may_add(person: Any) -> bool:
    return has_role(person, *EDITORS)


def may_edit(person: Any, issue: Issue) -> bool:
    """Put it together and send it out."""
    return holds_over(person, EDITORS, *lies_in(issue.span_kind, issue.span_code))


def may_read(person: Any, issue: Issue) -> bool:
    return has_role(person, Role.AUDITOR) or may_edit(person, issue)


def readable_issues(person: Any) -> IssueQuerySet:
    rows = Issue.objects.all()
    return rows if has_role(person, Role.AUDITOR) else spans.rows_in(rows, held(person, *EDITORS))
