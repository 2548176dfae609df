"""Who may look after freshness: staff over their territory, an auditor reads."""

from typing import Any

from portal.accounts.rules import Role, has_role
from portal.catalogue.rules import STAFF, may_edit_service, may_read_service_desk
from portal.catalogue.rules import services_of as services_of_person

from .models import Conflict

READ = (*STAFF, Role.AUDITOR)


def may_read_freshness(person: Any) -> bool:
    """See quality, conflicts and what nobody has confirmed; each list shows only services in the person's range."""
    return has_role(person, *READ)


def may_set_limits(person: Any) -> bool:
    """Change limits and weights, which are shared by the whole site."""
    return has_role(person, Role.REGION, Role.TECHNICAL)


def may_read_limits(person: Any) -> bool:
    return may_set_limits(person) or may_read_freshness(person)


def may_settle_conflict(person: Any, conflict: Conflict) -> bool:
    return may_edit_service(person, conflict.service)


def may_read_conflict(person: Any, conflict: Conflict) -> bool:
    return may_read_freshness(person) and may_read_service_desk(person, conflict.service)


def acts_for_provider(person: Any) -> bool:
    """Has pages of its own about its provider's cards."""
    return has_role(person, Role.PROVIDER_EDITOR, Role.PROVIDER_HEAD)


def may_dispute(person: Any, service: Any) -> bool:
    """Say that the register is wrong: people of the service's provider."""
    return services_of_person(person).filter(pk=service.pk).exists()


def may_decide(person: Any) -> bool:
    """Call providers who keep silent, decide conflicts: staff over some territory."""
    return has_role(person, *STAFF)
