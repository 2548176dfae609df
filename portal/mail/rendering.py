"""From one source to two bodies: plain text and HTML.

The source is a Django template `<app>/letters/<name>.txt`: `Předmět: …`, an empty line, then paragraphs. It knows

- paragraphs parted by an empty line; lines inside a paragraph are joined,
- `- ` lists, `> ` quotations (each line of what somebody wrote is a line of its own),
- `## ` a heading,
- a line that is only `[Popisek](https://…)`: a button. Only addresses of this site become links, so that what
  somebody typed into a form cannot send a reader elsewhere under our name.

The first paragraph continues the greeting, so its first letter is made small, unless it comes from a variable.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from django.conf import settings
from django.template import Context
from django.template.loader import get_template
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from words.salutation import greeting

WIDTH = 76
_BUTTON = re.compile(r"\[(?P<label>[^\[\]]{1,100})\]\((?P<url>\S+)\)")
_ADDRESS = re.compile(r"https?://[^\s<>\"]+[^\s<>\".,;:!?)\]]")
_TAGS = re.compile(r"(?:\s*\{%[^%]*%\})*\s*")
_LIST, _QUOTE, _HEADING = "- ", "> ", "## "
_SUBJECT = "Předmět:"

# Styles stand at the elements because mail programs drop style sheets; colours of the site, dark where asked for.
_BODY = "margin:0;padding:24px 16px;font:17px/1.5 Roboto,Arial,sans-serif;color:#262626;background:#ffffff"
_PAGE = "max-width:36em;margin:0 auto"
_PARAGRAPH = "margin:0 0 16px"
_HEAD = "margin:32px 0 8px;font-size:19px;line-height:1.3"
_ACTION = (
    "display:inline-block;padding:12px 20px;border-radius:4px;background:#2362a2;color:#ffffff;"
    "text-decoration:none;font-weight:bold"
)
_SAID = "margin:0 0 16px;padding:0 0 0 16px;border-left:4px solid #b1b1b1"
_FOOT = "margin:32px 0 0;padding:16px 0 0;border-top:1px solid #d9d9d9;font-size:14px"
_DARK = (
    "<style>@media (prefers-color-scheme:dark){body{background:#1b1b1b!important;color:#ececec!important}"
    "a{color:#8dc1f5!important}a.button{color:#ffffff!important}}</style>"
)

Sort = Literal["paragraph", "list", "quote", "button", "heading"]


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of a letter; `lines` are items of a list, lines of a quotation, or the one text of a paragraph."""

    sort: Sort
    lines: tuple[str, ...]
    url: str = ""


@dataclass(frozen=True, slots=True)
class Bodies:
    subject: str
    text: str
    html: str


def render(*, template: str, name: str, context: dict[str, Any], unsubscribe_url: str = "") -> Bodies:
    """Both bodies and the subject of a letter to somebody of that name ("" where nobody knows it)."""
    source = get_template(f"{_folder(template)}.txt").template  # type: ignore[attr-defined]
    shared = {"site_name": settings.SITE_NAME, "site_url": settings.SITE_URL, "coordinator": settings.COORDINATOR}
    written = source.render(Context({**shared, **context}, autoescape=False))
    subject, body = _parted(written, template)
    if _begins_with_word(source.source):
        body = body[:1].lower() + body[1:]
    blocks = [Block("paragraph", (greeting(name) + ",",)), *read_blocks(body), *_closing()]
    foot = _foot(unsubscribe_url)
    return Bodies(subject, _as_text(blocks, foot), _as_html(subject, blocks, foot))


def _folder(template: str) -> str:
    app, _, name = template.partition("/letters/")
    if not app or not name or "." in template:
        raise ValueError(f"A letter is named <app>/letters/<name>, not {template!r}.")
    return template


def _parted(written: str, template: str) -> tuple[str, str]:
    head, _, body = written.strip().replace("\r\n", "\n").partition("\n\n")
    if not head.startswith(_SUBJECT) or not body.strip():
        raise ValueError(f"The letter {template} must begin with “{_SUBJECT} …” and an empty line.")
    return " ".join(head.removeprefix(_SUBJECT).split()), body.strip()


def _begins_with_word(source: str) -> bool:
    """Whether the first paragraph begins with a word of the template itself, not with a value or the site's name."""
    first = _TAGS.sub("", source.replace("\r\n", "\n").partition("\n\n")[2], count=1)
    return first[:1].isalpha() and not first[1:2].isupper() and not first.startswith("Pospolu")


# --- reading -------------------------------------------------------------------------------------------------


def read_blocks(body: str) -> list[Block]:
    """Pieces of the source; whatever is none of the others is a paragraph."""
    blocks: list[Block] = []
    for piece in re.split(r"\n\s*\n", body.strip()):
        for sort, lines in _runs(piece.splitlines()):
            if sort == "paragraph":
                blocks.append(Block(sort, (" ".join(" ".join(lines).split()),)))
            elif sort == "button":
                blocks += [_button(line) for line in lines]
            elif sort == "heading":
                blocks += [Block(sort, (line[len(_HEADING) :].strip(),)) for line in lines]
            else:
                blocks.append(Block(sort, tuple(line[len(_LIST) :].strip() for line in lines)))
    return [block for block in blocks if any(block.lines)]


def _runs(lines: Iterable[str]) -> list[tuple[Sort, list[str]]]:
    """Neighbouring lines of the same sort together; an indented line continues the item of a list."""
    runs: list[tuple[Sort, list[str]]] = []
    for line in lines:
        if not line.strip():
            continue
        if runs and runs[-1][0] == "list" and line.startswith("  "):
            runs[-1][1][-1] += " " + line.strip()
            continue
        sort = _sort(line.strip())
        if runs and runs[-1][0] == sort:
            runs[-1][1].append(line.strip())
        else:
            runs.append((sort, [line.strip()]))
    return runs


def _sort(line: str) -> Sort:
    if line.startswith(_LIST):
        return "list"
    if line.startswith(_QUOTE) or line == _QUOTE.strip():
        return "quote"
    if line.startswith(_HEADING):
        return "heading"
    found = _BUTTON.fullmatch(line)
    return "button" if found and is_ours(found["url"]) else "paragraph"


def _button(line: str) -> Block:
    found = _BUTTON.fullmatch(line)
    assert found is not None  # noqa: S101 - _sort has matched it
    return Block("button", (found["label"].strip(),), found["url"])


def is_ours(url: str) -> bool:
    return url == settings.SITE_URL or url.startswith(settings.SITE_URL + "/")


def _closing() -> list[Block]:
    return [Block("paragraph", (f"Hezký den přeje {settings.SITE_NAME}",))]


def _foot(unsubscribe_url: str) -> list[Block]:
    """Who wrote, whom to ask, and how to be rid of such letters."""
    coordinator = settings.COORDINATOR
    who = ", ".join(str(value) for key in ("name", "phone", "email") if (value := coordinator.get(key)))
    blocks = [Block("paragraph", (f"Dopis poslal web {settings.SITE_NAME}: {settings.SITE_URL}/",))]
    if who:
        blocks.append(Block("paragraph", (f"Nevíte si rady? Ozvěte se: {who}.",)))
    if unsubscribe_url:
        blocks.append(Block("button", ("Takové dopisy už nechci",), unsubscribe_url))
    return blocks


# --- plain text ----------------------------------------------------------------------------------------------


def _as_text(blocks: list[Block], foot: list[Block]) -> str:
    body = "\n\n".join(_text_of(block) for block in blocks)
    return body + "\n\n-- \n" + "\n".join(_text_of(block) for block in foot) + "\n"


def _text_of(block: Block) -> str:
    if block.sort == "button":
        label = block.lines[0].rstrip(":") + ":"
        joint = " " if len(label) + 1 + len(block.url) <= WIDTH else "\n"
        return f"{label}{joint}{block.url}"
    if block.sort == "list":
        return "\n".join(_wrapped(line, _LIST, "  ") for line in block.lines)
    if block.sort == "quote":
        return "\n".join(_wrapped(line, _QUOTE, _QUOTE) for line in block.lines)
    if block.sort == "heading":
        return _wrapped(block.lines[0], "", "") + "\n" + "-" * min(len(block.lines[0]), WIDTH)
    return _wrapped(block.lines[0], "", "")


def _wrapped(line: str, first: str, next_: str) -> str:
    return (
        textwrap.fill(
            line,
            WIDTH,
            initial_indent=first,
            subsequent_indent=next_,
            break_long_words=False,
            break_on_hyphens=False,
            drop_whitespace=True,
        )
        or first.rstrip()
    )


# --- HTML ----------------------------------------------------------------------------------------------------


def _as_html(subject: str, blocks: list[Block], foot: list[Block]) -> str:
    return format_html(
        '<!DOCTYPE html>\n<html lang="cs"><head><meta charset="utf-8"><title>{}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark">{}</head>\n'
        '<body style="{}"><div style="{}">\n{}\n<div style="{}">\n{}\n</div></div></body></html>\n',
        subject,
        mark_safe(_DARK),  # noqa: S308 - our own constant
        _BODY,
        _PAGE,
        format_html_join("\n", "{}", ((_html_of(block),) for block in blocks)),
        _FOOT,
        format_html_join("\n", "{}", ((_html_of(block, quiet=True),) for block in foot)),
    )


def _html_of(block: Block, *, quiet: bool = False) -> SafeString:
    if block.sort == "button":
        style = "color:#2362a2" if quiet else _ACTION
        css = "" if quiet else "button"
        link = format_html('<a class="{}" href="{}" style="{}">{}</a>', css, block.url, style, block.lines[0])
        return format_html('<p style="{}">{}</p>', _PARAGRAPH, link)
    if block.sort == "list":
        items = format_html_join("", "<li>{}</li>", ((_linked(line),) for line in block.lines))
        return format_html('<ul style="{};padding:0 0 0 24px">{}</ul>', _PARAGRAPH, items)
    if block.sort == "heading":
        return format_html('<h2 style="{}">{}</h2>', _HEAD, block.lines[0])
    if block.sort == "quote":
        said = format_html_join(mark_safe("<br>"), "{}", ((_linked(line),) for line in block.lines))
        return format_html('<blockquote style="{}">{}</blockquote>', _SAID, said)
    return format_html('<p style="{}">{}</p>', _PARAGRAPH, _linked(block.lines[0]))


def _linked(text: str) -> SafeString:
    """Escaped text in which addresses of this site can be followed."""
    parts, last = [], 0
    for found in _ADDRESS.finditer(text):
        if is_ours(found[0]):
            link = format_html('<a href="{}" style="color:#2362a2">{}</a>', found[0], found[0])
            parts += [escape(text[last : found.start()]), link]
            last = found.end()
    return mark_safe("".join([*parts, escape(text[last:])]))  # noqa: S308 - every part is escaped
