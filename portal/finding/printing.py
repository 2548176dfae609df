"""The printed guide made in the background: numbers of services in, a PDF to download out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from paper.blocks import Sheet
from paper.pdf import NotTypeset, pdf
from portal.jobs import actions as jobs
from portal.jobs.models import Job
from portal.jobs.work import work

from . import guide

STEPS = 3


def order(*, numbers: Sequence[int], sheet: str, about: str, actor: Any = None) -> Job:
    """Put a guide to these services in the queue; `about` says in one line what it holds."""
    return jobs.start(
        task=print_guide,
        kind="guide",
        title=_("Tištěný průvodce"),
        actor=actor,
        parameters={"numbers": list(numbers), "sheet": sheet, "about": about[:200]},
    )


@work
def print_guide(job: Job) -> None:
    numbers, sheet, about = job.parameters["numbers"], Sheet(job.parameters["sheet"]), job.parameters["about"]
    jobs.advance(job=job, done=0, total=STEPS, message=_("sbíráme služby"))
    document = guide.document(numbers, sheet, imprint(about))
    jobs.advance(job=job, done=1, total=STEPS, message=_("sázíme stránky"))
    try:
        made = pdf(document)
    except NotTypeset as problem:
        raise ValidationError(
            _("Z těchto služeb se průvodce vysázet nepodařilo: %(why)s") % {"why": problem}
        ) from problem
    jobs.advance(job=job, done=2, total=STEPS, message=_("ukládáme"))
    jobs.finish(job=job, message=_("Průvodce je připravený."), result=(f"pruvodce-{sheet}.pdf", made))


def imprint(about: str) -> guide.Imprint:
    contact = settings.COORDINATOR
    return guide.Imprint(
        title=_("Průvodce pomocí"),
        site=settings.SITE_NAME,
        site_url=settings.SITE_URL,
        about=about,
        as_of=timezone.localdate(),
        contact=", ".join(part for part in (contact["name"], contact["phone"], contact["email"]) if part),
    )
