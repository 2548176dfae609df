"""What people may try to hand in, one test an attack, and how little of it comes through."""

import io
import struct
import warnings
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from hypothesis import assume, given
from hypothesis import settings as settings_of
from hypothesis import strategies as st
from PIL import Image
from PIL.ExifTags import IFD

from portal.files import names, zips
from portal.files.actions import keep
from portal.files.models import StoredFile
from tests import make

pytestmark = pytest.mark.django_db
CONTENT_TYPES = (
    '<?xml version="1.0"?><Types><Override PartName="/{part}" '
    'ContentType="application/vnd.openxmlformats-officedocument.{kind}.main+xml"/></Types>'
)
DOCX = CONTENT_TYPES.format(part="word/document.xml", kind="wordprocessingml.document")
XLSX = CONTENT_TYPES.format(part="xl/workbook.xml", kind="spreadsheetml.sheet")
SCRIPT = b"<script>alert(document.cookie)</script>"


def image(content: bytes, name: str = "fotka.jpg", content_type: str = "image/jpeg") -> StoredFile:
    return keep(upload=SimpleUploadedFile(name, content, content_type), sort="image", actor=None, public=True)


def document(content: bytes, name: str = "cenik.pdf") -> StoredFile:
    return keep(upload=SimpleUploadedFile(name, content), sort="document", actor=None, public=True)


def archive(**parts: str | bytes) -> bytes:
    """A ZIP of parts; a name with slashes is written with __, the dot of an ending with _DOT_."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in parts.items():
            file.writestr(name.replace("__", "/").replace("_DOT_", "."), content)
    return out.getvalue()


def office(types: str = DOCX, **parts: str | bytes) -> bytes:
    return archive(**{"[Content_Types]_DOT_xml": types, "word__document_DOT_xml": "<document/>", **parts})


def pdf(inside: bytes = b"<< /Type /Catalog >>") -> bytes:
    return b"%PDF-1.7\n1 0 obj\n" + inside + b"\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n"


# --- pictures ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content",
    [
        b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
        b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
        b"GIF89a" + SCRIPT,
        b"<html>" + SCRIPT,
        b"\xff\xd8\xff\xe0" + SCRIPT,
        b"",
        b"BM" + bytes(100),
        pdf(),
    ],
    ids=["svg", "svg-xml", "gif", "html", "jpeg-head", "empty", "bmp", "pdf"],
)
def test_what_is_no_photo_is_refused_whatever_it_calls_itself(content: bytes) -> None:
    with pytest.raises(ValidationError, match="JPEG, PNG nebo WebP"):
        image(content, "fotka.jpg", "image/jpeg")
    assert not StoredFile.objects.exists()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_polyglot_leaves_its_other_half_behind(kind: str) -> None:
    kept = image(make.picture(kind=kind) + SCRIPT + archive(a="b"))
    for stored in (kept.content, kept.small):
        content = stored.read()
        assert SCRIPT not in content
        assert not zipfile.is_zipfile(io.BytesIO(content))
        assert Image.open(io.BytesIO(content)).format == "JPEG"


def test_place_and_comments_of_a_photo_are_gone_and_it_stands_upright() -> None:
    exif = Image.Exif()
    exif[0x010E] = "Byt pani Novakove"
    exif[0x0112] = 6  # turned by a quarter
    exif.get_ifd(IFD.GPSInfo).update({1: "N", 2: (50.0, 26.0, 13.0)})
    sent = make.picture((60, 40), "JPEG", exif=exif, comment=SCRIPT)
    assert b"Novakove" in sent
    kept = image(sent)
    drawn = Image.open(io.BytesIO(kept.content.read()))
    assert (kept.width, kept.height) == drawn.size == (40, 60)
    assert not drawn.getexif()
    assert "comment" not in drawn.info


def test_hidden_text_of_a_png_is_gone() -> None:
    from PIL.PngImagePlugin import PngInfo

    info = PngInfo()
    info.add_text("Comment", SCRIPT.decode())
    info.add_itxt("XML:com.adobe.xmp", "<x:xmpmeta/>")
    assert SCRIPT not in image(make.picture(pnginfo=info)).content.read()


def bomb_png(width: int, height: int) -> bytes:
    """A PNG whose head promises more than anybody can draw."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = chunk(b"IDAT", zlib.compress(b"\0" * 1000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + pixels + chunk(b"IEND", b"")


@pytest.mark.parametrize("size", [(6000, 6000), (60_000, 60_000), (2_000_000, 2_000_000)])
def test_a_decompression_bomb_is_refused_before_it_is_drawn(size: tuple[int, int]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(ValidationError):
            image(bomb_png(*size))


def test_a_picture_that_is_too_heavy_is_refused() -> None:
    with pytest.raises(ValidationError, match="15 MB"):
        image(make.picture() + bytes(15 * 1024 * 1024))


def test_a_large_picture_is_made_smaller_and_a_transparent_one_white() -> None:
    kept = image(make.picture((3000, 1500)))
    assert (kept.width, kept.height, kept.content_type, kept.name) == (1200, 600, "image/jpeg", "fotka.jpg")
    assert Image.open(io.BytesIO(kept.small.read())).size == (480, 240) == (kept.small_width, kept.small_height)
    clear = io.BytesIO()
    Image.new("RGBA", (20, 20), (0, 0, 0, 0)).save(clear, "PNG")
    drawn = Image.open(io.BytesIO(image(clear.getvalue()).content.read()))
    assert min(drawn.getpixel((10, 10))) > 250  # type: ignore[arg-type]


def test_an_animation_is_its_first_frame() -> None:
    frames = [Image.new("RGB", (30, 30), colour) for colour in ("red", "blue")]
    out = io.BytesIO()
    frames[0].save(out, "WEBP", save_all=True, append_images=frames[1:])
    drawn = Image.open(io.BytesIO(image(out.getvalue()).content.read()))
    red, _green, blue = drawn.getpixel((15, 15))  # type: ignore[misc]
    assert red > 200 > 50 > blue


# --- names -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("..\\..\\Windows\\hosts.pdf", "hosts.pdf"),
        ("C:\\Users\\já\\Ceník 2026.pdf", "Ceník 2026.pdf"),
        ("cenik.pdf.exe", "cenik pdf.pdf"),
        ("a\r\nSet-Cookie: x=1.pdf", "a Set-Cookie x 1.pdf"),
        ("cenik\u202efdp.exe", "cenik fdp.pdf"),
        ("<script>.pdf", "script.pdf"),
        ('"; filename="x.html.pdf', "filename x html.pdf"),
        (".htaccess", "htaccess.pdf"),
        ("..", "dokument.pdf"),
        ("", "dokument.pdf"),
    ],
)
def test_a_path_or_a_trick_in_a_name_does_nothing(sent: str, kept: str) -> None:
    assert names.safe(sent, "dokument", "pdf") == kept


@given(st.text(max_size=300))
def test_any_name_is_one_plain_part_of_an_address(sent: str) -> None:
    kept = names.safe(sent, "dokument", "pdf")
    assert kept.endswith(".pdf")
    assert len(kept) <= 104
    assert not set(kept) & set('/\\\r\n\0<>:"|?*%#')
    assert kept.isprintable()


def test_content_lies_under_a_name_of_ours(client: Client) -> None:
    upload = SimpleUploadedFile("x.pdf", pdf())
    upload.__dict__["_name"] = "../../../pryc.pdf"  # past Django's own cleaning
    kept = keep(upload=upload, sort="document", actor=None, public=True)
    lies = Path(kept.content.path).resolve()
    assert lies.is_relative_to(Path(settings.MEDIA_ROOT).resolve())
    assert "pryc" not in lies.name
    assert client.get(kept.url).status_code == 200


# --- documents ---------------------------------------------------------------------------------------------------


def test_documents_are_told_by_what_is_inside() -> None:
    sheet = archive(**{"[Content_Types]_DOT_xml": XLSX, "xl__workbook_DOT_xml": "<workbook/>"})
    text = archive(mimetype="application/vnd.oasis.opendocument.text", content_DOT_xml="<x/>")
    found = [document(content, "cokoli.exe").suffix for content in (pdf(), office(), sheet, text)]
    assert found == ["PDF", "DOCX", "XLSX", "ODT"]


@pytest.mark.parametrize(
    "content",
    [
        b"<html>" + SCRIPT,
        b"MZ\x90\x00" + bytes(200),
        b"\xd0\xcf\x11\xe0" + bytes(600),  # the old Word, which carries macros unseen
        b"just words",
        b"",
        archive(a="b"),
        archive(mimetype="application/epub+zip", content_DOT_xml="<x/>"),
        SCRIPT + pdf(),
    ],
    ids=["html", "exe", "doc", "text", "empty", "zip", "epub", "html-then-pdf"],
)
def test_other_files_are_refused(content: bytes) -> None:
    with pytest.raises(ValidationError):
        document(content)


@pytest.mark.parametrize(
    "content",
    [
        office(word__vbaProject_DOT_bin=b"x"),
        office(DOCX.replace("document.main", "document.macroEnabled.main")),
        office(word__embeddings__oleObject1_DOT_bin=b"x"),
        office(word__activeX__activeX1_DOT_xml="<x/>"),
        office(
            word___rels__settings_DOT_xml_DOT_rels='<Relationship Type="…/attachedTemplate" Target="http://x/t.dotm" '
            'TargetMode="External"/>'
        ),
        archive(mimetype="application/vnd.oasis.opendocument.text", content_DOT_xml="<x/>", Basic__script_DOT_xml="x"),
    ],
    ids=["vba", "docm", "ole", "activex", "outside-template", "odt-basic"],
)
def test_macros_and_what_runs_are_refused(content: bytes) -> None:
    with pytest.raises(ValidationError, match="makra"):
        document(content)


def object_stream(inside: bytes) -> bytes:
    packed = zlib.compress(inside)
    return pdf(b"<< /Type /ObjStm /Length %d >>\nstream\n%s\nendstream" % (len(packed), packed))


@pytest.mark.parametrize(
    "content",
    [
        pdf(b"<< /OpenAction << /S /JavaScript /JS (app.alert(1)) >> >>"),
        pdf(b"<< /S /J#61va#53cript >>"),
        pdf(b"<< /S /Launch /F (cmd.exe) >>"),
        object_stream(b"5 0 << /S /JavaScript /JS (x) >>"),
        object_stream(b" " * 9_000_000 + b"/JS"),
    ],
    ids=["javascript", "disguised", "launch", "packed", "packed-bomb"],
)
def test_a_pdf_that_runs_something_is_refused(content: bytes) -> None:
    with pytest.raises(ValidationError, match="skript"):
        document(content)


def test_a_picture_in_a_pdf_may_hold_any_bytes() -> None:
    noise = b"<< /Length 30 >>\nstream\n/JS /JavaScript /Launch (x)\nendstream"
    assert document(pdf(noise)).suffix == "PDF"


# --- archives ----------------------------------------------------------------------------------------------------


def sheet_of(size: int) -> bytes:
    return archive(**{"[Content_Types]_DOT_xml": XLSX.encode(), "xl__worksheets__sheet1_DOT_xml": b"0" * size})


def test_a_zip_bomb_in_a_workbook_is_refused() -> None:
    bomb = sheet_of(60 * 1024 * 1024)
    assert len(bomb) < 100_000
    with pytest.raises(ValidationError, match="paměti"):
        document(bomb, "cenik.xlsx")


def test_many_small_bombs_are_one_large() -> None:
    many: dict[str, str | bytes] = {f"xl__{n}_DOT_xml": b"0" * 1_000_000 for n in range(20)}
    with pytest.raises(ValidationError, match="paměti"):
        zips.check(io.BytesIO(archive(**many)), most_inflated=10_000_000)


def test_an_archive_that_lies_about_its_sizes_is_refused() -> None:
    honest = sheet_of(5_000_000)
    lying = honest.replace(struct.pack("<I", 5_000_000), struct.pack("<I", 500))
    assert lying != honest
    with pytest.raises(ValidationError):
        zips.check(io.BytesIO(lying))


def _prepended() -> bytes:
    return b"MZ" + office()


def _commented() -> bytes:
    out = io.BytesIO(office())
    with zipfile.ZipFile(out, "a") as file:
        file.comment = SCRIPT
    return out.getvalue()


def _doubled() -> bytes:
    out = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(out, "w") as file:
        warnings.simplefilter("ignore")
        file.writestr("[Content_Types].xml", DOCX)
        file.writestr("[Content_Types].xml", XLSX)
    return out.getvalue()


def _locked() -> bytes:
    content = bytearray(office())
    for mark in (b"PK\x03\x04", b"PK\x01\x02"):
        at = content.find(mark)
        content[at + (6 if mark == b"PK\x03\x04" else 8)] |= 1
    return bytes(content)


@pytest.mark.parametrize(
    "made",
    [
        _prepended,
        _commented,
        _doubled,
        _locked,
        lambda: office(**{"..__..__pryc_DOT_txt": "x"}),
        lambda: office(__etc__passwd="x"),
        lambda: office(word__document_DOT_xml='<!DOCTYPE lolz [<!ENTITY lol "lol">]><x/>'),
        lambda: office()[:-40],
        lambda: archive(**dict.fromkeys(map(str, range(3001)), "")),
    ],
    ids=["prepended", "comment", "doubled", "locked", "climbs", "absolute", "entities", "cut", "too-many"],
)
def test_an_archive_that_is_not_what_it_seems_is_refused(made: Callable[[], bytes]) -> None:
    with pytest.raises(ValidationError):
        document(made())


@settings_of(max_examples=40, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_are_kept_safely_or_refused_in_words(content: bytes) -> None:
    assume(b"%%EOF" not in content)  # with both its ends an empty PDF is one
    for start in (b"", b"PK\x03\x04", b"%PDF-"):
        for take in (image, document):
            with pytest.raises(ValidationError):
                take(start + content)
