"""Every write of kept files."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import timedelta
from typing import Any, Literal

from django.conf import settings
from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import models, transaction
from django.utils import timezone

from . import captions, documents, names, videos
from .models import StoredFile

type Sort = Literal["image", "document", "video", "captions"]


def keep(*, upload: UploadedFile[bytes], sort: Sort, actor: Any, public: bool, alt: str = "") -> StoredFile:
    """Check what was sent, make it safe and keep it; ValidationError says in Czech what is wrong with it.

    The name and the type that came with the upload decide nothing: the content does. A picture is drawn anew (its
    metadata stay behind), captions are written anew, a document and a video are kept as they are once their inside
    proves what they are. A video goes from the disk to the disk and never whole through the memory.
    """
    content: File[bytes]
    small = b""
    if sort == "image":
        from . import images  # loads with the first picture, not with every web process

        picture = images.read(upload)
        row = StoredFile(
            sort=StoredFile.Sort.IMAGE,
            name=names.safe(upload.name or "", "fotka", picture.suffix),
            content_type=picture.content_type,
            width=picture.width,
            height=picture.height,
        )
        content, small = ContentFile(picture.content), picture.small
    elif sort == "video":
        video = videos.read(upload)
        row = StoredFile(
            sort=StoredFile.Sort.VIDEO,
            name=names.safe(upload.name or "", "video", video.suffix),
            content_type=video.content_type,
        )
        content = upload
    elif sort == "captions":
        row = StoredFile(
            sort=StoredFile.Sort.CAPTIONS,
            name=names.safe(upload.name or "", "titulky", "vtt"),
            content_type=captions.CONTENT_TYPE,
        )
        content = ContentFile(captions.write(captions.read(upload)))
    else:
        document = documents.read(upload)
        row = StoredFile(
            sort=StoredFile.Sort.DOCUMENT,
            name=names.safe(upload.name or "", "dokument", document.suffix),
            content_type=document.content_type,
        )
        content = ContentFile(document.content)
    row.alt, row.public = alt[:250], public
    row.uploaded_by_id = getattr(actor, "pk", None)
    row.uploaded_by_name = str(actor)[:200] if actor is not None else ""
    return _store(row, content, small)


def _store(row: StoredFile, content: File[bytes], small: bytes) -> StoredFile:
    """Content first, row after: a row never points to nothing. What a failure leaves in the storage is swept up."""
    suffix = row.name.rpartition(".")[2]
    digest = hashlib.sha256()
    for chunk in content.chunks():
        digest.update(chunk)
    content.seek(0)
    row.size, row.sha256 = content.size, digest.hexdigest()
    row.content.save(f"{row.key}.{suffix}", content, save=False)
    if small:
        row.small.save(f"{row.key}-small.{suffix}", ContentFile(small), save=False)
    row.save()
    return row


def attach(*, file: StoredFile, thing: models.Model, public: bool) -> None:
    """From now on `thing` keeps the file: it is not swept up."""
    file.thing, file.thing_id, file.released_at = thing._meta.label_lower, str(thing.pk), None
    file.public = public
    file.save(update_fields=["thing", "thing_id", "released_at", "public"])


def attach_keys(*, keys: Iterable[str], thing: models.Model) -> None:
    """Files of a draft that waits: `thing` keeps those that nobody keeps yet, and shows them to nobody."""
    StoredFile.objects.filter(key__in=list(keys), thing="").update(
        thing=thing._meta.label_lower, thing_id=str(thing.pk), released_at=None
    )


def release(*, file: StoredFile) -> None:
    """Nobody keeps the file any more: nobody but its uploader sees it, and it is swept up after some days."""
    file.thing, file.thing_id, file.released_at, file.public = "", "", timezone.now(), False
    file.save(update_fields=["thing", "thing_id", "released_at", "public"])


def release_of(*, thing: models.Model) -> None:
    """`thing` keeps nothing any more (a draft was turned down). What meanwhile went elsewhere stays there."""
    held = StoredFile.objects.filter(thing=thing._meta.label_lower, thing_id=str(thing.pk))
    held.update(thing="", thing_id="", released_at=timezone.now(), public=False)


def sweep() -> int:
    """Delete files that nobody has kept for FILES_KEEP_DAYS, with their content; how many. Run daily."""
    limit = timezone.now() - timedelta(days=settings.FILES_KEEP_DAYS)
    orphans = StoredFile.objects.filter(thing="", created_at__lt=limit).exclude(released_at__gte=limit)
    return sum(_swept(number) for number in list(orphans.values_list("pk", flat=True)))


def drop(*, numbers: Iterable[int]) -> int:
    """Delete at once those of the files that nobody keeps, with their content; how many."""
    return sum(_swept(number) for number in numbers)


def _swept(number: int) -> bool:
    """The row, and once it is surely gone, its content. One that somebody still shows stays."""
    with transaction.atomic():
        file = StoredFile.objects.select_for_update().filter(pk=number, thing="").first()
        if file is None:
            return False
        try:
            with transaction.atomic():
                file.delete()
        except models.ProtectedError:
            return False
        names = [one.name for one in (file.content, file.small) if one.name]
        transaction.on_commit(lambda: _forget(names))
    return True


def _forget(names: list[str]) -> None:
    for name in names:
        default_storage.delete(name)
