"""Plans for tests: a small one to write in, and one of any size."""

from datetime import date
from decimal import Decimal
from typing import Any

from portal.accounts.models import Grant
from portal.plan import actions
from portal.plan.cards import (
    CapacityDraft,
    CardDraft,
    CostDraft,
    EvidenceDraft,
    ExtraDraft,
    FundingDraft,
    RiskDraft,
    StepDraft,
)
from portal.plan.models import ExtraField, Level, MeasureKind, MoneySource, Node, Plan
from tests import make


def coordinator() -> Any:
    return make.person("coordinator")


def plan(template: str = "mesto", actor: Any = None, **more: Any) -> Plan:
    """An empty plan of a town being written."""
    town = more.pop("town", None) or make.municipality("Svornov")
    values: dict[str, Any] = {
        "title": "Komunitní plán",
        "span_kind": Grant.Range.MUNICIPALITY,
        "span_code": town.code,
        "span_name": town.name,
        "starts_on": date(2026, 1, 1),
        "ends_on": date(2028, 12, 31),
        "areas": ("Senioři", "Rodiny"),
    } | more
    return actions.plan_add(template=template, actor=actor or coordinator(), **values)


def add(plan: Plan, role: str, parent: Node | None, title: str, actor: Any = None) -> Node:
    level = Level.objects.get(plan=plan, role=role)
    return actions.node_add(plan=plan, parent=parent, level=level, title=title, actor=actor or coordinator())


def grown(plan: Plan, priorities: int = 1, goals: int = 1, measures: int = 2, activities: int = 2) -> Plan:
    """The plan (template "mesto") with so many children under each."""
    actor = coordinator()
    vision = add(plan, "vision", None, "Nikdo nezůstane sám", actor)
    for p in range(priorities):
        priority = add(plan, "priority", vision, f"Priorita {p}", actor)
        for g in range(goals):
            goal = add(plan, "goal", priority, f"Cíl {p} {g}", actor)
            for m in range(measures):
                measure = add(plan, "measure", goal, f"Opatření {p} {g} {m}", actor)
                for a in range(activities):
                    add(plan, "activity", measure, f"Aktivita {p} {g} {m} {a}", actor)
    return plan


def source(key: str = "kraj") -> MoneySource:
    return MoneySource.objects.get_or_create(key=key, defaults={"name": f"zdroj {key}"})[0]


def full_card(node: Node) -> CardDraft:
    """A card with something in every field."""
    MeasureKind.objects.get_or_create(key="rozvoj", defaults={"name": "rozvoj"})
    ExtraField.objects.create(plan=node.plan, name="Garant", sort="text")
    source("kraj")
    town = make.municipality("Lhota")
    service = make.service("Domácí pomoc", forms=["ter"])
    make.capacity(service.forms.get(), 12)
    above = grown(plan("mesto", title="Plán kraje"))
    return CardDraft(
        title="Přidat pečovatelky",
        text="Dojedou i do vesnic.",
        kind="rozvoj",
        area="Senioři",
        reason="Čeká 14 lidí.",
        impact="Nikdo nečeká.",
        responsible="město",
        responsible_person=make.person().pk,
        partners="obce\nfarnost",
        partner_providers=(service.provider.slug,),
        starts_on=date(2026, 1, 1),
        ends_on=date(2027, 12, 31),
        ongoing=True,
        agreement="Ano.",
        above=f"{above.slug}/1.1",
        importance=2,
        target_groups=(make.target_group().key,),
        municipalities=(town.code,),
        orps=(town.orp_id,),
        services=(service.slug,),
        steps=(StepDraft("1.1.1.b", "Výběr", "", "ředitelka", date(2026, 2, 1), None, Decimal(5000)),),
        costs=(CostDraft(2026, "operation", Decimal(12480)),),
        funding=(FundingDraft(2026, "operation", "kraj", Decimal(10000)),),
        capacities=(
            CapacityDraft(Decimal("2.5"), make.unit().key, service=service.slug, form="ter", since=date(2027, 1, 1)),
        ),
        evidence=(EvidenceDraft("Žádosti za rok", "https://example.org/"),),
        risks=(RiskDraft("Nenajdeme lidi", 2, 3, "Stipendia"),),
        extra=(ExtraDraft("Garant", "Nováková"),),
    )
