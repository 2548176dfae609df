"""The completeness check: each rule finds its fault and nothing else, leads to where it is mended, can be switched."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from portal.accounts.models import Grant, Person
from portal.audit.models import Deed
from portal.chapters.models import Chapter, Need, NeedEvidence, SwotPoint
from portal.chapters.provisions import PROVISIONS
from portal.editions import check, check_actions
from portal.indicators.models import Definition, Indicator
from portal.plan import actions as plan_actions
from portal.plan import card_actions, cards, codelists
from portal.plan.cards import CapacityDraft, CostDraft, EvidenceDraft, FundingDraft
from portal.plan.models import Node, Plan
from tests import make
from tests.plan import plans

pytestmark = pytest.mark.django_db


@pytest.fixture
def coordinator() -> Person:
    codelists.load()
    person: Person = plans.coordinator()
    return person


def node(plan: Plan, code: str) -> Node:
    return Node.objects.select_related("plan", "level", "parent").get(plan=plan, code=code)


def fill(plan: Plan, person: Person, code: str = "1.1.1", **values: Any) -> None:
    one = node(plan, code)
    draft = replace(cards.read(one), **values)
    card_actions.card_save(node=one, draft=draft, seen=one.version, actor=person)


def steps(plan: Plan, **values: Any) -> Any:
    return tuple(replace(one, **values) for one in cards.read(node(plan, "1.1.1")).steps)


@pytest.fixture
def plan(coordinator: Person) -> Plan:
    """A plan with one measure of which nothing can be said."""
    one = plans.grown(plans.plan(actor=coordinator), measures=1, activities=1)
    term: dict[str, Any] = {"starts_on": date(2026, 1, 1), "ends_on": date(2027, 12, 31)}
    make.target_group("seniori")
    fill(
        one,
        coordinator,
        text="Pomůžeme doma.",
        responsible="město",
        **term,
        target_groups=("seniori",),
        costs=(CostDraft(2026, "operation", Decimal(100)),),
        funding=(FundingDraft(2026, "operation", "kraj", Decimal(100)),),
        evidence=(EvidenceDraft("Analýza"),),
        steps=steps(one, **term),
    )
    Chapter.objects.create(plan=one, title="Všechno", text="Slova.", demanded=list(PROVISIONS))
    definition = Definition.objects.create(key="klienti", name="Klienti", unit="lidí")
    Indicator.objects.create(node=node(one, "1.1.1"), definition=definition)
    need = Need.objects.create(plan=one, title="Zůstat doma")
    need.measures.add(node(one, "1.1.1"))
    NeedEvidence.objects.create(need=need, text="Průzkum")
    SwotPoint.objects.create(plan=one, sort="threat", text="Stárneme").measures.add(node(one, "1.1.1"))
    SwotPoint.objects.create(plan=one, sort="strength", text="Umíme to")
    return one


def faults(plan: Plan) -> dict[str, list[check.Finding]]:
    plan.refresh_from_db()
    return {one.rule.key: one.findings for one in check.check(plan).verdicts if one.findings}


def test_a_whole_plan_has_nothing_to_mend(plan: Plan) -> None:
    assert faults(plan) == {}
    assert not check.check(plan).groups


def card(**values: Any) -> Callable[[Plan, Person], None]:
    return lambda plan, person: fill(plan, person, **values)


def no_indicator(plan: Plan, person: Person) -> None:
    Indicator.objects.all().delete()


def step_without_term(plan: Plan, person: Person) -> None:
    fill(plan, person, steps=steps(plan, starts_on=None, ends_on=None))


def step_outside(plan: Plan, person: Person) -> None:
    fill(plan, person, steps=steps(plan, ends_on=date(2028, 1, 1)))


def late(plan: Plan, person: Person) -> None:
    fill(plan, person, ends_on=date(2029, 1, 1))


def no_proof(plan: Plan, person: Person) -> None:
    Need.objects.all().delete()
    fill(plan, person, evidence=())


def capacity(plan: Plan, person: Person) -> None:
    kind, unit = make.kind(), make.unit()
    fill(plan, person, capacities=(CapacityDraft(Decimal("2.5"), unit.key, kind=kind.key),))


def another_goal(plan: Plan, person: Person) -> None:
    plans.add(plan, "goal", node(plan, "1"), "Pustý", person)


def need(plan: Plan, person: Person) -> None:
    one = Need.objects.create(plan=plan, title="Dluhy")
    NeedEvidence.objects.create(need=one, text="Průzkum")


def need_of_removed_measure(plan: Plan, person: Person) -> None:
    plan_actions.node_remove(node=node(plan, "1.1.1"), actor=person)


def unproved(plan: Plan, person: Person) -> None:
    NeedEvidence.objects.all().delete()


def weakness(plan: Plan, person: Person) -> None:
    SwotPoint.objects.create(plan=plan, sort="weakness", text="Málo lidí")


def silent_chapter(plan: Plan, person: Person) -> None:
    Chapter.objects.update(text="", demanded=[one for one in PROVISIONS if one.startswith("act-")])
    Chapter.objects.create(
        plan=plan, title="Ostatní", text="x", demanded=[one for one in PROVISIONS if "decree" in one]
    )


def no_change(plan: Plan, person: Person) -> None:
    Chapter.objects.update(demanded=[one for one in PROVISIONS if one != "act-change"])


def no_previous(plan: Plan, person: Person) -> None:
    Chapter.objects.update(demanded=[one for one in PROVISIONS if one != "decree-previous"])


def no_previous_in_region(plan: Plan, person: Person) -> None:
    no_previous(plan, person)
    Plan.objects.update(span_kind="region")


CASES: list[tuple[Callable[[Plan, Person], None], set[str], str, str]] = [
    (card(text=""), {"measure-text"}, "1.1.1", "/bod/1.1.1/"),
    (card(responsible=""), {"measure-responsible"}, "1.1.1", "/bod/1.1.1/"),
    (card(starts_on=None, ends_on=None), {"measure-term"}, "1.1.1", "/bod/1.1.1/"),
    (card(costs=(), funding=()), {"measure-cost"}, "1.1.1", "/bod/1.1.1/"),
    (card(funding=()), {"measure-funding"}, "1.1.1", "/bod/1.1.1/"),
    (card(target_groups=()), {"measure-groups"}, "1.1.1", "/bod/1.1.1/"),
    (no_indicator, {"measure-indicator"}, "1.1.1", "/ukazatele/bod/1.1.1/"),
    (no_proof, {"measure-evidence"}, "1.1.1", "/bod/1.1.1/"),
    (
        card(funding=(FundingDraft(2026, "operation", "kraj", Decimal(40)),)),
        {"money-difference"},
        "2026 provoz: chybí 60\u00a0Kč",
        "/bod/1.1.1/",
    ),
    (
        card(
            costs=(CostDraft(2030, "operation", Decimal(5)),),
            funding=(FundingDraft(2030, "operation", "kraj", Decimal(5)),),
        ),
        {"money-outside"},
        "2030",
        "/bod/1.1.1/",
    ),
    (late, {"term-outside"}, "1. 1. 2026 – 1. 1. 2029", "/bod/1.1.1/"),
    (step_without_term, {"activity-term"}, "1.1.1.a", "/bod/1.1.1.a/"),
    (step_outside, {"activity-outside"}, "1. 1. 2028", "/bod/1.1.1.a/"),
    (card(steps=()), {"measure-activities"}, "1.1.1", "/bod/1.1.1/"),
    (another_goal, {"empty-branch"}, "1.2 Pustý", "/bod/1.2/"),
    (capacity, {"capacity-vague"}, "1.1.1", "/bod/1.1.1/"),
    (need, {"need-measure"}, "Dluhy", "/potreby/"),
    (unproved, {"need-evidence"}, "Zůstat doma", "/potreby/"),
    (weakness, {"swot-measure"}, "Málo lidí", "/swot/"),
    (silent_chapter, {"act-chapters"}, "prázdná", "/kapitoly/"),
    (no_change, {"act-chapters"}, "jak se plán mění", "/kapitoly/"),
    (no_previous, {"decree-outline"}, "vyhodnocení předchozího plánu", "/kapitoly/"),
    (no_previous_in_region, {"decree-chapters"}, "vyhodnocení předchozího plánu", "/kapitoly/"),
]


@pytest.mark.parametrize(("spoil", "keys", "told", "where"), CASES)
def test_each_rule_finds_its_fault_and_says_where_it_is(
    plan: Plan, coordinator: Person, spoil: Callable[[Plan, Person], None], keys: set[str], told: str, where: str
) -> None:
    spoil(plan, coordinator)
    found = faults(plan)
    assert set(found) == keys
    finding = next(iter(found.values()))[0]
    assert told in f"{finding.label} {finding.note}"
    assert where in finding.url


def test_what_no_case_shows_is_found_too(plan: Plan, coordinator: Person) -> None:
    shown = {key for _, keys, _, _ in CASES for key in keys}
    assert {rule.key for rule in check.RULES} - shown == {"no-measures", "same-title"}
    twin = plans.add(plan, "measure", node(plan, "1.1"), "opatření 0 0 0", coordinator)
    assert [one.label.split()[0] for one in faults(plan)["same-title"]] == ["1.1.1", "1.1.2"]
    plan_actions.node_remove(node=Node.objects.get(pk=twin.pk), actor=coordinator)
    assert faults(plan) == {}, "what was taken out of the plan lacks nothing"
    need_of_removed_measure(plan, coordinator)
    assert {"no-measures", "need-measure", "swot-measure", "empty-branch"} <= set(faults(plan))


def test_a_measure_that_goes_on_needs_no_dates_and_free_is_not_unknown(plan: Plan, coordinator: Person) -> None:
    fill(
        plan,
        coordinator,
        starts_on=None,
        ends_on=None,
        ongoing=True,
        costs=(CostDraft(2026, "operation", Decimal(0)),),
        funding=(),
        steps=steps(plan, starts_on=None, ends_on=None),
    )
    assert faults(plan) == {}


@pytest.mark.parametrize("rule", check.RULES, ids=lambda rule: rule.key)
def test_each_rule_has_its_words(rule: check.Rule) -> None:
    assert rule.sort in check.SORTS
    assert rule.title
    assert rule.why.endswith(".")
    assert [one.key for one in check.RULES].count(rule.key) == 1


# --- switches ----------------------------------------------------------------------------------------------------


def test_a_rule_switched_off_says_nothing_and_the_journal_says_who(plan: Plan, coordinator: Person) -> None:
    fill(plan, coordinator, text="")
    assert check_actions.rule_switch(plan=plan, key="measure-text", on=False, actor=coordinator)
    assert not check_actions.rule_switch(plan=plan, key="measure-text", on=False, actor=coordinator)
    assert faults(plan) == {}
    deed = Deed.objects.get(verb="check_rule_switched")
    assert deed.after == {"silenced": ["measure-text"]}
    assert deed.names == {"measure-text": "Opatření bez popisu"}
    assert [rule.key for rule in check.check(plan).silenced] == ["measure-text"]
    assert check_actions.rule_switch(plan=plan, key="measure-text", on=True, actor=coordinator)
    assert set(faults(plan)) == {"measure-text"}
    with pytest.raises(ValidationError):
        check_actions.rule_switch(plan=plan, key="nic", on=False, actor=coordinator)
    with pytest.raises(PermissionDenied):
        check_actions.rule_switch(plan=plan, key="measure-text", on=False, actor=make.person("auditor"))


def test_on_the_page_each_line_leads_somewhere(client: Client, plan: Plan, coordinator: Person) -> None:
    fill(plan, coordinator, text="", funding=(FundingDraft(2026, "operation", "kraj", Decimal(40)),))
    client.force_login(coordinator)
    base = f"/sprava/plany/{plan.slug}/kontrola/"
    page = client.get(base)
    assert page.status_code == 200
    body = page.content.decode()
    assert "Opatření bez popisu" in body
    assert "chybí 60\u00a0Kč" in body
    for _, verdicts in page.context["check"].groups:
        for one in verdicts:
            for finding in one.findings:
                assert client.get(finding.url).status_code == 200, finding.url
    assert client.get(f"{base}?pravidlo=measure-text").status_code == 200
    assert client.get(f"{base}?pravidlo=nic").status_code == 404
    assert client.post(f"{base}measure-text/vypnout/").status_code == 302
    assert "Zapnout" in client.get(base).content.decode()
    assert client.post(f"{base}measure-text/zapnout/").status_code == 302
    assert client.post(f"{base}nic/vypnout/").status_code == 404
    assert client.get(f"{base}measure-text/vypnout/").status_code == 405


def test_who_only_reads_switches_nothing_and_others_see_nothing(client: Client, plan: Plan) -> None:
    base = f"/sprava/plany/{plan.slug}/kontrola/"
    client.force_login(make.person("auditor"))
    assert "Vypnout" not in client.get(base).content.decode()
    assert client.post(f"{base}measure-text/vypnout/").status_code == 404
    stranger = make.person()
    town = make.municipality("Jinde")
    Grant.objects.create(person=stranger, role="coordinator", range_kind="municipality", range_code=town.code)
    client.force_login(stranger)
    assert client.get(base).status_code == 404
    assert client.post(f"{base}measure-text/vypnout/").status_code == 404
    plan.refresh_from_db()
    assert plan.silenced == []


def test_as_many_queries_for_a_large_plan_as_for_a_small_one(plan: Plan, coordinator: Person) -> None:
    def counted() -> int:
        with CaptureQueriesContext(connection) as queries:
            check.check(plan)
        return len(queries)

    few = counted()
    assert few <= 8
    goal = node(plan, "1.1")
    for number in range(15):
        measure = plans.add(plan, "measure", goal, f"Další {number}", coordinator)
        plans.add(plan, "activity", measure, "Krok", coordinator)
    assert len(faults(plan)["measure-text"]) == 15
    assert counted() == few
