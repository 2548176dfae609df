"""What the journal says was there before can be brought back: every verb that changes a thing, round and back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from portal.access import actions as access
from portal.access import scenario_actions
from portal.access.models import ReferenceValue, Scenario, UnitCost
from portal.accounts.models import Grant, Person
from portal.audit import things
from portal.audit.models import Deed
from portal.audit.verbs import NOT_RESTORED, RESTORED_AT, SENTENCES
from portal.catalogue import actions as catalogue
from portal.catalogue import drafts, lists_actions, provider_actions
from portal.catalogue.drafts import ContactDraft, Draft, PlaceDraft
from portal.catalogue.models import Facility, Kind, Provider, Service, Source
from portal.catalogue.opening import Stretch
from portal.catalogue.provider_actions import ProviderDraft
from portal.chapters import actions as chapters
from portal.chapters.models import Chapter, Need, SwotPoint
from portal.documents import actions as documents
from portal.documents.models import Document
from portal.finding import actions as finding
from portal.finding.models import CrisisLine, LayWord, Situation
from portal.freshness import limits, quality_actions
from portal.fulfilment import report_actions
from portal.fulfilment.models import FulfilmentReport
from portal.groups import actions as groups
from portal.groups import member_actions
from portal.groups.models import Group, Membership, Procedure
from portal.indicators import actions as indicators
from portal.indicators.models import Definition, Indicator
from portal.pages import actions as pages
from portal.pages.models import Article, Page
from portal.plan import actions as plan_actions
from portal.plan import card_actions, cards, setup_actions
from portal.plan.cards import CardDraft, StepDraft
from portal.plan.models import Node, Plan
from portal.register.models import ImportRun
from portal.upkeep import actions as upkeep
from portal.upkeep import policy
from tests import make
from tests.audit import plan_cases, working_cases
from tests.documents import papers
from tests.fulfilment import years
from tests.pages import texts
from tests.plan import plans

pytestmark = pytest.mark.django_db
EIGHT_IN_THE_MORNING = datetime(2026, 9, 1, 6, tzinfo=UTC)


@pytest.fixture
def jana() -> Person:
    return make.person(Grant.Role.REGION, name="Jana Malá")


@pytest.fixture
def client(jana: Person) -> Client:
    signed_in = Client()
    signed_in.force_login(jana)
    return signed_in


# --- every verb, round and back --------------------------------------------------------------------------------
# A case makes a thing, changes it, and gives back how to read what the thing says now.

type Read = Callable[[], Any]


def lay_word(jana: Person) -> Read:
    make.kind(), make.kind("os", name="odlehčovací služby"), make.target_group()
    word = LayWord.objects.create(phrase="babička padá", kinds="ps os", groups="seniori")
    finding.lay_word_change(word=word, kinds=["os"], groups=[], active=True, actor=jana)
    return lambda: finding.lay_word_told(LayWord.objects.get(pk=word.pk))


def situation(jana: Person) -> Read:
    kinds = [make.kind(), make.kind("os", name="odlehčovací služby")]
    one = Situation.objects.create(slug="rodice", title="Starám se o rodiče", line="Kdo pomůže.", steps="Zavolejte.")
    one.kinds.set(kinds)
    finding.situation_change(
        situation=one,
        title="Jinak",
        line="Jinak.",
        kinds=kinds[:1],
        target_groups=[make.target_group()],
        violence=True,
        active=True,
        actor=jana,
    )
    return lambda: finding.situation_told(Situation.objects.get(pk=one.pk))


def crisis_line(jana: Person) -> Read:
    one = CrisisLine.objects.create(
        key="linka",
        number="116 123",
        name="Linka",
        line="Vyslechnou vás.",
        hours="nonstop",
        verified_on=date(2026, 2, 1),
    )
    finding.crisis_line_change(
        line=one, number="116 111", name="Jiná", about="Jinak.", hours="", verified_on=None, active=False, actor=jana
    )
    return lambda: finding.crisis_line_told(CrisisLine.objects.get(pk=one.pk))


def list_item(jana: Person) -> Read:
    kind = make.kind(valid_from=date(2020, 1, 1))
    values = {"name": "jinak", "gloss": "Jinak.", "valid_from": None, "order": 7}
    lists_actions.change_item(person=jana, item=Kind.objects.get(pk=kind.pk), values=values)
    return lambda: {name: getattr(Kind.objects.get(pk=kind.pk), name) for name in values}


def group(jana: Person) -> Read:
    one = make.group(about="O domově.", since=date(2024, 1, 1))
    one.target_groups.add(make.target_group())
    names = ["about", "since", "sort", "target_groups"]
    groups.group_change(group=one, seen=None, about="Jinak.", since=None, sort="steering", target_groups=[], actor=jana)
    return lambda: groups.told_group(Group.objects.get(pk=one.pk), names)


def group_procedure(jana: Person) -> Read:
    one = make.group(procedure={"invitation_days": 10, "quorum": "sides"})
    groups.procedure_change(group=one, seen=None, invitation_days=3, quorum="any", absences=3, actor=jana)
    rows = Procedure.objects.filter(group=one).values("invitation_days", "quorum", "absences")
    return lambda: rows.all().get()


def member(jana: Person) -> Read:
    one = make.membership(make.group(), name="Karla Doma", side="user", joined_on=date(2025, 1, 1))
    member_actions.membership_change(
        membership=one, seen=None, name="Karla Jinde", side="public", role="guest", votes=False, actor=jana
    )
    return lambda: Membership.objects.values("name", "side", "role", "votes", "joined_on").get(pk=one.pk)


def member_left(jana: Person) -> Read:
    one = make.membership(make.group())
    member_actions.membership_end(membership=one, on=date(2026, 9, 1), reason="stěhuje se", seen=None, actor=jana)
    return lambda: Membership.objects.values("left_on", "left_reason").get(pk=one.pk)


def plan_card(jana: Person) -> Read:
    node = Node.objects.get(plan=plans.grown(plans.plan(actor=jana)), code="1.1.1")
    card_actions.card_save(node=node, draft=plans.full_card(node), seen=node.version, actor=jana)
    node.refresh_from_db()
    empty = CardDraft(title="Jinak", steps=(StepDraft("1.1.1.a", "Jen tahle"),))
    card_actions.card_save(node=node, draft=empty, seen=node.version, actor=jana)

    def now() -> dict[str, Any]:
        card = cards.to_json(cards.read(Node.objects.get(pk=node.pk)))
        return {name: card[name] for name in ("title", "steps", "costs", "funding", "risks", "area", "above")}

    return now


PLAN_CARD = {
    "title": "Přidat pečovatelky",
    "steps": [
        {
            "code": "1.1.1.b",
            "title": "Výběr",
            "text": "",
            "responsible": "ředitelka",
            "starts_on": "2026-02-01",
            "ends_on": None,
            "cost": "5000",
        }
    ],
    "costs": [{"year": 2026, "sort": "operation", "amount": "12480"}],
    "funding": [{"year": 2026, "sort": "operation", "source": "kraj", "amount": "10000"}],
    "risks": [{"text": "Nenajdeme lidi", "likelihood": 2, "severity": 3, "response": "Stipendia"}],
    "area": "Senioři",
    "above": "plan-kraje/1.1",
}


def plan_node(jana: Person) -> Read:
    node = Node.objects.get(plan=plans.grown(plans.plan(actor=jana)), code="1.1")
    plan_actions.node_change(node=node, title="Jinak", text="Jinak.", seen=node.version, actor=jana)
    return lambda: Node.objects.values("title", "text").get(pk=node.pk)


def _reference(jana: Person) -> ReferenceValue:
    values = {
        "name": "Lůžka",
        "kinds": [make.kind(), make.kind("ds", name="domovy pro seniory")],
        "unit": make.unit(),
        "measure": "age_65_plus",
        "amount": 27.5,
        "year": 2020,
        "source": "Zpráva",
        "note": "",
    }
    return access.reference_save(values=values, actor=jana)


def reference_changed(jana: Person) -> Read:
    kept = _reference(jana)
    values = access.reference_told(kept) | {"kinds": [make.kind()], "unit": None, "amount": 1, "name": "Jinak"}
    access.reference_save(values=values, actor=jana, reference=ReferenceValue.objects.get(pk=kept.pk))
    return lambda: access.reference_told(ReferenceValue.objects.get())


def reference_removed(jana: Person) -> Read:
    access.reference_remove(reference=_reference(jana), actor=jana)
    return lambda: [access.reference_told(one) for one in ReferenceValue.objects.all()]


def _cost(jana: Person) -> UnitCost:
    values = {"kind": make.kind(), "unit": make.unit(), "amount": 420_000, "year": 2025, "source": "VZ", "note": "x"}
    return scenario_actions.unit_cost_save(values=values, actor=jana)


def unit_cost_changed(jana: Person) -> Read:
    cost = _cost(jana)
    values = {"kind": make.kind("ds"), "unit": None, "amount": 1, "year": 2024, "source": "jiný", "note": ""}
    scenario_actions.unit_cost_save(values=values, actor=jana, cost=cost)
    return lambda: scenario_actions.unit_cost_told(UnitCost.objects.get())


def unit_cost_removed(jana: Person) -> Read:
    scenario_actions.unit_cost_remove(cost=_cost(jana), actor=jana)
    return lambda: [scenario_actions.unit_cost_told(one) for one in UnitCost.objects.all()]


def scenario(jana: Person) -> Read:
    one = Scenario.objects.create(name="Bez domova", note="proč", query="druh=ps&uzemi=cr", shared=True)
    scenario_actions.scenario_save(one=one, seen=one.version, name="Jinak", note="", shared=False, actor=jana)
    return lambda: scenario_actions.scenario_told(Scenario.objects.get(pk=one.pk))


def _whole(town: str) -> Draft:
    """A draft that says something in each kind of field."""
    return Draft(
        name="Klub",
        kind="ps",
        provider="Spolek",
        started_on=date(2020, 1, 1),
        forms=("ter",),
        plain_text="Přijdeme domů.",
        easy_read="Přijdeme.",
        how_to_get="Zavolejte.",
        cost="partly",
        cost_note="155 Kč",
        verified_on=date(2026, 2, 1),
        target_groups=("seniori",),
        age_groups=("dospeli",),
        features=("pes",),
        municipalities=(town,),
        contacts=(ContactDraft("phone", "+420 999 111 222", "ráno"),),
        places=(
            PlaceDraft(
                street="Dlouhá 1",
                municipality=town,
                lift=True,
                entrance_steps=3,
                hours=(Stretch(1, time(8), time(12), "na objednání"), Stretch(2, time(8), time(15, 30))),
            ),
        ),
    )


def _without_ids(draft: Draft) -> dict[str, Any]:
    told = drafts.to_json(draft)
    return told | {"places": [one | {"id": None} for one in told["places"]]}


def _klub(jana: Person) -> tuple[Service, Draft]:
    for item in (make.kind, make.target_group, make.age_group, make.feature):
        item()
    make.form("ter"), make.form("amb"), make.kind("os", name="odlehčovací služby")
    draft = _whole(make.municipality("Svornov").code)
    service = catalogue.service_add(draft=draft, actor=jana)
    return service, drafts.read(service)


def service_changed(jana: Person) -> Read:
    service, stored = _klub(jana)
    other = Draft(name="Jinak", kind="os", provider="Jiný spolek", forms=("amb",), contacts=())
    catalogue.service_save(service=service, draft=other, seen=stored.fingerprint, actor=jana)
    return lambda: _without_ids(drafts.read(Service.objects.get(pk=service.pk)))


def service_published(jana: Person) -> Read:
    service = make.service(published=False)
    catalogue.service_publish(service=service, actor=jana)
    return lambda: Service.objects.get(pk=service.pk).published


def service_hidden(jana: Person) -> Read:
    service = make.service()
    catalogue.service_hide(service=service, actor=jana)
    return lambda: Service.objects.get(pk=service.pk).published


def service_ended(jana: Person) -> Read:
    service = make.service(source=Source.LOCAL)
    catalogue.service_end(service=service, day=date(2026, 12, 31), actor=jana)
    return lambda: Service.objects.get(pk=service.pk).ended_on


def service_resumed(jana: Person) -> Read:
    service = make.service(source=Source.LOCAL, ended_on=date(2026, 12, 31))
    catalogue.service_end(service=service, day=None, actor=jana)
    return lambda: Service.objects.get(pk=service.pk).ended_on


def provider(jana: Person) -> Read:
    one = make.service().provider
    stored = provider_actions.read_provider(one)
    said = ProviderDraft("Pomáháme doma.", (ContactDraft("phone", "+420 999 111 222", "ráno"),))
    provider_actions.provider_save(provider=one, draft=said, seen=stored.fingerprint, actor=jana)
    other = ProviderDraft(
        "Jinak.", (ContactDraft("web", "https://example.org"), ContactDraft("email", "a@example.org"))
    )
    provider_actions.provider_save(provider=one, draft=other, seen=said.fingerprint, actor=jana)
    return lambda: provider_actions.read_provider(Provider.objects.get(pk=one.pk))


def standing(jana: Person) -> Read:
    one = make.service().provider
    upkeep.set_standing(provider=one, level="trusted", actor=jana)
    return lambda: policy.level_of(one)


def publish_rule(jana: Person) -> Read:
    upkeep.set_rules(waits={("trusted", "contacts"): True}, actor=jana)
    return lambda: policy.table()["trusted", "contacts"]


def limit(jana: Person) -> Read:
    quality_actions.limit_change(key="vacancy", days=11, actor=jana)
    return lambda: limits.days()["vacancy"] == 11


def weight(jana: Person) -> Read:
    quality_actions.quality_rule_change(key="no_phone", weight=99, actor=jana)
    return lambda: limits.rules()["no_phone"].weight == 99


# What the thing says before the change is known by doing the same without it.
def chapter(jana: Person) -> Read:
    one = chapters.chapter_add(
        plan=plans.plan(actor=jana), title="Úvod", text="Pro koho.", place="before", demanded=["act-basis"], actor=jana
    )
    chapters.chapter_change(
        chapter=one, seen=one.version, actor=jana, title="Jinak", text="Jinak.", place="after", demanded=[]
    )
    return lambda: chapters.chapter_told(Chapter.objects.get(pk=one.pk))


def swot(jana: Person) -> Read:
    plan = plans.grown(plans.plan(actor=jana))
    one = chapters.swot_save(
        plan=plan, sort="threat", text="Chybějí lidé", evidence="Průzkum", evidence_url="/mapa/",
        measures=Node.objects.filter(plan=plan).measures()[:1], actor=jana,
    )  # fmt: skip
    chapters.swot_save(
        point=one, seen=one.version, plan=plan, sort="strength", text="Jinak", evidence="", evidence_url="",
        measures=[], actor=jana,
    )  # fmt: skip
    return lambda: chapters.swot_told(SwotPoint.objects.get(pk=one.pk))


def need(jana: Person) -> Read:
    plan = plans.grown(plans.plan(actor=jana))
    one = chapters.need_save(
        plan=plan, title="Péče o víkendu", text="I v noci.", target_groups=[make.target_group()],
        measures=Node.objects.filter(plan=plan).measures()[:1], evidence=[("Průzkum", "/mapa/"), ("Slova", "")],
        actor=jana,
    )  # fmt: skip
    chapters.need_save(
        need=one, seen=one.version, plan=plan, title="Jinak", text="", target_groups=[], measures=[], evidence=[],
        actor=jana,
    )  # fmt: skip
    return lambda: chapters.need_told(Need.objects.get(pk=one.pk))


def article(jana: Person) -> Read:
    wanted = texts.said(groups=[make.group(slug="seniori")])
    one = pages.article_save(wanted=wanted, actor=jana)
    other = texts.said(
        title="Jinak", lead="", text="Jinak.", author="", category=texts.category("kampan", "kampaň"), groups=[]
    )
    pages.article_save(article=one, wanted=other, seen=one.version, actor=jana)
    return lambda: pages.article_told(Article.objects.get(pk=one.pk))


def document(jana: Person) -> Read:
    one = papers.document("Analýza potřeb", actor=jana, about="Co lidem chybí.", town=make.municipality("Svornov"))
    wanted = replace(documents.wanted_of(one), title="Jinak", about="", audience="desk", author="Někdo")
    documents.document_change(document=one, wanted=wanted, seen=one.version, actor=jana)
    return lambda: documents.document_told(Document.objects.get(pk=one.pk))


def page(jana: Person) -> Read:
    paper = papers.document("Pravidla", actor=jana, town=make.municipality("Svornov"))
    one = texts.page(
        title="Jak to chodí", easy_read="Mluvíme spolu.", documents=[paper], shown_from=EIGHT_IN_THE_MORNING
    )
    wanted = {
        "title": "Jinak", "text": "Jinak.", "easy_read": "", "documents": [], "order": 7, "shown": False,
        "parent": None, "shown_from": None,
    }  # fmt: skip
    pages.page_save(page=one, wanted=wanted, seen=one.version, actor=jana)
    return lambda: pages.page_told(Page.objects.get(pk=one.pk))


def _definition(jana: Person) -> Definition:
    values: dict[str, Any] = dict.fromkeys((*indicators.WORDS, *indicators.MEANING), "")
    values |= {"name": "Lidé", "unit": "lidé", "active": True, "adds_up": True, "more_is_better": True}
    values |= {"kind": make.kind(), "form": None, "capacity_unit": None, "often": "yearly"}
    return indicators.definition_save(values=values, actor=jana)


def definition(jana: Person) -> Read:
    one = _definition(jana)
    values = {name: getattr(one, name) for name in (*indicators.WORDS, *indicators.MEANING)}
    values |= {"name": "Jinak", "description": "Kolik různých lidí.", "kind": None}
    indicators.definition_save(values=values, definition=one, actor=jana)
    return lambda: indicators.definition_told(Definition.objects.get(pk=one.pk))


def indicator(jana: Person) -> Read:
    node = Node.objects.get(plan=plans.grown(plans.plan(actor=jana)), code="1.1.1")
    one = indicators.indicator_add(node=node, definition=_definition(jana), actor=jana)
    years = list(node.plan.years)
    said: list[tuple[Decimal | None, dict[int, Decimal | None]]] = [
        (Decimal(10), {years[0]: Decimal("12.5"), years[1]: None}),
        (None, {years[0]: None, years[1]: Decimal(7)}),
    ]
    for number, targets in said:
        kept = Indicator.objects.get(pk=one.pk)
        indicators.indicator_change(
            indicator=kept, baseline=number, baseline_year=2024 if number else None, note="", targets=targets,
            seen=kept.version, actor=jana,
        )  # fmt: skip
    return lambda: _numbers(indicators.indicator_told(Indicator.objects.get(pk=one.pk)), years[0])


def actual(jana: Person) -> Read:
    node = Node.objects.get(plan=plans.grown(plans.plan(actor=jana)), code="1.1.1")
    one = indicators.indicator_add(node=node, definition=_definition(jana), actor=jana)
    indicators.actual_say(indicator=one, year=2020, value=Decimal("12.5"), note="odhad", actor=jana)
    indicators.actual_say(indicator=one, year=2020, value=None, actor=jana)
    return lambda: indicators.actual_told(one, 2020)


def plan(jana: Person) -> Read:
    older = plans.plan(actor=jana, title="Minulý plán", town=make.municipality("Jinde"))
    one = plans.plan(actor=jana)
    said: dict[str, Any] = {
        "title": "Plán pro lidi",
        "about": "Spolu.",
        "follows": older,
        "starts_on": date(2026, 1, 1),
    }
    setup_actions.plan_change(plan=one, actor=jana, **said)
    other: dict[str, Any] = {"title": "Jinak", "about": "", "follows": None, "starts_on": date(2025, 1, 1)}
    setup_actions.plan_change(plan=one, actor=jana, **other)
    return lambda: setup_actions.plan_told(Plan.objects.get(pk=one.pk), said) | {"follows": _followed(one.pk)}


def _followed(pk: int) -> str | None:
    other = Plan.objects.get(pk=pk).follows
    return other.title if other else None


def report_intro(jana: Person) -> Read:
    years.states()
    one = years.approved_plan(jana)
    years.approve(years.chosen(one, 2026, jana), jana)
    made = years.report(one, 2026, jana)
    report_actions.intro_set(report=made, intro="Povedlo se skoro všechno.", actor=jana)
    report_actions.intro_set(report=made, intro="Omyl.", actor=jana)
    return lambda: FulfilmentReport.objects.get(pk=made.pk).intro


def _numbers(told: dict[str, Any], first: int) -> dict[str, Any]:
    """Without the year, which follows the day of the test."""
    return told | {"targets": {int(year) - first: float(value) for year, value in told["targets"].items()}}


CASES: dict[str, tuple[Callable[[Person], Read], Any]] = {
    "lay_word_changed": (lay_word, {"kinds": "ps os", "groups": "seniori", "active": True}),
    "situation_changed": (
        situation,
        {
            "title": "Starám se o rodiče",
            "line": "Kdo pomůže.",
            "steps": "Zavolejte.",
            "violence": False,
            "active": True,
            "kinds": ["os", "ps"],
            "target_groups": [],
        },
    ),
    "crisis_line_changed": (
        crisis_line,
        {
            "number": "116 123",
            "name": "Linka",
            "line": "Vyslechnou vás.",
            "hours": "nonstop",
            "verified_on": date(2026, 2, 1),
            "active": True,
        },
    ),
    "article_changed": (
        article,
        {
            "title": "Sešli jsme se",
            "lead": "O čem byla řeč.",
            "text": "Přišlo nás dost.",
            "category": "zprava",
            "author": "Město Svornov",
            "groups": ["seniori"],
            "measures": [],
            "meetings": [],
            "documents": [],
        },
    ),
    "page_changed": (
        page,
        {
            "title": "Jak to chodí",
            "text": "Domluvou.",
            "easy_read": "Mluvíme spolu.",
            "documents": ["pravidla"],
            "parent": "",
            "order": 0,
            "shown": True,
            "shown_from": EIGHT_IN_THE_MORNING,
        },
    ),
    "document_changed": (
        document,
        {
            "title": "Analýza potřeb",
            "sort": "analyza",
            "audience": "public",
            "group": "",
            "about": "Co lidem chybí.",
            "author": "",
            "licence": "",
            "day": None,
            "valid_from": None,
            "valid_until": None,
            "project": "",
            "project_indicator": "",
        },
    ),
    "chapter_changed": (
        chapter,
        {"title": "Úvod", "text": "Pro koho.", "place": "before", "demanded": ["act-basis"]},
    ),
    "swot_changed": (
        swot,
        {
            "sort": "threat",
            "text": "Chybějí lidé",
            "evidence": "Průzkum",
            "evidence_url": "/mapa/",
            "measures": ["1.1.1"],
        },
    ),
    "need_changed": (
        need,
        {
            "title": "Péče o víkendu",
            "text": "I v noci.",
            "target_groups": ["seniori"],
            "measures": ["1.1.1"],
            "evidence": ["Průzkum /mapa/", "Slova"],
        },
    ),
    "definition_changed": (
        definition,
        {
            "name": "Lidé",
            "unit": "lidé",
            "active": True,
            "adds_up": True,
            "more_is_better": True,
            "kind": "ps",
            "form": None,
            "capacity_unit": None,
            "often": "yearly",
            "description": "",
            "source": "",
            "supplier": "",
            "formula": "",
        },
    ),
    "indicator_changed": (
        indicator,
        {"definition": "Lidé", "baseline": Decimal(10), "baseline_year": 2024, "note": "", "targets": {0: 12.5}},
    ),
    "actual_said": (actual, {"year": 2020, "value": Decimal("12.5"), "note": "odhad"}),
    "plan_changed": (
        plan,
        {"title": "Plán pro lidi", "about": "Spolu.", "follows": "Minulý plán", "starts_on": date(2026, 1, 1)},
    ),
    "fulfilment_report_changed": (report_intro, "Povedlo se skoro všechno."),
    "plan_card_changed": (plan_card, PLAN_CARD),
    "plan_node_changed": (plan_node, {"title": "Cíl 0 0", "text": ""}),
    "list_item_changed": (
        list_item,
        {
            "name": "pečovatelská služba",
            "gloss": "Pečovatelka přijde domů a pomůže.",
            "valid_from": date(2020, 1, 1),
            "order": 0,
        },
    ),
    "reference_changed": (reference_changed, None),
    "reference_removed": (reference_removed, None),
    "unit_cost_changed": (unit_cost_changed, None),
    "unit_cost_removed": (unit_cost_removed, None),
    "scenario_changed": (scenario, {"name": "Bez domova", "note": "proč", "shared": True}),
    "provider_changed": (
        provider,
        ProviderDraft("Pomáháme doma.", (ContactDraft("phone", "+420 999 111 222", "ráno"),)),
    ),
    "standing_changed": (standing, "usual"),
    "publish_rule_changed": (publish_rule, False),
    "group_changed": (
        group,
        {"about": "O domově.", "since": date(2024, 1, 1), "sort": "working", "target_groups": ["seniori"]},
    ),
    "group_procedure_changed": (group_procedure, {"invitation_days": 10, "quorum": "sides", "absences": None}),
    "member_changed": (
        member,
        {"name": "Karla Doma", "side": "user", "role": "member", "votes": True, "joined_on": date(2025, 1, 1)},
    ),
    "member_left": (member_left, {"left_on": None, "left_reason": ""}),
    "limit_changed": (limit, False),
    "quality_rule_changed": (weight, False),
    "service_changed": (service_changed, None),
    "service_published": (service_published, False),
    "service_hidden": (service_hidden, True),
    "service_ended": (service_ended, None),
    "service_resumed": (service_resumed, date(2026, 12, 31)),
    **working_cases.CASES,
    **plan_cases.CASES,
}


def expected(verb: str, wanted: Any) -> Any:
    """Where the case does not say it in words: the values that the actions were given."""
    town = Service.objects.get(name__in=["Klub", "Jinak"]).slug if verb == "service_changed" else ""
    if verb == "service_changed":
        assert town
        code = Deed.objects.get(verb="service_added").after["municipalities"][0]
        return _without_ids(_whole(code))
    reference = {
        "name": "Lůžka",
        "kinds": ["ds", "ps"],
        "unit": "luzka",
        "measure": "age_65_plus",
        "amount": 27.5,
        "year": 2020,
        "source": "Zpráva",
        "note": "",
    }
    cost = {"kind": "ps", "unit": "luzka", "amount": 420_000, "year": 2025, "source": "VZ", "note": "x"}
    return {
        "reference_changed": reference,
        "reference_removed": [reference],
        "unit_cost_changed": cost,
        "unit_cost_removed": [cost],
    }.get(verb, wanted)


def restore(client: Client, deed: Deed) -> Any:
    address = reverse(RESTORED_AT[deed.verb], args=[deed.pk])
    page = client.get(address)
    assert page.status_code == 200
    return client.post(address, {"seen": page.context["seen"]})


@pytest.mark.parametrize("verb", sorted(RESTORED_AT))
def test_restoring_brings_back_exactly_what_was_there(client: Client, jana: Person, verb: str) -> None:
    make_and_change, wanted = CASES[verb]
    now = make_and_change(jana)
    changed = now()
    assert changed != expected(verb, wanted)
    deed = Deed.objects.filter(verb=verb).latest("pk")
    assert restore(client, deed).status_code == 302
    assert now() == expected(verb, wanted)
    # The restoring stands in the journal, with the deed whose values it brought back.
    told = Deed.objects.latest("pk")
    assert told.restores == deed
    assert told.actor_name == "Jana Malá"
    # It can be taken back again, as any other change.
    if told.verb in RESTORED_AT:
        assert restore(client, told).status_code == 302
        assert now() == changed


@pytest.mark.parametrize("verb", sorted(RESTORED_AT))
def test_nothing_that_the_journal_tells_stays_without_its_czech_word(jana: Person, client: Client, verb: str) -> None:
    CASES[verb][0](jana)
    for deed in Deed.objects.all():
        assert deed.thing in things.THINGS, deed.thing
        for name in [*deed.before, *deed.after]:
            assert name in things.LABELS, f"{deed.verb}: {name}"
            for row in [*_rows(deed.before.get(name)), *_rows(deed.after.get(name))]:
                assert set(row) - {"id", "file"} <= set(things.LABELS), f"{deed.verb}: {name}: {row}"


def _rows(value: Any) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def test_every_change_is_either_brought_back_or_says_why_not() -> None:
    changing = {verb for verb in SENTENCES if verb.endswith(("_changed", "_removed"))}
    assert changing - set(RESTORED_AT) - set(NOT_RESTORED) == set()
    assert set(RESTORED_AT) == set(CASES)
    assert not set(RESTORED_AT) & set(NOT_RESTORED)
    for address in RESTORED_AT.values():
        assert reverse(address, args=[1])


def test_labels_of_a_service_are_those_of_its_form() -> None:
    for name, word in drafts.LABELS.items():
        assert things.label("catalogue.service", name) == word


# --- the look before the yes -----------------------------------------------------------------------------------


def test_page_says_what_would_change_and_who_changed_it_since(client: Client, jana: Person) -> None:
    service, stored = _klub(jana)
    first = catalogue.service_save(
        service=service, draft=replace(stored, waiting="měsíc"), seen=stored.fingerprint, actor=jana
    )
    karel = make.person(Grant.Role.REGION, name="Karel Velký")
    stored = drafts.read(first)
    catalogue.service_save(
        service=service, draft=replace(stored, waiting="půl roku"), seen=stored.fingerprint, actor=karel
    )
    deed = Deed.objects.filter(verb="service_changed").earliest("pk")
    text = client.get(reverse("catalogue:service_restore", args=[deed.pk])).content.decode()
    assert "půl roku" in text
    assert "Karel Velký" in text
    assert "Od té doby to už někdo změnil" in text


def test_what_changed_between_the_look_and_the_yes_is_not_overwritten(client: Client, jana: Person) -> None:
    now = service_hidden(jana)
    deed = Deed.objects.get()
    assert client.post(reverse("catalogue:service_restore", args=[deed.pk]), {"seen": "old"}).status_code == 409
    assert now() is False


def test_auditor_looks_and_cannot_restore(jana: Person) -> None:
    now = service_hidden(jana)
    deed = Deed.objects.get()
    client = Client()
    client.force_login(make.person(Grant.Role.AUDITOR))
    address = reverse("catalogue:service_restore", args=[deed.pk])
    page = client.get(address)
    assert page.status_code == 200
    assert "Obnovit to může ten" in page.content.decode()
    assert client.post(address, {"seen": page.context["seen"]}).status_code == 404
    assert now() is False


def test_a_deed_of_another_verb_has_no_such_page(client: Client, jana: Person) -> None:
    service_hidden(jana)
    assert client.get(reverse("finding:situation_restore", args=[Deed.objects.get().pk])).status_code == 404


def test_what_is_already_so_is_not_written_again(client: Client, jana: Person) -> None:
    service_hidden(jana)
    deed = Deed.objects.get()
    restore(client, deed)
    text = client.get(reverse("catalogue:service_restore", args=[deed.pk])).content.decode()
    assert "Není co obnovovat" in text


def test_a_code_gone_from_its_list_is_refused_with_words(client: Client, jana: Person) -> None:
    reference_removed(jana)
    Kind.objects.filter(key="ds").delete()
    answer = restore(client, Deed.objects.get(verb="reference_removed"))
    assert answer.status_code == 422
    assert "už v číselníku není" in answer.content.decode()


# --- secrets and the register ----------------------------------------------------------------------------------


def test_restoring_never_reveals_nor_wipes_a_secret_place(client: Client, jana: Person) -> None:
    service, stored = _klub(jana)
    (public,) = stored.places
    hidden = replace(stored, places=(PlaceDraft(id=public.id, secret=True),))
    catalogue.service_save(service=service, draft=hidden, seen=stored.fingerprint, actor=jana)
    deed = Deed.objects.filter(verb="service_changed").latest("pk")
    page = client.get(reverse("catalogue:service_restore", args=[deed.pk]))
    assert "Dlouhá 1" not in page.content.decode()
    assert restore(client, deed).status_code == 302
    place = Facility.objects.get(service=service)
    assert (place.secret, place.street) == (True, "")


def test_place_that_left_the_register_does_not_come_back_by_hand(client: Client, jana: Person) -> None:
    service = make.service(source=Source.NATIONAL)
    place = make.facility(service, source=Source.NATIONAL)
    stored = drafts.read(service)
    (one,) = stored.places
    catalogue.service_save(
        service=service, draft=replace(stored, places=(replace(one, lift=True),)), seen=stored.fingerprint, actor=jana
    )
    Facility.objects.filter(pk=place.pk).update(vanished_at=timezone.now())
    deed = Deed.objects.get(verb="service_changed")
    restore(client, deed)
    assert Facility.objects.filter(service=service, vanished_at=None).count() == 0


def test_what_the_register_owns_is_not_offered(client: Client, jana: Person) -> None:
    service, stored = _klub(jana)
    catalogue.service_save(
        service=service, draft=replace(stored, name="Jinak", waiting="měsíc"), seen=stored.fingerprint, actor=jana
    )
    Service.objects.filter(pk=service.pk).update(source=Source.NATIONAL, name="Podle registru")
    deed = Deed.objects.get(verb="service_changed")
    page = client.get(reverse("catalogue:service_restore", args=[deed.pk]))
    assert [one.name for one in page.context["fields"]] == ["waiting"]
    restore(client, deed)
    service.refresh_from_db()
    assert (service.name, service.waiting) == ("Podle registru", "")


def test_import_leads_to_its_run_and_says_why_it_is_not_taken_back(client: Client) -> None:
    from portal.audit.actions import record

    run = ImportRun.objects.create(file_name="registr.json", state=ImportRun.State.DONE)
    deed = record(verb="register_imported", thing=run, after={"read": 9, "changed": 2})
    text = client.get(reverse("audit:deed", args=[deed.pk])).content.decode()
    assert NOT_RESTORED["register_imported"] in text
    thing = client.get(reverse("audit:thing", args=[deed.thing, deed.thing_id])).content.decode()
    assert reverse("register:run", args=[run.pk]) in thing
