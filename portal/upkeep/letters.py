"""Letters of upkeep: to the author how a proposal ended, to approvers what waits."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from portal.accounts.models import Grant, Person
from portal.catalogue import drafts
from portal.mail.actions import write

from .models import Proposal

DIGEST_TOPIC = "upkeep.digest"
MOST_LISTED = 20


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


def digest() -> int:
    """Tell approvers once a day what is new in their queue; how many letters were written. A proposal that no
    coordinator looks after is told to the region."""
    untold = {one.pk for one in Proposal.objects.untold()}
    if not untold:
        return 0
    left, count = set(untold), 0
    for role in (Grant.Role.COORDINATOR, Grant.Role.REGION):
        told: set[int] = set()
        for person in _people(role):
            queue = list(Proposal.objects.waiting().decided_by_person(person).with_names())
            if left & {one.pk for one in queue}:
                _write_digest(person, queue)
                told |= {one.pk for one in queue}
                count += 1
        left -= told
    Proposal.objects.filter(pk__in=untold).update(told_at=timezone.now())
    return count


def _people(role: str) -> Iterable[Person]:
    return Person.objects.filter(is_active=True, grants__role=role).distinct().order_by("pk")


def _write_digest(person: Person, queue: list[Proposal]) -> None:
    context = {
        "count": len(queue),
        "proposals": queue[:MOST_LISTED],
        "more": max(0, len(queue) - MOST_LISTED),
        "oldest": timezone.localtime(queue[0].created_at).date(),
        "queue": settings.SITE_URL + reverse("upkeep:proposals"),
    }
    write(
        template="upkeep/letters/digest.txt",
        to=person.email,
        name=person.name,
        context=context,
        duty=False,
        topic=DIGEST_TOPIC,
    )
