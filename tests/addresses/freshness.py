"""Addresses of `freshness`."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from portal.audit.actions import record
from portal.freshness import rounds
from portal.freshness.models import (
    AskedService,
    ConfirmationLetter,
    ConfirmationRound,
    Conflict,
    Dispute,
    Limit,
    QualityRule,
)
from tests.world import World

from .table import OF_PROVIDER, READERS, WORD_READERS, Address, Role, desk

TOKEN = "nikdo-neuhodne-ani-tohle"
SETTERS = frozenset({Role.REGION, Role.TECHNICAL})


def build(world: World) -> World:
    today = timezone.localdate()
    # Over a living site the clock may have asked this provider already.
    asked = ConfirmationRound.objects.get_or_create(
        provider=world.service.provider, topic=ConfirmationRound.Topic.CARD, defaults={"started_on": today}
    )[0]
    AskedService.objects.get_or_create(round=asked, service=world.service)
    letter = ConfirmationLetter.objects.create(
        round=asked,
        email="pece@example.org",
        step=0,
        token_hash=rounds.token_hash(TOKEN),
        expires_on=today + timedelta(days=60),
    )
    letter.services.add(world.service)
    world.more["conflict"] = Conflict.objects.create(
        service=world.service,
        topic="phone",
        register_value="493 000 111",
        local_value="493 000 222",
        fingerprint="0" * 64,
    )
    world.more["dispute"] = Dispute.objects.create(
        service=world.service, field=Dispute.Field.NAME, right_value="Domácí péče", said_by="Jana Pečovatelská"
    )
    limit = Limit.objects.get_or_create(key="ask_every", defaults={"name": "Jak často se ptáme", "days": 30})[0]
    world.more["limit_deed"] = record(verb="limit_changed", thing=limit, before={"days": 90})
    weight = QualityRule.objects.get_or_create(key="no_phone", defaults={"name": "Chybí telefon", "weight": 9})[0]
    world.more["weight_deed"] = record(verb="quality_rule_changed", thing=weight, before={"weight": 20})
    return world


def of_letter(_world: World) -> dict[str, Any]:
    return {"token": TOKEN}


def of_change(world: World) -> dict[str, Any]:
    return {"token": TOKEN, "pk": world.service.pk}


def of_service(world: World) -> dict[str, Any]:
    return {"pk": world.service.pk}


def of_conflict(world: World) -> dict[str, Any]:
    return {"pk": world.more["conflict"].pk}


ADDRESSES: dict[str, Address] = {
    "freshness:confirm": Address(arguments=of_letter),
    "freshness:change": Address(arguments=of_change),
    "freshness:own_confirm": Address(who=OF_PROVIDER),
    "freshness:own_conflicts": Address(who=OF_PROVIDER),
    "freshness:dispute": Address(who=OF_PROVIDER, arguments=of_service),
    "freshness:dispute_withdraw": Address(
        who=OF_PROVIDER, answer=405, html=False, arguments=lambda world: {"pk": world.more["dispute"].pk}
    ),
    "freshness:quality": desk(who=WORD_READERS),
    "freshness:quality_table": desk(who=WORD_READERS),
    "freshness:quality_trend": desk(who=WORD_READERS),
    "freshness:overdue": desk(who=WORD_READERS),
    "freshness:conflicts": desk(who=WORD_READERS),
    "freshness:conflict": desk(who=WORD_READERS, arguments=of_conflict),
    "freshness:conflict_reopen": desk(who=WORD_READERS, answer=405, html=False, arguments=of_conflict),
    "freshness:limits": desk(who=WORD_READERS | SETTERS),
    "freshness:limit_change": desk(who=SETTERS, arguments=lambda _: {"key": "ask_every"}),
    "freshness:limit_restore": desk(who=READERS, arguments=lambda world: {"deed": world.more["limit_deed"].pk}),
    "freshness:weight_restore": desk(who=READERS, arguments=lambda world: {"deed": world.more["weight_deed"].pk}),
    "freshness:weight_change": desk(who=SETTERS, arguments=lambda _: {"key": "no_phone"}),
}
