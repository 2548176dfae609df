"""Where somebody is signed in: in words, endable, without a write on every page."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from portal.accounts import session_actions
from portal.accounts.models import Grant, Person, Session
from portal.accounts.sessions import device
from tests import make

pytestmark = pytest.mark.django_db
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
PHONE = (
    "Mozilla/5.0 (Linux; Android 15; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Mobile Safari/537.36"
)


@pytest.fixture(autouse=True)
def empty_cache() -> None:
    cache.clear()


@pytest.fixture
def jana() -> Person:
    return make.person(Grant.Role.COORDINATOR, email="jana@mesto.example")


def signed_in(agent: str) -> Client:
    client = Client(headers={"user-agent": agent})
    client.post("/prihlaseni/", {"login": "jana@mesto.example", "password": make.PASSWORD})
    return client


def is_in(client: Client) -> bool:
    return client.get("/ucet/").status_code == 200


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (FIREFOX, "Firefox, počítač s Windows"),
        (PHONE, "Chrome, telefon nebo tablet s Androidem"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 15_0) AppleWebKit/605 Version/18 Safari/605", "Safari, počítač Mac"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537 Chrome/140 Safari/537 Edg/140", "Edge, počítač s Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) CriOS/140 Safari/604", "Chrome, iPhone"),
        ("curl/8.5", "neznámé zařízení"),
        ("", "neznámé zařízení"),
    ],
)
def test_device_in_words(agent: str, words: str) -> None:
    assert device(agent) == words


def test_my_account_says_who_i_am_and_where(jana: Person) -> None:
    signed_in(PHONE)
    page = signed_in(FIREFOX).get("/ucet/").content.decode()
    for said in ("jana@mesto.example", "koordinátor – celý web", "Tady jste právě teď", "Chrome, telefon nebo tablet"):
        assert said in page
    assert page.count('name="zarizeni"') == 1  # the one I sit at ends by signing out


def test_another_device_can_be_ended(jana: Person) -> None:
    here, phone = signed_in(FIREFOX), signed_in(PHONE)
    there = Session.objects.get(person=jana, device__startswith="Chrome")
    here.post("/ucet/zarizeni/ukoncit/", {"zarizeni": there.public_key})
    assert not is_in(phone)
    assert is_in(here)


def test_all_others_can_be_ended_at_once(jana: Person) -> None:
    here, others = signed_in(FIREFOX), [signed_in(PHONE), signed_in(PHONE)]
    stranger = Client()
    stranger.force_login(make.person())
    here.post("/ucet/zarizeni/ukoncit-ostatni/")
    assert is_in(here)
    assert is_in(stranger)
    assert [is_in(one) for one in others] == [False, False]


def test_nobody_ends_a_session_of_somebody_else(jana: Person) -> None:
    here, stranger = signed_in(FIREFOX), Client()
    stranger.force_login(make.person())
    theirs = Session.objects.exclude(person=jana).get()
    here.post("/ucet/zarizeni/ukoncit/", {"zarizeni": theirs.public_key})
    assert is_in(stranger)


def test_page_does_not_give_away_keys_of_sessions(jana: Person) -> None:
    signed_in(PHONE)
    page = signed_in(FIREFOX).get("/ucet/").content.decode()
    assert not [one for one in Session.objects.all() if one.session_key in page]


def test_reading_writes_the_session_once_in_half_an_hour(jana: Person) -> None:
    client = signed_in(FIREFOX)
    session = Session.objects.get()

    def writes() -> list[str]:
        with CaptureQueriesContext(connection) as queries:
            client.get("/sprava/")
        return [one["sql"][:6] for one in queries if one["sql"].startswith(("INSERT", "UPDATE", "DELETE"))]

    assert writes() == []
    before = timezone.now() - timedelta(minutes=31)
    Session.objects.update(seen_at=before, expire_date=before + timedelta(hours=12))
    assert writes() == ["UPDATE"]
    after = Session.objects.get(pk=session.pk)
    assert timezone.now() - after.seen_at < timedelta(minutes=1)
    assert after.expire_date - timezone.now() > timedelta(hours=11, minutes=59)
    assert after.device == "Firefox, počítač s Windows"
    assert writes() == []


def test_a_day_later_one_has_to_sign_in_again(jana: Person) -> None:
    client = signed_in(FIREFOX)
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    assert not is_in(client)


def test_visitors_have_no_session(client: Client) -> None:
    for path in ("/", "/prihlaseni/", "/zapomenute-heslo/"):
        client.get(path)
    assert not Session.objects.exists()


def test_ended_sessions_are_forgotten(jana: Person) -> None:
    signed_in(FIREFOX)
    signed_in(PHONE)
    Session.objects.filter(device__startswith="Chrome").update(expire_date=timezone.now() - timedelta(days=1))
    assert session_actions.forget_ended() == 1
    assert Session.objects.get().device.startswith("Firefox")


def test_my_account_costs_the_same_for_one_device_and_for_twenty(
    jana: Person, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    client = signed_in(FIREFOX)
    for most in (10, 10):
        with django_assert_max_num_queries(most):
            client.get("/ucet/")
        for _ in range(20):
            Client().force_login(jana)
