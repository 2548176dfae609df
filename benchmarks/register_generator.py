"""A synthetic register of national size in the national register's own format.

    python -m benchmarks.register_generator OUT.json [--services 6733 --facilities 18907 --seed 1] [--lists DIR]

Everything in it is invented and says so (root key `_synthetic`, names with "vzor"), except the municipalities and
how many facilities of a kind they have (ČSÚ 2023), where ../shared/data is at hand. Without it the demo's invented
municipalities are used. It keeps the traps of the real file: repeated facilities, secret addresses, missing codes of
addresses, contacts on two levels, ended services whose facilities end otherwise, statutory persons that must never
be read. `--lists` also writes the code lists of target and age groups in the register's format, with invented codes
where the official ones are not known to us.
"""

from __future__ import annotations

import argparse
import csv
import json
import random
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
LISTS = ROOT / "portal" / "catalogue" / "lists"
REAL = ROOT.parent / "shared" / "data"
TERRITORY = REAL / "territory" / "obce_sloucene.csv"
COUNTS = REAL / "register" / "csu_zarizeni_socialnich_sluzeb_obce_2023.csv"
DEMO = ROOT / "demo" / "territory" / "municipalities.csv"

SERVICES = 6733
FACILITIES = 18907
WITHOUT_ADDRESS_CODE = 676 / 18907
REPEATED = 0.25
WITH_REACH = 0.24
NATIONWIDE = 0.03
ENDED = 0.06
SECRET_KINDS = {"ad": 0.35, "ic": 0.4, "dpc": 0.1, "kp": 0.1}

# What ČSÚ calls kinds of facilities -> our keys. Field services are not in its counts.
CSU_KINDS = {
    "Sociální poradny": "osp",
    "Domovy pro seniory": "dps",
    "Domovy se zvláštním režimem": "dzr",
    "Centra sociálně rehabilitačních služeb": "sr",
    "Stacionáře denní": "ds",
    "Nízkoprahová zařízení pro děti a mládež": "nzdm",
    "Chráněné bydlení": "chb",
    "Domovy pro osoby se zdravotním postižením": "dozp",
    "Azylové domy": "ad",
    "Sociálně terapeutické dílny": "std",
    "Noclehárny": "noc",
    "Nízkoprahová denní centra": "ndc",
    "Centra denních služeb": "cds",
    "Služby následné péče": "snp",
    "Služby rané péče": "rp",
    "Stacionáře týdenní": "ts",
    "Zařízení pro krizovou pomoc": "kp",
    "Domy na půl cesty": "dpc",
    "Intervenční centra": "ic",
    "Terapeutické komunity": "tk",
}
# Services of a kind in the country, for kinds without ČSÚ counts (order of magnitude, invented).
PLAUSIBLE = {
    "ps": 760, "oa": 260, "tip": 25, "pps": 20, "psb": 90, "os": 330, "sszz": 70, "tkp": 35, "tlu": 30, "kc": 60,
    "sasrd": 270, "sassozp": 110, "tp": 230,
}  # fmt: skip
# Facilities a service usually has, for kinds that go to people.
SPREAD = {"ps": 4, "oa": 4, "tp": 5, "sasrd": 4, "osp": 3, "sr": 4, "os": 3, "tip": 6, "kc": 3, "chb": 5}
UNITS = {"pob": "luzka", "amb": "klient", "ter": "klient"}
LOW_THRESHOLD = {"kc", "tp", "nzdm", "ndc"}
GROUPS = {
    "care": "seniori zdravotni telesne mentalni kombinovane chronicka-nemoc demence dusevni-nemoc".split(),
    "prevention": "rodiny krize bez-domova zavislost deti-ohrozene obeti-nasili vyloucene pachatele".split(),
    "advice": "krize rodiny seniori obeti-cinu cizinci pecujici zdravotni".split(),
}
AGES = ["bez-omezeni", "dospeli", "mladsi-seniori", "starsi-seniori", "mladi-dospeli", "dorost"]
# Numbers of codes for groups whose official code we do not know: far from any real one.
INVENTED_FROM = 9001
VUSC = {
    "CZ010": 19, "CZ020": 27, "CZ031": 35, "CZ032": 43, "CZ041": 51, "CZ042": 60, "CZ051": 78, "CZ052": 86,
    "CZ053": 94, "CZ063": 108, "CZ064": 116, "CZ071": 124, "CZ080": 132, "CZ072": 141,
}  # fmt: skip
STREETS = "Lipová Školní Nádražní Zahradní Palackého Husova Komenského Polní Krátká Dlouhá Na Výsluní U Lesa".split()
HOUSES = "Pohoda Lípa Slunce Naděje Klíč Most Přístav Domov Pramen Světlo Kruh Cesta Zvonek Mateřídouška".split()
FIRST = "Alena Bedřich Cyril Dana Emil Františka Gita Hynek".split()
LAST = "Vzorová Vzorný Příkladný Příkladná Zkušební".split()


@dataclass(frozen=True)
class Town:
    code: str
    name: str
    district: str
    region: str
    postal_code: str
    people: int


@dataclass(frozen=True)
class Kind:
    key: str
    code: str
    name: str
    group: str
    forms: tuple[str, ...]


@dataclass
class Provider:
    number: int
    town: Town
    content: dict[str, Any] = field(default_factory=dict)


class Register:
    """Items of the register, the same for the same seed."""

    def __init__(self, services: int, facilities: int, seed: int) -> None:
        if facilities < services:
            raise ValueError("Every service needs a facility.")
        self.random = random.Random(seed)
        self.towns = read_towns()
        self.neighbours: dict[str, list[Town]] = defaultdict(list)
        for town in self.towns:
            self.neighbours[town.district].append(town)
        self.by_people = _cumulative([town.people for town in self.towns])
        self.kinds = read_kinds()
        self.target_codes, self.age_codes = read_group_codes("target_groups"), read_group_codes("age_groups")
        self.counts = self._counts()
        self.providers: dict[str, list[Provider]] = defaultdict(list)
        self.made = 0
        self.services = services
        self.places = self._places(facilities)

    def items(self) -> Iterator[dict[str, Any]]:
        for number, (kind, places) in enumerate(self.places, start=1):
            yield self._service(number, kind, places)

    # --- how many and where ---------------------------------------------------------------------------------

    def _counts(self) -> dict[str, list[tuple[Town, int]]]:
        """Facilities of a kind by town, from ČSÚ."""
        known = {town.code: town for town in self.towns}
        found: dict[str, list[tuple[Town, int]]] = defaultdict(list)
        if COUNTS.is_file() and TERRITORY.is_file():
            with COUNTS.open(encoding="utf-8-sig", newline="") as file:
                for row in csv.DictReader(file):
                    if row["obec_kod"] in known and row["dsz_txt"] in CSU_KINDS:
                        found[CSU_KINDS[row["dsz_txt"]]].append((known[row["obec_kod"]], int(row["hodnota"])))
        return found

    def _places(self, facilities: int) -> list[tuple[Kind, int]]:
        """Kind and number of facilities of every service; the numbers sum exactly."""
        weights = {
            key: sum(count for _, count in self.counts[key]) if key in self.counts else PLAUSIBLE.get(key, 40)
            for key in self.kinds
        }
        keys = self.random.choices(list(weights), weights=list(weights.values()), k=self.services)
        more = self.random.choices(
            range(self.services),
            weights=[SPREAD.get(key, 1) * self.random.paretovariate(1.5) for key in keys],
            k=facilities - self.services,
        )
        extra = Counter(more)
        return [(self.kinds[key], 1 + extra[at]) for at, key in enumerate(keys)]

    def _town(self, kind: Kind) -> Town:
        if kind.key in self.counts:
            counts = self.counts[kind.key]
            return self.random.choices(counts, weights=[count for _, count in counts])[0][0]
        return self.random.choices(self.towns, cum_weights=self.by_people)[0]

    # --- one service ----------------------------------------------------------------------------------------

    def _service(self, number: int, kind: Kind, places: int) -> dict[str, Any]:
        town = self._town(kind)
        started = date(2007, 1, 1) + timedelta(days=self.random.randrange(6500))
        ended = started + timedelta(days=self.random.randrange(300, 1500)) if self._chance(ENDED) else None
        provider = self._provider(town)
        return {
            "portalId": 500_000 + number,
            "id": 100_000 + number,
            "identifikator": f"{9_000_000 + number}",
            "datumPoskytovaniOd": started.isoformat(),
            "datumPoskytovaniDo": ended.isoformat() if ended else None,
            "kontaktniAdresy": [self._address(town)],
            "druhSocialniSluzby": {"id": kind.code},
            "zarizeni": self._facilities(kind, town, places, started, ended),
            "poskytovatel": provider.content,
            **self._contacts(f"sluzba{number}", weight=0.7),
            "faxy": [],
            "ciloveSkupiny": self._target_groups(kind),
            "vekoveSkupiny": [
                {"vekovaSkupina": {"id": self.age_codes[key]}}
                for key in sorted(self.random.sample(AGES, self.random.randint(1, 3)))
            ],
            "doplnujiciInformaceVekoveSkupiny": "Vzorový text: služba je pro dospělé." if self._chance(0.3) else None,
            "formy": [self._form(kind, key) for key in self._forms(kind)],
            "rozsirenePusobnostiVKraji": self._reach(town),
            "doplnkoveUdaje": self._attachments(number),
        }

    def _facilities(
        self, kind: Kind, town: Town, count: int, started: date, ended: date | None
    ) -> list[dict[str, Any]]:
        found = []
        for at in range(count):
            place = town if at == 0 or self._chance(0.4) else self.random.choice(self.neighbours[town.district])
            name = f"{self.random.choice(HOUSES)} {place.name} – {kind.name} (vzor {at + 1})"
            closed = ended or (started + timedelta(days=900) if at and self._chance(0.05) else None)
            one: dict[str, Any] = {
                "nazev": name,
                "poskytujeOd": started.isoformat(),
                "poskytujeDo": closed.isoformat() if closed and not self._chance(0.1) else None,
                "utajenaAdresa": self._chance(SECRET_KINDS.get(kind.key, 0.0)),
            }
            one["adresa"] = None if one["utajenaAdresa"] else self._address(place)
            found.append(one)
        repeated = [one for one in found if self._chance(REPEATED)]
        return found + repeated

    def _address(self, town: Town) -> dict[str, Any]:
        coded = not self._chance(WITHOUT_ADDRESS_CODE)
        house = self.random.randrange(1, 2500)
        return {
            "cisloDomovni": house,
            "cisloOrientacni": str(self.random.randrange(1, 90)) if self._chance(0.4) else None,
            "dodatekAdresy": None,
            "kodAdresnihoMista": self.random.randrange(10_000_000, 90_000_000) if coded else None,
            "psc": town.postal_code,
            "typCislaDomovniho": {"id": f"TypStavebnihoObjektu/{2 if self._chance(0.01) else 1}"},
            "kraj": {"id": f"Kraj/{VUSC.get(town.region, 0)}"},
            "okres": {"id": f"Okres/{town.district}"},
            "obec": {"id": f"Obec/{town.code}"},
            "castObce": {"id": f"CastObce/{self.random.randrange(400_000, 500_000)}"},
            "mestskyObvodMestskaCast": None,
            "mestskyObvodVPraze": None,
            "ulice": {"nazev": self.random.choice(STREETS)} if town.people > 1500 else None,
        }

    def _provider(self, town: Town) -> Provider:
        here = self.providers[town.code]
        if here and self._chance(1 - 1 / (1 + len(here)) if town.people < 30_000 else 0.6):
            return self.random.choice(here)
        self.made += 1
        number = self.made
        ico = company_number(number)
        kept = f"Vzorová společnost {self.random.choice(HOUSES)} {town.name} {number}, z. ú. (synteticky)"
        provider = Provider(
            number,
            town,
            {
                "ico": ico,
                "nazev": kept,
                **self._contacts(f"poskytovatel{number}", weight=1.0),
                "statutarniOrgany": [
                    {
                        "jmeno": self.random.choice(FIRST),
                        "prijmeni": self.random.choice(LAST),
                        "funkce": "ředitel (synteticky)",
                        "datumOd": "2015-01-01",
                    }
                    for _ in range(self.random.randint(1, 3))
                ],
            },
        )
        here.append(provider)
        return provider

    def _contacts(self, name: str, weight: float) -> dict[str, Any]:
        def one(key: str, value: str) -> list[dict[str, Any]]:
            return [{key: value, "poznamka": None}] if self._chance(weight) else []

        return {
            "telefony": one("telefon", f"+420 990 {self.random.randrange(1000):03} {self.random.randrange(1000):03}"),
            "emaily": one("email", f"{name}@example.org"),
            "weby": one("web", f"https://{name}.example.org/"),
        }

    def _target_groups(self, kind: Kind) -> list[dict[str, Any]]:
        keys = self.random.sample(GROUPS[kind.group], self.random.randint(1, 3))
        return [{"cilovaSkupina": {"id": self.target_codes[key]}, "doplnujiciInformace": None} for key in sorted(keys)]

    def _forms(self, kind: Kind) -> Sequence[str]:
        return self.random.sample(kind.forms, self.random.randint(1, len(kind.forms)))

    def _form(self, kind: Kind, key: str) -> dict[str, Any]:
        unit = UNITS[key]
        if kind.key == "tkp":
            unit = "hovor"
        elif kind.key in LOW_THRESHOLD:
            unit = "kontakt"
        elif kind.key in {"osp", "sasrd"}:
            unit = "interv"
        amount = self.random.randint(3, 120)
        capacities = [
            {
                "pocet": amount if not self._chance(0.05) else None,
                "popis": f"Maximální kapacita {amount} (vzorová data).",
                "typ": {"id": f"TypKapacitySocialniSluzby/{unit}"},
            }
        ]
        if self._chance(0.2):
            capacities.append(
                {
                    "pocet": max(1, amount // 4),
                    "popis": "Okamžitá kapacita (vzorová data).",
                    "typ": {"id": f"TypKapacitySocialniSluzby/{unit}"},
                }
            )
        return {
            "forma": {"id": f"FormaSocialniSluzby/{key}"},
            "nepretrzitePoskytovani": key == "pob",
            "casoveRozsahy": None,
            "kapacity": capacities,
        }

    def _reach(self, town: Town) -> list[dict[str, Any]]:
        if self._chance(NATIONWIDE):
            return [{"kraj": {"id": f"Kraj/{code}"}} for code in VUSC.values()]
        if town.region in VUSC and self._chance(WITH_REACH):
            return [{"kraj": {"id": f"Kraj/{VUSC[town.region]}"}}]
        return []

    def _attachments(self, number: int) -> dict[str, Any]:
        """What fills most of the real file and what no import reads."""

        def files(what: str, count: int) -> list[dict[str, Any]]:
            return [
                {
                    "priloha": {
                        "url": f"https://example.org/vzor/{what}/{number}/{at}",
                        "nazev": f"Vzorová příloha {what} {at} – popis, který import nikdy nečte",
                        "typ": {"id": "TypPrilohy/1"},
                        "velikost": self.random.randrange(10_000, 900_000),
                        "vlozeno": "2020-01-01T00:00:00",
                    },
                    "platnostOd": "2020-01-01",
                    "platnostDo": None,
                }
                for at in range(count)
            ]

        return {
            "realizacePoskytovani": files("realizace", self.random.randint(6, 13)),
            "personalniZajisteni": files("personal", self.random.randint(6, 13)),
            "planyFinancnihoZajisteni": files("plan", self.random.randint(6, 13)),
        }

    def _chance(self, share: float) -> bool:
        return self.random.random() < share


def company_number(number: int) -> str:
    """A number with a right check digit from a range no company has; every tenth has leading zeros."""
    first = f"009{number:04}" if number % 10 == 0 else f"99{number:05}"
    rest = sum(int(digit) * weight for digit, weight in zip(first, range(8, 1, -1), strict=True)) % 11
    return f"{first}{(11 - rest) % 10}"


def read_towns() -> list[Town]:
    with (TERRITORY if TERRITORY.is_file() else DEMO).open(encoding="utf-8", newline="") as file:
        return [
            Town(
                row["kod_obce"],
                row["nazev"],
                row["kod_okres_lau"],
                row["kod_kraj_nuts3"],
                row["psc"],
                int(row["obyv_2020"] or 0),
            )
            for row in csv.DictReader(file)
        ]


def read_kinds() -> dict[str, Kind]:
    with (LISTS / "kinds.csv").open(encoding="utf-8", newline="") as file:
        return {
            row["key"]: Kind(row["key"], row["code"], row["name"], row["group"], tuple(row["forms"].split()))
            for row in csv.DictReader(file)
            if row["group"] != "accompanying" and row["code"].startswith("DruhSocialniSluzby/")
        }


def read_group_codes(name: str) -> dict[str, str]:
    """Code by key; invented where the official one is not known."""
    prefix = "CilovaSkupinaOsoby" if name == "target_groups" else "VekovaSkupinaOsoby"
    with (LISTS / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {row["key"]: row["code"] or f"{prefix}/{INVENTED_FROM + at}" for at, row in enumerate(rows)}


def write(path: Path, services: int = SERVICES, facilities: int = FACILITIES, seed: int = 1) -> None:
    """Write the register item by item, indented as the real one so that it has the same size."""
    with path.open("w", encoding="utf-8") as file:
        file.write('{\n "_synthetic": true,\n "polozky": [\n')
        for at, item in enumerate(Register(services, facilities, seed).items()):
            file.write(",\n" if at else "")
            file.write(json.dumps(item, ensure_ascii=False, indent=1))
        file.write("\n ]\n}\n")


def write_lists(folder: Path) -> list[Path]:
    """Code lists of the groups in the register's format, for `manage.py load_lists --official`."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, target in (("target_groups", "cilove-skupiny-osoby.json"), ("age_groups", "vekove-skupiny-osoby.json")):
        codes = read_group_codes(name)
        with (LISTS / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            items = [{"id": codes[row["key"]], "nazev": {"cs": row["name"]}} for row in csv.DictReader(file)]
        content = {"_synthetic": True, "polozky": items}
        (folder / target).write_text(json.dumps(content, ensure_ascii=False, indent=1), encoding="utf-8")
        written.append(folder / target)
    return written


def _cumulative(people: Sequence[int]) -> list[float]:
    """Weights of towns: help follows people, a little less than evenly."""
    total, sums = 0.0, []
    for count in people:
        total += count**0.9
        sums.append(total)
    return sums


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("--services", type=int, default=SERVICES)
    parser.add_argument("--facilities", type=int, default=FACILITIES)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--lists", type=Path, help="folder for code lists of target and age groups")
    options = parser.parse_args()
    write(options.out, options.services, options.facilities, options.seed)
    if options.lists is not None:
        write_lists(options.lists)


if __name__ == "__main__":
    main()
