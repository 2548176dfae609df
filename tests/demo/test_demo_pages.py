"""What the demo tells people: whole, kind, told in the past and the near future, and gone when it is taken away."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from portal.chapters import markdown
from portal.home import demo_pages
from portal.mail.models import Letter
from portal.newsletter.models import Issue, Subscriber
from portal.newsletter.picking import items_of
from portal.pages.codelists import shipped_pages
from portal.pages.models import Article, CommunicationItem, Picture, PrintedProduct
from tests import make

ARTICLES: list[dict[str, Any]] = demo_pages.read("articles")["article"]
OFFICIALESE = re.compile(r"v rámci|za účelem|předmětn|realizac|\bdle\b", re.IGNORECASE)


@pytest.mark.parametrize("told", ARTICLES, ids=lambda one: one["slug"])
def test_articles_are_plain_and_their_pictures_have_words(told: dict[str, Any]) -> None:
    assert not markdown.faults(told["text"])
    assert told["lead"]
    assert len(told["title"]) <= 80
    assert not OFFICIALESE.search(f"{told['title']} {told['lead']} {told['text']}")


@pytest.mark.parametrize("page", shipped_pages(), ids=lambda one: one["key"])
def test_easy_reading_is_one_short_idea_a_line(page: dict[str, Any]) -> None:
    for line in page["easy_read"].strip().splitlines():
        assert len(line.split()) <= 10, line
        assert line.endswith((".", "?")), line


def test_groups_and_measures_that_articles_name_are_in_the_demo() -> None:
    folder = demo_pages.FOLDER.parent
    groups = {path.stem for path in (folder / "groups").glob("*.toml")}
    assert {one["group"] for one in ARTICLES if "group" in one} <= groups
    assert (folder / "plan" / f"{demo_pages.read('articles')['plan']}.toml").exists()


@pytest.fixture
def loaded(db: None) -> int:
    region = make.region("XX0", "Pospolitý kraj")
    for code, name, town in (("9901", "Svornov", "990010"), ("9902", "Hradilov", "990210")):
        make.municipality(name, code=town, orp=make.orp(code, name, region=region))
    make.person("coordinator")
    return demo_pages.load()


def test_it_spans_two_years_with_one_planned_and_one_being_written(loaded: int) -> None:
    assert loaded == len(ARTICLES) >= 12
    now = timezone.now()
    shown = Article.objects.public()
    assert shown.count() == loaded - 2
    assert shown.order_by("published_at")[0].published_at < now - timedelta(days=600)  # type: ignore[operator]
    assert Article.objects.filter(published_at__gt=now).count() == 1
    assert not Picture.objects.filter(file__alt="").exists()
    assert {one.category.key for one in shown} == {"zprava", "pozvanka", "kampan", "kulaty-stul"}
    assert CommunicationItem.objects.late().count() == 1
    assert all(one.handed + one.promised <= one.printed for one in PrintedProduct.objects.counted())  # type: ignore[attr-defined]
    issue = Issue.objects.public().get()
    assert items_of(issue)
    assert Subscriber.objects.count() == 3
    assert not Letter.objects.exists()


def test_a_second_loading_writes_nothing_and_removal_takes_all(loaded: int) -> None:
    assert demo_pages.load() == 0
    assert demo_pages.remove() == loaded
    for model in (Article, Picture, CommunicationItem, PrintedProduct, Issue, Subscriber):
        assert not model._default_manager.exists(), model
