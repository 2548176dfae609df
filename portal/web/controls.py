"""Controls of forms (inputs, selects, choices) written out without the template engine.

A form of a card has more than a hundred controls, and Django renders each through two to thirty small templates: most
of the time of the page. Here the common ones are put together as text, the same that Django makes
(tests/web/test_controls.py compares them). What is not known here goes the way of templates.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.forms.renderers import DjangoTemplates
from django.http import HttpRequest
from django.utils.html import conditional_escape
from django.utils.safestring import mark_safe

# What a widget says of itself: its name, value, attributes, options.
type Told = dict[str, Any]

INPUTS = ("text", "number", "email", "url", "password", "hidden", "date", "checkbox", "file", "color", "search", "tel")


class Controls(DjangoTemplates):
    def render(self, template_name: str, context: dict[str, Any], request: HttpRequest | None = None) -> str:
        write = WRITERS.get(template_name)
        if write is None:
            return super().render(template_name, context, request)
        return mark_safe(write(context["widget"]).strip())  # noqa: S308 - every value is escaped below


def _attributes(told: Told) -> str:
    parts = []
    for name, value in told["attrs"].items():
        if value is False:
            continue
        parts.append(f" {conditional_escape(name)}")
        if value is not True:
            parts.append(f'="{conditional_escape(value)}"')
    return "".join(parts)


def _input(told: Told) -> str:
    value = told["value"]
    said = "" if value is None else f' value="{conditional_escape(value)}"'
    kind, name = conditional_escape(told["type"]), conditional_escape(told["name"])
    return f'<input type="{kind}" name="{name}"{said}{_attributes(told)}>'


def _textarea(told: Told) -> str:
    text = conditional_escape(told["value"]) if told["value"] else ""
    return f'<textarea name="{conditional_escape(told["name"])}"{_attributes(told)}>\n{text}</textarea>'


def _select(told: Told) -> str:
    lines = [f'<select name="{conditional_escape(told["name"])}"{_attributes(told)}>']
    for group, options, _index in told["optgroups"]:
        if group:
            lines.append(f'\n  <optgroup label="{conditional_escape(group)}">')
        lines += [f"\n  {_option(option)}" for option in options]
        if group:
            lines.append("\n  </optgroup>")
    return "".join(lines) + "\n</select>"


def _option(told: Told) -> str:
    value, label = conditional_escape(told["value"]), conditional_escape(told["label"])
    return f'<option value="{value}"{_attributes(told)}>{label}</option>'


def _choices(told: Told) -> str:
    """Radio buttons or checkboxes one under another."""
    key, look = told["attrs"].get("id"), told["attrs"].get("class")
    lines = [
        "<div",
        f' id="{conditional_escape(key)}"' if key else "",
        f' class="{conditional_escape(look)}"' if look else "",
        ">",
    ]
    for group, options, _index in told["optgroups"]:
        if group:
            lines.append(f"\n  <div><label>{conditional_escape(group)}</label>")
        lines += [f"<div>\n    {_choice(option)}</div>" for option in options]
        if group:
            lines.append("\n  </div>")
    return "".join(lines) + "\n</div>"


def _choice(told: Told) -> str:
    if not told.get("wrap_label"):
        return _input(told)
    key = told["attrs"].get("id")
    of = f' for="{conditional_escape(key)}"' if key else ""
    return f"<label{of}>{_input(told)} {conditional_escape(told['label'])}</label>"


WIDGETS = "django/forms/widgets/"
WRITERS: dict[str, Callable[[Told], str]] = {
    **{f"{WIDGETS}{kind}.html": _input for kind in INPUTS},
    f"{WIDGETS}textarea.html": _textarea,
    f"{WIDGETS}select.html": _select,
    f"{WIDGETS}radio.html": _choices,
    f"{WIDGETS}checkbox_select.html": _choices,
}
