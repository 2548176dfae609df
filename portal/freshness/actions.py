"""Every write about confirmations: ask, remind, tell, say publicly; the provider confirms or says what changed."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import F, Max, QuerySet
from django.urls import reverse
from django.utils import timezone

from portal.accounts.models import Grant
from portal.audit.models import Deed
from portal.catalogue import recipients, report_actions, verify_actions
from portal.catalogue.models import Report, Service
from portal.catalogue.recipients import Recipient
from portal.catalogue.rules import OF_PROVIDER
from portal.catalogue.rules import services_of as services_of_person
from portal.mail.actions import write
from portal.upkeep.models import Proposal

from . import limits, rounds
from .models import AskedService, ConfirmationLetter, ConfirmationRound, Watch
from .summary import day_text, summaries

Topic = ConfirmationRound.Topic
Outcome = AskedService.Outcome
BY_PROVIDER = "poskytovatel"
# A letter tells so many cards whole; of more it gives the names, the page behind the link shows them all.
CARDS_IN_LETTER = 3


class Told(NamedTuple):
    """Days that a letter names."""

    expires: date
    public: date


# --- the daily walk ----------------------------------------------------------------------------------------------


def ask(*, today: date) -> int:
    """Everything that is due today about confirmations; a second walk of the day writes nothing. Each provider is
    a transaction of its own. Returns how many letters were written."""
    days = limits.days()
    take_edits()
    settle_otherwise()
    _close(today, days)
    _open(rounds.due_vacancies(today, days["vacancy"]), Topic.VACANCY, today, days)
    if days["ask_every"]:
        _open(rounds.due_cards(today, days["ask_every"]), Topic.CARD, today, days)
    written = 0
    still = ConfirmationRound.objects.filter(closed_on=None).annotate(newest=Max("letters__step"))
    for one in list(still.order_by("pk")):
        if _has_something_due(one, one.newest, today, days):
            written += _advance(one.pk, today, days)
    return written


def _has_something_due(one: ConfirmationRound, newest: int | None, today: date, days: dict[str, int]) -> bool:
    """Whether the round may need a letter or somebody to be told; most days most rounds only wait."""
    if newest is None or newest < _step(one, today, days):
        return True
    waited = (today - one.started_on).days
    return one.topic == Topic.CARD and (
        (one.coordinator_told_on is None and waited >= days["tell_coordinator"])
        or (one.public_on is None and waited >= days["say_publicly"])
    )


@transaction.atomic
def settle_otherwise() -> None:
    """Questions that were answered elsewhere: the card was verified meanwhile, or is not in the catalogue."""
    now = timezone.now()
    waiting = AskedService.objects.filter(outcome="", round__closed_on=None)
    waiting.exclude(service__in=Service.objects.public().values("pk")).update(outcome=Outcome.GONE, settled_at=now)
    proposed = Proposal.objects.waiting().filter(sort=Proposal.Sort.CHANGE)
    waiting.filter(service__in=proposed.values("service")).update(outcome=Outcome.CHANGE, settled_at=now)
    verified = waiting.filter(round__topic=Topic.CARD, service__verified_on__gte=F("round__started_on"))
    AskedService.objects.filter(pk__in=list(verified.values_list("pk", flat=True))).update(
        outcome=Outcome.VERIFIED, settled_at=now
    )
    # The card is verified by other hands than the link: what it said about silence no longer holds.
    Service.objects.filter(unconfirmed_since__lt=F("verified_on")).update(unconfirmed_since=None)


@transaction.atomic
def take_edits() -> int:
    """Whoever of the provider's people saved the form of a card saw it whole: that confirms it as the button does,
    for what was public at once on that day, for what waited when it was approved. Looks only at what is new."""
    now = timezone.now()
    watch, made = Watch.objects.select_for_update().get_or_create(key="edits", defaults={"at": now})
    if made or watch.at is None:
        Watch.objects.filter(pk=watch.pk).update(at=now)
        return 0
    edited = _edited_by_provider(watch.at) | _approved_for_provider(watch.at)
    services = list(Service.objects.public().filter(pk__in=edited))
    if services:
        verify_actions.services_verify(services=services, by=BY_PROVIDER, on=timezone.localdate())
        _settle(services, Outcome.VERIFIED)
    Watch.objects.filter(pk=watch.pk).update(at=now)
    return len(services)


def _edited_by_provider(since: datetime) -> set[int]:
    """Services changed since the moment by a person of their provider. Three queries at most."""
    rows = Deed.objects.filter(verb="service_changed", thing=Service._meta.label_lower, done_at__gte=since)
    pairs = {(int(thing), actor) for thing, actor in rows.exclude(actor_id=None).values_list("thing_id", "actor_id")}
    if not pairs:
        return set()
    of_provider = Grant.objects.filter(role__in=OF_PROVIDER, range_kind=Grant.Range.PROVIDER)
    people = set(of_provider.filter(person__in={actor for _, actor in pairs}).values_list("range_code", "person_id"))
    owners = Service.objects.filter(pk__in={pk for pk, _ in pairs}).values_list("pk", "provider_id")
    provider = dict(owners)
    return {pk for pk, actor in pairs if (str(provider.get(pk)), actor) in people}


def _approved_for_provider(since: datetime) -> set[int]:
    approved = Proposal.objects.filter(
        sort=Proposal.Sort.CHANGE,
        state__in=(Proposal.State.APPROVED, Proposal.State.PARTLY),
        decided_at__gte=since,
    )
    return {pk for pk in approved.values_list("service_id", flat=True) if pk is not None}


def _close(today: date, days: dict[str, int]) -> None:
    """Rounds with nothing left to ask, and those that nobody answered until it is time to ask anew."""
    still = ConfirmationRound.objects.filter(closed_on=None)
    still.exclude(pk__in=AskedService.objects.filter(outcome="").values("round")).update(closed_on=today)
    lasts = {Topic.CARD: max(days["ask_every"], days["say_publicly"] + 1), Topic.VACANCY: days["vacancy"]}
    for topic, length in lasts.items():
        still.filter(topic=topic, started_on__lte=today - timedelta(days=length)).update(closed_on=today)


def _open(due: QuerySet[Service], topic: str, today: date, days: dict[str, int]) -> None:
    """New rounds for due services; services of a provider who is being asked already join its round. So many
    providers a day at most, those who have waited longest first."""
    rows = list(due.order_by(F("verified_on").asc(nulls_first=True), "pk").values_list("provider_id", "pk"))
    asked = dict(ConfirmationRound.objects.filter(closed_on=None, topic=topic).values_list("provider_id", "pk"))
    begun = ConfirmationRound.objects.filter(started_on=today, topic=topic).count()
    order: dict[int, list[int]] = {}
    for provider, service in rows:
        order.setdefault(provider, []).append(service)
    for provider, services in order.items():
        if provider not in asked:
            if begun >= days["providers_a_day"]:
                continue
            begun += 1
        with transaction.atomic():
            number = asked.get(provider)
            if number is None:
                number = ConfirmationRound.objects.create(provider_id=provider, topic=topic, started_on=today).pk
            AskedService.objects.bulk_create(
                [AskedService(round_id=number, service_id=pk) for pk in services], ignore_conflicts=True
            )


def _step(one: ConfirmationRound, today: date, days: dict[str, int]) -> int:
    """Which letter of the round is due."""
    waited = (today - one.started_on).days
    if one.topic == Topic.VACANCY:
        return 0
    return sum(waited >= days[key] for key in ("first_reminder", "second_reminder"))


@transaction.atomic
def _advance(pk: int, today: date, days: dict[str, int]) -> int:
    """Write the letters of the round that are due, and tell the others when it is time."""
    one = ConfirmationRound.objects.select_for_update(of=("self",)).select_related("provider").get(pk=pk)
    waiting = AskedService.objects.filter(round=one, outcome="").values("service")
    services = list(Service.objects.filter(pk__in=waiting).select_related("kind", "provider").order_by("name", "pk"))
    if one.closed_on is not None or not services:
        return 0
    step = _step(one, today, days)
    addressed = recipients.of_provider(one.provider, services)
    had = set(one.letters.filter(step__gte=step).values_list("email", flat=True))
    told = Told(today + timedelta(days=days["link_valid"]), one.started_on + timedelta(days=days["say_publicly"]))
    unwritten = {to: about for to, about in addressed.items() if to.email not in had}
    for to, about in unwritten.items():
        _write_letter(one, to, about, step, told)
    if one.topic == Topic.CARD:
        _tell(one, services, bool(addressed), today, days)
    return len(unwritten)


def _tell(
    one: ConfirmationRound, services: Iterable[Service], reachable: bool, today: date, days: dict[str, int]
) -> None:
    """The coordinator learns (at once where there is nobody to write to), later the public."""
    waited = (today - one.started_on).days
    if one.coordinator_told_on is None and (waited >= days["tell_coordinator"] or not reachable):
        one.coordinator_told_on = today
    if one.public_on is None and waited >= days["say_publicly"]:
        one.public_on = today
        verify_actions.services_unconfirmed(since={row.pk: row.verified_on or one.started_on for row in services})
    one.save()


def _write_letter(one: ConfirmationRound, to: Recipient, services: list[Service], step: int, told: Told) -> None:
    token = secrets.token_urlsafe(32)
    letter = ConfirmationLetter.objects.create(
        round=one,
        email=to.email,
        person=to.person,
        step=step,
        token_hash=rounds.token_hash(token),
        expires_on=told.expires,
    )
    letter.services.set(services)
    page = settings.SITE_URL + reverse("freshness:confirm", args=[token])
    write(
        template="freshness/letters/vacancies.txt" if one.topic == Topic.VACANCY else LETTERS[step],
        to=to.email,
        name=to.name,
        context={
            "provider": one.provider.name,
            "cards": summaries(services) if len(services) <= CARDS_IN_LETTER else [],
            "services": services,
            "confirm": page,
            "change": page + "#zmena",
            "valid_to": day_text(told.expires),
            "public_day": day_text(told.public),
        },
        about=one.provider,
    )


# By step: each more urgent than the one before.
LETTERS = (
    "freshness/letters/confirm.txt",
    "freshness/letters/remind.txt",
    "freshness/letters/remind_again.txt",
)


# --- the provider answers ----------------------------------------------------------------------------------------


@transaction.atomic
def confirm(*, letter: ConfirmationLetter, services: Iterable[int], today: date) -> list[Service]:
    """ "Všechno platí" by the link, for the chosen of its services. It may be said again while the link is valid;
    a second time the same day changes nothing. Returns the services that are now confirmed."""
    if letter.expires_on < today:
        raise ValidationError("Odkaz už neplatí. Ozvěte se nám, nebo počkejte na další dopis.")
    chosen = list(rounds.services_of(letter).filter(pk__in=list(services)))
    if not chosen:
        raise ValidationError("Vyberte aspoň jednu službu.")
    verify_actions.services_verify(services=chosen, by=BY_PROVIDER, on=today, actor=letter.person)
    _settle(chosen, Outcome.CONFIRMED)
    ConfirmationLetter.objects.filter(pk=letter.pk).update(used_at=timezone.now())
    return chosen


@transaction.atomic
def confirm_own(*, services: Iterable[int], actor: Any, today: date) -> list[Service]:
    """The same by somebody who is signed in and acts for the provider."""
    asked = set(services)
    mine = services_of_person(actor) & Service.objects.public()
    chosen = list(mine.filter(pk__in=asked).select_related("provider"))
    if {one.pk for one in chosen} != asked:
        raise PermissionDenied
    if not chosen:
        raise ValidationError("Vyberte aspoň jednu službu.")
    verify_actions.services_verify(services=chosen, by=BY_PROVIDER, on=today, actor=actor)
    _settle(chosen, Outcome.CONFIRMED)
    return chosen


@transaction.atomic
def change_told(*, letter: ConfirmationLetter, service: Service, text: str, today: date) -> Report:
    """ "Něco se změnilo" from somebody without an account: it waits for the coordinator as a report does, and the
    provider is not asked again about that card until it is settled."""
    if letter.expires_on < today:
        raise ValidationError("Odkaz už neplatí. Ozvěte se nám, nebo počkejte na další dopis.")
    if not rounds.services_of(letter).filter(pk=service.pk).exists():
        raise PermissionDenied
    made = report_actions.report(service=service, text=text, email=letter.email, origin=Report.Origin.PROVIDER)
    _settle([service], Outcome.CHANGE)
    ConfirmationLetter.objects.filter(pk=letter.pk).update(used_at=timezone.now())
    return made


def _settle(services: Iterable[Service], outcome: str) -> None:
    """Whatever was being asked about the services is answered; a round with nothing left is closed."""
    open_rounds = ConfirmationRound.objects.filter(closed_on=None)
    answered = AskedService.objects.filter(service__in=list(services), outcome="", round__in=open_rounds)
    answered.update(outcome=outcome, settled_at=timezone.now())
    left = AskedService.objects.filter(outcome="").values("round")
    open_rounds.exclude(pk__in=left).update(closed_on=timezone.localdate())
