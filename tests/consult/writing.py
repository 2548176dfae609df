"""A comment as a browser sends it and as a letter confirms it, for the tests that write."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.cache import caches
from django.test import Client

from portal.consult import comment_actions
from portal.consult.models import Consultation
from portal.mail.models import Letter
from portal.web import challenge


def forget_visitors() -> None:
    """Limits count from nothing."""
    for name in ("default", "near"):
        caches[name].clear()


def form(**more: Any) -> dict[str, Any]:
    """What a browser sends, with a right answer to a fresh question."""
    token = challenge.ask()
    read = challenge._read(token)
    assert read is not None
    said = {
        "proposed": "Přidat víkendy.", "reason": "V sobotu nikdo nepřijde.", "kind": "substantial", "side": "user",
        "shown_as": "nobody", "question_token": token, "question_answer": str(read[1]),
    }  # fmt: skip
    return said | more


def send(client: Client, consultation: Consultation, *, address: str = "127.0.0.1", **more: Any) -> Any:
    return client.post(f"/pripominky/{consultation.slug}/nova/", form(**more), REMOTE_ADDR=address)


def receive(consultation: Consultation, **more: Any) -> Any:
    said = {"proposed": "Přidat víkendy.", "reason": "V sobotu nikdo nepřijde.", "kind": "substantial", "side": "user"}
    return comment_actions.receive(consultation=consultation, **(said | more))


def link_in(letter: Letter) -> str:
    start = letter.text.index(settings.SITE_URL + "/pripominky/potvrzeni/")
    return letter.text[start:].split()[0].removeprefix(settings.SITE_URL)
