"""Tasks and decisions read out of what was typed while they were spoken."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.minutes.marks import MONTHS, Mark, Sort, is_mark, read, read_line

DAY = date(2027, 2, 10)


@pytest.mark.parametrize(
    ("line", "who", "what", "until"),
    [
        ("ÚKOL: Novák – připravit podklady do 15. 3.", "Novák", "připravit podklady", date(2027, 3, 15)),
        ("úkol: Novák - připravit podklady do 15.3.", "Novák", "připravit podklady", date(2027, 3, 15)),
        ("- ÚKOL: Jana Malá — obvolat obce (do 1. 2.)", "Jana Malá", "obvolat obce", date(2028, 2, 1)),
        ("**ÚKOL:** Dvořáková – svolat schůzku, do 5. dubna 2028.", "Dvořáková", "svolat schůzku", date(2028, 4, 5)),
        ("ÚKOL: koordinátorka – dotazník, termín: 30. 6. 2027", "koordinátorka", "dotazník", date(2027, 6, 30)),
        ("ÚKOL: všichni – poslat připomínky do konce března", "všichni", "poslat připomínky", date(2027, 3, 31)),
        ("ÚKOL: Kříž – zpráva do konce roku", "Kříž", "zpráva", date(2027, 12, 31)),
        ("ÚKOL: Kříž – zpráva do konce ledna", "Kříž", "zpráva", date(2028, 1, 31)),
        ("ÚKOL: najít nový sál do 29. 2.", "", "najít nový sál", date(2028, 2, 29)),
        ("ÚKOL: doplnit sociálně-právní poradnu", "", "doplnit sociálně-právní poradnu", None),
        ("ÚKOL: Novák – jet do Svornova", "Novák", "jet do Svornova", None),
        ("ÚKOL: Novák – uzavřít do 31. 2.", "Novák", "uzavřít do 31. 2.", None),
        ("Ukol : Novák – zavolat", "Novák", "zavolat", None),
        ("ÚKOL: projít 14 karet – ty nejstarší", "", "projít 14 karet – ty nejstarší", None),
    ],
)
def test_a_task_says_who_what_and_until_when(line: str, who: str, what: str, until: date | None) -> None:
    assert read_line(line, DAY) == Mark(Sort.TASK, what, who, until)


def test_a_decision_is_kept_word_for_word() -> None:
    assert read_line("USNESENÍ: Skupina schvaluje plán – do 15. 3.", DAY) == Mark(
        Sort.DECISION, "Skupina schvaluje plán – do 15. 3."
    )


@pytest.mark.parametrize("line", ["Mluvili jsme o úkolu: kdo co", "ÚKOL:", "ÚKOL: –", "USNESENÍ:  ", "", "Úkoly: nic"])
def test_other_lines_are_no_marks(line: str) -> None:
    assert read_line(line, DAY) is None


def test_marks_are_read_in_the_order_of_the_text() -> None:
    text = "Úvod.\n\nÚKOL: A – jedno\nmezi tím\nUSNESENÍ: dvě\nÚKOL: B – tři"
    assert [mark.text for mark in read(text, DAY)] == ["jedno", "dvě", "tři"]


@given(st.text(max_size=200), st.dates(date(2000, 1, 1), date(2100, 1, 1)))
def test_any_line_is_read_without_a_fault(text: str, day: date) -> None:
    for line in (text, f"ÚKOL: {text}", f"USNESENÍ: {text}"):
        mark = read_line(line, day)
        assert mark is None or (mark.text and is_mark(line))


@given(
    day=st.dates(date(2000, 1, 1), date(2100, 1, 1)),
    ahead=st.integers(0, 364),
    wordy=st.booleans(),
    who=st.sampled_from(["Novák", "Jana Malá", "koordinátorka"]),
)
def test_a_day_without_a_year_is_the_first_to_come(day: date, ahead: int, wordy: bool, who: str) -> None:
    until = day + timedelta(days=ahead)
    said = f"{until.day}. {MONTHS[until.month - 1]}" if wordy else f"{until.day}. {until.month}."
    mark = read_line(f"ÚKOL: {who} – zavolat do {said}", day)
    assert mark is not None
    assert (mark.who, mark.text, mark.until) == (who, "zavolat", until)
