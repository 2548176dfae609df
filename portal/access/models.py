"""What planners compare a study with, and what they keep of their work over it."""

from __future__ import annotations

import secrets
from typing import Any

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q, StringAgg, Value

from portal.accounts.models import Person
from portal.catalogue.models import CapacityUnit, Facility, Kind, Service
from portal.territory.models import Municipality, Statistic


class ReferenceValueQuerySet(models.QuerySet["ReferenceValue"]):
    def beside(self, measure: str) -> models.QuerySet[Any]:
        """Values for one group of people, each with the keys of its kinds (`kind_keys`); one query."""
        return (
            self.filter(measure=measure).select_related("unit").annotate(kind_keys=StringAgg("kinds__key", Value(" ")))
        )


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

    objects = ReferenceValueQuerySet.as_manager()

    class Meta:
        ordering = ["name", "id"]
        verbose_name = "referenční hodnota"
        verbose_name_plural = "referenční hodnoty"
        constraints = [models.CheckConstraint(condition=Q(amount__gte=0), name="reference_value_not_negative")]

    def __str__(self) -> str:
        return self.name


class TravelTimes(models.Model):
    """The table of travel times that a region brought; one at most. `origins`, `targets`: codes of municipalities
    separated by spaces; `minutes`: their matrix in rows, 64-bit floats packed by zlib, inf where there is no such
    pair. `digest` changes with anything in it."""

    source = models.CharField("zdroj", max_length=300)
    day = models.DateField("ke dni", null=True, blank=True)
    origins = models.TextField("odkud")
    targets = models.TextField("kam")
    minutes = models.BinaryField("minuty")
    pairs = models.PositiveIntegerField("dvojic")
    digest = models.CharField(max_length=64, unique=True)
    imported_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.source


# --- scenarios -------------------------------------------------------------------------------------------------


def new_key() -> str:
    """The part of a shared address that nobody can guess."""
    return secrets.token_urlsafe(18)


class ScenarioQuerySet(models.QuerySet["Scenario"]):
    def listed(self) -> ScenarioQuerySet:
        """With the author and the number of changes, the latest first."""
        return self.select_related("author").annotate(change_count=models.Count("changes")).order_by("-changed_at")


class Scenario(models.Model):
    """What a planner tries out over one question: changes of the network of services, in order.

    `query` is the canonical address of the question. `version` grows with every write: whoever writes says which
    version they saw."""

    name = models.CharField("název", max_length=120)
    note = models.TextField("poznámka", blank=True, max_length=2000)
    query = models.CharField(max_length=1000)
    key = models.CharField(max_length=40, unique=True, default=new_key)
    shared = models.BooleanField("výsledek vidí každý, kdo má odkaz", default=False)
    version = models.PositiveIntegerField(default=1)
    author = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)

    objects = ScenarioQuerySet.as_manager()

    class Meta:
        ordering = ["-changed_at"]

    def __str__(self) -> str:
        return self.name


class ScenarioChange(models.Model):
    """One change. A place is named by its facility, a service that comes to people by the service; a new one by
    the municipality and, where it is known, its capacity."""

    class Deed(models.TextChoices):
        CLOSE = "close", "zavřít"
        GROW = "grow", "zvětšit"
        MOVE = "move", "přesunout"
        OPEN = "open", "otevřít"

    scenario = models.ForeignKey(Scenario, on_delete=models.CASCADE, related_name="changes")
    deed = models.CharField(max_length=8, choices=Deed.choices)
    facility = models.ForeignKey(Facility, on_delete=models.CASCADE, null=True, related_name="+")
    service = models.ForeignKey(Service, on_delete=models.CASCADE, null=True, related_name="+")
    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, null=True, related_name="+")
    amount = models.PositiveIntegerField(null=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=(
                    Q(deed="open", facility=None, service=None, municipality__isnull=False)
                    | Q(deed="move", facility__isnull=False, service=None, municipality__isnull=False, amount=None)
                    | Q(deed="close", municipality=None, amount=None)
                    & (Q(facility=None, service__isnull=False) | Q(facility__isnull=False, service=None))
                    | Q(deed="grow", municipality=None, amount__gt=0)
                    & (Q(facility=None, service__isnull=False) | Q(facility__isnull=False, service=None))
                ),
                name="scenario_change_is_whole",
            )
        ]

    def __str__(self) -> str:
        return f"{self.deed} {self.facility_id or self.service_id or ''} {self.municipality_id or ''}".strip()


class ScenarioComment(models.Model):
    scenario = models.ForeignKey(Scenario, on_delete=models.CASCADE, related_name="comments")
    author = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, related_name="+")
    text = models.TextField("komentář", max_length=2000)
    written_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.text[:60]


class UnitCost(models.Model):
    """What a service of a kind costs in a year: for one unit of capacity, or for one whole place of help."""

    kind = models.ForeignKey(Kind, on_delete=models.CASCADE, related_name="+", verbose_name="druh služby")
    unit = models.ForeignKey(
        CapacityUnit,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="na co",
        help_text="prázdné = jedno celé zařízení",
    )
    amount = models.PositiveIntegerField("korun za rok", validators=[MinValueValidator(1)])
    year = models.PositiveSmallIntegerField("rok, ke kterému platí")
    source = models.CharField("zdroj", max_length=300)
    note = models.TextField("poznámka", blank=True)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["kind__order", "kind__name", "id"]
        verbose_name = "jednotkový náklad"
        verbose_name_plural = "jednotkové náklady"
        constraints = [
            models.UniqueConstraint(fields=["kind", "unit"], name="unit_cost_once"),
            models.UniqueConstraint(fields=["kind"], condition=Q(unit=None), name="unit_cost_of_place_once"),
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.unit or 'zařízení'}"


class Proposal(models.Model):
    """Where one more help would do most: what was asked, and what the computation answered. `answer` is empty
    until the job is done."""

    query = models.CharField(max_length=1000)
    wish = models.JSONField()
    answer = models.JSONField(default=dict)
    job_key = models.CharField(max_length=40, blank=True)
    author = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-made_at"]

    def __str__(self) -> str:
        return f"Návrh {self.pk}"
