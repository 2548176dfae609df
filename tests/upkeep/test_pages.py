"""Pages of providers and approvers, as a browser asks for them."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from portal.accounts.models import Grant, Invitation
from portal.catalogue.models import Provider, Service, Source
from portal.mail.models import Letter
from portal.upkeep import policy
from portal.upkeep.models import Proposal
from tests import make

from .test_proposals import card, editor_of, stored, waiting

pytestmark = pytest.mark.django_db


@pytest.fixture
def service() -> Service:
    return card(provider=make.provider("Charita Lhota", ico="12345679"))


def signed_in(somebody: Any) -> Client:
    client = Client()
    client.force_login(somebody)
    return client


@pytest.fixture
def provider_page(service: Service) -> Client:
    return signed_in(editor_of(service, Grant.Role.PROVIDER_HEAD))


@pytest.fixture
def desk() -> Client:
    return signed_in(make.person("coordinator"))


def typed(client: Client, address: str, **changes: Any) -> dict[str, Any]:
    """What a browser would send from the form as it stands, with some fields typed over."""
    context = client.get(address).context
    edit = context["edit"]
    data = {"seen": context.get("seen", "")}
    sets = [edit.contacts] if not hasattr(edit, "row_sets") else edit.row_sets
    for form in (edit.form, *(rows.management_form for rows in sets), *(row for rows in sets for row in rows)):
        for bound in form:
            value = bound.value()
            if value not in (None, "") and value is not False:
                data[bound.html_name] = value
    return data | changes


def save(client: Client, address: str, **changes: Any) -> Any:
    return client.post(address, typed(client, address, **changes))


def mine(service: Service) -> str:
    return f"/moje/sluzby/{service.pk}/"


# --- a provider's pages -------------------------------------------------------------------------------------------


def test_my_services_say_how_each_stands(service: Service, provider_page: Client) -> None:
    page = provider_page.get("/moje/").content.decode()
    assert "Charita Lhota" in page
    assert "zatím neověřeno" in page
    save(provider_page, mine(service), plain_text="Nově.")
    page = provider_page.get("/moje/").content.decode()
    assert "čeká na schválení" in page


def test_saving_says_what_is_public_and_what_waits(service: Service, provider_page: Client) -> None:
    answer = provider_page.post(
        mine(service), typed(provider_page, mine(service), plain_text="Nově.", waiting="měsíc"), follow=True
    )
    page = answer.content.decode()
    assert "Hned platí: čekací doba." in page
    assert "Na schválení čeká: co služba dělá." in page
    assert "Přijdeme domů." in Client().get(f"/sluzby/{service.slug}/").content.decode()
    # The author goes on from what they proposed.
    assert "Nově." in provider_page.get(mine(service)).content.decode()


def test_errors_keep_what_was_typed(service: Service, provider_page: Client) -> None:
    answer = save(provider_page, mine(service), plain_text="Rozepsáno", municipalities="Nikdenice")
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Rozepsáno" in page
    assert "Nikdenice" in page
    assert not Proposal.objects.exists()


def test_the_second_of_two_editors_sees_what_changed(service: Service, provider_page: Client) -> None:
    late = typed(provider_page, mine(service), plain_text="Pozdě.")
    save(provider_page, mine(service), plain_text="Včas.")
    answer = provider_page.post(mine(service), late)
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "Včas." in page
    assert "Pozdě." in page
    again = typed(provider_page, mine(service)) | {**late, "seen": answer.context["seen"]}
    assert provider_page.post(mine(service), again).status_code == 302
    assert Proposal.objects.waiting().get().after == {"plain_text": "Pozdě."}


def test_an_own_accompanying_service_is_edited_without_naming_its_provider(provider_page: Client) -> None:
    provider = Provider.objects.get(name="Charita Lhota")
    kind = make.kind("n-klub", group="accompanying")
    own = make.service("Klub", provider=provider, kind=kind, source=Source.LOCAL, source_id="")
    assert save(provider_page, mine(own), name="Klub u lípy").status_code == 302
    proposal = Proposal.objects.get()
    assert proposal.after == {"name": "Klub u lípy"}


def test_what_was_returned_comes_back_into_the_form(service: Service, provider_page: Client, desk: Client) -> None:
    save(provider_page, mine(service), plain_text="Napoprvé.")
    proposal = Proposal.objects.get()
    answer = desk.post(f"/sprava/navrhy/{proposal.pk}/", {"reason": "Doplňte cenu.", "return": "1"}, follow=True)
    assert "vrácený" in answer.content.decode()
    home = provider_page.get("/moje/").content.decode()
    assert "vráceno k opravě" in home
    assert "Doplňte cenu." in home
    assert "1\xa0návrh k opravě" in provider_page.get("/sprava/").content.decode().replace("&nbsp;", "\xa0")
    page = provider_page.get(f"{mine(service)}?navrh={proposal.pk}").content.decode()
    assert "Napoprvé." in page
    assert "Doplňte cenu." in page


def test_a_provider_proposes_an_accompanying_service(service: Service, provider_page: Client, desk: Client) -> None:
    make.kind("n-klub", group="accompanying")
    address = f"/moje/poskytovatel/{service.provider_id}/nova-sluzba/"
    answer = save(provider_page, address, name="Klub Pohoda", kind="n-klub", plain_text="Scházíme se.")
    assert answer.status_code == 302
    proposal = Proposal.objects.get()
    assert proposal.fields[:2] == ["name", "kind"]
    page = desk.get(f"/sprava/navrhy/{proposal.pk}/").content.decode()
    assert "Klub Pohoda" in page
    assert desk.post(f"/sprava/navrhy/{proposal.pk}/", {"approve": "1"}).status_code == 302
    made = Service.objects.get(name="Klub Pohoda")
    assert Client().get(f"/sluzby/{made.slug}/").status_code == 200


def test_a_returned_new_service_comes_back_into_the_form(service: Service, provider_page: Client, desk: Client) -> None:
    make.kind("n-klub", group="accompanying")
    save(provider_page, f"/moje/poskytovatel/{service.provider_id}/nova-sluzba/", name="Klub Pohoda", kind="n-klub")
    proposal = Proposal.objects.get()
    desk.post(f"/sprava/navrhy/{proposal.pk}/", {"return": "1", "reason": "Kde se scházíte?"})
    home = provider_page.get("/moje/").content.decode()
    assert "Kde se scházíte?" in home
    link = re.search(r'href="([^"]*nova-sluzba/\?navrh=\d+)"', home)
    assert link is not None
    assert "Klub Pohoda" in provider_page.get(link[1]).content.decode()


def test_an_end_is_proposed_and_approved(service: Service, provider_page: Client, desk: Client) -> None:
    kind = make.kind("n-klub", group="accompanying")
    own = make.service("Klub", provider=service.provider, kind=kind, source=Source.LOCAL, source_id="")
    make.facility(own)
    answer = provider_page.post(
        f"/moje/sluzby/{own.pk}/konec/", {"konec-day": "2027-01-31", "konec-note": "Stěhujeme se."}
    )
    assert answer.status_code == 302
    proposal = Proposal.objects.get()
    page = desk.get(f"/sprava/navrhy/{proposal.pk}/").content.decode()
    assert "31. 1. 2027" in page
    assert "Stěhujeme se." in page
    desk.post(f"/sprava/navrhy/{proposal.pk}/", {"approve": "1"})
    own.refresh_from_db()
    assert f"{own.ended_on}" == "2027-01-31"


def test_the_provider_speaks_of_itself(service: Service, provider_page: Client) -> None:
    address = f"/moje/poskytovatel/{service.provider_id}/"
    late = typed(provider_page, address, about="Pozdě.")
    changes = {"kontakt-0-channel": "web", "kontakt-0-value": "www.charita.example"}
    assert save(provider_page, address, about="Pomáháme od roku 1992.", **changes).status_code == 302
    page = Client().get(f"/poskytovatele/{service.provider.slug}/").content.decode()
    assert "Pomáháme od roku 1992." in page
    assert "www.charita.example" in page
    answer = provider_page.post(address, late)
    assert answer.status_code == 409
    assert "od roku 1992" in answer.content.decode()


# --- approver's pages ---------------------------------------------------------------------------------------------


def test_old_and_new_stand_side_by_side_word_by_word(service: Service, desk: Client) -> None:
    proposal = waiting(service, editor_of(service), plain_text="Přijdeme k vám domů.", how_to_get="<b>Zavolejte</b>")
    page = desk.get(f"/sprava/navrhy/{proposal.pk}/").content.decode()
    diff = re.search(r'<p class="diff">(.*?)</p>', page, re.S)
    assert diff is not None
    assert re.sub(r"<ins>.*?</ins>", "", diff[1]) == "Přijdeme domů."
    assert "[přidáno: " in diff[1]
    assert "<b>Zavolejte" not in page


def test_chosen_fields_are_approved_from_the_page(service: Service, desk: Client) -> None:
    proposal = waiting(service, editor_of(service), plain_text="Nově.", how_to_get="Zavolejte.")
    address = f"/sprava/navrhy/{proposal.pk}/"
    seen = desk.get(address).context["seen"]
    data = {"names": ["plain_text"], "approve": "1", "seen": seen}
    answer = desk.post(address, data)
    assert answer.status_code == 422
    assert "proč" in answer.content.decode()
    assert desk.post(address, data | {"reason": "Chybí číslo."}).status_code == 302
    assert (stored(service).plain_text, stored(service).how_to_get) == ("Nově.", "")


def test_the_approver_corrects_in_the_whole_form(service: Service, desk: Client) -> None:
    proposal = waiting(service, editor_of(service), plain_text="Nove.")
    address = f"/sprava/navrhy/{proposal.pk}/oprava/"
    assert save(desk, address, plain_text="Nově.").status_code == 302
    assert stored(service).plain_text == "Nově."


def test_the_second_approver_learns_on_the_page(service: Service, desk: Client) -> None:
    proposal = waiting(service, editor_of(service), plain_text="Nově.")
    address = f"/sprava/navrhy/{proposal.pk}/"
    seen = desk.get(address).context["seen"]
    data = {"names": ["plain_text"], "approve": "1", "seen": seen}
    assert signed_in(make.person("region", name="Jana")).post(address, data).status_code == 302
    answer = desk.post(address, data)
    assert answer.status_code == 409
    assert "už je rozhodnuto" in answer.content.decode()


def test_many_are_approved_from_the_queue(desk: Client) -> None:
    cards = [card(), card()]
    proposals = [waiting(one, editor_of(one), plain_text="Nově.") for one in cards]
    answer = desk.post("/sprava/navrhy/", {"proposals": [one.pk for one in proposals]}, follow=True)
    assert "Schváleno: 2\xa0návrhy." in answer.content.decode().replace("&nbsp;", "\xa0")
    assert [stored(one).plain_text for one in cards] == ["Nově.", "Nově."]
    assert len(desk.get("/sprava/navrhy/?stav=vyrizene").context["lines"]) == 2


def test_the_setting_is_edited_at_the_desk(service: Service, desk: Client) -> None:
    form = desk.get("/sprava/navrhy/pravidla/").context["form"]
    data = {bound.html_name: "on" for _, cells in form.rows for bound in cells if bound.initial}
    del data["usual-plain_text"]
    assert desk.post("/sprava/navrhy/pravidla/", data).status_code == 302
    assert "plain_text" not in policy.waiting_fields(service.provider)
    assert "how_to_get" in policy.waiting_fields(service.provider)


# --- who may ------------------------------------------------------------------------------------------------------


def test_what_lies_elsewhere_does_not_exist(service: Service) -> None:
    """Another provider's editor and another territory's coordinator get what an empty address gives."""
    proposal = waiting(service, editor_of(service), plain_text="Nově.")
    stranger = signed_in(editor_of(card(), Grant.Role.PROVIDER_HEAD))
    elsewhere = make.person()
    Grant.objects.create(person=elsewhere, role="coordinator", range_kind="orp", range_code="8888")
    other_desk = signed_in(elsewhere)
    nothing = stranger.get("/moje/sluzby/999999/")
    assert nothing.status_code == 404
    provider = f"/moje/poskytovatel/{service.provider_id}/"
    for address in (mine(service), f"{mine(service)}konec/", provider, f"{provider}lide/", f"{provider}nova-sluzba/"):
        for answer in (stranger.get(address), stranger.post(address, {"about": "x"})):
            assert answer.status_code == 404, address
    for address in (f"/moje/navrhy/{proposal.pk}/vzit-zpet/", f"{provider}lide/odebrat/"):
        assert stranger.post(address).status_code == 404, address
    desk_address = f"/sprava/navrhy/{proposal.pk}/"
    for address in (desk_address, f"{desk_address}oprava/", f"/sprava/poskytovatele/{service.provider_id}/"):
        assert other_desk.get(address).status_code == 404, address
        assert other_desk.post(address, {"approve": "1", "names": ["plain_text"]}).status_code == 404, address
        assert stranger.get(address).status_code == 404, address
    assert not other_desk.get("/sprava/navrhy/").context["lines"]
    other_desk.post("/sprava/navrhy/", {"proposals": [proposal.pk]})
    assert stored(service).plain_text == "Přijdeme domů."
    assert Proposal.objects.waiting().get() == proposal


def test_somebody_may_act_for_several_providers(service: Service) -> None:
    somebody = editor_of(service)
    other = card()
    Grant.objects.create(
        person=somebody, role=Grant.Role.PROVIDER_HEAD, range_kind="provider", range_code=str(other.provider_id)
    )
    client = signed_in(somebody)
    context = client.get("/moje/").context
    assert {one.provider.pk: one.heads for one in context["organisations"]} == {
        service.provider_id: False,
        other.provider_id: True,
    }
    assert client.get(f"/moje/poskytovatel/{service.provider_id}/lide/").status_code == 404
    assert client.get(f"/moje/poskytovatel/{other.provider_id}/lide/").status_code == 200


# --- keys ---------------------------------------------------------------------------------------------------------


def test_the_coordinator_invites_the_providers_people(service: Service, desk: Client) -> None:
    assert [one.provider for one in desk.get("/sprava/poskytovatele/?q=12345679").context["lines"]] == [
        service.provider
    ]
    address = f"/sprava/poskytovatele/{service.provider_id}/"
    wrong = desk.post(address, {"email": "jana", "name": "Jana", "role": "provider_head"})
    assert wrong.status_code == 422
    answer = desk.post(address, {"email": "jana@example.org", "name": "Jana", "role": "provider_head"}, follow=True)
    assert "Pozvánka odešla" in answer.content.decode()
    assert Letter.objects.get().to == "jana@example.org"
    assert "čeká na odpověď" in desk.get(address).content.decode()


def test_the_head_invites_and_removes_editors(service: Service, provider_page: Client) -> None:
    address = f"/moje/poskytovatel/{service.provider_id}/lide/"
    data = {"email": "petr@example.org", "name": "Petr", "role": "provider_editor"}
    assert provider_page.post(address, data).status_code == 302
    # Only editors: more than that is the coordinator's to give.
    assert provider_page.post(address, data | {"email": "x@example.org", "role": "provider_head"}).status_code == 422
    invitation = Invitation.objects.get()
    provider_page.post(f"{address}odebrat/", {"invitation": invitation.pk})
    assert not Invitation.objects.waiting().exists()
    colleague = editor_of(service)
    provider_page.post(f"{address}odebrat/", {"grant": colleague.grants.get().pk})
    assert not colleague.grants.exists()
    # Heads stay: their keys are given and taken at the desk.
    head = Grant.objects.get(role=Grant.Role.PROVIDER_HEAD)
    assert provider_page.post(f"{address}odebrat/", {"grant": head.pk}).status_code == 404


TABLE = """IČO;E-mail;Jméno;Role
12345679;jana@example.org;Jana;vedoucí
12345679;JANA@example.org;Jana;vedoucí
12345679;nikdo;Petr;
99999999;petr@example.org;Petr;editor
123;eva@example.org;Eva;editor
12345679;eva@example.org;Eva;ředitelka
12345679;olga@example.org;Olga;
"""


def test_many_are_invited_from_a_table_after_a_look(service: Service, desk: Client) -> None:
    upload = SimpleUploadedFile("lide.csv", TABLE.encode("cp1250"))
    answer = desk.post("/sprava/poskytovatele/pozvat/", {"file": upload})
    wishes = answer.context["wishes"]
    assert [bool(one.ready) for one in wishes] == [True, False, False, False, False, False, True]
    assert wishes[1].skipped == "v tabulce je dvakrát"
    assert ["E-mail" in wishes[2].problem, "nemáme" in wishes[3].problem] == [True, True]
    assert ["osm číslic" in wishes[4].problem or "nemáme" in wishes[4].problem, "Role" in wishes[5].problem] == [
        True
    ] * 2
    assert not Invitation.objects.exists()
    answer = desk.post("/sprava/poskytovatele/pozvat/", {"rows": answer.context["rows"]}, follow=True)
    assert "Odešlo: 2\xa0pozvánky." in answer.content.decode().replace("&nbsp;", "\xa0")
    assert set(Invitation.objects.values_list("email", "role", "range_code")) == {
        ("jana@example.org", "provider_head", str(service.provider_id)),
        ("olga@example.org", "provider_editor", str(service.provider_id)),
    }
    # The same table again: everybody is invited already.
    again = desk.post("/sprava/poskytovatele/pozvat/", {"file": SimpleUploadedFile("lide.csv", TABLE.encode())})
    assert again.context["ready"] == 0
    assert again.context["wishes"][0].skipped == "už je pozvaný"


@pytest.mark.parametrize("content", [b"", b"jmeno;role\nJana;editor", b"PK\x03\x04rozbity", b"\x00\x01\x02"])
def test_what_is_no_such_table_is_refused(desk: Client, content: bytes) -> None:
    answer = desk.post("/sprava/poskytovatele/pozvat/", {"file": SimpleUploadedFile("lide.xlsx", content)})
    assert answer.status_code == 422


# --- queries ------------------------------------------------------------------------------------------------------

CEILINGS = {"/moje/": 16, "/sprava/navrhy/": 16, "/sprava/poskytovatele/": 16}


@pytest.mark.parametrize("rows", [3, 30])
def test_queries_do_not_grow_with_rows(rows: int) -> None:
    provider = make.provider()
    services = [card(provider=provider) for _ in range(rows)]
    editor = editor_of(services[0])
    for one in services:
        waiting(one, editor, plain_text="Nově.")
    client, desk = signed_in(editor), make.person()
    Grant.objects.create(person=desk, role="coordinator", range_kind="orp", range_code="9901")
    for address, ceiling in CEILINGS.items():
        asked = client if address == "/moje/" else signed_in(desk)
        asked.get(address)
        with CaptureQueriesContext(connection) as queries:
            assert asked.get(address).status_code == 200
        assert len(queries) <= ceiling, (address, len(queries))
