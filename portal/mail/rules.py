"""Who may do what with letters.

People stand above letters in the staircase (an invitation is a letter), so their roles are asked for by name:
every person of AUTH_USER_MODEL answers `held()`. A test holds that the names are those of `accounts.Grant.Role`.
"""

from typing import Any

from django.db.models import Q

from portal.audit.models import Deed

from .models import Letter, LetterQuerySet

HANDLERS = frozenset({"coordinator", "region", "technical"})
READERS = HANDLERS | {"auditor"}
# Letters that let somebody in or tell how they sign in are not for everybody at the desk.
OF_ACCOUNTS = ("accounts.person", "accounts.invitation")
READERS_OF_ACCOUNTS = READERS - {"coordinator"}


def may_read_letters(person: Any) -> bool:
    """See the outbox; an auditor reads and changes nothing."""
    return _holds(person, READERS)


def may_handle_letters(person: Any) -> bool:
    """Send again what did not arrive, stop what waits."""
    return _holds(person, HANDLERS)


def seen_letters(person: Any) -> LetterQuerySet:
    """Letters that the person sees. A coordinator sees of letters about accounts only the invitations that they
    wrote themselves, which the journal knows."""
    letters = Letter.objects.all()
    if _holds(person, READERS_OF_ACCOUNTS):
        return letters
    own = Deed.objects.filter(actor_id=person.pk, thing="accounts.invitation").values("thing_id")
    return letters.filter(~Q(thing__in=OF_ACCOUNTS) | Q(thing="accounts.invitation", thing_id__in=own))


def _holds(person: Any, roles: frozenset[str]) -> bool:
    return bool(person.is_authenticated and person.is_active and {one.role for one in person.held()} & roles)
