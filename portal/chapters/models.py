"""The text around the tree of a plan: chapters, strengths and weaknesses, needs."""

from __future__ import annotations

from typing import Any

from django.db import models

from portal.catalogue.models import TargetGroup
from portal.files.models import StoredFile
from portal.plan.models import Node, Plan

from .provisions import PROVISIONS, Provision


class StandingQuerySet(models.QuerySet[Any]):
    def standing(self) -> StandingQuerySet:
        """What is in the plan now."""
        return self.filter(removed_at=None)


class Chapter(models.Model):
    """A chapter of the document, before the tree of measures or after it. `demanded` holds keys of the provisions
    that ask for it (`provisions.py`), so that the completeness check can say by which law it is missing."""

    class Place(models.TextChoices):
        BEFORE = "before", "před opatřeními"
        AFTER = "after", "za opatřeními"

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="chapters")
    # Where it comes from: the key of a chapter of the template, empty for one's own.
    key = models.CharField(max_length=40, blank=True)
    title = models.CharField("název kapitoly", max_length=200)
    text = models.TextField("text", blank=True)
    place = models.CharField("kde stojí", max_length=6, choices=Place.choices, default=Place.BEFORE)
    order = models.PositiveSmallIntegerField("pořadí", default=0)
    demanded = models.JSONField("co ji žádá", default=list, blank=True)
    # Grows with every save: a form sends it back, so that nobody overwrites what somebody else wrote meanwhile.
    version = models.PositiveIntegerField(default=1)
    removed_at = models.DateTimeField("vyřazeno", null=True, blank=True)

    objects = StandingQuerySet.as_manager()

    class Meta:
        ordering = ["-place", "order", "id"]  # "before" comes before "after"
        verbose_name = "kapitola"
        verbose_name_plural = "kapitoly"

    def __str__(self) -> str:
        return self.title

    @property
    def provisions(self) -> list[Provision]:
        return [PROVISIONS[key] for key in self.demanded if key in PROVISIONS]


class ChapterImage(models.Model):
    """A picture that chapters of a plan may show."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="chapter_images")
    file = models.OneToOneField(StoredFile, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["id"]
        verbose_name = "obrázek kapitol"

    def __str__(self) -> str:
        return self.file.alt


class SwotPoint(models.Model):
    """A strength, weakness, opportunity or threat; what the plan does about it are its measures."""

    class Sort(models.TextChoices):
        STRENGTH = "strength", "silné stránky"
        WEAKNESS = "weakness", "slabé stránky"
        OPPORTUNITY = "opportunity", "příležitosti"
        THREAT = "threat", "hrozby"

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="swot")
    sort = models.CharField("kam patří", max_length=12, choices=Sort.choices)
    text = models.CharField("o čem je řeč", max_length=400)
    evidence = models.CharField("čím je doložená", max_length=300, blank=True)
    evidence_url = models.CharField("odkaz na doklad", max_length=500, blank=True)
    measures = models.ManyToManyField(Node, blank=True, related_name="answered_swot", verbose_name="opatření")
    order = models.PositiveSmallIntegerField("pořadí", default=0)
    version = models.PositiveIntegerField(default=1)
    removed_at = models.DateTimeField("vyřazeno", null=True, blank=True)

    objects = StandingQuerySet.as_manager()

    class Meta:
        ordering = ["order", "id"]
        verbose_name = "bod SWOT"
        verbose_name_plural = "body SWOT"

    def __str__(self) -> str:
        return self.text


class Need(models.Model):
    """What people in the territory need. A need without a measure is seen wherever needs are listed."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="needs")
    title = models.CharField("co lidé potřebují", max_length=200)
    text = models.TextField("podrobněji", blank=True)
    target_groups = models.ManyToManyField(TargetGroup, blank=True, related_name="+", verbose_name="koho se týká")
    measures = models.ManyToManyField(Node, blank=True, related_name="answered_needs", verbose_name="opatření")
    order = models.PositiveSmallIntegerField("pořadí", default=0)
    version = models.PositiveIntegerField(default=1)
    removed_at = models.DateTimeField("vyřazeno", null=True, blank=True)

    objects = StandingQuerySet.as_manager()

    class Meta:
        ordering = ["order", "id"]
        verbose_name = "potřeba"
        verbose_name_plural = "potřeby"

    def __str__(self) -> str:
        return self.title


class NeedEvidence(models.Model):
    """Why a need is believed: what was found, and where it can be read."""

    need = models.ForeignKey(Need, on_delete=models.CASCADE, related_name="evidence")
    text = models.CharField("co dokládá", max_length=300)
    url = models.CharField("odkaz", max_length=500, blank=True)

    class Meta:
        ordering = ["id"]
        verbose_name = "doklad potřeby"

    def __str__(self) -> str:
        return self.text
