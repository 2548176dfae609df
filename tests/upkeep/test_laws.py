"""What holds for every proposal, whatever is in it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.accounts.models import Grant, Person
from portal.audit.telling import Part
from portal.catalogue import drafts
from portal.catalogue.drafts import ContactDraft, Draft, PlaceDraft
from portal.catalogue.models import Cost, Facility, Service, Source
from portal.catalogue.opening import Stretch
from portal.upkeep import actions, difference, proposed
from portal.upkeep.models import Proposal, Standing
from tests import make

from .test_proposals import editor_of, stored

pytestmark = pytest.mark.django_db

TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=30)
SOME = ["prvni", "druhy", "treti"]
TOWNS = ["Lhota", "Ves", "Hůrka"]
HOURS = st.lists(
    st.builds(Stretch, st.integers(1, 7), st.just(time(8)), st.sampled_from([time(12), time(0)]), TEXT), max_size=3
)


def subsets(of: list[str]) -> st.SearchStrategy[tuple[str, ...]]:
    return st.sets(st.sampled_from(of)).map(lambda keys: tuple(sorted(keys)))


WISHES: dict[str, st.SearchStrategy[Any]] = {
    "name": TEXT.filter(bool),
    "started_on": st.none() | st.dates(date(1990, 1, 1), date(2026, 1, 1)),
    "plain_text": TEXT,
    "easy_read": TEXT,
    "how_to_get": TEXT,
    "waiting": TEXT,
    "cost": st.sampled_from(["", *Cost.values]),
    "cost_note": TEXT,
    "target_groups": subsets(SOME),
    "age_groups": subsets(SOME),
    "features": subsets(SOME),
    "municipalities": st.sets(st.sampled_from(TOWNS)).map(tuple),
    "contacts": st.lists(st.builds(ContactDraft, st.sampled_from(["phone", "web"]), TEXT, TEXT), max_size=3).map(tuple),
    "places": st.builds(
        PlaceDraft,
        street=TEXT,
        lift=st.sampled_from([None, True, False]),
        access_note=TEXT,
        hours=HOURS.map(lambda rows: tuple(sorted(set(rows)))),
    ),
}


def lists() -> dict[str, str]:
    """Rows of code lists that the wishes name; the codes of the towns."""
    for key in SOME:
        make.target_group(key)
        make.age_group(key, name=key)
        make.feature(key, name=key)
    return {name: make.municipality(name).code for name in TOWNS}


def proposed_card(wishes: dict[str, Any]) -> tuple[Service, Person, Draft]:
    """A service of a watched provider (every change waits) with one place, and what its editor wants of it."""
    towns = lists()
    service = make.service("Klub", source=Source.LOCAL, source_id="")
    make.facility(service)
    Standing.objects.create(provider=service.provider, level=Standing.Level.WATCHED)
    now = stored(service)
    changes = dict(wishes)
    if "municipalities" in changes:
        changes["municipalities"] = tuple(sorted(towns[name] for name in changes["municipalities"]))
    if "places" in changes:
        changes["places"] = (replace(changes["places"], id=now.places[0].id, municipality=towns["Ves"]),)
    return service, editor_of(service), replace(now, **changes)


def propose(service: Service, editor: Person, wanted: Draft) -> Proposal | None:
    seen = stored(service).fingerprint
    return actions.propose(service=service, draft=wanted, seen=seen, actor=editor).proposal


@settings(max_examples=20)
@given(data=st.data())
def test_approving_takes_what_was_chosen_and_nothing_else(data: st.DataObject) -> None:
    """All fields approved: stored is what was proposed. Some: those are, the others are as they were."""
    service, editor, wanted = proposed_card(data.draw(st.fixed_dictionaries({}, optional=WISHES)))
    before = stored(service)
    proposal = propose(service, editor, wanted)
    assert stored(service) == before
    if proposal is None:
        assert wanted == before
        return
    chosen = data.draw(st.sets(st.sampled_from(proposal.fields), min_size=1))
    actions.approve(proposal=proposal, names=chosen, reason="Zbytek ne.", actor=make.person("coordinator"))
    after = stored(service)
    for name in drafts.LABELS:
        assert getattr(after, name) == getattr(wanted if name in chosen else before, name), name


@settings(max_examples=10)
@given(wishes=st.fixed_dictionaries({}, optional=WISHES))
def test_returning_and_withdrawing_change_nothing(wishes: dict[str, Any]) -> None:
    service, editor, wanted = proposed_card(wishes)
    before = stored(service)
    proposal = propose(service, editor, wanted)
    if proposal is None:
        return
    again = proposed.with_pending(before, proposal)
    assert again == wanted
    actions.return_(proposal=proposal, reason="Ne.", actor=make.person("region"))
    second = propose(service, editor, wanted)
    assert second is not None
    actions.withdraw(proposal=second, actor=editor)
    assert stored(service) == before
    assert not Proposal.objects.waiting().filter(service=service).exists()


@settings(max_examples=10)
@given(wishes=st.fixed_dictionaries({}, optional=WISHES))
def test_the_difference_holds_both_texts_whole(wishes: dict[str, Any]) -> None:
    """Without what is inserted it is what stands on the card, without what is deleted what is proposed."""
    service, editor, wanted = proposed_card(wishes)
    proposal = propose(service, editor, wanted)
    if proposal is None:
        return
    rows = difference.of_change(proposal, stored(service))
    assert [row.name for row in rows] == proposal.fields
    for row in rows:
        assert (_without("new", row.parts) or difference.NOTHING) == row.now == row.before
        assert (_without("gone", row.parts) or difference.NOTHING) == row.after
        assert row.before != row.after or row.name in {"contacts", "places"}
        assert not row.conflict


def _without(sort: str, parts: tuple[Part, ...]) -> str:
    return "".join(part.text for part in parts if part.sort != sort)


@settings(max_examples=10)
@given(street=st.text("abcčdeř", min_size=8, max_size=12), lift=st.booleans(), words=st.text("xyz ", max_size=20))
def test_a_secret_address_is_nowhere_in_what_upkeep_keeps_or_shows(street: str, lift: bool, words: str) -> None:
    service = make.service("Azyl", source=Source.LOCAL, source_id="")
    place = make.facility(service, make.municipality("Lhota"), street=street)
    editor = editor_of(service)
    now = stored(service)
    propose(service, editor, replace(now, places=(replace(now.places[0], lift=lift),)))
    shown = proposed.with_pending(now, Proposal.objects.waiting().filter(service=service).first())
    hidden = replace(shown, places=(PlaceDraft(id=place.pk, secret=True),), plain_text=f"Nově. {words}")
    saved = actions.propose(service=service, draft=hidden, seen=shown.fingerprint, actor=editor)
    assert saved.proposal is not None
    rows = difference.of_change(saved.proposal, stored(service))
    kept = [
        *Proposal.objects.filter(service=service).values(),
        *rows,
        *Facility.objects.filter(service=service).values(),
    ]
    assert street not in str(kept)


def test_a_role_over_one_provider_gives_nothing_over_any_other() -> None:
    """Whatever the number of the other provider, even one that begins the same."""
    mine = make.provider()
    somebody = make.person()
    Grant.objects.create(
        person=somebody, role=Grant.Role.PROVIDER_HEAD, range_kind=Grant.Range.PROVIDER, range_code=str(mine.pk)
    )
    others = [make.service(provider=make.provider(pk=int(f"{mine.pk}{digit}"))) for digit in range(3)]
    for one in others:
        now = stored(one)
        with pytest.raises(PermissionDenied):
            actions.propose(service=one, draft=now, seen=now.fingerprint, actor=somebody)
    assert not Proposal.objects.exists()
