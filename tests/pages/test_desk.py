"""The desk of articles and pages: who may, nothing lost when two write at once, what was can come back."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from portal.accounts.models import Grant, Person
from portal.audit.models import Deed
from portal.pages import actions, rules
from portal.pages.models import Article, Page, Picture
from portal.territory.models import Municipality
from tests import make

from . import texts

pytestmark = pytest.mark.django_db


def editor_of(town: Municipality, role: str = Grant.Role.PAGE_EDITOR) -> Person:
    person = make.person()
    Grant.objects.create(person=person, role=role, range_kind=Grant.Range.MUNICIPALITY, range_code=town.pk)
    return person


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def span(town: Municipality) -> dict[str, str]:
    return {"span_kind": "municipality", "span_code": town.pk, "span_name": f"obec {town.name}"}


def form(**more: Any) -> dict[str, Any]:
    category = texts.category()
    return {"title": "Nový", "lead": "", "text": "Text.", "author": "", "where": "", "category": category.pk} | more


@pytest.fixture
def town() -> Municipality:
    return make.municipality("Svornov")


def test_an_editor_of_a_town_writes_only_of_it(town: Municipality) -> None:
    other = make.municipality("Jinde")
    client = signed_in(editor_of(town))
    assert client.post("/sprava/aktuality/novy/", form(where="Jinde")).status_code == 422
    assert client.post("/sprava/aktuality/novy/", form(where="")).status_code == 422
    assert client.post("/sprava/aktuality/novy/", form(where="Svornov")).status_code == 302
    article = Article.objects.get()
    assert (article.span_kind, article.span_code) == ("municipality", town.pk)
    stranger = editor_of(other)
    assert signed_in(stranger).get(f"/sprava/aktuality/{article.pk}/").status_code == 404
    with pytest.raises(PermissionDenied):
        actions.article_publish(article=article, at=None, actor=stranger)
    with pytest.raises(PermissionDenied):
        actions.article_save(article=article, wanted=texts.said(), seen=article.version, actor=stranger)
    assert list(rules.readable_articles(stranger)) == []


def test_the_form_that_was_shown_can_be_sent_back_as_it_is(town: Municipality) -> None:
    person = editor_of(town)
    article = actions.article_save(wanted=texts.said(**span(town)), actor=person)
    client = signed_in(person)
    shown = client.get(f"/sprava/aktuality/{article.pk}/").context["form"]
    where = shown["where"].value()
    answer = client.post(f"/sprava/aktuality/{article.pk}/", form(where=where, seen=article.version))
    assert answer.status_code == 302
    article.refresh_from_db()
    assert (article.title, article.span_code) == ("Nový", town.pk)


def test_whoever_saves_second_loses_nothing_and_overwrites_only_knowingly() -> None:
    article = texts.article(draft=True)
    client = signed_in(make.person("coordinator"))
    address, seen = f"/sprava/aktuality/{article.pk}/", article.version
    assert client.post(address, form(text="První verze.", seen=seen)).status_code == 302
    answer = client.post(address, form(text="Moje dlouhá práce.", seen=seen))
    assert answer.status_code == 409
    text = answer.content.decode()
    assert "Moje dlouhá práce." in text
    assert "První" in text
    article.refresh_from_db()
    assert article.text == "První verze."
    assert client.post(address, form(text="Moje dlouhá práce.", seen=article.version)).status_code == 302
    article.refresh_from_db()
    assert article.text == "Moje dlouhá práce."


def test_a_preview_keeps_the_version_the_person_began_from() -> None:
    article = texts.article(draft=True)
    client = signed_in(make.person("coordinator"))
    answer = client.post(f"/sprava/aktuality/{article.pk}/", form(text="**Tučně**", seen=1, nahled="1"))
    assert "<strong>Tučně</strong>" in answer.content.decode()
    assert 'name="seen" value="1"' in answer.content.decode()
    article.refresh_from_db()
    assert article.text != "**Tučně**"


def state_of(article: Article) -> str:
    """As it is in the database now."""
    return str(Article.objects.get(pk=article.pk).state)


def test_publishing_now_later_and_taking_back() -> None:
    article = texts.article(draft=True)
    client = signed_in(make.person("coordinator"))
    address = f"/sprava/aktuality/{article.pk}/zverejnit/"
    tomorrow = timezone.localtime() + timedelta(days=1)
    client.post(address, {"at": f"{tomorrow:%Y-%m-%dT%H:%M}"})
    article.refresh_from_db()
    assert state_of(article) == "planned"
    assert abs((article.published_at or tomorrow) - tomorrow) < timedelta(minutes=1)
    client.post(f"/sprava/aktuality/{article.pk}/stahnout/")
    assert state_of(article) == "draft"
    wrong = client.post(address, {"at": "zítra ráno"})
    assert wrong.status_code == 422
    assert "zítra ráno" in wrong.content.decode()
    assert state_of(article) == "draft"
    client.post(address)
    assert state_of(article) == "public"
    empty = texts.article(draft=True, lead="", text="")
    with pytest.raises(ValidationError):
        actions.article_publish(article=empty, at=None, actor=make.person("page_editor"))


def test_pictures_want_words_and_the_one_above_the_text_is_one() -> None:
    article = texts.article(draft=True)
    client = signed_in(make.person("page_editor"))
    address = f"/sprava/aktuality/{article.pk}/obrazky/"

    def send(**more: Any) -> int:
        image = SimpleUploadedFile("foto.png", make.picture())
        return client.post(address, {"image": image, "use": "head", "caption": ""} | more).status_code

    assert send(alt="") == 422
    assert not Picture.objects.exists()
    assert send(alt="Lidé u stolu") == 302
    assert send(alt="Lidé venku") == 302
    assert Picture.objects.get().file.alt == "Lidé venku"
    client.post(f"/sprava/obrazky/{Picture.objects.get().pk}/smazat/")
    assert not Picture.objects.exists()


def test_a_picture_that_stands_in_the_text_is_not_deleted() -> None:
    page = texts.page()
    picture = texts.picture(page, Picture.Use.TEXT)
    editor = make.person("page_editor")
    wanted = {"title": page.title, "text": f"![Lidé]({picture.file.url})", "easy_read": ""}
    actions.page_save(page=page, wanted=wanted, seen=page.version, actor=editor)
    picture.refresh_from_db()
    with pytest.raises(ValidationError):
        actions.picture_remove(picture=Picture.objects.select_related("page").get(), actor=editor)


@pytest.mark.parametrize("thing", ["article", "page"])
def test_what_was_there_before_comes_back_from_the_journal(thing: str) -> None:
    actor, group = make.person("region"), make.group()
    if thing == "article":
        made: Any = texts.article(draft=True, groups=[group])
        made = actions.article_save(
            article=made, wanted=texts.said(title="Jiný", text="Jiný.", groups=[]), seen=made.version, actor=actor
        )
    else:
        made = texts.page()
        wanted = {"title": "Jiný", "text": "Jiný.", "easy_read": ""}
        made = actions.page_save(page=made, wanted=wanted, seen=made.version, actor=actor)
    deed = Deed.objects.get(verb=f"{thing}_changed")
    client = signed_in(actor)
    where = "aktuality" if thing == "article" else "stranky"
    page = client.get(f"/sprava/{where}/obnovit/{deed.pk}/")
    assert page.status_code == 200
    assert client.post(f"/sprava/{where}/obnovit/{deed.pk}/", {"seen": page.context["seen"]}).status_code == 302
    made.refresh_from_db()
    assert made.title != "Jiný"
    if thing == "article":
        assert list(made.groups.all()) == [group]


def test_pages_have_two_floors_and_no_circles() -> None:
    editor = make.person("page_editor")
    top = texts.page(title="Nahoře")
    under = texts.page(title="Pod ní", parent=top)

    def put(page: Page, parent: Page) -> None:
        wanted = {"title": page.title, "text": "", "easy_read": "", "parent": parent}
        actions.page_save(page=page, wanted=wanted, seen=page.version, actor=editor)

    for page, parent in ((top, under), (top, top), (texts.page(title="Třetí"), under)):
        with pytest.raises(ValidationError):
            put(page, parent)


def test_auditor_reads_and_writes_nothing() -> None:
    article = texts.article(draft=True)
    client = signed_in(make.person("auditor"))
    assert client.get(f"/sprava/aktuality/{article.pk}/").status_code == 200
    assert client.post(f"/sprava/aktuality/{article.pk}/", form(seen=1)).status_code == 404
    assert client.post(f"/sprava/aktuality/{article.pk}/zverejnit/").status_code == 404
    article.refresh_from_db()
    assert article.published_at is None
