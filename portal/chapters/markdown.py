"""Markdown of chapters: what people write, read once and given out twice: as safe HTML for pages, as pieces and blocks
for documents.

Raw HTML in the text is text. Pictures are only ours (portal.files) and only with words for those who do not see them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from mdit_py_plugins.footnote import footnote_plugin

from paper.blocks import Block, Bullets, Figure, Heading, Note, Paragraph, Table

LINKS = frozenset({"http", "https", "mailto", "tel"})
OUR_FILE = re.compile(r"/soubory/([A-Za-z0-9_-]+)/[^/\s]+")
DEEPEST = 6
ATTRIBUTES = {
    "a": {"href", "title", "id", "class", "aria-label"},
    "img": {"src", "alt", "loading"},
    "li": {"id", "class"},
    "ol": {"start", "class"},
    "sup": {"class"},
    "section": {"class"},
    "hr": {"class"},
    "th": {"class", "scope"},
    "td": {"class"},
    "div": {"class", "role", "tabindex", "aria-label"},
}
TAGS = {
    *ATTRIBUTES, "p", "h2", "h3", "h4", "h5", "h6", "ul", "strong", "em", "s", "code", "pre", "blockquote", "br",
    "table", "thead", "tbody", "tr", "figure", "figcaption",
}  # fmt: skip


class _Html(RendererHTML):
    """What the usual renderer writes, with tables that scroll by the keyboard and pictures that say what they show."""

    def table_open(self, tokens: Sequence[Token], idx: int, options: Any, env: MutableMapping[str, Any]) -> str:
        env["tables"] = env.get("tables", 0) + 1
        return f'<div class="table-scroll" role="region" tabindex="0" aria-label="Tabulka {env["tables"]}"><table>'

    def table_close(self, tokens: Sequence[Token], idx: int, options: Any, env: MutableMapping[str, Any]) -> str:
        return "</table></div>"

    def image(self, tokens: Sequence[Token], idx: int, options: Any, env: MutableMapping[str, Any]) -> str:
        token = tokens[idx]
        caption = str(token.attrs.get("title", ""))
        token.attrs = {"src": token.attrs["src"], "alt": token.content, "loading": "lazy"}
        drawn = self.renderToken(tokens, idx, options, env)
        return f"{drawn}<figcaption>{_escaped(caption)}</figcaption>" if caption and token.meta.get("figure") else drawn


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _back(_html: RendererHTML, tokens: Sequence[Token], idx: int, _options: Any, env: dict[str, Any]) -> str:
    meta = tokens[idx].meta
    name = f"{_prefix(env)}{meta['id'] + 1}" + (f":{meta['subId']}" if meta["subId"] > 0 else "")
    return f' <a href="#fnref{name}" class="footnote-backref" aria-label="zpět k textu">↩</a>'


def _prefix(env: dict[str, Any]) -> str:
    return f"-{env['docId']}-" if env.get("docId") else ""


def _reader() -> MarkdownIt:
    reader = MarkdownIt("commonmark", {"html": False}, renderer_cls=_Html).enable(["table", "strikethrough"])
    reader.use(footnote_plugin)
    reader.add_render_rule("footnote_anchor", _back)
    return reader


READER = _reader()


# --- reading ---------------------------------------------------------------------------------------------------


def _read(text: str, level: int, env: dict[str, Any]) -> list[Token]:
    """Tokens with headings that never skip a level (the first one is `level`), with our pictures only."""
    tokens = READER.parse(text, env)
    # Headings above this one as they were written: a text that begins with ## has all its ## side by side.
    above: list[int] = []
    for at, token in enumerate(tokens):
        if token.type == "heading_open":
            written = int(token.tag[1])
            above = [*(one for one in above if one < written), written]
            token.tag = tokens[at + 2].tag = f"h{min(level + len(above) - 1, DEEPEST)}"
        elif token.type in {"th_open", "td_open"}:
            _cell(token)
        elif token.type == "inline":
            token.children = [_safe(child) for child in token.children or []]
            _figure(tokens, at)
    return tokens


def _cell(token: Token) -> None:
    """Inline styles are forbidden on our pages: a column set to the right is a column of numbers."""
    right = "right" in str(token.attrs.pop("style", ""))
    if right:
        token.attrs["class"] = "number"
    if token.type == "th_open":
        token.attrs["scope"] = "col"


def _safe(token: Token) -> Token:
    """A picture from elsewhere, or without words, is left out: only its words stay."""
    if token.type != "image" or (OUR_FILE.fullmatch(str(token.attrs["src"])) and token.content.strip()):
        return token
    return Token("text", "", 0, content=token.content)


def _figure(tokens: list[Token], at: int) -> None:
    """A picture alone in its paragraph is a figure; its title is the words under it."""
    children = tokens[at].children or []
    alone = len(children) == 1 and children[0].type == "image" and tokens[at - 1].type == "paragraph_open"
    if alone and not tokens[at - 1].hidden:
        tokens[at - 1].tag = tokens[at + 1].tag = "figure"
        children[0].meta["figure"] = True


def render(text: str, *, level: int = 2, key: str = "") -> SafeString:
    """HTML that is safe to stand on a page. Headings begin at `level`; `key` keeps the addresses of footnotes apart
    when several texts stand on one page."""
    env: dict[str, Any] = {"docId": key} if key else {}
    drawn = READER.renderer.render(_read(text, level, env), READER.options, env)
    cleaned = nh3.clean(drawn, tags=TAGS, attributes=ATTRIBUTES, url_schemes=set(LINKS), link_rel=None)
    return mark_safe(cleaned)  # noqa: S308 - cleaned by an allow-list


def image_keys(text: str) -> set[str]:
    """Keys of our files that the text shows."""
    sources = (str(token.attrs["src"]) for token in _images(text))
    return {match[1] for source in sources if (match := OUR_FILE.fullmatch(source))}


def faults(text: str) -> list[str]:
    """What is wrong with the pictures of the text, in Czech."""
    said = []
    for token in _images(text):
        if not token.content.strip():
            said.append("Obrázek nemá popis. Napište do hranatých závorek, co je na něm vidět.")
        elif not OUR_FILE.fullmatch(str(token.attrs["src"])):
            said.append(f"Obrázek „{token.content}“ je odjinud. Nahrajte ho k plánu a vložte znovu.")
    return said


def _images(text: str) -> Iterator[Token]:
    for token in READER.parse(text, {}):
        yield from (child for child in token.children or [] if child.type == "image")


# --- for documents ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Run:
    """Words of one look. `note` is the number of a footnote that stands here (the text is then empty)."""

    text: str
    strong: bool = False
    em: bool = False
    link: str = ""
    note: int = 0


type Runs = tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Head:
    level: int
    runs: Runs


@dataclass(frozen=True, slots=True)
class Para:
    runs: Runs


@dataclass(frozen=True, slots=True)
class Item:
    """A line of a list; `depth` from 1, `number` of an ordered one, 0 of another."""

    depth: int
    number: int
    runs: Runs


@dataclass(frozen=True, slots=True)
class Grid:
    """A table; `numbers` are its columns set to the right."""

    head: tuple[Runs, ...]
    rows: tuple[tuple[Runs, ...], ...]
    numbers: frozenset[int]


@dataclass(frozen=True, slots=True)
class Picture:
    """`key` of a stored file, what it shows, words under it."""

    key: str
    alt: str
    caption: str


@dataclass(frozen=True, slots=True)
class Foot:
    number: int
    runs: Runs


type Piece = Head | Para | Item | Grid | Picture | Foot


def pieces(text: str, *, level: int = 2) -> list[Piece]:
    """The text as pieces without any markup, in order; footnotes last."""
    return list(_Pieces(_read(text, level, {})).walk())


class _Pieces:
    def __init__(self, tokens: list[Token]) -> None:
        self.tokens = tokens
        self.lists: list[int] = []  # of each list we are in: the next number, 0 of bullets
        self.heading = self.note = 0
        self.fresh = False  # the line of a list has not been written yet
        self.grid: tuple[list[list[Runs]], set[int]] | None = None

    def walk(self) -> Iterator[Piece]:
        for token in self.tokens:
            match token.type:
                case "inline":
                    yield from self._inline(token)
                case "table_close":
                    yield self._table()
                case "fence" | "code_block":
                    yield Para((Run(token.content.rstrip()),))
                case "table_open" | "tr_open" | "th_open" | "td_open":
                    self._in_table(token)
                case _:
                    self._in_text(token)

    def _in_text(self, token: Token) -> None:
        match token.type:
            case "heading_open":
                self.heading = int(token.tag[1])
            case "bullet_list_open":
                self.lists.append(0)
            case "ordered_list_open":
                self.lists.append(int(token.attrs.get("start", 1)))
            case "bullet_list_close" | "ordered_list_close":
                self.lists.pop()
            case "list_item_open":
                self.fresh = True
            case "footnote_open":
                self.note = token.meta["id"] + 1
            case "footnote_close":
                self.note = 0

    def _in_table(self, token: Token) -> None:
        if token.type == "table_open":
            self.grid = ([], set())
        elif token.type == "tr_open" and self.grid:
            self.grid[0].append([])
        elif token.type in {"th_open", "td_open"} and self.grid and token.attrs.get("class") == "number":
            self.grid[1].add(len(self.grid[0][-1]))

    def _table(self) -> Grid:
        rows, numbers = self.grid or ([], set())
        self.grid = None
        return Grid(tuple(rows[0]), tuple(map(tuple, rows[1:])), frozenset(numbers))

    def _inline(self, token: Token) -> Iterator[Piece]:
        runs = _runs(token.children or [])
        if self.grid is not None:
            self.grid[0][-1].append(runs)
            return
        pictures = [child for child in token.children or [] if child.type == "image"]
        if runs:
            yield self._line(runs)
        for one in pictures:
            found = OUR_FILE.fullmatch(str(one.attrs["src"]))
            if found:
                yield Picture(found[1], one.content, str(one.attrs.get("title", "")))

    def _line(self, runs: Runs) -> Piece:
        if self.heading:
            level, self.heading = self.heading, 0
            return Head(level, runs)
        if self.note:
            return Foot(self.note, runs)
        if self.lists and self.fresh:
            self.fresh = False
            number = self.lists[-1]
            self.lists[-1] += 1 if number else 0
            return Item(len(self.lists), number, runs)
        return Para(runs)


def _runs(children: list[Token]) -> Runs:
    found: list[Run] = []
    look = Run("")
    for child in children:
        match child.type:
            case "strong_open" | "strong_close":
                look = replace(look, strong=child.nesting == 1)
            case "em_open" | "em_close":
                look = replace(look, em=child.nesting == 1)
            case "link_open":
                look = replace(look, link=str(child.attrs["href"]))
            case "link_close":
                look = replace(look, link="")
            case "text" | "code_inline":
                found.append(replace(look, text=child.content))
            case "softbreak":
                found.append(replace(look, text=" "))
            case "hardbreak":
                found.append(replace(look, text="\n"))
            case "footnote_ref":
                found.append(replace(look, note=child.meta["id"] + 1))
    return _joined(found)


def _joined(runs: list[Run]) -> Runs:
    """Neighbours of one look put together, empty ones left out."""
    joined: list[Run] = []
    for run in runs:
        if joined and not run.note and not joined[-1].note and replace(joined[-1], text="") == replace(run, text=""):
            joined[-1] = replace(run, text=joined[-1].text + run.text)
        elif run.text or run.note:
            joined.append(run)
    return tuple(joined)


def plain(runs: Runs) -> str:
    """Words alone: an address stands in brackets after the words that lead to it, a footnote as [1]."""
    said = []
    for run in runs:
        away = run.link and run.link != run.text and not run.link.startswith("#")
        said.append(f"[{run.note}]" if run.note else f"{run.text} ({run.link})" if away else run.text)
    return "".join(said)


def blocks(text: str, *, level: int = 2, pictures: Mapping[str, Figure] | None = None) -> list[Block]:
    """The text as blocks of paper, all plain; what stands in bullets one after another is one list. A picture that is
    not among `pictures` (by key) is told by its words."""
    known = pictures or {}
    made: list[Block] = []
    for piece in pieces(text, level=level):
        match piece:
            case Head(depth, runs):
                made.append(Heading(depth, plain(runs)))
            case Para(runs):
                made.append(Paragraph(plain(runs)))
            case Item(_, 0, runs) if made and isinstance(made[-1], Bullets):
                made[-1] = Bullets((*made[-1].items, plain(runs)))
            case Item(_, 0, runs):
                made.append(Bullets((plain(runs),)))
            case Item(_, number, runs):
                made.append(Paragraph(f"{number}. {plain(runs)}"))
            case Grid(head, rows, numbers):
                cells = tuple(tuple(map(plain, row)) for row in rows)
                made.append(Table(tuple(map(plain, head)), cells, numbers))
            case Picture(key, alt, caption) if key in known:
                made.append(replace(known[key], alt=alt))
                if caption:
                    made.append(Paragraph(caption))
            case Picture(_, alt, caption):
                made.append(Note(f"Obrázek: {alt}" + (f". {caption}" if caption else "")))
            case Foot(number, runs):
                made.append(Note(f"[{number}] {plain(runs)}"))
    return made
