"""Writing a comment: from the form to the register, the e-mail, standing behind another's comment."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from portal.consult import comment_actions
from portal.consult.models import Comment, Consultation, Support
from portal.mail.models import Letter
from portal.web import challenge
from tests import make

from .make import make_comment, make_consultation
from .writing import forget_visitors, form, link_in, receive, send

pytestmark = pytest.mark.django_db
JANA = "jana@example.org"
State = Comment.State


@pytest.fixture(autouse=True)
def nobody_wrote_before() -> None:
    forget_visitors()


@pytest.fixture
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits in tests for the time that a person needs."""
    monkeypatch.setattr(challenge, "too_soon", lambda _token: False)


# --- the form ----------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("unhurried")
def test_a_comment_from_the_form_gets_a_number_and_a_page_of_its_author(client: Client) -> None:
    consultation = make_consultation(paragraphs=5)
    first = send(client, consultation, odstavec="3", name="Jana", shown_as="name")
    second = send(client, consultation)
    one, two = consultation.comments.order_by("number")
    assert (one.number, two.number) == (1, 2)
    assert one.paragraph is not None
    assert one.paragraph.order == 3
    assert two.paragraph is None
    assert one.state == State.WAITING
    assert one.origin == "web"
    assert first.headers["Location"].startswith(f"/pripominky/moje/{one.key}/")
    assert second.status_code == 302
    page = client.get(first.headers["Location"]).content.decode()
    assert "Přidat víkendy." in page
    assert "odstavec 3" in page
    assert "Jana" in page


@pytest.mark.usefixtures("unhurried")
@pytest.mark.parametrize(
    ("role", "writes"), [(None, False), ("page_editor", False), ("provider_editor", True), ("coordinator", True)]
)
def test_who_may_comment_is_a_rule_of_the_consultation(client: Client, role: str | None, writes: bool) -> None:
    consultation = make_consultation(paragraphs=5, who=Consultation.Who.INVOLVED)
    known = make_comment(consultation)
    if role:
        client.force_login(make.person(role))
    assert client.get(f"/pripominky/{consultation.slug}/").status_code == 200
    page = client.get(f"/pripominky/{consultation.slug}/nova/")
    answer = send(client, consultation, odstavec="3")
    supported = client.post(f"/pripominky/{consultation.slug}/{known.number}/podpora/")
    if writes:
        assert (page.status_code, answer.status_code, supported.status_code) == (200, 302, 302)
    else:
        assert (page.status_code, answer.status_code, supported.status_code) == (403, 403, 403)
        assert "Poslat podnět" in page.content.decode()
    assert consultation.comments.count() == 1 + writes
    assert Support.objects.count() == writes


@pytest.mark.usefixtures("unhurried")
def test_a_comment_is_shown_at_once_where_the_rules_say_so(client: Client) -> None:
    consultation = make_consultation(paragraphs=2, showing="at_once")
    send(client, consultation)
    assert consultation.comments.get().state == State.SHOWN


def test_the_form_asks_for_what_the_rules_want_and_keeps_what_was_typed(client: Client) -> None:
    consultation = make_consultation(paragraphs=2, name_needed=True, email_needed=True)
    answer = send(client, consultation, reason="", proposed="Moje věta.")
    page = answer.content.decode()
    assert answer.status_code == 422
    assert not Comment.objects.exists()
    for words in ("proč to navrhujete", "Napište prosím e-mail", "jméno nebo organizaci", "Moje věta."):
        assert words in page


def test_marked_words_stand_in_the_form_as_the_original_wording(client: Client) -> None:
    consultation = make_consultation(paragraphs=3)
    page = client.get(f"/pripominky/{consultation.slug}/nova/?odstavec=2&uryvek=i v neděli<b>").content.decode()
    assert "i v neděli&lt;b&gt;</textarea>" in page
    assert 'name="odstavec" value="2"' in page
    assert "Odstavec 2: pečovatelka" in page
    assert 'name="place"' not in page


def test_a_paragraph_that_is_not_in_the_text_is_not_found(client: Client) -> None:
    consultation, other = make_consultation(paragraphs=3), make_consultation(paragraphs=9)
    assert client.get(f"/pripominky/{consultation.slug}/nova/?odstavec=8").status_code == 404
    with pytest.raises(ValidationError, match="jinému textu"):
        receive(consultation, paragraph=other.paragraphs.first())


@pytest.mark.usefixtures("unhurried")
def test_the_same_form_sent_twice_is_one_comment(client: Client) -> None:
    consultation = make_consultation(paragraphs=3)
    sent = form()
    first = client.post(f"/pripominky/{consultation.slug}/nova/", sent)
    again = client.post(f"/pripominky/{consultation.slug}/nova/", sent)
    assert again.status_code == 302
    assert again.headers["Location"] == first.headers["Location"]
    assert consultation.comments.count() == 1
    key = comment_actions.key_of(sent["question_token"])
    assert receive(consultation, key=key).pk == consultation.comments.get().pk


@pytest.mark.usefixtures("unhurried")
def test_attachments_are_kept_unseen_until_the_desk_shows_them(client: Client) -> None:
    consultation = make_consultation(paragraphs=3, showing="at_once")
    photo = SimpleUploadedFile("foto.png", make.picture(), "image/png")
    paper = SimpleUploadedFile("dopis.pdf", b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n", "application/pdf")
    send(client, consultation, files=[photo, paper])
    comment = consultation.comments.get()
    kept = [one.file for one in comment.files.select_related("file")]
    assert len(kept) == 2
    assert all(not one.public and one.thing_id == str(comment.pk) for one in kept)
    assert "dopis.pdf" in client.get(f"/pripominky/moje/{comment.key}/").content.decode()
    public = f"/pripominky/{consultation.slug}/{comment.number}/"
    assert kept[1].url not in client.get(public).content.decode()
    kept[1].public = True
    kept[1].save()
    assert kept[1].url in client.get(public).content.decode()


@pytest.mark.usefixtures("unhurried")
def test_a_wrong_attachment_is_said_at_its_field_and_the_text_comes_back(client: Client) -> None:
    consultation = make_consultation(paragraphs=3)
    answer = send(client, consultation, proposed="Moje věta.", files=io.BytesIO(b"MZ\x90 not a document"))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Moje věta." in page
    assert 'id="id_files_error"' in page
    assert not Comment.objects.exists()


@pytest.mark.usefixtures("unhurried")
def test_entering_a_comment_asks_the_database_at_most_ten_times(client: Client) -> None:
    consultation = make_consultation(paragraphs=3)
    for number in range(30):
        make_comment(consultation, reason=f"Důvod {number}")
    client.get(f"/pripominky/{consultation.slug}/")
    with CaptureQueriesContext(
        connection,
    ) as asked:
        answer = send(client, consultation, odstavec="2", email=JANA)
    assert answer.status_code == 302
    real = [
        one["sql"] for one in asked.captured_queries if not one["sql"].startswith(("SAVEPOINT", "RELEASE", "BEGIN"))
    ]
    assert len(real) <= 10, "\n".join(real)


# --- the e-mail --------------------------------------------------------------------------------------------------


def test_where_an_email_is_needed_the_comment_waits_for_the_link(client: Client) -> None:
    consultation = make_consultation(paragraphs=3, email_needed=True, showing="at_once")
    comment = receive(consultation, email=JANA)
    assert comment.state == State.UNCONFIRMED
    assert comment in consultation.comments.unsettled()
    link = link_in(Letter.objects.get())
    page = client.get(link).content.decode()
    comment.refresh_from_db()
    assert comment.state == State.UNCONFIRMED
    assert "Ano, potvrdit" in page
    client.post(link)
    comment.refresh_from_db()
    assert comment.state == State.SHOWN
    assert comment.email_confirmed_at
    assert "e-mail je potvrzený" in client.get(link).content.decode()


def test_confirming_after_the_deadline_is_in_time() -> None:
    consultation = make_consultation(paragraphs=3, email_needed=True)
    comment = receive(consultation, email=JANA)
    Consultation.objects.update(closes_at=timezone.now() - timedelta(minutes=1))
    assert comment_actions.confirm(comment=comment) == 1
    assert comment_actions.confirm(comment=comment) == 0
    comment.refresh_from_db()
    assert comment.state == State.WAITING


def test_one_link_confirms_only_those_that_the_owner_of_the_email_recognised(client: Client) -> None:
    consultation = make_consultation(paragraphs=3, email_needed=True)
    mine, also_mine, forged = (receive(consultation, email=JANA, reason=f"Důvod {n}") for n in range(3))
    link = link_in(Letter.objects.filter(thing_id=str(mine.pk)).get())
    page = client.get(link).content.decode()
    assert all(f"Č. {one.number}:" in page for one in (mine, also_mine, forged))
    client.post(link, {"pripominka": [str(also_mine.number)]})
    confirmed = set(consultation.comments.exclude(email_confirmed_at=None).values_list("number", flat=True))
    assert confirmed == {mine.number, also_mine.number}


def test_the_letter_carries_no_word_of_the_visitor() -> None:
    consultation = make_consultation(paragraphs=3)
    receive(consultation, email=JANA, name="Kupte si pilulky", proposed="Kupte si pilulky", reason="http://zlo.example")
    letter = Letter.objects.get()
    assert letter.to == JANA
    assert "pilulky" not in letter.text + letter.subject + letter.html
    assert "zlo.example" not in letter.text
    assert consultation.title in letter.text


def test_a_foreign_or_old_link_confirms_nothing(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    consultation = make_consultation(paragraphs=3)
    comment = receive(consultation, email=JANA)
    assert client.get("/pripominky/potvrzeni/nesmysl/").status_code == 404
    link = link_in(Letter.objects.get())
    monkeypatch.setattr(comment_actions, "CONFIRM_WITHIN", timedelta(seconds=-1))
    assert "už neplatí" in client.post(link).content.decode()
    comment.refresh_from_db()
    assert comment.email_confirmed_at is None
    Comment.objects.update(email="")
    assert client.get(link).status_code == 404


def test_the_author_may_ask_for_the_letter_again(client: Client) -> None:
    comment = receive(make_consultation(paragraphs=3), email=JANA)
    page = client.post(f"/pripominky/moje/{comment.key}/").content.decode()
    assert "Dopis je na cestě" in page
    assert Letter.objects.count() == 2


# --- standing behind a comment -----------------------------------------------------------------------------------


def test_one_visitor_supports_a_comment_once(client: Client) -> None:
    consultation = make_consultation(paragraphs=3)
    comment = make_comment(consultation)
    for _ in range(3):
        client.post(f"/pripominky/{consultation.slug}/1/podpora/")
    client.post(f"/pripominky/{consultation.slug}/1/podpora/", REMOTE_ADDR="192.0.2.7")
    assert comment.supports.count() == 2
    assert "2\xa0lidé podporují" in client.get(f"/pripominky/{consultation.slug}/1/").content.decode()


def test_what_is_kept_of_a_supporter_leads_nowhere() -> None:
    consultation = make_consultation(paragraphs=3)
    one, two = make_comment(consultation), make_comment(consultation)
    for comment in (one, two):
        comment_actions.support(comment=comment, who="192.0.2.7")
    voices = set(Support.objects.values_list("visitor", flat=True))
    assert len(voices) == 2
    assert not any("192" in one for one in voices)


@pytest.mark.parametrize(("phase", "state"), [("open", "waiting"), ("open", "refused"), ("settling", "shown")])
def test_only_what_is_shown_in_an_open_consultation_is_supported(client: Client, phase: str, state: str) -> None:
    consultation = make_consultation(phase="open", paragraphs=3)
    comment = make_comment(consultation, state=state, refused_reason="urážka" if state == "refused" else "")
    if phase == "settling":
        Consultation.objects.update(closes_at=timezone.now() - timedelta(minutes=1))
    client.post(f"/pripominky/{consultation.slug}/{comment.number}/podpora/")
    assert not Support.objects.exists()
