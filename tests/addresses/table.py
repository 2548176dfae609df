"""What a row of the table of addresses says.

A row says what a GET answers to those who may come in (`answer`), and who may: EVERYONE, or some of the roles.
The others learn nothing: whoever is not signed in is sent to sign in, whoever is signed in gets 404.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from portal.accounts.models import Grant
from tests.world import World

Role = Grant.Role
EVERYONE = frozenset({"visitor", "nobody", *Role.values})
READERS = frozenset({Role.COORDINATOR, Role.REGION, Role.AUDITOR, Role.TECHNICAL})
WORD_READERS = frozenset({Role.COORDINATOR, Role.REGION, Role.AUDITOR})
WORD_EDITORS = frozenset({Role.COORDINATOR, Role.REGION})
LIST_EDITORS = frozenset({Role.COORDINATOR, Role.REGION, Role.TECHNICAL})
IMPORTERS = frozenset({Role.REGION, Role.TECHNICAL})
IMPORT_READERS = IMPORTERS | {Role.AUDITOR}
WITH_A_ROLE = frozenset(Role.values)
SIGNED_IN = EVERYONE - {"visitor"}
OF_PROVIDER = frozenset({Role.PROVIDER_EDITOR, Role.PROVIDER_HEAD})


@dataclass(frozen=True)
class Address:
    who: frozenset[str] = EVERYONE
    answer: int = 200
    arguments: Callable[[World], dict[str, Any]] = field(default=lambda _: {})
    html: bool = True  # a page a person reads: looked at by axe and the HTML checker
    writes: bool = False  # the one exception to "GET writes nothing" (docs/decisions/0004)


def data(**more: Any) -> Address:
    return Address(html=False, **more)


def desk(**more: Any) -> Address:
    return Address(**{"who": READERS, **more})
