"""The form of a comment for everybody. Its fields are those of `fields.py`, as at the desk and on paper."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from portal.web.challenge import Challenged
from words.visible import visible, visible_line

from . import fields
from .comment_actions import MOST_FILES
from .models import Consultation, Paragraph

# What of an overlong text comes back with the form: more than anybody types, less than what clogs the way.
COMES_BACK = 20_000
FILES_HINT = f"PDF, DOCX, XLSX nebo fotka, nejvýš {MOST_FILES}. Na webu budou, až se na ně podíváme."


class ManyFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class Attachments(forms.FileField):
    """Any number of files; what they are is looked at when they are kept."""

    widget = ManyFiles

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile[bytes]]:
        sent = data if isinstance(data, list | tuple) else [data] if data else []
        return [super(Attachments, self).clean(one, initial) for one in sent]


class CommentForm(Challenged):
    """`paragraph` is what the comment is to; without it the form asks for the place by words."""

    def __init__(
        self, consultation: Consultation, paragraph: Paragraph | None, data: Any = None, *args: Any, **more: Any
    ) -> None:
        if data is not None and any(len(value) > COMES_BACK for value in data.values()):
            data = data.copy()
            for name, value in list(data.items()):
                data[name] = value[:COMES_BACK]
        # As it was sent; a form that comes back asks another question.
        self.token = str(data.get("question_token", "")) if data is not None else ""
        super().__init__(data, *args, **more)
        self.consultation = consultation
        own = {
            one.name: one.for_form(consultation) for one in fields.FIELDS if one is not fields.PLACE or not paragraph
        }
        own["files"] = Attachments(label="Přílohy", required=False, help_text=FILES_HINT)
        self.fields = {**own, **self.fields}

    def clean(self) -> dict[str, Any] | None:
        for name, value in list(self.cleaned_data.items()):
            if isinstance(value, str) and name in fields.BY_NAME:
                tidy = visible if fields.BY_NAME[name].lines > 1 else visible_line
                self.cleaned_data[name] = tidy(value)
        for name, words in fields.faults(self.consultation, self.cleaned_data).items():
            if name in self.fields and name not in self.errors:
                self.add_error(name, words)
        return super().clean()

    def wanted(self) -> dict[str, Any]:
        """What `comment_actions.receive` takes."""
        said = {name: self.cleaned_data[name] for name in fields.BY_NAME if name in self.cleaned_data}
        return said | {"uploads": self.cleaned_data["files"]}

    @property
    def sent_files(self) -> bool:
        """Whether there were attachments: a browser does not send them a second time by itself."""
        return self.is_bound and bool(self.files)
