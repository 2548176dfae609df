"""Every write of upkeep: propose, withdraw, approve, return; standings and what waits."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from django.core.exceptions import ObjectDoesNotExist, PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from portal.audit.actions import record
from portal.audit.models import Deed
from portal.catalogue import actions as catalogue
from portal.catalogue import drafts
from portal.catalogue.actions import Stale
from portal.catalogue.drafts import Draft
from portal.catalogue.models import Kind, Provider, Service
from portal.files import actions as files

from . import letters, policy, proposed, rules
from .models import Proposal, PublishRule, Standing

State, Sort = Proposal.State, Proposal.Sort


# --- what providers propose ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Saved:
    """What became of one save: fields that are public already, and the proposal of the rest."""

    written: list[str]
    proposal: Proposal | None


@transaction.atomic
def propose(*, service: Service, draft: Draft, seen: str, actor: Any, note: str = "") -> Saved:
    """Keep what somebody says of the card: some fields at once, the others as a proposal in place of the one that
    waited. `seen` is the fingerprint of the draft that the form showed (stored, with what waits laid over it)."""
    if not rules.may_keep(actor, service):
        raise PermissionDenied
    service = _locked_service(service)
    stored, pending = drafts.read(service), _pending(service, Sort.CHANGE)
    shown = proposed.with_pending(stored, pending)
    if shown.fingerprint != seen:
        raise Stale(shown)
    wanted = proposed.of_provider(service, stored, draft)
    stored, hidden = _hide(service, stored, wanted, actor)
    if hidden and pending is not None:
        pending.refresh_from_db()  # it has forgotten the address
    names = drafts.changed(stored, wanted)
    waits = policy.waiting_fields(service.provider)
    at_once = [name for name in names if name not in waits]
    if at_once:
        catalogue.service_write(service=service, draft=wanted, names=at_once, actor=actor)
    later = [name for name in names if name in waits]
    proposal = _propose_rest(service, pending, stored, wanted, later, seen=seen, actor=actor, note=note)
    return Saved([*hidden, *at_once], proposal)


def _hide(service: Service, stored: Draft, wanted: Draft, actor: Any) -> tuple[Draft, list[str]]:
    """An address that becomes secret does so at once, before anything of it is kept elsewhere."""
    hidden = proposed.hidden_at_once(stored, wanted)
    if hidden is None:
        return stored, []
    catalogue.service_write(service=service, draft=hidden, names=["places"], actor=actor)
    for waiting in Proposal.objects.filter(service=service):
        _forget_addresses(waiting, hidden)
    return drafts.read(service), ["places"]


def _propose_rest(
    service: Service,
    pending: Proposal | None,
    stored: Draft,
    wanted: Draft,
    names: list[str],
    *,
    seen: str,
    actor: Any,
    note: str,
) -> Proposal | None:
    before, after = proposed.plain(stored, names), proposed.plain(wanted, names)
    if pending is not None:
        if pending.after == after and (not note or note == pending.note):
            return pending
        # What the author has not touched again was proposed over an older card: the conflict must not be lost.
        before |= {name: pending.before[name] for name in names if pending.after.get(name) == after[name]}
        _move(pending, State.SUPERSEDED if names else State.WITHDRAWN)
        if not names:
            record(verb="change_withdrawn", thing=service, actor=actor, after={"proposal": pending.pk})
    if not names:
        return None
    proposal = Proposal.objects.create(
        service=service,
        provider=service.provider,
        author=actor,
        note=note,
        fields=names,
        before=before,
        after=after,
        seen=seen,
    )
    files.attach_keys(keys=proposed.files(Draft(), proposal), thing=proposal)
    record(verb="change_proposed", thing=service, actor=actor, after={"proposal": proposal.pk, "fields": names})
    return proposal


@transaction.atomic
def propose_new(*, provider: Provider, draft: Draft, actor: Any, note: str = "") -> Proposal:
    """A new accompanying service of the provider. It enters the catalogue when somebody approves it."""
    if not rules.may_act_for(actor, provider):
        raise PermissionDenied
    kind = Kind.objects.filter(key=draft.kind).first()
    if kind is None or kind.registered:
        raise ValidationError("Registrovanou službu sem přinese registr. Navrhnout můžete návaznou službu.")
    draft = _of(provider, draft)
    names = [*dict.fromkeys(["name", "kind", *drafts.changed(Draft(provider=provider.name, ico=draft.ico), draft)])]
    proposal = Proposal.objects.create(
        sort=Sort.NEW, provider=provider, author=actor, note=note, fields=names, after=proposed.plain(draft, names)
    )
    files.attach_keys(keys=proposed.files(Draft(), proposal), thing=proposal)
    record(verb="service_proposed", thing=provider, actor=actor, after={"proposal": proposal.pk, "name": draft.name})
    return proposal


def _of(provider: Provider, draft: Draft) -> Draft:
    return replace(draft, provider=provider.name, ico=provider.ico or "", verified_on=None, verified_by="")


@transaction.atomic
def propose_end(*, service: Service, day: date, actor: Any, note: str = "") -> Proposal:
    """The accompanying service ends on `day`. Of a registered one the register says it."""
    if not rules.may_keep(actor, service):
        raise PermissionDenied
    service = _locked_service(service)
    if drafts.is_imported(service):
        raise ValidationError("Konec téhle služby určuje registr, ze kterého ji bereme.")
    if service.ended_on is not None:
        raise ValidationError("Konec služby už je zapsaný.")
    if service.started_on is not None and day < service.started_on:
        raise ValidationError("Služba nemůže skončit dřív, než začala.")
    pending = _pending(service, Sort.END)
    if pending is not None:
        _move(pending, State.SUPERSEDED)
    proposal = Proposal.objects.create(
        sort=Sort.END,
        service=service,
        provider=service.provider,
        author=actor,
        note=note,
        fields=["ended_on"],
        before={"ended_on": None},
        after={"ended_on": day.isoformat()},
    )
    record(verb="end_proposed", thing=service, actor=actor, after={"proposal": proposal.pk, "ended_on": day})
    return proposal


@transaction.atomic
def withdraw(*, proposal: Proposal, actor: Any) -> Proposal:
    """Whoever acts for the provider takes the proposal back before anybody decides."""
    if not rules.may_withdraw(actor, proposal):
        raise PermissionDenied
    proposal = _waiting(proposal)
    _move(proposal, State.WITHDRAWN)
    record(verb="change_withdrawn", thing=_about(proposal), actor=actor, after={"proposal": proposal.pk})
    return proposal


# --- what approvers decide -------------------------------------------------------------------------------------


class Decided(ValidationError):
    """Somebody else was first."""

    def __init__(self, proposal: Proposal) -> None:
        who = f" ({proposal.decided_by})" if proposal.decided_by else ""
        when = timezone.localtime(proposal.decided_at) if proposal.decided_at else None
        day = f" {when.day}. {when.month}. v {when.hour}.{when.minute:02}" if when else ""
        super().__init__(f"O tomhle návrhu už je rozhodnuto{day}{who}: {proposal.get_state_display()}.")


@transaction.atomic
def approve(
    *,
    proposal: Proposal,
    actor: Any,
    seen: str = "",
    names: Collection[str] | None = None,
    corrected: Draft | None = None,
    reason: str = "",
) -> Proposal:
    """Publish what is proposed: all of it, the chosen fields, or what the approver made of it (`corrected`).

    `seen` is the fingerprint of the stored draft that the approver looked at. Without it (in bulk, unseen) a
    proposal whose field somebody changed meanwhile is refused."""
    if not rules.may_decide(actor, proposal):
        raise PermissionDenied
    proposal = _waiting(proposal)
    chosen = [name for name in proposal.fields if names is None or name in names]
    if not chosen:
        raise ValidationError("Vyberte aspoň jeden údaj, nebo návrh vraťte.")
    partly = len(chosen) < len(proposal.fields)
    if partly and not reason.strip():
        raise ValidationError("Napište, proč neschvalujete všechno.")
    try:
        proposal.written = PUBLISH[Sort(proposal.sort)](proposal, Wish(chosen, corrected, seen), actor)
    except ObjectDoesNotExist as problem:
        raise ValidationError("Návrh mluví o něčem, co už v číselnících není. Opravte ho, nebo ho vraťte.") from problem
    _decide(proposal, State.PARTLY if partly else State.APPROVED, actor, reason)
    record(
        verb="change_partly_approved" if partly else "change_approved",
        thing=_about(proposal),
        actor=actor,
        after={"proposal": proposal.pk, "fields": chosen},
    )
    letters.decided(proposal)
    return proposal


@dataclass(frozen=True, slots=True)
class Wish:
    """What the approver wants of a proposal: which fields, corrected how, having seen which card."""

    names: list[str]
    corrected: Draft | None
    seen: str


def _publish_change(proposal: Proposal, wish: Wish, actor: Any) -> dict[str, Any]:
    service = _locked_service(proposal.service)
    stored = drafts.read(service)
    if wish.seen and stored.fingerprint != wish.seen:
        raise Stale(stored)
    if not wish.seen and proposed.conflicts(stored, proposal):
        raise ValidationError("Kartu mezitím změnil někdo jiný. Otevřete návrh a podívejte se na rozdíly.")
    wanted = wish.corrected or proposed.laid_over(stored, proposal.after)
    # Who corrects has the whole form before them: what else they mend on the way is written too.
    names = wish.names if wish.corrected is None else drafts.changed(stored, wanted)
    catalogue.service_write(service=service, draft=wanted, names=names, actor=actor)
    return proposed.plain(drafts.read(service), wish.names)


def _publish_new(proposal: Proposal, wish: Wish, actor: Any) -> dict[str, Any]:
    wanted = wish.corrected or drafts.from_json({name: proposal.after[name] for name in wish.names})
    if not wanted.name or not wanted.kind:
        raise ValidationError("Bez názvu a druhu službu založit nejde.")
    service = catalogue.service_add(draft=_of(proposal.provider, wanted), actor=actor)
    proposal.service = catalogue.service_publish(service=service, actor=actor)
    return proposed.plain(drafts.read(service), wish.names)


def _publish_end(proposal: Proposal, _: Wish, actor: Any) -> dict[str, Any]:
    day = date.fromisoformat(proposal.after["ended_on"])
    catalogue.service_end(service=_locked_service(proposal.service), day=day, actor=actor)
    return dict(proposal.after)


PUBLISH: dict[str, Callable[[Proposal, Wish, Any], dict[str, Any]]] = {
    Sort.CHANGE: _publish_change,
    Sort.NEW: _publish_new,
    Sort.END: _publish_end,
}


@transaction.atomic
def return_(*, proposal: Proposal, reason: str, actor: Any) -> Proposal:
    """Back to the author with a reason; the card stays as it is."""
    if not rules.may_decide(actor, proposal):
        raise PermissionDenied
    if not reason.strip():
        raise ValidationError("Napište, co je potřeba opravit.")
    proposal = _waiting(proposal)
    _decide(proposal, State.RETURNED, actor, reason)
    record(verb="change_returned", thing=_about(proposal), actor=actor, after={"proposal": proposal.pk})
    letters.decided(proposal)
    return proposal


@dataclass(slots=True)
class Bulk:
    """What became of many: those approved, and those that were not with the reason."""

    approved: list[Proposal] = field(default_factory=list)
    refused: list[tuple[Proposal, str]] = field(default_factory=list)


def approve_many(*, proposals: Iterable[Proposal], actor: Any) -> Bulk:
    """Each for itself: one that cannot be approved unseen stays waiting and stops nobody."""
    bulk = Bulk()
    for proposal in proposals:
        try:
            bulk.approved.append(approve(proposal=proposal, actor=actor))
        except ValidationError as refusal:
            bulk.refused.append((proposal, " ".join(refusal.messages)))
    return bulk


# --- standings and what waits ----------------------------------------------------------------------------------

# What the journal calls the standings.
LEVELS = {str(key): str(word) for key, word in Standing.Level.choices}


@transaction.atomic
def set_standing(*, provider: Provider, level: str, actor: Any, restores: Deed | None = None) -> None:
    if not rules.may_look_after(actor, provider):
        raise PermissionDenied
    before = policy.level_of(provider)
    if before != level:
        Standing.objects.update_or_create(provider=provider, defaults={"level": Standing.Level(level)})
        record(
            verb="standing_changed",
            thing=provider,
            actor=actor,
            before={"level": before},
            after={"level": level},
            names=LEVELS,
            restores=restores,
        )


@transaction.atomic
def set_rules(*, waits: Mapping[tuple[str, str], bool], actor: Any, restores: Deed | None = None) -> int:
    """Say for pairs (standing, field) whether a change waits; how many changed."""
    if not rules.may_set_rules(actor):
        raise PermissionDenied
    now = policy.table()
    changed = {pair: answer for pair, answer in waits.items() if pair in now and now[pair] != answer}
    for (level, name), answer in changed.items():
        row, _ = PublishRule.objects.update_or_create(level=level, field=name, defaults={"waits": answer})
        before = {"waits": not answer}
        after = {"waits": answer}
        record(verb="publish_rule_changed", thing=row, actor=actor, before=before, after=after, restores=restores)
    return len(changed)


# --- rows ------------------------------------------------------------------------------------------------------


def _locked_service(service: Service | None) -> Service:
    if service is None:
        raise ValidationError("Služba už v katalogu není.")
    related = ("kind", "provider")
    return Service.objects.select_for_update(of=("self",)).select_related(*related).get(pk=service.pk)


def _pending(service: Service, sort: str) -> Proposal | None:
    return Proposal.objects.waiting().select_for_update().filter(service=service, sort=sort).first()


def _waiting(proposal: Proposal) -> Proposal:
    """The row locked; refuses one that somebody has decided meanwhile."""
    Proposal.objects.select_for_update().get(pk=proposal.pk)
    row = Proposal.objects.with_names().get(pk=proposal.pk)
    if not row.is_waiting:
        raise Decided(row)
    return row


def _move(proposal: Proposal, state: str) -> None:
    if not proposal.may_become(state):
        raise ValidationError("Tohle s návrhem v jeho stavu udělat nejde.")
    proposal.state = state
    proposal.save(update_fields=["state", "service", "written", "reason", "decided_by", "decided_at"])
    files.release_of(thing=proposal)  # those that were published are the service's by now


def _decide(proposal: Proposal, state: str, actor: Any, reason: str) -> None:
    proposal.reason, proposal.decided_by, proposal.decided_at = reason.strip(), actor, timezone.now()
    _move(proposal, state)


def _about(proposal: Proposal) -> Service | Provider:
    return proposal.service or proposal.provider


def _forget_addresses(proposal: Proposal, stored: Draft) -> None:
    """A proposal written while the address was public must not keep it."""
    secret = {place.id for place in stored.places if place.secret}
    blanked = [_blank(getattr(proposal, name), secret) for name in ("before", "after", "written")]
    if any(blanked):
        proposal.save()


def _blank(plain: dict[str, Any], secret: set[int | None]) -> bool:
    places = plain.get("places", [])
    kept = [{"id": one["id"], "secret": True} if one["id"] in secret else one for one in places]
    if kept == places:
        return False
    plain["places"] = kept
    return True


def forget_secret_addresses() -> int:
    """Proposals that still keep an address which is secret now: the register or the desk made it so. Nightly."""
    count = 0
    with_secret = Service.objects.filter(facilities__secret=True, facilities__vanished_at=None).distinct()
    for proposal in Proposal.objects.filter(service__in=with_secret).select_related(
        "service__kind", "service__provider"
    ):
        if proposal.service is not None:
            _forget_addresses(proposal, drafts.read(proposal.service))
            count += 1
    return count


def proposals_told(*, but: Iterable[int] = ()) -> None:
    """Approvers have been told of all that is new, except of proposals by these numbers."""
    Proposal.objects.untold().exclude(pk__in=but).update(told_at=timezone.now())
