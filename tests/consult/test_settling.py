"""Settling comments: who may, what must be said, what two people at one comment learn of each other."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from portal.accounts.models import Grant, Person
from portal.audit.models import Deed
from portal.consult import actions, settling
from portal.consult.models import Comment, Consultation, Paragraph
from portal.consult.settling import Amendment, Authority, Moved, Reworded
from portal.groups.models import Group
from portal.meetings.models import AgendaItem, Meeting
from portal.sitting.models import Motion
from tests import make
from tests.meetings import gatherings

from .make import make_comment, make_consultation

pytestmark = pytest.mark.django_db
State, Kind, Decision = Comment.State, Comment.Kind, Comment.Decision


@pytest.fixture
def body() -> Group:
    return gatherings.group(name="Řídící skupina")


@pytest.fixture
def consultation(body: Group) -> Consultation:
    return make_consultation(phase="settling", paragraphs=4, hearing=None, decides=body)


@pytest.fixture
def jana(consultation: Consultation) -> Person:
    person = make.person(name="Jana Koordinátorka")
    Grant.objects.create(
        person=person, role="coordinator", range_kind=consultation.span_kind, range_code=consultation.span_code
    )
    return person


def formal(consultation: Consultation, **more: Any) -> Comment:
    return make_comment(consultation, kind=Kind.FORMAL, **more)


def paragraph(consultation: Consultation, order: int = 2) -> Paragraph:
    return consultation.paragraphs.get(order=order)


def held_item(body: Group, **more: Any) -> AgendaItem:
    """An item of a meeting that was yesterday."""
    start = timezone.now() - timedelta(days=1)
    values = {"starts_at": start, "ends_at": start + timedelta(hours=2), "state": Meeting.State.HELD} | more
    return AgendaItem.objects.create(meeting=Meeting.objects.create(group=body, **values), title="Připomínky")


def vote(body: Group, *, adopted: bool | None = True, **more: Any) -> Motion:
    """A vote outside a meeting; an open one with `adopted` None."""
    values: dict[str, Any] = {"quorum": "members", "majority": "present", "counted": "person"}
    if adopted is not None:
        values |= {"state": "closed", "voices": 5, "voices_all": 7, "quorate": True, "adopted": adopted}
        values |= {"votes_for": 5 if adopted else 1, "votes_against": 0, "votes_abstained": 0}
        values |= {"closed_at": timezone.now()}
    return Motion.objects.create(group=body, text="Vypořádat podle návrhu", deadline=timezone.now(), **(values | more))


def decide(comment: Comment, actor: Person, decision: str = Decision.ACCEPTED, **more: Any) -> Comment:
    comment.refresh_from_db()
    values: dict[str, Any] = {"reason": "Dává to smysl.", "seen": comment.version} | more
    return settling.decide(comment=comment, decision=decision, actor=actor, **values)


def fresh(comment: Comment) -> Comment:
    comment.refresh_from_db()
    return comment


# --- who -----------------------------------------------------------------------------------------------------------


def test_only_whoever_plans_in_the_territory_settles(consultation: Consultation) -> None:
    comment = formal(consultation)
    for person in (make.person(), make.person("auditor"), make.person("page_editor")):
        with pytest.raises(PermissionDenied):
            settling.show(comment=comment, seen=1, actor=person)
        with pytest.raises(PermissionDenied):
            decide(comment, person)
    assert not fresh(comment).is_settled


def test_members_of_the_group_it_was_given_to_discuss_and_propose_but_do_not_decide(
    consultation: Consultation, jana: Person
) -> None:
    group, comment = gatherings.group(), formal(consultation)
    member = gatherings.member(group, "Karla Doma", account=True).person
    assert member is not None
    with pytest.raises(PermissionDenied):
        settling.note(comment=comment, text="Podle mě ano.", actor=member)
    settling.assign(comment=comment, seen=1, group=group, person=None, due_on=None, actor=jana)
    settling.note(comment=comment, text=" Podle mě ano. ", actor=member)
    settling.propose(comment=comment, seen=2, decision=Decision.PARTLY, reason="Jen o víkendech.", actor=member)
    with pytest.raises(PermissionDenied):
        decide(comment, member)
    stored = fresh(comment)
    assert [(one.name, one.text) for one in stored.notes.all()] == [("Karla Doma", "Podle mě ano.")]
    assert (stored.proposed_decision, stored.proposed_reason) == ("partly", "Jen o víkendech.")
    assert not stored.is_settled


def test_nothing_is_settled_in_a_closed_consultation(jana: Person, consultation: Consultation) -> None:
    comment = formal(consultation)
    decide(comment, jana)
    actions.close(consultation=consultation, actor=jana)
    for act in (
        lambda: settling.reopen(comment=comment, seen=None, reason="omyl", actor=jana),
        lambda: settling.refuse(comment=comment, seen=None, reason="omyl", actor=jana),
        lambda: settling.note(comment=comment, text="pozdě", actor=jana),
    ):
        with pytest.raises(ValidationError, match="uzavřené"):
            act()
    assert fresh(comment).decision == Decision.ACCEPTED


# --- moderation ----------------------------------------------------------------------------------------------------


def test_refused_says_why_and_comes_back(consultation: Consultation, jana: Person) -> None:
    comment = formal(consultation, state=State.WAITING)
    with pytest.raises(ValidationError, match="proč"):
        settling.refuse(comment=comment, seen=1, reason=" ", actor=jana)
    settling.refuse(comment=comment, seen=1, reason="Urážka.", actor=jana)
    assert (fresh(comment).state, comment.refused_reason) == (State.REFUSED, "Urážka.")
    settling.show(comment=comment, seen=2, actor=jana)
    assert (fresh(comment).state, comment.refused_reason) == (State.SHOWN, "")
    assert [one.verb for one in Deed.objects.order_by("pk")][-2:] == ["comment_refused", "comment_shown"]


def test_what_was_not_read_is_not_settled(consultation: Consultation, jana: Person) -> None:
    for state in (State.WAITING, State.UNCONFIRMED):
        with pytest.raises(ValidationError, match="není zveřejněná"):
            decide(formal(consultation, state=state), jana)


def test_settled_one_is_not_refused(consultation: Consultation, jana: Person) -> None:
    comment = formal(consultation)
    decide(comment, jana)
    with pytest.raises(ValidationError, match="už je vypořádaná"):
        settling.refuse(comment=comment, seen=None, reason="Urážka.", actor=jana)


def test_whoever_settles_puts_the_kind_right_with_a_reason(consultation: Consultation, jana: Person) -> None:
    comment = make_comment(consultation)
    with pytest.raises(ValidationError, match="proč"):
        settling.kind_change(comment=comment, seen=1, kind=Kind.FORMAL, reason="", actor=jana)
    settling.kind_change(comment=comment, seen=1, kind=Kind.FORMAL, reason="Je to překlep.", actor=jana)
    assert decide(comment, jana).is_settled
    with pytest.raises(ValidationError, match="už je vypořádaná"):
        settling.kind_change(comment=comment, seen=None, kind=Kind.SUBSTANTIAL, reason="Není.", actor=jana)


# --- deciding ------------------------------------------------------------------------------------------------------


def test_a_decision_needs_a_reason(consultation: Consultation, jana: Person) -> None:
    comment = formal(consultation)
    for decision, reason in ((Decision.ACCEPTED, " \n"), ("", "Protože."), ("maybe", "Protože.")):
        with pytest.raises(ValidationError):
            decide(comment, jana, decision, reason=reason)
    assert not fresh(comment).is_settled


def test_formal_one_is_settled_by_the_coordinator(consultation: Consultation, jana: Person) -> None:
    comment = formal(consultation)
    decide(comment, jana, Decision.EXPLAINED, reason="  Je to jinde. ")
    stored = fresh(comment)
    assert (stored.decision, stored.decision_reason) == (Decision.EXPLAINED, "Je to jinde.")
    assert (stored.decided_by, stored.item, stored.motion) == ("koordinátor plánování", None, None)
    assert stored.decided_at is not None


def test_settled_once(consultation: Consultation, jana: Person) -> None:
    comment = formal(consultation)
    decide(comment, jana)
    with pytest.raises(ValidationError, match="už je vypořádaná"):
        decide(comment, jana, Decision.NOT_ACCEPTED)
    assert fresh(comment).decision == Decision.ACCEPTED


def test_substantial_one_needs_the_body_that_decides(consultation: Consultation, jana: Person, body: Group) -> None:
    comment = make_comment(consultation)
    for authority in (Authority(), Authority(alone="Spěchá to.")):
        with pytest.raises(ValidationError, match="rozhoduje Řídící skupina"):
            decide(comment, jana, authority=authority)
    with pytest.raises(ValidationError, match="jiného orgánu"):
        decide(comment, jana, authority=Authority(item=held_item(gatherings.group())))
    item = held_item(body)
    decide(comment, jana, authority=Authority(item=item))
    assert (fresh(comment).decided_by, comment.item) == ("Řídící skupina", item)


def test_a_meeting_decides_only_once_it_was(consultation: Consultation, jana: Person, body: Group) -> None:
    comment = make_comment(consultation)
    start = timezone.now() + timedelta(days=3)
    later = {"starts_at": start, "ends_at": start + timedelta(hours=2), "state": Meeting.State.CALLED}
    for refused in (held_item(body, **later), held_item(body, state=Meeting.State.CANCELLED)):
        with pytest.raises(ValidationError):
            decide(comment, jana, authority=Authority(item=refused))
    assert not fresh(comment).is_settled


def test_a_vote_decides_when_it_is_over_and_accepts_only_what_was_adopted(
    consultation: Consultation, jana: Person, body: Group
) -> None:
    comment = make_comment(consultation)
    for motion in (vote(body, adopted=None), vote(body, adopted=False), vote(gatherings.group())):
        with pytest.raises(ValidationError):
            decide(comment, jana, authority=Authority(motion=motion))
    lost = vote(body, adopted=False)
    decide(comment, jana, Decision.NOT_ACCEPTED, authority=Authority(motion=lost))
    assert (fresh(comment).decided_by, comment.motion) == ("Řídící skupina", lost)


def test_without_a_deciding_body_the_coordinator_says_why(jana: Person, consultation: Consultation) -> None:
    Consultation.objects.filter(pk=consultation.pk).update(decides=None)
    comment = make_comment(consultation)
    with pytest.raises(ValidationError, match="proč rozhodujete"):
        decide(comment, jana)
    decide(comment, jana, authority=Authority(alone="Skupina do konce roku nezasedá."))
    assert fresh(comment).decided_by == "koordinátor plánování (Skupina do konce roku nezasedá.)"


def test_of_two_people_the_second_learns_what_the_first_did(consultation: Consultation, jana: Person) -> None:
    comment = formal(consultation)
    decide(comment, jana, seen=1)
    with pytest.raises(Moved) as news:
        decide(comment, make.person("coordinator"), Decision.NOT_ACCEPTED, seen=1)
    (stored,) = news.value.stored
    assert (stored.decision, stored.decision_reason) == (Decision.ACCEPTED, "Dává to smysl.")
    assert fresh(comment).decision == Decision.ACCEPTED


def test_reopened_with_a_reason_is_settled_anew_and_the_author_told_again(
    consultation: Consultation, jana: Person
) -> None:
    comment = formal(consultation)
    decide(comment, jana)
    Comment.objects.filter(pk=comment.pk).update(told_at=timezone.now())
    with pytest.raises(ValidationError, match="proč"):
        settling.reopen(comment=comment, seen=None, reason="", actor=jana)
    settling.reopen(comment=comment, seen=None, reason="Nový údaj.", actor=jana)
    assert (fresh(comment).decision, comment.decided_at, comment.told_at) == ("", None, None)
    decide(comment, jana, Decision.NOT_ACCEPTED)
    told = Deed.objects.filter(verb="comment_reopened").get()
    assert (told.before["decision"], told.after["reason"]) == ("akceptováno", "Nový údaj.")


# --- many ----------------------------------------------------------------------------------------------------------


def test_many_are_settled_at_once_or_none(consultation: Consultation, jana: Person) -> None:
    rows = [formal(consultation) for _ in range(3)]
    chosen = [(one, one.version) for one in rows]
    settling.show(comment=rows[1], seen=1, actor=jana)
    settling.propose(comment=rows[1], seen=1, decision=Decision.NOTED, reason="Víme.", actor=jana)
    said: dict[str, Any] = {"decision": Decision.NOTED, "reason": "Bereme na vědomí.", "actor": jana}
    with pytest.raises(Moved) as news:
        settling.decide_many(consultation=consultation, chosen=chosen, **said)
    assert [one.number for one in news.value.stored] == [2]
    assert not any(fresh(one).is_settled for one in rows)
    settling.decide_many(consultation=consultation, chosen=[(one, fresh(one).version) for one in rows], **said)
    assert all(fresh(one).decision_reason == "Bereme na vědomí." for one in rows)


def test_rows_of_another_consultation_are_not_touched(consultation: Consultation, jana: Person) -> None:
    other = formal(make_consultation(phase="settling", paragraphs=1, hearing=None), state=State.WAITING)
    with pytest.raises(PermissionDenied):
        settling.show_many(consultation=consultation, chosen=[(other, 1)], actor=jana)
    assert fresh(other).state == State.WAITING


def test_an_adopted_vote_settles_each_as_it_was_proposed(consultation: Consultation, jana: Person, body: Group) -> None:
    rows = [make_comment(consultation) for _ in range(2)]
    for one, decision in zip(rows, (Decision.ACCEPTED, Decision.MOVED), strict=True):
        settling.propose(comment=one, seen=1, decision=decision, reason=f"Návrh {one.number}.", actor=jana)
    chosen = [(one, 2) for one in rows]
    with pytest.raises(ValidationError, match="neprošel"):
        settling.decided_by_motion(
            consultation=consultation, chosen=chosen, motion=vote(body, adopted=False), actor=jana
        )
    settling.decided_by_motion(consultation=consultation, chosen=chosen, motion=vote(body), actor=jana)
    assert [(fresh(one).decision, one.decision_reason) for one in rows] == [
        ("accepted", "Návrh 1."),
        ("moved", "Návrh 2."),
    ]
    bare = make_comment(consultation)
    with pytest.raises(ValidationError, match=f"Bez návrhu vypořádání je č. {bare.number}"):
        settling.decided_by_motion(consultation=consultation, chosen=[(bare, 1)], motion=vote(body), actor=jana)


# --- twins ---------------------------------------------------------------------------------------------------------


def test_twins_share_the_decision_of_their_original(consultation: Consultation, jana: Person) -> None:
    rows = [formal(consultation) for _ in range(4)]
    original = settling.same_as_many(
        consultation=consultation, chosen=[(one, one.version) for one in reversed(rows[:3])], actor=jana
    )
    assert original == rows[0]
    decide(original, jana, Decision.EXPLAINED)
    # One that is joined later is settled as the rest is.
    settling.same_as(comment=rows[3], original=rows[2], seen=1, actor=jana)
    assert {(fresh(one).decision, one.decided_at, one.decided_by) for one in rows} == {
        ("explained", fresh(original).decided_at, "koordinátor plánování")
    }
    assert [one.same_as_id for one in rows] == [None, *[rows[0].pk] * 3]
    with pytest.raises(ValidationError, match=r"spolu s č\. 1"):
        decide(rows[1], jana)
    settling.reopen(comment=original, seen=None, reason="Ještě to zvážíme.", actor=jana)
    assert not any(fresh(one).is_settled for one in rows)


def test_a_twin_set_apart_is_settled_by_itself(consultation: Consultation, jana: Person) -> None:
    one, other = formal(consultation), formal(consultation)
    settling.same_as(comment=other, original=one, seen=1, actor=jana)
    decide(one, jana)
    settling.apart(comment=other, seen=None, actor=jana)
    assert (fresh(other).decision, other.same_as) == ("", None)
    assert fresh(one).is_settled


def test_a_substantial_twin_needs_the_body_for_all(consultation: Consultation, jana: Person, body: Group) -> None:
    one, other = formal(consultation), make_comment(consultation)
    settling.same_as(comment=other, original=one, seen=1, actor=jana)
    with pytest.raises(ValidationError, match="rozhoduje Řídící skupina"):
        decide(one, jana)
    decide(one, jana, authority=Authority(item=held_item(body)))
    assert fresh(other).decided_by == "Řídící skupina"


def test_a_substantial_one_does_not_slip_to_a_formal_one_already_settled(
    consultation: Consultation, jana: Person
) -> None:
    one, other = formal(consultation), make_comment(consultation)
    decide(one, jana)
    with pytest.raises(ValidationError, match="jako formální"):
        settling.same_as(comment=other, original=one, seen=1, actor=jana)


def test_a_comment_is_no_twin_of_itself_nor_of_what_is_not_shown(consultation: Consultation, jana: Person) -> None:
    one, waiting = formal(consultation), formal(consultation, state=State.WAITING)
    for original in (one, waiting):
        with pytest.raises(ValidationError):
            settling.same_as(comment=one, original=original, seen=1, actor=jana)
    assert fresh(one).same_as is None


# --- the text ------------------------------------------------------------------------------------------------------


def change(of: Paragraph, text: str) -> Amendment:
    return Amendment(of, text, settling.wording(of))


def test_an_accepted_comment_changes_its_paragraph(consultation: Consultation, jana: Person) -> None:
    place = paragraph(consultation)
    comment = formal(consultation, paragraph=place)
    decide(comment, jana, amendment=change(place, "Pečovatelka přijde\r\ni o svátcích.\r\n"))
    place.refresh_from_db()
    assert place.now == "Pečovatelka přijde\ni o svátcích."
    assert Deed.objects.filter(verb="paragraph_amended").get().after["reason"] == f"Připomínka č. {comment.number}"


def test_only_an_accepted_comment_changes_the_text_and_only_its_place(consultation: Consultation, jana: Person) -> None:
    place, elsewhere = paragraph(consultation), paragraph(consultation, 3)
    comment = formal(consultation, paragraph=place)
    with pytest.raises(ValidationError, match="přijatá"):
        decide(comment, jana, Decision.NOT_ACCEPTED, amendment=change(place, "Jinak."))
    with pytest.raises(ValidationError, match="jinému odstavci"):
        decide(comment, jana, amendment=change(elsewhere, "Jinak."))
    assert not fresh(comment).is_settled, "the decision falls with the change that came with it"
    whole = formal(consultation)
    decide(whole, jana, amendment=change(elsewhere, ""))
    elsewhere.refresh_from_db()
    assert elsewhere.now == "", "a comment on the whole text may leave a paragraph out"


def test_of_two_who_change_one_paragraph_the_second_is_told(consultation: Consultation, jana: Person) -> None:
    place = paragraph(consultation)
    one, other = formal(consultation, paragraph=place), formal(consultation, paragraph=place)
    first, second = change(place, "Poprvé."), change(place, "Podruhé.")
    decide(one, jana, amendment=first)
    with pytest.raises(Reworded) as news:
        decide(other, jana, amendment=second)
    assert settling.wording(news.value.stored) == "Poprvé."
    assert not fresh(other).is_settled


def test_a_reopened_comment_gives_the_text_back_unless_another_accepted_one_stands_behind_it(
    consultation: Consultation, jana: Person
) -> None:
    place = paragraph(consultation)
    one, other = formal(consultation, paragraph=place), formal(consultation, paragraph=place)
    decide(one, jana, amendment=change(place, "Nově."))
    decide(other, jana, Decision.PARTLY)
    settling.reopen(comment=one, seen=None, reason="Omyl.", actor=jana)
    place.refresh_from_db()
    assert place.now == "Nově."
    settling.reopen(comment=other, seen=None, reason="Omyl.", actor=jana)
    place.refresh_from_db()
    assert place.now is None


# --- meetings ------------------------------------------------------------------------------------------------------


def test_comments_come_to_a_meeting_as_one_item(consultation: Consultation, jana: Person, body: Group) -> None:
    chair = make.person("coordinator")
    meeting = gatherings.meeting(body)
    rows = [make_comment(consultation, paragraph=paragraph(consultation)) for _ in range(2)]
    settling.propose(comment=rows[1], seen=1, decision=Decision.PARTLY, reason="Zčásti.", actor=jana)
    for one in rows:
        item = settling.put_to_meeting(
            consultation=consultation, chosen=[(one, fresh(one).version)], meeting=meeting, actor=chair
        )
    assert [one.item for one in map(fresh, rows)] == [item, item]
    item.refresh_from_db()
    assert item.sort == AgendaItem.Sort.DECISION
    assert "č. 1 (odstavec 2)\n- č. 2 (odstavec 2), návrh: akceptováno částečně" in item.text
    assert item.ties.get().about == consultation
    with pytest.raises(ValidationError, match="Řídící skupina"):
        settling.put_to_meeting(
            consultation=consultation,
            chosen=[(rows[0], 2)],
            meeting=gatherings.meeting(gatherings.group()),
            actor=chair,
        )
