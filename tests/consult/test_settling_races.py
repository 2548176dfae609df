"""Two people at the same comments at the same moment: one settles, the other is told; nothing closes over an open
comment. Real processes over the same database: rows held on PostgreSQL, one writer at a time on SQLite."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from portal.consult.models import Comment
from tests import make
from tests.mail.test_sending import database

from .make import make_comment, make_consultation

COUNT = 12

# What a person does: arguments are their number and a list of jobs (what is done with which comments); answers are a
# line of JSON, one answer a job.
PERSON = """
import json, sys
import django
django.setup()
from django.core.exceptions import ValidationError
from portal.accounts.models import Person
from portal.consult import actions, settling
from portal.consult.models import Comment

who, jobs = sys.argv[1], json.loads(sys.argv[2])
actor = Person.objects.get(pk=who)
comments = {one.pk: one for one in Comment.objects.select_related("consultation")}
print("ready", flush=True)
input()
answers = []
for does, chosen in jobs:
    told = {"done": [], "moved": [], "refused": []}
    answers.append(told)
    for pk in chosen:
        comment = comments[pk]
        seen = {"comment": comment, "seen": comment.version, "actor": actor}
        try:
            if does == "close":
                actions.close(consultation=comment.consultation, actor=actor)
            elif does == "reopen":
                settling.reopen(reason="Ještě jednou.", **seen)
            elif does == "join":
                settling.same_as(original=comments[chosen[0] - 1], **seen)
            else:
                settling.decide(decision=does, reason=f"Tak rozhodl {who}.", **seen)
        except settling.Moved:
            told["moved"].append(pk)
        except ValidationError:
            told["refused"].append(pk)
        else:
            told["done"].append(pk)
print(json.dumps(answers))
"""

type Answer = dict[str, list[int]]
type Job = tuple[str, list[int]]


def together(tmp_path: Path, *people: list[Job]) -> list[list[Answer]]:
    """Let people begin at once; what each of them did, was told of, was refused."""
    actors = [make.person("coordinator").pk for _ in people]
    environment = {
        **os.environ,
        "DATABASE_URL": database(tmp_path),
        "DJANGO_SETTINGS_MODULE": "portal.settings",
        "DEBUG": "1",
    }
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", PERSON, str(who), json.dumps(jobs)],
            env=environment,
            cwd=settings.ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for who, jobs in zip(actors, people, strict=True)
    ]
    for one in processes:
        assert one.stdout is not None
        assert one.stdout.readline() == "ready\n"
    for one in processes:
        assert one.stdin is not None
        one.stdin.write("\n")
        one.stdin.flush()
    answers = []
    for one in processes:
        said, _ = one.communicate(timeout=60)
        assert one.returncode == 0
        answers.append(json.loads(said))
    return answers


def rows(tmp_path: Path, query: str) -> list[tuple[Any, ...]]:
    """What the processes left in the database."""
    if connection.vendor != "sqlite":
        with connection.cursor() as cursor:
            cursor.execute(query)
            return list(cursor.fetchall())
    with closing(sqlite3.connect(tmp_path / "letters.sqlite3")) as file:
        return list(file.execute(query))


def comments(**more: Any) -> list[int]:
    """Comments of a consultation of their own."""
    consultation = make_consultation(phase="settling", paragraphs=1, hearing=None)
    return [make_comment(consultation, kind=Comment.Kind.FORMAL, **more).pk for _ in range(COUNT)]


@pytest.mark.django_db(transaction=True)
def test_of_two_people_one_settles_and_the_other_is_told(tmp_path: Path) -> None:
    """Three times in one pair of processes: both settle the same comments; one opens what the other wants to close;
    one joins comments to an original that the other settles."""
    both, closing_, twins = comments(), comments(decision="noted"), comments()
    one, other = together(
        tmp_path,
        [("accepted", both), ("reopen", closing_), ("join", twins[1:])],
        [("noted", both[::-1]), ("close", closing_), ("explained", twins[:1])],
    )
    stored: dict[int, tuple[Any, ...]] = {
        pk: tuple(said)
        for pk, *said in rows(tmp_path, "SELECT id, decision, decided_at, same_as_id FROM consult_comment")
    }
    # Both settled the same comments: each is settled once, and each time the other one is told.
    assert sorted(one[0]["done"] + other[0]["done"]) == both
    assert sorted(one[0]["moved"] + other[0]["moved"]) == both
    assert {pk for pk in both if stored[pk][0] == "accepted"} == set(one[0]["done"])
    deeds = rows(tmp_path, "SELECT thing_id FROM audit_deed WHERE verb = 'comment_decided'")
    assert sorted(int(pk) for (pk,) in deeds if int(pk) in both) == both
    # One opened comments while the other was closing: nothing closed over an open one.
    left = [pk for pk in closing_ if not stored[pk][0]]
    assert left == one[1]["done"]
    assert not (left and other[1]["done"])
    # Whatever came first, the twins share what became of their original.
    assert one[2]["done"] == twins[1:]
    assert other[2]["done"] == twins[:1]
    assert {stored[pk][2] for pk in twins[1:]} == {twins[0]}
    assert len({stored[pk][:2] for pk in twins}) == 1
