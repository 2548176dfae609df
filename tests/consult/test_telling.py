"""Authors are told in person what became of their comments, once."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from portal.audit.models import Deed
from portal.consult import actions, settling, telling
from portal.consult.models import Comment, Consultation
from portal.mail.models import Letter
from tests import make

from .make import make_comment, make_consultation

pytestmark = pytest.mark.django_db

LETTER = telling.LETTER.removesuffix(".txt")
JANA, PETR = "jana@example.org", "petr@example.org"


def of(email: str, **more: Any) -> dict[str, Any]:
    return {"email": email, "email_confirmed_at": timezone.now(), **more}


@pytest.fixture
def consultation() -> Consultation:
    """Settled but for the closing: two comments of Jana's, one refused of Petr's, one of nobody's known e-mail."""
    made = make_consultation(phase="settling", paragraphs=12)
    make_comment(made, decision="accepted", **of(JANA, name="Jana Malá"))
    make_comment(made, decision="not_accepted", decision_reason="To plán neřeší.", **of(JANA.upper()))
    make_comment(made, state="refused", refused_reason="Je to reklama.", **of(PETR))
    make_comment(made, decision="noted")
    make_comment(made, decision="noted", email="nepotvrzeny@example.org")
    return made


def letters() -> dict[str, Letter]:
    return {letter.to.lower(): letter for letter in Letter.objects.filter(template=LETTER)}


def test_one_letter_to_an_author_says_what_why_and_where(consultation: Consultation) -> None:
    telling.tell(consultation=consultation)
    written = letters()
    assert set(written) == {JANA, PETR}
    text = " ".join(written[JANA].text.split())
    first, second = consultation.comments.order_by("number")[:2]
    assert "Připomínka č. 1: akceptováno" in text
    assert "Připomínka č. 2: neakceptováno" in text
    assert "To plán neřeší." in text
    assert "Dává to smysl." in text
    for one in (first, second):
        assert reverse("consult:own_comment", args=[one.key]) in written[JANA].text.replace("\n", "")
    assert "vyřazena" in written[PETR].text
    assert "Je to reklama." in written[PETR].text
    assert second.key not in written[PETR].text


def test_nobody_is_told_twice(consultation: Consultation) -> None:
    while telling.tell(consultation=consultation, most=1):
        pass
    assert telling.tell(consultation=consultation) == 0
    assert Letter.objects.filter(template=LETTER).count() == 2
    assert telling.authors(consultation) == 0


def test_a_letter_that_cannot_be_written_is_not_remembered_as_written(
    consultation: Consultation, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(**_: Any) -> None:
        raise OSError("plno")

    with monkeypatch.context() as patch:
        patch.setattr(telling, "write", broken)
        with pytest.raises(OSError, match="plno"):
            telling.tell(consultation=consultation)
    assert not Comment.objects.exclude(told_at=None).exists()
    assert telling.tell(consultation=consultation) == 2


def test_closing_sends_the_letters(consultation: Consultation) -> None:
    actor = make.person("coordinator")
    actions.close(consultation=consultation, actor=actor)
    assert set(letters()) == {JANA, PETR}
    assert "je přílohou plánu" in " ".join(letters()[JANA].text.split())
    assert Deed.objects.get(verb="comment_authors_told").after == {"letters": 2}


def test_whoever_was_told_sooner_is_not_written_to_when_it_closes(consultation: Consultation) -> None:
    actor = make.person("coordinator")
    telling.order(consultation=consultation, actor=actor)
    actions.close(consultation=consultation, actor=actor)
    assert Letter.objects.filter(template=LETTER).count() == 2


def test_a_decision_taken_back_is_told_anew(consultation: Consultation) -> None:
    actor = make.person("coordinator")
    telling.tell(consultation=consultation)
    one = consultation.comments.get(number=1)
    settling.reopen(comment=one, seen=one.version, reason="Spletli jsme se.", actor=actor)
    assert telling.tell(consultation=consultation) == 0
    Comment.objects.filter(pk=one.pk).update(
        decision="partly", decision_reason="Zčásti.", decided_at=timezone.now(), decided_by="koordinátorka"
    )
    assert telling.tell(consultation=consultation) == 1
    last = Letter.objects.filter(template=LETTER).latest("pk")
    assert "částečně" in last.text
    assert "č. 2" not in last.text


def test_only_whoever_settles_sends_them(consultation: Consultation) -> None:
    with pytest.raises(PermissionDenied):
        telling.order(consultation=consultation, actor=make.person("auditor"))


def test_the_desk_says_how_many_wait_and_sends_them(consultation: Consultation, client: Client) -> None:
    client.force_login(make.person("coordinator"))
    address = reverse("consult:tell_authors", args=[consultation.slug])
    assert "2\xa0autoři" in client.get(address).content.decode()
    assert client.post(address).status_code == 302
    assert set(letters()) == {JANA, PETR}
    assert "Nikdo na dopis nečeká" in client.get(address).content.decode()
