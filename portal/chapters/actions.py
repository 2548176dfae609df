"""Every write of chapters, of SWOT and of needs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from portal.audit.actions import record
from portal.audit.models import Deed
from portal.files import actions as files
from portal.plan import rules
from portal.plan.actions import writable
from portal.plan.models import Node, Plan

from . import markdown
from .models import Chapter, ChapterImage, Need, NeedEvidence, SwotPoint
from .provisions import PROVISIONS, TEMPLATE

type Part = Chapter | SwotPoint | Need


class Stale(Exception):
    """Somebody else saved the part meanwhile; `stored` is what stands there now. Nothing was written."""

    def __init__(self, stored: Part) -> None:
        super().__init__("Tuhle část mezitím uložil někdo jiný.")
        self.stored = stored


def _open(person: Any, plan: Plan) -> Plan:
    """The plan's row, locked: the person may write it and it may still change."""
    if not rules.may_edit_plan(person, plan):
        raise PermissionDenied
    return writable(plan)


def _locked[One: (Chapter, SwotPoint, Need)](part: One, seen: int) -> One:
    stored: One = type(part)._default_manager.select_for_update().get(pk=part.pk)
    if stored.version != seen:
        raise Stale(stored)
    if stored.removed_at is not None:
        raise ValidationError("Tuhle část mezitím někdo vyřadil. Nejdřív ji vraťte.")
    return stored


# --- chapters --------------------------------------------------------------------------------------------------


@transaction.atomic
def chapters_begin(*, plan: Plan, actor: Any) -> list[Chapter]:
    """The chapters that the law asks for and the plan does not have yet, empty; those that are there stay."""
    plan = _open(actor, plan)
    have = set(Chapter.objects.filter(plan=plan).standing().values_list("key", flat=True))
    last = _last(plan)
    missing = [one for one in TEMPLATE if one.key not in have]
    begun = Chapter.objects.bulk_create(
        Chapter(
            plan=plan,
            key=one.key,
            title=one.title,
            place=one.place,
            order=last + at,
            demanded=list(one.demanded),
        )
        for at, one in enumerate(missing, 1)
    )
    if begun:
        record(verb="chapters_begun", thing=plan, actor=actor, after={"chapters": [one.title for one in begun]})
    return begun


@transaction.atomic
def chapter_add(*, plan: Plan, title: str, text: str, place: str, demanded: Iterable[str], actor: Any) -> Chapter:
    """A chapter of one's own, the last of its place."""
    plan = _open(actor, plan)
    chapter = Chapter(plan=plan, order=_last(plan) + 1)
    _say(chapter, title, text, place, demanded)
    chapter.save()
    record(verb="chapter_added", thing=chapter, actor=actor, after=chapter_told(chapter))
    return chapter


@transaction.atomic
def chapter_change(
    *,
    chapter: Chapter,
    title: str,
    text: str,
    place: str,
    demanded: Iterable[str],
    seen: int,
    actor: Any,
    restores: Deed | None = None,
) -> Chapter:
    """`seen` is the version that the person began from: `Stale` when somebody saved meanwhile."""
    _open(actor, chapter.plan)
    chapter = _locked(chapter, seen)
    before = chapter_told(chapter)
    _say(chapter, title, text, place, demanded)
    after = chapter_told(chapter)
    if before == after:
        return chapter
    chapter.version += 1
    chapter.save()
    record(verb="chapter_changed", thing=chapter, actor=actor, before=before, after=after, restores=restores)
    return chapter


def _say(chapter: Chapter, title: str, text: str, place: str, demanded: Iterable[str]) -> None:
    wrong = markdown.faults(text)
    ours = set(ChapterImage.objects.filter(plan=chapter.plan).values_list("file__key", flat=True))
    if markdown.image_keys(text) - ours:
        wrong.append("Některý obrázek není nahraný k tomuhle plánu. Nahrajte ho mezi obrázky plánu.")
    if wrong:
        raise ValidationError({"text": wrong})
    if not title.strip():
        raise ValidationError({"title": "Kapitola musí mít název."})
    chapter.title, chapter.text = title.strip(), text.replace("\r\n", "\n").strip()
    chapter.place = Chapter.Place(place)
    wanted = set(demanded)
    chapter.demanded = [key for key in PROVISIONS if key in wanted]


def chapter_told(chapter: Chapter) -> dict[str, Any]:
    return {
        "title": chapter.title,
        "text": chapter.text,
        "place": chapter.place,
        "demanded": list(chapter.demanded),
    }


@transaction.atomic
def chapter_move(*, chapter: Chapter, up: bool, actor: Any) -> Chapter:
    """One place up or down among the chapters on the same side of the tree; at the edge it stays."""
    _open(actor, chapter.plan)
    row: list[Chapter] = list(
        Chapter.objects.filter(plan=chapter.plan, place=chapter.place).standing().order_by("order", "id")
    )
    at = next((n for n, one in enumerate(row) if one.pk == chapter.pk), None)
    if at is None:
        raise ValidationError("Kapitola už v plánu není.")
    to = min(max(at + (-1 if up else 1), 0), len(row) - 1)
    if to == at:
        return chapter
    row.insert(to, row.pop(at))
    for order, one in enumerate(row, 1):
        one.order = order
    Chapter.objects.bulk_update(row, ["order"])
    record(verb="chapter_moved", thing=chapter, actor=actor)
    return row[to]


def _last(plan: Plan) -> int:
    return Chapter.objects.filter(plan=plan).aggregate(last=Max("order"))["last"] or 0


@transaction.atomic
def image_add(*, plan: Plan, upload: UploadedFile[bytes], alt: str, actor: Any) -> ChapterImage:
    """A picture for the chapters. Whoever gets its address sees it; nobody guesses the address."""
    plan = _open(actor, plan)
    if not alt.strip():
        raise ValidationError({"alt": "Napište, co je na obrázku vidět. Přečte se to lidem, kteří ho nevidí."})
    file = files.keep(upload=upload, sort="image", actor=actor, public=True, alt=alt.strip())
    image = ChapterImage.objects.create(plan=plan, file=file)
    files.attach(file=file, thing=image, public=True)
    record(verb="chapter_image_added", thing=plan, actor=actor, after={"alt": file.alt})
    return image


# --- strengths, weaknesses, opportunities, threats ---------------------------------------------------------------


@transaction.atomic
def swot_save(
    *,
    plan: Plan,
    sort: str,
    text: str,
    evidence: str,
    evidence_url: str,
    measures: Iterable[Node],
    actor: Any,
    point: SwotPoint | None = None,
    seen: int = 0,
    restores: Deed | None = None,
) -> SwotPoint:
    plan = _open(actor, plan)
    measures = _of_plan(plan, measures)
    if not text.strip():
        raise ValidationError({"text": "Napište, o čem je řeč."})
    kept = (
        _locked(point, seen) if point else SwotPoint(plan=plan, order=SwotPoint.objects.filter(plan=plan).count() + 1)
    )
    before = swot_told(kept) if point else {}
    kept.sort, kept.text = SwotPoint.Sort(sort), text.strip()
    kept.evidence, kept.evidence_url = evidence.strip(), address(evidence_url)
    kept.version += 1 if point else 0
    kept.save()
    kept.measures.set(measures)
    if point:
        after = swot_told(kept)
        record(verb="swot_changed", thing=kept, actor=actor, before=before, after=after, restores=restores)
    else:
        record(verb="swot_added", thing=kept, actor=actor, after=swot_told(kept))
    return kept


def swot_told(point: SwotPoint) -> dict[str, Any]:
    return {
        "sort": point.sort,
        "text": point.text,
        "evidence": point.evidence,
        "evidence_url": point.evidence_url,
        "measures": sorted(point.measures.values_list("code", flat=True)),
    }


# --- needs -----------------------------------------------------------------------------------------------------


@transaction.atomic
def need_save(
    *,
    plan: Plan,
    title: str,
    text: str,
    target_groups: Iterable[Any],
    measures: Iterable[Node],
    evidence: Iterable[tuple[str, str]],
    actor: Any,
    need: Need | None = None,
    seen: int = 0,
    restores: Deed | None = None,
) -> Need:
    """`evidence` are pairs: what was found, and where it can be read (may be empty)."""
    plan = _open(actor, plan)
    measures = _of_plan(plan, measures)
    if not title.strip():
        raise ValidationError({"title": "Napište, co lidé potřebují."})
    kept = _locked(need, seen) if need else Need(plan=plan, order=Need.objects.filter(plan=plan).count() + 1)
    before = need_told(kept) if need else {}
    kept.title, kept.text = title.strip(), text.strip()
    kept.version += 1 if need else 0
    kept.save()
    kept.target_groups.set(target_groups)
    kept.measures.set(measures)
    kept.evidence.all().delete()
    NeedEvidence.objects.bulk_create(NeedEvidence(need=kept, text=said, url=address(url)) for said, url in evidence)
    if need:
        after = need_told(kept)
        record(verb="need_changed", thing=kept, actor=actor, before=before, after=after, restores=restores)
    else:
        record(verb="need_added", thing=kept, actor=actor, after=need_told(kept))
    return kept


def need_told(need: Need) -> dict[str, Any]:
    return {
        "title": need.title,
        "text": need.text,
        "target_groups": sorted(need.target_groups.values_list("key", flat=True)),
        "measures": sorted(need.measures.values_list("code", flat=True)),
        "evidence": [f"{one.text} {one.url}".strip() for one in need.evidence.all()],
    }


def address(url: str) -> str:
    """An address that leads to a page: of the web or of ours. ValidationError for anything else."""
    url = url.strip()
    if url and not url.startswith(("https://", "http://", "/")):
        raise ValidationError("Odkaz musí začínat https://, nebo lomítkem, když vede na naši stránku.")
    return url


def _of_plan(plan: Plan, measures: Iterable[Node]) -> list[Node]:
    measures = list(measures)
    if any(one.plan_id != plan.pk for one in measures):
        raise ValidationError({"measures": "Vyberte opatření tohohle plánu."})
    return measures


# --- out of the plan and back ------------------------------------------------------------------------------------


@transaction.atomic
def part_remove(*, part: Part, actor: Any) -> Part:
    """Take a chapter, a point of SWOT or a need out of the plan; its row stays and can come back."""
    _open(actor, part.plan)
    part.removed_at = timezone.now()
    part.version += 1
    part.save()
    record(verb="plan_part_removed", thing=part, actor=actor)
    return part


@transaction.atomic
def part_return(*, part: Part, actor: Any) -> Part:
    _open(actor, part.plan)
    part.removed_at = None
    part.version += 1
    part.save()
    record(verb="plan_part_returned", thing=part, actor=actor)
    return part
