"""Action plans of a year, what has been done of them, who has looked at it and the report that came out.

Laws that the tables hold: a measure is in the action plan of a year once; one report on an item; whole crowns by sort
and source; one report of a year and one of the whole period. What is approved is kept as it was said (`frozen`).
"""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import Q

from portal.accounts.models import Person
from portal.files.models import StoredFile
from portal.plan.models import FulfilmentState, MoneySort, MoneySource, Node, Plan

# --- the action plan of a year -----------------------------------------------------------------------------------


class ActionPlanQuerySet(models.QuerySet["ActionPlan"]):
    def public(self) -> ActionPlanQuerySet:
        return self.filter(state=ActionPlan.State.APPROVED)


class ActionPlan(models.Model):
    """What of the plan is to be done in one year. Once a body approves it, it never changes."""

    class State(models.TextChoices):
        DRAFTED = "drafted", "v přípravě"
        APPROVED = "approved", "schválený"

    MOVES = {State.DRAFTED: {State.APPROVED}, State.APPROVED: set[State]()}

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField("rok")
    state = models.CharField("stav", max_length=10, choices=State.choices, default=State.DRAFTED)
    resolution = models.CharField("číslo usnesení", max_length=60, blank=True)
    body = models.CharField("kdo schválil", max_length=150, blank=True)
    day = models.DateField("kdy", null=True, blank=True)
    # The content as it was approved (`year_plan.content`); pages read it from here.
    frozen = models.JSONField("schválené znění", null=True, blank=True)

    objects = ActionPlanQuerySet.as_manager()

    class Meta:
        ordering = ["year"]
        verbose_name = "akční plán"
        constraints = [
            models.UniqueConstraint(fields=["plan", "year"], name="action_plan_once_a_year"),
            models.CheckConstraint(
                condition=Q(state="drafted") | (~Q(resolution="") & ~Q(body="") & Q(day__isnull=False)),
                name="action_plan_approved_by_resolution",
            ),
        ]

    def __str__(self) -> str:
        return f"Akční plán {self.year}"

    @property
    def is_approved(self) -> bool:
        return self.state == self.State.APPROVED


class ActionItem(models.Model):
    """A measure or an activity chosen for the year."""

    action_plan = models.ForeignKey(ActionPlan, on_delete=models.CASCADE, related_name="items")
    node = models.ForeignKey(Node, on_delete=models.PROTECT, related_name="+", verbose_name="bod plánu")
    steps = models.TextField("kroky v tomto roce", blank=True)
    responsible = models.CharField("kdo odpovídá", max_length=200, blank=True)
    # Who gets the letter: somebody with an account, or whoever reads the address.
    responsible_person = models.ForeignKey(
        Person, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="kdo podá zprávu"
    )
    email = models.EmailField("e-mail, kam napíšeme", blank=True)
    carried_from = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["id"]
        verbose_name = "bod akčního plánu"
        constraints = [models.UniqueConstraint(fields=["action_plan", "node"], name="item_once_in_action_plan")]

    def __str__(self) -> str:
        return f"{self.node} ({self.action_plan.year})"


class Amount(models.Model):
    """Whole crowns of one sort from one source; no source means that it is not known yet who pays."""

    sort = models.CharField("druh", max_length=10, choices=MoneySort.choices)
    source = models.ForeignKey(
        MoneySource, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="zdroj"
    )
    amount = models.DecimalField("Kč", max_digits=14, decimal_places=0)

    class Meta:
        abstract = True
        ordering = ["sort", "source__order", "id"]


class PlannedMoney(Amount):
    """What is set aside for an item of the action plan."""

    item = models.ForeignKey(ActionItem, on_delete=models.CASCADE, related_name="money")

    class Meta(Amount.Meta):
        constraints = [
            models.UniqueConstraint(fields=["item", "sort", "source"], name="planned_once"),
            models.UniqueConstraint(fields=["item", "sort"], condition=Q(source=None), name="planned_once_unknown"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="planned_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.item_id} {self.sort}: {self.amount}"


# --- what has been done ------------------------------------------------------------------------------------------


class Progress(models.Model):
    """How an item stood at the end of its year, as whoever answers for it said."""

    item = models.OneToOneField(ActionItem, on_delete=models.CASCADE, related_name="progress")
    state = models.ForeignKey(FulfilmentState, on_delete=models.PROTECT, related_name="+", verbose_name="stav")
    text = models.TextField("co se stalo", blank=True)
    explanation = models.TextField("vysvětlení", blank=True)
    # The share of it that is done, where somebody says it by hand; otherwise it is computed from activities.
    share = models.PositiveSmallIntegerField("hotovo v %", null=True, blank=True)
    said_by = models.CharField("kdo to napsal", max_length=200, blank=True)
    said_at = models.DateTimeField(auto_now=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = "zpráva o plnění"
        constraints = [models.CheckConstraint(condition=Q(share=None) | Q(share__lte=100), name="share_in_percent")]

    def __str__(self) -> str:
        return str(self.item)


class SpentMoney(Amount):
    """What was really spent. Unknown is no row, nothing spent is zero."""

    progress = models.ForeignKey(Progress, on_delete=models.CASCADE, related_name="money")

    class Meta(Amount.Meta):
        constraints = [
            models.UniqueConstraint(fields=["progress", "sort", "source"], name="spent_once"),
            models.UniqueConstraint(fields=["progress", "sort"], condition=Q(source=None), name="spent_once_unknown"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="spent_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.progress_id} {self.sort}: {self.amount}"


class ProgressFile(models.Model):
    """An attachment: a photograph, a contract, a leaflet."""

    progress = models.ForeignKey(Progress, on_delete=models.CASCADE, related_name="files")
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    title = models.CharField("co to je", max_length=150, blank=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.title or self.file.name


# --- the report and its way to the public ------------------------------------------------------------------------


class ChainStep(models.Model):
    """One step on a report's way, as the plan has it: people answer, the group discusses, the council takes note."""

    class Sort(models.TextChoices):
        GATHER = "gather", "odpovídají garanti"
        DISCUSS = "discuss", "projedná se"
        APPROVE = "approve", "schválí se a dál se nemění"
        NOTE = "note", "vezme se na vědomí"
        PUBLISH = "publish", "zveřejní se"

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="+")
    order = models.PositiveSmallIntegerField("pořadí")
    sort = models.CharField("co se děje", max_length=10, choices=Sort.choices)
    name = models.CharField("jak tomu říkáte", max_length=120)
    needs_resolution = models.BooleanField("je k tomu potřeba usnesení", default=False)

    class Meta:
        ordering = ["order"]
        constraints = [models.UniqueConstraint(fields=["plan", "order"], name="chain_step_order")]

    def __str__(self) -> str:
        return self.name


class FulfilmentReportQuerySet(models.QuerySet["FulfilmentReport"]):
    def public(self) -> FulfilmentReportQuerySet:
        return self.filter(published_at__isnull=False)

    def collecting(self, today: date) -> FulfilmentReportQuerySet:
        """Reports for which people are still being asked."""
        return self.filter(frozen__isnull=True, asked_on__isnull=False, asked_on__lte=today)


class FulfilmentReport(models.Model):
    """The report on a year, or on the whole period where there is no year."""

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField("rok", null=True, blank=True)
    intro = models.TextField("úvod", blank=True)
    asked_on = models.DateField("kdy jsme napsali garantům", null=True, blank=True)
    deadline = models.DateField("do kdy mají odpovědět", null=True, blank=True)
    # The content as it was approved (`report.content`); pages, PDF and DOCX are made from it.
    frozen = models.JSONField("schválené znění", null=True, blank=True)
    published_at = models.DateTimeField("zveřejněno", null=True, blank=True)

    objects = FulfilmentReportQuerySet.as_manager()

    class Meta:
        ordering = ["plan", "year"]
        verbose_name = "zpráva o naplňování"
        constraints = [
            models.UniqueConstraint(fields=["plan", "year"], name="report_once_a_year"),
            models.UniqueConstraint(fields=["plan"], condition=Q(year=None), name="report_once_a_period"),
            models.CheckConstraint(
                condition=Q(published_at=None) | Q(frozen__isnull=False), name="report_published_is_frozen"
            ),
        ]

    def __str__(self) -> str:
        return f"Zpráva o naplňování, {self.year or 'celé období'}"

    @property
    def is_frozen(self) -> bool:
        return self.frozen is not None

    @property
    def key(self) -> str:
        """How addresses call it."""
        return str(self.year) if self.year else WHOLE


WHOLE = "cele-obdobi"


class PassedStep(models.Model):
    """A step that a report has passed. The name of the step stays as it was, whatever becomes of the chain."""

    report = models.ForeignKey(FulfilmentReport, on_delete=models.CASCADE, related_name="passed")
    order = models.PositiveSmallIntegerField("pořadí")
    sort = models.CharField("co se děje", max_length=10, choices=ChainStep.Sort.choices)
    name = models.CharField("krok", max_length=120)
    day = models.DateField("kdy")
    body = models.CharField("kdo", max_length=150, blank=True)
    resolution = models.CharField("číslo usnesení", max_length=60, blank=True)
    note = models.TextField("závěr", blank=True)

    class Meta:
        ordering = ["order"]
        constraints = [models.UniqueConstraint(fields=["report", "order"], name="step_passed_once")]

    def __str__(self) -> str:
        return f"{self.name}: {self.day}"


class PaperFile(models.Model):
    """PDF, DOCX or XLSX made from an approved report or action plan and kept for good."""

    class Form(models.TextChoices):
        PDF = "pdf", "PDF"
        DOCX = "docx", "DOCX"
        XLSX = "xlsx", "XLSX"

    report = models.ForeignKey(FulfilmentReport, on_delete=models.CASCADE, null=True, blank=True, related_name="papers")
    action_plan = models.ForeignKey(ActionPlan, on_delete=models.CASCADE, null=True, blank=True, related_name="papers")
    form = models.CharField("podoba", max_length=4, choices=Form.choices)
    digest = models.CharField("otisk souboru", max_length=64)
    size = models.PositiveIntegerField("velikost v bajtech")
    content = models.FileField(upload_to="fulfilment/")
    made_at = models.DateTimeField("kdy")

    class Meta:
        ordering = ["form"]
        verbose_name = "dokument zprávy nebo akčního plánu"
        verbose_name_plural = "dokumenty zpráv a akčních plánů"
        constraints = [
            models.CheckConstraint(
                condition=Q(report__isnull=False, action_plan=None) | Q(report=None, action_plan__isnull=False),
                name="paper_of_one_thing",
            ),
            models.UniqueConstraint(fields=["report", "form"], name="report_paper_once"),
            models.UniqueConstraint(fields=["action_plan", "form"], name="action_plan_paper_once"),
        ]

    def __str__(self) -> str:
        return f"{self.report or self.action_plan} ({self.get_form_display()})"


class Request(models.Model):
    """A letter that asks somebody what became of their items. The link in it opens the form without signing in; only
    a print of its token is kept."""

    report = models.ForeignKey(FulfilmentReport, on_delete=models.CASCADE, related_name="requests")
    email = models.EmailField("e-mail")
    name = models.CharField("jméno", max_length=200, blank=True)
    step = models.PositiveSmallIntegerField("kolikátá upomínka", default=0)
    token_hash = models.CharField(max_length=64, unique=True)
    expires_on = models.DateField("platí do")
    written_on = models.DateField("kdy")

    class Meta:
        ordering = ["id"]
        verbose_name = "dopis garantovi"
        constraints = [models.UniqueConstraint(fields=["report", "email", "step"], name="request_once")]

    def __str__(self) -> str:
        return f"{self.report}: {self.written_on}"


class CarriedMeasure(models.Model):
    """A measure whose text went on into the plan that follows, under a code of its own there."""

    origin = models.ForeignKey(Node, on_delete=models.CASCADE, related_name="+")
    copy = models.OneToOneField(Node, on_delete=models.CASCADE, related_name="+")

    def __str__(self) -> str:
        return f"{self.origin} → {self.copy}"
