"""What demo/groups/ says: people of all sides, each once, with addresses that lead nowhere."""

import re

import pytest

from portal.groups.models import Group, Membership, Procedure, Side
from portal.home.demo_groups import FOLDER, read_groups

WRITTEN = read_groups()
MEMBERS = [(slug, one) for slug, said in WRITTEN.items() for one in said["members"]]


def test_a_steering_group_and_five_working_ones_with_people_of_all_sides() -> None:
    sorts = [said["sort"] for said in WRITTEN.values()]
    assert sorts.count(Group.Sort.STEERING) == 1
    assert sorts.count(Group.Sort.WORKING) == 5
    assert len(MEMBERS) >= 60
    assert {one["side"] for _, one in MEMBERS} == set(Side.values)
    assert {one.get("role", "member") for _, one in MEMBERS} == set(Membership.Role.values)
    assert any("left" in one for _, one in MEMBERS)
    assert any(said.get("applications") for said in WRITTEN.values())


@pytest.mark.parametrize("slug", WRITTEN)
def test_every_group_holds_together(slug: str) -> None:
    said = WRITTEN[slug]
    names = [one["name"] for one in said["members"]]
    assert len(set(names)) == len(names)
    heads = [one for one in said["members"] if one.get("role") == "head" and "left" not in one]
    assert len(heads) <= 1
    for at, one in enumerate(said["members"]):
        assert one["joined"] <= said["since_days"], one["name"]
        assert one.get("left", 0) <= one["joined"]
        assert bool(one.get("reason")) == ("left" in one)
        if "instead" in one:
            assert one["instead"] in names[:at], one["name"]
        if one.get("role") == "guest":
            assert one["votes"] is False
    columns = {field.name for field in Procedure._meta.fields}
    assert set(said["procedure"]) <= columns


def test_contacts_lead_nowhere() -> None:
    text = "\n".join(path.read_text(encoding="utf-8") for path in FOLDER.glob("*.toml"))
    assert all(host.endswith(".example") for host in re.findall(r"@([\w.-]+\w)", text))
    assert all(phone.startswith("999 ") for phone in re.findall(r"\b\d{3} \d{3} \d{3}\b", text))
