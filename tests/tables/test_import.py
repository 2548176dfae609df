"""A list goes out, comes back changed, is looked at, let in and taken back; nobody else's work is lost on the way."""

from datetime import date
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client

from portal.accounts.models import Grant, Person
from portal.audit.models import Deed
from portal.catalogue.models import Contact, DataVersion, Facility, Kind, Service, Source
from portal.tables import actions, sheets
from portal.tables.lists import written_table_for
from portal.tables.models import TableImport
from portal.web.cells import MARK, csv_text
from tests import make

pytestmark = pytest.mark.django_db
State = TableImport.State


@pytest.fixture
def coordinator() -> Person:
    return make.person("coordinator")


@pytest.fixture
def desk(client: Client, coordinator: Person) -> Client:
    client.force_login(coordinator)
    return client


def from_register(name: str = "Pečovatelka", **more: Any) -> Service:
    return make.service(name, at=make.municipality("Lhota"), source=Source.NATIONAL, **more)


def by_hand(name: str = "Klub seniorů", **more: Any) -> Service:
    kind = make.kind("klub", name="klub seniorů", group=Kind.Group.ACCOMPANYING)
    service = make.service(name, kind=kind, source=Source.LOCAL, source_id="", **more)
    make.hours(make.facility(service, make.municipality("Lhota")), 1, "8.00", "12.00")
    return service


def offered(service: Service) -> None:
    """Everything beside words that a provider may say of a card."""
    place = service.facilities.get()
    Facility.objects.filter(pk=place.pk).update(
        step_free=True, lift=False, access_grade="partly", inside_steps=3, holidays="closed",
        access_checked_on=date(2026, 5, 4), access_note="Zvonek je vpravo.",
    )  # fmt: skip
    make.hours(place, 2, "13.00", "0.00")
    make.special_day(place, date(2026, 12, 24), date(2027, 1, 1), note="Vánoce")
    make.access_answer(place, "vstup-najezd", answer=False)
    make.vacancy(service, 0, form=make.form("pob"), unit=make.unit("luzka"), note="jen muži (i mladší)")
    make.vacancy(service, 12)


def table_of(*rows: dict[str, str]) -> bytes:
    headings = list(rows[0])
    return (MARK + csv_text([headings, *([row.get(name, "") for name in headings] for row in rows)])).encode()


def bring(person: Person, *rows: dict[str, str], slug: str = "sluzby") -> TableImport:
    run, _ = actions.upload(slug=slug, file_name="sluzby.csv", content=table_of(*rows), person=person)
    return run


def done(person: Person, *rows: dict[str, str], slug: str = "sluzby") -> TableImport:
    run = bring(person, *rows, slug=slug)
    actions.confirm(run=run, person=person)
    run.refresh_from_db()
    return run


# --- there and back ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["csv", "xlsx"])
@pytest.mark.parametrize("slug", ["sluzby", "navazne-sluzby"])
def test_a_list_that_comes_back_as_it_went_out_changes_nothing(
    desk: Client, coordinator: Person, slug: str, form: str
) -> None:
    for service in (from_register(), by_hand()):
        service.plain_text, service.waiting, service.cost = '=Přijdeme.\nPomůžeme; "hned".', "-1,5", "free"
        service.save()
        make.contact(service, "777 111 222", note="dispečink")
        service.served_municipalities.add(make.municipality("Ves"))
        service.served_orps.add(make.orp())
        service.features.add(make.feature())
        offered(service)
    content = b"".join(desk.get(f"/sprava/tabulky/{slug}.{form}"))
    run, _ = actions.upload(slug=slug, file_name=f"x.{form}", content=content, person=coordinator)
    assert (run.state, run.rows) == (State.UNCHANGED, [])
    assert run.counts["read"] == 1
    assert not run.file


def test_an_export_respects_the_filters_of_the_page(desk: Client) -> None:
    from_register("Pečovatelka")
    from_register("Poradna")
    rows = sheets.read(b"".join(desk.get("/sprava/tabulky/sluzby.csv?q=Poradna")))
    assert [row["nazev"] for _, row in rows] == ["Poradna"]


def test_changes_are_shown_written_and_taken_back(coordinator: Person) -> None:
    service = from_register()
    before = DataVersion.objects.values_list("number", flat=True).first() or 0
    row = {"číslo": str(service.pk), "telefon": "493 000 111 (dispečink); 493 000 222", "cena": "Zdarma"}
    run = bring(coordinator, row)
    assert run.state == State.CHECKED
    assert [(cell["heading"], cell["before"], cell["after"]) for cell in run.rows[0]["cells"]] == [
        ("telefon", "", "493 000 111 (dispečink); 493 000 222"),
        ("cena", "", "zdarma"),
    ]
    service.refresh_from_db()
    assert service.cost == ""

    actions.confirm(run=run, person=coordinator)
    run.refresh_from_db()
    service.refresh_from_db()
    assert (run.state, run.counts["written"], service.cost) == (State.DONE, 1, "free")
    assert list(service.contacts.values_list("value", "note", "source")) == [
        ("493 000 111", "dispečink", Source.LOCAL),
        ("493 000 222", "", Source.LOCAL),
    ]
    assert DataVersion.objects.values_list("number", flat=True)[0] > before
    assert set(Deed.objects.values_list("verb", flat=True)) == {"service_changed", "table_applied"}

    actions.undo(run=run, person=coordinator)
    run.refresh_from_db()
    service.refresh_from_db()
    assert (run.state, run.counts["undone"], service.cost) == (State.UNDONE, 1, "")
    assert not service.contacts.exists()
    assert Deed.objects.filter(verb="table_undone").count() == 1


def test_what_the_register_owns_is_left_alone_and_told_about(coordinator: Person) -> None:
    service = from_register()
    run = done(coordinator, {"číslo": str(service.pk), "název": "Jinak", "čekací doba": "měsíc"})
    service.refresh_from_db()
    assert (service.name, service.waiting) == ("Pečovatelka", "měsíc")
    assert "název" in run.rows[0]["notices"][0]


def test_contacts_and_groups_of_the_register_stay_beside_ours(coordinator: Person) -> None:
    service = from_register(target_groups=["seniori"])
    service.servicetargetgroup_set.update(source=Source.NATIONAL)
    make.contact(service, "493 000 111", source=Source.NATIONAL)
    make.target_group("deti", name="děti")
    done(coordinator, {"číslo": str(service.pk), "telefon": "777 000 111", "pro koho": "děti"})
    assert set(service.contacts.values_list("value", flat=True)) == {"493 000 111", "777 000 111"}
    assert set(service.target_groups.values_list("key", flat=True)) == {"seniori", "deti"}


def test_a_column_that_is_missing_and_a_row_that_is_missing_leave_everything(coordinator: Person) -> None:
    first, second = from_register("A"), from_register("B")
    Service.objects.update(waiting="týden", plain_text="Pomůžeme.")
    done(coordinator, {"číslo": str(first.pk), "čekací doba": ""})
    assert list(Service.objects.order_by("name").values_list("waiting", "plain_text")) == [
        ("", "Pomůžeme."),
        ("týden", "Pomůžeme."),
    ]
    assert second.is_public


# --- what is wrong -----------------------------------------------------------------------------------------------


def test_errors_are_told_by_row_and_column_and_the_rest_is_written(coordinator: Person) -> None:
    bad, good = from_register("A"), from_register("B")
    run = done(
        coordinator,
        {"číslo": str(bad.pk), "cena": "levné", "ověřeno": "kdysi", "telefon": "ne", "čekací doba": "den"},
        {"číslo": str(good.pk), "cena": "placené", "ověřeno": "2026-11-01", "telefon": "", "čekací doba": ""},
        {"číslo": "999999", "cena": "placené"},
        {"číslo": "", "cena": "placené"},
    )
    errors = {one["line"]: " ".join(one["errors"]) for one in run.rows}
    assert "cena: „levné“ v číselníku není" in errors[2]
    assert "ověřeno: „kdysi“ není datum" in errors[2]
    assert "telefon: „ne“ nevypadá jako telefonní číslo" in errors[2]
    assert errors[3] == ""
    assert "neznáme" in errors[4]
    assert "Chybí číslo" in errors[5]
    bad.refresh_from_db()
    good.refresh_from_db()
    assert (bad.waiting, good.cost, str(good.verified_on)) == ("", "paid", "2026-11-01")


def test_a_number_twice_in_a_file_is_an_error(coordinator: Person) -> None:
    service = from_register()
    row = {"číslo": str(service.pk), "čekací doba": "den"}
    assert bring(coordinator, row, row).counts["error"] == 2


@pytest.mark.parametrize("rows", [[{"jméno": "Jana"}], [{"telefon": "777 111 222"}]])
def test_a_table_of_something_else_is_refused(coordinator: Person, rows: list[dict[str, str]]) -> None:
    assert bring(coordinator, *rows).state == State.REFUSED


def test_rows_out_of_the_persons_range_are_unknown(desk: Client) -> None:
    mine, foreign = make.municipality("Moje"), make.municipality("Cizí", orp=make.orp("9902", "Jinde"))
    inside, outside = make.service("Tady", at=mine), make.service("Jinde", at=foreign)
    official = make.person()
    Grant.objects.create(person=official, role="coordinator", range_kind="orp", range_code=mine.orp_id)
    run = done(
        official,
        {"číslo": str(inside.pk), "čekací doba": "den"},
        {"číslo": str(outside.pk), "čekací doba": "den"},
    )
    assert "neznáme" in run.rows[1]["errors"][0]
    assert list(Service.objects.order_by("name").values_list("name", "waiting")) == [("Jinde", ""), ("Tady", "den")]


# --- others meanwhile --------------------------------------------------------------------------------------------


def test_a_row_changed_after_the_preview_is_skipped_and_told(coordinator: Person) -> None:
    first, second = from_register("A"), from_register("B")
    rows = [{"číslo": str(one.pk), "čekací doba": "den"} for one in (first, second)]
    run = bring(coordinator, *rows)
    Service.objects.filter(pk=first.pk).update(cost="paid")
    actions.confirm(run=run, person=coordinator)
    run.refresh_from_db()
    assert [(one["result"], one["why"]) for one in run.rows] == [
        ("skipped", actions.CHANGED_MEANWHILE),
        ("written", ""),
    ]
    assert list(Service.objects.order_by("name").values_list("waiting", flat=True)) == ["", "den"]


def test_undo_leaves_what_somebody_changed_since(coordinator: Person) -> None:
    service = from_register()
    run = done(coordinator, {"číslo": str(service.pk), "čekací doba": "den", "cena": "zdarma"})
    Service.objects.filter(pk=service.pk).update(waiting="týden")
    actions.undo(run=run, person=coordinator)
    run.refresh_from_db()
    service.refresh_from_db()
    assert (service.waiting, service.cost) == ("týden", "")
    assert "čekací doba" in run.rows[0]["why"]


def test_only_who_brought_a_file_may_let_it_in(desk: Client, coordinator: Person) -> None:
    service = from_register()
    run = bring(make.person("region"), {"číslo": str(service.pk), "čekací doba": "den"})
    assert desk.get(f"/sprava/tabulky/nahrane/{run.pk}/").status_code == 404
    assert desk.post(f"/sprava/tabulky/nahrane/{run.pk}/zapsat/").status_code == 404
    with pytest.raises(PermissionDenied):
        actions.confirm(run=run, person=coordinator)


def test_a_file_is_let_in_once_and_taken_back_once(coordinator: Person) -> None:
    service = from_register()
    run = done(coordinator, {"číslo": str(service.pk), "čekací doba": "den"})
    with pytest.raises(ValidationError):
        actions.confirm(run=run, person=coordinator)
    actions.undo(run=run, person=coordinator)
    with pytest.raises(ValidationError):
        actions.undo(run=run, person=coordinator)


def test_work_that_died_in_the_middle_goes_on_where_it_ended(
    coordinator: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "BATCH", 2)
    services = [from_register(f"S{at}") for at in range(5)]
    run = bring(coordinator, *({"číslo": str(one.pk), "čekací doba": "den"} for one in services))
    whole, calls = actions._write_one, []

    def dying(*given: Any) -> None:
        calls.append(given)
        if len(calls) == 4:
            raise KeyboardInterrupt
        whole(*given)

    monkeypatch.setattr(actions, "_write_one", dying)
    with pytest.raises(KeyboardInterrupt):
        actions.confirm(run=run, person=coordinator)
    run.refresh_from_db()
    assert (run.state, Service.objects.filter(waiting="den").count()) == (State.APPLYING, 2)
    monkeypatch.setattr(actions, "_write_one", whole)
    actions.retry(run=run, person=coordinator)
    run.refresh_from_db()
    assert (run.state, run.counts["written"]) == (State.DONE, 5)
    assert Service.objects.filter(waiting="den").count() == 5
    assert Deed.objects.filter(verb="service_changed").count() == 5


def test_large_tables_are_worked_in_the_background(coordinator: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions, "BYTES_AT_ONCE", 10)
    monkeypatch.setattr(actions, "ROWS_AT_ONCE", 0)
    service = from_register()
    content = table_of({"číslo": str(service.pk), "čekací doba": "den"})
    run, job = actions.upload(slug="sluzby", file_name="x.csv", content=content, person=coordinator)
    assert job is not None
    run.refresh_from_db()
    for act, state in ((actions.confirm, State.DONE), (actions.undo, State.UNDONE)):
        assert act(run=run, person=coordinator) is not None
        run.refresh_from_db()
        assert run.state == state


# --- accompanying services ---------------------------------------------------------------------------------------


def test_a_new_accompanying_service_comes_from_a_row_without_a_number(coordinator: Person) -> None:
    by_hand()
    make.municipality("Nová Ves")
    row = {
        "číslo": "",
        "název": "Jídelna",
        "druh": "klub seniorů",
        "poskytovatel": "Obec Nová Ves",
        "obec": "Nová Ves",
        "ulice a číslo": "Dlouhá 1",
        "pondělí": "8-12, 13-15.30",
        "zveřejněno": "ano",
    }
    run = done(coordinator, row, slug="navazne-sluzby")
    service = Service.objects.get(name="Jídelna")
    assert service.is_public
    place = service.facilities.get()
    assert (place.street, place.municipality.name if place.municipality else "") == ("Dlouhá 1", "Nová Ves")
    assert place.hours.count() == 2
    actions.undo(run=run, person=coordinator)
    service.refresh_from_db()
    assert not service.is_public


def test_a_new_row_says_what_it_lacks(coordinator: Person) -> None:
    run = bring(coordinator, {"číslo": "", "název": "Jídelna"}, slug="navazne-sluzby")
    assert run.rows[0]["errors"] == ["Nové službě chybí druh.", "Nové službě chybí poskytovatel."]


def test_an_end_and_hiding_are_said_in_columns_of_their_own_and_can_be_taken_back(coordinator: Person) -> None:
    service = by_hand()
    row = {"číslo": str(service.pk), "ukončit ke dni": "31. 12. 2025", "zveřejněno": "ne"}
    run = done(coordinator, row, slug="navazne-sluzby")
    service.refresh_from_db()
    assert (str(service.ended_on), service.published) == ("2025-12-31", False)
    actions.undo(run=run, person=coordinator)
    service.refresh_from_db()
    assert (service.ended_on, service.published) == (None, True)


def test_a_place_and_its_hours_are_changed_and_a_secret_one_is_not_touched(coordinator: Person) -> None:
    open_one, secret = by_hand("Klub"), by_hand("Azyl")
    Facility.objects.filter(service=secret).delete()
    make.secret_facility(secret)
    row = {"pondělí": "9-10", "ulice a číslo": "Krátká 2"}
    run = done(
        coordinator,
        {"číslo": str(open_one.pk), **row},
        {"číslo": str(secret.pk), **row},
        slug="navazne-sluzby",
    )
    place = open_one.facilities.get()
    assert (place.street, [str(one.opens) for one in place.hours.all()]) == ("Krátká 2", ["09:00:00"])
    assert "pondělí" in run.rows[1]["notices"][0]
    assert secret.facilities.get().street == ""


def test_a_table_reads_as_many_rows_in_as_many_queries(coordinator: Person, django_assert_max_num_queries: Any) -> None:
    def queries(slug: str) -> int:
        with django_assert_max_num_queries(40) as taken:
            table = written_table_for(slug, Person.objects.get(pk=coordinator.pk))
            table.lines(list(table.writable()))
        return len(taken.captured_queries)

    def fill(times: int) -> None:
        for _ in range(times):
            for service in (from_register(), by_hand()):
                make.contact(service, "777 111 222", channel=Contact.Channel.PHONE)
                service.served_municipalities.add(make.municipality())

    fill(2)
    few = [queries(slug) for slug in ("sluzby", "navazne-sluzby")]
    fill(20)
    assert [queries(slug) for slug in ("sluzby", "navazne-sluzby")] == few
