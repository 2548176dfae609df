"""The workshop as people use it: who may, what is written, what a page costs, what a link shows."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from django.test import Client

from portal.access.models import Scenario, ScenarioChange, ScenarioComment, UnitCost
from portal.audit.models import Deed
from portal.catalogue.actions import touch
from portal.catalogue.models import Facility
from portal.territory.models import Municipality
from tests import make
from tests.access.conftest import outline

pytestmark = pytest.mark.django_db

QUERY = "druh=dps&limit=15&v=km&uzemi=cr"
MOST_QUERIES = 14


@pytest.fixture
def home(villages: list[Municipality]) -> Facility:
    service = make.service("Domov Západ", kind=make.kind("dps"), at=villages[0])
    make.service("Domov Východ", kind=make.kind("dps"), at=villages[3])
    touch()
    return service.facilities.get()


@pytest.fixture
def planner(client: Client) -> Client:
    client.force_login(make.person("coordinator", name="Jana Plánovačka"))
    return client


@pytest.fixture
def one(home: Facility) -> Scenario:
    return Scenario.objects.create(name="Bez západu", query=QUERY)


def address(one: Scenario, tail: str = "") -> str:
    return f"/dostupnost/scenare/{one.pk}/{tail}"


def change(client: Client, one: Scenario, **sent: Any) -> Any:
    return client.post(address(one, "zmena/"), {"seen": one.version, **sent})


def test_from_a_question_to_a_scenario(planner: Client, home: Facility) -> None:
    page = planner.get(f"/dostupnost/scenare/novy/?{QUERY}")
    assert 'value="15"' in page.content.decode()
    sent = {"name": "Co kdyby", "druh": "dps", "limit": "15", "v": "km", "uzemi": "cr", "lide": "age_65_plus"}
    answer = planner.post("/dostupnost/scenare/novy/", sent)
    made = Scenario.objects.get()
    assert answer["Location"] == address(made)
    assert (made.query, made.name) == (f"{QUERY}", "Co kdyby")
    assert Deed.objects.get().verb == "scenario_added"


def test_closing_is_seen_at_once_and_undone(planner: Client, one: Scenario, home: Facility) -> None:
    answer = change(planner, one, deed="close", target=f"misto-{home.pk}")
    assert answer.status_code == 302
    text = planner.get(address(one)).content.decode().replace("\xa0", " ")
    assert "300 lidí od 65 let ztratí pomoc do 15 km, v těchto 2 obcích:" in text
    assert "ve scénáři zavřená" in text
    planner.post(address(one, "zpet/"), {"seen": 2})
    assert "ztratí pomoc do 15 km, v těchto" not in planner.get(address(one)).content.decode()
    assert [deed.verb for deed in Deed.objects.order_by("pk")] == ["scenario_played", "scenario_undone"]


def test_who_saw_an_older_state_overwrites_nothing(planner: Client, one: Scenario, home: Facility) -> None:
    change(planner, one, deed="close", target=f"misto-{home.pk}")
    late = change(planner, one, deed="open", town="Ves 1")
    assert late.status_code == 409
    assert "Scénář mezitím někdo změnil" in late.content.decode()
    assert ScenarioChange.objects.count() == 1
    assert planner.post(address(one, "zpet/"), {"seen": 1}).status_code == 409
    renamed = {"nastaveni-name": "Jinak", "nastaveni-seen": 1}
    assert planner.post(address(one, "nastaveni/"), renamed).status_code == 409
    assert Scenario.objects.get().name == "Bez západu"


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"deed": "open", "town": "Nikdeves"}, "Obec „Nikdeves“ neznáme."),
        ({"deed": "open", "town": ""}, "Napište obec."),
        ({"deed": "open", "town": "Ves 1", "amount": "-3"}, "Kapacita musí být větší než nula."),
        ({"deed": "open", "town": "Ves 1", "amount": "moc"}, "Kapacita je celé číslo"),
        ({"deed": "open", "town": "Ves 1", "amount": "1000000"}, "Tolik jedna služba nepojme."),
        ({"deed": "grow", "target": "misto-1"}, "Napište, o kolik se má služba zvětšit."),
        ({"deed": "close", "target": ""}, "Vyberte službu v seznamu."),
        ({"deed": "close", "target": "misto-999999"}, "Tahle služba už v datech není"),
        ({"deed": "close", "target": "misto-1; DROP"}, ""),
        ({"deed": "zničit", "target": "misto-1"}, ""),
        ({"deed": "move", "target": "teren-1", "town": "Ves 1"}, "nemá místo, které by se dalo přesunout"),
    ],
)
def test_bad_input_gets_a_clear_answer_and_changes_nothing(
    planner: Client, one: Scenario, sent: dict[str, str], said: str
) -> None:
    answer = change(planner, one, **sent)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not ScenarioChange.objects.exists()


def test_an_auditor_reads_and_changes_nothing(client: Client, one: Scenario, home: Facility) -> None:
    client.force_login(make.person("auditor"))
    page = client.get(address(one))
    assert page.status_code == 200
    assert "Otevřít novou službu" not in page.content.decode()
    assert change(client, one, deed="close", target=f"misto-{home.pk}").status_code == 404
    for tail in ("zpet/", "nastaveni/", "komentar/", "smazat/"):
        assert client.post(address(one, tail), {"seen": 1, "text": "a"}).status_code == 404
    assert Scenario.objects.filter(version=1).exists()


def test_a_link_shows_the_result_only_when_it_is_shared(planner: Client, one: Scenario, home: Facility) -> None:
    change(planner, one, deed="close", target=f"misto-{home.pk}")
    planner.post(address(one, "komentar/"), {"text": "Tohle si nechte pro sebe."})
    visitor = Client()
    link = f"/dostupnost/scenar/{one.key}/"
    assert visitor.get(link).status_code == visitor.get(f"{link}mapa.svg").status_code == 404
    settings = {"nastaveni-name": "Bez západu", "nastaveni-shared": "on", "nastaveni-seen": 2}
    assert planner.post(address(one, "nastaveni/"), settings).status_code == 302
    text = visitor.get(link).content.decode()
    assert "ztratí pomoc do 15" in text
    assert "nechte pro sebe" not in text
    assert "Jana Plánovačka" not in text
    assert '<form method="post"' not in text
    assert visitor.get(f"{link}mapa.svg").status_code == 200


@pytest.mark.parametrize("role", ["member", "municipality", "provider_editor"])
def test_who_plans_along_comments_on_what_was_shared_with_them(role: str, planner: Client, one: Scenario) -> None:
    member, link = Client(), f"/dostupnost/scenar/{one.key}/"
    member.force_login(make.person(role, name="Olga Členka"))
    assert member.post(f"{link}komentar/", {"text": "Zatím nesdílené."}).status_code == 404
    Scenario.objects.update(shared=True)
    empty = member.post(f"{link}komentar/", {"text": " "})
    assert empty.status_code == 422
    assert 'aria-invalid="true"' in empty.content.decode()
    assert member.post(f"{link}komentar/", {"text": "Ze Západu nic nejezdí."})["Location"] == f"{link}#komentare"
    assert "Ze Západu nic nejezdí." in member.get(link).content.decode()
    assert "Olga Členka" in planner.get(address(one)).content.decode()
    assert "Ze Západu nic nejezdí." not in Client().get(link).content.decode()


@pytest.mark.parametrize("role", ["auditor", "page_editor", "technical"])
def test_others_with_the_link_only_read(role: str, client: Client, one: Scenario) -> None:
    Scenario.objects.update(shared=True)
    client.force_login(make.person(role))
    link = f"/dostupnost/scenar/{one.key}/"
    assert client.post(f"{link}komentar/", {"text": "Nic"}).status_code == 404
    assert "Komentáře" not in client.get(link).content.decode()
    assert not ScenarioComment.objects.exists()


def test_comments_stay_with_the_scenario_and_go_with_it(planner: Client, one: Scenario) -> None:
    assert planner.post(address(one, "komentar/"), {"text": " "}).status_code == 422
    planner.post(address(one, "komentar/"), {"text": "Co na to Ves 1?"})
    page = planner.get(address(one)).content.decode()
    assert "Co na to Ves 1?" in page
    assert "Jana Plánovačka" in page
    planner.post(address(one, "smazat/"))
    assert not ScenarioComment.objects.exists()
    assert Deed.objects.first().verb == "scenario_removed"  # type: ignore[union-attr]


def test_scenarios_stand_side_by_side(planner: Client, one: Scenario, home: Facility) -> None:
    ScenarioChange.objects.create(scenario=one, deed="close", facility=home)
    other = Scenario.objects.create(name="Beze změny", query=QUERY)
    text = planner.get(f"/dostupnost/scenare/srovnani/?s={one.pk}&s={other.pk}&s=x&s=999").content.decode()
    assert text.index("Bez západu") < text.index("Beze změny")
    assert "300\xa0lidí od 65 let" in text
    assert "Zavřít: Domov Západ (Ves 0)" in text
    assert text.count("Cesta je odhad: vzdušná vzdálenost") == 2
    for shown in (one, other):
        assert f'<iframe src="{address(shown, "mapa.svg")}' in text


def test_a_question_that_the_data_no_longer_know_says_so(planner: Client, one: Scenario) -> None:
    Scenario.objects.update(query="druh=zaniklo&uzemi=cr")
    page = planner.get(address(one))
    assert "Scénář teď nejde spočítat" in page.content.decode()
    assert planner.get(address(one, "mapa.svg")).status_code == 404


def test_the_list_of_services_is_searched_without_diacritics(planner: Client, one: Scenario) -> None:
    text = planner.get(address(one), {"hledat": "vychod"}).content.decode()
    assert "Domov Východ" in text
    assert "Domov Západ" not in text
    assert "Žádná taková služba tu není" in planner.get(address(one), {"hledat": "xyz"}).content.decode()


def test_the_page_costs_the_same_with_ten_times_the_rows(
    planner: Client,
    one: Scenario,
    home: Facility,
    villages: list[Municipality],
    django_assert_max_num_queries: Callable[[int], AbstractContextManager[Any]],
) -> None:
    ScenarioChange.objects.create(scenario=one, deed="close", facility=home)
    planner.get(address(one))  # the study of the data is made once and held
    with django_assert_max_num_queries(MOST_QUERIES):
        assert len(planner.get(address(one)).content) < 60 * 1024
    for at in range(20):
        make.service(f"Další domov {at}", kind=make.kind("dps"), at=villages[at % 4])
        ScenarioChange.objects.create(scenario=one, deed="open", municipality=villages[at % 4], amount=at + 1)
        ScenarioComment.objects.create(scenario=one, text=f"Komentář {at}")
    touch()
    planner.get(address(one))
    with django_assert_max_num_queries(MOST_QUERIES):
        assert len(planner.get(address(one)).content) < 60 * 1024
    with django_assert_max_num_queries(8):
        planner.get("/dostupnost/scenare/")


# --- unit costs ---------------------------------------------------------------------------------------------------


def test_unit_costs_are_kept_with_their_source(planner: Client) -> None:
    kind = make.kind("dps")
    sent = {"kind": kind.pk, "unit": "", "amount": "8000000", "year": "2025", "source": "Rozpočet kraje"}
    assert planner.post("/dostupnost/jednotkove-naklady/novy/", sent).status_code == 302
    cost = UnitCost.objects.get()
    assert "Rozpočet kraje" in planner.get("/dostupnost/jednotkove-naklady/").content.decode()
    assert planner.post("/dostupnost/jednotkove-naklady/novy/", sent).status_code == 422
    for wrong in ({"source": ""}, {"amount": "-5"}, {"amount": "0"}, {"year": "1200"}):
        assert planner.post(f"/dostupnost/jednotkove-naklady/{cost.pk}/", sent | wrong).status_code == 422
    planner.post(f"/dostupnost/jednotkove-naklady/{cost.pk}/", sent | {"amount": "9000000"})
    planner.post(f"/dostupnost/jednotkove-naklady/{cost.pk}/smazat/")
    assert not UnitCost.objects.exists()
    verbs = [deed.verb for deed in Deed.objects.order_by("pk")]
    assert verbs == ["unit_cost_added", "unit_cost_changed", "unit_cost_removed"]


def test_the_map_leads_to_the_services_of_what_was_pointed_at(
    planner: Client, one: Scenario, home: Facility, villages: list[Municipality]
) -> None:
    for place in villages:
        outline(place)
    coming = make.service("Přijedeme", kind=make.kind("dps"), at=villages[0], forms=["ter"])
    coming.served_municipalities.add(villages[3])
    touch()
    drawn = planner.get(address(one, "mapa.svg")).content.decode()
    assert f'href="{address(one)}?kde={villages[3].code}#nova"' in drawn
    pointed = planner.get(address(one), {"kde": villages[3].code}).content.decode()
    assert "Domov Východ" in pointed
    assert "Přijedeme" in pointed
    assert "Domov Západ" not in pointed
    assert 'value="Ves 3"' in pointed
    whole = planner.get(address(one), {"kde": villages[0].orp_id}).content.decode()
    assert "Domov Západ" in whole
    assert planner.get(address(one), {"kde": "nesmysl"}).status_code == 200


def test_whoever_only_reads_is_led_to_the_municipality(
    client: Client, one: Scenario, villages: list[Municipality]
) -> None:
    outline(villages[0])
    client.force_login(make.person("auditor"))
    drawn = client.get(address(one, "mapa.svg")).content.decode()
    assert "kde=" not in drawn
    assert villages[0].slug in drawn
