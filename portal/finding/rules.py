"""Who may change the words by which help is found."""

from typing import Any

from portal.accounts.rules import Role, has_role


def may_edit_words(person: Any) -> bool:
    """Lay words, situations and crisis lines."""
    return has_role(person, Role.COORDINATOR, Role.REGION)


def may_read_empty_searches(person: Any) -> bool:
    return has_role(person, Role.COORDINATOR, Role.REGION, Role.AUDITOR)
