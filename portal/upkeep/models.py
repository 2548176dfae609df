"""What providers propose for their cards, who decides, and which changes do not wait for anybody."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Exists, OuterRef, Q, QuerySet

from portal.accounts.models import Person
from portal.accounts.rules import held
from portal.catalogue import ranges
from portal.catalogue import rules as catalogue_rules
from portal.catalogue.drafts import LABELS
from portal.catalogue.models import Provider, Service


class Standing(models.Model):
    """How far the provider's word is taken without looking. No row means the usual."""

    class Level(models.TextChoices):
        TRUSTED = "trusted", "důvěryhodný"
        USUAL = "usual", "běžný"
        WATCHED = "watched", "pod dohledem"

    provider = models.OneToOneField(Provider, on_delete=models.CASCADE, related_name="+")
    level = models.CharField("postavení", max_length=10, choices=Level.choices, default=Level.USUAL)

    class Meta:
        verbose_name = "postavení poskytovatele"
        verbose_name_plural = "postavení poskytovatelů"

    def __str__(self) -> str:
        return f"{self.provider}: {self.get_level_display()}"


class PublishRule(models.Model):
    """Whether a change of one field by a provider of one standing waits for approval. Without a row the default
    of `policy.waits_by_default` holds."""

    level = models.CharField("postavení", max_length=10, choices=Standing.Level.choices)
    field = models.CharField("údaj", max_length=40)
    waits = models.BooleanField("čeká na schválení")

    class Meta:
        verbose_name = "pravidlo zveřejnění"
        verbose_name_plural = "pravidla zveřejnění"
        constraints = [models.UniqueConstraint(fields=["level", "field"], name="publish_rule_once")]

    def __str__(self) -> str:
        return f"{self.get_level_display()}: {LABELS.get(self.field, self.field)}"


class ProposalQuerySet(models.QuerySet["Proposal"]):
    def waiting(self) -> ProposalQuerySet:
        return self.filter(state=Proposal.State.WAITING)

    def untold(self) -> ProposalQuerySet:
        """Waiting, and no letter has told an approver of it."""
        return self.waiting().filter(told_at=None)

    def with_names(self) -> ProposalQuerySet:
        return self.select_related("service", "service__kind", "provider", "author", "decided_by")

    def decided_by_person(self, person: Any) -> ProposalQuerySet:
        """Those the person may decide: about services and new services of providers in their range. One query."""
        return self._over(catalogue_rules.editable_services(person), held(person, *catalogue_rules.STAFF))

    def read_by_person(self, person: Any) -> ProposalQuerySet:
        """Those the person may see at the desk."""
        return self._over(catalogue_rules.readable_services(person), held(person, *catalogue_rules.DESK))

    def _over(self, services: QuerySet[Service], grants: Any) -> ProposalQuerySet:
        new = Q(service=None, provider__in=ranges.providers_over(grants))
        return self.filter(Q(service__in=services) | new)

    def asked(self, question: dict[str, Any]) -> ProposalQuerySet:
        """The queue as it is asked for: those that wait from the oldest, or the decided from the newest."""
        if question.get("stav") == "vyrizene":
            rows = self.exclude(decided_at=None).order_by("-decided_at", "-pk")
        else:
            rows = self.waiting().order_by("created_at", "pk")
        if words := question.get("q", "").strip():
            rows = rows.filter(Q(service__name__icontains=words) | Q(provider__name__icontains=words))
        return rows.with_names()

    def returned_to(self, person: Any) -> ProposalQuerySet:
        """Returned ones of the providers the person acts for that nothing newer came after."""
        gone = (Proposal.State.WITHDRAWN, Proposal.State.SUPERSEDED)
        newer = Proposal.objects.exclude(state__in=gone).filter(service=OuterRef("service"), pk__gt=OuterRef("pk"))
        back = (Proposal.State.RETURNED, Proposal.State.PARTLY)
        return self.of_person(person).filter(~Exists(newer), state__in=back)

    def of_person(self, person: Any) -> ProposalQuerySet:
        """Those of the providers the person acts for, whoever of their people wrote them, and the person's own."""
        mine = Q(provider__in=catalogue_rules.providers_of(person))
        return self.filter(mine | Q(author=person.pk))


class Proposal(models.Model):
    """What somebody proposes for a card. `before` and `after` hold the fields in question and nothing else, as
    `drafts.to_json` writes them; of a place whose address is secret only that it is.

    A change names its service; a new service has none until it is approved; an end says its day.
    """

    class Sort(models.TextChoices):
        CHANGE = "change", "změna"
        NEW = "new", "nová služba"
        END = "end", "konec služby"

    class State(models.TextChoices):
        WAITING = "waiting", "čeká na schválení"
        APPROVED = "approved", "schváleno"
        PARTLY = "partly", "schváleno zčásti"
        RETURNED = "returned", "vráceno"
        WITHDRAWN = "withdrawn", "vzato zpět"
        SUPERSEDED = "superseded", "nahrazeno novějším"

    MOVES = {
        State.WAITING: {State.APPROVED, State.PARTLY, State.RETURNED, State.WITHDRAWN, State.SUPERSEDED},
        State.APPROVED: set[State](),
        State.PARTLY: set[State](),
        State.RETURNED: set[State](),
        State.WITHDRAWN: set[State](),
        State.SUPERSEDED: set[State](),
    }

    sort = models.CharField("čeho se týká", max_length=10, choices=Sort.choices, default=Sort.CHANGE)
    state = models.CharField("stav", max_length=12, choices=State.choices, default=State.WAITING)
    provider = models.ForeignKey(Provider, on_delete=models.CASCADE, related_name="+")
    service = models.ForeignKey(Service, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    author = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, related_name="+")
    note = models.TextField("vzkaz", blank=True)
    fields = models.JSONField("údaje", default=list)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    # What the author's form showed: the fingerprint of what was stored, with what was waiting laid over it.
    seen = models.CharField(max_length=32, blank=True)
    # What was really written, when the approver corrected or took only a part.
    written = models.JSONField(default=dict)
    reason = models.TextField("důvod", blank=True)
    decided_by = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    told_at = models.DateTimeField("oznámeno schvalovateli", null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ProposalQuerySet.as_manager()

    class Meta:
        ordering = ["created_at", "id"]
        verbose_name = "návrh změny"
        verbose_name_plural = "návrhy změn"
        constraints = [
            models.UniqueConstraint(
                fields=["service", "sort"], condition=Q(state="waiting"), name="one_waiting_proposal_of_a_sort"
            ),
            models.CheckConstraint(
                condition=Q(sort="new") | Q(service__isnull=False), name="proposal_names_its_service"
            ),
        ]
        indexes = [models.Index(fields=["state", "provider"], name="proposal_waiting")]

    def __str__(self) -> str:
        return self.service.name if self.service is not None else str(self.after.get("name", "nová služba"))

    @property
    def is_waiting(self) -> bool:
        return self.state == self.State.WAITING

    def may_become(self, state: str) -> bool:
        return self.State(state) in self.MOVES[self.State(self.state)]
