"""What the public reads of plans: promises with their states, the story of a measure, data for other sites."""

import json
from datetime import date
from decimal import Decimal
from typing import Any
from xml.etree import ElementTree

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from portal.catalogue.models import Service
from portal.plan import money, public, public_story
from portal.plan.models import (
    CapacityChange,
    Cost,
    Evidence,
    FulfilmentState,
    Funding,
    MoneySource,
    Node,
    Plan,
    Resolution,
)
from portal.plan.outcome_models import Outcome
from tests import make

from . import plans

pytestmark = pytest.mark.django_db
CEILING = 10
ATOM = "{http://www.w3.org/2005/Atom}"
SVG = "{http://www.w3.org/2000/svg}"


def state(key: str, **more: Any) -> FulfilmentState:
    values = {"name": key, "weight": None, "explained": False} | more
    return FulfilmentState.objects.update_or_create(key=key, defaults=values)[0]


def done() -> FulfilmentState:
    return state("splneno", name="splněno", weight=1)


def stopped() -> FulfilmentState:
    return state("zruseno", name="zrušeno", explained=True)


def in_force(**size: int) -> Plan:
    plan = plans.grown(plans.plan(), **size)
    Plan.objects.filter(pk=plan.pk).update(state=Plan.State.IN_FORCE)
    plan.refresh_from_db()
    return plan


def measures(plan: Plan) -> list[Node]:
    return list(Node.objects.filter(plan=plan).measures().order_by("pk"))


def told(node: Node, to: FulfilmentState, year: int = 2026, note: str = "") -> Outcome:
    return Outcome.objects.create(node=node, year=year, state=to, note=note, told_on=date(year + 1, 3, 1))


def decide(plan: Plan) -> None:
    Resolution.objects.create(
        plan=plan, sort="approval", number="12/2025", body="Zastupitelstvo", day=date(2025, 12, 1)
    )


def page(client: Client, plan: Plan, **query: Any) -> str:
    answer = client.get(f"/plan/{plan.slug}/", query)
    assert answer.status_code == 200
    return answer.content.decode()


def story(client: Client, node: Node) -> str:
    answer = client.get(f"/plan/{node.plan.slug}/opatreni/{node.code}/")
    assert answer.status_code == 200
    return answer.content.decode()


# --- which plans ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state_", Plan.State.values)
def test_the_public_sees_only_plans_that_are_public(client: Client, state_: str) -> None:
    plan = plans.grown(plans.plan())
    Plan.objects.filter(pk=plan.pk).update(state=state_)
    code = measures(plan)[0].code
    expected = 200 if state_ in Plan.PUBLIC else 404
    for more in ("", "zmeny.atom", "obrazek.svg", "vlozit/", "plan.json", f"opatreni/{code}/"):
        assert client.get(f"/plan/{plan.slug}/{more}").status_code == expected, more
    for more in ("mista.geojson", "sledovat/"):
        assert client.get(f"/plan/{plan.slug}/opatreni/{code}/{more}").status_code == expected, more
    assert (plan.title in client.get("/plan/").content.decode()) == (expected == 200)


def test_a_draft_that_is_shown_says_that_it_is_a_draft(client: Client) -> None:
    plan = plans.grown(plans.plan())
    Plan.objects.filter(pk=plan.pk).update(shown=True)
    assert "Tohle je návrh." in page(client, plan)
    assert "Co se připravuje" in client.get("/plan/").content.decode()


def test_without_plans_the_list_says_why_it_is_empty(client: Client) -> None:
    assert "Žádný plán tu zatím není" in client.get("/plan/").content.decode()


def test_plans_in_force_come_first(client: Client) -> None:
    for title, state_ in (("Starý", "evaluated"), ("Platný", "in_force"), ("Nový", "consulted")):
        Plan.objects.filter(pk=plans.plan(title=title).pk).update(state=state_)
    text = client.get("/plan/").content.decode()
    assert text.index("Platný") < text.index("Nový") < text.index("Starý")


# --- the page of a plan --------------------------------------------------------------------------------------------


def test_each_measure_is_one_line_with_its_state_in_words(client: Client) -> None:
    plan = in_force(measures=3)
    first, second, third = measures(plan)
    told(first, stopped(), 2026, "Nenašli jsme prostory.")
    told(second, stopped(), 2025, "Loni to nešlo.")
    told(second, done(), 2026)
    text = page(client, plan)
    lines = {line.code: line.standing for line in public.read(plan, public.Asked()).lines}
    assert [lines[one.code].name for one in (first, second, third)] == ["zrušeno", "splněno", "zatím bez zprávy"]
    assert [lines[one.code].look for one in (first, second, third)] == ["missed", "done", "unknown"]
    assert "splněno 1, zrušeno 1, zatím bez zprávy 1" in text
    # Where it is stuck stands with its reason; last year's trouble is no longer told.
    assert "Nenašli jsme prostory." in text
    assert "Loni to nešlo." not in text


def test_a_measure_taken_out_of_the_plan_is_not_told(client: Client) -> None:
    plan = in_force(measures=2)
    gone = measures(plan)[0]
    told(gone, done())
    Node.objects.filter(pk=gone.pk).update(removed_at="2026-05-01T10:00Z")
    assert gone.title not in page(client, plan)
    assert client.get(f"/plan/{plan.slug}/opatreni/{gone.code}/").status_code == 404
    assert public.progress(plan).total == 1


def test_filters_find_what_was_asked_for(client: Client) -> None:
    plan = in_force(measures=4)
    one, two, three, four = measures(plan)
    here, there = make.municipality("Tady"), make.municipality("Jinde", orp=make.orp("9902", "Jinde"))
    one.card.municipalities.add(here)
    two.card.municipalities.add(there)
    three.card.orps.add(here.orp)
    group = make.target_group()
    one.card.target_groups.add(group)
    four.card.area = plan.areas.get(name="Senioři")
    four.card.starts_on = date(2028, 2, 1)
    four.card.save()
    told(two, done())

    def codes(**asked: Any) -> list[str]:
        return [line.code for line in public.read(plan, public.Asked(**asked)).lines]

    # What names no place is for the whole territory.
    assert codes(town=here.code) == [one.code, three.code, four.code]
    assert codes(group=group.key) == [one.code]
    assert codes(area="Senioři") == [four.code]
    assert codes(state="splneno") == [two.code]
    assert codes(state=public.SILENT, year=2026) == [one.code, three.code]
    assert codes(year=2028, town=there.code) == [two.code, four.code]
    assert four.title not in page(client, plan, rok="2026")
    assert "Zkuste vybrat méně" in page(client, plan, oblast="Neznámá")
    assert client.get(f"/plan/{plan.slug}/", {"rok": "nesmysl"}).status_code == 200


def test_money_by_year_is_the_exact_sum_of_what_is_shown(client: Client) -> None:
    plan = in_force(measures=3)
    one, two, _silent = measures(plan)
    source = MoneySource.objects.get_or_create(key="obec", defaults={"name": "obec"})[0]
    for node, amount in ((one, 1_000_001), (two, 2_000_000)):
        Cost.objects.create(card=node.card, year=2026, sort="operation", amount=amount)
    Funding.objects.create(card=one.card, year=2026, sort="operation", source=source, amount=1_000_000)
    text = page(client, plan)
    assert "3\xa0000\xa0001\xa0Kč" in text
    assert "2\xa0000\xa0001\xa0Kč" in text
    assert "Opatření bez napsaných nákladů: 1" in text


def test_sums_made_by_the_database_are_those_made_card_by_card() -> None:
    plan = grow_full(2)
    silent = measures(plan)[-1]
    silent.card.costs.all().delete()
    Cost.objects.create(card=measures(plan)[0].card, year=2027, sort="investment", amount=12_345_678_901)
    for found in (measures(plan), measures(plan)[:1], [silent], []):
        keys = [one.pk for one in found]
        assert money.grouped(keys) == money.summed(money.by_card(keys).values())


def grow_full(size: int) -> Plan:
    """A plan with everything that a public page reads, on every measure."""
    plan = in_force(priorities=2, goals=size, measures=2, activities=1)
    town, group, service = make.municipality(), make.target_group(), make.service("Pomoc")
    source = MoneySource.objects.get_or_create(key="obec", defaults={"name": "obec"})[0]
    for node in measures(plan):
        told(node, done())
        node.card.municipalities.add(town)
        node.card.target_groups.add(group)
        node.card.services.add(service)
        Cost.objects.create(card=node.card, year=2026, sort="operation", amount=1000)
        Funding.objects.create(card=node.card, year=2026, sort="operation", source=source, amount=1000)
        Evidence.objects.create(node=node, text="Analýza")
    return plan


def asked_of(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return len(queries)


def test_queries_stay_the_same_with_ten_times_the_rows(client: Client) -> None:
    small, large = grow_full(1), grow_full(10)

    def counts(plan: Plan) -> list[int]:
        top, first = f"/plan/{plan.slug}/", f"/plan/{plan.slug}/opatreni/{measures(plan)[0].code}/"
        return [asked_of(client, one) for one in ("/plan/", top, f"{top}?obec=1&pro=x", first, f"{top}zmeny.atom")]

    assert counts(small) == counts(large)
    assert max(counts(large)) <= CEILING


# --- the story of a measure ----------------------------------------------------------------------------------------


def test_the_story_goes_from_the_need_to_what_happened(client: Client) -> None:
    plan = in_force()
    node = measures(plan)[0]
    service = make.service("Domácí pomoc")
    make.facility(service, street="Polní 1")
    node.card.reason = "Lidé čekají na pomoc pět měsíců."
    node.card.responsible = "Město Svornov"
    node.card.save()
    node.card.services.add(service)
    Evidence.objects.create(node=node, text="Analýza potřeb 2025", url="https://example.org/analyza")
    CapacityChange.objects.create(card=node.card, service=service, kind=service.kind, unit=make.unit("luzka"), amount=2)
    Resolution.objects.create(
        plan=plan, sort="approval", number="12/2025", body="Zastupitelstvo", day=date(2025, 12, 1)
    )
    told(node, done(), 2026, "Od května jezdí nové auto.")
    text = story(client, node)
    told_text = text[text.index("<h1>") :]
    words = [
        "Lidé čekají na pomoc pět měsíců.",
        "Analýza potřeb 2025",
        "Aktivita 0 0 0 0",
        "+2\xa0lůžka",
        "Město Svornov",
        "Od května jezdí nové auto.",
        "Polní 1",
        "12/2025",
    ]
    places = [told_text.index(one) for one in words]
    assert places == sorted(places)
    linked = json.loads(text.split('<script type="application/ld+json">')[1].split("</script>")[0])
    assert linked["identifier"] == node.code
    assert linked["actionStatus"].endswith("CompletedActionStatus")


def test_a_secret_place_and_an_ended_service_are_not_told(client: Client) -> None:
    node = measures(in_force())[0]
    shelter, over = make.service("Azylový dům"), make.service("Skončená služba")
    shelter.facilities.all().delete()
    make.secret_facility(shelter, name="Tajné místo")
    Service.objects.filter(pk=over.pk).update(ended_on=date(2020, 1, 1))
    node.card.services.add(shelter, over)
    address = f"/plan/{node.plan.slug}/opatreni/{node.code}/"
    text = story(client, node)
    assert "Adresa je utajená." in text
    assert "Tajné místo" not in text
    assert "Skončená služba" not in text
    assert client.get(f"{address}mista.geojson").json()["features"] == []


def test_who_reports_on_a_measure_is_never_named(client: Client) -> None:
    node = measures(in_force())[0]
    node.card.responsible_person = make.person(name="Jana Tajná")
    node.card.save()
    assert "Jana Tajná" not in story(client, node)
    assert "responsible_person" not in client.get(f"/plan/{node.plan.slug}/plan.json").content.decode()


def test_a_link_that_would_run_a_script_is_no_link(client: Client) -> None:
    node = measures(in_force())[0]
    Evidence.objects.create(node=node, text="Doklad", url="javascript:alert(1)")
    text = story(client, node)
    assert "Doklad" in text
    assert "javascript:" not in text


def test_a_service_has_a_tab_with_what_plans_promise_about_it(client: Client) -> None:
    service = make.service("Domácí pomoc")
    shown, hidden = in_force(), plans.grown(plans.plan(title="Tajný plán"))
    for plan in (shown, hidden):
        measures(plan)[0].card.services.add(service)
    text = client.get(f"/sluzby/{service.slug}/opatreni/").content.decode()
    assert measures(shown)[0].title in text
    assert "Tajný plán" not in text
    Service.objects.filter(pk=service.pk).update(published=False)
    assert client.get(f"/sluzby/{service.slug}/opatreni/").status_code == 404


# --- for other sites and machines ----------------------------------------------------------------------------------


def test_the_feed_tells_states_and_decisions_the_newest_first(client: Client) -> None:
    plan = in_force()
    one, two = measures(plan)
    told(one, done(), 2025, "Hotovo.")
    told(two, stopped(), 2026, "Nešlo to.")
    Resolution.objects.create(
        plan=plan, sort="approval", number="12/2025", body="Zastupitelstvo", day=date(2025, 12, 1)
    )
    answer = client.get(f"/plan/{plan.slug}/zmeny.atom")
    feed = ElementTree.fromstring(answer.content)
    assert answer["Content-Type"].startswith("application/atom+xml")
    titles = [entry.findtext(f"{ATOM}title", "") for entry in feed.iter(f"{ATOM}entry")]
    assert [two.code in titles[0], one.code in titles[1], "12/2025" in titles[2]] == [True] * 3
    for entry in feed.iter(f"{ATOM}entry"):
        for name in ("id", "updated", "summary"):
            assert entry.findtext(f"{ATOM}{name}")
    assert feed.findtext(f"{ATOM}updated") == feed.findtext(f"{ATOM}entry/{ATOM}updated")
    assert client.get(f"/plan/{plan.slug}/zmeny.atom").content == answer.content


def test_the_figure_counts_measures_by_state(client: Client) -> None:
    plan = in_force(measures=4)
    for node in measures(plan)[:3]:
        told(node, done())
    drawn = client.get(f"/plan/{plan.slug}/obrazek.svg")
    root = ElementTree.fromstring(drawn.content)
    bars = [float(one.attrib["width"]) for one in root.iter(f"{SVG}rect") if "stroke" in one.attrib]
    assert bars[0] == pytest.approx(3 * bars[1])
    assert root.findtext(f"{SVG}desc") == "splněno 3, zatím bez zprávy 1"
    assert "splněno: 3 (75 %)" in drawn.content.decode()


def test_only_the_embedded_page_may_stand_in_a_frame(client: Client) -> None:
    plan = in_force()
    framed = client.get(f"/plan/{plan.slug}/vlozit/")
    assert "frame-ancestors *" in framed["Content-Security-Policy"]
    assert "script-src" not in framed["Content-Security-Policy"]
    assert "default-src 'none'" in framed["Content-Security-Policy"]
    assert "X-Frame-Options" not in framed
    whole = client.get(f"/plan/{plan.slug}/")
    assert "frame-ancestors 'none'" in whole["Content-Security-Policy"]
    assert whole["X-Frame-Options"] == "DENY"


def test_the_json_holds_the_tree_with_money_and_states(client: Client) -> None:
    plan = in_force()
    node = measures(plan)[0]
    Cost.objects.create(card=node.card, year=2026, sort="operation", amount=12_480)
    told(node, done(), note="Hotovo.")
    data = client.get(f"/plan/{plan.slug}/plan.json").json()
    goal = data["tree"][0]["children"][0]["children"][0]
    measure = goal["children"][0]
    assert measure["code"] == node.code
    assert measure["costs"] == [{"year": 2026, "sort": "operation", "amount": 12_480}]
    assert measure["state"] == {"key": "splneno", "name": "splněno", "year": 2026, "note": "Hotovo."}
    assert len(measure["children"]) == 2


def test_public_plans_are_in_the_site_map_and_among_open_data(client: Client) -> None:
    shown, hidden = in_force(), plans.grown(plans.plan(title="Tajný"))
    code = measures(shown)[0].code
    site_map = client.get("/sitemap.xml").content.decode()
    assert f"/plan/{shown.slug}/opatreni/{code}/</loc>" in site_map
    assert hidden.slug not in site_map
    open_data = client.get("/otevrena-data/").content.decode()
    assert f"/plan/{shown.slug}/plan.json" in open_data
    assert hidden.slug not in open_data


def test_the_front_page_says_in_one_figure_how_the_plan_stands(client: Client) -> None:
    plan = in_force(measures=4)
    assert public.headline() is None
    told(measures(plan)[0], done())
    told(measures(plan)[1], state("plni-se"))
    text = client.get("/").content.decode()
    assert "Splněno 1 z 4 opatření, dalších 1 se plní." in text
    with CaptureQueriesContext(connection) as queries:
        public.headline()
    assert len(queries) == 1


@pytest.mark.parametrize(
    ("amount", "words"),
    [("2", "+2\xa0lůžka"), ("-1", "−1\xa0lůžko"), ("2.50", "+2,5 (počet lůžek)"), ("5", "+5\xa0lůžek")],
)
def test_a_change_of_capacity_in_words(amount: str, words: str) -> None:
    unit = make.unit("luzka")
    unit.name = "Počet lůžek"
    assert public_story.units(Decimal(amount), unit) == words
