"""Who wants news by e-mail, and the issues that went out."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from django.db import models
from django.db.models import Q
from django.utils import timezone

from portal.accounts.models import Grant
from portal.meetings.models import Meeting
from portal.pages.models import Article

# What of an issue one may ask for: categories of articles by their keys, and meetings.
MEETINGS = "jednani"


class Subscriber(models.Model):
    """Somebody who confirmed by the link in a letter that they want news. Never public, and no account."""

    email = models.EmailField("e-mail", max_length=254, unique=True)
    # Of which territory; none is all of them.
    span_kind = models.CharField(max_length=20, choices=Grant.Range.choices, default=Grant.Range.SITE)
    span_code = models.CharField(max_length=20, blank=True)
    span_name = models.CharField("území", max_length=100, blank=True)
    # About what; an empty list is everything, also what will be added later.
    topics = models.JSONField("o čem", default=list, blank=True)
    confirmed_at = models.DateTimeField("potvrzeno")

    class Meta:
        ordering = ["pk"]
        verbose_name = "odběr zpravodaje"
        verbose_name_plural = "odběratelé zpravodaje"

    def __str__(self) -> str:
        return f"odběr od {self.confirmed_at:%Y-%m-%d}"


class IssueQuerySet(models.QuerySet["Issue"]):
    def public(self) -> IssueQuerySet:
        """Those that went out; anybody may read them."""
        return self.exclude(sent_at=None).order_by("-sent_at", "-pk")


class Issue(models.Model):
    """An issue of the newsletter, made from articles and meetings."""

    class State(models.TextChoices):
        DRAFT = "draft", "rozepsaný"
        SENDING = "sending", "odesílá se"
        SENT = "sent", "odeslaný"

    MOVES = {
        State.DRAFT: {State.SENDING},
        State.SENDING: {State.SENT},
        State.SENT: set[State](),
    }

    slug = models.SlugField("adresa", max_length=120, unique=True)
    title = models.CharField("název", max_length=150)
    foreword = models.TextField("úvodní slovo", blank=True)
    since = models.DateField("novinky od")
    until = models.DateField("do")
    span_kind = models.CharField("druh území", max_length=20, choices=Grant.Range.choices, default=Grant.Range.SITE)
    span_code = models.CharField("kód území", max_length=20, blank=True)
    span_name = models.CharField("území", max_length=100, blank=True)
    state = models.CharField("stav", max_length=7, choices=State.choices, default=State.DRAFT)
    # When it was let out: from then on it is in the public archive and does not change.
    sent_at = models.DateTimeField("odeslaný", null=True, blank=True)
    letters = models.PositiveIntegerField("napsaných dopisů", default=0)
    job_key = models.CharField(max_length=40, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    version = models.PositiveIntegerField(default=1)

    objects = IssueQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        verbose_name = "zpravodaj"
        verbose_name_plural = "zpravodaje"
        constraints = [
            models.CheckConstraint(condition=Q(until__gte=models.F("since")), name="issue_ends_after_start"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_draft(self) -> bool:
        return self.state == self.State.DRAFT

    @property
    def paragraphs(self) -> list[str]:
        return [" ".join(one.split()) for one in self.foreword.split("\n\n") if one.strip()]


class Item(NamedTuple):
    """A line of an issue as a reader gets it. `span` is the territory it is about, `topic` what it is about."""

    title: str
    line: str
    path: str
    topic: str
    span: tuple[str, str]
    when: datetime | None = None


class IssueItem(models.Model):
    """An article or a meeting picked for an issue."""

    issue = models.ForeignKey(Issue, on_delete=models.CASCADE, related_name="items")
    article = models.ForeignKey(Article, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    order = models.PositiveSmallIntegerField("pořadí", default=0)

    class Meta:
        ordering = ["order", "id"]
        verbose_name = "položka zpravodaje"
        verbose_name_plural = "položky zpravodaje"
        constraints = [
            models.CheckConstraint(
                condition=Q(article=None, meeting__isnull=False) | Q(article__isnull=False, meeting=None),
                name="issue_item_of_one_thing",
            ),
            models.UniqueConstraint(fields=["issue", "article"], name="issue_article_once"),
            models.UniqueConstraint(fields=["issue", "meeting"], name="issue_meeting_once"),
        ]

    def __str__(self) -> str:
        return str(self.article or self.meeting)
