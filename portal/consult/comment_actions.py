"""Comments come in: received, confirmed by e-mail, supported.

What came before the deadline is a comment with its number, what came after it is a suggestion; nothing is neither. The
row of the consultation is held meanwhile (`actions.held`), so whoever moves the deadline or closes the consultation
stands in the same line. A letter to an address that nobody has confirmed carries not one word that the visitor typed,
and only a few of them go to one address a day.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core import signing
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac

from portal.accounts.models import Person
from portal.files import actions as files
from portal.files.models import StoredFile, new_key
from portal.mail import actions as mail
from portal.mail.models import Letter
from portal.suggestions import actions as suggestions
from portal.suggestions.models import Origin, Suggestion
from words.visible import visible, visible_line

from . import actions, fields
from .models import Comment, CommentFile, Consultation, Paragraph, Support

State = Comment.State
SALT = "portal.consult.comment"
CONFIRM_LETTER = "consult/letters/comment_received.txt"
CONFIRM_WITHIN = timedelta(days=14)
# Letters to one address: enough for whoever has more to say, no bomb. One link confirms all that waits.
LETTERS, LETTERS_WITHIN = 3, timedelta(days=1)
MOST_FILES = 5
# Signs of a comment's key, 4 bits each.
KEY = 30
NOT_YET = "Připomínky se ještě nepřijímají."


# --- a comment comes ---------------------------------------------------------------------------------------------


def receive(
    *,
    consultation: Consultation,
    paragraph: Paragraph | None = None,
    place: str = "",
    original: str = "",
    proposed: str = "",
    reason: str = "",
    kind: str,
    side: str,
    name: str = "",
    organisation: str = "",
    shown_as: str = Comment.As.NOBODY,
    email: str = "",
    uploads: Sequence[UploadedFile[bytes]] = (),
    attached: Sequence[StoredFile] = (),
    origin: str = Origin.WEB,
    entered_by: Person | None = None,
    show: bool | None = None,
    key: str = "",
    received_at: datetime | None = None,
    now: datetime | None = None,
) -> Comment | Suggestion:
    """A comment with the next number, or a suggestion for the next period where it came late.

    `received_at` is the moment when it came (the request, the stamp on the paper) and decides; without it, now. The
    rules of the consultation hold for what comes from the web; what is typed in from paper is taken as it is, and
    whoever types it in says whether it is shown. `uploads` are made safe here, `attached` are files that are safe
    already. `key` is that of a sent form (`key_of`): the same one sent again gives the comment that it made before.
    """
    said = {
        "place": visible_line(place),
        "original": visible(original),
        "proposed": visible(proposed),
        "reason": visible(reason),
        "kind": str(Comment.Kind(kind)),
        "side": str(side),
        "name": visible_line(name),
        "organisation": visible_line(organisation),
        "shown_as": str(Comment.As(shown_as)),
        "email": email.strip(),
    }
    if paragraph is not None and paragraph.consultation_id != consultation.pk:
        raise ValidationError("Tenhle odstavec patří k jinému textu.")
    _check(consultation, said, origin)
    # Looked through before the row is held: nobody waits in line for somebody's pictures.
    kept = [*attached, *keep_files(uploads)]
    now = now or timezone.now()
    came = received_at or now
    with transaction.atomic():
        held = actions.held(consultation)
        if held.state == Consultation.State.PREPARED or held.opens_at is None or came < held.opens_at:
            raise ValidationError(NOT_YET)
        if key and (before := Comment.objects.filter(key=key).first()) is not None:
            return before
        if not takes(held, came):
            return _late(held, paragraph, said, kept, origin=origin, came=came)
        comment = Comment.objects.create(
            consultation=held,
            number=held.next_number,
            key=key or new_key(),
            paragraph=paragraph,
            **said,
            origin=Origin(origin),
            received_at=came,
            entered_by=entered_by,
            state=_first_state(held, origin, show),
        )
        Consultation.objects.filter(pk=held.pk).update(next_number=held.next_number + 1)
        for file in kept:
            files.attach(file=file, thing=comment, public=False)
        CommentFile.objects.bulk_create(CommentFile(comment=comment, file=file) for file in kept)
        if origin == Origin.WEB:
            ask_to_confirm(comment=comment, now=now)
    return comment


def key_of(token: str) -> str:
    """The key of the comment that a form with this token makes: nobody but the server can tell it from the token."""
    return salted_hmac("portal.consult.key", token, algorithm="sha256").hexdigest()[:KEY] if token else ""


def takes(consultation: Consultation, came: datetime) -> bool:
    """Whether what came at the moment is still a comment. Closed and cancelled ones take nothing more."""
    in_time = consultation.closes_at is None or came < consultation.closes_at
    return consultation.state == Consultation.State.ANNOUNCED and in_time


def _check(consultation: Consultation, said: dict[str, Any], origin: str) -> None:
    if origin == Origin.WEB:
        found = fields.faults(consultation, said)
        if found:
            raise ValidationError(found)
    elif not (said["original"] or said["proposed"] or said["reason"]):
        raise ValidationError({"proposed": "Napište prosím, co připomínka říká."})


def _first_state(consultation: Consultation, origin: str, show: bool | None) -> State:
    if show is not None:
        return State.SHOWN if show else State.WAITING
    if origin == Origin.WEB and consultation.email_needed:
        return State.UNCONFIRMED
    return _after_check(consultation)


def _after_check(consultation: Consultation) -> State:
    """How a comment stands once nothing more is wanted from its author."""
    return State.SHOWN if consultation.showing == Consultation.Showing.AT_ONCE else State.WAITING


def keep_files(uploads: Sequence[UploadedFile[bytes]]) -> list[StoredFile]:
    """Attachments made safe, which nobody holds yet; what is wrong with them is said at the field `files`."""
    if len(uploads) > MOST_FILES:
        raise ValidationError({"files": f"K jedné připomínce se vejde {MOST_FILES} příloh."})
    kept = []
    for upload in uploads:
        sort: Any = "image" if (upload.content_type or "").startswith("image/") else "document"
        try:
            kept.append(files.keep(upload=upload, sort=sort, actor=None, public=False))
        except ValidationError as refusal:
            raise ValidationError({"files": refusal.messages}) from refusal
    return kept


# --- late --------------------------------------------------------------------------------------------------------


def _late(
    consultation: Consultation,
    paragraph: Paragraph | None,
    said: dict[str, Any],
    kept: Sequence[StoredFile],
    *,
    origin: str,
    came: datetime,
) -> Suggestion:
    """The same words as a suggestion for whoever plans in the territory."""
    suggestion = suggestions.receive(
        sort=Suggestion.Sort.IDEA,
        title=f"K návrhu „{consultation.title}“",
        text=late_text(paragraph, said, [file.name for file in kept]),
        origin=origin,
        name=said["name"] or said["organisation"],
        name_public=said["shown_as"] in (Comment.As.NAME, Comment.As.BOTH),
        email=said["email"],
        span=(consultation.span_kind, consultation.span_code, consultation.span_name),
        now=came,
    )
    for file in kept:
        files.attach(file=file, thing=suggestion, public=False)
    return suggestion


def late_text(paragraph: Paragraph | None, said: dict[str, Any], attached: Iterable[str]) -> str:
    """All that the comment said, in one text."""
    place = f"odstavec {paragraph.label}" if paragraph is not None else ""
    parts = [
        ("Čeho se to týká", ", ".join(one for one in (place, said["place"]) if one)),
        ("Původní znění", said["original"]),
        ("Navrhované znění", said["proposed"]),
        ("Zdůvodnění", said["reason"]),
        ("Organizace", said["organisation"] if said["name"] else ""),
        ("Přílohy", ", ".join(attached)),
    ]
    return "\n\n".join(f"{called}: {words}" for called, words in parts if words)


# --- the e-mail --------------------------------------------------------------------------------------------------


@transaction.atomic
def ask_to_confirm(*, comment: Comment, now: datetime | None = None) -> bool:
    """A letter with the link that confirms the e-mail; none where there is nothing to confirm, or where the address
    has had its share of such letters. Whether it was written."""
    if not comment.email or comment.email_confirmed_at is not None or not may_ask(comment.email, now):
        return False
    mail.write(
        template=CONFIRM_LETTER,
        to=comment.email,
        context={
            "number": comment.number,
            "title": comment.consultation.title,
            "needed": comment.state == State.UNCONFIRMED,
            "days": CONFIRM_WITHIN.days,
            "url": settings.SITE_URL + link(comment),
        },
        about=comment,
    )
    return True


def may_ask(email: str, now: datetime | None = None) -> bool:
    """Whether the address did not get its share of letters lately."""
    since = (now or timezone.now()) - LETTERS_WITHIN
    sent = Letter.objects.filter(to__iexact=email, template=CONFIRM_LETTER.removesuffix(".txt"), created_at__gt=since)
    return sent.count() < LETTERS


def link(comment: Comment) -> str:
    """The address where the owner of the e-mail confirms it."""
    return reverse("consult:comment_confirm", args=[signing.dumps([comment.pk, comment.email], salt=SALT)])


def read_token(token: str) -> tuple[Comment, bool] | None:
    """The comment and whether its e-mail may be confirmed still. None for a token that is not ours, or whose comment
    has another e-mail or none by now."""
    try:
        pk, email = signing.loads(token, salt=SALT)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    comment = Comment.objects.select_related("consultation").filter(pk=pk, email=email).exclude(email="").first()
    if comment is None:
        return None
    try:
        signing.loads(token, salt=SALT, max_age=CONFIRM_WITHIN)
    except signing.SignatureExpired:
        return comment, False
    return comment, True


def unconfirmed(comment: Comment) -> list[Comment]:
    """Comments of the consultation that came with the same e-mail and nobody has confirmed it; what the link of any of
    them confirms, because only a few letters go to one address."""
    same = Comment.objects.filter(consultation=comment.consultation_id, email__iexact=comment.email)
    return list(same.exclude(email="").filter(email_confirmed_at=None, origin=Origin.WEB).order_by("number"))


@transaction.atomic
def confirm(*, comment: Comment, numbers: Iterable[int] | None = None, now: datetime | None = None) -> int:
    """The owner of the e-mail used the link: how many comments it confirmed. `numbers` are those that the owner was
    shown and recognised, without it just this one. Twice is the same as once, and the deadline does not matter: the
    comment had come before it."""
    held = actions.held(comment.consultation)
    wanted = {comment.number} if numbers is None else set(numbers)
    waiting = [one for one in unconfirmed(comment) if one.number in wanted]
    for one in waiting:
        one.email_confirmed_at = now or timezone.now()
        if one.state == State.UNCONFIRMED:
            one.state = _after_check(held)
        one.version += 1
        one.save(update_fields=["email_confirmed_at", "state", "version"])
    return len(waiting)


# --- standing behind another's comment ---------------------------------------------------------------------------


def voice(comment: Comment, who: str) -> str:
    """Of a visitor for one comment: a keyed hash, which leads neither to the visitor nor to their other voices."""
    return salted_hmac(f"portal.consult.support:{comment.pk}", who, algorithm="sha256").hexdigest()


def support(*, comment: Comment, who: str) -> bool:
    """One more stands behind the comment; False where the same visitor does already. `who` is never kept."""
    consultation = comment.consultation
    if comment.state != State.SHOWN or not consultation.is_open:
        raise ValidationError("Tuhle připomínku už podpořit nejde.")
    _row, made = Support.objects.get_or_create(comment=comment, visitor=voice(comment, who))
    return made
