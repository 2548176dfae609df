"""Every write of the import: runs, and the one transaction that brings the catalogue in line with a plan."""

from __future__ import annotations

import io
import itertools
import secrets
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import PurePath
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.base import ContentFile, File
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.text import get_valid_filename, slugify

from portal.accounts.models import Person
from portal.audit.actions import record as write_deed
from portal.catalogue.actions import touch
from portal.catalogue.models import (
    AgeGroup,
    Capacity,
    CapacityUnit,
    CodeListItem,
    Contact,
    DataVersion,
    Facility,
    Form,
    Kind,
    Provider,
    Service,
    ServiceAgeGroup,
    ServiceForm,
    ServiceTargetGroup,
    Source,
    TargetGroup,
)
from portal.jobs.actions import advance, finish, start
from portal.jobs.models import Job

from .codes import Codes
from .exports import write_report
from .fetch import Fetched, described, fetched
from .models import ImportRun
from .plan import LARGEST_SHARE, Plan, ServiceChange, make_plan, provider_key
from .present import read_codes, read_present
from .readers import Format, read
from .records import ContactRecord, FacilityRecord, FormRecord, Read, Refused, ServiceRecord
from .rules import may_import

SOURCES = {
    Format.NATIONAL: Source.NATIONAL,
    Format.REGIONAL: Source.REGIONAL,
    Format.TABLE: Source.TABLE,
}
BATCH = 500
TOLD_EVERY = 250


class NeedsConfirmation(ValidationError):
    """The change is larger than may pass without a person's yes."""


def compare(*, source: str, reads: Iterable[Read], codes: Codes | None = None, complete: bool = True) -> Plan:
    """What would change; writes nothing. A file without a single usable service is refused."""
    plan = make_plan(
        source,
        reads,
        read_present(source),
        codes or read_codes(),
        timezone.localdate(),
        complete=complete,
    )
    if plan.read == 0:
        raise ValidationError("V souboru není ani jedna služba, kterou bychom uměli přečíst. Nic jsme nezměnili.")
    return plan


def check_share(plan: Plan, *, confirmed: bool) -> None:
    if plan.needs_confirmation and not confirmed:
        raise NeedsConfirmation(
            f"Změnilo by se {plan.touched} služeb z {plan.existing} ({plan.share:.0%}), "
            f"víc než {LARGEST_SHARE:.0%}. Nic jsme nezměnili, napřed to musí někdo potvrdit."
        )


def read_file(file: Fetched, codes: Codes, told: Callable[[int], None] | None = None) -> tuple[str, list[Read], bool]:
    """The source the file speaks for, what it says, and whether such a file always holds the whole source.
    `told` hears from time to time how many bytes are read."""
    which, reads = read(file.file, codes)
    kept: list[Read] = []
    for one in reads:
        kept.append(one)
        if told is not None and len(kept) % TOLD_EVERY == 0:
            told(file.file.tell())
    return SOURCES[which], kept, which is not Format.TABLE


def _compare_locked(source: str, reads: Sequence[Read], codes: Codes, *, complete: bool) -> Plan:
    """Compare with the version of the data locked, so that two imports never start from the same state."""
    list(DataVersion.objects.select_for_update())
    return compare(source=source, reads=reads, codes=codes, complete=complete)


def write(plan: Plan) -> None:
    """Bring the catalogue in line with the plan; call it inside the transaction that made the plan."""
    _Writer(plan, timezone.now()).write()
    touch()


class _Writer:
    """Writes a plan in bulk, a batch of services at a time so that memory stays small."""

    def __init__(self, plan: Plan, now: datetime) -> None:
        self.plan = plan
        self.now = now
        self.kinds = _keys(Kind)
        self.forms = _keys(Form)
        self.units = _keys(CapacityUnit)
        self.target_groups = _keys(TargetGroup)
        self.age_groups = _keys(AgeGroup)
        self.providers = dict(plan.providers)

    def write(self) -> None:
        self._providers()
        for batch in itertools.batched(self.plan.new, BATCH):
            self._new_services(batch)
        for changes in itertools.batched(self.plan.changes, BATCH):
            self._changed_services(changes)
        for gone in itertools.batched(self.plan.vanished, BATCH):
            Service.objects.filter(pk__in=gone).update(vanished_at=self.now, changed_at=self.now)

    # --- providers ------------------------------------------------------------------------------------------

    def _providers(self) -> None:
        slugs = _Slugs(Provider)
        rows = [
            Provider(
                ico=one.ico or None,
                name=one.name,
                legal_form=one.legal_form,
                source=self.plan.source,
                slug=slugs.take(one.name),
            )
            for one in self.plan.providers_new.values()
        ]
        Provider.objects.bulk_create(rows, batch_size=BATCH)
        contacts: list[Contact] = []
        for (key, one), row in zip(self.plan.providers_new.items(), rows, strict=True):
            self.providers[key] = row.pk
            contacts += self._contacts(one.contacts or (), provider_id=row.pk)
        for change in self.plan.provider_changes:
            if change.values:
                values = {name: value or None if name == "ico" else value for name, value in change.values.items()}
                Provider.objects.filter(pk=change.present.pk).update(**values)
            if change.contacts is not None:
                Contact.objects.filter(provider=change.present.pk, source=self.plan.source).delete()
                contacts += self._contacts(change.contacts, provider_id=change.present.pk)
        Contact.objects.bulk_create(contacts, batch_size=BATCH)

    # --- services -------------------------------------------------------------------------------------------

    @property
    def _slugs(self) -> _Slugs:
        if not hasattr(self, "_service_slugs"):
            self._service_slugs = _Slugs(Service)
        return self._service_slugs

    def _new_services(self, records: Sequence[ServiceRecord]) -> None:
        rows = [self._service(record) for record in records]
        Service.objects.bulk_create(rows, batch_size=BATCH)
        owners = list(zip([row.pk for row in rows], records, strict=True))
        self._add_facilities((pk, one) for pk, record in owners for one in record.facilities)
        self._add_forms((pk, one) for pk, record in owners for one in record.forms or ())
        self._add_target_groups((pk, key) for pk, record in owners for key in record.target_groups or ())
        self._add_age_groups((pk, key) for pk, record in owners for key in record.age_groups or ())
        self._add_regions((pk, code) for pk, record in owners for code in (record.regions or ())[1:])
        contacts = [
            contact for pk, record in owners for contact in self._contacts(record.contacts or (), service_id=pk)
        ]
        Contact.objects.bulk_create(contacts, batch_size=BATCH)

    def _service(self, record: ServiceRecord) -> Service:
        town = next((one.municipality_name for one in record.facilities if one.municipality_name), "")
        words = record.first_words
        return Service(
            source=self.plan.source,
            source_id=record.source_id,
            register_number=record.register_number,
            provider_id=self.providers[provider_key(record.provider)],
            kind_id=self.kinds[record.kind],
            name=record.name,
            started_on=record.started_on,
            ended_on=record.ended_on,
            target_note=record.target_note,
            whole_region_id=(record.regions or (None,))[0],
            slug=self._slugs.take(f"{record.name} {town}"),
            plain_text=words.plain_text,
            how_to_get=words.how_to_get,
            cost=words.cost,
            cost_note=words.cost_note,
        )

    def _changed_services(self, changes: Sequence[ServiceChange]) -> None:
        self._update_services(changes)
        self._update_facilities(changes)
        self._add_facilities((one.present.pk, new) for one in changes for new in one.facilities_new)
        self._update_forms(changes)
        self._update_groups(changes)
        self._update_regions(changes)
        told = [one for one in changes if one.contacts is not None]
        Contact.objects.filter(service__in=[one.present.pk for one in told], source=self.plan.source).delete()
        contacts = [
            contact for one in told for contact in self._contacts(one.contacts or (), service_id=one.present.pk)
        ]
        Contact.objects.bulk_create(contacts, batch_size=BATCH)

    def _update_services(self, changes: Sequence[ServiceChange]) -> None:
        rows = Service.objects.in_bulk([one.present.pk for one in changes])
        columns = {"changed_at"}
        for one in changes:
            row = rows[one.present.pk]
            row.changed_at = self.now
            for name, value in one.values.items():
                column, value = ("kind_id", self.kinds[value]) if name == "kind" else (name, value)  # noqa: PLW2901
                setattr(row, column, value)
                columns.add("kind" if name == "kind" else name)
            if one.provider:
                row.provider_id = self.providers[provider_key(one.record.provider)]
                columns.add("provider")
            if one.returned:
                row.vanished_at = None
                columns.add("vanished_at")
            if one.regions is not None:
                row.whole_region_id = one.regions[0] if one.regions else None
                columns.add("whole_region")
        Service.objects.bulk_update(rows.values(), sorted(columns), batch_size=100)

    def _update_facilities(self, changes: Sequence[ServiceChange]) -> None:
        pairs = [pair for one in changes for pair in one.facilities_changed]
        rows = Facility.objects.in_bulk([present.pk for present, _ in pairs])
        for present, record in pairs:
            row = rows[present.pk]
            row.vanished_at = None
            for column, value in _facility_columns(record).items():
                setattr(row, column, value)
        columns = [name.removesuffix("_id") for name in _facility_columns(FacilityRecord()) if name != "source_id"]
        Facility.objects.bulk_update(rows.values(), [*columns, "source_id", "vanished_at"], batch_size=100)
        gone = [pk for one in changes for pk in one.facilities_vanished]
        for batch in itertools.batched(gone, BATCH):
            Facility.objects.filter(pk__in=batch).update(vanished_at=self.now)

    def _update_forms(self, changes: Sequence[ServiceChange]) -> None:
        ServiceForm.objects.filter(pk__in=[pk for one in changes for pk in one.forms_gone]).delete()
        self._add_forms((one.present.pk, form) for one in changes for form in one.forms_new)
        pairs = [pair for one in changes for pair in one.forms_changed]
        Capacity.objects.filter(service_form__in=[present.pk for present, _ in pairs]).delete()
        for present, form in pairs:
            ServiceForm.objects.filter(pk=present.pk).update(nonstop=form.nonstop, hours_note=form.hours_note)
        self._add_capacities((present.pk, form) for present, form in pairs)

    def _update_groups(self, changes: Sequence[ServiceChange]) -> None:
        self._add_target_groups((one.present.pk, key) for one in changes for key in one.target_groups_new)
        self._add_age_groups((one.present.pk, key) for one in changes for key in one.age_groups_new)
        for one in changes:
            ours = {"service": one.present.pk, "source": self.plan.source}
            if one.target_groups_gone:
                groups = [self.target_groups[key] for key in one.target_groups_gone]
                ServiceTargetGroup.objects.filter(**ours, target_group__in=groups).delete()
            if one.age_groups_gone:
                groups = [self.age_groups[key] for key in one.age_groups_gone]
                ServiceAgeGroup.objects.filter(**ours, age_group__in=groups).delete()

    def _update_regions(self, changes: Sequence[ServiceChange]) -> None:
        told = [one for one in changes if one.regions is not None]
        table = Service.more_regions.through
        table.objects.filter(service__in=[one.present.pk for one in told]).delete()
        self._add_regions((one.present.pk, code) for one in told for code in (one.regions or ())[1:])

    # --- what hangs on a service ----------------------------------------------------------------------------

    def _add_facilities(self, pairs: Iterable[tuple[int, FacilityRecord]]) -> None:
        Facility.objects.bulk_create(
            (Facility(service_id=pk, source=self.plan.source, **_facility_columns(one)) for pk, one in pairs),
            batch_size=BATCH,
        )

    def _add_forms(self, pairs: Iterable[tuple[int, FormRecord]]) -> None:
        pairs = list(pairs)
        rows = [
            ServiceForm(
                service_id=pk,
                form_id=self.forms[form.form],
                nonstop=form.nonstop,
                hours_note=form.hours_note,
            )
            for pk, form in pairs
        ]
        ServiceForm.objects.bulk_create(rows, batch_size=BATCH)
        self._add_capacities((row.pk, form) for row, (_, form) in zip(rows, pairs, strict=True))

    def _add_capacities(self, pairs: Iterable[tuple[int, FormRecord]]) -> None:
        Capacity.objects.bulk_create(
            (
                Capacity(service_form_id=pk, unit_id=self.units[one.unit], amount=one.amount, note=one.note)
                for pk, form in pairs
                for one in form.capacities
            ),
            batch_size=BATCH,
        )

    def _add_target_groups(self, pairs: Iterable[tuple[int, str]]) -> None:
        ServiceTargetGroup.objects.bulk_create(
            (
                ServiceTargetGroup(service_id=pk, target_group_id=self.target_groups[key], source=self.plan.source)
                for pk, key in pairs
            ),
            batch_size=BATCH,
        )

    def _add_age_groups(self, pairs: Iterable[tuple[int, str]]) -> None:
        ServiceAgeGroup.objects.bulk_create(
            (
                ServiceAgeGroup(service_id=pk, age_group_id=self.age_groups[key], source=self.plan.source)
                for pk, key in pairs
            ),
            batch_size=BATCH,
        )

    def _add_regions(self, pairs: Iterable[tuple[int, str]]) -> None:
        table = Service.more_regions.through
        table.objects.bulk_create((table(service_id=pk, region_id=code) for pk, code in pairs), batch_size=BATCH)

    def _contacts(self, records: Sequence[ContactRecord], **owner: int) -> Iterator[Contact]:
        for order, one in enumerate(records):
            yield Contact(
                channel=one.channel,
                value=one.value,
                note=one.note,
                source=self.plan.source,
                order=order,
                **owner,
            )


class _Slugs:
    """Addresses that are still free; a name that is taken gets a number."""

    def __init__(self, model: type[Provider] | type[Service]) -> None:
        slug = model._meta.get_field("slug")
        self.limit = (slug.max_length or 50) - 8
        self.taken = set(model._default_manager.values_list("slug", flat=True))
        self.next: dict[str, int] = {}

    def take(self, name: str) -> str:
        base = slugify(name)[: self.limit].strip("-") or "sluzba"
        slug = base
        while slug in self.taken:
            self.next[base] = self.next.get(base, 1) + 1
            slug = f"{base}-{self.next[base]}"
        self.taken.add(slug)
        return slug


def _facility_columns(record: FacilityRecord) -> dict[str, Any]:
    return {
        "name": record.name,
        "secret": record.secret,
        "street": record.street,
        "postal_code": record.postal_code,
        "municipality_id": record.municipality or None,
        "municipality_name": record.municipality_name,
        "address_point": record.address_point,
        "lat": record.lat,
        "lon": record.lon,
        "started_on": record.started_on,
        "ended_on": record.ended_on,
        "source_id": record.source_id,
    }


def _keys(model: type[CodeListItem]) -> dict[str, int]:
    return dict(model._default_manager.values_list("key", "pk"))


# --- runs ---------------------------------------------------------------------------------------------------


def import_file(
    file: Fetched,
    *,
    complete: bool,
    confirmed: bool,
    dry_run: bool = False,
    tell: Callable[[Plan], None] | None = None,
) -> Plan:
    """Read, compare, `tell` the plan, and write it unless it is a dry run.

    A change too large to pass without a person's yes raises `NeedsConfirmation` and leaves a run on which the
    person may say it. A run that changed nothing leaves no trace, so that a daily import writes nothing.
    """
    codes = read_codes()
    source, reads, whole = read_file(file, codes)
    complete = complete or whole
    if dry_run:
        plan = compare(source=source, reads=reads, codes=codes, complete=complete)
        _tell(plan, tell)
        return plan
    with transaction.atomic():
        plan = _compare_locked(source, reads, codes, complete=complete)
        _tell(plan, tell)
        if plan.needs_confirmation and not confirmed:
            _leave_for_person(plan, file)
        elif not plan.empty:
            write(plan)
            run = _run_of(plan, file)
            run.applied_at = timezone.now()
            _close(run, ImportRun.State.DONE)
            write_deed(verb="register_imported", thing=run, after=plan.counts)
    check_share(plan, confirmed=confirmed)
    return plan


def _run_of(plan: Plan, file: Fetched) -> ImportRun:
    """A run of an import that no person started, with its report."""
    run = ImportRun(
        source=plan.source, file_name=file.name, checksum=file.checksum, size=file.size, complete=plan.complete
    )
    _keep_plan(run, plan)
    return run


def _leave_for_person(plan: Plan, file: Fetched) -> None:
    """Keep the file and its differences for a person; what waited from former days gives way to it."""
    waiting = ImportRun.objects.filter(source=plan.source, person=None, state=ImportRun.State.CHECKED)
    if waiting.filter(digest=plan.digest, checksum=file.checksum).exists():
        return
    for old in waiting:
        _close(old, ImportRun.State.DROPPED, message="Nahradil ho novější soubor.")
    run = _run_of(plan, file)
    file.file.seek(0)
    run.file.save(f"{secrets.token_urlsafe(16)}/{get_valid_filename(file.name)}", File(file.file), save=False)
    _close(run, ImportRun.State.CHECKED)


@transaction.atomic
def upload(*, person: Person, file: File[bytes], complete: bool) -> tuple[ImportRun, Job]:
    """A person brought a file: keep it and start reading it."""
    if not may_import(person):
        raise PermissionDenied
    name = PurePath(file.name or "soubor").name[:200]
    run = ImportRun.objects.create(file_name=name, person=person, complete=complete, size=file.size)
    run.file.save(f"{secrets.token_urlsafe(16)}/{get_valid_filename(name)}", file, save=False)
    return run, _start_preview(run, person)


@transaction.atomic
def fetch(*, person: Person, address: str) -> tuple[ImportRun, Job]:
    """A person asked for the register from its address; the background downloads it."""
    if not may_import(person):
        raise PermissionDenied
    run = ImportRun.objects.create(file_name=address, person=person, complete=True)
    return run, _start_preview(run, person)


def _start_preview(run: ImportRun, person: Person) -> Job:
    from . import tasks

    run.state = ImportRun.State.CHECKING
    run.save(update_fields=["state", "file"])
    job = start(
        task=tasks.preview,
        kind="register.preview",
        title="Prohlížíme soubor",
        actor=person,
        parameters={"run": run.pk},
        next_url=reverse("register:run", args=[run.pk]),
    )
    ImportRun.objects.filter(pk=run.pk).update(job_key=job.key)
    return job


def preview(*, run_id: int, job: Job) -> None:
    """Read the file, compare, and keep the differences for a person to look at."""
    run = ImportRun.objects.get(pk=run_id)
    try:
        with _file_of(run) as file:
            plan = _compare_run(run, file, job)
            run.checksum, run.size = file.checksum, file.size
    except (Refused, ValidationError) as refusal:
        _close(run, ImportRun.State.REFUSED, message=_message(refusal))
        raise ValidationError(_message(refusal)) from refusal
    except Exception:
        _close(run, ImportRun.State.FAILED, message="Soubor se nepodařilo zpracovat. Zkuste to znovu.")
        raise
    state = ImportRun.State.UNCHANGED if plan.empty else ImportRun.State.CHECKED
    _keep_plan(run, plan)
    _close(run, state, message="V souboru není nic nového." if plan.empty else "")
    finish(job=job, message="Prohlédnuto.")


@transaction.atomic
def confirm(*, person: Person, run: ImportRun, agreed: bool) -> Job:
    """A person read the preview and says yes; a large change needs `agreed`."""
    from . import tasks

    if not may_import(person):
        raise PermissionDenied
    if is_large(run) and not agreed:
        raise NeedsConfirmation("Změna je velká. Zaškrtněte, že jí rozumíte.")
    _move(run, ImportRun.State.APPLYING, message="", person=person)
    job = start(
        task=tasks.write,
        kind="register.write",
        title="Zapisujeme do katalogu",
        actor=person,
        parameters={"run": run.pk, "agreed": agreed},
        next_url=reverse("register:run", args=[run.pk]),
    )
    ImportRun.objects.filter(pk=run.pk).update(job_key=job.key)
    return job


def write_run(*, run_id: int, job: Job) -> None:
    """Write what the person confirmed, and only that: when the catalogue moved on since, the person looks again."""
    run = ImportRun.objects.select_related("person").get(pk=run_id)
    if run.state != ImportRun.State.APPLYING:
        return  # a former worker finished it just before it died
    try:
        with _file_of(run) as file:
            codes = read_codes()
            source, reads, whole = read_file(file, codes, _reading(job, file))
            advance(job=job, done=0, total=0, message="zapisujeme do katalogu")
            _write_confirmed(run, source, reads, codes, complete=run.complete or whole)
    except (Refused, ValidationError) as refusal:
        _close(run, ImportRun.State.REFUSED, message=_message(refusal))
        raise ValidationError(_message(refusal)) from refusal
    except Exception:
        _close(run, ImportRun.State.FAILED, message="Zápis se nepodařil, v katalogu se nic nezměnilo.")
        raise
    finish(job=job, message="Hotovo.")


@transaction.atomic
def _write_confirmed(run: ImportRun, source: str, reads: Sequence[Read], codes: Codes, *, complete: bool) -> None:
    plan = _compare_locked(source, reads, codes, complete=complete)
    seen = run.digest
    _keep_plan(run, plan)
    if plan.empty:
        _close(run, ImportRun.State.UNCHANGED, message="V katalogu už to takhle je, nic jsme nezapsali.")
    elif plan.digest != seen:
        _close(run, ImportRun.State.CHECKED, message="Katalog se mezitím změnil. Podívejte se na rozdíly znovu.")
    else:
        write(plan)
        run.applied_at = timezone.now()
        _close(run, ImportRun.State.DONE)
        write_deed(verb="register_imported", thing=run, actor=run.person, after=plan.counts)


@transaction.atomic
def retry(*, person: Person, run: ImportRun) -> Job:
    """Read the file once more, of a run that failed or whose background work was given up."""
    if not may_import(person):
        raise PermissionDenied
    if not can_retry(run):
        raise ValidationError("Tohle načtení ještě běží, nebo už skončilo. Podívejte se, jak dopadlo.")
    _move(run, ImportRun.State.CHECKING, message="", person=person)
    return _start_preview(run, person)


@transaction.atomic
def drop(*, person: Person, run: ImportRun) -> None:
    """The person does not want it; the file is forgotten, the run stays in the list."""
    if not may_import(person):
        raise PermissionDenied
    _move(run, ImportRun.State.DROPPED, message="", person=person)
    _forget_file(run)


def can_retry(run: ImportRun) -> bool:
    if run.state == ImportRun.State.FAILED:
        return True
    given_up = Job.objects.filter(key=run.job_key, state=Job.State.FAILED)
    return run.state in {ImportRun.State.CHECKING, ImportRun.State.APPLYING} and given_up.exists()


def is_large(run: ImportRun) -> bool:
    """Whether the change of a run needs its own yes; the counts say what the plan said."""
    existing = run.counts.get("existing", 0)
    return bool(existing) and run.counts.get("touched", 0) / existing > LARGEST_SHARE


@contextmanager
def _file_of(run: ImportRun) -> Iterator[Fetched]:
    """The file of a run, downloaded and kept when it came by its address: what is written is what was read."""
    if not run.file:
        with fetched(run.file_name) as file:
            run.file.save(f"{secrets.token_urlsafe(16)}/{get_valid_filename(file.name)}", File(file.file), save=False)
            ImportRun.objects.filter(pk=run.pk).update(file=run.file.name)
    with run.file.open() as opened:
        yield described(opened.file, run.file_name)


def _compare_run(run: ImportRun, file: Fetched, job: Job) -> Plan:
    codes = read_codes()
    run.source, reads, whole = read_file(file, codes, _reading(job, file))
    run.complete = run.complete or whole
    advance(job=job, done=0, total=0, message="porovnáváme s katalogem")
    return compare(source=run.source, reads=reads, codes=codes, complete=run.complete)


def _reading(job: Job, file: Fetched) -> Callable[[int], None]:
    """How far the reading is, for whoever watches the job."""
    advance(job=job, done=0, total=file.size, message="čteme soubor")
    return lambda done: advance(job=job, done=done, total=file.size, message="čteme soubor")


def _keep_plan(run: ImportRun, plan: Plan) -> None:
    run.counts, run.digest = plan.counts, plan.digest
    text = io.StringIO(newline="")
    write_report(plan, text)
    if run.report:
        run.report.delete(save=False)
    content = ContentFile(text.getvalue().encode("utf-8-sig"))
    run.report.save(f"{secrets.token_urlsafe(16)}/rozdily.csv", content, save=False)


def _close(run: ImportRun, state: str, message: str = "") -> None:
    """Save how a step of the run ended; the file is kept only while it may still be needed."""
    run.state, run.message = state, message
    if state not in {ImportRun.State.CHECKED, ImportRun.State.FAILED}:
        _forget_file(run)
    run.save()


def _forget_file(run: ImportRun) -> None:
    if run.file:
        run.file.delete(save=False)
        ImportRun.objects.filter(pk=run.pk).update(file="")


def _move(run: ImportRun, state: ImportRun.State, **values: Any) -> None:
    """Move a run unless somebody else did so first."""
    if state not in ImportRun.MOVES.get(ImportRun.State(run.state), set()):
        raise ValidationError("S tímhle načtením už to nejde. Podívejte se, jak dopadlo.")
    moved = ImportRun.objects.filter(pk=run.pk, state=run.state).update(state=state, **values)
    if not moved:
        raise ValidationError("Někdo jiný byl rychlejší. Podívejte se, jak načtení dopadlo.")
    run.state = state


def _message(refusal: Refused | ValidationError) -> str:
    return " ".join(refusal.messages) if isinstance(refusal, ValidationError) else str(refusal)


def _tell(plan: Plan, tell: Callable[[Plan], None] | None) -> None:
    if tell is not None:
        tell(plan)
