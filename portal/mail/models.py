"""The outbox: every letter with its text and its way, and who does not want which letters."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import models
from django.db.models import Q

# A worker that took a letter and says nothing for so long is dead; one letter takes at most a few timeouts of SMTP.
TAKEN_FOR = timedelta(minutes=10)
# An address that bounced stays suspicious for so long.
BAD_FOR = timedelta(days=180)


class LetterQuerySet(models.QuerySet["Letter"]):
    def due(self, now: datetime) -> LetterQuerySet:
        """Waiting letters whose time has come, the oldest first."""
        return self.filter(state=Letter.State.WAITING, next_try_at__lte=now).order_by("next_try_at", "pk")

    def left_behind(self, now: datetime) -> LetterQuerySet:
        """Letters taken by a worker that died before it said how it ended."""
        return self.filter(state=Letter.State.SENDING, taken_at__lt=now - TAKEN_FOR)

    def to_do(self, now: datetime) -> bool:
        """Whether a worker has anything to send or to take over."""
        return self.due(now).exists() or self.left_behind(now).exists()

    def undelivered(self) -> LetterQuerySet:
        """Letters that a person should look at."""
        return self.filter(state__in=(Letter.State.FAILED, Letter.State.BOUNCED))

    def bad_address(self, email: str, now: datetime) -> bool:
        """Whether a letter to the address came back lately."""
        return self.filter(to__iexact=email, bounced_at__gte=now - BAD_FOR).exists()

    def to_bad_addresses(self, now: datetime) -> LetterQuerySet:
        """Letters that wait or went out although an earlier one to the same address came back."""
        earlier = Letter.objects.filter(
            to=models.OuterRef("to"), bounced_at__gte=now - BAD_FOR, bounced_at__lte=models.OuterRef("created_at")
        )
        return self.filter(models.Exists(earlier))

    def about(self, thing: models.Model) -> LetterQuerySet:
        return self.filter(thing=thing._meta.label_lower, thing_id=str(thing.pk))

    def asked(self, *, state: str = "", template: str = "", address: str = "", **days: Any) -> LetterQuerySet:
        """The list at the desk; `since` and `until` are days of writing (local), both included."""
        found = self
        if state:
            found = found.filter(state=state)
        if template:
            found = found.filter(template=template)
        if address:
            found = found.filter(Q(to__icontains=address) | Q(name__icontains=address))
        if days.get("since"):
            found = found.filter(created_at__date__gte=days["since"])
        if days.get("until"):
            found = found.filter(created_at__date__lte=days["until"])
        return found.defer("text", "html")

    def templates(self) -> list[str]:
        return list(self.order_by("template").values_list("template", flat=True).distinct())


class Letter(models.Model):
    """One letter to one address. The text is kept as it was written, so that it can be shown and sent again."""

    class State(models.TextChoices):
        WAITING = "waiting", "čeká"
        SENDING = "sending", "odesílá se"
        SENT = "sent", "odeslaný"
        FAILED = "failed", "nepodařilo se odeslat"
        BOUNCED = "bounced", "vrátil se"
        SKIPPED = "skipped", "neposlaný"

    # Moves that are allowed. SENDING -> WAITING is a later try; the last three lines are a person's "send again".
    MOVES = {
        State.WAITING: {State.SENDING, State.SKIPPED},
        State.SENDING: {State.SENT, State.WAITING, State.FAILED, State.BOUNCED},
        State.SENT: {State.BOUNCED},
        State.FAILED: {State.WAITING},
        State.BOUNCED: {State.WAITING},
        State.SKIPPED: set[State](),
    }

    key = models.CharField(max_length=40, unique=True, help_text="unguessable; part of Message-ID and return address")
    to = models.EmailField("adresa", max_length=254)
    name = models.CharField("jméno", max_length=200, blank=True)
    subject = models.CharField("předmět", max_length=300)
    text = models.TextField()
    html = models.TextField()
    # An invitation or a cancellation as programs with calendars read it (RFC 5546), whole; empty in most letters.
    calendar = models.TextField(blank=True, default="")
    template = models.CharField("druh dopisu", max_length=100)
    topic = models.CharField(max_length=60, blank=True)
    duty = models.BooleanField(default=True)
    # What the letter is about, as in the journal: by name, because the thing stands above in the staircase.
    thing = models.CharField(max_length=60, blank=True, help_text="app.model")
    thing_id = models.CharField(max_length=60, blank=True)
    message_id = models.CharField(max_length=200, unique=True)
    unsubscribe_url = models.CharField(max_length=600, blank=True)

    state = models.CharField("stav", max_length=10, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    last_error = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField()
    next_try_at = models.DateTimeField()
    taken_at = models.DateTimeField(null=True)
    taken_by = models.CharField(max_length=40, blank=True)
    sent_at = models.DateTimeField(null=True)
    bounced_at = models.DateTimeField(null=True)

    objects = LetterQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(fields=["state", "next_try_at"], name="letter_due"),
            models.Index(fields=["to"], name="letter_to"),
            models.Index(fields=["thing", "thing_id"], name="letter_thing"),
            models.Index(fields=["-created_at", "-id"], name="letter_newest"),
        ]

    def __str__(self) -> str:
        return self.subject

    @property
    def may_be_sent_again(self) -> bool:
        return self.State.WAITING in self.MOVES[self.State(self.state)] and self.state != self.State.SENDING

    @property
    def may_be_cancelled(self) -> bool:
        return self.state == self.State.WAITING


class UnsubscriptionQuerySet(models.QuerySet["Unsubscription"]):
    def covers(self, email: str, topic: str) -> bool:
        return self.filter(email=email.lower(), topic=topic).exists()


class Unsubscription(models.Model):
    """Somebody does not want letters of a topic. Letters that are a duty come all the same."""

    email = models.EmailField(max_length=254)
    topic = models.CharField(max_length=60)
    since = models.DateTimeField(auto_now_add=True)

    objects = UnsubscriptionQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["email", "topic"], name="unsubscribed_once")]

    def __str__(self) -> str:
        return f"{self.email}: {self.topic}"
