"""Public holidays: the fixed ones, and Easter by known years."""

from datetime import date

import pytest

from words.holidays import easter, public_holiday


@pytest.mark.parametrize(
    "sunday",
    [
        date(2000, 4, 23),
        date(2008, 3, 23),
        date(2019, 4, 21),
        date(2024, 3, 31),
        date(2025, 4, 20),
        date(2026, 4, 5),
        date(2027, 3, 28),
        date(2038, 4, 25),
    ],
)
def test_easter_by_the_calendar(sunday: date) -> None:
    assert easter(sunday.year) == sunday


def test_a_year_has_thirteen_holidays() -> None:
    days = [day for n in range(365) if public_holiday(day := date.fromordinal(date(2026, 1, 1).toordinal() + n))]
    assert len(days) == 13
    assert public_holiday(date(2026, 4, 3)) == "Velký pátek"
    assert public_holiday(date(2026, 4, 6)) == "Velikonoční pondělí"
    assert public_holiday(date(2026, 11, 17)).startswith("Den boje")
    assert public_holiday(date(2026, 11, 18)) == ""
