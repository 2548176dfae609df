"""Two people at one suggestion in one moment, each with a connection of their own."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from portal.audit.models import Deed
from portal.suggestions import actions
from portal.suggestions import desk_actions as desk
from portal.suggestions.models import Suggestion
from tests import make
from tests.suggestions.desk import came

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.postgres,
]
State = Suggestion.State


def at_once(*deeds: Callable[[], Any]) -> list[BaseException]:
    """What each of the deeds, begun together, was refused with."""
    ready, refused = threading.Barrier(len(deeds)), []

    def run(deed: Callable[[], Any]) -> None:
        try:
            ready.wait()
            deed()
        except ValidationError as refusal:
            refused.append(refusal)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(one,)) for one in deeds]
    for one in threads:
        one.start()
    for one in threads:
        one.join(60)
        assert not one.is_alive()
    return list(refused)


def test_one_of_them_is_told() -> None:
    first, second = make.person("coordinator"), make.person("region")
    for _ in range(10):
        one = came(email="jana@example.org")
        seen = one.version
        refused = at_once(
            partial(desk.suggestion_answer, suggestion=one, seen=seen, answer="Ano.", actor=first),
            partial(desk.suggestion_decline, suggestion=one, seen=seen, reason="Ne.", actor=second),
        )
        assert [type(one) for one in refused] == [desk.Stale]
        assert one.steps.count() == 1
        told = Deed.objects.filter(thing="suggestions.suggestion", thing_id=str(one.pk))
        assert told.count() == 1


def test_two_joined_to_each_other_do_not_wait_for_ever() -> None:
    actor = make.person("coordinator")
    for _ in range(10):
        one, other = came("Obědy"), came("Jídlo")
        refused = at_once(
            partial(desk.suggestion_join, suggestion=one, seen=1, to=other, actor=actor),
            partial(desk.suggestion_join, suggestion=other, seen=1, to=one, actor=actor),
        )
        assert len(refused) == 1
        states = sorted(Suggestion.objects.filter(pk__in=[one.pk, other.pk]).values_list("state", flat=True))
        assert states == [State.JOINED, State.TAKEN]


def test_an_author_who_takes_the_e_mail_back_meanwhile_stays_forgotten() -> None:
    actor = make.person("coordinator")
    for _ in range(10):
        one = came(email="jana@example.org", name="Jana")
        assert not at_once(
            partial(actions.forget_author, suggestion=one),
            partial(desk.suggestion_take, suggestion=one, seen=None, actor=actor),
        )
        one.refresh_from_db()
        assert (one.email, one.name, one.state) == ("", "", State.TAKEN)
