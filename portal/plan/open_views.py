"""What the page of a part says of itself while it is open: `<who-else>` asks, nobody comes here by a link."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone

from . import open_parts
from .models import Plan
from .views import deed


@deed
def part_open(request: HttpRequest, plan: Plan, sort: str, pk: int) -> HttpResponse:
    """Says that the person has the part open and answers who else has; with `leave` that they left it."""
    person: Any = request.user
    part = f"{sort}-{pk}"
    if "leave" in request.POST:
        open_parts.closed(plan, part, person)
        return HttpResponse(status=204)
    others = [
        {"name": one.name, "since": f"{timezone.localtime(one.since):%-H.%M}"}
        for one in open_parts.opened(plan, part, person)
    ]
    return JsonResponse({"others": others}, json_dumps_params={"ensure_ascii": False})
