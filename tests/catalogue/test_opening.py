"""Opening hours as words: midnight, gaps, the whole week, and the difference between unknown and closed."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.catalogue import opening
from portal.catalogue.opening import Calendar, SpecialDays, Stretch
from words.holidays import public_holiday

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


# --- days out of the ordinary ------------------------------------------------------------------------------------

CHRISTMAS = SpecialDays(date(2026, 12, 21), date(2027, 1, 1), (), "Vánoce")
EVE = SpecialDays(date(2026, 12, 23), date(2026, 12, 23), ((time(9), time(11)),))
ALWAYS = [Stretch(day, time(0), time(0)) for day in range(1, 8)]


def said(now: datetime, calendar: Calendar, stretches: list[Stretch] = WORKDAYS) -> str:
    answer = opening.at(stretches, now, calendar)
    return ", ".join(filter(None, (answer.text, answer.more))) if answer else "?"


def at_time(month: int, day: int, hour: int, minute: int = 0, year: int = 2026) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=PRAGUE)


@pytest.mark.parametrize(
    ("now", "words"),
    [
        (at_time(12, 21, 9), "dnes zavřeno (Vánoce), otevírá ve středu od 9.00"),
        (at_time(12, 22, 9), "dnes zavřeno (Vánoce), otevírá zítra od 9.00"),
        (at_time(12, 23, 10), "teď otevřeno do 11.00"),
        (at_time(12, 23, 11), "teď zavřeno, otevírá 4. 1. od 8.00"),
        (at_time(12, 20, 9), "teď zavřeno, otevírá ve středu od 9.00"),
        (at_time(12, 18, 14), "teď otevřeno do 15.30"),
        (at_time(12, 18, 16), "teď zavřeno, otevírá ve středu od 9.00"),
        (at_time(11, 3, 9), "teď otevřeno do 12.00"),
    ],
)
def test_the_shorter_exception_wins_over_the_longer_and_both_over_the_week(now: datetime, words: str) -> None:
    assert said(now, Calendar((CHRISTMAS, EVE))) == words


@pytest.mark.parametrize(
    ("holidays", "words"),
    [
        ("", "dnes je svátek, raději předem zavolejte"),
        ("closed", "dnes zavřeno, je svátek, otevírá zítra od 8.00"),
        ("usual", "teď otevřeno do 12.00"),
    ],
)
def test_a_public_holiday_is_what_the_place_says_of_it(holidays: str, words: str) -> None:
    assert said(on(17, 9), Calendar(holidays=holidays)) == words


def test_the_day_before_a_holiday_promises_nothing_it_does_not_know() -> None:
    assert said(on(16, 16), Calendar()) == "teď zavřeno, otevírá ve středu od 8.00"
    assert said(on(16, 16), Calendar(holidays="usual")) == "teď zavřeno, otevírá zítra od 8.00"


def test_a_holiday_on_a_day_that_is_closed_anyway_asks_nobody_to_call() -> None:
    assert said(at_time(9, 28, 9, year=2025), Calendar()) == "teď zavřeno, otevírá zítra od 8.00"  # a Sunday


def test_what_never_closes_is_open_on_holidays_but_not_on_its_exceptions() -> None:
    assert said(on(17, 3), Calendar(), ALWAYS) == "otevřeno nepřetržitě, i v noci a o víkendu"
    closed = SpecialDays(date(2026, 11, 18), date(2026, 11, 18), (), "malování")
    assert said(on(18, 3), Calendar((closed,)), ALWAYS) == "dnes zavřeno (malování), otevírá zítra od 0.00"
    assert said(on(16, 3), Calendar((closed,)), ALWAYS) == "teď otevřeno do zítřka 24.00"


def test_a_night_of_an_exception_lasts_into_the_next_day() -> None:
    night = SpecialDays(date(2026, 11, 13), date(2026, 11, 13), ((time(20), time(6)),))
    assert said(on(14, 5), Calendar((night,))) == "teď otevřeno do 6.00"


def test_of_a_place_without_hours_only_its_exceptions_are_known() -> None:
    closed = SpecialDays(date(2026, 11, 18), date(2026, 11, 19), (), "dovolená")
    assert said(on(18, 9), Calendar((closed,)), []) == "dnes zavřeno (dovolená)"
    assert said(on(16, 9), Calendar((closed,)), []) == "?"


@given(st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 1)))
def test_a_calendar_without_a_word_changes_nothing_on_plain_days(moment: datetime) -> None:
    now = moment.replace(tzinfo=PRAGUE)
    near = (now.date() + timedelta(days=ahead) for ahead in range(-1, 9))
    if not any(public_holiday(day) for day in near):
        assert opening.at(WORKDAYS, now, Calendar()) == opening.at(WORKDAYS, now)


@given(st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 1)))
def test_day_by_day_says_what_week_by_week_does(moment: datetime) -> None:
    """An exception that repeats the usual hours of its day changes no answer."""
    now = moment.replace(tzinfo=PRAGUE)
    usual = tuple((row.opens, row.closes) for row in WORKDAYS if row.weekday == now.isoweekday())
    same = Calendar((SpecialDays(now.date(), now.date(), usual),), "usual")
    dated, weekly = opening.at(WORKDAYS, now, same), opening.at(WORKDAYS, now)
    assert dated is not None
    assert weekly is not None
    assert (dated.open, dated.until, dated.opens) == (weekly.open, weekly.until, weekly.opens)


def test_what_is_coming_is_told_a_while_before() -> None:
    calendar = Calendar((CHRISTMAS, EVE), "usual")
    assert opening.coming(calendar, date(2026, 9, 1)) == ["O svátcích jako jindy"]
    assert opening.coming(calendar, date(2026, 12, 1)) == [
        "21. 12. – 1. 1.: zavřeno (Vánoce)",
        "23. 12.: 9.00–11.00",
        "O svátcích jako jindy",
    ]
    assert opening.coming(calendar, date(2026, 12, 24))[0].startswith("21. 12.")
    assert opening.coming(Calendar((CHRISTMAS,)), date(2027, 1, 2)) == []
