"""Addresses of `freshness`."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from portal.freshness import rounds
from portal.freshness.models import AskedService, ConfirmationLetter, ConfirmationRound
from tests.world import World

from .table import OF_PROVIDER, Address

TOKEN = "nikdo-neuhodne-ani-tohle"  # noqa: S105 - of a letter that is only in tests


def build(world: World) -> World:
    today = timezone.localdate()
    asked = ConfirmationRound.objects.create(provider=world.service.provider, started_on=today)
    AskedService.objects.create(round=asked, service=world.service)
    letter = ConfirmationLetter.objects.create(
        round=asked,
        email="pece@example.org",
        step=0,
        token_hash=rounds.token_hash(TOKEN),
        expires_on=today + timedelta(days=60),
    )
    letter.services.add(world.service)
    return world


def of_letter(_world: World) -> dict[str, Any]:
    return {"token": TOKEN}


def of_change(world: World) -> dict[str, Any]:
    return {"token": TOKEN, "pk": world.service.pk}


ADDRESSES: dict[str, Address] = {
    "freshness:confirm": Address(arguments=of_letter),
    "freshness:change": Address(arguments=of_change),
    "freshness:own_confirm": Address(who=OF_PROVIDER),
}
