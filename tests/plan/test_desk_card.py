"""The card of a measure as a form: nothing typed is lost, errors stand at their fields, two people do not overwrite
each other."""

import re
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from portal.audit.models import Deed
from portal.plan import cards
from portal.plan.cards import CapacityDraft, CostDraft, FundingDraft
from portal.plan.models import ExtraField, MeasureKind, MoneySource, Node, Plan
from tests import make

from . import plans

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client: Client) -> Client:
    client.force_login(make.person("coordinator", name="Jana Nová"))
    return client


@pytest.fixture
def plan() -> Plan:
    MoneySource.objects.create(key="kraj", name="dotace kraje", order=1)
    MoneySource.objects.create(key="obec", name="rozpočet obce", order=2)
    MeasureKind.objects.create(key="rozvoj", name="rozvoj")
    made = plans.grown(plans.plan())
    ExtraField.objects.create(plan=made, name="Garant", sort="text", order=1)
    ExtraField.objects.create(plan=made, name="Body", sort="number", order=2)
    ExtraField.objects.create(plan=made, name="Stupeň", sort="choice", choices="A\nB", order=3)
    return made


def at(plan: Plan, code: str = "1.1.1") -> str:
    return f"/sprava/plany/{plan.slug}/bod/{code}/"


def typed(client: Client, plan: Plan, **changes: Any) -> dict[str, Any]:
    """What a browser would send from the card as it stands, with some fields typed over (`__` for the dashes)."""
    context = client.get(at(plan)).context
    said: dict[str, Any] = {"seen": context["seen"]}
    for form in context["edit"].forms:
        for bound in form:
            value = bound.value()
            if value not in (None, "") and value is not False:
                said[bound.html_name] = f"{value:%Y-%m-%d}" if isinstance(value, date) else value
    return said | {name.replace("__", "-"): value for name, value in changes.items()}


def stored(plan: Plan) -> cards.CardDraft:
    return cards.read(Node.objects.get(plan=plan, code="1.1.1"))


def save(client: Client, plan: Plan, **changes: Any) -> Any:
    return client.post(at(plan), typed(client, plan, **changes))


def test_the_whole_card_is_typed_and_read_back(desk: Client, plan: Plan) -> None:
    town = make.municipality("Lhota")
    service = make.service("Domácí pomoc", forms=["ter"])
    make.capacity(service.forms.get(), 12)
    answer = save(
        desk,
        plan,
        title="Přidat pečovatelky",
        reason="Čeká 14 lidí.",
        kind="rozvoj",
        area="Senioři",
        municipalities="Lhota",
        target_groups=[make.target_group().key],
        partner_providers=service.provider.name,
        starts_on="2026-01-01",
        ends_on="2027-12-31",
        krok__0__cost="5 000 Kč",
        krok__2__title="Nová aktivita",
        naklad__operation__y2026="12\u00a0480",
        naklad__investment__y2027="0",
        zdroj__0__sort="operation",
        zdroj__0__source="kraj",
        zdroj__0__y2026="10000",
        kapacita__0__amount="+2,5",
        kapacita__0__unit=make.unit().key,
        kapacita__0__service="Domácí pomoc",
        kapacita__0__form="ter",
        kapacita__0__since="2027-01-01",
        sluzba__0__service="Domácí pomoc",
        doklad__0__text="Žádosti",
        doklad__0__url="https://example.org/zadosti",
        riziko__0__text="Nenajdeme lidi",
        riziko__0__likelihood="2",
        **{
            f"extra_{plan.extra_fields.get(name='Body').pk}": "2,50",
            f"extra_{plan.extra_fields.get(name='Garant').pk}": "Nová",
        },
    )
    assert answer.status_code == 302, answer.context["edit"].row_errors
    draft = stored(plan)
    assert (draft.title, draft.kind, draft.area) == ("Přidat pečovatelky", "rozvoj", "Senioři")
    assert draft.costs == (CostDraft(2026, "operation", Decimal(12480)), CostDraft(2027, "investment", Decimal(0)))
    assert draft.funding == (FundingDraft(2026, "operation", "kraj", Decimal(10000)),)
    assert [(one.code, one.cost) for one in draft.steps] == [
        ("1.1.1.a", Decimal(5000)),
        ("1.1.1.b", None),
        ("1.1.1.c", None),
    ]
    (change,) = draft.capacities
    assert change == CapacityDraft(
        Decimal("2.5"), make.unit().key, change.id, service.slug, "ps", "ter", date(2027, 1, 1), Decimal(12)
    )
    assert draft.services == (service.slug,)
    assert draft.municipalities == (town.code,)
    assert draft.partner_providers == (service.provider.slug,)
    assert [(one.field, one.value) for one in draft.extra] == [("Garant", "Nová"), ("Body", "2.5")]
    assert draft.risks[0].likelihood == 2
    before = Deed.objects.count()
    assert save(desk, plan).status_code == 302
    assert stored(plan) == draft
    assert Deed.objects.count() == before


def test_errors_stand_at_their_fields_and_nothing_is_lost(desk: Client, plan: Plan) -> None:
    answer = save(
        desk,
        plan,
        reason="Psal jsem to hodinu.",
        municipalities="Nikde",
        ends_on="kdysi",
        naklad__operation__y2026="12,50",
        zdroj__0__y2026="100",
        kapacita__0__amount="2",
        kapacita__0__service="Neznámá",
        krok__0__title="",
        krok__1__starts_on="2027-01-01",
        krok__1__ends_on="2026-01-01",
    )
    assert answer.status_code == 422
    edit = answer.context["edit"]
    assert {"municipalities", "ends_on"} == set(edit.form.errors)
    assert "y2026" in edit.costs[0].errors
    assert "source" in edit.funding.forms[0].errors
    assert {"service", "unit"} & set(edit.capacities.forms[0].errors)
    assert "title" in edit.steps.forms[0].errors
    assert "ends_on" in edit.steps.forms[1].errors
    text = answer.content.decode()
    assert "Psal jsem to hodinu." in text
    assert 'value="12,50"' in text
    assert "Chyba:" in text
    assert stored(plan).reason == ""


def test_what_only_the_action_refuses_is_told_too(desk: Client, plan: Plan) -> None:
    answer = save(desk, plan, starts_on="2027-01-01", ends_on="2026-01-01")
    assert answer.status_code == 422
    assert "ends_on" in answer.context["edit"].form.errors
    twice = {
        f"zdroj__{n}__{name}": value
        for n in (0, 1)
        for name, value in (("sort", "operation"), ("source", "kraj"), ("y2026", "5"))
    }
    answer = save(desk, plan, **twice)
    assert answer.status_code == 422
    assert any("dvakrát" in one for one in answer.context["edit"].row_errors)


def test_who_saves_second_sees_both_and_may_save_again(desk: Client, plan: Plan) -> None:
    mine = typed(desk, plan, reason="Druhý.")
    assert save(desk, plan, reason="První.").status_code == 302
    answer = desk.post(at(plan), mine)
    assert answer.status_code == 409
    assert answer.context["differences"] == [("proč je potřeba", "První.", "Druhý.")]
    assert "Druhý." in answer.content.decode()
    assert desk.post(at(plan), mine | {"seen": answer.context["seen"]}).status_code == 302
    assert stored(plan).reason == "Druhý."


def test_two_people_on_different_measures_do_not_meet(desk: Client, plan: Plan) -> None:
    mine = typed(desk, plan, reason="Moje.")
    other = Node.objects.get(plan=plan, code="1.1.2")
    other.version += 1
    other.save()
    assert desk.post(at(plan), mine).status_code == 302


def test_activities_are_ordered_and_taken_out(desk: Client, plan: Plan) -> None:
    save(desk, plan, krok__0__ORDER="2", krok__1__ORDER="1", krok__2__title="Třetí")
    assert [one.code for one in stored(plan).steps] == ["1.1.1.b", "1.1.1.a", "1.1.1.c"]
    save(desk, plan, krok__0__DELETE="on")
    assert [one.code for one in stored(plan).steps] == ["1.1.1.a", "1.1.1.c"]


def test_an_activity_leads_to_the_card_it_stands_on(desk: Client, plan: Plan) -> None:
    assert desk.get(at(plan, "1.1.1.b"))["Location"] == f"{at(plan)}#aktivita-1.1.1.b"
    assert 'id="aktivita-1.1.1.b"' in desk.get(at(plan)).content.decode()


def test_sums_and_differences_stand_on_the_page(desk: Client, plan: Plan) -> None:
    save(
        desk,
        plan,
        naklad__operation__y2026="100000",
        naklad__operation__y2027="50000",
        zdroj__0__source="kraj",
        zdroj__0__sort="operation",
        zdroj__0__y2026="120000",
    )
    page = desk.get(at(plan)).content.decode().replace("\u00a0", " ")
    left = re.search(r'data-left="operation">(.*?)</tr>', page)
    assert left is not None
    assert re.findall(r'number">(.*?)<', left[1]) == ["-20 000 Kč", "50 000 Kč", "–", "30 000 Kč"]
    whole = desk.get(f"/sprava/plany/{plan.slug}/penize/").content.decode().replace("\u00a0", " ")
    assert "150 000 Kč" in whole
    assert "dotace kraje" in whole


def test_a_service_with_a_namesake_must_be_told_apart(desk: Client, plan: Plan) -> None:
    one, other = make.service("Klub"), make.service("Klub")
    assert save(desk, plan, sluzba__0__service="Klub").status_code == 422
    assert save(desk, plan, sluzba__0__service=f"Klub ({other.slug})").status_code == 302
    assert stored(plan).services == (other.slug,)
    assert f"Klub ({other.slug})" in desk.get(at(plan)).content.decode()
    items = desk.get("/sprava/plany/sluzby/napoveda/?q=klub").json()["items"]
    assert {item["value"] for item in items} == {f"Klub ({one.slug})", f"Klub ({other.slug})"}


def test_a_reader_reads_the_card_and_writes_nothing(client: Client, plan: Plan) -> None:
    client.force_login(make.person("auditor"))
    page = client.get(at(plan))
    assert page.status_code == 200
    assert 'type="submit">Uložit' not in page.content.decode()
    assert "<fieldset disabled>" in page.content.decode(), "what cannot be saved does not look as if it could"
    client.raise_request_exception = False
    assert client.post(at(plan), {"title": "x"}).status_code == 404


def test_the_journal_brings_a_card_back(desk: Client, plan: Plan) -> None:
    save(desk, plan, reason="Původní důvod.", naklad__operation__y2026="100")
    save(desk, plan, reason="", naklad__operation__y2026="")
    deed = Deed.objects.filter(verb="plan_card_changed").latest("pk")
    page = desk.get(f"/sprava/plany/obnovit/{deed.pk}/")
    assert "Původní důvod." in page.content.decode()
    answer = desk.post(f"/sprava/plany/obnovit/{deed.pk}/", {"seen": page.context["seen"]})
    assert answer.status_code == 302
    assert stored(plan).reason == "Původní důvod."
    assert stored(plan).costs == (CostDraft(2026, "operation", Decimal(100)),)


def test_the_journal_brings_a_renamed_point_back(desk: Client, plan: Plan) -> None:
    goal = Node.objects.get(plan=plan, code="1.1")
    desk.post(at(plan, "1.1"), {"title": "Jinak", "text": "", "seen": goal.version})
    deed = Deed.objects.get(verb="plan_node_changed")
    page = desk.get(f"/sprava/plany/obnovit/{deed.pk}/")
    desk.post(f"/sprava/plany/obnovit/{deed.pk}/", {"seen": page.context["seen"]})
    assert Node.objects.get(pk=goal.pk).title == goal.title


@pytest.mark.parametrize("measures", [2, 20])
def test_the_card_takes_the_same_queries_in_any_plan(
    desk: Client, django_assert_max_num_queries: Any, measures: int
) -> None:
    plan = plans.grown(plans.plan(), measures=measures)
    with django_assert_max_num_queries(45):
        desk.get(at(plan))


def test_a_point_of_the_regions_plan_is_chosen(desk: Client, plan: Plan) -> None:
    above = plans.grown(plans.plan(title="Plán kraje"))
    Plan.objects.filter(pk=plan.pk).update(above=above)
    assert save(desk, plan, above=f"{above.slug}/1.1").status_code == 302
    assert stored(plan).above == f"{above.slug}/1.1"
