"""Reports of non-delivery as servers write them."""

from __future__ import annotations

import io
import mailbox
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from portal.mail import bounces
from portal.mail.models import Letter

from .conftest import Post, write

State = Letter.State
POSTFIX = """\
Return-Path: <>
From: MAILER-DAEMON@mx.obec.example (Mail Delivery System)
Subject: Undelivered Mail Returned to Sender
To: {to}
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="B"

This is a MIME-encapsulated message.

--B
Content-Description: Notification
Content-Type: text/plain; charset=us-ascii

I'm sorry to have to inform you that your message could not be delivered.

--B
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.obec.example
X-Postfix-Queue-ID: 4Abc
Arrival-Date: Sun, 22 Nov 2026 01:00:00 +0100 (CET)

Final-Recipient: rfc822; {recipient}
Original-Recipient: rfc822;{recipient}
Action: {action}
Status: {status}
Remote-MTA: dns; mail.example.org
Diagnostic-Code: smtp; 550 5.1.1 <{recipient}>: Recipient address rejected:
    User unknown in local recipient table

--B
Content-Description: Undelivered Message Headers
Content-Type: text/rfc822-headers

From: pospolu@svornov.example
Message-ID: {message_id}
Subject: Plat

--B--
"""


def postfix(letter: Letter | None = None, **more: str) -> bytes:
    said = {
        "to": "pospolu@svornov.example",
        "recipient": "jana@example.org",
        "action": "failed",
        "status": "5.1.1",
        "message_id": letter.message_id if letter else "<nobody@knows.it>",
    }
    return POSTFIX.format(**{**said, **more}).encode()


EXCHANGE = """\
From: postmaster@firma.example
To: pospolu@svornov.example
Subject: =?utf-8?q?Nedoru=C4=8Diteln=C3=A9=3A_Plat=C3=AD_=C3=BAdaje=3F?=
MIME-Version: 1.0
Content-Type: multipart/report; report-type="delivery-status"; boundary="=_x"

--=_x
Content-Type: text/plain; charset="utf-8"
Content-Transfer-Encoding: base64

WnByw6F2YSBuZWRvxaFsYS4=

--=_x
Content-Type: message/delivery-status

Reporting-MTA: dns;EX01.firma.example

Final-Recipient: rfc822;{to}
Action: failed
Status: 5.2.2
Diagnostic-Code: smtp;554 5.2.2 mailbox full

--=_x
Content-Type: message/rfc822

Message-ID:
 {message_id}
Content-Type: text/plain

Dobry den

--=_x--
"""


def exchange(letter: Letter) -> bytes:
    """Another shape: the whole letter comes back, and the status has no Original-Recipient."""
    return EXCHANGE.format(to=letter.to, message_id=letter.message_id).replace("\n", "\r\n").encode()


def sent_letter(**more: Any) -> Letter:
    letter: Letter = write(**more)
    Letter.objects.filter(pk=letter.pk).update(state=State.SENT, sent_at=timezone.now())
    letter.refresh_from_db()
    return letter


@pytest.mark.django_db
class TestRecording:
    @pytest.mark.parametrize("shape", [postfix, exchange])
    def test_by_the_message_id_of_the_letter(self, shape: Any) -> None:
        letter, other = sent_letter(), sent_letter()
        bounce = bounces.read(shape(letter))
        assert bounce is not None
        assert bounces.put(bounce) == letter
        letter.refresh_from_db()
        other.refresh_from_db()
        assert (letter.state, other.state) == (State.BOUNCED, State.SENT)
        assert letter.bounced_at is not None
        assert letter.last_error.startswith(("5.1.1 550 5.1.1 <jana@example.org>: Recipient", "5.2.2 554 5.2.2 mail"))
        assert Letter.objects.bad_address("jana@example.org", timezone.now())
        assert bounces.put(bounce) is None, "the same report twice changes nothing"

    def test_by_the_address_the_report_came_to(self, settings: Any) -> None:
        settings.MAIL_BOUNCES = "vraceno@svornov.example"
        letter = sent_letter()
        bounce = bounces.read(postfix(to=f"vraceno+{letter.key}@svornov.example", recipient="jina@adresa.example"))
        assert bounce is not None
        assert bounces.put(bounce) == letter

    def test_by_the_recipient_where_the_report_says_nothing_else(self) -> None:
        sent_letter(to="petr@example.org")
        earlier, latest = sent_letter(), sent_letter()
        bounce = bounces.read(postfix())
        assert bounce is not None
        assert bounces.put(bounce) == latest
        assert earlier.state == State.SENT

    def test_of_nothing_we_have_sent_is_let_be(self) -> None:
        write(to="jana@example.org")  # still waits
        bounce = bounces.read(postfix())
        assert bounce is not None
        assert bounces.put(bounce) is None

    def test_the_whole_way(self, post: Post) -> None:
        from portal.mail.post import deliver

        letter = write()
        deliver()
        bounce = bounces.read(postfix(message_id=str(post.messages[0]["Message-ID"])))
        assert bounce is not None
        assert bounces.put(bounce) == letter


class TestReading:
    def test_a_delay_is_no_bounce(self) -> None:
        assert bounces.read(postfix(action="delayed", status="4.4.1")) is None

    def test_a_receipt_is_no_bounce(self) -> None:
        assert bounces.read(postfix(action="delivered", status="2.0.0")) is None

    def test_an_ordinary_message_is_no_bounce(self) -> None:
        assert bounces.read(b"From: jana@example.org\nSubject: Dobry den\n\nAction: failed\n") is None

    @given(st.binary(max_size=400))
    def test_whatever_comes_is_read_without_falling(self, raw: bytes) -> None:
        assert bounces.read(raw) is None

    @given(st.integers(0, len(POSTFIX)), st.integers(0, len(POSTFIX)), st.binary(max_size=20))
    def test_a_damaged_report_is_read_without_falling(self, begin: int, end: int, noise: bytes) -> None:
        whole = postfix()
        found = bounces.read(whole[:begin] + noise + whole[end:])
        assert found is None or isinstance(found.recipient, str)


@pytest.mark.django_db
class TestCommand:
    def test_one_report_from_a_pipe(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        letter = sent_letter()
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(postfix(letter))))
        call_command("read_bounces")
        letter.refresh_from_db()
        assert letter.state == State.BOUNCED
        assert "1 letters came back" in capsys.readouterr().out

    def test_new_messages_of_a_maildir_once(self, tmp_path: Path) -> None:
        letters = [sent_letter(to=f"clovek{number}@example.org") for number in range(2)]
        folder = mailbox.Maildir(tmp_path / "box")
        for letter in letters:
            folder.add(postfix(letter, recipient=letter.to))
        folder.add(b"From: nekdo@example.org\n\nDobry den\n")
        out = io.StringIO()
        call_command("read_bounces", maildir=tmp_path / "box", stdout=out)
        assert out.getvalue() == "2 letters came back.\n"
        assert {one.state for one in Letter.objects.all()} == {State.BOUNCED}
        assert list((tmp_path / "box" / "new").iterdir()) == []
        assert len(list((tmp_path / "box" / "cur").iterdir())) == 3
        again = io.StringIO()
        call_command("read_bounces", maildir=tmp_path / "box", stdout=again)
        assert again.getvalue() == "0 letters came back.\n"

    def test_a_folder_that_is_no_maildir(self, tmp_path: Path) -> None:
        with pytest.raises(CommandError):
            call_command("read_bounces", maildir=tmp_path)
