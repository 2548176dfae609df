"""The content of minutes as blocks of paper: one for HTML, PDF and DOCX. The same content gives the same bytes."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import lru_cache

from paper.blocks import Block, Bullets, Cover, Document, Fact, Facts, Heading, Note, Paragraph, Sheet, Table
from portal.chapters import markdown

from . import marks
from .content import Attended, Content, Part, Vote, day, read

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
# What a part says where nobody wrote anything.
NOTHING = "Bez záznamu."
DEEPEST = 6


def document(content: Content, author: str, *, note: str = "", address: str = "") -> Document:
    """`note` says what the document is where it is not the public version ("Návrh", "Neveřejné úplné znění")."""
    lines = (day(content.day), note, address)
    return Document(
        title=content.name,
        author=author,
        language="cs",
        cover=Cover(content.name, content.group, tuple(line for line in lines if line)),
        blocks=tuple(_on_paper(content)),
        sheet=Sheet.PLAN,
        foot=content.name,
        keywords=("zápis", "komunitní plánování"),
    )


def _on_paper(content: Content) -> Iterator[Block]:
    """Under one heading, because on paper each of the first level begins a new page."""
    yield Heading(1, "Zápis z jednání")
    for block in blocks(content):
        yield replace(block, level=min(block.level + 1, DEEPEST)) if isinstance(block, Heading) else block


@lru_cache(maxsize=8)
def made(make: Callable[[Document], bytes], told: str, author: str, note: str, address: str) -> bytes:
    """Kept for a while: published minutes are asked for again and are always the same. `told` is the content as
    JSON."""
    return make(document(read(json.loads(told)), author, note=note, address=address))


def blocks(content: Content) -> Iterator[Block]:
    yield Heading(1, "O jednání", "jednani")
    yield Facts(tuple(Fact(name, value) for name, value in facts(content) if value))
    yield Heading(1, "Kdo tu byl", "ucast")
    yield from _attendance(content)
    yield Heading(1, "Průběh jednání", "prubeh")
    for at, part in enumerate(content.parts, 1):
        yield Heading(2, f"{at}. {part.title}", f"bod-{at}")
        yield from _part(part)
    if content.outside:
        yield Heading(1, "Hlasování mimo jednání", "mimo-jednani")
        for vote in content.outside:
            yield from _vote(vote)
    if content.decisions:
        yield Heading(1, "Usnesení", "usneseni")
        rows = tuple((one.code, one.text, one.vote or "–") for one in content.decisions)
        yield Table(("Číslo", "Usnesení", "Hlasování"), rows)
    if content.tasks:
        yield Heading(1, "Úkoly", "ukoly")
        tasks = tuple((one.what, one.who or "–", day(one.until) or "–") for one in content.tasks)
        yield Table(("Co", "Kdo", "Do kdy"), tasks)
    if content.objections:
        yield Heading(1, "Námitky k zápisu", "namitky")
        settled = tuple((one.text, one.outcome, one.reason) for one in content.objections)
        yield Table(("Námitka", "Vypořádání", "Důvod"), settled)
    yield Heading(1, "Podpisy a schválení", "schvaleni")
    ends = (
        ("Zapsal(a)", content.taken_by),
        ("Ověřil(a)", content.verified_by),
        ("Schváleno", content.approved),
        ("Příští jednání", content.next_meeting),
    )
    told = tuple(Fact(name, value) for name, value in ends if value)
    yield Facts(told) if told else Paragraph("Zápis zatím nikdo neověřil ani neschválil.")


def facts(content: Content) -> tuple[tuple[str, str], ...]:
    where = ", ".join(part for part in (content.place, content.way if content.way != "na místě" else "") if part)
    return (
        ("Skupina", content.group),
        ("Číslo jednání", content.number),
        ("Kdy", f"{day(content.day)}, {content.starts}–{content.ends}"),
        ("Kde", where),
        ("Usnášeníschopnost", content.quorum),
    )


def _attendance(content: Content) -> Iterator[Block]:
    if not (content.present or content.guests):
        yield Paragraph("Účast zatím není zapsaná.")
    for title, rows in (("Přítomni", content.present), ("Hosté", content.guests)):
        if rows:
            cells = tuple((one.name, one.side or "–", one.organisation or "–", one.note or "–") for one in rows)
            yield Table(("Jméno", "Strana", "Organizace", "Poznámka"), cells, title=title)
    for lead, rows in (("Omluveni", content.excused), ("Nepřítomni", content.absent)):
        if rows:
            yield Paragraph(_listed(rows), lead)


def _listed(rows: tuple[Attended, ...]) -> str:
    return "; ".join(f"{one.name} ({one.note})" if one.note else one.name for one in rows)


def _part(part: Part) -> Iterator[Block]:
    said = [*text_blocks(part.text)]
    yield from said
    if part.conclusion.strip():
        yield Paragraph(" ".join(part.conclusion.split()), "Závěr")
    for vote in part.votes:
        yield from _vote(vote)
    if not said and not part.conclusion.strip() and not part.votes:
        yield Paragraph(NOTHING)


def _vote(vote: Vote) -> Iterator[Block]:
    outcome = "přijato" if vote.adopted else "nepřijato"
    yield Note(f"Hlasování: {vote.text} – pro, proti, zdrželo se: {vote.counts}, {outcome}.")
    if vote.words:
        yield Paragraph(vote.words)
    if vote.ballots:
        yield Bullets(vote.ballots)


def text_blocks(text: str) -> list[Block]:
    """Markdown of a section, tasks and decisions set apart; headings in it stand below the section's own."""
    made = markdown.blocks(spoken(text), level=3)
    return [Note(one.text) if isinstance(one, Paragraph) and marks.is_mark(one.text) else one for one in made]


def spoken(text: str) -> str:
    """The text with each marked line (a task, a decision) as a paragraph of its own."""
    return "\n".join(f"\n{line.strip()}\n" if marks.is_mark(line) else line for line in text.splitlines())
