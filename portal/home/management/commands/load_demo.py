"""`manage.py load_demo [--remove]`: the invented region of demo/, for development, screenshots and trying out."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.db.models import ProtectedError

from portal.home import (
    demo,
    demo_consult,
    demo_documents,
    demo_meetings,
    demo_minutes,
    demo_pages,
    demo_plan,
    demo_sitting,
    demo_suggestions,
)


class Command(BaseCommand):
    help = "Nahraje vymyšlený kraj pro ukázku. Co už nahrané je, nechá, jak je."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--remove", action="store_true", help="ukázku zase odstraní")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            self.stdout.write(self._remove() if options["remove"] else self._load())
        except (demo.NotDemo, demo_plan.NotDemoPlan) as fault:
            raise CommandError(str(fault)) from fault
        except ProtectedError as fault:
            things = ", ".join(sorted({str(thing) for thing in fault.protected_objects})[:5])
            raise CommandError(f"Ukázku nelze odstranit, závisí na ní: {things}. Nic se nezměnilo.") from fault

    def _load(self) -> str:
        with transaction.atomic():
            added = demo.load(people=settings.DEBUG)
            plans = demo_plan.load()
            documents = demo_documents.load()
            meetings = demo_meetings.load()
            sittings = demo_sitting.load()
            minutes = demo_minutes.load()
            consultations = demo_consult.load()
            suggestions = demo_suggestions.load()
            articles = demo_pages.load()
        if not (
            added.municipalities
            or added.providers
            or added.services
            or added.people
            or added.groups
            or plans
            or documents
            or meetings
            or sittings
            or minutes
            or consultations
            or suggestions
            or articles
        ):
            return "Ukázka už je nahraná."
        return (
            f"Ukázka přidala: obce {added.municipalities}, poskytovatelé {added.providers}, "
            f"služby {added.services}, lidé {added.people}, skupiny {added.groups}, plány {len(plans)}, "
            f"dokumenty {documents}, jednání {meetings}, připomínková řízení {consultations}, "
            f"podněty {suggestions}, články {articles}."
        )

    def _remove(self) -> str:
        with transaction.atomic():
            demo_pages.remove()
            demo_suggestions.remove()
            demo_consult.remove()
            demo_minutes.remove()
            demo_sitting.remove()
            demo_meetings.remove()
            demo_documents.remove()
            plans = demo_plan.remove()
            return f"Ukázka je pryč, služeb bylo {demo.remove()}, plánů {plans}."
