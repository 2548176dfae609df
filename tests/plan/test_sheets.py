"""A plan as a table: it goes out and comes back the same, new points are put where they belong, nothing is lost."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.http import Http404
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from portal.accounts.models import Grant, Person
from portal.audit.models import Deed
from portal.plan import actions as plan_actions
from portal.plan import card_actions, cards, codelists, tree
from portal.plan.cards import CardDraft, CostDraft, EvidenceDraft, ExtraDraft, FundingDraft
from portal.plan.models import ExtraField, MeasureKind, MoneySource, Node, Plan, Resolution
from portal.tables import actions, sheets
from portal.tables.columns import OneOf, known_heading
from portal.tables.lists import written_table_for
from portal.tables.lists.plan_columns import Crowns, Paid, Proofs
from portal.tables.models import TableImport
from portal.web.cells import MARK, csv_text
from tests import make

from . import plans

db = pytest.mark.django_db
State = TableImport.State


@pytest.fixture
def coordinator() -> Person:
    codelists.load()
    person: Person = plans.coordinator()
    return person


@pytest.fixture
def plan(coordinator: Person) -> Plan:
    """V > 1 > 1.1 > 1.1.1 and 1.1.2, each with activities a and b."""
    return plans.grown(plans.plan(actor=coordinator))


def slug(plan: Plan, word: str = "opatreni") -> str:
    return f"{word}-{plan.pk}"


def bring(person: Person, plan: Plan, *rows: dict[str, str], word: str = "opatreni") -> TableImport:
    headings = list(dict.fromkeys(name for row in rows for name in row))
    body = [[row.get(name, "") for name in headings] for row in rows]
    content = (MARK + csv_text([headings, *body])).encode()
    run, _ = actions.upload(slug=slug(plan, word), file_name="plan.csv", content=content, person=person)
    return run


def done(person: Person, plan: Plan, *rows: dict[str, str], word: str = "opatreni") -> TableImport:
    run = bring(person, plan, *rows, word=word)
    assert run.state == State.CHECKED, (run.state, run.message)
    actions.confirm(run=run, person=person)
    run.refresh_from_db()
    return run


def node(plan: Plan, code: str) -> Node:
    return Node.objects.select_related("plan", "level", "parent").get(plan=plan, code=code)


def card(plan: Plan, code: str = "1.1.1") -> CardDraft:
    return cards.read(node(plan, code))


def fill(plan: Plan, person: Person, code: str = "1.1.1", **values: Any) -> None:
    one = node(plan, code)
    draft = replace(cards.read(one), **values)
    card_actions.card_save(node=one, draft=draft, seen=one.version, actor=person)


def filled(plan: Plan, person: Person) -> None:
    """A card with something in every column that goes out."""
    ExtraField.objects.create(plan=plan, name="Garant", sort="text")
    ExtraField.objects.create(plan=plan, name="Hodnocení", sort="number")
    ExtraField.objects.create(plan=plan, name="Schůzka", sort="date")
    town = make.municipality("Lhota")
    make.target_group("seniori", name="senioři")
    fill(
        plan,
        person,
        text="=Dojedou;\n„i do vesnic“",
        kind="rozvoj",
        area="Senioři",
        responsible="město Svornov",
        partners="charita\nobce",
        starts_on=date(2026, 1, 1),
        ends_on=date(2027, 6, 30),
        target_groups=("seniori",),
        municipalities=(town.code,),
        reason="Lidé čekají.",
        costs=(
            CostDraft(2026, "operation", Decimal(1200000)),
            CostDraft(2027, "investment", Decimal(0)),
            CostDraft(2031, "operation", Decimal(5)),
        ),
        funding=(
            FundingDraft(2026, "operation", "kraj", Decimal(700000)),
            FundingDraft(2026, "operation", "uhrady", Decimal(1)),
        ),
        evidence=(EvidenceDraft("Analýza potřeb", "https://example.org/a"), EvidenceDraft("Čekárny (2025)")),
        extra=(ExtraDraft("Garant", "Jana"), ExtraDraft("Hodnocení", "2.5"), ExtraDraft("Schůzka", "2027-01-31")),
    )


# --- there and back ----------------------------------------------------------------------------------------------


@db
@pytest.mark.parametrize("form", ["csv", "xlsx"])
@pytest.mark.parametrize(("word", "rows"), [("opatreni", 5), ("aktivity", 4)])
def test_a_plan_that_comes_back_as_it_went_out_changes_nothing(
    client: Client, plan: Plan, coordinator: Person, word: str, rows: int, form: str
) -> None:
    filled(plan, coordinator)
    client.force_login(coordinator)
    answer = client.get(f"/sprava/tabulky/{slug(plan, word)}.{form}")
    assert plan.slug in answer["Content-Disposition"]
    content = b"".join(answer)
    run, _ = actions.upload(slug=slug(plan, word), file_name=f"x.{form}", content=content, person=coordinator)
    assert (run.state, run.rows, run.message) == (State.UNCHANGED, [], "")
    assert run.counts["read"] == rows


@db
def test_the_workbook_says_the_same_sums_as_the_card(client: Client, plan: Plan, coordinator: Person) -> None:
    filled(plan, coordinator)
    client.force_login(coordinator)
    rows = [cells for _, cells in sheets.read(b"".join(client.get(f"/sprava/tabulky/{slug(plan)}.xlsx")))]
    by_code = {row["kod"]: row for row in rows}
    assert [row["kod"] for row in rows] == ["V", "1", "1.1", "1.1.1", "1.1.2"], "in the order of the tree"
    measure = by_code["1.1.1"]
    assert measure[known_heading("provoz 2026 Kč")] == "1200000"
    assert measure[known_heading("zdroje 2026 provoz")].endswith("úhrady uživatelů, nerozdělené: 1")
    assert measure[known_heading("investice 2027 Kč")] == "0", "free is not unknown"
    assert measure[known_heading("provoz 2027 Kč")] == ""
    assert measure[known_heading("provoz 2031 Kč")] == "5", "an amount outside the period is not lost"
    money = card(plan).money
    assert measure[known_heading("náklady celkem Kč")] == str(money.cost())
    assert measure[known_heading("chybí Kč")] == str(money.difference())
    assert by_code["1.1"][known_heading("náklady celkem Kč")] == ""


@db
def test_cells_change_the_card_and_can_be_taken_back(plan: Plan, coordinator: Person) -> None:
    filled(plan, coordinator)
    before = card(plan)
    row = {
        "kód": "1.1.1",
        "název": "Víc pečovatelek",
        "pracovní skupina": "Rodiny",
        "do": "31. 12. 2028",
        "provoz 2026 Kč": "1 300 000 Kč",
        "provoz 2028 Kč": "10",
        "zdroje 2026 provoz": "dary: 5; dotace obcí: 7 000",
        "doklady potřebnosti": "Dotazník",
        "vlastní: Hodnocení": "3,5",
    }
    run = done(coordinator, plan, row, {"kód": "1.1", "název": "Doma co nejdéle"})
    assert (run.state, run.counts["written"]) == (State.DONE, 2)
    after = card(plan)
    assert (after.title, after.area, after.ends_on) == ("Víc pečovatelek", "Rodiny", date(2028, 12, 31))
    assert after.money.by_year == {2026: 1300000, 2027: 0, 2028: 10, 2031: 5}
    assert {one.source: one.amount for one in after.funding} == {"dary": 5, "obce": 7000}
    assert after.evidence == (EvidenceDraft("Dotazník"),)
    assert {one.field: one.value for one in after.extra} == {
        "Garant": "Jana",
        "Hodnocení": "3.5",
        "Schůzka": "2027-01-31",
    }
    assert after.steps == before.steps
    assert after.responsible == before.responsible
    assert node(plan, "1.1").title == "Doma co nejdéle"
    assert Deed.objects.filter(verb="plan_card_changed").count() == 2
    actions.undo(run=run, person=coordinator)
    assert card(plan) == before
    assert node(plan, "1.1").title == "Cíl 0 0"


@db
def test_new_points_stand_where_their_row_or_their_code_says(plan: Plan, coordinator: Person) -> None:
    run = done(
        coordinator,
        plan,
        {"kód": "2", "úroveň": "priorita", "název": "Rodiny"},
        {"kód": "2.1", "nadřazený bod": "2", "název": "Včasná pomoc"},
        {"kód": "2.1.1", "název": "Terénní práce", "kdo odpovídá": "město", "provoz 2026 Kč": "50 000"},
        {"kód": "", "nadřazený bod": "1.1", "název": "Bez kódu"},
    )
    assert [row["errors"] for row in run.rows] == [[], [], [], []]
    assert run.counts["written"] == 4, [(one["errors"], one["why"]) for one in run.rows]
    assert node(plan, "2.1.1").parent == node(plan, "2.1")
    assert node(plan, "2").parent == node(plan, "V"), "the only vision there is"
    assert (card(plan, "2.1.1").responsible, int(card(plan, "2.1.1").money.cost())) == ("město", 50000)
    assert node(plan, "1.1.3").title == "Bez kódu"
    actions.undo(run=run, person=coordinator)
    assert [one.node.code for one in tree.read(plan).walk() if one.level.role != "activity"] == [
        "V", "1", "1.1", "1.1.1", "1.1.2",
    ]  # fmt: skip
    assert node(plan, "2.1.1").removed_at is not None, "its code is never given again"


@db
@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({"kód": "9.9.9", "název": "Nikam"}, "Nevíme, kam"),
        ({"kód": "9.9.9", "úroveň": "opatření", "nadřazený bod": "9.9", "název": "Nikam"}, "9.9 v plánu není"),
        ({"kód": "1.2", "úroveň": "opatření", "nadřazený bod": "1", "název": "Příliš vysoko"}, "nemůže být pod"),
        (
            {"kód": "1.2.1", "úroveň": "aktivita", "nadřazený bod": "1.1.1", "název": "Jinam"},
            "nepatří|v číselníku není",
        ),
        ({"kód": "2003-02-01", "název": "Z datumu"}, "není kód"),
        ({"kód": "1.2", "nadřazený bod": "1", "název": "Cíl", "kdo odpovídá": "město"}, "má jen opatření"),
        ({"kód": "1.1.7", "název": ""}, "chybí název"),
        ({"kód": "1.1.1", "nadřazený bod": "V"}, "nemůže být pod"),
        ({"kód": "1.1.1", "název": ""}, "nesmí být prázdno"),
        ({"kód": "1.1.1", "provoz 2026 Kč": "12,50"}, "celých korunách"),
        ({"kód": "1.1.1", "provoz 2026 Kč": "-5"}, "celých korunách"),
        ({"kód": "1.1.1", "zdroje 2026 provoz": "kouzelník: 5"}, "kouzelník"),
        ({"kód": "1.1.1", "zdroje 2026 provoz": "dary 5"}, "dvojtečku"),
        ({"kód": "1.1.9", "název": "Pryč", "vyřadit": "ano"}, "nejde rovnou vyřadit"),
    ],
)
def test_what_makes_no_sense_is_told_and_not_written(
    plan: Plan, coordinator: Person, row: dict[str, str], words: str
) -> None:
    import re

    run = bring(coordinator, plan, row)
    assert re.search(words, " ".join(run.rows[0]["errors"])), run.rows
    assert run.counts.get("error") == 1
    assert Node.objects.filter(plan=plan).count() == 9


@db
def test_rows_that_are_missing_stay_and_leaving_is_said_aloud(plan: Plan, coordinator: Person) -> None:
    run = done(
        coordinator,
        plan,
        {"kód": "1.1", "název": "Cíl 0 0", "vyřadit": "ano"},
        {"kód": "1.1.1", "vyřadit": "ano", "název": "Zbytečně"},
    )
    assert run.rows[1]["notices"] == ["Vyřadí se spolu s bodem 1.1."]
    assert [one.node.code for one in tree.read(plan).walk()] == ["V", "1"]
    again = bring(coordinator, plan, {"kód": "1.1", "název": "Zpátky"})
    assert "vyřazený" in again.rows[0]["errors"][0]
    actions.undo(run=run, person=coordinator)
    assert len(tree.read(plan).measures()) == 2, "with all that left with it"
    assert card(plan).title == "Opatření 0 0 0"


@db
def test_a_point_is_moved_with_its_code(plan: Plan, coordinator: Person) -> None:
    goal = plans.add(plan, "goal", node(plan, "1"), "Druhý cíl", coordinator)
    done(coordinator, plan, {"kód": "1.1.1", "nadřazený bod": goal.code})
    assert node(plan, "1.1.1").parent == goal
    assert card(plan).title == "Opatření 0 0 0"


@db
def test_what_somebody_changed_meanwhile_is_left_alone(plan: Plan, coordinator: Person) -> None:
    run = bring(coordinator, plan, {"kód": "1.1.1", "kdo odpovídá": "město"}, {"kód": "1.1.2", "kdo odpovídá": "město"})
    fill(plan, coordinator, responsible="charita")
    actions.confirm(run=run, person=coordinator)
    run.refresh_from_db()
    assert [row["result"] for row in run.rows] == ["skipped", "written"]
    assert card(plan).responsible == "charita"


@db
def test_activities_come_back_through_the_card_of_their_measure(plan: Plan, coordinator: Person) -> None:
    run = done(
        coordinator,
        plan,
        {
            "kód": "1.1.1.a",
            "název": "Aktivita 0 0 0 0",
            "od": "1. 3. 2026",
            "náklady Kč": "12 480",
            "kdo odpovídá": "město",
        },
        {"kód": "1.1.1.z", "název": "Nábor", "náklady Kč": "0"},
        {"kód": "", "nadřazený bod": "1.1.2", "název": "Školení"},
        {"kód": "1.1.2.a", "název": "Aktivita 0 0 1 0", "vyřadit": "ano"},
        word="aktivity",
    )
    assert run.counts["written"] == 4, [(one["errors"], one["why"]) for one in run.rows]
    steps = {one.code: one for one in (*card(plan).steps, *card(plan, "1.1.2").steps)}
    assert sorted(steps) == ["1.1.1.a", "1.1.1.b", "1.1.1.z", "1.1.2.b", "1.1.2.c"]
    assert (steps["1.1.1.a"].cost, steps["1.1.1.a"].starts_on) == (Decimal(12480), date(2026, 3, 1))
    assert steps["1.1.1.z"].cost == 0
    assert steps["1.1.2.c"].title == "Školení"
    actions.undo(run=run, person=coordinator)
    assert [one.code for one in card(plan).steps] == ["1.1.1.a", "1.1.1.b"]
    assert card(plan).steps[0].cost is None
    assert [one.code for one in card(plan, "1.1.2").steps] == ["1.1.2.a", "1.1.2.b"]


@db
def test_an_approved_plan_goes_out_and_takes_nothing_in(plan: Plan, coordinator: Person) -> None:
    run = bring(coordinator, plan, {"kód": "1.1.1", "kdo odpovídá": "město"})
    decided = Resolution(sort="approval", number="1/2026", body="zastupitelstvo", day=date(2026, 1, 1))
    plan_actions.plan_move(plan=plan, to="approved", actor=coordinator, resolution=decided)
    actions.confirm(run=run, person=coordinator)
    run.refresh_from_db()
    assert (run.rows[0]["result"], card(plan).responsible) == ("skipped", "")
    late = bring(coordinator, plan, {"kód": "1.1.1", "název": "Jinak"}, {"kód": "1.1.8", "název": "Nové"})
    assert "měnit nejde" in late.rows[0]["notices"][0]
    assert "schválený" in late.rows[1]["errors"][0]


# --- who may, and how much it costs ------------------------------------------------------------------------------


@db
def test_the_plan_of_another_territory_is_not_there(client: Client, plan: Plan) -> None:
    town = make.municipality("Jinde")
    stranger = make.person()
    Grant.objects.create(person=stranger, role="coordinator", range_kind="municipality", range_code=town.code)
    for word in ("opatreni", "aktivity"):
        with pytest.raises(PermissionDenied):
            written_table_for(slug(plan, word), stranger)
        client.force_login(stranger)
        for end in ("/", ".csv", ".xlsx", "/nahrat/"):
            assert client.get(f"/sprava/tabulky/{slug(plan, word)}{end}").status_code == 404
    for name in ("opatreni-0", "opatreni-999999", "opatreni-x", f"cokoli-{plan.pk}", "opatreni-" + "9" * 30):
        with pytest.raises(Http404):
            written_table_for(name, plans.coordinator())


@db
def test_an_auditor_takes_it_away_and_writes_nothing(client: Client, plan: Plan) -> None:
    client.force_login(make.person("auditor"))
    assert client.get(f"/sprava/tabulky/{slug(plan)}.csv").status_code == 200
    assert client.get(f"/sprava/tabulky/{slug(plan)}/").status_code == 404
    assert client.get(f"/sprava/tabulky/{slug(plan)}/nahrat/").status_code == 404


@db
def test_the_keyboard_table_saves_a_cell(client: Client, plan: Plan, coordinator: Person) -> None:
    client.force_login(coordinator)
    page = client.get(f"/sprava/tabulky/{slug(plan)}/?q=opatření")
    assert page.status_code == 200
    assert [row.title for row in page.context["grid"].rows] == ["1.1.1 Opatření 0 0 0", "1.1.2 Opatření 0 0 1"]
    row = page.context["grid"].rows[0]
    address = f"/sprava/tabulky/{slug(plan)}/radek/{row.number}/"
    answer = client.post(address, {"seen": row.seen, "responsible": "město"})
    assert answer.status_code == 200
    assert card(plan).responsible == "město"
    assert client.post(address, {"seen": row.seen, "responsible": "kraj"}).status_code == 409
    again = client.post(address, {"seen": answer.json()["seen"], "starts_on": "2. 1. 2027", "ends_on": "1. 1. 2027"})
    assert again.status_code == 422
    assert "ends_on" in again.json()["errors"]


@db
@pytest.mark.parametrize("word", ["opatreni", "aktivity"])
def test_as_many_queries_for_many_points_as_for_few(client: Client, plan: Plan, coordinator: Person, word: str) -> None:
    filled(plan, coordinator)
    client.force_login(coordinator)

    def counted() -> int:
        with CaptureQueriesContext(connection) as queries:
            b"".join(client.get(f"/sprava/tabulky/{slug(plan, word)}.csv"))
        return len(queries)

    few = counted()
    goal = node(plan, "1.1")
    for number in range(20):
        measure = plans.add(plan, "measure", goal, f"Další {number}", coordinator)
        plans.add(plan, "activity", measure, "Krok", coordinator)
    assert counted() == few


# --- sorts -------------------------------------------------------------------------------------------------------

amounts = st.integers(0, 10**13 - 1).map(Decimal)
SOURCES = [("a", "dotace obcí"), ("b", "dary; sbírky"), ("c", "úhrady: péče"), ("d", "ze zahraničí 2")]


@given(amounts)
def test_crowns_are_read_back_whatever_writes_them(amount: Decimal) -> None:
    sort = Crowns()
    written = sort.show(amount)
    assert sort.clean(written) == amount
    for text in (f"{amount:,}".replace(",", "\u00a0"), f"{written},00", f"{written},-", f" {written} Kč"):
        assert sort.clean(text) == amount


@given(st.dictionaries(st.sampled_from([key for key, _ in SOURCES]), amounts))
def test_who_pays_is_read_back(paid: dict[str, Decimal]) -> None:
    sort = Paid(OneOf(SOURCES, required=True), listed=True)
    assert dict(sort.clean(sort.show(paid.items()))) == paid


@given(
    st.lists(
        st.tuples(
            st.from_regex(r"[a-zž]( ?[a-zž(]){0,20}", fullmatch=True), st.sampled_from(["", "/a", "https://x.cz/b"])
        )
    )
)
def test_proofs_are_read_back(proofs: list[tuple[str, str]]) -> None:
    sort = Proofs(9999)
    assert list(sort.clean(sort.show(proofs))) == proofs


def test_an_unknown_amount_is_no_amount() -> None:
    assert Crowns().clean("") is None
    assert Crowns().show(None) == ""
    assert Crowns().show(Decimal(0)) == "0"


@db
def test_kinds_and_sources_are_those_of_the_lists(coordinator: Person) -> None:
    assert MeasureKind.objects.exists()
    assert MoneySource.objects.exists()
