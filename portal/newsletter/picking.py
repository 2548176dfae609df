"""What can stand in an issue, what of it somebody wants, and who its readers are."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from functools import lru_cache

from django.urls import reverse
from django.utils import timezone

from portal.accounts.rules import Range
from portal.mail.models import Unsubscription
from portal.meetings.discretion import titled
from portal.meetings.models import Meeting, MeetingQuerySet
from portal.pages.models import Article, ArticleQuerySet
from portal.territory.rules import lies_in

from .models import MEETINGS, Issue, Item, Subscriber

type Span = tuple[str, str]

TOPIC = "newsletter"
# Meetings are told this far ahead of the end of the period.
AHEAD = timedelta(days=60)


def articles_for(issue: Issue) -> ArticleQuerySet:
    """Articles of the period that are on the web."""
    start, end = _days(issue)
    found = Article.objects.public().filter(published_at__gte=start, published_at__lt=end)
    return found.select_related("category")


def meetings_for(issue: Issue) -> MeetingQuerySet:
    """Public meetings that are to come."""
    _, end = _days(issue)
    found = Meeting.objects.public().standing().filter(starts_at__gte=timezone.now(), starts_at__lt=end + AHEAD)
    return found.select_related("group").order_by("starts_at", "pk")


def _days(issue: Issue) -> tuple[datetime, datetime]:
    start = timezone.make_aware(datetime.combine(issue.since, time()))
    return start, timezone.make_aware(datetime.combine(issue.until + timedelta(days=1), time()))


def items_of(issue: Issue) -> list[Item]:
    """The picked things in their order; what has meanwhile left the web is not among them. Four queries."""
    rows = list(issue.items.all())
    articles = (
        Article.objects.public().select_related("category").in_bulk([one.article_id for one in rows if one.article_id])
    )
    of_meetings = [one.meeting_id for one in rows if one.meeting_id]
    public = Meeting.objects.public().filter(pk__in=of_meetings).select_related("group")
    meetings = {one.pk: one for one in titled(public)}
    found = []
    for row in rows:
        if row.article_id and (article := articles.get(row.article_id)):
            found.append(_of_article(article))
        elif row.meeting_id and (meeting := meetings.get(row.meeting_id)):
            found.append(_of_meeting(meeting))
    return found


def _of_article(article: Article) -> Item:
    path = reverse("pages:article", args=[article.slug])
    span = (article.span_kind, article.span_code)
    return Item(article.title, " ".join(article.lead.split()), path, article.category.key, span, article.published_at)


def _of_meeting(meeting: Meeting) -> Item:
    starts = timezone.localtime(meeting.starts_at)
    when = f"{starts.day}. {starts.month}. {starts.year} v {starts:%H.%M}"
    cancelled = "Zrušeno. " if meeting.state == Meeting.State.CANCELLED else ""
    line = ", ".join(part for part in (f"{cancelled}{when}", meeting.place or meeting.get_way_display()) if part)
    path = reverse("meetings:public_meeting", args=[meeting.pk])
    span = (meeting.group.span_kind, meeting.group.span_code)
    return Item(f"{meeting} ({meeting.group.name})", line, path, MEETINGS, span, meeting.starts_at)


# --- who wants what ----------------------------------------------------------------------------------------------


def wanted_by(subscriber: Subscriber, items: Iterable[Item]) -> tuple[Item, ...]:
    """Items about the subscriber's territory and topics, in their order."""
    mine = (subscriber.span_kind, subscriber.span_code)
    return tuple(
        one for one in items if (not subscriber.topics or one.topic in subscriber.topics) and touches(mine, one.span)
    )


def touches(one: Span, other: Span) -> bool:
    """Whether one of two territories lies in the other; the whole site touches everything."""
    if Range.SITE in (one[0], other[0]):
        return True
    return one in _around(other) or other in _around(one)


@lru_cache(maxsize=4096)
def _around(span: Span) -> frozenset[Span]:
    """A territory and those it lies in. Territory does not move while the process lives."""
    return frozenset((str(kind), str(code)) for kind, code in lies_in(*span))


def readers(issue: Issue) -> list[Subscriber]:
    """Subscribers whose territory the issue touches, without those who unsubscribed by a letter."""
    mine = (issue.span_kind, issue.span_code)
    gone = Unsubscription.objects.filter(topic=TOPIC).values("email")
    rows = Subscriber.objects.exclude(email__in=gone)
    return [one for one in rows if touches((one.span_kind, one.span_code), mine)]
