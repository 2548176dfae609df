"""A link to the history of a thing, on any page that shows the thing."""

from django import template
from django.db.models import Model
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from portal.audit.rules import may_read_journal

register = template.Library()


@register.simple_tag(takes_context=True)
def history(context: template.Context, thing: Model) -> SafeString:
    """`{% load journal %}{% history service %}`; nothing for whoever may not read the journal."""
    if not may_read_journal(context.get("user")):
        return SafeString("")
    url = reverse("audit:thing", args=[thing._meta.label_lower, thing.pk])
    return format_html('<p><a href="{}">Historie změn</a></p>', url)
