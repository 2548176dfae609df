"""A meeting as it happens: when it really began, who was there, what was voted on and how.

Counting is in `quorum` (pure); what stands here is what people recorded.
"""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from portal.accounts.models import Person
from portal.files.models import StoredFile
from portal.groups.models import Group, Membership, Procedure, Side
from portal.meetings.models import AgendaItem, Meeting


class Sitting(models.Model):
    """What became of a meeting: its real beginning and end, the signed sheet. Sealed once the minutes are approved."""

    meeting = models.OneToOneField(Meeting, on_delete=models.CASCADE, related_name="sitting")
    started_at = models.DateTimeField("začalo", null=True, blank=True)
    ended_at = models.DateTimeField("skončilo", null=True, blank=True)
    sealed_at = models.DateTimeField("uzavřeno", null=True, blank=True)
    sheet = models.ForeignKey(
        StoredFile, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="podepsaná listina"
    )

    class Meta:
        verbose_name = "průběh jednání"
        verbose_name_plural = "průběhy jednání"
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(started_at__isnull=False, ended_at__gte=F("started_at")),
                name="sitting_ends_after_start",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.meeting.group.short}, {timezone.localtime(self.meeting.starts_at):%-d. %-m. %Y}"

    @property
    def is_sealed(self) -> bool:
        return self.sealed_at is not None


class Presence(models.Model):
    """Somebody at a meeting, or a member who is not there and why.

    A member has at most one row. A substitute has a row of their own that says `in_place_of` whom; a guest has only a
    name, an organisation and a side.
    """

    class State(models.TextChoices):
        PRESENT = "present", "je na jednání"
        LATE = "late", "pozdější příchod"
        LEFT = "left", "dřívější odchod"
        EXCUSED = "excused", "omluva"
        ABSENT = "absent", "neúčast"

    # In the room (or on-line) at this moment.
    HERE = (State.PRESENT, State.LATE)
    # Was there at least for a while.
    CAME = (State.PRESENT, State.LATE, State.LEFT)

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="presences")
    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    in_place_of = models.ForeignKey(
        Membership, on_delete=models.CASCADE, null=True, blank=True, related_name="+", verbose_name="zastupuje"
    )
    # Of a guest or of a substitute who is no member.
    name = models.CharField("jméno", max_length=150, blank=True)
    organisation = models.CharField("organizace", max_length=200, blank=True)
    side = models.CharField("za koho", max_length=12, choices=Side.choices, blank=True)
    state = models.CharField("účast", max_length=8, choices=State.choices)
    online = models.BooleanField("on-line", default=False)
    reason = models.CharField("omluva", max_length=300, blank=True)
    arrived_at = models.DateTimeField("příchod", null=True, blank=True)
    left_at = models.DateTimeField("odchod", null=True, blank=True)
    self_checked = models.BooleanField("zapsáno telefonem", default=False)
    recorded_by = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["id"]
        verbose_name = "účast"
        verbose_name_plural = "účasti"
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "membership"], condition=Q(membership__isnull=False), name="present_once"
            ),
            models.UniqueConstraint(
                fields=["meeting", "in_place_of"], condition=Q(in_place_of__isnull=False), name="substituted_once"
            ),
            models.CheckConstraint(condition=Q(membership__isnull=False) | ~Q(name=""), name="presence_is_of_somebody"),
            models.CheckConstraint(
                condition=Q(in_place_of=None) | Q(membership=None) | ~Q(in_place_of=F("membership")),
                name="nobody_substitutes_themselves",
            ),
            models.CheckConstraint(
                condition=Q(left_at=None) | Q(arrived_at=None) | Q(left_at__gte=F("arrived_at")),
                name="presence_leaves_after_arriving",
            ),
        ]

    def __str__(self) -> str:
        return self.name or (self.membership.name if self.membership else "")

    @property
    def is_here(self) -> bool:
        return self.state in self.HERE

    @property
    def is_guest(self) -> bool:
        """Neither a member, nor somebody in a member's place."""
        return self.membership_id is None and self.in_place_of_id is None


class MotionQuerySet(models.QuerySet["Motion"]):
    def open(self) -> MotionQuerySet:
        return self.filter(state=Motion.State.OPEN)

    def by_letter(self) -> MotionQuerySet:
        return self.filter(meeting=None)

    def over(self, now: datetime) -> MotionQuerySet:
        """Votes outside a meeting whose term has passed."""
        return self.by_letter().open().filter(deadline__lte=now)


class Motion(models.Model):
    """Something put to the vote, at a meeting or outside it by letters.

    The rules and the number of voices are written down with the result, so that it stays explained after the rules or
    the members change.
    """

    class Way(models.TextChoices):
        HANDS = "hands", "zvednutím ruky"
        NAMES = "names", "jmenovitě"
        SECRET = "secret", "tajně"

    class State(models.TextChoices):
        OPEN = "open", "hlasuje se"
        CLOSED = "closed", "uzavřené"
        DROPPED = "dropped", "stažené"

    MOVES: ClassVar[dict[State, set[State]]] = {
        State.OPEN: {State.CLOSED, State.DROPPED},
        State.CLOSED: set(),
        State.DROPPED: set(),
    }

    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="motions")
    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, null=True, blank=True, related_name="motions")
    item = models.ForeignKey(AgendaItem, on_delete=models.SET_NULL, null=True, blank=True, related_name="motions")
    text = models.TextField("návrh usnesení")
    way = models.CharField("jak se hlasuje", max_length=6, choices=Way.choices, default=Way.HANDS)
    state = models.CharField("stav", max_length=7, choices=State.choices, default=State.OPEN)
    quorum = models.CharField("usnášeníschopnost", max_length=20, choices=Procedure.Quorum.choices)
    majority = models.CharField("přijetí návrhu", max_length=10, choices=Procedure.Majority.choices)
    counted = models.CharField("hlasy", max_length=12, choices=Procedure.Counted.choices)
    # Outside a meeting: until when letters with ballots are waited for.
    deadline = models.DateTimeField("hlasuje se do", null=True, blank=True)
    voices = models.PositiveSmallIntegerField("hlasů přítomno", null=True, blank=True)
    voices_all = models.PositiveSmallIntegerField("hlasů celkem", null=True, blank=True)
    quorum_words = models.TextField("kolik hlasů bylo přítomno", blank=True)
    quorate = models.BooleanField("usnášeníschopnost byla", null=True, blank=True)
    votes_for = models.PositiveSmallIntegerField("pro", null=True, blank=True)
    votes_against = models.PositiveSmallIntegerField("proti", null=True, blank=True)
    votes_abstained = models.PositiveSmallIntegerField("zdrželo se", null=True, blank=True)
    adopted = models.BooleanField("přijato", null=True, blank=True)
    explanation = models.TextField("proč", blank=True)
    correction = models.CharField("důvod opravy", max_length=300, blank=True)
    opened_at = models.DateTimeField(default=timezone.now)
    closed_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = MotionQuerySet.as_manager()

    class Meta:
        ordering = ["opened_at", "id"]
        verbose_name = "hlasování"
        verbose_name_plural = "hlasování"
        constraints = [
            models.CheckConstraint(
                condition=Q(meeting__isnull=False, deadline=None) | Q(meeting=None, deadline__isnull=False),
                name="motion_at_meeting_or_by_letter",
            ),
            models.CheckConstraint(
                condition=Q(
                    voices__isnull=False,
                    voices_all__isnull=False,
                    quorate__isnull=False,
                    votes_for__isnull=False,
                    votes_against__isnull=False,
                    votes_abstained__isnull=False,
                    adopted__isnull=False,
                    closed_at__isnull=False,
                )
                | ~Q(state="closed"),
                name="closed_motion_is_counted",
            ),
            models.CheckConstraint(
                condition=Q(voices=None) | Q(voices__gte=F("votes_for") + F("votes_against") + F("votes_abstained")),
                name="votes_within_present",
            ),
            models.CheckConstraint(condition=Q(voices=None) | Q(voices__lte=F("voices_all")), name="voices_within_all"),
        ]

    def __str__(self) -> str:
        text = " ".join(self.text.split())
        return text if len(text) <= 120 else f"{text[:119].rstrip()}…"

    @property
    def words(self) -> str:
        """Who was there and how it came out, in sentences."""
        return f"{self.quorum_words} {self.explanation}".strip()

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN

    @property
    def is_closed(self) -> bool:
        return self.state == self.State.CLOSED


class Ballot(models.Model):
    """A member's vote. Of a secret ballot, at a meeting or by letter, only that it was handed in: its `choice` stays
    empty for ever.

    Outside a meeting a row stands for each letter from the start; `cast_at` says that the answer came.
    """

    class Choice(models.TextChoices):
        FOR = "for", "pro"
        AGAINST = "against", "proti"
        ABSTAINED = "abstained", "zdržuji se"

    motion = models.ForeignKey(Motion, on_delete=models.CASCADE, related_name="ballots")
    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="+")
    choice = models.CharField("hlas", max_length=9, choices=Choice.choices, blank=True)
    cast_at = models.DateTimeField("odevzdáno", null=True, blank=True)
    # Only the imprint of the link is kept; the letter has the link itself.
    token_hash = models.CharField(max_length=64, blank=True, db_index=True)
    reminded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        verbose_name = "hlas"
        verbose_name_plural = "hlasy"
        constraints = [
            models.UniqueConstraint(fields=["motion", "membership"], name="one_vote_each"),
            models.CheckConstraint(condition=Q(choice="") | Q(cast_at__isnull=False), name="choice_was_cast"),
        ]

    def __str__(self) -> str:
        return f"{self.membership} → {self.motion}"
