"""Tables (CSV, XLSX) with a header of our own: one row a facility of a service.

The same columns serve registered and accompanying services, and `exports.py` writes them. A column that is
missing means "this table does not know" and leaves what we have; an empty cell means "there is none".
"""

from __future__ import annotations

import codecs
import csv
import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import BinaryIO

import python_calamine
from django.core.exceptions import ValidationError

from portal.files import zips
from portal.web.cells import unguard
from words.fold import fold

from ..codes import Codes
from ..records import (
    CapacityRecord,
    ContactRecord,
    FacilityRecord,
    FirstWords,
    FormRecord,
    Problem,
    ProviderRecord,
    Read,
    Refused,
    ServiceRecord,
    Weight,
)
from . import values
from .unknown import Unknown

# A table is read into memory whole.
LARGEST = 40 * 1024 * 1024
LARGEST_UNPACKED = 400 * 1024 * 1024
MOST_COLUMNS = 200
MOST_CELLS = 10_000_000
XLSX = b"PK\x03\x04"


@dataclass(frozen=True, slots=True)
class Column:
    name: str
    hint: str
    example: str = ""
    needed: bool = False


COLUMNS = (
    Column("poskytovatel", "název organizace", "Domov Pohoda, z. ú.", needed=True),
    Column("ico", "IČO na 8 číslic, i bez úvodních nul", "00194972"),
    Column("pravni_forma", "právní forma organizace", "ústav"),
    Column("id_sluzby", "vaše stálé číslo služby; bez něj služby poznáme podle organizace, druhu a názvu", "17"),
    Column("sluzba", "název služby; bez něj použijeme název zařízení nebo druh", "Pečovatelská služba Pohoda"),
    Column("druh", "název druhu, jeho zkratka nebo kód z číselníku", "pečovatelská služba", needed=True),
    Column("sluzba_od", "odkdy služba funguje", "2020-01-31"),
    Column("sluzba_do", "kdy služba skončila", ""),
    Column("formy", "terénní; ambulantní; pobytová (za slovem může být „nepřetržitě“)", "terénní; ambulantní"),
    Column("kapacita", "forma: počet jednotka (poznámka), oddělte středníkem", "pobytová: 32 luzka; ter: 5 klient"),
    Column("cilove_skupiny", "názvy nebo klíče z číselníku, oddělte středníkem", "senioři; pečující osoby"),
    Column("vekove_skupiny", "názvy nebo klíče z číselníku, oddělte středníkem", "dospělí (27–64 let)"),
    Column("komu_poznamka", "upřesnění, komu služba slouží", ""),
    Column("kraje", "kraje, kde služba působí celá, oddělte středníkem", "Královéhradecký kraj"),
    Column("telefon", "jeden nebo více, oddělte středníkem", "495 123 456"),
    Column("email", "jeden nebo více, oddělte středníkem", "info@example.cz"),
    Column("web", "jeden nebo více, oddělte středníkem", "www.example.cz"),
    Column("zarizeni", "název místa, kde se služba poskytuje", "Středisko Jičín"),
    Column("id_zarizeni", "vaše stálé číslo místa", ""),
    Column("utajena_adresa", "ano/ne; u utajené adresy nic dalšího o místě nečteme", "ne"),
    Column("ulice", "ulice a číslo", "Palackého 12"),
    Column("psc", "PSČ", "50601"),
    Column("obec", "název obce", "Jičín"),
    Column("kod_obce", "kód obce (RÚIAN); přednost před názvem", "572659"),
    Column("okres", "kód okresu, když je obcí toho jména víc", "CZ0522"),
    Column("lat", "zeměpisná šířka", "50.4372"),
    Column("lon", "zeměpisná délka", "15.3516"),
    Column("zarizeni_od", "odkdy místo funguje", ""),
    Column("zarizeni_do", "kdy místo skončilo", ""),
    Column("popis", "co služba dělá, jednoduše; použije se jen poprvé", "Přijdeme k vám domů a pomůžeme."),
    Column("jak_ziskat", "jak službu získat, jeden krok na řádek; použije se jen poprvé", "Zavolejte nám."),
    Column("cena", "zdarma / částečně / placené; použije se jen poprvé", "zdarma"),
    Column("o_cene", "podrobnosti o ceně; použije se jen poprvé", ""),
)
NAMES = tuple(column.name for column in COLUMNS)
COSTS = {"zdarma": "free", "castecne": "partly", "castecne placene": "partly", "placene": "paid", "placena": "paid"}
_CELL = re.compile(rb"""\br=["']([A-Z]{0,3})(\d{1,9})["']""")
_CAPACITY = re.compile(r"([^:]+):\s*(\d[\d ]*|\?)\s+([^()]+?)\s*(?:\((.*)\))?", re.DOTALL)

type Cells = Mapping[str, str]


def read(file: BinaryIO, codes: Codes) -> Iterator[Read]:
    columns, rows = _open(file)
    services: dict[str, _Service] = {}
    unknown = Unknown()
    for number, cells in rows:
        row = _Row(number, cells, columns, codes, unknown)
        record, facility = row.read(), row.facility()
        yield from row.problems
        if record is not None:
            service = services.setdefault(record.source_id, _Service(record))
            if facility is not None:
                service.facilities[facility] = None
    for service in services.values():
        yield service.record(codes)
    yield from unknown.problems()


# --- rows to records ----------------------------------------------------------------------------------------


class _Service:
    """A service in the making: its first row speaks for it, every row adds a facility."""

    def __init__(self, first: ServiceRecord) -> None:
        self.first = first
        self.facilities: dict[FacilityRecord, None] = {}

    def record(self, codes: Codes) -> ServiceRecord:
        facilities = tuple(self.facilities)
        names = [one.name for one in facilities]
        name = self.first.name or values.service_name(names, codes.kinds.name(self.first.kind))
        return replace(self.first, name=name, facilities=facilities)


class _Row:
    def __init__(self, number: int, cells: Cells, columns: frozenset[str], codes: Codes, unknown: Unknown) -> None:
        self.cells = cells
        self.columns = columns
        self.codes = codes
        self.unknown = unknown
        self.place = f"řádek {number}"
        self.problems: list[Problem] = []

    def read(self) -> ServiceRecord | None:
        """The service without its facilities, None where the row names no service."""
        provider = self._text("poskytovatel", 250)
        kind_name = self._text("druh")
        kind = self.codes.kinds.key(kind_name) if kind_name else None
        if not provider:
            self._wrong("chybí poskytovatel")
            return None
        if kind is None:
            self._wrong(f"neznámý druh služby „{kind_name}“" if kind_name else "chybí druh služby")
            return None
        number = self._ico()
        started, ended = self._dates("sluzba_od", "sluzba_do")
        return ServiceRecord(
            source_id=self._source_id(number, kind),
            place=self.place,
            provider=ProviderRecord(number, provider, self._text("pravni_forma", 120)),
            kind=kind,
            name=self._text("sluzba", 250),
            facilities=(),
            started_on=started,
            ended_on=ended,
            target_note=self._text("komu_poznamka", 2000, lines=True),
            regions=self._regions(),
            forms=self._forms(),
            target_groups=self._groups("cilove_skupiny", "cílová skupina"),
            age_groups=self._groups("vekove_skupiny", "věková skupina"),
            contacts=self._contacts(),
            first_words=self._first_words(),
        )

    def _source_id(self, number: str, kind: str) -> str:
        if own := self._text("id_sluzby", 80):
            return own
        owner = number or values.key_of(self._text("poskytovatel", 250))
        name = self._text("sluzba", 250)
        return f"{owner}-{kind}" + (f"-{values.key_of(name)}" if name else "")

    def facility(self) -> FacilityRecord | None:
        started, ended = self._dates("zarizeni_od", "zarizeni_do")
        own = self._text("id_zarizeni", 80)
        # Anything but a clear no is taken for a secret: better hidden by a typing mistake than shown by one.
        if fold(self._text("utajena_adresa")) not in ("", "ne", "0", "false", "n"):
            return FacilityRecord(secret=True, started_on=started, ended_on=ended, source_id=own)
        name, code = self._text("obec", 100), self._text("kod_obce", 10)
        place = self.codes.places.find(code, name, self._text("okres", 8))
        if place is None and (name or code):
            self._warn(f"obec „{name or code}“ neznáme, nebo je jich toho jména víc")
        facility = FacilityRecord(
            name=self._text("zarizeni", 250),
            street=self._text("ulice", 200),
            postal_code=values.postal_code(self._text("psc")),
            municipality=place.code if place else "",
            municipality_name=place.name if place else name,
            lat=values.degrees(self._text("lat")) if self._text("lat") else None,
            lon=values.degrees(self._text("lon")) if self._text("lon") else None,
            started_on=started,
            ended_on=ended,
            source_id=own,
        )
        if (facility.lat is None) != (facility.lon is None):
            self._warn("poloze chybí šířka nebo délka; nechali jsme ji prázdnou")
            facility = replace(facility, lat=None, lon=None)
        return None if facility == FacilityRecord() else facility

    def _forms(self) -> tuple[FormRecord, ...] | None:
        if not self.columns & {"formy", "kapacita"}:
            return None
        found: dict[str, FormRecord] = {}
        for part in self._parts("formy"):
            nonstop = fold(part).endswith("nepretrzite")
            key = self._form(part.rsplit(" ", 1)[0] if nonstop else part)
            if key:
                found[key] = FormRecord(key, nonstop=nonstop or None)
        for part in self._parts("kapacita"):
            capacity = self._capacity(part)
            if capacity:
                form = found.get(capacity[0], FormRecord(capacity[0]))
                found[form.form] = replace(form, capacities=(*form.capacities, capacity[1]))
        return tuple(found[key] for key in self.codes.forms if key in found)

    def _form(self, written: str) -> str | None:
        key = self.codes.forms.key(written)
        if key is None:
            self.unknown.note("forma", written[:60], self.place)
        return key

    def _capacity(self, part: str) -> tuple[str, CapacityRecord] | None:
        match = _CAPACITY.fullmatch(part)
        if match is None:
            self._warn(f"kapacitě „{part[:60]}“ nerozumíme; pište ji jako „pobytová: 32 luzka“")
            return None
        form, amount, unit, note = match.groups()
        key, unit_key = self._form(form.strip()), self.codes.units.key(unit)
        if unit_key is None:
            self.unknown.note("jednotka kapacity", unit[:60], self.place)
        if key is None or unit_key is None:
            return None
        try:
            return key, CapacityRecord(unit_key, None if amount == "?" else values.whole(amount), note or "")
        except ValueError as problem:
            self._warn(f"kapacita: {problem}")
            return None

    def _groups(self, column: str, what: str) -> tuple[str, ...] | None:
        if column not in self.columns:
            return None
        codes = self.codes.target_groups if column == "cilove_skupiny" else self.codes.age_groups
        return self.unknown.keys(codes, what, self._parts(column), self.place)

    def _regions(self) -> tuple[str, ...] | None:
        if "kraje" not in self.columns:
            return None
        found = set()
        for part in self._parts("kraje"):
            if region := self.codes.region(part):
                found.add(region)
            else:
                self.unknown.note("kraj", part[:60], self.place)
        return tuple(sorted(found))

    def _contacts(self) -> tuple[ContactRecord, ...] | None:
        channels = {"telefon": "phone", "email": "email", "web": "web"}
        if not self.columns & set(channels):
            return None
        found: dict[ContactRecord, None] = {}
        for column, channel in channels.items():
            for part in self._parts(column):
                contact = values.contact(channel, part)
                if contact is None:
                    self._warn(f"nepoužitelný kontakt ({column}): „{part[:60]}“")
                else:
                    found[contact] = None
        return tuple(found)

    def _first_words(self) -> FirstWords:
        cost = self._text("cena")
        if cost and fold(cost) not in COSTS:
            self._warn(f"cena „{cost[:30]}“ není zdarma, částečně ani placené")
        return FirstWords(
            plain_text=self._text("popis", 5000, lines=True),
            how_to_get=self._text("jak_ziskat", 5000, lines=True),
            cost=COSTS.get(fold(cost), ""),
            cost_note=self._text("o_cene", 5000, lines=True),
        )

    def _ico(self) -> str:
        try:
            number = values.ico(self.cells.get("ico"))
        except ValueError as problem:
            self._warn(str(problem))
            return ""
        if number and not values.ico_checks(number):
            self._warn(f"IČO {number} nemá správnou kontrolní číslici")
        return number

    def _dates(self, start: str, end: str) -> tuple[date | None, date | None]:
        found: list[date | None] = []
        for column in (start, end):
            try:
                found.append(values.day(self.cells.get(column)))
            except ValueError as problem:
                self._warn(f"{column}: {problem}")
                found.append(None)
        started, ended = found
        if started and ended and ended < started:
            self._warn(f"{end} je před {start}; začátek jsme vynechali")
            started = None
        return started, ended

    def _parts(self, column: str) -> list[str]:
        return [part for one in self._text(column, lines=True).split(";") if (part := values.text(one))]

    def _text(self, column: str, limit: int | None = None, *, lines: bool = False) -> str:
        return values.text(self.cells.get(column), limit, lines=lines)

    def _subject(self) -> str:
        return " – ".join(filter(None, (self._text("poskytovatel", 120), self._text("sluzba", 120)))) or "řádek"

    def _warn(self, reason: str) -> None:
        self.problems.append(Problem(Weight.WARNING, self.place, self._subject(), reason))

    def _wrong(self, reason: str) -> None:
        own = self._text("id_sluzby", 80)
        self.problems.append(Problem(Weight.WRONG, self.place, self._subject(), reason, own))


# --- files to rows ------------------------------------------------------------------------------------------


def _open(file: BinaryIO) -> tuple[frozenset[str], Iterator[tuple[int, Cells]]]:
    """Known columns of the table and its rows with their numbers as a spreadsheet shows them (header = 1)."""
    content = file.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise Refused(f"Tabulka je příliš velká (přes {LARGEST // 1024**2} MB).")
    rows = rows_of(content)
    header = [_column(cell) for cell in next(rows, [])][:MOST_COLUMNS]
    columns = frozenset(header) & frozenset(NAMES)
    missing = [column.name for column in COLUMNS if column.needed and column.name not in columns]
    if missing:
        raise Refused(
            f"V prvním řádku tabulky chybí sloupce: {', '.join(missing)}. Stáhněte si vzor a držte se jeho hlavičky."
        )
    return columns, (
        (number, dict(zip(header, row, strict=False)))
        for number, row in enumerate(rows, start=2)
        if any(cell.strip() for cell in row)
    )


def rows_of(content: bytes) -> Iterator[list[str]]:
    """Rows of a CSV or of the first sheet of an XLSX, every cell as text; `Refused` where there are none to read."""
    return _sheet(content) if content.startswith(XLSX) else _csv(content)


def _column(cell: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", fold(cell.strip())).strip("_")


def _csv(content: bytes) -> Iterator[list[str]]:
    text = decode(content)
    first = text.split("\n", 1)[0]
    delimiter = max(";,\t", key=first.count)
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            yield [unguard(cell) for cell in row]
    except csv.Error as problem:
        raise Refused(f"CSV nejde přečíst: {problem}.") from problem


def decode(content: bytes) -> str:
    """Text of a CSV as Czech programs save it: UTF-8 with or without a mark, UTF-16 with a mark, cp1250."""
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if content.startswith(mark):
            return _strictly(content, encoding)
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return _strictly(content, "cp1250")


def _strictly(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as problem:
        raise Refused("Soubor není text: uložte tabulku jako CSV v kódování UTF-8, nebo jako XLSX.") from problem


def _sheet(content: bytes) -> Iterator[list[str]]:
    """Rows of the first sheet of an XLSX; sizes inside are checked before anything is unpacked."""
    try:
        check_extent(content)
        workbook = python_calamine.load_workbook(io.BytesIO(content))
        sheet = workbook.get_sheet_by_index(0)
        rows = sheet.to_python(skip_empty_area=False)
    except Refused:
        raise
    except Exception as problem:  # a damaged archive breaks in more ways than its readers document
        raise Refused("Sešit XLSX nejde otevřít; není to jiný druh souboru?") from problem
    for row in rows:
        yield [values.text(cell, lines=True) for cell in row]


def check_extent(content: bytes) -> None:
    """Refuse what would not fit in memory: a large archive, or a sheet that is nearly empty but immense
    (the reader keeps a place for every cell up to the last one)."""
    try:
        zips.check(io.BytesIO(content), most_inflated=LARGEST_UNPACKED)
    except ValidationError as refusal:
        raise Refused(f"Sešit XLSX nejde přečíst. {' '.join(refusal.messages)}") from refusal
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        _check_archive(archive)


def _check_archive(archive: zipfile.ZipFile) -> None:
    if "xl/workbook.xml" not in archive.namelist():
        raise Refused("Tohle není sešit XLSX. Uložte tabulku jako XLSX nebo CSV.")
    for name in archive.namelist():
        if not name.startswith("xl/worksheets/"):
            continue
        row = column = 1
        with archive.open(name) as sheet:
            before = b""
            while chunk := sheet.read(1024 * 1024):
                for letters, number in _CELL.findall(before + chunk):
                    row, column = max(row, int(number)), max(column, _column_number(letters))
                before = chunk[-32:]
        if row * column > MOST_CELLS:
            raise Refused("List sešitu je příliš rozlehlý. Smažte prázdné řádky a sloupce za tabulkou.")


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number
