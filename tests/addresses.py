"""Every address of the portal: who gets what from it. tests/test_addresses.py holds the table complete and true.

A row says what a GET answers to those who may come in (`answer`), and who may: EVERYONE, or some of the roles.
The others learn nothing: whoever is not signed in is sent to sign in, whoever is signed in gets 404.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from portal.accounts.models import Grant
from tests.world import World

Role = Grant.Role
EVERYONE = frozenset({"visitor", "nobody", *Role.values})
READERS = frozenset({Role.COORDINATOR, Role.REGION, Role.AUDITOR, Role.TECHNICAL})
WORD_READERS = frozenset({Role.COORDINATOR, Role.REGION, Role.AUDITOR})
WORD_EDITORS = frozenset({Role.COORDINATOR, Role.REGION})
LIST_EDITORS = frozenset({Role.COORDINATOR, Role.REGION, Role.TECHNICAL})
IMPORTERS = frozenset({Role.REGION, Role.TECHNICAL})
IMPORT_READERS = IMPORTERS | {Role.AUDITOR}
SIGNED_IN = EVERYONE - {"visitor"}


@dataclass(frozen=True)
class Address:
    who: frozenset[str] = EVERYONE
    answer: int = 200
    arguments: Callable[[World], dict[str, Any]] = field(default=lambda _: {})
    html: bool = True  # a page a person reads: looked at by axe and the HTML checker
    writes: bool = False  # the one exception to "GET writes nothing" (docs/decisions/0004)


def data(**more: Any) -> Address:
    return Address(html=False, **more)


def of_service(world: World) -> dict[str, Any]:
    return {"slug": world.service.slug}


def of_service_key(world: World) -> dict[str, Any]:
    return {"pk": world.service.pk}


def of_job(world: World) -> dict[str, Any]:
    return {"key": world.job.key}


def of_run(world: World) -> dict[str, Any]:
    return {"pk": world.run.pk}


def of_scenario(world: World) -> dict[str, Any]:
    return {"pk": world.scenario.pk}


def of_reference(world: World) -> dict[str, Any]:
    return {"pk": world.reference.pk}


def of_shared(world: World) -> dict[str, Any]:
    return {"key": world.scenario.key}


def of_cost(world: World) -> dict[str, Any]:
    return {"pk": world.unit_cost.pk}


def of_proposal(world: World) -> dict[str, Any]:
    return {"pk": world.proposal.pk}


def planners(**more: Any) -> Address:
    """Pages of scenarios: an auditor reads them."""
    return Address(**{"who": frozenset({Role.COORDINATOR, Role.REGION, Role.AUDITOR}), **more})


def planning(**more: Any) -> Address:
    """Pages that only those who may change scenarios get."""
    return Address(**{"who": frozenset({Role.COORDINATOR, Role.REGION}), **more})


def desk(**more: Any) -> Address:
    return Address(**{"who": READERS, **more})


ADDRESSES: dict[str, Address] = {
    "home:landing": Address(),
    "home:contact": Address(),
    "home:help": Address(),
    "home:privacy": Address(),
    "home:accessibility": Address(),
    "home:open_data": Address(),
    "home:catalogue": data(),
    "home:robots": data(),
    "home:sitemap": data(),
    "home:desk": desk(),
    "finding:search": Address(writes=True),
    "finding:suggest": data(),
    "finding:suggest_places": data(),
    "finding:missing": Address(),
    "finding:map": Address(),
    "finding:map_points": data(),
    "finding:map_borders": data(),
    "finding:situations": Address(),
    "finding:situation": Address(arguments=lambda world: {"slug": world.situation.slug}),
    "finding:crisis": Address(),
    "finding:selection": Address(),
    "finding:selection_change": data(answer=405),
    "finding:guide": Address(),
    "finding:lay_words": desk(who=WORD_READERS),
    "finding:lay_word_add": desk(who=WORD_EDITORS),
    "finding:lay_word_change": desk(who=WORD_EDITORS, arguments=lambda world: {"pk": world.word.pk}),
    "finding:empty_searches": desk(who=WORD_READERS),
    "finding:situation_list": desk(who=WORD_READERS),
    "finding:situation_change": desk(who=WORD_EDITORS, arguments=lambda world: {"slug": world.situation.slug}),
    "finding:crisis_lines": desk(who=WORD_READERS),
    "finding:crisis_line_change": desk(who=WORD_EDITORS, arguments=lambda world: {"key": world.line.key}),
    "catalogue:service": Address(arguments=of_service),
    "catalogue:service_easy": Address(arguments=of_service),
    "catalogue:service_qr": data(arguments=of_service),
    "catalogue:report": Address(arguments=of_service),
    "catalogue:report_thanks": Address(arguments=of_service),
    "catalogue:providers": Address(),
    "catalogue:provider": Address(arguments=lambda world: {"slug": world.service.provider.slug}),
    "catalogue:municipalities": Address(),
    "catalogue:municipality": Address(arguments=lambda world: {"slug": world.town.slug}),
    "catalogue:kinds": Address(),
    "catalogue:services_csv": data(),
    "catalogue:services_xlsx": data(),
    "catalogue:services_json": data(),
    "catalogue:services_geojson": data(),
    "catalogue:desk_services": desk(who=WORD_READERS),
    "catalogue:service_add": desk(who=WORD_EDITORS),
    "catalogue:service_edit": desk(who=WORD_READERS, arguments=of_service_key),
    "catalogue:service_publish": desk(who=WORD_EDITORS, answer=405, html=False, arguments=of_service_key),
    "catalogue:service_hide": desk(who=WORD_EDITORS, answer=405, html=False, arguments=of_service_key),
    "catalogue:service_end": desk(who=WORD_EDITORS, answer=405, html=False, arguments=of_service_key),
    "catalogue:service_resume": desk(who=WORD_EDITORS, answer=405, html=False, arguments=of_service_key),
    "catalogue:desk_reports": desk(who=WORD_READERS),
    "catalogue:report_settle": desk(who=WORD_READERS, arguments=lambda world: {"pk": world.report.pk}),
    "catalogue:report_reopen": desk(
        who=WORD_EDITORS, answer=405, html=False, arguments=lambda world: {"pk": world.report.pk}
    ),
    "catalogue:lists": desk(),
    "catalogue:list_items": desk(arguments=lambda _: {"name": "druhy"}),
    "catalogue:list_item_add": desk(who=LIST_EDITORS, arguments=lambda _: {"name": "druhy"}),
    "catalogue:list_item_edit": desk(
        who=LIST_EDITORS, arguments=lambda world: {"name": "druhy", "key": world.service.kind.key}
    ),
    "register:runs": desk(who=IMPORT_READERS),
    "register:upload": desk(who=IMPORTERS),
    "register:fetch": desk(who=IMPORTERS, answer=405, html=False),
    "register:template": desk(who=IMPORTERS, html=False),
    "register:run": desk(who=IMPORT_READERS, arguments=of_run),
    "register:confirm": desk(who=IMPORTERS, answer=405, html=False, arguments=of_run),
    "register:retry": desk(who=IMPORTERS, answer=405, html=False, arguments=of_run),
    "register:drop": desk(who=IMPORTERS, answer=405, html=False, arguments=of_run),
    "register:report": desk(who=IMPORT_READERS, html=False, arguments=of_run),
    "accounts:sign_in": Address(),
    "accounts:sign_out": data(who=SIGNED_IN, answer=405),
    "jobs:state": data(arguments=of_job),
    "jobs:progress": Address(arguments=of_job),
    "jobs:result": data(arguments=of_job),
    "web:ui": Address(),
    "web:ui_places": data(),
    "web:ui_suggest": data(),
    "web:set_language": data(answer=302),
    "access:study": Address(),
    "access:study_map": data(),
    "access:study_data": data(arguments=lambda _: {"form": "json"}),
    "access:matrix": Address(),
    "access:matrix_xlsx": data(),
    "access:references": planners(),
    "access:reference_add": planning(),
    "access:reference_edit": planning(arguments=of_reference),
    "access:reference_remove": planning(arguments=of_reference),
    "access:scenarios": planners(),
    "access:scenario_add": planning(),
    "access:scenario_compare": planners(),
    "access:scenario": planners(arguments=of_scenario),
    "access:scenario_map": planners(arguments=of_scenario, html=False),
    "access:scenario_change": data(who=SIGNED_IN, answer=405, arguments=of_scenario),
    "access:scenario_undo": data(who=SIGNED_IN, answer=405, arguments=of_scenario),
    "access:scenario_save": data(who=SIGNED_IN, answer=405, arguments=of_scenario),
    "access:scenario_comment": data(who=SIGNED_IN, answer=405, arguments=of_scenario),
    "access:scenario_remove": data(who=SIGNED_IN, answer=405, arguments=of_scenario),
    "access:scenario_shared": Address(arguments=of_shared),
    "access:scenario_shared_map": data(arguments=of_shared),
    "access:placement": planners(),
    "access:proposal": planners(arguments=of_proposal),
    "access:proposal_try": data(who=SIGNED_IN, answer=405, arguments=of_proposal),
    "access:outlook": Address(),
    "access:unit_costs": planners(),
    "access:unit_cost_add": planning(),
    "access:unit_cost": planning(arguments=of_cost),
    "access:unit_cost_remove": data(who=SIGNED_IN, answer=405, arguments=of_cost),
}
