"""What the author is asked about before a text is sent: found where it is, and not where it is not."""

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.suggestions.warnings import TOLD, Sort, by_sort, find, is_birth_number


def sorts(text: str) -> list[str]:
    return [one.sort.value for one in find(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Moje rodné číslo je 855230/1239.", []),  # the month 52 has no 30th day
        ("Moje rodné číslo je 855215/1234, pomozte.", ["birth"]),
        ("RČ 855215/1234 s přehozenou číslicí", ["birth"]),
        ("Maminka, rodné číslo 7351011234, je sama.", ["birth"]),
        ("Její r. č. je 735101 1234.", ["birth"]),
        ("Smlouva číslo 7351011234 skončila.", []),
        ("Na účet 123456/0100 nic nepřišlo.", []),
        ("Máma 450612 123 je sama.", ["birth"]),
        ("Volejte 777 123 456 nebo +420602111222.", ["phone", "phone"]),
        ("Stálo to 250 000 000 Kč.", []),
        ("Bydlí tu 1 240 lidí a autobus jede 6.30, 7.45 a 14.10.", []),
        ("Pište na jana.nova@priklad.cz nebo karel (zavináč) obec.cz.", ["email", "email"]),
        ("Paní Nováková od vedle nemá nikoho.", ["name"]),
        ("Postarejte se o Janu Dvořákovou.", ["name"]),
        ("MUDr. Petr Holý už nepřijímá.", ["name"]),
        ("Paní ze sousedství a pan starosta o tom vědí.", []),
        ("V Jičíně a v Mariánských Lázních to mají. V Hradci Králové ne.", []),
        ("Moje maminka má Alzheimerovu nemoc.", ["illness"]),
        ("Trpím už léta těžkými depresemi.", ["illness"]),
        ("Diagnóza F20.0, nikde nás nechtějí.", ["illness"]),
        ("Chybí tu domov pro lidi s Alzheimerovou nemocí a poradna pro závislé.", []),
        ("Chci si stěžovat na pečovatelku.", ["complaint"]),
        ("Chybí nám odlehčovací služba na víkend.", []),
        ("", []),
    ],
)
def test_what_is_found(text: str, expected: list[str]) -> None:
    assert sorts(text) == expected


def test_words_are_told_once_and_as_they_stand() -> None:
    told = by_sort(find("Paní Nováková, zase paní Nováková a Paní Nováková. Tel. 777 123 456."))
    assert told == {Sort.NAME: ["Paní Nováková", "paní Nováková"], Sort.PHONE: ["777 123 456"]}


def test_every_sort_has_its_words() -> None:
    assert set(TOLD) == set(Sort)


def birth_number(born: date, woman: bool, tail: int) -> str:
    """The first number by the law from the tail on."""
    start = f"{born:%y}{born.month + 50 * woman:02}{born:%d}"
    return next(f"{start}{n:04}" for n in range(tail, tail + 12) if int(f"{start}{n:04}") % 11 == 0)


days = st.dates(date(1954, 1, 1), date(2053, 12, 31))
between = st.sampled_from(["", "/", " ", " / ", "-"])
words = st.sampled_from(["", "RČ ", "číslo: ", "(", "Narozen 1. 1., "])


@given(days, st.booleans(), st.integers(0, 9980), between, words)
def test_every_birth_number_is_found_however_it_is_written(
    born: date, woman: bool, tail: int, sign: str, before: str
) -> None:
    number = birth_number(born, woman, tail)
    written = f"{number[:6]}{sign}{number[6:]}"
    assert is_birth_number(number)
    assert (Sort.BIRTH_NUMBER, written) in {(one.sort, one.words) for one in find(f"{before}{written}, děkuji.")}


@given(days, st.booleans(), st.integers(0, 9980), st.integers(1, 10))
def test_one_wrong_digit_is_no_birth_number_from_1986_on(born: date, woman: bool, tail: int, more: int) -> None:
    number = birth_number(born.replace(year=max(born.year, 1986), day=1), woman, tail)
    changed = number[:9] + str((int(number[9]) + more) % 10)
    assert is_birth_number(changed) == (changed == number)


@given(st.text(max_size=500))
def test_findings_stand_in_the_text_in_order_and_apart(text: str) -> None:
    found = find(text)
    assert all(text[one.start : one.end] == one.words and one.words for one in found)
    assert all(one.end <= other.start for one, other in pairwise(found))


@given(st.text("bcdfghjklmn .,!?\n", max_size=500))
def test_small_letters_without_numbers_are_left_alone(text: str) -> None:
    assert find(text) == []


@given(st.sampled_from(["a", "a.", "1", "777 ", "Jan ", "mam ", "@", "a@a."]))
def test_a_long_text_made_to_be_slow_is_not(piece: str) -> None:
    """Hypothesis itself refuses an example over its deadline."""
    find((piece * 4000)[:4000])
