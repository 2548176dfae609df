"""People come in with e-mail and password; guessing is slowed; commands refuse weak passwords."""

import pytest
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from portal.accounts import actions, rules
from portal.accounts.forms import TRIES
from portal.accounts.models import Grant, Person

pytestmark = pytest.mark.django_db
PASSWORD = "dlouhe-heslo-koordinatorky"


@pytest.fixture(autouse=True)
def empty_cache() -> None:
    cache.clear()


@pytest.fixture
def jana() -> Person:
    return actions.add_person(email="Jana@mesto.example", name="Jana", password=PASSWORD, roles=["coordinator"])


def sign_in(client: Client, password: str, email: str = "jana@mesto.example") -> int:
    return client.post(reverse("accounts:sign_in"), {"username": email, "password": password}).status_code


def test_right_password_leads_to_the_desk(client: Client, jana: Person) -> None:
    answer = client.post(reverse("accounts:sign_in"), {"username": "JANA@mesto.example", "password": PASSWORD})
    assert answer.status_code == 302
    assert answer["Location"] == reverse("home:desk")


def test_wrong_password_is_told_at_the_form_and_the_email_is_kept(client: Client, jana: Person) -> None:
    answer = client.post(reverse("accounts:sign_in"), {"username": "jana@mesto.example", "password": "jine"})
    assert answer.status_code == 200
    assert "E-mail nebo heslo nesouhlasí" in answer.content.decode()
    assert 'value="jana@mesto.example"' in answer.content.decode()


def test_guessing_has_to_wait_even_with_the_right_password(client: Client, jana: Person) -> None:
    for _ in range(TRIES):
        assert sign_in(client, "spatne-heslo-spatne") == 200
    assert sign_in(client, PASSWORD) == 200
    cache.clear()
    assert sign_in(client, PASSWORD) == 302


def test_inactive_person_stays_outside(client: Client, jana: Person) -> None:
    Person.objects.filter(pk=jana.pk).update(is_active=False)
    assert sign_in(client, PASSWORD) == 200
    jana.is_active = False
    assert not rules.may_see_desk(jana)


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
