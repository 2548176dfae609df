"""One small whole world for tests that walk through every address."""

from dataclasses import dataclass, field
from typing import Any

from django.core.files.base import ContentFile

from portal.access.models import Proposal, ReferenceValue, Scenario, UnitCost
from portal.accounts.models import Grant
from portal.catalogue.actions import touch
from portal.catalogue.models import Report, Service
from portal.finding.models import CrisisLine, LayWord, Situation
from portal.jobs.models import Job
from portal.register.models import ImportRun
from portal.territory.models import Municipality
from tests import make


@dataclass(frozen=True)
class World:
    town: Municipality
    service: Service
    report: Report
    situation: Situation
    word: LayWord
    line: CrisisLine
    job: Job
    run: ImportRun
    scenario: Scenario
    unit_cost: UnitCost
    reference: ReferenceValue
    proposal: Proposal
    # Sample rows of the other apps, by name; see tests/addresses.
    more: dict[str, Any] = field(default_factory=dict)


def build() -> World:
    town = make.municipality("Svornov", people=5000)
    service = make.service("Domácí pomoc", at=town)
    service.easy_read = "Přijdeme k vám domů.\nPomůžeme vám."
    service.save()
    report = Report.objects.create(service=service, text="Telefon už neplatí.", email="jana@example.org")
    situation = Situation.objects.create(title="Starám se o rodiče", slug="rodice", line="Kdo pomůže doma.")
    word = LayWord.objects.create(phrase="babička padá", kinds="ps")
    line = CrisisLine.objects.create(key="linka", number="116 123", name="Linka", line="Vyslechnou vás.")
    job = Job.objects.create(key="nikdo-neuhodne", kind="guide", title="Tištěný průvodce", state=Job.State.DONE)
    job.result.save("pruvodce.pdf", ContentFile(b"%PDF-1.7"))
    run = ImportRun.objects.create(
        file_name="registr.json",
        state=ImportRun.State.CHECKED,
        counts={"read": 9, "facilities": 12, "existing": 9, "touched": 1},
    )
    run.report.save("rozdily.csv", ContentFile(b""))
    scenario = Scenario.objects.create(name="Bez domova", query="druh=ps&uzemi=cr", key="taky-neuhodne", shared=True)
    unit_cost = UnitCost.objects.create(kind=service.kind, amount=4_200_000, year=2025, source="Výroční zpráva")
    reference = ReferenceValue.objects.create(
        name="Lůžka na 1 000 lidí", measure="age_65_plus", amount=27, source="Výzkumná zpráva"
    )
    reference.kinds.add(service.kind)
    wish = {"goal": "dosah", "places": 1, "orps": [], "towns": [], "smallest": 0, "size": None, "budget": ""}
    proposal = Proposal.objects.create(query="druh=ps&uzemi=cr", wish=wish)
    touch()
    body = make.group(
        town,
        name="Pracovní skupina Svornov",
        abbreviation="PS Svornov",
        span_kind=Grant.Range.MUNICIPALITY,
        span_code=town.pk,
        span_name=town.name,
    )
    more = {"group": body}
    return World(town, service, report, situation, word, line, job, run, scenario, unit_cost, reference, proposal, more)
