"""Letters to those who were given comments to think about: what it is and until when, a few days before the term and
once after it. One letter has all that its reader was given at once.

Of a comment they say what the public reads of it: its words and its author only where it is on the web.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Literal, NamedTuple

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.text import Truncator

from portal.accounts.models import Person
from portal.groups.models import Group
from portal.mail.actions import write
from portal.meetings.leaders import leaders

from .actions import held
from .models import Comment, CommentQuerySet, Consultation
from .reading import place_of

GIVEN = "consult/letters/given.txt"
COMING, LATE = "consult/letters/given_remind.txt", "consult/letters/given_late.txt"
TOPIC = "consult.given"
REMIND_BEFORE, LATE_WITHIN = timedelta(days=3), timedelta(days=30)
# Comments told of in one letter, the rest is only counted; signs of what one of them asks for.
TOLD, SIGNS = 20, 400


class Given(NamedTuple):
    """A comment and those it was given to."""

    comment: Comment
    person: Person | None
    group: Group | None


@dataclass(slots=True)
class Reader:
    """Whom a letter goes to and what it is about; `group` is the body they lead, None where it was given to them."""

    email: str
    name: str
    group: Group | None
    comments: list[Comment] = field(default_factory=list)


def readers(given: Iterable[Given], *, but: Any = None) -> list[Reader]:
    """The people and the heads and deputies of the groups, without the person who gave them the work. Who was given
    a comment and leads its group too reads of it once."""
    found: dict[tuple[str, int | None], Reader] = {}
    leading: dict[int, dict[str, str]] = {}
    for comment, person, group in given:
        to: list[Reader] = []
        if person is not None and person.is_active and person != but:
            to.append(Reader(person.email, person.name, None))
        if group is not None:
            if group.pk not in leading:
                leading[group.pk] = leaders(group, but=but)
            own = {one.email.lower() for one in to}
            to += [Reader(email, name, group) for email, name in leading[group.pk].items() if email.lower() not in own]
        for one in to:
            key = (one.email.lower(), one.group.pk if one.group else None)
            found.setdefault(key, one).comments.append(comment)
    return list(found.values())


def tell(*, given: Iterable[Given], actor: Any) -> int:
    """Write to those who have just been given comments of one consultation with one term; how many letters. Belongs
    into the write that gives them. What is settled needs nobody any more."""
    told = readers((one for one in given if not one.comment.is_settled), but=actor)
    for one in told:
        _write(GIVEN, one)
    return len(told)


def _write(template: str, reader: Reader, **duty: Any) -> None:
    consultation = reader.comments[0].consultation
    write(
        template=template,
        to=reader.email,
        name=reader.name,
        context={
            "title": consultation.title,
            "group": reader.group.name if reader.group else "",
            "many": len(reader.comments),
            "number": reader.comments[0].number,
            "due": _day(reader.comments[0].due_on),
            "comments": [_told(one) for one in reader.comments[:TOLD]],
            "rest": max(0, len(reader.comments) - TOLD),
            "page": settings.SITE_URL + _page(reader),
        },
        about=consultation,
        **duty,
    )


def _told(comment: Comment) -> dict[str, Any]:
    words = comment.proposed or comment.reason if comment.state == Comment.State.SHOWN else ""
    return {
        "number": comment.number,
        "place": place_of(comment.paragraph) if comment.paragraph else comment.place or place_of(None),
        "kind": comment.get_kind_display(),
        "author": comment.author if words else "",
        "lines": [line for line in Truncator(words).chars(SIGNS).splitlines() if line.strip()],
        "due": _day(comment.due_on),
    }


def _day(day: date | None) -> str:
    return f"{day:%-d. %-m. %Y}" if day else ""


def _page(reader: Reader) -> str:
    """Where the work is done: the comment, or the list of what its reader was given."""
    if len(reader.comments) == 1:
        comment = reader.comments[0]
        return reverse("consult:settle", args=[comment.consultation.slug, comment.number])
    if reader.group is not None:
        return reverse("consult:group_comments", args=[reader.group.slug])
    return reverse("consult:given_comments")


# --- the clock ---------------------------------------------------------------------------------------------------


def remind() -> int:
    """Every day: a letter a few days before the term and one after it, about comments that wait for a proposal. How
    many letters; a second run of the day writes none."""
    today = timezone.localdate()
    return _remind("reminded_on", COMING, today, today, today + REMIND_BEFORE) + _remind(
        "late_told_on", LATE, today, today - LATE_WITHIN, today - timedelta(days=1)
    )


def _remind(column: Literal["reminded_on", "late_told_on"], template: str, today: date, first: date, last: date) -> int:
    due = _waiting().filter(Q(due_on__range=(first, last)), **{column: None})
    written = 0
    for consultation in Consultation.objects.filter(pk__in=due.values("consultation")):
        with transaction.atomic():
            fresh = held(consultation)
            rows = list(
                due.filter(consultation=fresh)
                .select_related("consultation", "paragraph", "assignee", "group")
                .order_by("due_on", "number")
            )
            told = readers(Given(one, one.assignee, one.group) for one in rows)
            for reader in told:
                _write(template, reader, duty=False, topic=TOPIC)
            Comment.objects.filter(pk__in=[one.pk for one in rows]).update(**{column: today})
            written += len(told)
    return written


def _waiting() -> CommentQuerySet:
    """Comments that somebody has and has not proposed anything for yet."""
    rows = Comment.objects.unsettled().filter(Q(assignee__isnull=False) | Q(group__isnull=False), same_as=None)
    return rows.filter(proposed_decision="", consultation__state=Consultation.State.ANNOUNCED)
