"""Open data of the Czech Statistical Office (ČSÚ): the structure of the territory, and figures of municipalities.

Both are CSV with a header; where each column name was verified is written in docs/territory.md.
"""

import re
from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass

from portal.territory.models import Municipality

type Line = tuple[int, dict[str, str]]
type Age = tuple[int, int | None]  # first and last year of age, both included; None: and older

STRUCTURE = frozenset({"obec_kod", "obec_text", "pou_csu_cis61_kod", "orp_csu_cis65_kod", "kraj_csu_cis108_nuts_kod"})
CAPITAL = "554782"
# In the joined table the capital, which has neither ORP nor POU of its own, carries what ČSÚ's own tables print.
NOT_DIVIDED = ("0", "X-X-X")

MUNICIPALITIES = "43"  # the code list of municipalities (CISOB)
PEOPLE_INDICATORS = {("stapro_kod", "2406"), ("ukaz_kod", "3162")}  # yearly balance of population; census 2021
PERIODS = ("rok", "obdobi", "casref_do", "sldb_rok")
# Codes that say which indicator, where and when; any other filled in code column makes the row a finer breakdown.
NOT_A_BREAKDOWN = {"stapro_kod", "ukaz_kod", "uzemi_kod", "vuzemi_kod", "vek_kod"}

CHILDREN: Age = (0, 14)
WORKING_AGE: Age = (15, 64)
OLD: Age = (65, None)
GROUPS = (CHILDREN, WORKING_AGE, OLD)


@dataclass(frozen=True, slots=True)
class Place:
    """A municipality with all that lies above it, in codes of ČSÚ; the codes of RÚIAN beside them."""

    code: str
    name: str
    status: str
    pou: tuple[str, str]
    orp: tuple[str, str]
    district: tuple[str, str]
    region: tuple[str, str]
    ruian_orp: str
    ruian_district: str
    ruian_region: str


def is_structure(columns: Set[str]) -> bool:
    return columns >= STRUCTURE


def is_figures(columns: Set[str]) -> bool:
    return (
        "hodnota" in columns
        and any({prefix + "_cis", prefix + "_kod"} <= columns for prefix in ("uzemi", "vuzemi"))
        and any(period in columns for period in PERIODS)
    )


def structure(lines: Iterable[Line], faults: list[str]) -> Iterator[Place]:
    """Rows of `struktura_uzemi_cr.csv`; a bad one is told with its line and left out."""
    for number, row in lines:
        try:
            yield _place(row)
        except ValueError as fault:
            faults.append(f"řádek {number}: {fault}")


def _place(row: dict[str, str]) -> Place:
    code = row["obec_kod"]
    region = _code(row, "kraj_csu_cis108_nuts_kod", r"CZ0[0-9A-Z]{2}")
    capital = code == CAPITAL
    return Place(
        code=_code(row, "obec_kod", r"[0-9]{6}"),
        name=_filled(row, "obec_text"),
        status=_status(row.get("obec_typ", "")),
        pou=NOT_DIVIDED if capital else (_code(row, "pou_csu_cis61_kod", r"[0-9]{5}"), _filled(row, "pou_text")),
        orp=NOT_DIVIDED if capital else (_code(row, "orp_csu_cis65_kod", r"[0-9]{4}"), _filled(row, "orp_text")),
        district=("CZ0100", "Praha") if capital else (_district_code(row), _filled(row, "okres_text")),
        region=(region, _filled(row, "kraj_text")),
        ruian_orp=row.get("orp_ruian_kod", ""),
        ruian_district=row.get("okres_ruian_kod", ""),
        ruian_region=row.get("kraj_ruian_vusc_kod", ""),
    )


def _filled(row: dict[str, str], column: str) -> str:
    value = row.get(column, "")
    if not value:
        raise ValueError(f"chybí {column}")
    return value


def _code(row: dict[str, str], column: str, shape: str) -> str:
    value = _filled(row, column)
    if not re.fullmatch(shape, value):
        raise ValueError(f"{column}: {value!r} není kód, jaký čekáme")
    return value


def _district_code(row: dict[str, str]) -> str:
    """The code of the form CZ0522. Public readers of the file disagree which of the two columns holds it."""
    for column in ("okres_csu_cis109_nuts_kod", "okres_csu_cis101_lau_kod"):
        if re.fullmatch(r"CZ0[0-9A-Z]{3}", row.get(column, "")):
            return row[column]
    raise ValueError("okres nemá kód tvaru CZ0522")


def _status(kind: str) -> str:
    """Letter of the kind of municipality; an unknown word is left blank, which the import takes for unknown."""
    return {label.casefold(): str(letter) for letter, label in Municipality.Status.choices}.get(kind.casefold(), "")


@dataclass(frozen=True, slots=True)
class Count:
    """People of one municipality in one year: of one age, or all together (age None)."""

    code: str
    year: int
    age: Age | None
    people: int


def counts(lines: Iterable[Line], faults: list[str]) -> Iterator[Count]:
    """Totals over both sexes for municipalities. Other territories, indicators and breakdowns are passed over."""
    for number, row in lines:
        if row.get("uzemi_cis", row.get("vuzemi_cis")) != MUNICIPALITIES or _is_breakdown(row):
            continue
        if not any(row.get(column) == code for column, code in PEOPLE_INDICATORS) or not _is_year_end(row):
            continue
        try:
            yield _count(row)
        except ValueError as fault:
            faults.append(f"řádek {number}: {fault}")


def _is_breakdown(row: dict[str, str]) -> bool:
    return any(value and name.endswith("_kod") and name not in NOT_A_BREAKDOWN for name, value in row.items())


def _is_year_end(row: dict[str, str]) -> bool:
    """The balance of population also has the middle of the year; a census has its own day."""
    dates = [row[name] for name in ("obdobi", "casref_do") if len(row.get(name, "")) == len("2024-12-31")]
    return all(date.endswith("-12-31") for date in dates)


def _count(row: dict[str, str]) -> Count:
    code = row.get("uzemi_kod") or row.get("vuzemi_kod", "")
    if not re.fullmatch(r"[0-9]{6}", code):
        raise ValueError(f"kód obce {code!r} nemá šest číslic")
    period = next((row[name] for name in PERIODS if row.get(name)), "")
    if not re.match(r"(19|20)[0-9]{2}(\D|$)", period):
        raise ValueError(f"období {period!r} nezačíná rokem")
    if not re.fullmatch(r"[0-9]{1,8}", row["hodnota"]):
        raise ValueError(f"hodnota {row['hodnota']!r} není počet lidí")
    of_age = row.get("vek_kod") or row.get("vek_txt")
    return Count(code, int(period[:4]), age(row.get("vek_txt", "")) if of_age else None, int(row["hodnota"]))


def age(label: str) -> Age:
    """Years of age from ČSÚ's wording: "5", "0 - 14 let", "20 - 24 roky", "65 a více let"."""
    match = re.fullmatch(
        r"([0-9]{1,3})(?:\s*[-–]\s*([0-9]{1,3})|\s*(a více|a starší|\+))?(?:\s*(?:let|roky|rok))?", label
    )
    if not match:
        raise ValueError(f"věk {label!r} neumíme přečíst")
    first, last, older = match.groups()
    if older:
        return int(first), None
    if last and int(last) < int(first):
        raise ValueError(f"věk {label!r} končí dřív, než začíná")
    return int(first), int(last or first)


def by_group(ages: dict[Age, int], total: int | None) -> dict[Age, int]:
    """People under 15, from 15 to 64, and from 65 up.

    A group that the source gives is taken as it is. Otherwise the finest ages are added, and only when together they
    make the total: then a missing age is nobody. When they do not, the group is unknown, which is not zero.
    """
    given = {group: ages[group] for group in GROUPS if group in ages}
    finest = {one: people for one, people in ages.items() if not any(_inside(other, one) for other in ages)}
    if len(given) == len(GROUPS) or total is None or sum(finest.values()) != total:
        return given
    if not all(any(one == group or _inside(one, group) for group in GROUPS) for one in finest):
        return given
    return {
        group: sum(people for one, people in finest.items() if one == group or _inside(one, group)) for group in GROUPS
    }


def _inside(inner: Age, outer: Age) -> bool:
    """Whether the inner range lies in the outer one and is not the same."""
    if inner == outer or inner[0] < outer[0]:
        return False
    return outer[1] is None or (inner[1] is not None and inner[1] <= outer[1])
