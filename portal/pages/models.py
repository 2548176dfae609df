"""Pages and articles of the site: what people read around the plan. Communication and printed things are in
outreach_models.py."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import timezone

from portal.accounts.models import Grant
from portal.catalogue.lists_models import Listed
from portal.catalogue.models import CodeListItem
from portal.documents.models import Document
from portal.files.models import StoredFile
from portal.groups.models import Group
from portal.meetings.models import Meeting
from portal.plan.models import Node, Plan

from .outreach_models import CommunicationItem, Handover, PrintedProduct

__all__ = ["Article", "ArticleCategory", "CommunicationItem", "Handover", "Page", "Picture", "PrintedProduct"]


class ArticleCategory(CodeListItem):
    """Campaign, round table, news, invitation."""

    listed = Listed("druhy-clanku", "Druhy článků", "kampaň, kulatý stůl, zpráva, pozvánka", coded=False)


class PageQuerySet(models.QuerySet["Page"]):
    def public(self, now: datetime | None = None) -> PageQuerySet:
        """Those whose time has come, as of articles."""
        come = Q(shown_from=None) | Q(shown_from__lte=now or timezone.now())
        return self.filter(come, shown=True, removed_at=None)

    def standing(self) -> PageQuerySet:
        return self.filter(removed_at=None)


class Page(models.Model):
    """A page that stays: how planning works, whom to ask. `key` is set for those that come with the portal; from the
    moment a person edits one (`edited_at`) the shipped text never overwrites it."""

    slug = models.SlugField("adresa", max_length=120, unique=True)
    title = models.CharField("název", max_length=200)
    text = models.TextField("text", blank=True)
    # One idea a line, by the rules of easy reading; empty where nobody has written it.
    easy_read = models.TextField("snadné čtení", blank=True)
    parent = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="children", verbose_name="patří pod"
    )
    order = models.PositiveSmallIntegerField("pořadí", default=0)
    documents = models.ManyToManyField(Document, blank=True, related_name="+", verbose_name="přílohy")
    shown = models.BooleanField("je vidět na webu", default=False)
    # Shown only from then on; at once where nothing is said.
    shown_from = models.DateTimeField("na webu až od", null=True, blank=True)
    # Links to a page that is not on the web yet hold for this number only.
    preview_number = models.PositiveIntegerField(default=1)
    span_kind = models.CharField("druh území", max_length=20, choices=Grant.Range.choices, default=Grant.Range.SITE)
    span_code = models.CharField("kód území", max_length=20, blank=True)
    span_name = models.CharField("území", max_length=100, blank=True)
    key = models.CharField(max_length=40, blank=True)
    edited_at = models.DateTimeField("upraveno ručně", null=True, blank=True, editable=False)
    removed_at = models.DateTimeField("vyřazená", null=True, blank=True)
    changed_at = models.DateTimeField(auto_now=True)
    version = models.PositiveIntegerField(default=1)

    objects = PageQuerySet.as_manager()

    class Meta:
        ordering = ["order", "title"]
        verbose_name = "stránka"
        verbose_name_plural = "stránky"

    def __str__(self) -> str:
        return self.title

    @property
    def is_public(self) -> bool:
        """The same question as `objects.public()`, for a row at hand."""
        has_come = self.shown_from is None or self.shown_from <= timezone.now()
        return self.shown and has_come and self.removed_at is None

    @property
    def easy_lines(self) -> list[str]:
        return [line.strip() for line in self.easy_read.splitlines() if line.strip()]

    def public_documents(self) -> models.QuerySet[Document]:
        return self.documents.public()


class ArticleQuerySet(models.QuerySet["Article"]):
    def public(self, now: datetime | None = None) -> ArticleQuerySet:
        """Those whose time has come. A planned one is not there before it, whoever asks and however."""
        return self.filter(published_at__lte=now or timezone.now(), removed_at=None).order_by("-published_at", "-id")

    def standing(self) -> ArticleQuerySet:
        return self.filter(removed_at=None)

    def asked(self, state: str) -> ArticleQuerySet:
        """By the choice of the desk's list; those taken out only where they are asked for."""
        now = timezone.now()
        match state:
            case "koncept":
                return self.standing().filter(published_at=None)
            case "planovane":
                return self.standing().filter(published_at__gt=now)
            case "na-webu":
                return self.standing().filter(published_at__lte=now)
            case "vyrazene":
                return self.exclude(removed_at=None)
        return self.standing()

    def about_group(self, group: Group) -> ArticleQuerySet:
        return self.filter(groups=group)


class Article(models.Model):
    """News, an invitation, a report from a round table. Without `published_at` it is a draft."""

    class State(models.TextChoices):
        DRAFT = "draft", "koncept"
        PLANNED = "planned", "naplánovaný"
        PUBLIC = "public", "na webu"
        REMOVED = "removed", "vyřazený"

    slug = models.SlugField("adresa", max_length=120, unique=True)
    title = models.CharField("titulek", max_length=200)
    lead = models.CharField("o čem to je", max_length=400, blank=True)
    text = models.TextField("text", blank=True)
    category = models.ForeignKey(ArticleCategory, on_delete=models.PROTECT, related_name="+", verbose_name="druh")
    author = models.CharField("kdo píše", max_length=200, blank=True)
    published_at = models.DateTimeField("na webu od", null=True, blank=True)
    span_kind = models.CharField("druh území", max_length=20, choices=Grant.Range.choices, default=Grant.Range.SITE)
    span_code = models.CharField("kód území", max_length=20, blank=True)
    span_name = models.CharField("území", max_length=100, blank=True)
    groups = models.ManyToManyField(Group, blank=True, related_name="+", verbose_name="skupiny")
    measures = models.ManyToManyField(Node, blank=True, related_name="+", verbose_name="opatření")
    meetings = models.ManyToManyField(Meeting, blank=True, related_name="+", verbose_name="jednání")
    documents = models.ManyToManyField(Document, blank=True, related_name="+", verbose_name="přílohy")
    # Grows when links to the draft are to stop working.
    preview_number = models.PositiveIntegerField(default=1)
    removed_at = models.DateTimeField("vyřazený", null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(auto_now=True)
    version = models.PositiveIntegerField(default=1)

    objects = ArticleQuerySet.as_manager()

    class Meta:
        ordering = ["-published_at", "-id"]
        verbose_name = "článek"
        verbose_name_plural = "články"
        indexes = [models.Index(fields=["-published_at", "-id"], name="article_newest")]

    def __str__(self) -> str:
        return self.title

    @property
    def state(self) -> State:
        if self.removed_at:
            return self.State.REMOVED
        if self.published_at is None:
            return self.State.DRAFT
        return self.State.PUBLIC if self.published_at <= timezone.now() else self.State.PLANNED

    # What the public may follow from the article: nothing of it shows more than its own page would.

    def public_documents(self) -> models.QuerySet[Document]:
        return self.documents.public()

    def public_groups(self) -> models.QuerySet[Group]:
        return self.groups.public()

    def public_meetings(self) -> models.QuerySet[Meeting]:
        return self.meetings.public().select_related("group")

    def public_measures(self) -> models.QuerySet[Node]:
        shown = Plan.objects.public()
        return self.measures.filter(plan__in=shown, removed_at=None).select_related("plan").order_by("plan", "code")


class PictureQuerySet(models.QuerySet["Picture"]):
    def heads(self, articles: Any) -> dict[int, Picture]:
        """Article -> the picture above its text; one query."""
        rows = self.filter(article__in=articles, use=Picture.Use.HEAD).select_related("file")
        return {one.article_id: one for one in rows if one.article_id}


class Picture(models.Model):
    """A picture of an article or of a page. What it shows is told by `file.alt`, which is never empty."""

    class Use(models.TextChoices):
        HEAD = "head", "nad textem"
        GALLERY = "gallery", "v galerii pod textem"
        TEXT = "text", "uvnitř textu"

    article = models.ForeignKey(Article, on_delete=models.CASCADE, null=True, blank=True, related_name="pictures")
    page = models.ForeignKey(Page, on_delete=models.CASCADE, null=True, blank=True, related_name="pictures")
    file = models.OneToOneField(StoredFile, on_delete=models.PROTECT, related_name="+")
    use = models.CharField("kde", max_length=7, choices=Use.choices, default=Use.TEXT)
    caption = models.CharField("slova pod obrázkem", max_length=200, blank=True)
    order = models.PositiveSmallIntegerField(default=0)

    objects = PictureQuerySet.as_manager()

    class Meta:
        ordering = ["order", "id"]
        verbose_name = "obrázek"
        verbose_name_plural = "obrázky"
        constraints = [
            models.CheckConstraint(
                condition=Q(article=None, page__isnull=False) | Q(article__isnull=False, page=None),
                name="picture_of_one_thing",
            ),
            models.UniqueConstraint(fields=["article"], condition=Q(use="head"), name="picture_head_once"),
        ]

    def __str__(self) -> str:
        return self.file.alt
