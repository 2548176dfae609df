"""Every write of the catalogue."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import date
from itertools import count
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.text import slugify

from portal.audit.actions import record
from portal.territory.models import Municipality, Orp

from . import drafts, rules
from .drafts import Draft, PlaceDraft
from .models import (
    AgeGroup,
    Contact,
    DataVersion,
    Facility,
    Feature,
    Form,
    Kind,
    OpeningHours,
    Provider,
    Report,
    Service,
    ServiceAgeGroup,
    ServiceForm,
    ServiceTargetGroup,
    Source,
    TargetGroup,
)


def touch() -> None:
    """Say that public data changed: search indexes and caches built from the former version are stale."""
    now = timezone.now()
    if not DataVersion.objects.filter(pk=1).update(number=F("number") + 1, changed_at=now):
        DataVersion.objects.create(pk=1)


def _may_edit(person: Any, service: Service) -> None:
    if not rules.may_edit_service(person, service):
        raise PermissionDenied


# --- what visitors report ------------------------------------------------------------------------------------


def report(*, service: Service, text: str, email: str = "") -> Report:
    """A visitor says that a card is wrong. No permission, nobody's name, no journal: the row is the record."""
    if not service.is_public:
        raise ValidationError("Služba už není v katalogu.")
    return Report.objects.create(service=service, text=text, email=email)


@transaction.atomic
def report_settle(*, report: Report, answer: str, actor: Any) -> Report:
    """Settled, with what came of it. The visitor's e-mail has done its duty and is forgotten."""
    report = Report.objects.select_for_update().select_related("service").get(pk=report.pk)
    _may_edit(actor, report.service)
    before = {"state": report.state, "answer": report.answer}
    report.state, report.answer, report.settled_at = Report.State.SETTLED, answer.strip(), timezone.now()
    report.email = ""
    report.save()
    after = {"report": report.pk, "state": report.state, "answer": report.answer}
    # The journal names the service: what the visitor wrote must not outlive the report itself.
    record(verb="report_settled", thing=report.service, actor=actor, before=before, after=after)
    return report


@transaction.atomic
def report_reopen(*, report: Report, actor: Any) -> Report:
    """Back among the new ones: it was not settled after all. The former answer stays to be corrected."""
    report = Report.objects.select_for_update().select_related("service").get(pk=report.pk)
    _may_edit(actor, report.service)
    if report.state != Report.State.SETTLED:
        raise ValidationError("Tohle hlášení ještě vyřízené není.")
    report.state, report.settled_at = Report.State.NEW, None
    report.save()
    record(verb="report_reopened", thing=report.service, actor=actor, after={"report": report.pk})
    return report


# --- services at the desk ------------------------------------------------------------------------------------


NOT_YOURS = (
    "Služba by nebyla ve vašem území. Doplňte místo, kde ji lidé najdou, nebo obec, kam dojíždí, která do něj patří."
)
NOT_ACCOMPANYING = (
    "Za obec můžete zapsat návaznou službu, která má ve vaší obci místo, sídlo nebo tam dojíždí. "
    "Registrované sociální služby přebíráme z registru."
)


class Stale(Exception):
    """Somebody else saved the service meanwhile; `stored` is what stands there now. Nothing was written."""

    def __init__(self, stored: Draft) -> None:
        super().__init__("Službu mezitím uložil někdo jiný.")
        self.stored = stored


@transaction.atomic
def service_add(*, draft: Draft, actor: Any) -> Service:
    """A service written by hand, in the range of who writes it. It stays hidden until somebody publishes it."""
    if not rules.may_add_services(actor):
        raise PermissionDenied
    service = Service(slug=_free_slug(Service.objects.all(), draft.name, 150), source=Source.LOCAL, published=False)
    names = drafts.changed(Draft(), draft)
    _write(service, draft, sorted({*names, "name", "kind", "provider"}))
    if not rules.may_add_service(actor, service):
        raise ValidationError(NOT_YOURS if rules.may_edit_catalogue(actor) else NOT_ACCOMPANYING)
    record(verb="service_added", thing=service, actor=actor, after=drafts.told(draft, names, set()))
    return service


@transaction.atomic
def service_save(*, service: Service, draft: Draft, seen: str, actor: Any) -> Service:
    """Write what differs. `seen` is the fingerprint of the draft that the person began from: when what is stored
    no longer has it, raise `Stale`. Fields that belong to an import are passed over."""
    _may_edit(actor, service)
    service = _locked(service)
    stored = drafts.read(service)
    if stored.fingerprint != seen:
        raise Stale(stored)
    _change(service, stored, draft, drafts.changed(stored, draft), actor)
    return service


@transaction.atomic
def service_write(*, service: Service, draft: Draft, names: Collection[str], actor: Any) -> Service:
    """Write the named fields and nothing else of the draft. Open to everybody who may propose: which fields of
    whom go out at once and which wait for approval is for `upkeep` to say."""
    if not rules.may_propose(actor, service):
        raise PermissionDenied
    service = _locked(service)
    stored = drafts.read(service)
    _change(service, stored, draft, [name for name in drafts.changed(stored, draft) if name in names], actor)
    return service


def _change(service: Service, stored: Draft, draft: Draft, names: list[str], actor: Any) -> None:
    if drafts.is_imported(service):
        names = [name for name in names if name not in drafts.LOCKED]
    if names:
        _write(service, draft, names)
        secret = drafts.secret_places(stored, draft)
        before, after = drafts.told(stored, names, secret), drafts.told(draft, names, secret)
        record(verb="service_changed", thing=service, actor=actor, before=before, after=after)
        touch()


@transaction.atomic
def service_publish(*, service: Service, actor: Any) -> Service:
    _may_edit(actor, service)
    return _set(_locked(service), actor, verb="service_published", published=True)


@transaction.atomic
def service_hide(*, service: Service, actor: Any) -> Service:
    """Out of the catalogue, address and all words kept; publishing undoes it."""
    _may_edit(actor, service)
    return _set(_locked(service), actor, verb="service_hidden", published=False)


@transaction.atomic
def service_end(*, service: Service, day: date | None, actor: Any) -> Service:
    """The service ends on `day` (the last one it is provided); None takes the end back."""
    _may_edit(actor, service)
    service = _locked(service)
    if drafts.is_imported(service):
        raise ValidationError("Konec téhle služby určuje registr, ze kterého ji bereme.")
    if day is not None and service.started_on is not None and day < service.started_on:
        raise ValidationError("Služba nemůže skončit dřív, než začala.")
    return _set(service, actor, verb="service_ended" if day else "service_resumed", ended_on=day)


def _locked(service: Service) -> Service:
    related = ("kind", "provider")
    return Service.objects.select_for_update(of=("self",)).select_related(*related).get(pk=service.pk)


def _set(service: Service, actor: Any, *, verb: str, **values: Any) -> Service:
    before = {name: getattr(service, name) for name in values}
    if before != values:
        for name, value in values.items():
            setattr(service, name, value)
        service.save()
        record(verb=verb, thing=service, actor=actor, before=before, after=values)
        touch()
    return service


def _write(service: Service, draft: Draft, names: list[str]) -> None:
    """Put the named fields of the draft into the tables."""
    for name in names:
        if name in PLAIN:
            setattr(service, name, getattr(draft, name))
    if "kind" in names:
        service.kind = Kind.objects.get(key=draft.kind)
    if {"provider", "ico"} & set(names):
        service.provider = _provider(draft.provider, draft.ico)
    if "whole_region" in names:
        service.whole_region_id = draft.whole_region
    service.save()
    for name in names:
        if name in WRITERS:
            WRITERS[name](service, draft)


PLAIN = {
    "name",
    "started_on",
    "target_note",
    "plain_text",
    "easy_read",
    "how_to_get",
    "waiting",
    "cost",
    "cost_note",
    "verified_on",
    "verified_by",
}


def _provider(name: str, ico: str) -> Provider:
    """The provider of that IČO, else of that name, else a new one."""
    known = Provider.objects.filter(ico=ico).first() if ico else Provider.objects.filter(name=name).first()
    if known is not None:
        return known
    slug = _free_slug(Provider.objects.all(), name, 120)
    return Provider.objects.create(name=name, ico=ico or None, slug=slug, source=Source.LOCAL)


def _free_slug(rows: QuerySet[Any], name: str, length: int) -> str:
    base = slugify(name)[: length - 5].strip("-") or "sluzba"
    taken = set(rows.filter(slug__startswith=base).values_list("slug", flat=True))
    return next(slug for n in count(1) if (slug := base if n == 1 else f"{base}-{n}") not in taken)


def _write_forms(service: Service, draft: Draft) -> None:
    service.forms.exclude(form__key__in=draft.forms).delete()
    have = set(service.forms.values_list("form__key", flat=True))
    for form in Form.objects.filter(key__in=set(draft.forms) - have):
        ServiceForm.objects.create(service=service, form=form)


def _write_target_groups(service: Service, draft: Draft) -> None:
    mine = ServiceTargetGroup.objects.filter(service=service, **_own_rows(service))
    mine.exclude(target_group__key__in=draft.target_groups).delete()
    have = ServiceTargetGroup.objects.filter(service=service).values("target_group")
    for group in TargetGroup.objects.filter(key__in=draft.target_groups).exclude(pk__in=have):
        ServiceTargetGroup.objects.create(service=service, target_group=group, source=Source.LOCAL)


def _write_age_groups(service: Service, draft: Draft) -> None:
    mine = ServiceAgeGroup.objects.filter(service=service, **_own_rows(service))
    mine.exclude(age_group__key__in=draft.age_groups).delete()
    have = ServiceAgeGroup.objects.filter(service=service).values("age_group")
    for group in AgeGroup.objects.filter(key__in=draft.age_groups).exclude(pk__in=have):
        ServiceAgeGroup.objects.create(service=service, age_group=group, source=Source.LOCAL)


def _own_rows(service: Service) -> dict[str, str]:
    """Which relation rows of a service are ours: all of one written by hand, the local ones of an imported one."""
    return {"source": Source.LOCAL} if drafts.is_imported(service) else {}


def _write_features(service: Service, draft: Draft) -> None:
    service.features.set(Feature.objects.filter(key__in=draft.features))


def _write_municipalities(service: Service, draft: Draft) -> None:
    service.served_municipalities.set(Municipality.objects.filter(code__in=draft.municipalities))


def _write_orps(service: Service, draft: Draft) -> None:
    service.served_orps.set(Orp.objects.filter(code__in=draft.orps))


def _write_contacts(service: Service, draft: Draft) -> None:
    service.contacts.filter(**_own_rows(service)).delete()
    Contact.objects.bulk_create(
        Contact(service=service, channel=one.channel, value=one.value, note=one.note, order=order)
        for order, one in enumerate(draft.contacts)
    )


def _write_places(service: Service, draft: Draft) -> None:
    rows = {row.pk: row for row in service.facilities.filter(vanished_at=None)}
    ours = {pk for pk, row in rows.items() if row.source not in drafts.IMPORTED}
    service.facilities.filter(pk__in=ours - {place.id for place in draft.places}).delete()
    for place in draft.places:
        row = rows.get(place.id or 0) or Facility(service=service)
        if row.pk is None or row.pk in ours:
            _write_address(row, place)
        for name in drafts.ACCESS:
            setattr(row, name, getattr(place, name))
        row.save()
        row.hours.all().delete()
        OpeningHours.objects.bulk_create(
            OpeningHours(facility=row, weekday=one.weekday, opens=one.opens, closes=one.closes, note=one.note)
            for one in place.hours
        )


def _write_address(row: Facility, place: PlaceDraft) -> None:
    """The address of a place; of a secret one nothing at all is kept."""
    kept = PlaceDraft(secret=True) if place.secret else place
    moved = kept.municipality != row.municipality_id
    for name in ("name", "secret", "street", "postal_code"):
        setattr(row, name, getattr(kept, name))
    row.municipality = Municipality.objects.get(pk=kept.municipality) if kept.municipality else None
    row.municipality_name = row.municipality.name if row.municipality else ""
    if moved or kept.secret:
        # The middle of the municipality, until somebody measures better.
        row.address_point = None
        row.lat, row.lon = (row.municipality.lat, row.municipality.lon) if row.municipality else (None, None)


WRITERS: dict[str, Callable[[Service, Draft], None]] = {
    "forms": _write_forms,
    "target_groups": _write_target_groups,
    "age_groups": _write_age_groups,
    "features": _write_features,
    "municipalities": _write_municipalities,
    "orps": _write_orps,
    "contacts": _write_contacts,
    "places": _write_places,
}
