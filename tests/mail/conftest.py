"""A real SMTP server on loopback, and letters to send through it."""

from __future__ import annotations

import email.policy
import socket
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from portal.mail.server import MailServer

SOURCE = """Předmět: Platí údaje o službě {{ service }}?

Za tři měsíce se může změnit ledacos. Podívejte se prosím na kartu služby {{ service }}
a řekněte nám, jestli je všechno při starém.

- telefon {{ phone }}
- otevírací doba

[Všechno platí]({{ url }})

> {{ said }}

Díky vám lidé najdou pomoc.
"""


class Post:
    """Takes letters; answers to RCPT and DATA may be set beforehand, the last one stays."""

    def __init__(self) -> None:
        self.envelopes: list[Envelope] = []
        self.to_rcpt: list[str] = []
        self.to_data: list[str] = []
        self.sessions: set[int] = set()
        self.on_data: Callable[[], None] = lambda: None

    async def handle_RCPT(  # noqa: N802 - named by aiosmtpd
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[Any]
    ) -> str:
        answer = self.to_rcpt.pop(0) if self.to_rcpt else "250 OK"
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        self.on_data()
        answer = self.to_data.pop(0) if self.to_data else "250 OK"
        if answer.startswith("250"):
            self.envelopes.append(envelope)
            self.sessions.add(id(session))
        return answer

    @property
    def messages(self) -> list[EmailMessage]:
        parser = BytesParser(policy=email.policy.default)
        return [parser.parsebytes(one.content) for one in self.envelopes if isinstance(one.content, bytes)]


class Office:
    """The server on a port of its own; it can be closed and opened again."""

    def __init__(self, post: Post) -> None:
        self.post = post
        with socket.create_server(("127.0.0.1", 0)) as probe:  # aiosmtpd cannot choose a free port by itself
            self.port = int(probe.getsockname()[1])
        self.controller: Controller | None = None

    def open(self) -> None:
        self.controller = Controller(self.post, hostname="127.0.0.1", port=self.port)
        self.controller.start()

    def close(self) -> None:
        if self.controller is not None:
            self.controller.stop()
            self.controller = None


@pytest.fixture
def office(settings: Any) -> Iterator[Office]:
    """The portal knows the server, which does not run yet."""
    office = Office(Post())
    settings.MAIL_SERVER = MailServer("127.0.0.1", office.port, timeout=5)
    settings.MAIL_FROM = "Pospolu Svornov <pospolu@svornov.example>"
    yield office
    office.close()


@pytest.fixture
def post(office: Office) -> Post:
    """The server runs and the portal hands its letters to it."""
    office.open()
    return office.post


@pytest.fixture(autouse=True)
def sources(settings: Any, tmp_path: Path) -> Path:
    """A folder of letters that only tests have."""
    folder = tmp_path / "sources"
    (folder / "mail" / "letters").mkdir(parents=True)
    (folder / "mail" / "letters" / "sample.txt").write_text(SOURCE, encoding="utf-8")
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [folder]}]
    return folder / "mail" / "letters"


CONTEXT = {
    "service": "Domácí pomoc & péče",
    "phone": "+420 493 000 111",
    "url": "http://127.0.0.1:8000/potvrzeni/abc/",
    "said": "Nikdo to nebere.",
}


def write(**more: Any) -> Any:
    from portal.mail import actions

    asked = {"template": "mail/letters/sample", "to": "jana@example.org", "name": "Jana Nováková", "context": CONTEXT}
    return actions.write(**{**asked, **more})
