"""Who holds the keys of a provider: its people and those who were invited; and many invitations from a table."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import Count, Q, QuerySet

from portal.accounts.models import Grant, Invitation
from portal.catalogue.models import Provider, Service
from portal.register.readers.table import rows_of
from portal.register.records import Refused
from portal.web.cells import csv_text, unguard
from words.fold import fold

from . import rules

Role = Grant.Role
ROLES = (Role.PROVIDER_EDITOR, Role.PROVIDER_HEAD)
LARGEST = 2 * 1024 * 1024
MOST_ROWS = 500


@dataclass(frozen=True, slots=True)
class Keys:
    grants: list[Grant]
    invitations: list[Invitation]


def of_provider(provider: Provider) -> Keys:
    """Two queries."""
    mine = {"range_kind": Grant.Range.PROVIDER, "range_code": str(provider.pk), "role__in": ROLES}
    grants = Grant.objects.filter(**mine, person__is_active=True).select_related("person")
    invitations = Invitation.objects.waiting().filter(**mine)
    return Keys(list(grants.order_by("person__name", "pk")), list(invitations.order_by("name", "email")))


@dataclass(frozen=True, slots=True)
class Line:
    """A provider in the list at the desk."""

    provider: Provider
    services: int
    people: int
    invited: int


def providers(person: Any, words: str = "") -> QuerySet[Provider]:
    """Providers whom the person looks after, found by a part of the name or by IČO."""
    rows = rules.looked_after(person)
    number = re.sub(r"\s", "", words)
    if number.isdigit():
        rows = rows.filter(ico=number.zfill(8))
    elif words.strip():
        rows = rows.filter(name__icontains=words.strip())
    return rows.order_by("name", "pk")


def lines(page: Sequence[Provider]) -> list[Line]:
    """Three queries for a page of providers."""
    numbers = [one.pk for one in page]
    mine = {"range_kind": Grant.Range.PROVIDER, "range_code__in": [str(pk) for pk in numbers], "role__in": ROLES}
    services = dict(
        Service.objects.filter(provider__in=numbers, vanished_at=None)
        .values_list("provider")
        .annotate(number=Count("pk"))
        .order_by()
    )
    people = Counter(Grant.objects.filter(**mine, person__is_active=True).values_list("range_code", flat=True))
    invited = Counter(Invitation.objects.waiting().filter(**mine).values_list("range_code", flat=True))
    return [Line(one, services.get(one.pk, 0), people[str(one.pk)], invited[str(one.pk)]) for one in page]


# --- many at once ----------------------------------------------------------------------------------------------

COLUMNS = {
    "ico": "ico",
    "e_mail": "email",
    "email": "email",
    "mail": "email",
    "jmeno": "name",
    "jmeno_a_prijmeni": "name",
    "role": "role",
}
ROLE_WORDS = {
    "": Role.PROVIDER_EDITOR,
    "editor": Role.PROVIDER_EDITOR,
    "editorka": Role.PROVIDER_EDITOR,
    "vedouci": Role.PROVIDER_HEAD,
}
HEADER = ("ico", "email", "jmeno", "role")
SAMPLE = csv_text([HEADER, ("00194972", "jana@priklad.cz", "Jana Nováková", "vedoucí")])


@dataclass(slots=True)
class Wish:
    """One line of the table. `problem` says what is wrong with it, `skipped` why there is nothing to do."""

    number: int
    ico: str
    email: str
    name: str
    role: str
    provider: Provider | None = None
    problem: str = ""
    skipped: str = ""

    @property
    def ready(self) -> bool:
        return self.provider is not None and not self.problem and not self.skipped

    @property
    def role_word(self) -> str:
        return "vedoucí" if self.role == Role.PROVIDER_HEAD else "editor"


def read(content: bytes) -> list[Wish]:
    """Lines of a CSV or XLSX; `ValidationError` where it is no such table."""
    if len(content) > LARGEST:
        raise ValidationError("Tabulka je příliš velká. Nejvýš 2 MB.")
    try:
        rows = list(rows_of(content))
    except Refused as refusal:
        raise ValidationError(str(refusal)) from refusal
    header = [_column(cell) for cell in rows[0]] if rows else []
    missing = [title for name, title in (("ico", "IČO"), ("email", "e-mail")) if name not in header]
    if missing:
        raise ValidationError(f"V prvním řádku tabulky chybí sloupce: {', '.join(missing)}.")
    numbered = [(n, row) for n, row in enumerate(rows[1:], start=2) if any(cell.strip() for cell in row)]
    if len(numbered) > MOST_ROWS:
        raise ValidationError(f"Najednou jde pozvat nejvýš {MOST_ROWS} lidí. Rozdělte tabulku.")
    return [_wish(number, dict(zip(header, row, strict=False))) for number, row in numbered]


def _column(cell: str) -> str:
    return COLUMNS.get(re.sub(r"[^a-z0-9]+", "_", fold(cell.strip())).strip("_"), "")


def _wish(number: int, cells: dict[str, str]) -> Wish:
    said = {name: unguard(cells.get(name, "").strip()) for name in ("ico", "email", "name", "role")}
    role = ROLE_WORDS.get(fold(said["role"]), "")
    ico = re.sub(r"\s|\.0$", "", said["ico"])
    return Wish(number, ico.zfill(8) if ico.isdigit() else ico, said["email"].lower(), said["name"][:150], role)


def plan(wishes: list[Wish], person: Any) -> list[Wish]:
    """What would come of each line; nothing is written. Four queries, however many lines there are."""
    known = {one.ico: one for one in rules.looked_after(person).filter(ico__in={wish.ico for wish in wishes})}
    codes, emails = [str(one.pk) for one in known.values()], {wish.email for wish in wishes}
    mine = Q(range_kind=Grant.Range.PROVIDER, range_code__in=codes)
    grants = Grant.objects.filter(mine, person__email__in=emails)
    held = set(grants.values_list("person__email", "range_code", "role"))
    waiting = Invitation.objects.waiting().filter(mine, email__in=emails)
    invited = set(waiting.values_list("email", "range_code", "role"))
    seen: set[tuple[str, str, str]] = set()
    for wish in wishes:
        wish.provider = known.get(wish.ico)
        wish.problem = _problem(wish)
        if wish.problem or wish.provider is None:
            continue
        key = (wish.email, str(wish.provider.pk), wish.role)
        if key in held:
            wish.skipped = "už roli má"
        elif key in invited:
            wish.skipped = "už je pozvaný"
        elif key in seen:
            wish.skipped = "v tabulce je dvakrát"
        seen.add(key)
    return wishes


def _problem(wish: Wish) -> str:
    if not re.fullmatch(r"\d{8}", wish.ico):
        return "IČO má mít osm číslic."
    if wish.provider is None:
        return "Poskytovatele s tímto IČO ve vašem území nemáme."
    try:
        validate_email(wish.email)
    except ValidationError:
        return "E-mail nevypadá jako e-mail."
    return "" if wish.role else "Role je editor, nebo vedoucí."


def as_text(wishes: Iterable[Wish]) -> str:
    """The lines as the next page sends them back."""
    return csv_text([HEADER, *((one.ico, one.email, one.name, one.role_word) for one in wishes if one.ready)])
