"""Following a measure: only who confirms gets letters, only when something is told, and every letter can end it."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from portal.home.actions import erase
from portal.mail.actions import unsubscribe
from portal.mail.models import Letter
from portal.plan import outcome_actions
from portal.plan.models import FulfilmentState, Node, Plan
from portal.plan.outcome_actions import Told
from portal.plan.outcome_models import Follower, Outcome
from tests import make

from . import plans

pytestmark = pytest.mark.django_db
JANA = "jana@example.org"


@pytest.fixture(autouse=True)
def nobody_asked_before() -> None:
    cache.clear()


@pytest.fixture
def node() -> Node:
    plan = plans.grown(plans.plan())
    Plan.objects.filter(pk=plan.pk).update(state=Plan.State.IN_FORCE)
    return Node.objects.filter(plan=plan).measures().select_related("plan").order_by("pk")[0]


def state(key: str = "plni-se") -> FulfilmentState:
    return FulfilmentState.objects.get_or_create(key=key, defaults={"name": key})[0]


def tell(node: Node, note: str = "Začali jsme.", key: str = "plni-se", year: int = 2026) -> int:
    told = [Told(node=node.pk, year=year, state=state(key).pk, note=note)]
    return outcome_actions.tell(told=told, on=date(2027, 3, 1))


def ask(client: Client, node: Node, email: str = JANA, **more: str) -> Any:
    return client.post(f"/plan/{node.plan.slug}/opatreni/{node.code}/sledovat/", {"email": email, **more})


def follow(node: Node, email: str = JANA) -> None:
    outcome_actions.follow(node=node, email=email)


def letters(template: str) -> list[Letter]:
    return list(Letter.objects.filter(template=f"plan/letters/{template}").exclude(state=Letter.State.SKIPPED))


def link_in(letter: Letter) -> str:
    start = letter.text.index(settings.SITE_URL + "/plan/")
    return letter.text[start:].split()[0].strip("()<>").removeprefix(settings.SITE_URL)


def test_asking_alone_keeps_nobody_and_the_link_in_the_letter_does(client: Client, node: Node) -> None:
    assert "Podívejte se do pošty" in ask(client, node).content.decode()
    assert not Follower.objects.exists()
    link = link_in(letters("follow_confirm")[0])
    client.get(link)
    assert not Follower.objects.exists()
    client.post(link)
    assert Follower.objects.get().email == JANA
    assert "Opatření sledujete" in client.get(link).content.decode()
    client.post(link, {"stop": "1"})
    assert not Follower.objects.exists()


def test_a_forged_link_or_one_of_another_measure_leads_nowhere(client: Client, node: Node) -> None:
    other = Node.objects.filter(plan=node.plan).measures().exclude(pk=node.pk)[0]
    token = outcome_actions.following_path(node, JANA).rstrip("/").rpartition("/")[2]
    for code, text in ((other.code, token), (node.code, token[:-2] + "xx")):
        address = f"/plan/{node.plan.slug}/opatreni/{code}/sledovat/{text}/"
        assert client.post(address).status_code == 404
    assert not Follower.objects.exists()


def test_an_old_link_confirms_nothing_but_still_stops(
    client: Client, node: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = outcome_actions.following_path(node, JANA)
    monkeypatch.setattr(outcome_actions, "CONFIRM_WITHIN", timedelta(seconds=-1))
    assert "už neplatí" in client.get(link).content.decode()
    client.post(link)
    assert not Follower.objects.exists()
    follow(node)
    client.post(link, {"stop": "1"})
    assert not Follower.objects.exists()


def test_the_answer_does_not_tell_who_follows_and_nobody_is_asked_twice(client: Client, node: Node) -> None:
    first = ask(client, node)
    again = ask(client, node)
    follow(node, "petr@example.org")
    known = ask(client, node, "petr@example.org")
    bodies = [one.context["asked_for"] for one in (first, again, known)]
    assert bodies == [True] * 3
    assert [one.to for one in letters("follow_confirm")] == [JANA]


def test_machines_and_wrong_addresses_get_no_letter(client: Client, node: Node) -> None:
    assert ask(client, node, website="x").status_code == 200
    assert ask(client, node, "nesmysl").status_code == 422
    assert letters("follow_confirm") == []


def test_a_script_that_asks_for_many_is_stopped(client: Client, node: Node) -> None:
    answers = [ask(client, node, f"a{n}@example.org").status_code for n in range(12)]
    assert answers == [200] * 10 + [429] * 2
    assert len(letters("follow_confirm")) == 10


def test_followers_get_a_letter_when_something_new_is_told(node: Node) -> None:
    follow(node)
    other = Node.objects.filter(plan=node.plan).measures().exclude(pk=node.pk)[0]
    assert tell(node) == 1
    assert tell(other) == 1
    [letter] = letters("measure_changed")
    assert (letter.to, letter.duty) == (JANA, False)
    assert node.code in letter.subject
    assert "Začali jsme." in letter.text
    assert Outcome.objects.get(node=node).told_on == date(2027, 3, 1)
    # The same again says nothing new.
    assert tell(node) == 0
    assert len(letters("measure_changed")) == 1
    assert tell(node, "Hotovo.", "splneno") == 1
    assert len(letters("measure_changed")) == 2
    assert Outcome.objects.filter(node=node).count() == 1


def test_the_letter_carries_a_link_that_stops_it(client: Client, node: Node) -> None:
    follow(node)
    tell(node)
    text = letters("measure_changed")[0].text
    stop = outcome_actions.following_path(node, JANA)
    assert stop.split("/sledovat/")[0] + "/sledovat/" in text


def test_whoever_unsubscribed_gets_nothing_until_they_confirm_anew(node: Node) -> None:
    follow(node)
    unsubscribe(email=JANA, topic=outcome_actions.TOPIC)
    tell(node)
    assert letters("measure_changed") == []
    follow(node)
    tell(node, "Něco nového.")
    assert len(letters("measure_changed")) == 1


def test_no_letter_about_a_plan_that_is_not_public(node: Node) -> None:
    follow(node)
    Plan.objects.filter(pk=node.plan_id).update(state=Plan.State.DRAFTING)
    tell(node)
    assert letters("measure_changed") == []


def test_followers_are_forgotten_with_their_plan_and_with_their_account(node: Node) -> None:
    follow(node)
    assert outcome_actions.forget_followers(365) == 0
    Plan.objects.filter(pk=node.plan_id).update(state=Plan.State.EVALUATED)
    assert outcome_actions.forget_followers(365) == 1
    jana = make.person(email=JANA)
    follow(node)
    erase(person=jana, actor=jana)
    assert not Follower.objects.exists()


def test_an_e_mail_is_kept_in_small_letters_and_once(node: Node) -> None:
    follow(node, "Jana@Example.org")
    follow(node, JANA)
    assert Follower.objects.get().email == JANA
    assert Follower.objects.get().confirmed_at <= timezone.now()
