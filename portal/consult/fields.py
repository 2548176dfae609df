"""What a comment is made of, told once: the form on the web, quick entry at the desk and the sheet to fill in (DOCX,
PDF) all ask for the same things by the same words.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms

from portal.groups.models import Side
from words.fold import fold

from .models import Comment, Consultation

ALWAYS = "always"


@dataclass(frozen=True, slots=True)
class CommentField:
    """One thing that a comment says. `name` is the column of Comment; `needed` is ALWAYS, the rule of the consultation
    that asks for it, or nothing; `lines` is how much room it has; `short` is what a narrow sheet calls it."""

    name: str
    label: str
    help: str = ""
    longest: int = 4000
    choices: tuple[tuple[str, str], ...] = ()
    lines: int = 1
    needed: str = ""
    # What stands there while nobody has chosen.
    initial: str = ""
    autocomplete: str = ""

    def is_needed_in(self, consultation: Consultation) -> bool:
        return self.needed == ALWAYS or bool(self.needed and getattr(consultation, self.needed))

    def meant(self, typed: str) -> str:
        """The code of a choice that was typed by its code, its words or a beginning that no other choice has; the
        usual choice for words that are none of them."""
        return self.known(typed) or self.initial

    def known(self, typed: str) -> str:
        """The same, and empty for words that are none of the choices."""
        words = fold(typed.strip())
        exact = [code for code, called in self.choices if words in (code, fold(called))]
        begun = [code for code, called in self.choices if words and fold(called).startswith(words)]
        return exact[0] if exact else begun[0] if len(begun) == 1 else ""

    def for_form(self, consultation: Consultation) -> forms.Field:
        """The field as a form of the web has it."""
        told: dict[str, Any] = {
            "label": self.label,
            "help_text": self.help,
            "required": self.is_needed_in(consultation),
        }
        if told["required"]:
            told["error_messages"] = {"required": MISSING.get(self.name, "Vyplňte prosím toto pole.")}
        if self.choices:
            return forms.ChoiceField(**told, choices=self.choices, initial=self.initial, widget=forms.RadioSelect)
        filled = {"autocomplete": self.autocomplete} if self.autocomplete else {}
        if self.name == "email":
            made = forms.EmailField(**told, max_length=self.longest, widget=forms.EmailInput(attrs=filled))
            made.error_messages["invalid"] = "Napište e-mail, třeba jana@priklad.cz."
            return made
        if self.lines > 1:
            widget = forms.Textarea(attrs={"rows": str(self.lines), **filled})
            return forms.CharField(**told, max_length=self.longest, widget=widget)
        return forms.CharField(**told, max_length=self.longest, widget=forms.TextInput(attrs=filled))


MISSING = {
    "reason": "Napište prosím, proč to navrhujete. Stačí jedna věta.",
    "email": "Napište prosím e-mail. Pošleme na něj odpověď, nikde ho neukážeme.",
    "name": "Napište prosím své jméno nebo organizaci.",
    "proposed": "Napište prosím, co navrhujete změnit, nebo proč.",
}

PLACE = CommentField(
    "place",
    "Čeho se připomínka týká",
    "Číslo odstavce nebo opatření, kapitola nebo strana. Když nic nenapíšete, týká se celého textu.",
    longest=200,
)
ORIGINAL = CommentField("original", "Původní znění", "Věta nebo část textu, kterou chcete změnit.", lines=3)
PROPOSED = CommentField("proposed", "Navrhované znění", "Jak by text měl znít. Stačí i pár slov.", lines=4)
REASON = CommentField("reason", "Zdůvodnění", "Proč změnu navrhujete.", lines=4, needed="reason_needed")
KIND = CommentField(
    "kind",
    "Druh připomínky",
    "Věcná mění, co plán říká. Formální opravuje překlep, číslo nebo název.",
    choices=tuple((str(code), str(word)) for code, word in Comment.Kind.choices),
    needed=ALWAYS,
    initial=Comment.Kind.SUBSTANTIAL,
)
SIDE = CommentField(
    "side",
    "Za koho píšete",
    "Zadavatel je obec nebo kraj, poskytovatel službu dělá, uživatel ji potřebuje on sám nebo jeho blízký.",
    choices=tuple((str(code), str(word)) for code, word in Side.choices),
    needed=ALWAYS,
    initial=Side.PUBLIC,
)
NAME = CommentField("name", "Jméno", longest=150, autocomplete="name")
ORGANISATION = CommentField("organisation", "Organizace", longest=200, autocomplete="organization")
SHOWN_AS = CommentField(
    "shown_as",
    "Co o vás ukázat na webu",
    "Text připomínky a odpověď na ni budou veřejné vždy.",
    choices=tuple((str(code), str(word)) for code, word in Comment.As.choices),
    needed=ALWAYS,
    initial=Comment.As.NOBODY,
)
EMAIL = CommentField(
    "email",
    "E-mail",
    "Pošleme vám na něj odpověď. Nikde ho neukážeme.",
    longest=254,
    needed="email_needed",
    autocomplete="email",
)

# In the order in which they are asked for.
FIELDS = (PLACE, ORIGINAL, PROPOSED, REASON, KIND, SIDE, NAME, ORGANISATION, SHOWN_AS, EMAIL)
BY_NAME = {field.name: field for field in FIELDS}


def faults(consultation: Consultation, said: Mapping[str, Any], *, on_paper: bool = False) -> dict[str, str]:
    """What must be put right before the comment is taken: name of the field → words for whoever fills it in. One that
    came on paper or by telephone cannot be sent back: it only has to say something."""
    found: dict[str, str] = {}
    for field in FIELDS:
        value = str(said.get(field.name) or "").strip()
        if not value and field.is_needed_in(consultation) and (field.choices or not on_paper):
            found[field.name] = MISSING.get(field.name, "Vyplňte prosím toto pole.")
        elif len(value) > field.longest:
            found[field.name] = f"Text je moc dlouhý. Vejde se sem {field.longest} znaků, napsali jste {len(value)}."
        elif field.choices and value and value not in dict(field.choices):
            found[field.name] = "Vyberte jednu z možností."
    if not any(str(said.get(name) or "").strip() for name in ("proposed", "reason")):
        found.setdefault("proposed", MISSING["proposed"])
    named = any(str(said.get(name) or "").strip() for name in ("name", "organisation"))
    if consultation.name_needed and not named and not on_paper:
        found["name"] = MISSING["name"]
    return found
