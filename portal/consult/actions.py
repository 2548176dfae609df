"""Writes of consultations: preparing, announcing, cancelling, closing. Comments have comment_actions.py, their
settlement settling.py; what belongs to a consultation is written only while its row is `held`."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify

from portal.audit.actions import record
from portal.audit.models import Deed
from portal.documents.rules import may_edit_document
from portal.editions import actions as editions
from portal.editions.capture import captured
from portal.editions.models import Edition
from portal.files import actions as files
from portal.plan.actions import plan_move
from portal.plan.models import Plan
from portal.plan.rules import may_edit_plan

from . import annex_papers, journal, network, rules, telling, terms, texts
from .models import Comment, Consultation
from .texts import Source

OF_SPAN = ("span_kind", "span_code", "span_name")
OF_SOURCE = tuple(str(one) for one in Source)
OF_TERMS = ("opens_at", "closes_at", "hearing", "short_reason", "printed_at")
OF_RULES = ("who", "showing", "email_needed", "name_needed", "reason_needed", "decides")
OF_CONSULTATION = ("title", "about", *OF_SPAN, *OF_SOURCE, *OF_TERMS, *OF_RULES)
# What may change once people were told; the end of comments only to a later day.
AFTER_ANNOUNCING = ("about", "closes_at", "hearing", "short_reason", "printed_at", "showing", "decides")
# Words that stand where the slug of a consultation would in addresses.
RESERVED = {"nove", "moje", "potvrzeni", "deska", "pridelene"}
STALE = "Mezitím to upravil někdo jiný. Podívejte se, co se změnilo, a uložte to znovu."


class Stale(ValidationError):
    """Somebody saved the same row meanwhile."""

    def __init__(self) -> None:
        super().__init__(STALE)


class Unsettled(ValidationError):
    """The consultation cannot close: these of its comments are not done."""

    def __init__(self, comments: list[Comment]) -> None:
        super().__init__("Řízení nejde uzavřít, dokud zbývá připomínka bez vypořádání.")
        self.comments = comments


def held(consultation: Consultation) -> Consultation:
    """The row as it is now, locked until the end of the transaction: the one door for whatever is written under a
    consultation, so that the deadline, numbers of comments and their settlement have one order."""
    rows = Consultation.objects.select_for_update(of=("self",)).select_related("hearing", "plan")
    return rows.get(pk=consultation.pk)


def _preparing(consultation: Consultation, actor: Any, seen: int | None) -> Consultation:
    if not rules.may_prepare(actor, consultation):
        raise PermissionDenied
    fresh = held(consultation)
    if seen is not None and fresh.version != seen:
        raise Stale
    return fresh


# --- preparing ---------------------------------------------------------------------------------------------------


@transaction.atomic
def consultation_add(*, actor: Any, upload: UploadedFile[bytes] | None = None, **values: Any) -> Consultation:
    """A new one in preparation; `values` by the names of OF_CONSULTATION, with the territory and one source, which
    may be handed in as a file."""
    made = Consultation(**(values | _handed_in(upload, actor)))
    if not rules.may_prepare(actor, made):
        raise PermissionDenied
    made.slug = _free_slug(made.title)
    _check(made, actor)
    made.save()
    _keep_file(made)
    record(verb="consultation_added", thing=made, actor=actor, after=told(made, ("title", *OF_SOURCE, *OF_TERMS)))
    return made


def _free_slug(title: str) -> str:
    base = slugify(title)[:100].strip("-") or "pripominky"
    if base in RESERVED:
        base = f"rizeni-{base}"
    taken = set(Consultation.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    return next(slug for n in range(1, len(taken) + 2) if (slug := base if n == 1 else f"{base}-{n}") not in taken)


@transaction.atomic
def consultation_change(
    *,
    consultation: Consultation,
    seen: int | None,
    actor: Any,
    upload: UploadedFile[bytes] | None = None,
    restores: Deed | None = None,
    **values: Any,
) -> Consultation:
    """What the consultation says of itself; once announced only AFTER_ANNOUNCING."""
    fresh = _preparing(consultation, actor, seen)
    if fresh.state not in (Consultation.State.PREPARED, Consultation.State.ANNOUNCED):
        raise ValidationError(f"Řízení je {fresh.get_state_display()}, už se nemění.")
    announced = fresh.state == Consultation.State.ANNOUNCED
    if not announced:
        values |= _handed_in(upload, actor)
    names = [name for name in OF_CONSULTATION if name in values]
    (before, words), closes_at, former = journal.told(fresh, names), fresh.closes_at, fresh.file
    stored = {name: getattr(fresh, name) for name in names}
    for name in names:
        if not announced or name in AFTER_ANNOUNCING:
            setattr(fresh, name, values[name])
    _check(fresh, actor)
    if announced:
        _still_fair(fresh, closes_at)
    after, new_words = journal.told(fresh, names)
    changed = [name for name in names if stored[name] != getattr(fresh, name)]
    if changed:
        fresh.version += 1
        fresh.changed_at = timezone.now()
        fresh.save()
        if "file" in changed:
            if former is not None:
                files.release(file=former)
            _keep_file(fresh)
        record(
            verb="consultation_changed",
            thing=fresh,
            actor=actor,
            before={name: before[name] for name in changed},
            after={name: after[name] for name in changed},
            names=words | new_words,
            restores=restores,
        )
    return fresh


def _handed_in(upload: UploadedFile[bytes] | None, actor: Any) -> dict[str, Any]:
    """The file as the one text on view."""
    if upload is None:
        return {}
    kept = files.keep(upload=upload, sort="document", actor=actor, public=False)
    return {str(one): None for one in Source} | {str(Source.FILE): kept}


def told(consultation: Consultation, names: Any) -> dict[str, Any]:
    """Values as the journal tells of a new consultation: other rows by their words."""
    relations = {*OF_SOURCE, "hearing", "decides"}
    values = {name: getattr(consultation, name) for name in names}
    if values.get("network") is not None:
        values["network"] = network.read(values["network"]).words()
    return {name: str(value) if name in relations and value else value for name, value in values.items()}


def _check(consultation: Consultation, actor: Any) -> None:
    """What must hold whatever the state."""
    if not consultation.title.strip():
        raise ValidationError({"title": "Napište, jak se řízení jmenuje."})
    if consultation.chapter is not None:
        consultation.plan = consultation.chapter.plan
    for source in (consultation.edition, consultation.action_plan):
        if source is not None:
            consultation.plan = source.plan
    if consultation.plan is not None and not may_edit_plan(actor, consultation.plan):
        raise PermissionDenied
    if consultation.document is not None and not may_edit_document(actor, consultation.document.document):
        raise PermissionDenied
    if len([one for one in texts.sources_of(consultation) if one != Source.PLAN]) > 1:
        raise ValidationError("Vyberte jen jeden text, ke kterému se lidé vyjádří.")
    if consultation.state == Consultation.State.PREPARED and consultation.network is not None:
        network.check(consultation, timezone.localdate())
    opens, closes = consultation.opens_at, consultation.closes_at
    if opens and closes and closes <= opens:
        raise ValidationError({"closes_at": "Konec připomínek musí být po jejich začátku."})
    hearing = consultation.standing_hearing
    if hearing is not None and opens and hearing.starts_at < opens:
        raise ValidationError({"hearing": "Projednání by bylo dřív, než je návrh k přečtení."})
    if hearing is not None and closes and hearing.ends_at > closes:
        raise ValidationError({"closes_at": "Připomínky musí jít podat ještě po projednání."})


def _still_fair(consultation: Consultation, closed: datetime | None) -> None:
    """People were promised a day; it moves only to a later one, and only while the consultation takes comments."""
    if consultation.closes_at is None or (closed is not None and consultation.closes_at < closed):
        raise ValidationError({"closes_at": "Lhůta je vyhlášená. Prodloužit ji můžete, zkrátit ne."})
    if closed is not None and consultation.closes_at != closed and closed <= timezone.now():
        raise ValidationError({"closes_at": "Lhůta už skončila, prodloužit ji nejde."})
    _terms_or_reason(consultation)


def _keep_file(consultation: Consultation) -> None:
    if consultation.file is not None:
        files.attach(file=consultation.file, thing=consultation, public=rules.is_public(consultation))


# --- announcing --------------------------------------------------------------------------------------------------


def shortcomings(consultation: Consultation) -> list[str]:
    """Where the terms fall short of the method; none while they are not set."""
    if consultation.opens_at is None or consultation.closes_at is None:
        return []
    return terms.shortcomings(
        opens_at=consultation.opens_at,
        closes_at=consultation.closes_at,
        hearing_at=consultation.standing_hearing.starts_at if consultation.standing_hearing else None,
        hearing_needed=texts.is_whole_plan(consultation),
    )


def _terms_or_reason(consultation: Consultation) -> None:
    if not consultation.short_reason.strip() and (short := shortcomings(consultation)):
        raise ValidationError({"short_reason": [*short, "Prodlužte lhůtu, nebo napište, proč je kratší."]})


def missing(consultation: Consultation, now: datetime) -> list[str]:
    """What the consultation still lacks to be announced."""
    lacks = []
    if texts.source_of(consultation) is None:
        lacks.append("Chybí text, ke kterému se lidé mají vyjádřit.")
    if consultation.opens_at is None or consultation.closes_at is None:
        lacks.append("Chybí den, od kdy a do kdy připomínky přijímáte.")
    elif consultation.closes_at <= now:
        lacks.append("Konec připomínek už minul. Nastavte pozdější.")
    if not consultation.short_reason.strip():
        lacks += shortcomings(consultation)
    return lacks


def announce(*, consultation: Consultation, actor: Any) -> Consultation:
    """Freeze the text into paragraphs and let everybody read it. A plan on view gets its edition where it has none
    and from then on says that it is being consulted. ValidationError with all that is missing."""
    if not rules.may_prepare(actor, consultation):
        raise PermissionDenied
    if lacks := missing(consultation, timezone.now()):
        raise ValidationError(lacks)
    # A file is read before the row is locked: it may take seconds.
    read = texts.pieces_of(consultation) if texts.file_of(consultation) else None
    with transaction.atomic():
        fresh = _preparing(consultation, actor, consultation.version)
        _moved(fresh, Consultation.State.ANNOUNCED)
        if lacks := missing(fresh, timezone.now()):
            raise ValidationError(lacks)
        _put_on_view(fresh, actor)
        count = texts.freeze(fresh, read or texts.pieces_of(fresh))
        fresh.announced_at = timezone.now()
        _saved(fresh)
        _keep_file(fresh)
        after = told(fresh, (*OF_SOURCE, *OF_TERMS)) | {"paragraphs": count}
        record(verb="consultation_announced", thing=fresh, actor=actor, after=after)
    return fresh


def _put_on_view(consultation: Consultation, actor: Any) -> None:
    """The edition of the plan is made if there is none, and published; the plan is being consulted."""
    plan = consultation.plan
    if plan is None or not texts.is_whole_plan(consultation):
        return
    consultation.edition = consultation.edition or _of_the_same_words(plan)
    if consultation.edition is None:
        consultation.edition = editions.freeze(
            plan=plan, sort=Edition.Sort.CONSULTATION, name=consultation.title[:150], actor=actor
        )
    if not consultation.edition.public:
        editions.publish(edition=consultation.edition, actor=actor)
    if plan.state == Plan.State.DRAFTING:
        plan_move(plan=plan, to=Plan.State.CONSULTED, actor=actor)


def _of_the_same_words(plan: Plan) -> Edition | None:
    """The latest edition, where the plan has not changed since but for its state: one text needs no second edition."""
    latest = Edition.objects.filter(plan=plan).select_related("plan").order_by("-number").first()
    if latest is None or latest.is_approved:
        return None
    now = captured(plan)
    was = replace(latest.frozen, plan=replace(latest.frozen.plan, state=now.plan.state))
    return latest if was == now else None


def _moved(consultation: Consultation, to: Consultation.State) -> None:
    if to not in Consultation.MOVES[Consultation.State(consultation.state)]:
        raise ValidationError(f"Řízení je {consultation.get_state_display()}. Tohle s ním už nejde.")
    consultation.state = to


def _saved(consultation: Consultation) -> None:
    consultation.version += 1
    consultation.changed_at = timezone.now()
    consultation.save()


# --- the end -----------------------------------------------------------------------------------------------------


@transaction.atomic
def cancel(*, consultation: Consultation, reason: str, actor: Any) -> Consultation:
    """It is not going to be; whoever comes to its page reads why. Comments that came stay where they are."""
    fresh = _preparing(consultation, actor, None)
    if not reason.strip():
        raise ValidationError({"reason": "Napište, proč se řízení ruší. Lidé se ptají."})
    before = {"state": fresh.state}
    _moved(fresh, Consultation.State.CANCELLED)
    fresh.cancelled_reason = reason.strip()[:300]
    _saved(fresh)
    after = {"state": fresh.state, "cancelled_reason": fresh.cancelled_reason}
    record(verb="consultation_cancelled", thing=fresh, actor=actor, before=before, after=after)
    return fresh


def undone(consultation: Consultation) -> list[Comment]:
    """Comments in the way of closing: those nobody has read, those without a decision. What waits for its author to
    confirm the e-mail waits in the register too."""
    return list(
        (consultation.comments.counted().filter(decision="") | consultation.comments.filter(state__in=WAITING))
        .distinct()
        .order_by("number")
    )


WAITING = (Comment.State.UNCONFIRMED, Comment.State.WAITING)


@transaction.atomic
def close(*, consultation: Consultation, actor: Any) -> Consultation:
    """Everything is settled: the settlement is public from now on and an annex of the plan, and whoever left an e-mail
    is told. Unsettled where not."""
    fresh = _preparing(consultation, actor, None)
    now = timezone.now()
    if fresh.state == Consultation.State.ANNOUNCED and fresh.closes_at is not None and now < fresh.closes_at:
        raise ValidationError("Připomínky ještě jdou podat. Řízení uzavřete, až lhůta skončí.")
    _moved(fresh, Consultation.State.CLOSED)
    if comments := undone(fresh):
        raise Unsettled(comments)
    fresh.closed_at = now
    _saved(fresh)
    after = {"closed_at": fresh.closed_at, "comments": fresh.comments.counted().count()}
    record(verb="consultation_closed", thing=fresh, actor=actor, after=after)
    telling.order(consultation=fresh, actor=actor)
    annex_papers.order_at_commit(fresh)
    return fresh
