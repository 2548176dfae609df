"""Terms before a meeting and days of a series: properties over any days."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.meetings import series
from portal.meetings.terms import Ahead, Terms, days_before, is_working, next_working
from words.holidays import public_holiday

DAYS = st.dates(date(2000, 1, 1), date(2099, 12, 31))
NUMBERS = st.integers(0, 60)


@given(DAYS, NUMBERS)
def test_calendar_days_are_counted_one_by_one(day: date, days: int) -> None:
    assert day - days_before(day, days) == timedelta(days=days)


@given(DAYS, NUMBERS)
def test_between_the_term_and_the_meeting_lie_so_many_working_days(day: date, days: int) -> None:
    term = days_before(day, days, working=True)
    assert sum(is_working(term + timedelta(at)) for at in range((day - term).days)) == days
    assert days == 0 or is_working(term)


@given(DAYS, NUMBERS, NUMBERS, st.booleans())
def test_a_longer_term_ends_no_later(day: date, days: int, more: int, working: bool) -> None:
    assert days_before(day, days + more, working=working) <= days_before(day, days, working=working)


@given(DAYS, NUMBERS)
def test_working_days_need_no_fewer_days_than_calendar_ones(day: date, days: int) -> None:
    assert days_before(day, days, working=True) <= days_before(day, days)


@given(DAYS, NUMBERS, NUMBERS, NUMBERS, NUMBERS, st.booleans(), st.integers(-90, 90))
def test_what_is_done_on_the_last_day_is_in_time_and_a_day_later_is_not(
    day: date, invitation: int, web: int, agenda: int, excuses: int, working: bool, shift: int
) -> None:
    terms = Terms.of(day, Ahead(invitation, web, agenda, excuses, working))
    a_day = timedelta(1)
    assert terms.missed(day, invited_on=terms.invitation, shown_on=terms.web) == ()
    assert terms.missed(day, invited_on=terms.invitation + a_day, shown_on=terms.web) == ("invitation",)
    assert terms.missed(day, invited_on=terms.invitation, shown_on=terms.web + a_day) == ("web",)
    # What is not done would be done today.
    today = day + timedelta(shift)
    late = set(terms.missed(today))
    assert ("invitation" in late) == (today > terms.invitation)
    assert ("web" in late) == (today > terms.web)
    assert max(terms.agenda, terms.excuses) <= day


def test_three_working_days_before_easter_monday_week() -> None:
    # Tuesday after Easter 2027 (28 March): Monday is a holiday, Friday too.
    assert days_before(date(2027, 3, 30), 3, working=True) == date(2027, 3, 23)


@given(DAYS)
def test_next_working_day_is_the_first_one(day: date) -> None:
    found = next_working(day)
    assert is_working(found)
    assert not any(is_working(day + timedelta(at)) for at in range((found - day).days))


@given(DAYS, st.integers(0, 700), st.integers(0, 4), st.sampled_from([1, 2, 3, 4, series.LAST]), st.integers(1, 12))
def test_monthly_days_are_that_weekday_of_their_month(
    first: date, length: int, weekday: int, which: int, months: int
) -> None:
    last = first + timedelta(length)
    days = list(series.monthly(first, last, weekday=weekday, which=which, months=months))
    assert days == sorted(set(days))
    for day in days:
        assert first <= day <= last
        assert day.weekday() == weekday
        if which == series.LAST:
            assert (day + timedelta(7)).month != day.month
        else:
            assert (day.day - 1) // 7 == which - 1
        assert ((day.year - first.year) * 12 + day.month - first.month) % months == 0


@given(DAYS, st.integers(0, 700), st.integers(1, 26))
def test_weekly_days_keep_their_distance(first: date, length: int, weeks: int) -> None:
    days = list(series.every_weeks(first, first + timedelta(length), weeks))
    assert days[0] == first
    assert {(after - before).days for before, after in pairwise(days)} <= {7 * weeks}


@given(DAYS, st.sampled_from(["skip", "move", "keep"]))
def test_no_day_is_lost_between_planned_and_skipped(first: date, on_holiday: series.OnHoliday) -> None:
    wanted = list(series.every_weeks(first, first + timedelta(300), 1))
    kept, skipped = series.planned(iter(wanted), on_holiday)
    assert sorted([one.wanted for one in kept] + [one.wanted for one in skipped]) == wanted
    for one in kept:
        assert bool(one.holiday) == bool(public_holiday(one.wanted))
        if on_holiday == "move" and one.holiday:
            assert is_working(one.day)
        if on_holiday != "move":
            assert one.day == one.wanted
    assert all(one.holiday for one in skipped)
    assert not skipped or on_holiday == "skip"


@pytest.mark.parametrize(("which", "months"), [(0, 1), (5, 1), (1, 0)])
def test_a_rule_that_means_nothing_is_refused(which: int, months: int) -> None:
    with pytest.raises(ValueError, match="No such day"):
        list(series.monthly(date(2027, 1, 1), date(2027, 12, 31), weekday=1, which=which, months=months))
