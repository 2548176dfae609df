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
from portal.audit.models import Deed
from portal.files import actions as files
from portal.files.models import StoredFile
from portal.territory.models import Municipality, Orp

from . import drafts, naming, rules
from .drafts import Draft, PlaceDraft
from .models import (
    AccessDetail,
    AgeGroup,
    CapacityUnit,
    Contact,
    DataVersion,
    Facility,
    FacilityAccess,
    Feature,
    Form,
    Kind,
    OpeningException,
    OpeningHours,
    Provider,
    Service,
    ServiceAgeGroup,
    ServiceDocument,
    ServiceForm,
    ServicePhoto,
    ServiceTargetGroup,
    Source,
    TargetGroup,
    Vacancy,
)


def touch() -> None:
    """Say that public data changed: search indexes and caches built from the former version are stale."""
    now = timezone.now()
    if not DataVersion.objects.filter(pk=1).update(number=F("number") + 1, changed_at=now):
        DataVersion.objects.create(pk=1)


def _may_edit(person: Any, service: Service) -> None:
    if not rules.may_edit_service(person, service):
        raise PermissionDenied


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
    service = Service(slug=free_slug(Service.objects.all(), draft.name, 150), source=Source.LOCAL, published=False)
    names = drafts.changed(Draft(), draft)
    _write(service, draft, sorted({*names, "name", "kind", "provider"}))
    if not rules.may_add_service(actor, service):
        raise ValidationError(NOT_YOURS if rules.may_edit_catalogue(actor) else NOT_ACCOMPANYING)
    told = drafts.told(draft, names, drafts.secret_places(draft))
    record(verb="service_added", thing=service, actor=actor, after=told, names=naming.names(told))
    return service


@transaction.atomic
def service_save(*, service: Service, draft: Draft, seen: str, actor: Any, restores: Deed | None = None) -> Service:
    """Write what differs. `seen` is the fingerprint of the draft that the person began from: when what is stored
    no longer has it, raise `Stale`. Fields that belong to an import are passed over."""
    _may_edit(actor, service)
    service = _locked(service)
    stored = drafts.read(service)
    if stored.fingerprint != seen:
        raise Stale(stored)
    _change(service, stored, draft, drafts.changed(stored, draft), actor=actor, restores=restores)
    return service


@transaction.atomic
def service_write(*, service: Service, draft: Draft, names: Collection[str], actor: Any) -> Service:
    """Write the named fields and nothing else of the draft. Open to everybody who may propose: which fields of
    whom go out at once and which wait for approval is for `upkeep` to say."""
    if not rules.may_propose(actor, service):
        raise PermissionDenied
    service = _locked(service)
    stored = drafts.read(service)
    _change(service, stored, draft, [name for name in drafts.changed(stored, draft) if name in names], actor=actor)
    return service


def _change(
    service: Service, stored: Draft, draft: Draft, names: list[str], *, actor: Any, restores: Deed | None = None
) -> None:
    if drafts.is_imported(service):
        names = [name for name in names if name not in drafts.LOCKED]
    if names:
        _write(service, draft, names)
        secret = drafts.secret_places(stored, draft)
        before, after = drafts.told(stored, names, secret), drafts.told(draft, names, secret)
        record(
            verb="service_changed",
            thing=service,
            actor=actor,
            before=before,
            after=after,
            names=naming.names(before, after),
            restores=restores,
        )
        touch()


@transaction.atomic
def service_publish(*, service: Service, actor: Any, restores: Deed | None = None) -> Service:
    _may_edit(actor, service)
    return _set(_locked(service), actor, verb="service_published", restores=restores, published=True)


@transaction.atomic
def service_hide(*, service: Service, actor: Any, restores: Deed | None = None) -> Service:
    """Out of the catalogue, address and all words kept; publishing undoes it."""
    _may_edit(actor, service)
    return _set(_locked(service), actor, verb="service_hidden", restores=restores, published=False)


@transaction.atomic
def service_end(*, service: Service, day: date | None, actor: Any, restores: Deed | None = None) -> Service:
    """The service ends on `day` (the last one it is provided); None takes the end back."""
    _may_edit(actor, service)
    service = _locked(service)
    if drafts.is_imported(service):
        raise ValidationError("Konec téhle služby určuje registr, ze kterého ji bereme.")
    if day is not None and service.started_on is not None and day < service.started_on:
        raise ValidationError("Služba nemůže skončit dřív, než začala.")
    return _set(service, actor, verb="service_ended" if day else "service_resumed", restores=restores, ended_on=day)


def _locked(service: Service) -> Service:
    related = ("kind", "provider")
    return Service.objects.select_for_update(of=("self",)).select_related(*related).get(pk=service.pk)


def _set(service: Service, actor: Any, *, verb: str, restores: Deed | None, **values: Any) -> Service:
    before = {name: getattr(service, name) for name in values}
    if before != values:
        for name, value in values.items():
            setattr(service, name, value)
        service.save()
        record(verb=verb, thing=service, actor=actor, before=before, after=values, restores=restores)
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
    slug = free_slug(Provider.objects.all(), name, 120)
    return Provider.objects.create(name=name, ico=ico or None, slug=slug, source=Source.LOCAL)


def free_slug(rows: QuerySet[Any], name: str, length: int) -> str:
    """The name as an address that none of the rows has."""
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
        for name in (*drafts.ACCESS, "holidays"):
            setattr(row, name, getattr(place, name))
        row.save()
        _write_times(row, place)
        _write_access_details(row, place)


def _write_times(row: Facility, place: PlaceDraft) -> None:
    row.hours.all().delete()
    OpeningHours.objects.bulk_create(
        OpeningHours(facility=row, weekday=one.weekday, opens=one.opens, closes=one.closes, note=one.note)
        for one in place.hours
    )
    row.exceptions.all().delete()
    OpeningException.objects.bulk_create(
        OpeningException(
            facility=row,
            first=one.first,
            last=one.last,
            hours=[[f"{opens:%H:%M}", f"{closes:%H:%M}"] for opens, closes in one.hours],
            note=one.note,
        )
        for one in place.special_days
    )


def _write_access_details(row: Facility, place: PlaceDraft) -> None:
    row.access_details.all().delete()
    answers = dict(place.access_details)
    FacilityAccess.objects.bulk_create(
        FacilityAccess(facility=row, detail=detail, answer=answers[detail.key])
        for detail in AccessDetail.objects.filter(key__in=answers)
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


def _write_vacancies(service: Service, draft: Draft) -> None:
    forms = {one.key: one for one in Form.objects.all()}
    units = {one.key: one for one in CapacityUnit.objects.all()}
    service.vacancies.all().delete()
    for one in draft.vacancies:
        Vacancy.objects.create(
            service=service,
            form=forms.get(one.form),
            unit=units.get(one.unit),
            amount=one.amount,
            said_on=one.said_on or timezone.localdate(),
            said_by=one.said_by[:150],
            note=one.note,
        )


def _write_photos(service: Service, draft: Draft) -> None:
    kept = _kept(service, [one.file for one in draft.photos], StoredFile.Sort.IMAGE)
    before = set(service.photos.values_list("file_id", flat=True))
    service.photos.all().delete()
    ServicePhoto.objects.bulk_create(
        ServicePhoto(service=service, file=kept[one.file], alt=one.alt, order=order)
        for order, one in enumerate(draft.photos)
        if one.file in kept
    )
    _let_go(before - {file.pk for file in kept.values()})


def _write_documents(service: Service, draft: Draft) -> None:
    kept = _kept(service, [one.file for one in draft.documents], StoredFile.Sort.DOCUMENT)
    before = set(service.documents.values_list("file_id", flat=True))
    service.documents.all().delete()
    ServiceDocument.objects.bulk_create(
        ServiceDocument(service=service, file=kept[one.file], title=one.title, sort=one.sort, order=order)
        for order, one in enumerate(draft.documents)
        if one.file in kept
    )
    _let_go(before - {file.pk for file in kept.values()})


def _kept(service: Service, keys: list[str], sort: str) -> dict[str, StoredFile]:
    """Files of the draft, from now on public and kept by the service; what is no longer there is passed over."""
    found = {file.key: file for file in StoredFile.objects.filter(key__in=keys, sort=sort)}
    for file in found.values():
        files.attach(file=file, thing=service, public=True)
    return found


def _let_go(numbers: set[int]) -> None:
    """Files that no card shows any more: nobody sees them, and after some days they are deleted."""
    photos = ServicePhoto.objects.filter(file__in=numbers).values_list("file_id", flat=True)
    documents = ServiceDocument.objects.filter(file__in=numbers).values_list("file_id", flat=True)
    for file in StoredFile.objects.filter(pk__in=numbers - {*photos, *documents}):
        files.release(file=file)


WRITERS: dict[str, Callable[[Service, Draft], None]] = {
    "forms": _write_forms,
    "target_groups": _write_target_groups,
    "age_groups": _write_age_groups,
    "features": _write_features,
    "municipalities": _write_municipalities,
    "orps": _write_orps,
    "contacts": _write_contacts,
    "places": _write_places,
    "vacancies": _write_vacancies,
    "photos": _write_photos,
    "documents": _write_documents,
}
