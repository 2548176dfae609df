"""Reads for everybody: the text on view in parts that an old phone can carry, how many comments each of its paragraphs
has, comments of one paragraph, one comment."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, CharField, Count, F, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce, Left, Length

from portal.audit.telling import Part as Stretch
from portal.audit.telling import differences

from .models import Comment, CommentFile, CommentQuerySet, Consultation, ConsultationQuerySet, Paragraph, Support

# Of one part, in bytes of HTML: what its text weighs, and what stands around each paragraph.
MOST_OF_PART, ENOUGH_OF_PART = 38_000, 26_000
BYTES_OF_SIGN, BYTES_AROUND = 1.15, 520
# Lines of the contents; deeper headings are left out of a longer text.
MOST_OF_CONTENTS = 40
HEADING = 160
DEEPEST = 6
WHOLE = "celý text"
NOBODY = "bez uvedení jména"


# --- the list ----------------------------------------------------------------------------------------------------


def listed() -> ConsultationQuerySet:
    """Those that everybody reads, with `comments`: how many of them the public sees."""
    shown = Comment.objects.public().filter(consultation=OuterRef("pk")).order_by().values("consultation")
    count = Coalesce(Subquery(shown.annotate(many=Count("pk")).values("many")), 0)
    return Consultation.objects.public().select_related("hearing").annotate(comments_shown=count)


# --- the text in parts -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Outline:
    """A paragraph without its text: what is needed to cut the text into parts and to write its contents."""

    order: int
    level: int
    label: str
    heading: str
    signs: int


@dataclass(frozen=True, slots=True)
class TextPart:
    """A stretch of the text that is read at once: `number` from 1, paragraphs from `first` to `last` by order."""

    number: int
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the contents."""

    text: str
    depth: int
    order: int
    part: int


def outline(consultation: Consultation) -> list[Outline]:
    """Every paragraph of the text, in order; one question however long the text is."""
    heading = Case(
        When(sort=Paragraph.Sort.HEADING, then=Left("text", HEADING)), default=Value(""), output_field=CharField()
    )
    rows = consultation.paragraphs.annotate(heading=heading, signs=Length("text"))
    return [Outline(*one) for one in rows.values_list("order", "level", "label", "heading", "signs")]


def parts(lines: Sequence[Outline]) -> list[TextPart]:
    """The text cut in front of its headings where that goes; a single paragraph is never cut."""
    made: list[TextPart] = []
    begin, weight = 0, 0.0
    for at, line in enumerate(lines):
        own = line.signs * BYTES_OF_SIGN + BYTES_AROUND
        full = weight + own > MOST_OF_PART or (line.level and weight > ENOUGH_OF_PART)
        # A heading stays with what it is above.
        if at > begin and full and not lines[at - 1].level:
            made.append(TextPart(len(made) + 1, lines[begin].order, lines[at - 1].order))
            begin, weight = at, 0.0
        weight += own
    if lines:
        made.append(TextPart(len(made) + 1, lines[begin].order, lines[-1].order))
    return made


def contents(lines: Sequence[Outline], cut: Sequence[TextPart]) -> list[Entry]:
    """Headings with the part where each stands, as deep as fits."""
    headings = [line for line in lines if line.level]
    depth = max((line.level for line in headings), default=0)
    while depth > 1 and sum(line.level <= depth for line in headings) > MOST_OF_CONTENTS:
        depth -= 1
    kept = [line for line in headings if line.level <= depth]
    return [Entry(one.heading, one.level, one.order, part_of(cut, one.order)) for one in kept]


def part_of(cut: Sequence[TextPart], order: int) -> int:
    """The number of the part where the paragraph stands."""
    return next((one.number for one in cut if one.first <= order <= one.last), 1)


@dataclass(frozen=True, slots=True)
class Passage:
    """A paragraph as it is drawn. `depth` is the level of the HTML heading; `changed` are the words that an accepted
    comment put in and took out."""

    paragraph: Paragraph
    comments: int
    depth: int
    changed: tuple[Stretch, ...] = ()

    @property
    def lines(self) -> list[str]:
        return self.paragraph.text.split("\n")

    @property
    def has_head(self) -> bool:
        """Whether the table has names of columns."""
        return any((self.paragraph.cells or {}).get("head", ()))

    @property
    def place(self) -> str:
        return place_of(self.paragraph)


def passages(consultation: Consultation, part: TextPart, *, highest: int = 2) -> list[Passage]:
    """Paragraphs of the part with how many comments everybody sees at each. Headings of the page go on from `highest`
    without a gap, whatever levels the text has."""
    rows = list(consultation.paragraphs.filter(order__range=(part.first, part.last)))
    counts = comments_by_paragraph(rows)
    made, depth = [], highest - 1
    for row in rows:
        if row.level:
            depth = min(row.level + highest - 1, depth + 1, DEEPEST)
        made.append(Passage(row, counts.get(row.pk, 0), depth, tuple(change_of(row))))
    return made


def comments_by_paragraph(rows: Iterable[Paragraph]) -> dict[int, int]:
    shown = Comment.objects.public().filter(paragraph__in=[row.pk for row in rows]).order_by()
    return dict(shown.values("paragraph").annotate(many=Count("pk")).values_list("paragraph", "many"))


def change_of(paragraph: Paragraph) -> Iterable[Stretch]:
    """What accepted comments changed, word by word; nothing where they changed nothing."""
    if paragraph.now is None or paragraph.now == paragraph.text:
        return ()
    return differences(paragraph.text, paragraph.now)


def place_of(paragraph: Paragraph | None) -> str:
    """What people call the place: "opatření 1.2.3", "odstavec 12"."""
    if paragraph is None:
        return WHOLE
    # A paragraph that tells of a measure is counted as the others are; only the measure's own code has a dot.
    return f"{'opatření' if '.' in paragraph.label else 'odstavec'} {paragraph.label}"


def counts(consultation: Consultation) -> dict[str, int]:
    """How many comments everybody sees, how many of them are settled and how many are to the whole text. Both questions
    are answered by indexes alone, without a look at the texts."""
    shown = Comment.objects.public().filter(consultation=consultation).order_by()
    by_decision = dict(shown.values("decision").annotate(many=Count("pk")).values_list("decision", "many"))
    every = sum(by_decision.values())
    return {
        "all": every,
        "settled": every - by_decision.get("", 0),
        "whole": every - Comment.objects.public().filter(paragraph__consultation=consultation).count(),
    }


# --- comments ----------------------------------------------------------------------------------------------------


def comments_at(consultation: Consultation, paragraph: Paragraph | None) -> CommentQuerySet:
    """What everybody reads at a paragraph, or at the whole text; the oldest first."""
    at = Q(paragraph=paragraph) if paragraph is not None else Q(consultation=consultation, paragraph=None)
    rows = Comment.objects.public().filter(at)
    return rows.select_related("paragraph", "same_as").defer("proposed_reason").order_by("number")


@dataclass(frozen=True, slots=True)
class Told:
    """A comment as everybody reads it, without anything that its author did not want to be seen."""

    comment: Comment
    supports: int
    files: tuple[CommentFile, ...] = ()

    @property
    def author(self) -> str:
        return self.comment.author or NOBODY

    @property
    def place(self) -> str:
        return place_of(self.comment.paragraph) if self.comment.paragraph else self.comment.place or WHOLE

    @property
    def change(self) -> tuple[Stretch, ...]:
        """The proposed wording over the original one, where both are said and are alike."""
        if not (self.comment.original and self.comment.proposed):
            return ()
        stretches = tuple(differences(self.comment.original, self.comment.proposed))
        return stretches if any(one.sort == "same" for one in stretches) else ()


def told(comments: Iterable[Comment]) -> list[Told]:
    """Comments with how many stand behind each and the attachments that the desk has put on the web; two questions
    for any number of them."""
    rows = list(comments)
    numbers = [row.pk for row in rows]
    behind = Support.objects.filter(comment__in=numbers).order_by().values("comment").annotate(many=Count("pk"))
    supports = dict(behind.values_list("comment", "many"))
    attached: dict[int, list[CommentFile]] = {}
    for one in CommentFile.objects.filter(comment__in=numbers, file__public=True).select_related("file"):
        attached.setdefault(one.comment_id, []).append(one)
    return [Told(row, supports.get(row.pk, 0), tuple(attached.get(row.pk, ()))) for row in rows]


def whole() -> CommentQuerySet:
    """Comments with all that their own page tells."""
    return Comment.objects.select_related("consultation__hearing", "paragraph", "same_as", "motion").order_by(
        F("number").asc()
    )


def own(comment: Comment) -> list[dict[str, Any]]:
    """What the author wrote, each part under its name; for the author's own page."""
    said = [
        ("Čeho se týká", place_of(comment.paragraph) if comment.paragraph else comment.place or WHOLE),
        ("Původní znění", comment.original),
        ("Navrhované znění", comment.proposed),
        ("Zdůvodnění", comment.reason),
        ("Druh", comment.get_kind_display()),
        ("Za koho", comment.get_side_display()),
        ("Na webu o vás ukážeme", comment.author or "nic"),
    ]
    return [{"name": name, "text": text} for name, text in said if text]
