"""Indicators where people answer and where they read: what is typed, what is computed, the path drawn and in words."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any
from xml.etree import ElementTree

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from portal.fulfilment import asking, measured
from portal.fulfilment import report as reports
from portal.fulfilment.forms import ProgressForm
from portal.fulfilment.models import ActionItem, FulfilmentReport, Request
from portal.indicators.models import Actual, Definition, Indicator, Target
from portal.plan.models import Node
from tests.addresses import fulfilment as addresses
from tests.fulfilment import years
from tests.fulfilment.test_collecting import asked
from tests.fulfilment.test_reports import pass_all


def line(**more: Any) -> measured.Line:
    return {
        "name": "Lidé s pomocí",
        "unit": "lidé",
        "computed": False,
        "more_is_better": True,
        "baseline": "412",
        "baseline_year": 2023,
        "path": [[2024, "420", "418"], [2025, "440", None], [2026, "460", None]],
    } | more


numbers = st.none() | st.decimals(-(10**6), 10**9, places=2).map(lambda one: format(one, "f"))
lines = st.builds(
    lambda baseline, since, rows: line(
        baseline=baseline, baseline_year=since, path=[[2024 + at, *row] for at, row in enumerate(rows)]
    ),
    numbers,
    st.none() | st.integers(1990, 2040),
    st.lists(st.tuples(numbers, numbers), min_size=1, max_size=7),
)


@given(lines)
def test_a_drawing_is_whole_and_keeps_inside_its_frame(of: measured.Line) -> None:
    if not measured.is_drawn(of):
        return
    drawn = ElementTree.fromstring(measured.drawing(of))
    dots = [one for one in drawn.iter() if one.tag.endswith("circle")]
    known = [actual for _, _, actual in of["path"] if actual is not None]
    assert len(dots) == len(known) + (of["baseline"] is not None)
    for one in dots:
        assert 0 <= int(one.attrib["cx"]) <= measured.WIDTH
        assert 0 <= int(one.attrib["cy"]) <= measured.HEIGHT
    assert of["name"] in drawn.attrib["aria-label"]


def test_between_two_known_years_nothing_is_guessed() -> None:
    of = line(baseline=None, path=[[2024, "1", "1"], [2025, "2", None], [2026, "3", "4"]])
    drawn = measured.drawing(of)
    assert re.findall(r'class="a"', drawn) == []
    assert len(re.findall("<circle", drawn)) == 2
    assert "2025: cíl 2, skutečnost neznámo" in drawn


@pytest.mark.parametrize(
    ("more", "year", "verdict"),
    [
        ({}, 2024, False),
        ({"more_is_better": False}, 2024, True),
        ({}, 2025, None),
        ({"path": [[2024, "420", "420"]]}, 2024, True),
    ],
)
def test_a_target_is_met_missed_or_nobody_knows(more: dict[str, Any], year: int, verdict: bool | None) -> None:
    assert measured.reached(line(**more), year) is verdict


def test_words_say_value_target_beginning_and_what_is_computed() -> None:
    assert measured.sentence(line(), 2024) == "418 (lidé); cíl 420, na začátku 412 v roce 2023"
    assert measured.sentence(line(), 2025) == "neznámo (lidé); cíl 440, na začátku 412 v roce 2023"
    assert measured.sentence(line(computed=True, baseline=None), 2024).endswith(f"cíl 420; {measured.COMPUTED}")
    assert measured.number("12480.5") == "12\u00a0480,5"


# --- in the tables -----------------------------------------------------------------------------------------------


def indicator(node: Node, name: str = "Lidé s pomocí", key: str = "lide", formula: str = "") -> Indicator:
    of = Definition.objects.get_or_create(key=key, defaults={"name": name, "unit": "lidé", "formula": formula})[0]
    made = Indicator.objects.create(node=node, definition=of, baseline=Decimal(10), baseline_year=2025)
    for year in (2026, 2027, 2028):
        Target.objects.create(indicator=made, year=year, value=Decimal(year - 2000))
    return made


def opened(item: ActionItem, report: FulfilmentReport) -> str:
    """The address of the item behind the link of a letter."""
    today = timezone.localdate()
    Request.objects.create(
        report=report,
        email=item.email,
        token_hash=asking.token_hash(addresses.TOKEN),
        expires_on=today,
        written_on=today,
    )
    return f"/plneni/{addresses.TOKEN}/{item.pk}/"


@pytest.mark.django_db
def test_whoever_answers_types_the_values_and_sees_what_the_system_counts(client: Client) -> None:
    report, items = asked()
    typed = indicator(items[0].node)
    counted = indicator(items[0].node, "Služby v katalogu", key="sluzby", formula="services")
    Actual.objects.create(indicator=counted, year=2026, value=Decimal(7), computed=True)
    Actual.objects.create(indicator=typed, year=2026, value=Decimal(11), note="z výkazu")
    address = opened(items[0], report)
    page = client.get(address).content.decode()
    assert f'name="value_{typed.pk}"' in page
    assert f'name="value_{counted.pk}"' not in page
    assert "spočítal systém z katalogu" in page
    assert "Na začátku 10 (2025), cíl 26." in page

    answer = {"state": years.state("splneno").pk, "seen": 0, f"value_{typed.pk}": "12,5", f"value_{counted.pk}": "99"}
    assert client.post(address, answer).status_code == 302
    said = Actual.objects.get(indicator=typed, year=2026)
    assert (said.value, said.note, said.said_by) == (Decimal("12.5"), "z výkazu", None)
    assert Actual.objects.get(indicator=counted).value == 7
    assert client.post(address, answer | {"seen": 1, f"value_{typed.pk}": "hodně"}).status_code == 422
    assert client.post(address, answer | {"seen": 1, f"value_{typed.pk}": ""}).status_code == 302
    assert not Actual.objects.filter(indicator=typed).exists(), "an empty field is unknown, not zero"


@pytest.mark.django_db
def test_a_year_that_has_not_come_is_not_asked_about() -> None:
    _report, items = asked()
    indicator(items[0].node)
    items[0].action_plan.year = 2999
    assert ProgressForm(items[0], None).measured == []


@pytest.mark.django_db
def test_a_report_shows_the_path_as_it_was_when_it_was_approved(client: Client) -> None:
    report, items = asked()
    measure, goal = (
        indicator(items[0].node),
        indicator(Node.objects.get(plan=report.plan, code="1.1"), "Lidé v kurzech", "cil"),
    )
    for one in (measure, goal):
        Actual.objects.create(indicator=one, year=2026, value=Decimal(21))
        Actual.objects.create(indicator=one, year=2027, value=Decimal(22))
    years.say(items[0], "splneno")
    made = reports.content(report)
    (of,) = made["items"][0]["indicators"]
    assert of["path"] == [[2026, "26", "21"], [2027, "27", None], [2028, "28", None]]
    assert [one["code"] for one in made["goals"]] == ["1.1"]
    report = pass_all(report)
    Actual.objects.update(value=Decimal(5))
    page = client.get(f"/plan/{report.plan.slug}/zprava/2026/").content.decode()
    assert page.count("21 (lidé); cíl 26, na začátku 10 v roce 2025") == 2
    assert page.count('class="plan-path"') == 2
    assert "22" not in re.sub(r"<[^>]*>", "", page.partition("Ukazatele cílů")[2].partition("</section>")[0])


@pytest.mark.django_db
def test_the_report_on_the_whole_period_has_the_series_of_all_years() -> None:
    report, items = asked()
    of = indicator(items[0].node)
    years.approve(years.chosen(report.plan, 2027))
    for year in (2026, 2027):
        Actual.objects.create(indicator=of, year=year, value=Decimal(year - 2010))
    made = reports.content(years.report(report.plan, None))
    assert made["items"][0]["indicators"][0]["path"] == [[2026, "26", "16"], [2027, "27", "17"], [2028, "28", None]]
