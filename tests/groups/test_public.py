"""Public pages of groups: open about how they work, silent about contacts and people who use services."""

import json

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from portal.groups.models import Group, Membership, Procedure, Side
from portal.groups.procedure_words import sentences
from portal.plan.models import Area, Card, Node
from tests import make
from tests.plan import plans

pytestmark = pytest.mark.django_db
HEAVIEST = 60 * 1024


def secret_ones(group: Group) -> list[str]:
    """Members of every side with contacts; what of them may never be public."""
    hidden = make.membership(group, name="Karla Tajná", side=Side.USER, organisation="Klub Krize", phone="999 123 456")
    make.membership(group, name="Nora Náhradní", side=Side.USER, substitutes=hidden, email="nora@example.org")
    make.membership(group, name="Petr Občan", side=Side.PUBLIC, email="petr@example.org")
    make.membership(group, name="Hana Hostka", side=Side.PROVIDER, role=Membership.Role.GUEST)
    make.membership(group, name="Iva Známá", side=Side.USER, name_public=True)
    make.membership(group, name="Ota Vedoucí", side=Side.PROVIDER, role=Membership.Role.HEAD, email="ota@example.org")
    contacts = [one.email for one in group.memberships.all()] + ["999 123 456"]
    return ["Karla", "Tajná", "Klub Krize", "Nora", "Petr Občan", "Hana Hostka", *contacts]


@pytest.mark.parametrize("query", ["", "?format=json"])
def test_no_contact_of_a_member_and_no_name_of_a_user_of_services(client: Client, query: str) -> None:
    group = make.group()
    secret = secret_ones(group)
    told = client.get(f"/skupiny/{group.slug}/{query}").content.decode()
    for word in secret:
        assert word not in told, word
    for word in ("Iva Známá", "Ota Vedoucí"):
        assert word in told
    assert "zástupce uživatelů" in told.lower()


def test_the_coordinators_e_mail_is_for_people_and_not_for_robots(client: Client) -> None:
    group = make.group(contact_name="Jana Plánovací", contact_email="jana@mesto.example")
    page = client.get(f"/skupiny/{group.slug}/").content.decode()
    assert "jana@mesto.example" not in page
    assert "mailto:jana" not in page
    assert "zavináč" in page
    assert "mesto.example" in page
    assert "jana@mesto.example" not in client.get(f"/skupiny/{group.slug}/?format=json").content.decode()


def test_a_group_that_is_not_shown_is_not_there(client: Client) -> None:
    group = make.group(shown=False)
    for path in ("", "pridat-se/", "opatreni/", "?format=json"):
        assert client.get(f"/skupiny/{group.slug}/{path}").status_code == 404
    assert group.name not in client.get("/skupiny/").content.decode()


def test_a_group_above_that_is_hidden_is_not_named(client: Client) -> None:
    group = make.group(above=make.group(name="Tajná rada", shown=False))
    for query in ("", "?format=json"):
        assert "Tajná rada" not in client.get(f"/skupiny/{group.slug}/{query}").content.decode()


def test_those_who_left_and_are_to_come_are_not_shown(client: Client) -> None:
    group = make.group()
    make.membership(group, name="Dřívější", left_on="2026-01-01", joined_on="2025-01-01")
    make.membership(group, name="Budoucí", joined_on="2099-01-01")
    page = client.get(f"/skupiny/{group.slug}/").content.decode()
    assert "Dřívější" not in page
    assert "Budoucí" not in page


def test_popolo_says_who_votes_and_for_whom(client: Client) -> None:
    group = make.group(abbreviation="PS X")
    make.membership(group, name="Ota", organisation="Spolek", joined_on="2025-01-01")
    told = json.loads(client.get(f"/skupiny/{group.slug}/?format=json").content)
    assert told["other_names"] == [{"name": "PS X"}]
    (one,) = told["memberships"]
    assert (one["person"], one["on_behalf_of"], one["votes"]) == ({"name": "Ota"}, "Spolek", True)
    assert one["start_date"] == "2025-01-01"


def test_rules_of_procedure_in_plain_words() -> None:
    procedure = Procedure(
        group=Group(),
        invitation_days=3,
        working_days=True,
        meetings_a_year=1,
        by_letter=True,
        by_letter_days=5,
        absences=3,
        quorum="sides",
        guest_meetings=0,
    )
    text = " ".join(line for _, lines in sentences(procedure) for line in lines).replace("\xa0", " ")
    for words in (
        "aspoň jednou za rok",
        "3 pracovní dny předem",
        "zástupce zadavatelů, poskytovatelů i uživatelů",
        "e-mailem do 5 dnů",
        "po 3 neomluvených neúčastech",
    ):
        assert words in text
    assert "jako host" not in text


@pytest.mark.parametrize("times", [1, 10])
def test_queries_and_weight_do_not_grow_with_the_rows(client: Client, times: int) -> None:
    place = make.municipality()
    for _ in range(2 * times):
        other = make.group(place)
        for side in Side:
            make.membership(other, side=side)
    group = make.group(place)
    for _ in range(3 * times):
        make.membership(group)
    measures(group, times)
    client.get("/skupiny/")
    for path, most in (("/skupiny/", 3), (f"/skupiny/{group.slug}/", 6), (f"/skupiny/{group.slug}/opatreni/", 6)):
        with CaptureQueriesContext(connection) as queries:
            answer = client.get(path)
        assert answer.status_code == 200
        assert len(queries) <= most, (path, [one["sql"][:90] for one in queries])
        assert len(answer.content) <= HEAVIEST


def measures(group: Group, number: int) -> None:
    """A public plan with so many measures in an area of the group."""
    plan = plans.grown(plans.plan(actor=make.person("coordinator")))
    type(plan).objects.filter(pk=plan.pk).update(shown=True)
    area = Area.objects.create(plan=plan, name="Naše oblast", group=group)
    above, actor = Node.objects.get(plan=plan, code="1.1"), make.person("coordinator")
    for n in range(number):
        node = plans.add(plan, "measure", above, f"Opatření {n}", actor)
        Card.objects.update_or_create(node=node, defaults={"area": area})


def test_measures_of_a_group_are_those_of_its_areas_in_public_plans(client: Client) -> None:
    group, other = make.group(), make.group()
    measures(group, 2)
    page = client.get(f"/skupiny/{group.slug}/opatreni/").content.decode()
    assert "Opatření 0" in page
    assert "Opatření 1" in page
    assert "Opatření 0" not in client.get(f"/skupiny/{other.slug}/opatreni/").content.decode()
    Area.objects.get(group=group).plan.__class__.objects.update(shown=False, state="drafting")
    assert "Opatření 0" not in client.get(f"/skupiny/{group.slug}/opatreni/").content.decode()
