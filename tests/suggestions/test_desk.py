"""Pages of the desk: the list, one suggestion with its forms, writing one down, searches in vain."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from portal.accounts.models import Person
from portal.finding.models import EmptySearch
from portal.home import today
from portal.mail.models import Letter
from portal.plan.models import Evidence
from portal.suggestions import desk_actions
from portal.suggestions.models import InnerNote, Suggestion
from tests import make
from tests.meetings import gatherings
from tests.suggestions.desk import came, measure, post, shown

pytestmark = pytest.mark.django_db
State = Suggestion.State
LIST = "/sprava/podnety/"
# Queries of signing in and its session are among them.
MOST_OF_LIST, MOST_OF_PAGE = 14, 30


@pytest.fixture
def coordinator(client: Client) -> Person:
    somebody = make.person("coordinator")
    client.force_login(somebody)
    return somebody


def body(answer: Any) -> str:
    return str(answer.content.decode()).replace("\u00a0", " ")


# --- the list ----------------------------------------------------------------------------------------------------


def test_the_list_by_state_sort_and_words(client: Client, coordinator: Person) -> None:
    came("Obědy ve Lhotě", text="Jídelna skončila.")
    came("Hřiště", sort="idea")
    shown(came("Šatna pro lidi bez domova", sort="problem"), coordinator)
    page = body(client.get(LIST))
    assert all(words in page for words in ("všechny (3)", "nevyřízené (3)", "čeká na přečtení (2)", "přijatý (1)"))
    assert "Hřiště" not in body(client.get(LIST, {"stav": "taken"}))
    assert "Obědy" not in body(client.get(LIST, {"druh": "idea"}))
    assert "Obědy" in body(client.get(LIST, {"q": "jídelna"}))
    assert "Šatna" in body(client.get(LIST, {"q": "šatna"})), "letters of Czech are folded too"
    assert "Žádný tu není" in body(client.get(LIST, {"q": "bazén"}))


def test_what_more_people_say_stands_first_when_asked_for(client: Client, coordinator: Person) -> None:
    main = came("Nemá kdo vozit obědy")
    for number in range(2):
        desk_actions.suggestion_join(suggestion=came(f"Obědy {number}"), seen=None, to=main, actor=coordinator)
    came("Novější")
    page = body(client.get(LIST, {"razeni": "lidi", "stav": "otevrene"}))
    assert page.index("Nemá kdo vozit obědy") < page.index("Novější")
    assert "3 lidé" in page


@pytest.mark.parametrize("query", ["stav=nic", "druh=x", "jak=y", "skupina=a", "skupina=²", "razeni=z", "strana=9999"])
def test_filters_that_make_no_sense_narrow_nothing(query: str, client: Client, coordinator: Person) -> None:
    came("Obědy")
    assert "Obědy" in body(client.get(f"{LIST}?{query}"))


def test_a_member_sees_only_what_the_group_has_and_only_words_for_the_web(client: Client, coordinator: Person) -> None:
    group = make.group(name="PS senioři")
    one = came("Obědy", text="Paní Nováková má cukrovku.", name="Karel Tajný", email="karel@example.org")
    shown(one, coordinator, public_text="Paní potřebuje dietní obědy.")
    desk_actions.suggestion_assign(suggestion=one, seen=None, group=group, actor=coordinator)
    desk_actions.note_add(suggestion=one, text="Volala jsem mu.", actor=coordinator)
    other = came("Cizí podnět")
    member = make.person()
    make.membership(group, member)
    client.force_login(member)
    page = body(client.get(LIST))
    assert "Obědy" in page
    assert "Cizí podnět" not in page
    assert "marně" not in page
    inside = body(client.get(f"{LIST}{one.number}/"))
    assert "dietní obědy" in inside
    for hidden in ("cukrovku", "Karel", "karel@", "Volala jsem", "Odmítnout", 'name="deed"'):
        assert hidden not in inside
    assert "Nováková" not in body(client.get(LIST, {"q": "Nováková"})).replace('value="Nováková"', "")
    assert client.get(f"{LIST}{other.number}/").status_code == 404
    assert post(client, one, "odpoved", answer="Ano.").status_code == 404


def test_sql_of_the_list_does_not_grow(client: Client, coordinator: Person) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert client.get(LIST).status_code == 200
        return len(asked)

    def more(number: int) -> None:
        town, group = make.municipality(), make.group()
        for n in range(number):
            one = came(f"Podnět {n}", at=town)
            desk_actions.suggestion_assign(suggestion=one, seen=None, group=group, actor=coordinator)
            EmptySearch.objects.create(question=f"{town.name} {n}", day=timezone.localdate())

    more(3)
    client.get(LIST)
    few = queries()
    more(27)
    assert queries() == few <= MOST_OF_LIST


def test_sql_of_a_page_does_not_grow(client: Client, coordinator: Person) -> None:
    one = shown(came("Obědy ve Lhotě"), coordinator)
    desk_actions.suggestion_link(suggestion=one, seen=None, node=measure(), actor=coordinator)

    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert client.get(f"{LIST}{one.number}/").status_code == 200
        return len(asked)

    def more(number: int) -> None:
        for n in range(number):
            desk_actions.suggestion_join(suggestion=came(f"Obědy {n}"), seen=None, to=one, actor=coordinator)
            desk_actions.note_add(suggestion=one, text="Poznámka.", actor=coordinator)
            came(f"Obědy ve Lhotě {n}")

    more(2)
    client.get(f"{LIST}{one.number}/")
    few = queries()
    more(20)
    assert queries() == few <= MOST_OF_PAGE


# --- one ---------------------------------------------------------------------------------------------------------


def test_what_the_author_wrote_is_text_and_warned_about(client: Client, coordinator: Person) -> None:
    one = came(text="<script>alert(1)</script> volejte 777 123 456")
    page = body(client.get(f"{LIST}{one.number}/"))
    assert "&lt;script&gt;" in page
    assert "<script>alert" not in page
    assert "telefon: 777 123 456" in page


def test_every_deed_by_its_form(client: Client, coordinator: Person) -> None:
    """The whole way of a suggestion by the forms of its page."""
    one, node, group = came(email="jana@example.org"), measure(), make.group()
    meeting = gatherings.meeting(group, actor=coordinator)
    other = came("Nemá kdo vozit obědy")
    for deed, said, state in (
        ("prijmout", {"note": "Díky."}, State.TAKEN),
        ("na-web", {"title": "Obědy", "public_text": "Nemá je kdo vozit seniorům."}, State.TAKEN),
        ("skupina", {"group": group.pk}, State.GROUP),
        ("jednani", {"meeting": meeting.pk}, State.AGENDA),
        ("spojit", {"to": other.number}, State.JOINED),
        ("rozpojit", {}, State.TAKEN),
        ("opatreni", {"measure": f"{node.code} {node.title} ({node.plan.slug})"}, State.MEASURE),
        ("doklad", {"node": node.pk}, State.MEASURE),
        ("odpoved", {"answer": "Od ledna."}, State.ANSWERED),
        ("odpojit", {"node": node.pk}, State.ANSWERED),
        ("z-webu", {}, State.ANSWERED),
        ("otevrit", {}, State.TAKEN),
        ("odmitnout", {"reason": "Vyřešilo se samo."}, State.DECLINED),
        ("poznamka", {"text": "Hotovo."}, State.DECLINED),
    ):
        answer = post(client, one, deed, **said)
        assert answer.status_code == 302, f"{deed}: {body(answer)[:3000]}"
        one.refresh_from_db()
        assert one.state == state, deed
    assert Evidence.objects.get(node=node).text.startswith("1\u00a0člověk")
    assert InnerNote.objects.get().name == str(coordinator)
    assert Letter.objects.filter(template="suggestions/letters/step").count() == 9


def test_the_second_of_two_people_gets_409_with_what_they_typed(client: Client, coordinator: Person) -> None:
    one = came()
    desk_actions.suggestion_take(suggestion=one, seen=None, actor=make.person("region"))
    answer = post(client, one, "odpoved", answer="Dlouho psaná odpověď.")
    assert answer.status_code == 409
    page = body(answer)
    assert "Dlouho psaná odpověď." in page
    assert "udělal někdo jiný" in page
    one.refresh_from_db()
    assert one.state == State.TAKEN
    assert f'name="seen" value="{one.version}"' in page, "sent again, it is sent over what stands there now"
    assert post(client, one, "odpoved", answer="Dlouho psaná odpověď.").status_code == 302


@pytest.mark.parametrize(
    ("deed", "said"),
    [
        ("na-web", {"title": "", "public_text": "x"}),
        ("odpoved", {"answer": " "}),
        ("odmitnout", {}),
        ("spojit", {"to": "99999"}),
        ("spojit", {"to": "abc"}),
        ("skupina", {"group": "1"}),
        ("jednani", {"meeting": "1"}),
        ("opatreni", {"measure": "nic takového"}),
        ("doklad", {"node": "1"}),
        ("rozpojit", {}),
        ("otevrit", {}),
        ("poznamka", {}),
    ],
)
def test_what_is_wrong_is_told_and_nothing_written(
    deed: str, said: dict[str, str], client: Client, coordinator: Person
) -> None:
    one = came()
    answer = post(client, one, deed, **said)
    assert answer.status_code == 422
    assert "Chyba:" in body(answer)
    one.refresh_from_db()
    assert (one.state, one.version) == (State.NEW, 1)


def test_an_unknown_deed_is_nowhere(client: Client, coordinator: Person) -> None:
    assert post(client, came(), "smazat").status_code == 404


def test_those_that_say_the_same_are_offered_and_others_are_not(client: Client, coordinator: Person) -> None:
    one = came("V Lhotě nemá kdo vozit obědy", text="Seniorům nikdo nevozí obědy.")
    came("Rozvoz obědů pro seniory", text="Maminka je sama a v obci nikdo oběd nepřiveze.")
    came("Bezbariérový úřad", text="Na vozíku se nedostanu na sociální odbor.", sort="problem")
    page = body(client.get(f"{LIST}{one.number}/"))
    offered = page.partition("Neříkají totéž?")[2].partition("<details")[0]
    assert "Rozvoz obědů" in offered
    assert "Bezbariérový" not in offered


# --- coming in ---------------------------------------------------------------------------------------------------


def entered(**more: Any) -> dict[str, Any]:
    said = {"origin": "paper", "received_on": "2026-03-01", "sort": "need", "title": "Odvoz", "text": "Není čím jet."}
    return said | more


def test_written_down_from_paper(client: Client, coordinator: Person) -> None:
    town = make.municipality("Lhota")
    answer = client.post(f"{LIST}novy/", entered(where="Lhota", email="jana@example.org"))
    one = Suggestion.objects.get()
    assert answer["Location"] == f"{LIST}{one.number}/"
    assert (one.origin, one.municipality, one.span_code) == ("paper", town, town.pk)
    assert timezone.localtime(one.received_at).date().isoformat() == "2026-03-01"
    assert one.email_confirmed_at is None
    assert Letter.objects.get().template == "suggestions/letters/confirm"


@pytest.mark.parametrize(
    "wrong", [{"where": ""}, {"where": "Nikde"}, {"text": "\u200b"}, {"received_on": "2999-01-01"}, {"origin": "web"}]
)
def test_what_is_wrong_with_one_written_down(wrong: dict[str, str], client: Client, coordinator: Person) -> None:
    make.municipality("Lhota")
    assert client.post(f"{LIST}novy/", entered(where="Lhota") | wrong).status_code == 422
    assert not Suggestion.objects.exists()


def test_a_suggestion_made_of_a_search(client: Client, coordinator: Person) -> None:
    make.municipality("Lhota")
    EmptySearch.objects.create(question="noční hlídání", day=timezone.localdate(), count=4)
    assert "noční hlídání" in body(client.get(f"{LIST}hledani/"))
    assert client.post(f"{LIST}hledani/", {"question": "noční hlídání", "where": ""}).status_code == 422
    answer = client.post(f"{LIST}hledani/", {"question": "noční hlídání", "where": "Lhota"})
    one = Suggestion.objects.get()
    assert answer["Location"] == f"{LIST}{one.number}/"
    assert f"podnět č. {one.number}" in body(client.get(f"{LIST}hledani/"))


def test_an_auditor_looks_and_touches_nothing(client: Client) -> None:
    EmptySearch.objects.create(question="noc", day=timezone.localdate())
    one = came()
    client.force_login(make.person("auditor"))
    assert client.get(f"{LIST}{one.number}/").status_code == 200
    assert post(client, one, "prijmout").status_code == 404
    assert client.post(f"{LIST}hledani/", {"question": "noc", "where": "x"}).status_code == 404


# --- around ------------------------------------------------------------------------------------------------------


def test_the_desk_says_how_many_wait(coordinator: Person) -> None:
    assert not [one for one in today.tasks(coordinator) if "podnět" in one.title]
    came()
    came("Druhý")
    (task,) = [one for one in today.tasks(coordinator) if "podnět" in one.title]
    assert task.title == "2\u00a0nepřečtené podněty"
    assert task.url == f"{LIST}?stav=new"
    assert LIST in [one.url for one in today.places(coordinator)]
