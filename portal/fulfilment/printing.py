"""Reports, action plans and timetables as PDF, DOCX and XLSX: their content into blocks of a document and rows of a
workbook. The same content gives the same bytes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from io import BytesIO
from typing import Any

from django.conf import settings

from paper.blocks import Block, Contents, Cover, Document, Fact, Facts, Figure, Heading, Paragraph, Sheet, Table
from paper.docx import docx
from paper.pdf import pdf
from portal.editions.exports import Cell, sheet
from portal.plan.models import Plan
from portal.plan.money import crowns
from words.plural import counted

from . import measured, narrowed, timetable_paper, year_plan
from . import report as reports
from .models import ActionPlan, FulfilmentReport
from .year_plan import Content

DRAFT = "Pracovní znění, ještě ho nikdo neschválil."
SHARES = {"typed": "odhad garanta", "computed": "spočítáno z aktivit"}
# How wide a small drawing of an indicator is, in per cents of the text.
PATH_SHARE = 42


def report_made(report: FulfilmentReport, form: str) -> bytes:
    """`form`: pdf, docx or xlsx."""
    content = reports.shown(report)
    if form == "xlsx":
        return report_workbook(content)
    return _typeset(form, report_document(content, approved=report.is_frozen))


def action_plan_made(one: ActionPlan, form: str) -> bytes:
    content = year_plan.shown(one)
    if form == "xlsx":
        return action_plan_workbook(content)
    decided = f"Schváleno {one.day:%-d. %-m. %Y}, {one.body}, usnesení {one.resolution}" if one.day else ""
    return _typeset(form, action_plan_document(content, one.plan.title, one.plan.span_name, decided))


def timetable_made(plan: Plan, form: str) -> bytes:
    if form == "xlsx":
        return _workbook(f"Harmonogram: {plan.title}", ("Harmonogram", *timetable_paper.rows(plan)))
    return _typeset(form, timetable_paper.document(plan))


def _typeset(form: str, document: Document) -> bytes:
    return pdf(document) if form == "pdf" else docx(document)


# --- a report ----------------------------------------------------------------------------------------------------


def report_document(content: Content, *, approved: bool) -> Document:
    blocks: list[Block] = [
        Contents("Obsah"),
        Heading(1, "Souhrn", "souhrn"),
        *(Paragraph(one) for one in paragraphs(content["intro"])),
        *_counts(content),
        Heading(1, "Peníze", "penize"),
        *_money(content),
        *_goals(content),
        Heading(1, "Jak dopadla jednotlivá opatření", "opatreni"),
        *_items(content),
    ]
    years = "–".join(dict.fromkeys(str(content["years"][at]) for at in (0, -1))) if content["years"] else ""
    lines = (content["territory"], years) if approved else (content["territory"], years, DRAFT)
    return Document(
        title=f"{content['title']}: {content['plan']}",
        author=settings.SITE_NAME,
        language="cs",
        cover=Cover(content["title"], content["plan"], tuple(one for one in lines if one)),
        blocks=tuple(blocks),
        sheet=Sheet.PLAN,
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


def _goals(content: Content) -> Iterable[Block]:
    """Reports approved before indicators were told in them have none."""
    if not content.get("goals"):
        return
    yield Heading(1, "Ukazatele cílů", "ukazatele")
    for goal in content["goals"]:
        yield Heading(2, f"{goal['code']} {goal['title']}")
        yield from _indicators(goal["indicators"], reports.last_year(content))


def _indicators(lines: Iterable[measured.Line], year: int) -> Iterator[Block]:
    for one in lines:
        yield Paragraph(measured.sentence(one, year), one["name"])
        if measured.is_drawn(one):
            yield Figure(measured.drawing(one), measured.told(one), PATH_SHARE)


def _items(content: Content) -> Iterable[Block]:
    priority = None
    for at, part in enumerate(narrowed.parts(content["items"])):
        one = part.line
        if one["priority"] != priority:
            priority = one["priority"]
            yield Heading(2, priority, f"priorita-{at}")
        yield Heading(3, f"{one['code']} {one['title']}", under=one["responsible"])
        yield Facts(tuple(_facts(one)))
        yield from _said(one)
        yield from _indicators(one.get("indicators", ()), reports.last_year(content))
        if part.below:
            yield Facts(tuple(Fact(f"{below['code']} {below['title']}", _below(below)) for below in part.below))


def _facts(one: Mapping[str, Any]) -> Iterable[Fact]:
    yield Fact("Stav", one["state"])
    if amounts := _amounts(one):
        yield Fact("Peníze", amounts)
    if one["share"]["percent"] is not None:
        yield Fact("Hotovo", f"{one['share']['percent']} % ({SHARES[one['share']['how']]})")
    for promise in one["capacities"]:
        yield Fact("Kapacita", capacity_line(promise))


def _said(one: Mapping[str, Any]) -> Iterator[Block]:
    several = len(one["told"]) > 1
    for told in one["told"]:
        year = f" ({told['year']})" if several else ""
        for name, text in (("Co se stalo", told["text"]), ("Proč", told["explanation"])):
            if text:
                yield Paragraph(" ".join(text.split()), f"{name}{year}")


def _amounts(one: Mapping[str, Any]) -> str:
    if one["planned"] is None and one["spent"] is None:
        return ""
    return f"v plánu {money(one['planned'])}, utraceno {money(one['spent'])}"


def _below(one: Mapping[str, Any]) -> str:
    """An activity in one line: how it stands, what was said, its money."""
    said = [text for told in one["told"] for text in (told["text"], told["explanation"]) if text]
    return "; ".join(" ".join(text.split()) for text in (one["state"], *said, _amounts(one)) if text)


def capacity_line(promise: Mapping[str, Any]) -> str:
    """ "Domov Lípa: slíbeno +4 (lůžek), v katalogu zatím +2, to je 50 %"."""
    change = "neznámo" if promise["change"] is None else f"{promise['change']}, to je {promise['percent']} %"
    return f"{promise['what']}: slíbeno {promise['promised']} ({promise['unit']}), podle katalogu {change}"


def money(amount: int | None) -> str:
    return crowns(None if amount is None else Decimal(amount))


# --- an action plan ----------------------------------------------------------------------------------------------


def action_plan_document(content: Content, plan: str, territory: str, decided: str) -> Document:
    title = f"Akční plán {content['year']}"
    return Document(
        title=f"{title}: {plan}",
        author=settings.SITE_NAME,
        language="cs",
        cover=Cover(title, plan, tuple(one for one in (territory, decided or DRAFT) if one)),
        blocks=(
            Contents("Obsah"),
            Heading(1, "Co se má udělat", "body"),
            *_planned(content),
            Heading(1, "Peníze", "penize"),
            *_planned_money(content),
        ),
        sheet=Sheet.PLAN,
        foot=f"{plan}, akční plán {content['year']}",
        keywords=("komunitní plán", "akční plán"),
    )


def _planned(content: Content) -> Iterator[Block]:
    groups: dict[str, list[tuple[str, ...]]] = {}
    for one in content["items"]:
        carried = " (převzato z minulého roku)" if one["carried"] else ""
        steps = "; ".join(step.strip() for step in one["steps"].splitlines() if step.strip())
        amount = money(one["planned"]) if one["planned"] is not None or one["is_measure"] else ""
        row = (one["code"], f"{one['title']}{carried}", steps, one["responsible"], amount)
        groups.setdefault(one["priority"], []).append(row)
    for at, (priority, rows) in enumerate(groups.items()):
        yield Heading(2, priority, f"priorita-{at}")
        head = ("kód", "název", "kroky v tomto roce", "kdo odpovídá", "peníze")
        used = [at for at in range(len(head)) if at < 2 or any(row[at] for row in rows)]
        kept = tuple(tuple(row[at] for at in used) for row in rows)
        numbers = frozenset(number for number, at in enumerate(used) if head[at] == "peníze")
        yield Table(tuple(head[at] for at in used), kept, numbers)


def _planned_money(content: Content) -> Iterator[Block]:
    if not content["money"]:
        yield Paragraph("O penězích nikdo nic nenapsal.")
        return
    rows = [(one["sort"], one["source"], money(one["amount"])) for one in content["money"]]
    yield Table(("druh", "zdroj", "částka"), (*rows, ("celkem", "", money(content["planned"]))), frozenset({2}))


# --- workbooks ---------------------------------------------------------------------------------------------------

LINES = ("kód", "úroveň", "název", "priorita", "pracovní skupina", "kdo odpovídá")
AMOUNTS = ("kód", "název", "druh", "zdroj")


def report_workbook(content: Content) -> bytes:
    """Sheets Opatření, Peníze, Ukazatele; money as numbers in whole crowns, unknown as an empty cell."""
    lines = [
        (*_line(one), one["state"], one["share"]["percent"], one["planned"], one["spent"]) for one in content["items"]
    ]
    amounts = [
        (one["code"], one["title"], row["sort"], row["source"], row["planned"], row["spent"])
        for one in content["items"]
        for row in reports.beside(one["planned_money"], one["spent_money"])
    ]
    owners = [*content.get("goals", ()), *content["items"]]
    paths = [
        (one["code"], of["name"], of["unit"], year, _number(target), _number(actual), "ano" if of["computed"] else "")
        for one in owners
        for of in one.get("indicators", ())
        for year, target, actual in of["path"]
    ]
    return _workbook(
        content["title"],
        ("Opatření", (*LINES, "stav", "hotovo v %", "v plánu", "utraceno"), lines, (9, 12, 45, 28, 24, 28, 22)),
        ("Peníze", (*AMOUNTS, "v plánu", "utraceno"), amounts, (9, 45, 12, 28, 18, 18)),
        (
            "Ukazatele",
            ("kód", "ukazatel", "jednotka", "rok", "cíl", "skutečnost", "počítá systém"),
            paths,
            (9, 45, 14, 8, 12, 12),
        ),
    )


def action_plan_workbook(content: Content) -> bytes:
    """Sheets Akční plán, Peníze."""
    lines = [(*_line(one), one["steps"], "ano" if one["carried"] else "", one["planned"]) for one in content["items"]]
    amounts = [
        (one["code"], one["title"], row["sort"], row["source"], row["amount"])
        for one in content["items"]
        for row in one["money"]
    ]
    return _workbook(
        f"Akční plán {content['year']}",
        (
            "Akční plán",
            (*LINES, "kroky v tomto roce", "převzato z minulého roku", "v plánu"),
            lines,
            (9, 12, 45, 28, 24, 28, 45),
        ),
        ("Peníze", (*AMOUNTS, "Kč"), amounts, (9, 45, 12, 28, 18)),
    )


def _line(one: Mapping[str, Any]) -> tuple[Cell, ...]:
    return (one["code"], one["level"], one["title"], one["priority"], one["area"], one["responsible"])


def _number(value: str | None) -> Decimal | None:
    return None if value is None else Decimal(value)


def _workbook(title: str, *sheets: tuple[str, tuple[str, ...], Sequence[tuple[Cell, ...]], tuple[int, ...]]) -> bytes:
    import xlsxwriter

    stored = BytesIO()
    book = xlsxwriter.Workbook(stored, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"title": title, "created": datetime(2000, 1, 1)})
    for name, head, rows, widths in sheets:
        sheet(book, name, head, rows, widths)
    book.close()
    return stored.getvalue()
