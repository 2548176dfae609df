"""Addresses of `pages`."""

from datetime import date
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from portal.audit.models import Deed
from portal.pages import actions, outreach_actions, previews
from portal.pages.models import ArticleCategory, Picture
from tests import make
from tests.world import World

from .table import WORD_EDITORS, WORD_READERS, Address, Role, data, desk

PAGE_READERS = WORD_READERS | {Role.PAGE_EDITOR}
PAGE_EDITORS = WORD_EDITORS | {Role.PAGE_EDITOR}


def build(world: World) -> None:
    """An article on the web, a page with an easy-read version, a line of the communication plan, a printed thing."""
    actor = make.person("coordinator")
    category = ArticleCategory.objects.get_or_create(key="zprava", defaults={"name": "zpráva"})[0]
    span = {"span_kind": "municipality", "span_code": world.town.code, "span_name": world.town.name}
    said = {"title": "Sešli jsme se", "lead": "O čem byla řeč.", "text": "Přišlo nás dost.", "author": "Město"}
    article = actions.article_save(wanted={**said, "category": category, **span}, actor=actor)
    article = actions.article_save(
        article=article, wanted={**said, "lead": "O čem se mluvilo."}, seen=article.version, actor=actor
    )
    picture = actions.picture_add(
        thing=article, upload=SimpleUploadedFile("foto.png", make.picture()), alt="Lidé u stolu", use=Picture.Use.HEAD,
        actor=actor,
    )  # fmt: skip
    article = actions.article_publish(article=article, at=None, actor=actor)
    page = actions.page_save(
        wanted={"title": "Jak to tu chodí", "text": "Domluvou.", "easy_read": "Mluvíme spolu.", "shown": True, **span},
        actor=actor,
    )
    page = actions.page_save(
        page=page, wanted={"title": page.title, "text": "Společně.", "easy_read": page.easy_read}, seen=page.version,
        actor=actor,
    )  # fmt: skip
    item = outreach_actions.item_save(
        wanted={"what": "Pozvánka", "audience": "lidem", "due_on": date(2026, 12, 1), "who": "město", **span},
        actor=actor,
    )
    product = outreach_actions.product_save(wanted={"title": "Průvodce", "printed": 100, **span}, actor=actor)
    handover = outreach_actions.handover_add(product=product, place="knihovna", amount=20, actor=actor)
    outreach_actions.item_save(item=item, wanted={"note": "Do schránek"}, seen=item.version, actor=actor)
    outreach_actions.product_save(product=product, wanted={"note": "A5"}, seen=product.version, actor=actor)
    outreach_actions.handover_done(handover=handover, done=True, actor=actor)
    for verb in ("communication_changed", "product_changed", "handover_changed"):
        world.more[f"{verb} deed"] = Deed.objects.filter(verb=verb).latest("pk")
    world.more.update({
        "article": article, "picture": picture, "page": page, "item": item, "product": product, "handover": handover,
        "article_deed": Deed.objects.filter(verb="article_changed").latest("pk"),
        "page_deed": Deed.objects.filter(verb="page_changed").latest("pk"),
    })  # fmt: skip


def of(name: str) -> Any:
    return lambda world: {"pk": world.more[name].pk}


def deed_of(verb: str) -> Any:
    return lambda world: {"deed": world.more[f"{verb} deed"].pk}


def slug_of(name: str) -> Any:
    return lambda world: {"slug": world.more[name].slug}


def posted(name: str) -> Address:
    return Address(who=PAGE_EDITORS, answer=405, html=False, arguments=of(name))


ADDRESSES: dict[str, Address] = {
    "pages:articles": Address(),
    "pages:articles_feed": data(),
    "pages:article": Address(arguments=slug_of("article")),
    "pages:article_preview": Address(arguments=lambda world: {"token": token(world)}),
    "pages:group_news": Address(arguments=slug_of("group")),
    "pages:public_pages": Address(),
    "pages:page_preview": Address(arguments=lambda world: {"token": token(world, "page")}),
    "pages:public_page": Address(arguments=slug_of("page")),
    "pages:public_page_easy": Address(arguments=slug_of("page")),
    "pages:desk_articles": desk(who=PAGE_READERS),
    "pages:article_add": desk(who=PAGE_EDITORS),
    "pages:communication_restore": desk(who=WORD_READERS, arguments=deed_of("communication_changed")),
    "pages:product_restore": desk(who=WORD_READERS, arguments=deed_of("product_changed")),
    "pages:handover_restore": desk(who=WORD_READERS, arguments=deed_of("handover_changed")),
    "pages:article_restore": desk(who=WORD_READERS, arguments=lambda world: {"deed": world.more["article_deed"].pk}),
    "pages:desk_article": desk(who=PAGE_READERS, arguments=of("article")),
    "pages:article_publish": posted("article"),
    "pages:article_withdraw": posted("article"),
    "pages:previews_end": posted("article"),
    "pages:article_remove": posted("article"),
    "pages:article_return": posted("article"),
    "pages:article_pictures": desk(who=PAGE_READERS, arguments=of("article")),
    "pages:picture_remove": posted("picture"),
    "pages:desk_pages": desk(who=PAGE_READERS),
    "pages:page_add": desk(who=PAGE_EDITORS),
    "pages:page_restore": desk(who=WORD_READERS, arguments=lambda world: {"deed": world.more["page_deed"].pk}),
    "pages:desk_page": desk(who=PAGE_READERS, arguments=of("page")),
    "pages:page_previews_end": posted("page"),
    "pages:page_remove": posted("page"),
    "pages:page_return": posted("page"),
    "pages:page_pictures": desk(who=PAGE_READERS, arguments=of("page")),
    "pages:communication": desk(who=PAGE_READERS),
    "pages:communication_add": desk(who=PAGE_EDITORS),
    "pages:communication_item": desk(who=PAGE_READERS, arguments=of("item")),
    "pages:communication_done": posted("item"),
    "pages:communication_remove": posted("item"),
    "pages:products": desk(who=PAGE_READERS),
    "pages:product_add": desk(who=PAGE_EDITORS),
    "pages:product": desk(who=PAGE_READERS, arguments=of("product")),
    "pages:handover_add": posted("product"),
    "pages:handover_done": posted("handover"),
    "pages:handover_remove": posted("handover"),
}


def token(world: World, name: str = "article") -> str:
    return previews.path(world.more[name]).rstrip("/").rpartition("/")[2]
