"""The invented documents of demo/documents/: analyses, founding documents, rules, presentations.

Their files are made of the words when the demo is loaded (PDF by the typesetter, DOCX, a drawing), so that no file
lies among the sources. `load` adds those that are missing; it needs the demo groups.
"""

from __future__ import annotations

import io
import tomllib
from datetime import date, timedelta
from math import cos, pi, sin
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from PIL import Image, ImageDraw

from paper.blocks import Block, Bullets, Cover, Heading, Paragraph
from paper.blocks import Document as Paper
from portal.accounts import spans
from portal.audit.actions import record
from portal.documents import codelists
from portal.documents.actions import sort_of
from portal.documents.models import Document, DocumentSort, DocumentVersion
from portal.files import actions as files
from portal.files.models import StoredFile
from portal.groups.models import Group
from portal.territory.asking import TERRITORIES

FILE: Path = settings.ROOT / "demo" / "documents" / "documents.toml"
SAID = ("title", "about", "author", "licence", "project", "project_indicator")


def read_documents(path: Path = FILE) -> dict[str, dict[str, Any]]:
    """Documents as they are written, by their slugs."""
    return tomllib.loads(path.read_text(encoding="utf-8"))


@transaction.atomic
def load(path: Path = FILE) -> int:
    """Add the documents that are missing; how many."""
    written = read_documents(path)
    have = set(Document.objects.filter(slug__in=written).values_list("slug", flat=True))
    missing = {slug: said for slug, said in written.items() if slug not in have}
    if missing:
        codelists.load()
    for slug, said in missing.items():
        _write(slug, said)
    return len(missing)


@transaction.atomic
def remove(path: Path = FILE) -> int:
    """Take the demo documents and their files away. Returns how many documents there were."""
    documents = Document.objects.filter(slug__in=read_documents(path))
    kept = list(StoredFile.objects.filter(pk__in=DocumentVersion.objects.filter(document__in=documents).values("file")))
    count = documents.count()
    documents.delete()
    for file in kept:
        files.release(file=file)
    files.drop(numbers=[file.pk for file in kept])
    return count


def _write(slug: str, said: dict[str, Any]) -> None:
    today = timezone.localdate()
    group = Group.objects.get(slug=said["group"]) if "group" in said else None
    if group is not None:
        where = (group.span_kind, group.span_code, group.span_name)
    else:
        ((kind, code), name), *_ = spans.named(said["where"], TERRITORIES).items()
        where = (kind, code, name)
    document = Document.objects.create(
        slug=slug,
        sort=DocumentSort.objects.get(key=said["sort"]),
        group=group,
        audience=said.get("audience", Document.Audience.PUBLIC),
        span_kind=where[0],
        span_code=where[1],
        span_name=where[2],
        day=today - timedelta(days=said["days"]),
        valid_from=_day(said, "valid_days", today),
        valid_until=_day(said, "valid_until_days", today),
        **{name: said[name] for name in SAID if name in said},
    )
    if "older" in said:
        _version(document, said | {"sections": said["sections"][:1], "form": "docx"}, 1, "")
        _version(document, said, 2, said["older"])
    else:
        _version(document, said, 1, "")
    record(verb="document_added", thing=document, after={"title": document.title})


def _day(said: dict[str, Any], name: str, today: date) -> date | None:
    return today - timedelta(days=said[name]) if name in said else None


def _version(document: Document, said: dict[str, Any], number: int, note: str) -> None:
    form = said["form"]
    made = _drawn() if form == "png" else _typeset(document, said, form)
    upload = SimpleUploadedFile(f"{document.slug}.{form}", made)
    file = files.keep(upload=upload, sort=sort_of(upload), actor=None, public=False, alt=said.get("alt", ""))
    text = "\n".join(line for heading, lines in said["sections"] for line in (heading, *lines))
    version = DocumentVersion.objects.create(
        document=document,
        number=number,
        file=file,
        note=note,
        text=text,
        read_at=timezone.now() if text else None,
    )
    files.attach(file=file, thing=version, public=False)


def _typeset(document: Document, said: dict[str, Any], form: str) -> bytes:
    # The typesetter loads with the first document, not with every web process.
    from paper import docx, pdf

    blocks: list[Block] = []
    for heading, lines in said["sections"]:
        blocks.append(Heading(1, heading))
        bullets = tuple(line.removeprefix("- ") for line in lines if line.startswith("- "))
        blocks += [Paragraph(line) for line in lines if not line.startswith("- ")]
        blocks += [Bullets(bullets)] if bullets else []
    day = date_format(document.day) if document.day else ""
    cover = Cover(document.title, document.about, (document.author, day, "Ukázka: vymyšlený dokument"))
    paper = Paper(document.title, document.author, "cs", cover, tuple(blocks))
    return pdf.pdf(paper) if form == "pdf" else docx.docx(paper)


def _drawn() -> bytes:
    """A round table with six people around it."""
    picture = Image.new("RGB", (960, 640), "#eef3f7")
    pen = ImageDraw.Draw(picture)
    pen.ellipse((330, 210, 630, 430), fill="#c9a87c", outline="#8a6b45", width=6)
    for at, shirt in enumerate(("#2362a2", "#4f7d3a", "#a2472f", "#6a4f9c", "#b08a1e", "#2f8f8a")):
        x, y = 480 + 250 * cos(at * pi / 3), 320 + 190 * sin(at * pi / 3)
        pen.ellipse((x - 55, y - 10, x + 55, y + 80), fill=shirt)
        pen.ellipse((x - 32, y - 60, x + 32, y + 4), fill="#e8c4a0")
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()
