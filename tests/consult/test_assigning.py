"""Letters to those who were given comments: who gets one, how many, what it says and what it never does."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from portal.accounts.models import Grant, Person
from portal.consult import assigning, settling
from portal.consult.models import Comment, Consultation
from portal.groups.models import Group, Membership
from portal.mail.models import Letter, Unsubscription
from tests import make

from .make import DAY, make_comment, make_consultation

pytestmark = pytest.mark.django_db
GIVEN = "consult/letters/given"
HEAD, DEPUTY = Membership.Role.HEAD, Membership.Role.DEPUTY


@pytest.fixture
def consultation() -> Consultation:
    return make_consultation(phase="settling", paragraphs=12, hearing=None)


@pytest.fixture
def actor() -> Person:
    return make.person("coordinator")


@pytest.fixture
def group() -> Group:
    """With a head, a deputy, a plain member and a head that left."""
    made = make.group(name="Senioři")
    make.membership(made, make.person(email="vedouci@example.org"), role=HEAD)
    make.membership(made, email="zastupce@example.org", role=DEPUTY)
    make.membership(made, email="clen@example.org")
    make.membership(made, email="byvala@example.org", role=DEPUTY, left_on=timezone.localdate() - DAY)
    return made


def give(comment: Comment, actor: Person, **more: Any) -> Comment:
    comment.refresh_from_db()
    said: dict[str, Any] = {"group": None, "person": None, "due_on": None, **more}
    return settling.assign(comment=comment, seen=None, actor=actor, **said)


def sent(template: str = GIVEN) -> list[str]:
    return sorted(Letter.objects.filter(template=template).values_list("to", flat=True))


def today() -> date:
    return timezone.localdate()


def test_the_head_and_the_deputy_learn_what_their_group_was_given_and_until_when(
    consultation: Consultation, actor: Person, group: Group
) -> None:
    comment = make_comment(consultation, paragraph=consultation.paragraphs.get(order=3), name="Marie Tajná")
    due = today() + timedelta(days=20)
    give(comment, actor, group=group, due_on=due)
    assert sent() == ["vedouci@example.org", "zastupce@example.org"]
    letter = Letter.objects.filter(template=GIVEN).latest("pk")
    for body in (" ".join(letter.text.split()), letter.html):
        assert consultation.title in body
        assert "Senioři" in body
        assert f"{due:%-d. %-m. %Y}" in body
        assert "odstavec 3" in body
        assert comment.proposed in body
        assert f"/sprava/pripominky/{consultation.slug}/registr/{comment.number}/" in body
        assert "Marie Tajná" not in body
    assert letter.duty


def test_whoever_was_given_it_reads_of_it_once_even_when_they_lead_the_group(
    consultation: Consultation, actor: Person, group: Group
) -> None:
    head = Person.objects.get(email="vedouci@example.org")
    give(make_comment(consultation), actor, group=group, person=head)
    assert sent() == ["vedouci@example.org", "zastupce@example.org"]
    own = Letter.objects.get(template=GIVEN, to="vedouci@example.org")
    assert "dostali jste na starost" in own.text


def test_one_assignment_is_one_letter(consultation: Consultation, actor: Person) -> None:
    jana = make.person(email="jana@example.org")
    comment = make_comment(consultation)
    give(comment, actor, person=jana)
    give(comment, actor, person=jana, due_on=today() + DAY)
    assert sent() == ["jana@example.org"]
    give(comment, actor)
    give(comment, actor, person=jana)
    assert len(sent()) == 2


def test_comments_given_together_are_in_one_letter(consultation: Consultation, actor: Person, client: Client) -> None:
    jana = make.person("coordinator", email="jana@example.org")
    rows = [make_comment(consultation) for _ in range(assigning.TOLD + 3)]
    settling.assign_many(
        consultation=consultation,
        chosen=[(one, one.version) for one in rows],
        group=None,
        person=jana,
        due_on=None,
        actor=actor,
    )
    letter = Letter.objects.get(template=GIVEN)
    assert "A ještě 3 další." in " ".join(letter.text.split())
    assert "Termín není daný." in letter.text
    client.force_login(jana)
    address = "/sprava/pripominky/pridelene/"
    assert address in letter.text
    assert client.get(address).status_code == 200


def test_nobody_gets_a_letter_from_themselves(consultation: Consultation, group: Group) -> None:
    head = Person.objects.get(email="vedouci@example.org")
    Grant.objects.create(person=head, role="coordinator")
    comment = make_comment(consultation)
    give(comment, Person.objects.get(pk=head.pk), person=head, group=group)
    assert sent() == ["zastupce@example.org"]


def test_a_closed_account_and_a_settled_comment_bring_no_letter(consultation: Consultation, actor: Person) -> None:
    jana = make.person(is_active=False)
    give(make_comment(consultation), actor, person=jana)
    give(make_comment(consultation, decision="noted"), actor, person=make.person())
    assert sent() == []


@pytest.mark.parametrize(
    ("state", "shown_as", "told"),
    [("shown", "name", True), ("shown", "nobody", False), ("waiting", "name", False)],
)
def test_the_author_is_named_only_as_on_the_web(
    consultation: Consultation, actor: Person, state: str, shown_as: str, told: bool
) -> None:
    comment = make_comment(
        consultation, state=state, shown_as=shown_as, name="Marie Nová", email="marie@example.org", proposed="Tajné"
    )
    give(comment, actor, person=make.person())
    text = Letter.objects.get(template=GIVEN).text
    assert ("Marie Nová" in text) == told
    assert ("Tajné" in text) == (state == "shown")
    assert "marie@example.org" not in text


def test_whom_it_was_given_to_opens_the_page_of_the_letter(consultation: Consultation, actor: Person) -> None:
    group = make.group()
    head = make.person(email="hlava@example.org")
    make.membership(group, head, role=HEAD)
    comment = make_comment(consultation)
    give(comment, actor, group=group)
    client = Client()
    client.force_login(head)
    address = f"/sprava/pripominky/{consultation.slug}/registr/{comment.number}/"
    assert address in Letter.objects.get(template=GIVEN).text
    assert client.get(address).status_code == 200


# --- terms -------------------------------------------------------------------------------------------------------


COMING, LATE = "consult/letters/given_remind", "consult/letters/given_late"


def due(comment: Comment, days: int) -> None:
    Comment.objects.filter(pk=comment.pk).update(due_on=today() + timedelta(days=days))


@pytest.mark.parametrize(("days", "template"), [(4, ""), (3, COMING), (0, COMING), (-1, LATE), (-30, LATE), (-31, "")])
def test_the_term_is_reminded_a_few_days_before_and_once_after_it(
    consultation: Consultation, actor: Person, days: int, template: str
) -> None:
    comment = make_comment(consultation)
    give(comment, actor, person=make.person(email="jana@example.org"))
    due(comment, days)
    assert assigning.remind() == bool(template)
    assert assigning.remind() == 0
    expected: dict[str, list[str]] = {COMING: [], LATE: []} | ({template: ["jana@example.org"]} if template else {})
    assert {one: sent(one) for one in (COMING, LATE)} == expected


def test_both_letters_come_in_their_time_and_a_new_term_begins_again(consultation: Consultation, actor: Person) -> None:
    comment, jana = make_comment(consultation), make.person()
    give(comment, actor, person=jana)
    due(comment, 1)
    assert assigning.remind() == 1
    due(comment, -1)
    assert assigning.remind() == 1
    give(comment, actor, person=jana, due_on=today() + 2 * DAY)
    assert assigning.remind() == 1
    assert (len(sent(COMING)), len(sent(LATE))) == (2, 1)


def test_all_that_is_due_is_in_one_letter(consultation: Consultation, actor: Person, group: Group) -> None:
    rows = [make_comment(consultation) for _ in range(3)]
    for one in rows:
        give(one, actor, group=group)
        due(one, 2)
    assert assigning.remind() == 2
    assert sent(COMING) == ["vedouci@example.org", "zastupce@example.org"]
    text = Letter.objects.filter(template=COMING).latest("pk").text
    assert all(f"č. {one.number}, celý text" in text for one in rows)


@pytest.mark.parametrize("done", ["proposed", "decided", "refused", "closed"])
def test_who_has_done_it_is_not_reminded(consultation: Consultation, actor: Person, done: str) -> None:
    comment = make_comment(consultation)
    give(comment, actor, person=make.person())
    due(comment, 1)
    if done == "proposed":
        settling.propose(comment=comment, seen=None, decision="noted", reason="Děkujeme.", actor=actor)
    elif done == "decided":
        settling.decide(
            comment=comment, seen=None, decision="noted", reason="Díky.", actor=actor,
            authority=settling.Authority(alone="zkouška"),
        )  # fmt: skip
    elif done == "refused":
        settling.refuse(comment=comment, seen=None, reason="Reklama.", actor=actor)
    else:
        Consultation.objects.filter(pk=consultation.pk).update(state="closed", closed_at=timezone.now())
    assert assigning.remind() == 0


def test_reminders_can_be_refused_the_work_cannot(consultation: Consultation, actor: Person) -> None:
    jana = make.person(email="jana@example.org")
    Unsubscription.objects.create(email="jana@example.org", topic=assigning.TOPIC)
    comment = make_comment(consultation)
    give(comment, actor, person=jana)
    due(comment, 1)
    assigning.remind()
    states = dict(Letter.objects.values_list("template", "state"))
    assert states == {GIVEN: Letter.State.WAITING, COMING: Letter.State.SKIPPED}
