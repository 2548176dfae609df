"""What was typed: the server says what it has saved, and where to come back after signing in."""

import pytest
from django.http import HttpResponse, HttpResponseRedirect
from django.test import Client, RequestFactory
from django.urls import reverse

from portal.accounts.models import Grant
from portal.web.typed import COOKIE, FIELD, KeepTypedMiddleware
from tests import make

pytestmark = pytest.mark.django_db
NUMBER = "0123456789abcdef"


@pytest.fixture
def coordinator(client: Client) -> Client:
    client.force_login(make.person(Grant.Role.COORDINATOR))
    return client


def test_saved_form_is_confirmed(coordinator: Client) -> None:
    address = reverse("finding:lay_word_add")
    make.kind()
    answer = coordinator.post(address, {"phrase": "babička padá", "kind_1": "ps", "active": "on", FIELD: NUMBER})
    assert answer.status_code == 302
    assert answer.cookies[COOKIE].value == NUMBER
    assert answer.cookies[COOKIE]["max-age"] == 60


def test_refused_form_is_not_confirmed(coordinator: Client) -> None:
    answer = coordinator.post(reverse("finding:lay_word_add"), {"phrase": "", FIELD: NUMBER})
    assert answer.status_code == 422
    assert COOKIE not in answer.cookies


@pytest.mark.parametrize("number", ["", "x", NUMBER.upper(), NUMBER + "0", "0123456789abcde;"])
def test_only_a_number_of_ours_is_confirmed(coordinator: Client, number: str) -> None:
    make.kind()
    sent = {"phrase": "babička padá", "kind_1": "ps", "active": "on", FIELD: number}
    assert COOKIE not in coordinator.post(reverse("finding:lay_word_add"), sent).cookies


def test_whoever_has_to_sign_in_comes_back_to_the_form(client: Client) -> None:
    page = reverse("access:scenario", args=[5])
    answer = client.post(
        reverse("access:scenario_comment", args=[5]),
        {FIELD: NUMBER},
        headers={"referer": f"http://testserver{page}?a=1"},
    )
    assert answer["Location"].endswith(f"?next={page}%3Fa%3D1")
    assert COOKIE not in answer.cookies


def test_nobody_is_sent_to_another_site(client: Client) -> None:
    address = reverse("access:scenario_comment", args=[5])
    answer = client.post(address, headers={"referer": "https://evil.example/form"})
    assert answer["Location"].endswith(f"?next={address}")


def test_what_was_turned_away_before_its_view_is_not_confirmed(rf: RequestFactory) -> None:
    """Another middleware asks for the second factor first: nothing was saved."""

    def turned_away(_request: object) -> HttpResponse:
        return HttpResponseRedirect("/ucet/")

    answer = KeepTypedMiddleware(turned_away)(rf.post("/sprava/", {FIELD: NUMBER}))
    assert COOKIE not in answer.cookies
