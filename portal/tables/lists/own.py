"""Lists of a provider's own pages: what people say of its cards, and where the register says something else."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import QueryDict

from portal.catalogue import overviews
from portal.catalogue import rules as catalogue_rules
from portal.catalogue.models import Report
from portal.freshness import queues
from portal.freshness import rules as freshness_rules
from portal.freshness.models import Conflict

from ..table import Table
from .plain import Reports
from .upkept import Conflicts


class OwnReports(Reports):
    slug = "moje-hlaseni"
    title = "Hlášení k vašim službám"
    home = "catalogue:own_reports"

    def may_read(self) -> bool:
        return catalogue_rules.may_come_for_provider(self.person)

    def rows(self, asked: QueryDict) -> QuerySet[Report]:
        return overviews.desk_reports(catalogue_rules.services_of(self.person), asked.get("stav") == "vyrizene")


class OwnConflicts(Conflicts):
    slug = "moje-rozpory"
    title = "Rozdíly proti registru"
    home = "freshness:own_conflicts"

    def may_read(self) -> bool:
        return freshness_rules.acts_for_provider(self.person)

    def rows(self, asked: QueryDict) -> QuerySet[Conflict]:
        return queues.conflicts(catalogue_rules.services_of(self.person), Conflict.State.OPEN)


OWN: tuple[type[Table], ...] = (OwnReports, OwnConflicts)
