"""What a provider adds to its card: typed in, kept, shown, said no louder than it is known."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from portal.catalogue import actions, drafts
from portal.catalogue.desk_forms import MunicipalitiesField
from portal.catalogue.drafts import (
    AccessAnswer,
    ContactDraft,
    DocumentDraft,
    Draft,
    PhotoDraft,
    PlaceDraft,
    VacancyDraft,
)
from portal.catalogue.models import Service, Source
from portal.catalogue.offer_forms import SpecialDaysField, special_days_text
from portal.catalogue.opening import SpecialDays, Stretch
from portal.files.models import StoredFile
from portal.territory.models import Boundary
from tests import make
from tests.typing_in import typed_in

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 10, 12, 0, tzinfo=ZoneInfo("Europe/Prague"))
PLACE = "misto-0-"


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: NOW)


@pytest.fixture
def person() -> Any:
    return make.person("coordinator", name="Jana Koordinátorka")


@pytest.fixture
def desk(client: Client, person: Any) -> Client:
    client.force_login(person)
    return client


@pytest.fixture
def service() -> Service:
    made = make.service("Klub seniorů", source=Source.LOCAL, source_id="", phone="777 111 222")
    make.hours(make.facility(made, make.municipality("Lhota")), 2, "8.00", "16.00")
    make.access_detail()
    make.unit("luzka")
    make.form("pob")
    return made


def save(client: Client, service: Service, **changes: Any) -> Any:
    address = f"/sprava/sluzby/{service.pk}/"
    context = client.get(address).context
    return client.post(address, typed_in(context["edit"]) | {"seen": context["seen"]} | changes)


def card(client: Client, service: Service) -> str:
    return client.get(f"/sluzby/{service.slug}/").content.decode()


def as_data(client: Client, service: Service) -> Any:
    return json.loads(client.get(f"/sluzby/{service.slug}/?format=json").content)


# --- exceptions and barriers -------------------------------------------------------------------------------------


def test_days_out_of_the_ordinary_are_typed_by_lines_and_told(desk: Client, service: Service) -> None:
    lines = "10. 11. 2026 zavřeno (revize)\r\n24. 12. – 1. 1. 2027: 9-12"
    assert save(desk, service, **{f"{PLACE}special_days": lines, f"{PLACE}holidays": "closed"}).status_code == 302
    html = card(desk, service)
    assert "dnes zavřeno (revize)" in html
    assert "24. 12. – 1. 1.: 9.00–12.00" in html
    assert "O svátcích zavřeno" in html
    place = as_data(desk, service)["places"][0]
    assert place["special_days"][1]["first"] == "2026-12-24"
    assert place["special_days"][1]["hours"] == [{"opens": "09:00", "closes": "12:00"}]
    assert place["holidays"] == "closed"
    assert '"validThrough":"2027-01-01"' in html.replace('": "', '":"')
    # What the form shows is what it reads back.
    assert save(desk, service).status_code == 302
    assert len(drafts.read(service).places[0].special_days) == 2


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("o Vánocích zavřeno", "nerozumíme"),
        ("24. 12. zavřeno", "nerozumíme"),
        ("24. 12. 2026", "nerozumíme"),
        ("30. 2. 2026 zavřeno", "není"),
        ("2. 1. 2026 – 1. 1. 2026 zavřeno", "konec před začátkem"),
        ("1. 1. 2027 ráno", "nerozumíme"),
    ],
)
def test_a_line_that_cannot_be_read_is_explained(line: str, words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        SpecialDaysField().clean(line)


quarters = st.times().map(lambda t: t.replace(second=0, microsecond=0))
note = st.text("abcčž ,.-", max_size=20).map(str.strip)


@st.composite
def special_days(draw: st.DrawFn) -> SpecialDays:
    first = draw(st.dates(date(2000, 1, 1), date(2090, 1, 1)))
    last = first + timedelta(days=draw(st.integers(0, 500)))
    # Midnight as the beginning of a stretch is written like one at its end.
    hours = draw(st.lists(st.tuples(quarters, quarters), max_size=3))
    return SpecialDays(first, last, tuple(sorted(hours)), draw(note))


@given(st.lists(special_days(), max_size=5))
def test_exceptions_survive_being_written_and_read(days: list[SpecialDays]) -> None:
    assert SpecialDaysField(required=False).clean(special_days_text(days)) == tuple(sorted(days))


def test_barriers_are_answered_one_by_one_and_the_unknown_is_not_said(desk: Client, service: Service) -> None:
    typed = {"detail_vstup-najezd": "yes", "lift": "no", "entrance_steps": "0", "inside_steps": "12"}
    typed |= {"access_grade": "partly", "access_checked_on": "2026-10-01"}
    assert save(desk, service, **{f"{PLACE}{name}": value for name, value in typed.items()}).status_code == 302
    html = " ".join(card(desk, service).split())
    for words in ("přístupné s pomocí", "U vchodu žádné schody", "Uvnitř 12 schodů", "u vchodu je nájezd"):
        assert words in html, words
    assert "Bariéry zjišťovány 1. 10. 2026" in html
    assert "vodicím psem" not in html
    norm = as_data(desk, service)["places"][0]["bezbariérovost"]
    assert norm == {
        "interiér_výtah": False,
        "vstup_hlavní_schody": 0,
        "interiér_schody": 12,
        "vstup_hlavní_nájezd": True,
    }


def test_every_field_of_the_form_is_there_once(desk: Client, service: Service) -> None:
    for some in (make.target_group, make.age_group, make.feature):
        some()
    html = desk.get(f"/sprava/sluzby/{service.pk}/").content.decode()
    names = re.findall(r'<(?:input|select|textarea)[^>]* id="([^"]+)"', html)
    assert len(names) > 60
    assert [name for name, times in Counter(names).items() if times > 1] == []
    edit = desk.get(f"/sprava/sluzby/{service.pk}/").context["edit"]
    rows = [row for one in edit.row_sets for row in one.forms]
    fields = {bound.html_name for form in (edit.form, *rows) for bound in form}
    unseen = {name for name in fields if f'name="{name}"' not in html}
    # A row that is not stored yet has nothing to delete.
    assert {name for name in unseen if not name.endswith("-DELETE")} == set()


def test_a_secret_place_forgets_exceptions_and_barriers(desk: Client, service: Service) -> None:
    typed = {f"{PLACE}special_days": "24. 12. 2026 zavřeno (Lhota)", f"{PLACE}detail_vstup-najezd": "yes"}
    save(desk, service, **typed)
    save(desk, service, **{f"{PLACE}secret": "on"})
    place = service.facilities.get()
    assert place.secret
    assert not place.exceptions.exists()
    assert not place.access_details.exists()


# --- vacancies ---------------------------------------------------------------------------------------------------


def test_vacancies_are_told_with_their_day_and_zero_is_not_silence(desk: Client, service: Service) -> None:
    assert "Volno" not in card(desk, service)
    rows = {"volno-0-amount": "3", "volno-0-unit": "luzka", "volno-0-form": "pob", "volno-0-note": "pro ženy"}
    save(desk, service, **rows)
    html = card(desk, service)
    assert "Volno: 3\xa0lůžka (pobytová, pro ženy)" in html
    assert "10. 11. 2026" in html
    kept = service.vacancies.get()
    assert (kept.said_on, kept.said_by) == (date(2026, 11, 10), "Jana Koordinátorka")
    assert "Jana Koordinátorka" not in html
    save(desk, service, **{"volno-0-amount": "0", "volno-0-note": ""})
    assert "Teď není volno" in card(desk, service)
    save(desk, service, **{"volno-0-DELETE": "on"})
    assert "volno" not in card(desk, service)
    assert as_data(desk, service)["vacancies"] == []


def test_saving_something_else_does_not_refresh_what_was_said(desk: Client, service: Service) -> None:
    make.vacancy(service, 2, date(2026, 9, 1), said_by="Petr")
    save(desk, service, waiting="týden")
    assert service.vacancies.values_list("said_on", "said_by").get() == (date(2026, 9, 1), "Petr")
    assert "může to být už jinak" in card(desk, service)
    assert as_data(desk, service)["vacancies"][0]["stale"] is True
    # The same number, said again today.
    save(desk, service, **{"volno-0-said_on": "2026-11-10"})
    assert service.vacancies.get().said_by == "Jana Koordinátorka"
    assert "může to být už jinak" not in card(desk, service)


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [("amount", "pár", "jako číslo"), ("amount", "-1", "0"), ("said_on", "2026-11-11", "už nastal")],
)
def test_a_vacancy_that_cannot_be_is_refused(
    desk: Client, service: Service, field: str, value: str, words: str
) -> None:
    answer = save(desk, service, **{"volno-0-amount": "1", f"volno-0-{field}": value})
    assert answer.status_code == 422
    assert words in answer.content.decode()


# --- photos and documents ----------------------------------------------------------------------------------------


def photo_file(name: str = "vchod.png") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, make.picture())


def test_a_photo_is_shown_with_its_words_and_leaves_when_deleted(desk: Client, service: Service) -> None:
    typed = {"fotka-0-upload": photo_file(), "fotka-0-alt": "Vchod z ulice, dva schody"}
    assert save(desk, service, **typed).status_code == 302
    file = StoredFile.objects.get()
    assert file.public
    html = card(Client(), service)
    assert f'src="{file.small_url}"' in html
    assert 'alt="Vchod z ulice, dva schody"' in html
    assert as_data(desk, service)["photos"][0]["alt"] == "Vchod z ulice, dva schody"
    save(desk, service, **{"fotka-0-DELETE": "on"})
    file.refresh_from_db()
    assert (file.public, file.thing) == (False, "")
    assert not service.photos.exists()


def test_photos_go_by_their_numbers(desk: Client, service: Service) -> None:
    make.photo(service, "První", order=0)
    make.photo(service, "Druhá", order=1)
    save(desk, service, **{"fotka-0-order": "5"})
    assert list(service.photos.values_list("alt", flat=True)) == ["Druhá", "První"]


def test_a_photo_without_words_waits_for_them_and_is_not_sent_twice(desk: Client, service: Service) -> None:
    answer = save(desk, service, **{"fotka-0-upload": photo_file(), "waiting": "napsáno"})
    assert answer.status_code == 422
    html = answer.content.decode()
    assert "Napište, co je na fotce" in html
    key = StoredFile.objects.get().key
    assert f'value="{key}"' in html
    assert f"/sprava/soubory/{key}/" in html
    assert save(desk, service, **{"fotka-0-file": key, "fotka-0-alt": "Vchod"}).status_code == 302
    assert service.photos.get().file.key == key


def test_a_bad_file_is_explained_at_its_row_and_the_rest_kept(desk: Client, service: Service) -> None:
    svg = SimpleUploadedFile("x.png", b"<svg onload='alert(1)'/>", "image/png")
    answer = save(desk, service, **{"fotka-0-upload": svg, "fotka-0-alt": "Obrázek", "waiting": "napsáno"})
    html = answer.content.decode()
    assert answer.status_code == 422
    assert html.count("JPEG, PNG nebo WebP.") == 2  # in the summary and at the field
    assert 'value="napsáno"' in html
    assert not StoredFile.objects.exists()


def test_a_document_is_offered_for_download(desk: Client, service: Service) -> None:
    pdf = SimpleUploadedFile("../ceník.pdf", b"%PDF-1.7\n<<>>\n%%EOF")
    save(desk, service, **{"dokument-0-upload": pdf, "dokument-0-kind": "prices"})
    kept = service.documents.get()
    assert (kept.title, kept.file.name) == ("Ceník", "ceník.pdf")
    assert "Ceník</a>" in card(desk, service)
    assert as_data(desk, service)["documents"][0]["sort"] == "ceník"


def test_the_key_of_somebody_elses_file_opens_nothing(desk: Client, service: Service) -> None:
    theirs = make.stored_image(public=False, actor=make.person())
    answer = save(desk, service, **{"fotka-0-file": theirs.key, "fotka-0-alt": "Cizí"})
    assert answer.status_code == 422
    assert "Nahrajte ho prosím znovu" in answer.content.decode()
    theirs.refresh_from_db()
    assert not theirs.public
    document = make.stored_document(public=False, actor=make.person("coordinator"))
    assert save(desk, service, **{"fotka-0-file": document.key, "fotka-0-alt": "Ne fotka"}).status_code == 422


def test_two_people_and_a_photo(desk: Client, service: Service, person: Any) -> None:
    address = f"/sprava/sluzby/{service.pk}/"
    context = desk.get(address).context
    mine = typed_in(context["edit"]) | {"seen": context["seen"], "fotka-0-alt": "Vchod"}
    stored = drafts.read(service)
    theirs = replace(stored, vacancies=(VacancyDraft(2, said_on=date(2026, 11, 9), said_by="Petr"),))
    actions.service_save(service=service, draft=theirs, seen=stored.fingerprint, actor=make.person("region"))
    answer = desk.post(address, mine | {"fotka-0-upload": photo_file()})
    assert answer.status_code == 409
    assert ("volná místa", "2 (9. 11. 2026)", "nic") in answer.context["differences"]
    assert ("fotky", "nic", "Vchod") in answer.context["differences"]
    assert not service.photos.exists()
    key = StoredFile.objects.get().key
    again = mine | {"seen": answer.context["seen"], "fotka-0-file": key}
    assert desk.post(address, again).status_code == 302
    assert service.photos.get().alt == "Vchod"


# --- drafts as JSON ----------------------------------------------------------------------------------------------

words = st.text(max_size=12)
days = st.dates() | st.none()
places = st.builds(
    PlaceDraft,
    id=st.none() | st.integers(1, 99),
    name=words,
    secret=st.booleans(),
    municipality=st.none() | words,
    lift=st.none() | st.booleans(),
    entrance_steps=st.none() | st.integers(0, 50),
    access_checked_on=days,
    access_details=st.lists(st.builds(AccessAnswer, words, st.booleans()), max_size=2).map(tuple),
    hours=st.lists(st.builds(Stretch, st.integers(1, 7), quarters, quarters, words), max_size=2).map(tuple),
    holidays=st.sampled_from(["", "closed", "usual"]),
    special_days=st.lists(special_days(), max_size=2).map(tuple),
)
a_draft = st.builds(
    Draft,
    name=words,
    started_on=days,
    whole_region=st.none() | words,
    forms=st.lists(words, max_size=2).map(tuple),
    contacts=st.lists(st.builds(ContactDraft, words, words, words), max_size=2).map(tuple),
    places=st.lists(places, max_size=2).map(tuple),
    vacancies=st.lists(st.builds(VacancyDraft, st.integers(0, 99), words, words, days, words, words), max_size=2).map(
        tuple
    ),
    photos=st.lists(st.builds(PhotoDraft, words, words), max_size=2).map(tuple),
    documents=st.lists(st.builds(DocumentDraft, words, words), max_size=2).map(tuple),
)


@given(a_draft)
def test_a_draft_survives_being_laid_aside(draft: Draft) -> None:
    back = drafts.from_json(json.loads(json.dumps(drafts.to_json(draft))))
    assert back == draft
    assert back.fingerprint == draft.fingerprint


def test_what_is_stored_survives_being_laid_aside(service: Service) -> None:
    place = service.facilities.get()
    make.special_day(place, date(2026, 12, 24), hours=[["08:00", "12:00"]])
    make.access_answer(place, "vstup-najezd", answer=True)
    make.vacancy(service, 0)
    make.photo(service)
    make.document(service)
    stored = drafts.read(service)
    assert drafts.from_json(drafts.to_json(stored)) == stored
    assert stored.files == set(StoredFile.objects.values_list("key", flat=True))
    assert stored.places[0].special_days == (
        SpecialDays(date(2026, 12, 24), date(2026, 12, 24), ((time(8), time(12)),)),
    )


def test_a_draft_of_a_former_version_is_read_too() -> None:
    assert drafts.from_json({"name": "Stará", "places": [{"name": "Tam"}], "gone": 1}) == Draft(
        name="Stará", places=(PlaceDraft(name="Tam"),)
    )


# --- out as open data --------------------------------------------------------------------------------------------


def test_open_data_tell_it_and_nothing_of_a_secret_place(client: Client, service: Service) -> None:
    make.vacancy(service, 2)
    make.photo(service)
    make.special_day(service.facilities.get(), date(2026, 12, 24), note="Štědrý den")
    hidden = make.secret_facility(service)
    make.special_day(hidden, date(2026, 12, 24), note="prozrazené")

    def everything() -> Iterator[str]:
        for address in (
            f"/sluzby/{service.slug}/",
            f"/sluzby/{service.slug}/?format=json",
            "/otevrena-data/sluzby.json",
        ):
            answer = client.get(address)
            yield b"".join(answer).decode()

    texts = list(everything())
    assert not any("prozrazené" in text for text in texts)
    [record] = json.loads(texts[2])
    assert record["volna_mista"][0]["pocet"] == 2
    assert record["mista"][0]["vyjimky"][0]["duvod"] == "Štědrý den"
    assert record["fotky"][0]["popis"] == "Vchod z ulice"


# --- where it goes -----------------------------------------------------------------------------------------------


def test_whole_orps_are_ticked(desk: Client, service: Service) -> None:
    far = make.orp("9902", "Daleko")
    assert save(desk, service, orps=[far.code]).status_code == 302
    assert drafts.read(service).orps == ("9902",)
    assert save(desk, service).status_code == 302
    assert drafts.read(service).orps == ("9902",)


def test_orps_of_more_regions_stand_in_groups_that_say_what_is_ticked(desk: Client, service: Service) -> None:
    far = make.orp("9902", "Daleko", region=make.region("CZ098", "Druhý kraj"))
    make.orp("9904", "Blízko")
    save(desk, service, orps=[far.code])
    page = desk.get(reverse("catalogue:service_edit", args=[service.pk])).content.decode()
    assert "<summary>Druhý kraj: Daleko</summary>" in page
    assert '<legend class="visually-hidden">ORP, Zkušební kraj</legend>' in page
    assert re.search(r'name="orps" value="9902" id="\w+" checked', page)


def test_a_line_of_municipalities_that_nobody_knows_is_named_and_mended() -> None:
    jicin, _ = make.municipality("Jičín"), make.municipality("Lhota")
    make.municipality("Lhota", district=make.district("CZ0992", "Jinde"))
    with pytest.raises(ValidationError) as refusal:
        MunicipalitiesField().clean("Jičín\n\nJicim; Lhota\nXyz")
    assert refusal.value.messages == [
        "3. řádek: Obec „Jicim“ neznáme. Nemyslíte: Jičín (okres Zkušebno)?",
        "3. řádek: Obcí jménem „Lhota“ je víc. Napište, kterou myslíte: Lhota (okres Zkušebno), Lhota (okres Jinde).",
        "4. řádek: Obec „Xyz“ neznáme.",
    ]
    with pytest.raises(ValidationError, match=r"^\['Obec „Xyz“ neznáme\.'\]$"):
        MunicipalitiesField().clean("Xyz")
    assert MunicipalitiesField().clean("jicin") == (jicin.code,)


def test_municipalities_of_an_orp_can_be_picked_with_and_without_their_outlines(client: Client) -> None:
    here = make.municipality("Lhota", orp=make.orp("9903", "Tady"))
    make.municipality("Bezhranice", orp=make.orp("9903"))
    square = [[[15.0, 50.0], [15.1, 50.0], [15.1, 50.1], [15.0, 50.1], [15.0, 50.0]]]
    Boundary.objects.create(level="municipality", code=here.code, geometry={"type": "Polygon", "coordinates": square})
    answer = client.get("/obce/hranice.geojson?orp=9903")
    assert "max-age=86400" in answer["Cache-Control"]
    without, drawn = answer.json()["features"]
    assert (without["properties"]["name"], without["geometry"]) == ("Bezhranice", None)
    assert drawn["id"] == here.code
    assert drawn["geometry"]["coordinates"] == [square]
    # The name that the map writes is one that the form reads.
    assert MunicipalitiesField().clean(drawn["properties"]["written"]) == (here.code,)
    assert client.get("/obce/hranice.geojson?orp=nic").status_code == 404
