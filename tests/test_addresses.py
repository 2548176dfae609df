"""Who gets what from every address, role by role; reading writes nothing."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from portal.accounts import actions
from tests import world
from tests.addresses import ADDRESSES, EVERYONE

pytestmark = pytest.mark.django_db


def names(patterns: list[Any], namespace: str = "") -> Iterator[str]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from names(pattern.url_patterns, pattern.namespace or namespace)
        elif isinstance(pattern, URLPattern):
            yield f"{namespace}:{pattern.name}"


@pytest.fixture
def here() -> world.World:
    return world.build()


def client_of(role: str) -> Client:
    client = Client()
    if role != "visitor":
        roles = [] if role == "nobody" else [role]
        client.force_login(actions.add_person(email=f"{role}@mesto.example", name=role, password=None, roles=roles))
    return client


def test_every_address_is_in_the_table_and_every_row_has_its_address() -> None:
    assert set(names(get_resolver().url_patterns)) == set(ADDRESSES)


@pytest.mark.parametrize("role", sorted(EVERYONE))
def test_each_role_gets_from_each_address_what_the_table_says(role: str, here: world.World) -> None:
    client = client_of(role)
    wrong = []
    for name, row in ADDRESSES.items():
        address = reverse(name, kwargs=row.arguments(here))
        answer = client.get(address)
        if role in row.who:
            signed_in_already = name == "accounts:sign_in" and role != "visitor"
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
    client = client_of(role)
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
