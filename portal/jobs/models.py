"""Time-consuming work that a person started and may watch: imports, printed guides, studies."""

from django.db import models
from django.utils import timezone


class Job(models.Model):
    class State(models.TextChoices):
        WAITING = "waiting", "čeká"
        RUNNING = "running", "běží"
        DONE = "done", "hotovo"
        FAILED = "failed", "nepodařilo se"

    # Moves that are allowed; RUNNING -> WAITING is the restart of a worker that died in the middle.
    MOVES = {
        State.WAITING: {State.RUNNING, State.FAILED},
        State.RUNNING: {State.DONE, State.FAILED, State.WAITING},
        State.DONE: set[State](),
        State.FAILED: {State.WAITING},
    }

    key = models.CharField(max_length=40, unique=True, help_text="unguessable part of the public address")
    kind = models.CharField(max_length=40)
    title = models.CharField(max_length=200)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    message = models.TextField(blank=True)
    task = models.CharField(max_length=200, default="", help_text="dotted path of the task, for a restart")
    attempts = models.PositiveSmallIntegerField(default=0)
    # The running worker says again and again that it lives; a job that fell silent is started anew.
    beat_at = models.DateTimeField(null=True)
    next_url = models.CharField(max_length=300, blank=True, help_text="where to go when it is done")
    parameters = models.JSONField(default=dict)
    result = models.FileField(upload_to="jobs/", blank=True)
    actor_id = models.BigIntegerField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.title

    @property
    def percent(self) -> int | None:
        """Whole percent done, None while the whole is unknown."""
        return min(100, 100 * self.done // self.total) if self.total else None

    @property
    def finished(self) -> bool:
        return self.state in {self.State.DONE, self.State.FAILED}

    @property
    def seconds(self) -> float | None:
        if self.started_at is None:
            return None
        return ((self.finished_at or timezone.now()) - self.started_at).total_seconds()


class TickQuerySet(models.QuerySet["Tick"]):
    def failed(self) -> "TickQuerySet":
        """What did not succeed when it was last done."""
        return self.exclude(error="")


class Tick(models.Model):
    """One entry of the clock (settings.CLOCK): the due time last taken, and how that went."""

    name = models.CharField(max_length=200, unique=True, help_text="dotted path of the function")
    due_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=500, blank=True)
    failed_at = models.DateTimeField(null=True)

    objects = TickQuerySet.as_manager()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
