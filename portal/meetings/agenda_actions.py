"""Every write of the agenda: propose, approve, decline, change, order, papers, ties."""

from __future__ import annotations

from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.db.models import F, Max
from django.utils import timezone

from portal.audit.actions import record
from portal.audit.models import Deed
from portal.documents import rules as document_rules
from portal.documents.models import Document
from portal.groups.actions import choice_names
from portal.mail.actions import write

from . import happenings, procedures, rules
from .models import AgendaItem, ItemPaper, ItemTie, Meeting
from .when import day_in_words, in_words

State = AgendaItem.State
OF_ITEM = ("title", "text", "sort", "minutes", "leader")
# Meetings whose agenda still changes; what is said of the others.
OPEN = (Meeting.State.PLANNED, Meeting.State.CALLED, Meeting.State.RUNNING)
SHUT = "Program tohohle jednání se už nemění."


class StaleItem(Exception):
    """Somebody else saved the item meanwhile; `stored` is what stands there now. Nothing was written."""

    def __init__(self, stored: AgendaItem) -> None:
        super().__init__("Bod mezitím uložil někdo jiný.")
        self.stored = stored


def _open(meeting: Meeting) -> Meeting:
    meeting = Meeting.objects.select_for_update(of=("self",)).select_related("group").get(pk=meeting.pk)
    if meeting.state not in OPEN:
        raise ValidationError(SHUT)
    return meeting


def _run(actor: Any, item: AgendaItem) -> AgendaItem:
    if not rules.may_run(actor, item.meeting):
        raise PermissionDenied
    meeting = _open(item.meeting)
    item = AgendaItem.objects.select_for_update(of=("self",)).select_related("proposed_by").get(pk=item.pk)
    item.meeting = meeting
    return item


def _touch(meeting: Meeting) -> None:
    """The agenda is part of what calendars tell of the meeting."""
    Meeting.objects.filter(pk=meeting.pk).update(changed_at=timezone.now())


def _own_proposal(actor: Any, item: AgendaItem) -> bool:
    """A proposal that its author may still work on."""
    return item.state == State.PROPOSED and item.proposed_by_id is not None and item.proposed_by_id == actor.pk


def may_work_on(actor: Any, item: AgendaItem) -> bool:
    """Change an item, its papers and ties: its author until it is settled, then whoever runs the meeting."""
    return _own_proposal(actor, item) or rules.may_run(actor, item.meeting)


@transaction.atomic
def item_propose(
    *,
    meeting: Meeting,
    title: str,
    text: str = "",
    sort: str = AgendaItem.Sort.DISCUSSION,
    about: models.Model | None = None,
    words: str = "",
    address: str = "",
    actor: Any,
    minutes: int | None = None,
    leader: str = "",
    first: bool = False,
) -> AgendaItem:
    """An item for a meeting, `about` a thing if there is one (told by `words`, read at `address`). On the agenda at
    once when the actor runs the meeting or when the portal itself proposes it (`actor` None, for apps above); else a
    member's proposal, taken until the deadline of the body. `first` puts it before all others."""
    approved = actor is None or rules.may_run(actor, meeting)
    if not approved and not rules.may_propose_item(actor, meeting):
        raise PermissionDenied
    meeting = _open(meeting)
    if not title.strip():
        raise ValidationError({"title": "Napište název bodu."})
    if not approved and (late := too_late(meeting)):
        raise ValidationError(late)
    last = AgendaItem.objects.filter(meeting=meeting).aggregate(last=Max("order"))["last"] or 0
    if first:
        AgendaItem.objects.filter(meeting=meeting).update(order=F("order") + 1)
    item = AgendaItem.objects.create(
        meeting=meeting,
        order=1 if first else last + 1,
        title=title.strip()[:300],
        text=text.strip(),
        sort=sort,
        minutes=minutes,
        leader=leader.strip()[:150],
        state=State.APPROVED if approved else State.PROPOSED,
        proposed_by=actor,
        proposed_name=str(actor)[:150] if actor else "",
    )
    if about is not None:
        _tie(item, about, words, address)
    if approved:
        _touch(meeting)
    record(verb="item_added" if approved else "item_proposed", thing=item, actor=actor, after={"title": item.title})
    return item


def too_late(meeting: Meeting) -> str:
    """Why a member can propose nothing now; empty while they can."""
    term = procedures.terms_of(meeting).agenda
    if timezone.localdate() <= term:
        return ""
    return f"Body se navrhovaly do: {day_in_words(term)}. Řekněte si o bod vedoucímu skupiny."


@transaction.atomic
def item_approve(*, item: AgendaItem, actor: Any) -> AgendaItem:
    item = _run(actor, item)
    if item.state == State.APPROVED:
        return item
    before = item.get_state_display()
    item.state, item.declined_reason, item.version = State.APPROVED, "", item.version + 1
    item.save()
    _touch(item.meeting)
    record(verb="item_approved", thing=item, actor=actor, before={"state": before}, after={"state": "na programu"})
    _tell_author(item, actor, "meetings/letters/item_approved.txt")
    return item


@transaction.atomic
def item_decline(*, item: AgendaItem, reason: str, actor: Any) -> AgendaItem:
    """Not on the agenda, of a proposal as well as of what stood there; the author learns why."""
    item = _run(actor, item)
    if not reason.strip():
        raise ValidationError({"reason": "Napište, proč bod na programu není. Dozví se to, kdo ho navrhl."})
    before = item.get_state_display()
    item.state, item.declined_reason, item.version = State.DECLINED, reason.strip()[:300], item.version + 1
    item.save()
    _touch(item.meeting)
    after = {"state": item.get_state_display(), "reason": item.declined_reason}
    record(verb="item_declined", thing=item, actor=actor, before={"state": before}, after=after)
    _tell_author(item, actor, "meetings/letters/item_declined.txt")
    return item


def _tell_author(item: AgendaItem, actor: Any, letter: str) -> None:
    author = item.proposed_by
    if author is None or author.pk == getattr(actor, "pk", None) or not author.is_active:
        return
    meeting = item.meeting
    write(
        template=letter,
        to=author.email,
        name=author.name,
        context={
            "item": item.title,
            "title": str(meeting),
            "when": in_words(meeting.starts_at, meeting.ends_at),
            "reason": item.declined_reason,
            "page": happenings.address(meeting),
        },
        about=meeting,
    )


@transaction.atomic
def item_change(*, item: AgendaItem, seen: int, actor: Any, restores: Deed | None = None, **values: Any) -> AgendaItem:
    """Values of OF_ITEM, by whoever runs the meeting, or by the author of a proposal nobody settled yet."""
    if not may_work_on(actor, item):
        raise PermissionDenied
    meeting = _open(item.meeting)
    item = AgendaItem.objects.select_for_update().get(pk=item.pk)
    if item.version != seen:
        raise StaleItem(item)
    before = {name: getattr(item, name) for name in OF_ITEM if name in values}
    for name in before:
        setattr(item, name, values[name])
    if not item.title.strip():
        raise ValidationError({"title": "Napište název bodu."})
    changed = [name for name in before if before[name] != getattr(item, name)]
    if changed:
        item.version += 1
        item.save()
        _touch(meeting)
        told = {name: before[name] for name in changed}, {name: getattr(item, name) for name in changed}
        names = choice_names(AgendaItem, *told)
        record(
            verb="item_changed",
            thing=item,
            actor=actor,
            before=told[0],
            after=told[1],
            names=names,
            restores=restores,
        )
    return item


@transaction.atomic
def item_order(*, item: AgendaItem, by: int, actor: Any) -> AgendaItem:
    """So many places down (minus: up) among the items on the agenda; past the ends it stays at them."""
    item = _run(actor, item)
    rows = list(AgendaItem.objects.filter(meeting=item.meeting).select_for_update())
    agenda = [one for one in rows if one.state == State.APPROVED]
    if item not in agenda:
        raise ValidationError("Pořadí mají jen body, které jsou na programu.")
    at = agenda.index(item)
    to = max(0, min(len(agenda) - 1, at + by))
    if to != at:
        agenda.insert(to, agenda.pop(at))
        others = [one for one in rows if one.state != State.APPROVED]
        for place, one in enumerate([*agenda, *others], 1):
            one.order = place
        AgendaItem.objects.bulk_update(rows, ["order"])
        _touch(item.meeting)
        record(verb="item_moved", thing=item, actor=actor, before={"order": at + 1}, after={"order": to + 1})
    return next(one for one in rows if one.pk == item.pk)


# --- what an item is about, and its papers -----------------------------------------------------------------------


def _tie(item: AgendaItem, about: models.Model, words: str, address: str) -> ItemTie:
    kind = ContentType.objects.get_for_model(about)
    tie, _made = ItemTie.objects.get_or_create(
        item=item,
        content_type=kind,
        object_id=about.pk,
        defaults={"words": (words or str(about))[:300], "address": address[:300]},
    )
    return tie


def _own(actor: Any, item: AgendaItem) -> None:
    if not may_work_on(actor, item):
        raise PermissionDenied
    _open(item.meeting)


@transaction.atomic
def tie_add(*, item: AgendaItem, about: models.Model, words: str, address: str, actor: Any) -> ItemTie:
    _own(actor, item)
    tie = _tie(item, about, words, address)
    record(verb="item_tied", thing=item, actor=actor, after={"about": tie.words})
    return tie


@transaction.atomic
def tie_remove(*, tie: ItemTie, actor: Any) -> None:
    _own(actor, tie.item)
    record(verb="item_untied", thing=tie.item, actor=actor, before={"about": tie.words})
    tie.delete()


@transaction.atomic
def paper_add(*, item: AgendaItem, document: Document, actor: Any) -> ItemPaper:
    """A document that the actor may read; who else reads it follows from the document alone."""
    _own(actor, item)
    if not document_rules.may_read_document(actor, document):
        raise PermissionDenied
    paper, made = ItemPaper.objects.get_or_create(item=item, document=document)
    if made:
        record(verb="item_paper_added", thing=item, actor=actor, after={"document": document.title})
    return paper


@transaction.atomic
def paper_remove(*, paper: ItemPaper, actor: Any) -> None:
    _own(actor, paper.item)
    record(verb="item_paper_removed", thing=paper.item, actor=actor, before={"document": paper.document.title})
    paper.delete()
