"""The second factor: a code from an application or from the saved ones; required of some roles; secrets not readable
in the database. Passkeys need a browser: tests/journeys/test_sign_in.py."""

import re
import time
from typing import Any
from urllib.parse import unquote

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.core.cache import cache
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from portal.accounts import actions, second_factor
from portal.accounts.models import Grant, Person
from portal.audit.models import Deed
from portal.mail.models import Letter
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def empty_cache() -> None:
    cache.clear()


@pytest.fixture
def jana() -> Person:
    return make.person(Grant.Role.COORDINATOR, email="jana@mesto.example")


@pytest.fixture
def inside(client: Client, jana: Person) -> Client:
    """Signed in by password and just now asked for it once more."""
    password(client)
    client.post("/ucet/overeni/", {"password": make.PASSWORD})
    return client


def password(client: Client) -> str:
    return client.post("/prihlaseni/", {"login": "jana@mesto.example", "password": make.PASSWORD})["Location"]


def code(secret: str) -> str:
    """What the application on the telephone shows now."""
    return str(format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time()))))


def connect_app(client: Client) -> str:
    """Connect an application; its secret, as the page shows it."""
    page = client.get("/ucet/druhy-krok/aplikace/").content.decode()
    found = re.search(r"app-secret\">(\w+)<", page)
    assert found
    assert "data:image/svg+xml;base64," in page
    answer = client.post("/ucet/druhy-krok/aplikace/", {"code": code(found[1])})
    assert answer["Location"] == "/ucet/druhy-krok/kody/"
    forget_used_codes()
    return found[1]


def forget_used_codes() -> None:
    """A code counts once; tests do not wait half a minute for the next one."""
    cache.clear()


# --- an application ------------------------------------------------------------------------------------------


def test_sign_in_asks_for_the_code_once_an_app_is_connected(
    inside: Client, jana: Person, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        secret = connect_app(inside)
    assert "opisovat kód z aplikace" in Letter.objects.get().text
    other = Client()
    assert password(other) == "/prihlaseni/druhy-krok/"
    assert other.get("/ucet/")["Location"].startswith("/prihlaseni/")
    wrong = other.post("/prihlaseni/druhy-krok/", {"code": "000000"})
    assert wrong.status_code == 422
    assert "Kód nesouhlasí" in wrong.content.decode()
    assert other.post("/prihlaseni/druhy-krok/", {"code": code(secret)})["Location"] == reverse("home:desk")
    assert other.get("/ucet/").status_code == 200


def test_a_code_works_once(inside: Client) -> None:
    secret = connect_app(inside)
    used = code(secret)
    for expected in (302, 422):
        one = Client()
        password(one)
        assert one.post("/prihlaseni/druhy-krok/", {"code": used}).status_code == expected


def test_guessing_codes_has_to_wait(inside: Client) -> None:
    secret = connect_app(inside)
    guess = Client()
    password(guess)
    for _ in range(8):
        assert guess.post("/prihlaseni/druhy-krok/", {"code": "000000"}).status_code == 422
    refused = guess.post("/prihlaseni/druhy-krok/", {"code": code(secret)})
    assert "Příliš mnoho pokusů" in refused.content.decode()


def test_a_saved_code_stands_in_for_the_telephone_once(inside: Client) -> None:
    connect_app(inside)
    shown = inside.get("/ucet/druhy-krok/kody/soubor/")
    assert shown["Content-Type"].startswith("text/plain")
    codes = re.findall(r"^\d{8}$", shown.content.decode(), re.MULTILINE)
    assert len(codes) == 10
    for expected in (302, 422):
        one = Client()
        password(one)
        assert one.post("/prihlaseni/druhy-krok/", {"code": codes[0]}).status_code == expected
    assert inside.post("/ucet/druhy-krok/kody/nove/")["Location"] == "/ucet/druhy-krok/kody/"
    one = Client()
    password(one)
    assert one.post("/prihlaseni/druhy-krok/", {"code": codes[1]}).status_code == 422


def test_disconnecting_the_app_takes_its_codes_along(inside: Client, jana: Person) -> None:
    connect_app(inside)
    assert inside.get("/ucet/druhy-krok/aplikace/odpojit/").status_code == 200
    assert inside.post("/ucet/druhy-krok/aplikace/odpojit/")["Location"] == "/ucet/druhy-krok/"
    assert not Authenticator.objects.exists()
    assert password(Client()) == reverse("home:desk")


def test_changes_want_the_password_again(client: Client, jana: Person) -> None:
    password(client)
    for path in ("aplikace/", "klic/", "klic/1/odebrat/", "kody/nove/"):
        answer = client.get(f"/ucet/druhy-krok/{path}")
        assert unquote(answer["Location"]) == f"/ucet/overeni/?next=/ucet/druhy-krok/{path}"
    page = client.post("/ucet/overeni/", {"password": "spatne", "next": "/ucet/druhy-krok/klic/"})
    assert page.status_code == 422
    assert "Heslo nesouhlasí" in page.content.decode()
    page = client.post("/ucet/overeni/", {"password": make.PASSWORD, "next": "/ucet/druhy-krok/klic/"})
    assert page["Location"] == "/ucet/druhy-krok/klic/"
    assert "passkey-options" in client.get("/ucet/druhy-krok/klic/").content.decode()


def test_a_forged_passkey_is_refused(inside: Client) -> None:
    inside.get("/ucet/druhy-krok/klic/")
    for credential in ("", "{}", '{"id": "x", "rawId": "x", "type": "public-key", "response": {}}', "[1]"):
        answer = inside.post("/ucet/druhy-krok/klic/", {"name": "klíč", "credential": credential})
        assert answer.status_code == 422
    assert not Authenticator.objects.exists()
    visitor = Client()
    assert visitor.get("/prihlaseni/klicem/", headers={"accept": "application/json"}).json()["request_options"]
    for credential in ("", "[1]", '{"id": "x", "response": {"userHandle": "MQ"}}', '{"response": {"userHandle": 1}}'):
        assert visitor.post("/prihlaseni/klicem/", {"credential": credential})["Location"] == "/prihlaseni/"


def test_nobody_removes_a_key_of_somebody_else(inside: Client) -> None:
    other = Authenticator.objects.create(user=make.person(), type="webauthn", data={"name": "x", "credential": {}})
    assert inside.post(f"/ucet/druhy-krok/klic/{other.pk}/odebrat/").status_code == 404
    assert Authenticator.objects.filter(pk=other.pk).exists()


def test_secrets_cannot_be_read_in_the_database(inside: Client, settings: Any) -> None:
    secret = connect_app(inside)
    with connection.cursor() as cursor:
        cursor.execute("SELECT data FROM mfa_authenticator")
        stored = str(cursor.fetchall())
    assert secret not in stored
    # A new SECRET_KEY does not shut people out as long as the former one is known.
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "an entirely different secret"
    other = Client()
    password(other)
    assert other.post("/prihlaseni/druhy-krok/", {"code": code(secret)}).status_code == 302


# --- lost ----------------------------------------------------------------------------------------------------


def test_whoever_lost_everything_is_let_in_by_an_administrator(inside: Client, jana: Person) -> None:
    connect_app(inside)
    desk, outside = Client(), Client()
    desk.force_login(make.person(Grant.Role.TECHNICAL, name="Eva Správná"))
    assert "Zrušit druhý krok" in desk.get(f"/sprava/lide/{jana.pk}/").content.decode()
    assert desk.post(f"/sprava/lide/{jana.pk}/druhy-krok/zrusit/").status_code == 302
    assert inside.get("/ucet/").status_code == 302  # signed out everywhere
    assert password(outside) == reverse("home:desk")
    assert "Eva Správná" in " ".join(Letter.objects.get(to=jana.email).text.split())
    assert Deed.objects.get(verb="second_factor_dropped").thing_id == str(jana.pk)
    assert "Zrušit druhý krok" not in desk.get(f"/sprava/lide/{jana.pk}/").content.decode()


@pytest.mark.parametrize("role", [Grant.Role.AUDITOR, Grant.Role.PAGE_EDITOR])
def test_others_may_not_drop_it(inside: Client, jana: Person, role: str) -> None:
    connect_app(inside)
    with pytest.raises(PermissionDenied):
        actions.drop_second_factor(person=jana, actor=make.person(role))
    with pytest.raises(PermissionDenied):
        actions.drop_second_factor(person=jana, actor=jana)
    assert second_factor.has_one(jana)


# --- required of some roles ----------------------------------------------------------------------------------


@pytest.fixture
def strict(settings: Any) -> None:
    settings.SECOND_FACTOR_ROLES = ["coordinator"]


def test_by_default_no_role_needs_it(client: Client, jana: Person) -> None:
    password(client)
    assert client.get("/sprava/").status_code == 200


def test_role_that_needs_it_sets_it_up_before_anything_else(strict: None, client: Client, jana: Person) -> None:
    password(client)
    for path in ("/sprava/", "/ucet/", "/sprava/sluzby/"):
        assert client.get(path)["Location"] == "/ucet/druhy-krok/"
    assert client.post("/sprava/sluzby/nova/")["Location"] == "/ucet/druhy-krok/"
    page = client.get("/ucet/druhy-krok/").content.decode()
    assert "Vaše role ho potřebuje" in page
    assert client.get("/pomoc-hned/").status_code == 200  # what is open to everybody stays open
    client.post("/ucet/overeni/", {"password": make.PASSWORD})
    connect_app(client)
    assert client.get("/sprava/").status_code == 200
    assert client.post("/odhlaseni/").status_code == 302


def test_a_mistyped_role_stops_the_portal_rather_than_letting_people_in(settings: Any) -> None:
    settings.SECOND_FACTOR_ROLES = ["koordinator"]
    with pytest.raises(ImproperlyConfigured, match="koordinator"):
        second_factor.SecondFactorMiddleware(lambda _: HttpResponse())


def test_others_are_left_alone(strict: None, client: Client) -> None:
    client.force_login(make.person(Grant.Role.AUDITOR))
    assert client.get("/sprava/").status_code == 200


def test_session_that_came_in_with_it_costs_no_query(strict: None, inside: Client, jana: Person) -> None:
    secret = connect_app(inside)
    client = Client()
    password(client)
    client.post("/prihlaseni/druhy-krok/", {"code": code(secret)})
    with CaptureQueriesContext(connection) as queries:
        assert client.get("/sprava/").status_code == 200
    assert not [one for one in queries if "mfa_authenticator" in one["sql"]]


def test_the_last_one_of_a_role_that_needs_it_stays(strict: None, inside: Client, jana: Person) -> None:
    inside.post("/ucet/overeni/", {"password": make.PASSWORD})
    connect_app(inside)
    page = inside.get("/ucet/druhy-krok/aplikace/odpojit/").content.decode()
    assert "Vaše role vyžaduje druhý krok" in page
    assert inside.post("/ucet/druhy-krok/aplikace/odpojit/").status_code == 422
    app = Authenticator.objects.get(type="totp")
    assert not second_factor.may_be_removed(app)
    Authenticator.objects.create(user=jana, type="webauthn", data={"name": "x", "credential": {}})
    assert second_factor.may_be_removed(app)


def test_saved_codes_alone_are_no_second_factor(strict: None, jana: Person) -> None:
    Authenticator.objects.create(user=jana, type="recovery_codes", data={"seed": "x", "used_mask": 0})
    assert not second_factor.has_one(jana)


def test_time_is_measured_in_half_minutes() -> None:
    """The helper above stands on it: two codes of one half minute are the same."""
    now = int(time.time()) // 30
    assert next(yield_hotp_counters_from_time()) - now in {-1, 0, 1}
