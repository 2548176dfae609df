"""The score of a record, its reasons, the queue and the development in time."""

from dataclasses import fields, replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from portal.accounts.models import Grant
from portal.audit.models import Deed
from portal.catalogue import report_actions
from portal.catalogue.models import Facility, Service, Vacancy
from portal.freshness import facts, limits, quality_actions
from portal.freshness.models import QualitySnapshot, ServiceQuality
from portal.freshness.quality import BROKEN, Ages, Facts, Rule, score
from portal.freshness.trend import svg
from portal.territory.models import Boundary
from tests import make

TODAY = date(2026, 11, 22)
AGES = Ages(vacancy=14, contact=100, other=200)
SHIPPED = {
    row["key"]: Rule(row["key"], row["name"], row["advice"], int(row["weight"]), row["field"])
    for row in limits._shipped("quality_rules")
}
GOOD = {one.name for one in fields(Facts) if one.type == "bool"} - {
    "outside_municipality",
    "reported",
    "conflicting",
}
days_ago = st.integers(0, 2000).map(lambda days: TODAY - timedelta(days=days))
some_facts = st.builds(
    Facts,
    **{name: st.booleans() for name in GOOD | {"outside_municipality", "reported", "conflicting"}},
    verified_on=st.none() | days_ago,
    vacancy_on=st.none() | days_ago,
)
weights = st.fixed_dictionaries({key: st.integers(0, 100) for key in SHIPPED}).map(
    lambda chosen: {key: SHIPPED[key]._replace(weight=weight) for key, weight in chosen.items()}
)

# --- the score ---------------------------------------------------------------------------------------------------


def test_every_shipped_rule_has_its_test_and_the_other_way_round() -> None:
    assert set(SHIPPED) == set(BROKEN)


@given(some_facts, st.sampled_from(sorted(GOOD)), weights)
def test_what_is_learned_never_lowers_the_score(known: Facts, name: str, rules: dict[str, Rule]) -> None:
    before = score(known, rules, AGES, TODAY)
    after = score(replace(known, **dict[str, Any]({name: True})), rules, AGES, TODAY)
    assert after.points >= before.points
    assert set(after.reasons) <= set(before.reasons)


@given(some_facts, weights)
def test_confirming_never_lowers_the_score(known: Facts, rules: dict[str, Rule]) -> None:
    fresh = replace(known, verified_on=TODAY, vacancy_on=known.vacancy_on and TODAY)
    assert score(fresh, rules, AGES, TODAY).points >= score(known, rules, AGES, TODAY).points


@given(some_facts, weights)
def test_the_score_lies_between_nothing_and_everything(known: Facts, rules: dict[str, Rule]) -> None:
    found = score(known, rules, AGES, TODAY)
    assert 0 <= found.points <= 100
    assert (found.points == 100) or found.reasons
    assert all(rules[key].weight for key in found.reasons)


@given(some_facts, st.integers(0, 400))
def test_a_record_only_gets_worse_with_time(known: Facts, days: int) -> None:
    later = score(known, SHIPPED, AGES, TODAY + timedelta(days=days))
    assert later.points <= score(known, SHIPPED, AGES, TODAY).points


def test_a_whole_fresh_record_has_a_hundred() -> None:
    whole = replace(Facts(verified_on=TODAY), **dict[str, Any](dict.fromkeys(GOOD, True)))
    assert score(whole, SHIPPED, AGES, TODAY) == (100, ())


@pytest.mark.parametrize(
    ("known", "key", "at_limit"),
    [
        ("verified_on", "unconfirmed", 200),
        ("verified_on", "contact_unconfirmed", 100),
        ("vacancy_on", "vacancy_stale", 14),
    ],
)
def test_each_kind_of_field_has_its_own_age(known: str, key: str, at_limit: int) -> None:
    fresh = replace(Facts(), **dict[str, Any]({known: TODAY - timedelta(days=at_limit)}))
    old = replace(Facts(), **dict[str, Any]({known: TODAY - timedelta(days=at_limit + 1)}))
    assert key not in score(fresh, SHIPPED, AGES, TODAY).reasons
    assert key in score(old, SHIPPED, AGES, TODAY).reasons


# --- inside a boundary -------------------------------------------------------------------------------------------

SQUARE = {"type": "Polygon", "coordinates": [[[14.0, 49.0], [16.0, 49.0], [16.0, 51.0], [14.0, 51.0], [14.0, 49.0]]]}
HOLE = [[14.9, 49.9], [15.1, 49.9], [15.1, 50.1], [14.9, 50.1], [14.9, 49.9]]


@given(st.floats(13, 17), st.floats(48, 52))
def test_a_point_is_inside_a_square_when_it_is_between_its_sides(lon: float, lat: float) -> None:
    deep = 14.01 < lon < 15.99 and 49.01 < lat < 50.99
    far = not (13.99 <= lon <= 16.01 and 48.99 <= lat <= 51.01)
    if deep:
        assert facts.inside(SQUARE, lon, lat)
    if far:
        assert not facts.inside(SQUARE, lon, lat)


def test_holes_parts_and_the_edge() -> None:
    holed = {"type": "MultiPolygon", "coordinates": [[SQUARE["coordinates"][0], HOLE]]}
    assert not facts.inside(holed, 15.0, 50.0)
    assert facts.inside(holed, 14.5, 50.0)
    assert facts.inside(SQUARE, 16.0005, 50.0)
    assert not facts.inside(SQUARE, 16.01, 50.0)


# --- measuring ---------------------------------------------------------------------------------------------------


def reasons(service: Service) -> set[str]:
    return set(ServiceQuality.objects.get(service=service).reasons.split())


@pytest.mark.django_db
def test_the_tables_become_facts() -> None:
    town = make.municipality("Svornov")
    Boundary.objects.create(level="municipality", code=town.code, geometry=SQUARE)
    bare = make.service()
    good = make.service(
        phone="493000111",
        at=town,
        target_groups=["seniori"],
        plain_text="Pomáháme.",
        how_to_get="Zavolejte.",
        easy_read="Pomáháme.",
        cost="free",
        verified_on=TODAY,
    )
    make.contact(good, "a@example.org", "email")
    make.contact(good.provider, "https://a.example", "web")
    place = good.facilities.get()
    make.hours(place, 1, "8.00", "12.00")
    Facility.objects.filter(pk=place.pk).update(step_free=True)
    quality_actions.measure(today=TODAY)
    assert ServiceQuality.objects.get(service=good).score == 100
    assert {"no_phone", "no_place", "no_hours", "unconfirmed"} <= reasons(bare)
    Facility.objects.filter(pk=place.pk).update(lat=55.0, address_point=1)
    Vacancy.objects.create(service=good, amount=1, said_on=TODAY - timedelta(days=15))
    quality_actions.measure(today=TODAY)
    assert reasons(good) == {"outside_municipality", "vacancy_stale"}


@pytest.mark.django_db
def test_measuring_again_writes_nothing_and_an_ended_service_is_left_out() -> None:
    service = make.service()
    assert quality_actions.measure(today=TODAY) == 1
    assert quality_actions.measure(today=TODAY) == 0
    Service.objects.filter(pk=service.pk).update(published=False)
    assert quality_actions.measure(today=TODAY) == 1
    assert not ServiceQuality.objects.exists()


@pytest.mark.django_db
def test_what_was_written_is_scored_within_a_minute() -> None:
    service, other = make.service(), make.service()
    quality_actions.measure_changed(today=TODAY)
    assert quality_actions.measure_changed(today=TODAY) == 0
    service.plain_text = "Pomáháme."
    service.save()
    report_actions.report(service=other, text="Nesedí.")
    assert quality_actions.measure_changed(today=TODAY) == 2
    assert "no_plain_text" not in reasons(service)
    assert "reported" in reasons(other)


@pytest.mark.django_db
@pytest.mark.parametrize("times", [2, 40])
def test_measuring_does_not_ask_more_of_more_services(django_assert_max_num_queries: Any, times: int) -> None:
    for _ in range(times):
        make.service(phone="493000111", at=make.municipality())
    with django_assert_max_num_queries(30):
        quality_actions.measure(today=TODAY)
        quality_actions.snapshot(day=TODAY)


# --- the day is kept ---------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_day_is_kept_only_when_it_differs() -> None:
    service = make.service(at=make.municipality())
    quality_actions.measure(today=TODAY)
    assert quality_actions.snapshot(day=TODAY) == 4
    assert quality_actions.snapshot(day=TODAY) == 0
    assert quality_actions.snapshot(day=TODAY + timedelta(days=1)) == 0
    service.plain_text = "Pomáháme."
    service.save()
    quality_actions.measure(today=TODAY)
    assert quality_actions.snapshot(day=TODAY + timedelta(days=2)) == 4
    overall = QualitySnapshot.objects.filter(over="all").order_by("day")
    assert [one.day for one in overall] == [TODAY, TODAY + timedelta(days=2)]
    assert overall[1].score > overall[0].score


def test_the_figure_says_its_numbers() -> None:
    drawn = svg([(TODAY, 40.0), (TODAY + timedelta(days=10), 62.5)], TODAY + timedelta(days=20))
    assert "62,5" in drawn
    assert "22. 11. 2026" in drawn
    assert svg([], TODAY) == ""


# --- pages -------------------------------------------------------------------------------------------------------


@pytest.fixture
def desk(client: Client) -> Client:
    client.force_login(make.person("coordinator"))
    return client


@pytest.mark.django_db
def test_the_queue_begins_with_the_worst_and_can_be_narrowed(desk: Client) -> None:
    town = make.municipality("Svornov", orp=make.orp("9902", "Svornovsko"))
    make.service("Chudá")
    make.service("Lepší", phone="493000111", plain_text="Pomáháme.", at=town)
    quality_actions.measure(today=TODAY)
    page = desk.get("/sprava/kvalita/").content.decode()
    assert page.index("Chudá") < page.index("Lepší")
    assert "#id_plain_text" in page
    for question, there, absent in (
        ("duvod=no_phone", "Chudá", "Lepší"),
        ("orp=9902", "Lepší", "Chudá"),
        ("obec=svornov", "Lepší", "Chudá"),
        ("duvod=nesmysl&strana=99999", "Lepší", "nic-takoveho"),
    ):
        html = desk.get(f"/sprava/kvalita/?{question}").content.decode()
        assert there in html, question
        assert absent not in html, question


@pytest.mark.django_db
def test_averages_and_development(desk: Client) -> None:
    service = make.service("Chudá", at=make.municipality("Svornov"))
    quality_actions.measure(today=TODAY)
    quality_actions.snapshot(day=timezone.localdate())
    assert service.provider.name in desk.get("/sprava/kvalita/prehled/").content.decode()
    assert "Svornov" in desk.get("/sprava/kvalita/prehled/?podle=obce").content.decode()
    page = desk.get(f"/sprava/kvalita/vyvoj/?poskytovatel={service.provider_id}").content.decode()
    assert "<svg" in page
    assert service.provider.name in page
    assert "<svg" in desk.get("/sprava/kvalita/vyvoj/").content.decode()
    for wrong in ("999999999", "x", "9" * 40):
        assert desk.get(f"/sprava/kvalita/vyvoj/?poskytovatel={wrong}").status_code == 404


@pytest.mark.django_db
def test_another_territory_is_as_if_it_were_not(client: Client) -> None:
    mine = make.municipality("Tady", orp=make.orp("9903", "Tady"))
    there = make.municipality("Jinde", orp=make.orp("9904", "Jinde"))
    make.service("Naše", at=mine)
    foreign = make.service("Cizí", at=there)
    quality_actions.measure(today=TODAY)
    quality_actions.snapshot(day=TODAY)
    person = make.person()
    Grant.objects.create(person=person, role=Grant.Role.COORDINATOR, range_kind=Grant.Range.ORP, range_code="9903")
    client.force_login(person)
    for address in ("/sprava/kvalita/", "/sprava/kvalita/prehled/", "/sprava/nepotvrzene/"):
        html = client.get(address).content.decode()
        assert "Cizí" not in html, address
        assert foreign.provider.name not in html, address
    assert client.get(f"/sprava/kvalita/vyvoj/?poskytovatel={foreign.provider_id}").status_code == 404
    trend = client.get("/sprava/kvalita/vyvoj/?uzemi=orp:9904")
    assert trend.context["chosen"].code == "9903"


@pytest.mark.django_db
@pytest.mark.parametrize("times", [3, 60])
def test_pages_keep_their_number_of_queries(desk: Client, django_assert_max_num_queries: Any, times: int) -> None:
    town = make.municipality("Svornov")
    for _ in range(times):
        make.service(at=town)
    quality_actions.measure(today=TODAY)
    quality_actions.snapshot(day=timezone.localdate())
    for address in (
        "/sprava/kvalita/",
        "/sprava/kvalita/prehled/",
        "/sprava/kvalita/prehled/?podle=obce",
        "/sprava/kvalita/vyvoj/",
        "/sprava/nepotvrzene/",
        "/sprava/lhuty/",
    ):
        desk.get(address)
        with django_assert_max_num_queries(10):
            desk.get(address)


# --- limits and weights ------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_limits_and_weights_are_data_that_the_region_changes(client: Client) -> None:
    make.service()
    client.force_login(make.person("region"))
    assert client.post("/sprava/lhuty/ask_every/", {"days": "x"}).status_code == 422
    assert client.post("/sprava/lhuty/vacancy/", {"days": "0"}).status_code == 422
    assert client.post("/sprava/lhuty/ask_every/", {"days": "30"}).status_code == 302
    assert limits.days()["ask_every"] == 30
    quality_actions.measure_changed(today=TODAY)
    assert client.post("/sprava/lhuty/vaha/no_phone/", {"weight": "0"}).status_code == 302
    quality_actions.measure_changed(today=TODAY)
    assert "no_phone" not in ServiceQuality.objects.get().reasons
    assert list(Deed.objects.order_by("pk").values_list("verb", flat=True)) == ["limit_changed", "quality_rule_changed"]
    assert client.get("/sprava/lhuty/nesmysl/").status_code == 404
    assert client.get("/sprava/lhuty/vaha/nesmysl/").status_code == 404
    client.force_login(make.person("coordinator"))
    assert client.get("/sprava/lhuty/").status_code == 200
    assert client.post("/sprava/lhuty/ask_every/", {"days": "1"}).status_code == 404
