"""What a provider adds to a card beside its words: days out of the ordinary, barriers, vacancies, photos, documents.
No import ever touches these tables."""

from __future__ import annotations

from datetime import time

from django.db import models
from django.db.models import F, Q

from portal.files.models import StoredFile

from .lists_models import AccessDetail, CapacityUnit, Form
from .opening import SpecialDays


class AccessGrade(models.TextChoices):
    """How far somebody in a wheelchair gets; empty is "we do not know"."""

    FULL = "full", "přístupné bez pomoci"
    PARTLY = "partly", "přístupné s pomocí"
    NONE = "none", "nepřístupné"


class Holidays(models.TextChoices):
    """What a place does on public holidays; empty is "we do not know"."""

    CLOSED = "closed", "zavřeno"
    USUAL = "usual", "otevřeno jako jindy"


class FacilityAccess(models.Model):
    """An answer about one detail of access; no row is "we do not know"."""

    facility = models.ForeignKey("catalogue.Facility", on_delete=models.CASCADE, related_name="access_details")
    detail = models.ForeignKey(AccessDetail, on_delete=models.PROTECT, related_name="+")
    answer = models.BooleanField()

    class Meta:
        ordering = ["detail__order", "detail_id"]
        constraints = [models.UniqueConstraint(fields=["facility", "detail"], name="facility_access_once")]

    def __str__(self) -> str:
        return f"{self.detail}: {'ano' if self.answer else 'ne'}"


class OpeningException(models.Model):
    """Days when a facility keeps other hours than the week says; no hours means closed. Of two that meet, the
    shorter one holds: Christmas Eve wins over the winter holidays."""

    facility = models.ForeignKey("catalogue.Facility", on_delete=models.CASCADE, related_name="exceptions")
    first = models.DateField("od")
    last = models.DateField("do")
    # [["08:00", "12:00"], …]: always read and written whole, never asked about.
    hours = models.JSONField("hodiny", default=list, blank=True)
    note = models.CharField("proč", max_length=200, blank=True)

    class Meta:
        ordering = ["first", "last", "id"]
        constraints = [models.CheckConstraint(condition=Q(last__gte=F("first")), name="exception_ends_after_start")]

    def __str__(self) -> str:
        return f"{self.first}–{self.last}"

    @property
    def days(self) -> SpecialDays:
        hours = tuple((time.fromisoformat(opens), time.fromisoformat(closes)) for opens, closes in self.hours)
        return SpecialDays(self.first, self.last, hours, self.note)


class Vacancy(models.Model):
    """Free places of a service, as somebody said them on a day. Registered capacity is not vacant and no row is not
    zero: zero is written as zero."""

    service = models.ForeignKey("catalogue.Service", on_delete=models.CASCADE, related_name="vacancies")
    form = models.ForeignKey(Form, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    unit = models.ForeignKey(CapacityUnit, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    amount = models.PositiveSmallIntegerField("volných míst")
    said_on = models.DateField("platí ke dni")
    said_by = models.CharField("kdo to řekl", max_length=150, blank=True, help_text="pro deník, na kartě není")
    note = models.CharField("pro koho", max_length=200, blank=True)

    class Meta:
        ordering = ["form__order", "unit__order", "id"]
        verbose_name = "volná místa"
        verbose_name_plural = "volná místa"

    def __str__(self) -> str:
        return f"{self.service}: {self.amount} ({self.said_on})"


class ServicePhoto(models.Model):
    """A picture on a card; without the words for those who do not see it, it is not there."""

    service = models.ForeignKey("catalogue.Service", on_delete=models.CASCADE, related_name="photos")
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    alt = models.CharField("co je na fotce", max_length=250)
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["order", "id"]
        constraints = [
            models.UniqueConstraint(fields=["service", "file"], name="photo_once"),
            models.CheckConstraint(condition=~Q(alt=""), name="photo_has_words"),
        ]

    def __str__(self) -> str:
        return self.alt


class ServiceDocument(models.Model):
    """A document to download from a card: price list, application form, rules."""

    class Sort(models.TextChoices):
        PRICES = "prices", "ceník"
        APPLICATION = "application", "žádost o službu"
        CONTRACT = "contract", "smlouva"
        RULES = "rules", "pravidla a domácí řád"
        REPORT = "report", "výroční zpráva"
        LEAFLET = "leaflet", "leták"
        OTHER = "other", "jiný dokument"

    service = models.ForeignKey("catalogue.Service", on_delete=models.CASCADE, related_name="documents")
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    sort = models.CharField("druh", max_length=12, choices=Sort.choices, default=Sort.OTHER)
    title = models.CharField("název", max_length=200)
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["order", "id"]
        constraints = [models.UniqueConstraint(fields=["service", "file"], name="document_once")]

    def __str__(self) -> str:
        return self.title
