"""Every write of the outbox: write, take, sent, later, give up, came back; send again and cancel; unsubscribe."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from email.utils import parseaddr
from typing import Any

from django.conf import settings
from django.core import signing
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection, models, transaction
from django.urls import reverse
from django.utils import timezone

from portal.audit.actions import record

from . import rules
from .models import Letter, Unsubscription
from .rendering import render
from .topics import MERGED

State = Letter.State
# After the first try, the second and so on; then the letter is given up, two and a half days after it was written.
PAUSES = [
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=15),
    timedelta(hours=1),
    timedelta(hours=4),
    timedelta(hours=12),
    timedelta(hours=18),
    timedelta(hours=24),
]
UNSUBSCRIBE = "portal.mail.unsubscribe"
NOBODY = "smazany-ucet@pospolu.invalid"  # whose letters were, once they are erased


# --- writing -------------------------------------------------------------------------------------------------


@transaction.atomic
def write(
    *,
    template: str,
    to: str,
    name: str = "",
    context: dict[str, Any],
    duty: bool = True,
    topic: str = "",
    about: models.Model | None = None,
    calendar: str = "",
) -> Letter:
    """Put a letter into the outbox; it leaves after the caller's transaction is over, and never if that fails.

    `template` is `<app>/letters/<name>` (with or without `.txt`); `name` is how the reader is called, for the
    greeting. A letter that is not a duty has a `topic`, which the reader can be rid of; whoever did that gets none
    and the returned letter is SKIPPED. `calendar` is a whole iCalendar with its METHOD, which travels as another form
    of the letter.
    """
    if not duty and not topic:
        raise ValueError("A letter that is not a duty needs a topic to unsubscribe from.")
    template, to = template.removesuffix(".txt"), to.strip()
    unsubscribe_url = "" if duty else settings.SITE_URL + reverse("mail:unsubscribe", args=[token(to, topic)])
    bodies = render(template=template, name=name, context=context, unsubscribe_url=unsubscribe_url)
    unwanted = not duty and Unsubscription.objects.covers(to, topic)
    key, now = secrets.token_urlsafe(24), timezone.now()
    return Letter.objects.create(
        key=key,
        to=to,
        name=" ".join(name.split())[:200],
        subject=bodies.subject[:300],
        text=bodies.text,
        html=bodies.html,
        calendar=calendar,
        template=template,
        topic=topic,
        duty=duty,
        thing=about._meta.label_lower if about else "",
        thing_id=str(about.pk) if about else "",
        message_id=f"<{key}@{_domain()}>",
        unsubscribe_url=unsubscribe_url,
        state=State.SKIPPED if unwanted else State.WAITING,
        last_error="Adresát tyto dopisy nechce." if unwanted else "",
        created_at=now,
        next_try_at=now,
    )


def _domain() -> str:
    return parseaddr(settings.MAIL_FROM)[1].rpartition("@")[2] or "localhost"


# --- sending (called by post.py) -----------------------------------------------------------------------------


def take(*, worker: str, now: datetime, most: int) -> list[Letter]:
    """Letters that are now this worker's alone; nobody else can take them until they are left behind."""
    with transaction.atomic():
        skip = connection.features.has_select_for_update_skip_locked
        due = Letter.objects.due(now).select_for_update(skip_locked=skip).values_list("pk", flat=True)[:most]
        taken = list(due)
        # The state is asked for again: SQLite has no row locks, there one writer at a time does the same.
        Letter.objects.filter(pk__in=taken, state=State.WAITING).update(
            state=State.SENDING, taken_by=worker, taken_at=now
        )
    return list(Letter.objects.filter(pk__in=taken, state=State.SENDING, taken_by=worker).order_by("next_try_at", "pk"))


def hold(*, letter: Letter, worker: str, now: datetime) -> bool:
    """Say before sending that the worker still has the letter; False when somebody took it over meanwhile."""
    return bool(_held(letter, worker).update(taken_at=now))


def sent(*, letter: Letter, worker: str, now: datetime) -> None:
    _held(letter, worker).update(state=State.SENT, sent_at=now, attempts=letter.attempts + 1, last_error="")


def later(*, letter: Letter, worker: str, now: datetime, error: str) -> None:
    """Try again after a pause that grows; the one after the last pause is given up."""
    attempts = letter.attempts + 1
    if attempts > len(PAUSES):
        give_up(letter=letter, worker=worker, error=error)
        return
    _held(letter, worker).update(
        state=State.WAITING, next_try_at=now + PAUSES[attempts - 1], attempts=attempts, last_error=error[:500]
    )


def give_up(*, letter: Letter, worker: str, error: str) -> None:
    _held(letter, worker).update(state=State.FAILED, attempts=letter.attempts + 1, last_error=error[:500])


def refused(*, letter: Letter, worker: str, now: datetime, error: str) -> None:
    """The server knows at once that nobody lives at the address."""
    _held(letter, worker).update(
        state=State.BOUNCED, bounced_at=now, attempts=letter.attempts + 1, last_error=error[:500]
    )


def free_left_behind(*, now: datetime) -> int:
    """Letters of dead workers wait again. One may have gone out just before the death: it keeps its Message-ID,
    by which mail programs put the two together."""
    return Letter.objects.left_behind(now).update(state=State.WAITING, next_try_at=now, taken_by="")


def _held(letter: Letter, worker: str) -> models.QuerySet[Letter]:
    return Letter.objects.filter(pk=letter.pk, state=State.SENDING, taken_by=worker)


# --- what came back ------------------------------------------------------------------------------------------


def came_back(*, letter: Letter, now: datetime, error: str) -> bool:
    """A report of non-delivery arrived. False when the letter is in no state to come back."""
    return bool(
        Letter.objects.filter(pk=letter.pk, state=State.SENT).update(
            state=State.BOUNCED, bounced_at=now, last_error=error[:500]
        )
    )


# --- a person at the desk ------------------------------------------------------------------------------------


@transaction.atomic
def send_again(*, letter: Letter, actor: Any) -> None:
    """Send once more what failed or came back; the pauses begin anew."""
    if not rules.may_handle_letters(actor):
        raise PermissionDenied
    if not letter.may_be_sent_again or not Letter.objects.filter(pk=letter.pk, state=letter.state).update(
        state=State.WAITING, attempts=0, next_try_at=timezone.now(), last_error="", sent_at=None
    ):
        raise ValidationError("Znovu poslat jde jen dopis, který se nepodařilo doručit.")
    record(verb="letter_sent_again", thing=letter, actor=actor, before={"state": letter.state})


@transaction.atomic
def cancel(*, letter: Letter, actor: Any) -> None:
    """Do not send what still waits."""
    if not rules.may_handle_letters(actor):
        raise PermissionDenied
    if not Letter.objects.filter(pk=letter.pk, state=State.WAITING).update(
        state=State.SKIPPED, last_error=f"Neposílat: {actor}"[:500]
    ):
        raise ValidationError("Dopis už odešel, nebo se právě posílá. Zastavit nejde.")
    record(verb="letter_cancelled", thing=letter, actor=actor, before={"state": State.WAITING})


# --- unsubscribing -------------------------------------------------------------------------------------------


def token(email: str, topic: str) -> str:
    """What an address to unsubscribe by carries: it works for ever and for nothing else."""
    return signing.dumps([email.lower(), topic], salt=UNSUBSCRIBE)


def read_token(text: str) -> tuple[str, str] | None:
    """E-mail and topic of the token, None for one that we have not made."""
    try:
        email, topic = signing.loads(text, salt=UNSUBSCRIBE)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return str(email), MERGED.get(str(topic), str(topic))


@transaction.atomic
def unsubscribe(*, email: str, topic: str) -> None:
    """No more letters of the topic, not even those that already wait."""
    Unsubscription.objects.get_or_create(email=email.lower(), topic=topic)
    Letter.objects.filter(to__iexact=email, topic=topic, duty=False, state=State.WAITING).update(
        state=State.SKIPPED, last_error="Adresát tyto dopisy nechce."
    )


def subscribe_again(*, email: str, topic: str) -> None:
    Unsubscription.objects.filter(email=email.lower(), topic=topic).delete()


# --- keeping -------------------------------------------------------------------------------------------------


def forget() -> int:
    """Delete letters older than LETTERS_KEPT_DAYS; what still waits stays."""
    before = timezone.now() - timedelta(days=settings.LETTERS_KEPT_DAYS)
    over = (State.SENT, State.FAILED, State.BOUNCED, State.SKIPPED)
    return Letter.objects.filter(created_at__lt=before, state__in=over).delete()[0]


@transaction.atomic
def forget_address(*, email: str) -> int:
    """Whoever has the address asked to be erased: letters stay as sent, without the address and without words; what
    waits is not sent. The number of letters."""
    letters = Letter.objects.filter(to__iexact=email)
    letters.filter(state=State.WAITING).update(state=State.SKIPPED, last_error="Adresát je smazaný.")
    Unsubscription.objects.filter(email=email.lower()).delete()
    return letters.update(to=NOBODY, name="", subject="", text="", html="", calendar="", unsubscribe_url="")
