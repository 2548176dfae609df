"""Ways to help other than words: situations, help now, the map, my selection, the printed guide, the desk of words."""

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from pypdf import PdfReader
from pytest_django import DjangoAssertNumQueries, Settings

from portal.accounts.models import Grant
from portal.audit.models import Deed
from portal.catalogue.actions import touch
from portal.catalogue.models import DataVersion, Kind, Service
from portal.finding import selection, wordlists
from portal.finding.models import CrisisLine, EmptySearch, LayWord, Origin, Situation
from portal.jobs.models import Job
from portal.territory.models import Boundary, Municipality
from portal.territory.outlines import coarser
from tests import make
from tests.paper.checks import faults

pytestmark = pytest.mark.django_db

PUBLIC_QUERIES = 10


@pytest.fixture
def town() -> Iterator[Municipality]:
    cache.clear()
    # A dictionary of one phrase is learnt at once, the shipped one takes a second.
    LayWord.objects.create(phrase="nezvládá sama doma", kinds="ps")
    place = make.municipality("Svornov", people=9000, lat=50.0, lon=15.0)
    yield place
    cache.clear()


@pytest.fixture
def care(town: Municipality) -> Service:
    service = make.service("Pečovatelská služba Svornov", at=town, phone="999 111 222", target_groups=["seniori"])
    touch()
    return service


@pytest.fixture
def parent(care: Service) -> Situation:
    situation = Situation.objects.create(slug="stary-rodic", title="Starám se o rodiče", line="Kdo pomůže doma.")
    situation.kinds.add(care.kind, make.kind("os", name="odlehčovací služby", gloss="Postarají se za vás."))
    situation.target_groups.add(make.target_group())
    return situation


def html(client: Client, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status
    return answer.content.decode()


# --- situations ----------------------------------------------------------------------------------------------


def test_situations_are_listed_with_a_line_of_explanation(client: Client, parent: Situation) -> None:
    text = html(client, "/situace/")
    assert parent.title in text
    assert parent.line in text


def test_situation_shows_steps_services_and_kinds_in_plain_words(client: Client, parent: Situation) -> None:
    text = html(client, "/situace/stary-rodic/?kde=Svornov")
    assert "Pečovatelská služba Svornov" in text
    assert "První kroky" in text
    assert "Postarají se za vás." in text
    assert "tady zatím žádná" in text  # no relief service yet: said, not linked to an empty page
    assert "druh=os" not in text
    assert "<quick-exit>" not in text


def test_steps_written_by_a_coordinator_replace_the_usual_ones(client: Client, parent: Situation) -> None:
    Situation.objects.update(steps="Nic nepodepisujte.\nZavolejte.")
    text = html(client, "/situace/stary-rodic/")
    assert "<li>Nic nepodepisujte.</li><li>Zavolejte.</li>" in text


def test_page_about_violence_has_numbers_and_a_quick_way_out(client: Client, parent: Situation) -> None:
    Situation.objects.update(violence=True)
    CrisisLine.objects.create(key="158", number="158", name="Policie", line="…", violence=True)
    text = html(client, "/situace/stary-rodic/")
    assert "<quick-exit>" in text
    assert 'href="tel:158"' in text


def test_situation_switched_off_is_gone_and_an_unknown_one_was_never_there(client: Client, parent: Situation) -> None:
    Situation.objects.update(active=False)
    assert "už skončilo" in html(client, "/situace/stary-rodic/", 410)
    html(client, "/situace/nic-takoveho/", 404)
    assert "Zatím tu žádná situace není" in html(client, "/situace/")


# --- help now ------------------------------------------------------------------------------------------------


def test_help_now_tells_when_a_number_was_verified_or_that_it_was_not(client: Client) -> None:
    CrisisLine.objects.create(key="a", number="112", name="Tísňové volání", line="…", certainty="law")
    CrisisLine.objects.create(key="b", number="116 111", name="Linka bezpečí", line="…", verified_on="2026-11-20")
    CrisisLine.objects.create(key="c", number="800 157 157", name="Senior telefon", line="…")
    CrisisLine.objects.create(key="d", number="999", name="Zrušená linka", line="…", active=False)
    text = html(client, "/pomoc-hned/")
    assert "ověřeno 20. 11. 2026" in text
    assert "číslo jsme zatím neověřili" in text
    assert "Zrušená linka" not in text
    assert "<quick-exit>" in text


# --- the map -------------------------------------------------------------------------------------------------


def test_map_holds_each_public_place_once_and_no_secret_one(client: Client, care: Service) -> None:
    other = make.service("Druhá služba", kind=make.kind("os"))
    place = care.facilities.get()
    make.facility(other, place.municipality, lat=place.lat, lon=place.lon)
    make.secret_facility(make.service("Utajená"))
    touch()
    collection = json.loads(html(client, "/mapa/mista.json"))
    (feature,) = collection["features"]
    assert feature["geometry"] == {"type": "Point", "coordinates": [place.lon, place.lat]}
    assert feature["properties"]["name"] == "2\xa0služby, Svornov"
    assert feature["properties"]["url"] == f"/sluzby/?obec={place.municipality_id}"


def test_place_without_coordinates_stands_at_the_point_of_its_municipality(
    client: Client, care: Service, town: Municipality
) -> None:
    care.facilities.update(lat=None, lon=None)
    touch()
    (feature,) = json.loads(html(client, "/mapa/mista.json"))["features"]
    assert feature["geometry"]["coordinates"] == [town.lon, town.lat]
    assert "50\xa0m" in html(client, "/sluzby/?kde=Svornov")


def test_map_and_its_list_take_the_filters_of_the_search(client: Client, care: Service, town: Municipality) -> None:
    make.service("Odlehčovací služba", kind=make.kind("os"), at=town)
    touch()
    text = html(client, "/mapa/?druh=os")
    assert "Odlehčovací služba" in text
    assert "Pečovatelská služba Svornov" not in text
    points = json.loads(html(client, "/mapa/mista.json?druh=os"))["features"]
    assert [one["properties"]["name"] for one in points] == ["Odlehčovací služba"]


def test_points_beside_results_are_those_of_the_page(client: Client, care: Service, town: Municipality) -> None:
    make.service("Odlehčovací služba", kind=make.kind("os"), at=town)
    touch()
    points = json.loads(html(client, "/mapa/mista.json?druh=ps&strana=1&jen_strana=1"))["features"]
    assert [one["properties"]["id"] for one in points] == [care.pk]


def test_points_are_renewed_with_the_data(client: Client, care: Service, town: Municipality) -> None:
    before = len(json.loads(html(client, "/mapa/mista.json"))["features"])
    make.service("Nová", kind=care.kind, at=make.municipality("Lhotka", lat=50.1, lon=15.1))
    touch()
    assert len(json.loads(html(client, "/mapa/mista.json"))["features"]) == before + 1


def test_tiles_come_from_where_the_installation_says_and_our_borders_serve_where_it_says_nothing(
    client: Client, care: Service, settings: Settings
) -> None:
    assert "/mapa/hranice.json" in html(client, "/mapa/")
    settings.MAP_TILES = "https://tile.example/{z}/{x}/{y}.png"
    text = html(client, "/mapa/")
    assert 'tiles="https://tile.example/{z}/{x}/{y}.png"' in text
    assert "OpenStreetMap" in text
    assert "/mapa/hranice.json" not in text
    assert "Jedinou výjimkou je podklad mapy." in html(client, "/soukromi/")


def test_borders_are_of_a_region_that_is_on_the_map(client: Client, care: Service, town: Municipality) -> None:
    square = [[15.0, 50.0], [15.1, 50.0], [15.1, 50.1], [15.0, 50.1], [15.0, 50.0]]
    Boundary.objects.create(level="municipality", code=town.code, geometry={"type": "Polygon", "coordinates": [square]})
    touch()
    answer = client.get("/mapa/hranice.json", {"kraj": town.region_id, "v": "1"})
    (feature,) = json.loads(answer.content)["features"]
    assert feature["properties"]["name"] == "Svornov"
    assert "max-age=31536000" in answer["Cache-Control"]
    assert client.get("/mapa/hranice.json", {"kraj": "CZ000"}).status_code == 404


def test_neighbours_keep_a_common_border_when_simplified() -> None:
    left = [[0, 0], [0.0101, 0], [0.0099, 0.0052], [0.0102, 0.01], [0, 0.01], [0, 0]]
    right = [[0.0101, 0], [0.02, 0], [0.02, 0.01], [0.0102, 0.01], [0.0099, 0.0052], [0.0101, 0]]
    made = [coarser({"type": "Polygon", "coordinates": [ring]}, 0.001) for ring in (left, right)]
    (first,), (second,) = (one["coordinates"][0] for one in made)
    assert {tuple(corner) for corner in first} & {tuple(corner) for corner in second} == {(0.01, 0.0), (0.01, 0.01)}
    assert coarser({"type": "Polygon", "coordinates": [left]}, 1.0)["coordinates"] == []


# --- my selection --------------------------------------------------------------------------------------------


def test_selection_is_kept_in_one_cookie_without_script(client: Client, care: Service) -> None:
    other = make.service("Druhá služba")
    client.post("/vyber/zmena/", {"pridat": str(care.pk)})
    text = client.post("/vyber/zmena/", {"pridat": str(other.pk)}, follow=True).content.decode()
    assert text.index(care.name) < text.index("Druhá služba")
    assert client.cookies[selection.COOKIE].value == f"{care.pk}.{other.pk}"
    assert "sessionid" not in client.cookies
    client.post("/vyber/zmena/", {"odebrat": str(care.pk)})
    assert client.cookies[selection.COOKIE].value == str(other.pk)
    client.post("/vyber/zmena/", {"zahodit": "1"})
    assert "zatím prázdný" in html(client, "/vyber/")


def test_selection_is_shared_by_its_address(client: Client, care: Service) -> None:
    text = html(client, f"/vyber/?s={care.pk}")
    assert care.name in text
    assert f"/vyber/?s={care.pk}" in text
    assert 'href="tel:999111222"' in text


def test_selection_leaves_out_what_has_ended_and_says_so(client: Client, care: Service) -> None:
    ended = make.service("Skončená", ended_on=timezone.localdate() - timedelta(days=1))
    text = html(client, f"/vyber/?s={care.pk}.{ended.pk}.999999")
    assert "Skončená" not in text
    assert "2\xa0služby z výběru už skončily" in text


@pytest.mark.parametrize("said", ["", "a.b", "1.1.1", "." * 500, "9" * 5000, "-1.٣", "1,2;3"])
def test_any_text_is_some_selection(client: Client, said: str) -> None:
    assert client.get("/vyber/", {"s": said}).status_code == 200
    numbers = selection.parse(said)
    assert len(numbers) == len(set(numbers)) <= selection.MOST


# --- the printed guide ---------------------------------------------------------------------------------------


def test_guide_is_made_in_the_background_and_downloaded(client: Client, parent: Situation, care: Service) -> None:
    answer = client.post("/pruvodce/?druh=ps", {"sheet": "a5"})
    assert answer.status_code == 302
    job = Job.objects.get()
    assert job.state == Job.State.DONE, job.message
    made = b"".join(client.get(f"/ukoly/{job.key}/soubor/").streaming_content)  # type: ignore[attr-defined]
    assert faults(made) == [], "an independent checker finds it accessible"
    pdf = PdfReader(BytesIO(made))
    text = " ".join(page.extract_text() for page in pdf.pages)
    for said in ("Obsah", "Rejstřík podle situace", "Starám se o rodiče", "Svornov", care.name, "999 111 222"):
        assert said in text
    assert round(float(pdf.pages[0].mediabox.width)) == 420


def test_guide_never_prints_a_secret_place(client: Client, town: Municipality) -> None:
    shelter = make.service("Dům v bezpečí", kind=make.kind("ad"))
    make.secret_facility(shelter)
    touch()
    client.post("/pruvodce/", {"sheet": "a4"})
    job = Job.objects.get()
    text = " ".join(page.extract_text() for page in PdfReader(job.result).pages)
    assert "Dům v bezpečí" in text
    assert "U služeb neznáme žádnou obec." in text


def test_guide_to_nothing_cannot_be_ordered(client: Client, care: Service) -> None:
    assert "neodpovídá žádná služba" in html(client, "/pruvodce/?s=999999")
    answer = client.post("/pruvodce/?s=999999", {"sheet": "a4"})
    assert answer.status_code == 200
    assert client.post("/pruvodce/", {"sheet": "b5"}).status_code == 422
    assert not Job.objects.exists()


# --- the desk of words ---------------------------------------------------------------------------------------


@pytest.fixture
def coordinator(client: Client) -> Client:
    client.force_login(make.person(Grant.Role.COORDINATOR))
    return client


def test_search_in_vain_becomes_a_word_of_the_dictionary(coordinator: Client, care: Service) -> None:
    EmptySearch.objects.create(question="kontokorent", day=timezone.localdate(), count=3)
    text = html(coordinator, "/sprava/hledani-bez-vysledku/")
    assert "/sprava/slovnik/nova-slova/?slova=kontokorent" in text
    version = DataVersion.objects.get().number
    answer = coordinator.post(
        "/sprava/slovnik/nova-slova/?slova=kontokorent", {"phrase": "kontokorent", "kind_1": "ps"}
    )
    assert answer.status_code == 302
    word = LayWord.objects.get(phrase="kontokorent")
    assert (word.kinds, word.origin) == ("ps", Origin.SEARCH)
    assert Deed.objects.filter(verb="lay_word_added").exists()
    assert DataVersion.objects.get().number > version


def test_word_is_tried_found_changed_and_switched_off(coordinator: Client, care: Service) -> None:
    word = LayWord.objects.create(phrase="babička padá", kinds="ps")
    text = html(coordinator, "/sprava/slovnik/?q=BABI&zkusit=babička padá")
    assert "babička padá" in text
    assert "pečovatelská služba" in text
    coordinator.post(f"/sprava/slovnik/{word.pk}/", {"kind_1": "ps", "groups": ["seniori"]})
    word.refresh_from_db()
    assert (word.active, word.groups) == (False, "seniori")
    assert "babička padá" in html(coordinator, "/sprava/slovnik/?jen=vypnute")


def test_word_that_leads_nowhere_is_refused(coordinator: Client, care: Service) -> None:
    answer = coordinator.post("/sprava/slovnik/nova-slova/", {"phrase": "nic"})
    assert answer.status_code == 422
    assert not LayWord.objects.filter(phrase="nic").exists()


def test_situation_and_number_are_edited_with_a_deed(coordinator: Client, parent: Situation) -> None:
    kind = Kind.objects.get(key="ps")
    asked = {"title": "Nový název", "line": "Nový řádek", "steps": "Jedna\n\n Dvě ", "kinds": [kind.pk], "active": "on"}
    assert coordinator.post("/sprava/situace/stary-rodic/", asked).status_code == 302
    parent.refresh_from_db()
    assert (parent.title, parent.steps, list(parent.kinds.all())) == ("Nový název", "Jedna\nDvě", [kind])
    CrisisLine.objects.create(key="linka", number="116 111", name="Linka", line="…")
    today = timezone.localdate()
    asked = {"number": "116 111", "name": "Linka", "about": "Pomoc", "verified_on": today.isoformat(), "active": "on"}
    assert coordinator.post("/sprava/krizova-cisla/linka/", asked).status_code == 302
    assert CrisisLine.objects.get().verified_on == today
    tomorrow = (today + timedelta(days=1)).isoformat()
    assert coordinator.post("/sprava/krizova-cisla/linka/", asked | {"verified_on": tomorrow}).status_code == 422
    assert {"situation_changed", "crisis_line_changed"} <= set(Deed.objects.values_list("verb", flat=True))


def test_the_second_of_two_who_edit_a_situation_or_a_number_reads_the_first(
    coordinator: Client, parent: Situation
) -> None:
    kind = Kind.objects.get(key="ps")
    CrisisLine.objects.create(key="linka", number="116 111", name="Linka", line="…")
    word = LayWord.objects.create(phrase="babička padá", kinds="ps", origin=Origin.COORDINATOR)
    situation = {"title": "Název", "line": "Slova {}", "steps": "", "kinds": [kind.pk], "active": "on"}
    line = {"number": "116 111", "name": "Linka", "about": "Slova {}", "active": "on"}
    for address, typed, changed in (
        ("/sprava/situace/stary-rodic/", situation, "line"),
        ("/sprava/krizova-cisla/linka/", line, "about"),
        (f"/sprava/slovnik/{word.pk}/", {"kind_1": "ps"}, "who"),
    ):
        began = _stamp(html(coordinator, address))
        first, second = (typed | {changed: f"Slova {who}", "seen": began} for who in ("první", "druhé"))
        assert coordinator.post(address, first).status_code == 302
        late = coordinator.post(address, second)
        page = late.content.decode()
        assert late.status_code == 409, address
        assert "Mezitím to uložil někdo jiný" in page
        assert ("Slova první" in page and "Slova druhé" in page) or changed == "who"
        assert coordinator.post(address, second | {"seen": _stamp(page)}).status_code == 302


def _stamp(page: str) -> str:
    found = re.search(r'name="seen" value="([^"]*)"', page)
    assert found is not None
    return found[1]


def test_a_situation_and_a_number_of_our_own_are_added(coordinator: Client, parent: Situation) -> None:
    kind = Kind.objects.get(key="ps")
    asked = {"title": "Nová", "line": "Poradí vám.", "kinds": [kind.pk], "active": "on"}
    for expected in ("nova-2", "nova-3"):  # "nova" is the address of this very form
        assert coordinator.post("/sprava/situace/nova/", asked).status_code == 302
        assert Situation.objects.latest("pk").slug == expected
        assert coordinator.get(f"/situace/{expected}/").status_code == 200
    assert Situation.objects.last() == Situation.objects.latest("pk")
    asked = {"number": "493 111 222", "name": "Krajská linka", "about": "Pomoc", "active": "on"}
    assert coordinator.post("/sprava/krizova-cisla/nove/", asked | {"number": "volejte"}).status_code == 422
    assert coordinator.post("/sprava/krizova-cisla/nove/", asked).status_code == 302
    line = CrisisLine.objects.get()
    assert (line.key, line.certainty) == ("krajska-linka", CrisisLine.Certainty.UNVERIFIED)
    assert "493 111 222" in coordinator.get("/pomoc-hned/").content.decode().replace("\xa0", " ")
    assert {"situation_added", "crisis_line_added"} <= set(Deed.objects.values_list("verb", flat=True))
    # What the portal ships never touches what people added.
    wordlists.load()
    assert CrisisLine.objects.filter(key="krajska-linka", active=True).exists()


def test_auditor_reads_and_changes_nothing(client: Client, care: Service) -> None:
    word = LayWord.objects.create(phrase="babička padá", kinds="ps")
    client.force_login(make.person(Grant.Role.AUDITOR))
    assert "babička padá" in html(client, "/sprava/slovnik/")
    assert client.get(f"/sprava/slovnik/{word.pk}/").status_code == 404
    assert client.post("/sprava/slovnik/nova-slova/", {"phrase": "x", "kind_1": "ps"}).status_code == 404


# --- budgets -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address", ["/situace/", "/situace/stary-rodic/?kde=Svornov", "/pomoc-hned/", "/mapa/", "/vyber/", "/pruvodce/"]
)
def test_pages_stay_within_their_queries_with_ten_times_the_rows(
    client: Client,
    parent: Situation,
    care: Service,
    town: Municipality,
    django_assert_max_num_queries: DjangoAssertNumQueries,
    address: str,
) -> None:
    client.get(address)
    with django_assert_max_num_queries(PUBLIC_QUERIES) as few:
        client.get(address)
    for number in range(10):
        make.service(kind=care.kind, at=town, phone="999 000 000", target_groups=["seniori"])
        CrisisLine.objects.create(key=f"k{number}", number="116 111", name=f"Linka {number}", line="…")
    touch()
    client.get(address)
    with django_assert_max_num_queries(PUBLIC_QUERIES) as many:
        answer = client.get(address)
    # An empty list needs one query less than a full one.
    assert len(many.captured_queries) <= len(few.captured_queries) + 1
    assert len(answer.content) < 60 * 1024
