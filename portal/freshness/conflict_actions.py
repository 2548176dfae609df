"""Every write about conflicts with the register: find them, tell the provider, decide; and the provider's disputes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from portal.audit.actions import record
from portal.catalogue import recipients
from portal.catalogue.models import Provider, Service
from portal.mail.actions import write

from . import rules
from .conflicts import TOPICS, Difference, differences
from .models import Conflict, Dispute

State = Conflict.State


@transaction.atomic
def compare(*, service: Service | None = None) -> int:
    """Bring the conflicts (of one service, or all) in line with what both sides say now; returns how many are new.
    A difference that somebody settled stays settled as long as it lasts."""
    found: dict[tuple[int, str], Difference] = {(one.service, one.fingerprint): one for one in differences(service)}
    kept = Conflict.objects.select_for_update(of=("self",))
    rows = {(one.service_id, one.fingerprint): one for one in (kept.filter(service=service) if service else kept.all())}
    over = [one.pk for key, one in rows.items() if key not in found and one.state == State.OPEN]
    Conflict.objects.filter(pk__in=over).update(state=State.GONE, settled_at=timezone.now())
    back = [one.pk for key, one in rows.items() if key in found and one.state == State.GONE]
    Conflict.objects.filter(pk__in=back).update(
        state=State.OPEN, settled_at=None, opened_at=timezone.now(), provider_told_at=None
    )
    new = [
        Conflict(
            service_id=one.service,
            topic=one.topic,
            register_value=one.register,
            local_value=one.local,
            fingerprint=one.fingerprint,
        )
        for key, one in found.items()
        if key not in rows
    ]
    Conflict.objects.bulk_create(new, batch_size=500)
    return len(new) + len(back)


def tell_providers() -> int:
    """A letter to each provider about conflicts it has not been told of yet; returns how many letters."""
    untold = Conflict.objects.filter(state=State.OPEN, provider_told_at=None)
    providers = Provider.objects.filter(pk__in=untold.values("service__provider")).order_by("pk")
    return sum(_tell_provider(one) for one in providers)


@transaction.atomic
def _tell_provider(provider: Provider) -> int:
    rows = list(
        Conflict.objects.select_for_update(of=("self",))
        .filter(state=State.OPEN, provider_told_at=None, service__provider=provider)
        .select_related("service")
        .order_by("service__name", "pk")
    )
    about: dict[int, list[Conflict]] = defaultdict(list)
    for one in rows:
        about[one.service_id].append(one)
    services = list({one.service_id: one.service for one in rows}.values())
    written = 0
    for to, theirs in recipients.of_provider(provider, services).items():
        write(
            template="freshness/letters/conflicts.txt",
            to=to.email,
            name=to.name,
            context={
                "provider": provider.name,
                "conflicts": _told(conflict for one in theirs for conflict in about[one.pk]),
                "page": settings.SITE_URL + reverse("freshness:own_conflicts") if to.person else "",
            },
            about=provider,
        )
        written += 1
    Conflict.objects.filter(pk__in=[one.pk for one in rows]).update(provider_told_at=timezone.now())
    return written


def _told(conflicts: Iterable[Conflict]) -> list[dict[str, str]]:
    return [
        {
            "service": one.service.name,
            "topic": TOPICS.get(one.topic, one.topic),
            "register": " ".join(one.register_value.split()),
            "local": " ".join(one.local_value.split()),
        }
        for one in conflicts
    ]


# --- deciding ----------------------------------------------------------------------------------------------------


class Decided(ValidationError):
    """Somebody else was first; the message holds what they said. Nothing was written."""


def stamp(conflict: Conflict) -> str:
    """What a page remembers the decision by; empty where there is none."""
    return conflict.settled_at.isoformat() if conflict.settled_at else ""


@transaction.atomic
def conflict_settle(*, conflict: Conflict, outcome: str, reason: str, actor: Any, seen: str | None = None) -> Conflict:
    """Who is right and why. The provider learns what it has to do. `seen` is the stamp of the decision that the person
    began from."""
    if not rules.may_settle_conflict(actor, conflict):
        raise PermissionDenied
    conflict = _locked(conflict)
    if conflict.state == State.GONE:
        raise ValidationError("Rozpor už mezitím zmizel: obě strany teď říkají totéž.")
    if not reason.strip():
        raise ValidationError("Napište, proč jste tak rozhodli.")
    if seen is not None and seen != stamp(conflict):
        said = f"{conflict.get_outcome_display()}, protože „{conflict.reason}“"
        raise Decided(f"Mezitím rozhodl někdo jiný: {said}. Když má platit vaše rozhodnutí, uložte ho ještě jednou.")
    before = {"outcome": conflict.outcome, "reason": conflict.reason, "state": conflict.state}
    conflict.outcome, conflict.reason = Conflict.Outcome(outcome), reason.strip()
    conflict.state, conflict.settled_by, conflict.settled_at = State.SETTLED, str(actor), timezone.now()
    conflict.save()
    _tell_outcome(conflict)
    after = {"outcome": conflict.outcome, "reason": conflict.reason, "state": conflict.state}
    record(verb="conflict_settled", thing=conflict.service, actor=actor, before=before, after=after)
    return conflict


@transaction.atomic
def conflict_reopen(*, conflict: Conflict, actor: Any) -> Conflict:
    """It was decided wrong; the reason stays to be corrected."""
    if not rules.may_settle_conflict(actor, conflict):
        raise PermissionDenied
    conflict = _locked(conflict)
    if conflict.state != State.SETTLED:
        raise ValidationError("Tenhle rozpor rozhodnutý není.")
    conflict.state, conflict.settled_at = State.OPEN, None
    conflict.save()
    record(verb="conflict_reopened", thing=conflict.service, actor=actor, after={"conflict": conflict.pk})
    return conflict


def _locked(conflict: Conflict) -> Conflict:
    rows = Conflict.objects.select_for_update(of=("self",)).select_related("service", "service__provider")
    return rows.get(pk=conflict.pk)


def _tell_outcome(conflict: Conflict) -> None:
    service = conflict.service
    for to in recipients.of_provider(service.provider, [service]):
        write(
            template="freshness/letters/conflict_settled.txt",
            to=to.email,
            name=to.name,
            context={
                "service": service.name,
                "topic": TOPICS.get(conflict.topic, conflict.topic),
                "register": " ".join(conflict.register_value.split()),
                "local": " ".join(conflict.local_value.split()),
                "outcome": conflict.outcome,
                "reason": [line for line in conflict.reason.splitlines() if line.strip()],
                "page": settings.SITE_URL + reverse("upkeep:service_edit", args=[service.pk]) if to.person else "",
            },
            about=service,
        )


# --- disputes ----------------------------------------------------------------------------------------------------


@transaction.atomic
def dispute(*, service: Service, field: str, right_value: str, note: str, actor: Any) -> Dispute:
    """The provider says that the register is wrong. It stands among the conflicts at once."""
    if not rules.may_dispute(actor, service):
        raise PermissionDenied
    said = Dispute.objects.create(
        service=service,
        field=Dispute.Field(field),
        right_value=right_value.strip(),
        note=note.strip(),
        said_by=str(actor),
    )
    after = {"field": said.field, "right_value": said.right_value}
    record(verb="dispute_said", thing=service, actor=actor, after=after)
    compare(service=service)
    # Whoever said it need not be told of it.
    Conflict.objects.filter(service=service, topic=f"said_{field}", provider_told_at=None).update(
        provider_told_at=timezone.now()
    )
    return said


@transaction.atomic
def dispute_withdraw(*, dispute: Dispute, actor: Any) -> Dispute:
    """The register is right after all."""
    if not rules.may_dispute(actor, dispute.service):
        raise PermissionDenied
    if dispute.withdrawn_at is None:
        dispute.withdrawn_at = timezone.now()
        dispute.save()
        record(verb="dispute_withdrawn", thing=dispute.service, actor=actor, before={"field": dispute.field})
        compare(service=dispute.service)
    return dispute
