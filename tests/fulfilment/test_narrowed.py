"""Long reports on pages: nothing is lost or told twice, an activity stays with its measure."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from portal.fulfilment import narrowed as narrowing

states = st.sampled_from(["splněno", "nesplněno"])


def content(measures: list[tuple[str, str, int]]) -> dict[str, Any]:
    """Measures by priority and state with so many activities."""
    items: list[dict[str, Any]] = []
    for at, (priority, state, below) in enumerate(sorted(measures), 1):
        made = {"priority": priority, "state": state, "area": f"skupina {priority}"}
        items.append({"code": f"1.{at}", "is_measure": True, **made})
        items += [{"code": f"1.{at}.{letter}", "is_measure": False, **made} for letter in "abcd"[:below]]
    return {"items": items}


@given(st.lists(st.tuples(st.sampled_from(["A", "B"]), states, st.integers(0, 4)), max_size=70))
def test_pages_together_hold_every_line_once_in_order(measures: list[tuple[str, str, int]]) -> None:
    whole = content(measures)
    first = narrowing.narrowed(whole, {})
    seen = []
    for number in first.page.paginator.page_range:
        page = narrowing.narrowed(whole, {"strana": str(number)}).page
        assert len(page) <= narrowing.PAGE
        assert not measures or page[0].priority, "each page says where it begins"
        for part in page:
            assert all(one["code"].startswith(part.line["code"]) for one in part.below)
            seen += [part.line["code"], *(one["code"] for one in part.below)]
    assert seen == [one["code"] for one in whole["items"]]


@given(st.lists(st.tuples(st.sampled_from(["A", "B"]), states, st.integers(0, 1)), min_size=1, max_size=15))
def test_choosing_keeps_what_was_chosen(measures: list[tuple[str, str, int]]) -> None:
    made = narrowing.narrowed(content(measures), {"priorita": "A", "stav": "splněno"})
    priority = "A" if any(one[0] == "A" for one in measures) else ""
    state = "splněno" if any(one[1] == "splněno" for one in measures) else ""
    expected = [one for one in measures if priority in ("", one[0]) and state in ("", one[1])]
    assert len(made.page) == len(expected)
    assert (made.priority, made.state) == (priority, state)


def test_a_group_sees_its_own_part_first_and_all_when_it_asks() -> None:
    whole = content([("A", "splněno", 1), ("B", "splněno", 0)])
    own = narrowing.narrowed(whole, {}, area="skupina B")
    assert ([one.line["code"] for one in own.page], own.is_asked) == (["1.2"], True)
    assert len(narrowing.narrowed(whole, {"skupina": ""}, area="skupina B").page) == 2
    assert len(narrowing.narrowed(whole, {}, area="skupina Z").page) == 2, "a group without measures sees all"


def test_what_is_not_there_chooses_nothing() -> None:
    made = narrowing.narrowed(content([("A", "splněno", 2)]), {"priorita": "Z", "stav": "x", "strana": "99"})
    assert len(made.page) == 1
    assert not made.is_asked
    assert not made.is_long
