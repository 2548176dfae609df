"""Every form of the portal, sent back wrong: it answers 422 (or 409), keeps what was typed, names what is wrong in a
summary and in the title of the page. The forms are found by walking through the table of addresses."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin

import pytest
from django.contrib.messages import get_messages
from django.db import transaction
from django.test import Client
from django.urls import reverse

from portal.accounts.models import Grant
from tests import addresses, world
from tests.addresses import ADDRESSES
from tests.test_addresses import client_of

pytestmark = pytest.mark.django_db

Role = Grant.Role
# Who tries a form: the first of these who may come.
ORDER = ["visitor", Role.REGION, Role.COORDINATOR, Role.PROVIDER_HEAD, Role.TECHNICAL, Role.MUNICIPALITY, "nobody"]
TEXTUAL = {"text", "email", "tel", "url", "number", "date", "search"}
MARK = "Žluťoučký 7"


@dataclass
class Form:
    """A form as the page has it: where it goes, what it would send, and which of it a person types."""

    action: str
    left_alone: bool = False
    sent: list[tuple[str, str]] = field(default_factory=list)
    typed: list[str] = field(default_factory=list)

    def data(self, typed: dict[str, str]) -> dict[str, list[str]]:
        filled: dict[str, list[str]] = {}
        for name, value in self.sent:
            filled.setdefault(name, []).append(value)
        return filled | {name: [value] for name, value in typed.items()}


class Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[Form] = []
        self.form: Form | None = None
        self.inside_main = False
        self.text_of: str | None = None
        self.select: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        has = {name: value or "" for name, value in attrs}
        if tag == "main":
            self.inside_main = True
        elif tag == "form" and self.inside_main and has.get("method", "").lower() == "post":
            self.form = Form(has.get("action", ""), left_alone=has.get("data-keep") == "no")
        elif self.form is not None and has.get("name") and "disabled" not in has:
            self._control(self.form, tag, has)
        elif tag == "option" and self.form and self.select and "selected" in has:
            self.form.sent.append((self.select, has.get("value", "")))

    def _control(self, form: Form, tag: str, has: dict[str, str]) -> None:
        name, sort = has["name"], has.get("type", "text") if tag == "input" else tag
        if sort == "password":
            form.left_alone = True
        elif sort in TEXTUAL or sort == "textarea":
            form.typed.append(name)
            self.text_of = name if sort == "textarea" else None
            if sort != "textarea":
                form.sent.append((name, has.get("value", "")))
        elif sort == "select":
            self.select = name
        elif sort == "hidden" or (sort in {"checkbox", "radio"} and "checked" in has):
            form.sent.append((name, has.get("value", "on")))

    def handle_data(self, data: str) -> None:
        if self.form is not None and self.text_of:
            self.form.sent.append((self.text_of, data.removeprefix("\n")))

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self.text_of = None
        elif tag == "select":
            self.select = None
        elif tag == "main":
            self.inside_main = False
        elif tag == "form" and self.form is not None:
            if self.form.typed and not self.form.left_alone:
                self.found.append(self.form)
            self.form = None


def forms_of(html: str) -> list[Form]:
    parser = Forms()
    parser.feed(html)
    return parser.found


def wrong_ways(form: Form) -> Iterator[dict[str, str]]:
    """Nonsense in every field; one field filled and the others empty."""
    yield dict.fromkeys(form.typed, MARK)
    yield dict.fromkeys(form.typed, "") | {form.typed[0]: MARK}


def complaints(answer: Any) -> list[str]:
    """What is wrong with the answer to a form sent wrong; one that took it all the same says nothing here."""
    if 300 <= answer.status_code < 400:
        told = [one for one in get_messages(answer.wsgi_request) if one.level_tag == "error"]
        return [f"says an error only after a redirect: {one}" for one in told]
    html = unescape(answer.content.decode())
    if answer.status_code == 200 and "error-summary" not in html and "field-error" not in html:
        return []
    if answer.status_code not in {409, 422}:
        return [f"answers {answer.status_code}"]
    said = []
    if MARK not in html:
        said.append("forgets what was typed")
    if 'id="error-summary"' not in html and answer.status_code == 422:
        said.append("has no summary of errors")
    if "<title>Chyba: " not in html and answer.status_code == 422:
        said.append("does not say in its title that something is wrong")
    return said


def tried(role: str, name: str) -> bool:
    """Whether this role tries the forms of the address: each is tried once."""
    row = ADDRESSES[name]
    return row.html and row.answer == 200 and next((one for one in ORDER if one in row.who), "") == role


@pytest.mark.parametrize("role", [one for one in ORDER if any(tried(one, name) for name in ADDRESSES)])
def test_every_form_sent_wrong_keeps_what_was_typed_and_says_what_is_wrong(role: str) -> None:
    here = addresses.build(world.build())
    client = client_of(role, here)
    wrong: list[str] = []
    seen: set[tuple[str, ...]] = set()
    for name in (one for one in ADDRESSES if tried(role, one)):
        address = reverse(name, kwargs=ADDRESSES[name].arguments(here))
        for form in forms_of(client.get(address).content.decode()):
            # The same form beside each row of a list is tried once.
            alike = (name, form.action, *form.typed)
            if alike in seen:
                continue
            seen.add(alike)
            for typed in wrong_ways(form):
                answer = send(client, urljoin(address, form.action), form.data(typed))
                wrong += [f"{name}: {form.action or address} {one}" for one in complaints(answer)]
    assert seen or role not in ORDER[:4]  # those few have forms for sure
    assert not wrong, "\n".join(wrong)


def send(client: Client, address: str, data: dict[str, list[str]]) -> Any:
    """Whatever a form that was taken wrote is taken back."""
    with transaction.atomic():
        answer = client.post(address, data)
        transaction.set_rollback(True)
    return answer
