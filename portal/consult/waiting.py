"""What waits in consultations for those who settle them; the desk's "what needs me today" asks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Q

from portal.accounts import spans
from portal.accounts.rules import held

from . import rules
from .models import Comment, Consultation


@dataclass(frozen=True, slots=True)
class Waiting:
    """Comments that nobody has read yet, and those without a decision though the term is over."""

    unread: int
    unsettled: int


def of(person: Any, now: datetime) -> Waiting:
    """In running consultations of the person's range. One query and one for each kind of territory."""
    running = spans.rows_in(Consultation.objects.filter(state=Consultation.State.ANNOUNCED), held(person, *rules.STAFF))
    left = Q(decision="", consultation__closes_at__lte=now) & ~Q(state=Comment.State.REFUSED)
    counts = Comment.objects.filter(consultation__in=running.values("pk")).aggregate(
        unread=Count("pk", filter=Q(state=Comment.State.WAITING)), unsettled=Count("pk", filter=left)
    )
    return Waiting(**counts)
