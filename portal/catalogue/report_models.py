"""What people tell us about a card: visitors, and providers who have no account."""

from __future__ import annotations

from django.db import models


class Report(models.Model):
    """ "Něco tu nesedí": somebody says that a card is wrong. No address of the visitor, the e-mail by choice.

    The provider may propose an answer, staff settle it; then the e-mail gets the answer and is forgotten.
    """

    class State(models.TextChoices):
        NEW = "new", "nové"
        SETTLED = "settled", "vyřízené"

    class Origin(models.TextChoices):
        PUBLIC = "public", "veřejnost"
        PROVIDER = "provider", "poskytovatel"

    service = models.ForeignKey("catalogue.Service", on_delete=models.CASCADE, related_name="reports")
    origin = models.CharField("od koho", max_length=10, choices=Origin.choices, default=Origin.PUBLIC)
    text = models.TextField("co nesedí", max_length=2000)
    email = models.EmailField("e-mail", blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.NEW)
    proposed_answer = models.TextField("odpověď poskytovatele", blank=True)
    proposed_by = models.CharField("kdo za poskytovatele", max_length=150, blank=True)
    proposed_at = models.DateTimeField(null=True, blank=True)
    answer = models.TextField("jak to dopadlo", blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.service}: {self.text[:60]}"
