"""Ways in for people: their words, their situations, numbers for an emergency; and what they looked for in vain."""

from __future__ import annotations

from typing import Any

from django.db import models

from portal.catalogue.models import Kind, TargetGroup


class Origin(models.TextChoices):
    SHIPPED = "shipped", "slovník, který je součástí Pospolu"
    COORDINATOR = "coordinator", "přidal člověk"
    SEARCH = "search", "z hledání, které nic nenašlo"


class LayWordQuerySet(models.QuerySet["LayWord"]):
    def active(self) -> LayWordQuerySet:
        return self.filter(active=True)


class LayWord(models.Model):
    """A phrase that people use, with the kinds that answer it (the most fitting first) and the groups it is about.

    Kinds and groups are keys kept in order and separated by spaces, as in the shipped list: the search reads
    thousands of these rows at once and needs nothing but the keys.
    """

    phrase = models.CharField("slova lidí", max_length=200, unique=True)
    kinds = models.CharField(
        "druhy služeb", max_length=200, blank=True, help_text="klíče s mezerou, nejvhodnější první"
    )
    groups = models.CharField("cílové skupiny", max_length=200, blank=True, help_text="klíče s mezerou")
    origin = models.CharField("původ", max_length=12, choices=Origin.choices, default=Origin.COORDINATOR)
    active = models.BooleanField("používá se", default=True)
    # Set when a person changes the row: from then on the shipped list never overwrites it.
    edited_at = models.DateTimeField("upraveno ručně", null=True, blank=True, editable=False)

    objects = LayWordQuerySet.as_manager()

    class Meta:
        ordering = ["phrase"]
        verbose_name = "lidové slovo"
        verbose_name_plural = "lidová slova"

    def __str__(self) -> str:
        return self.phrase


class EmptySearchQuerySet(models.QuerySet["EmptySearch"]):
    def totals(self) -> models.QuerySet[EmptySearch, Any]:
        """Questions with how often they were asked, the most frequent first: where the dictionary should grow."""
        return (
            self.values("question")
            .annotate(times=models.Sum("count"), last=models.Max("day"))
            .order_by("-times", "question")
        )


class EmptySearch(models.Model):
    """A question that nobody could answer. Words only: no numbers, addresses or names, no time of day, no visitor."""

    question = models.CharField("hledaná slova", max_length=120)
    day = models.DateField("den")
    count = models.PositiveIntegerField("kolikrát", default=1)

    objects = EmptySearchQuerySet.as_manager()

    class Meta:
        ordering = ["-day", "question"]
        verbose_name = "hledání bez výsledku"
        verbose_name_plural = "hledání bez výsledku"
        constraints = [models.UniqueConstraint(fields=["question", "day"], name="empty_search_once_a_day")]

    def __str__(self) -> str:
        return self.question


class SituationQuerySet(models.QuerySet["Situation"]):
    def shown(self) -> SituationQuerySet:
        return self.filter(active=True)


class Situation(models.Model):
    """What has happened to a person, and the kinds and groups that help with it."""

    slug = models.SlugField("adresa", max_length=60, unique=True)
    title = models.CharField("situace slovy člověka", max_length=120)
    line = models.CharField("vysvětlení na jeden řádek", max_length=250)
    steps = models.TextField("první kroky", blank=True, help_text="jeden krok na řádek")
    kinds = models.ManyToManyField(Kind, blank=True, related_name="+", verbose_name="druhy služeb")
    target_groups = models.ManyToManyField(TargetGroup, blank=True, related_name="+", verbose_name="cílové skupiny")
    # Pages about violence have a quick exit and put the telephone first.
    violence = models.BooleanField("týká se násilí", default=False)
    order = models.PositiveSmallIntegerField("pořadí", default=0)
    active = models.BooleanField("ukazuje se", default=True)
    edited_at = models.DateTimeField("upraveno ručně", null=True, blank=True, editable=False)

    objects = SituationQuerySet.as_manager()

    class Meta:
        ordering = ["order", "title"]
        verbose_name = "životní situace"
        verbose_name_plural = "životní situace"

    def __str__(self) -> str:
        return self.title


class CrisisLineQuerySet(models.QuerySet["CrisisLine"]):
    def shown(self) -> CrisisLineQuerySet:
        return self.filter(active=True)


class CrisisLine(models.Model):
    """A telephone number for an emergency. A number is shown with the day when somebody verified it; one that
    nobody verified says so."""

    class Certainty(models.TextChoices):
        LAW = "law", "tísňové číslo"
        VERIFIED = "verified", "ověřeno u provozovatele"
        SEVERAL = "several", "uvádí více zdrojů, neověřeno"
        SINGLE = "single", "uvádí jeden zdroj, neověřeno"
        UNVERIFIED = "unverified", "neověřeno"

    key = models.SlugField("klíč", max_length=40, unique=True)
    number = models.CharField("číslo", max_length=20)
    name = models.CharField("název", max_length=120)
    line = models.CharField("s čím pomůže", max_length=250)
    hours = models.CharField("kdy", max_length=120, blank=True)
    free = models.BooleanField("volání zdarma", null=True, blank=True)
    violence = models.BooleanField("týká se násilí", default=False)
    verified_on = models.DateField("ověřeno dne", null=True, blank=True)
    certainty = models.CharField("jistota", max_length=12, choices=Certainty.choices, default=Certainty.UNVERIFIED)
    order = models.PositiveSmallIntegerField("pořadí", default=0)
    active = models.BooleanField("ukazuje se", default=True)
    edited_at = models.DateTimeField("upraveno ručně", null=True, blank=True, editable=False)

    objects = CrisisLineQuerySet.as_manager()

    class Meta:
        ordering = ["order", "name"]
        verbose_name = "krizová linka"
        verbose_name_plural = "krizové linky"

    def __str__(self) -> str:
        return f"{self.number} {self.name}"
