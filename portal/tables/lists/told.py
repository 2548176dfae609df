"""How people are told: articles, pages, the newsletter, the communication plan, printed things and where they go."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import QueryDict

from portal.newsletter import rules as newsletter_rules
from portal.newsletter.models import Issue
from portal.pages import rules
from portal.pages.models import Article, CommunicationItem, Handover, Page
from portal.pages.outreach_models import PrintedProduct

from .plain import Part, PlainTable


class _Told(PlainTable):
    def may_read(self) -> bool:
        return rules.may_come(self.person)


class Articles(_Told):
    slug = "aktuality"
    title = "Aktuality"
    noun = "článek,články,článků"
    home = "pages:desk_articles"
    parts = (
        Part("titulek", lambda row: row.title, 50),
        Part("druh", lambda row: row.category.name),
        Part("o čem to je", lambda row: row.lead, 60),
        Part("kdo píše", lambda row: row.author, 30),
        Part("stav", lambda row: row.state.label, 14),
        Part("na webu od", lambda row: row.published_at),
        Part("území", lambda row: row.span_name or "celý web", 24),
        Part("adresa", lambda row: row.slug, 40),
    )

    def rows(self, asked: QueryDict) -> QuerySet[Article]:
        found = rules.readable_articles(self.person).asked(asked.get("stav", ""))
        return found.select_related("category").order_by("-created_at", "-pk")


class Pages(_Told):
    slug = "stranky"
    title = "Stránky"
    noun = "stránka,stránky,stránek"
    home = "pages:desk_pages"
    parts = (
        Part("název", lambda row: row.title, 50),
        Part("patří pod", lambda row: row.parent.title if row.parent else "", 34),
        Part("na webu", lambda row: row.shown, 10),
        Part("snadné čtení", lambda row: bool(row.easy_read), 12),
        Part("území", lambda row: row.span_name or "celý web", 24),
        Part("změněno", lambda row: row.changed_at),
        Part("vyřazená", lambda row: row.removed_at),
        Part("adresa", lambda row: row.slug, 40),
    )

    def rows(self, asked: QueryDict) -> QuerySet[Page]:
        return rules.readable_pages(self.person).select_related("parent")


class Issues(_Told):
    """Issues of the newsletter. Who reads it is in no list."""

    slug = "zpravodaje"
    title = "Zpravodaje"
    noun = "zpravodaj,zpravodaje,zpravodajů"
    home = "newsletter:desk_issues"
    parts = (
        Part("název", lambda row: row.title, 50),
        Part("novinky od", lambda row: row.since, 12),
        Part("do", lambda row: row.until, 12),
        Part("stav", lambda row: row.get_state_display(), 14),
        Part("odeslaný", lambda row: row.sent_at),
        Part("dopisů", lambda row: row.letters, 10, number=True),
        Part("území", lambda row: row.span_name or "celý web", 24),
    )

    def rows(self, asked: QueryDict) -> QuerySet[Issue]:
        return newsletter_rules.readable_issues(self.person)


class Communication(_Told):
    slug = "komunikacni-plan"
    title = "Komunikační plán"
    noun = "řádek,řádky,řádků"
    home = "pages:communication"
    parts = (
        Part("co", lambda row: row.what, 50),
        Part("komu", lambda row: row.audience, 30),
        Part("jak", lambda row: row.get_channel_display()),
        Part("do kdy", lambda row: row.due_on, 14),
        Part("kdo", lambda row: row.who, 26),
        Part("hotovo dne", lambda row: row.done_on, 14),
        Part("území", lambda row: row.span_name or "celý web", 24),
        Part("poznámka", lambda row: row.note, 40),
    )

    def rows(self, asked: QueryDict) -> QuerySet[CommunicationItem]:
        found = rules.readable_items(self.person, CommunicationItem.objects.all())
        narrowed = {"ceka": found.open, "pozde": found.late}.get(asked.get("stav", ""), found.all)
        return narrowed().order_by("due_on", "pk")


class Printed(_Told):
    slug = "tistene-veci"
    title = "Tištěné věci"
    noun = "tištěná věc,tištěné věci,tištěných věcí"
    home = "pages:products"
    parts = (
        Part("co", lambda row: row.title, 40),
        Part("vytištěno kusů", lambda row: row.printed, 14, number=True),
        Part("vytištěno dne", lambda row: row.printed_on, 14),
        Part("předáno", lambda row: row.handed, 14, number=True),
        Part("zbývá předat", lambda row: row.promised, 14, number=True),
        Part("území", lambda row: row.span_name or "celý web", 24),
        Part("poznámka", lambda row: row.note, 40),
    )

    def rows(self, asked: QueryDict) -> QuerySet[PrintedProduct]:
        return rules.readable_items(self.person, PrintedProduct.objects.counted())


class Distribution(_Told):
    slug = "rozdelovnik"
    title = "Rozdělovník tištěných věcí"
    noun = "řádek,řádky,řádků"
    home = "pages:products"
    parts = (
        Part("co", lambda row: row.product.title, 40),
        Part("vytištěno kusů", lambda row: row.product.printed, 14, number=True),
        Part("vytištěno dne", lambda row: row.product.printed_on, 14),
        Part("kam", lambda row: row.place, 40),
        Part("kusů", lambda row: row.amount, 10, number=True),
        Part("předat do", lambda row: row.planned_on, 14),
        Part("předáno", lambda row: row.handed_on, 14),
        Part("zbývá předat", lambda row: 0 if row.handed_on else row.amount, 14, number=True),
        Part("poznámka", lambda row: row.note, 40),
    )

    def rows(self, asked: QueryDict) -> QuerySet[Handover]:
        mine = rules.readable_items(self.person, PrintedProduct.objects.all())
        return (
            Handover.objects.filter(product__in=mine.values("pk"))
            .select_related("product")
            .order_by("product__title", "place", "pk")
        )


TOLD = (Articles, Pages, Issues, Communication, Printed, Distribution)
