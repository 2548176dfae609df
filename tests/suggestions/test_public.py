"""What the public reads of suggestions: what was put on the web, as it was put there, at a price that does not grow."""

import json
from datetime import datetime, timedelta
from typing import Any
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

import pytest
from django.core.cache import caches
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from portal.plan.models import Plan
from portal.suggestions import actions
from portal.suggestions.models import Suggestion, SuggestionStep
from tests import make
from tests.plan import plans

pytestmark = pytest.mark.django_db
HEAVIEST = 60 * 1024
State = Suggestion.State


def put(state: str = State.TAKEN, **more: Any) -> Suggestion:
    """A suggestion on the web in the state."""
    over = {name: more.pop(name) for name in list(more) if name in {"shown_at", "joined_to", "answer", "public_text"}}
    said: dict[str, Any] = {"sort": "need", "title": "Obědy", "text": "Nemá je kdo vozit."}
    one = actions.receive(**said | more)
    over = {"shown_at": timezone.now()} | over
    if state == State.ANSWERED:
        over = {"answer": "Budou.", "answered_at": timezone.now()} | over
    Suggestion.objects.filter(pk=one.pk).update(state=state, **over)
    one.refresh_from_db()
    return one


def listed(client: Client, query: str = "") -> set[str]:
    return {one.title for one, _ in client.get(f"/podnety/{query}").context["rows"]}


# --- what is public ----------------------------------------------------------------------------------------------


def test_only_what_was_put_on_the_web_is_there(client: Client) -> None:
    first = put(title="Na webu")
    hidden = [
        put(State.NEW, title="Nepřečtený"),
        put(title="Neukázaný", shown_at=None),
        put(State.DECLINED, title="Odmítnutý"),
    ]
    joined = put(State.JOINED, title="Spojený", joined_to=first)
    told = "".join(
        client.get(path).content.decode("utf-8", "replace")
        for path in ("/podnety/", "/podnety/atom.xml", "/podnety/mapa.geojson")
    )
    assert "Na webu" in told
    for one in (*hidden, joined):
        assert one.title not in told
    assert [client.get(f"/podnety/{one.number}/").status_code for one in hidden] == [404] * 3
    assert client.get(f"/podnety/{joined.number}/")["Location"] == f"/podnety/{first.number}/"
    assert "Kolik lidí říká totéž" in client.get(f"/podnety/{first.number}/").content.decode()


def test_a_joined_one_does_not_tell_of_one_that_is_hidden(client: Client) -> None:
    hidden = put(title="Tajný", shown_at=None)
    joined = put(State.JOINED, joined_to=hidden)
    assert client.get(f"/podnety/{joined.number}/").status_code == 404
    assert "Tajný" not in client.get(f"/podnety/sleduj/{joined.key}/").content.decode()


def test_no_email_no_key_and_no_name_that_is_not_public(client: Client) -> None:
    one = put(name="Jana Tajná", email="jana@example.org", text="Syn Petr Novák je nemocný.", public_text="Syn.")
    known = put(name="Iva Známá", name_public=True, email="iva@example.org", email_confirmed=True)
    paths = ["/podnety/", "/podnety/atom.xml", "/podnety/mapa.geojson", "/podnety/podnety.xlsx"]
    told = "".join(
        client.get(path).content.decode("utf-8", "replace")
        for path in [*paths, f"/podnety/{one.number}/", f"/podnety/{known.number}/"]
    )
    for word in ("Tajná", "jana@example.org", "iva@example.org", "Petr Novák", one.key, known.key):
        assert word not in told
    assert "Iva Známá" in told


def test_the_story_and_where_it_is_dealt_with(client: Client) -> None:
    group, secret = make.group(name="Skupina pro seniory"), make.group(name="Tajná skupina", shown=False)
    one, other = put(State.GROUP), put(State.GROUP)
    Suggestion.objects.filter(pk=one.pk).update(group=group)
    Suggestion.objects.filter(pk=other.pk).update(group=secret)
    SuggestionStep.objects.create(suggestion=one, state=State.TAKEN, note="Děkujeme, probereme to.")
    page = client.get(f"/podnety/{one.number}/").content.decode()
    for words in ("Podnět přišel z webu", "Děkujeme, probereme to.", "Skupina pro seniory", group.slug):
        assert words in page
    assert "Tajná skupina" not in client.get(f"/podnety/{other.number}/").content.decode()


def test_measures_are_named_while_their_plan_is_public(client: Client) -> None:
    one, plan = put(State.MEASURE), plans.grown(plans.plan())
    node = plan.nodes.measures().first()
    assert node is not None
    one.measures.add(node)
    path, words = f"/podnety/{one.number}/", f"{node.code} {node.title}"
    assert words not in client.get(path).content.decode()
    Plan.objects.update(shown=True)
    assert words in client.get(path).content.decode()


# --- the list ----------------------------------------------------------------------------------------------------


def test_filters_narrow_and_together(client: Client) -> None:
    town, group = make.municipality("Lhota"), make.target_group()
    long_ago = datetime(2024, 5, 1, tzinfo=ZoneInfo("Europe/Prague"))
    put(title="A", sort="idea", municipality=town)
    put(State.ANSWERED, title="B", target_groups=[group])
    put(title="C", now=long_ago, municipality=town)
    assert listed(client) == {"A", "B", "C"}
    assert listed(client, "?druh=idea") == {"A"}
    assert listed(client, "?stav=answered") == {"B"}
    assert listed(client, f"?obec={town.code}") == {"A", "C"}
    assert listed(client, f"?pro={group.key}") == {"B"}
    assert listed(client, "?rok=2024") == {"C"}
    assert listed(client, f"?obec={town.code}&druh=need") == {"C"}
    assert listed(client, "?druh=idea&rok=2024") == set()
    assert "Zkuste výběr rozšířit" in client.get("/podnety/?druh=idea&rok=2024").content.decode()


def test_the_map_and_the_table_are_narrowed_as_the_list_is(client: Client) -> None:
    put(title="A", sort="idea", lat=50.1, lon=15.2)
    put(title="B", lat=50.3, lon=15.4)
    page = client.get("/podnety/?druh=idea")
    assert page.context["points_url"] == "/podnety/mapa.geojson?druh=idea"
    found = json.loads(client.get(page.context["points_url"]).content)["features"]
    assert [(one["properties"]["name"], one["geometry"]["coordinates"]) for one in found] == [("A", [15.2, 50.1])]
    everything = client.get("/podnety/podnety.xlsx").content
    assert len(client.get(page.context["xlsx_url"]).content) < len(everything)


def test_on_the_map_stands_the_chosen_place_or_the_town(client: Client) -> None:
    town = make.municipality("Lhota", lat=50.5, lon=15.5)
    put(title="V obci", municipality=town)
    put(title="Na místě", municipality=town, lat=50.51, lon=15.52)
    put(title="Nikde")
    found = json.loads(client.get("/podnety/mapa.geojson").content)["features"]
    places = {one["properties"]["name"]: one["geometry"]["coordinates"] for one in found}
    assert places == {"V obci": [15.5, 50.5], "Na místě": [15.52, 50.51]}


def test_the_feed_brings_up_what_moved_on_and_is_the_same_when_nothing_did(client: Client) -> None:
    old, new = put(title="Starý"), put(title="Nový")
    Suggestion.objects.filter(pk=new.pk).update(changed_at=timezone.now() - timedelta(days=1))
    Suggestion.objects.filter(pk=old.pk).update(changed_at=timezone.now())
    body = client.get("/podnety/atom.xml").content
    titles = [one.text for one in ElementTree.fromstring(body).iter("{http://www.w3.org/2005/Atom}title")]
    assert titles == ["Podněty", "Starý", "Nový"]
    assert client.get("/podnety/atom.xml").content == body


# --- what it costs -----------------------------------------------------------------------------------------------


def many(count: int) -> None:
    towns, group = [make.municipality() for _ in range(3)], make.target_group()
    for n in range(count):
        one = put(
            title=f"Podnět {n} {'slovo ' * 15}", text="Dlouhý text. " * 60, municipality=towns[n % 3],
            target_groups=[group], email="", name="Jana Milá", name_public=True,
        )  # fmt: skip
        SuggestionStep.objects.create(suggestion=one, state=State.TAKEN, note="Přečetli jsme.")
        put(State.JOINED, title="Totéž", joined_to=one)


def cost(client: Client, path: str) -> int:
    caches["near"].clear()
    with CaptureQueriesContext(connection) as queries:
        assert client.get(path).status_code == 200
    return len(queries)


def test_ten_times_the_rows_cost_no_more(client: Client) -> None:
    many(4)
    number = Suggestion.objects.filter(state=State.TAKEN).values_list("number", flat=True)[0]
    paths = ["/podnety/", "/podnety/mapa.geojson", "/podnety/atom.xml", "/podnety/podnety.xlsx", f"/podnety/{number}/"]
    client.get("/podnety/")
    before = {path: cost(client, path) for path in paths}
    many(36)
    for n in range(40):
        SuggestionStep.objects.create(
            suggestion_id=Suggestion.objects.get(number=number).pk, state="taken", note=str(n)
        )
    after = {path: cost(client, path) for path in paths}
    assert after == before
    assert max(after.values()) <= 10, after
    assert len(client.get("/podnety/").content) < HEAVIEST


def test_search_engines_are_told_of_what_is_public(client: Client) -> None:
    shown, hidden = put(), put(shown_at=None)
    told = client.get("/sitemap.xml").content.decode()
    assert f"/podnety/{shown.number}/<" in told
    assert f"/podnety/{hidden.number}/<" not in told
    assert "/podnety/<" in told
    assert "sleduj" not in told


def test_the_search_of_the_whole_site_finds_what_is_public_and_not_what_was_left_out(client: Client) -> None:
    one = put(title="Odlehčení o víkendu", text="Syn Bonifác je sám.", public_text="Chybí odlehčovačka.")
    put(title="Bonifácův podnět", shown_at=None)
    page = client.get("/hledat/", {"q": "odlehčovačky"}).content.decode()
    assert f"/podnety/{one.number}/" in page
    assert "Odlehčení o víkendu" in page.replace("<mark>", "").replace("</mark>", "")
    assert "/podnety/1/" not in client.get("/hledat/", {"q": "Bonifác"}).content.decode()
