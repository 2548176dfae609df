"""What the desk does with a suggestion. Each step is kept for the author and the public, and the author who confirmed
an e-mail learns of it by a letter.

Only the columns that a step changes are written: the author may take back the name and the e-mail at the same moment.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.text import Truncator

from portal.audit.actions import record
from portal.finding.models import EmptySearch
from portal.groups import rules as group_rules
from portal.groups.models import Group
from portal.mail.actions import write
from portal.meetings import agenda_actions
from portal.meetings.leaders import leaders
from portal.meetings.models import Meeting
from portal.plan import card_actions, cards
from portal.plan import rules as plan_rules
from portal.plan.cards import EvidenceDraft
from portal.plan.models import Level, Node
from words.plural import counted
from words.visible import visible, visible_line

from . import actions, rules
from .models import InnerNote, Suggestion, SuggestionStep

State = Suggestion.State
STALE = "Mezitím s podnětem něco udělal někdo jiný. Podívejte se, co se změnilo, a zkuste to znovu."
STEP_LETTER, GIVEN_LETTER = "suggestions/letters/step.txt", "suggestions/letters/given.txt"
NOTE, ANSWER = 500, 4000
WORDS = 600  # of a suggestion in a letter


class Stale(ValidationError):
    """Somebody did something with the suggestion meanwhile. Nothing was written."""

    def __init__(self) -> None:
        super().__init__(STALE)


def locked(suggestion: Suggestion, actor: Any, seen: int | None) -> Suggestion:
    """The suggestion as it is now, held for this write; `seen` is the version that the person was looking at."""
    fresh = Suggestion.objects.select_for_update().get(pk=suggestion.pk)
    if not rules.may_triage(actor, fresh):
        raise PermissionDenied
    if seen is not None and fresh.version != seen:
        raise Stale
    return fresh


def _save(suggestion: Suggestion, *columns: str, moved: bool = True) -> None:
    suggestion.version += 1
    if moved:
        suggestion.changed_at = timezone.now()
    suggestion.save(update_fields=[*columns, "version", "changed_at"])


def _move(suggestion: Suggestion, to: str, *columns: str, note: str = "", address: str = "") -> None:
    """The next state with its step, told to the author and to those whose suggestion is joined to this one."""
    state = State(suggestion.state)
    if to not in Suggestion.MOVES[state]:
        raise ValidationError(f"Tohle teď nejde: podnět je ve stavu „{state.label}“.")
    suggestion.state = to
    _save(suggestion, "state", *columns)
    SuggestionStep.objects.create(suggestion=suggestion, state=to, note=note[:NOTE], address=address)
    _tell(suggestion, note, address)


def _tell(suggestion: Suggestion, note: str, address: str) -> None:
    told = suggestion.joined.select_related("joined_to") if suggestion.pk else Suggestion.objects.none()
    for one in (suggestion, *told):
        if not one.email or one.email_confirmed_at is None:
            continue
        context = {
            "number": one.number,
            "state": suggestion.state,
            "lines": visible(suggestion.answer if suggestion.state == State.ANSWERED else note).splitlines(),
            "page": settings.SITE_URL + address if address else "",
            "with_others": one.pk != suggestion.pk,
            "own": settings.SITE_URL + reverse("suggestions:own_suggestion", args=[one.key]),
        }
        write(template=STEP_LETTER, to=one.email, context=context, about=one)


def _told(suggestion: Suggestion, actor: Any, before: str = "", *, verb: str, **after: Any) -> None:
    """The journal keeps states and what the desk said, never the words of the author."""
    values = {"state": suggestion.get_state_display()} | after
    record(
        verb=verb,
        thing=suggestion,
        actor=actor,
        before={"state": State(before).label} if before else {},
        after=values,
    )


# --- coming in ---------------------------------------------------------------------------------------------------


@transaction.atomic
def suggestion_enter(*, actor: Any, received_at: datetime | None = None, **said: Any) -> Suggestion:
    """What came on paper, by telephone or by e-mail, written down at the desk; `said` as `actions.receive` takes it."""
    if not rules.may_enter(actor):
        raise PermissionDenied
    suggestion = actions.receive(now=received_at, **said)
    if not rules.may_triage(actor, suggestion):
        raise ValidationError({"place": "Tohle území ve svém dosahu nemáte."})
    record(
        verb="suggestion_entered",
        thing=suggestion,
        actor=actor,
        after={"number": suggestion.number, "origin": suggestion.get_origin_display()},
    )
    return suggestion


@transaction.atomic
def suggestion_from_search(*, question: str, span: tuple[str, str, str], actor: Any) -> Suggestion:
    """What people looked for and did not find, as a suggestion that a service is missing. Once for a question."""
    if not rules.may_enter(actor):
        raise PermissionDenied
    asked = EmptySearch.objects.select_for_update().filter(question=question)
    times = sum(one.count for one in asked)
    if not times:
        raise ValidationError("Takové hledání tu už není.")
    if Suggestion.objects.filter(sort=Suggestion.Sort.MISSING, title=from_search(question)).exists():
        raise ValidationError("Podnět z tohohle hledání už je.")
    since = min(one.day for one in asked)
    found = counted(times, "člověk to zkusil", "lidé to zkusili", "lidí to zkusilo")
    text = (
        f"Na webu se hledalo „{question}“ a nic se nenašlo. Od {since.day}. {since.month}. {since.year} {found}, "
        f"někdo možná víckrát."
    )
    suggestion = suggestion_enter(
        actor=actor,
        sort=Suggestion.Sort.MISSING,
        title=from_search(question),
        text=text,
        span=span,
    )
    step = "Podnět jsme založili sami z toho, co lidé hledali a nenašli."
    SuggestionStep.objects.create(suggestion=suggestion, state=State.NEW, note=step)
    return suggestion


def from_search(question: str) -> str:
    """The title of a suggestion made of a search."""
    return Truncator(f"Lidé marně hledají: {question}").chars(actions.TITLE)


# --- on the web --------------------------------------------------------------------------------------------------


@transaction.atomic
def suggestion_show(
    *, suggestion: Suggestion, seen: int | None, title: str, public_text: str, actor: Any
) -> Suggestion:
    """Put it on the web, or change what the web says. Where the words do not differ from the author's, no other
    wording is kept. What nobody has read yet is taken by this."""
    one = locked(suggestion, actor, seen)
    title, words = visible_line(title), visible(public_text)
    if not title or not words:
        raise ValidationError({"public_text" if title else "title": "Na webu nesmí být prázdno."})
    if one.state not in (*Suggestion.READABLE, State.NEW):
        raise ValidationError("Nejdřív podnět znovu otevřete, pak může na web.")
    before, first = one.state, one.shown_at is None
    one.title = title[: actions.TITLE]
    one.public_text = "" if words == visible(one.text) else words
    one.shown_at = one.shown_at or timezone.now()
    if one.state == State.NEW:
        _move(one, State.TAKEN, "title", "public_text", "shown_at", address=_public(one))
    else:
        _save(one, "title", "public_text", "shown_at")
    _told(
        one,
        actor,
        before,
        verb="suggestion_shown" if first else "suggestion_reworded",
        edited=bool(one.public_text),
    )
    return one


@transaction.atomic
def suggestion_hide(*, suggestion: Suggestion, seen: int | None, actor: Any) -> Suggestion:
    """Take it off the web; the author follows it as before."""
    one = locked(suggestion, actor, seen)
    if one.shown_at is not None:
        one.shown_at = None
        _save(one, "shown_at")
        _told(one, actor, verb="suggestion_hidden")
    return one


def _public(suggestion: Suggestion) -> str:
    return reverse("suggestions:public_suggestion", args=[suggestion.number])


# --- steps -------------------------------------------------------------------------------------------------------


@transaction.atomic
def suggestion_take(*, suggestion: Suggestion, seen: int | None, note: str = "", actor: Any) -> Suggestion:
    """Read and taken on, with thanks to the author; off the web for now."""
    one = locked(suggestion, actor, seen)
    if one.state != State.NEW:
        raise ValidationError("Podnět už někdo přijal.")
    _move(one, State.TAKEN, note=visible_line(note))
    _told(one, actor, State.NEW, verb="suggestion_taken", note=note)
    return one


@transaction.atomic
def suggestion_assign(
    *, suggestion: Suggestion, seen: int | None, group: Group, note: str = "", actor: Any
) -> Suggestion:
    """Give it to a group; its people read it from now on."""
    one = locked(suggestion, actor, seen)
    if not group_rules.seen_groups(actor).working_now().filter(pk=group.pk).exists():
        raise ValidationError({"group": "Takovou skupinu tu nemáme."})
    before, former, one.group = one.state, one.group, group
    address = reverse("groups:public_group", args=[group.slug]) if group.shown else ""
    said = f"Řeší ho skupina {group.name}." if group.shown else "Řeší ho skupina, které se týká."
    _move(one, State.GROUP, "group", note=_with(said, note), address=address)
    _told(one, actor, before, verb="suggestion_assigned", group=group.name, note=note)
    if former != group:
        _tell_group(one, note, actor)
    return one


def _tell_group(suggestion: Suggestion, note: str, actor: Any) -> None:
    """The head and the deputy learn what their group was given: of its words and its author what is on the web."""
    assert suggestion.group is not None  # noqa: S101 - it has just been given to it
    words = Truncator(suggestion.words if suggestion.is_public else "").chars(WORDS)
    context = {
        "group": suggestion.group.name,
        "number": suggestion.number,
        "title": suggestion.title,
        "sort": suggestion.get_sort_display(),
        "place": suggestion.municipality.name if suggestion.municipality else "",
        "author": suggestion.author if suggestion.is_public else "",
        "lines": words.splitlines(),
        "note": visible_line(note),
        "page": settings.SITE_URL + reverse("suggestions:desk_suggestion", args=[suggestion.number]),
    }
    for email, name in leaders(suggestion.group, but=actor).items():
        write(template=GIVEN_LETTER, to=email, name=name, context=context, about=suggestion)


@transaction.atomic
def suggestion_put(
    *, suggestion: Suggestion, seen: int | None, meeting: Meeting, note: str = "", actor: Any
) -> Suggestion:
    """Put it on the agenda of a meeting, as the actor may there: on it at once, or as a proposal."""
    one = locked(suggestion, actor, seen)
    if one.item is not None and one.item.meeting_id == meeting.pk:
        raise ValidationError({"meeting": "Na programu tohohle jednání už podnět je."})
    address = _public(one) if one.is_public else reverse("suggestions:desk_suggestion", args=[one.number])
    before, one.group = one.state, meeting.group
    one.item = agenda_actions.item_propose(
        meeting=meeting,
        title=f"Podnět: {one.title}",
        text=one.words,
        about=one,
        words=f"podnět č. {one.number}: {one.title}",
        address=address,
        actor=actor,
    )
    public = Meeting.objects.public().filter(pk=meeting.pk).exists()
    said = f"Projedná ho {meeting.group.name} {_day(meeting.starts_at)}." if public else "Bude se o něm jednat."
    page = reverse("meetings:public_meeting", args=[meeting.pk]) if public else ""
    _move(one, State.AGENDA, "item", "group", note=_with(said, note), address=page)
    _told(one, actor, before, verb="suggestion_put", meeting=str(meeting), note=note)
    return one


def _day(at: datetime) -> str:
    return f"{timezone.localtime(at):%-d. %-m. %Y}"


def _with(said: str, note: str) -> str:
    return f"{said} {visible_line(note)}".strip()[:NOTE]


@transaction.atomic
def suggestion_answer(*, suggestion: Suggestion, seen: int | None, answer: str, actor: Any) -> Suggestion:
    """The answer that the author gets by a letter and the public reads once the suggestion is on the web. A better
    answer takes the place of the former one."""
    one = locked(suggestion, actor, seen)
    answer = visible(answer)
    if not answer:
        raise ValidationError({"answer": "Napište odpověď."})
    if len(answer) > ANSWER:
        raise ValidationError({"answer": f"Odpověď je moc dlouhá, vejde se {ANSWER} znaků."})
    before, again = one.state, one.state == State.ANSWERED
    one.answer, one.answered_at = answer, timezone.now()
    if again:
        _save(one, "answer", "answered_at")
        _tell(one, "", "")
    else:
        _move(one, State.ANSWERED, "answer", "answered_at")
    _told(one, actor, before, verb="suggestion_answered", answer=answer)
    return one


@transaction.atomic
def suggestion_link(*, suggestion: Suggestion, seen: int | None, node: Node, note: str = "", actor: Any) -> Suggestion:
    """A measure of a plan does something about it."""
    one = locked(suggestion, actor, seen)
    if (
        node.removed_at is not None
        or node.level.role != Level.Role.MEASURE
        or not plan_rules.may_read(actor, node.plan)
    ):
        raise ValidationError({"measure": "Takové opatření tu nemáme."})
    if one.measures.filter(pk=node.pk).exists():
        raise ValidationError({"measure": "S tímhle opatřením je podnět už propojený."})
    public = node.plan.is_public
    said = f"Pomůže opatření {node.code} {node.title}." if public else "Počítáme s ním v plánu, který připravujeme."
    page = reverse("plan:public_measure", args=[node.plan.slug, node.code]) if public else ""
    before = one.state
    one.measures.add(node)
    _move(one, State.MEASURE, note=_with(said, note), address=page)
    _told(one, actor, before, verb="suggestion_linked", measure=f"{node.code} {node.title}", note=note)
    return one


@transaction.atomic
def suggestion_unlink(*, suggestion: Suggestion, seen: int | None, node: Node, actor: Any) -> Suggestion:
    """The measure has nothing to do with it after all; the last one stays with what is said to be in the plan."""
    one = locked(suggestion, actor, seen)
    if one.state == State.MEASURE and one.measures.count() == 1:
        raise ValidationError("Podnět je v plánu díky tomuhle opatření. Nejdřív ho propojte s jiným, nebo odpovězte.")
    one.measures.remove(node)
    _save(one, moved=False)
    _told(one, actor, verb="suggestion_unlinked", measure=f"{node.code} {node.title}")
    return one


@transaction.atomic
def suggestion_decline(*, suggestion: Suggestion, seen: int | None, reason: str, actor: Any) -> Suggestion:
    """Nothing will be done about it, and why; off the web."""
    one = locked(suggestion, actor, seen)
    reason = visible_line(reason)
    if not reason:
        raise ValidationError({"reason": "Napište proč. Autor se to dozví."})
    before = one.state
    _move(one, State.DECLINED, note=reason)
    _told(one, actor, before, verb="suggestion_declined", reason=reason)
    return one


@transaction.atomic
def suggestion_reopen(*, suggestion: Suggestion, seen: int | None, note: str = "", actor: Any) -> Suggestion:
    """Back among those that are being dealt with; an answer that was given stands until there is a better one."""
    one = locked(suggestion, actor, seen)
    before = one.state
    if before not in (State.ANSWERED, State.DECLINED):
        raise ValidationError("Znovu otevřít jde jen podnět, který je zodpovězený nebo odmítnutý.")
    one.answered_at = None
    _move(one, State.TAKEN, "answered_at", note=_with("Podnět jsme znovu otevřeli.", note))
    _told(one, actor, before, verb="suggestion_reopened", note=note)
    return one


# --- the same said by more people --------------------------------------------------------------------------------


@transaction.atomic
def suggestion_join(*, suggestion: Suggestion, seen: int | None, to: Suggestion, actor: Any) -> Suggestion:
    """The same as the other one: from now on it is told there. What was joined to this one goes along."""
    if suggestion.pk == to.pk:
        raise ValidationError({"to": "Podnět nejde spojit se sebou samým."})
    # Always in the same order, so that two people who join two suggestions to each other do not wait for ever.
    for pk in sorted((suggestion.pk, to.pk)):
        Suggestion.objects.select_for_update().get(pk=pk)
    one, to = locked(suggestion, actor, seen), locked(to, actor, None)
    if to.state in (State.JOINED, State.DECLINED):
        raise ValidationError({"to": f"Podnět č. {to.number} je {to.get_state_display()}. Vyberte jiný."})
    if to.state == State.NEW:  # before the other is joined to it, so that nobody gets two letters at once
        _move(to, State.TAKEN)
    else:
        _save(to, moved=False)
    before, one.joined_to = one.state, to
    moved_along = list(one.joined.values_list("pk", flat=True))
    page = _public(to) if to.is_public else ""
    _move(one, State.JOINED, "joined_to", note="Totéž už řekl někdo jiný. Podněty řešíme společně.", address=page)
    Suggestion.objects.filter(pk__in=moved_along).update(joined_to=to)
    _told(one, actor, before, verb="suggestion_joined", joined_to=f"č. {to.number} {to.title}")
    return one


@transaction.atomic
def suggestion_part(*, suggestion: Suggestion, seen: int | None, actor: Any) -> Suggestion:
    """Joined by mistake: it stands on its own again."""
    one = locked(suggestion, actor, seen)
    if one.joined_to is None:
        raise ValidationError("Podnět s žádným jiným spojený není.")
    former, one.joined_to = one.joined_to, None
    _move(one, State.TAKEN, "joined_to", note="Podnět řešíme zase samostatně.")
    _told(one, actor, State.JOINED, verb="suggestion_parted", joined_to=f"č. {former.number} {former.title}")
    return one


def said_by(suggestion: Suggestion) -> int:
    """How many people said it: the suggestion and those joined to it."""
    return 1 + suggestion.joined.count()


@transaction.atomic
def suggestion_evidence(*, suggestion: Suggestion, node: Node, actor: Any) -> Node:
    """Put the repeated need among the evidence of a linked measure; said again, it says the number of today."""
    one = locked(suggestion, actor, None)
    if not one.measures.filter(pk=node.pk).exists():
        raise ValidationError("Podnět s tímhle opatřením propojený není.")
    if not one.is_public:
        raise ValidationError("Dokladem může být jen podnět, který je na webu.")
    if not plan_rules.may_write(actor, node.plan):
        raise PermissionDenied
    # Read under its lock: what somebody wrote on the card a moment ago stays there.
    node = Node.objects.select_for_update(of=("self",)).select_related("plan", "level").get(pk=node.pk)
    url, draft = settings.SITE_URL + _public(one), cards.read(node)
    kept = tuple(other for other in draft.evidence if other.url != url)
    draft = replace(draft, evidence=(*kept, EvidenceDraft(evidence_words(one), url)))
    written = card_actions.card_save(node=node, draft=draft, seen=node.version, actor=actor)
    _told(one, actor, verb="suggestion_made_evidence", measure=f"{node.code} {node.title}", text=evidence_words(one))
    return written


def evidence_words(suggestion: Suggestion) -> str:
    """What stands among the evidence of a measure."""
    people = counted(said_by(suggestion), "člověk napsal", "lidé napsali", "lidí napsalo")
    return Truncator(f"{people}: {suggestion.title} (podnět č. {suggestion.number})").chars(300)


# --- inside ------------------------------------------------------------------------------------------------------


@transaction.atomic
def note_add(*, suggestion: Suggestion, text: str, actor: Any) -> InnerNote:
    """A note of the desk for itself. Nobody waits for another with it, so it asks for no version."""
    one = locked(suggestion, actor, None)
    text = visible(text)
    if not text:
        raise ValidationError({"text": "Napište poznámku."})
    note = InnerNote.objects.create(suggestion=one, person=actor, name=str(actor)[:150], text=text[:2000])
    record(verb="suggestion_noted", thing=one, actor=actor)
    return note


# --- keeping -----------------------------------------------------------------------------------------------------


@transaction.atomic
def forget_authors(days: int) -> int:
    """E-mails, and names that are not public, of suggestions whose way came to an end long ago; e-mails that nobody
    confirmed in time. Of one that is joined, the end is that of the other. How many suggestions."""
    now = timezone.now()
    over = now - timedelta(days=days)
    ended = Q(state=State.ANSWERED, answered_at__lt=over) | Q(state=State.DECLINED, changed_at__lt=over)
    ended |= Q(state=State.JOINED, joined_to__state=State.ANSWERED, joined_to__answered_at__lt=over)
    ended |= Q(state=State.JOINED, joined_to__state=State.DECLINED, joined_to__changed_at__lt=over)
    late = Q(email_confirmed_at=None, received_at__lt=now - actions.CONFIRM_WITHIN) & ~Q(email="")
    named = _pks(Suggestion.objects.filter(ended, name_public=False).exclude(name=""))
    written = _pks(Suggestion.objects.filter(ended | late).exclude(email=""))
    Suggestion.objects.filter(pk__in=named).update(name="")
    Suggestion.objects.filter(pk__in=written).update(email="", email_confirmed_at=None)
    return len(named | written)


def _pks(rows: QuerySet[Suggestion]) -> set[int]:
    return set(rows.values_list("pk", flat=True))
