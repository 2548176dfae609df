"""Work in the background: where one more help would do most."""

from __future__ import annotations

from portal.jobs.actions import advance
from portal.jobs.models import Job
from portal.jobs.work import work

from . import placement_actions


@work
def propose(job: Job) -> None:
    advance(job=job, done=1, total=3, message="Připravujeme cesty mezi obcemi.")
    study, wish = placement_actions.prepared(proposal_id=job.parameters["proposal"])
    advance(job=job, done=2, total=3, message="Hledáme nejlepší místa. Trvá to nejvýš půl minuty.")
    placement_actions.answer(proposal_id=job.parameters["proposal"], study=study, wish=wish)
