"""Letters to those who lead a group that was given a suggestion."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from portal.accounts.models import Grant, Person
from portal.groups.models import Group, Membership
from portal.mail.models import Letter
from portal.suggestions import desk_actions
from portal.suggestions.models import Suggestion
from tests import make

from .desk import came, shown

pytestmark = pytest.mark.django_db
GIVEN = "suggestions/letters/given"


@pytest.fixture
def actor() -> Person:
    return make.person("coordinator")


@pytest.fixture
def group() -> Group:
    made = make.group(name="Senioři")
    make.membership(made, make.person(email="vedouci@example.org"), role=Membership.Role.HEAD)
    make.membership(made, email="zastupce@example.org", role=Membership.Role.DEPUTY)
    make.membership(made, email="clen@example.org")
    return made


def give(one: Suggestion, group: Group, actor: Person, **more: Any) -> Suggestion:
    return desk_actions.suggestion_assign(suggestion=one, seen=None, group=group, actor=actor, **more)


def sent() -> list[str]:
    return sorted(Letter.objects.filter(template=GIVEN).values_list("to", flat=True))


def test_the_head_and_the_deputy_get_a_letter_with_the_way_to_the_desk(actor: Person, group: Group) -> None:
    one = came("Obědy ve Lhotě", email="autor@example.org", name="Marie Tajná")
    give(one, group, actor, note="Prosím o odpověď do léta.")
    assert sent() == ["vedouci@example.org", "zastupce@example.org"]
    letter = Letter.objects.filter(template=GIVEN).latest("pk")
    for body in (" ".join(letter.text.split()), letter.html):
        assert "Obědy ve Lhotě" in body
        assert "Prosím o odpověď do léta." in body
        assert f"/sprava/podnety/{one.number}/" in body
        assert "Marie Tajná" not in body
        assert "autor@example.org" not in body
        assert one.text not in body  # nobody has put it on the web
    client = Client()
    client.force_login(Person.objects.get(email="vedouci@example.org"))
    assert client.get(f"/sprava/podnety/{one.number}/").status_code == 200


def test_of_a_suggestion_on_the_web_the_letter_says_what_the_web_says(actor: Person, group: Group) -> None:
    one = shown(
        came(text="Soused pan Novák nejí.", name="Jan Malý", name_public=True), actor, public_text="Chybí obědy."
    )
    give(one, group, actor)
    text = Letter.objects.filter(template=GIVEN).latest("pk").text
    assert "Chybí obědy." in text
    assert "Jan Malý" in text
    assert "Novák" not in text


def test_the_same_group_is_told_once_and_another_one_anew(actor: Person, group: Group) -> None:
    one = came()
    give(one, group, actor)
    give(one, group, actor)
    assert len(sent()) == 2
    other = make.group()
    make.membership(other, email="jina@example.org", role=Membership.Role.HEAD)
    give(one, other, actor)
    assert sent() == ["jina@example.org", "vedouci@example.org", "zastupce@example.org"]


def test_whoever_gives_it_to_their_own_group_gets_no_letter(group: Group) -> None:
    head = Person.objects.get(email="vedouci@example.org")
    Grant.objects.create(person=head, role="coordinator")
    give(came(), group, Person.objects.get(pk=head.pk))
    assert sent() == ["zastupce@example.org"]
