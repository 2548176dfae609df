"""A scenario that became a measure, or an item of an agenda."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.utils import timezone

from portal.access.models import Scenario, ScenarioChange
from portal.accounts.models import Grant
from portal.audit.models import Deed
from portal.catalogue.actions import touch
from portal.groups.models import Group, Membership
from portal.mail.models import Letter
from portal.meetings.models import AgendaItem, Meeting
from portal.plan import cards
from portal.plan.models import Node, Plan
from portal.territory.models import Municipality
from tests import make
from tests.plan import plans

pytestmark = pytest.mark.django_db


@pytest.fixture
def planner(client: Client) -> Client:
    client.force_login(make.person("coordinator", name="Jana Plánovačka"))
    return client


@pytest.fixture
def one(villages: list[Municipality]) -> Scenario:
    """In the west twelve places more, in the south a new home, the eastern one closed."""
    west = make.service("Domov Západ", kind=make.kind("dps"), at=villages[0])
    east = make.service("Domov Východ", kind=make.kind("dps"), at=villages[3])
    for service, amount in ((west, 40), (east, 25)):
        make.capacity(make.service_form(service, "pob"), amount)
    touch()
    made = Scenario.objects.create(
        name="Nový domov", note="Zkouška", query="druh=dps&limit=15&v=km&uzemi=cr&jednotka=luzka"
    )
    deeds = ScenarioChange.Deed
    ScenarioChange.objects.create(scenario=made, deed=deeds.GROW, facility=west.facilities.get(), amount=12)
    ScenarioChange.objects.create(scenario=made, deed=deeds.OPEN, municipality=villages[2], amount=20)
    ScenarioChange.objects.create(scenario=made, deed=deeds.CLOSE, facility=east.facilities.get())
    return made


def plan_with_goal() -> tuple[Plan, Node]:
    plan = plans.plan()
    vision = plans.add(plan, "vision", None, "Vize")
    priority = plans.add(plan, "priority", vision, "Priorita")
    return plan, plans.add(plan, "goal", priority, "Dost míst v domovech")


def meeting_of(town: Municipality, days: int = 30) -> Meeting:
    group, _ = Group.objects.get_or_create(
        slug="ridici",
        name="Řídící skupina",
        span_kind=Grant.Range.MUNICIPALITY,
        span_code=town.code,
        span_name=town.name,
    )
    start = timezone.now() + timedelta(days=days)
    return Meeting.objects.create(group=group, starts_at=start, ends_at=start + timedelta(hours=2))


def test_a_scenario_becomes_a_measure_with_capacities_places_and_evidence(planner: Client, one: Scenario) -> None:
    plan, goal = plan_with_goal()
    page = planner.get(f"/dostupnost/scenare/{one.pk}/opatreni/").content.decode()
    assert plan.title in page
    assert str(goal) in page
    answer = planner.post(f"/dostupnost/scenare/{one.pk}/opatreni/", {"title": "Víc míst", "parent": goal.pk})
    measure = Node.objects.measures().get()
    assert answer["Location"] == f"/sprava/plany/{plan.slug}/bod/{measure.code}/"
    assert (measure.title, measure.parent, measure.text) == ("Víc míst", goal, "Zkouška")
    card = cards.read(measure)
    assert sorted(row.amount for row in card.capacities) == [Decimal(-25), Decimal(12), Decimal(20)]
    assert {row.unit for row in card.capacities} == {"luzka"}
    assert {slug[:12] for slug in card.services} == {"domov-vychod", "domov-zapad-"}
    assert len(card.municipalities) == 1
    assert "400\xa0lidí od 65 let to bude mít dál než dnes, v jedné obci: Ves 3." in card.reason
    assert card.evidence[0].url == f"/dostupnost/scenare/{one.pk}/"
    assert Deed.objects.filter(verb="scenario_to_plan").count() == 1


def test_a_plan_that_is_no_longer_written_is_not_offered(planner: Client, one: Scenario) -> None:
    plan, goal = plan_with_goal()
    Plan.objects.update(state=Plan.State.IN_FORCE)
    assert plan.title not in planner.get(f"/dostupnost/scenare/{one.pk}/opatreni/").content.decode()
    answer = planner.post(f"/dostupnost/scenare/{one.pk}/opatreni/", {"title": "Víc míst", "parent": goal.pk})
    assert answer.status_code == 422
    assert not Node.objects.measures().exists()


def test_a_scenario_is_put_to_a_meeting_and_the_item_leads_back(
    planner: Client, one: Scenario, villages: list[Municipality]
) -> None:
    coming = meeting_of(villages[0])
    meeting_of(villages[0], days=-3)
    page = planner.get(f"/dostupnost/scenare/{one.pk}/jednani/").content.decode()
    assert page.count("Řídící skupina</option>") == 1
    sent = {"title": "Domov", "text": "Co by to změnilo", "meeting": coming.pk}
    answer = planner.post(f"/dostupnost/scenare/{one.pk}/jednani/", sent)
    assert answer.status_code == 302
    item = AgendaItem.objects.get()
    assert (item.meeting, item.title, item.state) == (coming, "Domov", AgendaItem.State.APPROVED)
    tie = item.ties.get()
    assert (tie.about, tie.address) == (one, f"/dostupnost/scenare/{one.pk}/")


def test_without_a_meeting_nothing_is_sent_and_the_field_says_so(
    planner: Client, one: Scenario, villages: object
) -> None:
    answer = planner.post(f"/dostupnost/scenare/{one.pk}/jednani/", {"title": "Domov"})
    assert answer.status_code == 422
    assert not AgendaItem.objects.exists()


def test_an_auditor_reads_the_scenario_and_puts_it_nowhere(client: Client, one: Scenario) -> None:
    client.force_login(make.person("auditor"))
    for tail in ("opatreni", "jednani"):
        assert client.get(f"/dostupnost/scenare/{one.pk}/{tail}/").status_code == 404
        assert client.post(f"/dostupnost/scenare/{one.pk}/{tail}/", {"title": "x"}).status_code == 404


def group_with(*emails: str) -> Group:
    group = Group.objects.create(
        slug="seniori", name="Skupina pro seniory", span_kind=Grant.Range.SITE, span_code="", span_name="všude"
    )
    for email in emails:
        Membership.objects.create(
            group=group, name="Eva Členka", email=email, side="public", joined_on=timezone.localdate()
        )
    return group


def test_a_group_gets_the_link_that_opens_for_it(planner: Client, client: Client, one: Scenario) -> None:
    group = group_with("eva@skupina.example", "EVA@skupina.example", "jan@skupina.example", "")
    address = f"/dostupnost/scenare/{one.pk}/skupine/"
    assert "zatím není sdílený" in planner.get(address).content.decode()
    answer = planner.post(address, {"group": group.pk, "text": "Přečtěte si to.", "seen": one.version})
    assert answer.status_code == 302
    one.refresh_from_db()
    assert one.shared
    letters = Letter.objects.filter(template="access/letters/scenario")
    assert sorted(letters.values_list("to", flat=True)) == ["eva@skupina.example", "jan@skupina.example"]
    letter = letters.first()
    assert letter is not None
    assert "Přečtěte si to." in letter.text
    assert one.key in letter.text
    assert Deed.objects.filter(verb="scenario_to_group").count() == 1


def test_a_group_without_an_e_mail_gets_nothing_and_nothing_opens(planner: Client, one: Scenario) -> None:
    group = group_with("")
    answer = planner.post(f"/dostupnost/scenare/{one.pk}/skupine/", {"group": group.pk, "seen": one.version})
    assert answer.status_code == 422
    assert "nemá e-mail" in answer.content.decode()
    one.refresh_from_db()
    assert not one.shared
    assert not Letter.objects.exists()


def test_what_somebody_has_changed_meanwhile_is_not_opened(planner: Client, one: Scenario) -> None:
    group = group_with("eva@skupina.example")
    answer = planner.post(f"/dostupnost/scenare/{one.pk}/skupine/", {"group": group.pk, "seen": one.version + 1})
    assert answer.status_code == 422
    assert not Letter.objects.exists()


def test_a_group_that_the_planner_does_not_lead_is_not_offered(client: Client, one: Scenario) -> None:
    group = group_with("eva@skupina.example")
    Group.objects.update(span_kind=Grant.Range.REGION, span_code="CZ010")
    planner = make.person()
    Grant.objects.create(person=planner, role=Grant.Role.COORDINATOR, range_kind=Grant.Range.REGION, range_code="CZ052")
    client.force_login(planner)
    address = f"/dostupnost/scenare/{one.pk}/skupine/"
    assert "Nevedete žádnou skupinu" in client.get(address).content.decode()
    assert client.post(address, {"group": group.pk, "seen": one.version}).status_code == 422
    assert not Letter.objects.exists()
