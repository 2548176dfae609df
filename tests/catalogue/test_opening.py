"""Opening hours as words: midnight, gaps, the whole week, and the difference between unknown and closed."""

from datetime import datetime, time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.catalogue import opening
from portal.catalogue.opening import Stretch

PRAGUE = ZoneInfo("Europe/Prague")
WORKDAYS = [
    row for day in range(1, 6) for row in (Stretch(day, time(8), time(12)), Stretch(day, time(13), time(15, 30)))
]


def on(day: int, hour: int, minute: int = 0) -> datetime:
    """A moment in the week of Monday 16 November 2026 (day 16 is Monday, 22 Sunday)."""
    return datetime(2026, 11, day, hour, minute, tzinfo=PRAGUE)


@pytest.mark.parametrize(
    ("now", "text"),
    [
        (on(16, 8), "teď otevřeno do 12.00"),
        (on(16, 14), "teď otevřeno do 15.30"),
        (on(16, 12), "teď zavřeno, otevírá dnes od 13.00"),
        (on(16, 7, 59), "teď zavřeno, otevírá dnes od 8.00"),
        (on(16, 15, 30), "teď zavřeno, otevírá zítra od 8.00"),
        (on(20, 16), "teď zavřeno, otevírá v pondělí od 8.00"),
        (on(22, 23, 59), "teď zavřeno, otevírá zítra od 8.00"),
    ],
)
def test_gaps_and_the_weekend(now: datetime, text: str) -> None:
    answer = opening.at(WORKDAYS, now)
    assert answer is not None
    assert ", ".join(filter(None, (answer.text, answer.more))) == text


def test_nothing_known_is_not_closed() -> None:
    assert opening.at([], on(16, 8)) is None
    assert opening.week([], on(16, 8)) == []


def test_midnight_is_the_end_of_the_day() -> None:
    evening = [Stretch(1, time(18), time(0))]
    inside, after = opening.at(evening, on(16, 23, 59)), opening.at(evening, on(17, 0))
    assert inside is not None
    assert inside.text == "teď otevřeno do 24.00"
    assert after is not None
    assert not after.open
    assert opening.week(evening, on(16, 23))[0].text == "18.00–24.00"


def test_a_night_shelter_is_open_over_midnight_and_over_the_end_of_the_week() -> None:
    nights = [Stretch(day, time(19), time(7)) for day in range(1, 8)]
    monday_morning = opening.at(nights, on(16, 6))
    assert monday_morning is not None
    assert monday_morning.text == "teď otevřeno do 7.00"
    sunday_night = opening.at(nights, on(22, 22))
    assert sunday_night is not None
    assert sunday_night.text == "teď otevřeno do 7.00"


def test_seven_whole_days_are_nonstop() -> None:
    always = [Stretch(day, time(0), time(0)) for day in range(1, 8)]
    answer = opening.at(always, on(18, 3))
    assert answer is not None
    assert answer.nonstop
    assert opening.week(always, on(18, 3)) == [opening.Day("pondělí až neděle", "celý den", today=True)]


def test_days_of_the_same_hours_share_a_row() -> None:
    rows = opening.week([*WORKDAYS, Stretch(6, time(9), time(10), "jen v létě")], on(20, 9))
    assert rows == [
        opening.Day("pondělí až pátek", "8.00–12.00, 13.00–15.30", today=True),
        opening.Day("sobota", "9.00–10.00 (jen v létě)", today=False),
        opening.Day("neděle", "zavřeno", today=False),
    ]


def test_long_stretch_names_the_day_it_ends() -> None:
    weekend = [Stretch(5, time(15), time(0)), Stretch(6, time(0), time(0)), Stretch(7, time(0), time(12))]
    answer = opening.at(weekend, on(20, 20))
    assert answer is not None
    assert answer.text == "teď otevřeno do neděle 12.00"


times = st.times().map(lambda t: t.replace(second=0, microsecond=0))
stretches = st.lists(st.builds(Stretch, st.integers(1, 7), times, times), min_size=1, max_size=12)


@given(stretches, st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31)))
def test_open_exactly_when_some_stretch_covers_the_minute(rows: list[Stretch], moment: datetime) -> None:
    now = moment.replace(tzinfo=PRAGUE, second=0, microsecond=0)
    minute = now.weekday() * 1440 + now.hour * 60 + now.minute

    def covers(row: Stretch) -> bool:
        start = (row.weekday - 1) * 1440 + row.opens.hour * 60 + row.opens.minute
        length = (row.closes.hour * 60 + row.closes.minute - row.opens.hour * 60 - row.opens.minute) % 1440 or 1440
        return (minute - start) % 10080 < length

    answer = opening.at(rows, now)
    assert answer is not None
    assert answer.open == any(covers(row) for row in rows)
