"""`manage.py find "text" [--near PLACE] [--limit N] [--json]`: the same ranked answer as the page gives."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from portal.catalogue.models import Kind
from portal.finding import index
from portal.finding.engine import Answer, Engine
from portal.finding.question import Notice

MOST = 1000


class Command(BaseCommand):
    help = "Find services by a question in anybody's words; --json prints a JSON list of objects."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("text", help="what hurts, in own words; a place may be in it")
        parser.add_argument("--near", default="", metavar="PLACE", help="name of a municipality or a postal code")
        parser.add_argument("--limit", type=int, default=20, metavar="N", help="how many services (20)")
        parser.add_argument("--json", action="store_true", help="print JSON instead of lines")

    def handle(self, *_: Any, text: str, near: str, limit: int, **options: Any) -> None:
        if not 1 <= limit <= MOST:
            raise CommandError(f"--limit is a number from 1 to {MOST}.")
        engine = index.current()
        answer = engine.search(text, near=near, limit=limit)
        found = answered(answer, engine)
        if options["json"]:
            self.stdout.write(json.dumps(found, ensure_ascii=False, indent=1))
            return
        for place, one in enumerate(found, start=1):
            away = "" if one["distance_km"] is None else f"  {one['distance_km']:.1f} km".replace(".", ",")
            self.stdout.write(
                f"{place:3}. {one['service']} ({one['kind']})\n     {one['provider']}, {one['municipality']}{away}"
            )
        if Notice.PLACE_UNKNOWN in answer.notices:
            self.stderr.write(f"Místo „{near}“ neznáme, hledali jsme všude.")


def answered(answer: Answer, engine: Engine) -> list[dict[str, Any]]:
    """Hits as plain objects; `kind_code` is the register's code of the kind (our key where it has none),
    `municipality` and `distance_km` belong to the nearest place of the service."""
    entries = {entry.id: entry for entry in engine.of_ids(hit.id for hit in answer.hits)}
    names = {naming.key: naming.name for naming in engine.lay.kind_namings}
    codes = dict(Kind.objects.values_list("key", "code"))
    found = []
    for hit in answer.hits:
        entry = entries[hit.id]
        place = engine.places.get(hit.municipality)
        found.append(
            {
                "kind_code": codes.get(hit.kind) or hit.kind,
                "kind": names.get(hit.kind, hit.kind),
                "service": entry.name,
                "provider": entry.provider,
                "municipality": place.name if place else "",
                "distance_km": hit.distance_km,
                "score": hit.score,
            }
        )
    return found
