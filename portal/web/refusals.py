"""What an action refused, told in the form that asked for it."""

from collections.abc import Mapping

from django.core.exceptions import ValidationError
from django.forms import BaseForm


def refused(bound: BaseForm, refusal: ValidationError, names: Mapping[str, str] | None = None) -> None:
    """At the fields of the form that the refusal names, the rest above the form. `names`: fields of the action that
    the form calls otherwise."""
    if not hasattr(refusal, "error_dict"):
        bound.add_error(None, refusal)
        return
    for name, errors in refusal.error_dict.items():
        field = (names or {}).get(name, name)
        bound.add_error(field if field in bound.fields else None, errors)
