"""Columns of the tables of a plan, and the sorts that only plans have: crowns, who pays, proofs, codes."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.exceptions import ValidationError

from portal.catalogue.models import TargetGroup
from portal.plan.models import Cost, ExtraField, Funding, Level, MeasureKind, MoneySort, MoneySource, Plan

from ..columns import JOINED, Column, Day, Lines, ManyOf, Number, OneOf, Orps, Sort, Towns, yes_no

LONGEST_TEXT = 20_000
CODE = re.compile(r"[0-9A-Za-z]+(\.[0-9A-Za-z]+)*")
PROOF = re.compile(r"(.*\S)\s+\((https?://\S+|/\S*)\)")
# Columns that stand for fields of a card (portal.plan.cards) as they are.
OF_CARD = (
    "kind", "area", "reason", "impact", "responsible", "partners", "target_groups", "municipalities", "orps",
    "starts_on", "ends_on", "ongoing", "agreement", "above", "importance",
)  # fmt: skip


class Code(Sort):
    """The code of a point: 1.2.3 or 1.2.3.a. Spreadsheets like to make days of them, which is told."""

    def clean(self, text: str) -> str:
        code = text.strip()
        if code and (len(code) > 30 or not CODE.fullmatch(code)):
            raise ValidationError(f"„{code[:40]}“ není kód. Pište ho jako 1.2.3; sloupec nastavte v tabulce jako text.")
        return code


class Crowns(Number):
    """Whole crowns; an empty cell is an unknown amount, a nought is free."""

    def clean(self, text: str) -> Any:
        digits = "".join(text.split()).removesuffix("Kč")
        digits = re.sub(r"[.,]0{1,2}$|,-$|,–$", "", digits)
        if not digits:
            return None
        if not re.fullmatch(r"\d{1,13}", digits, re.ASCII):
            raise ValidationError(f"„{text.strip()[:40]}“ není částka v celých korunách.")
        return Decimal(digits)

    def show(self, value: Any) -> str:
        return "" if value is None else f"{value:.0f}"


class Paid(Sort):
    """Who pays how much: "dotace obcí: 120 000; dary: 5 000". The value is pairs (key of a source, crowns)."""

    lines = True
    many = True

    def __init__(self, sources: OneOf, *, listed: bool) -> None:
        super().__init__()
        self.sources, self.options = sources, sources.options if listed else ()

    def clean(self, text: str) -> tuple[tuple[str, Decimal], ...]:
        found: dict[str, Decimal] = {}
        for part in re.split(r"[;\n]", text):
            if not part.strip():
                continue
            name, _, amount = part.rpartition(":")
            crowns = Crowns().clean(amount) if name.strip() else None
            if crowns is None:
                raise ValidationError(f"„{part.strip()[:60]}“: napište zdroj, dvojtečku a částku.")
            source = self.sources.clean(name)
            if source in found:
                raise ValidationError(f"„{name.strip()[:60]}“ je tu dvakrát.")
            found[source] = crowns
        return tuple((key, found[key]) for key in self.sources.names if key in found)

    def show(self, value: Iterable[tuple[str, Decimal]]) -> str:
        amounts = dict(value)
        names = self.sources.names
        return JOINED.join(_paid(names[key], amounts[key]) for key in names if key in amounts)


def _paid(name: str, amount: Decimal) -> str:
    written = f"{amount:,.0f}".replace(",", " ")
    return f"{name}: {written}"


class Proofs(Lines):
    """What shows that the measure is needed, a line each, a link in parentheses behind it; pairs (text, link)."""

    def clean(self, text: str) -> tuple[tuple[str, str], ...]:
        found = []
        for line in filter(None, (" ".join(one.split()) for one in text.splitlines())):
            match = PROOF.fullmatch(line)
            said, url = (match[1], match[2]) if match else (line, "")
            if len(said) > 300 or len(url) > 500:
                raise ValidationError(f"„{said[:40]}…“ je příliš dlouhé, vejde se 300 znaků.")
            found.append((said, url))
        return tuple(found)

    def show(self, value: Iterable[tuple[str, str]]) -> str:
        return "\n".join(f"{text} ({url})" if url else text for text, url in value)


class NumberText(Sort):
    """A number of a plan's own field; the value is its text with a dot, as the card keeps it."""

    def clean(self, text: str) -> str:
        plain = "".join(text.split()).replace(",", ".")
        try:
            if plain and not Decimal(plain).is_finite():
                raise InvalidOperation
        except InvalidOperation:
            raise ValidationError(f"„{text.strip()[:40]}“ není číslo.") from None
        return plain

    def show(self, value: str) -> str:
        return value.replace(".", ",")


class DayText(Day):
    """A day of a plan's own field; the value is its ISO text."""

    def clean(self, text: str) -> Any:
        day = super().clean(text)
        return day.isoformat() if day else ""

    def show(self, value: Any) -> str:
        return super().show(date.fromisoformat(value)) if value else ""


# --- the columns -----------------------------------------------------------------------------------------------


def code_column() -> Column:
    about = "Podle něj řádek poznáme. Neměňte ho; u nového bodu ho napište, nebo nechte prázdný a přidělíme další."
    return Column("code", "kód", Code(30), about, width=10)


def name_column() -> Column:
    return Column("name", "název", Sort(300, required=True), "Jak se bod jmenuje.", width=44)


def removed_column() -> Column:
    about = "Napište „ano“ a bod se z plánu vyřadí i s tím, co je pod ním. Kód už nikdo jiný nedostane."
    return Column("removed", "vyřadit", OneOf([(False, ""), (True, "ano")]), about, width=9)


def text_column() -> Column:
    return Column("text", "popis", Lines(LONGEST_TEXT), "O co jde, klidně na víc řádků.", width=60)


def parent_column(word: str) -> Column:
    return Column("parent", "nadřazený bod", Code(30), f"Kód, pod který {word} patří. Když ho změníte, přesune se.")


def measure_columns(plan: Plan, levels: Iterable[Level]) -> tuple[Column, ...]:
    return (
        code_column(),
        Column(
            "level",
            "úroveň",
            OneOf([("", ""), *((level.depth, level.name) for level in levels)]),
            "Čím bod je. Vyplňte jen u nového.",
            width=14,
        ),
        name_column(),
        text_column(),
        parent_column("bod"),
        *_who_and_when(plan),
        *money_columns(plan),
        *_rest(plan),
        removed_column(),
    )


def _who_and_when(plan: Plan) -> tuple[Column, ...]:
    several = "Jedna nebo víc, oddělte středníkem."
    areas = [("", ""), *((name, name) for name in plan.areas.values_list("name", flat=True))]
    kinds = [("", ""), *MeasureKind.objects.values_list("key", "name")]
    return (
        Column("area", "pracovní skupina", OneOf(areas), "Která se o opatření stará.", width=22, usual=True),
        Column("kind", "typ opatření", OneOf(kinds), "Z číselníku typů.", width=18),
        Column("responsible", "kdo odpovídá", Sort(200), "Organizace nebo člověk.", width=28, usual=True),
        Column("reporter", "kdo podává zprávu", Sort(), "Vybírá se na kartě.", locked=True, width=24),
        Column("target_groups", "cílové skupiny", ManyOf(TargetGroup.objects.values_list("key", "name")), several),
        Column("municipalities", "obce", Towns(), several, width=28),
        Column("orps", "ORP", Orps(), several),
        Column("starts_on", "od", Day(), "Třeba 1. 1. 2027.", width=12, usual=True),
        Column("ends_on", "do", Day(), "Třeba 31. 12. 2028.", width=12, usual=True),
        Column("ongoing", "průběžně", yes_no(), "Ano, nebo ne.", width=10),
        Column("reason", "proč je potřeba", Lines(LONGEST_TEXT), "", width=44),
        Column("impact", "co se změní", Lines(LONGEST_TEXT), "", width=44),
        Column("evidence", "doklady potřebnosti", Proofs(), "Každý na nový řádek, odkaz za něj do závorky.", width=40),
        Column("partners", "s kým", Lines(LONGEST_TEXT), "Každý na nový řádek.", width=28),
        Column("providers", "poskytovatelé", Sort(), "Vybírají se na kartě.", locked=True, width=28),
        Column("services", "služby", Sort(), "Vybírají se na kartě.", locked=True, width=28),
        Column("capacities", "změny kapacity", Sort(), "Píšou se na kartě.", locked=True, width=36),
    )


def _rest(plan: Plan) -> tuple[Column, ...]:
    above = "Adresa plánu, lomítko a kód, třeba „plan-kraje/1.2“."
    return (
        Column("agreement", "soulad s plánem kraje", Lines(LONGEST_TEXT), "", width=30),
        Column("above", "naplňuje bod plánu kraje", Sort(160), above),
        Column("importance", "pořadí důležitosti", Number(), "Celé číslo, jedna je nejdůležitější.", width=10),
        *(Column(extra_key(one), f"vlastní: {one.name}", extra_sort(one), "") for one in plan.extra_fields.all()),
    )


# --- money -----------------------------------------------------------------------------------------------------


def cost_key(year: int, sort: str) -> str:
    return f"cost_{year}_{sort}"


def paid_key(year: int, sort: str) -> str:
    return f"paid_{year}_{sort}"


def money_years(plan: Plan) -> list[int]:
    """Years of the plan, and others that somebody wrote an amount to."""
    card = {"card__node__plan": plan}
    costs = Cost.objects.filter(**card).order_by().values_list("year")
    written = costs.union(Funding.objects.filter(**card).order_by().values_list("year")).order_by()
    return sorted({*plan.years, *(year for (year,) in written)})


def money_columns(plan: Plan) -> tuple[Column, ...]:
    """Costs by year and sort, behind each who pays them; sums at the end are counted, not read."""
    sources = OneOf(MoneySource.objects.values_list("key", "name"), required=True)
    found: list[Column] = []
    for year in money_years(plan):
        for sort, word in MoneySort.choices:
            found.append(
                Column(cost_key(year, sort), f"{word} {year} Kč", Crowns(), "Náklady v celých korunách.", width=14)
            )
            about = "Kdo to zaplatí: zdroj, dvojtečka, částka. Víc zdrojů oddělte středníkem."
            paid = Paid(sources, listed=not found[1:])
            found.append(Column(paid_key(year, sort), f"zdroje {year} {word}", paid, about, width=36))
    counted = "Spočítáme to sami."
    return (
        *found,
        Column("cost", "náklady celkem Kč", Number(), counted, locked=True, width=14),
        Column("paid", "zdroje celkem Kč", Number(), counted, locked=True, width=14),
        Column("unpaid", "chybí Kč", Number(), "Náklady bez zdrojů; minus znamená přebytek.", locked=True, width=14),
    )


# --- a plan's own fields ------------------------------------------------------------------------------------------


def extra_key(field: ExtraField) -> str:
    return f"extra_{field.pk}"


def extra_sort(field: ExtraField) -> Sort:
    match field.sort:
        case ExtraField.Sort.NUMBER:
            return NumberText()
        case ExtraField.Sort.DATE:
            return DayText()
        case ExtraField.Sort.CHOICE:
            return OneOf([("", ""), *((one, one) for one in field.choices.splitlines() if one)])
    return Lines(LONGEST_TEXT)
