"""Whatever comes in a file, a reader either reads it or refuses it: no other exception, no forbidden value."""

import io
import json
import math
from contextlib import suppress
from typing import Any

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from portal.register.readers import read
from portal.register.readers import values as reading
from portal.register.readers.table import NAMES
from portal.register.records import Problem, Refused, ServiceRecord

from .codes import CODES
from .samples import binary, feature, national, national_facility, national_item, regional

quick = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])

scalars = (
    st.none()
    | st.booleans()
    | st.integers(min_value=-(10**40), max_value=10**40)
    | st.floats(allow_nan=False)
    | st.text(max_size=30)
    | st.sampled_from(["0", "2020-01-31", "9999-99-99", "31. 12. 2020", "=1+1", "\x00", "\ud800", "Kraj/51", "1e400"])
)
anything = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


def all_of(content: object) -> list[ServiceRecord | Problem]:
    try:
        return list(read(binary(content), CODES)[1])
    except Refused:
        return []


def check(reads: list[ServiceRecord | Problem]) -> None:
    """What every record must hold so that the database takes it."""
    for one in reads:
        told = repr(one)
        assert "\\x00" not in told
        assert "\\ud800" not in told
        if isinstance(one, Problem):
            assert one.reason
            continue
        assert one.name
        assert one.provider.name
        assert len(one.name) <= 250
        assert len(one.source_id) <= 80
        assert one.provider.ico == "" or (len(one.provider.ico) == 8 and one.provider.ico.isdigit())
        assert one.started_on is None or one.ended_on is None or one.started_on <= one.ended_on
        for place in one.facilities:
            assert place.address_point is None or 0 <= place.address_point <= reading.BIGGEST
            assert (place.lat is None) == (place.lon is None)
            if place.secret:
                assert (place.name, place.street, place.municipality, place.lat) == ("", "", "", None)
        for form in one.forms or ():
            assert all(c.amount is None or 0 <= c.amount <= reading.BIGGEST for c in form.capacities)


def spoil(sample: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    """The sample with any of its values replaced by anything."""
    return st.dictionaries(st.sampled_from(sorted(sample)), anything, max_size=4).map(lambda changes: sample | changes)


@quick
@given(st.binary(max_size=300))
@example(b"\xef\xbb\xbf")
@example(b"PK\x03\x04")
@example(b'{"polozky": [1e999, 123456789012345678901234567890]}')
@example(b'{"features": [' + b"[" * 500)
def test_any_bytes(content: bytes) -> None:
    check(all_of(content))


@quick
@given(st.dictionaries(st.sampled_from(["polozky", "features", "type"]), anything, max_size=3))
def test_any_json(content: dict[str, Any]) -> None:
    check(all_of(content))


@quick
@given(spoil(national_item()), spoil(national_facility()))
def test_spoiled_national_items(item: dict[str, Any], place: dict[str, Any]) -> None:
    check(all_of(national(item, item | {"id": 2, "zarizeni": [place]})))


@quick
@given(spoil(feature()["properties"]), anything, anything)
def test_spoiled_features(properties: dict[str, Any], geometry: object, coordinates: object) -> None:
    good = feature()
    check(
        all_of(
            regional(
                good | {"properties": properties},
                good | {"geometry": geometry},
                good | {"geometry": {"type": "Point", "coordinates": coordinates}},
            )
        )
    )


@quick
@given(st.integers(min_value=0, max_value=2000))
def test_a_file_cut_anywhere_is_refused_whole(at: int) -> None:
    content = json.dumps(national(*(national_item(number) for number in range(1, 4)))).encode()
    if at < len(content) - 1:
        assert all_of(content[:at]) == []


@quick
@given(
    st.lists(st.sampled_from(NAMES), min_size=1, max_size=12, unique=True),
    st.lists(st.lists(st.text(max_size=20), max_size=14), max_size=5),
    st.sampled_from(["utf-8", "cp1250", "utf-16"]),
)
def test_any_table(columns: list[str], rows: list[list[str]], encoding: str) -> None:
    lines = [["poskytovatel", "druh", *columns], *(["A", "dps", *row] for row in rows)]
    text = "\r\n".join(";".join(line) for line in lines)
    check(all_of(text.encode(encoding, errors="ignore")))


@quick
@given(st.integers(min_value=4, max_value=5000), st.binary(min_size=1, max_size=4))
def test_a_damaged_workbook(at: int, damage: bytes) -> None:
    content = bytearray(workbook())
    at %= len(content)
    content[at : at + len(damage)] = damage
    check(all_of(bytes(content)))


def workbook() -> bytes:
    import xlsxwriter

    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["poskytovatel", "druh", "obec"])
        sheet.write_row(1, 0, ["Spolek", "dps", "Lipov"])
    return out.getvalue()


@given(st.text(max_size=60))
def test_values_refuse_only_by_value_error(text: str) -> None:
    for reads in (reading.day, reading.whole, reading.ico):
        with suppress(ValueError):
            reads(text)
    assert reading.degrees(text) is None or math.isfinite(reading.degrees(text) or 0)
    for channel in ("phone", "email", "web"):
        contact = reading.contact(channel, text)
        assert contact is None or not contact.value.lower().startswith(("javascript:", "data:", "vbscript:"))
