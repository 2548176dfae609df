"""Lists that are only taken away: each a few columns read from its rows, with the rules and filters of its page."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime
from functools import cached_property
from typing import Any, ClassVar, NamedTuple

from django.db.models import QuerySet
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone

from portal.accounts import people
from portal.accounts import rules as account_rules
from portal.accounts.models import Invitation
from portal.catalogue import overviews
from portal.catalogue import rules as catalogue_rules
from portal.catalogue.lists_forms import columns_of
from portal.catalogue.lists_views import LISTS
from portal.catalogue.models import Report
from portal.finding import rules as finding_rules
from portal.finding.desk import found_words
from portal.finding.models import CrisisLine, EmptySearch, LayWord, Situation
from portal.mail import rules as mail_rules
from portal.mail.forms import LettersFilter
from portal.mail.models import Letter
from portal.mail.topics import letter_called
from portal.register import rules as register_rules
from portal.register.models import ImportRun

from ..columns import Column, Line, Number, Sort
from ..table import Table


class Part(NamedTuple):
    heading: str
    read: Callable[[Any], Any]
    width: int = 20
    number: bool = False


class PlainTable(Table):
    parts: ClassVar[tuple[Part, ...]] = ()

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        return tuple(
            Column(part.heading, part.heading, Number() if part.number else Sort(), locked=True, width=part.width)
            for part in self.parts
        )

    def lines(self, rows: list[Any]) -> list[Line]:
        return [
            Line(str(at), "", {part.heading: said(part.read(row)) for part in self.parts})
            for at, row in enumerate(rows, 1)
        ]

    def every_line(self, asked: QueryDict) -> Iterator[Line]:
        yield from self.lines(list(self.rows(asked)))


def said(value: Any) -> str:
    """A value as a person writes it; nothing for what is not known."""
    match value:
        case None:
            return ""
        case bool():
            return "ano" if value else "ne"
        case datetime():
            at = timezone.localtime(value)
            return f"{at.day}. {at.month}. {at.year} {at:%H.%M}"
        case date():
            return f"{value.day}. {value.month}. {value.year}"
    return str(value)


class Reports(PlainTable):
    """What people say is wrong. The e-mail of whoever wrote serves the answer and nothing else: it stays here."""

    slug = "hlaseni"
    title = "Hlášení chyb"
    noun = "hlášení,hlášení,hlášení"
    home = "catalogue:desk_reports"
    parts = (
        Part("číslo", lambda row: row.pk, 9, number=True),
        Part("služba", lambda row: row.service.name, 34),
        Part("poskytovatel", lambda row: row.service.provider.name, 30),
        Part("od koho", lambda row: row.get_origin_display()),
        Part("co nesedí", lambda row: row.text, 50),
        Part("stav", lambda row: row.get_state_display(), 12),
        Part("jak to dopadlo", lambda row: row.answer, 50),
        Part("kdy přišlo", lambda row: row.created_at),
        Part("kdy vyřízeno", lambda row: row.settled_at),
    )

    def may_read(self) -> bool:
        return catalogue_rules.may_read_desk(self.person)

    def rows(self, asked: QueryDict) -> QuerySet[Report]:
        services = catalogue_rules.readable_services(self.person)
        return overviews.desk_reports(services, asked.get("stav") == "vyrizene")


class Letters(PlainTable):
    slug = "dopisy"
    title = "Dopisy"
    noun = "dopis,dopisy,dopisů"
    home = "mail:letters"
    parts = (
        Part("číslo", lambda row: row.pk, 9, number=True),
        Part("napsaný", lambda row: row.created_at),
        Part("komu", lambda row: row.to, 30),
        Part("jméno", lambda row: row.name, 26),
        Part("předmět", lambda row: row.subject, 50),
        Part("druh dopisu", lambda row: letter_called(row.template), 30),
        Part("stav", lambda row: row.get_state_display()),
        Part("odeslaný", lambda row: row.sent_at),
        Part("pokusů", lambda row: row.attempts, 9, number=True),
        Part("chyba", lambda row: row.last_error, 40),
    )

    def may_read(self) -> bool:
        return mail_rules.may_read_letters(self.person)

    def rows(self, asked: QueryDict) -> QuerySet[Letter]:
        seen = mail_rules.seen_letters(self.person)
        form = LettersFilter(asked, templates=seen.templates())
        return seen.asked(**form.asked())


class Invitations(PlainTable):
    slug = "pozvanky"
    title = "Pozvánky"
    noun = "pozvánka,pozvánky,pozvánek"
    home = "accounts:invitations"
    parts = (
        Part("e-mail", lambda row: row.invitation.email, 30),
        Part("jméno", lambda row: row.invitation.name, 26),
        Part("role", lambda row: row.role, 26),
        Part("za koho nebo kde", lambda row: row.range, 30),
        Part("stav", lambda row: row.invitation.state.label),
        Part("poslaná", lambda row: row.invitation.sent_at),
        Part("platí do", lambda row: row.invitation.expires_at),
    )

    def may_read(self) -> bool:
        return account_rules.may_see_people(self.person)

    def rows(self, asked: QueryDict) -> QuerySet[Invitation]:
        return account_rules.seen_invitations(self.person)

    def lines(self, rows: list[Invitation]) -> list[Line]:
        return super().lines(people.offers(self.person, rows))


class LayWords(PlainTable):
    slug = "slovnik"
    title = "Slovník"
    home = "finding:lay_words"
    parts = (
        Part("slova", lambda row: row.phrase, 40),
        Part("druhy", lambda row: row.kinds, 40),
        Part("skupiny", lambda row: row.groups, 30),
        Part("původ", lambda row: row.get_origin_display(), 30),
        Part("používá se", lambda row: row.active, 12),
    )

    def may_read(self) -> bool:
        return finding_rules.may_read_empty_searches(self.person)

    def rows(self, asked: QueryDict) -> QuerySet[LayWord]:
        return found_words(asked.get("q", "")[:200].strip(), asked.get("jen", ""))


class EmptySearches(PlainTable):
    slug = "hledani-bez-vysledku"
    title = "Hledání bez výsledku"
    home = "finding:empty_searches"
    parts = (
        Part("slova", lambda row: row["question"], 40),
        Part("kolikrát", lambda row: row["times"], 10, number=True),
        Part("naposledy", lambda row: row["last"]),
    )

    def may_read(self) -> bool:
        return finding_rules.may_read_empty_searches(self.person)

    def rows(self, asked: QueryDict) -> QuerySet[EmptySearch, Any]:
        return EmptySearch.objects.totals()


class Situations(PlainTable):
    slug = "zivotni-situace"
    title = "Životní situace"
    home = "finding:situation_list"
    parts = (
        Part("situace", lambda row: row.title, 40),
        Part("vysvětlení", lambda row: row.line, 50),
        Part("první kroky", lambda row: row.steps, 50),
        Part("druhy", lambda row: "; ".join(one.name for one in row.kinds.all()), 40),
        Part("cílové skupiny", lambda row: "; ".join(one.name for one in row.target_groups.all()), 40),
        Part("týká se násilí", lambda row: row.violence, 12),
        Part("ukazuje se", lambda row: row.active, 12),
    )

    def may_read(self) -> bool:
        return finding_rules.may_read_empty_searches(self.person)

    def rows(self, asked: QueryDict) -> QuerySet[Situation]:
        return Situation.objects.prefetch_related("kinds", "target_groups")


class CrisisLines(PlainTable):
    slug = "krizova-cisla"
    title = "Krizová čísla"
    home = "finding:crisis_lines"
    parts = (
        Part("číslo", lambda row: row.number),
        Part("název", lambda row: row.name, 34),
        Part("s čím pomůže", lambda row: row.line, 50),
        Part("kdy", lambda row: row.hours),
        Part("volání zdarma", lambda row: row.free, 12),
        Part("ověřeno dne", lambda row: row.verified_on),
        Part("jistota", lambda row: row.get_certainty_display(), 30),
        Part("ukazuje se", lambda row: row.active, 12),
    )

    def may_read(self) -> bool:
        return finding_rules.may_read_empty_searches(self.person)

    def rows(self, asked: QueryDict) -> QuerySet[CrisisLine]:
        return CrisisLine.objects.all()


class Imports(PlainTable):
    slug = "nacteni-registru"
    title = "Načtení registru"
    home = "register:runs"
    parts = (
        Part("soubor", lambda row: row.file_name, 34),
        Part("zdroj", lambda row: row.get_source_display(), 40),
        Part("kdy", lambda row: row.created_at),
        Part("kdo", lambda row: row.person or "denní načtení"),
        Part("jak dopadl", lambda row: row.get_state_display()),
        Part("nových", lambda row: row.counts.get("added", ""), 12, number=True),
        Part("změněných", lambda row: row.counts.get("changed", ""), 12, number=True),
        Part("zmizelých", lambda row: row.counts.get("vanished", ""), 12, number=True),
    )

    def may_read(self) -> bool:
        return register_rules.may_see_imports(self.person)

    def rows(self, asked: QueryDict) -> QuerySet[ImportRun]:
        return ImportRun.objects.newest()


# --- code lists: the columns are those of their tables -------------------------------------------------------


class CodeList(PlainTable):
    """One code list; a class of its own for each is made below."""

    key: ClassVar[str]

    @property
    def home_url(self) -> str:
        return reverse("catalogue:list_items", args=[self.key])

    def may_read(self) -> bool:
        return catalogue_rules.may_read_lists(self.person)

    def rows(self, asked: QueryDict) -> QuerySet[Any]:
        return LISTS[self.key].model._default_manager.all()


def _parts_of(model: Any) -> tuple[Part, ...]:
    """Every column of a code list by its Czech name; a choice by its word."""
    fields = {field.name: field for field in model._meta.concrete_fields}
    names = columns_of(model)

    def reader(name: str) -> Callable[[Any], Any]:
        shown = f"get_{name}_display"
        return lambda row: getattr(row, shown)() if fields[name].choices else getattr(row, name)

    numbers = {name for name in names if "Integer" in fields[name].get_internal_type()}
    return tuple(Part(str(fields[name].verbose_name), reader(name), 24, name in numbers) for name in names)


CODE_LISTS: tuple[type[CodeList], ...] = tuple(
    type(
        f"CodeList{one.model.__name__}",
        (CodeList,),
        {
            "slug": one.table,
            "key": one.slug,
            "title": f"Číselník – {one.title.lower()}",
            "home": "catalogue:list_items",
            "parts": _parts_of(one.model),
        },
    )
    for one in LISTS.values()
)
PLAIN: tuple[type[Table], ...] = (
    Reports,
    Letters,
    Invitations,
    LayWords,
    EmptySearches,
    Situations,
    CrisisLines,
    Imports,
    *CODE_LISTS,
)
