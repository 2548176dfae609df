"""Rows for tests: each function makes one valid row (and whatever it must stand on) and takes overrides by name.

Territory is one small invented region unless a test says otherwise. Rows made by default never collide: names,
slugs and codes carry a running number. Nothing here depends on the order in which tests run.
"""

from __future__ import annotations

import io
from collections.abc import Iterable
from datetime import date, time, timedelta
from itertools import count
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from django.utils.text import slugify
from PIL import Image

from portal.accounts.models import Grant, Person
from portal.catalogue.models import (
    AccessDetail,
    AgeGroup,
    Capacity,
    CapacityUnit,
    Contact,
    Facility,
    FacilityAccess,
    Feature,
    Form,
    Kind,
    OpeningException,
    OpeningHours,
    Provider,
    Service,
    ServiceDocument,
    ServiceForm,
    ServicePhoto,
    Source,
    TargetGroup,
    Vacancy,
)
from portal.files.actions import keep
from portal.files.models import StoredFile
from portal.groups.models import Group, Membership, Procedure, Side
from portal.territory.models import District, Municipality, Orp, Pou, Region, Statistic

_next = count(1)
PASSWORD = "dlouhe-heslo-pro-testy"

# --- people ------------------------------------------------------------------------------------------------


def person(*roles: str, **more: Any) -> Person:
    """Somebody who can sign in with PASSWORD; `roles` as in Grant.Role, for the whole site."""
    n = next(_next)
    values = {"email": f"clovek{n}@example.org", "name": f"Člověk {n}", "password": PASSWORD} | more
    somebody = Person.objects.create_user(**values)
    for role in roles:
        Grant.objects.create(person=somebody, role=role)
    return somebody


# --- territory ---------------------------------------------------------------------------------------------


def region(code: str = "CZ099", name: str = "Zkušební kraj") -> Region:
    return Region.objects.get_or_create(code=code, defaults={"name": name})[0]


def district(code: str = "CZ0991", name: str = "Zkušebno", **more: Any) -> District:
    if "region" not in more:
        more["region"] = region()
    return District.objects.get_or_create(code=code, defaults={"name": name} | more)[0]


def orp(code: str = "9901", name: str = "Zkušebno", **more: Any) -> Orp:
    if "region" not in more:
        more["region"] = region()
    return Orp.objects.get_or_create(code=code, defaults={"name": name, "slug": f"{slugify(name)}-{code}"} | more)[0]


def pou(code: str = "", **more: Any) -> Pou:
    """The delegated office of an ORP; its code follows from the ORP's."""
    above = more.pop("orp", None) or orp()
    code = code or f"{above.code}1"
    return Pou.objects.get_or_create(code=code, defaults={"name": above.name, "orp": above} | more)[0]


def municipality(name: str = "", **more: Any) -> Municipality:
    """A village near 50° N, 15° E. `orp` and `district` may be given; the rest follows from them."""
    n = next(_next)
    name = name or f"Obec {n}"
    above = more.pop("orp", None) or orp()
    values: dict[str, Any] = {
        "code": f"{900000 + n}",
        "name": name,
        "slug": f"{slugify(name)}-{n}",
        "orp": above,
        "pou": more.pop("pou", None) or pou(orp=above),
        "district": more.pop("district", None) or district(),
        "region": above.region,
        "postal_code": "50701",
        "lat": 50.0,
        "lon": 15.0,
        "people": 1240,
    }
    return Municipality.objects.create(**(values | more))


def statistic(place: Municipality, measure: str, value: float, **more: Any) -> Statistic:
    values: dict[str, Any] = {"year": 2023, "source": "ČSÚ"} | more
    return Statistic.objects.create(municipality=place, measure=measure, value=value, **values)


# --- code lists --------------------------------------------------------------------------------------------


def kind(key: str = "ps", **more: Any) -> Kind:
    values: dict[str, Any] = {
        "name": "pečovatelská služba" if key == "ps" else f"druh {key}",
        "group": Kind.Group.CARE,
        "paragraph": "40" if key == "ps" else "",
        "abbreviation": key.upper(),
        "gloss": "Pečovatelka přijde domů a pomůže.",
        "code": f"zkouska/{key}",
    }
    return Kind.objects.get_or_create(key=key, defaults=values | more)[0]


def target_group(key: str = "seniori", **more: Any) -> TargetGroup:
    values: dict[str, Any] = {"name": "senioři", "plain": "starší lidé"} if key == "seniori" else {}
    values = {"name": key, "plain": f"lidé ({key})"} | values | more
    return TargetGroup.objects.get_or_create(key=key, defaults=values)[0]


def age_group(key: str = "dospeli", **more: Any) -> AgeGroup:
    values: dict[str, Any] = {"name": "dospělí (27–64 let)", "from_age": 27, "to_age": 64}
    return AgeGroup.objects.get_or_create(key=key, defaults=values | more)[0]


FORMS = {
    "ter": ("terénní", "přijdou za vámi"),
    "amb": ("ambulantní", "přijdete k nim"),
    "pob": ("pobytová", "bydlíte u nich"),
}
UNITS = {
    "luzka": ("lůžko", "lůžka", "lůžek"),
    "klient": ("klient", "klienti", "klientů"),
    "kontakt": ("kontakt (10 minut)", "kontakty (10 minut)", "kontaktů (10 minut)"),
}


def form(key: str = "ter") -> Form:
    name, gloss = FORMS[key]
    order = list(FORMS).index(key)
    return Form.objects.get_or_create(key=key, defaults={"name": name, "gloss": gloss, "order": order})[0]


def unit(key: str = "luzka") -> CapacityUnit:
    one, few, many = UNITS[key]
    return CapacityUnit.objects.get_or_create(
        key=key, defaults={"name": f"Počet {many}", "one": one, "few": few, "many": many}
    )[0]


def feature(key: str = "pes", **more: Any) -> Feature:
    values: dict[str, Any] = {"name": "můžete přijít se psem", "kind": Feature.Sort.ACCEPTS}
    return Feature.objects.get_or_create(key=key, defaults=values | more)[0]


# --- providers and services --------------------------------------------------------------------------------


def provider(name: str = "", **more: Any) -> Provider:
    n = next(_next)
    name = name or f"Poskytovatel {n}"
    values: dict[str, Any] = {"name": name, "slug": f"{slugify(name)}-{n}", "source": Source.NATIONAL}
    return Provider.objects.create(**(values | more))


def service(
    name: str = "",
    *,
    forms: Iterable[str] = (),
    target_groups: Iterable[str] = (),
    phone: str = "",
    at: Municipality | None = None,
    **more: Any,
) -> Service:
    """A published service of the register. `forms` and `target_groups` by their keys, `phone` makes a contact of
    the service, `at` makes one facility in that municipality (at the municipality's own point)."""
    n = next(_next)
    name = name or f"Služba {n}"
    values: dict[str, Any] = {
        "name": name,
        "slug": f"{slugify(name)}-{n}",
        "source": Source.NATIONAL,
        "source_id": f"S{n}",
    }
    if "provider" not in more:
        more["provider"] = provider()
    if "kind" not in more:
        more["kind"] = kind()
    made = Service.objects.create(**(values | more))
    for key in forms:
        service_form(made, key)
    made.target_groups.add(*(target_group(key) for key in target_groups))
    if phone:
        contact(made, phone)
    if at is not None:
        facility(made, at)
    return made


def service_form(of: Service, key: str = "ter", **more: Any) -> ServiceForm:
    return ServiceForm.objects.create(service=of, form=form(key), **more)


def capacity(of: ServiceForm, amount: int | None, unit_key: str = "luzka", **more: Any) -> Capacity:
    return Capacity.objects.create(service_form=of, unit=unit(unit_key), amount=amount, **more)


def contact(owner: Service | Provider, value: str, channel: str = Contact.Channel.PHONE, **more: Any) -> Contact:
    side = "service" if isinstance(owner, Service) else "provider"
    return Contact.objects.create(**{side: owner}, channel=channel, value=value, **more)


def facility(of: Service, place: Municipality | None = None, **more: Any) -> Facility:
    """A facility in a municipality (a new one if none is given), at its point unless `lat`, `lon` say otherwise."""
    place = place or municipality()
    values: dict[str, Any] = {
        "municipality": place,
        "municipality_name": place.name,
        "street": f"Dlouhá {next(_next)}",
        "postal_code": place.postal_code,
        "lat": place.lat,
        "lon": place.lon,
    }
    return Facility.objects.create(service=of, **(values | more))


def secret_facility(of: Service, **more: Any) -> Facility:
    return Facility.objects.create(service=of, secret=True, **more)


def hours(of: Facility, weekday: int, opens: str, closes: str, **more: Any) -> OpeningHours:
    """One stretch: `hours(f, 1, "8.00", "15.30")`; "0.00" as the closing time is midnight at the end of the day."""
    return OpeningHours.objects.create(facility=of, weekday=weekday, opens=_time(opens), closes=_time(closes), **more)


def special_day(of: Facility, first: date, last: date | None = None, **more: Any) -> OpeningException:
    """Days out of the ordinary: closed, unless `hours=[["08:00", "12:00"]]` says otherwise."""
    return OpeningException.objects.create(facility=of, first=first, last=last or first, **more)


def access_detail(key: str = "vstup-najezd", **more: Any) -> AccessDetail:
    values: dict[str, Any] = {"name": "u vchodu je nájezd", "where": "entrance", "code": "vstup_hlavní_nájezd"}
    return AccessDetail.objects.get_or_create(key=key, defaults=values | more)[0]


def access_answer(of: Facility, key: str, answer: bool) -> FacilityAccess:
    return FacilityAccess.objects.create(facility=of, detail=access_detail(key), answer=answer)


def vacancy(of: Service, amount: int, said_on: date | None = None, **more: Any) -> Vacancy:
    return Vacancy.objects.create(service=of, amount=amount, said_on=said_on or timezone.localdate(), **more)


def picture(size: tuple[int, int] = (60, 40), kind: str = "PNG", **more: Any) -> bytes:
    """A small picture as a file; `more` goes to Pillow's save."""
    out = io.BytesIO()
    Image.new("RGB", size, "teal").save(out, kind, **more)
    return out.getvalue()


def stored_image(**more: Any) -> StoredFile:
    values: dict[str, Any] = {"sort": "image", "actor": None, "public": True}
    return keep(upload=SimpleUploadedFile("vchod.png", picture()), **(values | more))


def stored_document(content: bytes = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n", **more: Any) -> StoredFile:
    values: dict[str, Any] = {"sort": "document", "actor": None, "public": True}
    return keep(upload=SimpleUploadedFile("cenik.pdf", content), **(values | more))


def photo(of: Service, alt: str = "Vchod z ulice", **more: Any) -> ServicePhoto:
    return ServicePhoto.objects.create(service=of, file=stored_image(), alt=alt, **more)


def document(of: Service, title: str = "Ceník", **more: Any) -> ServiceDocument:
    return ServiceDocument.objects.create(service=of, file=stored_document(), title=title, **more)


def _time(text: str) -> time:
    hour, minute = text.split(".")
    return time(int(hour), int(minute))


# --- bodies of the planning process ------------------------------------------------------------------------


def group(at: Municipality | None = None, **more: Any) -> Group:
    """A public working group of the ORP of the town, with the usual rules of procedure."""
    n = next(_next)
    above = (at or municipality()).orp
    values: dict[str, Any] = {
        "slug": f"skupina-{n}",
        "name": f"Pracovní skupina {n}",
        "span_kind": Grant.Range.ORP,
        "span_code": above.pk,
        "span_name": f"ORP {above.name}",
        "shown": True,
    }
    procedure = more.pop("procedure", {})
    row = Group.objects.create(**(values | more))
    Procedure.objects.create(group=row, **procedure)
    return row


def membership(of: Group, who: Person | None = None, **more: Any) -> Membership:
    """Somebody in the group for a year; `who` gives the name, the e-mail and the role that opens the desk."""
    n = next(_next)
    values: dict[str, Any] = {
        "name": who.name if who else f"Člen {n}",
        "email": who.email if who else f"clen{n}@example.org",
        "person": who,
        "side": Side.PROVIDER,
        "joined_on": timezone.localdate() - timedelta(days=365),
    }
    if more.get("role") == Membership.Role.GUEST:
        values["votes"] = False
    if who is not None:
        Grant.objects.get_or_create(
            person=who, role=Grant.Role.MEMBER, range_kind=Grant.Range.GROUP, range_code=str(of.pk)
        )
    return Membership.objects.create(group=of, **(values | more))
