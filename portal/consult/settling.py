"""Every write of the settlement: moderation, twins, who works on what, proposals, decisions, changes of the text.

Each holds the row of the consultation first and the comment's after it, so that closing, receiving and settling never
pass one another. `seen` is the version of the comment that the person looked at: of two people who settle one comment
the second is told what the first did (`Moved`) and nothing of theirs is written.

A comment is settled together with its twins (`same_as`); a decision once taken is changed only after it was opened
again with a reason.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from portal.accounts.models import Person
from portal.audit.actions import record
from portal.audit.models import Deed
from portal.files.actions import attach
from portal.files.models import StoredFile
from portal.groups.models import Group
from portal.meetings import agenda_actions
from portal.meetings.models import AgendaItem, Meeting
from portal.sitting.models import Motion

from . import assigning, rules
from .actions import held
from .assigning import Given
from .models import Comment, CommentFile, CommentNote, Consultation, Paragraph

State, Kind, Decision = Comment.State, Comment.Kind, Comment.Decision
COORDINATOR = "koordinátor plánování"
CLOSED = "Řízení je uzavřené. Vypořádání se už nemění."
# On the agenda or on its way there.
ALIVE = (AgendaItem.State.PROPOSED, AgendaItem.State.APPROVED)
# Comments named in the text of an item on the agenda; the rest is only counted.
NAMED_IN_ITEM = 60
LONGEST_REASON = 4000
LONGEST_ALONE = 150
LONGEST_NOTE = 2000

# A comment and its version as somebody saw them.
type Chosen = Sequence[tuple[Comment, int]]


class Moved(Exception):
    """Somebody else worked on the comments meanwhile; `stored` are those as they stand now. Nothing was written."""

    def __init__(self, *stored: Comment) -> None:
        super().__init__("Na připomínce mezitím pracoval někdo jiný.")
        self.stored = stored


class Reworded(Exception):
    """Somebody else changed the paragraph meanwhile; `stored` is how it stands now. Nothing was written."""

    def __init__(self, stored: Paragraph) -> None:
        super().__init__("Znění odstavce mezitím změnil někdo jiný.")
        self.stored = stored


@dataclass(frozen=True, slots=True)
class Authority:
    """Who decides: a body by an item of its meeting or by a vote, or the coordinator alone. `alone` says why the
    coordinator decides a substantial comment where the consultation names no body."""

    item: AgendaItem | None = None
    motion: Motion | None = None
    alone: str = ""


@dataclass(frozen=True, slots=True)
class Amendment:
    """A new text of a paragraph; `seen` is the text that the person began from."""

    paragraph: Paragraph
    text: str
    seen: str


ALONE = Authority()


# --- rows held for a write ---------------------------------------------------------------------------------------


def _held(consultation: Consultation) -> Consultation:
    """The consultation as it is now, held until the end of the write, if it is still being settled."""
    fresh = held(consultation)
    if fresh.state != Consultation.State.ANNOUNCED:
        raise ValidationError(CLOSED)
    return fresh


def _taken(
    comment: Comment, seen: int | None, actor: Any, rule: Callable[[Any, Comment], bool] | None = None
) -> Comment:
    """The comment as it is now, held for this write; by default only for whoever settles."""
    consultation = _held(comment.consultation)
    if rule is None and not rules.may_settle(actor, consultation):
        raise PermissionDenied
    stored = _row(consultation, comment.pk)
    if rule is not None and not rule(actor, stored):
        raise PermissionDenied
    if seen is not None and stored.version != seen:
        raise Moved(stored)
    return stored


def _row(consultation: Consultation, pk: int) -> Comment:
    stored = Comment.objects.select_for_update(of=("self",)).get(pk=pk, consultation=consultation)
    stored.consultation = consultation
    return stored


def _many(consultation: Consultation, chosen: Chosen, actor: Any) -> list[Comment]:
    """Those of the chosen as they are now, held, in the order of their numbers; all or nothing."""
    if not chosen:
        raise ValidationError("Vyberte aspoň jednu připomínku.")
    fresh = _held(consultation)
    if not rules.may_settle(actor, fresh):
        raise PermissionDenied
    seen = {comment.pk: version for comment, version in chosen}
    rows = list(
        Comment.objects.select_for_update(of=("self",)).filter(consultation=fresh, pk__in=seen).order_by("number")
    )
    if len(rows) != len(seen):
        raise PermissionDenied
    moved = [one for one in rows if one.version != seen[one.pk]]
    if moved:
        raise Moved(*moved)
    for one in rows:
        one.consultation = fresh
    return rows


def _twins(comment: Comment) -> list[Comment]:
    """Comments that are settled with this one, held."""
    rows = list(Comment.objects.select_for_update(of=("self",)).filter(same_as=comment).order_by("number"))
    for one in rows:
        one.consultation = comment.consultation
    return rows


def _save(comment: Comment) -> Comment:
    comment.version += 1
    comment.save()
    return comment


def _unsettled(comment: Comment) -> None:
    if comment.is_settled:
        raise ValidationError(f"Připomínka č. {comment.number} už je vypořádaná. Nejdřív její vypořádání otevřete.")


def numbers(comments: Sequence[Comment]) -> str:
    """As "3, 7 a 12"."""
    said = [str(one.number) for one in comments]
    return " a ".join([", ".join(said[:-1]), said[-1]]) if len(said) > 1 else "".join(said)


# --- moderation --------------------------------------------------------------------------------------------------


@transaction.atomic
def show(*, comment: Comment, seen: int | None, actor: Any) -> Comment:
    """It was read and may stand on the web; a refused one comes back."""
    return _show(_taken(comment, seen, actor), actor)


def _show(comment: Comment, actor: Any) -> Comment:
    if comment.state == State.SHOWN:
        return comment
    before = {"state": comment.get_state_display(), "refused_reason": comment.refused_reason}
    comment.state, comment.refused_reason, comment.told_at = State.SHOWN, "", None
    _save(comment)
    record(verb="comment_shown", thing=comment, actor=actor, before=before)
    return comment


@transaction.atomic
def show_many(*, consultation: Consultation, chosen: Chosen, actor: Any) -> list[Comment]:
    return [_show(one, actor) for one in _many(consultation, chosen, actor)]


@transaction.atomic
def refuse(*, comment: Comment, seen: int | None, reason: str, actor: Any) -> Comment:
    """Not among comments: an insult, an advertisement, somebody's private life. It keeps its number and says why."""
    stored = _taken(comment, seen, actor)
    _refuse(stored, reason, actor)
    return stored


def _refuse(comment: Comment, reason: str, actor: Any) -> None:
    said = reason.strip()[:300]
    if not said:
        raise ValidationError({"reason": "Napište, proč připomínku vyřazujete. Dozví se to její autor."})
    _unsettled(comment)
    if twins := _twins(comment):
        raise ValidationError(f"S touto připomínkou se vypořádávají i č. {numbers(twins)}. Nejdřív je oddělte.")
    before = {"state": comment.get_state_display()}
    comment.state, comment.refused_reason, comment.same_as = State.REFUSED, said, None
    _save(comment)
    StoredFile.objects.filter(pk__in=comment.files.values("file")).update(public=False)
    record(verb="comment_refused", thing=comment, actor=actor, before=before, after={"refused_reason": said})


@transaction.atomic
def refuse_many(*, consultation: Consultation, chosen: Chosen, reason: str, actor: Any) -> list[Comment]:
    rows = _many(consultation, chosen, actor)
    for one in rows:
        _refuse(one, reason, actor)
    return rows


@transaction.atomic
def file_show(*, attachment: CommentFile, shown: bool, actor: Any) -> None:
    """Let everybody see an attachment that somebody has looked into, or hide it again."""
    stored = _taken(attachment.comment, None, actor)
    if shown and stored.state != State.SHOWN:
        raise ValidationError("Nejdřív zveřejněte připomínku.")
    if attachment.file.public == shown:
        return
    attach(file=attachment.file, thing=stored, public=shown)
    after = {"file": attachment.file.name}
    if shown:
        record(verb="comment_file_shown", thing=stored, actor=actor, after=after)
    else:
        record(verb="comment_file_hidden", thing=stored, actor=actor, after=after)


@transaction.atomic
def kind_change(
    *, comment: Comment, seen: int | None, kind: str, reason: str, actor: Any, restores: Deed | None = None
) -> Comment:
    """People take a misspelling for a substantial comment and the other way round; whoever settles puts it right."""
    stored = _taken(comment, seen, actor)
    wanted = Kind(kind)
    if stored.kind == wanted:
        return stored
    _unsettled(stored)
    if not reason.strip():
        raise ValidationError({"reason": "Napište, proč druh měníte."})
    before = stored.get_kind_display()
    stored.kind = wanted
    _save(stored)
    after = {"kind": stored.get_kind_display(), "reason": reason.strip()[:300]}
    told = {"kind": before}
    record(verb="comment_kind_changed", thing=stored, actor=actor, before=told, after=after, restores=restores)
    return stored


# --- twins -------------------------------------------------------------------------------------------------------


@transaction.atomic
def same_as(*, comment: Comment, original: Comment, seen: int | None, actor: Any) -> Comment:
    """The comment says the same as another one and is settled with it, from now on or as it was settled already."""
    stored = _taken(comment, seen, actor)
    _join([stored], _row(stored.consultation, original.pk), actor)
    return stored


@transaction.atomic
def same_as_many(*, consultation: Consultation, chosen: Chosen, actor: Any) -> Comment:
    """All of the chosen say the same; they are settled with the one that came first, which is returned."""
    rows = _many(consultation, chosen, actor)
    first, *rest = rows
    if not rest:
        raise ValidationError("Vyberte aspoň dvě připomínky.")
    return _join(rest, first, actor)


def _join(comments: Sequence[Comment], original: Comment, actor: Any) -> Comment:
    if original.same_as_id is not None:
        original = _row(original.consultation, original.same_as_id)
    for comment in comments:
        if comment.pk == original.pk:
            if len(comments) == 1:
                raise ValidationError("Připomínka nemůže být stejná jako ona sama.")
            continue
        if comment.same_as_id != original.pk:
            _join_one(comment, original, actor)
    return original


def _join_one(comment: Comment, original: Comment, actor: Any) -> None:
    hidden = [one for one in (original, comment) if one.state != State.SHOWN]
    if hidden:
        raise ValidationError(f"Spojit jde jen zveřejněné připomínky. Č. {numbers(hidden)} zveřejněná není.")
    moved = [comment, *_twins(comment)]
    settled = [one for one in moved if one.is_settled]
    if settled:
        raise ValidationError(
            f"Připomínka č. {settled[0].number} už je vypořádaná. Nejdřív její vypořádání otevřete, pak ji spojíte."
        )
    substantial = any(one.kind == Kind.SUBSTANTIAL for one in moved)
    if original.is_settled and substantial and not _decided_by_body(original):
        raise ValidationError(
            f"Připomínku č. {original.number} vypořádal koordinátor jako formální. Věcná připomínka s ní spojit nejde."
        )
    for one in moved:
        one.same_as = original
        _take_decision_of(original, one)
        _save(one)
        record(verb="comment_joined", thing=one, actor=actor, after={"original": str(original)})


def _decided_by_body(comment: Comment) -> bool:
    """By a body, or alone with a said reason where there is none; both ways are open to substantial comments."""
    return comment.decided_by != COORDINATOR


OF_DECISION = ("decision", "decision_reason", "decided_at", "decided_by", "item", "motion")


def _take_decision_of(original: Comment, twin: Comment) -> None:
    if not original.is_settled:
        return
    for name in OF_DECISION:
        setattr(twin, name, getattr(original, name))


@transaction.atomic
def apart(*, comment: Comment, seen: int | None, actor: Any) -> Comment:
    """It says something else after all: it is settled by itself, from the beginning."""
    stored = _taken(comment, seen, actor)
    original = stored.same_as
    if original is None:
        raise ValidationError("Připomínka se vypořádává sama.")
    _clear_decision(stored)
    stored.same_as = stored.item = None
    _save(stored)
    record(verb="comment_parted", thing=stored, actor=actor, before={"original": str(original)})
    _give_back_texts(stored, actor)
    return stored


def _clear_decision(comment: Comment) -> None:
    """What the author was told of it holds no longer either."""
    comment.decision = comment.decision_reason = comment.decided_by = ""
    comment.decided_at = comment.told_at = None
    comment.motion = None


# --- work inside -------------------------------------------------------------------------------------------------


@transaction.atomic
def assign(
    *,
    comment: Comment,
    seen: int | None,
    group: Group | None,
    person: Person | None,
    due_on: date | None,
    actor: Any,
    restores: Deed | None = None,
) -> Comment:
    """Who is to think about it and until when; nobody takes it back."""
    stored = _taken(comment, seen, actor)
    to = _assign(stored, group=group, person=person, due_on=due_on, actor=actor, restores=restores)
    assigning.tell(given=[to], actor=actor)
    return stored


@transaction.atomic
def assign_many(
    *,
    consultation: Consultation,
    chosen: Chosen,
    group: Group | None,
    person: Person | None,
    due_on: date | None,
    actor: Any,
) -> list[Comment]:
    rows = _many(consultation, chosen, actor)
    to = [_assign(one, group=group, person=person, due_on=due_on, actor=actor) for one in rows]
    assigning.tell(given=to, actor=actor)
    return rows


def _assign(
    comment: Comment,
    *,
    group: Group | None,
    person: Person | None,
    due_on: date | None,
    actor: Any,
    restores: Deed | None = None,
) -> Given:
    """To whom it was given now: of those who have had it only the term is new, and no letter is."""
    before, names = assignment_told(comment), assignment_names(comment)
    given = Given(comment, person if comment.assignee != person else None, group if comment.group != group else None)
    comment.group, comment.assignee, comment.due_on = group, person, due_on
    after = assignment_told(comment)
    if before != after:
        comment.reminded_on = comment.late_told_on = None
        _save(comment)
        names |= assignment_names(comment)
        record(
            verb="comment_assigned",
            thing=comment,
            actor=actor,
            before=before,
            after=after,
            names=names,
            restores=restores,
        )
    return given


def assignment_told(comment: Comment) -> dict[str, Any]:
    """Whose the comment is, by keys of the journal, and until when."""
    return {
        "group": f"group:{comment.group_id}" if comment.group_id else "",
        "person": f"person:{comment.assignee_id}" if comment.assignee_id else "",
        "due_on": comment.due_on,
    }


def assignment_names(comment: Comment) -> dict[str, str]:
    told = {f"group:{comment.group_id}": comment.group, f"person:{comment.assignee_id}": comment.assignee}
    return {key: str(one) for key, one in told.items() if one is not None}


@transaction.atomic
def note(*, comment: Comment, text: str, actor: Any) -> CommentNote:
    """A word among those who settle; it changes nothing of the comment, so two people never get in each other's way."""
    said = text.strip()
    if not said:
        raise ValidationError({"text": "Napište poznámku."})
    if len(said) > LONGEST_NOTE:
        raise ValidationError({"text": "Poznámka je moc dlouhá. Rozdělte ji na dvě."})
    stored = _taken(comment, None, actor, rules.may_discuss)
    written = CommentNote.objects.create(comment=stored, person=actor, name=str(actor)[:150], text=said)
    record(verb="comment_noted", thing=stored, actor=actor)
    return written


@transaction.atomic
def propose(*, comment: Comment, seen: int | None, decision: str, reason: str, actor: Any) -> Comment:
    """What the settlement should say, by anybody who works on the comment; it decides nothing."""
    said = _reasoned(decision, reason)
    stored = _taken(comment, seen, actor, rules.may_discuss)
    if stored.same_as is not None:
        raise ValidationError(f"Vypořádává se spolu s připomínkou č. {stored.same_as.number}. Návrh napište u ní.")
    _unsettled(stored)
    before = {"decision": stored.get_proposed_decision_display(), "reason": stored.proposed_reason}
    stored.proposed_decision, stored.proposed_reason = decision, said
    _save(stored)
    after = {"decision": stored.get_proposed_decision_display(), "reason": said}
    record(verb="comment_proposed", thing=stored, actor=actor, before=before, after=after)
    return stored


def _reasoned(decision: str, reason: str) -> str:
    if decision not in Decision.values:
        raise ValidationError({"decision": "Vyberte, jak připomínku vypořádat."})
    said = reason.strip()
    if not said:
        raise ValidationError({"reason": "Napište odůvodnění. Bez něj připomínka vypořádaná není."})
    if len(said) > LONGEST_REASON:
        raise ValidationError({"reason": f"Odůvodnění je moc dlouhé, vejde se {LONGEST_REASON} znaků."})
    return said


# --- decisions ---------------------------------------------------------------------------------------------------


@transaction.atomic
def decide(
    *,
    comment: Comment,
    seen: int | None,
    decision: str,
    reason: str,
    authority: Authority = ALONE,
    amendment: Amendment | None = None,
    actor: Any,
) -> Comment:
    """Settle the comment and its twins, once. An accepted one may change the text at the same time."""
    stored = _taken(comment, seen, actor)
    _decide(stored, decision, reason, authority, actor)
    if amendment is not None:
        _amend(stored, amendment, actor)
    return stored


@transaction.atomic
def decide_many(
    *,
    consultation: Consultation,
    chosen: Chosen,
    decision: str,
    reason: str,
    authority: Authority = ALONE,
    actor: Any,
) -> list[Comment]:
    """One decision with one reason for all of the chosen; those chosen beside their original are settled with it."""
    rows = _many(consultation, chosen, actor)
    heads = {one.pk for one in rows}
    settled = [one for one in rows if one.same_as_id not in heads]
    for one in settled:
        _decide(one, decision, reason, authority, actor)
    return settled


@transaction.atomic
def decided_by_motion(*, consultation: Consultation, chosen: Chosen, motion: Motion, actor: Any) -> list[Comment]:
    """The body adopted the proposals as they lay before it: each of the chosen is settled as it was proposed."""
    rows = _many(consultation, chosen, actor)
    without = [one for one in rows if not one.proposed_decision]
    if without:
        raise ValidationError(f"Bez návrhu vypořádání je č. {numbers(without)}. O ní hlasovat nešlo.")
    if not motion.adopted:
        raise ValidationError({"motion": "Návrh při hlasování neprošel, podle něj vypořádat nejde."})
    for one in rows:
        _decide(one, one.proposed_decision, one.proposed_reason, Authority(motion=motion), actor)
    return rows


def _decide(comment: Comment, decision: str, reason: str, authority: Authority, actor: Any) -> None:
    said = _reasoned(decision, reason)
    if comment.same_as is not None:
        raise ValidationError(
            f"Č. {comment.number} se vypořádává spolu s č. {comment.same_as.number}. Rozhodněte o ní."
        )
    _unsettled(comment)
    if comment.state != State.SHOWN:
        raise ValidationError(f"Připomínka č. {comment.number} není zveřejněná. Nejdřív ji zveřejněte, nebo vyřaďte.")
    together = [comment, *_twins(comment)]
    substantial = any(one.kind == Kind.SUBSTANTIAL for one in together)
    comment.decided_by = _decider(comment.consultation, decision, substantial, authority)
    comment.decision, comment.decision_reason, comment.decided_at = decision, said, timezone.now()
    comment.motion = authority.motion
    comment.item = authority.item or (authority.motion.item if authority.motion else None)
    for one in together:
        if one is not comment:
            _take_decision_of(comment, one)
        _save(one)
        after = {"decision": one.get_decision_display(), "reason": said, "decided_by": one.decided_by}
        record(verb="comment_decided", thing=one, actor=actor, after=after)


def _decider(consultation: Consultation, decision: str, substantial: bool, authority: Authority) -> str:
    """Who decided, in words for everybody. ValidationError where whoever is named may not decide it."""
    if authority.motion is not None:
        return _by_motion(consultation, decision, authority.motion)
    if authority.item is not None:
        return _by_item(consultation, authority.item)
    if not substantial:
        return COORDINATOR
    if consultation.decides is not None:
        raise ValidationError(
            {"item": f"O věcné připomínce rozhoduje {consultation.decides.name}. Vyberte jednání, nebo hlasování."}
        )
    why = " ".join(authority.alone.split())
    if not why:
        raise ValidationError(
            {"alone": "Řízení neříká, který orgán o věcných připomínkách rozhoduje. Napište, proč rozhodujete sami."}
        )
    return f"{COORDINATOR} ({why[:LONGEST_ALONE]})"


def _by_motion(consultation: Consultation, decision: str, motion: Motion) -> str:
    if not motion.is_closed:
        raise ValidationError({"motion": "Hlasování ještě neskončilo."})
    if consultation.decides_id not in (None, motion.group_id):
        raise ValidationError({"motion": "Hlasoval jiný orgán, než který o věcných připomínkách rozhoduje."})
    if decision in Comment.CHANGING and not motion.adopted:
        raise ValidationError({"motion": "Návrh při hlasování neprošel, připomínku podle něj přijmout nejde."})
    return motion.group.name[:200]


def _by_item(consultation: Consultation, item: AgendaItem) -> str:
    meeting = item.meeting
    if consultation.decides_id not in (None, meeting.group_id):
        raise ValidationError({"item": "Je to jednání jiného orgánu, než který o věcných připomínkách rozhoduje."})
    if item.state != AgendaItem.State.APPROVED or meeting.state == Meeting.State.CANCELLED:
        raise ValidationError({"item": "Bod na programu jednání není."})
    if meeting.state in (Meeting.State.PLANNED, Meeting.State.CALLED) and meeting.starts_at > timezone.now():
        raise ValidationError({"item": "Jednání ještě nebylo. Rozhodnutí zapíšete, až proběhne."})
    return meeting.group.name[:200]


@transaction.atomic
def reopen(*, comment: Comment, seen: int | None, reason: str, actor: Any) -> Comment:
    """Take the decision back, of the twins too, while the consultation is not closed. The paragraph gets its first
    text back unless another accepted comment may have changed it."""
    stored = _taken(comment, seen, actor)
    said = reason.strip()[:300]
    if not said:
        raise ValidationError({"reason": "Napište, proč vypořádání otevíráte."})
    if stored.same_as is not None:
        raise ValidationError(f"Vypořádaná je spolu s č. {stored.same_as.number}. Otevřete ji, nebo tuhle oddělte.")
    if not stored.is_settled:
        raise ValidationError("Připomínka ještě vypořádaná není.")
    for one in [stored, *_twins(stored)]:
        before = {
            "decision": one.get_decision_display(),
            "reason": one.decision_reason,
            "decided_by": one.decided_by,
        }
        _clear_decision(one)
        _save(one)
        record(verb="comment_reopened", thing=one, actor=actor, before=before, after={"reason": said})
    _give_back_texts(stored, actor)
    return stored


# --- the text ----------------------------------------------------------------------------------------------------


@transaction.atomic
def amend(*, comment: Comment, seen: int | None, amendment: Amendment, actor: Any) -> Paragraph:
    """Change a paragraph because of an accepted comment on it; one on the whole text may change any."""
    return _amend(_taken(comment, seen, actor), amendment, actor)


def _amend(comment: Comment, amendment: Amendment, actor: Any) -> Paragraph:
    if comment.decision not in Comment.CHANGING:
        raise ValidationError({"text": "Text mění jen připomínka, která je přijatá aspoň zčásti."})
    own = [one.paragraph_id for one in (comment, *_twins(comment))]
    if None not in own and amendment.paragraph.pk not in own:
        raise ValidationError({"text": "Tahle připomínka je k jinému odstavci."})
    paragraph = Paragraph.objects.select_for_update(of=("self",)).get(
        pk=amendment.paragraph.pk, consultation=comment.consultation
    )
    before = wording(paragraph)
    if before != tidy(amendment.seen):
        raise Reworded(paragraph)
    text = tidy(amendment.text)
    if text == before:
        return paragraph
    _reword(paragraph, text, actor, str(comment))
    return paragraph


def _reword(paragraph: Paragraph, text: str, actor: Any, why: str) -> None:
    before = wording(paragraph)
    paragraph.now = None if text == tidy(paragraph.text) else text
    paragraph.save(update_fields=["now"])
    after = {"text": wording(paragraph), "reason": why}
    record(verb="paragraph_amended", thing=paragraph, actor=actor, before={"text": before}, after=after)


def wording(paragraph: Paragraph) -> str:
    """How the paragraph reads now."""
    return tidy(paragraph.text if paragraph.now is None else paragraph.now)


def tidy(text: str) -> str:
    """As forms send it and as it is kept: lines by one sign, nothing behind the last one."""
    return text.replace("\r\n", "\n").strip("\n ")


def _give_back_texts(reopened: Comment, actor: Any) -> None:
    """Paragraphs that no accepted comment stands behind any more read as at the beginning. A comment on the text as a
    whole may have changed any of them, so as long as one is accepted nothing is given back."""
    accepted = Comment.objects.filter(consultation=reopened.consultation, decision__in=Comment.CHANGING)
    if accepted.filter(paragraph=None).exists():
        return
    changed = Paragraph.objects.select_for_update(of=("self",)).filter(
        consultation=reopened.consultation, now__isnull=False
    )
    for paragraph in changed.exclude(pk__in=accepted.values("paragraph")):
        _reword(paragraph, tidy(paragraph.text), actor, str(reopened))


# --- meetings ----------------------------------------------------------------------------------------------------


@transaction.atomic
def put_to_meeting(*, consultation: Consultation, chosen: Chosen, meeting: Meeting, actor: Any) -> AgendaItem:
    """The chosen go to the meeting as one item; what is added later comes to the same one."""
    rows = _many(consultation, chosen, actor)
    fresh = rows[0].consultation
    if fresh.decides is not None and fresh.decides_id != meeting.group_id:
        raise ValidationError({"meeting": f"O věcných připomínkách rozhoduje {fresh.decides.name}."})
    for one in rows:
        if one.same_as is not None:
            raise ValidationError(f"Č. {one.number} se vypořádává spolu s č. {one.same_as.number}. Vyberte ji.")
        _unsettled(one)
    item = _item(fresh, meeting, actor)
    for one in rows:
        if one.item_id != item.pk:
            one.item = item
            _save(one)
            record(verb="comment_to_meeting", thing=one, actor=actor, after={"item": item.title})
    _name_comments(item, fresh)
    return item


def _item(consultation: Consultation, meeting: Meeting, actor: Any) -> AgendaItem:
    about = ContentType.objects.get_for_model(Consultation)
    standing = AgendaItem.objects.filter(
        meeting=meeting, state__in=ALIVE, ties__content_type=about, ties__object_id=consultation.pk
    ).first()
    if standing is not None:
        return standing
    return agenda_actions.item_propose(
        meeting=meeting,
        title=f"Vypořádání připomínek: {consultation.title}",
        sort=AgendaItem.Sort.DECISION,
        about=consultation,
        words=consultation.title,
        address=reverse("consult:register", args=[consultation.slug]),
        actor=actor,
    )


def _name_comments(item: AgendaItem, consultation: Consultation) -> None:
    """The item says which comments it is about; the text is ours, made anew whenever one is added."""
    rows = list(Comment.objects.filter(item=item, consultation=consultation).select_related("paragraph"))
    lines = [
        f"- č. {one.number}{f' (odstavec {one.paragraph.label})' if one.paragraph else ''}"
        + (f", návrh: {one.get_proposed_decision_display()}" if one.proposed_decision else "")
        for one in rows[:NAMED_IN_ITEM]
    ]
    more = len(rows) - NAMED_IN_ITEM
    if more > 0:
        lines.append(f"- a {more} dalších v registru")
    item.text = "\n".join(["Připomínky:", *lines])
    AgendaItem.objects.filter(pk=item.pk).update(text=item.text)
