"""Every write of documents: the document, its versions, withdrawing and bringing back, the text of its inside."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Max
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify

from portal.audit.actions import record
from portal.audit.models import Deed
from portal.files import actions as files
from portal.files import captions as vtt
from portal.files import videos
from portal.files.models import StoredFile
from portal.groups.models import Group

from . import inside, reading, rules
from .models import Document, DocumentSort, DocumentVersion

# Words that stand in addresses where the name of a document would.
RESERVED = frozenset({"novinky"})
# How files of pictures begin; what they are is proved when they are drawn anew.
_PICTURES = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")
NO_CAPTIONS = (
    "Nahrajte k videu titulky, aby mu rozuměli i lidé, kteří neslyší. Nebo zaškrtněte, že v něm nikdo nemluví."
)
NO_CAPTIONS_YET = (
    "Video nemá titulky, a tak nemůže být veřejné. Nahrajte ho jako novou verzi s titulky a tuhle stáhněte."
)


class Stale(Exception):
    """Somebody else saved the document meanwhile; `stored` is what stands there now. Nothing was written."""

    def __init__(self, stored: Document) -> None:
        super().__init__("Dokument mezitím uložil někdo jiný.")
        self.stored = stored


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a person says of a document. A document of a group lies in the group's territory."""

    title: str
    sort: DocumentSort
    audience: str = Document.Audience.DESK
    group: Group | None = None
    where: tuple[str, str, str] | None = None  # kind, code and name of a territory
    about: str = ""
    author: str = ""
    licence: str = ""
    day: date | None = None
    valid_from: date | None = None
    valid_until: date | None = None
    project: str = ""
    project_indicator: str = ""


PLAIN = (
    *("title", "sort", "audience", "group", "about", "author", "licence", "day"),
    *("valid_from", "valid_until", "project", "project_indicator"),
)


@dataclass(frozen=True, slots=True)
class Handed:
    """A file as it was handed in, with what belongs to it: words for a picture, captions of a video."""

    upload: UploadedFile[bytes]
    alt: str = ""
    note: str = ""
    captions: UploadedFile[bytes] | None = None
    silent: bool = False


@transaction.atomic
def document_add(
    *, wanted: Wanted, upload: UploadedFile[bytes], actor: Any, alt: str = "", note: str = "",
    captions: UploadedFile[bytes] | None = None, silent: bool = False, text: str | None = None,
) -> Document:  # fmt: skip
    """A document with its first version. Its inside is read in the background, unless `text` says it already."""
    document = Document(slug=_free_slug(wanted.title))
    _say(document, wanted, actor)
    document.save()
    version = _version(document, Handed(upload, alt, note, captions, silent), actor)
    told = document_told(document) | _file_told(version)
    record(verb="document_added", thing=document, actor=actor, after=told, names=names_of(document))
    _read_later(version, actor, text)
    return document


@transaction.atomic
def document_change(
    *, document: Document, wanted: Wanted, seen: int, actor: Any, restores: Deed | None = None
) -> Document:
    """`seen` is the version of the row that the person began from: `Stale` when somebody saved meanwhile."""
    document = _locked(document, actor)
    if document.version != seen:
        raise Stale(document)
    before, names = document_told(document), names_of(document)
    _say(document, wanted, actor)
    after = document_told(document)
    if before == after:
        return document
    if document.audience == Document.Audience.PUBLIC and document.versions.standing().without_captions().exists():
        raise ValidationError({"audience": NO_CAPTIONS_YET})
    document.version += 1
    document.save()
    record(
        verb="document_changed",
        thing=document,
        actor=actor,
        before=before,
        after=after,
        names=names | names_of(document),
        restores=restores,
    )
    return document


def _say(document: Document, wanted: Wanted, actor: Any) -> None:
    """Write what was said; it must be the person's before (a document that exists) and after."""
    where = (wanted.group.span_kind, wanted.group.span_code, wanted.group.span_name) if wanted.group else wanted.where
    errors: dict[str, str] = {}
    if not wanted.title.strip():
        errors["title"] = "Napište název dokumentu."
    if wanted.audience == Document.Audience.GROUP and wanted.group is None:
        errors["group"] = "Vyberte skupinu, která dokument uvidí."
    if wanted.valid_from and wanted.valid_until and wanted.valid_until < wanted.valid_from:
        errors["valid_until"] = "Platnost nemůže skončit dřív, než začne."
    if where is None:
        errors["where"] = "Vyberte skupinu, nebo napište území."
    if errors or where is None:
        raise ValidationError(errors)
    for name in PLAIN:
        value = getattr(wanted, name)
        setattr(document, name, value.replace("\r\n", "\n").strip() if isinstance(value, str) else value)
    document.span_kind, document.span_code, document.span_name = where
    if not rules.may_edit_document(actor, document):
        raise PermissionDenied


def document_told(document: Document) -> dict[str, Any]:
    plain = {name: getattr(document, name) for name in PLAIN if name not in ("sort", "group")}
    return plain | {"sort": document.sort.key, "group": str(document.group_id or "")}


def names_of(document: Document) -> dict[str, str]:
    """Words for the keys among the values."""
    named = {document.sort.key: document.sort.name}
    if document.group is not None:
        named[str(document.group_id)] = document.group.name
    return named


def wanted_of(document: Document, told: dict[str, Any] | None = None) -> Wanted:
    """The document as it stands, with former values of the journal over it."""
    said = {name: getattr(document, name) for name in PLAIN}
    for name, value in (told or {}).items():
        if name in ("day", "valid_from", "valid_until"):
            said[name] = date.fromisoformat(value) if value else None
        elif name == "sort":
            said[name] = DocumentSort.objects.filter(key=value).first() or document.sort
        elif name == "group":
            said[name] = Group.objects.filter(pk=value).first() if value else None
        elif name in PLAIN:
            said[name] = value
    return Wanted(**said, where=(document.span_kind, document.span_code, document.span_name))


# --- versions ----------------------------------------------------------------------------------------------------


@transaction.atomic
def version_add(
    *, document: Document, upload: UploadedFile[bytes], actor: Any, alt: str = "", note: str = "",
    captions: UploadedFile[bytes] | None = None, silent: bool = False, text: str | None = None,
) -> DocumentVersion:  # fmt: skip
    """From now on this file is the document; the former ones stay among its versions."""
    document = _locked(document, actor)
    version = _version(document, Handed(upload, alt, note, captions, silent), actor)
    document.version += 1
    document.save()
    after = {"number": version.number, "note": version.note} | _file_told(version)
    record(verb="document_version_added", thing=document, actor=actor, after=after)
    _read_later(version, actor, text)
    return version


@transaction.atomic
def version_remove(*, version: DocumentVersion, actor: Any) -> DocumentVersion:
    """Take one file off (it should never have been there). The only version leaves with its document."""
    document = _locked(version.document, actor)
    standing = document.versions.standing()
    if not standing.exclude(pk=version.pk).exists():
        raise ValidationError("Je to jediná verze. Nahrajte nejdřív jinou, nebo stáhněte celý dokument.")
    return _version_moved(version, document, at=timezone.now(), verb="document_version_removed", actor=actor)


@transaction.atomic
def version_return(*, version: DocumentVersion, actor: Any) -> DocumentVersion:
    document = _locked(version.document, actor)
    bare = document.versions.filter(pk=version.pk).without_captions().exists()
    if bare and document.audience == Document.Audience.PUBLIC:
        raise ValidationError("Video nemá titulky a dokument je veřejný. Nahrajte ho jako novou verzi s titulky.")
    return _version_moved(version, document, at=None, verb="document_version_returned", actor=actor)


def _version_moved(version: DocumentVersion, document: Document, *, at: Any, verb: str, actor: Any) -> DocumentVersion:
    if bool(version.removed_at) == bool(at):
        return version
    version.removed_at = at
    version.save(update_fields=["removed_at"])
    document.version += 1
    document.save()
    record(verb=verb, thing=document, actor=actor, after={"number": version.number})
    return version


def _version(document: Document, handed: Handed, actor: Any) -> DocumentVersion:
    sort = sort_of(handed.upload)
    _check_companions(document, sort, handed)
    # Captions first: those that are refused leave no large video behind in the storage.
    captions = _kept("captions", handed.captions, "captions", actor) if handed.captions else None
    file = _kept("upload", handed.upload, sort, actor, handed.alt)
    last = document.versions.aggregate(last=Max("number"))["last"] or 0
    version = DocumentVersion.objects.create(
        document=document,
        number=last + 1,
        file=file,
        captions=captions,
        silent=sort == "video" and captions is None and handed.silent,
        note=handed.note.strip(),
        added_by_id=getattr(actor, "pk", None),
    )
    for one in (file, captions):
        if one is not None:
            # Never public by itself: its address asks the document each time, so what is withdrawn is gone at once.
            files.attach(file=one, thing=version, public=False)
    return version


def _check_companions(document: Document, sort: files.Sort, handed: Handed) -> None:
    """Those who do not see or do not hear get the same as others."""
    errors: dict[str, str] = {}
    if sort == "image" and not handed.alt.strip():
        errors["alt"] = "Napište, co je na obrázku. Přečte se to lidem, kteří ho nevidí."
    if handed.captions and sort != "video":
        errors["captions"] = "Titulky patří jen k videu."
    is_public = document.audience == Document.Audience.PUBLIC
    if sort == "video" and is_public and not handed.captions and not handed.silent:
        errors["captions"] = NO_CAPTIONS
    if errors:
        raise ValidationError(errors)


def _kept(field: str, upload: UploadedFile[bytes], sort: files.Sort, actor: Any, alt: str = "") -> StoredFile:
    try:
        return files.keep(upload=upload, sort=sort, actor=actor, public=False, alt=alt.strip())
    except ValidationError as refusal:
        raise ValidationError({field: refusal.messages}) from refusal


def _file_told(version: DocumentVersion) -> dict[str, Any]:
    return {"file": version.file.name} | ({"silent": True} if version.silent else {})


def sort_of(upload: UploadedFile[bytes]) -> Literal["image", "document", "video"]:
    upload.seek(0)
    head = upload.read(16)
    upload.seek(0)
    if videos.looks_like(head):
        return "video"
    is_picture = head.startswith(_PICTURES) or (head[:4] == b"RIFF" and head[8:12] == b"WEBP")
    return "image" if is_picture else "document"


def _read_later(version: DocumentVersion, actor: Any, text: str | None) -> None:
    if text is not None:
        reading.keep(version=version, text=inside.tidy(text))
    elif version.captions is not None:
        with version.captions.content.open("rb") as stored:
            reading.keep(version=version, text=inside.tidy(vtt.transcript(vtt.parse(stored.read()))))
    elif version.file.suffix.lower() in inside.READ:
        page = reverse("documents:document", args=[version.document_id])
        transaction.on_commit(lambda: reading.order(version=version, actor=actor, next_url=page))


# --- withdrawing and bringing back -------------------------------------------------------------------------------


@transaction.atomic
def document_withdraw(*, document: Document, actor: Any) -> Document:
    """Nobody but its keepers sees it any more; nothing of it is lost."""
    return _moved(document, at=timezone.now(), verb="document_withdrawn", actor=actor)


@transaction.atomic
def document_return(*, document: Document, actor: Any) -> Document:
    return _moved(document, at=None, verb="document_returned", actor=actor)


def _moved(document: Document, *, at: Any, verb: str, actor: Any) -> Document:
    document = _locked(document, actor)
    if bool(document.removed_at) == bool(at):
        return document
    document.removed_at = at
    document.version += 1
    document.save()
    record(verb=verb, thing=document, actor=actor)
    return document


def _locked(document: Document, actor: Any) -> Document:
    document = Document.objects.select_for_update(of=("self",)).select_related("sort", "group").get(pk=document.pk)
    if not rules.may_edit_document(actor, document):
        raise PermissionDenied
    return document


def _free_slug(title: str) -> str:
    base = slugify(title)[:110] or "dokument"
    taken = RESERVED | set(Document.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    return next(slug for n in range(1, len(taken) + 2) if (slug := base if n == 1 else f"{base}-{n}") not in taken)
