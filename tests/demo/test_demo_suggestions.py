"""What people of the demo told the planners: in all states, as people write, and gone when it is taken away."""

import re
from typing import Any

import pytest

from portal.catalogue import codelists
from portal.home import demo_suggestions
from portal.mail.models import Letter
from portal.suggestions.models import Suggestion
from tests import make
from tests.meetings import gatherings
from tests.plan import plans

TOLD: list[dict[str, Any]] = demo_suggestions.read()["suggestion"]
OFFICIALESE = re.compile(r"v rámci|za účelem|předmětn|realizac|\bdle\b", re.IGNORECASE)


@pytest.mark.parametrize("told", TOLD, ids=lambda one: one["title"])
def test_each_is_what_a_person_writes(told: dict[str, Any]) -> None:
    assert len(told["title"]) <= 80
    assert not OFFICIALESE.search(f"{told['title']} {told['text']}")
    assert all(step["days"] <= told["days"] for step in told.get("steps", []))
    assert told.get("email", ".example").endswith(".example")
    assert not told.get("shown") or told["steps"], "somebody read it before it went on the web"


def test_what_they_name_is_in_the_demo() -> None:
    folder = demo_suggestions.FILE.parents[1]
    groups = {path.stem for path in (folder / "groups").glob("*.toml")}
    keys = {line.split(",")[0] for line in (codelists.LISTS / "target_groups.csv").read_text("utf-8").splitlines()}
    towns = (folder / "territory" / "municipalities.csv").read_text("utf-8")
    for one in TOLD:
        assert set(one.get("groups", [])) <= keys
        assert {step["group"] for step in one.get("steps", []) if "group" in step} <= groups
        assert "town" not in one or f",{one['town']}," in towns
        assert one.get("same_as", TOLD[0]["title"]) in {other["title"] for other in TOLD}


@pytest.mark.django_db
def test_loaded_once_in_all_states_and_taken_away(monkeypatch: pytest.MonkeyPatch) -> None:
    read = demo_suggestions.read()
    plan = plans.grown(plans.plan())
    groups = {step["group"] for one in TOLD for step in one.get("steps", []) if "group" in step}
    for slug in groups:
        gatherings.meeting(make.group(slug=slug))
    for one in read["suggestion"]:
        for step in one.get("steps", []):
            step["measures"] = ["1.1.1"] if "measures" in step else []
            step.pop("plan", None)
    monkeypatch.setattr(demo_suggestions, "read", lambda *_: read | {"plan": plan.slug})
    assert demo_suggestions.load() == len(TOLD)
    assert demo_suggestions.load() == 0
    assert set(Suggestion.objects.values_list("state", flat=True)) == set(Suggestion.State)
    assert not Letter.objects.exists()
    assert not [one for one in Suggestion.objects.public() if "999 " in one.words]
    assert demo_suggestions.remove() == len(TOLD)
    assert not Suggestion.objects.exists()
