"""Who gets what from every address, role by role; reading writes nothing."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from portal.accounts.models import Grant
from tests import addresses, make, world
from tests.addresses import ADDRESSES, EVERYONE

pytestmark = pytest.mark.django_db

RANGES: dict[str, Callable[[world.World], tuple[str, str]]] = {
    Grant.Role.PROVIDER_EDITOR: lambda here: (Grant.Range.PROVIDER, str(here.service.provider_id)),
    Grant.Role.PROVIDER_HEAD: lambda here: (Grant.Range.PROVIDER, str(here.service.provider_id)),
    Grant.Role.MUNICIPALITY: lambda here: (Grant.Range.MUNICIPALITY, here.town.code),
    Grant.Role.COORDINATOR: lambda here: (Grant.Range.ORP, here.town.orp_id),
    Grant.Role.REGION: lambda here: (Grant.Range.REGION, here.town.region_id),
}


def names(patterns: list[Any], namespace: str = "") -> Iterator[str]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from names(pattern.url_patterns, pattern.namespace or namespace)
        elif isinstance(pattern, URLPattern):
            # Pages of allauth are called as it calls them, without a namespace.
            yield f"{namespace}:{pattern.name}" if namespace else pattern.name


@pytest.fixture
def here() -> world.World:
    return addresses.build(world.build())


def client_of(role: str, here: world.World) -> Client:
    """Signed in as somebody who holds the role over as little as it can be held over and still reach the world."""
    client = Client()
    if role != "visitor":
        somebody = make.person(name=role)
        if role != "nobody":
            kind, code = RANGES.get(role, lambda _: (Grant.Range.SITE, ""))(here)
            Grant.objects.create(person=somebody, role=role, range_kind=kind, range_code=code)
        client.force_login(somebody)
    return client


def test_every_address_is_in_the_table_and_every_row_has_its_address() -> None:
    assert set(names(get_resolver().url_patterns)) == set(ADDRESSES)


@pytest.mark.parametrize("role", sorted(EVERYONE))
def test_each_role_gets_from_each_address_what_the_table_says(role: str, here: world.World) -> None:
    client = client_of(role, here)
    wrong = []
    for name, row in ADDRESSES.items():
        address = reverse(name, kwargs=row.arguments(here))
        answer = client.get(address)
        if role in row.who:
            signed_in_already = name in {"accounts:sign_in", "account_login"} and role != "visitor"
            expected = 302 if signed_in_already else row.answer
        else:
            expected = 302 if role == "visitor" else 404
        if answer.status_code != expected:
            wrong.append(f"{role} {address}: {answer.status_code}, not {expected}")
        if role == "visitor" and role not in row.who and not answer["Location"].startswith("/prihlaseni/"):
            wrong.append(f"{address} leads to {answer['Location']}")
    assert wrong == []


@pytest.mark.parametrize("role", ["visitor", "coordinator"])
def test_reading_writes_nothing(role: str, here: world.World) -> None:
    client = client_of(role, here)
    wrote = []
    for name, row in ADDRESSES.items():
        if row.writes:
            continue
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse(name, kwargs=row.arguments(here)))
        wrote += [
            f"{name}: {query['sql'][:80]}"
            for query in queries
            if query["sql"].startswith(("INSERT", "UPDATE", "DELETE"))
        ]
    assert wrote == []
