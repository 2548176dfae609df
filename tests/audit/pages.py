"""The page of the journal that brings values back, as tests ask for it."""

from __future__ import annotations

from typing import Any

from django.test import Client
from django.urls import reverse

from portal.audit.models import Deed
from portal.audit.verbs import RESTORED_AT


def latest(verb: str) -> Deed:
    return Deed.objects.filter(verb=verb).latest("pk")


def address(deed: Deed) -> str:
    return reverse(RESTORED_AT[deed.verb], args=[deed.pk])


def look(client: Client, deed: Deed) -> Any:
    page = client.get(address(deed))
    assert page.status_code == 200
    return page


def restore(client: Client, deed: Deed, **said: str) -> Any:
    return client.post(address(deed), {"seen": look(client, deed).context["seen"], **said})


def shut(client: Client, deed: Deed) -> str:
    """Nothing is offered, and whoever asks all the same is refused with the same words, which are returned."""
    page = look(client, deed)
    assert 'type="submit">Obnovit' not in page.content.decode()
    answer = client.post(address(deed), {"seen": page.context["seen"]})
    assert (answer.status_code, answer.context["refusals"]) == (422, [page.context["obstacle"]])
    said: str = page.context["obstacle"]
    return said
