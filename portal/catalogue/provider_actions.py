"""What a provider says of itself beside the register: a few words and contacts. No import touches them."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, replace
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from portal.accounts.models import Grant, Invitation
from portal.accounts.rules import Range
from portal.audit.actions import record
from portal.audit.models import Deed

from . import rules
from .actions import free_slug, touch
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


GIVEN = ("name", "ico", "legal_form", "street", "postal_code")


@transaction.atomic
def provider_add(*, given: dict[str, Any], municipality: str | None, draft: ProviderDraft, actor: Any) -> Provider:
    """A provider that no register has brought yet. `given` are texts by GIVEN, `municipality` a code; it must lie in
    the range of who writes it, by its seat or with the whole site."""
    if not rules.may_edit_catalogue(actor):
        raise PermissionDenied
    name, ico = given["name"], given["ico"]
    if Provider.objects.filter(ico=ico).exists():
        raise ValidationError(f"Poskytovatele s IČO {ico} už máme.")
    provider = Provider.objects.create(
        **{key: given.get(key, "") for key in GIVEN},
        about=draft.about,
        slug=free_slug(Provider.objects.all(), name, 120),
        municipality_id=municipality,
        source=Source.LOCAL,
    )
    if not rules.may_head_provider(actor, provider):
        raise ValidationError("Napište obec, kde poskytovatel sídlí: musí ležet v území, které máte na starosti.")
    _write_contacts(provider, draft)
    told = {key: given.get(key, "") for key in GIVEN} | {"municipality": municipality} | asdict(draft)
    seat = {municipality: provider.municipality.name} if municipality and provider.municipality else {}
    record(verb="provider_added", thing=provider, actor=actor, after=told, names=NAMES | seat)
    touch()
    return provider


@transaction.atomic
def provider_remove(*, provider: Provider, actor: Any) -> None:
    """Take away a provider that somebody added by mistake, as long as nothing else has begun with it."""
    if not rules.may_head_provider(actor, provider):
        raise PermissionDenied
    provider = Provider.objects.select_for_update().get(pk=provider.pk)
    if provider.source != Source.LOCAL or _begun(provider):
        raise ValidationError("S poskytovatelem se už pracuje, nechali jsme ho být.")
    record(verb="provider_removed", thing=provider, actor=actor, before={key: getattr(provider, key) for key in GIVEN})
    provider.delete()
    touch()


def _begun(provider: Provider) -> bool:
    """Whether anything but its contacts points to it, somebody acts for it, or something was done to it since."""
    related = [one for one in provider._meta.related_objects if one.related_model is not Contact]
    if any(one.related_model._base_manager.filter(**{one.field.name: provider}).exists() for one in related):
        return True
    its_range = {"range_kind": Range.PROVIDER, "range_code": str(provider.pk)}
    people = Grant.objects.filter(**its_range).exists() or Invitation.objects.filter(**its_range).exists()
    deeds = Deed.objects.about(provider._meta.label_lower, str(provider.pk))
    return people or deeds.exclude(verb="provider_added").exists()


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
        _write_contacts(provider, draft)
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


def _write_contacts(provider: Provider, draft: ProviderDraft) -> None:
    Contact.objects.bulk_create(
        Contact(provider=provider, channel=one.channel, value=one.value, note=one.note, order=order)
        for order, one in enumerate(draft.contacts)
    )


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
