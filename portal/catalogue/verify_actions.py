"""Every write about how sure we are of a card: it was verified, or its provider has been silent too long."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.db import transaction

from portal.audit.actions import record

from .actions import touch
from .models import Service, Vacancy


@transaction.atomic
def services_verify(*, services: Iterable[Service], by: str, on: date, actor: Any = None) -> list[Service]:
    """Somebody who knows says that the cards hold as they stand, free places included. What was verified that day
    already stays as it is; the rest is returned."""
    asked = [one.pk for one in services]
    rows = list(Service.objects.select_for_update(of=("self",)).filter(pk__in=asked).order_by("pk"))
    written = []
    for service in rows:
        if service.verified_on == on and service.unconfirmed_since is None:
            continue
        before = _said(service)
        service.verified_on, service.verified_by, service.unconfirmed_since = on, by[:100], None
        service.save()
        record(verb="service_verified", thing=service, actor=actor, before=before, after=_said(service))
        written.append(service)
    vacancies = Vacancy.objects.filter(service__in=asked, said_on__lt=on).update(said_on=on, said_by=by[:150])
    if written or vacancies:
        touch()
    return written


@transaction.atomic
def services_unconfirmed(*, since: Mapping[int, date]) -> int:
    """Say publicly of the services (by their numbers) since when their providers have not confirmed them."""
    rows = Service.objects.select_for_update(of=("self",)).filter(pk__in=since, unconfirmed_since=None).order_by("pk")
    written = 0
    for service in rows:
        service.unconfirmed_since = since[service.pk]
        service.save()
        record(
            verb="service_unconfirmed",
            thing=service,
            before={"unconfirmed_since": None},
            after={"unconfirmed_since": service.unconfirmed_since},
        )
        written += 1
    if written:
        touch()
    return written


def _said(service: Service) -> dict[str, Any]:
    return {
        "verified_on": service.verified_on,
        "verified_by": service.verified_by,
        "unconfirmed_since": service.unconfirmed_since,
    }
