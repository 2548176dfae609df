"""Code lists of plans: loaded by one command with the catalogue's, kept at the same desk."""

import csv
from decimal import Decimal

import pytest
from django.core.management import call_command
from django.test import Client

from portal.audit.models import Deed
from portal.plan import codelists
from portal.plan.models import FulfilmentState, MeasureKind, MoneySource
from tests import make

pytestmark = pytest.mark.django_db
PARTLY = {"name": "splněno částečně", "explained": "on", "weight": "0.4", "order": "5"}


def test_one_command_loads_them_and_a_second_run_writes_nothing() -> None:
    call_command("load_lists", verbosity=0)
    for name, model in codelists.FILES.items():
        with (codelists.LISTS / f"{name}.csv").open(encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        assert [item.key for item in model._default_manager.all()] == [row["key"] for row in rows]
    again = codelists.load()
    assert not again.wrote
    assert not again.wrong


def test_payments_of_clients_can_be_told_apart() -> None:
    codelists.load()
    assert MoneySource.objects.filter(key__startswith="uhrady-").count() == 4
    assert MeasureKind.objects.count() == 6


def test_what_did_not_go_well_must_be_explained_and_unknown_is_no_number() -> None:
    codelists.load()
    explained = FulfilmentState.objects.filter(explained=True).values_list("key", flat=True)
    assert set(explained) == {"castecne", "nesplneno", "zruseno", "presunuto"}
    weights = dict(FulfilmentState.objects.values_list("key", "weight"))
    assert weights["splneno"] == 1
    assert weights["castecne"] == Decimal("0.5")
    assert weights["plni-se"] is None


def test_a_state_is_edited_at_the_desk_and_brought_back(client: Client) -> None:
    codelists.load()
    client.force_login(make.person("coordinator"))
    index = client.get("/sprava/ciselniky/").content.decode()
    assert all(title in index for title in ("Zdroje peněz", "Typy opatření", "Stavy plnění", "Druhy služeb"))
    page = client.get("/sprava/ciselniky/stavy-plneni/").content.decode()
    assert "splněno částečně" in page
    assert "Úřední kód" not in page
    assert client.post("/sprava/ciselniky/stavy-plneni/castecne/", PARTLY).status_code == 302
    assert FulfilmentState.objects.get(key="castecne").weight == Decimal("0.4")
    codelists.load()
    assert FulfilmentState.objects.get(key="castecne").weight == Decimal("0.4"), "a person's word stays"
    deed = Deed.objects.get(verb="list_item_changed")
    back = f"/sprava/ciselniky/obnovit/{deed.pk}/"
    told = client.get(back)
    assert "splněný díl" in told.content.decode().lower()
    assert client.post(back, {"seen": told.context["seen"]}).status_code == 302
    assert FulfilmentState.objects.get(key="castecne").weight == Decimal("0.5")


@pytest.mark.parametrize("weight", ["1.5", "-1", "půl"])
def test_a_share_is_between_nothing_and_all(client: Client, weight: str) -> None:
    codelists.load()
    client.force_login(make.person("coordinator"))
    answer = client.post("/sprava/ciselniky/stavy-plneni/castecne/", PARTLY | {"weight": weight})
    assert answer.status_code == 422
    assert FulfilmentState.objects.get(key="castecne").weight == Decimal("0.5")


def test_a_list_can_be_taken_away_as_a_table(client: Client) -> None:
    codelists.load()
    client.force_login(make.person("auditor"))
    answer = client.get("/sprava/tabulky/ciselnik-stavy-plneni.csv")
    text = b"".join(answer).decode()
    assert "splněný díl" in text
    assert "přesunuto do dalšího období" in text
