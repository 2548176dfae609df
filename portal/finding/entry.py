"""A service as the search sees it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Spot:
    """A public place where a service is provided. Secret addresses never get here."""

    municipality: str
    orp: str = ""
    lat: float | None = None
    lon: float | None = None


@dataclass(frozen=True, slots=True)
class Hours:
    """Opening: ISO weekday, minutes since midnight; ``closes`` of 1440 is midnight."""

    weekday: int
    opens: int
    closes: int


@dataclass(frozen=True, slots=True)
class Entry:
    """A service as the search sees it. ``other_names`` are names of its facilities; ``served`` holds codes of
    municipalities, ORP, districts or regions; ``slug`` is its address."""

    id: int
    name: str
    provider: str
    kind: str
    other_names: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    ages: tuple[str, ...] = ()
    forms: tuple[str, ...] = ()
    spots: tuple[Spot, ...] = ()
    served: tuple[str, ...] = ()
    text: str = ""
    cost: str | None = None
    barrier_free: bool | None = None
    features: tuple[str, ...] = ()
    hours: tuple[Hours, ...] = ()
    nonstop: bool = False
    registered: bool = True
    slug: str = ""
