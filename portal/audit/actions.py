"""Writing to the journal."""

from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from .models import Deed
from .verbs import SENTENCES


def record(
    *,
    verb: str,
    thing: models.Model,
    actor: Any = None,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> Deed:
    """Write one deed. `actor` is the signed-in person, or None when the system itself acts (a nightly import)."""
    if verb not in SENTENCES:
        raise ValueError(f"The journal has no sentence for the verb {verb!r}; add it to portal/audit/verbs.py.")
    return Deed.objects.create(
        verb=verb,
        thing=thing._meta.label_lower,
        thing_id=str(thing.pk),
        thing_name=str(thing)[:300],
        actor_id=getattr(actor, "pk", None),
        actor_name=str(actor) if actor is not None else "",
        before=_plain(before),
        after=_plain(after),
    )


def _plain(values: dict[str, Any] | None) -> dict[str, Any]:
    import json

    plain: dict[str, Any] = json.loads(json.dumps(values or {}, cls=DjangoJSONEncoder))
    return plain
