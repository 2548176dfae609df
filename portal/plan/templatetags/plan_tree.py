"""The lines of a tree as nested lists. Written here and not in a template, because a plan has a thousand of them and
the page has sixty milliseconds."""

from collections.abc import Iterator

from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from portal.plan.tree import Outline

register = template.Library()


@register.simple_tag
def tree_lines(outline: Outline, base: str) -> SafeString:
    """`{% tree_lines outline base %}`: every line leads to its page under `base`, the address of the plan."""
    return mark_safe("".join(_parts(outline, base)))  # noqa: S308 - whatever people wrote is escaped below


def _parts(outline: Outline, base: str) -> Iterator[str]:
    names = {level.pk: escape(level.name) for level in outline.levels}
    for at, line in enumerate(outline.lines):
        yield "<ul>" if line.down or at == 0 else "</li>" + "</ul></li>" * len(line.ups)
        code, said = escape(line.code), line.said
        yield (
            f'<li class="is-{line.level.role}"><a href="{base}bod/{code}/"><span class="code">{code}</span> '
            f'{escape(line.title)}</a> <span class="soft">{names[line.level.pk]}'
            f"{' · ' + escape(said) if said else ''}</span>"
        )
    if outline.lines:
        yield "</li>" + "</ul></li>" * len(outline.ends) + "</ul>"
