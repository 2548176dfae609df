"""Bodies of community planning, their rules of procedure and their members.

What differs from body to body (how far ahead an invitation goes out, what makes a quorum) is data of the body
(`Procedure`), never code.
"""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from portal.accounts.models import Grant, Person
from portal.catalogue.models import Provider, TargetGroup


class Side(models.TextChoices):
    """Sides of the triad, and the public beside it."""

    COMMISSIONER = "commissioner", "zadavatel"
    PROVIDER = "provider", "poskytovatel"
    USER = "user", "uživatel"
    PUBLIC = "public", "veřejnost"


TRIAD = (Side.COMMISSIONER, Side.PROVIDER, Side.USER)


class GroupQuerySet(models.QuerySet["Group"]):
    def public(self) -> GroupQuerySet:
        return self.filter(shown=True)

    def working_now(self) -> GroupQuerySet:
        return self.filter(closed_on=None)


class Group(models.Model):
    class Sort(models.TextChoices):
        STEERING = "steering", "řídící skupina"
        COORDINATING = "coordinating", "koordinační skupina"
        WORKING = "working", "pracovní skupina"
        OTHER = "other", "jiný orgán"

    slug = models.SlugField(max_length=120, unique=True)
    name = models.CharField("název", max_length=150)
    # As people write it: "PS OZP SE". Names of minutes are made with it.
    abbreviation = models.CharField("zkratka", max_length=30, blank=True)
    sort = models.CharField("druh", max_length=12, choices=Sort.choices, default=Sort.WORKING)
    span_kind = models.CharField("druh území", max_length=20, choices=Grant.Range.choices)
    span_code = models.CharField("kód území", max_length=20)
    span_name = models.CharField("území", max_length=100)
    above = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="below", verbose_name="komu předkládá"
    )
    target_groups = models.ManyToManyField(TargetGroup, blank=True, related_name="+", verbose_name="cílové skupiny")
    about = models.TextField("čím se zabývá", blank=True)
    mandate = models.TextField("pověření", blank=True)
    # The term for which the body was named; open at either end where nobody said.
    since = models.DateField("od", null=True, blank=True)
    until = models.DateField("do", null=True, blank=True)
    contact_name = models.CharField("kontaktní osoba", max_length=150, blank=True)
    contact_email = models.EmailField("e-mail pro veřejnost", blank=True)
    contact_phone = models.CharField("telefon pro veřejnost", max_length=30, blank=True)
    open_to_public = models.BooleanField("jednání jsou veřejná", default=True)
    accepts = models.BooleanField("přijímá nové členy", default=True)
    shown = models.BooleanField("je vidět na webu", default=False)
    closed_on = models.DateField("skončila dne", null=True, blank=True)
    order = models.PositiveSmallIntegerField("pořadí", default=0)
    version = models.PositiveIntegerField(default=1)

    objects = GroupQuerySet.as_manager()

    class Meta:
        ordering = ["order", "name"]
        verbose_name = "skupina"
        verbose_name_plural = "skupiny"
        constraints = [
            models.CheckConstraint(
                condition=Q(since=None) | Q(until=None) | Q(until__gte=F("since")), name="group_ends_after_start"
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def short(self) -> str:
        return self.abbreviation or self.name


class Procedure(models.Model):
    """Rules of procedure of a body. Days are calendar days unless `working_days` says otherwise."""

    class Quorum(models.TextChoices):
        MEMBERS = "members", "nadpoloviční většina všech členů"
        SIDES = "sides", "zástupce každé strany triády"
        MEMBERS_AND_SIDES = "members_and_sides", "většina členů a zástupce každé strany"
        ANY = "any", "kdokoli přijde"

    class Majority(models.TextChoices):
        PRESENT = "present", "nadpoloviční většina přítomných členů"
        ALL = "all", "nadpoloviční většina všech členů"
        VOTES = "votes", "víc hlasů pro než proti"
        CONSENSUS = "consensus", "shoda: nikdo není proti"

    class Counted(models.TextChoices):
        PERSON = "person", "jeden člen, jeden hlas"
        ORGANISATION = "organisation", "jedna organizace, jeden hlas"

    class Admission(models.TextChoices):
        VOTE = "vote", "hlasováním skupiny"
        HEAD = "head", "rozhodnutím vedoucího"
        NAMED = "named", "jmenuje ji jiný orgán"

    class Approval(models.TextChoices):
        VERIFIED = "verified", "podpisem ověřovatele"
        SILENCE = "silence", "když do lhůty nikdo nic nenamítne"
        NEXT = "next", "na příštím jednání"

    group = models.OneToOneField(Group, on_delete=models.CASCADE, related_name="procedure")
    invitation_days = models.PositiveSmallIntegerField("pozvánka předem (dnů)", default=7)
    web_days = models.PositiveSmallIntegerField("oznámení na webu předem (dnů)", default=7)
    agenda_days = models.PositiveSmallIntegerField("návrhy bodů předem (dnů)", default=3)
    excuse_days = models.PositiveSmallIntegerField("omluva předem (dnů)", default=3)
    working_days = models.BooleanField("počítají se jen pracovní dny", default=False)
    meetings_a_year = models.PositiveSmallIntegerField("jednání za rok aspoň", default=4)
    quorum = models.CharField("usnášeníschopnost", max_length=20, choices=Quorum.choices, default=Quorum.MEMBERS)
    majority = models.CharField("přijetí návrhu", max_length=10, choices=Majority.choices, default=Majority.PRESENT)
    counted = models.CharField("hlasy", max_length=12, choices=Counted.choices, default=Counted.PERSON)
    by_letter = models.BooleanField("smí hlasovat mimo jednání", default=False)
    by_letter_days = models.PositiveSmallIntegerField("lhůta hlasování mimo jednání (dnů)", default=7)
    admission = models.CharField("přijetí člena", max_length=6, choices=Admission.choices, default=Admission.VOTE)
    guest_meetings = models.PositiveSmallIntegerField("zájemce je nejdřív hostem (jednání)", default=1)
    admission_days = models.PositiveSmallIntegerField("o přijetí se rozhodne do (dnů)", default=90)
    absences = models.PositiveSmallIntegerField("členství končí po neomluvených neúčastech", null=True, blank=True)
    minutes_days = models.PositiveSmallIntegerField("zápis se rozešle do (dnů)", default=14)
    objection_days = models.PositiveSmallIntegerField("námitky k zápisu do (dnů)", default=7)
    approval = models.CharField("schválení zápisu", max_length=8, choices=Approval.choices, default=Approval.VERIFIED)

    def __str__(self) -> str:
        return f"Jednací řád: {self.group}"


class MembershipQuerySet(models.QuerySet["Membership"]):
    def current(self, on: date | None = None) -> MembershipQuerySet:
        day = on or timezone.localdate()
        return self.filter(Q(left_on=None) | Q(left_on__gt=day), joined_on__lte=day)

    def voting(self) -> MembershipQuerySet:
        """Those who decide; substitutes vote only in place of somebody."""
        return self.filter(votes=True, substitutes=None)


class Membership(models.Model):
    """Somebody in a body, from when until when. `person` is their account, where they have one."""

    class Role(models.TextChoices):
        HEAD = "head", "vedoucí"
        DEPUTY = "deputy", "zástupce vedoucího"
        MEMBER = "member", "člen"
        VERIFIER = "verifier", "ověřovatel"
        MINUTE_TAKER = "minute_taker", "zapisovatel"
        GUEST = "guest", "host"

    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="memberships")
    person = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    name = models.CharField("jméno", max_length=150)
    email = models.EmailField("e-mail", blank=True)
    phone = models.CharField("telefon", max_length=30, blank=True)
    provider = models.ForeignKey(Provider, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    organisation = models.CharField("organizace", max_length=200, blank=True)
    side = models.CharField("strana triády", max_length=12, choices=Side.choices)
    role = models.CharField("role", max_length=12, choices=Role.choices, default=Role.MEMBER)
    votes = models.BooleanField("hlasuje", default=True)
    substitutes = models.ForeignKey(
        "self",
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="substitute_rows",
        verbose_name="zastupuje",
    )
    # Being named as a user of services tells of somebody's health: only with their consent.
    name_public = models.BooleanField("jméno smí být na webu", default=False)
    joined_on = models.DateField("od")
    left_on = models.DateField("do", null=True, blank=True)
    left_reason = models.CharField("proč skončil(a)", max_length=200, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        ordering = ["group", "joined_on", "id"]
        verbose_name = "členství"
        verbose_name_plural = "členství"
        constraints = [
            models.CheckConstraint(condition=~Q(role="guest", votes=True), name="guest_never_votes"),
            models.CheckConstraint(
                condition=Q(left_on=None) | Q(left_on__gte=F("joined_on")), name="member_leaves_after_joining"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def public_name(self) -> str:
        """As the public may read it."""
        if self.side == Side.USER and not self.name_public:
            return "zástupce uživatelů"
        return self.name if self.name_public or self.side != Side.PUBLIC else "zástupce veřejnosti"

    @property
    def public_organisation(self) -> str:
        return "" if self.side == Side.USER and not self.name_public else self.organisation


class Application(models.Model):
    """Somebody who wants to join: a guest at first, then the body decides."""

    class State(models.TextChoices):
        NEW = "new", "nová přihláška"
        GUEST = "guest", "zájemce je hostem"
        PUT = "put", "čeká na hlasování"
        ACCEPTED = "accepted", "přijatý člen"
        DECLINED = "declined", "nepřijatá"
        WITHDRAWN = "withdrawn", "vzatá zpět"

    MOVES = {
        State.NEW: {State.GUEST, State.PUT, State.ACCEPTED, State.DECLINED, State.WITHDRAWN},
        State.GUEST: {State.PUT, State.ACCEPTED, State.DECLINED, State.WITHDRAWN},
        State.PUT: {State.ACCEPTED, State.DECLINED, State.WITHDRAWN},
        State.ACCEPTED: set[State](),
        State.DECLINED: set[State](),
        State.WITHDRAWN: set[State](),
    }

    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="applications")
    name = models.CharField("jméno", max_length=150)
    email = models.EmailField("e-mail")
    phone = models.CharField("telefon", max_length=30, blank=True)
    organisation = models.CharField("organizace", max_length=200, blank=True)
    side = models.CharField("za koho", max_length=12, choices=Side.choices)
    why = models.TextField("proč", blank=True)
    state = models.CharField("stav", max_length=10, choices=State.choices, default=State.NEW)
    said_at = models.DateTimeField(default=timezone.now)
    settled_at = models.DateTimeField(null=True, blank=True)
    answer = models.TextField("odpověď", blank=True)
    membership = models.OneToOneField(Membership, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["-said_at"]
        verbose_name = "přihláška do skupiny"
        verbose_name_plural = "přihlášky do skupin"

    def __str__(self) -> str:
        return f"{self.name} → {self.group}"
