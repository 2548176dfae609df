"""Every write of the registers: tasks and decisions across all meetings."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core import signing
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.db.models import F
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date

from portal.audit.actions import record
from portal.audit.models import Deed
from portal.groups.models import Group, Membership
from portal.meetings.agenda_actions import item_propose
from portal.meetings.models import AgendaItem, ItemTie, Meeting

from . import rules
from .models import Decision, Minutes, Task

SALT = "portal.minutes.task"
# Before the number of a member where the journal names one.
MEMBER = "member:"
CHECK = "Kontrola úkolů z minula"


class Stale(Exception):
    """Somebody else saved the task meanwhile; `stored` is what stands there now. Nothing was written."""

    def __init__(self, stored: Task) -> None:
        super().__init__("Úkol mezitím změnil někdo jiný.")
        self.stored = stored


def _locked(task: Task) -> Task:
    rows = Task.objects.select_for_update(of=("self",)).select_related("group", "membership", "minutes__meeting__group")
    return rows.get(pk=task.pk)


def told(task: Task) -> dict[str, Any]:
    return {
        "what": task.what,
        "who": task.who,
        "task_of": f"{MEMBER}{task.membership_id}" if task.membership_id else "",
        "until": task.until,
        "state": task.get_state_display(),
        "evidence": task.evidence,
    }


def names_in(*values: Mapping[str, Any]) -> dict[str, str]:
    """Names of members whose tasks the values tell of, by the journal's keys."""
    keys = [int(one["task_of"].removeprefix(MEMBER)) for one in values if one.get("task_of")]
    return {f"{MEMBER}{pk}": one.name for pk, one in Membership.objects.in_bulk(keys).items()}


def _save(task: Task, before: dict[str, Any], actor: Any, restores: Deed | None = None) -> None:
    task.version += 1
    task.save()
    after = told(task)
    names = names_in(before, after)
    record(verb="task_changed", thing=task, actor=actor, before=before, after=after, names=names, restores=restores)


@transaction.atomic
def task_change(
    *, task: Task, what: str, who: str, membership: Membership | None, until: date | None, seen: int, actor: Any
) -> Task:
    """Another word, another person, another day. A new day begins the reminders anew."""
    stored = _changeable(task, seen, actor)
    before = told(stored)
    _reword(stored, what, who, membership, until)
    if told(stored) != before:
        _save(stored, before, actor)
    return stored


def _changeable(task: Task, seen: int, actor: Any) -> Task:
    stored = _locked(task)
    if not rules.may_write(actor, stored.minutes.meeting):
        raise PermissionDenied
    if stored.version != seen:
        raise Stale(stored)
    return stored


def _reword(task: Task, what: str, who: str, membership: Membership | None, until: date | None) -> None:
    if not what.strip():
        raise ValidationError({"what": "Napište, co je potřeba udělat."})
    if membership is not None and membership.group_id != task.group_id:
        raise ValidationError({"membership": "Ten člověk není v téhle skupině."})
    task.what, task.membership = what.strip(), membership
    task.who = who.strip()[:200] or (membership.name if membership else "")
    if until != task.until:
        task.until, task.reminded_on, task.late_told_on = until, None, None


@transaction.atomic
def task_restore(*, task: Task, deed: Deed, seen: int, actor: Any) -> Task:
    """The words, the person, the day and the state from before the deed, by the same rules."""
    stored, former = _changeable(task, seen, actor), deed.before
    before = told(stored)
    membership = None
    if former["task_of"]:
        membership = Membership.objects.filter(pk=former["task_of"].removeprefix(MEMBER)).first()
        if membership is None:
            raise ValidationError("Komu úkol patřil, už ve skupině není. Vyberte na stránce úkolu někoho jiného.")
    wanted = next((value for value, word in Task.State.choices if word == former["state"]), None)
    if wanted is None:
        raise ValidationError("Takový stav úkoly už nemají. Obnovit to proto nejde.")
    _reword(stored, former["what"], former["who"], membership, parse_date(former["until"] or ""))
    if wanted != stored.state:
        _close(stored, Task.State(wanted), former["evidence"])
    stored.evidence = former["evidence"]
    if told(stored) != before:
        _save(stored, before, actor, restores=deed)
    return stored


@transaction.atomic
def task_close(*, task: Task, state: str, evidence: str, actor: Any) -> Task:
    """Done (with what shows it), cancelled (with why), or open again."""
    stored = _locked(task)
    if not rules.may_keep_task(actor, stored):
        raise PermissionDenied
    if state != Task.State.DONE and not rules.may_write(actor, stored.minutes.meeting):
        raise PermissionDenied
    return _closed(stored, state, evidence, actor)


@transaction.atomic
def task_done_by_link(*, task: Task, evidence: str) -> Task:
    """Whoever holds the link of a letter says that the task is done."""
    return _closed(_locked(task), Task.State.DONE, evidence, None)


def _closed(stored: Task, state: str, evidence: str, actor: Any) -> Task:
    before = told(stored)
    _close(stored, Task.State(state), evidence)
    _save(stored, before, actor)
    return stored


def _close(stored: Task, wanted: Task.State, evidence: str) -> None:
    if wanted == Task.State.OPEN and stored.state == Task.State.OPEN:
        raise ValidationError("Úkol už je otevřený.")
    if Task.State.OPEN not in (wanted, stored.state):
        raise ValidationError("Úkol už je uzavřený.")
    if wanted != Task.State.OPEN and not evidence.strip():
        said = "co je hotovo a podle čeho se to pozná" if wanted == Task.State.DONE else "proč se ruší"
        raise ValidationError({"evidence": f"Napište, {said}."})
    stored.state = wanted
    stored.evidence = evidence.strip() or stored.evidence
    stored.closed_at = None if wanted == Task.State.OPEN else timezone.now()


def token(task: Task) -> str:
    return signing.dumps([task.pk, task.membership_id], salt=SALT)


def read_token(text: str) -> Task | None:
    """The task of a link, as long as it is still the reader's."""
    try:
        pk, member = signing.loads(text, salt=SALT)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    rows = Task.objects.given().select_related("group", "membership", "minutes__meeting__group")
    return rows.filter(pk=pk, membership=member).first()


# --- the next agenda -----------------------------------------------------------------------------------------------


@transaction.atomic
def carry(*, group: Group) -> bool:
    """Put the check of open tasks first on the agenda of the body's next meeting: once for each meeting, and only
    while it waits. Whether the agenda changed."""
    waiting = (Meeting.State.PLANNED, Meeting.State.CALLED)
    coming = Meeting.objects.filter(group=group, state__in=waiting, starts_at__gt=timezone.now()).order_by("starts_at")
    meeting = coming.select_related("group").first()
    going_on = Task.objects.open().given().filter(group=group)
    newest = going_on.select_related("minutes__meeting__group").order_by("-minutes__meeting__starts_at").first()
    if meeting is None or newest is None or checked_at(meeting).exists():
        return False
    item_propose(
        meeting=meeting,
        title=CHECK,
        text="Co se povedlo, co trvá a co se ruší.",
        sort=AgendaItem.Sort.INFORMATION,
        about=newest.minutes,
        words=newest.minutes.name,
        address=reverse("minutes:public_group", args=[group.slug]),
        first=True,
        actor=None,
    )
    going_on.update(carried=F("carried") + 1)
    return True


def checked_at(meeting: Meeting) -> models.QuerySet[ItemTie]:
    """Items of the meeting's agenda that are the check of tasks."""
    kind = ContentType.objects.get_for_model(Minutes)
    return ItemTie.objects.filter(item__meeting=meeting, content_type=kind)


# --- decisions -----------------------------------------------------------------------------------------------------


@transaction.atomic
def decision_withdraw(*, decision: Decision, reason: str, actor: Any) -> Decision:
    """The decision no longer holds; its number stays with it."""
    stored = Decision.objects.select_for_update(of=("self",)).select_related("group").get(pk=decision.pk)
    if not rules.may_withdraw_decision(actor, stored.group):
        raise PermissionDenied
    if stored.withdrawn_at is not None:
        raise ValidationError("Usnesení už je zrušené.")
    if not reason.strip():
        raise ValidationError({"reason": "Napište, proč usnesení neplatí, třeba které usnesení ho zrušilo."})
    stored.withdrawn_at, stored.withdrawn_reason = timezone.now(), reason.strip()[:300]
    stored.version += 1
    stored.save()
    record(verb="decision_withdrawn", thing=stored, actor=actor, after={"reason": stored.withdrawn_reason})
    return stored
