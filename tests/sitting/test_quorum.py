"""Counting of voices over random meetings."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.groups.models import TRIAD, Procedure, Side
from portal.sitting.quorum import Quorum, Rules, Seat, decide, quorum, voices

RULES = st.builds(
    Rules,
    quorum=st.sampled_from(Procedure.Quorum.values),
    majority=st.sampled_from(Procedure.Majority.values),
    counted=st.sampled_from(Procedure.Counted.values),
)
ORGANISATIONS = ("", "Domov Pohoda", "domov  pohoda", "Charita", "Město Svornov")


@st.composite
def bodies(draw: st.DrawFn) -> list[Seat]:
    size = draw(st.integers(0, 25))
    side, of = st.sampled_from(Side.values), st.sampled_from(ORGANISATIONS)
    return [Seat(number, draw(side), draw(of)) for number in range(1, size + 1)]


@st.composite
def meetings(draw: st.DrawFn) -> tuple[Rules, list[Seat], set[int]]:
    """Rules, members, and who is there; numbers above the members are guests."""
    return draw(RULES), draw(bodies()), draw(st.sets(st.integers(1, 40)))


@given(meetings())
def test_guests_make_no_difference(meeting: tuple[Rules, list[Seat], set[int]]) -> None:
    rules, seats, there = meeting
    members = {one.member for one in seats}
    assert quorum(rules, seats, there) == quorum(rules, seats, there & members)


@given(meetings())
def test_every_member_has_a_part_in_exactly_one_voice(meeting: tuple[Rules, list[Seat], set[int]]) -> None:
    rules, seats, there = meeting
    shared = [member for one in voices(rules, seats, there) for member in one.members]
    assert sorted(shared) == sorted(one.member for one in seats)


@given(meetings())
def test_voices_never_exceed_members_present(meeting: tuple[Rules, list[Seat], set[int]]) -> None:
    rules, seats, there = meeting
    state = quorum(rules, seats, there)
    assert 0 <= state.voices <= min(state.voices_all, len(there & {one.member for one in seats}))
    assert state.voices_all <= len(seats)


@given(meetings(), st.integers(1, 25))
def test_who_comes_later_never_breaks_the_quorum(meeting: tuple[Rules, list[Seat], set[int]], late: int) -> None:
    rules, seats, there = meeting
    if quorum(rules, seats, there).met:
        assert quorum(rules, seats, there | {late}).met


@given(meetings())
def test_the_quorum_is_what_the_rules_say(meeting: tuple[Rules, list[Seat], set[int]]) -> None:
    rules, seats, there = meeting
    state = quorum(rules, seats, there)
    half = 2 * state.voices > state.voices_all
    sides = {one.side for one in seats if one.member in there} >= set(TRIAD)
    wanted = {"members": half, "sides": sides, "members_and_sides": half and sides, "any": state.voices > 0}
    assert state.met == (wanted[rules.quorum] and state.voices > 0)


@given(meetings(), st.tuples(*[st.integers(0, 25)] * 3))
def test_more_votes_than_voices_are_refused_and_no_motion_passes_without_quorum(
    meeting: tuple[Rules, list[Seat], set[int]], votes: tuple[int, int, int]
) -> None:
    rules, seats, there = meeting
    state = quorum(rules, seats, there)
    if sum(votes) > state.voices:
        with pytest.raises(ValueError, match="jen"):
            decide(rules, state, votes_for=votes[0], against=votes[1], abstained=votes[2])
        return
    verdict = decide(rules, state, votes_for=votes[0], against=votes[1], abstained=votes[2])
    assert state.met or not verdict.adopted
    assert votes[0] > 0 or not verdict.adopted


@given(meetings(), st.integers(0, 25), st.integers(0, 25))
def test_turning_an_opponent_never_loses_a_motion(
    meeting: tuple[Rules, list[Seat], set[int]], votes_for: int, against: int
) -> None:
    rules, seats, there = meeting
    state = quorum(rules, seats, there)
    if not against or votes_for + against > state.voices:
        return
    if decide(rules, state, votes_for=votes_for, against=against, abstained=0).adopted:
        assert decide(rules, state, votes_for=votes_for + 1, against=against - 1, abstained=0).adopted


def body(*sides: Side, organisation: str = "") -> list[Seat]:
    return [Seat(number, side, organisation) for number, side in enumerate(sides, 1)]


def test_seven_of_eleven_may_decide_and_five_may_not() -> None:
    seats = body(*[Side.PROVIDER] * 11)
    assert quorum(Rules(), seats, range(1, 8)).words == ("Přítomno 7 z 11 členů s hlasem, skupina je usnášeníschopná.")
    state = quorum(Rules(), seats, range(1, 6))
    assert (state.met, state.needed) == (False, 6)
    assert "chybí ještě 1\u00a0hlas" in state.words


def test_half_is_not_a_majority() -> None:
    assert not quorum(Rules(), body(*[Side.USER] * 10), range(1, 6)).met


def test_a_missing_side_is_named() -> None:
    rules = Rules(quorum=Procedure.Quorum.MEMBERS_AND_SIDES)
    seats = body(Side.COMMISSIONER, Side.PROVIDER, Side.PROVIDER, Side.USER)
    state = quorum(rules, seats, {1, 2, 3})
    assert state.missing_sides == ("user",)
    assert state.words.endswith("skupina není usnášeníschopná: nejsou tu uživatelé.")
    assert quorum(rules, seats, {1, 2, 4}).met


def test_an_organisation_has_one_voice_however_it_writes_its_name() -> None:
    rules = Rules(counted=Procedure.Counted.ORGANISATION)
    seats = [Seat(1, "provider", "Charita Svornov"), Seat(2, "provider", "CHARITA  Svornov"), Seat(3, "user")]
    assert [one.members for one in voices(rules, seats, {2, 3})] == [(1, 2), (3,)]
    assert quorum(rules, seats, {1, 2}).voices == 1


@pytest.mark.parametrize(
    ("majority", "votes", "adopted"),
    [
        ("present", (4, 3, 0), True),
        ("present", (3, 2, 2), False),
        ("all", (6, 0, 1), True),
        ("all", (5, 0, 2), False),
        ("votes", (2, 1, 4), True),
        ("votes", (2, 2, 0), False),
        ("consensus", (1, 0, 6), True),
        ("consensus", (6, 1, 0), False),
        ("consensus", (0, 0, 7), False),
    ],
)
def test_each_majority(majority: str, votes: tuple[int, int, int], adopted: bool) -> None:
    state = quorum(Rules(), body(*[Side.PROVIDER] * 11), range(1, 8))
    verdict = decide(Rules(majority=majority), state, votes_for=votes[0], against=votes[1], abstained=votes[2])
    assert verdict.adopted is adopted
    assert verdict.words.startswith("Přijato" if adopted else "Nepřijato")


def test_without_a_quorum_the_result_says_so() -> None:
    state: Quorum = quorum(Rules(), body(*[Side.PROVIDER] * 11), _first(5))
    assert "nebyla usnášeníschopná" in decide(Rules(), state, votes_for=5, against=0, abstained=0).words


def _first(count: int) -> Sequence[int]:
    return range(1, count + 1)
