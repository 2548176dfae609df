"""How often one visitor may ask: counted by address, by stretch of time, and by all processes where it must be."""

import pytest
from django.core.cache import caches
from django.core.cache.backends.db import DatabaseCache
from django.db import connection
from django.test import RequestFactory, override_settings
from django.test.utils import CaptureQueriesContext

from portal.web import pace


@pytest.fixture(autouse=True)
def empty() -> None:
    caches[pace.NEAR].clear()


def asks(address: str = "10.0.0.1", what: str = "report", limit: int = 2) -> bool:
    request = RequestFactory().post("/", REMOTE_ADDR=address)
    return pace.within(request, what, limit, pace.HOUR)


def test_each_visitor_and_each_thing_has_its_own_count() -> None:
    assert [asks(), asks(), asks()] == [True, True, False]
    assert asks(address="10.0.0.2")
    assert asks(what="suggestion")


def test_a_new_stretch_of_time_begins_from_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 7200.0
    monkeypatch.setattr(pace, "time", lambda: now)
    assert [asks(), asks(), asks()] == [True, True, False]
    now += pace.HOUR
    assert asks()


def test_behind_a_balancer_the_hop_it_wrote_is_the_visitor() -> None:
    request = RequestFactory().get("/", HTTP_X_FORWARDED_FOR="1.2.3.4, 5.6.7.8", REMOTE_ADDR="10.0.0.1")
    with override_settings(SITE_URL="https://mesto.example"):
        assert pace.visitor(request) == "5.6.7.8"
    with override_settings(SITE_URL="http://127.0.0.1:8000"):
        assert pace.visitor(request) == "10.0.0.1"


def test_address_of_the_visitor_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    kept: list[str] = []
    monkeypatch.setattr(caches[pace.SHARED], "set", lambda key, value, timeout: kept.append(key))
    asks(address="203.0.113.77")
    assert kept
    assert "203.0.113.77" not in kept[0]


@pytest.mark.django_db
def test_two_processes_count_together_in_the_table_that_migrations_make() -> None:
    """What the running portal uses: two backends over one table stand for two workers."""
    one, other = (DatabaseCache("shared_cache", {}) for _ in range(2))
    one.set("tries", 7, 60)
    assert other.get("tries") == 7
    assert other.add("tries", 1, 60) is False


@pytest.mark.django_db
def test_asking_costs_no_query() -> None:
    with CaptureQueriesContext(connection) as queries:
        pace.within(RequestFactory().get("/"), "ask", 5, pace.MINUTE, pace.NEAR)
    assert len(queries) == 0
