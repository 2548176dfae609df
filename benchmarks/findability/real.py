"""The real register of one region and real municipalities as the search takes them, straight from public files."""

import csv
import json
from collections import defaultdict
from pathlib import Path
from typing import Any

from portal.finding.engine import Entry, Spot
from portal.finding.lay import LayModel, read_lay_rows, read_namings
from words.places import Place, PlaceBook

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT.parent / "shared" / "data"
LISTS = ROOT / "portal" / "catalogue" / "lists"
# Questions without a place come from anywhere in the region; namesakes are resolved from its middle.
MIDDLE = (50.35, 15.85)


def lay_model() -> LayModel:
    """The dictionary that comes with the product."""
    return LayModel(
        read_lay_rows(), read_namings(LISTS / "kinds.csv", "gloss"), read_namings(LISTS / "target_groups.csv", "plain")
    )


def place_book() -> PlaceBook:
    """All municipalities of the country."""
    with (DATA / "territory" / "obce_sloucene.csv").open(encoding="utf-8", newline="") as file:
        return PlaceBook([_place(row) for row in csv.DictReader(file)], near=MIDDLE)


def entries() -> list[Entry]:
    """One entry a service: provider, kind and name of the facility; repeated rows are more places of it."""
    kinds = {naming.name: naming.key for naming in read_namings(LISTS / "kinds.csv", "gloss")}
    file = DATA / "register" / "khk_poskytovatele_socialnich_sluzeb.geojson"
    services: dict[tuple[str, str, str], list[dict[str, Any]]] = defaultdict(list)
    for feature in json.loads(file.read_text(encoding="utf-8"))["features"]:
        row = feature["properties"]
        row["lon"], row["lat"] = feature["geometry"]["coordinates"]
        services[row["ico"], kinds[row["typ_soc_sluzby"]], row["nazev_zarizeni"]].append(row)
    return [
        Entry(
            id=number,
            name=name,
            provider=rows[0]["nazev_poskytovatele"],
            kind=kind,
            spots=tuple(Spot(row["kod_obce"], row["kod_orp"] or "", row["lat"], row["lon"]) for row in rows),
        )
        for number, ((_, kind, name), rows) in enumerate(services.items(), start=1)
    ]


def _place(row: dict[str, str]) -> Place:
    return Place(
        code=row["kod_obce"],
        name=row["nazev"],
        district=row["nazev_okres"],
        lat=float(row["lat"]),
        lon=float(row["lon"]),
        population=int(row["obyv_2020"] or 0),
        postal_codes=(row["psc"],) if row["psc"] else (),
        areas=(row["kod_orp"], row["kod_okres_lau"], row["kod_kraj_nuts3"]),
    )
