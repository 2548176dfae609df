"""Two people may write the same part of a plan; the page says who else has it open, and no text is lost on the way."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import caches
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from portal.accounts.models import Person
from portal.chapters import actions as chapters
from portal.indicators import actions as indicators
from portal.indicators.models import Definition
from portal.plan import open_parts
from portal.plan.models import Node, Plan
from tests import make

from . import plans

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nothing_is_open() -> None:
    caches["default"].clear()


@pytest.fixture
def plan() -> Plan:
    return plans.grown(plans.plan())


def signed_in(name: str) -> Client:
    client = Client()
    client.force_login(make.person("coordinator", name=name))
    return client


def beat(client: Client, plan: Plan, part: int = 1, **said: str) -> Any:
    return client.post(reverse("plan:part_open", args=[plan.slug, "bod", part]), said)


def test_who_comes_second_learns_who_was_first_and_since_when(plan: Plan) -> None:
    jana, petr = signed_in("Jana"), signed_in("Petr")
    assert beat(jana, plan).json() == {"others": []}
    since = f"{timezone.localtime():%-H.%M}"
    assert beat(petr, plan).json() == {"others": [{"name": "Jana", "since": since}]}
    assert beat(jana, plan).json() == {"others": [{"name": "Petr", "since": since}]}
    assert beat(petr, plan, 2).json() == {"others": []}
    assert beat(petr, plan, leave="1").status_code == 204
    assert beat(jana, plan).json() == {"others": []}


def test_whoever_falls_silent_is_forgotten_and_whoever_stays_keeps_the_time_they_came(
    plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    jana, petr = make.person(name="Jana"), make.person(name="Petr")
    began = timezone.now()

    def at(seconds: int, person: Person) -> list[tuple[str, int]]:
        monkeypatch.setattr(timezone, "now", lambda: began + timedelta(seconds=seconds))
        others = open_parts.opened(plan, "bod-1", person)
        return [(one.name, (one.since - began).seconds) for one in others]

    assert at(0, jana) == []
    assert at(60, petr) == [("Jana", 0)]
    assert at(80, jana) == [("Petr", 60)]
    assert at(150, petr) == [("Jana", 0)]
    assert at(300, petr) == []


def test_whoever_may_not_write_the_plan_has_no_such_address(plan: Plan) -> None:
    client = Client()
    client.force_login(make.person("auditor"))
    assert beat(client, plan).status_code == 404


def test_forms_of_a_plan_warn_and_are_kept_while_they_are_typed(plan: Plan) -> None:
    jana = make.person("coordinator")
    client = Client()
    client.force_login(jana)
    measure = Node.objects.get(plan=plan, code="1.1.1")
    chapter = chapters.chapter_add(plan=plan, title="Úvod", text="", place="before", demanded=[], actor=jana)
    lide = Definition.objects.create(key="lide", name="Lidé", unit="lidé")
    one = indicators.indicator_add(node=measure, definition=lide, actor=jana)
    pages = {
        reverse("plan:node", args=[plan.slug, "1.1"]): "bod",
        reverse("plan:node", args=[plan.slug, "1.1.1"]): "bod",
        reverse("chapters:chapter_edit", args=[plan.slug, chapter.pk]): "kapitola",
        reverse("indicators:indicator", args=[plan.slug, one.pk]): "ukazatel",
    }
    for address, part in pages.items():
        page = client.get(address).content.decode()
        assert f'<who-else src="/sprava/plany/{plan.slug}/otevreno/{part}/' in page
        # The element of the page keeps every form that does not refuse it.
        assert "<keep-typed who=" in page
        assert 'data-keep="no"' not in page
