"""Documents: what is written, who reads it, what the public gets."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from portal.accounts.models import Grant
from portal.audit.models import Deed
from portal.documents import actions, codelists
from portal.documents.models import Document, DocumentSort, DocumentVersion
from portal.groups.models import Group, Membership
from portal.territory.models import Municipality
from tests import make
from tests.documents import papers

pytestmark = pytest.mark.django_db
Audience = Document.Audience


@pytest.fixture
def town() -> Municipality:
    return make.municipality("Svornov", people=5000)


@pytest.fixture
def actor() -> Any:
    return papers.coordinator()


@pytest.fixture
def group(town: Municipality) -> Group:
    return papers.group(town)


def member_of(group: Group, role: str = Membership.Role.MEMBER) -> Any:
    somebody = make.person()
    Membership.objects.create(
        group=group, person=somebody, name=somebody.name, side="provider", role=role, joined_on=timezone.localdate()
    )
    Grant.objects.create(person=somebody, role="member", range_kind="group", range_code=str(group.pk))
    return somebody


def signed_in(person: Any) -> Client:
    client = Client()
    client.force_login(person)
    return client


def file_address(document: Document, number: int = 1) -> str:
    name = document.versions.get(number=number).file.name
    return reverse("documents:file", args=[document.slug, number, name])


def addresses_of(document: Document) -> list[str]:
    """Every public address under which anything of the document could be read."""
    version = document.versions.latest("number")
    return [
        reverse("documents:public_document", args=[document.slug]),
        file_address(document, version.number),
        reverse("documents:picture", args=[document.slug, version.number, version.file.name]),
        version.file.url,
        version.file.small_url,
    ]


# --- writing -----------------------------------------------------------------------------------------------------


def test_sorts_of_documents_are_loaded_and_a_second_run_writes_nothing() -> None:
    assert codelists.load().wrote
    assert DocumentSort.objects.filter(key="zrizovaci-listina").exists()
    assert not codelists.load().wrote


def test_a_new_version_is_in_force_and_the_former_stays(town: Municipality, actor: Any, client: Client) -> None:
    document = papers.document(town=town, actor=actor)
    actions.version_add(document=document, upload=papers.sheet("druha.pdf"), actor=actor, note="Příloha 2", text="")
    page = client.get(reverse("documents:public_document", args=[document.slug])).content.decode()
    assert page.index("druha.pdf") < page.index("analyza.pdf")
    assert "Příloha 2" in page
    assert client.get(file_address(document, 1)).status_code == 200


def test_a_version_taken_off_is_nobodys_and_comes_back(town: Municipality, actor: Any, client: Client) -> None:
    document = papers.document(town=town, actor=actor)
    with pytest.raises(ValidationError, match="jediná verze"):
        actions.version_remove(version=document.versions.get(), actor=actor)
    second = actions.version_add(document=document, upload=papers.sheet("druha.pdf"), actor=actor, text="")
    actions.version_remove(version=second, actor=actor)
    assert list(DocumentVersion.objects.in_force().values_list("number", flat=True)) == [1]
    assert client.get(file_address(document, 2)).status_code == 404
    assert signed_in(actor).get(file_address(document, 2)).status_code == 200
    actions.version_return(version=second, actor=actor)
    assert client.get(file_address(document, 2)).status_code == 200


def test_somebody_elses_save_is_not_lost(town: Municipality, actor: Any) -> None:
    document = papers.document(town=town, actor=actor)
    client = signed_in(actor)
    said = {
        "title": "Nový název",
        "sort": document.sort_id,
        "audience": "public",
        "where": "Svornov",
        "seen": document.version,
    }
    address = reverse("documents:document", args=[document.pk])
    assert client.post(address, said).status_code == 302
    late = client.post(address, said | {"title": "Jiný název"})
    assert late.status_code == 409
    assert "Jiný název" in late.content.decode()
    document.refresh_from_db()
    assert document.title == "Nový název"


def test_former_values_are_brought_back(town: Municipality, actor: Any) -> None:
    document = papers.document(town=town, actor=actor, author="Město Svornov")
    wanted = actions.wanted_of(document, {"title": "Přepsaný název", "author": ""})
    actions.document_change(document=document, wanted=wanted, seen=document.version, actor=actor)
    deed = Deed.objects.get(verb="document_changed")
    client, address = signed_in(actor), reverse("documents:document_restore", args=[deed.pk])
    page = client.get(address)
    assert "Město Svornov" in page.content.decode()
    assert client.post(address, {"seen": page.context["seen"]}).status_code == 302
    document.refresh_from_db()
    assert (document.title, document.author) == ("Analýza potřeb", "Město Svornov")


def test_a_picture_needs_words_for_those_who_do_not_see_it(town: Municipality, actor: Any, client: Client) -> None:
    picture = SimpleUploadedFile("setkani.png", make.picture())
    with pytest.raises(ValidationError) as refusal:
        papers.document("Setkání", town=town, actor=actor, upload=picture)
    assert "alt" in refusal.value.message_dict
    document = papers.document("Setkání", town=town, actor=actor, upload=picture, alt="Lidé u stolu")
    page = client.get(reverse("documents:public_document", args=[document.slug])).content.decode()
    assert 'alt="Lidé u stolu"' in page
    assert client.get(file_address(document))["Content-Type"] == "image/jpeg"


@pytest.mark.parametrize("content", [b"MZ\x90\x00program", b"<html><script>alert(1)</script>", b""])
def test_what_is_no_document_is_refused_with_words(town: Municipality, actor: Any, content: bytes) -> None:
    client = signed_in(actor)
    said = {
        "title": "Podvod",
        "sort": papers.sort().pk,
        "audience": "public",
        "where": "Svornov",
        "upload": SimpleUploadedFile("analyza.pdf", content),
    }
    answer = client.post(reverse("documents:document_add"), said)
    assert answer.status_code == 422
    assert "upload" in answer.context["form"].errors
    assert not Document.objects.exists()


def test_the_head_of_a_group_keeps_its_documents_and_no_others(group: Group, town: Municipality, actor: Any) -> None:
    head = member_of(group, Membership.Role.HEAD)
    own = papers.document("Jednací řád", group=group, actor=head)
    assert own.span_code == town.code
    elsewhere = papers.document("Cizí", town=town, actor=actor)
    with pytest.raises(PermissionDenied):
        actions.document_withdraw(document=elsewhere, actor=head)
    wanted = actions.wanted_of(own, {"group": papers.group(town, "Jiná").pk})
    with pytest.raises(PermissionDenied):
        actions.document_change(document=own, wanted=wanted, seen=own.version, actor=head)
    member = member_of(group)
    with pytest.raises(PermissionDenied):
        papers.document("Členovo", group=group, actor=member)
    assert signed_in(head).get(reverse("documents:document_add")).status_code == 200


# --- who reads ---------------------------------------------------------------------------------------------------


def test_what_is_for_a_group_only_its_people_reach(group: Group, town: Municipality, actor: Any) -> None:
    document = papers.document("Podklady k rozpočtu", group=group, audience=Audience.GROUP, actor=actor)
    public_page, file = addresses_of(document)[:2]
    for outsider in (Client(), signed_in(make.person()), signed_in(member_of(papers.group(town, "Jiná")))):
        for address in addresses_of(document):
            assert outsider.get(address).status_code == 404, address
        for name, arguments in (
            ("public_documents", []),
            ("feed", []),
            ("public_group", [group.slug]),
        ):
            answer = outsider.get(reverse(f"documents:{name}", args=arguments))
            assert "rozpočtu" not in answer.content.decode()
            assert document.slug not in answer.content.decode()
    member = signed_in(member_of(group))
    assert member.get(public_page).status_code == 200
    assert member.get(file).status_code == 200
    assert "no-store" in member.get(file)["Cache-Control"]
    assert "rozpočtu" in member.get(reverse("documents:public_group", args=[group.slug])).content.decode()


def test_what_is_for_the_desk_no_member_reaches(group: Group, actor: Any) -> None:
    document = papers.document("Smlouva", group=group, audience=Audience.DESK, actor=actor)
    member = signed_in(member_of(group))
    for address in addresses_of(document):
        assert member.get(address).status_code == 404
    assert signed_in(actor).get(file_address(document)).status_code == 200


def test_what_is_withdrawn_is_gone_everywhere_at_once_and_comes_back(group: Group, actor: Any, client: Client) -> None:
    document = papers.document(group=group, actor=actor)
    seen = [*addresses_of(document)[:2], reverse("documents:public_documents"), reverse("documents:feed")]
    assert [client.get(address).status_code for address in seen] == [200] * 4
    actions.document_withdraw(document=document, actor=actor)
    assert [client.get(address).status_code for address in seen] == [404, 404, 200, 200]
    for address in (*seen[2:], reverse("documents:public_group", args=[group.slug])):
        assert document.title not in client.get(address).content.decode()
    assert signed_in(member_of(group)).get(file_address(document)).status_code == 404
    actions.document_return(document=document, actor=actor)
    assert [client.get(address).status_code for address in seen] == [200] * 4


def test_a_guessed_name_of_the_file_is_nothing(town: Municipality, actor: Any, client: Client) -> None:
    document = papers.document(town=town, actor=actor)
    assert client.get(reverse("documents:file", args=[document.slug, 1, "jiny.pdf"])).status_code == 404
    assert client.get(reverse("documents:file", args=[document.slug, 2, "analyza.pdf"])).status_code == 404


def test_documents_of_a_hidden_group_do_not_name_it(town: Municipality, actor: Any, client: Client) -> None:
    hidden = papers.group(town, "Tajný výbor", shown=False)
    document = papers.document("Zpráva", group=hidden, actor=actor)
    for address in (addresses_of(document)[0], reverse("documents:public_documents"), reverse("documents:feed")):
        answer = client.get(address)
        assert answer.status_code == 200
        assert "Tajný výbor" not in answer.content.decode()
    assert client.get(reverse("documents:public_group", args=[hidden.slug])).status_code == 404


# --- what the public gets ----------------------------------------------------------------------------------------


def test_the_list_is_narrowed_by_sort_group_and_year(group: Group, town: Municipality, actor: Any) -> None:
    day = timezone.localdate().replace(year=2025, month=3, day=1)
    papers.document("Analýza 2025", town=town, day=day, actor=actor)
    papers.document("Jednací řád", group=group, sort=papers.sort("jednaci-rad", "jednací řád"), actor=actor)
    client, address = Client(), reverse("documents:public_documents")

    def titles(**asked: str) -> list[str]:
        return [row.document.title for row in client.get(address, asked).context["rows"]]

    assert titles() == ["Analýza 2025", "Jednací řád"]
    assert titles(druh="jednaci-rad") == ["Jednací řád"]
    assert titles(skupina=group.slug) == ["Jednací řád"]
    assert titles(rok="2025") == ["Analýza 2025"]
    assert titles(rok="0000") == titles(rok="<script>") == ["Analýza 2025", "Jednací řád"]
    assert titles(druh="nic") == []


def test_the_groups_tab_begins_with_what_the_group_stands_on(group: Group, actor: Any, client: Client) -> None:
    papers.document("Prezentace", group=group, sort=papers.sort("prezentace", "prezentace"), actor=actor)
    papers.document("Jednací řád", group=group, sort=papers.sort("jednaci-rad", "jednací řád"), actor=actor)
    page = client.get(reverse("documents:public_group", args=[group.slug])).content.decode()
    assert page.index("Jednací řád</a>") < page.index("Prezentace</a>")


def test_the_feed_is_atom_with_links_to_pages(town: Municipality, actor: Any, client: Client) -> None:
    document = papers.document("Zpráva & výhled <2027>", town=town, actor=actor)
    feed = ElementTree.fromstring(client.get(reverse("documents:feed")).content)
    entry = feed.find("{*}entry")
    assert entry is not None
    assert entry.findtext("{*}title") == "Zpráva & výhled <2027>"
    link = entry.find("{*}link")
    assert link is not None
    assert link.get("href", "").endswith(reverse("documents:public_document", args=[document.slug]))


@pytest.mark.parametrize("name", ["public_documents", "feed", "public_group", "public_document"])
def test_pages_take_the_same_few_queries_with_more_rows(
    group: Group, actor: Any, name: str, django_assert_max_num_queries: Any
) -> None:
    first = papers.document(group=group, actor=actor)
    arguments = {"public_group": [group.slug], "public_document": [first.slug]}.get(name, [])
    address, client = reverse(f"documents:{name}", args=arguments), Client()
    client.get(address)
    with django_assert_max_num_queries(10) as few:
        client.get(address)
    for number in range(10):
        papers.document(f"Analýza {number}", group=group, actor=actor)
        actions.version_add(document=first, upload=papers.sheet(), actor=actor, text="")
    with django_assert_max_num_queries(10) as many:
        assert len(client.get(address).content) < 60 * 1024
    assert isinstance(few, CaptureQueriesContext)
    assert len(many) == len(few)


def test_documents_are_counted_towards_the_indicators_of_their_projects(town: Municipality, actor: Any) -> None:
    project, indicator = "Plánujeme spolu", "Počet analytických dokumentů"
    for title in ("Analýza potřeb", "Analýza služeb", "Stažená analýza"):
        papers.document(title, actor=actor, town=town, project=project, project_indicator=indicator)
    actions.document_withdraw(document=Document.objects.get(title="Stažená analýza"), actor=actor)
    papers.document("Leták", actor=actor, town=town, project=project)
    papers.document("Jednací řád", actor=actor, town=town)
    assert Document.objects.all().towards_projects() == [(project, "", 1), (project, indicator, 2)]
    desk = reverse("documents:documents")
    page = signed_in(actor).get(desk).content.decode()
    assert '<td class="number">2</td>' in page
    narrowed = signed_in(actor).get(desk, {"q": indicator}).content.decode()
    assert "Analýza služeb" in narrowed
    assert "Jednací řád" not in narrowed
