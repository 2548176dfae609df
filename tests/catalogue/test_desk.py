"""The desk: who may, what an import owns, nothing typed is lost, every write in the journal."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, time
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from portal.audit.models import Deed
from portal.catalogue import actions, drafts
from portal.catalogue.hours import HoursField, hours_text
from portal.catalogue.models import DataVersion, Facility, Provider, Report, Service, Source
from portal.catalogue.opening import Stretch
from tests import make
from tests.typing_in import typed_in

pytestmark = pytest.mark.django_db
PLACE = "misto-0-"


@pytest.fixture
def desk(client: Client) -> Client:
    client.force_login(make.person("coordinator"))
    return client


def by_hand(**more: Any) -> Service:
    """A service written at the desk, with a place, hours and a contact."""
    service = make.service("Klub seniorů", source=Source.LOCAL, source_id="", phone="777 111 222", **more)
    make.hours(make.facility(service, make.municipality("Lhota")), 1, "8.00", "12.00")
    return service


def from_register(**more: Any) -> Service:
    service = make.service("Pečovatelka", source=Source.NATIONAL, target_groups=["seniori"], **more)
    Facility.objects.filter(pk=make.facility(service, make.municipality("Lhota")).pk).update(source=Source.NATIONAL)
    service.servicetargetgroup_set.update(source=Source.NATIONAL)
    make.contact(service, "493000111", source=Source.NATIONAL)
    return service


def typed(client: Client, address: str, **changes: Any) -> dict[str, Any]:
    """What a browser would send from the form as it stands, with some fields typed over."""
    context = client.get(address).context
    return {"seen": context.get("seen", "")} | typed_in(context["edit"]) | changes


def address_of(service: Service) -> str:
    return f"/sprava/sluzby/{service.pk}/"


def save(client: Client, service: Service, **changes: Any) -> Any:
    return client.post(address_of(service), typed(client, address_of(service), **changes))


# --- who may -----------------------------------------------------------------------------------------------------

READ = ("/sprava/sluzby/", "/sprava/hlaseni/")


@pytest.mark.parametrize("address", [*READ, "/sprava/sluzby/nova/"])
def test_strangers_are_sent_to_sign_in(client: Client, address: str) -> None:
    answer = client.get(address)
    assert answer.status_code == 302
    assert answer["Location"].startswith("/prihlaseni/")


@pytest.mark.parametrize(
    ("role", "read", "write"), [("coordinator", 200, 200), ("region", 200, 200), ("auditor", 200, 404), ("", 404, 404)]
)
def test_roles(client: Client, role: str, read: int, write: int, monkeypatch: pytest.MonkeyPatch) -> None:
    client.force_login(make.person(*filter(None, [role])))
    service = by_hand()
    client.raise_request_exception = False
    for address in (*READ, address_of(service)):
        assert (client.get(address).status_code == 200) == (read == 200), address
    assert (client.get("/sprava/sluzby/nova/").status_code == 200) == (write == 200)
    client.post(f"{address_of(service)}skryt/")
    service.refresh_from_db()
    assert service.published == (write != 200)


def test_actions_refuse_whatever_the_view_forgot() -> None:
    auditor, service = make.person("auditor"), by_hand()
    draft = drafts.read(service)
    refused: list[Callable[[], Any]] = [
        lambda: actions.service_add(draft=draft, actor=auditor),
        lambda: actions.service_save(service=service, draft=draft, seen=draft.fingerprint, actor=auditor),
        lambda: actions.service_publish(service=service, actor=auditor),
        lambda: actions.service_hide(service=service, actor=auditor),
        lambda: actions.service_end(service=service, day=None, actor=auditor),
    ]
    for act in refused:
        with pytest.raises(PermissionDenied):
            act()
    assert not Deed.objects.exists()


# --- writing -----------------------------------------------------------------------------------------------------


def test_a_new_service_is_hidden_until_published(desk: Client) -> None:
    make.kind("n-klub-senioru", group="accompanying")
    make.municipality("Lhota")
    make.form("amb")
    data = typed(
        desk,
        "/sprava/sluzby/nova/",
        name="Klub Pohoda",
        kind="n-klub-senioru",
        provider="Město Lhota",
        forms=["amb"],
        plain_text="Scházíme se.\r\nKaždé úterý.",
        municipalities="lhota",
        **{
            "kontakt-0-channel": "phone",
            "kontakt-0-value": "777 111 222",
            f"{PLACE}street": "Náves 1",
            f"{PLACE}municipality": "LHOTA",
            f"{PLACE}postal_code": "507 01",
            f"{PLACE}hours_2": "14-16:30",
            f"{PLACE}step_free": "yes",
        },
    )
    answer = desk.post("/sprava/sluzby/nova/", data)
    assert answer.status_code == 302, answer.context["edit"].form.errors
    service = Service.objects.get()
    place = service.facilities.get()
    assert (service.source, service.published, service.slug) == (Source.LOCAL, False, "klub-pohoda")
    assert service.plain_text == "Scházíme se.\nKaždé úterý."
    assert service.provider.name == "Město Lhota"
    assert (place.municipality_name, place.postal_code, place.step_free, place.lat) == ("Lhota", "50701", True, 50.0)
    assert place.hours.values_list("weekday", "opens", "closes").get() == (2, time(14), time(16, 30))
    assert service.served_municipalities.get().name == "Lhota"
    assert desk.get(f"/sluzby/{service.slug}/").status_code == 410

    desk.post(f"{address_of(service)}zverejnit/")
    assert "777\xa0111\xa0222" in desk.get(f"/sluzby/{service.slug}/").content.decode()
    assert list(Deed.objects.values_list("verb", flat=True)) == ["service_published", "service_added"]


def test_an_untouched_form_writes_nothing(desk: Client) -> None:
    for service in (by_hand(), from_register()):
        before = drafts.read(service)
        assert save(desk, service).status_code == 302
        assert drafts.read(Service.objects.get(pk=service.pk)) == before
    assert not Deed.objects.exists()
    assert not DataVersion.objects.exists()


def test_a_change_is_journalled_with_before_and_after_and_moves_the_data(desk: Client) -> None:
    service = by_hand(cost="paid")
    save(desk, service, cost="free")
    deed = Deed.objects.get()
    assert (deed.verb, deed.before, deed.after) == ("service_changed", {"cost": "paid"}, {"cost": "free"})
    assert DataVersion.objects.exists()


def test_rows_can_be_deleted(desk: Client) -> None:
    service = by_hand()
    save(desk, service, **{"kontakt-0-DELETE": "on", f"{PLACE}DELETE": "on"})
    assert not service.contacts.exists()
    assert not service.facilities.exists()


def test_what_the_register_owns_cannot_be_changed_by_any_post(desk: Client) -> None:
    service = from_register()
    save(
        desk,
        service,
        name="Podvržené jméno",
        provider="Někdo jiný",
        plain_text="Doplněno u nás.",
        **{f"{PLACE}street": "Jiná 1", f"{PLACE}DELETE": "on", f"{PLACE}hours_1": "8-12", f"{PLACE}lift": "no"},
    )
    service.refresh_from_db()
    place = service.facilities.get()
    assert service.name == "Pečovatelka"
    assert not Provider.objects.filter(name="Někdo jiný").exists()
    assert service.plain_text == "Doplněno u nás."
    assert place.street != "Jiná 1"
    assert place.lift is False
    assert place.hours.count() == 1
    assert service.contacts.get().value == "493000111"
    assert service.target_groups.get().key == "seniori"


def test_ours_is_added_beside_the_register(desk: Client) -> None:
    make.target_group("pecujici")
    service = from_register()
    extra = {"kontakt-0-channel": "email", "kontakt-0-value": "pece@example.org"}
    save(desk, service, target_groups=["pecujici"], **extra)
    assert set(service.target_groups.values_list("key", flat=True)) == {"seniori", "pecujici"}
    assert set(service.contacts.values_list("value", "source")) == {
        ("493000111", "mpsv"),
        ("pece@example.org", "local"),
    }
    assert service.servicetargetgroup_set.get(target_group__key="seniori").source == Source.NATIONAL


def test_a_place_made_secret_forgets_its_address_even_in_the_journal(desk: Client) -> None:
    service = by_hand()
    street = service.facilities.get().street
    save(desk, service, **{f"{PLACE}secret": "on"})
    place = service.facilities.get()
    assert (place.secret, place.street, place.municipality, place.lat) == (True, "", None, None)
    deed = Deed.objects.get()
    assert street not in str(deed.before) + str(deed.after)
    assert "Lhota" not in str(deed.before) + str(deed.after)


def test_somebody_else_saved_meanwhile(desk: Client) -> None:
    service = by_hand(cost="paid")
    mine = typed(desk, address_of(service), waiting="tři měsíce")
    other = make.person("region", name="Petr Druhý")
    theirs = drafts.read(service)
    actions.service_save(
        service=service,
        draft=replace(theirs, cost="free", waiting="týden"),
        seen=theirs.fingerprint,
        actor=other,
    )
    answer = desk.post(address_of(service), mine)
    html = answer.content.decode()
    assert answer.status_code == 409
    assert 'value="tři měsíce"' in html
    assert answer.context["differences"] == [("čekací doba", "týden", "tři měsíce"), ("cena", "free", "paid")]
    assert "Petr Druhý" in html
    service.refresh_from_db()
    assert (service.waiting, service.cost) == ("týden", "free")

    again = desk.post(address_of(service), mine | {"seen": answer.context["seen"]})
    assert again.status_code == 302
    service.refresh_from_db()
    assert service.waiting == "tři měsíce"


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("name", "", "Toto pole"),
        ("ico", "123", "osm číslic"),
        ("municipalities", "Atlantida", "neznáme"),
        ("orps", "Atlantida", "neznáme"),
        ("kontakt-1-value", "nic", "nevypadá"),
        (f"{PLACE}hours_3", "ráno", "nerozumíme"),
        (f"{PLACE}hours_3", "8-25", "není"),
        (f"{PLACE}postal_code", "5", "PSČ má pět číslic"),
    ],
)
def test_a_mistake_is_explained_and_the_rest_kept(desk: Client, field: str, value: str, words: str) -> None:
    service = by_hand()
    answer = save(desk, service, **{"waiting": "napsáno", "kontakt-1-channel": "phone", field: value})
    html = answer.content.decode()
    assert answer.status_code == 422
    assert words in html
    assert 'value="napsáno"' in html
    assert not Deed.objects.exists()


def test_namesakes_ask_which_one(desk: Client) -> None:
    here, there = make.district(), make.district("CZ0992", "Jinde")
    wanted = make.municipality("Lhota", district=there)
    make.municipality("Lhota", district=here)
    service = by_hand()
    assert "Lhota (okres Jinde)" in save(desk, service, municipalities="Lhota").content.decode()
    assert save(desk, service, municipalities="Lhota (okres Jinde)").status_code == 302
    assert service.served_municipalities.get() == wanted


def test_end_and_its_undoing(desk: Client) -> None:
    service = by_hand(started_on=date(2020, 1, 1))
    desk.post(f"{address_of(service)}ukoncit/", {"day": "2019-01-01"})
    service.refresh_from_db()
    assert service.ended_on is None
    desk.post(f"{address_of(service)}ukoncit/", {"day": "2024-12-31"})
    assert desk.get(f"/sluzby/{service.slug}/").status_code == 410
    desk.post(f"{address_of(service)}pokracuje/")
    assert desk.get(f"/sluzby/{service.slug}/").status_code == 200
    imported = from_register()
    desk.post(f"{address_of(imported)}ukoncit/", {"day": "2024-12-31"})
    imported.refresh_from_db()
    assert imported.ended_on is None


def test_the_list_is_filtered_and_reported_ones_come_first(desk: Client) -> None:
    make.service("Áčko")
    hidden = make.service("Skrytá", published=False)
    Report.objects.create(service=make.service("Žaloba"), text="Nesedí.")
    everything = desk.get("/sprava/sluzby/").content.decode()
    assert everything.index("Žaloba") < everything.index("Áčko")
    only = desk.get("/sprava/sluzby/?stav=hidden&zdroj=nesmysl&strana=1000000").content.decode()
    assert hidden.name in only
    assert "Áčko" not in only
    assert "Áčko" in desk.get("/sprava/sluzby/?q=acko").content.decode()


@pytest.mark.parametrize("times", [3, 30])
def test_desk_list_queries(desk: Client, django_assert_max_num_queries: Any, times: int) -> None:
    for _ in range(times):
        make.service(at=make.municipality())
    desk.get("/sprava/sluzby/")
    with django_assert_max_num_queries(8):
        desk.get("/sprava/sluzby/")


# --- reports -----------------------------------------------------------------------------------------------------


def test_a_report_is_settled_and_the_email_forgotten(desk: Client) -> None:
    service = make.service("Pečovatelka")
    report = Report.objects.create(service=service, text="Telefon neplatí.", email="jana@example.org")
    assert "Telefon neplatí." in desk.get("/sprava/hlaseni/").content.decode()
    assert "jana@example.org" in desk.get(f"/sprava/hlaseni/{report.pk}/").content.decode()
    desk.post(f"/sprava/hlaseni/{report.pk}/", {"answer": "Opraveno."})
    report.refresh_from_db()
    assert (report.state, report.answer, report.email) == ("settled", "Opraveno.", "")
    assert "Telefon neplatí." not in desk.get("/sprava/hlaseni/").content.decode()
    assert "Telefon neplatí." in desk.get("/sprava/hlaseni/?stav=vyrizene").content.decode()
    deed = Deed.objects.get()
    assert "Telefon neplatí" not in deed.thing_name
    desk.post(f"/sprava/hlaseni/{report.pk}/znovu/")
    report.refresh_from_db()
    assert report.state == "new"


# --- hours as text -----------------------------------------------------------------------------------------------

quarters = st.times().map(lambda t: t.replace(second=0, microsecond=0))


@given(st.lists(st.builds(Stretch, st.just(1), quarters, quarters, st.sampled_from(["", "po domluvě, i dřív"]))))
def test_hours_survive_being_written_and_read(stretches: list[Stretch]) -> None:
    assert HoursField(required=False).clean(hours_text(stretches)) == [one[1:] for one in stretches]


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("8-12", (time(8), time(12), "")),
        ("8:00–12:30 (jen pro objednané)", (time(8), time(12, 30), "jen pro objednané")),
        ("18.00-24.00", (time(18), time(0), "")),
        ("celý den", (time(0), time(0), "")),
    ],
)
def test_hours_as_people_write_them(text: str, first: tuple[time, time, str]) -> None:
    assert HoursField().clean(text) == [first]
