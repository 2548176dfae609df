"""Imports of tables: what a file would change, who let it in, how it ended, and how to take it back."""

from __future__ import annotations

from django.db import models

from portal.accounts.models import Person


class TableImportQuerySet(models.QuerySet["TableImport"]):
    def newest(self) -> TableImportQuerySet:
        return self.select_related("person").defer("rows").order_by("-created_at", "-pk")

    def of(self, person: Person) -> TableImportQuerySet:
        """Each sees and takes back their own: what a file holds is no business of whoever has another range."""
        return self.filter(person=person)


class TableImport(models.Model):
    class State(models.TextChoices):
        CHECKING = "checking", "prohlížíme soubor"
        CHECKED = "checked", "čeká na potvrzení"
        APPLYING = "applying", "zapisujeme"
        DONE = "done", "zapsáno"
        UNCHANGED = "unchanged", "beze změny"
        REFUSED = "refused", "odmítnuto"
        DROPPED = "dropped", "zahozeno"
        UNDOING = "undoing", "vracíme zpět"
        UNDONE = "undone", "vráceno zpět"

    # APPLYING and UNDOING to themselves: work whose process died goes on where it ended.
    MOVES = {
        State.CHECKING: {State.CHECKED, State.UNCHANGED, State.REFUSED, State.DROPPED},
        State.CHECKED: {State.APPLYING, State.DROPPED},
        State.APPLYING: {State.DONE, State.APPLYING},
        State.DONE: {State.UNDOING},
        State.UNDOING: {State.UNDONE, State.UNDOING},
    }

    table = models.CharField("tabulka", max_length=40, help_text="slug of the table")
    file_name = models.CharField("soubor", max_length=300)
    file = models.FileField(upload_to="tables/", blank=True, help_text="until it is read")
    state = models.CharField("stav", max_length=10, choices=State.choices, default=State.CHECKING)
    message = models.TextField("zpráva", blank=True)
    # Differences (compare.Difference) with their values before and after, and what became of each.
    rows = models.JSONField("rozdíly", default=list)
    counts = models.JSONField("počty", default=dict)
    person = models.ForeignKey(
        Person, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="kdo"
    )
    job_key = models.CharField(max_length=40, blank=True)
    created_at = models.DateTimeField("začátek", auto_now_add=True)
    applied_at = models.DateTimeField("zapsáno", null=True, blank=True)
    undone_at = models.DateTimeField("vráceno", null=True, blank=True)

    objects = TableImportQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        verbose_name = "import tabulky"
        verbose_name_plural = "importy tabulek"

    def __str__(self) -> str:
        return self.file_name

    @property
    def working(self) -> bool:
        return self.state in {self.State.CHECKING, self.State.APPLYING, self.State.UNDOING}
