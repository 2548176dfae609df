"""The files of demo/: valid, coherent, plainly invented, and written for people."""

import csv
import importlib.util
import json
import re
import shutil
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from portal.accounts.models import Grant
from portal.home.demo import (
    DAYS,
    FOLDER,
    NONSTOP,
    WHOLE_REGION,
    NotDemo,
    read_amounts,
    read_hours,
    read_people,
    read_places,
    read_providers,
)

LISTS: Path = settings.ROOT / "portal/catalogue/lists"
PROVIDERS = read_providers()
SERVICES = {service["key"]: service for provider in PROVIDERS.values() for service in provider["service"]}
PLACES = read_places()
SENTENCE = re.compile(r"[^.?!]+(?:[.?!]+|$)")
OFFICIALESE = re.compile(r"v rámci|za účelem|předmětn|uživatel je|oprávněn|\bdle\b|realizac|cílov", re.IGNORECASE)
SUBORDINATE = {"který", "která", "které", "aby", "protože", "když", "co", "jak"}
type Step = tuple[tuple[float, float], tuple[float, float]]


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def listed(name: str) -> dict[str, dict[str, str]]:
    return {row["key"]: row for row in rows(LISTS / f"{name}.csv")}


MUNICIPALITIES = rows(FOLDER / "territory/municipalities.csv")


def rings(name: str) -> dict[str, list[tuple[float, float]]]:
    """Outer rings by the code that the feature carries first."""
    document = json.loads((FOLDER / "territory" / name).read_text(encoding="utf-8"))
    return {
        next(iter(feature["properties"].values())): [tuple(point) for point in feature["geometry"]["coordinates"][0]]
        for feature in document["features"]
    }


def area(ring: list[tuple[float, float]]) -> float:
    return sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in pairwise(ring)) / 2


def contains(ring: list[tuple[float, float]], lon: float, lat: float) -> bool:
    crossed = 0
    for (x1, y1), (x2, y2) in pairwise(ring):
        crossed += (y1 > lat) != (y2 > lat) and lon < (x2 - x1) * (lat - y1) / (y2 - y1) + x1
    return crossed % 2 == 1


def texts() -> Iterator[str]:
    yield from (path.read_text(encoding="utf-8") for path in FOLDER.rglob("*.toml"))


# --- territory ------------------------------------------------------------------------------------------


def test_codes_are_outside_the_real_ranges() -> None:
    for row in MUNICIPALITIES:
        assert re.fullmatch(r"99\d{4}", row["kod_obce"])
        assert re.fullmatch(r"99\d{3}", row["kod_pou"])
        assert row["kod_pou"].startswith(row["kod_orp"])
        assert re.fullmatch(r"99\d{2}", row["kod_orp"])
        assert re.fullmatch(r"999\d\d", row["psc"])
        assert re.fullmatch(r"XX0\d\d", row["kod_okres_lau"])
        assert row["kod_kraj_nuts3"] == "XX0"


def test_shape_of_the_region() -> None:
    def different(column: str) -> int:
        return len({row[column] for row in MUNICIPALITIES})

    assert different("kod_obce") == len(MUNICIPALITIES) == 60
    assert (different("kod_okres_lau"), different("kod_orp"), different("kod_pou")) == (2, 4, 8)
    people = sorted((int(row["obyv_2023"]) for row in MUNICIPALITIES), reverse=True)
    assert 40_000 < people[0] < 50_000
    assert all(8_000 <= count <= 20_000 for count in people[1:4])
    assert people[4] < 8_000


@pytest.mark.parametrize(
    ("seat", "name"), [("nazev_pou", "kod_pou"), ("nazev_orp", "kod_orp"), ("nazev_okres", "kod_okres_lau")]
)
def test_seats_lie_in_what_they_lead(seat: str, name: str) -> None:
    for code in {row[name] for row in MUNICIPALITIES}:
        inside = [row for row in MUNICIPALITIES if row[name] == code]
        assert inside[0][seat] in {row["nazev"] for row in inside}


def test_people_by_age_add_up() -> None:
    for row in MUNICIPALITIES:
        young, middle, old = (int(row[f"{group}_2023"]) for group in ("ob0_14", "ob15_64", "ob65plus"))
        assert young + middle + old == int(row["obyv_2023"])
        assert middle + old == int(row["ob15plus_2023"])
        assert sum(int(row[f"{group}_2020"]) for group in ("ob0_14", "ob15_64", "ob65plus")) == int(row["obyv_2020"])


def test_no_municipality_bears_a_real_name(real_data: Path) -> None:
    real = {row["nazev"].casefold() for row in rows(real_data / "territory/obce_sloucene.csv")}
    assert not [row["nazev"] for row in MUNICIPALITIES if row["nazev"].casefold() in real]


def test_namesakes_are_in_different_districts() -> None:
    pairs = Counter((row["nazev"], row["nazev_okres"]) for row in MUNICIPALITIES)
    assert max(pairs.values()) == 1
    assert len(pairs) > len({name for name, _ in pairs}), "the demo has at least one pair of namesakes"


def test_the_region_is_tiled_without_gaps_or_overlaps() -> None:
    """Every border is drawn once in each direction, or once where there is the sea; then areas must add up."""
    boundaries = rings("boundaries.geojson")
    assert set(boundaries) == {row["kod_obce"] for row in MUNICIPALITIES}
    steps: list[Step] = []
    for ring in boundaries.values():
        assert ring[0] == ring[-1]
        assert area(ring) > 0
        assert len(set(ring)) == len(ring) - 1, "a ring that meets itself"
        steps += pairwise(ring)
    assert len(set(steps)) == len(steps)
    wider = rings("areas.geojson")
    assert area(wider["XX0"]) == pytest.approx(sum(map(area, boundaries.values())))
    for column in ("kod_orp", "kod_okres_lau"):
        for code in {row[column] for row in MUNICIPALITIES}:
            parts = [boundaries[row["kod_obce"]] for row in MUNICIPALITIES if row[column] == code]
            assert area(wider[code]) == pytest.approx(sum(map(area, parts)))


def test_the_region_lies_in_the_sea() -> None:
    for lon, lat in rings("areas.geojson")["XX0"]:
        assert 3.4 < lon < 4.6
        assert 55.0 < lat < 55.6
    assert sum(path.stat().st_size for path in (FOLDER / "territory").iterdir()) < 300_000


def test_points_lie_inside_their_municipality() -> None:
    boundaries = rings("boundaries.geojson")
    for row in MUNICIPALITIES:
        assert contains(boundaries[row["kod_obce"]], float(row["lon"]), float(row["lat"])), row["nazev"]
    for name, place in PLACES.items():
        assert contains(boundaries[place.municipality], place.lon, place.lat), name


def script(name: str = "draw_boundaries") -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, FOLDER / f"{name}.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_boundaries_are_what_the_script_draws(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copy(FOLDER / "territory/municipalities.csv", tmp_path)
    drawing = script()
    monkeypatch.setattr(drawing, "TERRITORY", tmp_path)
    drawing.main()
    for name in ("boundaries.geojson", "areas.geojson"):
        assert (tmp_path / name).read_bytes() == (FOLDER / "territory" / name).read_bytes()


def test_ages_and_rates_are_what_the_script_draws(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copy(FOLDER / "territory/municipalities.csv", tmp_path)
    drawing = script("draw_ages")
    monkeypatch.setattr(drawing, "TERRITORY", tmp_path)
    drawing.draw_ages()
    drawing.draw_rates()
    for name in ("ages.csv", "rates.csv"):
        assert (tmp_path / name).read_bytes() == (FOLDER / "territory" / name).read_bytes()


def test_ages_add_up_to_the_people_of_the_table() -> None:
    people: Counter[str] = Counter()
    for one in rows(FOLDER / "territory/ages.csv"):
        people[one["kod_obce"]] += int(one["pocet"])
    assert people == {one["kod_obce"]: int(one["obyv_2023"]) for one in MUNICIPALITIES}


# --- providers and services -----------------------------------------------------------------------------


def test_every_kind_is_there() -> None:
    kinds = Counter(service["kind"] for service in SERVICES.values())
    assert set(kinds) == set(listed("kinds"))
    accompanying = sum(count for kind, count in kinds.items() if kind.startswith("n-"))
    assert len(PROVIDERS) >= 40
    assert len(SERVICES) - accompanying >= 140
    assert accompanying >= 30


def test_keys_are_of_the_code_lists() -> None:
    kinds, units = listed("kinds"), listed("capacity_units")
    groups, ages, features = listed("target_groups"), listed("age_groups"), listed("features")
    for key, service in SERVICES.items():
        assert set(service["forms"]) <= set(kinds[service["kind"]]["forms"].split()), key
        assert {amount.unit for text in service["forms"].values() for amount in read_amounts(text)} <= set(units), key
        assert set() < set(service["target_groups"]) <= set(groups), key
        assert set() < set(service["age_groups"]) <= set(ages), key
        assert set(service.get("features", [])) <= set(features), key
        assert set(service.get("form_hours", {})) <= set(service["forms"]), key


def test_only_known_words_describe_a_service() -> None:
    """A misspelt name of a field would be lost without a word."""
    known = (
        "key kind name number started_on ended_days_ago verified_days_ago text target_groups age_groups places "
        "secret_address hours forms form_hours serves how_to_get waiting cost cost_note features phones emails webs "
        "easy_read"
    ).split()
    for key, service in SERVICES.items():
        assert set(service) <= set(known), key
    for slug, provider in PROVIDERS.items():
        assert set(provider) <= {
            *("name", "ico", "legal_form", "address", "phones", "emails", "webs", "about", "service")
        }, slug


def test_keys_and_numbers_are_unique() -> None:
    services = [service for provider in PROVIDERS.values() for service in provider["service"]]
    assert len(SERVICES) == len(services)
    numbers = [service["number"] for service in services if "number" in service]
    assert len(set(numbers)) == len(numbers)
    assert all(re.fullmatch(r"99\d{5}", number) for number in numbers)
    assert {service["kind"].startswith("n-") for service in services if "number" not in service} == {True}
    assert len({service["name"] for service in services}) == len(services)


def test_ico_has_a_right_check_digit_in_an_unused_range() -> None:
    icos = [provider["ico"] for provider in PROVIDERS.values()]
    assert len(set(icos)) == len(icos)
    for ico in icos:
        assert re.fullmatch(r"999\d{5}", ico)
        weighted = sum(int(digit) * weight for digit, weight in zip(ico, range(8, 1, -1), strict=False))
        assert int(ico[7]) == (11 - weighted % 11) % 10


def test_contacts_lead_nowhere() -> None:
    """Phones in a range nobody has, everything else in the reserved domain .example."""
    for text in texts():
        assert all(domain.endswith(".example") for domain in re.findall(r"@([\w.-]+\w)", text))
        assert all(host.endswith(".example") for host in re.findall(r"https?://([\w.-]+\w)", text))
        assert not re.findall(r"\bwww\.|\.cz\b", text)
        phones = re.findall(r"\b\d{3} \d{3} \d{3}\b", text)
        assert all(phone.startswith("999 ") for phone in phones)
    for owner in [*PROVIDERS.values(), *SERVICES.values()]:
        assert all(re.fullmatch(r"999 \d{3} \d{3}", phone) for phone in owner.get("phones", []))
        assert all("@" in email for email in owner.get("emails", []))
        assert all(web.startswith("https://") for web in owner.get("webs", []))
    phones = [phone for service in SERVICES.values() for phone in service.get("phones", [])]
    assert len(set(phones)) == len(phones)


def test_every_service_can_be_reached_and_found_somewhere() -> None:
    for provider in PROVIDERS.values():
        assert provider["phones"]
        assert provider["address"] in PLACES
    for key, service in SERVICES.items():
        assert service.get("places") or service.get("secret_address") or service.get("serves"), key
        assert set(service.get("places", [])) <= set(PLACES), key
        assert not (service.get("places") and service.get("secret_address")), key
        assert service.get("serves") or "ter" not in service["forms"], f"{key} goes out to people, but where"
    used = {place for service in SERVICES.values() for place in service.get("places", [])}
    assert set(PLACES) == used | {provider["address"] for provider in PROVIDERS.values()}


def test_served_areas_exist() -> None:
    names = Counter(row["nazev"] for row in MUNICIPALITIES)
    areas = {WHOLE_REGION} | {f"ORP {row['nazev_orp']}" for row in MUNICIPALITIES}
    areas |= {name for name, count in names.items() if count == 1}
    areas |= {f"{row['nazev']} (okres {row['nazev_okres']})" for row in MUNICIPALITIES}
    for key, service in SERVICES.items():
        assert set(service.get("serves", [])) <= areas, key


def test_the_awkward_cases_are_there() -> None:
    """What pages must cope with: secret addresses, ended services, gaps in hours, unknown capacity, no contact."""
    services = list(SERVICES.values())

    def several(has: Any) -> bool:
        return sum(1 for service in services if has(service)) >= 3

    assert several(lambda one: one.get("secret_address"))
    assert several(lambda one: "ended_days_ago" in one)
    assert several(lambda one: one.get("hours") == NONSTOP)
    assert several(lambda one: "," in str(one.get("hours", "")))
    assert several(lambda one: "verified_days_ago" not in one)
    assert several(lambda one: one.get("verified_days_ago", 0) > 365)
    assert several(lambda one: "phones" not in one)
    assert several(lambda one: WHOLE_REGION in one.get("serves", []))
    assert several(lambda one: not any(one["forms"].values()))
    assert any(len(one.get("places", [])) > 1 for one in services)
    assert any(None in place.access.values() for place in PLACES.values())


# --- words ----------------------------------------------------------------------------------------------


def sentences(text: str) -> list[str]:
    # "č. p.", "sv." and hours such as 8.00 end no sentence.
    plain = re.sub(r"\b(č|p|sv)\.", r"\1", re.sub(r"(\d)\.(\d)", r"\1,\2", " ".join(text.split())))
    return [one.strip() for one in SENTENCE.findall(plain) if one.strip()]


def test_every_text_is_a_few_plain_sentences() -> None:
    for key, service in SERVICES.items():
        assert 2 <= len(sentences(service["text"])) <= 5, (key, sentences(service["text"]))
        assert 60 <= len(service["text"]) <= 480, key
        assert not OFFICIALESE.search(service["text"]), key


def test_no_sentence_is_said_twice() -> None:
    said = Counter(sentence for service in SERVICES.values() for sentence in sentences(service["text"]))
    assert not [sentence for sentence, times in said.items() if times > 1]


def test_easy_reading_is_easy() -> None:
    easy = {
        key: service["easy_read"].strip().splitlines() for key, service in SERVICES.items() if "easy_read" in service
    }
    assert len(easy) >= 15
    for key, lines in easy.items():
        assert len(lines) >= 3, key
        for line in lines:
            assert len(sentences(line)) == 1, (key, line)
            assert len(line.split()) <= 9, (key, line)
            assert line[-1] in ".?!", (key, line)
            words = line.rstrip(".?!").split()
            assert not [word for word in words if word.isupper() and len(word) > 1], (key, "an abbreviation")
            assert not SUBORDINATE & set(words), (key, "a subordinate clause")


def test_people_of_the_demo() -> None:
    people = read_people()
    assert {role for one in people for role in one.roles} == set(Grant.Role.values)
    assert all(one.email.endswith(".example") and len(one.password) >= 12 for one in people)


# --- the notation of hours and capacities ------------------------------------------------------------------

clocks = st.tuples(st.integers(0, 23), st.sampled_from([0, 15, 30, 45]))


@given(
    first=st.integers(0, 6),
    length=st.integers(0, 6),
    spans=st.lists(st.tuples(clocks, clocks), min_size=1, max_size=3),
)
def test_hours_are_read_as_they_are_written(
    first: int, length: int, spans: list[tuple[tuple[int, int], tuple[int, int]]]
) -> None:
    last = min(first + length, 6)
    days = DAYS[first] if last == first else f"{DAYS[first]}-{DAYS[last]}"
    written = ", ".join(f"{a}:{b:02}-{c}:{d:02}" for (a, b), (c, d) in spans)
    read = read_hours(f"{days} {written}")
    assert [one.weekday for one in read] == [day + 1 for day in range(first, last + 1) for _ in spans]
    assert [(one.opens.hour, one.opens.minute) for one in read[: len(spans)]] == [opens for opens, _ in spans]
    assert [(one.closes.hour, one.closes.minute) for one in read[: len(spans)]] == [closes for _, closes in spans]


@given(st.text(alphabet="po-áú t8:03,;", min_size=1, max_size=20))
def test_text_is_either_hours_or_refused(text: str) -> None:
    """Nothing is read as a place that is never open."""
    try:
        read = read_hours(text)
    except NotDemo:
        return
    assert read


@pytest.mark.parametrize(
    "text",
    ["po", "po 8-12", "mo 8:00-9:00", "po 8:00-9:00,", "po-xx 8:00-9:00", "pá-po 8:00-9:00", "po 8:00-25:00"],
)
def test_wrong_hours_are_refused(text: str) -> None:
    with pytest.raises(NotDemo):
        read_hours(text)


def test_all_hours_and_capacities_of_the_demo_can_be_read() -> None:
    for key, service in SERVICES.items():
        hours = service.get("hours", "")
        by_place = hours if isinstance(hours, dict) else {"": hours}
        assert isinstance(hours, str) or set(hours) == set(service["places"]), key
        for text in by_place.values():
            assert read_hours(text) or not text, key
        for text in service["forms"].values():
            assert all(one.amount > 0 for one in read_amounts(text)), key
