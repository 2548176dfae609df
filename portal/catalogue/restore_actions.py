"""Bringing back what a service said before a deed of the journal."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from portal.audit.models import Deed
from portal.territory.models import Municipality

from . import actions, drafts
from .drafts import Draft, PlaceDraft
from .models import Facility, Kind, Service

# What is not in the draft: the state of the card itself.
STATE = ("published", "ended_on")


def service_now(service: Service, deed: Deed) -> dict[str, Any]:
    """The values of the deed as they stand now, told as the journal tells them."""
    draft = drafts.read(service)
    names = [name for name in drafts.LABELS if name in deed.before and name not in _locked(service)]
    secret = drafts.secret_places(draft) | secret_in(deed)
    state = {name: getattr(service, name) for name in STATE if name in deed.before}
    return state | drafts.told(draft, names, secret)


def _locked(service: Service) -> tuple[str, ...]:
    """What an import owns is not brought back: the register would overwrite it."""
    return drafts.LOCKED if drafts.is_imported(service) else ()


@transaction.atomic
def service_restore(*, service: Service, deed: Deed, actor: Any) -> None:
    """The values from before the deed; whoever may not edit the service is refused by the actions below."""
    former = deed.before
    if former.get("published") is True:
        actions.service_publish(service=service, actor=actor, restores=deed)
    elif former.get("published") is False:
        actions.service_hide(service=service, actor=actor, restores=deed)
    if "ended_on" in former:
        day = former["ended_on"]
        actions.service_end(service=service, day=date.fromisoformat(day) if day else None, actor=actor, restores=deed)
    if set(former) - set(STATE):
        stored = drafts.read(service)
        draft = restored(stored, deed, service)
        actions.service_save(service=service, draft=draft, seen=stored.fingerprint, actor=actor, restores=deed)


def restored(stored: Draft, deed: Deed, service: Service) -> Draft:
    """What is stored, with the values of the deed put back."""
    former = drafts.from_json(deed.before)
    names = [name for name in drafts.LABELS if name in deed.before]
    draft = replace(stored, **{name: getattr(former, name) for name in names})
    if "kind" in names and not Kind.objects.filter(key=draft.kind).exists():
        raise ValidationError("Druh služby už v číselníku není. Obnovit to proto nejde.")
    if "places" in names:
        draft = replace(draft, places=_places(stored, draft, service))
    return draft


def _places(stored: Draft, former: Draft, service: Service) -> tuple[PlaceDraft, ...]:
    """Places of the deed. The journal says nothing of a secret one, so it stays as it is stored now; one that left
    the register does not come back by hand."""
    now = {place.id: place for place in stored.places}
    left = set(service.facilities.exclude(vanished_at=None).values_list("pk", flat=True))
    places = tuple(
        now.get(place.id, place) if place.secret else place for place in former.places if place.id not in left
    )
    towns = {place.municipality for place in places if place.municipality}
    if len(towns) > Municipality.objects.filter(code__in=towns).count():
        raise ValidationError("Některá z obcí už neexistuje. Obnovit to proto nejde.")
    return places


def secret_in(deed: Deed) -> set[int | None]:
    """Places that the deed keeps secret, and those that are secret today: neither is told."""
    told = {place["id"] for place in deed.before.get("places", ()) if place.get("secret")}
    ids = [place["id"] for place in deed.before.get("places", ()) if place.get("id")]
    return told | set(Facility.objects.filter(pk__in=ids, secret=True).values_list("pk", flat=True))
