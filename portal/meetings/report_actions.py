"""Every write of reports on agendas."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from portal.fulfilment import rules as report_rules
from portal.fulfilment.models import FulfilmentReport

from . import reported
from .agenda_actions import item_propose
from .models import AgendaItem, Meeting


@transaction.atomic
def report_put(
    *, report: FulfilmentReport, meetings: Iterable[Meeting], sort: str, text: str, actor: Any
) -> list[AgendaItem]:
    """The report as an item of each of the meetings, on the agenda or as a proposal, as the actor may there. A meeting
    that has it already keeps the item it has. From then on whoever reads the inside of the meeting reads the report."""
    if not report_rules.may_read_desk(actor, report.plan):
        raise PermissionDenied
    # One report at a time, so that two people do not put it to the same meeting twice.
    report = FulfilmentReport.objects.select_for_update(of=("self",)).select_related("plan").get(pk=report.pk)
    return [
        item_propose(
            meeting=meeting,
            title=reported.words(report),
            text=text,
            sort=sort,
            about=report,
            words=reported.words(report),
            address=reported.address(report, meeting),
            actor=actor,
        )
        for meeting in meetings
        if not reported.is_on(report, meeting)
    ]
