"""A text read once and written again is read the same for ever: what is undone is what was there."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from portal.tables.columns import Contacts, Day, Digits, Lines, ManyOf, Number, OneOf, Sort, yes_no

NAMES = [("a", "lidé bez domova"), ("b", "děti; mládež"), ("c", "senioři (65+)")]
SORTS: list[Sort] = [
    Sort(),
    Lines(5000),
    Number(),
    Digits(8, "IČO"),
    Day(),
    OneOf([("", ""), *NAMES]),
    ManyOf(NAMES),
    yes_no(unknown=True),
    Contacts("phone"),
    Contacts("email"),
    Contacts("web"),
]
TEXTS = st.text(max_size=40) | st.sampled_from(
    ["777 111 222 (noc)", "a@b.cz; c@d.cz", "www.x.cz", "31. 12. 2026", "2026-12-31", "Děti, mládež; senioři 65", "ano"]
)


@pytest.mark.parametrize("sort", SORTS, ids=lambda sort: type(sort).__name__)
@given(text=TEXTS)
def test_what_was_read_is_written_so_that_it_is_read_the_same(sort: Sort, text: str) -> None:
    try:
        value = sort.clean(text)
    except ValidationError:
        return
    assert sort.clean(sort.show(value)) == value


@given(st.dates(date(1000, 1, 1)))
def test_days_come_back(day: date) -> None:
    assert Day().clean(Day().show(day)) == day


@pytest.mark.parametrize(
    ("sort", "text", "said"),
    [
        (Day(), "31. 2. 2026", "není datum"),
        (Digits(8, "IČO"), "123456789", "8 číslic"),
        (Contacts("web"), "nikde nic", "nevypadá jako adresa"),
        (Sort(5), "příliš dlouhé", "vejde se nejvýš 5"),
        (Sort(required=True), " ", "nesmí být prázdno"),
        (yes_no(), "možná", "Můžete napsat třeba: ano, ne"),
        (Number(), "dva", "není celé číslo"),
    ],
)
def test_what_cannot_be_read_is_told_in_czech(sort: Sort, text: str, said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        sort.clean(text)


def test_noughts_that_a_spreadsheet_ate_are_back() -> None:
    assert Digits(8, "IČO").clean("194972") == "00194972"
