"""An edition as bytes: PDF, DOCX, XLSX, JSON of the whole plan or of a part; the same input, the same bytes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any

from django.conf import settings
from django.db.models import QuerySet

from paper.blocks import Figure, picture
from paper.docx import docx
from paper.pdf import pdf
from portal.accounts.models import Grant
from portal.chapters import markdown
from portal.files.models import StoredFile
from portal.territory.models import Municipality
from portal.web.cells import guard

from . import wording
from .content import Content, NodeFacts, PlanFacts, plain
from .document import Imprint, document
from .models import Edition, EditionFile
from .parts import TOWN, WHOLE, Part, named, part_of, parts, scope

Form = EditionFile.Form
Range = Grant.Range
# Sixteen millimetres in points.
LOGO_HEIGHT = 45
# Of a picture as wide as the text of a page: 16 cm at 150 dots an inch.
WIDEST_PIXELS = 945
_CROWNS = '#,##0 "Kč"'


def territory(plan: PlanFacts) -> dict[str, str]:
    """Names of the municipalities that the plan is for, by their codes, as they are today."""
    lies = {Range.REGION: "region", Range.ORP: "orp", Range.MUNICIPALITY: "pk"}
    rows = Municipality.objects.all()
    if plan.span_kind in lies:
        rows = rows.filter(**{lies[Range(plan.span_kind)]: plan.span_code})
    return dict(rows.values_list("pk", "name"))


def parts_of(edition: Edition) -> list[Part]:
    return parts(edition.frozen, territory(edition.frozen.plan))


def part_named(edition: Edition, key: str) -> Part | None:
    return named(edition.frozen, key, territory(edition.frozen.plan))


def imprint(edition: Edition, part: Part | None = None) -> Imprint:
    """What the document says of itself; `part` where it is not of the whole plan."""
    shown = part if part is not None and part.key != WHOLE else None
    decided = edition.resolution
    return Imprint(
        edition=f"{edition.get_sort_display()}, vydání {edition.number}: {edition.name}",
        made_on=edition.made_at.date(),
        resolution=f"{decided.body}, usnesení {decided.number} ze dne {wording.day(decided.day)}" if decided else "",
        publicity=edition.publicity,
        part=shown.name if shown else "",
        scope=scope(edition.frozen, shown, _orp(shown.key)) if shown else "",
        site=settings.SITE_NAME,
        address=f"{settings.SITE_URL}{edition.get_absolute_url()}",
    )


def logos(edition: Edition) -> tuple[Figure, ...]:
    """Logos of the cover, drawn as high as the cover sets them. One whose content is gone is left out."""
    made = []
    for one in edition.logos.select_related("file"):
        try:
            content = one.file.content.read()
        except OSError:
            continue
        size = (one.file.width or 1, one.file.height or 1)
        made.append(picture(content, one.file.content_type, size, one.alt, LOGO_HEIGHT))
    return tuple(made)


def drawn_pictures(content: Content) -> dict[str, Figure]:
    """Pictures that chapters show, drawn for paper at 150 dots an inch, no wider than the text. One whose content is
    gone is told by its words."""
    made = {}
    for one in _files_of(content):
        try:
            data = one.content.read()
        except OSError:
            continue
        size = (one.width or 1, one.height or 1)
        share = max(10, min(100, round(100 * size[0] / WIDEST_PIXELS)))
        made[one.key] = replace(picture(data, one.content_type, size, one.alt, size[1]), share=share)
    return made


def linked_pictures(content: Content) -> dict[str, Figure]:
    """The same for a page on the web: by their addresses, those that everybody may see."""
    return {one.key: Figure("", one.alt, address=one.url) for one in _files_of(content) if one.public}


def _files_of(content: Content) -> QuerySet[StoredFile]:
    keys = {key for chapter in content.chapters for key in markdown.image_keys(chapter.text)}
    return StoredFile.objects.filter(key__in=keys, sort=StoredFile.Sort.IMAGE).order_by("pk")


def content_of_part(edition: Edition, part: str) -> Content:
    """The frozen content of the part; ValueError where the edition has no such part."""
    if part != WHOLE and part_named(edition, part) is None:
        raise ValueError(f"The edition has no part {part!r}.")
    return part_of(edition.frozen, part, _orp(part))


def _orp(part: str) -> str:
    """The code of the ORP of the part's municipality."""
    if not part.startswith(TOWN):
        return ""
    return Municipality.objects.filter(pk=part.removeprefix(TOWN)).values_list("orp_id", flat=True).first() or ""


def made(edition: Edition, part: str, form: str) -> bytes:
    content = content_of_part(edition, part)
    told = imprint(edition, part_named(edition, part))
    if Form(form) in (Form.PDF, Form.DOCX):
        told = replace(told, logos=logos(edition), pictures=drawn_pictures(content))
    match Form(form):
        case Form.PDF:
            return pdf(document(content, told))
        case Form.DOCX:
            return docx(document(content, told))
        case Form.XLSX:
            return xlsx(content)
        case Form.JSON:
            return as_json(content, edition, part)
    raise AssertionError(form)


def as_json(content: Content, edition: Edition, part: str) -> bytes:
    """The content with a note on what it is; docs/decisions/0011 tells the schema."""
    about = {
        "note": "Zmrazený plán. Částky jsou v celých korunách, ostatní čísla textem, dny podle ISO 8601.",
        "edition": edition.number,
        "name": edition.name,
        "sort": edition.sort,
        "part": part,
        "made_on": edition.made_at.date(),
        "digest_of_whole": edition.digest,
        "address": f"{settings.SITE_URL}{edition.get_absolute_url()}",
    }
    whole = {"about": plain(tuple(about.values())), "content": plain(content)}
    whole["about"] = dict(zip(about, whole["about"], strict=True))
    return json.dumps(whole, ensure_ascii=False, indent=1).encode()


# --- the tree as a workbook ------------------------------------------------------------------------------------

TREE = (
    "kód", "úroveň", "pod kódem", "název", "popis", "typ opatření", "pracovní skupina", "kdo odpovídá", "od", "do",
    "průběžně", "cílové skupiny", "obce", "ORP", "služby", "náklady", "zdroje", "zbývá zajistit",
)  # fmt: skip
COSTS = ("kód", "název", "rok", "druh", "Kč")
FUNDING = ("kód", "název", "rok", "druh", "zdroj", "Kč")
CAPACITIES = ("kód", "název", "služba", "o kolik", "jednotka", "od", "dnes", "poznámka")

MONEY = {"náklady", "zdroje", "zbývá zajistit", "Kč", "v plánu", "utraceno"}

type Cell = str | int | Decimal | date | None


def xlsx(content: Content) -> bytes:
    """Sheets Strom, Náklady, Zdroje, Kapacity; money as numbers in whole crowns."""
    import xlsxwriter

    stored = BytesIO()
    book = xlsxwriter.Workbook(stored, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"title": content.plan.title, "created": datetime(2000, 1, 1)})
    for name, head, rows, widths in (
        ("Strom", TREE, _tree(content), (9, 12, 9, 45, 45, 14, 16, 22)),
        ("Náklady", COSTS, _costs(content), (9, 45, 8, 12, 18)),
        ("Zdroje", FUNDING, _funding(content), (9, 45, 8, 12, 28, 18)),
        ("Kapacity", CAPACITIES, _capacities(content), (9, 45, 40, 10, 16, 12, 10, 30)),
    ):
        sheet(book, name, head, rows, widths)
    book.close()
    return stored.getvalue()


def sheet(book: Any, name: str, head: tuple[str, ...], rows: Iterable[tuple[Cell, ...]], widths: Any) -> None:
    """A sheet with its head frozen; columns whose head is an amount of money hold crowns."""
    made = book.add_worksheet(name)
    bold, crowns = book.add_format({"bold": True, "text_wrap": True}), book.add_format({"num_format": _CROWNS})
    days = book.add_format({"num_format": "d. m. yyyy"})
    made.write_row(0, 0, head, bold)
    made.freeze_panes(1, 1)
    for at, width in enumerate(widths):
        made.set_column(at, at, width)
    money = {at for at, word in enumerate(head) if word in MONEY}
    count = 0
    for count, row in enumerate(rows, 1):
        for at, cell in enumerate(row):
            if cell is None:
                continue
            if isinstance(cell, date):
                made.write_datetime(count, at, datetime(cell.year, cell.month, cell.day), days)
            elif isinstance(cell, int | Decimal):
                made.write_number(count, at, cell, crowns if at in money else None)
            else:
                made.write_string(count, at, guard(cell))
    made.autofilter(0, 0, max(1, count), len(head) - 1)


def _tree(content: Content) -> Iterator[tuple[Cell, ...]]:
    levels = wording.levels(content)
    for node in content.nodes:
        level = levels.get(node.depth)
        beginning: tuple[Cell, ...] = (node.code, level.name if level else "", node.parent, node.title, node.text)
        yield (*beginning, *_of_card(node))


def _of_card(node: NodeFacts) -> tuple[Cell, ...]:
    card, step = node.card, node.step
    if card is None:
        when = (step.starts_on, step.ends_on) if step else (None, None)
        cost = step.cost if step else None
        return ("", "", step.responsible if step else "", *when, "", "", "", "", "", cost, None, None)
    of = wording.money_of(card)
    known = not of.is_empty
    return (
        card.kind.name if card.kind else "",
        card.area,
        card.responsible,
        card.starts_on,
        card.ends_on,
        "ano" if card.ongoing else "",
        wording.listed(card.target_groups),
        wording.listed(card.municipalities),
        wording.listed(card.orps),
        wording.listed(card.services),
        *((of.cost(), of.paid(), of.difference()) if known else (None, None, None)),
    )


def _costs(content: Content) -> Iterator[tuple[Cell, ...]]:
    for node in content.nodes:
        for line in node.card.costs if node.card else ():
            yield (node.code, node.title, line.year, wording.SORTS.get(line.sort, line.sort), line.amount)


def _funding(content: Content) -> Iterator[tuple[Cell, ...]]:
    for node in content.nodes:
        for line in node.card.funding if node.card else ():
            sort = wording.SORTS.get(line.sort, line.sort)
            yield (node.code, node.title, line.year, sort, line.source.name, line.amount)


def _capacities(content: Content) -> Iterator[tuple[Cell, ...]]:
    for node in content.nodes:
        for line in node.card.capacities if node.card else ():
            yield (
                node.code,
                node.title,
                wording.offered(line),
                line.amount,
                line.unit.name,
                line.since,
                line.baseline,
                line.note,
            )
