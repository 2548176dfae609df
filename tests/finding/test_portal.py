"""The search over the tables: what gets in, what never does, when it is renewed; the words people edit."""

import json
import threading
from datetime import timedelta
from io import StringIO
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import CommandError, call_command
from django.db import DatabaseError
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from portal.catalogue.actions import touch
from portal.catalogue.models import DataVersion, Kind
from portal.finding import actions, corpus, index, stored, wordlists
from portal.finding.entry import Hours, Spot
from portal.finding.lay import LayRow
from portal.finding.models import CrisisLine, EmptySearch, LayWord, Origin, Situation
from tests import make

pytestmark = pytest.mark.django_db

SECRET = "Tajná 77"


def the_entry(service):
    return next(entry for entry in corpus.entries() if entry.id == service.pk)


# --- rows into the search ------------------------------------------------------------------------------


def test_an_entry_holds_what_the_row_says():
    place = make.municipality("Zkušebno", lat=50.1, lon=15.1)
    service = make.service("Pečovatelka", forms=["ter"], target_groups=["seniori"], at=place, cost="paid")
    service.served_municipalities.add(place)
    service.features.add(make.feature())
    make.hours(service.facilities.get(), 1, "8.00", "0.00")
    entry = the_entry(service)
    assert (entry.name, entry.provider, entry.kind) == ("Pečovatelka", service.provider.name, "ps")
    assert entry.spots == (Spot(place.code, place.orp_id, 50.1, 15.1),)
    assert (entry.groups, entry.forms, entry.features) == (("seniori",), ("ter",), ("pes",))
    assert entry.served == (place.code,)
    assert entry.hours == (Hours(1, 480, 1440),)
    assert (entry.cost, entry.barrier_free, entry.registered) == ("paid", None, True)


def test_what_is_not_public_is_not_searched():
    yesterday = timezone.localdate() - timedelta(days=1)
    make.service(published=False)
    make.service(ended_on=yesterday)
    make.service(vanished_at=timezone.now())
    ended = make.service()
    make.facility(ended, ended_on=yesterday)
    assert [entry.id for entry in corpus.entries()] == [ended.pk]
    assert the_entry(ended).spots == ()


def test_a_secret_place_gives_neither_point_nor_name_nor_hours():
    service = make.service()
    secret = make.secret_facility(service, name=SECRET)
    make.hours(secret, 1, "8.00", "9.00")
    entry = the_entry(service)
    assert entry.spots == ()
    assert entry.hours == ()
    assert SECRET not in repr(entry)


def test_a_whole_region_is_served_only_by_those_who_come():
    region = make.region()
    field = make.service(forms=["ter"], whole_region=region)
    home = make.service(forms=["pob"], whole_region=region)
    assert the_entry(field).served == (region.code,)
    assert the_entry(home).served == ()


def test_unknown_steps_are_not_steps_that_are_not_there():
    known, unknown, steps = make.service(), make.service(), make.service()
    make.facility(known, step_free=True)
    make.facility(known, step_free=None)
    make.facility(unknown, step_free=False)
    make.facility(unknown, step_free=None)
    make.facility(steps, step_free=False)
    assert [the_entry(one).barrier_free for one in (known, unknown, steps)] == [True, None, False]


def test_reading_takes_the_same_queries_for_any_number_of_rows(django_assert_max_num_queries):
    for _ in range(12):
        make.service(forms=["ter", "amb"], target_groups=["seniori"], at=make.municipality())
    with django_assert_max_num_queries(12):
        corpus.entries()


# --- when it is renewed ----------------------------------------------------------------------------------


def test_a_held_search_costs_one_query_and_a_new_version_brings_a_new_one(django_assert_num_queries):
    make.service("První")
    touch()
    first = index.current()
    with django_assert_num_queries(1):
        assert index.current() is first
    make.service("Druhá")
    touch()
    assert {entry.name for entry in index.current().entries} == {"První", "Druhá"}
    assert index.version(index.current()) != index.version(first)


def test_a_web_process_answers_from_the_old_index_while_a_new_one_is_built(monkeypatch):
    may_finish, version = threading.Event(), [(1, timezone.now())]

    def build(_version):
        may_finish.wait(10)
        return object()

    monkeypatch.setattr(DataVersion, "objects", SimpleNamespace(now=lambda: version[0]))
    monkeypatch.setattr(index, "_held", (version[0], old := object()))
    monkeypatch.setattr(index, "_in_background", True)
    monkeypatch.setattr(index, "_versions", {})
    monkeypatch.setattr(stored, "build_beside", build)
    version[0] = (2, timezone.now())
    assert index.current() is old
    assert index.current() is old
    builders = [thread for thread in threading.enumerate() if thread.name == "search-index"]
    assert len(builders) == 1
    may_finish.set()
    builders[0].join(10)
    assert index.current() is not old


def test_a_web_process_starts_without_its_database(monkeypatch, caplog):
    def fail():
        raise DatabaseError("no such table")

    monkeypatch.setattr(index, "current", fail)
    monkeypatch.setattr(index, "_in_background", False)
    monkeypatch.setattr("portal.finding.index.connection.close", lambda: None)
    index.renew_in_background()
    assert "no such table" in caplog.text


def test_without_a_version_the_search_is_never_stale():
    assert list(index.current().entries) == []
    make.service("Nová")
    assert [entry.name for entry in index.current().entries] == ["Nová"]


def test_edited_words_change_what_is_found():
    ps, osp = make.kind("ps"), make.kind("osp", name="odborné poradenství")
    LayWord.objects.create(phrase="frndolína", kinds="osp")
    LayWord.objects.create(phrase="uvařit oběd", kinds="ps")
    make.service("Domácí", kind=ps)
    make.service("Rádcovská", kind=osp)
    touch()
    assert index.current().search("frndolina").hits[0].kind == "osp"
    LayWord.objects.filter(phrase="frndolína").update(kinds="ps")
    touch()
    assert index.current().search("frndolina").hits[0].kind == "ps"


# --- the command -----------------------------------------------------------------------------------------


def find(*args: str) -> list[dict[str, object]]:
    out = StringIO()
    call_command("find", *args, "--json", stdout=out)
    found: list[dict[str, object]] = json.loads(out.getvalue())
    return found


def test_find_prints_ranked_objects():
    place = make.municipality("Zkušebno", lat=50.1, lon=15.1, people=5000)
    make.service("Domácí péče", kind=make.kind("ps"), at=place)
    make.service("Daleko", kind=make.kind("ps"), at=make.municipality("Dálava", lat=49.0, lon=17.0))
    found = find("pečovatelka pro babičku", "--near", "Zkušebno", "--limit", "5")
    assert [one["service"] for one in found] == ["Domácí péče", "Daleko"]
    assert list(found[0]) == ["kind_code", "kind", "service", "provider", "municipality", "distance_km", "score"]
    assert (found[0]["kind_code"], found[0]["municipality"], found[0]["distance_km"]) == ("zkouska/ps", "Zkušebno", 0.0)


def test_find_refuses_a_senseless_limit_and_survives_senseless_words():
    with pytest.raises(CommandError):
        find("dluhy", "--limit", "0")
    assert find("'; DROP TABLE--", "--near", "Nikde") == []


# --- what was looked for in vain -------------------------------------------------------------------------


def test_a_search_in_vain_is_counted_by_day_without_anything_personal():
    for _ in range(2):
        actions.note_empty_search(text="Hledám kurz vaření pro Karla Nováka, tel. 603 123 456, karel@example.org")
    noted = EmptySearch.objects.get()
    assert noted.count == 2
    assert noted.question == "hledam kurz vareni pro tel"
    assert EmptySearch.objects.totals()[0]["times"] == 2


@given(st.text(max_size=300))
def test_nothing_kept_of_a_search_can_be_a_number_or_an_address(text):
    kept = actions.impersonal(text)
    assert len(kept) <= actions.LONGEST
    assert "@" not in kept
    assert not any(letter.isdigit() for letter in kept)


@pytest.mark.parametrize("text", ["", "???", "123 456 789", "já potřebuju pomoc", "a" * 0])
def test_a_search_that_says_nothing_is_not_kept(text):
    assert actions.note_empty_search(text=text) is None


# --- editing ---------------------------------------------------------------------------------------------


def test_a_coordinator_adds_a_phrase_and_it_is_written_down():
    make.kind("ps")
    word = actions.lay_word_add(phrase=" Pomoct  dědovi ", kinds=["ps"], actor=make.person("coordinator"))
    assert (word.phrase, word.kinds, word.origin) == ("pomoct dědovi", "ps", Origin.COORDINATOR)


def test_others_may_not_edit_words():
    make.kind("ps")
    for person in (make.person(), make.person("auditor"), None):
        with pytest.raises(PermissionDenied):
            actions.lay_word_add(phrase="x y", kinds=["ps"], actor=person)


@pytest.mark.parametrize(
    ("phrase", "kinds"), [("děda", []), ("děda", ["nic"]), ("", ["ps"]), ("12", ["ps"]), ("uvařit oběd", ["ps"])]
)
def test_a_phrase_that_leads_nowhere_or_is_there_already_is_refused(phrase, kinds):
    make.kind("ps")
    LayWord.objects.create(phrase="uvařit obed", kinds="ps")
    with pytest.raises(ValidationError):
        actions.lay_word_add(phrase=phrase, kinds=kinds, actor=make.person("coordinator"))


def test_a_changed_phrase_survives_the_next_loading():
    make.kind("ps")
    wordlists.load()
    word = LayWord.objects.get(phrase="exekuce")
    actions.lay_word_change(word=word, kinds=["ps"], groups=[], active=True, actor=make.person("coordinator"))
    assert wordlists.load().wrote is False
    assert LayWord.objects.get(phrase="exekuce").kinds == "ps"


def test_a_crisis_line_says_when_it_was_verified():
    line = CrisisLine.objects.create(key="x", number="116 000", name="Linka", line="Poradí.")
    values: dict[str, Any] = {"number": "116 111", "name": "Linka", "about": "Poradí.", "hours": "", "active": True}
    today = timezone.localdate()
    coordinator = make.person("coordinator")
    changed = actions.crisis_line_change(line=line, verified_on=today, actor=coordinator, **values)
    assert changed.certainty == CrisisLine.Certainty.VERIFIED
    wrongs: list[dict[str, Any]] = [{"verified_on": today + timedelta(days=1)}, {"number": "volejte"}]
    for wrong in wrongs:
        with pytest.raises(ValidationError):
            actions.crisis_line_change(line=line, actor=coordinator, **(values | {"verified_on": today} | wrong))


def test_a_situation_shown_must_lead_somewhere():
    situation = Situation.objects.create(slug="x", title="X", line="Y")
    values: dict[str, Any] = {
        "title": "Mám dluhy",
        "line": "Poradí vám.",
        "target_groups": [],
        "violence": False,
        "active": True,
    }
    coordinator = make.person("coordinator")
    with pytest.raises(ValidationError):
        actions.situation_change(situation=situation, kinds=[], actor=coordinator, **values)
    actions.situation_change(situation=situation, kinds=[make.kind("osp")], actor=coordinator, **values)
    assert [kind.key for kind in situation.kinds.all()] == ["osp"]


# --- the shipped lists -----------------------------------------------------------------------------------


def test_loading_twice_writes_once_and_every_row_has_its_place():
    call_command("load_lists", verbosity=0)
    assert wordlists.load().added > 3000
    assert wordlists.load().wrote is False
    assert 20 <= Situation.objects.shown().count() <= 30
    assert all(one.kinds.exists() and one.line for one in Situation.objects.prefetch_related("kinds"))
    assert Situation.objects.filter(violence=True).exists()
    assert set(CrisisLine.objects.filter(certainty="law").values_list("number", flat=True)) == {
        "112",
        "150",
        "155",
        "158",
    }
    keys = set(Kind.objects.values_list("key", flat=True))
    assert {key for kinds in LayWord.objects.values_list("kinds", flat=True) for key in kinds.split()} <= keys


def test_a_phrase_gone_from_the_list_is_switched_off_not_deleted(tmp_path):
    (tmp_path / "lay_words_a.csv").write_text("phrase,kinds,groups,note\nděda,ps,,\nbába,ps,,\n", encoding="utf-8")
    wordlists.load(tmp_path)
    (tmp_path / "lay_words_a.csv").write_text("phrase,kinds,groups,note\nbába,ps oa,,\n", encoding="utf-8")
    wordlists.load(tmp_path)
    assert dict(LayWord.objects.values_list("phrase", "active")) == {"děda": False, "bába": True}
    assert LayWord.objects.get(phrase="bába").kinds == "ps oa"


def test_what_two_authors_say_of_one_phrase_is_joined():
    rows = [LayRow("Děda", ("ps",), ("seniori",)), LayRow("děda", ("oa", "ps"))]
    assert wordlists.joined(rows) == {"děda": LayRow("děda", ("ps", "oa"), ("seniori",))}
