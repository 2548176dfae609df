"""Official files in any order, told apart by content; out comes the joined table and boundaries beside it."""

import csv
import io
import json
import zipfile
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from . import csu, ruian

COLUMNS = (
    "kod_obce nazev status kod_pou nazev_pou kod_orp nazev_orp kod_okres_lau nazev_okres kod_kraj_nuts3 nazev_kraj "
    "psc lat lon rozloha_km2_pribl"
).split()
GROUP_COLUMNS = {csu.CHILDREN: "ob0_14", csu.WORKING_AGE: "ob15_64", csu.OLD: "ob65plus"}

type Ages = dict[csu.Age | None, int]


class NotOfficial(ValueError):
    """A file is none of the official ones, or the one without which nothing can be joined is missing."""


@dataclass(slots=True)
class Downloads:
    """What has been read from the official files. `faults` names file, line and reason of all that was left out."""

    places: dict[str, csu.Place] = field(default_factory=dict)
    # By municipality and year, then by file: two sources (a balance, a census) are never mixed in one figure.
    people: dict[tuple[str, int], dict[str, Ages]] = field(default_factory=lambda: defaultdict(dict))
    areas: dict[tuple[str, str], ruian.Area] = field(default_factory=dict)
    postal: dict[str, Counter[str]] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    def read(self, path: Path) -> None:
        """Read one download: CSV, XML, or a ZIP of them. Raises NotOfficial for anything else."""
        if not zipfile.is_zipfile(path):
            with path.open("rb") as document:
                return self._read(document, path.name)
        try:
            with zipfile.ZipFile(path) as archive:
                for member in archive.infolist():
                    if not member.is_dir():
                        with archive.open(member) as document:
                            self._read(document, f"{path.name}/{member.filename}")
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as fault:
            raise NotOfficial(f"{path.name}: archiv nejde přečíst ({fault})") from fault
        return None

    def _read(self, document: IO[bytes], name: str) -> None:
        faults: list[str] = []
        try:
            if document.read(512).lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<"):
                document.seek(0)
                self._read_areas(document, faults)
            else:
                document.seek(0)
                self._read_table(_decoded(document.read()), name, faults)
        except (NotOfficial, ruian.NotExchangeFormat, csv.Error) as fault:
            raise NotOfficial(f"{name}: {fault}") from fault
        finally:
            self.faults.extend(f"{name}: {fault}" for fault in faults)

    def _read_areas(self, document: IO[bytes], faults: list[str]) -> None:
        before = len(self.areas)
        for area in ruian.areas(document, faults):
            self.areas[area.kind, area.code] = area
        if len(self.areas) == before and not faults:
            raise NotOfficial("XML neobsahuje žádnou obec, ORP, okres ani kraj výměnného formátu RÚIAN")

    def _read_table(self, text: str, name: str, faults: list[str]) -> None:
        columns, lines = _table(text)
        if csu.is_structure(columns):
            for place in csu.structure(lines, faults):
                if place.code in self.places:
                    faults.append(f"obec {place.code} je ve struktuře území víckrát, platí první řádek")
                self.places.setdefault(place.code, place)
        elif csu.is_figures(columns):
            self._read_counts(csu.counts(lines, faults), name, faults)
        elif ruian.is_addresses(columns):
            ruian.postal_codes(lines, self.postal, faults)
        else:
            raise NotOfficial("není struktura území ani údaje ČSÚ, ani výměnný formát nebo adresy RÚIAN")

    def _read_counts(self, counts: Iterator[csu.Count], name: str, faults: list[str]) -> None:
        before = len(faults)
        found = False
        for count in counts:
            self.people[count.code, count.year].setdefault(name, {})[count.age] = count.people
            found = True
        if not found and len(faults) == before:
            faults.append("soubor nemá žádný počet obyvatel obcí, který známe")

    def rows(self, *, region: str = "", since: int = 0) -> list[dict[str, Any]]:
        """Rows of the joined table, sorted by code: of one region (NUTS3 code) if given, figures not older than
        `since`. A figure that no file gives is left out, not written as zero."""
        if not self.places:
            raise NotOfficial("Mezi soubory chybí struktura území ČR (struktura_uzemi_cr.csv od ČSÚ).")
        rows = {
            code: self._row(place)
            for code, place in sorted(self.places.items())
            if place.region[0] == region or not region
        }
        if not rows:
            raise NotOfficial(f"Kraj {region} ve struktuře území není.")
        ended = set()
        for (code, year), people in sorted(self.people.items()):
            if code not in self.places:
                ended.add(code)
            elif code in rows and year >= since:
                rows[code].update(self._figures(code, year, people))
        if ended:
            self.faults.append(f"údaje za {len(ended)} kódů, které ve struktuře území nejsou (zaniklé obce), vynechány")
        self._tell_differences()
        return list(rows.values())

    def _row(self, place: csu.Place) -> dict[str, Any]:
        area = self.areas.get(("Obec", place.code))
        postal = self.postal.get(place.code, Counter())
        return {
            "kod_obce": place.code,
            "nazev": place.name,
            "status": place.status,
            "kod_pou": place.pou[0],
            "nazev_pou": place.pou[1],
            "kod_orp": place.orp[0],
            "nazev_orp": place.orp[1],
            "kod_okres_lau": place.district[0],
            "nazev_okres": place.district[1],
            "kod_kraj_nuts3": place.region[0],
            "nazev_kraj": place.region[1],
            "psc": min(postal, key=lambda one: (-postal[one], one), default=""),
            "lat": area.point[0] if area and area.point else "",
            "lon": area.point[1] if area and area.point else "",
            "rozloha_km2_pribl": area.km2 if area and area.km2 else "",
        }

    def _figures(self, code: str, year: int, sources: dict[str, Ages]) -> dict[str, int]:
        """Figures of one year. The first file with a total is believed; a file with another total is left out."""
        total = next((ages[None] for ages in sources.values() if None in ages), None)
        figures = {} if total is None else {f"obyv_{year}": total}
        for name, people in sources.items():
            ages = {age: count for age, count in people.items() if age is not None}
            groups = csu.by_group(ages, people.get(None, total))
            if people.get(None, total) != total:
                self.faults.append(f"{name}: obec {code}, rok {year}: jiný součet než v předchozím souboru, vynecháno")
            elif ages and not groups:
                self.faults.append(f"{name}: obec {code}, rok {year}: věky nedávají dohromady součet, vynecháno")
            else:
                figures = {f"{GROUP_COLUMNS[group]}_{year}": count for group, count in groups.items()} | figures
        return figures

    def _tell_differences(self) -> None:
        """Sources of different dates do not fit together: say where, so that nobody looks for it later."""
        in_ruian = {code for kind, code in self.areas if kind == "Obec"}
        for code in sorted(in_ruian - self.places.keys()):
            self.faults.append(f"obec {code} je v RÚIAN, ale není ve struktuře území: mají soubory stejné datum?")
        if len(in_ruian) > 1:  # with one municipality's own file the others are rightly absent
            for code in sorted(self.places.keys() - in_ruian):
                self.faults.append(f"obec {code} ({self.places[code].name}) nemá v RÚIAN bod ani hranici")

    def outlines(self, *, region: str = "") -> Iterator[dict[str, Any]]:
        """GeoJSON features of municipalities, ORP, districts and regions, under codes of the joined table."""
        inside = [place for place in self.places.values() if place.region[0] == region or not region]
        codes = {("Obec", place.code): place.code for place in inside}
        codes.update({("Orp", place.ruian_orp): place.orp[0] for place in inside if place.ruian_orp})
        codes.update({("Okres", place.ruian_district): place.district[0] for place in inside if place.ruian_district})
        codes.update({("Vusc", place.ruian_region): place.region[0] for place in inside if place.ruian_region})
        by_nuts = {place.district[0] for place in inside} | {place.region[0] for place in inside}
        for key, area in self.areas.items():
            code = codes.get(key) or (area.nuts if area.kind != "Obec" and area.nuts in by_nuts else "")
            if code and area.geometry:
                yield {"type": "Feature", "id": code, "properties": {}, "geometry": area.geometry}


def _decoded(data: bytes) -> str:
    """ČSÚ writes UTF-8, RÚIAN Windows-1250; some tools of both write the other one."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1250", errors="replace")


def _table(text: str) -> tuple[set[str], Iterator[csu.Line]]:
    """Names of columns in small letters, and rows with their line numbers; comma or semicolon by the header."""
    header = text[:4000].partition("\n")[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(",;", key=header.count))
    columns = [name.strip().casefold() for name in next(reader, [])]

    def lines() -> Iterator[csu.Line]:
        for values in reader:
            if values:
                padded = values + [""] * (len(columns) - len(values))
                yield reader.line_num, {name: value.strip() for name, value in zip(columns, padded, strict=False)}

    return set(columns), lines()


def write(downloads: Downloads, folder: Path, *, region: str = "", since: int = 0) -> tuple[int, int]:
    """Write `obce.csv` and `hranice.geojson` into the folder. Returns how many municipalities and boundaries."""
    rows = downloads.rows(region=region, since=since)
    figures = sorted({name for row in rows for name in row if name not in COLUMNS})
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "obce.csv").open("w", encoding="utf-8", newline="") as table:
        writer = csv.DictWriter(table, [*COLUMNS, *figures], restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    outlines = list(downloads.outlines(region=region))
    document = {"type": "FeatureCollection", "features": outlines}
    (folder / "hranice.geojson").write_text(json.dumps(document, separators=(",", ":")), encoding="utf-8")
    return len(rows), len(outlines)
