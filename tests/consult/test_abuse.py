"""What robots and ill-willed people try: floods, megabytes, scripts, signs that nobody sees, the same text a thousand
times, letters to somebody else's address. People's comments pass meanwhile."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from portal.consult import comment_actions, public_views
from portal.consult.models import Comment, Consultation
from portal.mail.models import Letter
from portal.web import challenge

from .make import make_comment, make_consultation
from .writing import forget_visitors, form, receive, send

pytestmark = pytest.mark.django_db
KIB = 1024


@pytest.fixture(autouse=True)
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    forget_visitors()
    monkeypatch.setattr(challenge, "too_soon", lambda _token: False)


@pytest.fixture
def consultation() -> Consultation:
    return make_consultation(paragraphs=5, showing="at_once")


def test_a_flood_from_one_place_is_stopped_and_others_write_on(client: Client, consultation: Consultation) -> None:
    answers = [send(client, consultation, reason=f"Důvod {n}") for n in range(public_views.COMMENTS_AN_HOUR + 5)]
    assert [one.status_code for one in answers[-5:]] == [429] * 5
    assert "Důvod 24" in answers[-1].content.decode()
    assert consultation.comments.count() == public_views.COMMENTS_AN_HOUR
    assert send(client, consultation, address="192.0.2.9").status_code == 302


def test_the_same_form_sent_hundreds_of_times_is_one_comment(client: Client, consultation: Consultation) -> None:
    """One visitor with one answered question: however often it is sent, it is one comment."""
    sent = form()
    address = f"/pripominky/{consultation.slug}/nova/"
    first = client.post(address, sent).headers["Location"]
    assert {client.post(address, sent).headers.get("Location") for _ in range(50)} == {first}
    assert consultation.comments.count() == 1
    key = comment_actions.key_of(sent["question_token"])
    for _ in range(200):
        assert comment_actions.receive(
            consultation=consultation, proposed="Přidat víkendy.", reason="Proto.", kind="formal", side="user", key=key
        )
    assert consultation.comments.count() == 1


def test_what_a_machine_sends_is_thanked_and_not_kept(client: Client, consultation: Consultation) -> None:
    answer = send(client, consultation, website="http://zlo.example")
    assert answer.status_code == 200
    assert "Děkujeme" in answer.content.decode()
    assert not Comment.objects.exists()


def test_a_wrong_answer_costs_only_another_question(client: Client, consultation: Consultation) -> None:
    answer = send(client, consultation, question_answer="sto", proposed="Moje dlouhá věta.")
    assert answer.status_code == 422
    assert "Moje dlouhá věta." in answer.content.decode()
    assert not Comment.objects.exists()


def test_a_comment_of_a_megabyte_is_refused_and_does_not_come_back_whole(
    client: Client, consultation: Consultation
) -> None:
    answer = send(client, consultation, reason="ž" * 1024 * 1024)
    assert answer.status_code == 422
    assert "4000" in answer.content.decode().replace("\xa0", "")
    assert len(answer.content) < 80 * KIB
    with pytest.raises(ValidationError, match="dlouhý"):
        receive(consultation, reason="ž" * 1024 * 1024)
    assert not Comment.objects.exists()


SCRIPT = '<script>alert(1)</script><img src=x onerror="alert(2)">'


def test_markup_is_read_as_the_letters_it_is_made_of(client: Client, consultation: Consultation) -> None:
    send(
        client,
        consultation,
        odstavec="2",
        original=SCRIPT,
        proposed=SCRIPT,
        reason=SCRIPT,
        name=SCRIPT,
        shown_as="name",
    )
    comment = consultation.comments.get()
    assert comment.reason == SCRIPT
    for address in (
        f"/pripominky/{consultation.slug}/",
        f"/pripominky/{consultation.slug}/1/",
        f"/pripominky/{consultation.slug}/odstavec/2/",
        f"/pripominky/{consultation.slug}/vyporadani/",
        f"/pripominky/moje/{comment.key}/",
    ):
        page = client.get(address).content.decode()
        assert "<script>alert" not in page
        assert "<img src=x" not in page


def test_signs_that_turn_or_hide_letters_are_left_out(consultation: Consultation) -> None:
    comment = receive(
        consultation,
        original="v \u202eíleděn\u202c",
        proposed="na\u200bku\u00adpy\x00",
        reason="a\u0301" + "\u0300" * 500,
        name="Jana\u2066\nNovák",
        organisation="\u202e",
    )
    words = comment.original + comment.proposed + comment.reason + comment.name + comment.organisation
    assert not any(sign in words for sign in "\u202e\u202c\u200b\u00ad\x00\u2066")
    assert comment.proposed == "nakupy"
    assert comment.name == "Jana Novák"
    assert comment.organisation == ""
    assert len(comment.reason) < 10


def test_a_comment_of_unseen_signs_alone_is_empty(client: Client, consultation: Consultation) -> None:
    assert send(client, consultation, proposed="\u200b\u202e", reason="\u200b").status_code == 422
    assert not Comment.objects.exists()


def test_nobody_is_bombed_by_letters_of_confirmation(client: Client, consultation: Consultation) -> None:
    for number in range(12):
        send(client, consultation, address=f"192.0.2.{number}", email="obet@example.org", reason=f"Důvod {number}")
    assert consultation.comments.count() == 12
    assert Letter.objects.filter(to="obet@example.org").count() == comment_actions.LETTERS
    send(client, consultation, address="192.0.2.99", email="OBET@example.org")
    assert Letter.objects.count() == comment_actions.LETTERS


def test_the_letter_sent_again_is_counted_too(client: Client, consultation: Consultation) -> None:
    comment = receive(consultation, email="obet@example.org")
    pages = [client.post(f"/pripominky/moje/{comment.key}/").content.decode() for _ in range(6)]
    assert Letter.objects.count() == comment_actions.LETTERS
    assert "odešlo dost" in pages[-1]


def test_many_addresses_from_one_place_get_few_letters(client: Client, consultation: Consultation) -> None:
    for number in range(40):
        send(client, consultation, email=f"obet{number}@example.org", reason=f"Důvod {number}")
    assert Letter.objects.count() <= public_views.COMMENTS_AN_HOUR


def test_a_machine_cannot_stand_behind_a_comment_without_end(client: Client, consultation: Consultation) -> None:
    comment = make_comment(consultation)
    answers = [
        client.post(f"/pripominky/{consultation.slug}/{comment.number}/podpora/", headers={"user-agent": f"robot {n}"})
        for n in range(public_views.SUPPORTS_AN_HOUR + 10)
    ]
    assert answers[-1].status_code == 429
    assert comment.supports.count() == public_views.SUPPORTS_AN_HOUR


@pytest.mark.parametrize(
    "more",
    [
        {"kind": "něco"},
        {"side": "všichni"},
        {"shown_as": "email"},
        {"email": "to není e-mail"},
        {"reason": ""},
        {"name": "x" * 151},
    ],
)
def test_values_that_the_form_does_not_offer_are_refused(
    client: Client, consultation: Consultation, more: dict[str, Any]
) -> None:
    assert send(client, consultation, **more).status_code == 422
    assert not Comment.objects.exists()


def test_too_many_attachments_and_programs_are_refused(client: Client, consultation: Consultation) -> None:
    paper = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n"
    many = [SimpleUploadedFile(f"{n}.pdf", paper, "application/pdf") for n in range(comment_actions.MOST_FILES + 1)]
    assert send(client, consultation, files=many).status_code == 422
    program = SimpleUploadedFile("dopis.pdf", b"MZ\x90\x00 program", "application/pdf")
    assert send(client, consultation, files=[program]).status_code == 422
    assert not Comment.objects.exists()


@pytest.mark.parametrize("order", ["0", "-1", "99999999999999999999", "17; DROP TABLE", "٣"])
def test_strange_numbers_of_paragraphs_break_nothing(client: Client, consultation: Consultation, order: str) -> None:
    for name in ("odstavec", "cast"):
        assert client.get(f"/pripominky/{consultation.slug}/", {name: order}).status_code == 200
    assert client.get(f"/pripominky/{consultation.slug}/nova/", {"odstavec": order}).status_code == 200


def test_numbers_too_large_for_the_database_are_not_found(client: Client, consultation: Consultation) -> None:
    for place in ("odstavec/99999999999999999999/", "99999999999999999999/"):
        assert client.get(f"/pripominky/{consultation.slug}/{place}").status_code == 404


def test_the_same_text_from_many_people_is_kept_from_each_of_them(client: Client, consultation: Consultation) -> None:
    """A letter written together and sent by each of a club is no flood: the desk settles it at once as duplicates."""
    for number in range(25):
        assert send(client, consultation, address=f"192.0.2.{number}").status_code == 302
    assert consultation.comments.count() == 25
    assert consultation.comments.values("reason").distinct().count() == 1
