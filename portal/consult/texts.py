"""The text on view: whatever it comes from, as paragraphs with numbers, frozen when the consultation is announced.

    pieces_of(consultation)             what would be frozen now
    freeze(consultation, pieces)        its paragraphs

The heading of a measure is labelled by the measure's code, everything else by a number counted through the text, so
that somebody with the printed text can name the place.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone

from portal.chapters import markdown
from portal.chapters.models import Chapter
from portal.editions.capture import captured
from portal.editions.content import Content
from portal.editions.document import Imprint, anchor, blocks
from portal.editions.exports import imprint
from portal.files.models import StoredFile
from portal.fulfilment import year_plan
from portal.fulfilment.models import ActionPlan
from portal.plan.models import Node
from portal.plan.money import crowns

from . import inside, network, pieces
from .models import Consultation, Paragraph
from .pieces import Piece, Sort

# Bounds of one text; a plan of a region has about a thousand pieces.
MOST_PIECES = 5_000
LONGEST_PIECE = 20_000
EMPTY = "Text, ke kterému se lidé mají vyjádřit, je prázdný."
TOO_LONG = f"Text má přes {MOST_PIECES} odstavců nebo je některý delší než {LONGEST_PIECE} znaků. Rozdělte ho."
UNREADABLE = "Soubor se nepodařilo přečíst celý. Zkuste ho uložit znovu jako DOCX, nebo ho rozdělte."
SCANNED = "V souboru není žádný text, jen obrázky. Nahrajte DOCX, nebo PDF, ve kterém jde text označit."
READ = (".docx", ".pdf")


class Source(StrEnum):
    """What is on view; the name of the field that holds it. `PLAN` alone is the plan as it stands now."""

    EDITION = "edition"
    CHAPTER = "chapter"
    ACTION_PLAN = "action_plan"
    DOCUMENT = "document"
    FILE = "file"
    NETWORK = "network"
    PLAN = "plan"


def sources_of(consultation: Consultation) -> list[Source]:
    """Everything that is chosen; a plan stands beside what is made of it."""
    columns = {one: str(one) if one == Source.NETWORK else f"{one}_id" for one in Source}
    return [one for one, column in columns.items() if getattr(consultation, column) is not None]


def source_of(consultation: Consultation) -> Source | None:
    return next(iter(sources_of(consultation)), None)


def is_whole_plan(consultation: Consultation) -> bool:
    return source_of(consultation) in (Source.PLAN, Source.EDITION)


def file_of(consultation: Consultation) -> StoredFile | None:
    """The file that the text is read from."""
    if consultation.document is not None:
        return consultation.document.file
    return consultation.file


def pieces_of(consultation: Consultation) -> list[Piece]:
    """The whole text; ValidationError where there is none or it cannot be read."""
    made = list(pieces.steady(_pieces(consultation)))
    if not made:
        raise ValidationError(EMPTY)
    if len(made) > MOST_PIECES or any(len(one.text) > LONGEST_PIECE for one in made):
        raise ValidationError(TOO_LONG)
    return made


def _pieces(consultation: Consultation) -> Iterator[Piece]:
    match source_of(consultation):
        case Source.EDITION:
            assert consultation.edition is not None  # noqa: S101 - said by the source
            yield from of_plan(consultation.edition.frozen, imprint(consultation.edition))
        case Source.PLAN:
            assert consultation.plan is not None  # noqa: S101 - said by the source
            yield from of_plan(captured(consultation.plan), Imprint("pracovní znění", timezone.localdate()))
        case Source.CHAPTER:
            yield from of_chapter(consultation.chapter)
        case Source.ACTION_PLAN:
            yield from of_action_plan(consultation.action_plan)
        case Source.DOCUMENT | Source.FILE:
            yield from of_file(file_of(consultation))
        case Source.NETWORK:
            yield from network.pieces_of(consultation, timezone.localdate())


# --- by what is on view ------------------------------------------------------------------------------------------

INDEX = "prehled-opatreni"  # a list of measures that is made of their headings


def of_plan(content: Content, told: Imprint) -> Iterator[Piece]:
    """The plan as its document reads, without the lists made of it."""
    codes = {anchor(node.code): node.code for node in content.nodes}
    for piece in pieces.of_blocks(blocks(content, told)):
        if piece.mark != INDEX and piece.text:
            yield Piece(piece.sort, piece.text, piece.level, piece.cells, codes.get(piece.mark, ""))


def of_chapter(chapter: Chapter | None) -> Iterator[Piece]:
    if chapter is not None:
        yield pieces.heading(chapter.title, 1)
        yield from (one for one in pieces.of_blocks(markdown.blocks(chapter.text)) if one.text)


def of_action_plan(action_plan: ActionPlan | None) -> Iterator[Piece]:
    """Priorities and under them measures with their steps, who answers for them and the money."""
    if action_plan is None:
        return
    content = year_plan.shown(action_plan)
    yield pieces.heading(f"Akční plán {content['year']}", 1)
    priority = None
    for one in content["items"]:
        if one["priority"] != priority:
            priority = one["priority"]
            yield pieces.heading(priority, 2)
        yield pieces.heading(f"{one['code']} {one['title']}", 3, one["code"])
        steps = [step for step in one["steps"].splitlines() if step.strip()]
        if steps:
            yield pieces.bullets(steps)
        facts = [f"kdo odpovídá: {one['responsible']}"] if one["responsible"] else []
        if one["planned"] is not None:
            facts.append(f"peníze: {_money(one['planned'])}")
        if facts:
            yield pieces.bullets(facts)
    if content["money"]:
        rows = [(one["sort"], one["source"], _money(one["amount"])) for one in content["money"]]
        yield pieces.heading("Peníze", 2)
        yield pieces.table(("druh", "zdroj", "částka"), [*rows, ("celkem", "", _money(content["planned"]))])


def _money(amount: int | None) -> str:
    return crowns(None if amount is None else Decimal(amount))


def of_file(file: StoredFile | None) -> list[Piece]:
    """A DOCX or a PDF, read by a process of its own. Either the whole of it or ValidationError."""
    suffix = file.name.rpartition(".")[2].lower() if file is not None else ""
    if file is None or f".{suffix}" not in READ:
        raise ValidationError("Text jde načíst jen z DOCX nebo PDF.")
    with file.content.open("rb") as stored:
        made = inside.read(stored.read(), suffix)
    if made is None:
        raise ValidationError(UNREADABLE)
    if not made:
        raise ValidationError(SCANNED)
    return made


# --- paragraphs --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Labelled:
    piece: Piece
    label: str
    # The code of the measure or of another line of the plan that the piece tells of.
    code: str


def labelled(made: Iterable[Piece]) -> list[Labelled]:
    """Pieces with their labels. What stands under the heading of a line of the plan tells of that line, until a
    heading as high as it or higher. A code without a dot would look like a number and is no label."""
    rows, count = [], 0
    code, depth = "", 0
    for piece in made:
        if piece.sort == Sort.HEADING and (piece.mark or piece.level <= depth):
            code, depth = piece.mark, piece.level if piece.mark else 0
        own = piece.mark if piece.sort == Sort.HEADING and "." in piece.mark else ""
        count += not own
        rows.append(Labelled(piece, own[:30] or str(count), code))
    return rows


def freeze(consultation: Consultation, made: Sequence[Piece]) -> int:
    """Write the paragraphs of the consultation; how many. It has none yet."""
    rows = paragraphs(consultation, made)
    Paragraph.objects.bulk_create(rows, batch_size=500)
    return len(rows)


def paragraphs(consultation: Consultation, made: Sequence[Piece]) -> list[Paragraph]:
    """The pieces as paragraphs that nobody has saved yet."""
    rows = labelled(made)
    codes = {one.code for one in rows if one.code}
    nodes = dict(Node.objects.filter(plan=consultation.plan_id, code__in=codes).values_list("code", "pk"))
    return [
        Paragraph(
            consultation=consultation,
            order=order,
            sort=one.piece.sort,
            level=one.piece.level,
            label=one.label,
            text=one.piece.text,
            cells=_cells(one.piece),
            node_id=nodes.get(one.code),
        )
        for order, one in enumerate(rows, start=1)
    ]


def _cells(piece: Piece) -> dict[str, Any] | None:
    if piece.cells is None:
        return None
    return {
        "title": piece.cells.title,
        "head": list(piece.cells.head),
        "rows": [list(row) for row in piece.cells.rows],
    }
