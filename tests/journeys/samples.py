"""Addresses of every page over the demo region, with a sample of whatever the demo itself does not hold.

Runs in a process of its own (`python -m tests.journeys.samples`) against the database of the journeys' site.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import django
from django.core.files.base import ContentFile
from django.urls import reverse

if TYPE_CHECKING:
    from tests.world import World

VISITOR = "visitor"


def addresses() -> dict[str, tuple[str, str]]:
    """Name of an address -> (who is to open it, path)."""
    from portal.accounts.models import Grant
    from tests.addresses import ADDRESSES, build

    world = build(sample_world())
    found = {}
    for name, row in ADDRESSES.items():
        if row.html and row.answer == 200:
            # Who may change a page sees more of it than who only reads.
            role = next(
                role
                for role in (VISITOR, Grant.Role.COORDINATOR, Grant.Role.REGION, *Grant.Role.values)
                if role in row.who
            )
            found[name] = (str(role), reverse(name, kwargs=row.arguments(world)))
    return found


def sample_world() -> World:
    """The demo region with one report, one file of a register, one scenario… as people leave them behind."""
    from portal.access.models import Proposal, ReferenceValue, Scenario, UnitCost
    from portal.catalogue.models import Report, Service
    from portal.finding.models import CrisisLine, LayWord, Situation
    from portal.groups.models import Group
    from portal.jobs.models import Job
    from portal.register.models import ImportRun
    from portal.territory.models import Municipality
    from tests.world import World

    service = Service.objects.exclude(easy_read="").filter(kind__key="ps").order_by("name")[0]
    job = Job.objects.create(key="ukazka-pruvodce", kind="guide", title="Tištěný průvodce", state=Job.State.DONE)
    job.result.save("pruvodce.pdf", ContentFile(b"%PDF-1.7"))
    run = ImportRun.objects.create(
        file_name="registr.json",
        state=ImportRun.State.CHECKED,
        counts={"read": 9, "facilities": 12, "existing": 9, "touched": 1},
    )
    run.report.save("rozdily.csv", ContentFile(b""))
    reference = ReferenceValue.objects.create(
        name="Lůžka na 1 000 lidí", measure="age_65_plus", amount=27, source="Výzkumná zpráva"
    )
    reference.kinds.add(service.kind)
    wish = {"goal": "dosah", "places": 1, "orps": [], "towns": [], "smallest": 0, "size": None, "budget": ""}
    return World(
        town=Municipality.objects.get(name="Svornov"),
        service=service,
        report=Report.objects.create(service=service, text="Telefon už neplatí.", email="jana@example.org"),
        situation=Situation.objects.get(slug="nasili-doma"),
        word=LayWord.objects.order_by("pk")[0],
        line=CrisisLine.objects.all()[0],
        job=job,
        run=run,
        scenario=Scenario.objects.create(
            name="Bez domova", query="druh=ps&uzemi=cr", key="ukazka-scenare", shared=True
        ),
        unit_cost=UnitCost.objects.create(kind=service.kind, amount=4_200_000, year=2025, source="Výroční zpráva"),
        reference=reference,
        proposal=Proposal.objects.create(query="druh=ps&uzemi=cr", wish=wish),
        more={"group": Group.objects.get(slug="ps-seniori-svornov")},
    )


if __name__ == "__main__":
    django.setup()
    print(json.dumps(addresses()))
