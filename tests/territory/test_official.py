"""Official files in any order become the table and boundaries that the import reads; what is bad is told and left out.

The files are small and invented, in the shape of the real ones (docs/territory.md says where each shape was verified).
"""

import csv
import io
import json
import tempfile
import zipfile
from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st

from portal.territory.models import Boundary, Municipality, Orp, Statistic
from portal.territory.official import csu, joined, ruian

type Write = Callable[..., Path]

STRUCTURE = (
    "platnost_datum,obec_text,obec_kod,obec_typ,pou_text,pou_csu_cis61_kod,pou_ruian_kod,orp_text,orp_csu_cis65_kod,"
    "orp_ruian_kod,okres_text,okres_csu_cis101_lau_kod,okres_csu_cis109_nuts_kod,okres_ruian_kod,kraj_text,"
    "kraj_csu_cis108_nuts_kod,kraj_ruian_vusc_kod"
)
ABOVE = "Svornov,99011,511,Svornov,9901,311,Svornov,40999,CZ0991,3991,Smyšlený kraj,CZ099,991"
TALL = "idhod,hodnota,stapro_kod,pohlavi_cis,pohlavi_kod,vek_cis,vek_kod,uzemi_cis,uzemi_kod,obdobi,vek_txt,uzemi_txt"
ADDRESSES = (
    "Kód ADM;Kód obce;Název obce;Kód MOMC;Název MOMC;Kód obvodu Prahy;Název obvodu Prahy;Kód části obce;"
    "Název části obce;Kód ulice;Název ulice;Typ SO;Číslo domovní;Číslo orientační;Znak čísla orientačního;PSČ;"
    "Souřadnice Y;Souřadnice X;Platí Od"
)
SQUARE = "-680000 -1020000 -679000 -1020000 -679000 -1021000 -680000 -1021000 -680000 -1020000"
HOLE = "-679800 -1020200 -679700 -1020200 -679700 -1020300 -679800 -1020300 -679800 -1020200"


def place(code: str, name: str, kind: str = "Obec", above: str = ABOVE) -> str:
    return f"2026-01-01,{name},{code},{kind},{above}"


def people(code: str, value: object, age: str = "", sex: str = "", period: str = "2024-12-31") -> str:
    return (
        f"1,{value},2406,{102 if sex else ''},{sex},{7700 if age else ''},{1 if age else ''},43,{code},{period},{age},x"
    )


def address(code: str, postal: str) -> str:
    return f"1;{code};Lhota;;;;;1;Lhota;;;č.p.;1;;;{postal};679500.00;1020500.00;2013-12-01T00:00:00"


def polygon(outer: str, *holes: str) -> str:
    def ring(side: str, positions: str) -> str:
        return f"<gml:{side}><gml:LinearRing><gml:posList>{positions}</gml:posList></gml:LinearRing></gml:{side}>"

    inner = "".join(ring("interior", hole) for hole in holes)
    return f"<gml:surfaceMember><gml:Polygon>{ring('exterior', outer)}{inner}</gml:Polygon></gml:surfaceMember>"


def area(
    kind: str, code: str, boundary: str, surfaces: str, point: str = "-679500.00 -1020500.00", more: str = ""
) -> str:
    return (
        f'<vf:{kind} gml:id="X.{code}"><a:Kod>{code}</a:Kod><a:Nazev>Jméno</a:Nazev>{more}<a:Geometrie>'
        f"<a:DefinicniBod><gml:MultiPoint><gml:pointMembers><gml:Point><gml:pos>{point}</gml:pos></gml:Point>"
        f"</gml:pointMembers></gml:MultiPoint></a:DefinicniBod><a:{boundary}><gml:MultiSurface>{surfaces}"
        f"</gml:MultiSurface></a:{boundary}></a:Geometrie></vf:{kind}>"
    )


def exchange(*municipalities: str, orp: str = "", vusc: str = "") -> str:
    return (
        '<?xml version="1.0" encoding="UTF-8"?><vf:VymennyFormat xmlns:gml="http://www.opengis.net/gml/3.2" '
        'xmlns:vf="urn:cz:isvs:ruian:schemas:VymennyFormatTypy:v1" xmlns:a="urn:cz:isvs:ruian:schemas:ObecIntTypy:v1">'
        f"<vf:Data><vf:Vusc>{vusc}</vf:Vusc><vf:Orp>{orp}</vf:Orp><vf:Obce>{''.join(municipalities)}</vf:Obce>"
        "</vf:Data></vf:VymennyFormat>"
    )


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes lines as a file of the given name; in a ZIP if the name says so, in Windows-1250 if asked."""

    def writer(name: str, *lines: str, encoding: str = "utf-8") -> Path:
        path = tmp_path / name
        data = "\n".join(lines).encode(encoding)
        if path.suffix == ".zip":
            with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
                archive.writestr(path.stem, data)
        else:
            path.write_bytes(data)
        return path

    return writer


def read(*paths: Path) -> joined.Downloads:
    downloads = joined.Downloads()
    for path in paths:
        downloads.read(path)
    return downloads


def row(downloads: joined.Downloads, code: str = "990001", **only: object) -> dict[str, object]:
    return next(one for one in downloads.rows(**only) if one["kod_obce"] == code)  # type: ignore[arg-type]


@pytest.mark.django_db
def test_official_files_in_any_order_become_municipalities(write: Write, tmp_path: Path) -> None:
    files = [
        write("adresy.csv.zip", ADDRESSES, address("990001", "99901"), encoding="cp1250"),
        write("obyvatele.csv", TALL, people("990001", 40), people("990001", 10, "65 a více let")),
        write(
            "ST_UKSG.xml.zip",
            exchange(
                area("Obec", "990001", "GeneralizovaneHranice3", polygon(SQUARE, HOLE)),
                orp=area("Orp", "311", "GeneralizovaneHranice4", polygon(SQUARE)),
                vusc=area("Vusc", "991", "GeneralizovaneHranice5", polygon(SQUARE)),
            ),
        ),
        write("struktura.csv", STRUCTURE, place("990001", "Lhota", "Městys"), place("990002", "Lávky")),
    ]
    out = tmp_path / "out"
    said = StringIO()
    call_command("join_territory", *files, out=out, stderr=said)
    assert said.getvalue() == ""  # a file with one municipality does not accuse the others
    call_command("import_territory", out / "obce.csv", boundaries=[out / "hranice.geojson"], stdout=StringIO())

    lhota = Municipality.objects.select_related("pou", "orp", "district", "region").get(code="990001")
    assert (lhota.status, lhota.pou.code, lhota.orp.code, lhota.district.code) == ("T", "99011", "9901", "CZ0991")
    assert (lhota.postal_code, lhota.people, lhota.area_km2) == ("99901", 40, 0.99)  # a square less its hole
    assert lhota.lat == pytest.approx(50.363, abs=0.01)
    assert lhota.lon == pytest.approx(15.261, abs=0.01)
    assert Statistic.objects.get(measure="age_65_plus").value == 10
    assert set(Boundary.objects.values_list("level", "code")) == {
        ("municipality", "990001"),
        ("orp", "9901"),  # RÚIAN calls it 311
        ("region", "CZ099"),
    }
    assert Municipality.objects.get(code="990002").lat is None


def test_projection_agrees_with_a_place_known_in_both_systems() -> None:
    """Kopidlno: its definition point in RÚIAN, and where the country's table of municipalities puts it."""
    ((lon, lat),) = ruian.degrees([[-679188.0, -1024096.0]])
    assert lon == pytest.approx(15.27029, abs=2e-5)
    assert lat == pytest.approx(50.33085, abs=2e-5)


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        (place("99", "Krátká"), "řádek 3: obec_kod"),
        (place("990009", ""), "řádek 3: chybí obec_text"),
        (place("990009", "Zlá", above=ABOVE.replace("9901,", "X,")), "řádek 3: orp_csu_cis65_kod"),
        (place("990009", "Zlá", above=ABOVE.replace("CZ0991", "")), "řádek 3: okres"),
        (place("990001", "Podruhé"), "víckrát"),
        ("2026-01-01,Useknutá", "řádek 3: chybí"),
    ],
)
def test_bad_municipality_is_told_with_its_line(write: Write, bad: str, said: str) -> None:
    downloads = read(write("s.csv", STRUCTURE, place("990001", "Lhota"), bad, place("990002", "Lávky")))
    assert [one["kod_obce"] for one in downloads.rows()] == ["990001", "990002"]
    (fault,) = downloads.faults
    assert fault.startswith("s.csv: ")
    assert said in fault


def test_district_code_is_found_in_either_column(write: Write) -> None:
    other = ABOVE.replace("40999,CZ0991", "CZ0991,")
    assert row(read(write("s.csv", STRUCTURE, place("990001", "Lhota", above=other))))["kod_okres_lau"] == "CZ0991"


def test_capital_has_no_orp_of_its_own(write: Write) -> None:
    above = "Praha,10000,9,Praha,1000,19,,,,,Hlavní město Praha,CZ010,19"
    praha = row(read(write("s.csv", STRUCTURE, place("554782", "Praha", "Hlavní město", above))), "554782")
    assert (praha["status"], praha["kod_orp"], praha["kod_pou"], praha["kod_okres_lau"]) == ("H", "0", "0", "CZ0100")


@pytest.mark.parametrize(
    ("columns", "values"),
    [
        ("stapro_kod,pohlavi_kod,vek_kod,uzemi_cis,uzemi_kod,obdobi", "2406,,,43,990001,2024-12-31"),
        ("stapro_kod,pohlavi_kod,vuzemi_cis,vuzemi_kod,rok,casref_do", "2406,,43,990001,2024,2024-12-31"),
        ("ukaz_kod,vek_kod,uzemi_cis,uzemi_kod,sldb_rok,sldb_datum", "3162,,43,990001,2024,2024-03-26"),
    ],
)
def test_each_shape_of_population_table_is_read(write: Write, columns: str, values: str) -> None:
    figures = write("o.csv", f"idhod,hodnota,{columns}", f"1,40,{values}")
    downloads = read(write("s.csv", STRUCTURE, place("990001", "Lhota")), figures)
    assert row(downloads)["obyv_2024"] == 40
    assert downloads.faults == []


def test_other_territories_sexes_dates_and_indicators_are_not_people_of_a_municipality(write: Write) -> None:
    downloads = read(
        write("s.csv", STRUCTURE, place("990001", "Lhota")),
        write(
            "o.csv",
            TALL,
            people("990001", 40),
            people("990001", 21, sex="1"),
            people("990001", 39, period="2023-07-01"),
            people("990001", 7).replace(",2406,", ",2407,"),
            people("990001", 5000).replace(",43,", ",101,"),
        ),
    )
    assert {name: value for name, value in row(downloads).items() if "_20" in name} == {"obyv_2024": 40}


def test_table_of_something_else_says_that_it_gave_nothing(write: Write) -> None:
    downloads = read(
        write("s.csv", STRUCTURE, place("990001", "Lhota")),
        write("byty.csv", TALL, people("990001", 7).replace(",2406,", ",999,")),
    )
    assert downloads.faults == ["byty.csv: soubor nemá žádný počet obyvatel obcí, který známe"]


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        (people("990001", "mnoho"), "není počet lidí"),
        (people("990001", -3), "není počet lidí"),
        (people("99", 3), "nemá šest číslic"),
        (people("990001", 3, "staří"), "neumíme přečíst"),
        (people("990001", 3, "9 - 5"), "končí dřív"),
        (people("990001", 3, period="loni"), "nezačíná rokem"),
    ],
)
def test_bad_figure_is_told_with_its_line(write: Write, bad: str, said: str) -> None:
    downloads = read(
        write("s.csv", STRUCTURE, place("990001", "Lhota")), write("o.csv", TALL, people("990001", 40), bad)
    )
    assert row(downloads)["obyv_2024"] == 40
    assert any(fault.startswith("o.csv: řádek 3:") and said in fault for fault in downloads.faults)


def test_two_sources_of_one_year_are_not_mixed(write: Write) -> None:
    structure = write("s.csv", STRUCTURE, place("990001", "Lhota"))
    balance = write("bilance.csv", TALL, people("990001", 40))
    census = write("scitani.csv", TALL, people("990001", 38), people("990001", 9, "65 a více let"))
    downloads = read(structure, balance, census)
    assert {name for name in row(downloads) if "_20" in name} == {"obyv_2024"}
    assert downloads.faults == ["scitani.csv: obec 990001, rok 2024: jiný součet než v předchozím souboru, vynecháno"]


def test_ended_municipality_in_old_years_is_counted_not_listed(write: Write) -> None:
    downloads = read(
        write("s.csv", STRUCTURE, place("990001", "Lhota")),
        write("o.csv", TALL, people("990007", 5), people("990007", 6, period="2001-12-31"), people("990001", 40)),
    )
    assert len(downloads.rows(since=2010)) == 1
    assert downloads.faults == ["údaje za 1 kódů, které ve struktuře území nejsou (zaniklé obce), vynechány"]


def test_one_region_and_only_newer_years(write: Write) -> None:
    elsewhere = ABOVE.replace("CZ099,991", "CZ098,981")
    downloads = read(
        write("s.csv", STRUCTURE, place("990001", "Lhota"), place("980001", "Jinde", above=elsewhere)),
        write("o.csv", TALL, people("990001", 40), people("990001", 44, period="2001-12-31")),
    )
    (only,) = downloads.rows(region="CZ099", since=2010)
    assert (only["kod_obce"], "obyv_2001" in only, only["obyv_2024"]) == ("990001", False, 40)
    with pytest.raises(joined.NotOfficial, match="CZ097"):
        downloads.rows(region="CZ097")


@given(st.lists(st.integers(0, 50), min_size=101, max_size=101), st.booleans())
def test_groups_add_up_whatever_the_ages(by_year: list[int], five: bool) -> None:
    """Single years or groups of five, with those of nobody left out, as ČSÚ does."""
    ages: dict[csu.Age, int] = {(100, None): by_year[100]}
    for first in range(0, 100, 5 if five else 1):
        last = first + 4 if five else first
        ages[first, last] = sum(by_year[first : last + 1])
    groups = csu.by_group({age: count for age, count in ages.items() if count}, sum(by_year))
    assert groups == {
        csu.CHILDREN: sum(by_year[:15]),
        csu.WORKING_AGE: sum(by_year[15:65]),
        csu.OLD: sum(by_year[65:]),
    }


def test_ages_that_do_not_make_the_total_are_unknown_not_zero() -> None:
    assert csu.by_group({(0, 4): 3, (5, 9): 2}, 40) == {}
    assert csu.by_group({(0, 4): 3, (60, 69): 37}, 40) == {}  # the group crosses the border of 65
    assert csu.by_group({(0, 4): 3, (65, None): 2}, None) == {(65, None): 2}


@given(
    st.integers(0, 110), st.integers(0, 20), st.sampled_from(["", " let", " roky"]), st.sampled_from(["-", " - ", "–"])
)
def test_ages_are_read_in_every_wording(first: int, more: int, unit: str, dash: str) -> None:
    assert csu.age(f"{first}{unit}") == (first, first)
    assert csu.age(f"{first}{dash}{first + more}{unit}") == (first, first + more)
    assert csu.age(f"{first} a více{unit}") == (first, None)


@pytest.mark.parametrize(
    ("shape", "said"),
    [
        (area("Obec", "990002", "GeneralizovaneHranice3", polygon("15 50 16 50 16 51 15 50")), "S-JTSK"),
        (area("Obec", "990002", "GeneralizovaneHranice3", polygon("abc")), "nejsou čísla"),
        (area("Obec", "990002", "GeneralizovaneHranice3", polygon(SQUARE.rpartition(" -680000")[0])), "není uzavřená"),
        (area("Obec", "990002", "GeneralizovaneHranice3", ""), "žádnou plochu"),
        (area("Obec", "990002", "GeneralizovaneHranice3", polygon(SQUARE), point="1"), "S-JTSK"),
    ],
)
def test_bad_shape_is_told_and_stops_nothing(write: Write, shape: str, said: str) -> None:
    good = area("Obec", "990001", "GeneralizovaneHranice3", polygon(SQUARE))
    downloads = read(write("v.xml", exchange(shape, good)))
    assert set(downloads.areas) == {("Obec", "990001")}
    (fault,) = downloads.faults
    assert fault.startswith("v.xml: Obec 990002: ")
    assert said in fault


def test_several_parts_make_one_boundary_and_original_one_serves_where_no_other_is(write: Write) -> None:
    second = SQUARE.replace("-1020000", "-1023000").replace("-1021000", "-1024000")
    downloads = read(
        write("v.xml", exchange(area("Obec", "990001", "OriginalniHranice", polygon(SQUARE) + polygon(second))))
    )
    found = downloads.areas["Obec", "990001"]
    assert found.geometry is not None
    assert (found.geometry["type"], len(found.geometry["coordinates"]), found.km2) == ("MultiPolygon", 2, 2.0)


def test_area_no_longer_in_force_is_passed_over(write: Write) -> None:
    ended = area("Obec", "990002", "GeneralizovaneHranice3", polygon(SQUARE), more="<a:PlatiDo>2020-01-01</a:PlatiDo>")
    good = area("Obec", "990001", "GeneralizovaneHranice3", polygon(SQUARE))
    assert set(read(write("v.xml", exchange(ended, good))).areas) == {("Obec", "990001")}


def test_files_of_different_dates_are_told_apart_by_municipality(write: Write) -> None:
    shapes = [area("Obec", code, "GeneralizovaneHranice3", polygon(SQUARE)) for code in ("990001", "990003")]
    downloads = read(
        write("s.csv", STRUCTURE, place("990001", "Lhota"), place("990002", "Lávky")), write("v.xml", exchange(*shapes))
    )
    downloads.rows()
    assert downloads.faults == [
        "obec 990003 je v RÚIAN, ale není ve struktuře území: mají soubory stejné datum?",
        "obec 990002 (Lávky) nemá v RÚIAN bod ani hranici",
    ]


def test_most_usual_postal_code_stands_for_the_municipality(write: Write) -> None:
    postal = ["99902", "99901", "99901", "", "999 0X"]
    downloads = read(
        write("s.csv", STRUCTURE, place("990001", "Lhota")),
        write("a.csv", ADDRESSES, *(address("990001", one) for one in postal), encoding="cp1250"),
    )
    assert row(downloads)["psc"] == "99901"
    assert len(downloads.faults) == 1
    assert "a.csv: řádek 6" in downloads.faults[0]


@pytest.mark.parametrize("content", ["", "a,b\n1,2", "<html></html>", "<vf:Data", "PK\x03\x04 nic"])
def test_other_files_are_refused_by_name(write: Write, content: str) -> None:
    with pytest.raises(joined.NotOfficial, match=r"cizi\.csv"):
        read(write("cizi.csv", content))


def test_damaged_archive_is_refused_by_name(write: Write) -> None:
    path = write("s.csv.zip", STRUCTURE, *(place(f"99{number:04}", "Lhota") for number in range(200)))
    data = bytearray(path.read_bytes())
    data[60:90] = bytes(30)
    path.write_bytes(data)
    with pytest.raises(joined.NotOfficial, match=r"s\.csv\.zip"):
        read(path)


def test_without_the_structure_nothing_can_be_joined(write: Write, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="struktura území"):
        call_command("join_territory", write("o.csv", TALL, people("990001", 1)), out=tmp_path / "out")
    assert not (tmp_path / "out").exists()


@given(st.binary(max_size=300), st.sampled_from([STRUCTURE, TALL, ADDRESSES, "<vf:Data>", ""]))
def test_any_bytes_are_read_or_refused_plainly(data: bytes, header: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "soubor"
        path.write_bytes(header.encode() + b"\n" + data)
        try:
            downloads = read(path)
        except joined.NotOfficial:
            return
        assert all(len(code) == 6 for code in downloads.places)


def test_written_table_has_documented_columns_and_blanks_for_the_unknown(write: Write, tmp_path: Path) -> None:
    downloads = read(
        write("s.csv", STRUCTURE, place("990001", "Lhota"), place("990002", "Lávky")),
        write("o.csv", TALL, people("990001", 40)),
    )
    assert joined.write(downloads, tmp_path) == (2, 0)
    table = list(csv.DictReader(io.StringIO((tmp_path / "obce.csv").read_text(encoding="utf-8"))))
    assert list(table[0]) == [*joined.COLUMNS, "obyv_2024"]
    assert [one["obyv_2024"] for one in table] == ["40", ""]
    assert json.loads((tmp_path / "hranice.geojson").read_text()) == {"type": "FeatureCollection", "features": []}


@pytest.mark.django_db
def test_joined_capital_keeps_one_orp_over_the_years(write: Write, tmp_path: Path) -> None:
    """Tables call it 0, code lists 1000: both are one row of ours."""
    above = "Praha,10000,9,Praha,1000,19,,,,,Hlavní město Praha,CZ010,19"
    downloads = read(write("s.csv", STRUCTURE, place("554782", "Praha", "Hlavní město", above)))
    joined.write(downloads, tmp_path)
    call_command("import_territory", tmp_path / "obce.csv", stdout=StringIO())
    listed = (tmp_path / "obce.csv").read_text().replace(",0,X-X-X,0,X-X-X,", ",10000,Praha,1000,Praha,")
    (tmp_path / "obce.csv").write_text(listed)
    call_command("import_territory", tmp_path / "obce.csv", stdout=StringIO())
    assert list(Orp.objects.values_list("code", "name")) == [("0", "Praha")]
