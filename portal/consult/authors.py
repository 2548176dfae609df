"""Personal data of those who wrote comments: taken back by the author, and forgotten in their time. What the comment
says and how it was settled stays: it is an annex of the plan."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from . import annex_papers, comment_actions
from .models import Comment, Consultation

NAME_SHOWN = (Comment.As.NAME, Comment.As.BOTH)
# What is left of an author who wishes to be forgotten; also when an account with the e-mail is erased.
NOBODY = {"name": "", "organisation": "", "shown_as": Comment.As.NOBODY, "email": "", "email_confirmed_at": None}


@transaction.atomic
def take_back(*, comment: Comment) -> None:
    """The author takes back the name, the organisation and the e-mail, from now on on the web and in the annex too."""
    Comment.objects.filter(pk=comment.pk).update(**NOBODY)
    annex_papers.forget_stale(comment.consultation)


@transaction.atomic
def forget_authors(days: int) -> int:
    """E-mails, and names that are not public, of comments whose consultation is over for so long; e-mails that nobody
    confirmed in time. How many comments."""
    now = timezone.now()
    over = now - timedelta(days=days)
    ended = Q(consultation__state=Consultation.State.CLOSED, consultation__closed_at__lt=over)
    ended |= Q(consultation__state=Consultation.State.CANCELLED, consultation__changed_at__lt=over)
    late = Q(email_confirmed_at=None, received_at__lt=now - comment_actions.CONFIRM_WITHIN)
    named = _pks(Comment.objects.filter(ended).exclude(name="").exclude(shown_as__in=NAME_SHOWN))
    written = _pks(Comment.objects.filter(ended | late).exclude(email=""))
    Comment.objects.filter(pk__in=named).update(name="")
    Comment.objects.filter(pk__in=written).update(email="", email_confirmed_at=None)
    annex_papers.forget_stale()
    return len(named | written)


def _pks(rows: QuerySet[Comment]) -> set[int]:
    return set(rows.values_list("pk", flat=True))
