"""Who may read the journal.

People stand above the journal in the staircase, so their roles are named here by their words, as the journal itself
keeps people by number and name; a test holds the words equal to those of `accounts.Grant`.
"""

from typing import Any

ALL = frozenset({"region", "auditor", "technical"})
WITHOUT_PEOPLE = frozenset({"coordinator"})


def _roles(person: Any) -> frozenset[str]:
    if not getattr(person, "is_active", False):
        return frozenset()
    return frozenset(one.role for one in person.held())


def may_read_journal(person: Any) -> bool:
    return bool(_roles(person) & (ALL | WITHOUT_PEOPLE))


def may_read_deeds_about_people(person: Any) -> bool:
    """What was done to accounts and roles is for those who answer for them and for the auditor."""
    return bool(_roles(person) & ALL)
