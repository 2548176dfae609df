"""A land of four villages in a row, ten kilometres apart by road, with a home at its western end."""

from __future__ import annotations

import math
from collections.abc import Iterator

import pytest
from django.core.cache import cache

from portal.access import matrix, study
from portal.catalogue.actions import touch
from portal.territory.models import Boundary, Municipality
from tests import make

KM_A_DEGREE = math.pi * 6371.0088 / 180


@pytest.fixture(autouse=True)
def nothing_kept() -> Iterator[None]:
    study.forget()
    matrix._matrices.clear()
    cache.clear()
    yield
    study.forget()
    matrix._matrices.clear()
    cache.clear()


@pytest.fixture
def villages(db: None) -> list[Municipality]:
    """Along a meridian, 10 km by road (7.692 km by air) from one to the next; 100, 200, 300, 400 old people."""
    made = []
    apart = (10 - 1e-7) / 1.3 / KM_A_DEGREE  # a hair less, so that 30 km is within 30 km
    for at in range(4):
        place = make.municipality(f"Ves {at}", lat=50.0 + at * apart, lon=15.0)
        make.statistic(place, "age_65_plus", 100 * (at + 1))
        make.statistic(place, "age_65_plus", 50 * (at + 1), year=2020)
        make.statistic(place, "people", 1000)
        made.append(place)
    touch()
    return made


def outline(place: Municipality) -> None:
    """A square around the point of a municipality."""
    assert place.lat is not None
    assert place.lon is not None
    west, south, size = place.lon - 0.03, place.lat - 0.03, 0.06
    ring = [
        [west, south],
        [west + size, south],
        [west + size, south + size],
        [west, south + size],
        [west, south],
    ]
    Boundary.objects.create(
        level=Boundary.Level.MUNICIPALITY, code=place.code, geometry={"type": "Polygon", "coordinates": [ring]}
    )
