"""What workers do by themselves."""

from __future__ import annotations

import io
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from django.utils.module_loading import import_string
from hypothesis import given
from hypothesis import strategies as st

from portal.jobs import clock
from portal.jobs.clock import Entry, read_entry, run_due
from portal.jobs.models import Tick

PRAGUE = ZoneInfo("Europe/Prague")
DAILY = "tests.jobs.test_clock.count"
done: list[str] = []


def count() -> None:
    done.append("done")


def fall() -> None:
    raise RuntimeError("disk full")


@pytest.fixture(autouse=True)
def _nothing_done() -> None:
    done.clear()


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=PRAGUE)


class TestTimes:
    @given(
        st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC)),
        st.times().map(lambda t: t.replace(second=0, microsecond=0, fold=0)),
    )
    def test_now_lies_between_the_last_and_the_next(self, now: datetime, when: time) -> None:
        entry = Entry("x", daily=when)
        assert entry.last_due(now) <= now < entry.next_due(now)
        assert timedelta(hours=22) <= entry.next_due(now) - entry.last_due(now) <= timedelta(hours=26)
        assert entry.last_due(entry.next_due(now)) == entry.next_due(now)

    @given(st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC)), st.integers(1, 100_000))
    def test_seconds_are_the_same_for_every_worker(self, now: datetime, seconds: int) -> None:
        entry = Entry("x", seconds=seconds)
        assert entry.last_due(now) <= now < entry.next_due(now)
        assert entry.last_due(now + (entry.next_due(now) - now) / 2) == entry.last_due(now)

    @pytest.mark.parametrize(
        ("now", "due"),
        [
            ("2026-03-29T12:00", "2026-03-29T03:30"),  # that night 2.30 did not exist
            ("2026-10-25T12:00", "2026-10-25T02:30"),  # and that night twice; once is enough
            ("2026-06-01T02:29", "2026-05-31T02:30"),
            ("2026-06-01T02:30", "2026-06-01T02:30"),
        ],
    )
    def test_of_day_in_local_time(self, now: str, due: str) -> None:
        assert Entry("x", daily=time(2, 30)).last_due(at(now)).timestamp() == at(due).timestamp()

    @pytest.mark.parametrize("wrong", ["", "s", "0s", "-5s", "1.5s", "25:00", "5 min"])
    def test_what_is_no_time_is_refused(self, wrong: str) -> None:
        with pytest.raises(ValueError, match="CLOCK"):
            read_entry("x", wrong)

    def test_every_entry_of_the_settings_is_a_function(self) -> None:
        entries = clock.entries()
        assert {entry.name for entry in entries} >= {"portal.mail.post.deliver", "portal.mail.actions.forget"}
        assert all(callable(import_string(entry.name)) for entry in entries)


@pytest.mark.django_db
class TestRunning:
    entry = Entry(DAILY, daily=time(5, 10))

    def test_a_daily_run_waits_for_its_first_time_then_comes_once_a_day(self) -> None:
        assert not run_due(self.entry, at("2026-06-01T08:00"))
        assert not run_due(self.entry, at("2026-06-02T05:09"))
        assert run_due(self.entry, at("2026-06-02T05:10"))
        assert not run_due(self.entry, at("2026-06-02T23:59"))
        assert run_due(self.entry, at("2026-06-03T05:11"))
        assert len(done) == 2

    def test_days_without_a_worker_are_caught_up_once(self) -> None:
        run_due(self.entry, at("2026-06-01T08:00"))
        assert run_due(self.entry, at("2026-06-09T17:00"))
        assert not run_due(self.entry, at("2026-06-09T17:01"))
        assert len(done) == 1

    def test_seconds_begin_at_once_and_each_comes_once(self) -> None:
        entry, now = Entry(DAILY, seconds=60), at("2026-06-01T08:00")
        assert run_due(entry, now)
        assert not run_due(entry, now + timedelta(seconds=59))
        assert run_due(entry, now + timedelta(seconds=60))

    def test_of_two_workers_one_takes_it(self, monkeypatch: pytest.MonkeyPatch) -> None:
        run_due(self.entry, at("2026-06-01T08:00"))
        now = at("2026-06-02T06:00")
        taken: list[Any] = []
        first_look = Tick.objects.filter

        def meanwhile(*args: Any, **kwargs: Any) -> Any:
            """Between the look and the taking of this worker another one takes it."""
            found = first_look(*args, **kwargs)
            if not taken and "due_at" not in kwargs:
                taken.append(True)
                row = found.get()
                assert run_due(self.entry, now)
                monkeypatch.setattr(found, "first", lambda: row)
            return found

        monkeypatch.setattr(Tick.objects, "filter", meanwhile)
        assert not run_due(self.entry, now)
        assert len(done) == 1

    def test_a_failure_is_kept_for_the_desk_until_it_succeeds(self) -> None:
        entry = Entry("tests.jobs.test_clock.fall", seconds=60)
        now = timezone.now()
        assert run_due(entry, now)
        tick = Tick.objects.failed().get()
        assert tick.error == "RuntimeError: disk full"
        assert tick.failed_at == tick.finished_at
        Tick.objects.update(name=DAILY)
        assert run_due(Entry(DAILY, seconds=60), now + timedelta(seconds=60))
        assert not Tick.objects.failed().exists()

    def test_a_function_that_is_not_there_is_a_failure_too(self) -> None:
        assert run_due(Entry("tests.jobs.test_clock.nothing", seconds=60))
        assert "nothing" in Tick.objects.failed().get().error


@pytest.mark.django_db
class TestCommand:
    def test_does_once_what_is_due(self, settings: Any) -> None:
        settings.CLOCK = {DAILY: "100000s"}
        out = io.StringIO()
        call_command("clock", once=True, stdout=out)
        assert out.getvalue() == f"{DAILY}: done\n"
        call_command("clock", once=True, stdout=out)
        assert len(done) == 1

    def test_ends_with_an_error_that_cron_notices(self, settings: Any) -> None:
        settings.CLOCK = {"tests.jobs.test_clock.fall": "100000s"}
        with pytest.raises(CommandError, match="disk full"):
            call_command("clock", once=True, stdout=io.StringIO())

    def test_without_once_only_says_when(self, settings: Any) -> None:
        settings.CLOCK = {DAILY: "05:10"}
        out = io.StringIO()
        call_command("clock", stdout=out)
        assert "due" in out.getvalue()
        assert done == []
