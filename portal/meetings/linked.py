"""A meeting for search engines (schema.org)."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from .agenda import Agenda
from .models import Meeting

MODES = {
    Meeting.Way.PLACE: "OfflineEventAttendanceMode",
    Meeting.Way.ONLINE: "OnlineEventAttendanceMode",
    Meeting.Way.HYBRID: "MixedEventAttendanceMode",
}


def event(meeting: Meeting, title: str, agenda: Agenda, site: str) -> dict[str, Any]:
    """`title` as the public may read it."""
    cancelled = meeting.state == Meeting.State.CANCELLED
    places: list[dict[str, str]] = []
    if meeting.way != Meeting.Way.ONLINE:
        places.append({"@type": "Place", "name": meeting.place, "address": meeting.place})
    if meeting.way != Meeting.Way.PLACE:
        places.append({"@type": "VirtualLocation", "url": f"{site}/jednani/{meeting.pk}/"})
    linked: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Event",
        "name": title,
        "url": f"{site}/jednani/{meeting.pk}/",
        "startDate": timezone.localtime(meeting.starts_at).isoformat(),
        "endDate": timezone.localtime(meeting.ends_at).isoformat(),
        "eventStatus": f"https://schema.org/Event{'Cancelled' if cancelled else 'Scheduled'}",
        "eventAttendanceMode": f"https://schema.org/{MODES[Meeting.Way(meeting.way)]}",
        "location": places[0] if len(places) == 1 else places,
        "organizer": {
            "@type": "Organization",
            "name": meeting.group.name,
            "url": f"{site}/skupiny/{meeting.group.slug}/",
        },
        "inLanguage": "cs",
    }
    if agenda.items:
        linked["description"] = "; ".join(one.title for one in agenda.items)
    return linked
