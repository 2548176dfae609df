"""Letters to authors: what became of their comments and why. One to an author, with all of their comments in it; each
comment is told of once, whatever fails and whoever asks again (`Comment.told_at`).

Closing a consultation sends the letters by itself; whoever settles may send those of what is settled already sooner.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from portal.audit.actions import record
from portal.jobs import actions as jobs
from portal.jobs.models import Job
from portal.jobs.work import work
from portal.mail.actions import write
from words.plural import counted

from . import rules
from .models import Comment, CommentQuerySet, Consultation

LETTER = "consult/letters/settled.txt"
# Authors written to in one transaction: nobody waits long for the consultation's row.
AT_ONCE = 20


def untold(consultation: Consultation) -> CommentQuerySet:
    """Comments with an end (settled, or refused with a reason) whose authors can be told of it and were not yet."""
    ended = ~Q(decision="") | Q(state=Comment.State.REFUSED)
    reachable = Comment.objects.exclude(email="").filter(email_confirmed_at__isnull=False)
    return reachable.filter(ended, consultation=consultation, told_at=None)


def authors(consultation: Consultation) -> int:
    """How many letters wait to be written."""
    return len({email.lower() for email in untold(consultation).values_list("email", flat=True)})


@transaction.atomic
def order(*, consultation: Consultation, actor: Any) -> Job | None:
    """Put the letters in the queue; None where nobody waits for one."""
    if not rules.may_settle(actor, consultation):
        raise PermissionDenied
    many = authors(consultation)
    if not many:
        return None
    record(verb="comment_authors_told", thing=consultation, actor=actor, after={"letters": many})
    return jobs.start(
        task=tell_authors,
        kind="letters",
        title=f"Dopisy autorům připomínek: {consultation.title}"[:200],
        actor=actor,
        parameters={"consultation": consultation.pk},
        next_url=reverse("consult:desk_consultation", args=[consultation.slug]),
    )


@work
def tell_authors(job: Job) -> None:
    """Can be begun anew after its worker died: who was told is not told again."""
    consultation = Consultation.objects.get(pk=job.parameters["consultation"])
    total, written = authors(consultation), 0
    while some := tell(consultation=consultation):
        written += some
        jobs.advance(job=job, done=written, total=max(total, written), message="píšeme autorům")
    said = counted(written, "dopis leží", "dopisy leží", "dopisů leží")
    jobs.finish(job=job, message=f"{said} v poště k odeslání.")


@transaction.atomic
def tell(*, consultation: Consultation, most: int = AT_ONCE) -> int:
    """Write to at most so many authors and remember it in the same transaction; the number of letters."""
    held = Consultation.objects.select_for_update(of=("self",)).get(pk=consultation.pk)
    by_author: dict[str, list[Comment]] = defaultdict(list)
    for comment in untold(held).select_related("same_as", "paragraph").order_by("number"):
        by_author[comment.email.lower()].append(comment)
    chosen = list(by_author.values())[:most]
    for comments in chosen:
        _letter(held, comments)
    told = [comment.pk for comments in chosen for comment in comments]
    Comment.objects.filter(pk__in=told).update(told_at=timezone.now())
    return len(chosen)


def _letter(consultation: Consultation, comments: list[Comment]) -> None:
    first = comments[0]
    write(
        template=LETTER,
        to=first.email,
        name=first.name,
        context={
            "consultation": consultation,
            "closed": consultation.state == Consultation.State.CLOSED,
            "comments": [_told(one) for one in comments],
            "many": len(comments) > 1,
            "settlement_url": settings.SITE_URL + reverse("consult:settlement", args=[consultation.slug]),
        },
        about=consultation,
    )


def _told(comment: Comment) -> dict[str, Any]:
    refused = comment.state == Comment.State.REFUSED
    reason = comment.refused_reason if refused else comment.decision_reason
    return {
        "number": comment.number,
        "decision": "vyřazena" if refused else comment.get_decision_display(),
        "lines": [line for line in reason.splitlines() if line.strip()],
        "by": "" if refused else comment.decided_by,
        "url": settings.SITE_URL + reverse("consult:own_comment", args=[comment.key]),
    }
