"""Letters through a real SMTP server."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import threading
from collections import Counter
from contextlib import closing
from datetime import datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from portal.mail import actions
from portal.mail.models import TAKEN_FOR, Letter
from portal.mail.post import deliver
from portal.mail.server import MailServer, read_server

from .conftest import CONTEXT, Office, Post, write

State = Letter.State


def state(letter: Letter) -> str:
    letter.refresh_from_db()
    return letter.state


def body(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


@pytest.mark.django_db
class TestOneLetter:
    def test_arrives_in_czech_as_text_and_as_html(self, post: Post) -> None:
        letter = write()
        assert deliver() == 1
        (message,) = post.messages
        assert message.get_content_type() == "multipart/alternative"
        assert message["Subject"] == "Platí údaje o službě Domácí pomoc & péče?"
        assert str(message["From"]) == "Pospolu Svornov <pospolu@svornov.example>"
        assert str(message["To"]) == "Jana Nováková <jana@example.org>"
        assert message["Message-ID"] == letter.message_id
        assert message["Auto-Submitted"] == "auto-generated"
        assert message["Content-Language"] == "cs"
        assert message["List-Unsubscribe"] is None
        text, html = body(message, "plain"), body(message, "html")
        assert text == letter.text
        assert text.startswith("Dobrý den, paní Nováková,\n\nza tři měsíce")
        assert html == letter.html
        assert '<html lang="cs">' in html
        assert state(letter) == State.SENT
        assert letter.sent_at is not None
        assert letter.attempts == 1
        assert deliver() == 0

    def test_answers_go_to_the_coordinator_and_reports_of_non_delivery_to_their_box(
        self, post: Post, settings: Any
    ) -> None:
        settings.COORDINATOR = {"name": "Eva Malá", "phone": "", "email": "eva@svornov.example"}
        settings.MAIL_BOUNCES = "vraceno@svornov.example"
        letter = write()
        deliver()
        assert str(post.messages[0]["Reply-To"]) == "Eva Malá <eva@svornov.example>"
        assert post.envelopes[0].mail_from == f"vraceno+{letter.key}@svornov.example"

    def test_without_a_server_it_stays_in_the_outbox(self, settings: Any) -> None:
        settings.MAIL_SERVER = None
        letter = write()
        assert deliver() == 0
        assert state(letter) == State.WAITING

    def test_an_empty_outbox_is_only_read(self, post: Post) -> None:
        write()
        deliver()
        with CaptureQueriesContext(connection) as queries:
            assert deliver() == 0
        assert [one["sql"][:6] for one in queries] == ["SELECT", "SELECT"]

    def test_is_never_sent_when_the_work_it_belongs_to_fails(self, post: Post) -> None:
        with transaction.atomic():
            write()
            transaction.set_rollback(True)
        assert deliver() == 0
        assert post.messages == []

    @pytest.mark.parametrize("line_break", ["\n", "\r\n", "\r", "\u2028"])
    def test_a_name_cannot_make_a_header_of_its_own(self, post: Post, line_break: str) -> None:
        said = f"Domácí{line_break}Bcc: oběť@example.org"
        letter = write(name=f"Jana{line_break}Bcc: victim@example.org", context={**CONTEXT, "service": said})
        assert deliver() == 1
        (message,) = post.messages
        assert message["Bcc"] is None
        assert post.envelopes[0].rcpt_tos == ["jana@example.org"]
        assert len(letter.subject.splitlines()) == 1

    @pytest.mark.parametrize("to", ["jana", "jana@@example.org", "jana@example.org\nBcc: x@example.org", "a b@c.cz"])
    def test_an_address_that_is_none_is_given_up_and_nobody_gets_it(self, post: Post, to: str) -> None:
        letter = write(to=to)
        assert deliver() == 0
        assert state(letter) == State.FAILED
        assert post.envelopes == []


@pytest.mark.django_db
class TestTrouble:
    def test_try_later_means_growing_pauses(self, post: Post) -> None:
        post.to_data = ["451 4.3.0 Try later", "451 4.3.0 Try later"]
        letter, pauses = write(), []
        for _ in range(2):
            assert deliver(letter.next_try_at) == 0
            before = timezone.now()
            assert state(letter) == State.WAITING
            pauses.append(round((letter.next_try_at - before).total_seconds() / 60))
            assert deliver(before) == 0  # not before its time
        assert pauses == [1, 5]
        assert letter.last_error == "451 4.3.0 Try later"
        assert deliver(letter.next_try_at) == 1
        assert state(letter) == State.SENT
        assert letter.attempts == 3
        assert letter.last_error == ""

    def test_a_busy_box_is_tried_later_too(self, post: Post) -> None:
        post.to_rcpt = ["450 4.2.1 Busy"]
        letter = write()
        assert deliver() == 0
        assert state(letter) == State.WAITING

    def test_after_the_last_pause_it_is_given_up(self, post: Post) -> None:
        letter = write()
        Letter.objects.update(attempts=len(actions.PAUSES))
        post.to_data = ["451 4.3.0 Try later"]
        assert deliver() == 0
        assert state(letter) == State.FAILED

    def test_nobody_at_the_address_is_known_at_once(self, post: Post) -> None:
        post.to_rcpt = ["550 5.1.1 No such user"]
        letter, other = write(), write(to="petr@example.org")
        assert deliver() == 1
        assert state(letter) == State.BOUNCED
        assert letter.last_error == "550 5.1.1 No such user"
        assert state(other) == State.SENT
        assert Letter.objects.bad_address("Jana@example.org", timezone.now())
        assert not Letter.objects.bad_address("petr@example.org", timezone.now())
        again = write()
        assert list(Letter.objects.to_bad_addresses(timezone.now())) == [again]

    def test_a_letter_the_server_will_not_take_is_given_up(self, post: Post) -> None:
        post.to_data = ["554 5.7.1 Spam"]
        letter = write()
        assert deliver() == 0
        assert state(letter) == State.FAILED
        assert not Letter.objects.bad_address(letter.to, timezone.now())

    def test_a_server_that_is_down_and_then_up(self, office: Office) -> None:
        letters = [write(to=f"clovek{number}@example.org") for number in range(13)]
        assert deliver() == 0
        assert {state(one) for one in letters} == {State.WAITING}
        assert letters[0].last_error.startswith("poštovní server neodpovídá")
        office.open()
        assert deliver(timezone.now() + timedelta(minutes=2)) == 13
        assert {state(one) for one in letters} == {State.SENT}

    def test_one_connection_serves_many_letters_and_is_opened_again_after_it_breaks(self, office: Office) -> None:
        office.open()
        for number in range(12):
            write(to=f"clovek{number}@example.org")
        seen = 0

        def close_line() -> None:
            nonlocal seen
            seen += 1

        office.post.on_data = close_line
        office.post.to_data = ["250 OK"] * 5 + ["421 4.4.2 Closing"]
        assert deliver() == 11
        assert seen == 12
        assert len(office.post.sessions) <= 2
        assert deliver(timezone.now() + timedelta(minutes=2)) == 1

    def test_a_wrong_password_is_no_fault_of_the_letter(self, office: Office, settings: Any) -> None:
        office.open()  # this server knows no passwords
        settings.MAIL_SERVER = MailServer("127.0.0.1", office.port, user="a", password="b", timeout=5)
        letter = write()
        assert deliver() == 0
        assert state(letter) in {State.WAITING, State.FAILED}
        assert office.post.envelopes == []


@pytest.mark.django_db
class TestDeath:
    def test_a_letter_of_a_dead_worker_is_sent_again_under_the_same_message_id(
        self, post: Post, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        letter = write()

        def die(**_: Any) -> None:
            raise SystemExit  # killed after the server took the letter and before that was written

        with monkeypatch.context() as patch:
            patch.setattr(actions, "sent", die)
            with pytest.raises(SystemExit):
                deliver()
        assert state(letter) == State.SENDING
        assert deliver() == 0  # somebody may still be at it
        assert deliver(timezone.now() + TAKEN_FOR + timedelta(seconds=1)) == 1
        assert state(letter) == State.SENT
        assert [one["Message-ID"] for one in post.messages] == [letter.message_id] * 2

    def test_a_worker_that_lost_a_letter_neither_sends_it_nor_says_how_it_ended(self, post: Post) -> None:
        letter, now = write(), timezone.now()
        (slow,) = actions.take(worker="slow", now=now, most=1)
        actions.free_left_behind(now=now + TAKEN_FOR + timedelta(seconds=1))
        (_,) = actions.take(worker="quick", now=now + TAKEN_FOR * 2, most=1)
        assert not actions.hold(letter=slow, worker="slow", now=now)
        actions.give_up(letter=slow, worker="slow", error="")
        assert state(letter) == State.SENDING


@pytest.mark.django_db(transaction=True)
class TestProcesses:
    """Real worker processes over the same database: row locks on PostgreSQL, one writer at a time on SQLite."""

    def test_racing_send_each_letter_once(self, office: Office, tmp_path: Path) -> None:
        office.open()
        letters = [write(to=f"clovek{number}@example.org") for number in range(60)]
        workers = [worker(office, tmp_path) for _ in range(2)]
        for one in workers:
            begin(one)
        assert [one.wait(60) for one in workers] == [0, 0]
        assert sorted(one["Message-ID"] for one in office.post.messages) == sorted(one.message_id for one in letters)
        assert states(tmp_path) == {State.SENT: 60}

    def test_killed_in_the_middle_loses_no_letter(self, office: Office, tmp_path: Path) -> None:
        office.open()
        letters = [write(to=f"clovek{number}@example.org") for number in range(25)]
        reached, killed = threading.Event(), threading.Event()

        def stop_at_the_fifteenth() -> None:
            if len(office.post.envelopes) == 14 and not reached.is_set():
                reached.set()
                killed.wait(30)

        office.post.on_data = stop_at_the_fifteenth
        later = timezone.now() + TAKEN_FOR + timedelta(minutes=1)
        first, second = worker(office, tmp_path), worker(office, tmp_path, later)
        begin(first)
        assert reached.wait(60)
        first.kill()
        first.wait(10)
        killed.set()
        # Of the second ten, four had been sent and written down.
        assert states(tmp_path) == {State.SENT: 14, State.SENDING: 6, State.WAITING: 5}
        begin(second)
        assert second.wait(60) == 0
        assert states(tmp_path) == {State.SENT: 25}
        arrived = Counter(str(one["Message-ID"]) for one in office.post.messages)
        assert set(arrived) == {one.message_id for one in letters}
        assert sum(arrived.values()) <= 26, "only the letter in hand may come twice"


def database(tmp_path: Path) -> str:
    """Address of the database of this test for another process; SQLite in memory is first written into a file."""
    if connection.vendor != "sqlite":
        given = connection.settings_dict
        host = f"{given['HOST'] or '127.0.0.1'}:{given['PORT'] or 5432}"
        return f"postgres://{given['USER']}:{given['PASSWORD']}@{host}/{given['NAME']}"
    file = tmp_path / "letters.sqlite3"
    if not file.exists():
        connection.ensure_connection()
        with closing(sqlite3.connect(file)) as copy:
            connection.connection.backup(copy)
            # As every database that was migrated: of two processes that meet one without it, the second is refused.
            copy.execute("PRAGMA journal_mode=WAL")
    return f"sqlite:///{file}"


def worker(office: Office, tmp_path: Path, *later: datetime) -> subprocess.Popen[str]:
    """A process that, when told to begin, delivers what is due (now, and at the later time) and ends."""
    times = ", ".join(["None", *(f"datetime.fromisoformat('{time.isoformat()}')" for time in later)])
    code = f"""
import django
django.setup()
from datetime import datetime
from portal.mail.post import deliver
print("ready", flush=True)
input()
for now in [{times}]:
    deliver(now)
"""
    environment = {
        **os.environ,
        "DATABASE_URL": database(tmp_path),
        "EMAIL_URL": f"smtp://127.0.0.1:{office.port}",
        "DJANGO_SETTINGS_MODULE": "portal.settings",
        "DEBUG": "1",
    }
    return subprocess.Popen(
        [sys.executable, "-c", code],
        env=environment,
        cwd=settings.ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def begin(process: subprocess.Popen[str]) -> None:
    assert process.stdout is not None
    assert process.stdin is not None
    assert process.stdout.readline() == "ready\n"
    process.stdin.write("\n")
    process.stdin.flush()


def states(tmp_path: Path) -> Counter[str]:
    """How many letters are in each state, as the processes left them."""
    if connection.vendor != "sqlite":
        return Counter(Letter.objects.values_list("state", flat=True))
    with closing(sqlite3.connect(tmp_path / "letters.sqlite3")) as file:
        return Counter(row[0] for row in file.execute("SELECT state FROM mail_letter"))


@pytest.mark.django_db
def test_every_change_of_state_is_in_the_table_of_moves(post: Post) -> None:
    """SENT is reached from SENDING alone, BOUNCED from SENDING or SENT, and so on: actions ask for the state before."""
    letter, now = write(), timezone.now()
    for skip in ({"state": State.SENT}, {"state": State.SKIPPED}, {"state": State.FAILED}):
        Letter.objects.filter(pk=letter.pk).update(**skip)
        assert actions.take(worker="w", now=now + timedelta(hours=1), most=1) == []
        actions.sent(letter=letter, worker="", now=now)
        assert state(letter) == skip["state"]


class TestServer:
    @pytest.mark.parametrize(
        ("url", "expected"),
        [
            ("", None),
            ("smtp://mail.example:2525", MailServer("mail.example", 2525, security="starttls")),
            ("smtps://mail.example", MailServer("mail.example", 465, security="tls")),
            ("smtp://localhost:25", MailServer("localhost", 25)),
            ("smtp://localhost:25?tls=1", MailServer("localhost", 25, security="starttls")),
            ("smtp://mail.example:25?tls=0&timeout=3", MailServer("mail.example", 25, timeout=3)),
            (
                "smtp://jana%40obec.cz:t%2Fe%3F@mail.example",
                MailServer("mail.example", 587, "jana@obec.cz", "t/e?", "starttls"),
            ),
        ],
    )
    def test_is_read_from_one_address(self, url: str, expected: MailServer | None) -> None:
        assert read_server(url) == expected

    @pytest.mark.parametrize("url", ["mail.example:25", "http://x:tajne@mail.example", "smtp://"])
    def test_a_wrong_address_is_told_without_the_password(self, url: str) -> None:
        with pytest.raises(ValueError, match="EMAIL_URL") as problem:
            read_server(url)
        assert "tajne" not in str(problem.value)

    def test_the_password_is_not_in_the_text_of_the_value(self) -> None:
        assert "tajne" not in repr(MailServer("mail.example", 25, "u", "tajne"))
