"""Who may do what in the catalogue.

Questions without a service ("may they come to that page at all") look at the role over any range; a question about
one service or provider looks whether it lies in the range. Each of the latter has its queryset, for lists.
"""

from typing import Any

from django.db.models import QuerySet

from portal.accounts.rules import Role, has_role, held

from . import ranges
from .models import Provider, Report, Service

STAFF = (Role.COORDINATOR, Role.REGION)
OF_PROVIDER = (Role.PROVIDER_EDITOR, Role.PROVIDER_HEAD)
DESK = (*STAFF, Role.AUDITOR, Role.MUNICIPALITY)


# --- coming to the desk --------------------------------------------------------------------------------------


def may_edit_catalogue(person: Any) -> bool:
    """Write and publish services of some range, settle what visitors report there."""
    return has_role(person, *STAFF)


def may_read_desk(person: Any) -> bool:
    """See the desk pages of the catalogue; an auditor and an official of a municipality read."""
    return has_role(person, *DESK)


def may_see_kept_files(person: Any) -> bool:
    """See a file that waits to be shown on a card, at its address that nobody guesses."""
    return has_role(person, *DESK, *OF_PROVIDER)


def may_add_services(person: Any) -> bool:
    """Write a new service: staff any, an official of a municipality an accompanying one (staff publish it)."""
    return has_role(person, *STAFF, Role.MUNICIPALITY)


# --- one service ---------------------------------------------------------------------------------------------


def may_edit_service(person: Any, service: Service) -> bool:
    """Write, publish and end it, approve what is proposed, settle its reports: staff over its territory."""
    return _among(editable_services(person), service)


def may_read_service_desk(person: Any, service: Service) -> bool:
    """See all about it at the desk, written or not."""
    return _among(readable_services(person), service)


def may_propose(person: Any, service: Service) -> bool:
    """Say what its card should say: its provider's people, staff over it, and the municipality's official for
    an accompanying one."""
    return _among(proposable_services(person), service)


def may_add_service(person: Any, service: Service) -> bool:
    """Leave in the catalogue a service just written: it must lie in the range of who wrote it."""
    return may_edit_service(person, service) or _among(_accompanying(person), service)


def editable_services(person: Any) -> QuerySet[Service]:
    return ranges.services_over(held(person, *STAFF))


def readable_services(person: Any) -> QuerySet[Service]:
    return ranges.services_over(held(person, *DESK))


def journalled_services(person: Any) -> QuerySet[Service]:
    """Services whose former values the person may look at: whoever sees them at the desk, and the technical
    administrator, who reads the whole journal and restores nothing."""
    return ranges.services_over(held(person, *DESK, Role.TECHNICAL))


def proposable_services(person: Any) -> QuerySet[Service]:
    """One query; without the official's accompanying services when the person is no official."""
    mine = ranges.services_over(held(person, *OF_PROVIDER, *STAFF))
    return mine | _accompanying(person) if has_role(person, Role.MUNICIPALITY) else mine


def services_of(person: Any) -> QuerySet[Service]:
    """Services of the providers the person acts for."""
    return ranges.services_over(held(person, *OF_PROVIDER))


def _accompanying(person: Any) -> QuerySet[Service]:
    return ranges.accompanying_over(held(person, Role.MUNICIPALITY))


def _among(rows: QuerySet[Any], one: Service | Provider) -> bool:
    return rows.filter(pk=one.pk).exists()


# --- one report ----------------------------------------------------------------------------------------------


def may_settle_report(person: Any, report: Report) -> bool:
    return may_edit_service(person, report.service)


def may_come_for_provider(person: Any) -> bool:
    """Come to the pages that providers have of their own."""
    return has_role(person, *OF_PROVIDER)


def may_answer_report(person: Any, report: Report) -> bool:
    """Say how it is: people of the service's provider."""
    return _among(services_of(person), report.service)


# --- one provider --------------------------------------------------------------------------------------------


def may_head_provider(person: Any, provider: Provider) -> bool:
    """Look after its people and its own details: its head, and staff over it."""
    return _among(headed_providers(person), provider)


def may_act_for(person: Any, provider: Provider) -> bool:
    """Come to the provider's own pages as one of its people."""
    return _among(providers_of(person), provider)


def headed_providers(person: Any) -> QuerySet[Provider]:
    return ranges.providers_over(held(person, Role.PROVIDER_HEAD, *STAFF))


def journalled_providers(person: Any) -> QuerySet[Provider]:
    """Providers whose former values the person may look at."""
    return ranges.providers_over(held(person, *DESK, Role.TECHNICAL))


def providers_of(person: Any) -> QuerySet[Provider]:
    return ranges.providers_over(held(person, *OF_PROVIDER))


# --- code lists ----------------------------------------------------------------------------------------------


def may_edit_lists(person: Any) -> bool:
    """Change code lists, which are shared by the whole site: names, plain words, official codes, validity."""
    return has_role(person, Role.COORDINATOR, Role.REGION, Role.TECHNICAL)


def may_read_lists(person: Any) -> bool:
    return may_edit_lists(person) or has_role(person, Role.AUDITOR)
