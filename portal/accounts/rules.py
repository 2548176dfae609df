"""Who may. Pure questions over a person (signed in or anonymous); every app's rules begin here."""

from typing import Any

from .models import Grant, Person

Role = Grant.Role


def has_role(person: Any, *roles: str) -> bool:
    return isinstance(person, Person) and person.is_active and bool(person.roles() & set(roles))


def may_see_desk(person: Any) -> bool:
    return has_role(person, Role.COORDINATOR, Role.REGION, Role.AUDITOR, Role.TECHNICAL)
