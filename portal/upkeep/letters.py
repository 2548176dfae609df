"""Letters of upkeep: to the author how a proposal ended. To whom what waits is told stands here too; the letter of the
day that tells it is freshness's, which stands above."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.urls import reverse

from portal.accounts.models import Grant, Person
from portal.catalogue import drafts
from portal.mail.actions import write

from .models import Proposal


def decided(proposal: Proposal) -> None:
    """Tell the author. Whoever has no account any more, or decided themselves, gets no letter."""
    author = proposal.author
    if author is None or not author.is_active or author.pk == proposal.decided_by_id:
        return
    taken = [name for name in proposal.fields if name in proposal.written]
    context: dict[str, Any] = {
        "thing": str(proposal),
        "sort": proposal.sort,
        "reason": proposal.reason.splitlines(),
        "decided_by": proposal.decided_by,
        "taken": labels(taken),
        "left": labels(name for name in proposal.fields if name not in taken),
        "corrected": any(proposal.written[name] != proposal.after.get(name) for name in taken),
        "mine": settings.SITE_URL + reverse("upkeep:mine"),
        "card": _card(proposal),
        "edit": _edit(proposal),
    }
    write(template=TEMPLATES[proposal.state], to=author.email, name=author.name, context=context, about=proposal)


TEMPLATES: dict[str, str] = {
    Proposal.State.APPROVED: "upkeep/letters/approved.txt",
    Proposal.State.PARTLY: "upkeep/letters/partly.txt",
    Proposal.State.RETURNED: "upkeep/letters/returned.txt",
}


def labels(names: Iterable[str]) -> list[str]:
    more = {"ended_on": "konec služby"}
    return [drafts.LABELS.get(name) or more.get(name, name) for name in names]


def _card(proposal: Proposal) -> str:
    service = proposal.service
    return settings.SITE_URL + reverse("catalogue:service", args=[service.slug]) if service is not None else ""


def _edit(proposal: Proposal) -> str:
    service = proposal.service
    return settings.SITE_URL + reverse("upkeep:service_edit", args=[service.pk]) if service is not None else ""


def queues() -> dict[Person, list[Proposal]]:
    """Approvers who have something new in their queue, each with all that waits there from the oldest. A proposal
    that no coordinator looks after is told to the region."""
    left = {one.pk for one in Proposal.objects.untold()}
    found: dict[Person, list[Proposal]] = {}
    for role in (Grant.Role.COORDINATOR, Grant.Role.REGION) if left else ():
        told: set[int] = set()
        for person in _people(role):
            queue = list(Proposal.objects.waiting().decided_by_person(person).with_names())
            if left & {one.pk for one in queue}:
                found[person] = queue
                told |= {one.pk for one in queue}
        left -= told
    return found


def _people(role: str) -> Iterable[Person]:
    return Person.objects.filter(is_active=True, grants__role=role).distinct().order_by("pk")
