"""Reports: what is computed and what is unknown, sums, the chain, freezing, publishing, into the next plan."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from portal.fulfilment import progress, report_actions
from portal.fulfilment import report as reports
from portal.fulfilment.models import CarriedMeasure, ChainStep, FulfilmentReport, ProgressFile
from portal.fulfilment.progress import Part
from portal.fulfilment.report_actions import StepDraft
from portal.plan.models import CapacityChange, Card, Node, Plan, Step
from portal.plan.outcome_models import Outcome
from tests import make
from tests.fulfilment import years
from tests.plan import plans

pytestmark = pytest.mark.django_db
Sort = ChainStep.Sort


def begun(**more: Any) -> tuple[FulfilmentReport, list[Any]]:
    years.states()
    made = years.approve(years.chosen(years.approved_plan(**more)))
    return years.report(made.plan), list(made.items.order_by("node__code"))


def pass_all(report: FulfilmentReport) -> FulfilmentReport:
    while (step := report_actions.next_step(report)) is not None:
        report = report_actions.step_pass(
            report=report,
            order=step.order,
            day=timezone.localdate(),
            body="Rada města",
            resolution="R/3",
            actor=plans.coordinator(),
        )
    return report


# --- computed, typed, unknown ------------------------------------------------------------------------------------

parts = st.lists(
    st.builds(
        Part,
        st.none() | st.decimals(0, 1, places=2),
        st.none() | st.integers(0, 10**9).map(Decimal),
    )
)


@given(st.none() | st.integers(0, 100), parts)
def test_a_share_is_typed_computed_or_unknown(typed: int | None, of: list[Part]) -> None:
    made = progress.share(typed, of)
    known = [one.done for one in of if one.done is not None]
    if typed is not None:
        assert (made.percent, made.how) == (typed, progress.TYPED)
    elif not known:
        assert (made.percent, made.how) == (None, progress.UNKNOWN)
    else:
        assert made.how == progress.COMPUTED
        assert made.percent is not None
        assert min(known) * 100 - 1 <= made.percent <= max(known) * 100 + 1
        assert (made.known, made.parts) == (len(known), len(of))


def test_money_weighs_where_every_activity_has_its_cost() -> None:
    done, not_done = Decimal(1), Decimal(0)
    assert progress.share(None, [Part(done, Decimal(900)), Part(not_done, Decimal(100))]).percent == 90
    assert progress.share(None, [Part(done, Decimal(900)), Part(not_done)]).percent == 50
    assert progress.share(None, [Part(done, Decimal(9)), Part(None, Decimal(1))]).percent == 100


def test_activities_say_how_far_their_measure_is() -> None:
    plan = years.approved_plan(priorities=1, measures=1)
    years.states()
    nodes = list(Node.objects.filter(plan=plan, level__role__in=("measure", "activity")))
    items = years.approve(years.chosen(plan, nodes=nodes)).items.order_by("node__code")
    report = years.report(plan)
    measure, first, second = items
    Step.objects.update_or_create(node=first.node, defaults={"cost": 300})
    Step.objects.update_or_create(node=second.node, defaults={"cost": 100})
    assert reports.content(report)["items"][0]["share"]["how"] == progress.UNKNOWN
    years.say(first, "splneno")
    years.say(second, "nesplneno")
    share = reports.content(report)["items"][0]["share"]
    assert (share["percent"], share["how"], share["by_money"]) == (75, progress.COMPUTED, True)
    years.say(measure, "plni-se", share=40)
    assert reports.content(report)["items"][0]["share"]["percent"] == 40


@pytest.fixture
def promise() -> CapacityChange:
    """+4 beds of a service that had 10 when it was promised."""
    service = make.service("Domov Lípa", forms=["pob"])
    card = Card.objects.get_or_create(node=years.measures(years.approved_plan(measures=1, priorities=1))[0])[0]
    return CapacityChange.objects.create(
        card=card, service=service, kind=service.kind, form=make.form("pob"), unit=make.unit(), amount=4, baseline=10
    )


def told(promise: CapacityChange) -> progress.Reached:
    return progress.reached([promise])[promise.pk]


def test_capacity_reached_is_counted_from_the_catalogue(promise: CapacityChange) -> None:
    assert promise.service is not None
    held = promise.service.forms.get()
    make.capacity(held, 12)
    assert told(promise).change == 2
    assert told(promise).percent == 50
    make.capacity(held, 3, note="okamžitá")  # which of the two was meant, nobody knows
    assert told(promise).change is None


@pytest.mark.parametrize("case", ["no row", "empty", "no baseline", "another form", "no service"])
def test_what_the_catalogue_does_not_know_is_unknown_not_zero(promise: CapacityChange, case: str) -> None:
    assert promise.service is not None
    held = promise.service.forms.get()
    if case == "empty":
        make.capacity(held, None)
    elif case == "no baseline":
        make.capacity(held, 12)
        promise.baseline = None
    elif case == "another form":
        make.capacity(make.service_form(promise.service, "amb"), 12)
    elif case == "no service":
        promise.service, promise.service_id = None, None
    assert told(promise).change is None
    assert told(promise).percent is None


@pytest.mark.parametrize(("amount", "words"), [("2.50", "+2,5"), ("-4", "\u22124"), ("10", "+10"), ("0", "0")])
def test_changes_are_written_as_people_read_them(amount: str, words: str) -> None:
    assert reports.number(Decimal(amount)) == words


# --- counts and sums ---------------------------------------------------------------------------------------------


def test_counts_add_up_and_a_silent_measure_is_counted_as_silent() -> None:
    report, items = begun()
    years.say(items[0], "splneno", money={("operation", None): Decimal(1000), ("investment", None): Decimal(7)})
    years.say(items[1], "nesplneno")
    made = reports.content(report)
    assert made["total"] == 4
    assert sum(one["count"] for one in made["counts"]) == 4
    assert [(one["state"], one["count"]) for one in made["counts"]] == [
        ("splněno", 1),
        ("nesplněno", 1),
        (reports.NO_REPORT, 2),
    ]
    for key in ("by_priority", "by_area"):
        assert sum(one["total"] for one in made[key]) == 4
        assert all(sum(one["counts"]) == one["total"] for one in made[key])
    assert (made["planned"], made["spent"]) == (None, 1007)


@given(st.data())
def test_sums_of_a_report_are_sums_of_its_items(data: st.DataObject) -> None:
    amounts = st.lists(
        st.fixed_dictionaries(
            {
                "sort": st.sampled_from(["provoz", "investice"]),
                "source": st.sampled_from(["kraj", "obec"]),
                "amount": st.integers(0, 10**12),
            }
        ),
        max_size=3,
    )
    line: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
        {
            "is_measure": st.booleans(),
            "state": st.sampled_from(["splněno", "nesplněno", reports.NO_REPORT]),
            "shape": st.just("done"),
            "priority": st.sampled_from(["1", "2"]),
            "area": st.sampled_from(["A", "B"]),
            "planned": st.none(),
            "spent": st.none(),
            "planned_money": amounts,
            "spent_money": amounts,
        }
    )
    lines = data.draw(st.lists(line, max_size=6))
    made = reports.summed(lines, ["splněno", "nesplněno"])
    assert made["total"] == sum(one["is_measure"] for one in lines)
    assert sum(one["count"] for one in made["counts"]) == made["total"]
    for key, rows in (("planned", "planned_money"), ("spent", "spent_money")):
        amount = sum(row["amount"] for one in lines for row in one[rows])
        assert (made[key] or 0) == amount
        assert sum(row[key] or 0 for row in made["money"]) == amount


def test_the_whole_period_takes_the_last_word_and_the_money_of_all_years() -> None:
    report, items = begun(priorities=1, measures=1)
    years.say(items[0], "nesplneno", money={("operation", None): Decimal(100)})
    plan = report.plan
    second = years.approve(years.chosen(plan, 2027))
    years.report(plan, 2027)
    years.say(second.items.get(), "splneno", "Letos ano.", money={("operation", None): Decimal(50)})
    made = reports.content(years.report(plan, None))
    line = made["items"][0]
    assert (line["state"], line["spent"], made["years"]) == ("splněno", 150, [2026, 2027])
    assert [one["state"] for one in line["told"]] == ["nesplněno", "splněno"]


# --- the chain ---------------------------------------------------------------------------------------------------


def test_only_after_the_last_step_is_the_report_public(client: Client) -> None:
    report, items = begun()
    years.say(items[0], "splneno", "Vozíme obědy.")
    address = f"/plan/{report.plan.slug}/zprava/2026/"
    while (step := report_actions.next_step(report)) is not None:
        assert client.get(address).status_code == 404
        report = report_actions.step_pass(
            report=report, order=step.order, day=timezone.localdate(), body="RM", resolution="R/9",
            actor=plans.coordinator(),
        )  # fmt: skip
    page = client.get(address).content.decode()
    assert "Vozíme obědy." in page
    assert "usnesení R/9" in page


def test_steps_are_passed_in_their_order_once_and_with_their_resolution() -> None:
    report, _ = begun()
    actor, today = plans.coordinator(), timezone.localdate()

    def go(order: int, **more: Any) -> None:
        report_actions.step_pass(report=report, order=order, **({"day": today, "actor": actor} | more))

    with pytest.raises(ValidationError, match="postoupila"):
        go(2)
    with pytest.raises(ValidationError, match="nebyl"):
        go(1, day=today + timedelta(days=1))
    for order in (1, 2, 3):
        go(order)
    with pytest.raises(ValidationError, match="postoupila"):
        go(3)
    with pytest.raises(ValidationError, match="usnesení"):
        go(4)
    go(4, resolution="R/4", body="Rada města")
    go(5)
    assert FulfilmentReport.objects.get(pk=report.pk).published_at is not None


def test_an_approved_report_never_changes() -> None:
    report, items = begun()
    years.say(items[0], "splneno", "Pravda.")
    for order in (1, 2, 3):
        report_actions.step_pass(report=report, order=order, day=timezone.localdate(), actor=plans.coordinator())
    report = FulfilmentReport.objects.get(pk=report.pk)
    kept = report.frozen
    with pytest.raises(ValidationError, match="nemění"):
        years.say(items[1], "splneno")
    with pytest.raises(ValidationError, match="nemění"):
        report_actions.intro_set(report=report, intro="Jinak.", actor=plans.coordinator())
    Node.objects.update(title="Přepsáno")
    report = pass_all(report)
    assert FulfilmentReport.objects.get(pk=report.pk).frozen == kept
    assert "Přepsáno" not in str(kept)


def test_each_plan_has_its_own_chain() -> None:
    report, items = begun()
    years.say(items[0], "splneno")
    actor = plans.coordinator()
    short = [StepDraft(Sort.GATHER, "sbíráme"), StepDraft(Sort.PUBLISH, "na web")]
    report_actions.chain_set(plan=report.plan, steps=short, actor=actor)
    report = pass_all(report)
    assert [one.name for one in report.passed.all()] == ["sbíráme", "na web"]
    assert report.is_frozen  # nobody approves there, so that publishing closes it


@pytest.mark.parametrize(
    "steps",
    [
        [],
        [StepDraft(Sort.GATHER, "sbíráme")],
        [StepDraft(Sort.PUBLISH, "na web"), StepDraft(Sort.NOTE, "rada")],
        [StepDraft(Sort.PUBLISH, "na web"), StepDraft(Sort.PUBLISH, "na web znovu")],
        [StepDraft(Sort.GATHER, " "), StepDraft(Sort.PUBLISH, "na web")],
    ],
)
def test_a_chain_ends_by_publishing(steps: list[StepDraft]) -> None:
    with pytest.raises(ValidationError):
        report_actions.chain_set(plan=years.approved_plan(), steps=steps, actor=plans.coordinator())


def test_a_chain_does_not_get_shorter_than_what_a_report_has_passed() -> None:
    report, items = begun()
    years.say(items[0], "splneno")
    for order in (1, 2):
        report_actions.step_pass(report=report, order=order, day=timezone.localdate(), actor=plans.coordinator())
    short = [StepDraft(Sort.GATHER, "sbíráme"), StepDraft(Sort.PUBLISH, "na web")]
    with pytest.raises(ValidationError, match="delší"):
        report_actions.chain_set(plan=report.plan, steps=short, actor=plans.coordinator())


def test_a_report_needs_an_approved_action_plan() -> None:
    plan = years.approved_plan()
    years.chosen(plan)
    with pytest.raises(ValidationError, match="akční plán"):
        years.report(plan)
    with pytest.raises(ValidationError, match="akční plán"):
        years.report(plan, None)


def test_publishing_opens_attachments(client: Client) -> None:
    report, items = begun()
    client.force_login(plans.coordinator())
    file = SimpleUploadedFile("foto.png", make.picture(), "image/png")
    page = f"/sprava/plany/{report.plan.slug}/zpravy/2026/garanti/{items[0].pk}/"
    client.post(page, {"state": years.state("splneno").pk, "seen": 0, "file": file})
    pass_all(report)
    client.logout()
    kept = ProgressFile.objects.get().file
    assert kept.url in client.get(f"/plan/{report.plan.slug}/zprava/2026/").content.decode()
    assert client.get(kept.url).status_code == 200


# --- at the desk -------------------------------------------------------------------------------------------------


def test_the_desk_leads_a_report_through(client: Client) -> None:
    report, items = begun()
    years.say(items[0], "splneno")
    client.force_login(plans.coordinator())
    base = f"/sprava/plany/{report.plan.slug}/zpravy/2026/"
    assert client.post(f"{base}uvod/", {"intro": "Dobrý rok."}).status_code == 302
    assert client.post(f"{base}krok/", {"order": 1}).status_code == 422
    for order in range(1, 6):
        values = {"order": order, "day": timezone.localdate(), "body": "RM", "resolution": "R/1"}
        assert client.post(f"{base}krok/", values).status_code == 302
    assert "Dobrý rok." in client.get(f"/plan/{report.plan.slug}/zprava/2026/").content.decode()
    rows = {"name_0": "Sbírá se", "sort_0": "gather", "name_1": "Na web", "sort_1": "publish"}
    chain = f"/sprava/plany/{report.plan.slug}/cesta-zpravy/"
    assert client.post(chain, {"name_0": "Sbírá se", "sort_0": "gather"}).status_code == 422
    assert client.post(chain, rows).status_code == 302
    assert ChainStep.objects.filter(plan=report.plan).count() == 2


def queries(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as made:
        assert client.get(address).status_code == 200
    return len(made)


@pytest.mark.parametrize("part", ["", "garanti/"])
def test_ten_times_as_many_measures_ask_the_database_as_often(client: Client, part: str) -> None:
    client.force_login(plans.coordinator())
    counts = []
    for measures in (1, 10):
        report, items = begun(title=f"Plán {measures}", priorities=1, measures=measures, activities=0)
        for one in items:
            years.say(one, "splneno")
        counts.append(queries(client, f"/sprava/plany/{report.plan.slug}/zpravy/2026/{part}"))
    assert counts[0] == counts[1] <= 24


def test_the_public_report_asks_the_database_at_most_ten_times(client: Client) -> None:
    report, items = begun()
    years.say(items[0], "splneno")
    report = pass_all(report)
    assert queries(client, f"/plan/{report.plan.slug}/zprava/2026/") <= 10


# --- into the next plan ------------------------------------------------------------------------------------------


def test_what_was_not_finished_goes_into_the_plan_that_follows(client: Client) -> None:
    report, items = begun(priorities=1, measures=2)
    done, failed = items
    years.say(done, "splneno")
    years.say(failed, "nesplneno")
    old = report.plan
    Node.objects.filter(pk=failed.node_id).update(text="Najdeme byt.")
    draft = plans.grown(
        plans.plan(title="Nový plán", starts_on=date(2029, 1, 1), ends_on=date(2031, 12, 31), follows=old)
    )
    client.force_login(plans.coordinator())
    address = f"/sprava/plany/{old.slug}/do-noveho-planu/"
    page = client.get(address).content.decode()
    assert failed.node.title in page
    assert done.node.title not in page
    parent = Node.objects.get(plan=draft, code="1.1")
    wrong = Node.objects.get(plan=draft, code="1")
    assert client.post(address, {"origin": failed.node_id, "parent": wrong.pk}).status_code == 422
    assert client.post(address, {"origin": failed.node_id, "parent": parent.pk}).status_code == 302
    copy = CarriedMeasure.objects.get().copy
    assert (copy.plan, copy.code, copy.title, copy.text) == (draft, "1.1.3", failed.node.title, "Najdeme byt.")
    assert client.post(address, {"origin": failed.node_id, "parent": parent.pk}).status_code == 422
    assert "převzato" in client.get(address).content.decode()


def test_only_into_a_plan_that_follows() -> None:
    report, items = begun()
    stranger = plans.grown(plans.plan(title="Cizí plán"))
    with pytest.raises(ValidationError, match="navazuje"):
        report_actions.measure_carry(
            origin=items[0].node, parent=Node.objects.get(plan=stranger, code="1.1"), actor=plans.coordinator()
        )
    assert Plan.objects.get(pk=report.plan.pk).followed_by.count() == 0


# --- what others are told ----------------------------------------------------------------------------------------


def test_the_pages_of_the_plan_say_what_a_published_report_says_and_not_before(client: Client) -> None:
    report, items = begun()
    years.say(items[0], "splneno", "Vozíme obědy.")
    assert not Outcome.objects.exists()
    report = pass_all(report)
    told = Outcome.objects.get()
    assert (told.node, told.year, told.state.key, told.note) == (items[0].node, 2026, "splneno", "Vozíme obědy.")
    assert "Zpráva za rok 2026" in client.get(f"/plan/{report.plan.slug}/akcni-plan/").content.decode()


def test_the_desk_says_that_answers_are_late(client: Client) -> None:
    report, items = begun()
    years.say(items[0], "splneno")
    client.force_login(plans.coordinator())
    today = timezone.localdate()
    FulfilmentReport.objects.update(asked_on=today - timedelta(days=9), deadline=today)
    assert "chybějící odpovědi" not in client.get("/sprava/").content.decode()
    FulfilmentReport.objects.update(deadline=today - timedelta(days=1))
    page = client.get("/sprava/").content.decode()
    assert "3\u00a0chybějící odpovědi" in page
    assert f"/sprava/plany/{report.plan.slug}/zpravy/2026/garanti/" in page


def test_an_attachment_can_be_taken_off_until_the_report_is_approved(client: Client) -> None:
    report, items = begun()
    client.force_login(plans.coordinator())
    page = f"/sprava/plany/{report.plan.slug}/zpravy/2026/garanti/{items[0].pk}/"
    for name in ("foto.png", "leták.png"):
        file = SimpleUploadedFile(name, make.picture(), "image/png")
        seen = 0 if name == "foto.png" else 1
        client.post(page, {"state": years.state("splneno").pk, "seen": seen, "file": file})
    first, second = ProgressFile.objects.order_by("pk")
    assert f"{page}priloha/{first.pk}/odebrat/" in client.get(page).content.decode()
    other = page.replace(f"/{items[0].pk}/", f"/{items[1].pk}/")
    assert client.post(f"{other}priloha/{first.pk}/odebrat/").status_code == 404
    assert client.post(f"{page}priloha/{first.pk}/odebrat/").status_code == 302
    assert list(ProgressFile.objects.all()) == [second]
    pass_all(report)
    client.post(f"{page}priloha/{second.pk}/odebrat/")
    assert list(ProgressFile.objects.all()) == [second]
