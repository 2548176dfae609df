"""What the desk reads of comments: the register narrowed and sorted, what is asked of one comment, comments that say
much the same. Each in a constant number of queries, however many comments there are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, F, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from portal.groups.models import Group
from portal.groups.rules import memberships
from portal.meetings import rules as meeting_rules
from portal.meetings.agenda_actions import OPEN as TAKES_ITEMS
from portal.meetings.models import AgendaItem, Meeting
from portal.sitting.models import Motion
from words.stems import stems

from . import rules
from .models import Comment, CommentNote, CommentQuerySet, Consultation, Support

State, Decision = Comment.State, Comment.Decision
TO_READ = (State.UNCONFIRMED, State.WAITING)

# What the register can be narrowed to by state: key of the address, words, rows.
STATES: tuple[tuple[str, str, Q], ...] = (
    ("ke-cteni", "čekají na přečtení", Q(state__in=TO_READ)),
    ("nevyporadane", "zbývá vypořádat", Q(decision="") & ~Q(state=State.REFUSED)),
    ("s-navrhem", "mají návrh vypořádání", Q(decision="") & ~Q(proposed_decision="") & ~Q(state=State.REFUSED)),
    ("na-jednani", "jdou na jednání", Q(decision="", item__isnull=False)),
    ("vyporadane", "vypořádané", ~Q(decision="")),
    *((str(one), f"vypořádané: {one.label}", Q(decision=one)) for one in Decision),
    ("vyrazene", "vyřazené", Q(state=State.REFUSED)),
)
BY_STATE = {key: rows for key, _, rows in STATES}

ORDERS: dict[str, tuple[str, tuple[Any, ...]]] = {
    "cislo": ("jak přišly", ("number",)),
    "misto": ("podle textu", (F("paragraph__order").asc(nulls_first=True), "number")),
    "termin": ("podle termínu", (F("due_on").asc(nulls_last=True), "number")),
    "podpora": ("podle podpory", ("-support_count", "number")),
    "nejnovejsi": ("nejnovější první", ("-number",)),
}
FIRST_ORDER = "cislo"
# Given to whoever looks.
MINE = "ja"
NOBODY = "nikdo"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody looks for in the register; an empty value asks for nothing."""

    text: str = ""
    state: str = ""
    kind: str = ""
    side: str = ""
    given_to: str = ""
    place: str = ""
    overdue: bool = False
    apart: bool = False
    order: str = FIRST_ORDER

    @property
    def is_narrowed(self) -> bool:
        return bool(self.text or self.state or self.kind or self.side or self.given_to or self.place or self.overdue)


def found(consultation: Consultation, wanted: Wanted, person: Any) -> CommentQuerySet:
    """Comments that fit everything asked, in the order asked for. Twins come with their original, each by itself only
    when words are looked for or `apart` asks for it."""
    rows = Comment.objects.filter(consultation=consultation)
    asked = {"kind": wanted.kind, "side": wanted.side, "paragraph__label": wanted.place}
    rows = rows.filter(**{name: value for name, value in asked.items() if value})
    if wanted.state in BY_STATE:
        rows = rows.filter(BY_STATE[wanted.state])
    if wanted.overdue:
        rows = rows.filter(decision="", due_on__lt=timezone.localdate()).exclude(state=State.REFUSED)
    if wanted.given_to:
        rows = rows.filter(_given_to(wanted.given_to, person))
    if wanted.text:
        rows = rows.filter(_says(wanted.text))
    elif not wanted.apart:
        rows = rows.filter(same_as=None)
    supports = Support.objects.filter(comment=OuterRef("pk")).order_by().values("comment")
    rows = rows.annotate(support_count=Coalesce(Subquery(supports.annotate(n=Count("pk")).values("n")), 0))
    return rows.order_by(*ORDERS.get(wanted.order, ORDERS[FIRST_ORDER])[1])


def _given_to(whom: str, person: Any) -> Q:
    if whom == MINE:
        return Q(assignee=getattr(person, "pk", None)) | Q(group__in=memberships(person))
    if whom == NOBODY:
        return Q(group=None, assignee=None)
    return Q(group=int(whom)) if whom.isdecimal() and len(whom) < 10 else Q(pk=None)


def _says(text: str) -> Q:
    """A number means the comment with that number; words are looked for in all that the comment says."""
    if text.removeprefix("č.").strip().isdecimal() and len(text) < 12:
        return Q(number=int(text.removeprefix("č.").strip()))
    columns = ("original", "proposed", "reason", "place", "name", "organisation", "decision_reason")
    said = Q()
    for column in columns:
        said |= Q(**{f"{column}__icontains": text})
    return said


def listed(rows: CommentQuerySet) -> CommentQuerySet:
    """With all that a line of the register shows; three queries for a page."""
    notes = CommentNote.objects.filter(comment=OuterRef("pk")).order_by().values("comment")
    twins = Comment.objects.only("number", "same_as").order_by("number")
    return (
        rows.select_related("consultation", "paragraph", "group", "assignee", "same_as", "item__meeting")
        .annotate(note_count=Coalesce(Subquery(notes.annotate(n=Count("pk")).values("n")), 0))
        .prefetch_related(Prefetch("same", twins))
    )


@dataclass(frozen=True, slots=True)
class Counts:
    """How far the settlement is."""

    total: int
    to_read: int
    left: int
    proposed: int
    settled: int
    refused: int
    overdue: int


def counts(consultation: Consultation) -> Counts:
    """One query."""
    told = Comment.objects.filter(consultation=consultation).aggregate(
        total=Count("pk"),
        to_read=Count("pk", filter=BY_STATE["ke-cteni"]),
        left=Count("pk", filter=BY_STATE["nevyporadane"]),
        proposed=Count("pk", filter=BY_STATE["s-navrhem"]),
        settled=Count("pk", filter=BY_STATE["vyporadane"]),
        refused=Count("pk", filter=BY_STATE["vyrazene"]),
        overdue=Count("pk", filter=BY_STATE["nevyporadane"] & Q(due_on__lt=timezone.localdate())),
    )
    return Counts(**told)


def groups_at_work(consultation: Consultation) -> list[tuple[int, str]]:
    """Bodies that got any comment: number and name."""
    rows = Group.objects.filter(pk__in=Comment.objects.filter(consultation=consultation).values("group"))
    return list(rows.order_by("name").values_list("pk", "name"))


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Numbers of comments around this one: before, after, and the next that waits for its settlement."""

    before: int | None
    after: int | None
    next_left: int | None


def neighbours(comment: Comment) -> Neighbours:
    rows = Comment.objects.filter(consultation=comment.consultation_id, same_as=None)
    numbers = list(rows.order_by("number").values_list("number", "decision", "state"))
    before = [n for n, _, _ in numbers if n < comment.number]
    after = [n for n, _, _ in numbers if n > comment.number]
    left = [n for n, decision, state in numbers if not decision and state != State.REFUSED and n != comment.number]
    ahead = [n for n in left if n > comment.number] or left
    return Neighbours(before[-1] if before else None, after[0] if after else None, ahead[0] if ahead else None)


# --- who decides, where ------------------------------------------------------------------------------------------

# How long ago a meeting or a vote may have been to be offered.
OFFERED_FOR = timedelta(days=400)
OFFERED = 60


def votes(consultation: Consultation, person: Any) -> QuerySet[Motion]:
    """Votes by which comments may be settled, the latest first."""
    rows = Motion.objects.filter(group__in=_deciding(consultation, person), state=Motion.State.CLOSED)
    return (
        rows.filter(closed_at__gte=timezone.now() - OFFERED_FOR)
        .select_related("group")
        .order_by("-closed_at")[:OFFERED]
    )


def items(consultation: Consultation, person: Any) -> QuerySet[AgendaItem]:
    """Items of meetings that were, the latest first."""
    now = timezone.now()
    rows = AgendaItem.objects.filter(
        meeting__group__in=_deciding(consultation, person),
        meeting__starts_at__gt=now - OFFERED_FOR,
        state=AgendaItem.State.APPROVED,
    ).exclude(meeting__state=Meeting.State.CANCELLED)
    was = Q(meeting__starts_at__lte=now) | Q(meeting__state__in=(Meeting.State.RUNNING, Meeting.State.HELD))
    return rows.filter(was).select_related("meeting__group").order_by("-meeting__starts_at", "order")[:OFFERED]


def coming(consultation: Consultation, person: Any) -> QuerySet[Meeting]:
    """Meetings that take items, the nearest first."""
    rows = Meeting.objects.filter(group__in=_deciding(consultation, person), state__in=TAKES_ITEMS)
    return rows.filter(ends_at__gt=timezone.now()).select_related("group").order_by("starts_at")[:OFFERED]


def _deciding(consultation: Consultation, person: Any) -> QuerySet[Group]:
    """The body that the consultation names, else those that the person leads."""
    if consultation.decides_id is not None:
        return Group.objects.filter(pk=consultation.decides_id)
    return meeting_rules.led_groups(person)


# --- comments that say much the same -----------------------------------------------------------------------------

# The share of words in common from which two comments are offered as the same.
ALIKE = 0.55
# A comment of fewer words is the same only letter by letter.
FEWEST_WORDS = 4
# A word in more comments than this says nothing about which are alike.
COMMON = 300
OFFERED_ALIKE = 12
MOST_NEAR = 200
# Comments of one set joined at once; the address of the form that joins them holds them all. The rest comes next.
MOST_IN_SET = 300


@dataclass(frozen=True, slots=True)
class Told:
    """What a comment says, for comparison."""

    pk: int
    number: int
    words: frozenset[str]


@dataclass(frozen=True, slots=True)
class Alike:
    """Comments that may be settled together, the first that came in front."""

    numbers: tuple[int, ...]
    # Whether they say it letter by letter.
    exact: bool


def said_by(text: str) -> frozenset[str]:
    """Stems of the words of a text; prepositions and conjunctions tell nothing."""
    return frozenset(one for one in stems(text) if len(one) > 2)


def told(consultation: Consultation) -> list[Told]:
    """Comments that could be joined: shown, unsettled, not joined yet; one query."""
    return _told(_joinable(consultation).order_by("number"))


def told_near(comment: Comment) -> list[Told]:
    """Those of them that stand at the same place, or say the same letter by letter wherever they stand; one query. Only
    so many that a page can wait for them."""
    at_place = Q(paragraph=comment.paragraph_id)
    word_by_word = Q(proposed=comment.proposed, reason=comment.reason)
    return _told(_joinable(comment.consultation).filter(at_place | word_by_word).order_by("-number")[:MOST_NEAR])


def _joinable(consultation: Consultation) -> CommentQuerySet:
    return Comment.objects.filter(consultation=consultation, same_as=None, decision="", state=State.SHOWN)


def _told(rows: CommentQuerySet) -> list[Told]:
    said = rows.values_list("pk", "number", "proposed", "reason")
    return [Told(pk, number, said_by(f"{proposed} {reason}")) for pk, number, proposed, reason in said]


def likeness(a: Collection[str], b: Collection[str]) -> float:
    """The share of words in common, 0 to 1."""
    if min(len(a), len(b)) < FEWEST_WORDS:
        return float(bool(a) and set(a) == set(b))
    common = len(set(a) & set(b))
    return common / (len(a) + len(b) - common)


def like(comment: Comment, others: Iterable[Told]) -> list[int]:
    """Numbers of comments that may say the same as this one, the most alike first."""
    mine = said_by(f"{comment.proposed} {comment.reason}")
    close = [(likeness(mine, one.words), one.number) for one in others if one.pk != comment.pk]
    best = sorted(((-share, number) for share, number in close if share >= ALIKE))
    return [number for _, number in best[:OFFERED_ALIKE]]


def alike(comments: Sequence[Told]) -> list[Alike]:
    """Sets of comments that say much the same, the biggest first. Each set stands around its first comment: what is
    like it, not what is like something that is like it."""
    same: dict[frozenset[str], list[Told]] = defaultdict(list)
    for one in comments:
        if one.words:
            same[one.words].append(one)
    firsts = sorted((rows[0] for rows in same.values()), key=lambda one: one.number)
    near = _near(firsts)
    made: list[Alike] = []
    taken: set[int] = set()
    for one in firsts:
        if one.number in taken:
            continue
        around = [one, *(other for other in near.get(one.number, ()) if other.number not in taken)]
        taken |= {other.number for other in around}
        numbers = sorted(each.number for other in around for each in same[other.words])
        if len(numbers) > 1:
            made.append(Alike(tuple(numbers[:MOST_IN_SET]), exact=len(around) == 1))
    return sorted(made, key=lambda one: (-len(one.numbers), one.numbers))


def _near(firsts: Sequence[Told]) -> Mapping[int, list[Told]]:
    """For each comment the later ones that are like it. Only those that share a word that few use are compared."""
    by_word: dict[str, list[Told]] = defaultdict(list)
    for one in firsts:
        for word in one.words:
            by_word[word].append(one)
    near: dict[int, list[Told]] = {}
    for one in firsts:
        compared = {
            other.number: other
            for word in one.words
            if len(by_word[word]) <= COMMON
            for other in by_word[word]
            if other.number > one.number
        }
        near[one.number] = [other for _, other in sorted(compared.items()) if likeness(one.words, other.words) >= ALIKE]
    return near


# --- given to people ---------------------------------------------------------------------------------------------


def given_to_group(group: Group) -> CommentQuerySet:
    """Comments that wait for the group's word, the nearest term first, settled ones after them."""
    return _in_order(Comment.objects.filter(group=group))


def given_to(person: Any) -> CommentQuerySet:
    """The same of a person: what they and their groups were given, in whatever consultation."""
    return _in_order(rules.discussed_comments(person))


def waiting_for(person: Any) -> int:
    """How many comments that the person or their groups were given wait for a decision; one query."""
    rows = rules.discussed_comments(person).unsettled().filter(same_as=None)
    return rows.filter(consultation__state=Consultation.State.ANNOUNCED).count()


def _in_order(rows: CommentQuerySet) -> CommentQuerySet:
    gone = (Consultation.State.PREPARED, Consultation.State.CANCELLED)
    order = (F("decided_at").asc(nulls_first=True), F("due_on").asc(nulls_last=True), "consultation", "number")
    return listed(rows.filter(same_as=None).exclude(consultation__state__in=gone)).order_by(*order)


def is_overdue(comment: Comment, today: date) -> bool:
    return comment.due_on is not None and comment.due_on < today and not comment.is_settled
