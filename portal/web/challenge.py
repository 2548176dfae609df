"""A question that keeps robots out without a picture, a sound or anybody else's server.

    class CommentForm(Challenged): ...
    form = CommentForm(request.POST)        # or CommentForm() with a fresh question
    if form.is_valid(): ...

A person reads "Napište číslicí: sedm" and types 7 (or "sedm"); a screen reader says it as any other text. Besides it
there is a field that people do not see, the least time that a person needs, and a question answered once is used up.
A wrong answer costs nothing: the same form comes back with another question and everything that was typed.
"""

from __future__ import annotations

import secrets
from typing import Any

from django import forms
from django.core import signing
from django.core.cache import cache
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from words.fold import fold

SALT = "web.challenge"
# Nobody reads a question and writes a sentence sooner; a question waits for a slow writer half a day.
LEAST_SECONDS, MOST_SECONDS = 2, 12 * 3600
NUMBERS = {
    2: gettext_lazy("dvě"),
    3: gettext_lazy("tři"),
    4: gettext_lazy("čtyři"),
    5: gettext_lazy("pět"),
    6: gettext_lazy("šest"),
    7: gettext_lazy("sedm"),
    8: gettext_lazy("osm"),
    9: gettext_lazy("devět"),
    10: gettext_lazy("deset"),
    11: gettext_lazy("jedenáct"),
    12: gettext_lazy("dvanáct"),
}


def ask() -> str:
    """The token of a fresh question."""
    return signing.dumps([secrets.token_urlsafe(9), secrets.choice(list(NUMBERS))], salt=SALT)


def _read(token: str) -> tuple[str, int] | None:
    try:
        once, number = signing.loads(token, salt=SALT, max_age=MOST_SECONDS)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return (once, number) if number in NUMBERS else None


def asked(token: str) -> str:
    """The question in words; empty for a token that is no good any more."""
    read = _read(token)
    return _("Napište číslicí: %(number)s") % {"number": NUMBERS[read[1]]} if read else ""


def answered(token: str, answer: str) -> bool:
    """Whether the answer belongs to the question. A question holds once: the second time it is refused."""
    read = _read(token)
    if read is None:
        return False
    once, number = read
    if fold(answer.strip()) not in (str(number), fold(str(NUMBERS[number]))):
        return False
    return bool(cache.add(f"challenge:{once}", 1, MOST_SECONDS))


def too_soon(token: str) -> bool:
    """Whether the form came back sooner than a person could have read it."""
    try:
        signing.loads(token, salt=SALT, max_age=LEAST_SECONDS)
    except signing.BadSignature:  # older than that, or none of ours
        return False
    return True


class Challenged(forms.Form):
    """A form for people who are not signed in. The question stands last, in front of the button."""

    question_token = forms.CharField(widget=forms.HiddenInput, required=False)
    question_answer = forms.CharField(
        label="",
        max_length=40,
        help_text=gettext_lazy("Tím poznáme, že nepíše stroj. Můžete to napsat i slovem."),
        error_messages={"required": gettext_lazy("Napište prosím to číslo. Poznáme tím, že nepíše stroj.")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "size": "8"}),
    )
    # People do not see this field; machines that fill in everything do.
    website = forms.CharField(
        label=gettext_lazy("Tohle pole nevyplňujte"),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"}),
    )

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.order_fields([name for name in self.fields if not name.startswith("question_")])
        token = str(self.data.get(self.add_prefix("question_token"), "")) if self.is_bound else ask()
        self._put(token if asked(token) else ask())

    def _put(self, token: str) -> None:
        """Ask this question; what was typed to another one is gone."""
        name = self.add_prefix("question_token")
        self.fields["question_answer"].label = asked(token)
        self.initial["question_token"] = token
        if self.is_bound and self.data.get(name) != token:
            # A dictionary of one value a name would forget ticked lists; what Django hands in keeps them.
            changed: Any = self.data.copy()  # type: ignore[attr-defined]
            changed[name], changed[self.add_prefix("question_answer")] = token, ""
            self.data = changed

    def ask_again(self) -> None:
        """The form comes back after its question was used up: ask another."""
        self._put(ask())

    @property
    def from_machine(self) -> bool:
        """Filled in the hidden field or answered at once: thank it kindly and keep nothing."""
        token = str(self.data.get(self.add_prefix("question_token"), ""))
        return bool(self.data.get(self.add_prefix("website"))) or too_soon(token)

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        # Asked last: a good answer must not be used up by a form that comes back for another field.
        if not self.errors and not answered(
            str(self.cleaned_data.get("question_token", "")), str(self.cleaned_data.get("question_answer", ""))
        ):
            self.add_error("question_answer", _("Číslo nesouhlasí. Zkuste to prosím znovu s novým číslem."))
            self._put(ask())
        return cleaned
