"""Feeds by RFC 4287. The same entries give the same bytes: nothing in a feed tells when it was asked for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from xml.etree import ElementTree

from django.http import HttpResponse

NAMESPACE = "http://www.w3.org/2005/Atom"
CONTENT_TYPE = "application/atom+xml; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Entry:
    """`url` is a path of this site; the address that never changes is the feed's with `key` behind #."""

    key: str
    title: str
    url: str
    updated: datetime
    summary: str = ""
    author: str = ""


@dataclass(frozen=True, slots=True)
class Feed:
    """`me` and `page` are paths of the feed and of the page with the same content; `author` is never a person."""

    title: str
    me: str
    page: str
    author: str
    began: datetime


def answer(feed: Feed, entries: Iterable[Entry], site: str) -> HttpResponse:
    return HttpResponse(written(feed, entries, site), content_type=CONTENT_TYPE)


def written(feed: Feed, entries: Iterable[Entry], site: str) -> bytes:
    entries, me = list(entries), site + feed.me
    root = ElementTree.Element("feed", {"xmlns": NAMESPACE, "xml:lang": "cs"})
    _put(root, "id", me)
    _put(root, "title", feed.title)
    _put(root, "updated", max((one.updated for one in entries), default=feed.began).isoformat())
    _put(_put(root, "author"), "name", feed.author)
    _put(root, "link", rel="self", type="application/atom+xml", href=me)
    _put(root, "link", rel="alternate", type="text/html", href=site + feed.page)
    for one in entries:
        entry = _put(root, "entry")
        _put(entry, "id", f"{me}#{one.key}")
        _put(entry, "title", one.title)
        _put(entry, "updated", one.updated.isoformat())
        _put(entry, "link", rel="alternate", type="text/html", href=site + one.url)
        if one.author:
            _put(_put(entry, "author"), "name", one.author)
        _put(entry, "summary", one.summary or one.title)
    text: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return text


def _put(parent: ElementTree.Element, name: str, text: str = "", **attributes: str) -> ElementTree.Element:
    child = ElementTree.SubElement(parent, name, attributes)
    child.text = "".join(sign for sign in text if sign.isprintable() or sign in "\n\t") or None
    return child
