"""What a provider says of itself beside the register: a few words and contacts. No import touches them."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from portal.audit.actions import record

from . import rules
from .actions import touch
from .drafts import ContactDraft
from .models import Contact, Provider, Source


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


@transaction.atomic
def provider_save(*, provider: Provider, draft: ProviderDraft, seen: str, actor: Any) -> Provider:
    """Write what differs; `seen` is the fingerprint of what the person began from."""
    if not (rules.may_act_for(actor, provider) or rules.may_head_provider(actor, provider)):
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
    record(verb="provider_changed", thing=provider, actor=actor, before=next(told), after=next(told))
    touch()
    return provider
