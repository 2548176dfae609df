"""Files that people hand in. What lies here is never what was sent: a picture is drawn anew, a document is kept only
when its inside is what it says. Whoever shows a file (a card, a plan) points to its row."""

from __future__ import annotations

import secrets

from django.db import models
from django.urls import reverse

# The longer side of the smaller picture, in pixels.
SMALL_SIDE = 480


def new_key() -> str:
    """About 130 bits that nobody guesses; safe in an address."""
    return secrets.token_urlsafe(16)


class StoredFile(models.Model):
    """One file. `key` is its address, `content` and `small` lie in Django's default storage under names of ours.

    `thing` and `thing_id` say who keeps it ("catalogue.service", "12"); a file that nobody keeps is deleted after
    some days. The uploader is remembered by number and name, because people stand above files in the staircase.
    """

    class Sort(models.TextChoices):
        IMAGE = "image", "obrázek"
        DOCUMENT = "document", "dokument"
        VIDEO = "video", "video"
        CAPTIONS = "captions", "titulky"

    key = models.CharField(max_length=30, unique=True, default=new_key, editable=False)
    name = models.CharField("název souboru", max_length=120)
    sort = models.CharField(max_length=10, choices=Sort.choices)
    content_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField("velikost v bajtech")
    sha256 = models.CharField(max_length=64)
    content = models.FileField(upload_to="files/")
    # A picture for lists and narrow screens; empty for documents.
    small = models.FileField(upload_to="files/", blank=True)
    width = models.PositiveSmallIntegerField(null=True, blank=True)
    height = models.PositiveSmallIntegerField(null=True, blank=True)
    alt = models.CharField("co je na obrázku", max_length=250, blank=True)
    public = models.BooleanField("vidí ho každý", default=False)
    uploaded_by_id = models.BigIntegerField(null=True, blank=True)
    uploaded_by_name = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    thing = models.CharField(max_length=60, blank=True, help_text="app.model of whoever keeps the file")
    thing_id = models.CharField(max_length=60, blank=True)
    released_at = models.DateTimeField("od kdy ho nikdo nedrží", null=True, blank=True)

    class Meta:
        ordering = ["-created_at", "-id"]
        verbose_name = "soubor"
        verbose_name_plural = "soubory"
        indexes = [models.Index(fields=["thing", "thing_id"], name="stored_file_thing")]

    def __str__(self) -> str:
        return self.name

    @property
    def url(self) -> str:
        return reverse("files:file", args=[self.key, self.name])

    @property
    def small_url(self) -> str:
        """The smaller picture; of what has none, the file itself."""
        return reverse("files:small", args=[self.key, self.name]) if self.small else self.url

    @property
    def small_width(self) -> int:
        return self._small_side(self.width, self.height)

    @property
    def small_height(self) -> int:
        return self._small_side(self.height, self.width)

    @staticmethod
    def _small_side(side: int | None, other: int | None) -> int:
        """A side of the smaller picture in pixels, for the space it takes before it comes."""
        longer = max(side or 1, other or 1)
        return max(1, round((side or 1) * min(1, SMALL_SIDE / longer)))

    @property
    def suffix(self) -> str:
        """ "PDF", for a person."""
        return self.name.rpartition(".")[2].upper()
