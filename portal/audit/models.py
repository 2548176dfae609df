"""The journal of deeds: who did what to which thing, when, and what it was before."""

from django.db import models


class DeedQuerySet(models.QuerySet["Deed"]):
    def about(self, thing: str, thing_id: str) -> "DeedQuerySet":
        return self.filter(thing=thing, thing_id=thing_id)


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
    done_at = models.DateTimeField(auto_now_add=True)

    objects = DeedQuerySet.as_manager()

    class Meta:
        ordering = ["-done_at", "-id"]
        indexes = [models.Index(fields=["thing", "thing_id"], name="deed_thing")]

    def __str__(self) -> str:
        return f"{self.actor_name or 'systém'}: {self.verb} {self.thing_name}"
