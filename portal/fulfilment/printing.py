"""A report as PDF and DOCX: its content into blocks of a document. The same content gives the same bytes."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.http import HttpResponse

from paper.blocks import Block, Contents, Cover, Document, Entry, Fact, Heading, Paragraph, Sheet, Table
from paper.docx import docx
from paper.pdf import pdf
from portal.plan.money import crowns
from words.plural import counted

from . import report as reports
from .models import FulfilmentReport
from .year_plan import Content

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
DRAFT = "Pracovní znění, ještě ho nikdo neschválil."
SHARES = {"typed": "odhad garanta", "computed": "spočítáno z aktivit"}


def pdf_answer(report: FulfilmentReport) -> HttpResponse:
    return _answer(report, pdf, "pdf", "application/pdf")


def docx_answer(report: FulfilmentReport) -> HttpResponse:
    return _answer(report, docx, "docx", WORD)


def _answer(report: FulfilmentReport, make: Callable[[Document], bytes], suffix: str, kind: str) -> HttpResponse:
    told = json.dumps(reports.shown(report), sort_keys=True)
    response = HttpResponse(_made(make, told, report.is_frozen), content_type=kind)
    name = f"zprava-{report.plan.slug}-{report.key}.{suffix}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@lru_cache(maxsize=8)
def _made(make: Callable[[Document], bytes], told: str, approved: bool) -> bytes:
    """Kept for a while: a published report is asked for again and again and is always the same."""
    return make(document(json.loads(told), approved=approved))


def document(content: Content, *, approved: bool) -> Document:
    blocks: list[Block] = [
        Contents("Obsah"),
        Heading(1, "Souhrn"),
        *(Paragraph(one) for one in paragraphs(content["intro"])),
        *_counts(content),
        Heading(1, "Peníze"),
        *_money(content),
        Heading(1, "Jak dopadla jednotlivá opatření"),
        *_items(content),
    ]
    years = "–".join(dict.fromkeys(str(content["years"][at]) for at in (0, -1))) if content["years"] else ""
    lines = (content["territory"], years) if approved else (content["territory"], years, DRAFT)
    return Document(
        title=f"{content['title']}: {content['plan']}",
        author=settings.SITE_NAME,
        language="cs",
        cover=Cover(content["title"], content["plan"], lines),
        blocks=tuple(blocks),
        sheet=Sheet.REPORT,
        foot=f"{content['plan']}, {content['title'][0].lower()}{content['title'][1:]}",
        keywords=("komunitní plán", "naplňování"),
    )


def paragraphs(text: str) -> list[str]:
    return [" ".join(one.split()) for one in text.split("\n") if one.strip()]


def _counts(content: Content) -> Iterable[Block]:
    yield Paragraph(f"Zpráva mluví o {counted(content['total'], 'opatření', 'opatřeních', 'opatřeních')}.")
    rows = tuple((one["state"], str(one["count"]), f"{one['percent']} %") for one in content["counts"])
    yield Table(("Stav", "Opatření", "Podíl"), rows, frozenset({1, 2}))
    for title, head, key in (("Podle priorit", "Priorita", "by_priority"), ("Podle skupin", "Skupina", "by_area")):
        yield Heading(2, title)
        heads = (head, *content["states"], "celkem")
        crossed = tuple(
            (one["name"], *(str(number) for number in one["counts"]), str(one["total"])) for one in content[key]
        )
        yield Table(heads, crossed, frozenset(range(1, len(heads))))


def _money(content: Content) -> Iterable[Block]:
    if not content["money"]:
        yield Paragraph("O penězích nikdo nic nenapsal.")
        return
    rows = [(one["sort"], one["source"], money(one["planned"]), money(one["spent"])) for one in content["money"]]
    rows.append(("celkem", "", money(content["planned"]), money(content["spent"])))
    yield Table(("Druh", "Zdroj", "V plánu", "Utraceno"), tuple(rows), frozenset({2, 3}))
    if content["spent_unknown"]:
        yield Paragraph(unknown_line(content["spent_unknown"]))


def unknown_line(count: int) -> str:
    return f"Kolik se opravdu utratilo, zatím nevíme u {counted(count, 'bodu', 'bodů', 'bodů')}."


def _items(content: Content) -> Iterable[Block]:
    priority = None
    for at, one in enumerate(content["items"]):
        if one["priority"] != priority:
            priority = one["priority"]
            yield Heading(2, priority)
        yield Entry(
            level=3,
            title=f"{one['code']} {one['title']}",
            label=f"bod-{at}",
            under=one["responsible"],
            text="",
            facts=tuple(_facts(one)),
        )


def _facts(one: dict[str, Any]) -> Iterable[Fact]:
    yield Fact("Stav", one["state"])
    several = len(one["told"]) > 1
    for told in one["told"]:
        year = f" ({told['year']})" if several else ""
        if told["text"]:
            yield Fact(f"Co se stalo{year}", " ".join(told["text"].split()))
        if told["explanation"]:
            yield Fact(f"Proč{year}", " ".join(told["explanation"].split()))
    if one["planned"] is not None or one["spent"] is not None:
        yield Fact("Peníze", f"v plánu {money(one['planned'])}, utraceno {money(one['spent'])}")
    if one["share"]["percent"] is not None:
        yield Fact("Hotovo", f"{one['share']['percent']} % ({SHARES[one['share']['how']]})")
    for promise in one["capacities"]:
        yield Fact("Kapacita", capacity_line(promise))


def capacity_line(promise: dict[str, Any]) -> str:
    """ "Domov Lípa: slíbeno +4 (lůžek), v katalogu zatím +2, to je 50 %"."""
    change = "neznámo" if promise["change"] is None else f"{promise['change']}, to je {promise['percent']} %"
    return f"{promise['what']}: slíbeno {promise['promised']} ({promise['unit']}), podle katalogu {change}"


def money(amount: int | None) -> str:
    return crowns(None if amount is None else Decimal(amount))
