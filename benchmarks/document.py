"""The document of a plan of 200 measures, four activities each: how long each of its forms takes to make.

The budget is 30 s for any of them (issue of the plan); `python -m benchmarks document`.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from time import perf_counter
from typing import TYPE_CHECKING

import django

if TYPE_CHECKING:
    from portal.editions.content import Content


MOST_SECONDS = 30


def plan_of(measures: int) -> Content:
    """Five priorities, goals of ten measures, money of three years from two sources, a capacity, a risk."""
    from portal.editions import content as c

    city, region = c.Named("obec", "Rozpočet města"), c.Named("kraj", "Dotace kraje")
    town, seniors = c.Named("573868", "Svornov"), c.Named("seniori", "senioři")
    words = "Lidé, kteří se o sebe nedokážou postarat sami, čekají na pomoc doma i několik měsíců. "

    def nodes() -> Iterator[c.NodeFacts]:
        yield c.NodeFacts("V", "", 1, "Nikdo nezůstane sám", words)
        for n in range(measures):
            p, g, m = n // 40 + 1, n // 10 % 4 + 1, n % 10 + 1
            if n % 40 == 0:
                yield c.NodeFacts(f"{p}", "V", 2, f"Podpora lidí doma {p}", words)
            if n % 10 == 0:
                yield c.NodeFacts(f"{p}.{g}", f"{p}", 3, f"Dostupná pomoc ve všech obcích {p}.{g}", words)
            code = f"{p}.{g}.{m}"
            card = c.CardFacts(
                kind=c.Named("rozvoj", "rozvojové"),
                area="Senioři",
                reason=words * 3,
                impact=words,
                responsible="Odbor sociálních věcí",
                partners=("Charita Svornov", "Dům seniorů"),
                starts_on=date(2026, 1, 1),
                ends_on=date(2028, 12, 31),
                target_groups=(seniors,),
                municipalities=(town,),
                costs=tuple(c.CostLine(y, "operation", 1_250_000 + n) for y in (2026, 2027, 2028)),
                funding=tuple(
                    c.FundingLine(y, "operation", who, amount)
                    for y in (2026, 2027, 2028)
                    for who, amount in ((region, 1_000_000), (city, 250_000))
                ),
                capacities=(
                    c.CapacityLine(
                        None, c.Named("ps", "pečovatelská služba"), None, c.Named("uvazky", "úvazky"),
                        Decimal("2.5"), date(2027, 1, 1), Decimal(12), "tři obce",
                    ),
                ),
                risks=(c.RiskLine("Nenajdou se pečovatelky", 2, 3, "Nábor se školou"),),
            )  # fmt: skip
            yield c.NodeFacts(
                code, f"{p}.{g}", 4, f"Pečovatelská služba i večer a o víkendu {n + 1}", words * 2,
                (c.EvidenceLine("Analýza potřeb seniorů 2025", "https://svornov.example/analyza"),), card,
            )  # fmt: skip
            for letter in "abcd":
                step = c.StepFacts("vedoucí služby", date(2026, 3, 1), date(2026, 9, 30), 120_000)
                yield c.NodeFacts(f"{code}.{letter}", code, 5, f"Přijmout a zaškolit pečovatelky {letter}", step=step)

    levels = (
        ("vision", "vize", "vize"), ("priority", "priorita", "priority"), ("goal", "cíl", "cíle"),
        ("measure", "opatření", "opatření"), ("activity", "aktivita", "aktivity"),
    )  # fmt: skip
    plan = c.PlanFacts(
        "plan", "Komunitní plán sociálních služeb", "orp", "5205", "Svornovsko", date(2026, 1, 1), date(2028, 12, 31),
        organiser="Město Svornov", about=words, areas=("Senioři",),
        levels=tuple(c.LevelFacts(depth, *one) for depth, one in enumerate(levels, 1)),
    )  # fmt: skip
    every = tuple(nodes())
    order = {node.code: at for at, node in enumerate(every)}
    indicators = tuple(
        c.IndicatorFacts(f"{code}/pecovatelky", code, "Pečovatelky v terénu", "úvazky", Decimal(12), 2025,
                         ((2027, Decimal(14)), (2028, Decimal("14.5"))), "poskytovatel")
        for code in order
        if code.count(".") == 2
    )  # fmt: skip
    return c.Content(plan, every, indicators=indicators)


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    django.setup()
    from paper.docx import docx
    from paper.html import html
    from paper.pdf import pdf
    from portal.editions.document import Imprint, document
    from portal.editions.exports import xlsx

    content = plan_of(200)
    made = document(content, Imprint("Schválené znění, vydání 1", date(2026, 3, 1)))
    forms: tuple[tuple[str, Callable[[], bytes]], ...] = (
        ("HTML", lambda: html(made.blocks).encode()),
        ("PDF", lambda: pdf(made)),
        ("DOCX", lambda: docx(made)),
        ("XLSX", lambda: xlsx(content)),
    )
    slow = []
    for name, make in forms:
        begun = perf_counter()
        size = len(make())
        took = perf_counter() - begun
        slow += [name] if took > MOST_SECONDS else []
        print(f"{name}: {took:.1f} s, {size / 1024:.0f} KiB (at most {MOST_SECONDS} s)")
    return len(slow)


if __name__ == "__main__":
    sys.exit(main())
