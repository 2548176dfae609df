"""The text inside a document: read in the background, kept beside its file."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from portal.jobs import actions as jobs
from portal.jobs.models import Job
from portal.jobs.work import work

from . import inside
from .models import DocumentVersion


def order(*, version: DocumentVersion, actor: Any, next_url: str) -> Job:
    return jobs.start(
        task=read_inside,
        kind="document_text",
        title=f"Čtení textu: {version.document}"[:200],
        actor=actor,
        parameters={"version": version.pk},
        next_url=next_url,
    )


@work
def read_inside(job: Job) -> None:
    """The text of the version into the row, so that it can be searched. A file that is gone has none."""
    version = DocumentVersion.objects.select_related("file").filter(pk=job.parameters["version"]).first()
    if version is None:
        return
    with version.file.content.open("rb") as stored:
        text = inside.read(stored.read(), version.file.suffix.lower())
    keep(version=version, text=text)
    jobs.finish(job=job, message="Text je přečtený." if text else "V souboru žádný text není.")


def keep(*, version: DocumentVersion, text: str) -> None:
    """What the inside says, and that it was read."""
    version.text, version.read_at = text, timezone.now()
    version.save(update_fields=["text", "read_at"])
