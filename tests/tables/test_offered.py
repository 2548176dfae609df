"""What a provider adds beside words goes through a table too: vacancies with their day, days out of the ordinary,
barriers. A service with more places keeps them to its card."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from portal.accounts.models import Person
from portal.catalogue.drafts import VacancyDraft
from portal.catalogue.models import Facility, Service, Source
from portal.tables import actions
from portal.tables.lists.offered import FreePlaces
from tests import make

from .test_import import done

pytestmark = pytest.mark.django_db


@pytest.fixture
def coordinator() -> Person:
    return make.person("coordinator")


def service(**more: Any) -> Service:
    return make.service("Domov", at=make.municipality("Lhota"), source=Source.NATIONAL, **more)


def row(one: Service, **cells: str) -> dict[str, str]:
    return {"číslo": str(one.pk), **{key.replace("_", " "): text for key, text in cells.items()}}


def test_vacancies_are_written_with_their_day_and_author_and_taken_back(coordinator: Person) -> None:
    one = service()
    make.vacancy(one, 2, date(2026, 3, 1), form=make.form("pob"), unit=make.unit("luzka"), said_by="Jana")
    make.vacancy(one, 1, date(2026, 3, 1), said_by="Jana")
    run = done(coordinator, row(one, volná_místa="pobytová: 3 lůžek (1. 3. 2026)\n1 (1. 3. 2026)"))
    said = list(one.vacancies.values_list("amount", "form__key", "unit__key", "said_on", "said_by"))
    assert sorted(said) == [
        (1, None, None, date(2026, 3, 1), "Jana"),
        (3, "pob", "luzka", timezone.localdate(), str(coordinator)),
    ]
    actions.undo(run=run, person=coordinator)
    assert sorted(one.vacancies.values_list("amount", "said_on")) == [(1, date(2026, 3, 1)), (2, date(2026, 3, 1))]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("hodně", "nerozumíme"),
        ("3001", "nejvýš 2 000"),
        (f"2 ({timezone.localdate() + timedelta(days=9):%d. %m. %Y})", "už nastal"),
        ("letecká: 2", "v číselníku není"),
    ],
)
def test_what_is_no_vacancy_is_told(text: str, why: str) -> None:
    make.form("pob")
    with pytest.raises(ValidationError, match=why):
        FreePlaces().clean(text)


WORDS = st.text(alphabet="abcčř: ()1.,", max_size=20).map(lambda text: " ".join(text.split()))


class EveryVacancy(TestCase):
    @given(
        st.integers(0, 2000), st.sampled_from(["", "ter", "pob"]), st.sampled_from(["", "luzka", "kontakt"]),
        st.dates(date(2020, 1, 1), date(2026, 1, 1)), WORDS,
    )  # fmt: skip
    def test_is_read_back_as_it_was_shown(self, amount: int, form: str, unit: str, day: date, note: str) -> None:
        for key in ("ter", "pob"):
            make.form(key)
        for key in ("luzka", "kontakt"):
            make.unit(key)
        # A comma before the words is ours.
        said = VacancyDraft(amount, form, unit, day, note=note.lstrip(", "))
        sort = FreePlaces()
        assert sort.clean(sort.show([said])) == (said,)


def test_days_out_of_the_ordinary_and_barriers_of_the_only_place_are_written(coordinator: Person) -> None:
    one, detail = service(), make.access_detail()
    done(
        coordinator,
        {
            "číslo": str(one.pk),
            "pondělí": "8.00–12.00",
            "výjimky z otevírací doby": "24. 12. 2026 zavřeno (Štědrý den)",
            "výtah": "ne",
            "schodů u vchodu": "3",
            "podrobnosti o bariérách": f"{detail.name}: ano",
            "o svátcích": "zavřeno",
        },
    )
    place = Facility.objects.get(service=one)
    assert (place.lift, place.step_free, place.entrance_steps, place.holidays) == (False, None, 3, "closed")
    assert [(str(odd.first), odd.note) for odd in place.exceptions.all()] == [("2026-12-24", "Štědrý den")]
    assert [(said.detail_id, said.answer) for said in place.access_details.all()] == [(detail.pk, True)]
    assert place.hours.count() == 1


def test_a_service_with_more_places_keeps_them_to_its_card(coordinator: Person) -> None:
    one = service()
    make.facility(one)
    run = done(coordinator, row(one, výtah="ano", čekací_doba="měsíc"))
    assert "výtah" in run.rows[0]["notices"][0]
    assert list(Facility.objects.filter(service=one).values_list("lift", flat=True)) == [None, None]
    assert Service.objects.get(pk=one.pk).waiting == "měsíc"
