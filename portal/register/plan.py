"""What an import would change: records of a file against what the source gave before. Pure: no database.

The plan is both what a person reads before saying yes (`differences`, `problems`, `counts`) and what
`actions.apply` writes (`new`, `changes`, …). An empty plan writes nothing.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date
from typing import Any

from words.fold import fold

from .codes import Codes
from .present import Present, PresentFacility, PresentForm, PresentProvider, PresentService, name_key
from .records import (
    ContactRecord,
    FacilityRecord,
    FormRecord,
    Problem,
    ProviderRecord,
    Read,
    ServiceRecord,
    Weight,
)

# A change of more services than this share needs a person's yes.
LARGEST_SHARE = 0.05
# Whose word on a provider's name holds when several sources know the provider.
TRUST = {"demo": 0, "local": 1, "table": 2, "region": 3, "mpsv": 4}

LABELS = {
    "name": "název",
    "kind": "druh",
    "provider": "poskytovatel",
    "register_number": "identifikátor v registru",
    "started_on": "poskytuje se od",
    "ended_on": "poskytuje se do",
    "target_note": "komu slouží",
    "street": "ulice",
    "postal_code": "PSČ",
    "municipality": "obec",
    "municipality_name": "obec podle zdroje",
    "address_point": "adresní místo",
    "lat": "šířka",
    "lon": "délka",
    "secret": "utajená adresa",
    "source_id": "číslo ve zdroji",
    "ico": "IČO",
    "legal_form": "právní forma",
}


@dataclass(frozen=True, slots=True)
class Difference:
    """One line of what would happen. `what`: added, changed, ended, vanished, returned."""

    what: str
    source_id: str
    title: str
    field: str = ""
    old: str = ""
    new: str = ""
    place: str = ""


@dataclass(slots=True)
class ServiceChange:
    """What to write to one service that is here already. None = leave as it is."""

    present: PresentService
    record: ServiceRecord
    values: dict[str, Any] = field(default_factory=dict)
    provider: bool = False
    returned: bool = False
    regions: tuple[str, ...] | None = None
    facilities_new: list[FacilityRecord] = field(default_factory=list)
    facilities_changed: list[tuple[PresentFacility, FacilityRecord]] = field(default_factory=list)
    facilities_vanished: list[int] = field(default_factory=list)
    forms_new: list[FormRecord] = field(default_factory=list)
    forms_changed: list[tuple[PresentForm, FormRecord]] = field(default_factory=list)
    forms_gone: list[int] = field(default_factory=list)
    contacts: tuple[ContactRecord, ...] | None = None
    target_groups_new: list[str] = field(default_factory=list)
    target_groups_gone: list[str] = field(default_factory=list)
    age_groups_new: list[str] = field(default_factory=list)
    age_groups_gone: list[str] = field(default_factory=list)


@dataclass(slots=True)
class ProviderChange:
    present: PresentProvider
    record: ProviderRecord
    values: dict[str, str]
    contacts: tuple[ContactRecord, ...] | None


@dataclass
class Plan:
    source: str
    complete: bool
    existing: int
    new: list[ServiceRecord] = field(default_factory=list)
    changes: list[ServiceChange] = field(default_factory=list)
    vanished: list[int] = field(default_factory=list)
    providers_new: dict[str, ProviderRecord] = field(default_factory=dict)
    provider_changes: list[ProviderChange] = field(default_factory=list)
    # Key of a record's provider -> primary key of the provider that is here already.
    providers: dict[str, int] = field(default_factory=dict)
    differences: list[Difference] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    read: int = 0
    facilities: int = 0

    @property
    def empty(self) -> bool:
        return not (self.new or self.changes or self.vanished or self.providers_new or self.provider_changes)

    @property
    def touched(self) -> int:
        """Services that would be added, changed, brought back or marked as gone."""
        return len(self.new) + len(self.changes) + len(self.vanished)

    @property
    def share(self) -> float:
        return self.touched / self.existing if self.existing else 0.0

    @property
    def needs_confirmation(self) -> bool:
        return self.share > LARGEST_SHARE

    @property
    def counts(self) -> dict[str, int]:
        kinds = Counter({one.source_id: one.what for one in self.differences}.values())
        weights = Counter(problem.weight for problem in self.problems)
        return {
            "read": self.read,
            "facilities": self.facilities,
            "existing": self.existing,
            "touched": self.touched,
            "added": len(self.new),
            "changed": kinds["changed"],
            "ended": kinds["ended"],
            "returned": kinds["returned"],
            "vanished": len(self.vanished),
            "unchanged": self.read - len(self.new) - len(self.changes),
            "providers_added": len(self.providers_new),
            "wrong": weights[Weight.WRONG],
            "warnings": weights[Weight.WARNING],
        }

    @property
    def digest(self) -> str:
        """Stands for the differences a person saw: equal digests mean the same changes."""
        seen = hashlib.sha256()
        for one in self.differences:
            seen.update(repr((one.what, one.source_id, one.field, one.old, one.new)).encode())
        return seen.hexdigest()


def provider_key(record: ProviderRecord) -> str:
    return record.ico or f"name:{name_key(record.name)}"


def make_plan(
    source: str, reads: Iterable[Read], present: Present, codes: Codes, today: date, *, complete: bool
) -> Plan:
    """Compare. `complete`: the file holds all services of the source, so what is not in it has vanished."""
    existing = sum(not one.vanished for one in present.services.values())
    return _Planner(Plan(source, complete, existing), present, codes, today).run(reads)


class _Planner:
    def __init__(self, plan: Plan, present: Present, codes: Codes, today: date) -> None:
        self.plan = plan
        self.present = present
        self.codes = codes
        self.today = today
        self.seen: set[str] = set()

    def run(self, reads: Iterable[Read]) -> Plan:
        for one in reads:
            if isinstance(one, Problem):
                self.plan.problems.append(one)
                self.seen.add(one.source_id if one.weight == Weight.WRONG else "")
            elif one.source_id in self.seen:
                self._wrong(one, f"služba s číslem {one.source_id} je v souboru podruhé")
            else:
                self.seen.add(one.source_id)
                self._service(one)
        if self.plan.complete:
            self._vanished()
        return self.plan

    def _wrong(self, record: ServiceRecord, reason: str) -> None:
        self.plan.problems.append(Problem(Weight.WRONG, record.place, self._title(record), reason))

    def _title(self, record: ServiceRecord) -> str:
        return f"{record.name} ({record.provider.name})"

    def _service(self, record: ServiceRecord) -> None:
        self.plan.read += 1
        self.plan.facilities += len(record.facilities)
        self._provider(record)
        present = self.present.services.get(record.source_id)
        if present is None:
            self._added(record)
        else:
            self._changed(record, present)

    def _added(self, record: ServiceRecord) -> None:
        self.plan.new.append(record)
        kind = self.codes.kinds.name(record.kind)
        self._tell("added", record, "", "", kind)
        if record.provider.ico and (record.provider.ico, record.kind) in self.present.elsewhere:
            self.plan.problems.append(
                Problem(
                    Weight.WARNING,
                    record.place,
                    self._title(record),
                    f"služba téhož poskytovatele a druhu ({kind}) už je v katalogu z jiného zdroje",
                )
            )

    def _tell(self, what: str, record: ServiceRecord, name: str, old: object, new: object) -> None:
        self.plan.differences.append(
            Difference(what, record.source_id, self._title(record), name, _shown(old), _shown(new), record.place)
        )

    # --- providers ------------------------------------------------------------------------------------------

    def _provider(self, record: ServiceRecord) -> None:
        key = provider_key(record.provider)
        if key in self.plan.providers or key in self.plan.providers_new:
            return
        present = self.present.by_ico.get(record.provider.ico) if record.provider.ico else None
        present = present or self.present.by_name.get(name_key(record.provider.name))
        if present is None:
            self.plan.providers_new[key] = record.provider
            return
        self.plan.providers[key] = present.pk
        self._compare_provider(record, present)

    def _compare_provider(self, record: ServiceRecord, present: PresentProvider) -> None:
        values: dict[str, str] = {}
        new = record.provider
        if TRUST[self.plan.source] >= TRUST[present.source]:
            wanted = {"name": new.name, "ico": new.ico or present.ico, "source": self.plan.source}
            if new.legal_form:
                wanted["legal_form"] = new.legal_form
            values = {name: value for name, value in wanted.items() if getattr(present, name) != value}
        contacts = new.contacts if new.contacts is not None and list(new.contacts) != present.contacts else None
        if not values and contacts is None:
            return
        self.plan.provider_changes.append(ProviderChange(present, new, values, contacts))
        for name, value in values.items():
            if name in LABELS:
                self._tell_provider(record, LABELS[name], getattr(present, name), value)
        if contacts is not None:
            self._tell_provider(record, "kontakty", _contacts(present.contacts), _contacts(contacts))

    def _tell_provider(self, record: ServiceRecord, name: str, old: str, new: str) -> None:
        title = f"poskytovatel {record.provider.name}"
        # Its own number, so that it is not counted among changed services.
        self.plan.differences.append(
            Difference("provider", provider_key(record.provider), title, name, old, new, record.place)
        )

    # --- services -------------------------------------------------------------------------------------------

    def _changed(self, record: ServiceRecord, present: PresentService) -> None:
        change = ServiceChange(present, record)
        told: list[tuple[str, object, object]] = []
        for name in ("kind", "name", "register_number", "started_on", "ended_on", "target_note"):
            old, new = getattr(present, name), getattr(record, name)
            if old != new:
                change.values[name] = new
                told.append((LABELS[name], old, new))
        self._compare_owner(change, told)
        if record.regions is not None and record.regions != present.regions:
            change.regions = record.regions
            told.append(("kraje", self._regions(present.regions), self._regions(record.regions)))
        self._compare_facilities(change, told)
        self._compare_forms(change, told)
        self._compare_groups(change, told)
        if record.contacts is not None and list(record.contacts) != present.contacts:
            change.contacts = record.contacts
            told.append(("kontakty", _contacts(present.contacts), _contacts(record.contacts)))
        change.returned = present.vanished
        if told or change.returned:
            self.plan.changes.append(change)
            self._tell_change(change, told)

    def _tell_change(self, change: ServiceChange, told: Sequence[tuple[str, object, object]]) -> None:
        record = change.record
        over = "ended_on" in change.values and record.ended_on is not None and record.ended_on <= self.today
        what = "returned" if change.returned else "ended" if over else "changed"
        for name, old, new in told or [("", "", "")]:
            self._tell(what, record, name, old, new)

    def _compare_owner(self, change: ServiceChange, told: list[tuple[str, object, object]]) -> None:
        pk = self.plan.providers.get(provider_key(change.record.provider))
        if pk != change.present.provider:
            change.provider = True
            old = self.present.providers[change.present.provider].name
            told.append((LABELS["provider"], old, change.record.provider.name))

    def _regions(self, codes: Iterable[str]) -> str:
        return ", ".join(self.codes.regions.get(code, code) for code in codes)

    def _compare_facilities(self, change: ServiceChange, told: list[tuple[str, object, object]]) -> None:
        pairs, new, gone = match_facilities(change.present.facilities, change.record.facilities)
        for present, read in pairs:
            record = _keeping_point(present.record, read)
            if record != present.record or present.vanished:
                change.facilities_changed.append((present, record))
                told += _facility_changes(present, record)
        for record in new:
            change.facilities_new.append(record)
            told.append(("zařízení", "", _facility(record)))
        for present in gone:
            if not present.vanished:
                change.facilities_vanished.append(present.pk)
                told.append(("zařízení", _facility(present.record), "už není v registru"))

    def _compare_forms(self, change: ServiceChange, told: list[tuple[str, object, object]]) -> None:
        if change.record.forms is None:
            return
        here = dict(change.present.forms)
        for form in change.record.forms:
            present = here.pop(form.form, None)
            name = f"forma {self.codes.forms.name(form.form)}"
            if present is None:
                change.forms_new.append(form)
                told.append((name, "", self._form(form)))
            elif not _same_form(present, form):
                change.forms_changed.append((present, form))
                told.append((name, self._form(_as_record(form.form, present)), self._form(form)))
        for key, present in here.items():
            change.forms_gone.append(present.pk)
            told.append((f"forma {self.codes.forms.name(key)}", self._form(_as_record(key, present)), ""))

    def _form(self, form: FormRecord) -> str:
        parts = ["nepřetržitě"] if form.nonstop else []
        parts += [form.hours_note] if form.hours_note else []
        for one in form.capacities:
            amount = "neuvedeno" if one.amount is None else str(one.amount)
            note = f" ({one.note})" if one.note else ""
            parts.append(f"{self.codes.units.name(one.unit)}: {amount}{note}")
        return "; ".join(parts) or "poskytuje se"

    def _compare_groups(self, change: ServiceChange, told: list[tuple[str, object, object]]) -> None:
        present, record = change.present, change.record
        if record.target_groups is not None:
            new, gone = _groups(present.target_groups, record.target_groups)
            change.target_groups_new, change.target_groups_gone = new, gone
            names = self.codes.target_groups.name
            told += [("cílová skupina", "", names(key)) for key in new]
            told += [("cílová skupina", names(key), "") for key in gone]
        if record.age_groups is not None:
            new, gone = _groups(present.age_groups, record.age_groups)
            change.age_groups_new, change.age_groups_gone = new, gone
            names = self.codes.age_groups.name
            told += [("věková skupina", "", names(key)) for key in new]
            told += [("věková skupina", names(key), "") for key in gone]

    def _vanished(self) -> None:
        for source_id, present in self.present.services.items():
            if source_id in self.seen or present.vanished:
                continue
            self.plan.vanished.append(present.pk)
            provider = self.present.providers[present.provider].name
            self.plan.differences.append(Difference("vanished", source_id, f"{present.name} ({provider})"))


# --- facilities: which place is which -----------------------------------------------------------------------


def match_facilities(
    here: Sequence[PresentFacility], records: Sequence[FacilityRecord]
) -> tuple[list[tuple[PresentFacility, FacilityRecord]], list[FacilityRecord], list[PresentFacility]]:
    """Pairs of the same place, places that are new, places that are gone.

    Registers give places no numbers, and what we know of a place (a lift, opening hours) belongs to the
    building. So a place stays itself when its name or the writing of its number changes, but not when it moves
    to another street. A place that hides its address takes over the row that showed one.
    """
    old = sorted(here, key=lambda one: (one.vanished, one.pk))
    new = list(records)
    pairs: list[tuple[PresentFacility, FacilityRecord]] = []
    for key in (_by_number, _by_all, _by_name_and_address, _by_point, _by_address, _by_name_and_street):
        waiting: dict[object, list[PresentFacility]] = {}
        for one in old:
            waiting.setdefault(key(one.record), []).append(one)
        unpaired = []
        for record in new:
            candidates = waiting.get(key(record), []) if key(record) is not None else []
            if candidates:
                pairs.append((candidates.pop(0), record))
            else:
                unpaired.append(record)
        taken = {present.pk for present, _ in pairs}
        old, new = [one for one in old if one.pk not in taken], unpaired
    hidden = [record for record in new if record.secret]
    shown = [one for one in old if not one.record.secret and not one.vanished]
    took_over = list(zip(shown, hidden, strict=False))
    taken = {present.pk for present, _ in took_over}
    return (
        pairs + took_over,
        [record for record in new if not record.secret] + hidden[len(took_over) :],
        [one for one in old if one.pk not in taken],
    )


def _by_number(one: FacilityRecord) -> object:
    return one.source_id or None


def _by_all(one: FacilityRecord) -> object:
    return (one.secret, one.name, one.street, one.municipality, one.started_on, one.ended_on)


def _by_name_and_address(one: FacilityRecord) -> object:
    return (one.secret, fold(one.name), fold(one.street), one.municipality)


def _by_point(one: FacilityRecord) -> object:
    return one.address_point


def _by_address(one: FacilityRecord) -> object:
    return (fold(one.street), one.municipality) if one.street else None


def _by_name_and_street(one: FacilityRecord) -> object:
    street = fold(one.street).rstrip("0123456789/abc. ")
    return (fold(one.name), street, one.municipality) if street and one.name else None


def _keeping_point(present: FacilityRecord, record: FacilityRecord) -> FacilityRecord:
    """The record with the point we hold, where the source has none and the address is the same."""
    same = not record.secret and (present.street, present.municipality) == (record.street, record.municipality)
    return replace(record, lat=present.lat, lon=present.lon) if record.lat is None and same else record


def _facility_changes(present: PresentFacility, record: FacilityRecord) -> list[tuple[str, object, object]]:
    if record.secret and not present.record.secret:
        return [("zařízení", "zařízení s adresou", "utajená adresa")]
    name = f"zařízení {record.name}".strip()
    told: list[tuple[str, object, object]] = [(name, "", "znovu v registru")] if present.vanished else []
    for column in fields(FacilityRecord):
        old, new = getattr(present.record, column.name), getattr(record, column.name)
        if old != new:
            told.append((f"{name}: {LABELS[column.name]}", old, new))
    return told


# --- how things are shown and compared ----------------------------------------------------------------------


def _same_form(present: PresentForm, record: FormRecord) -> bool:
    return (present.nonstop, present.hours_note, Counter(present.capacities)) == (
        record.nonstop,
        record.hours_note,
        Counter(record.capacities),
    )


def _as_record(key: str, present: PresentForm) -> FormRecord:
    return FormRecord(key, present.nonstop, present.hours_note, tuple(present.capacities))


def _groups(here: dict[str, bool], wanted: Sequence[str]) -> tuple[list[str], list[str]]:
    """Groups to add, and groups of this source to take away; what a person added stays."""
    return [key for key in wanted if key not in here], [key for key, ours in here.items() if ours and key not in wanted]


def _facility(one: FacilityRecord) -> str:
    if one.secret:
        return "zařízení s utajenou adresou"
    return ", ".join(part for part in (one.name, one.street, one.municipality_name) if part) or "bez názvu"


def _contacts(contacts: Iterable[ContactRecord]) -> str:
    return ", ".join(one.value for one in contacts)


def _shown(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "ano" if value else "ne"
    if isinstance(value, date):
        return f"{value.day}. {value.month}. {value.year}"
    return str(value)
