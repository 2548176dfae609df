"""A coordinator keeps code lists: what is shown, what is refused, what the journal remembers."""

import re

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from portal.audit.models import Deed
from portal.catalogue import codelists
from portal.catalogue.lists_views import LISTS
from portal.catalogue.models import DataVersion, Kind, TargetGroup
from tests import make

pytestmark = pytest.mark.django_db

DPS = {
    "name": "domovy pro seniory",
    "gloss": "Naše slova.",
    "code": "DruhSocialniSluzby/13",
    "group": "care",
    "order": "12",
}


@pytest.fixture
def coordinator(client: Client) -> Client:
    call_command("load_lists", verbosity=0)
    client.force_login(make.person("coordinator"))
    return client


def test_every_list_shows_its_items(coordinator: Client) -> None:
    index = coordinator.get("/sprava/ciselniky/").content.decode()
    for slug, one in LISTS.items():
        assert one.title in index
        page = coordinator.get(f"/sprava/ciselniky/{slug}/").content.decode()
        assert all(item.name in page for item in one.model._default_manager.all())
        first = one.model._default_manager.all()[0]
        assert coordinator.get(f"/sprava/ciselniky/{slug}/{first.key}/").status_code == 200
        assert coordinator.get(f"/sprava/ciselniky/{slug}/pridat/").status_code == 200


def test_an_edit_is_kept_journalled_and_safe_from_loading(coordinator: Client) -> None:
    version = DataVersion.objects.count() and DataVersion.objects.get().number
    answer = coordinator.post("/sprava/ciselniky/druhy/dps/", DPS)
    assert answer["Location"] == "/sprava/ciselniky/druhy/"
    assert Kind.objects.get(key="dps").gloss == "Naše slova."
    deed = Deed.objects.get()
    assert deed.verb == "list_item_changed"
    assert deed.after["gloss"] == "Naše slova."
    assert deed.before["gloss"].startswith("Domov s celodenní péčí")
    assert "name" not in deed.after, "only what changed"
    assert DataVersion.objects.get().number > version
    codelists.load()
    assert Kind.objects.get(key="dps").gloss == "Naše slova."


def test_the_second_of_two_people_sees_what_the_first_one_wrote(coordinator: Client) -> None:
    address = "/sprava/ciselniky/druhy/dps/"
    seen = re.search(r'name="seen" value="(\w+)"', coordinator.get(address).content.decode())
    assert seen is not None
    assert coordinator.post(address, DPS | {"seen": seen[1], "gloss": "Slova první."}).status_code == 302
    late = coordinator.post(address, DPS | {"seen": seen[1], "gloss": "Slova druhé."})
    page = late.content.decode()
    assert late.status_code == 409
    assert "Slova první." in page
    assert "Slova druhé." in page
    assert Kind.objects.get(key="dps").gloss == "Slova první."
    newer = re.search(r'name="seen" value="(\w+)"', page)
    assert newer is not None
    assert coordinator.post(address, DPS | {"seen": newer[1], "gloss": "Slova druhé."}).status_code == 302
    assert Kind.objects.get(key="dps").gloss == "Slova druhé."


def test_saving_without_a_change_writes_nothing(coordinator: Client) -> None:
    coordinator.post("/sprava/ciselniky/druhy/dps/", DPS)
    coordinator.post("/sprava/ciselniky/druhy/dps/", DPS)
    assert Deed.objects.count() == 1


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"name": ""}, "povinn|vyplň|required|nutn"),
        ({"code": "DruhSocialniSluzby/4"}, "pečovatelská služba"),
        ({"valid_from": "2020-01-02", "valid_to": "2020-01-01"}, "před začátkem"),
        ({"usual_forms": "ter letecky"}, "letecky"),
        ({"group": "nic"}, "nic"),
        ({"order": "-1"}, "0|větší"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(coordinator: Client, change: dict[str, str], words: str) -> None:
    import re

    answer = coordinator.post("/sprava/ciselniky/druhy/dps/", DPS | change)
    assert answer.status_code == 422
    assert re.search(words, answer.content.decode(), re.I)
    assert Kind.objects.get(key="dps").edited_at is None
    assert not Deed.objects.exists()


def test_a_new_item_and_a_key_that_is_taken(coordinator: Client) -> None:
    new = {"key": "nova", "name": "nová skupina", "plain": "noví lidé", "order": "99", "code": "CilovaSkupinaOsoby/99"}
    assert coordinator.post("/sprava/ciselniky/cilove-skupiny/pridat/", new).status_code == 302
    item = TargetGroup.objects.get(key="nova")
    assert (item.code, item.code_certainty) == ("CilovaSkupinaOsoby/99", "edited")
    assert Deed.objects.get().verb == "list_item_added"
    again = coordinator.post("/sprava/ciselniky/cilove-skupiny/pridat/", new | {"code": ""})
    assert again.status_code == 422
    assert TargetGroup.objects.filter(key="nova").count() == 1


@pytest.mark.parametrize(
    ("role", "reads", "edits"),
    [
        ("coordinator", True, True),
        ("region", True, True),
        ("technical", True, True),
        ("auditor", True, False),
        ("", False, False),
    ],
)
def test_who_may(client: Client, role: str, reads: bool, edits: bool) -> None:
    codelists.load()
    client.force_login(make.person(*filter(None, [role])))
    assert (client.get("/sprava/ciselniky/").status_code == 200) is reads
    assert (client.get("/sprava/ciselniky/druhy/").status_code == 200) is reads
    assert (client.get("/sprava/ciselniky/druhy/dps/").status_code == 200) is edits
    assert (client.post("/sprava/ciselniky/druhy/dps/", DPS).status_code == 302) is edits
    assert (Kind.objects.get(key="dps").edited_at is not None) is edits


def test_unknown_lists_and_items_are_not_there(coordinator: Client) -> None:
    for path in ("nic/", "druhy/neni/", "nic/pridat/"):
        assert coordinator.get(f"/sprava/ciselniky/{path}").status_code == 404


def test_pages_ask_little(coordinator: Client) -> None:
    with CaptureQueriesContext(connection) as queries:
        coordinator.get("/sprava/ciselniky/")
    assert len(queries) <= 10
    with CaptureQueriesContext(connection) as queries:
        coordinator.get("/sprava/ciselniky/druhy/")
    assert len(queries) <= 6
