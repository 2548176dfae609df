"""The text on view with what accepted comments changed in it: as blocks of paper, for a page and for a DOCX with
tracked changes. Accepting every change gives the text after the settlement, refusing every one the text on view."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from django.conf import settings
from django.urls import reverse

from paper.blocks import Block, Bullets, Cover, Document, Heading, Marked, Sheet, Table
from paper.blocks import Paragraph as Text
from portal.editions import marking

from .models import Comment, Consultation, Paragraph

Sort = Paragraph.Sort


@dataclass(frozen=True, slots=True)
class Piece:
    """A paragraph with its changes and the numbers of the accepted comments on it."""

    paragraph: Paragraph
    blocks: tuple[Block, ...]
    numbers: tuple[int, ...]

    @property
    def is_changed(self) -> bool:
        return self.paragraph.now is not None


def pieces(consultation: Consultation, *, changed_only: bool = False) -> list[Piece]:
    """Two queries, however long the text is."""
    rows = consultation.paragraphs.all()
    if changed_only:
        rows = rows.filter(now__isnull=False)
    accepted: dict[int, list[int]] = defaultdict(list)
    comments = Comment.objects.filter(
        consultation=consultation, decision__in=Comment.CHANGING, state=Comment.State.SHOWN, paragraph__isnull=False
    )
    for paragraph, number in comments.order_by("number").values_list("paragraph", "number"):
        accepted[paragraph].append(number)
    return [Piece(one, tuple(marked(one)), tuple(accepted[one.pk])) for one in rows]


def marked(paragraph: Paragraph) -> Iterator[Block]:
    """The paragraph as blocks in which its change is seen."""
    before = block(paragraph, paragraph.text)
    if paragraph.now is None:
        yield before
    elif not paragraph.now:
        yield from marking.marked([before], [])
    elif isinstance(before, Heading | Text):
        level = before.level if isinstance(before, Heading) else 0
        yield Marked(marking.words(paragraph.text, paragraph.now), level)
    else:
        yield from marking.marked([before], [block(paragraph, paragraph.now)])


def block(paragraph: Paragraph, text: str) -> Block:
    """The paragraph as it reads with the text."""
    if paragraph.sort == Sort.HEADING:
        return Heading(max(1, paragraph.level), text)
    if paragraph.sort == Sort.BULLETS:
        return Bullets(tuple(line for line in text.splitlines() if line.strip()))
    if paragraph.sort == Sort.TABLE and "\t" in text:
        return _table(text, str((paragraph.cells or {}).get("title", "")))
    return Text(text)


def _table(text: str, title: str) -> Block:
    """Rows by lines, cells by tabs, the first row is the head; short rows are filled up."""
    rows = [line.split("\t") for line in text.splitlines() if line.strip()]
    width = max(map(len, rows))
    head, *body = [(*row, *[""] * (width - len(row))) for row in rows]
    return Table(head, tuple(body), title=title)


def on_one_page(told: Sequence[Piece]) -> Iterator[tuple[Block, ...]]:
    """Blocks of pieces that stand in one page, which may begin deep in the text: no heading skips a level."""
    depth = 0
    for one in told:
        made: list[Block] = []
        for block in one.blocks:
            if isinstance(block, Heading):
                depth = min(block.level, depth + 1)
                made.append(replace(block, level=depth))
            else:
                made.append(block)
        yield tuple(made)


def document(consultation: Consultation, told: Sequence[Piece]) -> Document:
    """The whole text for DOCX."""
    changed = sum(one.is_changed for one in told)
    address = f"{settings.SITE_URL}{reverse('consult:changes', args=[consultation.slug])}"
    cover = Cover(
        consultation.title,
        "Znění po vypořádání připomínek se změnami",
        (consultation.span_name, f"Změněných odstavců: {changed}", address),
    )
    return Document(
        title=f"{consultation.title}: znění po vypořádání připomínek",
        author=settings.SITE_NAME,
        language="cs",
        cover=cover,
        blocks=tuple(block for one in told for block in one.blocks),
        sheet=Sheet.PLAN,
        foot=consultation.title,
    )
