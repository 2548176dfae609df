"""Small files in the three formats, made of parts that a test changes."""

import io
import json
from typing import Any, BinaryIO


def binary(content: object) -> BinaryIO:
    if isinstance(content, bytes):
        return io.BytesIO(content)
    if isinstance(content, str):
        return io.BytesIO(content.encode())
    return io.BytesIO(json.dumps(content).encode())


def national_facility(**more: Any) -> dict[str, Any]:
    return {
        "nazev": "Domov Lípa",
        "poskytujeOd": "2010-01-01",
        "poskytujeDo": None,
        "utajenaAdresa": False,
        "adresa": {
            "cisloDomovni": 12,
            "cisloOrientacni": "3",
            "kodAdresnihoMista": 11867906,
            "psc": "35201",
            "typCislaDomovniho": {"id": "TypStavebnihoObjektu/1"},
            "obec": {"id": "Obec/999001"},
            "ulice": {"nazev": "Nemocniční"},
        },
    } | more


def national_item(number: int = 1, **more: Any) -> dict[str, Any]:
    return {
        "id": number,
        "identifikator": f"{700 + number}",
        "datumPoskytovaniOd": "2010-01-01",
        "datumPoskytovaniDo": None,
        "kontaktniAdresy": [{"ulice": {"nazev": "Kontaktní"}}],
        "druhSocialniSluzby": {"id": "DruhSocialniSluzby/13"},
        "zarizeni": [national_facility()],
        "poskytovatel": {
            "ico": "00194972",
            "nazev": "Společnost Lípa",
            "telefony": [{"telefon": "495 111 222", "poznamka": "ústředna"}],
            "statutarniOrgany": [{"jmeno": "Vyloučená", "prijmeni": "Osobová"}],
        },
        "telefony": [{"telefon": "495 333 444", "poznamka": None}],
        "emaily": [{"email": "lipa@example.org", "poznamka": None}],
        "weby": [{"web": "www.example.org", "poznamka": None}],
        "ciloveSkupiny": [{"cilovaSkupina": {"id": "CilovaSkupinaOsoby/24"}, "doplnujiciInformace": "z okolí"}],
        "vekoveSkupiny": [],
        "doplnujiciInformaceVekoveSkupiny": None,
        "formy": [
            {
                "forma": {"id": "FormaSocialniSluzby/pob"},
                "nepretrzitePoskytovani": True,
                "casoveRozsahy": None,
                "kapacity": [
                    {"pocet": 32, "popis": "32 lůžek", "typ": {"id": "TypKapacitySocialniSluzby/luzka"}},
                    {"pocet": None, "popis": "krizová", "typ": {"id": "TypKapacitySocialniSluzby/luzka"}},
                ],
            }
        ],
        "rozsirenePusobnostiVKraji": [],
        "doplnkoveUdaje": {"personalniZajisteni": [{"vedouci": "Vedoucí Zakázaná"}]},
    } | more


def national(*items: Any) -> dict[str, Any]:
    return {"_synthetic": True, "polozky": list(items)}


def feature(number: int = 1, point: tuple[float, float] = (15.0, 50.0), **more: Any) -> dict[str, Any]:
    """One row of the region's file; `point` is lon-lat as in GeoJSON."""
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": list(point)},
        "properties": {
            "nazev_poskytovatele": "Barevné domky",
            "ico": "194972",
            "typ_soc_sluzby": "chráněné bydlení",
            "pravni_forma": "Ústav",
            "nazev_zarizeni": "Domek",
            "kod_vusc": "CZ0991",
            "kod_okresu": "CZ0991",
            "nazev_obce": "Lipov",
            "kod_obce": "999001",
            "nazev_ulice": "Lipová",
            "cislo_domovni": str(number),
            "typ_cisla_domovniho": "č.p.",
            "cislo_orientacni": "0",
            "psc": "54101",
            "OBJECTID": number,
        }
        | more,
    }


def regional(*features: Any) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": list(features)}
