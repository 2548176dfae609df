"""Proposals as drafts: what would stand on the card, what somebody changed meanwhile, and what must stay unsaid."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Any

from portal.catalogue import drafts
from portal.catalogue.drafts import Draft, PlaceDraft
from portal.catalogue.models import Service

from . import policy
from .models import Proposal


def laid_over(stored: Draft, plain: dict[str, Any]) -> Draft:
    """The stored draft with some fields as JSON has them. An address that became secret meanwhile stays secret."""
    known = {name: value for name, value in plain.items() if name in drafts.LABELS}
    return with_secrets_kept(stored, drafts.from_json(drafts.to_json(stored) | known))


def with_pending(stored: Draft, proposal: Proposal | None) -> Draft:
    """The card as its author wants it to be."""
    return stored if proposal is None else laid_over(stored, proposal.after)


def plain(draft: Draft, names: Collection[str]) -> dict[str, Any]:
    """Some fields of a draft as a proposal keeps them."""
    values = drafts.to_json(draft)
    return {name: values[name] for name in names}


def conflicts(stored: Draft, proposal: Proposal) -> list[str]:
    """Fields that somebody changed after the proposal was written, and not to what it proposes."""
    before, after = laid_over(stored, proposal.before), laid_over(stored, proposal.after)
    changed = {*drafts.changed(before, stored)} & {*drafts.changed(after, stored)}
    return [name for name in proposal.fields if name in changed]


def of_provider(service: Service, stored: Draft, typed: Draft) -> Draft:
    """What a provider may say, of what was typed: not whose the card is, not what the register owns, and an address
    that is secret stays so (only the desk can make it public)."""
    kept = policy.NOT_THEIRS | (set(drafts.LOCKED) if drafts.is_imported(service) else set())
    return with_secrets_kept(stored, replace(typed, **{name: getattr(stored, name) for name in kept}))


def with_secrets_kept(stored: Draft, draft: Draft) -> Draft:
    secret = {place.id: place for place in stored.places if place.secret}
    if not secret:
        return draft
    return replace(draft, places=tuple(secret.get(place.id, place) for place in draft.places))


def hidden_at_once(stored: Draft, draft: Draft) -> Draft | None:
    """The stored draft with the addresses hidden that the other one makes secret; None when there are none.
    Whoever hides an address cannot wait for approval."""
    secret = {place.id for place in draft.places if place.secret and place.id is not None}
    hidden = tuple(PlaceDraft(id=one.id, secret=True) if one.id in secret else one for one in stored.places)
    return replace(stored, places=hidden) if hidden != stored.places else None


def files(shown: Draft, *proposals: Proposal) -> set[str]:
    """Keys of kept files that the card or its proposals show."""
    of_card = {one.file for one in shown.photos} | {one.file for one in shown.documents}
    rows = (one for proposal in proposals for name in ("photos", "documents") for one in proposal.after.get(name, []))
    return of_card | {one["file"] for one in rows}
