"""What a consultation brought, in numbers: for its page, for the annex and for the report on the plan."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q

from portal.groups.models import Side
from portal.suggestions.models import Origin

from .models import Comment, Consultation, Paragraph, Support


@dataclass(frozen=True, slots=True)
class Part:
    """A line of a count: the word, how many, and what share of the whole in per cents."""

    word: str
    many: int
    share: int


@dataclass(frozen=True, slots=True)
class Statistics:
    """`comments` are those that must be settled; what the moderation refused is counted apart. Shares are whole per
    cents of what the line is a part of."""

    comments: int
    refused: int
    settled: int
    # Accepted whole or in part, and what share of the settled ones that is.
    accepted: int
    accepted_share: int
    same: int
    supports: int
    by_kind: tuple[Part, ...]
    by_side: tuple[Part, ...]
    by_origin: tuple[Part, ...]
    by_decision: tuple[Part, ...]
    paragraphs: int
    paragraphs_commented: int
    paragraphs_changed: int

    @property
    def unsettled(self) -> int:
        return self.comments - self.settled

    @property
    def changed_share(self) -> int:
        """Of the paragraphs on view, those that read otherwise now."""
        return share(self.paragraphs_changed, self.paragraphs)


def share(part: int, whole: int) -> int:
    """Whole per cents, halves up; 0 of nothing."""
    return (200 * part + whole) // (2 * whole) if whole else 0


def of_consultation(consultation: Consultation) -> Statistics:
    """Three queries for any number of comments."""
    rows: list[dict[str, Any]] = [
        dict(row)
        for row in Comment.objects.filter(consultation=consultation)
        .order_by()
        .values("state", "kind", "side", "origin", "decision")
        .annotate(many=Count("pk"), twins=Count("pk", filter=Q(same_as__isnull=False)))
    ]
    counted = [row for row in rows if row["state"] != Comment.State.REFUSED]
    comments = _sum(counted)
    decisions = _counts(counted, "decision")
    settled = comments - decisions[""]
    accepted = sum(decisions[one] for one in Comment.CHANGING)
    paragraphs = Paragraph.objects.filter(consultation=consultation).aggregate(
        every=Count("pk", distinct=True),
        changed=Count("pk", filter=Q(now__isnull=False), distinct=True),
        commented=Count("comments__paragraph", filter=~Q(comments__state=Comment.State.REFUSED), distinct=True),
    )
    supports = Support.objects.filter(comment__consultation=consultation, comment__state=Comment.State.SHOWN).count()
    return Statistics(
        comments=comments,
        refused=_sum(rows) - comments,
        settled=settled,
        accepted=accepted,
        accepted_share=share(accepted, settled),
        same=sum(row["twins"] for row in counted),
        supports=supports,
        by_kind=_parts(_counts(counted, "kind"), Comment.Kind.choices, comments),
        by_side=_parts(_counts(counted, "side"), Side.choices, comments),
        by_origin=_parts(_counts(counted, "origin"), Origin.choices, comments),
        by_decision=_parts(decisions, Comment.Decision.choices, settled),
        paragraphs=paragraphs["every"],
        paragraphs_commented=paragraphs["commented"],
        paragraphs_changed=paragraphs["changed"],
    )


def _sum(rows: Iterable[dict[str, Any]]) -> int:
    return sum(int(row["many"]) for row in rows)


def _counts(rows: Iterable[dict[str, Any]], name: str) -> Counter[str]:
    counts: Counter[str] = Counter()
    for row in rows:
        counts[str(row[name])] += row["many"]
    return counts


def _parts(counts: Counter[str], choices: Iterable[tuple[str, object]], whole: int) -> tuple[Part, ...]:
    """In the order of the choices; what nobody chose is left out."""
    return tuple(Part(str(word), counts[code], share(counts[code], whole)) for code, word in choices if counts[code])
