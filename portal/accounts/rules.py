"""Who may. Pure questions over a person (signed in or anonymous); every app's rules begin here."""

from typing import Any

from .models import Grant, Held, Person

Role = Grant.Role
Range = Grant.Range


def held(person: Any, *roles: str) -> frozenset[Held]:
    """The grants of the person for any of the roles; none for a visitor and for an account that is switched off."""
    if not isinstance(person, Person) or not person.is_active:
        return frozenset()
    return frozenset(one for one in person.held() if one.role in roles)


def has_role(person: Any, *roles: str) -> bool:
    """Any of the roles, over whatever range."""
    return bool(held(person, *roles))


def holds_over(person: Any, roles: tuple[str, ...], *ranges: tuple[str, Any]) -> bool:
    """Any of the roles over the whole site or over any of the ranges (kind, code): `(Range.ORP, "5205")`."""
    wanted = {(str(kind), str(code)) for kind, code in ranges if code} | {(str(Range.SITE), "")}
    return any((one.kind, one.code) in wanted for one in held(person, *roles))


def may_see_desk(person: Any) -> bool:
    """The desk is for everybody who holds any role; each page of it asks its own rule."""
    return has_role(person, *Role.values)
