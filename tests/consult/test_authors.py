"""Personal data of authors: theirs to take back, and gone in their time; what was said stays."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from portal.consult import annex, authors
from portal.consult.models import Comment
from portal.home import actions, privacy
from tests import make

from .make import make_comment, make_consultation

pytestmark = pytest.mark.django_db

JANA = "jana@example.org"


def known(**more: object) -> dict[str, object]:
    return {"name": "Jana Malá", "email": JANA, "email_confirmed_at": timezone.now(), **more}


def test_the_author_takes_everything_back_with_one_button(client: Client) -> None:
    consultation = make_consultation(phase="closed", paragraphs=3)
    comment = make_comment(consultation, decision="accepted", **known(organisation="Spolek", shown_as="both"))
    assert "Jana Malá, Spolek" in str(annex.document(consultation))
    address = reverse("consult:own_comment_forget", args=[comment.key])
    assert client.get(address).status_code == 200
    comment.refresh_from_db()
    assert comment.name  # looking at the page takes nothing away
    assert client.post(address).status_code == 302
    comment.refresh_from_db()
    assert (comment.name, comment.organisation, comment.email, comment.author) == ("", "", "", "")
    assert comment.proposed
    assert "Jana" not in str(annex.document(consultation))


def test_names_that_are_not_public_and_e_mails_end_a_year_after_the_consultation() -> None:
    old = make_consultation(phase="closed", paragraphs=3, closed_at=timezone.now() - timedelta(days=366))
    young = make_consultation(phase="closed", paragraphs=3)
    hidden = make_comment(old, decision="noted", **known())
    shown = make_comment(old, decision="noted", **known(shown_as="name"))
    fresh = make_comment(young, decision="noted", **known())
    assert authors.forget_authors(365) == 2
    rows = {row.pk: (row.name, row.email) for row in Comment.objects.all()}
    assert rows == {hidden.pk: ("", ""), shown.pk: ("Jana Malá", ""), fresh.pk: ("Jana Malá", JANA)}
    assert authors.forget_authors(365) == 0


def test_an_e_mail_that_nobody_confirms_ends_in_two_weeks() -> None:
    consultation = make_consultation(paragraphs=3)
    old = timezone.now() - timedelta(days=15)
    late = make_comment(consultation, email=JANA, received_at=old)
    confirmed = make_comment(consultation, **known(received_at=old))
    authors.forget_authors(365)
    assert list(Comment.objects.exclude(email="")) == [confirmed]
    late.refresh_from_db()
    assert late.proposed


def test_whoever_has_an_account_sees_their_comments_and_they_outlive_the_account() -> None:
    jana = make.person(email=JANA, name="Jana Malá")
    comment = make_comment(make_consultation(paragraphs=3), **known(shown_as="name"))
    assert privacy.export(jana)["consult.Comment"][0]["proposed"] == comment.proposed
    actions.erase(person=jana, actor=make.person("technical"))
    comment.refresh_from_db()
    assert (comment.name, comment.email, comment.author) == ("", "", "")
    assert comment.proposed
