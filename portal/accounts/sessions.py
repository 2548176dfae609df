"""Sessions kept in the database with whose they are, so that people see where they are signed in and can end it.

Django's own store keeps only an opaque text; this one adds the person, the device in words and when it was last
used (docs/decisions/0007-sign-in.md). Neither the address of the device nor the whole name of its browser is kept.
"""

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any, cast

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends import db
from django.utils import timezone

if TYPE_CHECKING:
    from .models import Session

# The key in the session under which sign-in writes down the device.
DEVICE = "device"
# A session in use is written again after so long: a page does not write, a morning of work a few times.
AWAKE_FOR = timedelta(minutes=30)

# The first that is found names it; the order matters: Edge says it is Chrome too, and Chrome that it is Safari.
BROWSERS = [
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox|FxiOS", "Firefox"),
    ("Chrome|CriOS|Chromium", "Chrome"),
    ("Safari", "Safari"),
]
SYSTEMS = [
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "telefon nebo tablet s Androidem"),
    ("Windows", "počítač s Windows"),
    ("CrOS", "Chromebook"),
    ("Macintosh|Mac OS", "počítač Mac"),
    ("Linux|X11", "počítač s Linuxem"),
]


def device(user_agent: str) -> str:
    """The device in words: "Firefox, počítač s Windows"."""
    found = [_named(BROWSERS, user_agent), _named(SYSTEMS, user_agent)]
    return ", ".join(filter(None, found)) or "neznámé zařízení"


def _named(table: list[tuple[str, str]], user_agent: str) -> str:
    return next((name for pattern, name in table if re.search(pattern, user_agent)), "")


class SessionStore(db.SessionStore):
    """The session of a signed-in person is written again when it has been used for AWAKE_FOR since it was written
    last: so it lives SESSION_COOKIE_AGE from its last use, and reading pages writes nothing meanwhile."""

    @classmethod
    def get_model_class(cls) -> "type[Session]":
        from .models import Session

        return Session

    def create_model_instance(self, data: dict[str, Any]) -> "Session":
        row = cast("Session", super().create_model_instance(data))
        row.person_id = int(data[SESSION_KEY]) if data.get(SESSION_KEY) else None
        row.device = data.get(DEVICE, "")
        return row

    def load(self) -> dict[str, Any]:
        row: Session | None = self._get_session_from_db()  # type: ignore[attr-defined]
        if row is None:
            return {}
        data = self.decode(row.session_data)
        if row.person_id and timezone.now() - row.seen_at > AWAKE_FOR:
            self.modified = True
        return data
