"""Frozen states of a plan and the documents made from them.

Laws that the tables hold: an edition's content never changes (a trigger, see guard.py); what a body approved is never
deleted, only followed by another edition; a document once made stays the same bytes.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.urls import reverse

from portal.files.models import StoredFile
from portal.plan.models import Plan, Resolution

from .content import Content, content_of

FROZEN = "Vydání se už nemění. Změna plánu je nové vydání."


class EditionQuerySet(models.QuerySet["Edition"]):
    def public(self) -> EditionQuerySet:
        return self.filter(public=True)

    def light(self) -> EditionQuerySet:
        """Without the content, which may have megabytes."""
        return self.defer("content").select_related("resolution")

    def publish(self, *, public: bool) -> int:
        """The only thing about an edition that may change."""
        return super().update(public=public)

    def update(self, **values: Any) -> int:
        raise ValidationError(FROZEN)

    def delete(self) -> tuple[int, dict[str, int]]:
        if self.filter(sort__in=Edition.APPROVED).exists():
            raise ValidationError(FROZEN)
        return super().delete()


class Edition(models.Model):
    class Sort(models.TextChoices):
        CONCEPT = "concept", "koncept"
        CONSULTATION = "consultation", "k připomínkám"
        APPROVED = "approved", "schválené znění"
        CHANGE = "change", "schválená změna"

    # Decided by a body: needs its resolution, is public at once and never goes away.
    APPROVED = (Sort.APPROVED, Sort.CHANGE)

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="editions")
    number = models.PositiveSmallIntegerField("číslo")
    name = models.CharField("název", max_length=150)
    sort = models.CharField("druh", max_length=12, choices=Sort.choices)
    content = models.JSONField("obsah")
    digest = models.CharField("otisk obsahu", max_length=64)
    # Money of whom paid for the plan; stands on the cover of the document.
    publicity = models.TextField("publicita projektu", blank=True)
    made_at = models.DateTimeField("kdy")
    made_by = models.CharField("kdo", max_length=200, blank=True)
    resolution = models.ForeignKey(Resolution, on_delete=models.PROTECT, null=True, blank=True, related_name="editions")
    public = models.BooleanField("zveřejněno", default=False)

    objects = EditionQuerySet.as_manager()

    class Meta:
        ordering = ["-number"]
        verbose_name = "vydání"
        verbose_name_plural = "vydání"
        constraints = [
            models.UniqueConstraint(fields=["plan", "number"], name="edition_number_once"),
            models.CheckConstraint(
                condition=~models.Q(sort__in=("approved", "change")) | models.Q(resolution__isnull=False),
                name="approved_edition_has_resolution",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.number})"

    def save(self, *args: Any, **more: Any) -> None:
        if not self._state.adding:
            raise ValidationError(FROZEN)
        super().save(*args, **more)

    def get_absolute_url(self) -> str:
        return reverse("editions:edition", args=[self.plan.slug, self.number])

    def delete(self, *args: Any, **more: Any) -> tuple[int, dict[str, int]]:
        if self.is_approved:
            raise ValidationError(FROZEN)
        return super().delete(*args, **more)

    @property
    def is_approved(self) -> bool:
        return self.sort in self.APPROVED

    @cached_property
    def frozen(self) -> Content:
        """The plan as it was."""
        return content_of(self.content)


class Logo(models.Model):
    """A logo that stands on the cover of what is made from now on; its alternative text is that of the file."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="logos")
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+", verbose_name="obrázek")

    class Meta:
        ordering = ["id"]
        verbose_name = "logo na titulní straně"
        verbose_name_plural = "loga na titulní straně"

    def __str__(self) -> str:
        return self.file.alt


class EditionLogo(models.Model):
    """A logo as it was when the edition was made; it stays even when the plan has it no more."""

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="logos")
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    alt = models.CharField("co na něm je", max_length=250)

    class Meta:
        ordering = ["id"]
        verbose_name = "logo vydání"
        verbose_name_plural = "loga vydání"

    def __str__(self) -> str:
        return self.alt


class EditionFile(models.Model):
    """A document made from an edition, of the whole or of a part, kept for good."""

    class Form(models.TextChoices):
        PDF = "pdf", "PDF"
        DOCX = "docx", "DOCX"
        XLSX = "xlsx", "XLSX"
        JSON = "json", "JSON"

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="files")
    # "" is the whole, "oblast:Senioři" an area, "obec:573868" a municipality; see parts.py.
    part = models.CharField("část", max_length=200, blank=True)
    form = models.CharField("podoba", max_length=4, choices=Form.choices)
    digest = models.CharField("otisk souboru", max_length=64)
    size = models.PositiveIntegerField("velikost v bajtech")
    content = models.FileField(upload_to="editions/")
    made_at = models.DateTimeField("kdy")

    class Meta:
        ordering = ["part", "form"]
        verbose_name = "dokument vydání"
        verbose_name_plural = "dokumenty vydání"
        constraints = [models.UniqueConstraint(fields=["edition", "part", "form"], name="edition_file_once")]

    def __str__(self) -> str:
        return f"{self.edition_id} {self.part} {self.form}"
