"""Many cards on one page: saved row by row, with script and without; nobody overwrites anybody silently."""

import re
from datetime import date
from typing import Any

import pytest
from django.test import Client

from portal.accounts.models import Grant, Person
from portal.catalogue.models import Service, Source
from tests import make

pytestmark = pytest.mark.django_db
GRID = "/sprava/tabulky/sluzby/"


@pytest.fixture
def coordinator() -> Person:
    return make.person("coordinator")


@pytest.fixture
def desk(client: Client, coordinator: Person) -> Client:
    client.force_login(coordinator)
    return client


def service(name: str = "Pečovatelka", **more: Any) -> Service:
    return make.service(name, at=make.municipality("Lhota"), source=Source.NATIONAL, **more)


def typed(desk: Client, address: str = GRID) -> dict[str, str]:
    """What the page without script sends as it stands."""
    grid = desk.get(address).context["grid"]
    data = {f"seen.{row.number}": row.seen for row in grid.rows}
    return data | {f"{row.number}.{cell.column.key}": cell.text for row in grid.rows for cell in row.cells}


def test_a_page_without_script_saves_the_rows_that_differ(desk: Client) -> None:
    first, second = service("A"), service("B")
    answer = desk.post(GRID, typed(desk) | {f"{first.pk}.waiting": "den", f"{first.pk}.phone": "777 111 222"})
    assert answer.status_code == 302
    assert "Uloženo: A." in desk.get(GRID).content.decode()
    first.refresh_from_db()
    assert (first.waiting, first.contacts.get().value) == ("den", "777 111 222")
    assert Service.objects.get(pk=second.pk).changed_at == second.changed_at


def test_what_was_typed_wrong_stays_at_its_cell_and_the_rest_is_saved(desk: Client) -> None:
    bad, good = service("A"), service("B")
    answer = desk.post(GRID, typed(desk) | {f"{bad.pk}.verified_on": "kdysi", f"{good.pk}.waiting": "den"})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "„kdysi“ není datum" in page
    assert re.search(r"aria-invalid=\"true\"[^>]*>\s*kdysi</textarea>", page)
    assert Service.objects.get(pk=good.pk).waiting == "den"


def test_a_row_saved_by_somebody_else_is_not_overwritten(desk: Client) -> None:
    one = service()
    page = typed(desk)
    Service.objects.filter(pk=one.pk).update(waiting="týden")
    answer = desk.post(GRID, page | {f"{one.pk}.waiting": "den"})
    assert answer.status_code == 409
    assert "Teď tu je: týden" in answer.content.decode()
    assert Service.objects.get(pk=one.pk).waiting == "týden"
    row = answer.context["grid"].rows[0]
    assert desk.post(GRID, page | {f"seen.{one.pk}": row.seen, f"{one.pk}.waiting": "den"}).status_code == 302
    assert Service.objects.get(pk=one.pk).waiting == "den"


def test_a_row_saves_itself(desk: Client) -> None:
    one = service()
    seen = desk.get(GRID).context["grid"].rows[0].seen
    address = f"{GRID}radek/{one.pk}/"
    answer = desk.post(address, {"seen": seen, "phone": " 777  111 222 ", "cost": "ZDARMA"})
    assert answer.status_code == 200
    assert answer.json()["cells"]["phone"] == "777 111 222"
    assert re.fullmatch(r"\d{1,2}\.\d\d", answer.json()["at"])
    wrong = desk.post(address, {"seen": answer.json()["seen"], "cost": "levné"})
    assert (wrong.status_code, list(wrong.json()["errors"])) == (422, ["cost"])
    stale = desk.post(address, {"seen": seen, "cost": "placené"})
    assert (stale.status_code, stale.json()["cells"]["cost"]) == (409, "zdarma")
    assert desk.post(address, {"seen": stale.json()["seen"], "cost": "placené"}).status_code == 200
    one.refresh_from_db()
    assert one.cost == "paid"


def test_columns_of_the_register_are_closed_to_a_row_too(desk: Client) -> None:
    one = service()
    seen = desk.get(GRID).context["grid"].rows[0].seen
    desk.post(f"{GRID}radek/{one.pk}/", {"seen": seen, "name": "Jinak"})
    assert Service.objects.get(pk=one.pk).name == "Pečovatelka"


def test_rows_of_another_territory_are_not_there(client: Client) -> None:
    mine, foreign = make.municipality("Moje"), make.municipality("Cizí", orp=make.orp("9902", "Jinde"))
    make.service("Tady", at=mine)
    outside = make.service("Jinde", at=foreign)
    somebody = make.person()
    Grant.objects.create(person=somebody, role="coordinator", range_kind="orp", range_code=mine.orp_id)
    client.force_login(somebody)
    assert [row.title for row in client.get(GRID).context["grid"].rows] == ["Tady"]
    assert client.post(f"{GRID}radek/{outside.pk}/", {"seen": "", "cost": "zdarma"}).status_code == 404


def test_columns_can_be_chosen_and_rows_sorted(desk: Client) -> None:
    for name in ("A", "B"):
        service(name)
    answer = desk.get(f"{GRID}?sloupce=web&sloupce=cost_note&sloupce=name&razeni=-name")
    assert [column.key for column in answer.context["grid"].columns] == ["web", "cost_note"]
    assert [row.title for row in answer.context["grid"].rows] == ["B", "A"]


def test_a_page_takes_as_many_queries_for_many_rows_as_for_few(
    desk: Client, django_assert_max_num_queries: Any
) -> None:
    def queries() -> int:
        with django_assert_max_num_queries(32) as taken:
            assert desk.get(GRID).status_code == 200
        return len(taken.captured_queries)

    def fill(times: int) -> None:
        for _ in range(times):
            one = service(phone="777 111 222")
            one.served_municipalities.add(make.municipality())

    fill(2)
    few = queries()
    fill(28)
    assert queries() == few


# As much as providers usually write.
WORDS = "Přijdeme za vámi domů, pomůžeme s hygienou, s jídlem, s úklidem a s doprovodem k lékaři nebo na úřad. "
STEPS = "Zavolejte nám.\nDomluvíme si schůzku u vás doma.\nPodepíšeme smlouvu."
EVERY = ("phone", "email", "web", "plain_text", "how_to_get", "waiting", "cost", "cost_note", "target_groups",
         "municipalities", "orps", "verified_on")  # fmt: skip


@pytest.mark.parametrize(("asked", "rows"), [((), 25), (EVERY, 15)])
def test_a_full_page_at_the_size_of_a_country_keeps_its_weight(desk: Client, asked: tuple[str, ...], rows: int) -> None:
    """60 KiB, as every page: the usual columns or as many as one may choose, filled as cards are."""
    kind, place, orp = make.kind(), make.municipality("Nové Město nad Metují"), make.orp()
    given: dict[str, Any] = {
        "kind": kind,
        "plain_text": WORDS * 3,
        "how_to_get": STEPS,
        "cost": "partly",
        "waiting": "asi 3 měsíce",
        "cost_note": WORDS,
        "verified_on": date(2026, 3, 1),
    }
    for number in range(rows + 1):
        one = make.service(f"Pečovatelská služba {place.name} {number}", pk=48_000 + number, at=place, **given)
        make.contact(one, "493 000 111", note="dispečink, všední dny")
        make.contact(one, "pecovatelska.sluzba@example.org", channel="email")
        make.contact(one, "www.pecovatelska-sluzba.example.org", channel="web")
        one.target_groups.add(make.target_group())
        one.served_municipalities.add(place)
        one.served_orps.add(orp)
    page = desk.get(GRID, {"sloupce": asked}).content
    assert page.count(b"<tr data-row") == rows
    assert len(page) <= 60 * 1024
