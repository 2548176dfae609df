"""Code lists: data with validity, loaded from lists/*.csv, edited by people (lists_actions.py)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from django.db import models


@dataclass(frozen=True, slots=True)
class Listed:
    """A code list as a person knows it: its word in addresses, title and a line about it; `said` is the column with
    plain words, `coded` says whether anybody gives its items official codes."""

    slug: str
    title: str
    line: str
    said: str = ""
    coded: bool = True


class CodeListItem(models.Model):
    """What all code lists share. `key` is ours and never changes, `code` is the official one."""

    listed: ClassVar[Listed]

    key = models.SlugField("klíč", max_length=40, unique=True)
    code = models.CharField("úřední kód", max_length=60, blank=True)
    name = models.CharField("název", max_length=200)
    order = models.PositiveSmallIntegerField("pořadí", default=0)
    valid_from = models.DateField("platí od", null=True, blank=True)
    valid_to = models.DateField("platí do", null=True, blank=True)
    code_certainty = models.CharField("jistota kódu", max_length=20, blank=True)
    # Set when a person changes the row: from then on the shipped list never overwrites it.
    edited_at = models.DateTimeField("upraveno ručně", null=True, blank=True, editable=False)

    class Meta:
        abstract = True
        ordering = ["order", "name"]

    def __str__(self) -> str:
        return self.name


class Cost(models.TextChoices):
    FREE = "free", "zdarma"
    PARTLY = "partly", "částečně placené"
    PAID = "paid", "placené"


class Kind(CodeListItem):
    """Kind of service by act 108/2006, or kind of accompanying service (group ACCOMPANYING)."""

    class Group(models.TextChoices):
        ADVICE = "advice", "poradenství"
        CARE = "care", "péče"
        PREVENTION = "prevention", "prevence"
        ACCOMPANYING = "accompanying", "návazné služby"

    listed = Listed("druhy", "Druhy služeb", "podle zákona a návazné", "gloss")

    abbreviation = models.CharField("zkratka", max_length=20, blank=True)
    paragraph = models.CharField("paragraf zákona 108/2006 Sb.", max_length=10, blank=True)
    group = models.CharField("skupina", max_length=20, choices=Group.choices)
    usual_forms = models.CharField("obvyklé formy", max_length=20, blank=True, help_text="klíče forem s mezerou")
    usual_cost = models.CharField("obvyklá cena", max_length=10, choices=Cost.choices, blank=True)
    gloss = models.CharField("jednoduše řečeno", max_length=300)

    @property
    def registered(self) -> bool:
        return self.group != self.Group.ACCOMPANYING


class TargetGroup(CodeListItem):
    listed = Listed("cilove-skupiny", "Cílové skupiny", "komu služby slouží", "plain")

    plain = models.CharField("jednoduše řečeno", max_length=200)
    audience = models.CharField("okruh", max_length=20, blank=True)


class AgeGroup(CodeListItem):
    listed = Listed("vekove-skupiny", "Věkové skupiny", "pro jaký věk")

    from_age = models.PositiveSmallIntegerField("od věku", null=True, blank=True)
    to_age = models.PositiveSmallIntegerField("do věku", null=True, blank=True)


class Form(CodeListItem):
    """Residential, ambulatory, field (§ 33)."""

    listed = Listed("formy", "Formy", "terénní, ambulantní, pobytová", "gloss")

    gloss = models.CharField("jednoduše řečeno", max_length=200)


class CapacityUnit(CodeListItem):
    listed = Listed("jednotky", "Jednotky kapacity", "lůžka, klienti, kontakty")

    one = models.CharField("1 …", max_length=60)
    few = models.CharField("2 …", max_length=60)
    many = models.CharField("5 …", max_length=60)


class Feature(CodeListItem):
    """A property people filter by: accepts a dog, sign language, without appointment…"""

    class Sort(models.TextChoices):
        ACCEPTS = "accepts", "koho přijímá"
        ACCESS = "access", "jak se tam dostat"
        LANGUAGE = "language", "jazyk"

    listed = Listed("vlastnosti", "Vlastnosti", "podle čeho se dá vybírat: jazyk, vstup se psem")

    kind = models.CharField("druh", max_length=20, choices=Sort.choices)


class AccessDetail(CodeListItem):
    """One detail of a way without barriers: ramp, lifting platform, euro key… `code` is the name of the property in
    the open formal norm "bezbariérovost", which answers yes or no."""

    class Where(models.TextChoices):
        BUILDING = "building", "objekt"
        ENTRANCE = "entrance", "hlavní vstup"
        INSIDE = "inside", "uvnitř"
        TOILET = "toilet", "toaleta"
        SENSES = "senses", "pro nevidomé a neslyšící"

    listed = Listed("bez-barier", "Bez bariér", "podrobnosti podle otevřené formální normy")

    where = models.CharField("kde", max_length=10, choices=Where.choices)
