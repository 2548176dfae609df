"""Many invitations at once."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from portal.accounts import actions as accounts
from portal.accounts.models import Grant

from . import keys, rules
from .keys import Wish


@dataclass(slots=True)
class Invited:
    sent: int = 0
    refused: list[tuple[Wish, str]] = field(default_factory=list)


@transaction.atomic
def invite_many(*, wishes: list[Wish], actor: Any) -> Invited:
    """Invite everybody whom the plan has found ready; the plan is made anew, so that nothing of it is taken on
    trust. Somebody who cannot be invited stops nobody."""
    if not rules.may_decide_some(actor):
        raise PermissionDenied
    done = Invited()
    for wish in keys.plan(wishes, actor):
        if not wish.ready or wish.provider is None:
            continue
        try:
            accounts.invite(
                email=wish.email,
                name=wish.name,
                role=wish.role,
                range_kind=Grant.Range.PROVIDER,
                range_code=str(wish.provider.pk),
                actor=actor,
            )
            done.sent += 1
        except ValidationError as refusal:
            done.refused.append((wish, " ".join(refusal.messages)))
    return done
