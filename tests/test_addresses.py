"""Who gets what from every address, role by role; reading writes nothing."""

import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.cache import caches
from django.db import connection, transaction
from django.http import HttpResponseNotFound
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, URLResolver, get_resolver, resolve, reverse

from portal import urls
from portal.accounts.models import Grant
from tests import addresses, make, world
from tests.addresses import ADDRESSES, EVERYONE

pytestmark = pytest.mark.django_db

RANGES: dict[str, Callable[[world.World], tuple[str, str]]] = {
    Grant.Role.PROVIDER_EDITOR: lambda here: (Grant.Range.PROVIDER, str(here.service.provider_id)),
    Grant.Role.PROVIDER_HEAD: lambda here: (Grant.Range.PROVIDER, str(here.service.provider_id)),
    Grant.Role.MUNICIPALITY: lambda here: (Grant.Range.MUNICIPALITY, here.town.code),
    Grant.Role.MEMBER: lambda here: (Grant.Range.GROUP, str(here.more["group"].pk)),
    Grant.Role.COORDINATOR: lambda here: (Grant.Range.ORP, here.town.orp_id),
    Grant.Role.REGION: lambda here: (Grant.Range.REGION, here.town.region_id),
}


def names(patterns: list[Any], namespace: str = "") -> Iterator[str]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from names(pattern.url_patterns, pattern.namespace or namespace)
        elif isinstance(pattern, URLPattern):
            # Pages of allauth are called as it calls them, without a namespace.
            yield f"{namespace}:{pattern.name}" if namespace else str(pattern.name)


@pytest.fixture(scope="module")
def here(django_db_setup: None, django_db_blocker: Any) -> Iterator[world.World]:
    """Built once for all tests of the file: each of them runs in a transaction inside this one, and what it writes is
    taken back before the next."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield addresses.build(world.build())
        transaction.set_rollback(True)


@pytest.fixture
def plainly_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Thousands of refusals are told by their number alone: the page that people get (tests/home) is a large one, and
    the log tells each with its whole stack."""
    assert urls.handler403 == urls.handler404
    for name in ("handler403", "handler404"):
        monkeypatch.setattr(urls, name, lambda *_, **__: HttpResponseNotFound())
    monkeypatch.setattr(logging.getLogger("django.request"), "disabled", True)


def client_of(role: str, here: world.World) -> Client:
    """Signed in as somebody who holds the role over as little as it can be held over and still reach the world."""
    client = Client()
    if role != "visitor":
        somebody = make.person(name=role)
        if role != "nobody":
            kind, code = RANGES.get(role, lambda _: (Grant.Range.SITE, ""))(here)
            Grant.objects.create(person=somebody, role=role, range_kind=kind, range_code=code)
        if role == Grant.Role.MEMBER:
            make.membership(here.more["group"], somebody)
        client.force_login(somebody)
    return client


def test_every_address_is_in_the_table_and_every_row_has_its_address() -> None:
    assert set(names(get_resolver().url_patterns)) == set(ADDRESSES)


def test_no_page_stands_in_the_way_of_another(here: world.World) -> None:
    """An address leads to the page it was made for, not to one above it with a pattern that fits as well."""
    astray = {}
    for name, row in ADDRESSES.items():
        address = reverse(name, kwargs=row.arguments(here))
        # Our page of signing in is also what allauth calls it by.
        if (found := resolve(address).view_name) != name and (name, found) != ("account_login", "accounts:sign_in"):
            astray[name] = f"{address} leads to {found}"
    assert astray == {}


@pytest.mark.parametrize("role", sorted(EVERYONE))
def test_each_role_gets_from_each_address_what_the_table_says_and_reading_writes_nothing(
    role: str, here: world.World, plainly_refused: None
) -> None:
    caches["near"].clear()  # papers that one visitor may ask for in a minute are counted there
    client = client_of(role, here)
    wrong = []
    for name, row in ADDRESSES.items():
        address = reverse(name, kwargs=row.arguments(here))
        with CaptureQueriesContext(connection) as queries:
            answer = client.get(address)
        if not row.writes:
            wrong += [f"{role} {address} wrote: {one['sql'][:80]}" for one in queries if is_write(one["sql"])]
        if role in row.who:
            signed_in_already = name in {"accounts:sign_in", "account_login"} and role != "visitor"
            expected = 302 if signed_in_already else row.answer
        else:
            expected = 302 if role == "visitor" else 404
        if answer.status_code != expected:
            wrong.append(f"{role} {address}: {answer.status_code}, not {expected}")
        if role == "visitor" and role not in row.who and not answer["Location"].startswith("/prihlaseni/"):
            wrong.append(f"{address} leads to {answer['Location']}")
    assert not wrong, "\n".join(wrong)


# --- somebody who only reads, and somebody from elsewhere --------------------------------------------------------

OWN = ("account_", "mfa_", "accounts:session", "accounts:sign_out", "home:erase_me")
# A paper of what one reads is made by the queue; the only row it writes is the job.
ORDERED = ("fulfilment:report_file", "fulfilment:action_plan_file", "fulfilment:timetable_file")


def test_an_auditor_writes_nothing_wherever_they_post(here: world.World, plainly_refused: None) -> None:
    """Beside what any visitor may send, what is the auditor's own account and papers of what they read."""
    client = client_of(Grant.Role.AUDITOR, here)
    client.raise_request_exception = False
    wrong = []
    for name, row in ADDRESSES.items():
        if "visitor" in row.who or name.startswith((*OWN, *ORDERED)):
            continue
        with CaptureQueriesContext(connection) as queries:
            answer = client.post(reverse(name, kwargs=row.arguments(here)), {"password": make.PASSWORD})
        if answer.status_code not in {404, 405}:
            wrong.append(f"{name} answers {answer.status_code}")
        wrong += [f"{name}: {query['sql'][:80]}" for query in queries if is_write(query["sql"])]
    assert not wrong, "\n".join(wrong)


def is_write(sql: str) -> bool:
    """Whether the statement changes anything but the session itself."""
    return sql.startswith(("INSERT", "UPDATE", "DELETE")) and "accounts_session" not in sql.partition("WHERE")[0]


# Rows of the whole site: whoever may come to them, may from any range. All the others lie in somebody's range.
OF_THE_SITE = (
    *("access:", "finding:", "register:", "jobs:", "audit:", "mail:", "catalogue:list"),
    *("freshness:limit", "freshness:weight", "upkeep:publish_rule"),
    # Definitions of indicators are shared by all plans.
    "indicators:definition",
    # A kept file is known to whoever knows its key; an import of a table to whoever brought it.
    *("catalogue:kept_file", "tables:"),
)


@pytest.fixture
def elsewhere() -> world.World:
    """Only the things by which ranges differ: a town, a service and a group, in another region."""
    region = make.region("CZ098", "Jiný kraj")
    town = make.municipality(
        "Jinde", orp=make.orp("9801", "Jinde", region=region), district=make.district("CZ0981", region=region)
    )
    there = world.World.__new__(world.World)
    object.__setattr__(there, "town", town)
    object.__setattr__(there, "service", make.service(at=town, provider=make.provider(municipality=town)))
    object.__setattr__(there, "more", {"group": make.group(town)})
    return there


@pytest.mark.parametrize("role", sorted(RANGES))
def test_the_same_role_over_another_range_gets_404(
    role: str, here: world.World, elsewhere: world.World, plainly_refused: None
) -> None:
    client = client_of(role, elsewhere)
    client.raise_request_exception = False
    asked, wrong = 0, []
    for name, row in ADDRESSES.items():
        arguments = row.arguments(here)
        if role not in row.who or "visitor" in row.who or "nobody" in row.who or not arguments:
            continue
        if name.startswith(OF_THE_SITE):
            continue
        address = reverse(name, kwargs=arguments)
        answers = [client.post(address)] if row.answer == 405 else [client.get(address), client.post(address)]
        asked += 1
        wrong += [f"{name}: {answer.status_code}" for answer in answers if answer.status_code != 404]
    assert not wrong, "\n".join(wrong)
    assert asked
