"""Every write about people: roles, invitations, switching off, erasing."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from portal.audit.actions import forget_person, record
from portal.mail import actions as mail

from . import rules, spans
from .models import Grant, Held, Invitation, Person, Session

LAST = "Je to poslední správce: nejdřív dejte roli správce ještě někomu, jinak by se o lidi neměl kdo starat."


@transaction.atomic
def add_person(*, email: str, name: str, password: str | None, roles: Iterable[str | Held]) -> Person:
    """A person with roles, each over the whole site or over its range. Running it again changes nothing but missing
    roles. For the command line and the demo; people at the desk invite."""
    person = Person.objects.filter(email=email.lower()).first()
    if person is None:
        person = Person.objects.create_user(email, name, password)
    for one in roles:
        role, kind, code = one if isinstance(one, Held) else (one, Grant.Range.SITE, "")
        Grant.objects.get_or_create(person=person, role=Grant.Role(role), range_kind=kind, range_code=code)
    return person


# --- roles ---------------------------------------------------------------------------------------------------


@transaction.atomic
def give_role(*, person: Person, role: str, range_kind: str, range_code: str, actor: Any) -> Grant:
    if not rules.may_give(actor, role, range_kind, range_code):
        raise PermissionDenied
    if person.erased_at:
        raise ValidationError("Tento účet je smazaný.")
    grant, new = Grant.objects.get_or_create(person=person, role=role, range_kind=range_kind, range_code=range_code)
    if not new:
        raise ValidationError("Tuhle roli už má.")
    record(verb="role_given", thing=person, actor=actor, after=_told(grant), names=_names(grant))
    return grant


@transaction.atomic
def take_role(*, grant: Grant, actor: Any) -> None:
    grant = Grant.objects.select_for_update(of=("self",)).select_related("person").get(pk=grant.pk)
    if not rules.may_give(actor, grant.role, grant.range_kind, grant.range_code):
        raise PermissionDenied
    is_administrator = grant.role in rules.ADMINISTRATORS
    if is_administrator and grant.person.is_active and rules.is_last_administrator(grant.person):
        raise ValidationError(LAST)
    record(verb="role_taken", thing=grant.person, actor=actor, before=_told(grant), names=_names(grant))
    grant.delete()


@transaction.atomic
def role_ended(*, person: Person, role: str, range_kind: str, range_code: str) -> int:
    """A role whose time is over goes by itself; the number of roles, which is none or one."""
    ended = list(person.grants.filter(role=role, range_kind=range_kind, range_code=range_code))
    for grant in ended:
        record(verb="role_taken", thing=person, before=_told(grant), names=_names(grant))
        grant.delete()
    return len(ended)


def _told(one: Grant | Invitation) -> dict[str, str]:
    return {"role": one.role, "range_kind": one.range_kind, "range_code": one.range_code}


def _names(one: Grant | Invitation) -> dict[str, str]:
    called = {one.role: str(Grant.Role(one.role).label), one.range_kind: str(Grant.Range(one.range_kind).label)}
    return called | ({one.range_code: spans.name(*rules.pair(one))} if one.range_code else {})


# --- switching off and on ------------------------------------------------------------------------------------


@transaction.atomic
def switch_off(*, person: Person, actor: Any) -> Person:
    """The account stays with all its roles, nobody can sign in with it; who is signed in is no more."""
    person = Person.objects.select_for_update().get(pk=person.pk)
    if not rules.may_manage(actor, person):
        raise PermissionDenied
    if rules.is_last_administrator(person):
        raise ValidationError(LAST)
    Session.objects.filter(person=person).delete()
    return _switch(person, on=False, verb="person_switched_off", actor=actor)


@transaction.atomic
def switch_on(*, person: Person, actor: Any) -> Person:
    person = Person.objects.select_for_update().get(pk=person.pk)
    if not rules.may_manage(actor, person):
        raise PermissionDenied
    return _switch(person, on=True, verb="person_switched_on", actor=actor)


def _switch(person: Person, *, on: bool, verb: str, actor: Any) -> Person:
    if person.is_active != on:
        person.is_active = on
        person.save(update_fields=["is_active"])
        record(verb=verb, thing=person, actor=actor)
    return person


@transaction.atomic
def drop_second_factor(*, person: Person, actor: Any) -> int:
    """Somebody lost the telephone, the passkey and the saved codes: the password is enough again, until they set up
    a new second factor. They are signed out everywhere and told by a letter. The number of what was dropped."""
    person = Person.objects.select_for_update().get(pk=person.pk)
    if not rules.may_manage(actor, person):
        raise PermissionDenied
    dropped: int = Authenticator.objects.filter(user=person).delete()[0]
    if not dropped:
        raise ValidationError("Druhý krok přihlášení nastavený nemá.")
    Session.objects.filter(person=person).delete()
    record(verb="second_factor_dropped", thing=person, actor=actor)
    mail.write(
        template="accounts/letters/second_factor_dropped.txt",
        to=person.email,
        name=person.name,
        context={"actor": str(actor), "url": settings.SITE_URL + reverse("mfa_index")},
        about=person,
    )
    return dropped


# --- invitations ---------------------------------------------------------------------------------------------


@transaction.atomic
def invite(*, email: str, name: str, role: str, range_kind: str, range_code: str, actor: Any) -> Invitation:
    """Offer a role to an e-mail by a letter with a link. Inviting again to the same sends a new link."""
    if not rules.may_give(actor, role, range_kind, range_code):
        raise PermissionDenied
    email, offer = email.strip().lower(), {"role": role, "range_kind": range_kind, "range_code": range_code}
    known = Person.objects.filter(email=email).first()
    if known is not None and not known.is_active:
        raise ValidationError("Účet s tímto e-mailem je vypnutý. Nejdřív ho zapněte.")
    if known is not None and known.grants.filter(**offer).exists():
        raise ValidationError("Tuhle roli už má.")
    waiting = Invitation.objects.select_for_update().waiting().filter(email=email, **offer).first()
    if waiting is not None:
        waiting.name = name.strip() or waiting.name
        return _send(waiting, actor, verb="invitation_sent_again")
    return _send(Invitation(email=email, name=name.strip(), **offer), actor, verb="person_invited")


@transaction.atomic
def invite_again(*, invitation: Invitation, actor: Any) -> Invitation:
    """A new letter with a new link, valid anew; the former link leads nowhere."""
    invitation = _waiting(invitation, actor)
    return _send(invitation, actor, verb="invitation_sent_again")


@transaction.atomic
def withdraw(*, invitation: Invitation, actor: Any) -> Invitation:
    invitation = _waiting(invitation, actor)
    invitation.withdrawn_at = timezone.now()
    invitation.save(update_fields=["withdrawn_at"])
    record(verb="invitation_withdrawn", thing=invitation, actor=actor, before=_told(invitation))
    return invitation


def _waiting(invitation: Invitation, actor: Any) -> Invitation:
    invitation = Invitation.objects.select_for_update().get(pk=invitation.pk)
    if not rules.may_give(actor, invitation.role, invitation.range_kind, invitation.range_code):
        raise PermissionDenied
    if invitation.accepted_at or invitation.withdrawn_at:
        raise ValidationError("Tahle pozvánka už je vyřízená.")
    return invitation


def _send(invitation: Invitation, actor: Any, *, verb: str) -> Invitation:
    token = secrets.token_urlsafe(32)
    now = timezone.now()
    invitation.token_hash = hash_of(token)
    invitation.invited_by = actor
    invitation.sent_at, invitation.expires_at = now, now + timedelta(days=settings.INVITATION_DAYS)
    invitation.save()
    record(verb=verb, thing=invitation, actor=actor, after=_told(invitation), names=_names(invitation))
    context = {
        "actor": str(actor),
        "role": invitation.get_role_display(),
        "range": spans.name(*rules.pair(invitation)),
        "site": settings.SITE_NAME,
        "until": invitation.expires_at,
        "url": settings.SITE_URL + reverse("accounts:invitation", args=[token]),
    }
    mail.write(
        template="accounts/letters/invitation.txt",
        to=invitation.email,
        name=invitation.name,
        context=context,
        about=invitation,
    )
    return invitation


def hash_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def invitation_of(token: str) -> Invitation | None:
    return Invitation.objects.select_related("invited_by").filter(token_hash=hash_of(token)).first()


@transaction.atomic
def accept(*, invitation: Invitation, person: Person) -> Person:
    """The person takes the role, and with it all that waits for the same e-mail: the mailbox has been proved."""
    _take_up(invitation, person)
    return person


@transaction.atomic
def accept_as_new(*, invitation: Invitation, name: str, password: str) -> Person:
    """Somebody new: an account with the invited e-mail, and its roles."""
    if Person.objects.filter(email=invitation.email).exists():
        raise ValidationError("Účet s tímto e-mailem už je. Přihlaste se do něj a pozvánku přijměte.")
    person = Person.objects.create_user(invitation.email, name.strip(), password)
    _take_up(invitation, person)
    return person


def _take_up(invitation: Invitation, person: Person) -> None:
    waiting = Invitation.objects.select_for_update().open().filter(email=invitation.email)
    taken = list(waiting)
    if invitation.pk not in {one.pk for one in taken}:
        raise ValidationError("Tahle pozvánka už neplatí.")
    for one in taken:
        Grant.objects.get_or_create(person=person, role=one.role, range_kind=one.range_kind, range_code=one.range_code)
        one.accepted_at, one.accepted_by = timezone.now(), person
        one.save(update_fields=["accepted_at", "accepted_by"])
        record(verb="invitation_accepted", thing=person, actor=person, after=_told(one), names=_names(one))
    if hasattr(person, "_held"):
        del person._held
    spans.welcome(person, [rules.pair(one) for one in taken])


# --- erasing -------------------------------------------------------------------------------------------------


@transaction.atomic
def erase(*, person: Person, actor: Any) -> Person:
    """The account loses everything by which somebody could be known. What the person did stays in the journal, done
    by a deleted account; letters to the e-mail lose their words."""
    person = Person.objects.select_for_update().get(pk=person.pk)
    if not rules.may_erase(actor, person):
        if rules.is_last_administrator(person):
            raise ValidationError(LAST)
        raise PermissionDenied
    email = person.email
    invitations = Invitation.objects.filter(Q(email=email) | Q(accepted_by=person))
    things = [("accounts.invitation", str(pk)) for pk in invitations.values_list("pk", flat=True)]
    invitations.delete()
    Grant.objects.filter(person=person).delete()
    Session.objects.filter(person=person).delete()
    Authenticator.objects.filter(user=person).delete()
    EmailAddress.objects.filter(user=person).delete()
    mail.forget_address(email=email)
    by_oneself = actor.pk == person.pk
    person.name, person.email = f"Smazaný účet {person.pk}", f"smazany-ucet-{person.pk}@pospolu.invalid"
    person.is_active, person.last_login, person.erased_at = False, None, timezone.now()
    person.set_unusable_password()
    person.save()
    record(verb="person_erased", thing=person, actor=person if by_oneself else actor)
    forget_person(person.pk, things)
    return person


# --- keeping -------------------------------------------------------------------------------------------------


def forget_invitations(days: int) -> int:
    """Delete invitations that came to an end (accepted, withdrawn, expired) more than so many days ago."""
    before = timezone.now() - timedelta(days=days)
    over = Q(accepted_at__lt=before) | Q(withdrawn_at__lt=before) | Q(expires_at__lt=before)
    return Invitation.objects.filter(over).delete()[0]
