"""Tags and filters of the shared look; loaded in every template. /ui/ shows them all."""

import json
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

import segno
from django import template
from django.core.paginator import Page
from django.forms import BaseForm, BoundField
from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import NoReverseMatch, reverse
from django.utils.formats import number_format
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext as _

from portal.web.bundles import ICONS
from words.plural import form_of

register = template.Library()

# What a browser may fill in by itself, by the type of the input.
AUTOCOMPLETE = {"email": "email", "tel": "tel", "url": "url"}
NOTICES = {"info", "success", "warning", "error"}  # each has an icon of the same name


@register.filter
def counted(number: int, forms: str) -> SafeString:
    """`{{ n|counted:"služba,služby,služeb" }}` -> "2 služby": the number with the right of the plural forms, held
    together by a hard space. Catalogues translate all the forms at once, as one text."""
    told = gettext(forms)
    # Forms left in Czech keep Czech rules.
    language = (get_language() or "cs") if told != forms else "cs"
    form = told.split(",")[form_of(number, language)]
    return mark_safe(f"{number_format(number)}\xa0{form}")  # noqa: S308 - forms come from templates and catalogues


@register.filter
def spoken(text: str) -> str:
    """A name from a code list in the language of the page: `{{ kind.name|spoken }}`. Names that people have added
    or changed stay as they wrote them."""
    return gettext(text) if text and get_language() != "cs" else text


@register.simple_tag
def in_czech() -> SafeString:
    """` lang="cs"` for texts that people wrote in Czech, on a page in another language: `<p{% in_czech %}>`."""
    return mark_safe("") if get_language() == "cs" else mark_safe(' lang="cs"')


@register.simple_tag
def icon(name: str) -> SafeString:
    """A decorative icon; always beside a word that says the same."""
    if name not in ICONS:
        raise template.TemplateSyntaxError(f"No icon {name!r}; there are {', '.join(sorted(ICONS))}.")
    svg = '<svg class="icon" width="20" height="20" aria-hidden="true" focusable="false">{}</svg>'
    return format_html(svg, format_html('<use href="{}#{}"></use>', static("icons.svg"), name))


@register.simple_tag
def phone(number: str) -> SafeString:
    """A telephone number to tap: `{% phone "+420 493 000 111" %}`."""
    digits = "".join(sign for sign in number if sign.isdigit() or sign == "+")
    return format_html('<a class="phone" href="tel:{}">{}{}</a>', digits, icon("phone"), number)


@register.simple_tag
def email(address: str) -> SafeString:
    """An e-mail that people read and robots do not: without a script in words, with it a link to write to."""
    user, _at, host = address.partition("@")
    words = '<safe-email user="{}" host="{}">{}{} <span class="soft">({})</span> {}</safe-email>'
    return format_html(words, user, host, icon("mail"), user, _("zavináč"), host)


@register.simple_tag
def state(kind: str, word: str) -> SafeString:
    """How a thing stands, in a word, a shape and a colour; kinds: done, partly, missed, unknown."""
    if kind not in {"done", "partly", "missed", "unknown"}:
        raise template.TemplateSyntaxError(f"No state {kind!r}.")
    return format_html('<span class="state {}">{}</span>', kind, word)


# --- messages ----------------------------------------------------------------------------------------


@register.simple_block_tag
def notice(content: str, kind: str, title: str = "", level: int = 2) -> SafeString:
    """`{% notice "warning" "Nadpis" %}<p>…</p>{% endnotice %}`; kinds: info, success, warning, error.

    `level` is the level of the heading, so that the outline of the page stays whole; 0 makes it a
    paragraph."""
    if kind not in NOTICES:
        raise template.TemplateSyntaxError(f"No notice {kind!r}.")
    tag = f"h{level}" if level else "p"
    heading = SafeString("")
    if title:
        heading = format_html('<{} class="notice-title">{}<span>{}</span></{}>', tag, icon(kind), title, tag)
    return format_html('<div class="notice {}">{}{}</div>', kind, heading, content)


@register.inclusion_tag("web/parts/error_summary.html")
def error_summary(form: BaseForm, rows: Sequence[str] = ()) -> dict[str, Any]:
    """What is wrong with the form, with links to the fields; nothing while the form is right. `rows` are errors of
    the rows below it (contacts, places), each naming its row.

    Stands above the form; page title should then start with "Chyba: "."""
    fields = [form[name] for name in form.errors if name in form.fields]
    return {
        "general": [*(form.non_field_errors() if form.is_bound else []), *rows],
        "fields": [(target(field), error) for field in fields for error in field.errors],
    }


@register.inclusion_tag("web/parts/error_summary.html")
def rows_summary(forms: Iterable[BaseForm], general: Sequence[str] = ()) -> dict[str, Any]:
    """The same for a page that is a list of rows, each a small form; `general` is what the action refused."""
    told = [error_summary(form) for form in forms]
    return {
        "general": [*general, *(one for each in told for one in each["general"])],
        "fields": [one for each in told for one in each["fields"]],
    }


def target(field: BoundField) -> str:
    """The id of the control that gets the focus: of a group, its first choice."""
    first = next(iter(field.subwidgets), None)
    if field.field.widget.use_fieldset and first is not None:
        return first.id_for_label or field.auto_id
    return field.auto_id


# --- forms -------------------------------------------------------------------------------------------


@register.simple_tag
def field(bound: BoundField, mark_optional: bool = True) -> SafeString:
    """A field of a form whole: label, hint, error, control, tied together for screen readers.

    The hint is the field's `help_text`. A field that is not required says so after its label, unless
    `mark_optional=False` (search and filters, where nothing is required). A form has a hundred of them, so they are
    put together as text and not by a template."""
    widget = bound.field.widget
    kind = getattr(widget, "input_type", "")
    fills = kind in AUTOCOMPLETE and "autocomplete" not in widget.attrs
    control = bound.as_widget(attrs={"autocomplete": AUTOCOMPLETE[kind]} if fills else {})
    if widget.is_hidden:
        return control
    errors = bound.errors
    label, notes = conditional_escape(bound.label), _notes(bound, errors)
    single_choice = kind == "checkbox" and not widget.use_fieldset
    if mark_optional and not bound.field.required and not single_choice:
        label += format_html(' <span class="optional">({})</span>', _("nepovinné"))
    target_id = conditional_escape(bound.id_for_label)
    if widget.use_fieldset:
        described = bound.aria_describedby
        tied = f' aria-describedby="{conditional_escape(described)}"' if described else ""
        inside = f'<fieldset{tied}>\n<legend class="field-label">{label}</legend>\n{notes}\n{control}\n</fieldset>'
    elif single_choice:
        inside = f'{notes}\n<label class="choice" for="{target_id}">{control}<span>{label}</span></label>'
    else:
        inside = f'<label for="{target_id}">{label}</label>\n{notes}\n{control}'
    wrong = " has-error" if errors else ""
    return mark_safe(f'<div class="field{wrong}">\n{inside}\n</div>')  # noqa: S308 - every value is escaped above


def _notes(bound: BoundField, errors: Sequence[Any]) -> SafeString:
    """The hint of a field and what is wrong with it."""
    notes = SafeString("")
    if bound.help_text:
        notes += format_html('<p class="hint" id="{}_helptext">{}</p>', bound.auto_id, bound.help_text)
    if errors:
        said = conditional_escape(" ").join(conditional_escape(error) for error in errors)
        notes += format_html(
            '<p class="field-error" id="{}_error">{}<span><span class="visually-hidden">{}</span> {}</span></p>',
            bound.auto_id,
            icon("error"),
            _("Chyba:"),
            SafeString(said),
        )
    return notes


# --- moving about ------------------------------------------------------------------------------------


@register.simple_tag(takes_context=True)
def nav_link(context: template.Context, name: str, word: str) -> SafeString:
    """A list item of the main navigation; nothing where the installation lacks that part (`name` is a
    URL name). Lit when the page lies under it."""
    try:
        url = reverse(name)
    except NoReverseMatch:
        return SafeString("")
    request = context.get("request")
    here = request is not None and (request.path == url or (url != "/" and request.path.startswith(url)))
    current = SafeString(' aria-current="true"') if here else ""
    return format_html('<li><a href="{}"{}>{}</a></li>', url, current, word)


@register.simple_tag(takes_context=True)
def breadcrumb(context: template.Context, *steps: str) -> SafeString:
    """`{% breadcrumb "Služby" "/sluzby/" "Pečovatelská služba" %}`: pairs of word and address, the last
    word without an address is this page. The home page comes first by itself."""
    pairs = [(_("Úvod"), "/")]
    pairs += [(steps[at], steps[at + 1]) for at in range(0, len(steps) - 1, 2)]
    items = [format_html('<li><a href="{}">{}</a></li>', url, word) for word, url in pairs]
    if len(steps) % 2:
        items.append(format_html('<li aria-current="page">{}</li>', steps[-1]))
    site = str(context.get("site_url", ""))
    linked = {
        "@context": "https://schema.org",
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": at, "name": str(word), "item": site + str(url)}
            for at, (word, url) in enumerate(pairs, 1)
        ],
    }
    return format_html(
        '<nav class="breadcrumb" aria-label="{}"><ol>{}</ol></nav>{}',
        _("Kde jste"),
        mark_safe("".join(items)),  # noqa: S308 - every item is made by format_html
        json_ld(linked),
    )


@register.simple_tag(takes_context=True)
def tabs(context: template.Context, *pairs: str) -> SafeString:
    """`{% tabs "Přehled" url "Opatření" other_url %}`: links to the sides of one thing; the one whose
    address is this page's is lit. One without an address (of an app that is not installed) is left out."""
    path = context["request"].path
    items = [
        format_html(
            '<li><a href="{}"{}>{}</a></li>',
            pairs[at + 1],
            SafeString(' aria-current="page"') if pairs[at + 1] == path else "",
            pairs[at],
        )
        for at in range(0, len(pairs), 2)
        if pairs[at + 1]
    ]
    return format_html(
        '<nav class="tabs" aria-label="{}"><ul>{}</ul></nav>',
        _("Části stránky"),
        mark_safe("".join(items)),  # noqa: S308 - every item is made by format_html
    )


@register.inclusion_tag("web/parts/steps.html")
def steps(current: int, *names: str) -> dict[str, Any]:
    """`{% steps 2 "Údaje" "Kontrola" "Hotovo" %}`: where in a longer form one is, counted from 1."""
    return {"steps": [(at, name) for at, name in enumerate(names, 1)], "current": current}


@register.inclusion_tag("web/parts/pager.html")
def pager(page: Page[Any], request: HttpRequest, key: str = "strana") -> dict[str, Any]:
    """Pages of a list, keeping the rest of the query; nothing when there is one page only."""

    def address(number: int) -> str:
        query = request.GET.copy()
        query[key] = str(number)
        return f"?{query.urlencode()}"

    around = page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    return {
        "page": page,
        "numbers": [(at, address(at) if isinstance(at, int) else "") for at in around],
        "previous": address(page.number - 1),
        "next": address(page.number + 1),
    }


@register.simple_tag
def sort_header(word: str, key: str, request: HttpRequest, css: str = "") -> SafeString:
    """Head of a column that sorts the table: `?razeni=nazev`, a second time `?razeni=-nazev`."""
    now = request.GET.get("razeni", "")
    query = request.GET.copy()
    query["razeni"] = f"-{key}" if now == key else key
    query.pop("strana", None)
    order = {key: "ascending", f"-{key}": "descending"}.get(now)
    return format_html(
        '<th scope="col"{}{}><a class="sort" href="?{}">{}</a></th>',
        format_html(' class="{}"', css) if css else "",
        format_html(' aria-sort="{}"', order) if order else "",
        query.urlencode(),
        word,
    )


# --- work in the background, paper, machines ---------------------------------------------------------


@register.inclusion_tag("web/parts/progress.html")
def progress(job: Any, url: str) -> dict[str, Any]:
    """How far a job is; asks `url` (a page that shows the same tag) again until the job is finished."""
    return {"job": job, "url": url}


@register.simple_tag
def json_ld(data: dict[str, Any] | Sequence[dict[str, Any]]) -> SafeString:
    """Structured data for search engines."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    safe = text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
    return mark_safe(f'<script type="application/ld+json">{safe}</script>')  # noqa: S308 - escaped above


@register.simple_tag
def qr(url: str) -> SafeString:
    """A QR code of the address as SVG, for paper."""
    return mark_safe(qr_svg(url))  # noqa: S308 - segno draws paths only


@lru_cache(maxsize=512)
def qr_svg(url: str) -> str:
    return segno.make(url, error="m", micro=False).svg_inline(
        border=1, svgclass=None, lineclass=None, omitsize=True, title=_("QR kód s adresou této stránky")
    )
