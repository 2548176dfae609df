"""The settlement table: every comment with what became of it and why. One list of rows makes the page, the workbook and
the annex of the plan in PDF and DOCX, so that none of them can say more than another.

Public by law, so it holds no e-mail and of a person only what they chose to show (`Comment.author`). The text of a
comment that nobody has put on the web is not here either: only its number and what was decided.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from io import BytesIO

from django.conf import settings
from django.core.cache import caches
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac

from paper.blocks import Block, Cover, Document, Fact, Facts, Heading, Marked, Note, Paragraph, Sheet, Table
from paper.docx import docx
from paper.pdf import pdf
from portal.editions import marking
from portal.web.cells import guard
from words.plural import counted

from . import models, statistics
from .models import Comment, Consultation
from .statistics import Part, Statistics

HEAD = ("Č.", "Čeho se týká", "Připomínka", "Kdo", "Vypořádání", "Odůvodnění")
WIDTHS = (4, 13, 37, 13, 17, 30)
NO_TEXT = "Text nezveřejňujeme."
UNSETTLED = "zatím nevypořádáno"
REFUSED = "vyřazeno"
WHOLE = "celý text"
ANONYMOUS = "neuvedeno"
# How long a workbook that was asked for is kept at hand.
KEPT_SECONDS = 15 * 60
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
CONTENT_TYPES = {"pdf": "application/pdf", "docx": WORD, "xlsx": WORKBOOK}


@dataclass(frozen=True, slots=True)
class Row:
    """One comment as the public reads it. `url` is its own address; empty where it has no public page."""

    number: int
    place: str
    original: str
    proposed: str
    reason: str
    kind: str
    author: str
    decision: str
    decision_code: str
    decision_reason: str
    decided_by: str
    decided_on: date | None
    motion: str
    same_as: int | None
    url: str
    shown: bool = True

    @property
    def said(self) -> tuple[tuple[str, str], ...]:
        """What the comment says, each part under its name; what is empty is left out."""
        if not self.shown:
            return (("", NO_TEXT),)
        parts = (("Původní znění", self.original), ("Navrhované znění", self.proposed), ("Zdůvodnění", self.reason))
        return tuple((name, text) for name, text in parts if text)

    @property
    def decided(self) -> str:
        """Who decided and when."""
        on = _day(self.decided_on) if self.decided_on else ""
        return ", ".join(one for one in (self.decided_by, on, self.motion) if one)


def rows(consultation: Consultation, comments: Iterable[Comment]) -> list[Row]:
    """Rows of comments read by `listed`."""
    return [_row(consultation, one) for one in comments]


def listed(consultation: Consultation) -> models.CommentQuerySet:
    """Comments of the table in the order of the numbers, with all that a row tells."""
    told = (Comment.State.SHOWN, Comment.State.REFUSED)
    settled = Comment.objects.filter(consultation=consultation).exclude(decision="")
    return (
        (Comment.objects.filter(consultation=consultation, state__in=told) | settled)
        .select_related("paragraph__node", "motion", "same_as")
        .defer("paragraph__text", "paragraph__cells", "paragraph__now", "proposed_reason")
        .order_by("number")
    )


def _row(consultation: Consultation, comment: Comment) -> Row:
    shown = comment.state == Comment.State.SHOWN
    refused = comment.state == Comment.State.REFUSED
    address = reverse("consult:comment", args=[consultation.slug, comment.number])
    return Row(
        number=comment.number,
        place=place_of(comment) if shown else "",
        original=comment.original if shown else "",
        proposed=comment.proposed if shown else "",
        reason=comment.reason if shown else "",
        kind=comment.get_kind_display(),
        author=(comment.author or ANONYMOUS) if shown else "",
        decision=REFUSED if refused else comment.get_decision_display() or UNSETTLED,
        decision_code="refused" if refused else comment.decision,
        decision_reason=comment.refused_reason if refused else comment.decision_reason,
        decided_by="" if refused else comment.decided_by,
        decided_on=timezone.localdate(comment.decided_at) if comment.decided_at and not refused else None,
        motion=_vote(comment),
        same_as=comment.same_as.number if comment.same_as else None,
        url=f"{settings.SITE_URL}{address}" if shown else "",
        shown=shown,
    )


def place_of(comment: Comment) -> str:
    """Where in the text: the label of the paragraph and the words of paper."""
    label = paragraph_name(comment.paragraph) if comment.paragraph else ""
    place = comment.place if comment.place not in (label, comment.paragraph and comment.paragraph.label) else ""
    return ", ".join(one for one in (label, place) if one) or WHOLE


def paragraph_name(paragraph: models.Paragraph) -> str:
    """The number that stands beside it, and the line of the plan that it tells of."""
    code = paragraph.node.code if paragraph.node else ""
    if paragraph.label == code:
        return f"opatření {code}"
    return ", ".join(one for one in (f"opatření {code}" if code else "", f"odstavec {paragraph.label}") if one)


def _vote(comment: Comment) -> str:
    """How the body voted, once the vote is over; who voted how is not public."""
    vote = comment.motion
    if vote is None or not vote.is_closed:
        return ""
    return f"hlasování: {vote.votes_for} pro, {vote.votes_against} proti, {vote.votes_abstained} se zdrželo"


def _day(value: date) -> str:
    return f"{value.day}. {value.month}. {value.year}"


# --- as blocks -----------------------------------------------------------------------------------------------------


def document(consultation: Consultation) -> Document:
    """The annex: what was on view and when, statistics, the table, what changed in the text."""
    told = statistics.of_consultation(consultation)
    lines = (
        terms(consultation),
        f"Uzavřeno {_day(timezone.localdate(consultation.closed_at))}" if consultation.closed_at else "",
        consultation.span_name,
        settings.SITE_URL + reverse("consult:settlement", args=[consultation.slug]),
    )
    return Document(
        title=f"Vypořádání připomínek: {consultation.title}",
        author=settings.SITE_NAME,
        language="cs",
        cover=Cover("Vypořádání připomínek", consultation.title, tuple(one for one in lines if one)),
        blocks=(
            Heading(1, "Jak připomínkování dopadlo", "statistika"),
            *_warned(consultation, told),
            *statistics_blocks(told),
            Heading(1, "Připomínky a jejich vypořádání", "pripominky"),
            *table_blocks(consultation),
            *changes(consultation),
        ),
        sheet=Sheet.WIDE,
        foot=f"Vypořádání připomínek: {consultation.title}",
        keywords=("připomínky", "vypořádání", "komunitní plánování"),
    )


def terms(consultation: Consultation) -> str:
    if consultation.opens_at is None or consultation.closes_at is None:
        return ""
    first, last = timezone.localdate(consultation.opens_at), timezone.localdate(consultation.closes_at)
    took = "přijímaly" if consultation.closes_at <= timezone.now() else "přijímají"
    return f"Připomínky se {took} od {_day(first)} do {_day(last)}"


def _warned(consultation: Consultation, told: Statistics) -> Iterator[Block]:
    if consultation.state != Consultation.State.CLOSED:
        left = counted(told.unsettled, "připomínku", "připomínky", "připomínek")
        yield Note(f"Vypořádání ještě není hotové. Zbývá {left}." if told.unsettled else "Řízení ještě není uzavřené.")
    if consultation.short_reason:
        yield Paragraph(consultation.short_reason, lead="Proč byla lhůta kratší")


def statistics_blocks(told: Statistics) -> Iterator[Block]:
    facts = (
        ("Připomínek", str(told.comments)),
        ("Vypořádaných", str(told.settled)),
        ("Přijatých celých nebo zčásti", f"{told.accepted} ({told.accepted_share} % vypořádaných)"),
        ("Stejných s jinou připomínkou", str(told.same) if told.same else ""),
        ("Podpor cizích připomínek", str(told.supports) if told.supports else ""),
        ("Vyřazených s odůvodněním", str(told.refused) if told.refused else ""),
        ("Odstavců, ke kterým někdo něco řekl", f"{told.paragraphs_commented} z {told.paragraphs}"),
        ("Odstavců, které se změnily", f"{told.paragraphs_changed} z {told.paragraphs}"),
    )
    yield Facts(tuple(Fact(name, value) for name, value in facts if value))
    lines = tuple(
        (title if not at else "", one.word, str(one.many), f"{one.share} %")
        for title, _word, parts in groups(told)
        for at, one in enumerate(parts)
    )
    if lines:
        yield Table(("Podle čeho", "Co", "Počet", "Podíl"), lines, numbers=frozenset({2, 3}), widths=(5, 5, 1, 1))


def groups(told: Statistics) -> tuple[tuple[str, str, tuple[Part, ...]], ...]:
    """Counts by what the comments are: title, the word of the first column, lines."""
    return (
        ("Jak jsme je vypořádali", "Vypořádání", told.by_decision),
        ("Kdo se ozval", "Za koho", told.by_side),
        ("Jak připomínky přišly", "Cesta", told.by_origin),
        ("Čeho se týkaly", "Druh", told.by_kind),
    )


def table_blocks(consultation: Consultation) -> Iterator[Block]:
    found = rows(consultation, listed(consultation))
    if not found:
        yield Paragraph("Žádná připomínka nepřišla.")
        return
    lines = tuple(_line(one) for one in found)
    base = settings.SITE_URL + reverse("consult:consultation", args=[consultation.slug])
    yield Paragraph(f"Každá připomínka má na webu svou stránku: {base} a za lomítko její číslo.")
    yield Table(HEAD, lines, widths=WIDTHS, breaks=True)


def _line(row: Row) -> tuple[str, ...]:
    said = "\n".join(f"{name}: {text}" if name else text for name, text in row.said)
    decision = "\n".join(one for one in (row.decision, row.decided) if one)
    return (str(row.number), row.place, said, row.author, decision, _reason(row))


def _reason(row: Row) -> str:
    together = f"Stejná jako připomínka č. {row.same_as}." if row.same_as else ""
    return "\n".join(one for one in (together, row.decision_reason) if one)


def changes(consultation: Consultation) -> Iterator[Block]:
    """Paragraphs that read otherwise now, word by word."""
    changed = list(models.Paragraph.objects.filter(consultation=consultation, now__isnull=False).select_related("node"))
    if not changed:
        return
    yield Heading(1, "Co se v textu změnilo", "zmeny")
    for one in changed:
        name = paragraph_name(one)
        yield Heading(2, name[:1].upper() + name[1:])
        yield Marked(marking.words(one.text, one.now or ""))


# --- as bytes ------------------------------------------------------------------------------------------------------


def xlsx(consultation: Consultation) -> bytes:
    """The same table for a spreadsheet: a comment a row, each part in its own column."""
    import xlsxwriter  # twenty megabytes that most web processes never need

    columns: tuple[tuple[str, int, Callable[[Row], str | int]], ...] = (
        ("č.", 6, lambda row: row.number),
        ("čeho se týká", 24, lambda row: row.place),
        ("druh", 12, lambda row: row.kind),
        ("původní znění", 40, lambda row: row.original),
        ("navrhované znění", 40, lambda row: row.proposed),
        ("zdůvodnění", 40, lambda row: row.reason if row.shown else NO_TEXT),
        ("kdo", 24, lambda row: row.author),
        ("vypořádání", 20, lambda row: row.decision),
        ("odůvodnění", 50, _reason),
        ("kdo rozhodl", 24, lambda row: row.decided_by),
        ("kdy", 12, lambda row: _day(row.decided_on) if row.decided_on else ""),
        ("hlasování", 24, lambda row: row.motion),
        ("adresa", 40, lambda row: row.url),
    )
    stored = BytesIO()
    told = statistics.of_consultation(consultation)
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(stored, options) as book:
        book.set_properties({"title": f"Vypořádání připomínek: {consultation.title}", "author": settings.SITE_NAME})
        head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        plain = book.add_format({"text_wrap": True, "valign": "top"})
        sheet = book.add_worksheet("připomínky")
        for at, (word, width, _read) in enumerate(columns):
            sheet.set_column(at, at, width)
            sheet.write_string(0, at, word, head)
        last = 0
        for last, row in enumerate(rows(consultation, listed(consultation)), 1):
            for at, (_word, _width, read) in enumerate(columns):
                value = read(row)
                if isinstance(value, int):
                    sheet.write_number(last, at, value, plain)
                elif value:
                    sheet.write_string(last, at, guard(value), plain)
        sheet.freeze_panes(1, 1)
        sheet.autofilter(0, 0, max(last, 1), len(columns) - 1)
        _counts_sheet(book.add_worksheet("statistika"), told, head)
    return stored.getvalue()


def _counts_sheet(sheet: object, told: Statistics, head: object) -> None:
    from xlsxwriter.worksheet import Worksheet

    assert isinstance(sheet, Worksheet)  # noqa: S101 - made by the caller
    sheet.set_column(0, 0, 40)
    line = 0
    for name, many in (
        ("připomínek", told.comments),
        ("vypořádaných", told.settled),
        ("přijatých celých nebo zčásti", told.accepted),
        ("vyřazených", told.refused),
        ("odstavců na připomínkování", told.paragraphs),
        ("odstavců s připomínkou", told.paragraphs_commented),
        ("odstavců změněných", told.paragraphs_changed),
    ):
        sheet.write_string(line, 0, name)
        sheet.write_number(line, 1, many)
        line += 1
    for title, _word, parts in groups(told):
        line += 1
        sheet.write_string(line, 0, title, head)
        for part in parts:
            line += 1
            sheet.write_string(line, 0, part.word)
            sheet.write_number(line, 1, part.many)
        line += 1


def typeset(told: Document, form: str) -> bytes:
    return pdf(told) if form == "pdf" else docx(told)


def made(consultation: Consultation, form: str) -> bytes:
    """The annex as "pdf", "docx" or "xlsx"."""
    return xlsx(consultation) if form == "xlsx" else typeset(document(consultation), form)


class TooMany(Exception):
    """The visitor had their share of workbooks."""


def workbook(consultation: Consultation, allowed: Callable[[], bool] = lambda: True) -> bytes:
    """The annex as a workbook, kept at hand: who asks for the same content again gets the same bytes, and whatever
    changed in it (a name erased) is gone at once. `allowed` is asked before anything is made (TooMany)."""
    name = f"annex:xlsx:{digest(consultation)}"
    kept: bytes | None = caches["near"].get(name)
    if kept is None:
        if not allowed():
            raise TooMany
        kept = xlsx(consultation)
        caches["near"].set(name, kept, KEPT_SECONDS)
    return kept


# Columns of comments that the annex is made of.
_TOLD = (
    "number", "state", "place", "original", "proposed", "reason", "kind", "side", "origin", "name", "organisation",
    "shown_as", "refused_reason", "decision", "decision_reason", "decided_by", "decided_at", "same_as__number",
    "paragraph__label", "paragraph__node__code", "motion", "motion__state",
)  # fmt: skip


def digest(consultation: Consultation) -> str:
    """Of all that the annex is made of."""
    comments = list(listed(consultation).defer(None).select_related(None).values_list(*_TOLD))
    changed = models.Paragraph.objects.filter(consultation=consultation, now__isnull=False).order_by("order")
    told = (
        consultation,
        consultation.pk,
        (consultation.state, consultation.short_reason, consultation.span_name, terms(consultation)),
        comments,
        list(changed.values_list("label", "node__code", "now")),
        statistics.of_consultation(consultation),
    )
    return salted_hmac("consult.annex", repr(told), algorithm="sha256").hexdigest()
