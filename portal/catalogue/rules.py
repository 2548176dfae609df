"""Who may do what in the catalogue."""

from typing import Any

from portal.accounts.rules import Role, has_role


def may_edit_catalogue(person: Any) -> bool:
    """Write and publish services, settle what visitors report."""
    return has_role(person, Role.COORDINATOR, Role.REGION)


def may_read_desk(person: Any) -> bool:
    """See the desk pages of the catalogue; an auditor reads and changes nothing."""
    return has_role(person, Role.COORDINATOR, Role.REGION, Role.AUDITOR)


def may_edit_lists(person: Any) -> bool:
    """Change code lists: names, plain words, official codes, validity."""
    return has_role(person, Role.COORDINATOR, Role.REGION, Role.TECHNICAL)


def may_read_lists(person: Any) -> bool:
    return may_edit_lists(person) or has_role(person, Role.AUDITOR)
