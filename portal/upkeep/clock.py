"""What the clock of the worker does for upkeep every day."""

from django.db import transaction

from . import actions, letters


@transaction.atomic
def daily() -> None:
    """Forget addresses that became secret, then tell approvers what waits."""
    actions.forget_secret_addresses()
    letters.digest()
