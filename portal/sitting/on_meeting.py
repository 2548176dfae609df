"""Doors of the pages of a sitting: they stand under a meeting, and nobody keeps them in a cache."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.views.decorators.cache import never_cache

from portal.meetings.doors import find
from portal.meetings.models import Meeting
from portal.web.doors import FORM, READ, Door, View, of_thing

from . import rules


def on_meeting(rule: Callable[[Any, Meeting], bool], *methods: str) -> Door:
    """Whoever may not see inside (or record, when something is sent) learns nothing."""
    door = of_thing("pk", find, rule, *methods, writing=rules.may_record)

    def decorate(view: View) -> View:
        return never_cache(door(view))

    return decorate


reading = on_meeting(rules.may_read, *READ)
form_for_readers = on_meeting(rules.may_read, *FORM)
writing = on_meeting(rules.may_record, *FORM)
deed = on_meeting(rules.may_record, "POST")
