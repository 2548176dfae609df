"""Reading what a visitor asked for. The address of a search is its whole state: whatever is unknown in it is
passed over, so that an old or mistyped link still answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from paper.blocks import Sheet
from words.tokens import clean

# Names in the address -> facets of the search.
FACETS = {
    "druh": "kind",
    "pro": "group",
    "forma": "form",
    "vek": "age",
    "obec": "municipality",
    "orp": "orp",
    "prijima": "feature",
    "typ": "standing",
}
# Choices that are either on or off: name in the address -> (facet, value).
SWITCHES = {
    "zdarma": ("cost", "free"),
    "otevreno": ("open", "now"),
    "bezbarier": ("access", "barrier_free"),
}
SORTINGS = ("vzdalenost",)
# Choices read from one address at most; nobody ticks more by hand.
MOST_CHOICES = 100
# A question longer than this is cut by the search itself, which also says so.
LONGEST = 10_000
LAST_PAGE = 1_000_000


@dataclass(frozen=True, slots=True)
class Asked:
    """A search as its address tells it."""

    text: str = ""
    near: str = ""
    point: tuple[float, float] | None = None
    chosen: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    literal: bool = False
    sorting: str = ""
    page: int = 1
    format: str = ""

    @property
    def anything(self) -> bool:
        return bool(self.text or self.near or self.point or self.chosen)

    def pairs(self, *, page: bool = True) -> list[tuple[str, str]]:
        """The address of this search in its one canonical order."""
        pairs = [("q", self.text)] if self.text else []
        if self.near:
            pairs.append(("kde", self.near))
        if self.point:
            pairs += [("lat", f"{self.point[0]:.2f}"), ("lon", f"{self.point[1]:.2f}")]
        for name, facet in FACETS.items():
            pairs += [(name, value) for value in self.chosen.get(facet, ())]
        for name, (facet, value) in SWITCHES.items():
            if value in self.chosen.get(facet, ()):
                pairs.append((name, "1"))
        if self.literal:
            pairs.append(("doslova", "1"))
        if self.sorting:
            pairs.append(("razeni", self.sorting))
        if page and self.page > 1:
            pairs.append(("strana", str(self.page)))
        return pairs

    def query(self, **changes: str | None) -> str:
        """The query string with some names set or (None) left out, from the first page."""
        pairs = [(name, value) for name, value in self.pairs(page=False) if name not in changes]
        pairs += [(name, value) for name, value in changes.items() if value]
        return urlencode(pairs)

    def without(self, name: str, value: str) -> str:
        """The query string with one choice taken away."""
        return urlencode([pair for pair in self.pairs(page=False) if pair != (name, value)])


def read(query: QueryDict) -> Asked:
    chosen: dict[str, tuple[str, ...]] = {}
    for name, facet in FACETS.items():
        values = tuple(dict.fromkeys(value[:120] for value in query.getlist(name)[:MOST_CHOICES] if value))
        if values:
            chosen[facet] = values
    for name, (facet, value) in SWITCHES.items():
        if query.get(name) in {"1", "on", "ano"}:
            chosen[facet] = (value,)
    sorting = query.get("razeni", "")
    point = _point(query)
    near = clean(query.get("kde", "")[:LONGEST])
    return Asked(
        text=clean(query.get("q", "")[:LONGEST]),
        # The words "my position" stand in the field of the place when the device has told where it is.
        near="" if point else near,
        point=point,
        chosen=chosen,
        literal=query.get("doslova") == "1",
        sorting=sorting if sorting in SORTINGS else "",
        page=_page(query.get("strana", "")),
        format=query.get("format", ""),
    )


def _point(query: QueryDict) -> tuple[float, float] | None:
    """Where the device is (degrees); None unless it is a place in or around the country."""
    try:
        lat, lon = float(query.get("lat", "")), float(query.get("lon", ""))
    except ValueError:
        return None
    return (lat, lon) if 47 <= lat <= 52 and 11 <= lon <= 20 else None


def _page(text: str) -> int:
    if not text.isascii() or not text.isdigit():
        return 1
    return max(1, min(int(text[:12]), LAST_PAGE))


class MissingForm(forms.Form):
    """What a visitor looked for in vain."""

    text = forms.CharField(
        label=_("Jakou pomoc jste hledali a nenašli?"),
        help_text=_("Nepište jména, telefony ani adresy. Stačí, co potřebujete a v jaké obci."),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class GuideForm(forms.Form):
    """How the printed guide should look."""

    sheet = forms.ChoiceField(
        label=_("Velikost"),
        choices=[
            (Sheet.A4, _("A4, na úřad a k tisku doma")),
            (Sheet.A5, _("A5, knížka do kabelky")),
            (Sheet.LARGE, _("A4 velkým písmem, pro slabší zrak")),
        ],
        initial=Sheet.A4,
        widget=forms.RadioSelect,
    )
