"""Text inside files: it is read, and no hostile file takes more than its share of time and memory."""

from __future__ import annotations

import io
import time
import zipfile
import zlib
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from portal.documents import actions, inside
from portal.documents.models import Document
from portal.jobs.models import Job
from tests import make
from tests.documents import papers

WORDS = "Lidé v Doubravě čekají na pečovatelku půl roku."


def pdf_of(*objects: bytes) -> bytes:
    """A PDF of these objects, the first its catalogue."""
    out, places = b"%PDF-1.7\n", []
    for number, one in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, one)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    head = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    tail = b"trailer\n<</Size %d /Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, len(out))
    return out + head + table + tail


def streamed(content: bytes) -> bytes:
    packed = zlib.compress(content, 9)
    return b"<</Length %d /Filter /FlateDecode>>\nstream\n%s\nendstream" % (len(packed), packed)


FONT = b"<</Type /Font /Subtype /Type1 /BaseFont /Helvetica>>"


def paged(stream: bytes, kids: bytes = b"3 0 R", count: int = 1) -> bytes:
    page = b"<</Type /Page /Parent 2 0 R /Contents 4 0 R /Resources <</Font <</F 5 0 R>>>> /MediaBox [0 0 99 99]>>"
    pages = b"<</Type /Pages /Kids [%s] /Count %d>>" % (kids, count)
    return pdf_of(b"<</Type /Catalog /Pages 2 0 R>>", pages, page, stream, FONT)


def docx_with(body: bytes) -> bytes:
    """A DOCX whose body was replaced."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(papers.docx("x"))) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, body if name == "word/document.xml" else old.read(name))
    return out.getvalue()


def test_text_of_pdf_and_docx_is_read_with_its_diacritics() -> None:
    assert WORDS in inside.read(papers.pdf(WORDS), "pdf").replace("\n", " ")
    assert WORDS in inside.read(papers.docx("Úvod", WORDS), "docx")
    assert inside.read(papers.pdf(WORDS), "xlsx") == ""


def test_the_hand_made_pdf_is_one_that_can_be_read() -> None:
    """Otherwise the hostile ones below would prove nothing."""
    assert "ahoj" in inside.read(paged(streamed(b"BT /F 9 Tf (ahoj) Tj ET")), "pdf")


def test_pages_without_end_are_read_up_to_a_limit() -> None:
    many = inside.MOST_PAGES + 200
    content = paged(streamed(b"BT /F 9 Tf (ahoj) Tj ET"), b"3 0 R " * many, many)
    assert 0 < inside.read(content, "pdf").count("ahoj") <= inside.MOST_PAGES


@pytest.mark.parametrize(
    ("content", "suffix"),
    [
        pytest.param(paged(streamed(b"0 " * 50_000_000)), "pdf", id="a stream of a hundred megabytes"),
        pytest.param(paged(streamed(b""), b"2 0 R", 1), "pdf", id="a tree of pages that holds itself"),
        pytest.param(b"%PDF-1.7\n" + b"<<" * 100_000, "pdf", id="dictionaries in dictionaries"),
        pytest.param(b"%PDF-1.7\nnic", "pdf", id="no PDF"),
        pytest.param(b"PK\x03\x04nic", "docx", id="no archive"),
        pytest.param(docx_with(b"<a>" * 2_000_000), "docx", id="elements in elements"),
        pytest.param(
            docx_with(b'<!DOCTYPE a [<!ENTITY b "ha">' + b"".join(
                b'<!ENTITY %s "%s">' % (chr(99 + n).encode(), b"&%s;" % chr(98 + n).encode() * 100) for n in range(9)
            ) + b"]><a>&k;</a>"),
            "docx",
            id="entities that grow",
        ),
    ],
)  # fmt: skip
def test_a_hostile_file_gives_nothing_and_takes_little(content: bytes, suffix: str) -> None:
    began = time.monotonic()
    assert inside.read(content, suffix, seconds=3) == ""
    assert time.monotonic() - began < 10


def test_what_was_read_in_time_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """The process is killed in the middle; pages before that stay."""
    import subprocess

    def killed(*_: Any, **__: Any) -> None:
        raise subprocess.TimeoutExpired("python", 1, output=b"prvn\xc3\xad strana\n\ndruh\xc3")

    monkeypatch.setattr(subprocess, "run", killed)
    assert inside.read(b"%PDF", "pdf") == "první strana\n\ndruh"


def test_signs_that_a_database_refuses_are_left_out() -> None:
    assert inside.tidy("a\x00b\ud800c\xadd  \n\n\n\n e\t\tf") == "abcd\n\ne f"
    assert len(inside.tidy("x " * inside.MOST_TEXT)) <= inside.MOST_TEXT


@pytest.mark.django_db
def test_the_text_of_an_upload_is_read_in_the_background(django_capture_on_commit_callbacks: Any) -> None:
    actor, town = make.person("coordinator"), make.municipality("Svornov")
    wanted = actions.Wanted(
        title="Analýza", sort=papers.sort(), audience=Document.Audience.PUBLIC, where=("municipality", town.code, "S")
    )
    upload = SimpleUploadedFile("analyza.docx", papers.docx(WORDS))
    with django_capture_on_commit_callbacks(execute=True):
        document = actions.document_add(wanted=wanted, upload=upload, actor=actor)
    version = document.versions.get()
    assert version.text == WORDS
    assert version.read_at is not None
    assert Job.objects.get(kind="document_text").state == Job.State.DONE
