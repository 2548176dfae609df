"""How a visitor sends the form in tests."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

from django.core import signing
from django.test import Client

from portal.mail.models import Letter
from portal.suggestions.models import Suggestion
from portal.web import challenge

FORM = "/podnety/novy/"


def answered() -> dict[str, str]:
    """A question against robots with its answer."""
    token = challenge.ask()
    return {"question_token": token, "question_answer": str(signing.loads(token, salt=challenge.SALT)[1])}


def typed(**more: Any) -> dict[str, Any]:
    said = {"sort": "missing", "title": "Obědy ve Lhotě", "text": "Nemá je kdo vozit.", "place": "", "website": ""}
    return said | answered() | more


def send(client: Client, **more: Any) -> Any:
    return client.post(FORM, typed(**more))


def only() -> Suggestion:
    return Suggestion.objects.get()


def link_in(letter: Letter) -> str:
    """The path of the one link that a letter has."""
    (found,) = set(re.findall(r"https?://[^/\s]+(/podnety/\S+)", letter.text))
    return str(unescape(found))
