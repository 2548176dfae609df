"""Meetings of groups: when and where, what about, who is invited and what they answered.

What happens at the meeting is in `sitting`, what came out of it in `minutes`.
"""

from __future__ import annotations

import uuid
from datetime import date, datetime

from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from portal.accounts.models import Person
from portal.documents.models import Document
from portal.groups.models import Group, Membership


class MeetingQuerySet(models.QuerySet["Meeting"]):
    def public(self) -> MeetingQuerySet:
        """Those the public may know of: of a public group, put on the web."""
        return self.filter(group__shown=True, shown_at__isnull=False)

    def standing(self) -> MeetingQuerySet:
        return self.exclude(state=Meeting.State.CANCELLED)

    def between(self, start: datetime, end: datetime) -> MeetingQuerySet:
        return self.filter(starts_at__lt=end, ends_at__gte=start)


class Meeting(models.Model):
    class State(models.TextChoices):
        PLANNED = "planned", "v plánu"
        CALLED = "called", "svolané"
        RUNNING = "running", "právě se jedná"
        HELD = "held", "proběhlo"
        CANCELLED = "cancelled", "zrušené"

    MOVES = {
        State.PLANNED: {State.CALLED, State.RUNNING, State.CANCELLED},
        State.CALLED: {State.RUNNING, State.HELD, State.CANCELLED},
        State.RUNNING: {State.HELD},
        State.HELD: {State.RUNNING},
        State.CANCELLED: set[State](),
    }

    class Way(models.TextChoices):
        PLACE = "place", "na místě"
        ONLINE = "online", "on-line"
        HYBRID = "hybrid", "na místě i on-line"

    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="meetings")
    # Counted by body and year: "3/2027". Given when the meeting is called, never used again.
    number = models.PositiveSmallIntegerField("číslo", null=True, blank=True)
    title = models.CharField("název", max_length=200, blank=True)
    starts_at = models.DateTimeField("začátek")
    ends_at = models.DateTimeField("konec")
    way = models.CharField("jak", max_length=6, choices=Way.choices, default=Way.PLACE)
    place = models.CharField("místo", max_length=200, blank=True)
    place_note = models.CharField("jak se tam dostat", max_length=300, blank=True)
    online_url = models.URLField("odkaz na on-line jednání", blank=True)
    note = models.TextField("poznámka v pozvánce", blank=True)
    state = models.CharField("stav", max_length=10, choices=State.choices, default=State.PLANNED)
    called_at = models.DateTimeField("svoláno", null=True, blank=True)
    shown_at = models.DateTimeField("na webu od", null=True, blank=True)
    urgent_reason = models.CharField("naléhavý důvod kratší lhůty", max_length=300, blank=True)
    cancelled_reason = models.CharField("proč je zrušené", max_length=300, blank=True)
    replaces = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    # Calendars know the meeting by `uid`; `sequence` grows with every change that their owners must hear of.
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    sequence = models.PositiveIntegerField(default=0)
    # When what people read of it changed last; calendars and readers of news go by it.
    changed_at = models.DateTimeField(default=timezone.now)
    version = models.PositiveIntegerField(default=1)

    objects = MeetingQuerySet.as_manager()

    class Meta:
        ordering = ["starts_at", "id"]
        verbose_name = "jednání"
        verbose_name_plural = "jednání"
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="meeting_ends_after_start"),
        ]
        indexes = [models.Index(fields=["group", "starts_at"], name="meeting_of_group")]

    def __str__(self) -> str:
        return self.title or f"Jednání: {self.group.short}"

    @property
    def is_over(self) -> bool:
        return self.state == self.State.HELD or self.ends_at < timezone.now()

    @property
    def day(self) -> date:
        """The day on which it begins here."""
        return timezone.localdate(self.starts_at)

    @property
    def numbered(self) -> str:
        """As "3/2027", once it was called."""
        return f"{self.number}/{self.day.year}" if self.number else ""

    @property
    def minutes(self) -> int:
        """How long it is to take."""
        return int((self.ends_at - self.starts_at).total_seconds() // 60)

    @property
    def is_public(self) -> bool:
        return self.group.shown and self.shown_at is not None


class AgendaItem(models.Model):
    class Sort(models.TextChoices):
        INFORMATION = "information", "informace"
        DISCUSSION = "discussion", "diskuse"
        DECISION = "decision", "rozhodnutí"

    class State(models.TextChoices):
        PROPOSED = "proposed", "navržený"
        APPROVED = "approved", "na programu"
        DECLINED = "declined", "nezařazený"

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="items")
    order = models.PositiveSmallIntegerField("pořadí", default=0)
    title = models.CharField("název bodu", max_length=300)
    text = models.TextField("o co jde", blank=True)
    sort = models.CharField("druh", max_length=11, choices=Sort.choices, default=Sort.DISCUSSION)
    minutes = models.PositiveSmallIntegerField("minut", null=True, blank=True)
    leader = models.CharField("kdo bod vede", max_length=150, blank=True)
    state = models.CharField("stav", max_length=8, choices=State.choices, default=State.APPROVED)
    proposed_by = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    proposed_name = models.CharField("kdo navrhl", max_length=150, blank=True)
    declined_reason = models.CharField("proč není zařazený", max_length=300, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["order", "id"]
        verbose_name = "bod programu"
        verbose_name_plural = "body programu"

    def __str__(self) -> str:
        return self.title


class ItemTie(models.Model):
    """What an item is about: a measure, a service, a suggestion, a comment, a study. The words and the address are
    kept beside, so that the item can be read without asking every app there is."""

    item = models.ForeignKey(AgendaItem, on_delete=models.CASCADE, related_name="ties")
    content_type = models.ForeignKey(ContentType, on_delete=models.CASCADE, related_name="+")
    object_id = models.PositiveBigIntegerField()
    about = GenericForeignKey("content_type", "object_id")
    words = models.CharField("čeho se týká", max_length=300)
    address = models.CharField("adresa", max_length=300, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["item", "content_type", "object_id"], name="tie_once")]
        indexes = [models.Index(fields=["content_type", "object_id"], name="tie_about")]

    def __str__(self) -> str:
        return self.words


class ItemPaper(models.Model):
    """A document for an item."""

    item = models.ForeignKey(AgendaItem, on_delete=models.CASCADE, related_name="papers")
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["item", "document"], name="paper_once")]

    def __str__(self) -> str:
        return str(self.document)


class Invitee(models.Model):
    """A member invited to a meeting, and the answer."""

    class Answer(models.TextChoices):
        WAITING = "waiting", "bez odpovědi"
        COMING = "coming", "přijde"
        EXCUSED = "excused", "omlouvá se"
        SUBSTITUTED = "substituted", "posílá náhradníka"

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="invitees")
    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="+")
    answer = models.CharField("odpověď", max_length=11, choices=Answer.choices, default=Answer.WAITING)
    reason = models.CharField("omluva", max_length=300, blank=True)
    substitute = models.CharField("náhradník", max_length=150, blank=True)
    # Where the substitute gets the invitation; empty where the member hands it over themselves.
    substitute_email = models.EmailField("e-mail náhradníka", blank=True)
    online = models.BooleanField("přijde on-line", default=False)
    answered_at = models.DateTimeField(null=True, blank=True)
    # The state of the meeting (`Meeting.sequence`) that the last letter told of.
    sent_sequence = models.PositiveIntegerField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        verbose_name = "pozvání"
        verbose_name_plural = "pozvání"
        constraints = [models.UniqueConstraint(fields=["meeting", "membership"], name="invited_once")]

    def __str__(self) -> str:
        return f"{self.membership} → {self.meeting}"


class CalendarKey(models.Model):
    """The secret in the address of somebody's own calendar; a new one makes the old address lead nowhere."""

    person = models.OneToOneField(Person, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"Kalendář: {self.person}"
