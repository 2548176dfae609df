"""Every write of the newsletter: subscribing, putting an issue together, sending it.

Nobody is subscribed by a row until the link in the letter has been used: the link itself carries who asked for what.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any, NamedTuple

from django.conf import settings
from django.core import signing
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify

from portal.audit.actions import record
from portal.audit.models import Deed
from portal.groups.actions import choice_names
from portal.jobs import actions as jobs
from portal.jobs.models import Job
from portal.mail import actions as mail
from portal.mail.models import Letter, Unsubscription
from portal.mail.rendering import Bodies, render
from portal.meetings.models import Meeting
from portal.pages.models import Article

from . import picking, rules
from .models import Issue, IssueItem, Item, Subscriber

SALT = "portal.newsletter.subscribe"
CONFIRM_LETTER = "newsletter/letters/confirm.txt"
ISSUE_LETTER = "newsletter/letters/issue.txt"
# How long the link that confirms works. The link that stops works for ever.
CONFIRM_WITHIN = timedelta(days=7)
# Nobody is asked more often than this, however many times somebody types their address.
ASKED_AGAIN_AFTER = timedelta(days=1)
SENT = "Zpravodaj už odešel. Co lidé dostali, se nemění."
SPAN = ("span_kind", "span_code", "span_name")
OF_ISSUE = ("title", "foreword", "since", "until", *SPAN)
# Letters written in one transaction.
PORTION = 50


class Stale(Exception):
    """Somebody else saved the issue meanwhile; nothing was written."""


class Wish(NamedTuple):
    """What somebody asked for. No topics are all of them."""

    email: str
    span_kind: str
    span_code: str
    span_name: str
    topics: tuple[str, ...]


# --- subscribing -------------------------------------------------------------------------------------------------


def link(wish: Wish) -> str:
    """The address where the e-mail's owner confirms the wish, and later stops it."""
    return reverse("newsletter:subscription", args=[signing.dumps(list(wish), salt=SALT, compress=True)])


def read_token(token: str) -> tuple[Wish, bool] | None:
    """The wish of the token and whether it may still confirm; None for one that we have not made."""
    try:
        email, kind, code, name, topics = signing.loads(token, salt=SALT)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    wish = Wish(str(email), str(kind), str(code), str(name), tuple(topics))
    try:
        signing.loads(token, salt=SALT, max_age=CONFIRM_WITHIN)
    except signing.SignatureExpired:
        return wish, False
    return wish, True


@transaction.atomic
def ask(*, wish: Wish) -> None:
    """A letter with the link that confirms; nothing where one went there lately."""
    lately = timezone.now() - ASKED_AGAIN_AFTER
    before = Letter.objects.filter(to__iexact=wish.email, template=CONFIRM_LETTER.removesuffix(".txt"))
    if before.filter(created_at__gt=lately).exists():
        return
    mail.write(
        template=CONFIRM_LETTER,
        to=wish.email,
        context={"url": settings.SITE_URL + link(wish), "where": wish.span_name},
    )


def is_subscribed(email: str) -> bool:
    subscribed = Subscriber.objects.filter(email=email.lower()).exists()
    return subscribed and not Unsubscription.objects.covers(email, picking.TOPIC)


@transaction.atomic
def subscribe(*, wish: Wish) -> Subscriber:
    """The owner of the address used the link from the letter; a newer wish takes the place of the former."""
    subscriber, _ = Subscriber.objects.update_or_create(
        email=wish.email.lower(),
        defaults={
            "span_kind": wish.span_kind,
            "span_code": wish.span_code,
            "span_name": wish.span_name,
            "topics": list(wish.topics),
            "confirmed_at": timezone.now(),
        },
    )
    mail.subscribe_again(email=wish.email, topic=picking.TOPIC)
    return subscriber


def stop(*, email: str) -> None:
    Subscriber.objects.filter(email=email.lower()).delete()


def forget_unsubscribed() -> int:
    """Whoever unsubscribed by a letter is no longer kept as a subscriber. Run daily; how many."""
    gone = Unsubscription.objects.filter(topic=picking.TOPIC).values("email")
    return Subscriber.objects.filter(email__in=gone).delete()[0]


# --- an issue ----------------------------------------------------------------------------------------------------


def _draft(issue: Issue, actor: Any) -> Issue:
    if not rules.may_edit(actor, issue):
        raise PermissionDenied
    stored = Issue.objects.select_for_update().get(pk=issue.pk)
    if not stored.is_draft:
        raise ValidationError(SENT)
    return stored


def issue_told(issue: Issue) -> dict[str, Any]:
    return {
        "title": issue.title,
        "foreword": issue.foreword,
        "since": issue.since,
        "until": issue.until,
        **{name: getattr(issue, name) for name in SPAN},
        "items": [_key(one) for one in issue.items.all()],
    }


def _key(item: IssueItem) -> str:
    """What stands in an issue, as the journal and the form of picking call it."""
    return f"article-{item.article_id}" if item.article_id else f"meeting-{item.meeting_id}"


def issue_names(*told: dict[str, Any]) -> dict[str, str]:
    """What is meant by the keys and codes among the values."""
    keys = {key for one in told for key in one["items"]}
    articles = Article.objects.filter(pk__in=_numbers("article", keys))
    meetings = Meeting.objects.filter(pk__in=_numbers("meeting", keys)).select_related("group")
    names = {f"article-{one.pk}": str(one) for one in articles} | {f"meeting-{one.pk}": str(one) for one in meetings}
    return names | choice_names(Issue, *({"span_kind": one["span_kind"]} for one in told))


def _numbers(sort: str, keys: Iterable[str]) -> list[int]:
    return [int(key.removeprefix(f"{sort}-")) for key in keys if key.startswith(f"{sort}-")]


@transaction.atomic
def issue_save(*, wanted: dict[str, Any], actor: Any, issue: Issue | None = None, seen: int = 0) -> Issue:
    """`wanted`: title, foreword, since, until, the territory; of an issue that exists only those that change."""
    if issue is None:
        kept, before = Issue(), {}
    else:
        kept = _draft(issue, actor)
        if kept.version != seen:
            raise Stale
        before = issue_told(kept)
    for name in OF_ISSUE:
        if name in wanted:
            setattr(kept, name, wanted[name])
    kept.title, kept.foreword = kept.title.strip(), kept.foreword.replace("\r\n", "\n").strip()
    if not rules.may_edit(actor, kept):
        raise PermissionDenied
    if not kept.slug:
        kept.slug = _free_slug(kept.title)
    kept.version += 1 if issue else 0
    kept.save()
    if issue is None:
        _pick_all(kept)
        after = issue_told(kept)
        record(verb="issue_added", thing=kept, actor=actor, after=after, names=issue_names(after))
    else:
        _record_change(kept, before, actor)
    return kept


def _record_change(issue: Issue, before: dict[str, Any], actor: Any, restores: Deed | None = None) -> None:
    if before != (after := issue_told(issue)):
        names = issue_names(before, after)
        record(
            verb="issue_changed",
            thing=issue,
            actor=actor,
            before=before,
            after=after,
            names=names,
            restores=restores,
        )


def _free_slug(title: str) -> str:
    plain = slugify(title)[:100] or "zpravodaj"
    taken = set(Issue.objects.filter(slug__startswith=plain).values_list("slug", flat=True))
    return next(slug for n in range(len(taken) + 1) if (slug := f"{plain}-{n + 1}" if n else plain) not in taken)


def _pick_all(issue: Issue) -> None:
    """A new issue begins with everything of its period and territory; the editor takes away."""
    mine = (issue.span_kind, issue.span_code)
    things: list[IssueItem] = [
        IssueItem(issue=issue, article=one)
        for one in picking.articles_for(issue)
        if picking.touches(mine, (one.span_kind, one.span_code))
    ]
    things += [
        IssueItem(issue=issue, meeting=one)
        for one in picking.meetings_for(issue)
        if picking.touches(mine, (one.group.span_kind, one.group.span_code))
    ]
    for order, one in enumerate(things, 1):
        one.order = order
    IssueItem.objects.bulk_create(things)


@transaction.atomic
def items_pick(
    *, issue: Issue, articles: Sequence[int], meetings: Sequence[int], orders: dict[str, int], seen: int, actor: Any
) -> Issue:
    """What stands in the issue and in which order. `orders` are numbers by "article-12" and "meeting-3"; whatever
    has none comes last. Only what the issue offers can be picked."""
    kept = _draft(issue, actor)
    if kept.version != seen:
        raise Stale
    before = issue_told(kept)
    _pick(kept, articles, meetings, orders)
    kept.version += 1
    kept.save(update_fields=["version"])
    _record_change(kept, before, actor)
    return kept


def _pick(issue: Issue, articles: Sequence[int], meetings: Sequence[int], orders: dict[str, int]) -> None:
    offered_articles = set(picking.articles_for(issue).filter(pk__in=articles).values_list("pk", flat=True))
    offered_meetings = set(picking.meetings_for(issue).filter(pk__in=meetings).values_list("pk", flat=True))
    things = [IssueItem(issue=issue, article_id=pk) for pk in articles if pk in offered_articles]
    things += [IssueItem(issue=issue, meeting_id=pk) for pk in meetings if pk in offered_meetings]
    issue.items.all().delete()
    for order, one in enumerate(sorted(things, key=lambda one: orders.get(_key(one), 999)), 1):
        one.order = order
    IssueItem.objects.bulk_create(things)


@transaction.atomic
def issue_restore(*, issue: Issue, deed: Deed, wanted: dict[str, Any], seen: int, actor: Any) -> Issue:
    """The draft as it was before the deed: `wanted` are values of OF_ISSUE; of what stood in it only what the issue
    would still offer."""
    kept = _draft(issue, actor)
    if kept.version != seen:
        raise Stale
    before, items = issue_told(kept), deed.before["items"]
    for name, value in wanted.items():
        setattr(kept, name, value)
    if not rules.may_edit(actor, kept):
        raise PermissionDenied
    kept.version += 1
    kept.save()
    orders = {key: order for order, key in enumerate(items, 1)}
    _pick(kept, _numbers("article", items), _numbers("meeting", items), orders)
    _record_change(kept, before, actor, restores=deed)
    return kept


@transaction.atomic
def issue_remove(*, issue: Issue, actor: Any) -> None:
    """A draft that nobody has got."""
    kept = _draft(issue, actor)
    record(verb="issue_removed", thing=kept, actor=actor, before=issue_told(kept))
    kept.delete()


# --- letters -----------------------------------------------------------------------------------------------------


def _context(issue: Issue, items: Iterable[Item]) -> dict[str, Any]:
    return {
        "issue": issue,
        "items": [one._replace(path=settings.SITE_URL + one.path) for one in items],
        "archive": settings.SITE_URL + reverse("newsletter:issues"),
    }


def preview(issue: Issue) -> Bodies:
    """What a reader of everything gets, without anybody's address in it."""
    return render(template=ISSUE_LETTER.removesuffix(".txt"), name="", context=_context(issue, picking.items_of(issue)))


@transaction.atomic
def test_letter(*, issue: Issue, actor: Any) -> Letter:
    """The issue to whoever asks, as they will see it in their mail."""
    if not rules.may_edit(actor, issue):
        raise PermissionDenied
    return mail.write(
        template=ISSUE_LETTER,
        to=actor.email,
        name=actor.name,
        context=_context(issue, picking.items_of(issue)),
    )


@transaction.atomic
def issue_send(*, issue: Issue, actor: Any) -> Job:
    """Let it out: into the public archive at once, to its readers in the background."""
    from . import tasks  # the task imports this module

    kept = _draft(issue, actor)
    if not picking.items_of(kept) and not kept.foreword:
        raise ValidationError("Zpravodaj je prázdný. Vyberte, co v něm má být, nebo napište úvodní slovo.")
    kept.state, kept.sent_at = Issue.State.SENDING, timezone.now()
    kept.version += 1
    kept.save()
    record(verb="issue_sent", thing=kept, actor=actor, after={"letters": len(picking.readers(kept))})
    job = jobs.start(
        task=tasks.send,
        kind="newsletter",
        title=f"Rozesílání: {kept.title}"[:200],
        actor=actor,
        parameters={"issue": kept.pk},
        next_url=reverse("newsletter:issue", args=[kept.pk]),
    )
    Issue.objects.filter(pk=kept.pk).update(job_key=job.key)
    return job


def write_letters(*, issue: Issue, job: Job | None = None) -> int:
    """A letter to each reader with what they asked for; who would get an empty one gets none. Can be begun again
    after a worker died: nobody gets a second letter. How many letters the issue has now."""
    items, everybody = picking.items_of(issue), picking.readers(issue)
    have = {one.lower() for one in Letter.objects.about(issue).values_list("to", flat=True)}
    waiting = [one for one in everybody if one.email not in have]
    for at in range(0, len(waiting), PORTION):
        with transaction.atomic():
            for one in waiting[at : at + PORTION]:
                _write(issue, one, picking.wanted_by(one, items))
        if job is not None:
            jobs.advance(job=job, done=len(everybody) - len(waiting) + at + PORTION, total=len(everybody))
    count = Letter.objects.about(issue).count()
    Issue.objects.filter(pk=issue.pk).update(state=Issue.State.SENT, letters=count)
    return count


def _write(issue: Issue, subscriber: Subscriber, items: tuple[Item, ...]) -> None:
    if not items and not issue.foreword:
        return
    mail.write(
        template=ISSUE_LETTER,
        to=subscriber.email,
        context=_context(issue, items),
        duty=False,
        topic=picking.TOPIC,
        about=issue,
    )
