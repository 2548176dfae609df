"""The journal of deeds: who did what to which thing, when, and what it was before."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _


class Written(TypeError):
    """What stands in the journal stands: a deed is neither changed nor deleted."""

    def __init__(self) -> None:
        super().__init__("A deed of the journal cannot be changed or deleted.")


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))


class DeedQuerySet(models.QuerySet["Deed"]):
    def about(self, thing: str, thing_id: str) -> DeedQuerySet:
        return self.filter(thing=thing, thing_id=thing_id)

    def not_about_people(self) -> DeedQuerySet:
        """Without what was done to accounts, roles and invitations."""
        return self.exclude(thing__startswith="accounts.")

    def since(self, deed: Deed) -> DeedQuerySet:
        """What was done to the same thing after the deed."""
        return self.about(deed.thing, deed.thing_id).filter(pk__gt=deed.pk)

    def found(self, *, who: str, did: str, sort: str, text: str, first: date | None, last: date | None) -> DeedQuerySet:
        """Deeds that fit everything asked; an empty value asks for nothing. Days are whole days here."""
        asked = {"verb": did, "thing": sort, "thing_name__icontains": text}
        found = self.filter(**{name: value for name, value in asked.items() if value})
        if who:
            # What nobody signed in for was done by the system.
            by_system = models.Q(actor_name="") if "systém".startswith(who.casefold()) else models.Q()
            found = found.filter(models.Q(actor_name__icontains=who) | by_system)
        if first is not None:
            found = found.filter(done_at__gte=_midnight(first))
        if last is not None:
            found = found.filter(done_at__lt=_midnight(last + timedelta(days=1)))
        return found

    def older_than(self, moment: datetime) -> DeedQuerySet:
        return self.filter(done_at__lt=moment)

    # --- what stands, stands ---

    def update(self, **_values: Any) -> int:
        raise Written

    def delete(self) -> tuple[int, dict[str, int]]:
        raise Written

    def rewrite(self, **values: Any) -> int:
        """The one way past the rule: retention and erasure (actions.py), which take words away and add none."""
        return super().update(**values)


class Deed(models.Model):
    """One deed. The actor is kept by number and name, not by key: the journal outlives the person's account
    and stands below it in the staircase."""

    verb = models.CharField(max_length=60)
    thing = models.CharField(max_length=60, help_text="app.model")
    thing_id = models.CharField(max_length=60)
    thing_name = models.CharField(max_length=300)
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=200, blank=True)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    # What the codes and keys among the values were called at the time: {"572659": "Jičín"}.
    names = models.JSONField(default=dict)
    restores = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")
    # Set when the values were dropped after their time; the sentence stays.
    thinned = models.BooleanField(default=False)
    done_at = models.DateTimeField(auto_now_add=True)

    objects = DeedQuerySet.as_manager()

    class Meta:
        ordering = ["-done_at", "-id"]
        indexes = [
            models.Index(fields=["thing", "thing_id"], name="deed_thing"),
            models.Index(fields=["-done_at", "-id"], name="deed_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.actor_name or _('systém')}: {self.verb} {self.thing_name}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise Written
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise Written
