"""The factory makes rows that the database accepts and that hang together."""

import pytest

from portal.catalogue.models import Service
from tests import make

pytestmark = pytest.mark.django_db


def test_a_service_comes_with_what_was_asked_for() -> None:
    place = make.municipality("Lhota")
    made = make.service(forms=["ter", "amb"], target_groups=["seniori"], phone="777 111 222", at=place)

    assert [row.form.key for row in made.forms.all()] == ["ter", "amb"]
    assert made.facilities.get().municipality == place
    assert made.contacts.get().value == "777 111 222"
    assert Service.objects.public().get() == made


def test_default_rows_never_collide() -> None:
    made = [make.service("Stejné jméno") for _ in range(3)]
    assert len({one.slug for one in made}) == 3
    assert {one.role for one in make.person("coordinator").held()} == {"coordinator"}
    assert make.secret_facility(made[0]).municipality is None
    assert make.hours(make.facility(made[1]), 1, "8.00", "0.00").closes.hour == 0
    assert make.capacity(make.service_form(made[2], "pob"), None).amount is None
