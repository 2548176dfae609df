"""Every write of editions: freeze, publish, withdraw, throw away a draft, keep a document."""

from __future__ import annotations

import hashlib
from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from portal.audit.actions import record
from portal.files import actions as files
from portal.plan.actions import plan_move
from portal.plan.models import Plan, Resolution

from . import rules
from .capture import captured
from .content import digest, plain
from .models import Edition, EditionFile, EditionLogo, Logo

MOST_LOGOS = 8
NEEDED = {
    Edition.Sort.APPROVED: Resolution.Sort.APPROVAL,
    Edition.Sort.CHANGE: Resolution.Sort.CHANGE,
}


def _may_make(person: Any, plan: Plan) -> None:
    if not rules.may_make_editions(person, plan):
        raise PermissionDenied


@transaction.atomic
def freeze(
    *,
    plan: Plan,
    sort: str,
    name: str,
    resolution: Resolution | None = None,
    actor: Any,
    publicity: str = "",
    made_at: datetime | None = None,
) -> Edition:
    """The plan as it stands now, kept for good. What a body approved needs its resolution (saved with the edition
    where it is new) and is public at once. `made_at` is given where a text of former times is brought in."""
    _may_make(actor, plan)
    plan = Plan.objects.select_for_update().get(pk=plan.pk)
    of = Edition.Sort(sort)
    if of in NEEDED and (resolution is None or resolution.plan_id != plan.pk or resolution.sort != NEEDED[of]):
        raise ValidationError("Chybí usnesení, kterým orgán tohle znění schválil: číslo, kdo rozhodl a kdy.")
    if resolution is not None and resolution.pk is None:
        resolution.save()
    content = captured(plan)
    if not content.nodes:
        raise ValidationError("V plánu zatím nic není. Vydání uděláte, až v něm bude aspoň jeden bod.")
    last = Edition.objects.filter(plan=plan).aggregate(last=Max("number"))["last"] or 0
    edition = Edition.objects.create(
        plan=plan,
        number=last + 1,
        name=name.strip() or of.label.capitalize(),
        sort=of,
        content=plain(content),
        digest=digest(content),
        publicity=publicity.strip(),
        made_at=made_at or timezone.now(),
        made_by=str(actor),
        resolution=resolution,
        public=of in Edition.APPROVED,
    )
    EditionLogo.objects.bulk_create(
        EditionLogo(edition=edition, file=one.file, alt=one.file.alt)
        for one in Logo.objects.filter(plan=plan).select_related("file")
    )
    told = {"sort": of, "number": edition.number, "name": edition.name, "digest": edition.digest}
    record(verb="edition_frozen", thing=edition, actor=actor, after=told)
    return edition


# Decided states whose words everybody reads as they were decided.
PUBLISHED = {
    Plan.State.CONSULTED: Edition.Sort.CONSULTATION,
    Plan.State.APPROVED: Edition.Sort.APPROVED,
}


@transaction.atomic
def plan_decide(
    *,
    plan: Plan,
    to: str,
    actor: Any,
    resolution: Resolution | None = None,
    prolonged_until: date | None = None,
) -> tuple[Plan, Edition | None]:
    """Move the plan to another state. What is put on view or approved is kept as an edition, unless the last edition
    of that sort says the same already. Returns the plan and the edition made."""
    plan = plan_move(plan=plan, to=to, actor=actor, resolution=resolution, prolonged_until=prolonged_until)
    sort = PUBLISHED.get(Plan.State(to))
    if sort is None:
        return plan, None
    last = Edition.objects.filter(plan=plan, sort=sort, public=True).values_list("digest", flat=True).first()
    if last == digest(captured(plan)):
        return plan, None
    edition = freeze(plan=plan, sort=sort, name="", resolution=resolution, actor=actor)
    return plan, publish(edition=edition, actor=actor)


@transaction.atomic
def publish(*, edition: Edition, actor: Any) -> Edition:
    """From now on everybody reads it."""
    return _shown(edition, True, verb="edition_published", actor=actor)


@transaction.atomic
def withdraw(*, edition: Edition, actor: Any) -> Edition:
    """Take a draft off the web. What a body approved stays public."""
    _may_make(actor, edition.plan)
    if edition.is_approved:
        raise ValidationError("Schválené znění zůstává zveřejněné. Změna plánu je nové vydání.")
    return _shown(edition, False, verb="edition_withdrawn", actor=actor)


def _shown(edition: Edition, public: bool, *, verb: str, actor: Any) -> Edition:
    _may_make(actor, edition.plan)
    before = Edition.objects.select_for_update().defer("content").get(pk=edition.pk).public
    if before != public:
        Edition.objects.filter(pk=edition.pk).publish(public=public)
        record(verb=verb, thing=edition, actor=actor, before={"public": before}, after={"public": public})
    edition.public = public
    return edition


# --- logos on the cover ------------------------------------------------------------------------------------------


@transaction.atomic
def logo_add(*, plan: Plan, upload: UploadedFile[bytes], alt: str, actor: Any) -> Logo:
    """Onto the cover of editions made from now on; those that are made stay as they are."""
    _may_make(actor, plan)
    plan = Plan.objects.select_for_update().get(pk=plan.pk)
    if not alt.strip():
        raise ValidationError({"alt": "Napište, co na logu je. Přečte se to lidem, kteří ho nevidí."})
    if Logo.objects.filter(plan=plan).count() >= MOST_LOGOS:
        raise ValidationError(f"Na titulní stranu se vejde {MOST_LOGOS} log. Nejdřív některé odeberte.")
    file = files.keep(upload=upload, sort="image", actor=actor, public=True, alt=alt.strip())
    logo = Logo.objects.create(plan=plan, file=file)
    files.attach(file=file, thing=logo, public=True)
    record(verb="logo_added", thing=plan, actor=actor, after={"alt": file.alt})
    return logo


@transaction.atomic
def logo_remove(*, logo: Logo, actor: Any) -> None:
    """Off the cover of what is made from now on. An edition that has it keeps it."""
    _may_make(actor, logo.plan)
    record(verb="logo_removed", thing=logo.plan, actor=actor, before={"alt": logo.file.alt})
    file = logo.file
    logo.delete()
    kept = EditionLogo.objects.filter(file=file).first()
    if kept is None:
        files.release(file=file)
    else:
        files.attach(file=file, thing=kept, public=True)


# --- documents ---------------------------------------------------------------------------------------------------


@transaction.atomic
def keep(*, edition: Edition, part: str, form: str, made: bytes) -> EditionFile:
    """Keep a document. One that is kept already stays as it is: what people downloaded must not change."""
    kept = EditionFile.objects.filter(edition=edition, part=part, form=form).first()
    if kept is not None:
        return kept
    row = EditionFile(edition=edition, part=part, form=form, size=len(made), made_at=timezone.now())
    row.digest = hashlib.sha256(made).hexdigest()
    row.content.save(f"{edition.pk}-{row.digest[:16]}.{form}", ContentFile(made), save=False)
    row.save()
    return row
