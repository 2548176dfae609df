"""Addresses of `mail`."""

from typing import Any

from django.utils import timezone

from portal.mail.actions import token
from portal.mail.models import Letter
from tests.world import World

from .table import READERS, Address, Role, desk

HANDLERS = READERS - {Role.AUDITOR}


def build(world: World) -> World:
    now = timezone.now()
    world.more["letter"] = Letter.objects.create(
        key="dopis-ve-svete",
        to="jana@example.org",
        name="Jana Nováková",
        subject="Platí údaje o službě?",
        text="Dobrý den, paní Nováková,\n\nplatí to?\n",
        html="<!DOCTYPE html>\n<title>Platí?</title><p>Platí to?</p>",
        template="freshness/letters/confirm",
        message_id="<dopis-ve-svete@example.org>",
        created_at=now,
        next_try_at=now,
    )
    return world


def of_letter(world: World) -> dict[str, Any]:
    return {"pk": world.more["letter"].pk}


ADDRESSES: dict[str, Address] = {
    "mail:unsubscribe": Address(arguments=lambda _: {"token": token("jana@example.org", "confirmation")}),
    "mail:letters": desk(),
    "mail:letter": desk(arguments=of_letter),
    "mail:letter_html": desk(html=False, arguments=of_letter),
    "mail:letter_again": desk(who=HANDLERS, answer=405, html=False, arguments=of_letter),
    "mail:letter_cancel": desk(who=HANDLERS, answer=405, html=False, arguments=of_letter),
}
