"""Bringing back what groups work with: who is written to, and what can no longer be brought back."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from portal.accounts.models import Grant, Person
from portal.audit.actions import record
from portal.audit.models import Deed
from portal.consult import actions as consulting
from portal.consult import settling
from portal.consult.models import Consultation
from portal.mail.models import Letter
from portal.meetings import actions as meetings
from portal.meetings.models import Invitee, Meeting
from portal.minutes import actions as writing
from portal.minutes import chain_actions
from portal.minutes import register_actions as minutes
from portal.minutes.models import Task
from portal.newsletter import actions as newsletter
from portal.newsletter.models import Issue
from portal.pages import outreach_actions as outreach
from portal.pages.models import Article, CommunicationItem
from tests import make
from tests.consult.make import make_comment, make_consultation
from tests.meetings import gatherings
from tests.minutes import written
from tests.pages import texts
from tests.plan import plans

from .pages import address, latest, look, restore, shut

pytestmark = pytest.mark.django_db


@pytest.fixture
def jana() -> Person:
    return make.person(Grant.Role.REGION, name="Jana Malá")


@pytest.fixture
def client(jana: Person) -> Client:
    signed_in = Client()
    signed_in.force_login(jana)
    return signed_in


# --- meetings ----------------------------------------------------------------------------------------------------


def moved(meeting: Meeting, jana: Person, days: int, **more: Any) -> Meeting:
    meeting.refresh_from_db()
    return meetings.meeting_change(
        meeting=meeting, seen=meeting.version, actor=jana, starts_at=meeting.starts_at + timedelta(days),
        ends_at=meeting.ends_at + timedelta(days), **more,
    )  # fmt: skip


def test_restored_time_of_a_called_meeting_reaches_everybody_and_their_calendars(client: Client, jana: Person) -> None:
    group = gatherings.group()
    gatherings.member(group, "Karla")
    meeting = gatherings.called(group, actor=jana, days=40)
    first = meeting.starts_at
    moved(meeting, jana, 3)
    Invitee.objects.filter(meeting=meeting).update(answer=Invitee.Answer.COMING)
    written = Letter.objects.count()
    deed = latest("meeting_changed")
    assert "všem pozvaným" in look(client, deed).content.decode()
    assert restore(client, deed).status_code == 302
    meeting.refresh_from_db()
    assert (meeting.starts_at, meeting.sequence) == (first, 2)
    assert Letter.objects.count() == written + 1
    assert "SEQUENCE:2" in Letter.objects.latest("pk").calendar
    assert Invitee.objects.get(meeting=meeting).answer == Invitee.Answer.WAITING


def test_a_former_day_past_the_term_of_invitations_asks_for_a_reason(client: Client, jana: Person) -> None:
    group = gatherings.group(invitation_days=10)
    meeting = gatherings.called(group, actor=jana, days=5)
    moved(meeting, jana, 30)
    Meeting.objects.filter(pk=meeting.pk).update(urgent_reason="")
    deed = latest("meeting_changed")
    answer = restore(client, deed)
    assert answer.status_code == 422
    assert "Napište, proč to tentokrát nejde" in answer.content.decode()
    assert restore(client, deed, urgent_reason="Uzavřený sál.").status_code == 302
    assert Meeting.objects.get(pk=meeting.pk).urgent_reason == "Uzavřený sál."


def test_another_meeting_at_the_former_time_is_told_of_before_the_yes(client: Client, jana: Person) -> None:
    group = gatherings.group()
    meeting = gatherings.meeting(group, actor=jana, days=40)
    moved(meeting, jana, 3)
    gatherings.meeting(group, actor=jana, days=40, title="Výjezd do Lhoty")
    assert "Ve stejnou dobu je Výjezd do Lhoty" in look(client, latest("meeting_changed")).content.decode()


def test_meeting_that_was_held_is_not_changed_back(client: Client, jana: Person) -> None:
    meeting = gatherings.meeting(gatherings.group(), actor=jana)
    item = meetings.item_propose(meeting=meeting, title="Doprava", actor=jana)
    meetings.item_change(item=item, seen=item.version, actor=jana, title="Jinak")
    moved(meeting, jana, 3)
    Meeting.objects.filter(pk=meeting.pk).update(state=Meeting.State.HELD)
    assert "už se nemění" not in shut(client, latest("meeting_changed"))
    assert shut(client, latest("meeting_changed")) == meetings.DONE
    assert "se už nemění" in shut(client, latest("item_changed"))


def test_item_that_is_gone_says_so(client: Client, jana: Person) -> None:
    item = meetings.item_propose(meeting=gatherings.meeting(gatherings.group(), actor=jana), title="A", actor=jana)
    meetings.item_change(item=item, seen=item.version, actor=jana, title="B")
    item.delete()
    assert "už tu není" in shut(client, latest("item_changed"))


def test_whoever_saves_in_the_same_moment_is_not_overwritten(
    client: Client, jana: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    meeting = gatherings.meeting(gatherings.group(), actor=jana, title="A")
    meetings.meeting_change(meeting=meeting, seen=meeting.version, actor=jana, title="B")

    def late(**said: Any) -> None:
        raise meetings.Stale(said["meeting"])

    monkeypatch.setattr(meetings, "meeting_change", late)
    answer = restore(client, latest("meeting_changed"))
    assert answer.status_code == 409
    assert "mezitím změnily" in answer.content.decode()


# --- minutes and tasks -------------------------------------------------------------------------------------------


def test_task_that_was_closed_can_be_open_again_and_closed_again(client: Client, jana: Person) -> None:
    task = Task.objects.filter(minutes=written.sent().minutes).earliest("pk")
    minutes.task_close(task=task, state="done", evidence="Zápis z porady", actor=jana)
    assert restore(client, latest("task_changed")).status_code == 302
    task.refresh_from_db()
    assert (task.state, task.evidence, task.closed_at) == ("open", "", None)
    assert restore(client, latest("task_changed")).status_code == 302
    task.refresh_from_db()
    assert (task.state, task.evidence) == ("done", "Zápis z porady")
    assert task.closed_at is not None


def test_a_restored_day_of_a_task_reminds_anew(client: Client, jana: Person) -> None:
    task = Task.objects.filter(minutes=written.sent().minutes, until__isnull=False).earliest("pk")
    minutes.task_change(
        task=task, what=task.what, who=task.who, membership=task.membership, until=None, seen=task.version, actor=jana
    )
    Task.objects.filter(pk=task.pk).update(reminded_on=task.until)
    assert restore(client, latest("task_changed")).status_code == 302
    restored = Task.objects.get(pk=task.pk)
    assert (restored.until, restored.reminded_on) == (task.until, None)


def test_task_of_a_member_who_is_gone_is_refused(client: Client, jana: Person) -> None:
    made = written.sent()
    task = Task.objects.filter(minutes=made.minutes).earliest("pk")
    guest = gatherings.member(made.group, "Kdosi")
    for one in (guest, None):
        task.refresh_from_db()
        minutes.task_change(
            task=task, what=task.what, who="", membership=one, until=None, seen=task.version, actor=jana
        )
    guest.delete()
    answer = restore(client, latest("task_changed"))
    assert answer.status_code == 422
    assert "už ve skupině není" in answer.content.decode()


def test_an_older_deed_that_does_not_say_whose_the_task_was_is_not_offered(client: Client, jana: Person) -> None:
    task = Task.objects.filter(minutes=written.sent().minutes).earliest("pk")
    before = {name: value for name, value in minutes.told(task).items() if name != "task_of"}
    deed = record(verb="task_changed", thing=task, actor=jana, before=before, after={**before, "what": "Jinak"})
    assert client.get(address(deed)).status_code == 404
    assert "Zápis je starší" in client.get(reverse("audit:deed", args=[deed.pk])).content.decode()


def test_head_of_minutes_that_were_sent_out_stays(client: Client, jana: Person) -> None:
    made = written.begun()
    writing.head_save(minutes=made.minutes, actor=jana, taken_by="Jinak", verifier="", number=None)
    chain_actions.send(minutes=made.minutes, actor=made.head)
    assert "Zápis je rozeslaný" in shut(client, latest("minutes_head_changed"))


# --- consultations -----------------------------------------------------------------------------------------------


def changed(consultation: Consultation, jana: Person, **values: Any) -> Deed:
    consultation.refresh_from_db()
    consulting.consultation_change(consultation=consultation, seen=consultation.version, actor=jana, **values)
    return latest("consultation_changed")


def test_announced_term_that_was_prolonged_is_not_made_shorter_again(client: Client, jana: Person) -> None:
    made = make_consultation(paragraphs=2)
    assert made.closes_at is not None
    later = made.closes_at + timedelta(7)
    answer = restore(client, changed(made, jana, closes_at=later))
    assert answer.status_code == 422
    assert "zkrátit ne" in answer.content.decode()
    assert Consultation.objects.get(pk=made.pk).closes_at == later


def test_what_an_announced_consultation_may_not_change_is_not_offered(client: Client, jana: Person) -> None:
    made = make_consultation(phase="prepared", paragraphs=0)
    both = changed(made, jana, title="Jinak", about="Jinak.")
    title = changed(made, jana, title="Ještě jinak")
    Consultation.objects.filter(pk=made.pk).update(state="announced", announced_at=timezone.now())
    assert [one.name for one in look(client, both).context["fields"]] == ["about"]
    assert restore(client, both).status_code == 302
    made.refresh_from_db()
    assert (made.title, made.about) == ("Ještě jinak", "Přečtěte si návrh a napište, co v něm chybí.")
    assert "vyhlášené" in shut(client, title)


def test_closed_consultation_and_its_comments_stay(client: Client, jana: Person) -> None:
    made = make_consultation(paragraphs=1)
    comment = make_comment(made, kind="substantial")
    settling.kind_change(comment=comment, seen=None, kind="formal", reason="překlep", actor=jana)
    settling.assign(comment=comment, seen=None, group=None, person=jana, due_on=None, actor=jana)
    deed = changed(made, jana, about="Jinak.")
    Consultation.objects.filter(pk=made.pk).update(state="closed", closed_at=timezone.now())
    assert "uzavřené, už se nemění" in shut(client, deed)
    assert shut(client, latest("comment_kind_changed")) == settling.CLOSED
    assert shut(client, latest("comment_assigned")) == settling.CLOSED


def test_deed_that_keeps_only_the_name_of_the_hearing_says_so(client: Client, jana: Person) -> None:
    made = make_consultation(phase="prepared")
    said: dict[str, Any] = {"before": {"hearing": "Veřejné projednání"}, "after": {"hearing": None}}
    deed = record(verb="consultation_changed", thing=made, actor=jana, **said)
    assert "starší" in shut(client, deed)


def test_hearing_that_was_cancelled_cannot_be_chosen_again(client: Client, jana: Person) -> None:
    made = make_consultation(phase="prepared")
    hearing = made.hearing
    deed = changed(made, jana, hearing=None)
    assert hearing is not None
    assert "Veřejné projednání" in look(client, deed).content.decode()
    Meeting.objects.filter(pk=hearing.pk).update(state=Meeting.State.CANCELLED)
    answer = restore(client, deed)
    assert answer.status_code == 422
    assert "už vybrat nejde" in answer.content.decode()


def test_exchanged_file_cannot_come_back(client: Client, jana: Person) -> None:
    made = make_consultation(phase="prepared", file=make.stored_document(public=False), hearing=None)
    deed = changed(made, jana, file=None, plan=plans.grown(plans.plan(actor=jana)))
    assert "Nahrajte ho znovu" in shut(client, deed)


def test_restored_assignment_writes_to_whom_the_comment_goes_back(client: Client, jana: Person) -> None:
    karel = make.person(Grant.Role.REGION, name="Karel Velký")
    comment = make_comment(make_consultation(paragraphs=1))
    for person in (karel, None):
        settling.assign(comment=comment, seen=None, group=None, person=person, due_on=None, actor=jana)
    Letter.objects.all().delete()
    assert restore(client, latest("comment_assigned")).status_code == 302
    assert [one.to for one in Letter.objects.all()] == [karel.email]


def test_comment_is_not_given_back_to_whoever_no_longer_works_here(client: Client, jana: Person) -> None:
    karel = make.person(Grant.Role.REGION, name="Karel Velký")
    comment = make_comment(make_consultation(paragraphs=1))
    for person in (karel, None):
        settling.assign(comment=comment, seen=None, group=None, person=person, due_on=None, actor=jana)
    Person.objects.filter(pk=karel.pk).update(is_active=False)
    answer = restore(client, latest("comment_assigned"))
    assert answer.status_code == 422
    assert "už vybrat nejde" in answer.content.decode()


# --- how people are told -----------------------------------------------------------------------------------------


def line(jana: Person, **more: Any) -> CommunicationItem:
    said = {"what": "Pozvánka", "audience": "všem", "due_on": date(2026, 12, 1), "who": "město", "span_kind": "site"}
    return outreach.item_save(wanted=said | more, actor=jana)


def test_removed_line_comes_back_once(client: Client, jana: Person) -> None:
    outreach.item_remove(item=line(jana), actor=jana)
    deed = latest("communication_removed")
    assert "Založíme ji znovu" in look(client, deed).content.decode()
    seen = look(client, deed).context["seen"]
    assert client.post(address(deed), {"seen": seen}).status_code == 302
    assert client.post(address(deed), {"seen": seen}).status_code == 409
    assert "Není co obnovovat" in look(client, deed).content.decode()
    assert CommunicationItem.objects.count() == 1


def test_removed_line_of_another_territory_is_not_brought_back(jana: Person) -> None:
    town, other = make.municipality("Svornov"), make.municipality("Lhota")
    outreach.item_remove(item=line(jana, span_kind="municipality", span_code=town.code), actor=jana)
    deed = latest("communication_removed")
    elsewhere = Client()
    karel = make.person(name="Karel Velký")
    Grant.objects.create(person=karel, role=Grant.Role.COORDINATOR, range_kind="municipality", range_code=other.code)
    elsewhere.force_login(karel)
    assert elsewhere.get(address(deed)).status_code == 404
    assert not CommunicationItem.objects.exists()


def test_line_is_not_given_back_to_whoever_no_longer_writes(client: Client, jana: Person) -> None:
    karel = make.person(Grant.Role.REGION, name="Karel Velký")
    one = line(jana, person=karel)
    outreach.item_save(item=one, wanted={"person": None}, seen=one.version, actor=jana)
    Person.objects.filter(pk=karel.pk).update(is_active=False)
    answer = restore(client, latest("communication_changed"))
    assert answer.status_code == 422
    assert "už tu nepracuje" in answer.content.decode()


def test_removed_place_comes_back_only_while_pieces_are_left(client: Client, jana: Person) -> None:
    product = outreach.product_save(wanted={"title": "Průvodce", "printed": 100, "span_kind": "site"}, actor=jana)
    row = outreach.handover_add(product=product, place="knihovna", amount=60, actor=jana)
    outreach.handover_done(handover=row, done=True, actor=jana)
    outreach.handover_remove(handover=row, actor=jana)
    assert "už v rozdělovníku není" in shut(client, latest("handover_changed"))
    outreach.handover_add(product=product, place="pošta", amount=50, actor=jana)
    answer = restore(client, latest("handover_removed"))
    assert answer.status_code == 422
    assert "Zbývá jich 50" in answer.content.decode()
    assert [one.place for one in product.handovers.all()] == ["pošta"]


def test_fewer_pieces_than_were_handed_over_are_not_brought_back(client: Client, jana: Person) -> None:
    said = {"title": "Průvodce", "printed": 10, "span_kind": "site"}
    product = outreach.product_save(wanted=said, actor=jana)
    outreach.product_save(product=product, wanted={"printed": 100}, seen=product.version, actor=jana)
    outreach.handover_add(product=product, place="knihovna", amount=60, actor=jana)
    answer = restore(client, latest("product_changed"))
    assert answer.status_code == 422
    assert "už je 60 kusů" in answer.content.decode()


def test_what_stood_in_an_issue_comes_back_but_for_what_left_the_web(client: Client, jana: Person) -> None:
    kept, gone = (texts.article(title=title, actor=jana) for title in ("Zůstal", "Zmizel"))
    today = timezone.localdate()
    said = {"title": "Jaro", "foreword": "", "since": today, "until": today, "span_kind": "site"}
    issue = newsletter.issue_save(wanted=said, actor=jana)
    newsletter.items_pick(issue=issue, articles=[], meetings=[], orders={}, seen=issue.version, actor=jana)
    Article.objects.filter(pk=gone.pk).update(published_at=None)
    deed = latest("issue_changed")
    page = look(client, deed).content.decode()
    assert "do zpravodaje nevrátí" in page
    assert "Zůstal" in page
    assert restore(client, deed).status_code == 302
    assert [one.article_id for one in issue.items.all()] == [kept.pk]


def test_issue_that_went_out_stays(client: Client, jana: Person) -> None:
    today = timezone.localdate()
    said = {"title": "Jaro", "foreword": "Ahoj.", "since": today, "until": today, "span_kind": "site"}
    issue = newsletter.issue_save(wanted=said, actor=jana)
    newsletter.issue_save(issue=issue, wanted={"title": "Jinak"}, seen=issue.version, actor=jana)
    Issue.objects.filter(pk=issue.pk).update(state=Issue.State.SENT, sent_at=timezone.now())
    assert "už odešel" in shut(client, latest("issue_changed"))
