"""Freezing a plan: what is kept, who may, and that nobody changes it afterwards."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, connection, transaction

from portal.accounts.models import Grant
from portal.audit.models import Deed
from portal.editions import actions, guard
from portal.editions.content import content_of, digest
from portal.editions.models import Edition
from portal.plan.models import CapacityChange, Cost, Funding, MoneySource, Node, Plan, Resolution
from tests import make
from tests.plan import plans

pytestmark = pytest.mark.django_db


@pytest.fixture
def plan() -> Plan:
    return plans.grown(plans.plan())


def approval(plan: Plan, sort: str = Resolution.Sort.APPROVAL) -> Resolution:
    return Resolution.objects.create(
        plan=plan, sort=sort, number="12/2026", body="Zastupitelstvo města", day=date(2026, 3, 1)
    )


def concept(plan: Plan, **more: Any) -> Edition:
    values: dict[str, Any] = {"sort": "concept", "name": "Koncept", "actor": plans.coordinator()} | more
    return actions.freeze(plan=plan, **values)


def test_frozen_content_is_the_plan_whole(plan: Plan) -> None:
    measure = Node.objects.measures().filter(plan=plan).first()
    assert measure is not None
    card = measure.card
    card.reason = "Lidé\r\nčekají."
    card.save()
    source = MoneySource.objects.create(key="kraj", name="Kraj")
    Cost.objects.create(card=card, year=2026, sort="operation", amount=9_999_999_999_999)
    Funding.objects.create(card=card, year=2026, sort="operation", source=source, amount=1)
    service = make.service()
    CapacityChange.objects.create(
        card=card, service=service, kind=service.kind, unit=make.unit(), amount=Decimal("2.50")
    )
    frozen = content_of(concept(plan).content)
    facts = next(node for node in frozen.nodes if node.code == measure.code).card
    assert facts is not None
    assert facts.reason == "Lidé\nčekají."
    assert [line.amount for line in facts.costs] == [9_999_999_999_999]
    assert facts.funding[0].source.name == "Kraj"
    assert str(facts.capacities[0].amount) == "2.5"
    assert [node.code for node in frozen.nodes] == ["V", "1", "1.1", "1.1.1", "1.1.1.a", "1.1.1.b", "1.1.2",
                                                    "1.1.2.a", "1.1.2.b"]  # fmt: skip
    assert [level.name for level in frozen.plan.levels][:2] == ["vize", "priorita"]


def decided(plan: Plan) -> Resolution:
    return Resolution(plan=plan, sort="approval", number="12/2026", body="Zastupitelstvo města", day=date(2026, 3, 1))


def test_what_is_put_on_view_or_approved_is_kept_as_an_edition(plan: Plan) -> None:
    jana = plans.coordinator()
    plan, consulted = actions.plan_decide(plan=plan, to="consulted", actor=jana)
    assert consulted is not None
    assert (consulted.sort, consulted.public, plan.state) == ("consultation", True, "consulted")
    plan, nothing = actions.plan_decide(plan=plan, to="drafting", actor=jana)
    plan, again = actions.plan_decide(plan=plan, to="consulted", actor=jana)
    assert (nothing, again) == (None, None), "the same words are one edition"
    Node.objects.filter(plan=plan, code="1.1.1").update(title="Pomoc i o víkendu")
    plan, approved = actions.plan_decide(plan=plan, to="approved", resolution=decided(plan), actor=jana)
    assert approved is not None
    assert (approved.sort, approved.public) == ("approved", True)
    assert str(approved.resolution) == "Zastupitelstvo města, usnesení 12/2026"
    assert "Pomoc i o víkendu" in {node.title for node in approved.frozen.nodes}
    assert actions.plan_decide(plan=plan, to="in_force", actor=jana)[1] is None


def test_a_plan_without_a_single_point_is_not_approved() -> None:
    empty = plans.plan()
    with pytest.raises(ValidationError, match="zatím nic není"):
        actions.plan_decide(plan=empty, to="approved", resolution=decided(empty), actor=plans.coordinator())
    empty.refresh_from_db()
    assert empty.state == "drafting"


def test_removed_nodes_are_not_in_it(plan: Plan) -> None:
    from portal.plan.actions import node_remove

    node_remove(node=Node.objects.get(plan=plan, code="1.1.2"), actor=plans.coordinator())
    assert "1.1.2" not in {node.code for node in concept(plan).frozen.nodes}


def test_freezing_takes_as_many_queries_for_any_size(django_assert_max_num_queries: Any) -> None:
    from portal.editions.capture import captured

    large = plans.grown(plans.plan(), measures=12)
    with django_assert_max_num_queries(20):
        captured(large)


def test_editions_are_numbered_and_told_in_the_journal(plan: Plan) -> None:
    assert [concept(plan).number, concept(plan).number] == [1, 2]
    assert Deed.objects.filter(verb="edition_frozen").count() == 2


def test_same_plan_has_the_same_digest(plan: Plan) -> None:
    first, second = concept(plan), concept(plan)
    assert first.digest == second.digest == digest(first.frozen)


@pytest.mark.parametrize("sort", ["approved", "change"])
def test_approved_edition_needs_its_own_resolution(plan: Plan, sort: str) -> None:
    for resolution in (None, approval(plan, Resolution.Sort.NOTE), approval(plans.plan(title="Jiný"))):
        with pytest.raises(ValidationError, match="usnesení"):
            concept(plan, sort=sort, resolution=resolution)
    assert not Edition.objects.exists()


def test_empty_plan_is_not_frozen() -> None:
    with pytest.raises(ValidationError, match="nic není"):
        concept(plans.plan())


def test_who_does_not_write_the_plan_does_not_freeze_it(plan: Plan) -> None:
    for actor in (make.person(Grant.Role.AUDITOR), make.person(Grant.Role.PROVIDER_HEAD)):
        with pytest.raises(PermissionDenied):
            concept(plan, actor=actor)


# --- nothing changes any more ---------------------------------------------------------------------------------


@pytest.fixture
def approved(plan: Plan) -> Edition:
    if "editions" in settings.MIGRATION_MODULES:  # the tests run without migrations: what they would install
        with connection.cursor() as cursor:
            for statement in guard.INSTALLED[connection.vendor]:
                cursor.execute(statement)
    return concept(plan, sort="approved", resolution=approval(plan))


def test_approved_edition_is_public_and_never_altered_or_deleted(approved: Edition) -> None:
    assert approved.public
    approved.name = "Jiné"
    for change in (
        approved.save,
        approved.delete,
        Edition.objects.all().delete,
        lambda: Edition.objects.update(name="Jiné"),
        lambda: actions.withdraw(edition=approved, actor=plans.coordinator()),
    ):
        with pytest.raises(ValidationError):
            change()
    assert Edition.objects.get().name == "Koncept"


def test_plan_with_an_edition_is_not_deleted(approved: Edition) -> None:
    from django.db.models import ProtectedError

    with pytest.raises(ProtectedError):
        approved.plan.delete()


@pytest.mark.parametrize("field", [name for name in guard.FROZEN if name != "resolution_id"])
def test_the_database_itself_refuses_to_alter_a_frozen_edition(approved: Edition, field: str) -> None:
    with pytest.raises(DatabaseError, match="never altered"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE editions_edition SET {field} = {field}")


def deleted_by_hand() -> None:
    """On SQLite tables are emptied row by row, so there only Django refuses."""
    if connection.vendor == "sqlite":
        Edition.objects.all().delete()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM editions_edition")


def test_approved_edition_is_not_deleted_by_hand(approved: Edition) -> None:
    with pytest.raises((DatabaseError, ValidationError)), transaction.atomic():
        deleted_by_hand()


def test_concept_is_published_withdrawn_and_may_go(plan: Plan) -> None:
    edition = concept(plan)
    assert not edition.public
    actions.publish(edition=edition, actor=plans.coordinator())
    assert Edition.objects.public().get() == edition
    actions.withdraw(edition=edition, actor=plans.coordinator())
    assert not Edition.objects.public().exists()
    assert list(Deed.objects.order_by("pk").values_list("verb", flat=True))[-2:] == [
        "edition_published",
        "edition_withdrawn",
    ]


def test_document_once_kept_stays(plan: Plan) -> None:
    edition = concept(plan)
    first = actions.keep(edition=edition, part="", form="json", made=b"{}")
    second = actions.keep(edition=edition, part="", form="json", made=b"{ }")
    assert first == second
    with first.content.open() as stored:
        assert stored.read() == b"{}"
