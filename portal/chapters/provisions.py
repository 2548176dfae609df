"""What the law asks a plan to contain, and the chapters that say it.

Act 108/2006, § 3 h) binds whoever writes a medium-term plan; decree 505/2006, § 39a binds regions and is a good
outline for towns.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Provision:
    key: str
    where: str  # "§ 3 písm. h) zákona č. 108/2006 Sb."
    what: str  # what it asks for, in plain words


_ACT = "§ 3 písm. h) zákona č. 108/2006 Sb."
_DECREE = "§ 39a odst. 1 vyhlášky č. 505/2006 Sb."

PROVISIONS = {
    one.key: one
    for one in (
        Provision("act-basis", _ACT, "souhrn a výsledky podkladových analýz"),
        Provision("act-process", _ACT, "jak plán vznikal a kdo na něm spolupracoval"),
        Provision("act-analysis", _ACT, "popis a analýza zdrojů a potřeb lidí"),
        Provision("act-economy", _ACT, "ekonomické vyhodnocení"),
        Provision("act-strategy", _ACT, "budoucí žádoucí stav a opatření"),
        Provision("act-duties", _ACT, "povinnosti těch, kdo se plánu účastní"),
        Provision("act-monitoring", _ACT, "jak se plnění sleduje a vyhodnocuje"),
        Provision("act-change", _ACT, "jak se plán mění"),
        Provision("act-network", _ACT, "jak se zajistí síť sociálních služeb"),
        Provision("decree-description", f"{_DECREE}, bod 1", "část popisná"),
        Provision("decree-analysis", f"{_DECREE}, bod 2", "část analytická"),
        Provision("decree-previous", f"{_DECREE}, bod 3", "vyhodnocení předchozího plánu"),
        Provision("decree-strategy", f"{_DECREE}, bod 4", "část strategická"),
        Provision("decree-network", f"{_DECREE}, bod 5", "způsob zajištění sítě"),
        Provision(
            "decree-informing", "§ 39a odst. 2 písm. a) vyhlášky č. 505/2006 Sb.", "jak se informují a zapojují občané"
        ),
    )
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class ChapterDraft:
    """A chapter of the template; `hint` says what belongs in it."""

    key: str
    title: str
    place: str
    demanded: tuple[str, ...]
    hint: str


TEMPLATE = (
    ChapterDraft("introduction", "Úvod", "before", (), "Komu plán slouží a co v něm najde. Jedna strana."),
    ChapterDraft(
        "process", "Jak plán vznikal", "before", ("act-process", "decree-description"),
        "Kdo plán psal, kdy a s kým: obec, kraj, poskytovatelé, lidé, kteří služby potřebují.",
    ),
    ChapterDraft(
        "informing", "Jak jsme zapojili veřejnost", "before", ("decree-informing",),
        "Kde se o plánu psalo, kdo se mohl vyjádřit a jak.",
    ),
    ChapterDraft(
        "territory", "Území a lidé", "before", ("act-basis", "decree-analysis"),
        "Kolik lidí tu žije, jak stárnou a co to znamená pro služby.",
    ),
    ChapterDraft(
        "services", "Jaké služby tu jsou", "before", ("act-analysis",),
        "Druhy, formy a kapacity služeb, kde jsou a pro koho.",
    ),
    ChapterDraft(
        "needs", "Co lidé potřebují", "before", ("act-analysis",),
        "Výsledky průzkumů podle skupin lidí.",
    ),
    ChapterDraft(
        "economy", "Kolik služby stojí a kdo je platí", "before", ("act-economy",),
        "Náklady a zdroje v posledních letech, výhled na další roky.",
    ),
    ChapterDraft(
        "previous", "Jak dopadl předchozí plán", "before", ("decree-previous",),
        "Co se podařilo, co ne a proč, co přechází dál.",
    ),
    ChapterDraft(
        "strategy", "Kam chceme dojít", "before", ("act-strategy", "decree-strategy"),
        "Žádoucí stav a jak se čte strom priorit, cílů a opatření.",
    ),
    ChapterDraft(
        "network", "Síť sociálních služeb", "after", ("act-network", "decree-network"),
        "Podle jakých pravidel služba do sítě přijde, mění se v ní a odchází.",
    ),
    ChapterDraft(
        "duties", "Kdo má co na starosti", "after", ("act-duties",),
        "Povinnosti města, pracovních skupin, poskytovatelů a dalších.",
    ),
    ChapterDraft(
        "monitoring", "Jak plnění sledujeme", "after", ("act-monitoring",),
        "Kdo, kdy a podle čeho vyhodnocuje; komu zprávu předkládá.",
    ),
    ChapterDraft(
        "changes", "Jak se plán mění", "after", ("act-change",),
        "Kdo může změnu navrhnout a kdo o ní rozhoduje.",
    ),
)  # fmt: skip
HINTS = {one.key: one.hint for one in TEMPLATE}
