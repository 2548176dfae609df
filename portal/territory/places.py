"""Bridge: municipalities as places that a question may name."""

from words.places import Place, PlaceBook

from .models import Municipality


def load() -> PlaceBook:
    """All municipalities with a known point, ready to be recognised in a text. One query; keep the result."""
    rows = Municipality.objects.filter(lat__isnull=False, lon__isnull=False).values_list(
        "code",
        "name",
        "district__name",
        "lat",
        "lon",
        "people",
        "postal_code",
        "orp_id",
        "district_id",
        "region_id",
    )
    return PlaceBook(
        [
            Place(
                code=code,
                name=name,
                district=district,
                lat=lat or 0.0,
                lon=lon or 0.0,
                population=people or 0,
                postal_codes=(postal,) if postal else (),
                areas=(orp, district_code, region),
            )
            for code, name, district, lat, lon, people, postal, orp, district_code, region in rows
        ]
    )
