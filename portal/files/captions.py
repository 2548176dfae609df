"""Captions of a video (WebVTT), written anew: out comes what we understood, so nothing else can be hidden in them.

Styles, regions and notes stay behind; times, places on the picture and the few tags of WebVTT go on.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from itertools import pairwise

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile

LARGEST = 1024 * 1024
CONTENT_TYPE = "text/vtt"
NOT_VTT = "Titulky pošlete jako soubor WebVTT (.vtt). Z jiného tvaru, třeba SRT, je uloží každý program na titulky."
# A longer silence begins a new paragraph of the transcript, in milliseconds.
SILENCE = 2500
# Letters after which a paragraph of the transcript ends with its sentence.
LONG = 400
_TIME = r"(?:(\d{2,4}):)?([0-5]\d):([0-5]\d)\.(\d{3})"
_TIMES = re.compile(rf"{_TIME}[ \t]+-->[ \t]+{_TIME}(?:[ \t]+(.*))?", re.ASCII)
_SETTING = re.compile(
    r"(vertical:(rl|lr)|line:-?\d{1,3}(\.\d+)?%?(,(start|center|end))?"
    r"|position:\d{1,3}(\.\d+)?%(,(line-left|center|line-right))?|size:\d{1,3}(\.\d+)?%"
    r"|align:(start|center|end|left|right))",
    re.ASCII,
)
_TAG = re.compile(
    r"</?(?:b|i|u|c|ruby|rt|v|lang)>|<(?:b|i|u|c|ruby|rt)(?:\.[\w-]+)+>"
    r"|<v(?:\.[\w-]+)*[ \t]([^<>&\n]{1,100})>|<lang(?:\.[\w-]+)*[ \t][A-Za-z0-9-]{1,20}>"
    r"|<(?:\d{2,4}:)?\d\d:\d\d\.\d{3}>"
)
_SENTENCE_END = (".", "!", "?", "…")


@dataclass(frozen=True, slots=True)
class Cue:
    """What is shown from `start` to `end` (milliseconds); `text` as it stands in the file, tags and all."""

    start: int
    end: int
    text: str
    settings: str = ""

    @property
    def said(self) -> str:
        """The words alone, on one line."""
        return " ".join(html.unescape(_TAG.sub("", self.text)).split())

    @property
    def speaker(self) -> str:
        named = next((tag[1] for tag in _TAG.finditer(self.text) if tag[1]), "")
        return " ".join(named.split())


def read(upload: UploadedFile[bytes]) -> list[Cue]:
    """Cues of the file, see `parse`."""
    if (upload.size or 0) > LARGEST:
        raise ValidationError(f"Titulky jsou příliš velké. Vejde se sem {LARGEST // 1024**2} MB.")
    upload.seek(0)
    return parse(upload.read())


def parse(content: bytes) -> list[Cue]:
    """Cues in order, at least one; ValidationError says in Czech what is wrong and on which line."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        raise ValidationError("Titulky nejsou v kódování UTF-8. Uložte je v něm a pošlete znovu.") from fault
    lines = re.split(r"\r\n|\r|\n", text)
    if "\0" in text or not re.fullmatch(r"WEBVTT([ \t].*)?", lines[0]):
        raise ValidationError(NOT_VTT)
    cues = [cue for first, block in _blocks(lines) if (cue := _cue(first, block))]
    if not cues:
        raise ValidationError("V souboru není žádný titulek.")
    if any(later.start < cue.start for cue, later in pairwise(cues)):
        raise ValidationError("Titulky nejdou za sebou podle času.")
    return cues


def write(cues: list[Cue]) -> bytes:
    parts = (f"{_clock(one.start)} --> {_clock(one.end)}{one.settings}\n{one.text}\n" for one in cues)
    return "\n".join(["WEBVTT\n", *parts]).encode()


def transcript(cues: list[Cue]) -> str:
    """What is said, to be read without the video: a paragraph for each speaker and after each longer silence."""
    paragraphs: list[str] = []
    before: Cue | None = None
    for cue in cues:
        if not cue.said or (before and cue.said == before.said):
            continue
        new_speaker = bool(cue.speaker) and (before is None or cue.speaker != before.speaker)
        words = f"{cue.speaker}: {cue.said}" if new_speaker else cue.said
        if before is None or new_speaker or cue.start - before.end > SILENCE or _is_long(paragraphs[-1]):
            paragraphs.append(words)
        else:
            paragraphs[-1] += f" {words}"
        before = cue
    return "\n\n".join(paragraphs)


def _is_long(paragraph: str) -> bool:
    return len(paragraph) > LONG and paragraph.endswith(_SENTENCE_END)


# --- reading -----------------------------------------------------------------------------------------------------


def _blocks(lines: list[str]) -> list[tuple[int, list[str]]]:
    """Lines between empty ones, after the head, with the number of the first of each."""
    blocks: list[tuple[int, list[str]]] = [(1, [])]
    for number, line in enumerate(lines, start=1):
        if line:
            blocks[-1][1].append(line)
        else:
            blocks.append((number + 1, []))
    if any("-->" in line for line in blocks[0][1]):
        raise ValidationError("V titulcích má být po řádku WEBVTT jeden prázdný.")
    return [block for block in blocks[1:] if block[1]]


def _cue(first: int, block: list[str]) -> Cue | None:
    """The cue of a block; None of a note, a style or a region. Above the times may stand one line with a name."""
    if block[0].split()[:1] in (["NOTE"], ["STYLE"], ["REGION"]) and "-->" not in block[0]:
        return None
    at = 0 if "-->" in block[0] else 1
    times = _TIMES.fullmatch(block[at].strip()) if at < len(block) else None
    if times is None:
        raise ValidationError(f"Titulky, řádek {first + at}: čas má vypadat jako 00:01:02.000 --> 00:01:05.500.")
    start, end = _milliseconds(*times.groups()[:4]), _milliseconds(*times.groups()[4:8])
    if end <= start:
        raise ValidationError(f"Titulky, řádek {first + at}: titulek končí dřív, než začne.")
    text = "\n".join(block[at + 1 :])
    if "-->" in text or "<" in _TAG.sub("", text):
        raise ValidationError(f"Titulky, řádek {first + at + 1}: je tu něco jiného než slova. Značky HTML sem nepatří.")
    kept = [one for one in (times[9] or "").split() if _SETTING.fullmatch(one)]
    return Cue(start, end, text, "".join(f" {one}" for one in kept))


def _milliseconds(hours: str | None, minutes: str, seconds: str, thousandths: str) -> int:
    return ((int(hours or 0) * 60 + int(minutes)) * 60 + int(seconds)) * 1000 + int(thousandths)


def _clock(milliseconds: int) -> str:
    seconds, thousandths = divmod(milliseconds, 1000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.{thousandths:03}"
