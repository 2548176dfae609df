"""Runs of the import: what file came, what it would change, who let it in and how it ended."""

from django.db import models

from portal.accounts.models import Person
from portal.catalogue.models import Source


class ImportRunQuerySet(models.QuerySet["ImportRun"]):
    def newest(self) -> "ImportRunQuerySet":
        return self.select_related("person").order_by("-created_at", "-id")


class ImportRun(models.Model):
    class State(models.TextChoices):
        CHECKING = "checking", "prohlížíme soubor"
        CHECKED = "checked", "čeká na potvrzení"
        APPLYING = "applying", "zapisujeme"
        DONE = "done", "zapsáno"
        UNCHANGED = "unchanged", "beze změny"
        REFUSED = "refused", "odmítnuto"
        FAILED = "failed", "nepodařilo se"
        DROPPED = "dropped", "zahozeno"

    # APPLYING -> CHECKED: the catalogue moved on since the preview, so a person has to look again.
    # Back to CHECKING: somebody reads the file again, after it failed or its background work was given up.
    MOVES = {
        State.CHECKING: {State.CHECKING, State.CHECKED, State.UNCHANGED, State.REFUSED, State.FAILED},
        State.CHECKED: {State.APPLYING, State.DROPPED},
        State.APPLYING: {State.DONE, State.CHECKED, State.REFUSED, State.FAILED, State.UNCHANGED, State.CHECKING},
        State.FAILED: {State.CHECKING, State.DROPPED},
    }

    source = models.CharField("zdroj", max_length=10, choices=Source.choices, blank=True)
    file_name = models.CharField("soubor", max_length=300)
    checksum = models.CharField("otisk SHA-256", max_length=64, blank=True)
    size = models.PositiveBigIntegerField("velikost v bajtech", default=0)
    complete = models.BooleanField("úplný seznam", default=True)
    state = models.CharField("stav", max_length=10, choices=State.choices, default=State.CHECKING)
    message = models.TextField("zpráva", blank=True)
    counts = models.JSONField("počty", default=dict)
    digest = models.CharField(max_length=64, blank=True, help_text="otisk rozdílů, které člověk viděl")
    file = models.FileField(upload_to="register/", blank=True)
    report = models.FileField(upload_to="register/", blank=True)
    person = models.ForeignKey(
        Person, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="kdo"
    )
    job_key = models.CharField(max_length=40, blank=True)
    created_at = models.DateTimeField("začátek", auto_now_add=True)
    applied_at = models.DateTimeField("zapsáno", null=True, blank=True)

    objects = ImportRunQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-id"]
        verbose_name = "načtení registru"
        verbose_name_plural = "načtení registru"

    def __str__(self) -> str:
        return self.file_name

    @property
    def waits_for_person(self) -> bool:
        return self.state == self.State.CHECKED
