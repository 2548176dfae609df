"""What providers of the demo region add to their cards: exceptions, barriers, vacancies, drawn pictures, a price list.
Every so many services have some of it, so that each state of a card can be seen."""

from __future__ import annotations

import io
from datetime import date, timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from PIL import Image, ImageDraw

from portal.catalogue.models import (
    AccessDetail,
    CapacityUnit,
    Facility,
    FacilityAccess,
    Form,
    OpeningException,
    Service,
    ServiceDocument,
    ServicePhoto,
    Vacancy,
)
from portal.files import actions as files
from portal.files.actions import attach, keep
from portal.files.models import StoredFile

# The first ones have pictures and papers; more would only make the loading slow.
WITH_FILES = 6
# Days since a vacancy was said; the last one is stale by then.
SAID_DAYS_AGO = (2, 9, 45)

type Rows = list[tuple[Service, dict[str, Any]]]


def write(rows: Rows) -> None:
    today = timezone.localdate()
    _write_vacancies(rows, today)
    _write_access([service.pk for service, _said in rows], today)
    _write_exceptions([service.pk for service, _said in rows], today)
    for number, (service, _said) in enumerate(rows[:WITH_FILES]):
        _write_files(service, number)


def release(services: QuerySet[Service]) -> list[int]:
    """Files of services about to be deleted, which nobody keeps from now on: their numbers."""
    numbers = list(
        StoredFile.objects.filter(
            Exists(ServicePhoto.objects.filter(file=OuterRef("pk"), service__in=services))
            | Exists(ServiceDocument.objects.filter(file=OuterRef("pk"), service__in=services))
        ).values_list("pk", flat=True)
    )
    for file in StoredFile.objects.filter(pk__in=numbers):
        files.release(file=file)
    return numbers


def _write_vacancies(rows: Rows, today: date) -> None:
    home, bed = Form.objects.get(key="pob"), CapacityUnit.objects.get(key="luzka")
    beds = [service for service, said in rows if "pob" in said.get("forms", {})]
    Vacancy.objects.bulk_create(
        Vacancy(
            service=service,
            form=home,
            unit=bed,
            amount=number % 3,
            said_on=today - timedelta(days=SAID_DAYS_AGO[number % len(SAID_DAYS_AGO)]),
            said_by="poskytovatel",
        )
        for number, service in enumerate(beds)
        if number % 2 == 0
    )


def _open_places(services: list[int]) -> list[Facility]:
    """Places that close at all: what is open day and night has no holidays."""
    rows = Facility.objects.filter(service__in=services, secret=False, hours__isnull=False)
    rows = rows.exclude(service__forms__nonstop=True)
    return list(rows.distinct().order_by("pk"))


def _write_exceptions(services: list[int], today: date) -> None:
    places = _open_places(services)
    for place in places[::2]:
        place.holidays = "closed"
    Facility.objects.bulk_update(places[::2], ["holidays"])
    winter = date(today.year, 12, 24)
    OpeningException.objects.bulk_create(
        OpeningException(facility=place, first=winter, last=winter + timedelta(days=8), note="mezi svátky")
        for place in places[::3]
    )
    near = today + timedelta(days=5)
    OpeningException.objects.bulk_create(
        OpeningException(facility=place, first=near, last=near, hours=[["08:00", "11:00"]], note="školení")
        for place in places[::4]
    )


def _write_access(services: list[int], today: date) -> None:
    places, details = _open_places(services)[::5], list(AccessDetail.objects.all()[:4])
    for number, place in enumerate(places):
        place.entrance_steps, place.access_checked_on = number % 4, today - timedelta(days=60 + number)
        place.access_grade = "partly" if place.entrance_steps else "full"
    Facility.objects.bulk_update(places, ["entrance_steps", "access_checked_on", "access_grade"])
    FacilityAccess.objects.bulk_create(
        FacilityAccess(facility=place, detail=detail, answer=(number + order) % 2 == 0)
        for number, place in enumerate(places)
        for order, detail in enumerate(details)
    )


def _write_files(service: Service, number: int) -> None:
    upload = SimpleUploadedFile("vchod.png", _drawn_house(number))
    photo = keep(upload=upload, sort="image", actor=None, public=True)
    attach(file=photo, thing=service, public=True)
    ServicePhoto.objects.create(service=service, file=photo, alt="Nakreslený dům se vchodem a oknem (ukázka)")
    prices = keep(upload=SimpleUploadedFile("cenik.xlsx", _prices()), sort="document", actor=None, public=True)
    attach(file=prices, thing=service, public=True)
    ServiceDocument.objects.create(
        service=service, file=prices, title="Ceník (ukázka)", sort=ServiceDocument.Sort.PRICES
    )


def _drawn_house(number: int) -> bytes:
    """A house, a door and a window: invented services have no photographs."""
    walls = ("#d9c7a3", "#c9d6c0", "#c4d0dc", "#dcc4c4", "#d3cbe0", "#e0d8b8")[number % 6]
    picture = Image.new("RGB", (960, 720), "#dcecf5")
    pen = ImageDraw.Draw(picture)
    pen.rectangle((0, 560, 960, 720), fill="#b9c9a6")
    pen.rectangle((220, 280, 740, 600), fill=walls)
    pen.polygon([(180, 290), (480, 110), (780, 290)], fill="#8a4f3d")
    pen.rectangle((430, 420, 540, 600), fill="#5b3a29")
    pen.rectangle((280, 360, 380, 460), fill="#f4f7fa", outline="#5b3a29", width=8)
    pen.rectangle((590, 360, 690, 460), fill="#f4f7fa", outline="#5b3a29", width=8)
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


def _prices() -> bytes:
    from xlsxwriter import Workbook  # twenty megabytes that most web processes never need

    out = io.BytesIO()
    with Workbook(out) as book:
        sheet = book.add_worksheet("ceník")
        for row, cells in enumerate((("úkon", "cena"), ("hodina pomoci", "155 Kč"), ("dovoz oběda", "40 Kč"))):
            sheet.write_row(row, 0, cells)
    return out.getvalue()
