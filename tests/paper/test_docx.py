"""What a DOCX is written as: blocks in order, styles by name, the look of pages last, the same bytes again."""

from __future__ import annotations

from io import BytesIO

import docx as word

from paper.blocks import Bullets, Contents, Cover, Document, Heading, Marked, Note, Paragraph, Run, Table
from paper.docx import docx


def document(number: int) -> Document:
    blocks = [
        block
        for n in range(number)
        for block in (
            Heading(1, f"Kapitola {n}", f"kapitola-{n}", under="Pod ní"),
            Paragraph(f"Odstavec {n}"),
            Note(f"Pozor {n}"),
            Bullets((f"První {n}", f"Druhý {n}")),
            Table(("kód", "částka"), ((f"{n}", "1 Kč"),), frozenset({1})),
            Marked((Run(f"Dřív {n}", "-"), Run(f"Teď {n}", "+"))),
        )
    ]
    return Document("Zkouška", "Město", "cs", Cover("Zkouška", "Podtitul", ("Řádek",)), (Contents("Obsah"), *blocks))


def test_paragraphs_and_tables_stand_in_the_order_of_blocks_with_their_styles() -> None:
    made = word.Document(BytesIO(docx(document(2))))
    body = made.element.body
    assert body[-1].tag.endswith("}sectPr"), "the look of pages is the last thing of the body"
    told = [(one.text, one.style.name if one.style else "") for one in made.paragraphs if one.text.endswith(" 1")]
    assert told == [
        ("Kapitola 1", "toc 1"),
        ("Kapitola 1", "Heading 1"),
        ("Odstavec 1", "Normal"),
        ("Pozor 1", "Intense Quote"),
        ("První 1", "List Bullet"),
        ("Druhý 1", "List Bullet"),
    ]
    names = [one.tag.rpartition("}")[2] for one in body]
    assert names.count("tbl") == 2
    before = body[names.index("tbl") - 1]
    assert before.text == "Druhý 0"


def test_the_same_document_gives_the_same_bytes() -> None:
    assert docx(document(3)) == docx(document(3))
