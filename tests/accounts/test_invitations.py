"""Nobody signs up: a role is offered by a letter, and taken by whoever has the mailbox."""

import re
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from portal.accounts import actions
from portal.accounts.models import Grant, Invitation, Person
from portal.audit.models import Deed
from portal.catalogue.models import Provider
from portal.mail.models import Letter
from portal.territory.models import Municipality
from tests import make

pytestmark = pytest.mark.django_db
Role, Range = Grant.Role, Grant.Range
PASSWORD = "dlouhe-heslo-editorky"


@pytest.fixture
def town() -> Municipality:
    return make.municipality("Tady", orp=make.orp("9901", "Tady"))


@pytest.fixture
def provider(town: Municipality) -> Provider:
    return make.provider("Domov Tady", municipality=town, ico="12345679")


@pytest.fixture
def coordinator(town: Municipality) -> Person:
    return holder(Role.COORDINATOR, Range.ORP, town.orp_id, name="Jana Koordinátorka")


def holder(role: str, kind: str, code: str, **more: str) -> Person:
    person = make.person(**more)
    Grant.objects.create(person=person, role=role, range_kind=kind, range_code=code)
    return person


def invite(
    actor: Person, provider: Provider, role: str = Role.PROVIDER_EDITOR, email: str = "nova@domov.example"
) -> str:
    """Invites, and returns the address from the letter."""
    actions.invite(
        email=email, name="Eva Nová", role=role, range_kind=Range.PROVIDER, range_code=str(provider.pk), actor=actor
    )
    return link()


def link() -> str:
    """The address in the newest letter."""
    found = re.search(r"/pozvanka/[\w-]+/", Letter.objects.latest("pk").text)
    assert found
    return found[0]


# --- who invites whom ----------------------------------------------------------------------------------------


def test_the_letter_says_who_invites_to_what_and_for_whom(coordinator: Person, provider: Provider) -> None:
    invite(coordinator, provider)
    letter = Letter.objects.get()
    assert letter.to == "nova@domov.example"
    for words in ("Jana Koordinátorka", "editor poskytovatele", "Domov Tady"):
        assert words in letter.text


@pytest.mark.parametrize(
    ("giver", "allowed"),
    [
        (Role.PROVIDER_EDITOR, set()),
        (Role.PROVIDER_HEAD, {Role.PROVIDER_EDITOR}),
        (Role.MUNICIPALITY, set()),
        (Role.MEMBER, set()),
        (Role.PAGE_EDITOR, set()),
        (Role.COORDINATOR, {Role.PROVIDER_EDITOR, Role.PROVIDER_HEAD, Role.MUNICIPALITY, Role.MEMBER}),
        (Role.REGION, set(Role) - {Role.TECHNICAL}),
        (Role.AUDITOR, set()),
        (Role.TECHNICAL, set(Role)),
    ],
)
def test_who_gives_which_roles(
    giver: Grant.Role, allowed: set[Grant.Role], town: Municipality, provider: Provider
) -> None:
    codes = {Range.SITE: "", Range.REGION: town.region_id, Range.ORP: town.orp_id, Range.MUNICIPALITY: town.pk}
    codes[Range.PROVIDER] = str(provider.pk)
    codes[Range.GROUP] = str(make.group(town).pk)
    widest = {kind: kind for kind in (Range.PROVIDER, Range.MUNICIPALITY, Range.GROUP)}
    own = widest.get(Grant.RANGES[giver][0], Range.SITE)
    actor = holder(giver, own, codes[own])
    given = set()
    for role in Role:
        kind = Grant.RANGES[role][0]
        try:
            actions.invite(
                email="x@y.example", name="", role=role, range_kind=kind, range_code=codes[kind], actor=actor
            )
            given.add(role)
        except PermissionDenied:
            pass
    assert given == allowed


def test_a_range_outside_ones_own_is_refused(coordinator: Person, provider: Provider) -> None:
    elsewhere = make.municipality("Jinde", orp=make.orp("9902", "Jinde"))
    far = make.provider(municipality=elsewhere)
    head = holder(Role.PROVIDER_HEAD, Range.PROVIDER, str(provider.pk))
    region = holder(Role.REGION, Range.REGION, "CZ098")
    for actor in (coordinator, head, region):
        with pytest.raises(PermissionDenied):
            invite(actor, far)
    for kind, code in ((Range.SITE, ""), (Range.ORP, elsewhere.orp_id)):
        with pytest.raises(PermissionDenied):
            actions.invite(
                email="a@b.example",
                name="",
                role=Role.COORDINATOR,
                range_kind=kind,
                range_code=code,
                actor=holder(Role.REGION, Range.REGION, "CZ098"),
            )
    assert not Letter.objects.exists()


def test_a_role_is_held_only_over_ranges_that_make_sense(provider: Provider) -> None:
    with pytest.raises(PermissionDenied):
        actions.invite(
            email="a@b.example",
            name="",
            role=Role.TECHNICAL,
            range_kind=Range.PROVIDER,
            range_code=str(provider.pk),
            actor=make.person("technical"),
        )


# --- coming in -----------------------------------------------------------------------------------------------


def test_somebody_new_sets_a_name_and_a_password_and_is_in(
    client: Client, coordinator: Person, provider: Provider
) -> None:
    address = invite(coordinator, provider)
    page = client.get(address).content.decode()
    assert "Jana Koordinátorka" in page
    assert "Domov Tady" in page
    answer = client.post(address, {"name": "Eva Nová", "password": PASSWORD, "again": PASSWORD})
    assert answer["Location"] == reverse("home:desk")
    eva = Person.objects.get(email="nova@domov.example")
    assert client.get(reverse("home:desk")).context["user"] == eva
    assert eva.check_password(PASSWORD)
    grant = eva.grants.get()
    assert (grant.role, grant.range_kind, grant.range_code) == (Role.PROVIDER_EDITOR, Range.PROVIDER, str(provider.pk))
    assert set(Deed.objects.values_list("verb", flat=True)) == {"person_invited", "invitation_accepted"}


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"password": "kratke", "again": "kratke"}, "12"),
        ({"password": "heslo1234567890", "again": "jine-heslo-1234"}, "liší"),
        ({"password": "nova@domov.example", "again": "nova@domov.example"}, "podobné"),
        ({"name": ""}, "pole"),
    ],
)
def test_a_weak_or_mistyped_password_is_explained(
    client: Client, coordinator: Person, provider: Provider, typed: dict[str, str], words: str
) -> None:
    address = invite(coordinator, provider)
    answer = client.post(address, {"name": "Eva", "password": PASSWORD, "again": PASSWORD} | typed)
    assert answer.status_code == 422
    assert words in answer.content.decode().partition("error-summary")[2]
    assert not Person.objects.filter(email="nova@domov.example").exists()


def test_somebody_known_signs_in_and_accepts(client: Client, coordinator: Person, provider: Provider) -> None:
    eva = make.person("page_editor", email="nova@domov.example")
    address = invite(coordinator, provider)
    page = client.get(address).content.decode()
    assert f"/prihlaseni/?next={address}" in page
    assert 'name="password"' not in page
    client.post(address, {"name": "Útočník", "password": PASSWORD, "again": PASSWORD})
    assert not eva.grants.filter(role=Role.PROVIDER_EDITOR).exists()
    client.force_login(eva)
    assert client.post(address).status_code == 302
    assert set(eva.grants.values_list("role", flat=True)) == {Role.PAGE_EDITOR, Role.PROVIDER_EDITOR}


def test_an_invitation_of_one_account_is_not_taken_by_another(
    client: Client, coordinator: Person, provider: Provider
) -> None:
    make.person(email="nova@domov.example")
    other = make.person()
    address = invite(coordinator, provider)
    client.force_login(other)
    assert "jiný účet" in client.get(address).content.decode()
    client.post(address)
    assert not other.grants.exists()


def test_accepting_takes_all_that_waits_for_the_mailbox(
    client: Client, coordinator: Person, town: Municipality
) -> None:
    for _ in range(2):
        address = invite(coordinator, make.provider(municipality=town))
    client.post(address, {"name": "Eva Nová", "password": PASSWORD, "again": PASSWORD})
    assert Person.objects.get(email="nova@domov.example").grants.count() == 2
    assert not Invitation.objects.waiting().exists()


# --- links that lead nowhere ---------------------------------------------------------------------------------


def refused(client: Client, address: str) -> bool:
    read = client.get(address)
    wrote = client.post(address, {"name": "Eva", "password": PASSWORD, "again": PASSWORD})
    return (
        read.status_code == wrote.status_code == 410 and not Person.objects.filter(email="nova@domov.example").exists()
    )


def test_an_expired_link_leads_nowhere_until_it_is_sent_again(
    client: Client, coordinator: Person, provider: Provider
) -> None:
    address = invite(coordinator, provider)
    Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert refused(client, address)
    actions.invite_again(invitation=Invitation.objects.get(), actor=coordinator)
    assert refused(client, address)
    assert client.get(link()).status_code == 200


def test_a_withdrawn_link_leads_nowhere(client: Client, coordinator: Person, provider: Provider) -> None:
    address = invite(coordinator, provider)
    actions.withdraw(invitation=Invitation.objects.get(), actor=coordinator)
    assert refused(client, address)
    with pytest.raises(ValidationError):
        actions.invite_again(invitation=Invitation.objects.get(), actor=coordinator)


def test_a_used_link_says_so(client: Client, coordinator: Person, provider: Provider) -> None:
    address = invite(coordinator, provider)
    client.post(address, {"name": "Eva Nová", "password": PASSWORD, "again": PASSWORD})
    answer = Client().get(address)
    assert answer.status_code == 410
    assert "už jste přijali" in answer.content.decode()


def test_a_made_up_link_leads_nowhere(client: Client) -> None:
    assert client.get("/pozvanka/vymyslene/").status_code == 410


def test_the_table_keeps_no_secret(coordinator: Person, provider: Provider) -> None:
    token = invite(coordinator, provider).split("/")[2]
    assert token not in str(list(Invitation.objects.values_list()))
    assert token not in str(list(Deed.objects.values_list()))


# --- once more -----------------------------------------------------------------------------------------------


def test_inviting_again_to_the_same_is_one_invitation_with_a_new_link(
    client: Client, coordinator: Person, provider: Provider
) -> None:
    first, second = invite(coordinator, provider), invite(coordinator, provider, email="NOVA@domov.example")
    assert Invitation.objects.count() == 1
    assert client.get(first).status_code == 410
    assert client.get(second).status_code == 200


def test_who_has_the_role_is_not_invited_to_it(coordinator: Person, provider: Provider) -> None:
    holder(Role.PROVIDER_EDITOR, Range.PROVIDER, str(provider.pk), email="nova@domov.example")
    with pytest.raises(ValidationError, match="už má"):
        invite(coordinator, provider)


def test_a_switched_off_account_is_not_invited(coordinator: Person, provider: Provider) -> None:
    make.person(email="nova@domov.example", is_active=False)
    with pytest.raises(ValidationError, match="vypnutý"):
        invite(coordinator, provider)
