"""The search of everything public: it understands Czech, and shows nothing that the public may not see now."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import tantivy
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from portal.audit.actions import record
from portal.catalogue.actions import touch
from portal.documents import actions as documents
from portal.documents.models import Document
from portal.groups.models import Group, Membership
from portal.home import everything, text_index
from portal.home.text_index import passages
from portal.meetings.models import AgendaItem, Meeting
from portal.pages.models import Article, ArticleCategory, Page
from portal.plan.models import Node
from portal.territory.models import Municipality
from tests import make
from tests.documents import papers
from tests.plan import plans

pytestmark = pytest.mark.django_db


@pytest.fixture
def town() -> Municipality:
    return make.municipality("Svornov", people=5000)


@pytest.fixture
def actor() -> Any:
    return make.person("coordinator")


@pytest.fixture
def group(town: Municipality) -> Group:
    return papers.group(town, "Skupina pro seniory", about="Řeší odlehčovací službu.")


@pytest.fixture
def background(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a web process, where somebody else is just building the newer index."""
    monkeypatch.setattr(text_index, "_in_background", True)
    monkeypatch.setattr(text_index, "_renew_beside", lambda: None)


def found(question: str) -> list[str]:
    """Titles of all that is found."""
    answer = everything.search(question, with_services=False)
    every = [one for section in answer.sections for one in section.found]
    return ["".join(piece.text for piece in hit.title) for hit in answer.hits(every)]


def test_words_are_found_in_any_form_without_diacritics_and_inside_files(town: Municipality, actor: Any) -> None:
    papers.document("Analýza potřeb", town=town, actor=actor, text="Na pečovatelku se čeká v Doubravě půl roku.")
    papers.document("Jednací řád", town=town, actor=actor, text="Skupina se schází čtyřikrát ročně.")
    for question in (
        "pečovatelka",
        "PECOVATELKY",
        "analýzy potřebám",
        "doubrava pečovatelku",
        "pečovatelce v Doubravě",
    ):
        assert found(question) == ["Analýza potřeb"], question
    assert found("pečovatalka") == ["Analýza potřeb"], "one typing error"
    assert found("hasiči") == []


def test_all_words_are_wanted_and_some_are_enough_when_there_is_nothing_better(town: Municipality, actor: Any) -> None:
    papers.document("Analýza dluhů", town=town, actor=actor)
    papers.document("Analýza bydlení", town=town, actor=actor)
    assert found("analýza bydlení") == ["Analýza bydlení"]
    answer = everything.search("bydlení kosmonauti")
    assert answer.loose
    assert answer.total == 1


def test_each_sort_of_thing_is_found_with_its_address(town: Municipality, group: Group, actor: Any) -> None:
    plan = plans.grown(plans.plan(actor=actor, town=town, title="Plán Svornova"))
    plan.shown = True
    plan.save()
    measure = Node.objects.get(plan=plan, code="1.1.1")
    Node.objects.filter(pk=measure.pk).update(text="Odlehčovací služba o víkendech.")
    papers.document("Zpráva", town=town, actor=actor, text="Odlehčovací služba chybí.")
    soon = timezone.now() + timedelta(days=3)
    meeting = Meeting.objects.create(
        group=group, starts_at=soon, ends_at=soon + timedelta(hours=2), shown_at=timezone.now()
    )
    AgendaItem.objects.create(meeting=meeting, title="Odlehčovací služba", order=1)
    category = ArticleCategory.objects.create(key="zprava-test", name="zpráva")
    Article.objects.create(
        slug="clanek", title="Odlehčovací služba začíná", category=category, published_at=timezone.now()
    )
    Page.objects.create(slug="co-je", title="Co je odlehčovací služba", shown=True)
    answer = everything.search("odlehčovací službou")
    assert {one.key for one in answer.sections} >= {
        "opatreni",
        "dokumenty",
        "jednani",
        "aktuality",
        "skupiny",
        "stranky",
    }
    for section in answer.sections:
        for hit in answer.hits(section.found):
            assert Client().get(hit.url).status_code == 200, hit.url


def test_what_is_not_public_is_never_found(town: Municipality, group: Group, actor: Any) -> None:
    for audience in (Document.Audience.GROUP, Document.Audience.DESK):
        papers.document(f"Tajnost {audience}", group=group, actor=actor, audience=audience, text="tajnost")
    withdrawn = papers.document("Tajnost stažená", town=town, actor=actor)
    documents.document_withdraw(document=withdrawn, actor=actor)
    two = papers.document("Rozpočet", town=town, actor=actor, text="tajnost v první verzi")
    documents.version_add(document=two, upload=papers.sheet(), actor=actor, text="nic")
    papers.group(town, "Tajnost skupina", shown=False)
    category = ArticleCategory.objects.create(key="zprava-test", name="zpráva")
    tomorrow = timezone.now() + timedelta(days=1)
    Article.objects.create(slug="zitra", title="Tajnost zítra", category=category, published_at=tomorrow)
    Article.objects.create(slug="koncept", title="Tajnost koncept", category=category)
    Page.objects.create(slug="skryta", title="Tajnost stránka", shown=False)
    plans.grown(plans.plan(actor=actor, town=town, title="Tajnost plán"))
    assert found("tajnost") == []


def test_a_stale_index_shows_nothing_that_was_withdrawn_or_rewritten(
    town: Municipality, actor: Any, background: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = papers.document("Analýza dluhů", town=town, actor=actor)
    second = papers.document("Analýza bydlení", town=town, actor=actor)
    papers.document("Analýza péče", town=town, actor=actor)
    with monkeypatch.context() as patched:
        patched.setattr(text_index, "_in_background", False)
        assert len(found("analýza")) == 3
    documents.document_withdraw(document=first, actor=actor)
    wanted = documents.wanted_of(second, {"title": "Přepsaná", "about": ""})
    documents.document_change(document=second, wanted=wanted, seen=second.version, actor=actor)
    assert found("analýza") == ["Analýza péče"]
    # Even where the journal says nothing, the tables are asked.
    Document.objects.update(audience=Document.Audience.DESK)
    assert found("analýza") == []


def test_a_changed_membership_leaves_meetings_out_until_they_are_read_again(
    group: Group, actor: Any, background: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    soon = timezone.now() + timedelta(days=3)
    Meeting.objects.create(
        group=group, title="Setkání s Janou", starts_at=soon, ends_at=soon + timedelta(hours=1), shown_at=soon
    )
    member = Membership.objects.create(
        group=group, name="Jana", side="user", name_public=True, joined_on=timezone.localdate()
    )
    record(verb="group_added", thing=group, actor=actor)
    with monkeypatch.context() as patched:
        patched.setattr(text_index, "_in_background", False)
        assert found("setkání") == ["Setkání s Janou"]
    record(verb="member_changed", thing=member, actor=actor)
    assert found("setkání") == []


def test_agenda_names_nobody_it_must_not(group: Group) -> None:
    Membership.objects.create(group=group, name="Jana Tichá", side="user", joined_on=timezone.localdate())
    soon = timezone.now() + timedelta(days=3)
    meeting = Meeting.objects.create(group=group, starts_at=soon, ends_at=soon + timedelta(hours=1), shown_at=soon)
    AgendaItem.objects.create(
        meeting=meeting, title="Zkušenost s hospicem", text="Vypráví Jana Tichá, jana@example.org, 777 123 456"
    )
    page = Client().get(reverse("home:search"), {"q": "hospic"}).content.decode()
    assert "Zkušenost s" in page
    for private in ("Jana Tichá", "jana@example.org", "777 123 456"):
        assert private not in page
    for question in ("Tichá", "jana@example.org", "777"):
        assert found(question) == []


def test_the_page_marks_words_counts_sorts_and_goes_by_pages(town: Municipality, actor: Any, client: Client) -> None:
    for number in range(12):
        papers.document(f"Zpráva {number}", town=town, actor=actor, text="Pečovatelky <b>chybí</b> & čeká se.")
    address = reverse("home:search")
    page = client.get(address, {"q": "pečovatelka"}).content.decode()
    assert "<mark>Pečovatelky</mark> &lt;b&gt;chybí&lt;/b&gt; &amp; čeká se." in page
    assert page.count("<mark>Pečovatelky</mark>") == everything.FEW
    assert "12\xa0dokumentů" in page
    one = client.get(address, {"q": "pečovatelka", "druh": "dokumenty", "strana": "2"})
    assert len(one.context["hits"]) == 2
    assert client.get(address, {"q": "pečovatelka", "druh": "nic", "strana": "-1"}).status_code == 200


@pytest.mark.parametrize("question", ["", "   ", "a v na", "<script>", "\x00", "?" * 500, "xyzzyx", "🙂", '" AND OR *'])
def test_whatever_is_asked_gets_a_kind_page(client: Client, question: str) -> None:
    answer = client.get(reverse("home:search"), {"q": question})
    assert answer.status_code == 200
    assert "<script>" not in answer.content.decode().partition("<main")[2].partition("</main>")[0]


def test_nothing_found_leads_to_the_search_of_help(client: Client) -> None:
    page = client.get(reverse("home:search"), {"q": "xyzzyx"}).content.decode()
    assert "Nic jsme nenašli" in page
    assert f"{reverse('finding:search')}?q=xyzzyx" in page


def test_a_page_takes_five_queries_however_much_is_found(
    town: Municipality, group: Group, actor: Any, client: Client, django_assert_max_num_queries: Any
) -> None:
    service = make.service("Odlehčovací služba", at=town)
    touch()
    papers.document("Odlehčovací služba", town=town, actor=actor)
    address = reverse("home:search")
    for asked in ({"q": service.name}, {"q": service.name, "druh": "dokumenty"}):
        client.get(address, asked)
        with django_assert_max_num_queries(5):
            client.get(address, asked)
    for number in range(30):
        papers.document(f"Odlehčovací služba {number}", town=town, actor=actor, text="odlehčení " * 400)
    client.get(address, {"q": service.name})
    with django_assert_max_num_queries(5):
        assert len(client.get(address, {"q": service.name}).content) < 60 * 1024


def test_the_index_on_disk_answers_as_the_one_in_memory(
    town: Municipality, actor: Any, settings: Any, tmp_path: Any
) -> None:
    settings.VAR = tmp_path
    papers.document("Analýza potřeb", town=town, actor=actor, text="Pečovatelky chybí.")
    held, _ = text_index.current()
    for number in range(3):
        text_index.write(text_index.folder(f"stav {number}"))
    kept = list((tmp_path / "texts").iterdir())
    assert len(kept) == text_index.KEPT
    opened = text_index.TextIndex(
        tantivy.Index(text_index._schema(), path=str(text_index.folder("stav 2"))), held.state
    )
    (one,) = opened.search(["pecovatelk"])
    assert opened.passage(one) == held.passage(held.search(["pecovatelk"])[0])


@given(st.text(max_size=5000))
def test_passages_lose_no_word(text: str) -> None:
    pieces = list(passages(text))
    assert "".join("".join(pieces).split()) == "".join(text.split())
    assert all(len(piece) <= text_index.PASSAGE for piece in pieces)


def test_a_snippet_stands_where_most_words_are_together() -> None:
    text = "Rozpočet. " + "Slovo navíc. " * 60 + "Tady je rozpočet pečovatelky. " + "Konec. " * 60
    shown = everything.snippet(text, ("rozpock", "pecovatelk"))
    assert "rozpočet pečovatelky" in shown
    assert len(shown) <= everything.SNIPPET + 4
