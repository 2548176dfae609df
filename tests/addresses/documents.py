"""Addresses of `documents`."""

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from portal.accounts.rules import Range
from portal.audit.models import Deed
from portal.documents import actions
from portal.documents.models import DocumentSort
from portal.groups.models import Group, Procedure
from tests import make
from tests.documents import papers
from tests.files import films
from tests.world import World

from .table import WORD_READERS, Address, Role, data, desk

KEEPERS = frozenset({Role.COORDINATOR, Role.REGION, Role.PAGE_EDITOR})
READERS = KEEPERS | {Role.MUNICIPALITY, Role.AUDITOR}


def of_document(world: World) -> dict[str, Any]:
    return {"pk": world.more["document"].pk}


def of_version(world: World) -> dict[str, Any]:
    return of_document(world) | {"number": 1}


def of_file(world: World) -> dict[str, Any]:
    document = world.more["document"]
    return {"slug": document.slug, "number": 1, "name": document.versions.get(number=1).file.name}


def of_captions(world: World) -> dict[str, Any]:
    film = world.more["film"]
    captions = film.versions.get(number=1).captions
    return {"slug": film.slug, "number": 1, "name": captions.name}


def build(world: World) -> None:
    """A public group with a public document of two versions, changed once."""
    actor = make.person("coordinator")
    group = Group.objects.create(
        slug="skupina-dokumentu",
        name="Skupina pro dokumenty",
        span_kind=Range.MUNICIPALITY,
        span_code=world.town.code,
        span_name=world.town.name,
        shown=True,
    )
    Procedure.objects.create(group=group)
    sort = DocumentSort.objects.get_or_create(key="analyza", defaults={"name": "analýza"})[0]
    document = papers.document("Analýza potřeb", sort=sort, group=group, actor=actor)
    wanted = actions.wanted_of(document, {"about": "Co lidem chybí."})
    document = actions.document_change(document=document, wanted=wanted, seen=document.version, actor=actor)
    actions.version_add(document=document, upload=papers.sheet(), actor=actor, text="")
    film = SimpleUploadedFile("setkani.mp4", films.mp4(), "video/mp4")
    said = SimpleUploadedFile("setkani.vtt", b"WEBVTT\n\n00:01.000 --> 00:03.000\nV\xc3\xadtejte.\n", "text/vtt")
    wanted = actions.Wanted(title="Setkání", sort=sort, audience="public", group=group)
    world.more["film"] = actions.document_add(wanted=wanted, upload=film, captions=said, actor=actor)
    world.more["document"] = document
    world.more["document_group"] = group
    world.more["document_deed"] = Deed.objects.filter(verb="document_changed").latest("pk")


def deed(**more: Any) -> Address:
    return Address(who=KEEPERS, answer=405, html=False, **more)


ADDRESSES: dict[str, Address] = {
    "documents:public_documents": Address(),
    "documents:feed": data(),
    "documents:public_document": Address(arguments=lambda world: {"slug": world.more["document"].slug}),
    "documents:file": data(arguments=of_file),
    "documents:picture": data(arguments=of_file),
    "documents:captions": data(arguments=of_captions),
    "documents:public_group": Address(arguments=lambda world: {"slug": world.more["document_group"].slug}),
    "documents:documents": desk(who=READERS | {Role.MEMBER}),
    "documents:document_add": desk(who=KEEPERS),
    "documents:document": desk(who=READERS, arguments=of_document),
    "documents:document_restore": desk(
        who=WORD_READERS, arguments=lambda world: {"deed": world.more["document_deed"].pk}
    ),
    "documents:version_add": desk(who=KEEPERS, arguments=of_document),
    "documents:version_remove": deed(arguments=of_version),
    "documents:version_return": deed(arguments=of_version),
    "documents:document_withdraw": deed(arguments=of_document),
    "documents:document_return": deed(arguments=of_document),
}
