"""Tags and filters of the shared look; loaded in every template."""

from django import template
from django.utils.formats import number_format
from django.utils.safestring import SafeString, mark_safe

register = template.Library()


@register.filter
def counted(number: int, forms: str) -> SafeString:
    """`{{ n|counted:"služba,služby,služeb" }}` -> "2 služby": the number with the right of the three
    Czech plural forms, held together by a hard space."""
    one, few, many = forms.split(",")
    form = one if number == 1 else few if 2 <= number <= 4 else many
    return mark_safe(f"{number_format(number)}\xa0{form}")  # noqa: S308 - forms come from the template
