"""Where letters are handed over: EMAIL_URL read into one value. Settings need it, so it knows nothing of Django."""

from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import parse_qs, unquote, urlsplit

PORTS = {"smtp": 587, "smtps": 465}
OWN_MACHINE = {"localhost", "127.0.0.1", "::1"}


@dataclass(frozen=True, slots=True)
class MailServer:
    """An SMTP server. `security`: none, STARTTLS after the greeting, or TLS from the first byte. Seconds to wait."""

    host: str
    port: int
    user: str = ""
    password: str = field(default="", repr=False)
    security: Literal["none", "starttls", "tls"] = "none"
    timeout: float = 20.0


def read_server(url: str) -> MailServer | None:
    """`smtp://user:password@host:587` (STARTTLS), `smtps://…:465` (TLS), `smtp://host:25?tls=0` (neither).

    Empty means that letters stay in the outbox. Only a server on this machine may do without TLS by itself; a name
    or password with other signs than letters and digits is percent-encoded. A wrong address is a ValueError that
    does not repeat it, because it may hold a password.
    """
    if not url.strip():
        return None
    parts = urlsplit(url.strip())
    if parts.scheme not in PORTS or not parts.hostname:
        raise ValueError("EMAIL_URL must look like smtp://user:password@host:587 or smtps://user:password@host:465.")
    asked = parse_qs(parts.query)
    security: Literal["none", "starttls", "tls"] = "starttls"
    if parts.scheme == "smtps":
        security = "tls"
    elif asked.get("tls", ["0" if parts.hostname in OWN_MACHINE else "1"])[-1] in {"0", "no", "false"}:
        security = "none"
    return MailServer(
        host=parts.hostname,
        port=parts.port or PORTS[parts.scheme],
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        security=security,
        timeout=float(asked.get("timeout", ["20"])[-1]),
    )
