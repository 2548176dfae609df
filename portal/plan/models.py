"""The plan: a tree with levels that each plan names for itself, cards of measures, money, capacities, chapters.

Laws that the tables hold: a code is unique in its plan and never used again, because a node taken out of the plan
keeps its row; money is whole crowns, a cost by year and sort, its financing by source beside it; a plan once approved
changes only by another edition (`editions`).
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models import F, Q

from portal.accounts.models import Grant, Person
from portal.catalogue.lists_models import Listed
from portal.catalogue.models import CapacityUnit, CodeListItem, Form, Kind, Provider, Service, TargetGroup
from portal.groups.models import Group
from portal.territory.models import Municipality, Orp

from .outcome_models import Follower, Outcome  # noqa: F401 - tables of this app that have a file of their own

# --- code lists ------------------------------------------------------------------------------------------------


class MoneySource(CodeListItem):
    """Where money comes from: a grant of the region, a contribution of the founder, payments of clients."""

    listed = Listed("zdroje-penez", "Zdroje peněz", "kdo platí opatření plánu", coded=False)


class MeasureKind(CodeListItem):
    """Keep, improve, develop, new, accompanying, support of the system."""

    listed = Listed("typy-opatreni", "Typy opatření", "udržení, rozvoj, nová služba", coded=False)


class FulfilmentState(CodeListItem):
    """How a measure stands. `explained`: the state must be explained; `weight`: share of it that is done."""

    listed = Listed("stavy-plneni", "Stavy plnění", "jak na tom opatření je", coded=False)

    explained = models.BooleanField("musí se vysvětlit", default=False)
    weight = models.DecimalField("splněný díl", max_digits=3, decimal_places=2, null=True, blank=True)


# --- the plan --------------------------------------------------------------------------------------------------


class PlanQuerySet(models.QuerySet["Plan"]):
    def public(self) -> PlanQuerySet:
        return self.filter(Q(state__in=Plan.PUBLIC) | Q(shown=True))

    def valid_in(self, year: int) -> PlanQuerySet:
        """Approved plans whose period, prolonged or not, touches the year."""
        lasts = Q(ends_on__year__gte=year) | Q(prolonged_until__year__gte=year)
        return self.filter(lasts, state__in=Plan.BINDING, starts_on__year__lte=year)


class Plan(models.Model):
    class State(models.TextChoices):
        INTENTION = "intention", "schválený záměr"
        DRAFTING = "drafting", "v přípravě"
        CONSULTED = "consulted", "připomínkuje se"
        APPROVED = "approved", "schválený"
        IN_FORCE = "in_force", "platný"
        PROLONGED = "prolonged", "prodloužený"
        CLOSED = "closed", "ukončený"
        EVALUATED = "evaluated", "vyhodnocený"

    MOVES = {
        State.INTENTION: {State.DRAFTING},
        State.DRAFTING: {State.CONSULTED, State.APPROVED},
        State.CONSULTED: {State.DRAFTING, State.APPROVED},
        State.APPROVED: {State.IN_FORCE},
        State.IN_FORCE: {State.PROLONGED, State.CLOSED},
        State.PROLONGED: {State.PROLONGED, State.CLOSED},
        State.CLOSED: {State.EVALUATED},
        State.EVALUATED: set[State](),
    }
    # Whoever reads these reads what has been decided; the others are work in progress until somebody shows them.
    PUBLIC = (State.CONSULTED, State.APPROVED, State.IN_FORCE, State.PROLONGED, State.CLOSED, State.EVALUATED)
    BINDING = (State.APPROVED, State.IN_FORCE, State.PROLONGED, State.CLOSED, State.EVALUATED)
    OPEN = (State.INTENTION, State.DRAFTING, State.CONSULTED)

    slug = models.SlugField(max_length=120, unique=True)
    title = models.CharField("název", max_length=200)
    # The territory: a kind of range and an official code, as roles have them.
    span_kind = models.CharField("druh území", max_length=20, choices=Grant.Range.choices)
    span_code = models.CharField("kód území", max_length=20)
    span_name = models.CharField("území", max_length=100)
    starts_on = models.DateField("platí od")
    ends_on = models.DateField("platí do")
    prolonged_until = models.DateField("prodloužený do", null=True, blank=True)
    state = models.CharField("stav", max_length=12, choices=State.choices, default=State.DRAFTING)
    shown = models.BooleanField("návrh je vidět na webu", default=False)
    organiser = models.CharField("organizátor", max_length=200, blank=True)
    about = models.TextField("o plánu", blank=True)
    above = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="below", verbose_name="plán kraje"
    )
    follows = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="followed_by", verbose_name="navazuje na"
    )
    # Rules of the completeness check that this plan does not want, by their names.
    silenced = models.JSONField("vypnutá pravidla kontroly", default=list, blank=True)
    changed_at = models.DateTimeField(auto_now=True)

    objects = PlanQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_on", "title"]
        verbose_name = "plán"
        verbose_name_plural = "plány"
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="plan_ends_after_start"),
            models.CheckConstraint(
                condition=Q(prolonged_until=None) | Q(prolonged_until__gt=F("ends_on")), name="plan_prolonged_later"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def until(self) -> date:
        return self.prolonged_until or self.ends_on

    @property
    def years(self) -> range:
        return range(self.starts_on.year, self.until.year + 1)

    @property
    def is_public(self) -> bool:
        """The same question as `objects.public()`, for a row at hand."""
        return self.shown or self.state in self.PUBLIC

    @property
    def is_open(self) -> bool:
        """Whether it is still being written."""
        return self.state in self.OPEN


class Resolution(models.Model):
    """A decision of a body about the plan: number, day, body."""

    class Sort(models.TextChoices):
        INTENTION = "intention", "schválení záměru"
        APPROVAL = "approval", "schválení plánu"
        CHANGE = "change", "schválení změny"
        PROLONGATION = "prolongation", "prodloužení"
        NOTE = "note", "vzetí na vědomí"

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="resolutions")
    sort = models.CharField("o čem", max_length=12, choices=Sort.choices)
    number = models.CharField("číslo usnesení", max_length=60)
    body = models.CharField("kdo rozhodl", max_length=150)
    day = models.DateField("kdy")

    class Meta:
        ordering = ["day", "id"]

    def __str__(self) -> str:
        return f"{self.body}, usnesení {self.number}"


class Area(models.Model):
    """An area of the plan that one working group looks after."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="areas")
    name = models.CharField("oblast nebo pracovní skupina", max_length=150)
    group = models.ForeignKey(
        Group, on_delete=models.SET_NULL, null=True, blank=True, related_name="areas", verbose_name="skupina"
    )
    order = models.PositiveSmallIntegerField("pořadí", default=0)

    class Meta:
        ordering = ["order", "id"]
        constraints = [models.UniqueConstraint(fields=["plan", "name"], name="area_once")]

    def __str__(self) -> str:
        return self.name


class Level(models.Model):
    """A level of the tree as the plan names it, from the top; two to five of them."""

    class Role(models.TextChoices):
        VISION = "vision", "vize"
        PRIORITY = "priority", "priorita"
        GOAL = "goal", "cíl"
        MEASURE = "measure", "opatření"
        ACTIVITY = "activity", "aktivita"

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="levels")
    depth = models.PositiveSmallIntegerField()
    role = models.CharField("čím je", max_length=10, choices=Role.choices)
    name = models.CharField("název", max_length=60)
    many = models.CharField("v množném čísle", max_length=60)

    class Meta:
        ordering = ["depth"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "depth"], name="level_once"),
            models.CheckConstraint(condition=Q(depth__gte=1, depth__lte=5), name="level_1_to_5"),
        ]

    def __str__(self) -> str:
        return self.name


class NodeQuerySet(models.QuerySet["Node"]):
    def standing(self) -> NodeQuerySet:
        """Nodes that are in the plan now."""
        return self.filter(removed_at=None)

    def measures(self) -> NodeQuerySet:
        return self.standing().filter(level__role=Level.Role.MEASURE)


class Node(models.Model):
    """One line of the tree. Its code is given once and goes with it wherever it is moved; nobody else ever gets it."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="nodes")
    level = models.ForeignKey(Level, on_delete=models.PROTECT, related_name="nodes")
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="children")
    code = models.CharField("kód", max_length=30)
    title = models.CharField("název", max_length=300)
    text = models.TextField("popis", blank=True)
    order = models.PositiveIntegerField("pořadí", default=0)
    # Grows with every save: a form sends it back, so that nobody overwrites what somebody else wrote meanwhile.
    version = models.PositiveIntegerField(default=1)
    removed_at = models.DateTimeField("vyřazeno", null=True, blank=True)

    objects = NodeQuerySet.as_manager()

    class Meta:
        ordering = ["order", "id"]
        verbose_name = "bod plánu"
        constraints = [models.UniqueConstraint(fields=["plan", "code"], name="code_once_in_plan")]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"


# --- the card of a measure ---------------------------------------------------------------------------------------


class Card(models.Model):
    """What is said about a measure beside its name and description."""

    node = models.OneToOneField(Node, on_delete=models.CASCADE, primary_key=True, related_name="card")
    kind = models.ForeignKey(MeasureKind, on_delete=models.PROTECT, null=True, blank=True, verbose_name="typ opatření")
    area = models.ForeignKey(Area, on_delete=models.SET_NULL, null=True, blank=True, verbose_name="pracovní skupina")
    reason = models.TextField("proč je potřeba", blank=True)
    impact = models.TextField("co se změní", blank=True)
    responsible = models.CharField("kdo odpovídá", max_length=200, blank=True)
    responsible_person = models.ForeignKey(
        Person, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="kdo podává zprávu"
    )
    partners = models.TextField("s kým", blank=True, help_text="jeden na řádek")
    partner_providers = models.ManyToManyField(Provider, blank=True, related_name="+", verbose_name="poskytovatelé")
    starts_on = models.DateField("od", null=True, blank=True)
    ends_on = models.DateField("do", null=True, blank=True)
    ongoing = models.BooleanField("průběžně", default=False)
    agreement = models.TextField("soulad s plánem kraje", blank=True)
    above = models.ForeignKey(
        Node,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="naplňuje bod plánu kraje",
    )
    importance = models.PositiveSmallIntegerField("pořadí důležitosti", null=True, blank=True)
    target_groups = models.ManyToManyField(TargetGroup, blank=True, related_name="+", verbose_name="cílové skupiny")
    municipalities = models.ManyToManyField(Municipality, blank=True, related_name="+", verbose_name="obce")
    orps = models.ManyToManyField(Orp, blank=True, related_name="+", verbose_name="ORP")
    services = models.ManyToManyField(Service, blank=True, related_name="+", verbose_name="služby")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(starts_on=None) | Q(ends_on__gte=F("starts_on")),
                name="measure_ends_after_start",
            )
        ]

    def __str__(self) -> str:
        return str(self.node)


class Step(models.Model):
    """When and by whom an activity is done; its name and code are its node's."""

    node = models.OneToOneField(Node, on_delete=models.CASCADE, primary_key=True, related_name="step")
    responsible = models.CharField("kdo odpovídá", max_length=200, blank=True)
    starts_on = models.DateField("od", null=True, blank=True)
    ends_on = models.DateField("do", null=True, blank=True)
    cost = models.DecimalField("náklady", max_digits=14, decimal_places=0, null=True, blank=True)

    def __str__(self) -> str:
        return str(self.node)


class MoneySort(models.TextChoices):
    OPERATION = "operation", "provoz"
    INVESTMENT = "investment", "investice"


class Cost(models.Model):
    """What a measure will cost in a year. Unknown is no row, free is zero."""

    card = models.ForeignKey(Card, on_delete=models.CASCADE, related_name="costs")
    year = models.PositiveSmallIntegerField("rok")
    sort = models.CharField("druh", max_length=10, choices=MoneySort.choices)
    amount = models.DecimalField("Kč", max_digits=14, decimal_places=0)

    class Meta:
        ordering = ["year", "sort"]
        constraints = [
            models.UniqueConstraint(fields=["card", "year", "sort"], name="cost_once"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="cost_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.card_id} {self.year} {self.sort}: {self.amount}"


class Funding(models.Model):
    """Who pays how much of it. Where the sources do not sum to the cost, the difference is shown."""

    card = models.ForeignKey(Card, on_delete=models.CASCADE, related_name="funding")
    year = models.PositiveSmallIntegerField("rok")
    sort = models.CharField("druh", max_length=10, choices=MoneySort.choices)
    source = models.ForeignKey(MoneySource, on_delete=models.PROTECT, related_name="+", verbose_name="zdroj")
    amount = models.DecimalField("Kč", max_digits=14, decimal_places=0)

    class Meta:
        ordering = ["year", "sort", "source__order"]
        constraints = [
            models.UniqueConstraint(fields=["card", "year", "sort", "source"], name="funding_once"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="funding_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.card_id} {self.year} {self.source_id}: {self.amount}"


class CapacityChange(models.Model):
    """By how many units the measure changes the capacity of a service, or of a kind where the service is not known
    yet: +2.5 full-time carers of a care service in three municipalities from 2027."""

    card = models.ForeignKey(Card, on_delete=models.CASCADE, related_name="capacities")
    service = models.ForeignKey(Service, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    kind = models.ForeignKey(Kind, on_delete=models.PROTECT, related_name="+")
    form = models.ForeignKey(Form, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    unit = models.ForeignKey(CapacityUnit, on_delete=models.PROTECT, related_name="+")
    amount = models.DecimalField("o kolik", max_digits=8, decimal_places=2)
    since = models.DateField("od kdy", null=True, blank=True)
    # What the catalogue said when the promise was made; what has been reached is counted from it.
    baseline = models.DecimalField("dnes", max_digits=10, decimal_places=2, null=True, blank=True)
    note = models.CharField("poznámka", max_length=200, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [models.CheckConstraint(condition=~Q(amount=0), name="capacity_changes")]

    def __str__(self) -> str:
        return f"{self.amount:+} {self.unit.key}"


class Evidence(models.Model):
    """Why a measure or a need is believed: a link and what it shows."""

    node = models.ForeignKey(Node, on_delete=models.CASCADE, related_name="evidence")
    text = models.CharField("co dokládá", max_length=300)
    url = models.CharField("odkaz", max_length=500, blank=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.text


class Risk(models.Model):
    """What may go wrong, how likely and how badly (1 to 3), and what is done about it."""

    card = models.ForeignKey(Card, on_delete=models.CASCADE, related_name="risks")
    text = models.CharField("co se může stát", max_length=300)
    likelihood = models.PositiveSmallIntegerField("pravděpodobnost (1–3)", null=True, blank=True)
    severity = models.PositiveSmallIntegerField("dopad (1–3)", null=True, blank=True)
    response = models.CharField("co s tím", max_length=300, blank=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.text


class ExtraField(models.Model):
    """A field that one plan wants on its cards beside the usual ones."""

    class Sort(models.TextChoices):
        TEXT = "text", "text"
        NUMBER = "number", "číslo"
        CHOICE = "choice", "výběr"
        DATE = "date", "datum"

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="extra_fields")
    name = models.CharField("název", max_length=80)
    sort = models.CharField("druh", max_length=8, choices=Sort.choices)
    choices = models.TextField("možnosti", blank=True, help_text="jedna na řádek")
    order = models.PositiveSmallIntegerField("pořadí", default=0)

    class Meta:
        ordering = ["order", "id"]
        constraints = [models.UniqueConstraint(fields=["plan", "name"], name="extra_field_once")]

    def __str__(self) -> str:
        return self.name


class ExtraValue(models.Model):
    card = models.ForeignKey(Card, on_delete=models.CASCADE, related_name="extra_values")
    field = models.ForeignKey(ExtraField, on_delete=models.CASCADE, related_name="values")
    value = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["card", "field"], name="extra_value_once")]

    def __str__(self) -> str:
        return self.value


def whole(amount: Any) -> Decimal:
    """An amount of money as whole crowns, exactly: what has a fraction is refused."""
    value = Decimal(str(amount))
    if value != value.to_integral_value():
        raise ValueError("Částky jsou v celých korunách.")
    return value.quantize(Decimal(1))
