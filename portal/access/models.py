"""What planners compare a study with, and what they keep of their work over it."""

from __future__ import annotations

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q

from portal.catalogue.models import CapacityUnit, Kind
from portal.territory.models import Statistic


class ReferenceValue(models.Model):
    """A figure to hold our own against, such as beds per 1 000 people from 65 years. Never a binding norm: those
    of the 1980s were never put into force, so every value carries its source and what it was made for."""

    name = models.CharField("název", max_length=200)
    kinds = models.ManyToManyField(Kind, related_name="+", verbose_name="druhy služeb")
    unit = models.ForeignKey(
        CapacityUnit,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="jednotka kapacity",
        help_text="prázdné = počet zařízení",
    )
    measure = models.CharField("na 1 000 koho", max_length=20, choices=Statistic.Measure.choices)
    amount = models.FloatField("hodnota na 1 000", validators=[MinValueValidator(0)])
    year = models.PositiveSmallIntegerField("rok, ke kterému platí", null=True, blank=True)
    source = models.CharField("zdroj", max_length=300)
    note = models.TextField("poznámka", blank=True)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["name", "id"]
        verbose_name = "referenční hodnota"
        verbose_name_plural = "referenční hodnoty"
        constraints = [models.CheckConstraint(condition=Q(amount__gte=0), name="reference_value_not_negative")]

    def __str__(self) -> str:
        return self.name
