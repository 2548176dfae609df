"""Who may do what with letters.

People stand above letters in the staircase (an invitation is a letter), so their roles are asked for by name:
every person of AUTH_USER_MODEL answers `held()`. A test holds that the names are those of `accounts.Grant.Role`.
"""

from typing import Any

HANDLERS = frozenset({"coordinator", "region", "technical"})
READERS = HANDLERS | {"auditor"}


def may_read_letters(person: Any) -> bool:
    """See the outbox; an auditor reads and changes nothing."""
    return _holds(person, READERS)


def may_handle_letters(person: Any) -> bool:
    """Send again what did not arrive, stop what waits."""
    return _holds(person, HANDLERS)


def _holds(person: Any, roles: frozenset[str]) -> bool:
    return bool(person.is_authenticated and person.is_active and {one.role for one in person.held()} & roles)
