"""Where the register says one thing and the provider another. Rows of both sides stand in the tables side by side;
this only reads and compares them. A secret place is never read here.

What counts: contacts of the same channel that have nothing in common; the provider's own place in a municipality
where the register knows another address only; a service that never closes by the register and has hours by the
provider; a service that is over by the register and was confirmed afterwards; what the provider disputes.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any, NamedTuple

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from portal.catalogue import opening
from portal.catalogue.drafts import IMPORTED
from portal.catalogue.models import (
    Capacity,
    Contact,
    Facility,
    OpeningHours,
    Service,
    ServiceForm,
    ServiceTargetGroup,
    Source,
)
from words.fold import fold

from .models import Dispute
from .summary import day_text

SHORTEST = 600
TOPICS = {
    "phone": "telefon",
    "email": "e-mail",
    "web": "web",
    "place": "místo poskytování",
    "hours": "otevírací doba",
    "ended": "konec služby",
    **{f"said_{one.value}": str(one.label) for one in Dispute.Field},
}


class Difference(NamedTuple):
    service: int
    topic: str
    register: str
    local: str

    @property
    def fingerprint(self) -> str:
        return hashlib.sha256("\x1f".join((self.topic, self.register, self.local)).encode()).hexdigest()


def differences(service: Service | None = None) -> Iterator[Difference]:
    """All there are now, or those of one service. The number of queries does not grow with the services."""
    only = Q(pk=service.pk) if service is not None else Q()
    for find in (_contacts, _places, _hours, _ended, _disputes):
        for one in find(only):
            yield one._replace(register=one.register[:SHORTEST], local=one.local[:SHORTEST])


def _imported(only: Q) -> Any:
    return Service.objects.public().filter(only, source__in=IMPORTED)


# --- contacts ----------------------------------------------------------------------------------------------------


def same_contact(channel: str, value: str) -> str:
    """What two ways of writing one contact have in common: +420 493 000 111 and 493000111 are one number."""
    if channel == Contact.Channel.PHONE:
        return "".join(sign for sign in value if sign.isdigit())[-9:]
    text = value.strip().lower()
    if channel == Contact.Channel.WEB:
        text = text.removeprefix("https://").removeprefix("http://").removeprefix("www.").rstrip("/")
    return text


def _contacts(only: Q) -> Iterator[Difference]:
    ours = Contact.objects.filter(service=OuterRef("service"), channel=OuterRef("channel"), source=Source.LOCAL)
    rows = Contact.objects.filter(Exists(ours), service__in=_imported(only).values("pk")).order_by("order", "pk")
    sides: dict[tuple[int, str], tuple[list[str], list[str]]] = defaultdict(lambda: ([], []))
    for pk, channel, source, value in rows.values_list("service_id", "channel", "source", "value"):
        sides[pk or 0, channel][source == Source.LOCAL].append(value)
    for (pk, channel), (register, local) in sides.items():
        known = {same_contact(channel, one) for one in register}
        if register and not known & {same_contact(channel, one) for one in local}:
            yield Difference(pk, channel, ", ".join(register), ", ".join(local))


# --- places and hours --------------------------------------------------------------------------------------------


def _places(only: Q) -> Iterator[Difference]:
    ours = Facility.objects.public().filter(
        service=OuterRef("service"), municipality=OuterRef("municipality"), source=Source.LOCAL, secret=False
    )
    rows = Facility.objects.public().filter(
        Exists(ours), service__in=_imported(only).values("pk"), secret=False, municipality__isnull=False
    )
    sides: dict[tuple[int, str], tuple[list[str], list[str]]] = defaultdict(lambda: ([], []))
    for pk, town, source, street, name in rows.order_by("pk").values_list(
        "service_id", "municipality_id", "source", "street", "municipality_name"
    ):
        if street:
            sides[pk, town or ""][source == Source.LOCAL].append(f"{street}, {name}")
    for (pk, _town), (register, local) in sides.items():
        known = {fold(one) for one in register}
        new = [one for one in local if fold(one) not in known]
        if register and new:
            yield Difference(pk, "place", "; ".join(register), "; ".join(new))


def _hours(only: Q) -> Iterator[Difference]:
    closes = ServiceForm.objects.filter(service=OuterRef("pk")).exclude(nonstop=True)
    nonstop = ServiceForm.objects.filter(service=OuterRef("pk"), nonstop=True)
    services = _imported(only).filter(Exists(nonstop)).exclude(Exists(closes))
    rows = OpeningHours.objects.filter(facility__service__in=services.values("pk"), facility__secret=False)
    stretches: dict[tuple[int, int], list[opening.Stretch]] = defaultdict(list)
    for pk, facility, weekday, opens, closing in rows.order_by("weekday", "opens").values_list(
        "facility__service_id", "facility_id", "weekday", "opens", "closes"
    ):
        stretches[pk, facility].append(opening.Stretch(weekday, opens, closing))
    now = timezone.localtime()
    for (pk, _facility), hours in stretches.items():
        said = opening.at(hours, now)
        if said is not None and not said.nonstop:
            week = ", ".join(f"{day.name} {day.text}" for day in opening.week(hours, now))
            yield Difference(pk, "hours", "nepřetržitě", week)


# --- services that are over --------------------------------------------------------------------------------------


def _ended(only: Q) -> Iterator[Difference]:
    over = Q(ended_on__lt=timezone.localdate()) | Q(vanished_at__isnull=False)
    rows = Service.objects.filter(only, over, source__in=IMPORTED, verified_on__isnull=False)
    for pk, ended_on, vanished_at, verified_on in rows.values_list("pk", "ended_on", "vanished_at", "verified_on"):
        gone: date | None = timezone.localtime(vanished_at).date() if vanished_at else ended_on
        if gone is not None and verified_on is not None and verified_on > gone:
            said = f"v registru není od {day_text(gone)}" if vanished_at else f"skončila {day_text(gone)}"
            yield Difference(pk, "ended", said, f"potvrzena {day_text(verified_on)}")


# --- what the provider disputes ----------------------------------------------------------------------------------


def _disputes(only: Q) -> Iterator[Difference]:
    open_ones = Dispute.objects.filter(withdrawn_at=None, service__in=Service.objects.filter(only).values("pk"))
    rows = list(open_ones.select_related("service", "service__kind"))
    asked = {one.service_id for one in rows}
    read = {field: reader(asked) for field, reader in READERS.items() if any(one.field == field for one in rows)}
    for one in rows:
        said = _column(one) if one.field in COLUMNS else read.get(one.field, {}).get(one.service_id, "")
        if fold(said.strip()) != fold(one.right_value.strip()):
            yield Difference(one.service_id, f"said_{one.field}", said or "neuvádí", one.right_value)


COLUMNS = {Dispute.Field.NAME, Dispute.Field.KIND, Dispute.Field.DATES, Dispute.Field.OTHER}


def _column(one: Dispute) -> str:
    service = one.service
    if one.field == Dispute.Field.NAME:
        return service.name
    if one.field == Dispute.Field.KIND:
        return service.kind.name
    if one.field == Dispute.Field.DATES:
        days = (("od", service.started_on), ("do", service.ended_on))
        return " ".join(f"{word} {day_text(day)}" for word, day in days if day)
    return ""


def _forms(asked: set[int]) -> dict[int, str]:
    return _joined(ServiceForm.objects.filter(service__in=asked).values_list("service_id", "form__name"))


def _capacities(asked: set[int]) -> dict[int, str]:
    rows = Capacity.objects.filter(service_form__service__in=asked).values_list(
        "service_form__service_id", "service_form__form__name", "amount", "unit__name"
    )
    return _joined((pk, f"{form}: {_small(unit)} {_amount(amount)}") for pk, form, amount, unit in rows)


def _small(name: str) -> str:
    return name[:1].lower() + name[1:]


def _amount(amount: int | None) -> str:
    return "neznámý" if amount is None else str(amount)


def _targets(asked: set[int]) -> dict[int, str]:
    rows = ServiceTargetGroup.objects.filter(service__in=asked).exclude(source=Source.LOCAL)
    return _joined(rows.values_list("service_id", "target_group__name"))


def _addresses(asked: set[int]) -> dict[int, str]:
    rows = Facility.objects.public().filter(service__in=asked, secret=False).exclude(source=Source.LOCAL)
    return _joined(
        (pk, ", ".join(filter(None, (street, town))))
        for pk, street, town in rows.values_list("service_id", "street", "municipality_name")
    )


def _values(asked: set[int]) -> dict[int, str]:
    rows = Contact.objects.filter(service__in=asked).exclude(source=Source.LOCAL)
    return _joined((pk or 0, value) for pk, value in rows.values_list("service_id", "value"))


READERS: Mapping[str, Callable[[set[int]], dict[int, str]]] = {
    Dispute.Field.FORMS: _forms,
    Dispute.Field.CAPACITY: _capacities,
    Dispute.Field.TARGETS: _targets,
    Dispute.Field.PLACE: _addresses,
    Dispute.Field.CONTACT: _values,
}


def _joined(pairs: Any) -> dict[int, str]:
    found: dict[int, list[str]] = defaultdict(list)
    for pk, text in pairs:
        if text and text not in found[pk]:
            found[pk].append(text)
    return {pk: "; ".join(sorted(texts)) for pk, texts in found.items()}
