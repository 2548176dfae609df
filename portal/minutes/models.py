"""Minutes of meetings, objections to them, decisions and tasks that came out of them.

Minutes are readable by the public only as the frozen `public_version`; what stands in sections, decisions and tasks
is for the people of the body.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from portal.accounts.models import Person
from portal.groups.models import Group, Membership
from portal.meetings.models import AgendaItem, Meeting


class MinutesQuerySet(models.QuerySet["Minutes"]):
    def public(self) -> MinutesQuerySet:
        """Published ones of groups that are on the web."""
        return self.filter(state=Minutes.State.PUBLISHED, meeting__group__shown=True)

    def light(self) -> MinutesQuerySet:
        """For lists: without the frozen content, with what the name is made of."""
        return self.select_related("meeting__group").defer("public_version", "prepared")


class Minutes(models.Model):
    class State(models.TextChoices):
        DRAFT = "draft", "návrh"
        SENT = "sent", "rozeslaný"
        OBJECTIONS = "objections", "s námitkami"
        VERIFIED = "verified", "ověřený"
        APPROVED = "approved", "schválený"
        PUBLISHED = "published", "zveřejněný"

    MOVES = {
        State.DRAFT: {State.SENT},
        State.SENT: {State.OBJECTIONS, State.VERIFIED, State.APPROVED},
        State.OBJECTIONS: {State.SENT},
        State.VERIFIED: {State.OBJECTIONS, State.APPROVED},
        State.APPROVED: {State.PUBLISHED},
        State.PUBLISHED: {State.APPROVED},
    }
    # States in which the text may still change: while it is written, and when an objection asks for a correction.
    OPEN = (State.DRAFT, State.OBJECTIONS)
    APPROVED_STATES = (State.APPROVED, State.PUBLISHED)

    class Approval(models.TextChoices):
        VERIFIED = "verified", "ověřovatelem"
        SILENCE = "silence", "uplynutím lhůty bez námitek"
        NEXT = "next", "na dalším jednání"

    meeting = models.OneToOneField(Meeting, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField("číslo", null=True, blank=True)
    state = models.CharField("stav", max_length=10, choices=State.choices, default=State.DRAFT)
    taken_by = models.CharField("zapsal(a)", max_length=150, blank=True)
    verifier = models.CharField("ověřovatel", max_length=150, blank=True)
    verified_by = models.CharField("ověřil(a)", max_length=150, blank=True)
    begun_at = models.DateTimeField("začátek psaní", default=timezone.now)
    sent_at = models.DateTimeField("rozesláno", null=True, blank=True)
    objections_until = models.DateField("námitky do", null=True, blank=True)
    verified_at = models.DateTimeField("ověřeno", null=True, blank=True)
    approved_at = models.DateTimeField("schváleno", null=True, blank=True)
    approved_how = models.CharField("jak schváleno", max_length=8, choices=Approval.choices, blank=True)
    approved_at_meeting = models.ForeignKey(Meeting, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    published_at = models.DateTimeField("zveřejněno", null=True, blank=True)
    # What the public will read, as somebody is preparing it, and as it was frozen (content.py).
    prepared = models.JSONField(null=True, blank=True, encoder=DjangoJSONEncoder)
    public_version = models.JSONField(null=True, blank=True, encoder=DjangoJSONEncoder)
    version = models.PositiveIntegerField(default=1)

    objects = MinutesQuerySet.as_manager()

    class Meta:
        ordering = ["-meeting__starts_at"]
        verbose_name = "zápis"
        verbose_name_plural = "zápisy"
        constraints = [
            models.CheckConstraint(
                condition=~Q(state__in=("approved", "published"))
                | (Q(approved_at__isnull=False) & ~Q(approved_how="")),
                name="minutes_approved_somehow",
            ),
            models.CheckConstraint(
                condition=~Q(state="published")
                | Q(approved_at__isnull=False, published_at__isnull=False, public_version__isnull=False),
                name="minutes_published_after_approval",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("minutes:public", args=[self.meeting_id])

    @property
    def name(self) -> str:
        """As the custom is: "Zápis 21.08.2018 PS OZP SE"."""
        return f"Zápis {timezone.localtime(self.meeting.starts_at):%d.%m.%Y} {self.meeting.group.short}"

    @property
    def is_open(self) -> bool:
        return self.state in self.OPEN

    @property
    def is_approved(self) -> bool:
        return self.state in self.APPROVED_STATES


class Section(models.Model):
    """A part of the minutes: an item of the agenda, or a free one. Lines that begin with ÚKOL: or USNESENÍ: become
    tasks and decisions (marks.py)."""

    minutes = models.ForeignKey(Minutes, on_delete=models.CASCADE, related_name="sections")
    item = models.ForeignKey(AgendaItem, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    order = models.PositiveSmallIntegerField("pořadí", default=0)
    title = models.CharField("název", max_length=300)
    text = models.TextField("průběh", blank=True)
    conclusion = models.TextField("závěr", blank=True)
    changed_at = models.DateTimeField(default=timezone.now)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["order", "id"]
        verbose_name = "bod zápisu"
        verbose_name_plural = "body zápisu"
        constraints = [
            models.UniqueConstraint(fields=["minutes", "item"], condition=Q(item__isnull=False), name="section_of_item")
        ]

    def __str__(self) -> str:
        return self.title


class Objection(models.Model):
    """What somebody present does not agree with in the minutes; it is settled with a reason."""

    class Outcome(models.TextChoices):
        ACCEPTED = "accepted", "přijatá, zápis je opravený"
        PARTLY = "partly", "přijatá zčásti"
        DECLINED = "declined", "nepřijatá"
        WITHDRAWN = "withdrawn", "vzatá zpět"

    minutes = models.ForeignKey(Minutes, on_delete=models.CASCADE, related_name="objections")
    membership = models.ForeignKey(Membership, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    name = models.CharField("kdo", max_length=150)
    section = models.ForeignKey(Section, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    text = models.TextField("námitka")
    said_at = models.DateTimeField("kdy", default=timezone.now)
    outcome = models.CharField("vypořádání", max_length=9, choices=Outcome.choices, blank=True)
    reason = models.TextField("důvod", blank=True)
    settled_at = models.DateTimeField("vypořádáno", null=True, blank=True)

    class Meta:
        ordering = ["said_at", "id"]
        verbose_name = "námitka k zápisu"
        verbose_name_plural = "námitky k zápisům"
        constraints = [
            models.CheckConstraint(condition=Q(outcome="") | ~Q(reason=""), name="objection_settled_with_reason")
        ]

    def __str__(self) -> str:
        return f"námitka: {self.minutes}"

    @property
    def is_settled(self) -> bool:
        return bool(self.outcome)


class DecisionQuerySet(models.QuerySet["Decision"]):
    def standing(self) -> DecisionQuerySet:
        return self.filter(withdrawn_at=None)

    def public(self) -> DecisionQuerySet:
        """Those whose minutes are published; their words are in `public_text`."""
        return self.filter(minutes__in=Minutes.objects.public(), number__isnull=False)


class Decision(models.Model):
    """A resolution. It gets its number when the minutes are sent out, and then it is never deleted and its number
    never used again; a wrong one is withdrawn."""

    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="+")
    minutes = models.ForeignKey(Minutes, on_delete=models.PROTECT, related_name="decisions")
    section = models.ForeignKey(Section, on_delete=models.SET_NULL, null=True, blank=True, related_name="decisions")
    year = models.PositiveSmallIntegerField("rok")
    number = models.PositiveSmallIntegerField("číslo", null=True, blank=True)
    decided_on = models.DateField("kdy")
    text = models.TextField("usnesení")
    # As the public reads it; written when the minutes are published.
    public_text = models.TextField("usnesení pro veřejnost", blank=True)
    vote = models.CharField("hlasování", max_length=200, blank=True)
    order = models.PositiveSmallIntegerField(default=0)
    withdrawn_at = models.DateTimeField("zrušené", null=True, blank=True)
    withdrawn_reason = models.CharField("proč je zrušené", max_length=300, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = DecisionQuerySet.as_manager()

    class Meta:
        ordering = ["-year", F("number").desc(nulls_first=True), "order", "id"]
        verbose_name = "usnesení"
        verbose_name_plural = "usnesení"
        constraints = [
            models.UniqueConstraint(
                fields=["group", "year", "number"], condition=Q(number__isnull=False), name="decision_number_once"
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None) | ~Q(withdrawn_reason=""), name="decision_withdrawn_with_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"usnesení {self.code} {self.group.short}"

    @property
    def code(self) -> str:
        """ "3/2027"; without a number until the minutes go out."""
        return f"{self.number}/{self.year}" if self.number else "bez čísla"

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        if self.number:
            raise ValueError("A numbered decision is withdrawn, never deleted.")
        return super().delete(*args, **kwargs)


class TaskQuerySet(models.QuerySet["Task"]):
    def open(self) -> TaskQuerySet:
        return self.filter(state=Task.State.OPEN)

    def late(self, today: date) -> TaskQuerySet:
        return self.open().filter(until__lt=today)

    def given(self) -> TaskQuerySet:
        """Those that people know of: their minutes have gone out."""
        return self.exclude(minutes__state=Minutes.State.DRAFT)

    def of_person(self, person: Person) -> TaskQuerySet:
        return self.filter(membership__person=person)


class Task(models.Model):
    """What somebody promised at a meeting. `who` are the words said; `membership` whom they mean, where known."""

    class State(models.TextChoices):
        OPEN = "open", "trvá"
        DONE = "done", "splněný"
        CANCELLED = "cancelled", "zrušený"

    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="+")
    minutes = models.ForeignKey(Minutes, on_delete=models.PROTECT, related_name="tasks")
    section = models.ForeignKey(Section, on_delete=models.SET_NULL, null=True, blank=True, related_name="tasks")
    what = models.TextField("úkol")
    who = models.CharField("kdo", max_length=200, blank=True)
    membership = models.ForeignKey(Membership, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    until = models.DateField("do kdy", null=True, blank=True)
    state = models.CharField("stav", max_length=9, choices=State.choices, default=State.OPEN)
    evidence = models.TextField("doklad", blank=True)
    closed_at = models.DateTimeField("kdy se uzavřel", null=True, blank=True)
    # At how many later meetings it was checked and went on.
    carried = models.PositiveSmallIntegerField("přenesený", default=0)
    order = models.PositiveSmallIntegerField(default=0)
    reminded_on = models.DateField(null=True, blank=True)
    late_told_on = models.DateField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = TaskQuerySet.as_manager()

    class Meta:
        ordering = [F("until").asc(nulls_last=True), "order", "id"]
        verbose_name = "úkol"
        verbose_name_plural = "úkoly"
        indexes = [models.Index(fields=["state", "until"], name="task_state_until")]

    def __str__(self) -> str:
        return self.what if len(self.what) <= 80 else f"{self.what[:79]}…"

    @property
    def is_late(self) -> bool:
        return self.state == self.State.OPEN and self.until is not None and self.until < timezone.localdate()
