"""Documents told by what is inside: PDF, DOCX, XLSX, ODT, ODS without macros and scripts. They are kept as they came
and only ever downloaded; here the ones that could surprise whoever opens them are refused."""

from __future__ import annotations

import re
import zipfile
import zlib
from dataclasses import dataclass
from typing import BinaryIO, cast

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile

from . import zips

LARGEST = 20 * 1024 * 1024
UNKNOWN = "Tenhle druh souboru nepřijímáme. Pošlete PDF, DOCX, XLSX, ODT nebo ODS."
MACROS = "Soubor obsahuje makra nebo vložený program. Uložte ho bez nich (třeba jako PDF) a pošlete znovu."
PDF_SCRIPT = (
    "PDF obsahuje skript nebo spouští program. Vytiskněte ho do nového PDF (Tisk → Uložit jako PDF) a pošlete to."
)
OOXML = "application/vnd.openxmlformats-officedocument."
OFFICE = {
    f"{OOXML}wordprocessingml.document.main+xml": ("docx", f"{OOXML}wordprocessingml.document"),
    f"{OOXML}spreadsheetml.sheet.main+xml": ("xlsx", f"{OOXML}spreadsheetml.sheet"),
}
OPEN_DOCUMENT = {
    "application/vnd.oasis.opendocument.text": "odt",
    "application/vnd.oasis.opendocument.spreadsheet": "ods",
}
# Parts of an office file that run, or that hold files of any kind.
_RUNS = re.compile(r"vbaProject|vbaData|activeX|oleObject|embeddings/.*\.(bin|exe|dll|js|vbs)$|^Basic/|^Scripts/", re.I)
_OUTSIDE_TEMPLATE = re.compile(rb"attachedTemplate[^>]*TargetMode\s*=\s*[\"']External", re.I)
_PDF_RUNS = re.compile(rb"/(JavaScript|JS|Launch|RichMedia)(?![A-Za-z0-9_.-])")
_PDF_STREAM = re.compile(rb"(<<[^\0]{0,600}?>>)\s*stream\r?\n(.*?)endstream", re.DOTALL)
_MOST_OF_STREAM = 8 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Document:
    content: bytes
    suffix: str
    content_type: str


def read(upload: UploadedFile[bytes]) -> Document:
    if (upload.size or 0) > LARGEST:
        raise ValidationError(f"Soubor je příliš velký. Vejde se sem {LARGEST // 1024**2} MB.")
    upload.seek(0)
    content = upload.read()
    if content.startswith(b"%PDF-"):
        return _pdf(content)
    file = cast(BinaryIO, upload)
    if zips.is_zip(file):
        suffix, content_type = office_type(file)
        return Document(content, suffix, content_type)
    raise ValidationError(UNKNOWN)


# --- office files ----------------------------------------------------------------------------------------------


def office_type(file: BinaryIO) -> tuple[str, str]:
    """("xlsx", its media type) of a harmless office file; the archive is looked through first."""
    parts = zips.check(file)
    if any(_RUNS.search(name) for name in parts):
        raise ValidationError(MACROS)
    with zipfile.ZipFile(file) as archive:
        found = _open_document(archive, parts) or _ooxml(archive, parts)
    file.seek(0)
    if found is None:
        raise ValidationError(UNKNOWN)
    return found


def _open_document(archive: zipfile.ZipFile, parts: list[str]) -> tuple[str, str] | None:
    if parts[0] != "mimetype" or "content.xml" not in parts:
        return None
    content_type = archive.read("mimetype").decode("ascii", "replace").strip()
    return (OPEN_DOCUMENT[content_type], content_type) if content_type in OPEN_DOCUMENT else None


def _ooxml(archive: zipfile.ZipFile, parts: list[str]) -> tuple[str, str] | None:
    if "[Content_Types].xml" not in parts:
        return None
    said = archive.read("[Content_Types].xml")
    if b"macroEnabled" in said:
        raise ValidationError(MACROS)
    for name in parts:
        if name.endswith("settings.xml.rels") and _OUTSIDE_TEMPLATE.search(archive.read(name)):
            raise ValidationError(MACROS)
    return next((kind for main, kind in OFFICE.items() if main.encode() in said), None)


# --- PDF -------------------------------------------------------------------------------------------------------


def _pdf(content: bytes) -> Document:
    """A PDF from its first byte to its end. Objects packed into streams are looked through too."""
    if b"%%EOF" not in content[-2048:]:
        raise ValidationError(zips.DAMAGED)
    objects = [_PDF_STREAM.sub(rb"\1", content), *_packed_objects(content)]
    if any(_PDF_RUNS.search(_plain_names(one)) for one in objects):
        raise ValidationError(PDF_SCRIPT)
    return Document(content, "pdf", "application/pdf")


def _packed_objects(content: bytes) -> list[bytes]:
    """Inflated object streams, each up to a limit: what does not fit in it is no honest list of objects."""
    packed = []
    for head, body in _PDF_STREAM.findall(content):
        if b"ObjStm" in _plain_names(head):
            inflate = zlib.decompressobj()
            try:
                packed.append(inflate.decompress(body, _MOST_OF_STREAM))
            except zlib.error:
                packed.append(body)
            if inflate.unconsumed_tail:
                raise ValidationError(PDF_SCRIPT)
    return packed


def _plain_names(objects: bytes) -> bytes:
    """Names without their hexadecimal disguise: /J#53 is /JS."""
    return re.sub(rb"#([0-9A-Fa-f]{2})", lambda code: bytes([int(code[1], 16)]), objects)
