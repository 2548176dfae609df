"""Pages of one meeting at the desk: the view gets the meeting in place of its number, and who may not come in does not
learn that it is there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.shortcuts import get_object_or_404

from portal.web.doors import FORM, READ, Door, of_thing

from . import rules
from .models import Meeting


def find(pk: Any) -> Meeting:
    return get_object_or_404(Meeting.objects.select_related("group__procedure"), pk=pk)


def of_meeting(rule: Callable[[Any, Meeting], bool], *methods: str) -> Door:
    return of_thing("pk", find, rule, *methods)


reading = of_meeting(rules.may_read_inside, *READ)
running = of_meeting(rules.may_run, *FORM)
deed = of_meeting(rules.may_run, "POST")
proposing = of_meeting(rules.may_propose_item, *FORM)
