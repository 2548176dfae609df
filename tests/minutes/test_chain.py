"""From a draft to the web: who may, in what order, and what the public version keeps silent about."""

from __future__ import annotations

import io
import re
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from docx import Document
from pypdf import PdfReader

from portal.audit.models import Deed
from portal.groups.models import Membership, Procedure, Side
from portal.mail.models import Letter
from portal.minutes import actions, chain_actions, clock, content, listing
from portal.minutes.models import Decision, Minutes, Objection, Task
from tests import make
from tests.meetings import gatherings
from tests.minutes import written
from tests.minutes.written import SECRETS, Written

pytestmark = pytest.mark.django_db
State = Minutes.State


def silent(text: str) -> None:
    plain = " ".join(text.split())
    assert [secret for secret in SECRETS if secret in plain] == []


# --- writing -------------------------------------------------------------------------------------------------------


def test_minutes_start_filled_in_from_agenda_attendance_and_votes() -> None:
    made = written.begun()
    told = content.whole(made.minutes)
    assert re.fullmatch(r"Zápis \d\d\.\d\d\.\d{4} PS \d+", told.name)
    assert [part.title for part in told.parts] == ["Dostupnost pomoci"]
    assert {one.name for one in told.present} >= {"Hana Hlavní", "Petr Novák", written.USER_NAME}
    assert [one.name for one in told.excused] == ["Karel Omluvený"]
    assert [one.name for one in told.guests] == [written.GUEST_NAME]
    (vote,) = told.parts[0].votes
    assert (vote.counts, vote.adopted) == ("3–0–1", True)
    texts = {one.text for one in Decision.objects.filter(minutes=made.minutes)}
    assert texts == {"Skupina schvaluje dopis radě.", "Skupina pověřuje Janu Růžičkovou jednáním s obcemi."}
    assert Decision.objects.get(text="Skupina schvaluje dopis radě.").vote == "3–0–1"


def test_tasks_follow_their_lines() -> None:
    made = written.begun()
    first, second = Task.objects.filter(minutes=made.minutes)
    assert (first.what, first.membership, first.until and first.until.month) == (
        "obvolat obce", made.members["novak"], 3,
    )  # fmt: skip
    assert second.membership == made.members["user"]
    section = made.section
    text = section.text.replace("obvolat obce do 15. 3.", "napsat obcím do 20. 4.").replace(
        "ÚKOL: Růžičková", "Růžičková"
    )
    actions.section_save(section=section, text=text, conclusion="", seen=section.version, actor=made.head)
    (left,) = Task.objects.filter(minutes=made.minutes)
    assert (left.pk, left.what, left.until and left.until.month) == (first.pk, "napsat obcím", 4)


def test_somebody_elses_text_is_never_overwritten() -> None:
    made = written.begun()
    section = made.section
    seen = section.version
    actions.section_save(section=section, text="A", conclusion="", seen=seen, actor=made.head)
    with pytest.raises(actions.Stale) as news:
        actions.section_save(section=section, text="B", conclusion="", seen=seen, actor=made.head)
    assert news.value.stored.text == "A"
    # The same text again is what a browser sends that has not heard our answer.
    again = actions.section_save(section=section, text="A", conclusion="", seen=seen, actor=made.head)
    assert again.version == seen + 1


def test_who_only_reads_writes_nothing() -> None:
    made = written.begun()
    plain = gatherings.member(made.group, "Řadová Členka", account=True)
    section = made.section
    for act in (
        lambda: actions.section_save(
            section=section, text="X", conclusion="", seen=section.version, actor=plain.person
        ),
        lambda: chain_actions.send(minutes=made.minutes, actor=plain.person),
        lambda: chain_actions.verify(minutes=made.minutes, name="X", actor=plain.person),
        lambda: chain_actions.publish(minutes=made.minutes, actor=plain.person),
    ):
        with pytest.raises(PermissionDenied):
            act()


# --- sent and objected to ------------------------------------------------------------------------------------------


def link(letter: Letter, word: str = "zapis") -> str:
    found = re.search(rf"https?://[^/]+(/{word}/[^\s/]+/)", letter.text)
    assert found
    return found[1]


def test_letters_go_to_those_who_were_there_or_excused_and_decisions_get_numbers() -> None:
    made = written.begun(objection_days=5)
    silent = gatherings.member(made.group, "Mlčící Nepřítomný")
    chain_actions.send(minutes=made.minutes, actor=made.head)
    sent = Letter.objects.filter(template="minutes/letters/sent")
    letters = {one.to: " ".join(one.text.split()) for one in sent}  # lines break where names end
    assert letters.keys() == {one.email for one in made.members.values()}
    assert silent.email not in letters
    assert "jste tu nebyli" in letters[made.members["away"].email]
    assert "jste tu nebyli" not in letters[made.members["novak"].email]
    assert made.again().objections_until == timezone.localdate() + timedelta(days=5)
    assert set(made.minutes.decisions.values_list("number", flat=True)) == {1, 2}


def test_a_member_without_an_address_of_their_own_is_written_to_by_their_account() -> None:
    made = written.begun()
    account = make.person("member", email="novak.doma@example.org")
    Membership.objects.filter(pk=made.members["novak"].pk).update(email="", person=account)
    chain_actions.send(minutes=made.minutes, actor=made.head)
    assert Letter.objects.filter(template="minutes/letters/sent", to="novak.doma@example.org").exists()


def test_a_number_of_a_decision_is_never_used_again() -> None:
    made = written.sent()
    last = Decision.objects.get(minutes=made.minutes, number=2)
    with pytest.raises(ValueError, match="never deleted"):
        last.delete()
    other = written.meeting(made.group, days=-1)
    minutes = actions.begin(meeting=other, actor=made.head)
    section = minutes.sections.get()
    actions.section_save(section=section, text="USNESENÍ: Nové.", conclusion="", seen=section.version, actor=made.head)
    chain_actions.send(minutes=minutes, actor=made.head)
    first_year, second_year = last.year, minutes.decisions.get().year
    assert minutes.decisions.get().number == (3 if first_year == second_year else 1)
    with pytest.raises(IntegrityError), transaction.atomic():
        Decision.objects.filter(pk=last.pk).update(number=1)


def test_an_objection_by_link_is_settled_with_a_reason_and_answered(client: Client) -> None:
    made = written.sent()
    letter = Letter.objects.get(template="minutes/letters/sent", to=made.members["novak"].email)
    address = link(letter)
    page = client.get(address)
    assert page.status_code == 200
    assert "Dostupnost pomoci" in page.content.decode()
    assert client.post(address, {"text": ""}).status_code == 422
    assert client.post(address, {"text": "Termín byl 20. 3.", "section": made.section.pk}).status_code == 302
    objection = Objection.objects.get()
    assert made.again().state == State.OBJECTIONS
    with pytest.raises(ValidationError, match="námitky"):
        chain_actions.verify(minutes=made.minutes, name="Petr Novák", actor=made.head)
    with pytest.raises(ValidationError):
        chain_actions.objection_settle(objection=objection, outcome="accepted", reason=" ", actor=made.head)
    chain_actions.objection_settle(objection=objection, outcome="accepted", reason="Opraveno.", actor=made.head)
    assert made.again().state == State.SENT
    assert "Opraveno." in Letter.objects.get(template="minutes/letters/objection_settled").text


def test_after_the_term_nobody_objects(client: Client) -> None:
    made = written.sent()
    letter = Letter.objects.get(template="minutes/letters/sent", to=made.members["novak"].email)
    written.past_objections(made)
    assert client.post(link(letter), {"text": "Pozdě"}).status_code == 422
    Minutes.objects.update(objections_until=timezone.localdate() - timedelta(days=61))
    assert client.get(link(letter)).status_code == 404


def test_a_made_up_link_leads_nowhere(client: Client) -> None:
    written.sent()
    assert client.get("/zapis/WzEsMV0:neco:neco/").status_code == 404
    assert client.get("/ukol/WzEsMV0:neco:neco/").status_code == 404


def test_what_was_sent_changes_only_because_of_an_objection() -> None:
    made = written.sent()
    section = made.section
    with pytest.raises(ValidationError, match="rozeslaný"):
        actions.section_save(section=section, text="X", conclusion="", seen=section.version, actor=made.head)
    chain_actions.objection_add(minutes=made.minutes, text="Chyba", name="Petr Novák", actor=made.head)
    actions.section_save(section=section, text="X", conclusion="", seen=section.version, actor=made.head)
    assert Deed.objects.filter(verb="minutes_corrected").exists()
    # People know of the tasks and decisions that the correction took away: they are closed, not lost.
    assert set(made.minutes.tasks.values_list("state", flat=True)) == {"cancelled"}
    assert made.minutes.decisions.filter(withdrawn_at=None).count() == 0


# --- approved ------------------------------------------------------------------------------------------------------


def test_the_verifiers_word_approves_after_the_term() -> None:
    made = written.sent()
    chain_actions.verify(minutes=made.minutes, name="Petr Novák", actor=made.head)
    assert made.again().state == State.VERIFIED
    assert clock.ripen() == 0
    written.past_objections(made)
    assert clock.ripen() == 1
    assert (made.again().state, made.again().approved_how) == (State.APPROVED, Minutes.Approval.VERIFIED)
    assert clock.ripen() == 0


def test_silence_approves_only_where_the_rules_allow_it() -> None:
    silent_body = written.sent(approval=Procedure.Approval.SILENCE)
    loud_body = written.sent(approval=Procedure.Approval.VERIFIED)
    for made in (silent_body, loud_body):
        written.past_objections(made)
    assert clock.ripen() == 1
    assert silent_body.again().approved_how == Minutes.Approval.SILENCE
    assert loud_body.again().state == State.SENT


def test_silence_is_no_silence_while_an_objection_waits() -> None:
    made = written.sent(approval=Procedure.Approval.SILENCE)
    chain_actions.objection_add(minutes=made.minutes, text="Chyba", name="Petr Novák", actor=made.head)
    written.past_objections(made)
    assert clock.ripen() == 0


def test_the_next_meeting_approves() -> None:
    made = written.sent(approval=Procedure.Approval.NEXT)
    elsewhere = written.meeting(gatherings.group(), days=-1)
    future = written.meeting(made.group, days=9, state="called")
    for wrong in (elsewhere, made.meeting, future):
        with pytest.raises(ValidationError):
            chain_actions.approve(minutes=made.minutes, at=wrong, actor=made.head)
    later = written.meeting(made.group, days=-1)
    chain_actions.approve(minutes=made.minutes, at=later, actor=made.head)
    assert made.again().approved_at_meeting == later


# --- published -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("reached", ["begun", "sent"])
def test_nothing_is_published_before_approval(reached: str, client: Client) -> None:
    made: Written = getattr(written, reached)()
    with pytest.raises(ValidationError, match="schválený"):
        chain_actions.publish(minutes=made.minutes, actor=made.head)
    told = content.plain(content.public(made.minutes))
    with pytest.raises(IntegrityError), transaction.atomic():
        Minutes.objects.filter(pk=made.minutes.pk).update(
            state=State.PUBLISHED, published_at=timezone.now(), public_version=told
        )
    for address in ("", "pdf/", "docx/"):
        assert client.get(f"/jednani/{made.meeting.pk}/zapis/{address}").status_code == 404


def pdf_text(data: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(data)).pages)


def docx_text(data: bytes) -> str:
    read = Document(io.BytesIO(data))
    cells = [cell.text for table in read.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(one.text for one in read.paragraphs), *cells])


def test_the_public_version_keeps_silent_everywhere(client: Client) -> None:
    made = written.published()
    address = f"/jednani/{made.meeting.pk}/zapis/"
    page = client.get(address).content.decode()
    pdf, docx = client.get(f"{address}pdf/").content, client.get(f"{address}docx/").content
    texts = {
        "html": page,
        "pdf": pdf_text(pdf),
        "docx": docx_text(docx),
        "list": client.get(f"/skupiny/{made.group.slug}/zapisy/").content.decode(),
        "decisions": client.get(f"/skupiny/{made.group.slug}/usneseni/").content.decode(),
        "feed": client.get("/zapisy/atom.xml").content.decode(),
        "group feed": client.get(f"/skupiny/{made.group.slug}/zapisy/atom.xml").content.decode(),
    }
    for where, text in texts.items():
        assert made.minutes.name in text or where == "decisions", where
        silent(text)
    for where in ("html", "pdf", "docx"):
        assert "zástupce uživatelů" in texts[where], where
        assert "Petr Novák" in texts[where], where
        assert "Skupina schvaluje dopis radě." in texts[where], where
    assert "nemoc" not in page
    assert "Skupina pověřuje zástupce uživatelů" in texts["decisions"]


def test_the_full_version_is_for_the_body_alone(client: Client) -> None:
    made = written.published()
    address = f"/sprava/jednani/{made.meeting.pk}/zapis/docx/"
    assert client.get(address).status_code == 302
    client.force_login(make.person())
    assert client.get(address).status_code == 404
    client.force_login(made.head)
    assert "Růžičková" in docx_text(client.get(address).content)


def test_who_consented_may_be_named() -> None:
    made = written.sent()
    user = made.members["user"]
    user.name_public = True
    user.save()
    told = content.public(made.again())
    assert written.USER_NAME in {one.name for one in told.present}
    assert written.EMAIL not in str(content.plain(told))


def test_what_was_published_stays_as_it_was(client: Client) -> None:
    made = written.published()
    before = client.get(f"/jednani/{made.meeting.pk}/zapis/").content.decode()
    made.members["novak"].delete()
    made.group.name = "Jinak"
    made.group.save()
    after = client.get(f"/jednani/{made.meeting.pk}/zapis/").content.decode()
    body = re.compile(r'<div class="minutes-text">.*</div>', re.S)
    assert body.search(before)[0] == body.search(after)[0]  # type: ignore[index]


def test_what_a_person_puts_back_is_not_published(client: Client) -> None:
    made = written.approved()
    client.force_login(made.head)
    address = f"/sprava/jednani/{made.meeting.pk}/zapis/verejna-verze/"
    page = client.get(address)
    said = {name: field.initial for name, field in page.context["form"].fields.items()}
    assert "zástupce uživatelů" in said["text-0"]
    seen = made.again().version
    assert client.post(address, said | {"text-0": "Volejte paní Růžičkové.", "seen": seen}).status_code == 302
    with pytest.raises(ValidationError, match="Růžičkové"):
        chain_actions.publish(minutes=made.minutes, actor=made.head)
    assert client.post(address, said | {"text-0": "X", "seen": seen}).status_code == 409
    said |= {"text-0": "Volejte koordinátorce.", "seen": made.again().version}
    assert client.post(address, said).status_code == 302
    chain_actions.publish(minutes=made.minutes, actor=made.head)
    assert "Volejte koordinátorce." in client.get(f"/jednani/{made.meeting.pk}/zapis/").content.decode()


def test_withdrawn_minutes_are_gone_and_come_back_corrected(client: Client) -> None:
    made = written.published()
    chain_actions.withdraw(minutes=made.minutes, actor=made.head)
    assert client.get(f"/jednani/{made.meeting.pk}/zapis/").status_code == 404
    assert Minutes.objects.public().count() == 0
    assert Decision.objects.public().count() == 0
    chain_actions.publish(minutes=made.minutes, actor=made.head)
    assert client.get(f"/jednani/{made.meeting.pk}/zapis/").status_code == 200


def test_minutes_of_a_group_that_is_not_public_are_nowhere(client: Client) -> None:
    made = written.published()
    made.group.shown = False
    made.group.save()
    for address in (
        f"/jednani/{made.meeting.pk}/zapis/", f"/jednani/{made.meeting.pk}/zapis/pdf/",
        f"/skupiny/{made.group.slug}/zapisy/", f"/skupiny/{made.group.slug}/usneseni/",
        f"/skupiny/{made.group.slug}/zapisy/atom.xml",
    ):  # fmt: skip
        assert client.get(address).status_code == 404, address
    assert made.minutes.name not in client.get("/zapisy/atom.xml").content.decode()


# --- how much it costs ---------------------------------------------------------------------------------------------


def test_public_pages_ask_the_same_few_questions_whatever_there_is(client: Client) -> None:
    made = written.published()
    addresses = [
        f"/skupiny/{made.group.slug}/zapisy/", f"/skupiny/{made.group.slug}/usneseni/", "/zapisy/atom.xml",
        f"/jednani/{made.meeting.pk}/zapis/",
    ]  # fmt: skip

    def asked() -> list[int]:
        counts = []
        for address in addresses:
            client.get(address)
            with CaptureQueriesContext(connection) as queries:
                answer = client.get(address)
            assert answer.status_code == 200
            assert len(answer.content) < 60 * 1024
            counts.append(len(queries))
        return counts

    few = asked()
    now = timezone.now()
    for n in range(10):
        other = written.meeting(made.group, days=-10 - n)
        row = Minutes.objects.create(
            meeting=other, state=State.PUBLISHED, approved_at=now, approved_how="verified", published_at=now,
            public_version=made.again().public_version,
        )  # fmt: skip
        for number in range(5):
            Decision.objects.create(
                group=made.group, minutes=row, year=1990 + n, number=number + 1, decided_on=other.day, text="T",
                public_text="T",
            )  # fmt: skip
    assert asked() == few
    assert max(few) <= 10


# --- the desk ------------------------------------------------------------------------------------------------------


def test_late_minutes_are_told_at_the_desk() -> None:
    made = written.begun(minutes_days=1)
    assert [(one.pk, days) for one, days in listing.late(made.head)] == [(made.meeting.pk, 1)]
    plain = gatherings.member(made.group, "Řadová", account=True, side=Side.PROVIDER)
    assert listing.late(plain.person) == []
    chain_actions.send(minutes=made.minutes, actor=made.head)
    assert listing.late(made.head) == []


# --- from the meeting --------------------------------------------------------------------------------------------


def test_pages_of_a_meeting_lead_to_its_minutes_once_they_are_published(client: Client) -> None:
    made = written.approved()
    pages = [
        f"/jednani/{made.meeting.pk}/", f"/skupiny/{made.group.slug}/jednani/", "/jednani/?kdy=probehla",
    ]  # fmt: skip
    there = f'href="/jednani/{made.meeting.pk}/zapis/"'
    for page in pages:
        assert there not in client.get(page).content.decode(), page
    chain_actions.publish(minutes=made.again(), actor=made.head)
    for page in pages:
        assert there in client.get(page).content.decode(), page
    assert client.get(f"/jednani/{made.meeting.pk}/zapis/").status_code == 200
    chain_actions.withdraw(minutes=made.again(), actor=made.head)
    assert there not in client.get(pages[0]).content.decode()


def test_a_list_of_meetings_finds_all_their_minutes_in_one_query(client: Client) -> None:
    made = written.published()

    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            client.get("/jednani/?kdy=probehla")
        return len(asked)

    queries()
    first = queries()
    for days in range(3, 13):
        written.meeting(made.group, days=-days, shown_at=timezone.now())
    assert queries() == first
