"""Typed documents with versions: an analysis, a founding document, a presentation, minutes, a plan.

A document is public, for signed-in members of one group, or for the desk of its territory. What lies inside a file is
read once, when it is kept (`DocumentVersion.text`), so that it can be searched.
"""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Count, Exists, OuterRef, Q
from django.utils import timezone

from portal.accounts.models import Grant, Person
from portal.catalogue.lists_models import Listed
from portal.catalogue.models import CodeListItem
from portal.files.models import StoredFile
from portal.groups.models import Group


class DocumentSort(CodeListItem):
    """Analysis, founding document, rules, presentation, minutes, plan, report…"""

    listed = Listed("druhy-dokumentu", "Druhy dokumentů", "analýza, zápis, jednací řád", coded=False)


class DocumentQuerySet(models.QuerySet["Document"]):
    def public(self) -> DocumentQuerySet:
        return self.filter(audience=Document.Audience.PUBLIC, removed_at=None)

    def standing(self) -> DocumentQuerySet:
        return self.filter(removed_at=None)

    def asked(self, asked: dict[str, Any]) -> DocumentQuerySet:
        """By the filter of the desk (`forms.DeskFilter`): withdrawn ones only where they are asked for."""
        state = asked.get("stav")
        rows = self.exclude(removed_at=None) if state == "removed" else self.standing()
        if state in Document.Audience:
            rows = rows.filter(audience=state)
        if "druh" in asked:
            rows = rows.filter(sort=asked["druh"])
        if "skupina" in asked:
            rows = rows.filter(group=asked["skupina"])
        if "q" in asked:
            named = ("title", "author", "project", "project_indicator")
            rows = rows.filter(Q(*((f"{name}__icontains", asked["q"]) for name in named), _connector=Q.OR))
        return rows

    def towards_projects(self) -> list[tuple[str, str, int]]:
        """Project, its indicator and how many documents that stand count towards it."""
        rows = self.standing().exclude(project="").order_by("project", "project_indicator")
        return list(rows.values_list("project", "project_indicator").annotate(number=Count("pk", distinct=True)))


class Document(models.Model):
    class Audience(models.TextChoices):
        PUBLIC = "public", "veřejný"
        GROUP = "group", "jen pro skupinu"
        DESK = "desk", "jen pro správu"

    slug = models.SlugField(max_length=120, unique=True)
    title = models.CharField("název", max_length=250)
    sort = models.ForeignKey(DocumentSort, on_delete=models.PROTECT, related_name="+", verbose_name="druh")
    about = models.TextField("o čem je", blank=True)
    audience = models.CharField("kdo ho vidí", max_length=6, choices=Audience.choices, default=Audience.DESK)
    group = models.ForeignKey(
        Group, on_delete=models.SET_NULL, null=True, blank=True, related_name="documents", verbose_name="skupina"
    )
    span_kind = models.CharField("druh území", max_length=20, choices=Grant.Range.choices)
    span_code = models.CharField("kód území", max_length=20, blank=True)
    span_name = models.CharField("území", max_length=100, blank=True)
    author = models.CharField("autor", max_length=200, blank=True)
    licence = models.CharField("licence", max_length=100, blank=True)
    day = models.DateField("ze dne", null=True, blank=True)
    valid_from = models.DateField("platí od", null=True, blank=True)
    valid_until = models.DateField("platí do", null=True, blank=True)
    # Which project paid for it and which of its indicators it counts towards, in the words of the project.
    project = models.CharField("zaplatil projekt", max_length=200, blank=True)
    project_indicator = models.CharField("počítá se do ukazatele projektu", max_length=200, blank=True)
    removed_at = models.DateTimeField("vyřazený", null=True, blank=True)
    changed_at = models.DateTimeField(auto_now=True)
    version = models.PositiveIntegerField(default=1)

    objects = DocumentQuerySet.as_manager()

    class Meta:
        ordering = ["-day", "-id"]
        verbose_name = "dokument"
        verbose_name_plural = "dokumenty"
        constraints = [
            models.CheckConstraint(
                condition=~Q(audience="group") | Q(group__isnull=False), name="document_of_group_has_group"
            ),
        ]

    def __str__(self) -> str:
        return self.title


class DocumentVersionQuerySet(models.QuerySet["DocumentVersion"]):
    def standing(self) -> DocumentVersionQuerySet:
        return self.filter(removed_at=None)

    def without_captions(self) -> DocumentVersionQuerySet:
        """Videos that somebody who does not hear would not follow."""
        return self.filter(file__sort=StoredFile.Sort.VIDEO, captions=None, silent=False)

    def in_force(self) -> DocumentVersionQuerySet:
        """Of each document the standing version with the highest number."""
        later = DocumentVersion.objects.standing().filter(document=OuterRef("document"), number__gt=OuterRef("number"))
        return self.standing().filter(~Exists(later))


class DocumentVersion(models.Model):
    """A file of the document as it was handed in; the standing one with the highest number is in force."""

    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveSmallIntegerField("verze")
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    note = models.CharField("co je nového", max_length=300, blank=True)
    # Plain text of the inside, for searching; empty where nothing can be read.
    text = models.TextField(blank=True)
    # When the inside was read; empty while it waits, and where there is nothing to read.
    read_at = models.DateTimeField(null=True, blank=True)
    # Of a video: its captions, or the author's word that there is nothing to write down.
    captions = models.ForeignKey(StoredFile, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    silent = models.BooleanField("ve videu nikdo nemluví", default=False)
    # Taken off by itself, because it should never have been handed in: its file is gone for everybody.
    removed_at = models.DateTimeField("vyřazená", null=True, blank=True)
    added_at = models.DateTimeField(default=timezone.now)
    added_by = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    objects = DocumentVersionQuerySet.as_manager()

    class Meta:
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["document", "number"], name="document_version_once")]

    def __str__(self) -> str:
        return f"{self.document}, verze {self.number}"
