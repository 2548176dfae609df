"""Who may let a register in."""

from typing import Any

from portal.accounts.rules import Role, has_role


def may_import(person: Any) -> bool:
    """Bring a file, and say yes to what it changes."""
    return has_role(person, Role.REGION, Role.TECHNICAL)


def may_see_imports(person: Any) -> bool:
    """See what came and what it changed; an auditor reads and changes nothing."""
    return may_import(person) or has_role(person, Role.AUDITOR)
