"""Indicators shared by plans: what is measured, from where to where, and what is so far.

A definition is one for all plans, so that a region can sum what its towns say; an indicator is its use on one point
of a plan. No row means unknown; zero is a number like any other.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from portal.accounts.models import Person
from portal.catalogue.models import CapacityUnit, Form, Kind
from portal.plan.models import Level, Node, Plan


class DefinitionQuerySet(models.QuerySet["Definition"]):
    def offered(self) -> DefinitionQuerySet:
        return self.filter(active=True)

    def used_under(self, plan: Plan) -> DefinitionQuerySet:
        """Those that public plans under this one use."""
        below = Plan.objects.public().filter(above=plan)
        uses = Indicator.objects.standing().filter(definition=models.OuterRef("pk"), node__plan__in=below)
        return self.filter(models.Exists(uses)).order_by("name")


class Definition(models.Model):
    """What is measured, in what unit and where the number comes from; the same in every plan that uses it."""

    class Often(models.TextChoices):
        QUARTERLY = "quarterly", "každé čtvrtletí"
        HALF_YEARLY = "half", "každé pololetí"
        YEARLY = "yearly", "jednou za rok"
        AT_END = "end", "na konci plánu"

    class Formula(models.TextChoices):
        TYPED = "", "píše ji člověk"
        CAPACITY = "capacity", "součet kapacit z katalogu"
        SERVICES = "services", "počet veřejných služeb z katalogu"
        CONFIRMED = "confirmed", "podíl potvrzených karet v katalogu"

    key = models.SlugField("klíč", max_length=60, unique=True)
    name = models.CharField("název", max_length=200, unique=True)
    unit = models.CharField("jednotka", max_length=40)
    description = models.TextField("co přesně počítáme", blank=True)
    source = models.CharField("odkud údaj je", max_length=200, blank=True)
    supplier = models.CharField("kdo údaj dodává", max_length=150, blank=True)
    often = models.CharField("jak často", max_length=10, choices=Often.choices, default=Often.YEARLY)
    # A share or an average says nothing when added up.
    adds_up = models.BooleanField("dá se sčítat", default=True)
    more_is_better = models.BooleanField("víc je líp", default=True)
    formula = models.CharField("hodnota", max_length=10, choices=Formula.choices, blank=True, default=Formula.TYPED)
    kind = models.ForeignKey(
        Kind, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="druh služby"
    )
    form = models.ForeignKey(
        Form, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="forma"
    )
    capacity_unit = models.ForeignKey(
        CapacityUnit,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="jednotka kapacity",
    )
    active = models.BooleanField("nabízí se", default=True)

    objects = DefinitionQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        verbose_name = "ukazatel"
        verbose_name_plural = "ukazatele"
        constraints = [
            models.CheckConstraint(
                condition=~Q(formula="capacity") | Q(kind__isnull=False, capacity_unit__isnull=False),
                name="capacity_indicator_says_of_what",
            ),
            models.CheckConstraint(condition=~Q(formula="confirmed") | Q(adds_up=False), name="share_does_not_add_up"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_computed(self) -> bool:
        return bool(self.formula)


class IndicatorQuerySet(models.QuerySet["Indicator"]):
    def standing(self) -> IndicatorQuerySet:
        """Indicators of points that are in their plan now."""
        return self.filter(node__removed_at=None)

    def whole(self) -> IndicatorQuerySet:
        """With definitions, targets and actual values: three queries for any number of rows."""
        return self.select_related("definition").prefetch_related("targets", "actuals")


class Indicator(models.Model):
    """A definition used on a measure or a goal: where it stood and where it should get."""

    ON = (Level.Role.MEASURE, Level.Role.GOAL)

    node = models.ForeignKey(Node, on_delete=models.CASCADE, related_name="indicators")
    definition = models.ForeignKey(Definition, on_delete=models.PROTECT, related_name="uses", verbose_name="co se měří")
    baseline = models.DecimalField("výchozí hodnota", max_digits=14, decimal_places=2, null=True, blank=True)
    baseline_year = models.PositiveSmallIntegerField("z roku", null=True, blank=True)
    note = models.CharField("poznámka", max_length=300, blank=True)
    order = models.PositiveSmallIntegerField("pořadí", default=0)
    # Grows with every save of baseline and targets; a form sends it back.
    version = models.PositiveIntegerField(default=1)

    objects = IndicatorQuerySet.as_manager()

    class Meta:
        ordering = ["order", "id"]
        verbose_name = "ukazatel bodu plánu"
        constraints = [models.UniqueConstraint(fields=["node", "definition"], name="indicator_once_on_node")]

    def __str__(self) -> str:
        return f"{self.node}: {self.definition}"


class Target(models.Model):
    """Where the indicator should be in a year."""

    indicator = models.ForeignKey(Indicator, on_delete=models.CASCADE, related_name="targets")
    year = models.PositiveSmallIntegerField("rok")
    value = models.DecimalField("cíl", max_digits=14, decimal_places=2)

    class Meta:
        ordering = ["year"]
        constraints = [models.UniqueConstraint(fields=["indicator", "year"], name="target_once_a_year")]

    def __str__(self) -> str:
        return f"{self.year}: {self.value}"


class Actual(models.Model):
    """Where it really was, and who said so. Of a computed indicator, what the system counted that year."""

    indicator = models.ForeignKey(Indicator, on_delete=models.CASCADE, related_name="actuals")
    year = models.PositiveSmallIntegerField("rok")
    value = models.DecimalField("skutečnost", max_digits=14, decimal_places=2)
    note = models.CharField("poznámka", max_length=300, blank=True)
    said_by = models.ForeignKey(
        Person, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="kdo ji dodal"
    )
    computed = models.BooleanField("spočítal systém", default=False)
    said_at = models.DateTimeField("kdy", auto_now=True)

    class Meta:
        ordering = ["year"]
        constraints = [models.UniqueConstraint(fields=["indicator", "year"], name="actual_once_a_year")]

    def __str__(self) -> str:
        return f"{self.year}: {self.value}"
