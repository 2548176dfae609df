"""What came on paper, by e-mail, by telephone or was said at the hearing stands in the same register, by the day when
it came."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from portal.audit.models import Deed
from portal.consult import actions, entry_actions, paper_form
from portal.consult.entry_forms import moment
from portal.consult.hearing_views import SCREEN_LETTERS, screens
from portal.consult.models import Comment, Consultation, Paragraph
from portal.files.models import StoredFile
from portal.mail.models import Letter
from portal.suggestions.models import Suggestion
from tests import make

from .make import make_comment, make_consultation
from .test_paper_form import ANSWERS, filled

pytestmark = pytest.mark.django_db

SAID: dict[str, Any] = {
    "place": "",
    "original": "",
    "proposed": "každý den",
    "reason": "O víkendu zůstávají lidé sami.",
    "kind": "substantial",
    "side": "public",
    "name": "",
    "organisation": "",
    "shown_as": "nobody",
    "email": "",
}


@pytest.fixture
def desk(client: Client) -> Client:
    client.force_login(make.person("coordinator"))
    return client


def enter(consultation: Consultation, **more: Any) -> Comment | Suggestion:
    values: dict[str, Any] = {
        "origin": "paper",
        "received_at": timezone.now(),
        "show": True,
        "actor": make.person("coordinator"),
    }
    return entry_actions.enter(consultation=consultation, **(SAID | values | more))


# --- the register ------------------------------------------------------------------------------------------------


def test_paper_that_came_in_time_is_a_comment_after_the_term_too() -> None:
    consultation = make_consultation(phase="settling", paragraphs=12)
    assert consultation.closes_at is not None
    came = consultation.closes_at - timedelta(hours=3)
    made = enter(consultation, received_at=came, place="odst. 5")
    assert isinstance(made, Comment)
    assert (made.number, made.received_at, made.state) == (1, came, "shown")
    assert made.paragraph is not None
    assert made.paragraph.label == "5"
    assert made.entered_by is not None


def test_paper_that_came_late_is_a_suggestion() -> None:
    consultation = make_consultation(phase="settling", paragraphs=12)
    assert isinstance(enter(consultation), Suggestion)
    assert not consultation.comments.exists()


@pytest.mark.parametrize("phase", ["prepared", "closed", "cancelled"])
def test_a_consultation_that_takes_nothing_takes_no_paper_either(phase: str) -> None:
    consultation = make_consultation(phase=phase, paragraphs=3)
    with pytest.raises(ValidationError):
        enter(consultation, received_at=consultation.opens_at)
    assert not Comment.objects.exists()
    assert not Suggestion.objects.exists()


def test_only_whoever_settles_types_in() -> None:
    consultation = make_consultation(paragraphs=3)
    with pytest.raises(PermissionDenied):
        enter(consultation, actor=make.person("auditor"))


def test_an_e_mail_from_paper_counts_as_confirmed_and_gets_no_letter_to_confirm() -> None:
    made = enter(make_consultation(paragraphs=3), email="jan@example.org")
    assert isinstance(made, Comment)
    assert made.email_confirmed_at == made.received_at
    assert not Letter.objects.exists()


def test_the_deed_says_the_way_and_not_the_author() -> None:
    enter(make_consultation(paragraphs=3), name="Jan Novák", email="jan@example.org", origin="phone")
    deed = Deed.objects.get(verb="comment_entered")
    assert deed.after == {"origin": "telefonem"}
    assert "Novák" not in deed.thing_name


@pytest.mark.parametrize(
    ("place", "label"),
    [
        ("5", "5"),
        ("odst. 5", "5"),
        ("Odstavec 5.", "5"),
        ("OPATŘENÍ 1.2.3", "1.2.3"),
        ("opatření č. 1.2.3", "1.2.3"),
        ("1.2", ""),
        ("strana 5", ""),
        ("str. 5", ""),
        ("55", ""),
        ("kapitola o rodině", ""),
        ("", ""),
    ],
)
def test_words_on_paper_find_their_paragraph_or_none(place: str, label: str) -> None:
    consultation = make_consultation(paragraphs=12)
    Paragraph.objects.filter(consultation=consultation, order=7).update(label="1.2.3")
    found = entry_actions.paragraph_at(consultation, place)
    assert (found.label if found else "") == label


def test_the_day_of_the_stamp_counts_whole() -> None:
    opens = timezone.make_aware(datetime(2026, 9, 1, 15))
    closes = timezone.make_aware(datetime(2026, 9, 30, 10))
    consultation = Consultation(opens_at=opens, closes_at=closes)
    now = timezone.make_aware(datetime(2026, 10, 9, 8))
    for day in range(1, 31):
        at = moment(consultation, date(2026, 9, day), now)
        assert opens <= at < closes
        assert timezone.localdate(at) == date(2026, 9, day)
    assert moment(consultation, date(2026, 10, 1), now) >= closes
    assert moment(consultation, date(2026, 10, 9), now) == now


# --- putting right -----------------------------------------------------------------------------------------------


def test_a_misspelling_is_put_right_and_the_deed_names_only_the_parts() -> None:
    made = enter(make_consultation(paragraphs=12), place="3")
    assert isinstance(made, Comment)
    said = SAID | {"place": "4", "proposed": "každou noc"}
    fresh = entry_actions.correct(comment=made, seen=made.version, actor=make.person("coordinator"), **said)
    assert fresh.paragraph is not None
    assert (fresh.proposed, fresh.paragraph.label, fresh.version) == ("každou noc", "4", 2)
    assert Deed.objects.get(verb="comment_corrected").after == {"changed": "čeho se připomínka týká, navrhované znění"}


def test_two_people_do_not_put_right_the_same_comment() -> None:
    made = enter(make_consultation(paragraphs=3))
    assert isinstance(made, Comment)
    actor = make.person("coordinator")
    entry_actions.correct(comment=made, seen=1, actor=actor, **(SAID | {"proposed": "jinak"}))
    with pytest.raises(actions.Stale):
        entry_actions.correct(comment=made, seen=1, actor=actor, **(SAID | {"proposed": "ještě jinak"}))


@pytest.mark.parametrize("more", [{"origin": "web"}, {"origin": "paper", "decision": "noted"}])
def test_words_of_the_author_and_what_is_settled_stay(more: dict[str, str]) -> None:
    made = make_comment(make_consultation(paragraphs=3), **more)
    with pytest.raises(ValidationError):
        entry_actions.correct(comment=made, seen=1, actor=make.person("coordinator"), **SAID)


# --- pages -------------------------------------------------------------------------------------------------------


def posted(**more: str) -> dict[str, str]:
    return SAID | {"origin": "paper", "received_on": timezone.localdate().isoformat(), "show": "on"} | more


def test_one_comment_after_another_keeps_what_the_pile_has_in_common(desk: Client) -> None:
    consultation = make_consultation(paragraphs=12)
    address = reverse("consult:comment_enter", args=[consultation.slug])
    day = (timezone.localdate() - timedelta(days=3)).isoformat()
    answer = desk.post(address, posted(origin="email", side="provider", received_on=day, place="2"), follow=True)
    text = answer.content.decode()
    assert answer.redirect_chain == [(address, 302)]
    assert "Připomínka č. 1 je zapsaná." in text
    form = answer.context["form"]
    assert (form["origin"].value(), form["side"].value(), form["received_on"].value()) == ("email", "provider", day)
    assert not form["proposed"].value()
    assert consultation.comments.get().origin == "email"


def test_an_empty_comment_and_a_day_to_come_are_told_at_the_fields(desk: Client) -> None:
    consultation = make_consultation(paragraphs=3)
    tomorrow = (timezone.localdate() + timedelta(days=1)).isoformat()
    address = reverse("consult:comment_enter", args=[consultation.slug])
    answer = desk.post(address, posted(proposed="", reason="", received_on=tomorrow))
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"proposed", "received_on"}


def test_paper_does_not_have_to_say_what_the_web_asks_for(desk: Client) -> None:
    consultation = make_consultation(paragraphs=3, email_needed=True, name_needed=True)
    desk.post(reverse("consult:comment_enter", args=[consultation.slug]), posted(reason=""))
    assert consultation.comments.get().reason == ""


def test_a_filled_form_fills_the_fields_and_saves_nothing(desk: Client) -> None:
    consultation = make_consultation(paragraphs=3)
    file = SimpleUploadedFile("pripominka.docx", filled(paper_form.form_docx(consultation), ANSWERS))
    answer = desk.post(reverse("consult:entry_from_form", args=[consultation.slug]), {"formular": file})
    form = answer.context["form"]
    assert (form["proposed"].value(), form["side"].value()) == (ANSWERS["proposed"], "provider")
    assert not Comment.objects.exists()


def test_a_file_that_is_no_form_is_told_above(desk: Client) -> None:
    consultation = make_consultation(paragraphs=3)
    address = reverse("consult:entry_from_form", args=[consultation.slug])
    answer = desk.post(address, {"formular": SimpleUploadedFile("x.docx", b"nic")})
    assert answer.status_code == 422
    assert paper_form.NOT_DOCX in answer.content.decode()
    assert desk.post(address).status_code == 422


def test_entering_a_comment_costs_at_most_twenty_queries(desk: Client) -> None:
    """Session, person, roles and the page itself beside the ten of receiving one."""
    consultation = make_consultation(paragraphs=12)
    address = reverse("consult:comment_enter", args=[consultation.slug])
    counts = []
    for many in (1, 40):
        for _ in range(many):
            make_comment(consultation)
        with CaptureQueriesContext(connection) as queries:
            assert desk.post(address, posted(place="2")).status_code == 302
        counts.append(len(queries))
        consultation.refresh_from_db()
    assert counts[0] == counts[1] <= 20


# --- scans and files ---------------------------------------------------------------------------------------------


def picture() -> SimpleUploadedFile:
    return SimpleUploadedFile("sken strany 1.png", make.picture(), "image/png")


def test_a_scan_is_attached_right_away_and_nobody_outside_sees_it(desk: Client, client: Client) -> None:
    consultation = make_consultation(paragraphs=3, showing="at_once")
    address = reverse("consult:comment_enter", args=[consultation.slug])
    form = SimpleUploadedFile("dopis.docx", paper_form.form_docx(consultation))
    answer = desk.post(address, posted() | {"files": [picture(), form]}, follow=True)
    assert "2 přílohy" in answer.content.decode().replace("\xa0", " ")
    comment = consultation.comments.get()
    assert comment.state == Comment.State.SHOWN
    attached = list(comment.files.select_related("file"))
    files = [one.file for one in attached]
    assert [(one.sort, one.public) for one in files] == [("image", False), ("document", False)]
    assert {one.thing_id for one in files} == {str(comment.pk)}, "kept, so that nothing sweeps them up"
    shown = reverse("consult:register_file", args=[consultation.slug, comment.number, attached[0].pk])
    assert desk.get(shown).status_code == 200
    client.logout()
    page = client.get(reverse("consult:comment", args=[consultation.slug, comment.number])).content.decode()
    assert "sken" not in page
    assert "dopis" not in page
    assert {client.get(one.url).status_code for one in files} == {404}
    assert client.get(shown).status_code == 302


@pytest.mark.parametrize(
    "files",
    [
        [SimpleUploadedFile("sken.pdf", b"MZ nic", "application/pdf")],
        [SimpleUploadedFile("sken.jpg", b"<svg onload=alert(1)>", "image/jpeg")],
        [SimpleUploadedFile("prazdny.pdf", b"", "application/pdf")],
        [SimpleUploadedFile(f"{at}.pdf", b"%PDF-1.7\n%%EOF", "application/pdf") for at in range(6)],
    ],
)
def test_a_file_that_is_not_what_it_says_is_told_at_its_field_and_nothing_is_written(
    desk: Client, files: list[SimpleUploadedFile]
) -> None:
    consultation = make_consultation(paragraphs=3)
    answer = desk.post(reverse("consult:comment_enter", args=[consultation.slug]), posted() | {"files": files})
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"files"}
    assert "Přílohy vyberte prosím znovu" in answer.content.decode()
    assert answer.context["form"]["proposed"].value() == SAID["proposed"]
    assert not Comment.objects.exists()


def test_a_scan_of_what_came_late_goes_with_the_suggestion() -> None:
    consultation = make_consultation(phase="settling", paragraphs=3)
    made = enter(consultation, uploads=[picture()])
    assert isinstance(made, Suggestion)
    assert StoredFile.objects.get().thing_id == str(made.pk)
    assert not StoredFile.objects.get().public


def test_whoever_may_not_type_in_leaves_no_file_behind() -> None:
    with pytest.raises(PermissionDenied):
        enter(make_consultation(paragraphs=3), uploads=[picture()], actor=make.person("auditor"))
    assert not StoredFile.objects.exists()


# --- the hearing -------------------------------------------------------------------------------------------------


def test_what_is_said_is_read_back_before_it_is_public(desk: Client) -> None:
    consultation = make_consultation(paragraphs=12, showing="at_once")
    address = reverse("consult:hearing", args=[consultation.slug])
    answer = desk.post(address, posted(place="2"))
    assert answer["Location"] == f"{address}#cist-1"
    comment = consultation.comments.get()
    assert (comment.origin, comment.state) == ("hearing", "waiting")
    assert "Přečtěte nahlas" in desk.get(address).content.decode()
    agreed = reverse("consult:hearing_agreed", args=[consultation.slug, 1])
    desk.post(agreed, {"seen": comment.version})
    comment.refresh_from_db()
    assert comment.state == "shown"


def test_whoever_agrees_to_what_was_changed_meanwhile_reads_it_again(desk: Client) -> None:
    consultation = make_consultation(paragraphs=12)
    made = enter(consultation, origin="hearing", show=False)
    assert isinstance(made, Comment)
    entry_actions.correct(comment=made, seen=1, actor=make.person("coordinator"), **(SAID | {"proposed": "jinak"}))
    agreed = reverse("consult:hearing_agreed", args=[consultation.slug, made.number])
    text = desk.post(agreed, {"seen": "1"}, follow=True).content.decode()
    assert "Přečtěte ji znovu" in text
    made.refresh_from_db()
    assert made.state == "waiting"


def test_correcting_at_the_hearing_leads_back_to_it(desk: Client) -> None:
    consultation = make_consultation(paragraphs=12)
    made = enter(consultation, origin="hearing", show=False)
    assert isinstance(made, Comment)
    address = reverse("consult:entry_correct", args=[consultation.slug, made.number])
    answer = desk.post(f"{address}?odkud=projednani", SAID | {"proposed": "jinak", "seen": made.version})
    assert answer["Location"] == reverse("consult:hearing", args=[consultation.slug])


def test_the_screen_shows_the_whole_text_in_order_by_pieces(desk: Client) -> None:
    consultation = make_consultation(paragraphs=40)
    every = list(consultation.paragraphs.all())
    made = list(screens(every))
    assert [one for screen in made for one in screen.paragraphs] == every
    assert all(sum(len(one.text) for one in screen.paragraphs) <= SCREEN_LETTERS for screen in made)
    assert len(made) > 1
    address = reverse("consult:hearing_screen", args=[consultation.slug])
    assert every[-1].text in desk.get(address, {"strana": len(made)}).content.decode()
