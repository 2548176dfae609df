"""Proposals: what goes out at once, what waits, what the approver may do; and what must never happen."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from portal.accounts.models import Grant, Person
from portal.audit.models import Deed
from portal.catalogue import actions as catalogue
from portal.catalogue import drafts
from portal.catalogue.actions import Stale
from portal.catalogue.drafts import ContactDraft, Draft, PlaceDraft
from portal.catalogue.models import Service, Source
from portal.mail.models import Letter
from portal.upkeep import actions, letters, proposed
from portal.upkeep.models import Proposal, Standing
from tests import make

pytestmark = pytest.mark.django_db
State = Proposal.State


def editor_of(service: Service, role: str = Grant.Role.PROVIDER_EDITOR) -> Person:
    somebody = make.person()
    Grant.objects.create(
        person=somebody, role=role, range_kind=Grant.Range.PROVIDER, range_code=str(service.provider_id)
    )
    return somebody


def card(**more: Any) -> Service:
    """A service of the register with a few words of its provider."""
    service = make.service("Pečovatelka", at=make.municipality("Lhota"), **more)
    service.plain_text, service.waiting = "Přijdeme domů.", "týden"
    service.save()
    return service


@pytest.fixture
def service() -> Service:
    return card()


@pytest.fixture
def editor(service: Service) -> Person:
    return editor_of(service)


@pytest.fixture
def coordinator() -> Person:
    return make.person("coordinator")


def say(service: Service, editor: Person, **changes: Any) -> actions.Saved:
    """Save the form as it stands with some fields typed over."""
    pending = Proposal.objects.waiting().filter(service=service, sort="change").first()
    shown = proposed.with_pending(drafts.read(service), pending)
    draft = replace(shown, **changes)
    return actions.propose(service=service, draft=draft, seen=shown.fingerprint, actor=editor)


def waiting(service: Service, editor: Person, **changes: Any) -> Proposal:
    saved = say(service, editor, **changes)
    assert saved.proposal is not None
    return saved.proposal


def stored(service: Service) -> Draft:
    return drafts.read(Service.objects.select_related("kind", "provider").get(pk=service.pk))


# --- what goes out at once and what waits -------------------------------------------------------------------------


def test_one_save_splits_into_what_is_public_at_once_and_what_waits(service: Service, editor: Person) -> None:
    saved = say(service, editor, waiting="měsíc", plain_text="Přijdeme k vám domů.")
    assert saved.written == ["waiting"]
    assert saved.proposal is not None
    assert saved.proposal.fields == ["plain_text"]
    assert (stored(service).waiting, stored(service).plain_text) == ("měsíc", "Přijdeme domů.")
    assert (saved.proposal.before, saved.proposal.after) == (
        {"plain_text": "Přijdeme domů."},
        {"plain_text": "Přijdeme k vám domů."},
    )
    assert set(Deed.objects.values_list("verb", "actor_id")) == {
        ("service_changed", editor.pk),
        ("change_proposed", editor.pk),
    }


@pytest.mark.parametrize(
    ("level", "public"),
    [
        (Standing.Level.TRUSTED, {"waiting", "plain_text"}),
        (Standing.Level.USUAL, {"waiting"}),
        (Standing.Level.WATCHED, set()),
    ],
)
def test_standing_of_the_provider_decides(
    service: Service, editor: Person, coordinator: Person, level: str, public: set[str]
) -> None:
    actions.set_standing(provider=service.provider, level=level, actor=coordinator)
    saved = say(service, editor, waiting="měsíc", plain_text="Jinak.")
    assert set(saved.written) == public


def test_the_setting_decides_by_field(service: Service, editor: Person, coordinator: Person) -> None:
    assert actions.set_rules(waits={("usual", "waiting"): True, ("usual", "plain_text"): False}, actor=coordinator) == 2
    saved = say(service, editor, waiting="měsíc", plain_text="Jinak.")
    assert saved.written == ["plain_text"]
    assert saved.proposal is not None
    assert saved.proposal.fields == ["waiting"]
    with pytest.raises(PermissionDenied):
        actions.set_rules(waits={}, actor=editor)


def test_a_provider_says_neither_whose_the_card_is_nor_that_it_was_verified(service: Service, editor: Person) -> None:
    before = stored(service)
    say(service, editor, provider="Někdo jiný", ico="12345678", verified_by="já", name="Jinak", plain_text="Ano.")
    assert replace(stored(service), plain_text=before.plain_text) == before
    assert Proposal.objects.get().fields == ["plain_text"]


# --- again, back, at the same time --------------------------------------------------------------------------------


def test_saving_again_supersedes_what_waited(service: Service, editor: Person) -> None:
    first = waiting(service, editor, plain_text="Poprvé.")
    second = waiting(service, editor, plain_text="Podruhé.", how_to_get="Zavolejte.")
    first.refresh_from_db()
    assert (first.state, second.state) == (State.SUPERSEDED, State.WAITING)
    assert set(second.fields) == {"plain_text", "how_to_get"}
    assert stored(service).plain_text == "Přijdeme domů."


def test_saving_the_same_again_changes_nothing(service: Service, editor: Person) -> None:
    first = waiting(service, editor, plain_text="Poprvé.")
    assert waiting(service, editor) == first


def test_typing_back_what_is_stored_withdraws(service: Service, editor: Person) -> None:
    first = waiting(service, editor, plain_text="Poprvé.")
    assert say(service, editor, plain_text="Přijdeme domů.").proposal is None
    first.refresh_from_db()
    assert first.state == State.WITHDRAWN


def test_two_editors_never_overwrite_each_other_silently(service: Service, editor: Person) -> None:
    seen = stored(service).fingerprint
    waiting(service, editor, plain_text="Poprvé.")
    draft = replace(stored(service), plain_text="Z druhého počítače.")
    with pytest.raises(Stale) as news:
        actions.propose(service=service, draft=draft, seen=seen, actor=editor_of(service))
    assert news.value.stored.plain_text == "Poprvé."
    assert Proposal.objects.get().after == {"plain_text": "Poprvé."}


def test_withdrawing_is_for_the_providers_people(service: Service, editor: Person) -> None:
    proposal = waiting(service, editor, plain_text="Poprvé.")
    with pytest.raises(PermissionDenied):
        actions.withdraw(proposal=proposal, actor=editor_of(card()))
    actions.withdraw(proposal=proposal, actor=editor_of(service))
    with pytest.raises(ValidationError, match="rozhodnuto"):
        actions.withdraw(proposal=proposal, actor=editor)


# --- deciding -----------------------------------------------------------------------------------------------------


def test_approval_publishes_and_tells_the_author(service: Service, editor: Person, coordinator: Person) -> None:
    proposal = waiting(service, editor, plain_text="Nově.")
    seen = stored(service).fingerprint
    actions.approve(proposal=proposal, seen=seen, actor=coordinator)
    proposal.refresh_from_db()
    assert (proposal.state, proposal.decided_by, stored(service).plain_text) == (State.APPROVED, coordinator, "Nově.")
    letter = Letter.objects.get()
    assert letter.to == editor.email
    assert "schválené" in letter.text
    assert f"/sluzby/{service.slug}/" in letter.text


def test_some_fields_are_approved_and_the_others_go_back_with_a_reason(
    service: Service, editor: Person, coordinator: Person
) -> None:
    proposal = waiting(service, editor, plain_text="Nově.", how_to_get="Zavolejte.")
    with pytest.raises(ValidationError, match="proč"):
        actions.approve(proposal=proposal, names=["plain_text"], actor=coordinator)
    actions.approve(proposal=proposal, names=["plain_text"], reason="Chybí telefon.", actor=coordinator)
    proposal.refresh_from_db()
    assert proposal.state == State.PARTLY
    assert (stored(service).plain_text, stored(service).how_to_get) == ("Nově.", "")
    text = Letter.objects.get().text
    assert "Chybí telefon." in text
    assert text.index("co služba dělá") < text.index("jak ji získat")


def test_returning_needs_a_reason_and_changes_nothing(service: Service, editor: Person, coordinator: Person) -> None:
    proposal, before = waiting(service, editor, plain_text="Nově."), stored(service)
    with pytest.raises(ValidationError, match="opravit"):
        actions.return_(proposal=proposal, reason=" ", actor=coordinator)
    actions.return_(proposal=proposal, reason="Napište i cenu.", actor=coordinator)
    assert stored(service) == before
    assert "Napište i cenu." in Letter.objects.get().text


def test_the_approver_may_correct(service: Service, editor: Person, coordinator: Person) -> None:
    proposal = waiting(service, editor, plain_text="Nove.")
    corrected = replace(stored(service), plain_text="Nově.", cost_note="zdarma")
    actions.approve(proposal=proposal, corrected=corrected, seen=stored(service).fingerprint, actor=coordinator)
    assert (stored(service).plain_text, stored(service).cost_note) == ("Nově.", "zdarma")
    assert "něco jsme v nich opravili" in Letter.objects.get().text


def test_the_second_of_two_approvers_learns(service: Service, editor: Person, coordinator: Person) -> None:
    proposal = waiting(service, editor, plain_text="Nově.")
    actions.approve(proposal=proposal, actor=coordinator)
    with pytest.raises(ValidationError, match=f"rozhodnuto.*{coordinator.name}.*schváleno"):
        actions.return_(proposal=proposal, reason="Ne.", actor=make.person("region"))
    assert Letter.objects.count() == 1


def test_a_change_meanwhile_is_a_conflict_and_bulk_approval_refuses_it(
    service: Service, editor: Person, coordinator: Person
) -> None:
    proposal, other = waiting(service, editor, plain_text="Nově."), card()
    fine = waiting(other, editor_of(other), plain_text="Taky nově.")
    now = stored(service)
    draft = replace(now, plain_text="Koordinátor.")
    catalogue.service_save(service=service, draft=draft, seen=now.fingerprint, actor=coordinator)
    assert proposed.conflicts(stored(service), proposal) == ["plain_text"]

    bulk = actions.approve_many(proposals=[proposal, fine], actor=coordinator)
    assert [one.pk for one in bulk.approved] == [fine.pk]
    assert "mezitím" in bulk.refused[0][1]
    assert stored(service).plain_text == "Koordinátor."
    # What the approver looked at is no longer there.
    with pytest.raises(Stale):
        actions.approve(proposal=proposal, seen=now.fingerprint, actor=coordinator)
    # With the conflict before their eyes they may.
    actions.approve(proposal=proposal, seen=stored(service).fingerprint, actor=coordinator)
    assert stored(service).plain_text == "Nově."


def test_a_conflict_survives_another_save_of_the_author(service: Service, editor: Person, coordinator: Person) -> None:
    waiting(service, editor, plain_text="Nově.")
    now = stored(service)
    draft = replace(now, plain_text="Koordinátor.")
    catalogue.service_save(service=service, draft=draft, seen=now.fingerprint, actor=coordinator)
    again = waiting(service, editor, how_to_get="Zavolejte.")
    assert proposed.conflicts(stored(service), again) == ["plain_text"]


def test_whoever_has_no_right_decides_nothing(service: Service, editor: Person) -> None:
    proposal = waiting(service, editor, plain_text="Nově.")
    elsewhere = make.person()
    Grant.objects.create(person=elsewhere, role="coordinator", range_kind="orp", range_code="8888")
    for stranger in (editor, elsewhere, make.person("auditor"), make.person("technical"), make.person()):
        with pytest.raises(PermissionDenied):
            actions.approve(proposal=proposal, actor=stranger)
        with pytest.raises(PermissionDenied):
            actions.return_(proposal=proposal, reason="Ne.", actor=stranger)
    assert stored(service).plain_text == "Přijdeme domů."


def test_an_editor_of_one_provider_never_reaches_another(service: Service, editor: Person) -> None:
    other = card()
    draft = replace(stored(other), waiting="nikdy")
    with pytest.raises(PermissionDenied):
        actions.propose(service=other, draft=draft, seen=stored(other).fingerprint, actor=editor)
    with pytest.raises(PermissionDenied):
        catalogue.service_write(service=other, draft=draft, names=["waiting"], actor=editor)
    with pytest.raises(PermissionDenied):
        actions.propose_new(provider=other.provider, draft=Draft(name="Klub", kind="ps"), actor=editor)
    assert stored(other).waiting == "týden"


# --- accompanying services ----------------------------------------------------------------------------------------


def test_a_new_accompanying_service_enters_the_catalogue_when_approved(
    service: Service, editor: Person, coordinator: Person
) -> None:
    make.kind("n-klub", group="accompanying")
    draft = Draft(name="Klub Pohoda", kind="n-klub", provider="Podvrh", contacts=(ContactDraft("phone", "777111222"),))
    proposal = actions.propose_new(provider=service.provider, draft=draft, actor=editor)
    assert not Service.objects.filter(name="Klub Pohoda").exists()
    actions.approve(proposal=proposal, actor=coordinator)
    made = Service.objects.get(name="Klub Pohoda")
    assert (made.provider, made.is_public, made.source) == (service.provider, True, Source.LOCAL)
    assert made.contacts.get().value == "777111222"
    assert Proposal.objects.get().service == made
    with pytest.raises(ValidationError, match="Registrovanou"):
        actions.propose_new(provider=service.provider, draft=replace(draft, kind="ps"), actor=editor)


def test_an_end_waits_for_approval_and_a_registered_service_cannot_end(
    service: Service, editor: Person, coordinator: Person
) -> None:
    own = make.service(
        "Klub", provider=service.provider, source=Source.LOCAL, kind=make.kind("n", group="accompanying")
    )
    proposal = actions.propose_end(service=own, day=date(2026, 12, 31), actor=editor)
    own.refresh_from_db()
    assert own.ended_on is None
    actions.approve(proposal=proposal, actor=coordinator)
    own.refresh_from_db()
    assert own.ended_on == date(2026, 12, 31)
    with pytest.raises(ValidationError, match="registr"):
        actions.propose_end(service=service, day=date(2026, 12, 31), actor=editor)


# --- secret addresses ---------------------------------------------------------------------------------------------

STREET = "Tajná 13"


def told_everywhere() -> str:
    """All that is kept of proposals, deeds and letters, as text."""
    rows = [*Proposal.objects.values(), *Deed.objects.values(), *Letter.objects.values()]
    return "".join(str(row) for row in rows)


def test_an_address_made_secret_is_hidden_at_once_and_told_nowhere(coordinator: Person) -> None:
    service = make.service("Azyl", source=Source.LOCAL)
    place = make.facility(service, make.municipality("Lhota"), street=STREET)
    editor = editor_of(service)
    # While it is public, a proposal mentions it.
    now = stored(service)
    waiting(service, editor, places=(replace(now.places[0], lift=True),))
    assert STREET in told_everywhere()

    shown = proposed.with_pending(stored(service), Proposal.objects.waiting().get())
    hidden = replace(shown, places=(PlaceDraft(id=place.pk, secret=True),), plain_text="Nově.")
    saved = actions.propose(service=service, draft=hidden, seen=shown.fingerprint, actor=editor)
    assert "places" in saved.written
    place.refresh_from_db()
    assert (place.secret, place.street) == (True, "")
    proposal = Proposal.objects.waiting().get()
    actions.approve(proposal=proposal, actor=coordinator)
    proposals = "".join(str(row) for row in [*Proposal.objects.values(), *Letter.objects.values()])
    assert STREET not in proposals
    deeds = Deed.objects.exclude(verb="service_added").values()
    assert STREET not in "".join(str(row) for row in deeds)


def test_a_provider_cannot_make_a_secret_address_public(coordinator: Person) -> None:
    service = make.service("Azyl", source=Source.LOCAL)
    place = make.secret_facility(service)
    public = PlaceDraft(id=place.pk, street=STREET, municipality=make.municipality().code)
    saved = say(service, editor_of(service), places=(public,), plain_text="Nově.")
    assert saved.proposal is not None
    assert saved.proposal.fields == ["plain_text"]
    assert STREET not in told_everywhere()


def test_an_address_that_the_register_made_secret_leaves_old_proposals(coordinator: Person) -> None:
    service = make.service("Azyl", source=Source.LOCAL)
    place = make.facility(service, make.municipality("Lhota"), street=STREET)
    proposal = waiting(service, editor_of(service), places=(replace(stored(service).places[0], lift=True),))
    type(place).objects.filter(pk=place.pk).update(
        secret=True, street="", postal_code="", municipality=None, municipality_name="", lat=None, lon=None
    )
    # Even before the nightly sweep nothing of it is written or shown.
    assert proposed.laid_over(stored(service), proposal.after).places == (PlaceDraft(id=place.pk, secret=True),)
    actions.forget_secret_addresses()
    assert STREET not in str(Proposal.objects.values())


# --- letters ------------------------------------------------------------------------------------------------------


def told_to() -> list[tuple[str, int]]:
    found = [(person.email, len(queue)) for person, queue in letters.queues().items()]
    actions.proposals_told()
    return found


def test_approvers_are_told_of_all_that_waits_when_something_is_new(service: Service, editor: Person) -> None:
    coordinator = make.person("coordinator")
    make.person("region")
    other = card()
    waiting(service, editor, plain_text="Nově.")
    waiting(other, editor_of(other), plain_text="Nově.")
    assert told_to() == [(coordinator.email, 2)]
    assert told_to() == []
    waiting(service, editor, plain_text="Ještě jinak.")
    assert told_to() == [(coordinator.email, 2)]


def test_what_no_coordinator_looks_after_is_told_to_the_region(service: Service, editor: Person) -> None:
    elsewhere = make.person()
    Grant.objects.create(person=elsewhere, role="coordinator", range_kind="orp", range_code="8888")
    region = make.person("region")
    waiting(service, editor, plain_text="Nově.")
    assert told_to() == [(region.email, 1)]
