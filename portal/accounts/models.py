"""People who sign in, and what they are here for."""

from typing import Any, ClassVar, NamedTuple

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.sessions.base_session import AbstractBaseSession, BaseSessionManager
from django.db import models
from django.utils import timezone
from django.utils.crypto import salted_hmac

from .sessions import SessionStore


class PersonQuerySet(models.QuerySet["Person"]):
    def named(self, text: str) -> "PersonQuerySet":
        """By a piece of the name or of the e-mail. SQLite folds only letters of English, so both cases are asked."""
        asked = models.Q(email__icontains=text)
        for spelled in {text, text.lower(), text.capitalize(), text.title()}:
            asked |= models.Q(name__icontains=spelled)
        return self.filter(asked)


class PersonManager(BaseUserManager["Person"]):
    def get_queryset(self) -> PersonQuerySet:
        return PersonQuerySet(self.model, using=self._db)

    def create_user(self, email: str, name: str, password: str | None = None, **more: Any) -> "Person":
        person = self.model(email=self.normalize_email(email).lower(), name=name, **more)
        person.set_password(password)
        person.save(using=self._db)
        return person

    def get_by_natural_key(self, email: str | None) -> "Person":
        return self.get(email=(email or "").lower())


class Person(AbstractBaseUser):
    email = models.EmailField("e-mail", unique=True)
    name = models.CharField("jméno", max_length=150)
    is_active = models.BooleanField("může se přihlásit", default=True)
    joined_at = models.DateTimeField(default=timezone.now)
    # Set when the account was erased: the row stays without a name, so that the journal still points at somebody.
    erased_at = models.DateTimeField("smazáno", null=True, blank=True, editable=False)

    objects = PersonManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    def __str__(self) -> str:
        return self.name

    def held(self) -> frozenset["Held"]:
        """Roles with their ranges; one query, remembered for the life of this object (one request)."""
        if not hasattr(self, "_held"):
            rows = self.grants.values_list("role", "range_kind", "range_code")
            self._held = frozenset(Held(*row) for row in rows)
        return self._held


class Held(NamedTuple):
    """A role as somebody holds it: over what kind of range, and over which one (no code for the whole site)."""

    role: str
    kind: str
    code: str


class Grant(models.Model):
    """A role given to a person, with its range. The range is a kind and a code, not a foreign key, because
    territory and organisations stand above people in the staircase: the official code of a region, ORP or
    municipality; for a provider the number of its row, because not every provider has an IČO."""

    class Role(models.TextChoices):
        PROVIDER_EDITOR = "provider_editor", "editor poskytovatele"
        PROVIDER_HEAD = "provider_head", "vedoucí poskytovatele (zve editory)"
        MUNICIPALITY = "municipality", "pracovník obce"
        MEMBER = "member", "člen pracovní nebo řídící skupiny"
        PAGE_EDITOR = "page_editor", "redaktor stránek"
        COORDINATOR = "coordinator", "koordinátor"
        REGION = "region", "krajský správce"
        AUDITOR = "auditor", "auditor (vše čte, nic nemění)"
        TECHNICAL = "technical", "správce systému"

    class Range(models.TextChoices):
        SITE = "site", "celý web"
        REGION = "region", "kraj"
        ORP = "orp", "ORP"
        MUNICIPALITY = "municipality", "obec"
        PROVIDER = "provider", "poskytovatel"
        GROUP = "group", "skupina"

    # Over what kinds of range each role can be held.
    RANGES = {
        Role.PROVIDER_EDITOR: (Range.PROVIDER,),
        Role.PROVIDER_HEAD: (Range.PROVIDER,),
        Role.MUNICIPALITY: (Range.MUNICIPALITY,),
        Role.MEMBER: (Range.GROUP,),
        Role.PAGE_EDITOR: (Range.SITE, Range.REGION, Range.ORP, Range.MUNICIPALITY),
        Role.COORDINATOR: (Range.ORP, Range.MUNICIPALITY, Range.REGION, Range.SITE),
        Role.REGION: (Range.REGION, Range.SITE),
        Role.AUDITOR: (Range.SITE, Range.REGION, Range.ORP, Range.MUNICIPALITY),
        Role.TECHNICAL: (Range.SITE,),
    }

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="grants")
    role = models.CharField(max_length=20, choices=Role.choices)
    range_kind = models.CharField(max_length=20, choices=Range.choices, default=Range.SITE)
    range_code = models.CharField(max_length=20, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "role", "range_kind", "range_code"], name="grant_only_once")
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.get_role_display()}"


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def open(self) -> "InvitationQuerySet":
        """Those that can be accepted now."""
        return self.filter(accepted_at=None, withdrawn_at=None, expires_at__gt=timezone.now())

    def waiting(self) -> "InvitationQuerySet":
        """Neither accepted nor withdrawn; those that expired can be sent again."""
        return self.filter(accepted_at=None, withdrawn_at=None)


class Invitation(models.Model):
    """A role offered to an e-mail. Of the secret in the link only its hash is kept: whoever reads the table cannot
    accept in somebody's place."""

    class State(models.TextChoices):
        OPEN = "open", "čeká na odpověď"
        ACCEPTED = "accepted", "přijatá"
        WITHDRAWN = "withdrawn", "zrušená"
        EXPIRED = "expired", "vypršela"

    email = models.EmailField("e-mail")
    name = models.CharField("jméno", max_length=150, blank=True)
    role = models.CharField(max_length=20, choices=Grant.Role.choices)
    range_kind = models.CharField(max_length=20, choices=Grant.Range.choices)
    range_code = models.CharField(max_length=20, blank=True)
    token_hash = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, related_name="+")
    sent_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    accepted_by = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, related_name="invitations")
    withdrawn_at = models.DateTimeField(null=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        ordering = ["-sent_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["email", "role", "range_kind", "range_code"],
                condition=models.Q(accepted_at=None, withdrawn_at=None),
                name="invitation_waits_once",
            )
        ]

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def state(self) -> State:
        if self.accepted_at:
            return self.State.ACCEPTED
        if self.withdrawn_at:
            return self.State.WITHDRAWN
        return self.State.OPEN if self.expires_at > timezone.now() else self.State.EXPIRED


class SessionManager(BaseSessionManager["Session"]):
    def open_for(self, person: Person) -> "models.QuerySet[Session]":
        """Where the person is signed in, the device used last first."""
        return self.filter(person=person, expire_date__gt=timezone.now()).order_by("-seen_at")


class Session(AbstractBaseSession):
    """A browser that was here lately; with a person once somebody has signed in on it."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, null=True, related_name="sessions")
    device = models.CharField("zařízení", max_length=100, blank=True)
    # When it was written last, which in use is every half an hour.
    seen_at = models.DateTimeField("naposledy", default=timezone.now)

    objects: ClassVar[SessionManager] = SessionManager()

    def __str__(self) -> str:
        return self.device or "zařízení"

    @classmethod
    def get_session_store_class(cls) -> type[SessionStore]:
        return SessionStore

    @property
    def public_key(self) -> str:
        """Names the session on a page; whoever sees it cannot use it to sign in."""
        return salted_hmac("accounts.session", self.session_key, algorithm="sha256").hexdigest()[:20]
