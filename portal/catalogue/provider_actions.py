"""What a provider says of itself beside the register: a few words and contacts. No import touches them."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, replace
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from portal.audit.actions import record
from portal.audit.models import Deed

from . import rules
from .actions import touch
from .drafts import ContactDraft
from .models import Contact, Provider, Source

# What the journal calls the channels of contacts.
NAMES = {str(key): str(word) for key, word in Contact.Channel.choices}


@dataclass(frozen=True, slots=True)
class ProviderDraft:
    about: str = ""
    contacts: tuple[ContactDraft, ...] = ()

    @property
    def fingerprint(self) -> str:
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()[:32]


class StaleProvider(Exception):
    """Somebody else saved the provider meanwhile; `stored` is what stands there now. Nothing was written."""

    def __init__(self, stored: ProviderDraft) -> None:
        super().__init__("Údaje mezitím uložil někdo jiný.")
        self.stored = stored


def read_provider(provider: Provider) -> ProviderDraft:
    rows = provider.contacts.filter(source=Source.LOCAL).order_by("order", "id")
    return ProviderDraft(provider.about, tuple(ContactDraft(one.channel, one.value, one.note) for one in rows))


def may_save(person: Any, provider: Provider) -> bool:
    """Its own people, and staff over it."""
    return rules.may_act_for(person, provider) or rules.may_head_provider(person, provider)


@transaction.atomic
def provider_save(
    *, provider: Provider, draft: ProviderDraft, seen: str, actor: Any, restores: Deed | None = None
) -> Provider:
    """Write what differs; `seen` is the fingerprint of what the person began from."""
    if not may_save(actor, provider):
        raise PermissionDenied
    provider = Provider.objects.select_for_update().get(pk=provider.pk)
    stored = read_provider(provider)
    if stored.fingerprint != seen:
        raise StaleProvider(stored)
    before, after = asdict(stored), asdict(draft)
    names = [name for name in after if after[name] != before[name]]
    if not names:
        return provider
    if "about" in names:
        provider.about = draft.about
        provider.save()
    if "contacts" in names:
        provider.contacts.filter(source=Source.LOCAL).delete()
        Contact.objects.bulk_create(
            Contact(provider=provider, channel=one.channel, value=one.value, note=one.note, order=order)
            for order, one in enumerate(draft.contacts)
        )
    told = ({name: values[name] for name in names} for values in (before, after))
    record(
        verb="provider_changed",
        thing=provider,
        actor=actor,
        before=next(told),
        after=next(told),
        names=NAMES,
        restores=restores,
    )
    touch()
    return provider


def provider_now(provider: Provider, deed: Deed) -> dict[str, Any]:
    """The values of the deed as they stand now."""
    return {name: value for name, value in asdict(read_provider(provider)).items() if name in deed.before}


def provider_restore(*, provider: Provider, deed: Deed, actor: Any) -> Provider:
    """The values from before the deed; what the deed did not touch stays as it is now."""
    former = dict(deed.before)
    if "contacts" in former:
        former["contacts"] = tuple(ContactDraft(**one) for one in former["contacts"])
    stored = read_provider(provider)
    draft = replace(stored, **former)
    return provider_save(provider=provider, draft=draft, seen=stored.fingerprint, actor=actor, restores=deed)
