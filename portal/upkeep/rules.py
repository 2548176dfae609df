"""Who may keep a card, decide about it, and give its keys."""

from typing import Any

from django.db.models import QuerySet

from portal.accounts.rules import Role, has_role, held
from portal.catalogue import ranges
from portal.catalogue import rules as catalogue_rules
from portal.catalogue.models import Provider, Service

from .models import Proposal


def may_come(person: Any) -> bool:
    """Have pages of one's own: act for a provider, or for a municipality that knows accompanying services."""
    return has_role(person, Role.PROVIDER_EDITOR, Role.PROVIDER_HEAD, Role.MUNICIPALITY)


def kept_services(person: Any) -> QuerySet[Service]:
    """Cards the person keeps: of the providers they act for, and accompanying ones of their municipality."""
    own = catalogue_rules.services_of(person)
    if has_role(person, Role.MUNICIPALITY):
        own = own | ranges.accompanying_over(held(person, Role.MUNICIPALITY))
    return own.filter(vanished_at=None)


def may_keep(person: Any, service: Service) -> bool:
    return kept_services(person).filter(pk=service.pk).exists()


def may_act_for(person: Any, provider: Provider) -> bool:
    return catalogue_rules.may_act_for(person, provider)


def may_head(person: Any, provider: Provider) -> bool:
    """Give and take away the keys of the provider from its own page: its head alone."""
    return provider_heads(person).filter(pk=provider.pk).exists()


def provider_heads(person: Any) -> QuerySet[Provider]:
    return ranges.providers_over(held(person, Role.PROVIDER_HEAD))


def looked_after(person: Any) -> QuerySet[Provider]:
    """Providers whom the person at the desk invites and whose standing they say."""
    return ranges.providers_over(held(person, *catalogue_rules.STAFF))


def may_look_after(person: Any, provider: Provider) -> bool:
    return looked_after(person).filter(pk=provider.pk).exists()


def may_see_queue(person: Any) -> bool:
    return catalogue_rules.may_read_desk(person)


def may_decide_some(person: Any) -> bool:
    return catalogue_rules.may_edit_catalogue(person)


def may_read(person: Any, proposal: Proposal) -> bool:
    return Proposal.objects.read_by_person(person).filter(pk=proposal.pk).exists()


def may_decide(person: Any, proposal: Proposal) -> bool:
    return Proposal.objects.decided_by_person(person).filter(pk=proposal.pk).exists()


def may_withdraw(person: Any, proposal: Proposal) -> bool:
    return Proposal.objects.of_person(person).filter(pk=proposal.pk).exists()


def may_set_rules(person: Any) -> bool:
    """Say which changes wait for approval."""
    return catalogue_rules.may_edit_catalogue(person)
