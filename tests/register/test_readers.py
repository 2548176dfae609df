"""Three formats become the same records; every trap of each is kept here."""

import io
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from portal.register.readers import Format, read
from portal.register.readers.table import NAMES
from portal.register.records import CapacityRecord, Problem, Refused, ServiceRecord

from .codes import CODES
from .samples import binary, feature, national, national_facility, national_item, regional


def reading(content: object) -> tuple[list[ServiceRecord], list[Problem]]:
    reads = list(read(binary(content), CODES)[1])
    return [one for one in reads if isinstance(one, ServiceRecord)], [one for one in reads if isinstance(one, Problem)]


# --- telling formats apart ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (national(), Format.NATIONAL),
        ({"meta": {"features": 1}, "polozky": []}, Format.NATIONAL),
        (regional(), Format.REGIONAL),
        ("poskytovatel;druh\nA;dps", Format.TABLE),
        (b"\xef\xbb\xbf" + b'{"polozky": []}', Format.NATIONAL),
        (b"\xef\xbb\xbfposkytovatel;druh\r\n", Format.TABLE),
    ],
)
def test_format_is_told_by_content(content: object, expected: Format) -> None:
    assert read(binary(content), CODES)[0] is expected


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "prázdný"),
        (b"  \n ", "prázdný"),
        (b'{"jine": 1}', "nerozumíme"),
        (b'{"polozky": [{"id": 1', "není celý"),
        (b'{"a": }', "JSON"),
        (b"[1, 2]", "nerozumíme"),
        ('{"polozky": [{"nazev": "Jičín"}]}'.encode("cp1250"), "UTF-8"),
        (b"nic;tu\n1;2", "chybí sloupce"),
        (b"PK\x03\x04nesmysl", "XLSX"),
        (b"\x81\x83\x88\x90\x98", "není text"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_in_words(content: bytes, words: str) -> None:
    with pytest.raises(Refused, match=words):
        list(read(binary(content), CODES)[1])


# --- national register ----------------------------------------------------------------------------------------


def one_national(**more: Any) -> ServiceRecord:
    records, problems = reading(national(national_item(**more)))
    assert problems == []
    return records[0]


def test_national_item_becomes_a_record() -> None:
    record = one_national()
    assert (record.source_id, record.register_number, record.kind) == ("1", "701", "dps")
    assert (record.provider.ico, record.provider.name) == ("00194972", "Společnost Lípa")
    assert record.name == "Domov Lípa"
    assert record.started_on == date(2010, 1, 1)
    assert record.target_groups == ("seniori",)
    assert record.target_note == "z okolí"
    place = record.facilities[0]
    assert (place.street, place.postal_code, place.municipality) == ("Nemocniční 12/3", "35201", "999001")
    assert place.address_point == 11867906
    assert [(one.channel, one.value) for one in record.contacts or ()] == [
        ("phone", "495 333 444"),
        ("email", "lipa@example.org"),
        ("web", "http://www.example.org"),
    ]
    assert [(one.value, one.note) for one in record.provider.contacts or ()] == [("495 111 222", "ústředna")]


def test_capacity_stays_with_form_and_unit_and_unknown_is_not_zero() -> None:
    forms = one_national().forms
    assert forms is not None
    assert (forms[0].form, forms[0].nonstop) == ("pob", True)
    assert forms[0].capacities == (
        CapacityRecord("luzka", 32, "32 lůžek"),
        CapacityRecord("luzka", None, "krizová"),
    )


def test_persons_and_contact_addresses_are_not_read() -> None:
    assert not any(word in repr(one_national()) for word in ("Osobová", "Zakázaná", "Kontaktní"))


@pytest.mark.parametrize("flag", [True, "true", 1, "ano"])
def test_secret_address_is_dropped_with_everything_that_could_tell_it(flag: object) -> None:
    secret = national_facility(utajenaAdresa=flag, nazev="Úkryt v Lipové 7")
    records, problems = reading(national(national_item(zarizeni=[secret])))
    assert records[0].facilities[0].secret
    assert records[0].name == "Domovy pro seniory"
    told = repr(records) + repr(problems)
    assert not any(word in told for word in ("Nemocniční", "Úkryt", "Lipové", "35201", "999001", "11867906"))


def test_repeated_facilities_are_one_and_secret_ones_are_told_apart_by_names() -> None:
    other = national_facility(nazev="Domov Buk")
    hidden = [national_facility(utajenaAdresa=True, adresa=None, nazev=name) for name in ("A", "A", "B")]
    record = one_national(zarizeni=[national_facility(), national_facility(), other, *hidden])
    assert [one.secret for one in record.facilities] == [False, False, True, True]


def test_facility_without_code_of_address_is_told_apart_by_its_street() -> None:
    first, second = national_facility(), national_facility()
    first["adresa"] = first["adresa"] | {"kodAdresnihoMista": None}
    second["adresa"] = first["adresa"] | {"ulice": {"nazev": "Jiná"}}
    record = one_national(zarizeni=[first, second])
    assert [one.street for one in record.facilities] == ["Nemocniční 12/3", "Jiná 12/3"]
    assert record.facilities[0].address_point is None


def test_ended_service_and_facilities_that_end_otherwise() -> None:
    closed = national_facility(nazev="Zavřené", poskytujeDo="2015-01-01")
    record = one_national(datumPoskytovaniDo="2020-12-31", zarizeni=[closed, national_facility()])
    assert record.ended_on == date(2020, 12, 31)
    assert [one.ended_on for one in record.facilities] == [date(2015, 1, 1), None]
    assert record.name == "Domov Lípa", "the name follows places that still work"


def test_end_before_start_keeps_the_end() -> None:
    records, problems = reading(national(national_item(datumPoskytovaniDo="2009-01-01")))
    assert (records[0].started_on, records[0].ended_on) == (None, date(2009, 1, 1))
    assert "před" in problems[0].reason


def test_reach_is_by_regions() -> None:
    reach = [{"kraj": {"id": "Kraj/51"}}, {"id": "Kraj/86"}]
    assert one_national(rozsirenePusobnostiVKraji=reach).regions == ("CZ041", "CZ052")


def test_unknown_codes_are_counted_once_and_never_guessed() -> None:
    item = national_item(
        ciloveSkupiny=[{"cilovaSkupina": {"id": "CilovaSkupinaOsoby/7"}}],
        formy=[{"forma": {"id": "FormaSocialniSluzby/distancni"}, "kapacity": []}],
        rozsirenePusobnostiVKraji=[{"kraj": {"id": "Kraj/999"}}],
    )
    records, problems = reading(national(item, item | {"id": 2}))
    assert [one.target_groups for one in records] == [(), ()]
    assert [(one.subject, one.reason) for one in problems] == [
        ("cílová skupina CilovaSkupinaOsoby/7", "není v našem číselníku (2 výskyty)"),
        ("forma FormaSocialniSluzby/distancni", "není v našem číselníku (2 výskyty)"),
        ("kraj Kraj/999", "není v našem číselníku (2 výskyty)"),
    ]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"druhSocialniSluzby": {"id": "DruhSocialniSluzby/99"}}, "neznámý druh"),
        ({"druhSocialniSluzby": None}, "chybí druh"),
        ({"poskytovatel": None}, "chybí název poskytovatele"),
        ({"id": None, "identifikator": None}, "nemá číslo"),
    ],
)
def test_what_cannot_be_mapped_is_left_out_with_place_and_reason(change: dict[str, Any], reason: str) -> None:
    records, problems = reading(national(national_item(1), national_item(2, **change), national_item(3)))
    assert [one.source_id for one in records] == ["1", "3"]
    assert problems[0].place.startswith("položka 2")
    assert reason in problems[0].reason


def test_wrong_details_are_warnings_and_the_service_stays() -> None:
    item = national_item(
        emaily=[{"email": "není e-mail"}],
        weby=[{"web": "javascript:alert(1)"}],
        poskytovatel={"ico": "12345678", "nazev": "A"},
        datumPoskytovaniOd="31. února",
    )
    item["formy"][0]["kapacity"][0]["pocet"] = -3
    records, problems = reading(national(item))
    assert [one.channel for one in records[0].contacts or ()] == ["phone"]
    assert len(problems) == 5
    assert records[0].forms is not None
    assert records[0].forms[0].capacities[0].amount is None


# --- the region's file ----------------------------------------------------------------------------------------


def test_rows_of_one_company_and_kind_are_one_service() -> None:
    rows = [feature(1), feature(2), feature(3, typ_soc_sluzby="Domovy pro seniory", nazev_zarizeni="Velký dům")]
    records, problems = reading(regional(*rows))
    assert problems == []
    assert [(one.source_id, one.name, len(one.facilities)) for one in records] == [
        ("00194972-chb", "Domek", 2),
        ("00194972-dps", "Velký dům", 1),
    ]
    assert records[0].provider.legal_form == "Ústav"
    place = records[0].facilities[0]
    assert (place.street, place.lat, place.lon, place.municipality) == ("Lipová 1", 50.0, 15.0, "999001")


def test_what_the_region_does_not_say_is_unknown() -> None:
    record = reading(regional(feature()))[0][0]
    assert (record.forms, record.target_groups, record.age_groups, record.contacts, record.regions) == (None,) * 5


def test_service_with_more_names_is_called_by_its_kind() -> None:
    records, _ = reading(regional(feature(1), feature(2, nazev_zarizeni="Jiný domek")))
    assert records[0].name == "Chráněné bydlení"


def test_zero_is_empty_and_numbers_of_cottages_are_written_so() -> None:
    row = feature(nazev_ulice="0", cislo_domovni="5", typ_cisla_domovniho="č.ev.", nazev_zarizeni="0")
    place = reading(regional(row))[0][0].facilities[0]
    assert (place.name, place.street) == ("", "č. ev. 5")


def test_point_far_from_its_municipality_is_replaced_and_told() -> None:
    records, problems = reading(regional(feature(point=(15.4, 50.0))))
    place = records[0].facilities[0]
    assert (place.lat, place.lon) == (50.0, 15.0)
    assert "29 km" in problems[0].reason


def test_namesakes_are_told_apart_by_district_and_the_unknown_is_told() -> None:
    records, problems = reading(
        regional(feature(kod_obce="0", nazev_obce="Hájek", kod_okresu="CZ0992", point=(16, 49)))
    )
    assert records[0].facilities[0].municipality == "999003"
    assert problems == []
    records, problems = reading(regional(feature(kod_obce="1", nazev_obce="Nikde")))
    assert (records[0].facilities[0].municipality, records[0].facilities[0].municipality_name) == ("", "Nikde")
    assert "neznáme" in problems[0].reason


def test_the_real_region_is_read_whole(real_data: Path) -> None:
    with (real_data / "register/khk_poskytovatele_socialnich_sluzeb.geojson").open("rb") as file:
        reads = list(read(file, CODES)[1])
    records = [one for one in reads if isinstance(one, ServiceRecord)]
    assert len(records) == 302
    assert sum(len(one.facilities) for one in records) == 460, "461 rows, one of them twice"
    assert len({one.provider.ico for one in records}) == 151
    assert len({one.kind for one in records}) == 32
    assert any(one.kind == "cdz" for one in records)


# --- tables ---------------------------------------------------------------------------------------------------

TABLE = """Poskytovatel;IČO;Druh;Služba;Formy;Kapacita;Cílové skupiny;Telefon;Obec;Okres;Ulice;PSČ;Popis;Cena
Spolek Most;;hospic;Domácí hospic Most;terénní nepřetržitě;terénní: 5 klient (denně);senioři;495 1;Lipov;;Lipová 1;541 01;Přijedeme.;zdarma
Spolek Most;;hospic;Domácí hospic Most;;;;;Hájek;CZ0992;Polní 2;;;
Město Lipov;194972;PS;;;;;;Hájek;;;;;
"""  # noqa: E501


def test_table_has_a_row_a_facility() -> None:
    records, problems = reading(TABLE)
    hospice, care = records
    assert (hospice.name, hospice.kind, hospice.provider.ico) == ("Domácí hospic Most", "n-hospic", "")
    assert [one.municipality for one in hospice.facilities] == ["999001", "999003"]
    assert hospice.forms is not None
    assert (hospice.forms[0].nonstop, hospice.forms[0].capacities) == (True, (CapacityRecord("klient", 5, "denně"),))
    assert hospice.target_groups == ("seniori",)
    assert (hospice.first_words.plain_text, hospice.first_words.cost) == ("Přijedeme.", "free")
    assert (care.source_id, care.name) == ("00194972-ps", "Pečovatelská služba")
    assert (care.regions, care.age_groups) == (None, None), "columns that are missing say nothing"
    assert [one.place for one in problems] == ["řádek 4"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1250", "utf-16"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_table_in_every_usual_encoding(encoding: str, delimiter: str) -> None:
    content = f"poskytovatel{delimiter}druh\nŽluťoučký kůň{delimiter}domovy pro seniory\n".encode(encoding)
    assert reading(content)[0][0].provider.name == "Žluťoučký kůň"


def test_workbook_reads_like_a_table() -> None:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        sheet = book.add_worksheet()
        for at, row in enumerate([["poskytovatel", "ico", "druh", "sluzba_od"], ["A", 194972, "dps", "2020-01-31"]]):
            sheet.write_row(at, 0, row)
        sheet.write_datetime(1, 3, date(2020, 1, 31), book.add_format({"num_format": "yyyy-mm-dd"}))
    record = reading(out.getvalue())[0][0]
    assert (record.provider.ico, record.started_on) == ("00194972", date(2020, 1, 31))


@pytest.mark.parametrize(("row", "column"), [(1_048_575, 16_383), (1_048_575, 20), (700, 16_383)])
def test_workbook_that_is_immense_and_empty_is_refused_before_it_is_opened(row: int, column: int) -> None:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["poskytovatel", "druh"])
        sheet.write(row, column, "x")
    with pytest.raises(Refused, match="rozlehlý"):
        reading(out.getvalue())


@pytest.mark.parametrize("flag", ["ano", "x", "ANO!", "1"])
def test_secret_place_of_a_table_keeps_nothing(flag: str) -> None:
    content = f"poskytovatel;druh;utajena_adresa;ulice;obec;zarizeni\nA;azylové domy;{flag};Tajná 3;Lipov;Úkryt\n"
    records, problems = reading(content)
    assert records[0].facilities[0].secret
    assert not any(word in repr(records) + repr(problems) for word in ("Tajná", "Lipov", "Úkryt"))


def test_a_wrong_row_is_named_by_its_number() -> None:
    records, problems = reading("poskytovatel;druh\nA;nesmysl\n;dps\nB;dps\n")
    assert len(records) == 1
    assert [(one.place, one.reason) for one in problems] == [
        ("řádek 2", "neznámý druh služby „nesmysl“"),
        ("řádek 3", "chybí poskytovatel"),
    ]


def test_names_of_columns_are_unique() -> None:
    assert len(NAMES) == len(set(NAMES))


def test_columns_are_documented() -> None:
    page = (Path(__file__).parents[2] / "docs" / "register.md").read_text(encoding="utf-8")
    assert [name for name in NAMES if f"| `{name}`" not in page] == []
