"""What must not get out of minutes: e-mails, telephones, names of people who did not say that the web may name them.

Names are found in any case and without diacritics too ("s paní Novákovou", "Novakove"). Where it cannot be told
whether a word is a name (a user called Nový), it goes: the person who publishes sees it and writes it otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise

from paper.blocks import Run
from words.names import folded, inflected, parts, whole

NO_EMAIL, NO_PHONE = "[e-mail vynechán]", "[telefon vynechán]"
EMAIL_SORT, PHONE_SORT, NAME_SORT = "e-mail", "telefon", "jméno"
_AT = r"(?:\s?@\s?|\s?[(\[](?:at|zavináč)[)\]]\s?)"
_EMAIL = re.compile(rf"[\w.+%-]+{_AT}[\w-]+(?:\.[\w-]+)+", re.I)
_LINK = re.compile(r"\[([^\[\]]*)\]\((?:mailto|tel):[^)]*\)", re.I)
_GAP = r"[\s./-]?"
_PHONE = re.compile(
    r"(?<![\w,.])(?:(?:tel|telefon|mob|mobil)\b\.?:?\s*)?(?:"
    rf"(?:\+|00)\s?\d{{1,3}}(?:{_GAP}\d{{2,4}}){{2,5}}"
    rf"|\(?[2-9]\d{{2}}\)?{_GAP}\d{{3}}{_GAP}\d{{3}}"
    rf"|[67]\d{{2}}{_GAP}\d{{2}}{_GAP}\d{{2}}{_GAP}\d{{2}}"
    r")(?!\d)(?!\s*(?:Kč|,-|korun|tis\b|mil\b|obyv|%))",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Redaction:
    """A place that was taken out: what sort, what stood there, what stands there now."""

    sort: str
    original: str
    replacement: str


class Redactor:
    """`hidden` are names that must not get out, each with what to say instead; `spared` names of people who may be
    named: a word that is exactly one of their surnames stays."""

    def __init__(self, hidden: Mapping[str, str], spared: Iterable[str] = ()) -> None:
        own = {folded(word) for name in hidden for word in name.split()}
        self._spared = {folded(word) for name in spared for word in name.split()} - own
        self._names = [(pattern, said) for name, said in hidden.items() for pattern in _patterns(name)]
        # A whole name before a surname alone, whosever it is.
        self._names.sort(key=lambda pair: -pair[0].groups)

    def text(self, text: str) -> str:
        return "".join(run.text for run in self.runs(text) if run.mark != "-")

    def found(self, text: str) -> list[Redaction]:
        runs = self.runs(text)
        return [
            Redaction(_sort(new.text), old.text, new.text)
            for old, new in pairwise(runs)
            if old.mark == "-" and new.mark == "+"
        ]

    def runs(self, text: str) -> list[Run]:
        """The text with what goes out ("-") and what comes instead ("+")."""
        runs = [Run(_LINK.sub(r"\1", text))]
        for pattern, said in ((_EMAIL, NO_EMAIL), (_PHONE, NO_PHONE), *self._names):
            runs = [piece for run in runs for piece in (self._split(run, pattern, said) if not run.mark else [run])]
        return [run for run in runs if run.text]

    def _split(self, run: Run, pattern: re.Pattern[str], said: str) -> list[Run]:
        pieces, at = [], 0
        for found in pattern.finditer(run.text):
            if "surname" in pattern.groupindex and not self._is_name(found):
                continue
            pieces += [Run(run.text[at : found.start()]), Run(found[0], "-"), Run(said, "+")]
            at = found.end()
        return [*pieces, Run(run.text[at:])]

    def _is_name(self, found: re.Match[str]) -> bool:
        word = found["surname"]
        return word[0].isupper() and (found.re.groups > 1 or folded(word) not in self._spared)


def _sort(replacement: str) -> str:
    return {NO_EMAIL: EMAIL_SORT, NO_PHONE: PHONE_SORT}.get(replacement, NAME_SORT)


def _patterns(name: str) -> list[re.Pattern[str]]:
    """The whole name either way round, and the surname alone. Of several surnames ("Nová Malá") each."""
    words = parts(name)
    if not words:
        return []
    first, surnames = words[0], words[1:] or words
    found = []
    for surname in surnames:
        last = inflected(surname)
        if len(words) > 1:
            given = inflected(first)
            found.append(whole(rf"(?P<given>{given})\s+(?:[^\W\d_]+\s+)?(?P<surname>{last})"))
            found.append(whole(rf"(?P<surname>{last}),?\s+(?P<given>{given})"))
        found.append(whole(rf"(?P<surname>{last})"))
    return found
