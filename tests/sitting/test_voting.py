"""Votes at a meeting: by hand count, by name, secret; what may never happen."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.audit.models import Deed
from portal.groups.models import Membership
from portal.meetings.models import AgendaItem, Meeting
from portal.sitting import actions, voting, voting_actions
from portal.sitting.models import Ballot, Motion, Presence
from portal.sitting.voting_actions import Counts
from tests.meetings import gatherings

from . import sittings

pytestmark = pytest.mark.django_db
Way = Motion.Way


def put(meeting: Meeting, actor: Any, way: str = Way.HANDS, **more: Any) -> Motion:
    return voting_actions.motion_put(meeting=meeting, text="Skupina schvaluje program.", way=way, actor=actor, **more)


def count(motion: Motion, actor: Any, **given: Any) -> Motion:
    return voting_actions.motion_count(motion=motion, seen=motion.version, actor=actor, **given)


def test_a_hand_count_is_explained() -> None:
    group, members, head = sittings.group(5)
    meeting = sittings.running(group, head, members[:4])
    item = AgendaItem.objects.create(meeting=meeting, title="Program")
    count(put(meeting, head, item=item), head, counts=Counts(3, 1, 0))
    (result,) = voting.motions(meeting)
    assert (result.item_id, result.adopted, result.counts, result.ballots) == (item.pk, True, "3–1–0", None)
    assert result.words == (
        "Přítomno 4 z 5 členů s hlasem, skupina je usnášeníschopná. "
        "Přijato: pro 3, proti 1, zdrželo se 0. Z 4 přítomných hlasů bylo potřeba 3 pro."
    )


def test_votes_above_those_present_are_refused_by_the_action_and_by_the_table() -> None:
    group, members, head = sittings.group(5)
    meeting = sittings.running(group, head, members[:3])
    actions.guest_add(meeting=meeting, name="Host", actor=head)
    motion = put(meeting, head)
    with pytest.raises(ValidationError, match="jen 3"):
        count(motion, head, counts=Counts(3, 1, 0))
    closed = count(motion, head, counts=Counts(3, 0, 0))
    with pytest.raises(IntegrityError), transaction.atomic():
        Motion.objects.filter(pk=closed.pk).update(votes_against=1)


def test_by_name_only_members_present_vote_and_guests_never() -> None:
    group, members, head = sittings.group(5)
    guest = gatherings.member(group, "Host Stálý", role=Membership.Role.GUEST, votes=False)
    meeting = sittings.running(group, head, [*members[:3], guest])
    motion = put(meeting, head, Way.NAMES)
    for stranger in (guest, members[4]):
        with pytest.raises(ValidationError, match="Hlasovat může jen člen"):
            count(motion, head, choices={stranger.pk: "for"})
    count(motion, head, choices={members[0].pk: "for", members[1].pk: "against"})
    (result,) = voting.motions(meeting)
    assert result.ballots is not None
    said = {one.membership: one.choice for one in result.ballots}
    assert said == {members[0].pk: "for", members[1].pk: "against", members[2].pk: ""}


def test_a_substitute_votes_in_the_place_of_the_member() -> None:
    group, members, head = sittings.group(3)
    meeting = sittings.running(group, head, members[:1])
    actions.substitute_add(meeting=meeting, member=members[1], name="Poslaná Paní", actor=head)
    closed = count(put(meeting, head, Way.NAMES), head, choices={members[0].pk: "for", members[1].pk: "for"})
    assert (closed.voices, closed.adopted) == (2, True)


def test_an_organisation_with_one_vote_cannot_vote_twice() -> None:
    group, members, head = sittings.group(4, counted="organisation")
    meeting = sittings.running(group, head, members)
    motion = put(meeting, head, Way.NAMES)
    with pytest.raises(ValidationError, match="víc než jeden hlas"):
        count(motion, head, choices={members[0].pk: "for", members[1].pk: "for"})
    closed = count(motion, head, choices={members[0].pk: "for"})
    assert (closed.voices, closed.voices_all) == (1, 1)


def test_how_anybody_voted_in_secret_is_nowhere() -> None:
    group, members, head = sittings.group(5)
    meeting = sittings.running(group, head, members[:4])
    motion = put(meeting, head, Way.SECRET)
    handed = [one.pk for one in members[:3]]
    with pytest.raises(ValidationError, match="Lístek odevzdalo 3"):
        count(motion, head, counts=Counts(4, 0, 0), handed=handed)
    count(motion, head, counts=Counts(2, 0, 0), handed=handed)
    rows = list(Ballot.objects.filter(motion=motion))
    assert {one.membership_id for one in rows} == set(handed)
    assert {one.choice for one in rows} == {""}
    (result,) = voting.motions(meeting)
    assert (result.secret, result.ballots, result.adopted) == (True, None, False)
    assert not any(str(members[0].pk) in str(one.after) for one in Deed.objects.filter(verb="motion_counted"))


def test_without_a_quorum_nothing_is_adopted() -> None:
    group, members, head = sittings.group(5)
    meeting = sittings.running(group, head, members[:2])
    closed = count(put(meeting, head), head, counts=Counts(2, 0, 0))
    assert (closed.quorate, closed.adopted) == (False, False)


def test_who_leaves_before_the_count_is_not_counted() -> None:
    group, members, head = sittings.group(5)
    meeting = sittings.running(group, head, members[:4])
    motion = put(meeting, head)
    sittings.mark(meeting, members[3], head, "left")
    assert count(motion, head, counts=Counts(3, 0, 0)).voices == 3


def test_a_result_is_put_right_with_a_reason_against_those_who_were_there_then() -> None:
    group, members, head = sittings.group(5)
    meeting = sittings.running(group, head, members[:3])
    closed = count(put(meeting, head), head, counts=Counts(1, 1, 1))
    sittings.mark(meeting, members[3], head)
    right: dict[str, Any] = {"motion": closed, "seen": closed.version, "actor": head}
    with pytest.raises(ValidationError, match="proč"):
        voting_actions.motion_correct(counts=Counts(2, 1, 0), reason=" ", **right)
    with pytest.raises(ValidationError, match="jen 3"):
        voting_actions.motion_correct(counts=Counts(4, 0, 0), reason="přepočet", **right)
    corrected = voting_actions.motion_correct(counts=Counts(2, 1, 0), reason="přepočet", **right)
    assert (corrected.adopted, corrected.voices, corrected.correction) == (True, 3, "přepočet")
    assert corrected.words.startswith("Přítomno 3 z 5 členů")
    with pytest.raises(voting_actions.Moved):
        voting_actions.motion_correct(counts=Counts(3, 0, 0), reason="znovu", **right)
    actions.seal(meeting=meeting)
    with pytest.raises(ValidationError, match="schválený"):
        voting_actions.motion_correct(
            motion=corrected, seen=corrected.version, counts=Counts(3, 0, 0), reason="pozdě", actor=head
        )


def test_names_put_right_add_nobody() -> None:
    group, members, head = sittings.group(5)
    meeting = sittings.running(group, head, members[:3])
    closed = count(put(meeting, head, Way.NAMES), head, choices={members[0].pk: "for"})
    with pytest.raises(ValidationError, match="u hlasování nebyl"):
        voting_actions.motion_correct(
            motion=closed, choices={members[4].pk: "for"}, reason="omyl", seen=closed.version, actor=head
        )
    fixed = voting_actions.motion_correct(
        motion=closed, choices={one.pk: "for" for one in members[:3]}, reason="omyl", seen=closed.version, actor=head
    )
    assert (fixed.votes_for, fixed.adopted) == (3, True)


def test_two_who_count_at_once_do_not_overwrite_each_other() -> None:
    group, members, head = sittings.group(3)
    meeting = sittings.running(group, head, members)
    motion = put(meeting, head)
    count(motion, head, counts=Counts(3, 0, 0))
    with pytest.raises(voting_actions.Moved):
        voting_actions.motion_count(motion=motion, counts=Counts(0, 3, 0), seen=1, actor=head)


def test_no_vote_before_the_beginning_nor_an_end_over_an_open_vote() -> None:
    group, members, head = sittings.group(3)
    with pytest.raises(ValidationError, match="ještě nezačalo"):
        put(sittings.meeting(group), head)
    meeting = sittings.running(group, head, members)
    motion = put(meeting, head)
    with pytest.raises(ValidationError, match="ještě běží"):
        actions.end(meeting=meeting, actor=head)
    voting_actions.motion_drop(motion=motion, seen=motion.version, actor=head)
    actions.end(meeting=meeting, actor=head)
    assert voting.motions(meeting) == []


@settings(max_examples=15)
@given(
    states=st.lists(st.sampled_from([*Presence.State.values, ""]), min_size=6, max_size=6),
    guests=st.integers(0, 3),
    votes=st.tuples(*[st.integers(0, 6)] * 3),
    rules=st.fixed_dictionaries(
        {
            "quorum": st.sampled_from(["members", "sides", "members_and_sides", "any"]),
            "majority": st.sampled_from(["present", "all", "votes", "consensus"]),
            "counted": st.sampled_from(["person", "organisation"]),
        }
    ),
)
def test_over_random_meetings_votes_never_exceed_voting_members_present(
    states: list[str], guests: int, votes: tuple[int, int, int], rules: dict[str, str]
) -> None:
    with transaction.atomic():
        group, members, head = sittings.group(6, **rules)
        meeting = sittings.running(group, head)
        for member, state in zip(members, states, strict=True):
            if state:
                sittings.mark(meeting, member, head, state)
        for n in range(guests):
            actions.guest_add(meeting=meeting, name=f"Host {n}", actor=head)
        motion = put(meeting, head)
        here = sum(one in ("present", "late") for one in states)
        try:
            closed = count(motion, head, counts=Counts(*votes))
        except ValidationError:
            voices = voting_actions.room(meeting, voting.rules_of(motion)).quorum.voices
            assert sum(votes) > voices
        else:
            assert sum(votes) <= (closed.voices or 0) <= here
            assert closed.quorate or not closed.adopted
        transaction.set_rollback(True)
