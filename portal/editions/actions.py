"""Every write of editions: freeze, publish, withdraw, throw away a draft, keep a document."""

from __future__ import annotations

import hashlib
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from portal.audit.actions import record
from portal.plan.models import Plan, Resolution

from . import rules
from .capture import captured
from .content import digest, plain
from .models import Edition, EditionFile

NEEDED = {
    Edition.Sort.APPROVED: Resolution.Sort.APPROVAL,
    Edition.Sort.CHANGE: Resolution.Sort.CHANGE,
}


def _may_make(person: Any, plan: Plan) -> None:
    if not rules.may_make_editions(person, plan):
        raise PermissionDenied


@transaction.atomic
def freeze(
    *, plan: Plan, sort: str, name: str, resolution: Resolution | None = None, actor: Any, publicity: str = ""
) -> Edition:
    """The plan as it stands now, kept for good. What a body approved needs its resolution (saved with the edition
    where it is new) and is public at once."""
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
        made_at=timezone.now(),
        made_by=str(actor),
        resolution=resolution,
        public=of in Edition.APPROVED,
    )
    told = {"sort": of, "number": edition.number, "name": edition.name, "digest": edition.digest}
    record(verb="edition_frozen", thing=edition, actor=actor, after=told)
    return edition


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
