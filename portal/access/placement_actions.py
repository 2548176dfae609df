"""Every write of proposals: ask, answer, try out in a scenario."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from portal.audit.actions import record
from portal.jobs.actions import start

from . import placement, rules, scenario_actions
from .forms import stored_question
from .models import Proposal, Scenario, ScenarioChange
from .placement import Answer, Wish
from .question import Question
from .study import Study, data_version, land
from .study import study as study_of


@transaction.atomic
def proposal_ask(*, question: Question, wish: Wish, title: str, actor: Any) -> Proposal:
    """Put the computation in the queue; refuses at once what has no answer. Whoever asked watches the job and then
    comes to the page of the proposal."""
    from .tasks import propose

    if not rules.may_edit_scenarios(actor):
        raise PermissionDenied
    asked = scenario_actions.plain(question)
    placement.check(study_of(asked), wish)
    made = Proposal.objects.create(query=asked.query(), wish=wish.data(), author=actor)
    record(verb="proposal_asked", thing=made, actor=actor, after={"query": made.query, "wish": made.wish})
    job = start(
        task=propose,
        kind="proposal",
        title=title[:200],
        actor=actor,
        parameters={"proposal": made.pk},
        next_url=reverse("access:proposal", args=[made.pk]),
    )
    Proposal.objects.filter(pk=made.pk).update(job_key=job.key)
    made.refresh_from_db()
    return made


def prepared(*, proposal_id: int) -> tuple[Study, Wish]:
    """What the computation stands on, over the data of this moment."""
    proposal = Proposal.objects.get(pk=proposal_id)
    version = data_version()
    return study_of(stored_question(proposal.query, land(version)), version), Wish.of(proposal.wish)


def answer(*, proposal_id: int, study: Study, wish: Wish) -> Answer:
    """Compute and keep the answer; the work does this on behalf of whoever asked."""
    found = placement.propose(study, wish)
    Proposal.objects.filter(pk=proposal_id).update(answer=found.data())
    return found


@transaction.atomic
def proposal_try(*, proposal: Proposal, name: str, actor: Any) -> Scenario:
    """A scenario in which the proposed places are open."""
    if not proposal.answer:
        raise ValidationError(_("Návrh ještě není spočítaný."))
    study, wish = prepared(proposal_id=proposal.pk)
    made = scenario_actions.scenario_add(name=name, note="", question=study.question, actor=actor)
    codes = [site.code for site in Answer.of(proposal.answer).sites if site.code in study.land.index]
    ScenarioChange.objects.bulk_create(
        ScenarioChange(scenario=made, deed=ScenarioChange.Deed.OPEN, municipality_id=code, amount=wish.size)
        for code in codes[: scenario_actions.MOST_CHANGES]
    )
    return made
