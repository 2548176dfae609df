from hypothesis import given
from hypothesis import strategies as st

from portal.plan.levels import Role, next_code

CODES = st.lists(
    st.from_regex(r"(V[0-9]?|[1-9](\.[1-9]){0,2}(\.[a-z]{1,2})?)", fullmatch=True), unique=True, max_size=30
)


def test_codes_follow_the_usual_numbering() -> None:
    assert next_code(Role.VISION, "", []) == "V"
    assert next_code(Role.PRIORITY, "", ["V", "1"]) == "2"
    assert next_code(Role.GOAL, "2", ["2", "2.1"]) == "2.2"
    assert next_code(Role.ACTIVITY, "1.1.1", ["1.1.1", "1.1.1.a"]) == "1.1.1.b"
    assert next_code(Role.ACTIVITY, "1", [f"1.{letter}" for letter in "abcdefghijklmnopqrstuvwxyz"]) == "1.aa"


def test_the_gap_of_a_removed_node_stays_a_gap() -> None:
    assert next_code(Role.GOAL, "1", ["1", "1.3"]) == "1.4"


@given(st.sampled_from(list(Role)), st.sampled_from(["", "1", "1.2", "9.9.9"]), CODES)
def test_a_code_is_always_new(role: str, above: str, taken: list[str]) -> None:
    code = next_code(role, above, taken)
    assert code not in taken
    assert code.startswith("V" if role == Role.VISION else above)
