"""How people are told: the communication plan, and printed things with where they went."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import F, Q, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone

from portal.accounts.models import Grant, Person
from portal.documents.models import Document


class Spanned(models.Model):
    """A territory of its own, by kind and code as roles have it."""

    span_kind = models.CharField("druh území", max_length=20, choices=Grant.Range.choices, default=Grant.Range.SITE)
    span_code = models.CharField("kód území", max_length=20, blank=True)
    span_name = models.CharField("území", max_length=100, blank=True)

    class Meta:
        abstract = True


class CommunicationQuerySet(models.QuerySet["CommunicationItem"]):
    def open(self) -> CommunicationQuerySet:
        return self.filter(done_on=None)

    def late(self, today: date | None = None) -> CommunicationQuerySet:
        return self.open().filter(due_on__lt=today or timezone.localdate())


class CommunicationItem(Spanned):
    """A line of the communication plan: what, to whom, by which channel, when, who, done."""

    class Channel(models.TextChoices):
        WEB = "web", "web"
        NEWSLETTER = "newsletter", "zpravodaj e-mailem"
        LETTER = "letter", "dopis nebo e-mail"
        PRESS = "press", "místní tisk"
        POSTER = "poster", "plakát nebo leták"
        MEETING = "meeting", "setkání"
        NETWORK = "network", "sociální síť"
        RADIO = "radio", "rozhlas nebo video"
        OTHER = "other", "jinak"

    class Reminded(models.IntegerChoices):
        NOT_YET = 0, "zatím ne"
        BEFORE = 1, "před termínem"
        AFTER = 2, "po termínu"

    what = models.CharField("co", max_length=300)
    audience = models.CharField("komu", max_length=200)
    channel = models.CharField("jak", max_length=10, choices=Channel.choices, default=Channel.WEB)
    due_on = models.DateField("do kdy")
    who = models.CharField("kdo", max_length=150)
    # To whom the reminder goes; without an account nobody is written to.
    person = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    done_on = models.DateField("hotovo dne", null=True, blank=True)
    note = models.CharField("poznámka", max_length=300, blank=True)
    reminded = models.PositiveSmallIntegerField(choices=Reminded.choices, default=Reminded.NOT_YET)
    version = models.PositiveIntegerField(default=1)

    objects = CommunicationQuerySet.as_manager()

    class Meta:
        ordering = ["due_on", "id"]
        verbose_name = "řádek komunikačního plánu"
        verbose_name_plural = "komunikační plán"

    def __str__(self) -> str:
        return self.what

    @property
    def is_late(self) -> bool:
        return self.done_on is None and self.due_on < timezone.localdate()


class ProductQuerySet(models.QuerySet["PrintedProduct"]):
    def counted(self) -> ProductQuerySet:
        """With `handed` and `promised`: pieces that were handed over, and those that still wait for somebody."""
        gone = Sum("handovers__amount", filter=Q(handovers__handed_on__isnull=False))
        waits = Sum("handovers__amount", filter=Q(handovers__handed_on=None))
        return self.annotate(handed=Coalesce(gone, 0), promised=Coalesce(waits, 0)).order_by(
            F("printed_on").desc(nulls_last=True), "title"
        )


class PrintedProduct(Spanned):
    """A thing that was printed: a guide, a leaflet, the plan itself."""

    title = models.CharField("co se vytisklo", max_length=200)
    printed = models.PositiveIntegerField("kolik kusů")
    printed_on = models.DateField("kdy", null=True, blank=True)
    document = models.ForeignKey(
        Document, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="stejný dokument"
    )
    note = models.CharField("poznámka", max_length=300, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = ProductQuerySet.as_manager()

    class Meta:
        ordering = ["-printed_on", "title"]
        verbose_name = "tištěná věc"
        verbose_name_plural = "tištěné věci"

    def __str__(self) -> str:
        return self.title


class Handover(models.Model):
    """So many pieces for one place; `handed_on` is empty until they are there."""

    product = models.ForeignKey(PrintedProduct, on_delete=models.CASCADE, related_name="handovers")
    place = models.CharField("kam", max_length=200)
    amount = models.PositiveIntegerField("kolik kusů")
    planned_on = models.DateField("předat do", null=True, blank=True)
    handed_on = models.DateField("předáno", null=True, blank=True)
    note = models.CharField("poznámka", max_length=300, blank=True)

    class Meta:
        ordering = [F("handed_on").asc(nulls_first=True), "place", "id"]
        verbose_name = "předání"
        verbose_name_plural = "rozdělovník"
        constraints = [models.CheckConstraint(condition=Q(amount__gt=0), name="handover_of_something")]

    def __str__(self) -> str:
        return f"{self.place}: {self.amount}"
