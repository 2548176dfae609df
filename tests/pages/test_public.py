"""What the public reads: nothing before its time, nothing that runs, few queries for any number of rows."""

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from typing import Any
from xml.etree import ElementTree

import pytest
from django.core import signing
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from portal.catalogue.actions import touch
from portal.documents import actions as document_actions
from portal.documents.models import Document, DocumentSort
from portal.finding import index
from portal.meetings.models import Meeting
from portal.pages import actions, codelists, previews
from portal.pages.models import Article, Page, Picture
from portal.plan.models import Node, Plan
from tests import make
from tests.documents import papers
from tests.files import films
from tests.plan import plans

from . import texts

pytestmark = pytest.mark.django_db
ATOM = "{http://www.w3.org/2005/Atom}"


def html(client: Client, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, address
    return answer.content.decode()


# --- nothing before its time -----------------------------------------------------------------------------------

PLACES = ["/", "/aktuality/", "/aktuality/?format=json", "/aktuality/atom.xml", "/sitemap.xml"]


def test_a_planned_article_is_nowhere_before_its_time_and_everywhere_after_it(client: Client) -> None:
    group = make.group()
    places = [*PLACES, f"/skupiny/{group.slug}/aktuality/"]
    article = texts.article(at=timezone.now() + timedelta(hours=1), title="Zítřejší novina", groups=[group])
    for place in places:
        assert "Zítřejší novina" not in html(client, place), place
        assert article.slug not in html(client, place), place
    for suffix in ("", "?format=json"):
        html(client, f"/aktuality/{article.slug}/{suffix}", 404)
    Article.objects.update(published_at=timezone.now() - timedelta(seconds=1))
    for place in places:
        assert article.slug in html(client, place) or "Zítřejší novina" in html(client, place), place
    html(client, f"/aktuality/{article.slug}/")


@pytest.mark.parametrize("take", [actions.article_withdraw, None])
def test_what_is_withdrawn_or_taken_out_is_gone(client: Client, take: Callable[..., Any] | None) -> None:
    article, editor = texts.article(), make.person("page_editor")
    html(client, f"/aktuality/{article.slug}/")
    if take:
        take(article=article, actor=editor)
    else:
        actions.remove(thing=article, actor=editor)
    html(client, f"/aktuality/{article.slug}/", 404)
    assert article.slug not in html(client, "/aktuality/")


def test_things_tied_to_an_article_show_no_more_than_their_own_pages(client: Client) -> None:
    shown, hidden = make.group(), make.group(shown=False, name="Skrytá skupina")
    start = timezone.now() + timedelta(days=3)
    meeting = Meeting.objects.create(
        group=shown, starts_at=start, ends_at=start + timedelta(hours=2), title="Tajné jednání"
    )
    sort = DocumentSort.objects.get_or_create(key="analyza", defaults={"name": "analýza"})[0]
    paper = Document.objects.create(slug="vnitrni", title="Vnitřní podklad", sort=sort, span_kind="site")
    plan = plans.grown(plans.plan())
    measure = Node.objects.filter(plan=plan).measures()[0]
    article = texts.article(groups=[shown, hidden], meetings=[meeting], documents=[paper], measures=[measure])
    text = html(client, f"/aktuality/{article.slug}/")
    assert shown.name in text
    for secret in ("Skrytá skupina", "Tajné jednání", "Vnitřní podklad", measure.title):
        assert secret not in text
    Meeting.objects.update(shown_at=timezone.now())
    Plan.objects.update(state=Plan.State.IN_FORCE)
    text = html(client, f"/aktuality/{article.slug}/")
    assert "Tajné jednání" in text
    assert measure.title in text


def papers_of_all_sorts() -> list[Document]:
    """A PDF of two versions of which the newer was taken off, and a video with captions."""
    actor, town = papers.coordinator(), make.municipality("Svornov")
    paper = papers.document("Pravidla půjčovny", actor=actor, town=town)
    document_actions.version_add(document=paper, upload=papers.sheet("omylem.pdf"), note="", actor=actor)
    document_actions.version_remove(version=paper.versions.get(number=2), actor=actor)
    film = SimpleUploadedFile("setkani.mp4", films.mp4())
    words = SimpleUploadedFile("setkani.vtt", films.CAPTIONS)
    video = papers.document("Jak to vypadá", actor=actor, town=town, upload=film, captions=words, text=None)
    return [paper, video]


@pytest.mark.parametrize("of", ["article", "page"])
def test_papers_can_be_opened_and_videos_played_under_the_text(client: Client, of: str) -> None:
    tied = papers_of_all_sorts()
    if of == "article":
        address = f"/aktuality/{texts.article(documents=tied).slug}/"
    else:
        address = f"/stranky/{texts.page(documents=tied).slug}/"
    text = html(client, address)
    assert "omylem.pdf" not in text
    for link in re.findall(r'(?:href|src)="(/dokumenty/[^"]+/1/[^"]+)"', text):
        assert client.get(link).status_code == 200, link
    assert re.search(r'<a href="/dokumenty/pravidla-pujcovny/1/[^"]+">Pravidla půjčovny</a>', text)
    assert re.search(r'<video [^>]+ src="/dokumenty/jak-to-vypada/1/', text)
    assert '<track kind="captions" srclang="cs"' in text
    assert "Přijedeme k vám" in text
    Document.objects.update(audience=Document.Audience.DESK)
    text = html(client, address)
    assert "Pravidla půjčovny" not in text
    assert "<video" not in text


def test_a_page_has_a_gallery_too(client: Client) -> None:
    page = texts.page()
    picture = texts.picture(page, use=Picture.Use.GALLERY, alt="Lidé na náměstí")
    text = html(client, f"/stranky/{page.slug}/")
    assert 'class="gallery"' in text
    assert f'alt="{picture.file.alt}"' in text
    with pytest.raises(ValidationError, match="v galerii"):
        texts.picture(page, use=Picture.Use.HEAD)


# --- the link to a draft ---------------------------------------------------------------------------------------


def test_a_draft_is_read_by_its_link_until_it_expires(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    article = texts.article(draft=True, title="Rozepsané")
    link = previews.path(article)
    answer = client.get(link)
    assert answer.status_code == 200
    assert answer["X-Robots-Tag"] == "noindex"
    assert answer["Referrer-Policy"] == "no-referrer"
    assert "Rozepsané" in answer.content.decode()
    assert "NewsArticle" not in answer.content.decode()
    later = timezone.now() + previews.WORKS_FOR + timedelta(minutes=1)
    monkeypatch.setattr("django.core.signing.time.time", later.timestamp)
    html(client, link, 404)


def test_links_called_back_and_forged_ones_lead_nowhere(client: Client) -> None:
    article = texts.article(draft=True)
    link = previews.path(article)
    actions.previews_end(thing=article, actor=make.person("page_editor"))
    html(client, link, 404)
    forged = signing.dumps([article.pk, 2], salt="jina sul")
    html(client, f"/aktuality/koncept/{forged}/", 404)
    html(client, "/aktuality/koncept/nesmysl/", 404)
    article.refresh_from_db()
    html(client, previews.path(article), 200)


def test_a_planned_page_is_read_by_its_link_only_until_its_time_comes(client: Client) -> None:
    soon = timezone.now() + timedelta(days=2)
    page = texts.page(title="Veletrh služeb", shown=True, shown_from=soon)
    assert not page.is_public
    html(client, f"/stranky/{page.slug}/", 404)
    assert "Veletrh služeb" not in client.get("/stranky/").content.decode()
    link = previews.path(page)
    answer = client.get(link)
    assert answer["X-Robots-Tag"] == "noindex"
    assert "Stránka zatím není na webu." in answer.content.decode()
    assert list(Page.objects.public(soon)) == [page]
    # The link of a page opens no article, and the other way round.
    html(client, link.replace("/stranky/nahled/", "/aktuality/koncept/"), 404)
    actions.previews_end(thing=page, actor=make.person("page_editor"))
    html(client, link, 404)


# --- Markdown that attacks -------------------------------------------------------------------------------------

ATTACKS = [
    "<script>alert(1)</script>",
    '<img src="x" onerror="alert(1)">',
    "[klikni](javascript:alert(1))",
    "[klikni](data:text/html;base64,PHNjcmlwdD4=)",
    "[klikni](vbscript:msgbox)",
    '<svg onload="alert(1)"><script>alert(1)</script></svg>',
    '<iframe src="https://zlo.example"></iframe>',
    '<a href="#" style="position:fixed">x</a>',
    "<style>body{display:none}</style>",
    '[x](https://a.example "\\" onmouseover=alert(1) \\"")',
    "<form action=https://zlo.example><input name=heslo></form>",
]


class Seen(HTMLParser):
    """Tags, attributes and addresses between "Úvod." and "Závěr."."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.addresses: set[str] = set()
        self.feed(text.split("Úvod.", 1)[1].split("Závěr.", maxsplit=1)[0])

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _value in attrs}
        self.addresses |= {value or "" for name, value in attrs if name in {"href", "src"}}


@pytest.mark.parametrize("attack", ATTACKS)
def test_markdown_of_articles_and_pages_runs_nothing(client: Client, attack: str) -> None:
    article = texts.article(text=f"Úvod.\n\n{attack}\n\nZávěr.")
    page = texts.page(text=f"Úvod.\n\n{attack}\n\nZávěr.")
    for address in (f"/aktuality/{article.slug}/", f"/stranky/{page.slug}/"):
        seen = Seen(html(client, address))
        assert seen.tags <= {"p", "a"}
        assert seen.attributes <= {"href", "title"}
        assert all(one.startswith("https://") for one in seen.addresses)


@pytest.mark.parametrize("address", ["https://zlo.example/x.png", "data:image/png;base64,AAAA", "/soubory/cizi/x.png"])
def test_a_picture_that_is_not_ours_is_refused(address: str) -> None:
    with pytest.raises(ValidationError):
        texts.article(text=f"![foto]({address})")


def test_every_picture_has_its_words(client: Client) -> None:
    article = texts.article()
    with pytest.raises(ValidationError):
        texts.picture(article, alt="  ")
    picture = texts.picture(article, Picture.Use.TEXT, alt="Lidé u stolu")
    with pytest.raises(ValidationError):
        actions.article_save(
            article=article, wanted=texts.said(text=f"![]({picture.file.url})"), seen=article.version,
            actor=make.person("page_editor"),
        )  # fmt: skip
    actions.article_save(
        article=article, wanted=texts.said(text=f"![Stůl]({picture.file.url})"), seen=article.version,
        actor=make.person("page_editor"),
    )  # fmt: skip
    assert 'alt="Stůl"' in html(client, f"/aktuality/{article.slug}/")


# --- for machines ----------------------------------------------------------------------------------------------


def test_an_article_tells_search_engines_and_the_open_norm(client: Client) -> None:
    article = texts.article(span_kind="municipality", span_code="990010", span_name="Svornov", title="Novina <&>")
    texts.picture(article)
    text = html(client, f"/aktuality/{article.slug}/")
    linked = [json.loads(one.split("</script>")[0]) for one in text.split('<script type="application/ld+json">')[1:]]
    (news,) = [one for one in linked if one["@type"] == "NewsArticle"]
    assert {"headline", "datePublished", "dateModified", "author", "publisher", "image"} <= set(news)
    assert news["headline"] == "Novina <&>"
    told = json.loads(html(client, f"/aktuality/{article.slug}/?format=json"))
    assert told["typ"] == "Aktualita"
    assert told["název"] == {"cs": "Novina <&>"}
    assert told["geografické_území"] == ["https://linked.cuzk.cz/resource/ruian/obec/990010"]
    assert datetime.fromisoformat(told["vytvořeno"]["datum_a_čas"]).tzinfo
    assert json.loads(html(client, "/aktuality/?format=json")) == [told]


def test_the_feed_has_the_newest_first_and_tells_nothing_of_when_it_was_asked_for(client: Client) -> None:
    texts.article(at=datetime(2026, 1, 1, tzinfo=UTC), title="Stará")
    texts.article(at=datetime(2026, 2, 1, tzinfo=UTC), title="Nová")
    written = client.get("/aktuality/atom.xml").content
    tree = ElementTree.fromstring(written)
    assert [one.findtext(f"{ATOM}title") for one in tree.iter(f"{ATOM}entry")] == ["Nová", "Stará"]
    assert datetime.fromisoformat(tree.findtext(f"{ATOM}updated") or "") == datetime(2026, 2, 1, tzinfo=UTC)
    assert client.get("/aktuality/atom.xml").content == written


# --- pages -----------------------------------------------------------------------------------------------------


def test_a_page_has_its_easy_version_only_where_somebody_wrote_it(client: Client) -> None:
    easy, plain = texts.page(easy_read="Pomáháme.\n\nZavolejte."), texts.page(title="Bez ní")
    text = html(client, f"/stranky/{easy.slug}/snadne-cteni/")
    assert "<p>Pomáháme.</p>" in text
    assert f"/stranky/{easy.slug}/snadne-cteni/" in html(client, f"/stranky/{easy.slug}/")
    html(client, f"/stranky/{plain.slug}/snadne-cteni/", 404)
    hidden = texts.page(title="Skrytá", shown=False)
    html(client, f"/stranky/{hidden.slug}/", 404)
    assert "Skrytá" not in html(client, "/stranky/")


def test_shipped_pages_come_once_and_never_over_what_a_person_wrote(client: Client) -> None:
    assert codelists.load_pages() == 3
    assert codelists.load_pages() == 0
    page = Page.objects.get(key="kontakt")
    actions.page_save(
        page=page, wanted={"title": "Kontakt", "text": "Přijďte.", "easy_read": ""}, seen=1,
        actor=make.person("page_editor"),
    )  # fmt: skip
    assert codelists.load_pages() == 0
    assert "Přijďte." in html(client, "/kontakt/")
    html(client, "/stranky/jak-funguje-komunitni-planovani/snadne-cteni/")


# --- few queries -----------------------------------------------------------------------------------------------


def many(group: Any, count: int) -> None:
    for _ in range(count):
        texts.picture(texts.article(groups=[group], title="Novina"))


def test_pages_ask_as_much_of_ten_articles_as_of_a_hundred(
    client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    group = make.group()
    many(group, 3)
    article = Article.objects.all()[0]
    texts.picture(article, Picture.Use.GALLERY)
    addresses = {
        "/aktuality/": 6,
        f"/aktuality/{article.slug}/": 8,
        f"/skupiny/{group.slug}/aktuality/": 6,
        "/aktuality/atom.xml": 2,
        "/stranky/": 3,
    }
    index.current()
    for rows in (3, 27):
        if rows == 27:
            many(group, rows)
        for address, most in addresses.items():
            html(client, address)
            with django_assert_max_num_queries(most):
                text = html(client, address)
            assert len(text.encode()) < 60 * 1024, address


def test_the_front_page_tells_what_goes_on_and_hides_what_is_empty(
    client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    cache.clear()
    empty = html(client, "/")
    for heading in ("Kdy se jedná", "Co je nového", "Kdo plánuje"):
        assert heading not in empty
    group = make.group(name="Senioři")
    for at in range(1, 31):
        start = timezone.now() + timedelta(days=at)
        Meeting.objects.create(
            group=group, starts_at=start, ends_at=start + timedelta(hours=1), shown_at=timezone.now(), title=f"J{at}."
        )
    many(group, 10)
    touch()
    html(client, "/")
    with django_assert_max_num_queries(10):
        full = html(client, "/")
    assert [f">J{at}.</a>" in full for at in (1, 2, 3, 4)] == [True, True, True, False]
    assert full.count(">Novina</a>") == 3
    assert "Senioři" in full
    assert len(full.encode()) < 60 * 1024
