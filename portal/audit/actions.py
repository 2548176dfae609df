"""Writing to the journal, and the two ways in which time and the law take words out of it."""

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models, transaction

from .models import Deed
from .verbs import SENTENCES

NOBODY = "smazaný účet"
PERSON = "accounts.person"


def record(
    *,
    verb: str,
    thing: models.Model,
    actor: Any = None,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    names: dict[str, str] | None = None,
    restores: Deed | None = None,
) -> Deed:
    """Write one deed. `actor` is the signed-in person, or None when the system itself acts (a nightly import).

    `before` and `after` must be enough to bring the former values back (verbs.py says where that is done); `names`
    are the Czech names of codes and keys among them, as they are called today. `restores` is the deed whose former
    values this one brings back.
    """
    if verb not in SENTENCES:
        raise ValueError(f"The journal has no sentence for the verb {verb!r}; add it to portal/audit/verbs.py.")
    return Deed.objects.create(
        verb=verb,
        thing=thing._meta.label_lower,
        thing_id=str(thing.pk),
        thing_name=str(thing)[:300],
        actor_id=getattr(actor, "pk", None),
        actor_name=str(actor)[:200] if actor is not None else "",
        before=plain(before),
        after=plain(after),
        names=names or {},
        restores=restores,
    )


def plain(values: dict[str, Any] | None) -> dict[str, Any]:
    """Values as the journal keeps them: dates, times and decimals as text."""
    kept: dict[str, Any] = json.loads(json.dumps(values or {}, cls=DjangoJSONEncoder))
    return kept


@transaction.atomic
def forget_person(actor_id: int, things: Iterable[tuple[str, str]] = ()) -> int:
    """The person asked to be erased: what they did stays, who they were goes. The number of deeds touched.

    `things` are other rows whose names or values tell who the person was (grants, invitations), as the journal calls
    them: ("accounts.invitation", "12").
    """
    touched = Deed.objects.filter(actor_id=actor_id).rewrite(actor_name=NOBODY)
    for thing, thing_id in [(PERSON, str(actor_id)), *things]:
        told = Deed.objects.about(thing, thing_id)
        touched += told.rewrite(thing_name=NOBODY, before={}, after={}, names={}, thinned=True)
    return touched


@transaction.atomic
def thin(older_than: datetime) -> int:
    """Drop the values of deeds from before the moment and keep their sentences. The number of deeds thinned."""
    old = Deed.objects.older_than(older_than).filter(thinned=False)
    return old.rewrite(before={}, after={}, names={}, thinned=True)
