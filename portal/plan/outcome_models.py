"""What the public was told of how measures stand, and who wants a letter when it changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models

if TYPE_CHECKING:
    from .models import Plan


class OutcomeQuerySet(models.QuerySet["Outcome"]):
    def of_plan(self, plan: Plan) -> OutcomeQuerySet:
        """Outcomes of measures that stand in the plan, the oldest year first: the last one of a measure holds."""
        found = self.filter(node__plan=plan, node__removed_at=None)
        return found.select_related("state").order_by("year", "told_on", "pk")


class Outcome(models.Model):
    """How a measure stood at the end of a year, as a published report says. No names of people."""

    node = models.ForeignKey("plan.Node", on_delete=models.CASCADE, related_name="outcomes")
    year = models.PositiveSmallIntegerField("rok")
    state = models.ForeignKey("plan.FulfilmentState", on_delete=models.PROTECT, related_name="+", verbose_name="stav")
    note = models.TextField("co se stalo", blank=True)
    told_on = models.DateField("zveřejněno")

    objects = OutcomeQuerySet.as_manager()

    class Meta:
        ordering = ["year", "pk"]
        verbose_name = "zveřejněný stav opatření"
        constraints = [models.UniqueConstraint(fields=["node", "year"], name="outcome_once_a_year")]

    def __str__(self) -> str:
        return f"{self.node_id}, {self.year}: {self.state_id}"


class Follower(models.Model):
    """Somebody who confirmed by a link in a letter that they want to hear of a measure. Never public."""

    node = models.ForeignKey("plan.Node", on_delete=models.CASCADE, related_name="followers")
    email = models.EmailField("e-mail", max_length=254)
    confirmed_at = models.DateTimeField("potvrzeno")

    class Meta:
        verbose_name = "sledování opatření"
        constraints = [models.UniqueConstraint(fields=["node", "email"], name="followed_once")]

    def __str__(self) -> str:
        return f"{self.node_id}, {self.confirmed_at:%Y-%m-%d}"
