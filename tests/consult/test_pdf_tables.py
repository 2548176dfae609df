"""Tables of a PDF: told by tags or drawn by rules, whole over pages; and whatever a PDF does, no word is lost and the
reading ends."""

from __future__ import annotations

import zlib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from paper import blocks as paper
from paper.docx import docx as typeset
from paper.pdf import pdf
from portal.consult import docx_pieces, inside, pdf_pieces, pdf_tables, pdf_tags
from portal.consult.pieces import LONGEST_TABLE, Piece, Sort, table, tables
from tests.paper.checks import through_office

LONG = "Lidé v Doubravě čekají na pečovatelku půl roku a nikdo jim neřekne, kdy přijde."
HEAD = ("rok", "částka", "poznámka k financování")
ROWS = tuple((str(2000 + at), f"{at} 000 Kč", LONG if at % 3 else "") for at in range(60))


def document(*blocks: paper.Block) -> paper.Document:
    return paper.Document("Plán", "Město", "cs", paper.Cover("Plán", "Svornov", ()), blocks, paper.Sheet.PLAN)


LONG_TABLE = document(
    paper.Heading(1, "Péče doma"),
    paper.Paragraph(LONG),
    paper.Table(HEAD, ROWS, frozenset({1})),
    paper.Paragraph(f"Za tabulkou. {LONG}"),
    paper.Heading(2, "Kdo zaplatí"),
    paper.Table(("rok", "kdo"), (("2027", "kraj"), ("2028", "obec"))),
)


def tables_of(pieces: list[Piece]) -> list[tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]]:
    return [(one.cells.head, one.cells.rows) for one in pieces if one.cells is not None]


def words(pieces: Any) -> list[str]:
    return " ".join(one.text for one in pieces).split()


# --- by tags -----------------------------------------------------------------------------------------------------


def test_tables_of_our_own_pdf_are_whole_with_their_heads_and_the_text_around() -> None:
    read = inside.read(pdf(LONG_TABLE), "pdf")
    assert read is not None
    assert tables_of(read) == [(HEAD, ROWS), (("rok", "kdo"), (("2027", "kraj"), ("2028", "obec")))]
    around = [one.text for one in read if one.sort != Sort.TABLE]
    assert around == ["Plán", "Svornov", "Péče doma", LONG, f"Za tabulkou. {LONG}", "Kdo zaplatí"]
    assert [one.sort for one in read][-4:] == [Sort.TABLE, Sort.TEXT, Sort.HEADING, Sort.TABLE]


def test_a_cell_over_more_columns_or_rows_leaves_the_others_empty() -> None:
    wide, high, plain = pdf_tags.Cell(marks=[(0, 1)]), pdf_tags.Cell(marks=[(0, 2)]), pdf_tags.Cell(marks=[(0, 3)])
    rows = pdf_tags._even([[(high, 1, 2), (wide, 2, 1)], [(plain, 1, 1)]])
    assert [[cell.marks for cell in row] for row in rows] == [[[(0, 2)], [(0, 1)], []], [[], [(0, 3)], []]]


# --- by rules ----------------------------------------------------------------------------------------------------


def test_tables_of_a_pdf_from_an_office_are_whole_over_pages(tmp_path: Path) -> None:
    made = through_office(typeset(LONG_TABLE), tmp_path)
    assert b"StructTreeRoot" not in made
    assert tables_of(list(pdf_pieces.pieces(made))) == tables_of(list(docx_pieces.pieces(typeset(LONG_TABLE))))


def drawn(*pages: bytes, root: bytes = b"", more: tuple[bytes, ...] = ()) -> bytes:
    """A PDF of these streams of operators, without any library that typesets; `more` are objects from number 5 on."""
    fonts = (b"Helvetica", b"Helvetica-Bold")
    objects = [
        b"<</Type /Catalog /Pages 2 0 R %s>>" % root,
        b"",
        *(b"<</Type /Font /Subtype /Type1 /BaseFont /%s>>" % one for one in fonts),
        *more,
    ]
    kids = []
    for page in pages:
        packed = zlib.compress(page)
        objects += [
            b"<</Length %d /Filter /FlateDecode>>\nstream\n%s\nendstream" % (len(packed), packed),
            b"<</Type /Page /Parent 2 0 R /Contents %d 0 R /MediaBox [0 0 595 842] "
            b"/Resources <</Font <</F 3 0 R /B 4 0 R>>>>>>" % (len(objects) + 1),
        ]
        kids.append(b"%d 0 R" % len(objects))
    objects[1] = b"<</Type /Pages /Kids [%s] /Count %d>>" % (b" ".join(kids), len(kids))
    out, places = b"%PDF-1.7\n", []
    for number, one in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, one)
    xref = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    xref += b"".join(b"%010d 00000 n \n" % place for place in places)
    return out + xref + b"trailer\n<</Size %d /Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, len(out))


def shown(text: str, left: int, bottom: int, font: str = "F") -> bytes:
    return b"BT /%s 10 Tf %d %d Td (%s) Tj ET\n" % (font.encode(), left, bottom, text.encode())


WIDE, TALL = 130, 20


def grid(rows: list[list[str]], top: int, *, bold: bool = False, rules: bool = True) -> bytes:
    """Words in columns, between rules; in bold letters in the first row."""
    said = b"".join(
        shown(text, 44 + at * WIDE, top - TALL * (number + 1) + 6, "B" if bold and not number else "F")
        for number, row in enumerate(rows)
        for at, text in enumerate(row)
        if text
    )
    if not rules:
        return said
    across, down = [40 + at * WIDE for at in range(len(rows[0]) + 1)], [top - at * TALL for at in range(len(rows) + 1)]
    level = b"".join(b"%d %d m %d %d l S\n" % (across[0], at, across[-1], at) for at in down)
    return level + b"".join(b"%d %d m %d %d l S\n" % (at, down[0], at, down[-1]) for at in across) + said


CELL = st.lists(st.text("abcdefgh", min_size=1, max_size=6), max_size=3).map(" ".join)
GRIDS = st.integers(2, 4).flatmap(
    lambda wide: st.lists(st.lists(CELL, min_size=wide, max_size=wide), min_size=2, max_size=6)
)


@settings(max_examples=20, deadline=None)
@given(GRIDS)
def test_a_ruled_table_gives_every_word_at_its_place(rows: list[list[str]]) -> None:
    made = drawn(shown("Before it.", 40, 800) + grid(rows, 780) + shown("After it.", 40, 500))
    read = list(pdf_pieces.pieces(made))
    filled = sum(bool(cell) for row in rows for cell in row)
    if filled >= max(2, pdf_tables.FILLED * len(rows) * len(rows[0])):
        assert [one.text for one in read] == ["Before it.", "\n".join(map("\t".join, rows)), "After it."]
    assert words(read) == ["Before", "it.", *" ".join(" ".join(row) for row in rows).split(), "After", "it."]


def test_a_table_goes_on_over_the_page_whether_its_head_is_repeated_or_not() -> None:
    head, first, rest = ["rok", "kdo"], [["2027", "kraj"], ["2028", "obec"]], [["2029", "stat"], ["2030", "obec"]]
    whole = (("rok", "kdo"), (("2027", "kraj"), ("2028", "obec"), ("2029", "stat"), ("2030", "obec")))
    top = shown("Before it.", 40, 800) + grid([head, *first], 780, bold=True)
    for second in (grid([head, *rest], 800, bold=True), grid(rest, 800)):
        assert tables_of(list(pdf_pieces.pieces(drawn(top, second)))) == [whole]
    apart = shown("Between them.", 40, 820) + grid(rest, 800)
    assert len(tables_of(list(pdf_pieces.pieces(drawn(top, apart))))) == 2
    other = grid([["a", "b", "c"], ["d", "e", "f"]], 800)
    assert len(tables_of(list(pdf_pieces.pieces(drawn(top, other))))) == 2


def test_columns_without_a_rule_a_frame_and_a_drawing_stay_lines() -> None:
    rows = [["rok", "kdo"], ["2027", "kraj"]]
    plain = drawn(grid(rows, 780, rules=False))
    assert words(pdf_pieces.pieces(plain)) == ["rok", "kdo", "2027", "kraj"]
    framed = drawn(
        b"30 700 300 100 re S\n20 690 320 120 re S\n0 0 m 1 1 l S 5 5 m 6 6 l S\n" + grid(rows, 780, rules=False)
    )
    chart = drawn(grid([["", "", ""]] * 5, 600) + shown("Graf", 300, 700))
    for made in (plain, framed, chart):
        assert tables_of(list(pdf_pieces.pieces(made))) == []
    assert words(pdf_pieces.pieces(chart)) == ["Graf"]


def test_a_long_table_is_more_pieces_with_the_same_head() -> None:
    rows = [(str(at), "slovo " * 200) for at in range(30)]
    parts = list(tables(("kolik", "co"), rows))
    assert [one.cells.head for one in parts if one.cells] == [("kolik", "co")] * len(parts)
    assert len(parts) > 1
    assert all(len(one.text) < 1.2 * LONGEST_TABLE for one in parts)
    assert [row for one in parts if one.cells for row in one.cells.rows] == list(table((), rows).cells.rows)  # type: ignore[union-attr]


# --- made to harm ------------------------------------------------------------------------------------------------


def harmful() -> dict[str, bytes]:
    rows = [["rok", "kdo"], ["2027", "kraj"]]
    page, tree = grid(rows, 780), b"/StructTreeRoot 5 0 R"
    circle = (
        b"<</Type /StructTreeRoot /K 6 0 R>>",
        b"<</S /Table /K [7 0 R]>>",
        b"<</S /TR /K [8 0 R 7 0 R]>>",
        b"<</S /TD /K 8 0 R>>",
    )
    wide = (
        b"<</Type /StructTreeRoot /K <</S /Table /K <</S /TR /K ["
        + b"<</S /TD /A <</ColSpan 999999>>>>" * 9
        + b"]>>>>>>"
    )
    deep = b"<</Type /StructTreeRoot /K %s 5 %s>>" % (b"[" * 900, b"]" * 900)
    return {
        "a circle of elements": drawn(page, root=tree, more=circle),
        "a root in itself": drawn(page, root=tree, more=(b"<</Type /StructTreeRoot /K [5 0 R 5 0 R]>>",)),
        "cells without an end": drawn(page, root=tree, more=(wide,)),
        "lists in lists": drawn(page, root=tree, more=(deep,)),
        "no tree at all": drawn(page, root=b"/StructTreeRoot 99 0 R"),
        "a word for a tree": drawn(page, root=b"/StructTreeRoot (strom)"),
    }


@pytest.mark.parametrize("sort", harmful())
def test_tags_made_to_harm_lose_no_word_and_end(sort: str) -> None:
    assert words(pdf_pieces.pieces(harmful()[sort])) == ["rok", "kdo", "2027", "kraj"]


def test_a_drawing_of_many_rules_is_not_looked_through(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf_pieces, "_with_tables", lambda *_: pytest.fail("looked through"))
    rules = b"".join(b"%d 0 m %d 800 l S\n" % (at % 500, at % 499) for at in range(pdf_tables.MOST_RULES + 1))
    assert words(pdf_pieces.pieces(drawn(rules + shown("Mapa", 40, 400)))) == ["Mapa"]


def test_a_raster_is_no_table(monkeypatch: pytest.MonkeyPatch) -> None:
    made = drawn(grid([["rok", "kdo"], ["2027", "kraj"]], 780))
    assert len(tables_of(list(pdf_pieces.pieces(made)))) == 1
    monkeypatch.setattr(pdf_tables, "MOST_CELLS", 3)
    read = list(pdf_pieces.pieces(made))
    assert tables_of(read) == []
    assert words(read) == ["rok", "kdo", "2027", "kraj"]


def test_when_the_time_for_tables_is_over_the_rest_comes_as_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [[["a", "b"], ["c", "d"]], [["e", "f"], ["g", "h"]]]
    made = drawn(*(grid(one, 780) for one in rows))
    assert len(tables_of(list(pdf_pieces.pieces(made)))) == 1
    monkeypatch.setattr(pdf_pieces, "TABLE_SECONDS", -1)
    read = list(pdf_pieces.pieces(made))
    assert tables_of(read) == []
    assert words(read) == list("abcdefgh")


def test_rows_printed_twice_are_kept_when_they_are_no_head() -> None:
    """Only the first row of the next page can be the head again."""
    rows = [["2027", "kraj"], ["2028", "obec"]]
    read = tables_of(list(pdf_pieces.pieces(drawn(grid(rows, 780), grid(rows[::-1], 780)))))
    assert [row for one in read for row in one[1]] == [tuple(row) for row in (*rows, *rows[::-1])]
