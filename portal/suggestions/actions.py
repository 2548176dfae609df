"""What visitors write: a suggestion, the e-mail they confirm, their name and e-mail taken back.

A letter to an address that nobody has confirmed carries not one word that the visitor typed, and only a few of them go
to one address a day: the form is no way to send letters to others.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from django.conf import settings
from django.core import signing
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import Max
from django.urls import reverse
from django.utils import timezone
from django.utils.text import Truncator

from portal.accounts.models import Grant
from portal.catalogue.models import TargetGroup
from portal.mail import actions as mail
from portal.mail.models import Letter
from portal.territory.models import Municipality
from words.visible import visible, visible_line

from . import reading
from .models import Origin, Suggestion

SALT = "portal.suggestions.email"
CONFIRM_WITHIN = timedelta(days=14)
CONFIRM_LETTER = "suggestions/letters/confirm.txt"
THANKS_LETTER = "suggestions/letters/thanks.txt"
# Letters that ask to confirm, to one address: enough for whoever has more to say, no bomb.
LETTERS, LETTERS_WITHIN = 3, timedelta(days=1)
TITLE = 150
# Degrees to three places: about a hundred metres, a corner of a street and not a door.
PLACES_OF_DEGREE = 3
# Which of the locks of the database is the line for a number; any number that nobody else uses.
NUMBER_LOCK = 6_060_001


class Span(NamedTuple):
    """The territory whose coordinator reads a suggestion: kind as in Grant.Range, official code, name."""

    kind: str
    code: str = ""
    name: str = ""


# --- a suggestion comes ------------------------------------------------------------------------------------------


@transaction.atomic
def receive(
    *,
    sort: str,
    title: str,
    text: str,
    origin: str = Origin.WEB,
    municipality: Municipality | None = None,
    lat: float | None = None,
    lon: float | None = None,
    target_groups: Iterable[TargetGroup] = (),
    name: str = "",
    name_public: bool = False,
    email: str = "",
    email_confirmed: bool = False,
    span: tuple[str, str, str] | None = None,
    now: datetime | None = None,
) -> Suggestion:
    """A new suggestion with the next number; nobody has looked at it yet.

    `span` is the kind, code and name of the territory whose coordinator reads it: without it the town, and the whole
    site where there is none. A point without a town gets the nearest one. Whoever left an e-mail is thanked by a
    letter, an e-mail not confirmed is asked about in it. The text may be longer than the form allows.
    """
    title, text, name = visible_line(title), visible(text), visible_line(name)
    if not title or not text:
        raise ValidationError({"text" if title else "title": "Napište prosím, o co jde."})
    now = now or timezone.now()
    if lat is None or lon is None:
        lat = lon = None
    else:
        lat, lon = round(lat, PLACES_OF_DEGREE), round(lon, PLACES_OF_DEGREE)
        municipality = municipality or reading.nearest_town(lat, lon)
    suggestion = Suggestion.objects.create(
        number=_next_number(),
        sort=Suggestion.Sort(sort),
        title=Truncator(title).chars(TITLE),
        text=text,
        origin=Origin(origin),
        received_at=now,
        changed_at=now,
        **_span(span, municipality),
        municipality=municipality,
        lat=lat,
        lon=lon,
        name=name[:150],
        name_public=name_public and bool(name),
        email=email.strip(),
        email_confirmed_at=now if email.strip() and email_confirmed else None,
    )
    suggestion.target_groups.set(target_groups)
    _thank(suggestion, now)
    return suggestion


def _next_number() -> int:
    """One that was given is never given again while its suggestion stands. Whoever asks meanwhile waits until this
    transaction is over: SQLite has one writer at a time, PostgreSQL a lock that is let go at the end."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [NUMBER_LOCK])
    return int(Suggestion.objects.aggregate(last=Max("number"))["last"] or 0) + 1


def _span(said: tuple[str, str, str] | None, town: Municipality | None) -> dict[str, str]:
    if said is not None:
        span = Span(*said)
    elif town is not None:
        span = Span(Grant.Range.MUNICIPALITY, town.code, town.name)
    else:
        span = Span(Grant.Range.SITE)
    return {"span_kind": span.kind, "span_code": span.code, "span_name": span.name}


# --- letters -----------------------------------------------------------------------------------------------------


def _thank(suggestion: Suggestion, now: datetime) -> None:
    if not suggestion.email:
        return
    if suggestion.email_confirmed_at is not None:
        own = settings.SITE_URL + reverse("suggestions:own_suggestion", args=[suggestion.key])
        context = {"number": suggestion.number, "own": own}
        mail.write(template=THANKS_LETTER, to=suggestion.email, context=context, about=suggestion)
    else:
        ask_to_confirm(suggestion=suggestion, now=now)


@transaction.atomic
def ask_to_confirm(*, suggestion: Suggestion, now: datetime | None = None) -> bool:
    """A letter with the link that confirms the e-mail; none where there is nothing to confirm, or where the address
    has had its share of such letters. Whether it was written."""
    if not suggestion.email or suggestion.email_confirmed_at is not None or not may_ask(suggestion.email, now):
        return False
    mail.write(
        template=CONFIRM_LETTER,
        to=suggestion.email,
        context={
            "number": suggestion.number,
            "days": CONFIRM_WITHIN.days,
            "url": settings.SITE_URL + link(suggestion),
        },
        about=suggestion,
    )
    return True


def may_ask(email: str, now: datetime | None = None) -> bool:
    """Whether the address did not get its share of letters that ask to confirm lately."""
    since = (now or timezone.now()) - LETTERS_WITHIN
    sent = Letter.objects.filter(to__iexact=email.strip(), template=CONFIRM_LETTER.removesuffix(".txt"))
    return sent.filter(created_at__gt=since).count() < LETTERS


def link(suggestion: Suggestion) -> str:
    """The address where the owner of the e-mail confirms it."""
    token = signing.dumps([suggestion.pk, suggestion.email], salt=SALT, compress=True)
    return reverse("suggestions:email_confirm", args=[token])


def read_token(token: str) -> tuple[Suggestion, bool] | None:
    """The suggestion and whether its e-mail may be confirmed still. None for a token that is not ours or whose
    suggestion has another e-mail or none by now."""
    try:
        pk, email = signing.loads(token, salt=SALT)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    suggestion = Suggestion.objects.filter(pk=pk, email=email).exclude(email="").first()
    if suggestion is None:
        return None
    try:
        signing.loads(token, salt=SALT, max_age=CONFIRM_WITHIN)
    except signing.SignatureExpired:
        return suggestion, False
    return suggestion, True


@transaction.atomic
def confirm_email(*, suggestion: Suggestion, now: datetime | None = None) -> bool:
    """The owner of the e-mail used the link: letters about the suggestion may go there. False where it was so."""
    waiting = Suggestion.objects.filter(pk=suggestion.pk, email=suggestion.email, email_confirmed_at=None)
    return bool(waiting.exclude(email="").update(email_confirmed_at=now or timezone.now()))


@transaction.atomic
def forget_author(*, suggestion: Suggestion) -> None:
    """The author takes back the name and the e-mail; what was said stays."""
    Suggestion.objects.filter(pk=suggestion.pk).update(
        name="", name_public=False, email="", email_confirmed_at=None, changed_at=timezone.now()
    )
