"""What a study asks: a small frozen value with one canonical address, and its words in Czech.

Every part of it can be read back from the address, so a study can be repeated and sent to somebody else.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import NamedTuple
from urllib.parse import urlencode

from portal.territory.models import Statistic

Measure = Statistic.Measure

# Roads are about 1.3 times longer than the air line in Czechia; 50 km/h from door to door. Both are estimates,
# both are part of the question.
DETOUR, SPEED, LIMIT = 1.3, 50.0, 30.0
HIGHEST_LIMIT = 300.0
STEPS = (15.0, 30.0, 60.0)


class Unit(StrEnum):
    """In what the way is measured."""

    MINUTES = "min"
    KM = "km"


class Amount(StrEnum):
    """What a place of help counts for."""

    PLACES = "zarizeni"
    CAPACITY = "kapacita"


class Method(StrEnum):
    NEAREST = "nejblizsi"
    THIRD = "treti"
    CUMULATIVE = "pocet"
    GRAVITY = "gravitace"
    TWO_STEP = "2sfca"
    ENHANCED = "e2sfca"
    THREE_STEP = "3sfca"
    BALANCED = "bfca"
    AGENTS = "raam"


class MethodWords(NamedTuple):
    name: str
    meaning: str
    formula: str
    source: str
    lower_is_better: bool = False
    per_thousand: bool = False


METHODS = {
    Method.NEAREST: MethodWords(
        "Jak daleko je nejbližší (obvyklá volba)",
        "Cesta z obce k nejbližšímu místu pomoci. Neptá se, jestli tam je volno.",
        "min_j c_ij",
        "–",
        lower_is_better=True,
    ),
    Method.THIRD: MethodWords(
        "Jak daleko je třetí nejbližší",
        "Cesta ke třetímu nejbližšímu místu: mají lidé z čeho vybírat, když je nejbližší plné?",
        "třetí nejmenší c_ij",
        "–",
        lower_is_better=True,
    ),
    Method.CUMULATIVE: MethodWords(
        "Kolik jich je v dosahu",
        "Počet míst pomoci (nebo jejich kapacita) do zvoleného limitu. Všechna v limitu váží stejně.",
        "A_i = Σ_j S_j pro c_ij ≤ limit",
        "kumulativní příležitosti",
    ),
    Method.GRAVITY: MethodWords(
        "Gravitační potenciál",
        "Jako počet v dosahu, ale bližší místo váží víc než vzdálené.",
        "A_i = Σ_j S_j exp(−c_ij² / 2σ²), σ = limit / 3,03",
        "Hansen 1959",
    ),
    Method.TWO_STEP: MethodWords(
        "2SFCA: nabídka na lidi, kteří se o ni dělí",
        "Nejdřív se spočítá, kolik lidí se dělí o každé místo, pak se sečtou podíly, na které obec dosáhne.",
        "R_j = S_j / Σ_i D_i, A_i = Σ_j R_j, vždy pro c_ij ≤ limit",
        "Luo a Wang 2003",
        per_thousand=True,
    ),
    Method.ENHANCED: MethodWords(
        "E2SFCA: totéž, bližší váží víc",
        "Dvoukrokové spádové oblasti s Gaussovou vahou: na konci limitu váží cesta setinu.",
        "R_j = S_j / Σ_i w_ij D_i, A_i = Σ_j w_ij R_j, w = exp(−c² / 2σ²), σ = limit / 3,03",
        "Luo a Qi 2009, Dai 2010",
        per_thousand=True,
    ),
    Method.THREE_STEP: MethodWords(
        "3SFCA: lidé si mezi místy vybírají",
        "Kdo má na výběr víc míst, rozdělí se mezi ně; nepřeceňuje poptávku v hustém okolí.",
        "G_ij = w_ij / Σ_k w_ik, R_j = S_j / Σ_i G_ij w_ij D_i, A_i = Σ_j G_ij w_ij R_j",
        "Wan, Zou a Sternberg 2012",
        per_thousand=True,
    ),
    Method.BALANCED: MethodWords(
        "Vyvážené spádové oblasti",
        "Nikdo se nepočítá dvakrát: lidé i nabídka se rozdělí tak, aby součty seděly.",
        "L_j = S_j / Σ_i D_i w_ij / Σ_k w_ik, A_i = Σ_j L_j w_ij / Σ_k w_kj",
        "Páez, Higgins a Vivona 2019",
        per_thousand=True,
    ),
    Method.AGENTS: MethodWords(
        "RAAM: cesta a plnost dohromady",
        "Každý jde tam, kde je součet cesty a plnosti nejmenší. Nižší číslo je lepší. Nebere terén.",
        "c_ij / tolerance + lidé_j / (průměr × S_j), ustálený stav",
        "Saxon a Snow 2020",
        lower_is_better=True,
    ),
}


class PeopleWords(NamedTuple):
    """Forms of the word in a sentence: they / of them."""

    they: str
    of_them: str


PEOPLE = {
    Measure.PEOPLE: PeopleWords("lidé", "lidí"),
    Measure.AGE_0_14: PeopleWords("děti do 14 let", "dětí do 14 let"),
    Measure.AGE_15_64: PeopleWords("lidé mezi 15 a 64 lety", "lidí mezi 15 a 64 lety"),
    Measure.AGE_15_PLUS: PeopleWords("lidé od 15 let", "lidí od 15 let"),
    Measure.AGE_65_PLUS: PeopleWords("lidé od 65 let", "lidí od 65 let"),
    Measure.IN_EXECUTION: PeopleWords("lidé v exekuci", "lidí v exekuci"),
    Measure.HOUSING_BENEFIT: PeopleWords("domácnosti s příspěvkem na bydlení", "domácností s příspěvkem na bydlení"),
    Measure.LIVING_BENEFIT: PeopleWords("příjemci příspěvku na živobytí", "příjemců příspěvku na živobytí"),
    Measure.UNEMPLOYED_6M: PeopleWords(
        "lidé, kteří hledají práci déle než půl roku", "lidí, kteří hledají práci déle než půl roku"
    ),
}

# "k odlehčovací službě": the dative of every kind of the act; another kind is named after a colon.
DATIVE = {
    "osp": "odbornému sociálnímu poradenství",
    "oa": "osobní asistenci",
    "ps": "pečovatelské službě",
    "tip": "tísňové péči",
    "pps": "průvodcovské a předčitatelské službě",
    "psb": "podpoře samostatného bydlení",
    "os": "odlehčovací službě",
    "cds": "centru denních služeb",
    "ds": "dennímu stacionáři",
    "ts": "týdennímu stacionáři",
    "dozp": "domovu pro osoby se zdravotním postižením",
    "dps": "domovu pro seniory",
    "dzr": "domovu se zvláštním režimem",
    "chb": "chráněnému bydlení",
    "sszz": "sociální službě v lůžkovém zdravotnickém zařízení",
    "rp": "rané péči",
    "tkp": "telefonické krizové pomoci",
    "tlu": "tlumočnické službě",
    "ad": "azylovému domu",
    "dpc": "domu na půl cesty",
    "kc": "kontaktnímu centru",
    "kp": "krizové pomoci",
    "ndc": "nízkoprahovému dennímu centru",
    "nzdm": "nízkoprahovému klubu pro děti a mládež",
    "noc": "noclehárně",
    "snp": "službě následné péče",
    "sasrd": "sociálně aktivizační službě pro rodiny s dětmi",
    "sassozp": "sociálně aktivizační službě pro seniory a lidi s postižením",
    "std": "sociálně terapeutické dílně",
    "tk": "terapeutické komunitě",
    "tp": "terénním programům",
    "sr": "sociální rehabilitaci",
    "ic": "intervenčnímu centru",
    "cdz": "centru duševního zdraví",
}


@dataclass(frozen=True)
class Question:
    """`kinds`: keys of kinds in rising order; `group`: the group they are all of, when they were asked by it.
    `year` of the figures of people, 0 = the newest; then services count as they are today, otherwise as they were
    on the last day of that year. `unit_key`: unit of capacity, "" = the most usual one."""

    kinds: tuple[str, ...]
    group: str = ""
    people: str = Measure.AGE_65_PLUS.value
    year: int = 0
    region: str = ""
    orp: str = ""
    method: Method = Method.NEAREST
    limit: float = LIMIT
    unit: Unit = Unit.MINUTES
    detour: float = DETOUR
    speed: float = SPEED
    amount: Amount = Amount.PLACES
    unit_key: str = ""

    @property
    def words(self) -> MethodWords:
        return METHODS[self.method]

    @property
    def people_words(self) -> PeopleWords:
        return PEOPLE[Measure(self.people)]

    def pairs(self) -> list[tuple[str, str]]:
        """Names and values of the address; what equals the default is left out."""
        plain = Question(kinds=())
        pairs = [("druh", f"skupina-{self.group}")] if self.group else [("druh", key) for key in self.kinds]
        for name, value, usual in (
            ("lide", self.people, plain.people),
            ("rok", self.year, plain.year),
            ("metoda", self.method.value, plain.method.value),
            ("limit", f"{self.limit:g}", f"{plain.limit:g}"),
            ("v", self.unit.value, plain.unit.value),
            ("oklika", f"{self.detour:g}", f"{plain.detour:g}"),
            ("rychlost", f"{self.speed:g}", f"{plain.speed:g}"),
            ("co", self.amount.value, plain.amount.value),
            ("jednotka", self.unit_key, plain.unit_key),
        ):
            if value != usual:
                pairs.append((name, str(value)))
        # Always said: without it the page chooses the area that the catalogue knows.
        pairs.append(("uzemi", self.orp or self.region or "cr"))
        return pairs

    def query(self) -> str:
        return urlencode(self.pairs())

    def with_year(self, year: int) -> Question:
        return replace(self, year=year)

    def with_kind(self, key: str) -> Question:
        return replace(self, kinds=(key,), group="")


def locative(region: str) -> str:
    """ "Královéhradecký kraj" -> "v Královéhradeckém kraji"; a name of another shape stays as it is."""
    name = region.strip()
    if name.endswith("ký kraj"):
        name = f"{name.removesuffix('ý kraj')}ém kraji"
    elif name.endswith("í kraj"):
        name = f"{name.removesuffix(' kraj')}m kraji"
    elif name.startswith("Kraj "):
        name = f"Kraji {name.removeprefix('Kraj ')}"
    elif name == "Hlavní město Praha":
        name = "hlavním městě Praze"
    else:
        return f"na území: {name}"
    hard = name[:1].casefold() in "szšžvf" and name[1:2].casefold() not in "aáeéěiíoóuúůyý"
    return f"{'ve' if hard else 'v'} {name}"
