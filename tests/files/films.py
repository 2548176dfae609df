"""The smallest files that are a video: every box and head in its place, no picture in them."""

from __future__ import annotations


def box(name: bytes, content: bytes = b"") -> bytes:
    return (8 + len(content)).to_bytes(4) + name + content


def mp4(brand: bytes = b"isom", film: bytes = bytes(range(200))) -> bytes:
    return box(b"ftyp", brand + bytes(4) + b"isommp42") + box(b"moov", box(b"mvhd", bytes(100))) + box(b"mdat", film)


def webm(doc_type: bytes = b"webm", segment: bytes = b"\x15I\xa9f\x80") -> bytes:
    head = b"\x42\x86\x81\x01" + b"\x42\x82" + bytes([0x80 | len(doc_type)]) + doc_type
    return b"\x1aE\xdf\xa3" + bytes([0x80 | len(head)]) + head + b"\x18S\x80g" + bytes([0x80 | len(segment)]) + segment


CAPTIONS = """WEBVTT - Setkání

NOTE Přepsala knihovna

STYLE
::cue { background: url(https://stopar.example/) }

prvni
00:00.500 --> 00:00:02.000 align:start onclick:alert
<v Jana Malá>Dobrý den, <i>vítejte</i>

00:02.200 --> 00:04.000
u pečovatelské služby.

00:09.000 --> 00:11.000
Přijedeme k vám &lt;domů&gt;.
""".encode()
