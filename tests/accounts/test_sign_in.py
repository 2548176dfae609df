"""People come in with e-mail and password; guessing is slowed; nobody learns who has an account; a forgotten password
is mended by a letter; commands refuse weak passwords."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache, caches
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from portal import settings as portal_settings
from portal.accounts import actions, rules
from portal.accounts.adapter import SignInAdapter
from portal.accounts.models import Grant, Person
from portal.mail.models import Letter
from tests import make

pytestmark = pytest.mark.django_db
PASSWORD = "dlouhe-heslo-koordinatorky"
NEW = "uplne-nove-dlouhe-heslo"


@pytest.fixture(autouse=True)
def empty_cache() -> None:
    cache.clear()


@pytest.fixture
def jana() -> Person:
    return actions.add_person(email="Jana@mesto.example", name="Jana Malá", password=PASSWORD, roles=["coordinator"])


def sign_in(client: Client, password: str, email: str = "jana@mesto.example", **more: str) -> int:
    return client.post("/prihlaseni/", {"login": email, "password": password} | more).status_code


def is_in(client: Client) -> bool:
    return client.get("/ucet/").status_code == 200


# --- in and out ----------------------------------------------------------------------------------------------


def test_right_password_leads_to_the_desk(client: Client, jana: Person) -> None:
    answer = client.post(reverse("accounts:sign_in"), {"login": "JANA@mesto.example", "password": PASSWORD})
    assert answer.status_code == 302
    assert answer["Location"] == reverse("home:desk")


def test_sign_in_leads_where_one_wanted_to_go_but_never_to_another_site(client: Client, jana: Person) -> None:
    assert client.get("/ucet/")["Location"] == "/prihlaseni/?next=/ucet/"
    form = {"login": "jana@mesto.example", "password": PASSWORD}
    assert client.post("/prihlaseni/", form | {"next": "/ucet/"})["Location"] == "/ucet/"
    client.post("/odhlaseni/")
    assert client.post("/prihlaseni/", form | {"next": "https://jinde.example/"})["Location"] == reverse("home:desk")


def test_sign_out_ends_it_even_when_it_ended_before(client: Client, jana: Person) -> None:
    sign_in(client, PASSWORD)
    for _ in range(2):
        assert client.post("/odhlaseni/")["Location"] == reverse("home:landing")
    assert not is_in(client)


def test_wrong_password_is_told_at_the_form_and_the_email_is_kept(client: Client, jana: Person) -> None:
    answer = client.post("/prihlaseni/", {"login": "jana@mesto.example", "password": "jine"})
    assert answer.status_code == 422
    assert "E-mail nebo heslo nesouhlasí" in answer.content.decode()
    assert 'value="jana@mesto.example"' in answer.content.decode()
    assert "jine" not in answer.content.decode()


def test_unknown_email_gets_the_same_answer_as_a_wrong_password(client: Client, jana: Person) -> None:
    def told(email: str) -> str:
        page = client.post("/prihlaseni/", {"login": email, "password": "jine"}).content.decode()
        return re.sub(r'value="[^"]*"', "", page)

    assert told("jana@mesto.example") == told("nikdo@mesto.example")


def test_inactive_person_stays_outside(client: Client, jana: Person) -> None:
    Person.objects.filter(pk=jana.pk).update(is_active=False)
    assert client.post("/prihlaseni/", {"login": jana.email, "password": PASSWORD})["Location"] == (
        "/prihlaseni/vypnuty-ucet/"
    )
    assert not is_in(client)
    jana.is_active = False
    assert not rules.may_see_desk(jana)


def test_nobody_can_sign_up() -> None:
    for name in ("account_signup", "account_email", "account_signup_by_passkey", "socialaccount_connections"):
        with pytest.raises(NoReverseMatch):
            reverse(name)
    assert not SignInAdapter().is_open_for_signup(None)  # type: ignore[arg-type]


# --- how long ------------------------------------------------------------------------------------------------


def test_session_lasts_half_a_day_or_two_weeks_on_a_remembered_device(client: Client, jana: Person) -> None:
    sign_in(client, PASSWORD)
    assert client.cookies[settings.SESSION_COOKIE_NAME]["max-age"] == ""  # gone with the browser
    lasts = jana.sessions.get().expire_date - timezone.now()
    assert timedelta(hours=11) < lasts <= timedelta(hours=12)
    client.post("/odhlaseni/")
    sign_in(client, PASSWORD, remember="on")
    assert client.cookies[settings.SESSION_COOKIE_NAME]["max-age"] == 14 * 24 * 3600
    lasts = jana.sessions.get().expire_date - timezone.now()
    assert timedelta(days=13) < lasts <= timedelta(days=14)


# --- guessing ------------------------------------------------------------------------------------------------


def test_guessing_has_to_wait_even_with_the_right_password(client: Client, jana: Person) -> None:
    for _ in range(8):
        assert sign_in(client, "spatne-heslo-spatne") == 422
    answer = client.post("/prihlaseni/", {"login": jana.email, "password": PASSWORD})
    assert answer.status_code == 422
    assert "Příliš mnoho pokusů" in answer.content.decode()
    # Others are not shut out with her.
    other = make.person()
    assert sign_in(client, make.PASSWORD, other.email) == 302
    cache.clear()
    assert sign_in(Client(), PASSWORD) == 302


def test_one_address_cannot_try_email_after_email(client: Client, jana: Person) -> None:
    answers = [sign_in(client, "spatne-heslo", f"clovek{n}@mesto.example") for n in range(61)]
    assert answers[:60] == [422] * 60
    assert answers[60] == 429
    page = client.post("/prihlaseni/", {"login": jana.email, "password": PASSWORD})
    assert "Příliš mnoho pokusů" in page.content.decode()
    assert client.get("/prihlaseni/").status_code == 200
    assert (
        Client(REMOTE_ADDR="10.0.0.7").post("/prihlaseni/", {"login": jana.email, "password": PASSWORD}).status_code
        == 302
    )


@pytest.fixture
def as_it_runs(settings: Any) -> Iterator[None]:
    """Tries are counted in the database, as in a portal that runs."""
    settings.CACHES = portal_settings.CACHES
    yield
    caches["default"].clear()


def test_guessing_is_counted_over_all_processes(as_it_runs: None, jana: Person) -> None:
    for n in range(8):
        caches["default"].close()
        assert sign_in(Client(REMOTE_ADDR=f"10.0.0.{n}"), "spatne-heslo-spatne") == 422
    assert sign_in(Client(), PASSWORD) == 422


def test_pages_never_ask_the_shared_cache(as_it_runs: None, client: Client, jana: Person) -> None:
    paths = ("/", "/sluzby/", "/prihlaseni/", "/zapomenute-heslo/", "/pomoc-hned/")
    with CaptureQueriesContext(connection) as queries:
        for path in paths:
            assert client.get(path).status_code == 200
        client.force_login(jana)
        for path in (*paths[:2], "/sprava/", "/ucet/"):
            assert client.get(path).status_code == 200
    assert [one["sql"] for one in queries if "shared_cache" in one["sql"]] == []


# --- a forgotten password ------------------------------------------------------------------------------------


def link_for(client: Client, email: str) -> str:
    answer = client.post("/zapomenute-heslo/", {"email": email})
    assert answer["Location"] == "/zapomenute-heslo/odeslano/"
    found = re.search(r"/zapomenute-heslo/\w+-\S+?/", Letter.objects.latest("pk").text)
    assert found
    return found[0]


def test_letter_leads_to_a_new_password_once_and_ends_all_sessions(client: Client, jana: Person) -> None:
    signed_in = Client()
    sign_in(signed_in, PASSWORD)
    link = link_for(client, "Jana@mesto.example")
    letter = Letter.objects.get()
    assert letter.to == jana.email
    assert f"{settings.SITE_URL}{link}" in letter.text
    form = client.get(link, follow=True)
    address = form.request["PATH_INFO"]
    assert link not in address  # the secret does not stay in the address line
    assert client.post(address, {"password1": "kratke", "password2": "kratke"}).status_code == 422
    assert client.post(address, {"password1": NEW, "password2": NEW + "x"}).status_code == 422
    done = client.post(address, {"password1": NEW, "password2": NEW})
    assert done["Location"] == "/zapomenute-heslo/hotovo/"
    assert not is_in(signed_in)
    assert sign_in(client, PASSWORD) == 422
    assert sign_in(client, NEW) == 302
    assert "Odkaz už neplatí" in Client().get(link, follow=True).content.decode()
    assert "nové heslo" in Letter.objects.latest("pk").text  # she is told that it happened


def test_unknown_email_gets_the_same_page_and_no_letter(client: Client, jana: Person) -> None:
    known = client.post("/zapomenute-heslo/", {"email": "jana@mesto.example"}, follow=True)
    unknown = Client().post("/zapomenute-heslo/", {"email": "nikdo@mesto.example"}, follow=True)
    assert known.redirect_chain == unknown.redirect_chain
    assert known.content == unknown.content
    assert [letter.to for letter in Letter.objects.all()] == ["jana@mesto.example"]


def test_inactive_person_gets_no_letter(client: Client, jana: Person) -> None:
    Person.objects.filter(pk=jana.pk).update(is_active=False)
    client.post("/zapomenute-heslo/", {"email": jana.email})
    assert not Letter.objects.exists()


def test_letters_to_one_email_are_few(client: Client, jana: Person) -> None:
    answers = [client.post("/zapomenute-heslo/", {"email": jana.email}).status_code for _ in range(4)]
    assert answers == [302, 302, 302, 429]
    assert Letter.objects.count() == 3


# --- changing it ---------------------------------------------------------------------------------------------


def test_change_needs_the_present_password_and_ends_other_sessions(client: Client, jana: Person) -> None:
    other = Client()
    for one in (client, other):
        sign_in(one, PASSWORD)
    form = {"oldpassword": "nevim", "password1": NEW, "password2": NEW}
    refused = client.post("/ucet/heslo/", form)
    assert refused.status_code == 422
    assert "Tohle není vaše nynější heslo" in refused.content.decode()
    assert client.post("/ucet/heslo/", form | {"oldpassword": PASSWORD})["Location"] == "/ucet/"
    assert is_in(client)
    assert not is_in(other)
    assert "heslo je změněné" in Letter.objects.get().text


@pytest.mark.parametrize("weak", ["kratke", "q1w2e3r4t5y6", "jana@mesto.example"])
def test_weak_password_is_refused(client: Client, jana: Person, weak: str) -> None:
    sign_in(client, PASSWORD)
    answer = client.post("/ucet/heslo/", {"oldpassword": PASSWORD, "password1": weak, "password2": weak})
    assert answer.status_code == 422
    jana.refresh_from_db()
    assert jana.check_password(PASSWORD)


def test_whoever_has_no_password_sets_the_first_one(client: Client, jana: Person) -> None:
    jana.set_unusable_password()
    jana.save()
    client.force_login(jana)
    assert client.get("/ucet/heslo/")["Location"] == "/ucet/heslo/prvni/"
    assert client.post("/ucet/heslo/prvni/", {"password1": NEW, "password2": NEW})["Location"] == "/ucet/"
    assert sign_in(Client(), NEW) == 302


# --- from the command line -----------------------------------------------------------------------------------


def test_adding_twice_changes_nothing(jana: Person) -> None:
    again = actions.add_person(
        email="jana@mesto.example", name="Jana", password="jine-dlouhe-heslo", roles=["coordinator"]
    )
    assert again == jana
    assert Grant.objects.count() == 1
    assert again.check_password(PASSWORD)


def test_command_refuses_a_short_password() -> None:
    with pytest.raises(CommandError, match="12"):
        call_command("add_person", "petr@mesto.example", "Petr", "auditor", password="kratke")
    assert not Person.objects.exists()
