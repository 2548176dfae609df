"""People who sign in, and what they are here for."""

from typing import Any, NamedTuple

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils import timezone


class PersonManager(BaseUserManager["Person"]):
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
