"""Suggestions at the desk in tests: one that came, who triages it, a measure of a plan on the web."""

from __future__ import annotations

from typing import Any

from portal.accounts.models import Grant, Person
from portal.plan.models import Node, Plan
from portal.suggestions import actions, desk_actions
from portal.suggestions.models import Suggestion
from portal.territory.models import Municipality
from tests import make
from tests.plan import plans


def came(title: str = "Obědy ve Lhotě", *, at: Municipality | None = None, **more: Any) -> Suggestion:
    """From the web; with an e-mail it is a confirmed one."""
    said: dict[str, Any] = {"sort": "missing", "title": title, "text": "Nemá je kdo vozit.", "municipality": at}
    return actions.receive(**{**said, "email_confirmed": "email" in more, **more})


def shown(one: Suggestion, actor: Person, **more: Any) -> Suggestion:
    said = {"title": one.title, "public_text": one.text, **more}
    return desk_actions.suggestion_show(suggestion=one, seen=None, actor=actor, **said)


def over(role: str, kind: str, code: str) -> Person:
    somebody = make.person()
    Grant.objects.create(person=somebody, role=role, range_kind=kind, range_code=code)
    return somebody


def measure(public: bool = True) -> Node:
    plan = plans.grown(plans.plan())
    if public:
        Plan.objects.filter(pk=plan.pk).update(shown=True)
    return Node.objects.measures().filter(plan=plan).select_related("plan", "level").first()  # type: ignore[return-value]


def post(client: Any, one: Suggestion, deed: str, **said: Any) -> Any:
    sent = {"deed": deed, "seen": one.version} | said
    return client.post(f"/sprava/podnety/{one.number}/", sent)
