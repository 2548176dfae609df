"""Controls written without templates are those of Django."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django import forms
from django.forms.renderers import DjangoTemplates, get_default_renderer
from django.test.html import parse_html
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy

from portal.web.controls import WRITERS, Controls

CHOICES = [
    ("", "nevíme"),
    ("ano & ne", 'jen "někdy" <b>'),
    (3, gettext_lazy("Vyberte")),
    ("Skupina <1>", [("a", mark_safe("<em>A</em>")), ("b", "B")]),
]
ATTRIBUTES = {"id": "id_x", "class": "wide", "title": 'a "b" & <c>', "disabled": True, "hidden": False, "rows": 4}
WIDGETS: list[tuple[Callable[..., forms.Widget], list[Any]]] = [
    (forms.TextInput, [None, "", "Žluťoučký", "<script>\"&'", 0, 7, mark_safe("&amp;")]),
    (forms.NumberInput, [None, "", 0, 12_345, "x"]),
    (forms.EmailInput, [None, "jana@example.org"]),
    (forms.URLInput, [None, "https://example.org/?a=1&b=2"]),
    (forms.PasswordInput, [None, "tajné"]),
    (forms.HiddenInput, [None, 5, "<"]),
    (forms.SearchInput, [None, "dluhy"]),
    (forms.TelInput, [None, "+420 493"]),
    (lambda attrs: forms.DateInput(attrs, format="%Y-%m-%d"), [None, date(2026, 2, 1), "31. 12."]),
    (forms.CheckboxInput, [None, True, False, "yes"]),
    (forms.FileInput, [None, "x.pdf"]),
    (forms.Textarea, [None, "", "řádek\n<další> & \n", "  kraje  "]),
    (lambda attrs: forms.Select(attrs, choices=CHOICES), [None, "", "ano & ne", 3, "b"]),
    (lambda attrs: forms.SelectMultiple(attrs, choices=CHOICES), [None, [], ["a", "3"]]),
    (lambda attrs: forms.RadioSelect(attrs, choices=CHOICES), [None, "", "3", "b"]),
    (lambda attrs: forms.CheckboxSelectMultiple(attrs, choices=CHOICES), [None, [], ["a", "ano & ne"]]),
]


@pytest.mark.parametrize(("make", "values"), WIDGETS)
@pytest.mark.parametrize("attributes", [{}, {"id": "id_x"}, ATTRIBUTES])
def test_a_control_is_the_one_of_django(
    make: Callable[..., forms.Widget], values: list[Any], attributes: dict[str, Any]
) -> None:
    widget = make(attributes)
    assert widget.template_name in WRITERS
    for value in values:
        mine = widget.render("jmeno", value, renderer=Controls())
        theirs = widget.render("jmeno", value, renderer=DjangoTemplates())
        if hasattr(widget, "choices"):
            # Between options its templates leave empty lines, which nobody sees.
            assert parse_html(mine) == parse_html(theirs), value
        else:
            assert mine == theirs, value
        assert hasattr(mine, "__html__")


def test_what_is_not_written_here_goes_through_its_template() -> None:
    widget = forms.ClearableFileInput()
    assert widget.template_name not in WRITERS
    assert 'type="file"' in widget.render("soubor", None, renderer=Controls())


def test_forms_of_the_portal_use_it() -> None:
    assert isinstance(get_default_renderer(), Controls)
