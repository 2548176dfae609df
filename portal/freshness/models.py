"""How old what we say is: whom we asked whether it holds, how good a record is, where it differs from the register."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from portal.accounts.models import Person
from portal.catalogue.models import Provider, Service

# --- what people set ---------------------------------------------------------------------------------------------


class Limit(models.Model):
    """A number of days as somebody changed it; what nobody changed stands in lists/limits.csv."""

    key = models.SlugField("klíč", max_length=40, unique=True)
    name = models.CharField("název", max_length=100, blank=True, help_text="jak se jmenovala, pro deník")
    days = models.PositiveSmallIntegerField("dní")
    edited_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return self.name or self.key


class QualityRule(models.Model):
    """The weight of a reason as somebody changed it; what nobody changed stands in lists/quality_rules.csv."""

    key = models.SlugField("klíč", max_length=40, unique=True)
    name = models.CharField("název", max_length=100, blank=True, help_text="jak se jmenovalo, pro deník")
    weight = models.PositiveSmallIntegerField("váha")
    edited_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return self.name or self.key


# --- asking the provider -----------------------------------------------------------------------------------------


class ConfirmationRound(models.Model):
    """One asking of one provider about its services that are due, from the first letter to the answer. Free places
    are asked about apart: they age faster and nobody is told when they are not answered."""

    class Topic(models.TextChoices):
        CARD = "card", "celá karta"
        VACANCY = "vacancy", "volná místa"

    provider = models.ForeignKey(Provider, on_delete=models.CASCADE, related_name="+")
    topic = models.CharField(max_length=10, choices=Topic.choices, default=Topic.CARD)
    started_on = models.DateField("první dopis")
    closed_on = models.DateField("uzavřeno", null=True, blank=True)
    coordinator_told_on = models.DateField("koordinátor ví od", null=True, blank=True)
    public_on = models.DateField("na kartě od", null=True, blank=True)

    class Meta:
        ordering = ["started_on", "id"]
        constraints = [
            models.UniqueConstraint(fields=["provider", "topic"], condition=Q(closed_on=None), name="one_open_round")
        ]

    def __str__(self) -> str:
        return f"{self.provider}: {self.started_on}"


class AskedService(models.Model):
    """A service asked about in a round, and how the question ended."""

    class Outcome(models.TextChoices):
        CONFIRMED = "confirmed", "potvrzeno dopisem"
        VERIFIED = "verified", "ověřeno jinak"
        CHANGE = "change", "poskytovatel hlásí změnu"
        GONE = "gone", "už není v katalogu"

    round = models.ForeignKey(ConfirmationRound, on_delete=models.CASCADE, related_name="asked")
    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="+")
    outcome = models.CharField(max_length=10, choices=Outcome.choices, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["round", "service"], name="asked_once_a_round")]

    def __str__(self) -> str:
        return f"{self.service}: {self.get_outcome_display() or 'čeká'}"


class ConfirmationLetter(models.Model):
    """A letter of a round to one address. Its link carries a random token; only the hash of it is kept."""

    round = models.ForeignKey(ConfirmationRound, on_delete=models.CASCADE, related_name="letters")
    email = models.EmailField()
    person = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    services = models.ManyToManyField(Service, related_name="+")
    step = models.PositiveSmallIntegerField(help_text="0 první dopis, 1 a 2 připomínky")
    token_hash = models.CharField(max_length=64, unique=True)
    expires_on = models.DateField()
    written_at = models.DateTimeField(auto_now_add=True)
    used_at = models.DateTimeField("naposledy potvrzeno", null=True, blank=True)

    class Meta:
        ordering = ["written_at", "id"]
        constraints = [models.UniqueConstraint(fields=["round", "email", "step"], name="letter_once_a_step")]

    def __str__(self) -> str:
        return f"{self.email}: {self.round}"


# --- conflicts with the register ---------------------------------------------------------------------------------


class Dispute(models.Model):
    """A provider says that something the register owns is wrong, and what is right."""

    class Field(models.TextChoices):
        NAME = "name", "název služby"
        KIND = "kind", "druh služby"
        FORMS = "forms", "formy"
        CAPACITY = "capacity", "kapacita"
        TARGETS = "target_groups", "cílové skupiny"
        PLACE = "place", "místo poskytování"
        CONTACT = "contact", "kontakt"
        DATES = "dates", "od kdy a do kdy"
        OTHER = "other", "něco jiného"

    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="+")
    field = models.CharField("co je v registru špatně", max_length=20, choices=Field.choices)
    right_value = models.CharField("jak je to správně", max_length=500)
    note = models.TextField("poznámka", blank=True, max_length=2000)
    said_by = models.CharField(max_length=150)
    said_at = models.DateTimeField(auto_now_add=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["said_at", "id"]

    def __str__(self) -> str:
        return f"{self.service}: {self.get_field_display()}"


class Conflict(models.Model):
    """The register says one thing, the provider another. The same difference is opened once."""

    class State(models.TextChoices):
        OPEN = "open", "otevřený"
        SETTLED = "settled", "rozhodnutý"
        GONE = "gone", "už se to neliší"

    class Outcome(models.TextChoices):
        REGISTER = "register", "pravdu má registr"
        PROVIDER = "provider", "pravdu má poskytovatel"
        BOTH = "both", "platí obojí"

    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="+")
    topic = models.CharField("čeho se týká", max_length=20)
    register_value = models.CharField("registr", max_length=600)
    local_value = models.CharField("poskytovatel", max_length=600)
    # Of service, topic and both values: a difference that somebody settled is not opened again while it lasts.
    fingerprint = models.CharField(max_length=64)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    outcome = models.CharField("rozhodnutí", max_length=10, choices=Outcome.choices, blank=True)
    reason = models.TextField("proč", blank=True, max_length=2000)
    settled_by = models.CharField(max_length=150, blank=True)
    opened_at = models.DateTimeField(auto_now_add=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    provider_told_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-opened_at", "id"]
        constraints = [models.UniqueConstraint(fields=["service", "fingerprint"], name="conflict_once")]
        indexes = [models.Index(fields=["state"], name="conflict_state")]

    def __str__(self) -> str:
        return f"{self.service}: {self.register_value} / {self.local_value}"


# --- quality -----------------------------------------------------------------------------------------------------


class ServiceQuality(models.Model):
    """The score of one public service as it was last measured, and what it lacks."""

    service = models.OneToOneField(Service, on_delete=models.CASCADE, primary_key=True, related_name="+")
    score = models.PositiveSmallIntegerField("0–100")
    # Keys of the reasons with a space on both sides of each, so that one is found by `contains`.
    reasons = models.CharField(max_length=400, blank=True)
    measured_at = models.DateTimeField()

    class Meta:
        ordering = ["score", "service"]
        indexes = [models.Index(fields=["score"], name="quality_score")]

    def __str__(self) -> str:
        return f"{self.service_id}: {self.score}"


class QualitySnapshot(models.Model):
    """How good the records of a provider or a territory were on a day. A day without a row is as the day before."""

    class Over(models.TextChoices):
        ALL = "all", "všechno"
        REGION = "region", "kraj"
        ORP = "orp", "ORP"
        PROVIDER = "provider", "poskytovatel"

    over = models.CharField(max_length=10, choices=Over.choices)
    code = models.CharField(max_length=20, blank=True)
    day = models.DateField()
    services = models.PositiveIntegerField()
    score = models.FloatField("průměr 0–100")
    overdue = models.PositiveIntegerField("dlouho nepotvrzených")

    class Meta:
        ordering = ["day"]
        constraints = [models.UniqueConstraint(fields=["over", "code", "day"], name="snapshot_once_a_day")]

    def __str__(self) -> str:
        return f"{self.over} {self.code} {self.day}: {self.score:.1f}"


# --- the daily walk ----------------------------------------------------------------------------------------------


class Digest(models.Model):
    """The daily letter of news to a coordinator; what came before it is not told again."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    day = models.DateField()
    written_at = models.DateTimeField()

    class Meta:
        ordering = ["-day"]
        constraints = [models.UniqueConstraint(fields=["person", "day"], name="digest_once_a_day")]

    def __str__(self) -> str:
        return f"{self.person}: {self.day}"


class Watch(models.Model):
    """How far a repeated look has got: the newest import compared, the last moment measured."""

    key = models.SlugField(max_length=40, unique=True)
    number = models.PositiveBigIntegerField(default=0)
    at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.key}: {self.number}"
