"""What the desk asks for when it types in a comment from paper, an e-mail, the telephone or the hearing."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from portal.suggestions.models import Origin
from words.visible import visible

from .comment_actions import MOST_FILES
from .comment_forms import Attachments
from .fields import FIELDS, faults
from .models import Comment, Consultation

ORIGINS = [(str(code), str(word)) for code, word in Origin.choices if code != Origin.WEB]
# What the next comment from the same pile has most likely in common with this one.
KEPT = ("origin", "received_on", "side", "show")
FILES_HINT = f"PDF, DOCX, XLSX nebo obrázek, nejvýš {MOST_FILES}. Na webu budou, až když je u připomínky ukážete."
# What the form asks the author, said of the author.
LABELS = {"side": "Za koho píše", "shown_as": "Co o něm ukázat na webu"}
HINTS = {
    "original": "",
    "proposed": "",
    "reason": "",
    "email": "Jen když ho autor napsal. Přijde mu na něj odpověď.",
    "shown_as": "Jen to, co autor sám vybral.",
    "place": "Číslo odstavce nebo opatření připojí připomínku k místu v textu.",
    "kind": "",
}


class SaidForm(forms.Form):
    """The fields of a comment as an official types them: lists instead of buttons to choose from (a letter of the
    keyboard picks a line), and nothing asked for that the author left out."""

    def __init__(self, consultation: Consultation, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.consultation = consultation
        for one in FIELDS:
            made = one.for_form(consultation)
            if one.choices:
                made.widget = forms.Select(choices=one.choices)
            else:
                made.required = False
            made.label = LABELS.get(one.name, one.label)
            made.help_text = HINTS.get(one.name, one.help)
            self.fields[one.name] = made

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for one in FIELDS:
            if isinstance(cleaned.get(one.name), str):
                cleaned[one.name] = visible(cleaned[one.name])
        for name, message in faults(self.consultation, cleaned, on_paper=True).items():
            if name not in self.errors:
                self.add_error(name, message)
        return cleaned

    def said(self) -> dict[str, Any]:
        return {one.name: self.cleaned_data[one.name] for one in FIELDS}


class EntryForm(SaidForm):
    origin = forms.ChoiceField(label="Jak přišla", choices=ORIGINS, initial=Origin.PAPER)
    received_on = forms.DateField(
        label="Kdy přišla",
        help_text="Podle toho poznáme, jestli přišla včas.",
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": "Napište den, kdy přišla.", "invalid": "Napište den jako 31. 12. 2028."},
    )
    show = forms.BooleanField(
        label="Hned zveřejnit",
        required=False,
        initial=True,
        help_text="Přečetli jste ji a není v ní nic o zdraví nebo rodině konkrétních lidí.",
    )

    def __init__(self, consultation: Consultation, *args: Any, **kwargs: Any) -> None:
        super().__init__(consultation, *args, **kwargs)
        self.fields["files"] = Attachments(label="Sken nebo soubory", required=False, help_text=FILES_HINT)
        self.order_fields(["origin", "received_on", *(one.name for one in FIELDS), "files", "show"])

    def clean_received_on(self) -> date:
        said: date = self.cleaned_data["received_on"]
        if said > timezone.localdate():
            raise ValidationError("Ten den ještě nebyl.")
        return said

    def wanted(self) -> dict[str, Any]:
        """Arguments of `entry_actions.enter`."""
        return {
            **self.said(),
            "origin": self.cleaned_data["origin"],
            "received_at": moment(self.consultation, self.cleaned_data["received_on"], timezone.now()),
            "show": self.cleaned_data["show"],
            "uploads": self.cleaned_data["files"],
        }

    @property
    def sent_files(self) -> bool:
        """Whether there were attachments: a browser does not send them a second time by itself."""
        return self.is_bound and bool(self.files)

    def next(self) -> dict[str, Any]:
        """What the form for the next comment begins with."""
        return {name: self.cleaned_data[name] for name in KEPT}


class HearingForm(SaidForm):
    """A comment said aloud: it is here and now, and is shown once it was read back and its author agreed."""

    def wanted(self) -> dict[str, Any]:
        return {**self.said(), "origin": Origin.HEARING, "received_at": timezone.now(), "show": False}


class CorrectForm(SaidForm):
    """What was typed in, put right after it was read back aloud or compared with the paper."""

    seen = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, comment: Comment, *args: Any, **kwargs: Any) -> None:
        stands = {one.name: getattr(comment, one.name) for one in FIELDS}
        if comment.paragraph and not stands["place"]:
            stands["place"] = comment.paragraph.label
        kwargs["initial"] = {"seen": comment.version, **stands}
        super().__init__(comment.consultation, *args, **kwargs)


def moment(consultation: Consultation, day: date, now: datetime) -> datetime:
    """When a comment of that day came: now for one of today, else noon; on the first and the last day of the term a
    moment within it, because the day of the stamp counts as a whole."""
    at = now if day == timezone.localdate(now) else timezone.make_aware(datetime.combine(day, time(12)))
    opens, closes = consultation.opens_at, consultation.closes_at
    if closes is not None and day == timezone.localdate(closes):
        at = min(at, closes - timedelta(minutes=1))
    if opens is not None and day == timezone.localdate(opens):
        at = max(at, opens)
    return at
