"""The whole text with its changes: accepted it is the newer document, refused the older one, word by word."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from io import BytesIO

import docx as word
from hypothesis import HealthCheck, given, settings

from paper.blocks import Block, Bullets, Contents, Facts, Heading, Index, Marked, MarkedTable, Note, Paragraph, Table
from paper.docx import docx
from paper.html import html
from paper.pdf import pdf
from portal.editions import marking, telling
from portal.editions.content import CardFacts, Content, CostLine
from portal.editions.document import blocks

from .contents import contents
from .test_document import IMPRINT, pdf_text, whole

many = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def lines(of: Iterable[Block], refused: str = "") -> list[str]:
    """What a reader of the blocks reads, one text after another, without what bears the `refused` mark."""
    said: list[str] = []
    for one in of:
        match one:
            case Heading(label=marking.LIST_OF_MEASURES) | Contents() | Index():
                continue
            case Heading() | Note():
                said.append(one.text)
            case Paragraph():
                said.append(f"{one.lead}: {one.text}" if one.lead else one.text)
            case Facts():
                said += [f"{fact.name}: {fact.value}" for fact in one.facts]
            case Bullets():
                said += one.items
            case Table():
                said += [cell for row in one.rows for cell in row]
            case Marked():
                said.append("".join(run.text for run in one.runs if run.mark != refused or not refused))
            case MarkedTable():
                said += [
                    "".join(run.text for run in cell if run.mark != refused or not refused)
                    for row in one.rows
                    for cell in row.cells
                ]
    return [one for one in said if one]


def both(a: Content, b: Content) -> tuple[list[Block], list[Block]]:
    return list(blocks(a, IMPRINT)), list(blocks(b, IMPRINT))


@many
@given(contents, contents)
def test_accepted_it_is_the_newer_text_and_refused_the_older(a: Content, b: Content) -> None:
    older, newer = both(a, b)
    made = list(marking.marked(older, newer))
    assert lines(made, "-") == lines(newer)
    assert lines(made, "+") == lines(older)


@many
@given(contents)
def test_a_text_does_not_differ_from_itself(a: Content) -> None:
    older, newer = both(a, a)
    assert not [one for one in marking.marked(older, newer) if isinstance(one, Marked | MarkedTable)]


def changed() -> tuple[Content, Content]:
    """A measure with another title, another text and another amount; one measure taken out."""
    a = whole()
    first, second, step, third, _fourth = a.nodes
    assert second.card
    costs = (CostLine(2026, "investment", 5), second.card.costs[1])
    card: CardFacts = replace(second.card, costs=costs)
    return a, replace(a, nodes=(first, replace(second, title="Pomoc doma i večer", card=card), step, third))


def test_an_official_sees_each_change_where_it_stands() -> None:
    a, b = changed()
    whole_text = list(marking.marked(*both(a, b)))
    made = telling.document([], "Změny", "1", "2", whole_text)
    read = word.Document(BytesIO(docx(made, "vydání 2")))
    assert "Priorita 1: Doma" in [one.text for one in read.paragraphs if one.style and one.style.name == "Heading 1"]
    xml = read.element.xml
    inserted = re.findall(r"<w:ins .*?<w:t[^>]*>([^<]*)</w:t>", xml, re.S)
    deleted = re.findall(r"<w:del .*?<w:delText[^>]*>([^<]*)</w:delText>", xml, re.S)
    assert " i večer" in inserted
    assert "5" in "".join(inserted)
    assert any("Bez peněz" in one for one in deleted)
    assert docx(made, "vydání 2") == docx(made, "vydání 2")
    assert "i večer" in html(whole_text)
    assert "i večer" in pdf_text(pdf(made))
