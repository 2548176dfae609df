"""Documents for tests, made by the actions of the app."""

from __future__ import annotations

import io
from functools import cache
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from portal.accounts.rules import Range
from portal.documents import actions
from portal.documents.models import Document, DocumentSort
from portal.groups.models import Group, Procedure
from portal.territory.models import Municipality
from tests import make

NOTHING = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n"


def sheet(name: str = "analyza.pdf", content: bytes = NOTHING) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def sort(key: str = "analyza", name: str = "analýza") -> DocumentSort:
    return DocumentSort.objects.get_or_create(key=key, defaults={"name": name})[0]


def group(town: Municipality, name: str = "Řídící skupina", **more: Any) -> Group:
    given = {"slug": f"skupina-{Group.objects.count()}", "shown": True, **more}
    made = Group.objects.create(
        name=name, span_kind=Range.MUNICIPALITY, span_code=town.code, span_name=town.name, **given
    )
    Procedure.objects.create(group=made)
    return made


def document(
    title: str = "Analýza potřeb", *, actor: Any, text: str | None = "", upload: Any = None, **more: Any
) -> Document:
    """A public document; of a group, or of the town given by `town`."""
    town = more.pop("town", None)
    handed = {name: more.pop(name) for name in ("alt", "captions", "silent") if name in more}
    said = {"sort": more.pop("sort", None) or sort(), "audience": Document.Audience.PUBLIC, **more}
    if town is not None:
        said["where"] = (Range.MUNICIPALITY, town.code, town.name)
    wanted = actions.Wanted(title=title, **said)
    return actions.document_add(wanted=wanted, upload=upload or sheet(), actor=actor, text=text, **handed)


@cache
def docx(*paragraphs: str) -> bytes:
    from docx import Document as Docx

    made = Docx()
    for one in paragraphs:
        made.add_paragraph(one)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


@cache
def pdf(*paragraphs: str) -> bytes:
    from paper.blocks import Block, Cover, Heading, Paragraph
    from paper.blocks import Document as Paper
    from paper.pdf import pdf as typeset

    blocks: tuple[Block, ...] = (Heading(1, "Úvod"), *(Paragraph(one) for one in paragraphs))
    return typeset(Paper("Analýza", "Město", "cs", Cover("Analýza", "", ()), blocks))


def coordinator() -> Any:
    return make.person("coordinator")
