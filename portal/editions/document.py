"""A frozen content -> the document as blocks of paper: one content for HTML, PDF and DOCX.

Order: contents, the plan in facts, chapters before the tree, strengths and weaknesses, needs, list of measures,
money, the tree with a card of each measure, chapters after it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from paper.blocks import (
    Block,
    Bullets,
    Contents,
    Cover,
    Document,
    Fact,
    Facts,
    Figure,
    Heading,
    Index,
    IndexGroup,
    Note,
    Paragraph,
    Pointer,
    Sheet,
    Table,
)
from portal.chapters import markdown
from portal.plan.money import Money, summed

from . import wording
from .content import CardFacts, ChapterFacts, Content, IndicatorFacts, NodeFacts, children
from .wording import money, said

# An accessible document has no empty heading.
UNTITLED = "Bez názvu"


@dataclass(frozen=True, slots=True)
class Imprint:
    """What the document says about itself; no clock of its own, so that the same edition gives the same bytes."""

    edition: str
    made_on: date
    resolution: str = ""
    publicity: str = ""
    part: str = ""
    # What of the plan the part holds.
    scope: str = ""
    site: str = ""
    address: str = ""
    logos: tuple[Figure, ...] = ()
    # Pictures of chapters by the keys of their files.
    pictures: Mapping[str, Figure] = field(default_factory=dict)


def document(content: Content, imprint: Imprint, sheet: Sheet = Sheet.PLAN) -> Document:
    plan = content.plan
    years = f"{plan.starts_on.year}–{(plan.prolonged_until or plan.ends_on).year}"
    lines = (
        f"Část plánu: {imprint.part}" if imprint.part else "",
        imprint.scope,
        imprint.edition,
        imprint.resolution,
        f"Organizátor: {plan.organiser}" if plan.organiser else "",
        f"Stav k {wording.day(imprint.made_on)}",
        imprint.address,
        imprint.publicity,
    )
    cover = Cover(plan.title, f"{plan.span_name}, {years}", tuple(line for line in lines if line), imprint.logos)
    return Document(
        title=f"{plan.title} {years}",
        author=plan.organiser or imprint.site,
        language="cs",
        cover=cover,
        blocks=tuple(blocks(content, imprint)),
        sheet=sheet,
        foot=f"{plan.title}, {imprint.edition}",
    )


def blocks(content: Content, imprint: Imprint) -> Iterator[Block]:
    yield Contents("Obsah", 3)
    yield from _about(content, imprint)
    yield from _chapters((one for one in content.chapters if one.place != "after"), imprint.pictures)
    yield from _swot(content)
    yield from _needs(content)
    yield from _measures(content)
    yield from _money(content)
    yield from _tree(content)
    yield from _chapters((one for one in content.chapters if one.place == "after"), imprint.pictures)


def anchor(code: str) -> str:
    """The address of a node inside the document: "bod-1.2.3"."""
    return "bod-" + re.sub(r"[^A-Za-z0-9.-]", lambda found: f"_{ord(found[0]):x}_", code)


# --- around the tree -------------------------------------------------------------------------------------------


def _about(content: Content, imprint: Imprint) -> Iterator[Block]:
    plan = content.plan
    yield Heading(1, "O plánu", "o-planu")
    if imprint.scope:
        yield Note(imprint.scope)
    yield from _facts(
        ("území", plan.span_name),
        ("platí", f"{wording.day(plan.starts_on)} – {wording.day(plan.ends_on)}"),
        ("prodloužený do", wording.day(plan.prolonged_until) if plan.prolonged_until else ""),
        ("organizátor", plan.organiser),
        ("schválení", imprint.resolution),
        ("vydání", imprint.edition),
        ("navazuje na", plan.follows.name if plan.follows else ""),
        ("plán kraje", plan.above.name if plan.above else ""),
        ("pracovní skupiny", wording.listed(plan.areas)),
    )
    yield from paragraphs(plan.about)


def _chapters(chapters: Iterable[ChapterFacts], pictures: Mapping[str, Figure]) -> Iterator[Block]:
    for chapter in chapters:
        yield Heading(1, chapter.title.strip() or UNTITLED, f"kapitola-{chapter.key}")
        yield from markdown.blocks(chapter.text, pictures=pictures)


def _swot(content: Content) -> Iterator[Block]:
    if not content.swot:
        return
    yield Heading(1, "Silné a slabé stránky, příležitosti a hrozby", "swot")
    for sort, title in wording.SWOT.items():
        points = [point for point in content.swot if point.sort == sort]
        if points:
            yield Heading(2, title)
            yield Bullets(tuple(_with_codes(point.text, point.measures) for point in points))


def _needs(content: Content) -> Iterator[Block]:
    if not content.needs:
        return
    yield Heading(1, "Co lidé potřebují", "potreby")
    for need in content.needs:
        yield Heading(2, need.title.strip() or UNTITLED)
        yield from paragraphs(need.text)
        yield from _facts(
            ("koho se týká", wording.listed(need.target_groups)),
            ("odpovídají na ni opatření", ", ".join(need.measures) or "zatím žádné"),
        )
        yield from _evidence(need.evidence)


def _with_codes(text: str, codes: tuple[str, ...]) -> str:
    return f"{text} (opatření {', '.join(codes)})" if codes else text


def _measures(content: Content) -> Iterator[Block]:
    """The list of measures, under the top-most lines that stand right above a group of them."""
    groups = []
    level = wording.levels(content)
    by_code = {node.code: node for node in content.nodes}
    for code, nodes in children(content.nodes).items():
        measures = [node for node in nodes if node.card]
        if measures:
            above = by_code.get(code)
            title = wording.titled(above, level.get(above.depth)) if above else "Bez nadřazeného bodu"
            pointers = tuple(Pointer(f"{node.code} {node.title}", anchor(node.code)) for node in measures)
            groups.append(IndexGroup(title, "", pointers))
    if groups:
        yield Heading(1, "Přehled opatření", "prehled-opatreni")
        yield Index(2, tuple(groups))


def _money(content: Content) -> Iterator[Block]:
    cards = [(node, wording.money_of(node.card)) for node in content.nodes if node.card]
    whole = summed(one for _, one in cards)
    if not cards:
        return
    yield Heading(1, "Peníze", "penize")
    if whole.is_empty:
        yield Paragraph("Kolik opatření budou stát, zatím není známo.")
        return
    yield from money_tables(whole, wording.sources(content), "Náklady plánu", "Kdo je zaplatí")
    rows = tuple(
        (node.code, node.title, *(money(amount) for amount in (of.cost(), of.paid(), of.difference())))
        for node, of in cards
        if not of.is_empty
    )
    total = ("", "celkem", *(money(amount) for amount in (whole.cost(), whole.paid(), whole.difference())))
    yield Table(
        ("kód", "opatření", "náklady", "zdroje", "zbývá zajistit"),
        (*rows, total),
        frozenset({2, 3, 4}),
        "Náklady podle opatření",
    )
    if whole.unknown:
        yield Note(f"Náklady zatím nejsou známé u těchto opatření: {_unknown(cards)}. V součtech nejsou.")


def _unknown(cards: list[tuple[NodeFacts, Money]]) -> str:
    return ", ".join(node.code for node, of in cards if of.unknown)


def money_tables(of: Money, names: dict[str, str], costs: str, paid: str) -> Iterator[Table]:
    """Costs by year and their financing by source, summed by `plan.money`."""
    rows = tuple(
        (str(year), *map(money, (of.cost(year, "operation"), of.cost(year, "investment"), of.cost(year))),
         money(of.difference(year)))
        for year in of.years
    )  # fmt: skip
    whole = (of.cost(sort="operation"), of.cost(sort="investment"), of.cost(), of.difference())
    total = ("celkem", *map(money, whole))
    head = ("rok", "provoz", "investice", "celkem", "zbývá zajistit")
    yield Table(head, (*rows, total), frozenset({1, 2, 3, 4}), costs)
    if of.funding:
        lines = tuple(
            (names.get(one.source, one.source), str(one.year), wording.SORTS.get(one.sort, one.sort), money(amount))
            for one, amount in sorted(of.funding.items(), key=lambda item: (item[0].source, item[0].year, item[0].sort))
        )
        yield Table(
            ("zdroj", "rok", "druh", "částka"),
            (*lines, ("celkem", "", "", money(of.paid()))),
            frozenset({1, 3}),
            paid,
        )


# --- the tree --------------------------------------------------------------------------------------------------


def _tree(content: Content) -> Iterator[Block]:
    """Lines of the tree as headings under one another; what stands in the table of a measure has no heading, and
    what would hang under it goes one level below what has."""
    page = _Pages(content)
    measures = {node.code for node in content.nodes if node.card}
    level = {"": 0}
    for node in content.nodes:
        shown = bool(node.card) or node.parent not in measures
        level[node.code] = level[node.parent] + shown
        if shown:
            yield from page.node(node, level[node.code])


def node_blocks(content: Content, code: str) -> list[Block]:
    """One node alone, its heading of level 1, with what is said about it."""
    node = next(one for one in content.nodes if one.code == code)
    return list(_Pages(content).node(node, 1))


class _Pages:
    def __init__(self, content: Content) -> None:
        self.content = content
        self.levels = wording.levels(content)
        self.under = children(content.nodes)
        self.names = wording.sources(content)
        self.indicators: dict[str, list[IndicatorFacts]] = {}
        for one in content.indicators:
            self.indicators.setdefault(one.node, []).append(one)

    def node(self, node: NodeFacts, level: int) -> Iterator[Block]:
        yield Heading(level, wording.titled(node, self.levels.get(node.depth)), anchor(node.code))
        yield from paragraphs(node.text)
        if node.card:
            yield from self.card(node, node.card)
        if node.step:
            yield from _step(node)
        yield from _evidence(node.evidence)
        yield from self.measured(node)

    def card(self, node: NodeFacts, card: CardFacts) -> Iterator[Block]:
        yield from _led("Proč je potřeba", card.reason)
        yield from _led("Co se změní", card.impact)
        yield from _facts(
            ("typ opatření", card.kind.name if card.kind else ""),
            ("kdo odpovídá", card.responsible),
            ("s kým", wording.listed((*card.partners, *card.providers))),
            ("pracovní skupina", card.area),
            ("kdy", wording.span(card.starts_on, card.ends_on, card.ongoing)),
            ("pro koho", wording.listed(card.target_groups)),
            ("kde", wording.listed((*card.municipalities, *(f"ORP {one.name}" for one in card.orps)))),
            ("služby", wording.listed(card.services)),
            ("pořadí důležitosti", str(card.importance) if card.importance is not None else ""),
            ("naplňuje bod plánu kraje", f"{card.above.key} {card.above.name}" if card.above else ""),
            *((line.name, line.value) for line in card.extra),
        )
        yield from _led("Soulad s plánem kraje", card.agreement)
        yield from self.activities(node)
        of = wording.money_of(card)
        if not of.is_empty:
            yield from money_tables(
                of, self.names, f"Náklady opatření {node.code}", f"Kdo zaplatí opatření {node.code}"
            )
        yield from _capacities(node.code, card)
        if card.risks:
            rows = tuple(
                (
                    risk.text,
                    wording.LEVELS_OF_RISK.get(risk.likelihood or 0, wording.NOTHING),
                    wording.LEVELS_OF_RISK.get(risk.severity or 0, wording.NOTHING),
                    risk.response or wording.NOTHING,
                )
                for risk in card.risks
            )
            head = ("co se může stát", "pravděpodobnost", "dopad", "co s tím")
            yield Table(head, rows, title=f"Rizika opatření {node.code}")

    def activities(self, node: NodeFacts) -> Iterator[Block]:
        under = [one for one in self.under.get(node.code, []) if not one.card]
        if not under:
            return
        level = self.levels.get(under[0].depth)
        word = level.name if level else "aktivita"
        rows = tuple(
            (
                one.code,
                f"{one.title}\n{one.text}" if one.text else one.title,
                wording.span(one.step.starts_on, one.step.ends_on) if one.step else "",
                one.step.responsible if one.step else "",
                money(one.step.cost if one.step else None),
            )
            for one in under
        )
        many = level.many if level else "aktivity"
        yield Table(
            ("kód", word, "kdy", "kdo odpovídá", "náklady"),
            rows,
            frozenset({4}),
            f"{many[:1].upper()}{many[1:]} opatření {node.code}",
        )

    def measured(self, node: NodeFacts) -> Iterator[Block]:
        rows = tuple(
            (
                one.name,
                one.unit or wording.NOTHING,
                said(one.baseline) + (f" ({one.baseline_year})" if one.baseline_year else ""),
                said(one.targets),
                one.supplier or wording.NOTHING,
            )
            for one in self.indicators.get(node.code, [])
        )
        if rows:
            head = ("ukazatel", "jednotka", "výchozí hodnota", "cíle po letech", "kdo údaj dodává")
            yield Table(head, rows, title=f"Ukazatele, {node.code}")


def _step(node: NodeFacts) -> Iterator[Block]:
    step = node.step
    if step:
        yield from _facts(
            ("kdo odpovídá", step.responsible),
            ("kdy", wording.span(step.starts_on, step.ends_on)),
            ("náklady", money(step.cost) if step.cost is not None else ""),
        )


def _capacities(code: str, card: CardFacts) -> Iterator[Block]:
    rows = tuple(
        (
            wording.offered(line),
            wording.capacity(line),
            said(line.since),
            said(line.baseline),
            line.note or wording.NOTHING,
        )
        for line in card.capacities
    )
    if rows:
        head = ("služba", "o kolik", "od kdy", "dnes", "poznámka")
        yield Table(head, rows, frozenset({1, 3}), f"Změna kapacity, opatření {code}")


def _evidence(lines: Iterable[Any]) -> Iterator[Block]:
    told = tuple(said(line) for line in lines)
    if told:
        yield Paragraph(" ".join(f"{one.rstrip('.')}." for one in told), "Čím je to doložené")


def _led(lead: str, text: str) -> Iterator[Block]:
    made = paragraphs(text)
    if made and isinstance(made[0], Paragraph):
        yield Paragraph(made[0].text, lead)
    elif made:
        yield from (Paragraph("", lead), made[0])
    yield from made[1:]


def _facts(*pairs: tuple[str, str]) -> Iterator[Facts]:
    kept = tuple(Fact(name, value) for name, value in pairs if value)
    if kept:
        yield Facts(kept)


def paragraphs(text: str) -> list[Block]:
    """Plain text as people type it: an empty line ends a paragraph, lines that begin with a dash are a list."""
    made: list[Block] = []
    for piece in re.split(r"\n\s*\n", text.strip()):
        rows = [row.strip() for row in piece.split("\n") if row.strip()]
        if not rows:
            continue
        bullets = [re.sub(r"^[-–•*]\s+", "", row) for row in rows if re.match(r"[-–•*]\s+", row)]
        loose = [row for row in rows if not re.match(r"[-–•*]\s+", row)]
        if loose:
            made.append(Paragraph(" ".join(loose)))
        if bullets:
            made.append(Bullets(tuple(bullets)))
    return made
