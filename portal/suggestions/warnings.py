"""What somebody may not have wanted to write where others read it: birth numbers, illnesses, contacts, names.

Nothing is refused. The author sees once what was found and either mends it or sends it as it is; so a miss costs
little and a false find one click. Pure: text in, findings out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from words.fold import fold


class Sort(StrEnum):
    BIRTH_NUMBER = "birth"
    EMAIL = "email"
    PHONE = "phone"
    ILLNESS = "illness"
    NAME = "name"
    COMPLAINT = "complaint"


# What the author is told; after it stand the words that were found.
TOLD = {
    Sort.BIRTH_NUMBER: "Vypadá to jako rodné číslo. To sem prosím nepište.",
    Sort.EMAIL: "Je tu e-mail. Pokud je váš, patří do políčka pro e-mail. Cizí vynechte.",
    Sort.PHONE: "Je tu telefonní číslo. Zavolat vám neumíme, pište raději bez něj.",
    Sort.ILLNESS: "Mluvíte o nemoci. Stačí napsat, s čím člověk potřebuje pomoct.",
    Sort.NAME: "Je tu jméno. Jména jiných lidí prosím vynechte, stačí „sousedka“ nebo „můj táta“.",
    Sort.COMPLAINT: "Vypadá to jako stížnost na konkrétní službu. Tu musí řešit někdo jiný než my.",
}


@dataclass(frozen=True, slots=True)
class Found:
    """A piece of the text: `words` are what stands there from `start`."""

    sort: Sort
    start: int
    words: str

    @property
    def end(self) -> int:
        return self.start + len(self.words)

    @property
    def told(self) -> str:
        return TOLD[self.sort]


def find(text: str) -> list[Found]:
    """Everything that is worth a question, in the order of the text; no two findings overlap."""
    kept: list[Found] = []
    # The first that claims a place has it: digits of a birth number are no telephone as well.
    for one in (*_birth_numbers(text), *_emails(text), *_phones(text), *_names(text), *_words(text)):
        if not any(one.start < other.end and other.start < one.end for other in kept):
            kept.append(one)
    return sorted(kept, key=lambda one: one.start)


def by_sort(found: Iterable[Found]) -> dict[Sort, list[str]]:
    """Words found, each once, under their sorts."""
    told: dict[Sort, list[str]] = {}
    for one in found:
        words = told.setdefault(one.sort, [])
        if one.words not in words:
            words.append(one.words)
    return told


# --- numbers -------------------------------------------------------------------------------------------------

# Six digits and three or four more, parted by anything that people put between (855230/1234, 85 52 30 1234).
_SIX_AND_MORE = re.compile(r"(?<![\d+])\d{2}[ .-]?\d{2}[ .-]?\d{2} ?[/\\–-]? ?\d{3,4}(?!\d)")
# What stands before a number that somebody calls one.
_CALLED = re.compile(r"(?:\brodn\w{1,3} čísl\w{1,3}|\br\. ?č\.|\brč)\W{0,3}(?:je\W{1,2})?\Z", re.IGNORECASE)
_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64} ?(?:@|\(zavináč\)|\[at\]) ?\w[\w-]{0,62}(?:\.\w[\w-]{0,62})+", re.I)
_PHONE = re.compile(r"(?<![\d+])(?:(?:\+|00)42[01][ .-]?)?[2-9]\d{2}[ .\xa0-]?\d{3}[ .\xa0-]?\d{3}(?![\d/])")
# What follows an amount of money is not a way to call anybody.
_MONEY = re.compile(r"\s*(?:,-|Kč|korun|CZK|mil\b|tis\b|lidí|obyvatel|eur)", re.IGNORECASE)


def _birth_numbers(text: str) -> Iterable[Found]:
    for hit in _SIX_AND_MORE.finditer(text):
        digits = "".join(filter(str.isdecimal, hit[0]))
        # Written or called as one, it is worth the question even with a slip of the pen in it.
        meant = "/" in hit[0] or _CALLED.search(text, max(0, hit.start() - 30), hit.start())
        if is_birth_number(digits, exact=not meant):
            yield Found(Sort.BIRTH_NUMBER, hit.start(), hit[0])


def is_birth_number(digits: str, *, exact: bool = True) -> bool:
    """Nine or ten digits by Act 133/2000 Coll., § 13: a day that is, and (where it must be `exact`) from 1954
    divisible by eleven."""
    if len(digits) not in (9, 10) or not (digits.isascii() and digits.isdecimal()):
        return False
    year, month, day = int(digits[:2]), int(digits[2:4]), int(digits[4:6])
    if len(digits) == 9:
        if year > 53 or month > 62:
            return False
        whole = 1900 + year
    else:
        whole = 1900 + year if year >= 54 else 2000 + year
        left = int(digits[:9]) % 11
        # Until 1985 a few got 0 where the remainder was 10.
        if exact and int(digits) % 11 and not (left == 10 and digits[9] == "0" and whole < 1986):
            return False
    # Women have 50 more; when numbers of a day run out, 20 more (from 2004).
    for more in (0, 50, 20, 70):
        if 1 <= month - more <= 12 and (more in (0, 50) or whole >= 2004):
            try:
                date(whole, month - more, day)
            except ValueError:
                return False
            return True
    return False


def _emails(text: str) -> Iterable[Found]:
    return (Found(Sort.EMAIL, hit.start(), hit[0]) for hit in _EMAIL.finditer(text))


def _phones(text: str) -> Iterable[Found]:
    for hit in _PHONE.finditer(text):
        if not _MONEY.match(text, hit.end()):
            yield Found(Sort.PHONE, hit.start(), hit[0])


# --- people --------------------------------------------------------------------------------------------------

_CAPITAL = "A-ZÁČĎÉĚÍŇÓŘŠŤÚŮÝŽÄÖÜ"
_SMALL = "a-záčďéěíňóřšťúůýžäöü"
_NAMED = f"[{_CAPITAL}][{_SMALL}]+(?:-[{_CAPITAL}][{_SMALL}]+)?"
# "paní Nováková", "pana Dvořáka", "MUDr. Petr Holý"
_TITLED = re.compile(
    r"\b(?:[Pp]an(?:í|a|u|em|e|ovi)?|[Pp]í\.|[Ss]leč(?:na|ny|nou|ně)|(?:MUDr|MVDr|PhDr|JUDr|RNDr|Mgr|Bc|Ing|DiS)\.)"
    rf"\s+({_NAMED}(?:\s+{_NAMED})?)"
)
# First names in the forms in which they stand in a sentence: the stem and any ending.
_FIRST = (
    "Jan|Jakub|Petr|Pavel|Pavl|Jiří|Josef|Tomáš|Martin|Karel|Karl|Jaroslav|Miroslav|Zdeněk|Zdeňk|Václav|František|"
    "Milan|Michal|Lukáš|David|Vladimír|Stanislav|Ladislav|Roman|Ondřej|Radek|Radk|Marek|Mark|Vojtěch|Adam|Antonín|"
    "Ann|Mari|Jan|Ev|Hank|Han|Lenk|Kateřin|Alen|Věr|Luci|Petr|Martin|Helen|Ludmil|Zdeňk|Jitk|Ivan|Ivet|Terez|"
    "Vlast|Barbor|Monik|Božen|Zuzan|Jarmil|Dan|Natáli|Elišk|Michael|Renat|Simon|Klár|Blank|Dagmar|Olg|Mirek|Mirk|"
    "Honz|Pep|Jirk|Standa|Láď|Libuš|Květ|Růžen|Drahomír|Šárk|Markét|Veronik|Nikol|Kristýn|Denis|Gabriel|Iren"
)
_WHOLE_NAME = re.compile(
    rf"\b(?:{_FIRST})(?:a|e|i|o|u|y|ě|ou|em|ovi|í|ie|ii|ho|mu)?\s+([{_CAPITAL}][{_SMALL}]{{2,}}(?:-{_NAMED})?)\b"
)
# Capitals after a first name that are no surnames: streets, towns and towers are named after people.
_NOT_NAMES = {"boleslav", "hradec", "lazne", "ulice", "namesti", "hus", "zizka", "tyl", "amos"}


def _names(text: str) -> Iterable[Found]:
    for pattern in (_TITLED, _WHOLE_NAME):
        for hit in pattern.finditer(text):
            if fold(hit[1]) not in _NOT_NAMES:
                yield Found(Sort.NAME, hit.start(), hit[0])


# --- words ---------------------------------------------------------------------------------------------------

# Beginnings of words without diacritics, in any form. Conditions by which a whole group of people is meant (seniors
# with dementia, autism) are what suggestions speak of: they are asked about only beside "mám", "máma", "syn".
_ILLNESSES = (
    "schizofreni|bipolarn|rakovin|onkologick|karcinom|nador|leukemi|cukrovk|diabet|epileps|epilepti|parkinson|"
    "alzheimer|demenc|roztrousen|mrtvic|infarkt|hepatit|zloutenk|hiv|deprese|depresi|depresivn|psychoz|anorexi|"
    "bulimi|autis|asperger|downuv|hranicni poruch|alkohol|zavisl|inkontinen|amputac|ochrnut|cirhoz|astma|astmati"
)
_CLOSE = (
    r"trpim|mela jsem|mel jsem|bratr\w*|sestr\w*|syn\w*|dcer\w*|mam\w*|"
    r"matk\w*|otec|otc\w*|tat\w*|tatin\w*|babick\w*|babic\w*|"
    r"ded\w*|manzel\w*|muz\w*|zen\w*|vnuk\w*|vnuck\w*|vnuc\w*|soused\w*|tchyn\w*|tchan\w*|pritel\w*|kamarad\w*|stryc\w*|tet\w*"
)
_ILL = re.compile(rf"\b(?:{_CLOSE})\b[^.!?\n]{{0,60}}?\b((?:{_ILLNESSES})\w*)")
_DIAGNOSIS = re.compile(r"\b(?:diagnoz\w*|dg\.)\s*:?\s*[a-z]\d{2}(?:\.\d)?|\b[f]\d{2}\.\d\b")
_COMPLAINT = re.compile(r"\b(?:stezuji si|stezuju si|chci si stezovat|stiznost\w*|podavam stiznost)")


def _words(text: str) -> Iterable[Found]:
    folded = _folded(text)
    for hit in _ILL.finditer(folded):
        yield Found(Sort.ILLNESS, hit.start(1), text[hit.start(1) : hit.end(1)])
    for pattern, sort in ((_DIAGNOSIS, Sort.ILLNESS), (_COMPLAINT, Sort.COMPLAINT)):
        for hit in pattern.finditer(folded):
            yield Found(sort, hit.start(), text[hit.start() : hit.end()])


def _folded(text: str) -> str:
    """Without diacritics and capitals, sign for sign as long as the text."""
    return "".join(plain if len(plain := fold(sign)) == 1 else sign for sign in text)
