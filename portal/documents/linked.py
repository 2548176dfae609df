"""Documents for machines: JSON-LD for search engines and an Atom feed of public documents."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from xml.etree import ElementTree

from django.urls import reverse
from django.utils.formats import date_format

from .models import Document, DocumentVersion
from .shown import Row, parts_of

type Json = dict[str, Any]

ATOM = "http://www.w3.org/2005/Atom"


def document_linked(document: Document, version: DocumentVersion, site: str) -> Json:
    url = site + reverse("documents:public_document", args=[document.slug])
    said: Json = {
        "@context": "https://schema.org",
        "@type": "DigitalDocument",
        "@id": url,
        "url": url,
        "name": document.title,
        "genre": document.sort.name,
        "inLanguage": "cs",
        "version": str(version.number),
        "dateModified": f"{version.added_at:%Y-%m-%d}",
        "encoding": {
            "@type": "MediaObject",
            "contentUrl": site + reverse("documents:file", kwargs=parts_of(version)),
            "encodingFormat": version.file.content_type,
            "contentSize": str(version.file.size),
        },
    }
    more = {
        "description": document.about,
        "license": document.licence,
        "dateCreated": document.day and f"{document.day:%Y-%m-%d}",
        "author": document.author and {"@type": "Organization", "name": document.author},
        "spatialCoverage": document.span_name and {"@type": "AdministrativeArea", "name": document.span_name},
        "funding": document.project and {"@type": "Grant", "name": document.project},
    }
    return said | {name: value for name, value in more.items() if value}


def atom(rows: Iterable[Row], site: str) -> bytes:
    """A feed by RFC 4287 of public documents."""
    rows, me = list(rows), site + reverse("documents:feed")
    ElementTree.register_namespace("", ATOM)
    top = ElementTree.Element(f"{{{ATOM}}}feed")

    def say(parent: ElementTree.Element, tag: str, text: str = "", **attributes: str) -> None:
        ElementTree.SubElement(parent, f"{{{ATOM}}}{tag}", attributes).text = text or None

    say(top, "id", me)
    say(top, "title", "Dokumenty")
    say(top, "link", rel="self", href=me, type="application/atom+xml")
    say(top, "link", rel="alternate", href=site + reverse("documents:public_documents"), type="text/html")
    latest = max((one.document.changed_at for one in rows), default=None)
    say(top, "updated", latest.isoformat() if latest else "1970-01-01T00:00:00Z")
    author = ElementTree.SubElement(top, f"{{{ATOM}}}author")
    say(author, "name", "Komunitní plánování")
    for one in rows:
        entry = ElementTree.SubElement(top, f"{{{ATOM}}}entry")
        say(entry, "id", site + one.url)
        say(entry, "title", one.document.title)
        say(entry, "link", rel="alternate", href=site + one.url, type="text/html")
        say(entry, "updated", one.document.changed_at.isoformat())
        say(entry, "published", one.version.added_at.isoformat())
        said = [one.document.sort.name, date_format(one.document.day) if one.document.day else "", one.document.about]
        say(entry, "summary", ". ".join(part for part in said if part))
    made: bytes = ElementTree.tostring(top, encoding="utf-8", xml_declaration=True)
    return made
