"""Videos and their captions: what is taken, what is refused, how a player gets a piece."""

from __future__ import annotations

import re
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile, TemporaryUploadedFile
from django.test import Client
from hypothesis import given
from hypothesis import settings as settings_of
from hypothesis import strategies as st

from portal.files import captions, videos
from portal.files.actions import keep
from portal.files.models import StoredFile
from portal.files.serving import byte_range
from tests import make
from tests.files import films

pytestmark = pytest.mark.django_db
SCRIPT = b"<script>alert(document.cookie)</script>"


def video(content: bytes, name: str = "setkani.mp4", **more: Any) -> StoredFile:
    values: dict[str, Any] = {"sort": "video", "actor": None, "public": True} | more
    return keep(upload=SimpleUploadedFile(name, content, "text/html"), **values)


def cues(content: bytes | str) -> list[captions.Cue]:
    return captions.parse(content if isinstance(content, bytes) else content.encode())


# --- videos ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "suffix", "content_type"),
    [
        (films.mp4(), "mp4", "video/mp4"),
        (films.mp4(b"M4V "), "mp4", "video/mp4"),
        (films.webm(), "webm", "video/webm"),
    ],
)
def test_a_video_is_kept_as_what_it_is(content: bytes, suffix: str, content_type: str) -> None:
    kept = video(content, "../setkání.exe")
    assert (kept.sort, kept.name, kept.content_type) == ("video", f"setkání.{suffix}", content_type)
    assert kept.size == len(content)
    with kept.content.open("rb") as stored:
        assert stored.read() == content


def test_a_large_one_goes_from_the_disk_to_the_disk() -> None:
    upload = TemporaryUploadedFile("setkani.mp4", "video/mp4", 0, None)
    upload.write(films.mp4(film=bytes(3_000_000)))
    upload.size = upload.tell()
    came = Path(upload.temporary_file_path())
    kept = keep(upload=upload, sort="video", actor=None, public=True)
    assert kept.size == upload.size == kept.content.size
    assert not came.exists()  # moved, not copied


@pytest.mark.parametrize(
    "content",
    [
        b"<html>" + SCRIPT,
        b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
        b"",
        films.mp4(b"qt  "),
        films.mp4(b"heic"),
        films.mp4()[:-1],
        films.mp4() + SCRIPT,
        films.box(b"ftyp", b"isom"),
        films.box(b"ftyp", b"isom" + bytes(4)),
        films.box(b"ftyp", b"isom" + bytes(5)) + films.mp4(),
        b"\0\0\0\2ftypisom" + films.mp4(),
        b"\xff\xff\xff\xffftypisom" + SCRIPT,
        b"\0\0\0\1ftyp" + b"\xff" * 8 + SCRIPT,
        films.webm(b"matroska"),
        films.webm()[:-1],
        films.webm() + SCRIPT,
        b"\x1aE\xdf\xa3" + SCRIPT,
        b"\x1aE\xdf\xa3\x00",
    ],
)
def test_what_is_no_whole_video_is_refused_whatever_it_calls_itself(content: bytes) -> None:
    with pytest.raises(ValidationError):
        video(content)
    assert not StoredFile.objects.exists()


def test_a_video_over_the_limit_is_refused(settings: Any) -> None:
    settings.FILES_LARGEST_VIDEO_MB = 1
    with pytest.raises(ValidationError, match="1 MB"):
        video(films.mp4(film=bytes(1024**2)))


@settings_of(max_examples=60, deadline=None)
@given(st.binary(max_size=200), st.sampled_from([b"", b"\0\0\0\x10ftypisom", films.webm()[:20], films.mp4()[:40]]))
def test_any_bytes_are_told_or_refused_in_words(content: bytes, start: bytes) -> None:
    upload = SimpleUploadedFile("a.mp4", start + content)
    with suppress(ValidationError):  # has words; any other error fails
        assert videos.read(upload).suffix in {"mp4", "webm"}
    assert upload.tell() == 0


# --- captions ----------------------------------------------------------------------------------------------------


def test_captions_are_written_anew_without_what_is_not_theirs() -> None:
    upload = SimpleUploadedFile("titulky.html", b"\xef\xbb\xbf" + films.CAPTIONS.replace(b"\n", b"\r\n"))
    kept = keep(upload=upload, sort="captions", actor=None, public=True)
    assert (kept.name, kept.content_type) == ("titulky.vtt", "text/vtt")
    with kept.content.open("rb") as stored:
        written = stored.read()
    assert b"stopar" not in written
    assert b"onclick" not in written
    assert b"00:00:00.500 --> 00:00:02.000 align:start\n<v Jana Mal\xc3\xa1>" in written
    assert cues(written) == cues(films.CAPTIONS)


def test_the_transcript_is_for_reading() -> None:
    assert captions.transcript(cues(films.CAPTIONS)) == (
        "Jana Malá: Dobrý den, vítejte u pečovatelské služby.\n\nPřijedeme k vám <domů>."
    )


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("1\n00:00:01,000 --> 00:00:02,000\nAhoj", "WebVTT"),
        ("<html><script>alert(1)</script>", "WebVTT"),
        ("WEBVTT\n\n00:01.000 --> 00:02.000\n<script>alert(1)</script>", "Značky HTML"),
        ("WEBVTT\n\n00:01.000 --> 00:02.000\n<img src=x onerror=alert(1)>", "Značky HTML"),
        ("WEBVTT\n\n00:01.000 --> 00:02.000\n<b onclick=alert(1)>a</b>", "Značky HTML"),
        ("WEBVTT\n\n00:01.000 --> 00:02.000\n<<b>script>", "Značky HTML"),
        ("WEBVTT\n\n00:03.000 --> 00:02.000\na", "řádek 3: titulek končí"),
        ("WEBVTT\n\n00:61.000 --> 00:62.000\na", "řádek 3: čas"),
        ("WEBVTT\n\n00:05.000 --> 00:06.000\na\n\n00:01.000 --> 00:02.000\nb", "podle času"),
        ("WEBVTT\n00:01.000 --> 00:02.000\na", "jeden prázdný"),
        ("WEBVTT\n\nNOTE nic", "žádný titulek"),
        ("WEBVTT\n\n\0", "WebVTT"),
        (b"WEBVTT\n\n00:01.000 --> 00:02.000\n\xe8", "UTF-8"),
    ],
)
def test_what_are_no_captions_is_refused_in_words(content: bytes | str, words: str) -> None:
    with pytest.raises(ValidationError, match=re.escape(words)):
        cues(content)


def test_captions_over_the_limit_are_refused() -> None:
    with pytest.raises(ValidationError, match="příliš velké"):
        captions.read(SimpleUploadedFile("a.vtt", films.CAPTIONS + b"\n" * captions.LARGEST))


@settings_of(max_examples=60, deadline=None)
@given(st.text(alphabet=st.sampled_from("<>&bv. -:0159\nčscript/"), max_size=60))
def test_what_is_taken_reads_the_same_when_it_is_written(words: str) -> None:
    try:
        taken = cues(f"WEBVTT\n\n00:01.000 --> 00:02.000\n{words}")
    except ValidationError:
        return
    assert cues(captions.write(taken)) == taken
    assert b"<script" not in captions.write(taken)


# --- pieces ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "piece"),
    [
        ("bytes=0-", range(100)),
        ("bytes=0-0", range(1)),
        ("bytes=40-59", range(40, 60)),
        ("bytes=90-500", range(90, 100)),
        ("bytes=-10", range(90, 100)),
        ("bytes=-500", range(100)),
        ("bytes=100-", range(0)),
        ("bytes=-0", range(0)),
        ("bytes=500-600", range(0)),
        ("", None),
        ("bytes=-", None),
        ("bytes=9-3", None),
        ("bytes=0-1,5-6", None),
        ("lines=0-1", None),
        ("bytes=a-b", None),
    ],
)
def test_a_range_says_which_bytes(asked: str, piece: range | None) -> None:
    assert byte_range(asked, 100) == piece


def test_a_player_gets_the_piece_it_asks_for(client: Client) -> None:
    content = films.mp4()
    kept, size = video(content), len(content)
    whole = client.get(kept.url)
    assert (whole.status_code, whole["Accept-Ranges"], whole["Content-Type"]) == (200, "bytes", "video/mp4")
    assert whole["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in whole["Content-Security-Policy"]
    assert whole.getvalue() == content
    for asked, first, last in (("bytes=0-9", 0, 9), ("bytes=50-149", 50, 149), ("bytes=-7", size - 7, size - 1)):
        answer = client.get(kept.url, headers={"range": asked, "accept-encoding": "gzip"})
        assert answer.status_code == 206
        assert answer["Content-Range"] == f"bytes {first}-{last}/{size}"
        assert int(answer["Content-Length"]) == last - first + 1
        assert answer.getvalue() == content[first : last + 1]
        assert "sandbox" in answer["Content-Security-Policy"]
    beyond = client.get(kept.url, headers={"range": f"bytes={size}-"})
    assert (beyond.status_code, beyond["Content-Range"], beyond.content) == (416, f"bytes */{size}", b"")
    assert client.get(kept.url, headers={"range": "bytes=0-9", "if-range": '"x"'}).status_code == 200


def test_a_piece_of_a_private_file_is_refused_as_the_whole(client: Client) -> None:
    kept = video(films.mp4(), public=False, actor=make.person())
    assert client.get(kept.url, headers={"range": "bytes=0-9"}).status_code == 404
