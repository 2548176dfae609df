"""The network of services on view: what of the catalogue stands in it, what never does, and that it stays as it was."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from portal.accounts.models import Grant
from portal.audit.models import Deed
from portal.catalogue.models import Capacity, Facility, Service
from portal.consult import actions, network, texts
from portal.consult.models import Consultation, Paragraph
from portal.territory.models import Municipality, Orp
from tests import make

from .make import DAY, make_comment, make_consultation

pytestmark = pytest.mark.django_db
SECRET = "Tichá 7"


@pytest.fixture
def town() -> Municipality:
    return make.municipality("Svornov")


def text_of(consultation: Consultation) -> str:
    """What would be frozen now."""
    return "\n".join(one.text for one in texts.pieces_of(consultation))


def prepared(town: Municipality, **more: Any) -> Consultation:
    return make_consultation(phase="prepared", town=town, hearing=None, **({"network": {}} | more))


def over(orp: Orp) -> dict[str, Any]:
    return {"span_kind": Grant.Range.ORP, "span_code": orp.pk, "span_name": f"ORP {orp.name}"}


def line(consultation: Consultation, name: str) -> str:
    """The paragraph of the service."""
    found = [one.text for one in texts.pieces_of(consultation) if one.text.startswith(f"{name} (")]
    assert len(found) == 1
    return found[0]


# --- what stands in it -------------------------------------------------------------------------------------------


def test_services_stand_under_their_kinds_each_in_a_paragraph_of_its_own(town: Municipality) -> None:
    charity = make.provider("Charita Svornov")
    care = make.service("Péče doma", at=town, provider=charity, register_number="1234567")
    field = make.service_form(care, "ter")
    make.capacity(field, 20, "klient")
    make.capacity(field, None, "kontakt")
    make.service_form(care, "amb")
    make.service(
        "Občanská poradna", at=town, kind=make.kind("osp", name="odborné sociální poradenství", paragraph="37")
    )
    made = prepared(town)
    pieces = texts.pieces_of(made)
    headings = [(one.level, one.text) for one in pieces if one.sort == "heading"]
    assert headings[0] == (1, "Síť sociálních služeb: Svornov")
    assert set(headings[1:]) == {
        (2, "Pečovatelská služba (§ 40)"),
        (2, "Odborné sociální poradenství (§ 37)"),
    }
    assert line(made, "Péče doma").splitlines() == [
        "Péče doma (Charita Svornov)",
        "Kde: Svornov",
        "Formy a kapacita: terénní – 20 klientů, kontaktů (10 minut): počet neznáme; ambulantní – kapacitu neznáme",
        "Číslo v registru: 1234567",
    ]
    assert "Formy a kapacita: neznáme" in line(made, "Občanská poradna")


def test_the_text_says_what_it_is_of_which_day_and_from_where(town: Municipality) -> None:
    make.service(at=town)
    said = text_of(prepared(town))
    today = timezone.localdate()
    assert f"Stav ke dni {today:%-d. %-m. %Y}: 1 služba." in said
    assert "registr poskytovatelů sociálních služeb (MPSV)" in said
    assert "zákona č. 108/2006 Sb." in said
    assert "Seznam je návrh. Registrace neznamená, že služba patří do sítě" in said


def test_only_registered_services_that_last_stand_in_it(town: Municipality) -> None:
    today = timezone.localdate()
    make.service("Trvá", at=town)
    make.service("Končí dnes", at=town, ended_on=today)
    make.service("Skončila", at=town, ended_on=today - DAY)
    make.service("Zmizela", at=town, vanished_at=timezone.now())
    make.service("Skrytá", at=town, published=False)
    make.service("Teprve začne", at=town, started_on=today + DAY)
    make.service("Návazná", at=town, kind=make.kind("klub", group="accompanying"))
    said = text_of(prepared(town))
    assert "Trvá (" in said
    assert "Končí dnes (" in said
    for name in ("Skončila", "Zmizela", "Skrytá", "Teprve začne", "Návazná"):
        assert name not in said


def test_a_later_day_leaves_out_what_ends_before_it_and_takes_what_begins(town: Municipality) -> None:
    day = timezone.localdate() + timedelta(days=60)
    make.service("Trvá", at=town)
    make.service("Brzy skončí", at=town, ended_on=day - DAY)
    make.service("Začne", at=town, started_on=day)
    said = text_of(prepared(town, network={"as_of": day.isoformat()}))
    assert f"Stav ke dni {day:%-d. %-m. %Y}: 2 služby." in said
    assert "Brzy skončí" not in said
    # A day that has passed meanwhile is the day of announcing: the catalogue knows no past.
    past = network.Choice(as_of=timezone.localdate() - timedelta(days=3))
    assert network.day_of(past, timezone.localdate()) == timezone.localdate()


@pytest.mark.parametrize("kind", [Grant.Range.MUNICIPALITY, Grant.Range.ORP, Grant.Range.REGION])
def test_a_service_belongs_where_it_is_or_comes(town: Municipality, kind: str) -> None:
    far_orp = make.orp("9902", "Daleko", region=make.region("CZ098", "Daleký kraj"))
    far = make.municipality("Daleká", orp=far_orp, district=make.district("CZ0981", "Daleko", region=far_orp.region))
    make.service("Je tu", at=town)
    comes = make.service("Dojíždí", at=far)
    comes.served_municipalities.add(town)
    by_orp = make.service("Po ORP", at=far)
    by_orp.served_orps.add(town.orp)
    make.service("Po kraji", at=far, whole_region=town.region)
    make.service("Sídlí tu", provider=make.provider("Tady", municipality=town))
    make.service("Odsud jinam", at=far, provider=make.provider("Tady také", municipality=town))
    make.service("Je jinde", at=far)
    codes = {Grant.Range.MUNICIPALITY: town.pk, Grant.Range.ORP: town.orp_id, Grant.Range.REGION: town.region_id}
    made = prepared(town, span_kind=kind, span_code=codes[Grant.Range(kind)], span_name="území")
    found = {one.name for one in network.offered(made, timezone.localdate())}
    assert found == {"Je tu", "Dojíždí", "Po ORP", "Po kraji", "Sídlí tu"}
    assert "v celém ORP Zkušebno" in line(made, "Po ORP")
    assert "v celém kraji: Zkušební kraj" in line(made, "Po kraji")
    assert "dojíždí do obcí: Svornov" in line(made, "Dojíždí")
    assert "poskytovatel tu sídlí" in line(made, "Sídlí tu")


def test_places_elsewhere_are_counted_and_long_lists_cut(town: Municipality) -> None:
    villages = [make.municipality(f"Ves {n:02}") for n in range(15)]
    wide = make.service("Široká", at=town)
    for village in villages:
        make.facility(wide, village)
    assert "Kde: Svornov a 15 dalších obcí" in line(prepared(town), "Široká")
    named = line(prepared(town, **over(town.orp)), "Široká")
    assert "Svornov, Ves 00, Ves 01" in named
    assert "Ves 11" not in named
    assert "a 4 další obce" in named


# --- secret addresses --------------------------------------------------------------------------------------------


def test_a_secret_address_never_appears_nor_says_where_it_is(town: Municipality, client: Client) -> None:
    home = make.service("Azylový dům", provider=make.provider("Pomoc", municipality=town))
    make.secret_facility(home, name=SECRET)
    nowhere = make.service("Dům jinde", provider=make.provider("Pomoc jinde"))
    make.secret_facility(nowhere)
    made = prepared(town)
    assert "Kde: adresa je utajená\n" in line(made, "Azylový dům")
    assert "Dům jinde" not in text_of(made)
    made = actions.announce(consultation=made, actor=make.person("coordinator"))
    page = client.get(f"/pripominky/{made.slug}/").content.decode()
    assert "Azylový dům" in page
    for one in Facility.objects.filter(secret=False, service=home):
        assert one.street not in page
    assert SECRET not in page
    assert SECRET not in text_of(made)


def test_streets_of_places_that_are_no_secret_are_not_in_the_list_either(town: Municipality) -> None:
    one = make.service("Poradna")
    make.facility(one, town, street="Dlouhá 13")
    make.secret_facility(one)
    said = line(prepared(town), "Poradna")
    assert "Kde: Svornov; adresa je utajená" in said
    assert "Dlouhá" not in said


# --- what is left out --------------------------------------------------------------------------------------------


def test_kinds_and_services_can_be_left_out_and_the_text_says_so(town: Municipality) -> None:
    kept, out = make.service("Zůstane", at=town), make.service("Vynechaná", at=town)
    make.service("Jiný druh", at=town, kind=make.kind("oa"))
    made = prepared(town, network={"kinds": ["ps"], "left_out": [out.pk]})
    said = text_of(made)
    assert kept.name in said
    assert "Vynechaná" not in said
    assert "Jiný druh" not in said
    assert "jen některé druhy služeb: pečovatelská služba." in said
    assert "Ze seznamu jsme vynechali 1 službu." in said


def test_an_empty_list_is_refused_at_once(town: Municipality) -> None:
    with pytest.raises(ValidationError) as refusal:
        prepared(town)
    assert refusal.value.message_dict == {"network": [network.EMPTY]}
    only = make.service(at=town)
    with pytest.raises(ValidationError) as refusal:
        prepared(town, network={"left_out": [only.pk]})
    assert refusal.value.message_dict == {"network": [network.NOTHING_LEFT]}


def test_a_list_that_became_empty_is_not_announced(town: Municipality) -> None:
    only = make.service(at=town)
    made = prepared(town)
    Service.objects.filter(pk=only.pk).update(published=False)
    with pytest.raises(ValidationError, match="žádná registrovaná služba"):
        actions.announce(consultation=made, actor=make.person("coordinator"))
    made.refresh_from_db()
    assert made.state == Consultation.State.PREPARED


def test_the_network_is_one_text_and_no_other_stands_beside_it(town: Municipality) -> None:
    make.service(at=town)
    made = prepared(town)
    assert texts.sources_of(made) == [texts.Source.NETWORK]
    with pytest.raises(ValidationError, match="jen jeden text"):
        prepared(town, file=make.stored_document())


# --- frozen ------------------------------------------------------------------------------------------------------


def test_a_later_change_of_the_catalogue_changes_nothing_of_the_text(town: Municipality) -> None:
    one = make.service("Péče doma", at=town)
    row = make.capacity(make.service_form(one), 20, "klient")
    made = actions.announce(consultation=prepared(town), actor=make.person("coordinator"))
    before = list(made.paragraphs.values_list("order", "label", "text"))
    Service.objects.filter(pk=one.pk).update(name="Jiné jméno", ended_on=timezone.localdate() - DAY)
    Capacity.objects.filter(pk=row.pk).update(amount=5)
    make.service("Nová služba", at=town)
    assert list(made.paragraphs.values_list("order", "label", "text")) == before
    assert any("20 klientů" in text for *_, text in before)
    Service.objects.all().delete()
    assert list(made.paragraphs.values_list("order", "label", "text")) == before


def test_a_service_takes_comments_and_its_settlement_as_any_text(town: Municipality, client: Client) -> None:
    make.service("Péče doma", at=town)
    made = actions.announce(consultation=make_open(town), actor=make.person("coordinator"))
    paragraph = made.paragraphs.get(text__startswith="Péče doma")
    assert paragraph.sort == Paragraph.Sort.TEXT
    make_comment(made, paragraph=paragraph, original="", proposed="Přidat druhou pečovatelku", decision="accepted")
    page = client.get(f"/pripominky/{made.slug}/odstavec/{paragraph.order}/")
    assert "Přidat druhou pečovatelku" in page.content.decode()
    for name in ("formular.docx", "formular.pdf", "vyporadani.pdf", "vyporadani.xlsx"):
        assert client.get(f"/pripominky/{made.slug}/{name}").status_code == 200


def make_open(town: Municipality) -> Consultation:
    return prepared(town, opens_at=timezone.now() - DAY)


def test_nothing_asks_more_of_the_database_with_more_services(town: Municipality) -> None:
    def asked() -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            text_of(made)
        return len(queries)

    make.service_form(make.service(at=town))
    made = prepared(town)
    few = asked()
    for n in range(20):
        one = make.service(at=town, kind=make.kind(f"druh-{n % 3}"))
        make.capacity(make.service_form(one), n)
        one.served_municipalities.add(town)
        one.served_orps.add(town.orp)
    assert asked() <= few + 1  # capacities are asked for only where a service has a form
    assert few <= 11


# --- the desk ----------------------------------------------------------------------------------------------------


@pytest.fixture
def desk(client: Client, town: Municipality) -> Client:
    person = make.person()
    Grant.objects.create(person=person, role="coordinator", range_kind=Grant.Range.MUNICIPALITY, range_code=town.pk)
    client.force_login(person)
    return client


def filled(**more: Any) -> dict[str, Any]:
    return {"title": "Návrh sítě", "text": "network:uzemi", "who": "everyone", "showing": "checked"} | more


def test_the_network_is_chosen_narrowed_seen_and_announced(desk: Client, town: Municipality) -> None:
    make.service("Zůstane", at=town)
    out = make.service("Vynechaná", at=town)
    answer = desk.post("/sprava/pripominky/nove/", filled())
    made = Consultation.objects.get()
    address = f"/sprava/pripominky/{made.slug}/sit/"
    assert answer["Location"] == address
    assert made.network == {}
    page = desk.get(address).content.decode()
    assert "Zůstane" in page
    assert 'value="Síť sociálních služeb: obec Svornov"' in page
    answer = desk.post(
        address, {"seen": made.version, "title": "Síť na rok 2027", "as_of": "", "left_out": [str(out.pk)]}
    )
    assert answer["Location"] == f"/sprava/pripominky/{made.slug}/text/"
    made.refresh_from_db()
    assert made.network == {"title": "Síť na rok 2027", "left_out": [out.pk]}
    preview = desk.get(answer["Location"]).content.decode()
    assert "Síť na rok 2027" in preview
    assert "Zůstane (" in preview
    assert "Vynechaná (" not in preview
    assert not made.paragraphs.exists()
    deed = Deed.objects.filter(verb="consultation_changed").latest("pk")
    assert deed.names[deed.after["network"]] == "Síť na rok 2027; všechny druhy; 1\xa0služba vynechaná"
    # What else of the consultation is changed leaves the choice as it is.
    changed = desk.post(
        f"/sprava/pripominky/{made.slug}/upravit/", filled(title="Návrh sítě na rok 2027", seen=made.version)
    )
    assert changed.status_code == 302
    made.refresh_from_db()
    assert (made.title, made.network["left_out"]) == ("Návrh sítě na rok 2027", [out.pk])


def test_a_territory_without_services_is_said_at_the_field(desk: Client) -> None:
    answer = desk.post("/sprava/pripominky/nove/", filled())
    assert answer.status_code == 422
    assert answer.context["form"].errors == {"text": [network.EMPTY]}
    assert not Consultation.objects.exists()


def test_an_empty_choice_and_a_past_day_are_said_at_their_fields(desk: Client, town: Municipality) -> None:
    only = make.service("Jediná", at=town)
    made = prepared(town)
    address = f"/sprava/pripominky/{made.slug}/sit/"
    answer = desk.post(address, {"seen": made.version, "left_out": [str(only.pk)]})
    assert answer.status_code == 422
    assert answer.context["form"].errors == {"left_out": [network.NOTHING_LEFT]}
    assert network.NOTHING_LEFT in answer.content.decode()
    yesterday = timezone.localdate() - DAY
    answer = desk.post(address, {"seen": made.version, "as_of": yesterday.isoformat()})
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["as_of"]
    made.refresh_from_db()
    assert made.network == {}


def test_of_two_people_the_second_is_told(desk: Client, town: Municipality) -> None:
    make.service(at=town)
    made = prepared(town)
    Consultation.objects.filter(pk=made.pk).update(version=made.version + 1)
    answer = desk.post(f"/sprava/pripominky/{made.slug}/sit/", {"seen": made.version, "title": "Jinak"})
    assert answer.status_code == 409


def test_the_choice_is_over_once_the_text_is_frozen(desk: Client, town: Municipality) -> None:
    make.service(at=town)
    made = actions.announce(consultation=prepared(town), actor=make.person("coordinator"))
    address = f"/sprava/pripominky/{made.slug}/sit/"
    assert desk.get(address)["Location"] == f"/sprava/pripominky/{made.slug}/text/"
    with_plan = make_consultation(phase="prepared", paragraphs=1, town=town)
    assert desk.get(f"/sprava/pripominky/{with_plan.slug}/sit/").status_code == 404
