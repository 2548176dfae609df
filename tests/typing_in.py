"""What a browser would send from the form of a service as it stands."""

from datetime import date
from typing import Any

from portal.catalogue.desk_forms import ServiceEdit


def typed_in(edit: ServiceEdit) -> dict[str, Any]:
    """Names and values of every field of the page, rows and their counts with them."""
    forms = [edit.form]
    for rows in edit.row_sets:
        forms += [rows.management_form, *rows]
    said: dict[str, Any] = {}
    for form in forms:
        for bound in form:
            value = bound.value()
            if value not in (None, "") and value is not False:
                said[bound.html_name] = f"{value:%Y-%m-%d}" if isinstance(value, date) else value
    return said
