"""Balance of the triad: counts to shares, who is missing, who outweighs the others."""

from hypothesis import given
from hypothesis import strategies as st

from portal.groups.balance import ENOUGH, balance, balance_of
from portal.groups.models import TRIAD, Side

COUNTS = st.fixed_dictionaries({side.value: st.integers(0, 40) for side in Side})


@given(COUNTS)
def test_shares_make_a_whole_and_count_everybody(counts: dict[str, int]) -> None:
    found = balance(counts)
    assert found.total == sum(counts.values())
    assert sum(one.count for one in found.shares) == found.total
    if found.total:
        assert abs(sum(one.share for one in found.shares) - 1) < 1e-9


@given(COUNTS)
def test_only_a_side_of_the_triad_without_anybody_is_missing(counts: dict[str, int]) -> None:
    found = balance(counts)
    if found.total:
        assert set(found.missing) == {side for side in TRIAD if not counts[side]}
    assert Side.PUBLIC not in found.missing


@given(COUNTS)
def test_a_side_outweighs_only_with_more_than_all_the_others_together(counts: dict[str, int]) -> None:
    found = balance(counts)
    triad = sum(counts[side] for side in TRIAD)
    heavy = [side for side in TRIAD if counts[side] > triad - counts[side] and triad >= ENOUGH]
    assert ([found.heavy] if found.heavy else []) == heavy


def test_words_are_gentle_and_say_what_to_do() -> None:
    assert balance({"commissioner": 2, "provider": 2, "user": 2}).warnings == []
    assert balance({}).warnings == ["Zatím tu nikdo není."]
    said = " ".join(balance({"provider": 5, "commissioner": 1}).warnings)
    assert "Chybí zástupce uživatelů" in said
    assert "(5\xa0lidí) jsou poskytovatelé" in said


def test_people_are_counted_by_their_sides() -> None:
    found = balance_of(["user", "user", "public"])
    assert [(one.side, one.count) for one in found.shares] == [
        (Side.COMMISSIONER, 0),
        (Side.PROVIDER, 0),
        (Side.USER, 2),
        (Side.PUBLIC, 1),
    ]
