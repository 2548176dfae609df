"""Ending sessions. It is no deed for the journal: it touches nothing but where somebody is signed in."""

from django.utils import timezone

from .models import Person, Session


def end_session(*, person: Person, public_key: str) -> bool:
    """Sign the person out on one device; False where there is no such session of theirs."""
    keys = [one.session_key for one in Session.objects.filter(person=person) if one.public_key == public_key]
    return bool(Session.objects.filter(session_key__in=keys).delete()[0])


def end_sessions(*, person: Person, but: str = "") -> int:
    """Sign the person out everywhere, except in the session `but`. The number of ended sessions."""
    return Session.objects.filter(person=person).exclude(session_key=but).delete()[0]


def forget_ended() -> int:
    """Delete the rows of sessions that are over, of people and of visitors; the clock of the worker calls it."""
    return Session.objects.filter(expire_date__lt=timezone.now()).delete()[0]
