"""Numbers of suggestions that come in one moment: each gets its own, none is left out."""

import threading

import pytest
from django.db import connection

from portal.mail.models import Letter
from portal.suggestions import actions
from portal.suggestions.models import Suggestion


@pytest.mark.django_db
def test_they_go_one_after_another() -> None:
    made = [actions.receive(sort="need", title="T", text=f"t{n}").number for n in range(5)]
    assert made == [1, 2, 3, 4, 5]


@pytest.mark.django_db(transaction=True)
@pytest.mark.postgres
def test_many_at_once_wait_for_each_other() -> None:
    ready, failed = threading.Barrier(8), []

    def write(who: int) -> None:
        try:
            ready.wait()
            for n in range(10):
                actions.receive(sort="need", title="T", text=f"{who} {n}", email="obet@example.org")
        except Exception as error:
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=write, args=(who,)) for who in range(8)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(60)
    assert failed == []
    assert sorted(Suggestion.objects.values_list("number", flat=True)) == list(range(1, 81))
    # The line for a number is also the line for letters: no share is counted twice.
    assert Letter.objects.count() == actions.LETTERS
