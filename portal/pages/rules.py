"""Who may write pages, articles and the communication plan: editors and coordinators, each within their territory."""

from typing import Any

from portal.accounts import spans
from portal.accounts.rules import Role, has_role, held, holds_over
from portal.territory.rules import lies_in

from .models import Article, ArticleQuerySet, Page, PageQuerySet
from .outreach_models import CommunicationQuerySet, ProductQuerySet, Spanned

EDITORS = (Role.PAGE_EDITOR, Role.COORDINATOR, Role.REGION)
READERS = (*EDITORS, Role.AUDITOR)


def may_come(person: Any) -> bool:
    """See the desk's lists; what is in them follows from one's territory."""
    return has_role(person, *READERS)


def may_add(person: Any) -> bool:
    return has_role(person, *EDITORS)


def may_edit(person: Any, thing: Article | Page | Spanned) -> bool:
    """Write the thing, publish it, take it off the web."""
    return holds_over(person, EDITORS, *lies_in(thing.span_kind, thing.span_code))


def may_read(person: Any, thing: Article | Page | Spanned) -> bool:
    """Read it at the desk, a draft too."""
    return has_role(person, Role.AUDITOR) or may_edit(person, thing)


def _readable(person: Any, rows: Any) -> Any:
    return rows if has_role(person, Role.AUDITOR) else spans.rows_in(rows, held(person, *EDITORS))


def readable_articles(person: Any) -> ArticleQuerySet:
    rows: ArticleQuerySet = _readable(person, Article.objects.all())
    return rows


def readable_pages(person: Any) -> PageQuerySet:
    rows: PageQuerySet = _readable(person, Page.objects.all())
    return rows


def readable_items[Rows: (CommunicationQuerySet, ProductQuerySet)](person: Any, rows: Rows) -> Rows:
    found: Rows = _readable(person, rows)
    return found
