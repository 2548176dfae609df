"""What people tell the planners at any time of the year, and how far each of it got.

A suggestion may come from nobody: the name and the e-mail are by choice and are never public unless the author said so.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone

from portal.accounts.models import Grant, Person
from portal.catalogue.models import TargetGroup
from portal.files.models import new_key
from portal.groups.models import Group
from portal.meetings.models import AgendaItem
from portal.plan.models import Node
from portal.territory.models import Municipality


class Origin(models.TextChoices):
    """By which way a suggestion or a comment came."""

    WEB = "web", "z webu"
    PAPER = "paper", "na papíře"
    EMAIL = "email", "e-mailem"
    PHONE = "phone", "telefonem"
    HEARING = "hearing", "na veřejném projednání"


class SuggestionQuerySet(models.QuerySet["Suggestion"]):
    def public(self) -> SuggestionQuerySet:
        """Those that the coordinator put on the web; what was joined to another is read there."""
        return self.filter(shown_at__isnull=False, state__in=Suggestion.READABLE)

    def waiting(self) -> SuggestionQuerySet:
        """Those that nobody has looked at yet."""
        return self.filter(state=Suggestion.State.NEW)


class Suggestion(models.Model):
    class Sort(models.TextChoices):
        NEED = "need", "potřeba"
        MISSING = "missing", "chybějící služba"
        IDEA = "idea", "nápad"
        PROBLEM = "problem", "problém"

    class State(models.TextChoices):
        NEW = "new", "čeká na přečtení"
        TAKEN = "taken", "přijatý"
        GROUP = "group", "řeší ho skupina"
        AGENDA = "agenda", "je na programu jednání"
        MEASURE = "measure", "je v plánu"
        ANSWERED = "answered", "zodpovězený"
        JOINED = "joined", "spojený s jiným"
        DECLINED = "declined", "nebudeme se jím zabývat"

    MOVES = {
        State.NEW: {
            State.TAKEN, State.GROUP, State.AGENDA, State.MEASURE, State.ANSWERED, State.JOINED, State.DECLINED,
        },
        State.TAKEN: {State.GROUP, State.AGENDA, State.MEASURE, State.ANSWERED, State.JOINED, State.DECLINED},
        State.GROUP: {State.GROUP, State.AGENDA, State.MEASURE, State.ANSWERED, State.JOINED, State.DECLINED},
        State.AGENDA: {State.GROUP, State.AGENDA, State.MEASURE, State.ANSWERED, State.JOINED, State.DECLINED},
        State.MEASURE: {State.MEASURE, State.ANSWERED},
        State.ANSWERED: {State.TAKEN, State.MEASURE},
        State.JOINED: {State.TAKEN},
        State.DECLINED: {State.TAKEN},
    }  # fmt: skip
    # What the public may read once it is on the web.
    READABLE = (State.TAKEN, State.GROUP, State.AGENDA, State.MEASURE, State.ANSWERED)

    # The address of the public page and, with `key`, of the author's own. Given when it comes.
    number = models.PositiveIntegerField("číslo", unique=True)
    key = models.CharField(max_length=30, unique=True, default=new_key, editable=False)
    sort = models.CharField("co to je", max_length=8, choices=Sort.choices)
    title = models.CharField("stručně", max_length=150)
    text = models.TextField("o co jde", max_length=4000)
    # What the public reads in place of `text`, where that tells of somebody's health or names somebody.
    public_text = models.TextField("znění na web", max_length=4000, blank=True)
    origin = models.CharField("jak přišel", max_length=8, choices=Origin.choices, default=Origin.WEB)
    received_at = models.DateTimeField("přišel", default=timezone.now)
    # The territory whose coordinator reads it.
    span_kind = models.CharField("druh území", max_length=20, choices=Grant.Range.choices)
    span_code = models.CharField("kód území", max_length=20, blank=True)
    span_name = models.CharField("území", max_length=100, blank=True)
    municipality = models.ForeignKey(
        Municipality, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="obec"
    )
    # Where on the map, by choice; degrees.
    lat = models.FloatField("zeměpisná šířka", null=True, blank=True)
    lon = models.FloatField("zeměpisná délka", null=True, blank=True)
    target_groups = models.ManyToManyField(TargetGroup, blank=True, related_name="+", verbose_name="koho se týká")

    name = models.CharField("jméno", max_length=150, blank=True)
    name_public = models.BooleanField("jméno smí být na webu", default=False)
    email = models.EmailField("e-mail", blank=True)
    # Letters about the suggestion go only to a confirmed e-mail.
    email_confirmed_at = models.DateTimeField("e-mail potvrzený", null=True, blank=True)

    state = models.CharField("stav", max_length=8, choices=State.choices, default=State.NEW)
    shown_at = models.DateTimeField("na webu od", null=True, blank=True)
    joined_to = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="joined", verbose_name="spojený s"
    )
    group = models.ForeignKey(
        Group, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="skupina"
    )
    item = models.ForeignKey(
        AgendaItem, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="bod jednání"
    )
    measures = models.ManyToManyField(Node, blank=True, related_name="+", verbose_name="opatření plánu")
    answer = models.TextField("odpověď", max_length=4000, blank=True)
    answered_at = models.DateTimeField("zodpovězeno", null=True, blank=True)
    changed_at = models.DateTimeField("naposledy změněno", default=timezone.now)
    version = models.PositiveIntegerField(default=1)

    objects = SuggestionQuerySet.as_manager()

    class Meta:
        ordering = ["-received_at", "-id"]
        verbose_name = "podnět"
        verbose_name_plural = "podněty"
        constraints = [
            models.CheckConstraint(
                condition=Q(lat=None, lon=None) | Q(lat__range=(-90, 90), lon__range=(-180, 180)),
                name="suggestion_place_is_on_earth",
            ),
            models.CheckConstraint(
                condition=Q(state="joined", joined_to__isnull=False) | (~Q(state="joined") & Q(joined_to=None)),
                name="joined_suggestion_says_to_which",
            ),
            models.CheckConstraint(
                condition=~Q(state="answered") | (~Q(answer="") & Q(answered_at__isnull=False)),
                name="answered_suggestion_has_answer",
            ),
        ]
        indexes = [models.Index(fields=["state", "-received_at"], name="suggestion_by_state")]

    def __str__(self) -> str:
        return self.title

    @property
    def words(self) -> str:
        """What the public reads."""
        return self.public_text or self.text

    @property
    def author(self) -> str:
        """As the public may read it: only what the author chose."""
        return self.name if self.name_public else ""

    @property
    def is_public(self) -> bool:
        return self.shown_at is not None and self.state in self.READABLE


class SuggestionStep(models.Model):
    """What became of a suggestion, in words that its author and the public follow. Never names an account."""

    suggestion = models.ForeignKey(Suggestion, on_delete=models.CASCADE, related_name="steps")
    state = models.CharField("stav", max_length=8, choices=Suggestion.State.choices)
    note = models.CharField("poznámka", max_length=500, blank=True)
    address = models.CharField("odkaz", max_length=300, blank=True)
    at = models.DateTimeField("kdy", default=timezone.now)

    class Meta:
        ordering = ["at", "id"]
        verbose_name = "krok podnětu"
        verbose_name_plural = "kroky podnětu"

    def __str__(self) -> str:
        return f"{self.get_state_display()}, {timezone.localtime(self.at):%-d. %-m. %Y}"


class InnerNote(models.Model):
    """What the desk says about a suggestion among itself. Never public."""

    suggestion = models.ForeignKey(Suggestion, on_delete=models.CASCADE, related_name="inner_notes")
    person = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    name = models.CharField("kdo", max_length=150)
    text = models.TextField("poznámka", max_length=2000)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["at", "id"]
        verbose_name = "vnitřní poznámka"
        verbose_name_plural = "vnitřní poznámky"

    def __str__(self) -> str:
        return f"{self.name}, {timezone.localtime(self.at):%-d. %-m. %Y}"
