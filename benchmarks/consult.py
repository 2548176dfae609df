"""A consultation that many people read and write to at once.

python -m benchmarks.consult [--people 100] [--seconds 60] [--think 10]

First the page of a text with 200 paragraphs and 2 000 comments, then ten times as many: questions to the database,
server time, weight. Then the load: each person reads the text, opens the form, thinks, answers the question against
robots and sends a comment, again and again, over gunicorn with two workers. The deadline passes while they write.
Afterwards the tables are asked: every comment answered as taken is there under the key that its author was given, every
one that came late is a suggestion, and numbers have no gaps. On SQLite and, where POSTGRES_URL names a server, on
PostgreSQL; each over a database of its own.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.parse
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from benchmarks.editors import ROOT, WORKERS, Answer, FormReader, Server, ask, percentile
from benchmarks.measure import Row, report

PACKAGES = ("django", "gunicorn", "psycopg")
PARAGRAPHS, COMMENTS = 200, 2000
AIM_SQL, AIM_MS, AIM_KIB, AIM_P95 = 12, 100, 60, 2.0
QUESTION = re.compile(r"Napište číslicí: (\w+)")
TEXT = "Pečovatelská služba přijde i v sobotu a v neděli, kdo ji potřebuje, zavolá den předem. " * 4
# The part of the run after which comments come late.
DEADLINE = 0.85
# Seconds that the server takes before it answers well.
START = 10


# --- a person ----------------------------------------------------------------------------------------------------


@dataclass
class Told:
    """What the server answered over the run; keys of comments and of suggestions that it said it had taken."""

    statuses: Counter[str] = field(default_factory=Counter)
    seconds: dict[str, list[float]] = field(default_factory=lambda: {"read": [], "open": [], "send": []})
    comments: list[str] = field(default_factory=list)
    suggestions: list[str] = field(default_factory=list)
    strange: list[str] = field(default_factory=list)
    cut_off: int = 0


@dataclass(frozen=True)
class Run:
    port: int
    slug: str
    end: float
    think: float
    parts: int


async def write(number: int, run: Run, told: Told) -> None:
    """One person until the end of the run, each from an address of their own."""
    chance, cookies, source = random.Random(number), dict[str, str](), f"127.0.{1 + number // 250}.{1 + number % 250}"
    text, count = f"/pripominky/{run.slug}/", 0

    async def timed(what: str, method: str, path: str, fields: list[tuple[str, str]]) -> Answer:
        begin = time.perf_counter()
        answer = await ask(run.port, method, path, cookies, fields, source=source)
        told.seconds[what].append(time.perf_counter() - begin)
        told.statuses[f"{method} {answer.status}"] += 1
        cookies.update(answer.cookies)
        return answer

    await asyncio.sleep(chance.uniform(0, run.think))
    while time.monotonic() < run.end:
        try:
            await timed("read", "GET", f"{text}?cast={chance.randint(1, run.parts)}", [])
            # Nobody is told to come later: each person writes less than one visitor may in an hour.
            order = chance.randint(1, PARAGRAPHS)
            page = await timed("open", "GET", f"{text}nova/?odstavec={order}", [])
            asked = QUESTION.search(page.body)
            reader = FormReader()
            reader.feed(page.body)
            sent = next((one for one in reader.forms if any(name == "question_token" for name, _ in one)), [])
            if page.status != 200 or asked is None:
                told.strange.append(f"GET form: {page.status}")
                return
            await asyncio.sleep(max(2.2, chance.uniform(0.5, 1.5) * run.think))
            count += 1
            words = {
                "proposed": f"Návrh {number}-{count}", "reason": TEXT, "question_answer": asked[1],
                "email": f"clovek{number}-{count}@example.org" if count % 3 == 0 else "",
            }  # fmt: skip
            answer = await timed("send", "POST", f"{text}nova/", [(name, words.get(name, said)) for name, said in sent])
            note(answer, told)
        except OSError:
            told.cut_off += 1
            await asyncio.sleep(chance.uniform(0.2, 1.0))


def note(answer: Answer, told: Told) -> None:
    place = urllib.parse.urlsplit(answer.location)
    if answer.status == 302 and place.path.startswith("/pripominky/moje/"):
        told.comments.append(place.path.split("/")[3])
    elif answer.status == 302 and place.query.startswith("podnet="):
        told.suggestions.append(place.query.removeprefix("podnet="))
    else:
        told.strange.append(f"POST: {answer.status} {answer.location}")


# --- the data ----------------------------------------------------------------------------------------------------


def fill() -> Any:
    """A consultation of 200 paragraphs with 2 000 comments."""
    from django.utils import timezone

    from portal.consult.models import Consultation, Paragraph

    now = timezone.now()
    made = Consultation.objects.create(
        slug="navrh-site", title="Návrh sítě služeb", span_kind="site", state="announced", showing="at_once",
        announced_at=now - timedelta(days=2), opens_at=now - timedelta(days=1), closes_at=now + timedelta(days=1),
    )  # fmt: skip
    Paragraph.objects.bulk_create(
        Paragraph(
            consultation=made, order=n, label=str(n), sort="heading" if n % 10 == 1 else "text",
            level=1 if n % 10 == 1 else 0, text=f"Část {n}" if n % 10 == 1 else TEXT,
        )
        for n in range(1, PARAGRAPHS + 1)
    )  # fmt: skip
    more_comments(made, COMMENTS)
    return made


def more_comments(consultation: Any, count: int) -> None:
    from django.utils import timezone

    from portal.consult.models import Comment, Consultation

    first = consultation.next_number
    paragraphs = list(consultation.paragraphs.values_list("pk", flat=True))
    Comment.objects.bulk_create(
        [
            Comment(
                consultation=consultation, paragraph_id=paragraphs[n % len(paragraphs)], number=first + n,
                proposed=f"Návrh {n}", reason=TEXT, received_at=timezone.now(), state="shown",
            )
            for n in range(count)
        ],
        batch_size=500,
    )  # fmt: skip
    consultation.next_number = first + count
    Consultation.objects.filter(pk=consultation.pk).update(next_number=first + count)


def pages(consultation: Any) -> list[dict[str, Any]]:
    """What a page costs now: the parts of the text, and a paragraph with its comments."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from portal.consult import reading

    client, text = Client(), f"/pripominky/{consultation.slug}/"
    parts = len(reading.parts(reading.outline(consultation)))
    told = []
    for name, addresses in (
        ("a part of the text", [f"{text}?cast={n}" for n in range(1, parts + 1)]),
        ("a paragraph with comments", [f"{text}odstavec/{n}/" for n in (2, 99, 200)]),
        ("the form", [f"{text}nova/?odstavec=2"]),
    ):
        client.get(addresses[0])
        seconds, weights, asked = [], [], []
        for address in addresses * 3:
            with CaptureQueriesContext(connection) as queries:
                client.get(address)
            asked.append(len(queries))  # the log is emptied by the next request
            begin = time.perf_counter()
            answer = client.get(address)
            seconds.append(time.perf_counter() - begin)
            weights.append(len(answer.content) / 1024)
        told.append({"name": name, "sql": max(asked), "ms": statistics.median(seconds) * 1e3, "kib": max(weights)})
    return told


def examine(told: Told, before: int) -> dict[str, int]:
    """What the tables say of what was answered."""
    from portal.consult.models import Comment, Consultation
    from portal.suggestions.models import Suggestion

    made = Comment.objects.filter(number__gt=before)
    kept = set(made.values_list("key", flat=True))
    late = set(Suggestion.objects.values_list("key", flat=True))
    numbers = sorted(Comment.objects.values_list("number", flat=True))
    deadline = Consultation.objects.get().closes_at
    return {
        "lost": len(set(told.comments) - kept) + len(set(told.suggestions) - late),
        "twice": len(told.comments) - len(set(told.comments)) + len(told.suggestions) - len(set(told.suggestions)),
        "gaps": numbers[-1] - len(numbers),
        "after the deadline": made.filter(received_at__gte=deadline).count() if deadline else 0,
    }


def drive(options: argparse.Namespace) -> None:
    """In a process with the database of the run; figures as JSON on the last line."""
    import django

    django.setup()
    from django.db import connection
    from django.utils import timezone

    from portal.consult import reading
    from portal.consult.models import Consultation

    consultation = fill()
    figures: dict[str, Any] = {"pages": pages(consultation)}
    more_comments(consultation, 9 * COMMENTS)
    figures["pages tenfold"] = pages(consultation)
    parts = len(reading.parts(reading.outline(consultation)))
    before = consultation.next_number - 1
    server, told = Server(options.port, Path(os.environ["VAR_DIR"]) / "server.log"), Told()

    async def everybody() -> None:
        for _ in range(4 * WORKERS):  # a server that has just started is not what is measured
            await ask(options.port, "GET", f"/pripominky/{consultation.slug}/", {}, [])
        run = Run(options.port, consultation.slug, time.monotonic() + options.seconds, options.think, parts)
        await asyncio.gather(*(write(number, run, told) for number in range(options.people)))

    try:
        passes = timezone.now() + timedelta(seconds=START + options.seconds * DEADLINE)
        Consultation.objects.update(closes_at=passes)
        connection.close()
        asyncio.run(everybody())
    finally:
        server.stop()
    figures |= {
        "statuses": told.statuses, **told.seconds, "comments": len(told.comments), "late": len(told.suggestions),
        "cut off": told.cut_off, "strange": told.strange[:10], **examine(told, before),
    }  # fmt: skip
    print(json.dumps(figures))


# --- the whole ---------------------------------------------------------------------------------------------------


def prepare(url: str, home: Path, port: int) -> dict[str, str]:
    environment = {
        **os.environ, "DATABASE_URL": url, "VAR_DIR": str(home), "DEBUG": "0", "SECRET_KEY": "benchmark",
        "SITE_URL": f"http://127.0.0.1:{port}", "ALLOWED_HOSTS": "127.0.0.1 testserver",
        "DJANGO_SETTINGS_MODULE": "portal.settings", "EMAIL_URL": "",
    }  # fmt: skip
    for command in (["migrate"], ["createcachetable"], ["collectstatic", "--noinput"]):
        subprocess.run(
            [sys.executable, "manage.py", *command, "--verbosity", "0"],
            cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL,
        )  # fmt: skip
    return environment


def fresh_postgres(server: str) -> str:
    """A new empty database on the server and its address."""
    import psycopg

    name = "pospolu_consult"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        connection.execute(f"CREATE DATABASE {name} ENCODING 'UTF8' TEMPLATE template0")
    return urllib.parse.urlunsplit(urllib.parse.urlsplit(server)._replace(path=f"/{name}"))


def rows(name: str, figures: dict[str, Any]) -> list[Row]:
    told = []
    for size, key in ((f"{COMMENTS} comments", "pages"), (f"{10 * COMMENTS} comments", "pages tenfold")):
        for one in figures[key]:
            what = f"{name}, {size}: {one['name']}"
            told += [
                Row(f"{what}, SQL", one["sql"], "", reach=f"<= {AIM_SQL}", ok=one["sql"] <= AIM_SQL),
                Row(f"{what}, server", one["ms"], "ms", reach=f"<= {AIM_MS} ms", ok=one["ms"] <= AIM_MS),
                Row(f"{what}, weight", one["kib"], "KiB", reach=f"<= {AIM_KIB} KiB", ok=one["kib"] <= AIM_KIB),
            ]
    told += [
        Row(f"{name}: comments answered as taken", figures["comments"], ""),
        Row(f"{name}: came late, became suggestions", figures["late"], ""),
    ]
    faults = sum(count for status, count in figures["statuses"].items() if status.split()[1].startswith("5"))
    for what, count in [
        ("answered and lost", figures["lost"]),
        ("written twice", figures["twice"]),
        ("gaps in numbers", figures["gaps"]),
        ("taken after the deadline", figures["after the deadline"]),
        ("errors of the server (5xx)", faults),
        ("other unexpected answers", len(figures["strange"])),
        ("requests without an answer", figures["cut off"]),
    ]:
        told.append(Row(f"{name}: {what}", count, "", reach="0", ok=count == 0))
    for what in ("read", "open", "send"):
        p95 = percentile(figures[what], 0.95)
        told += [
            Row(f"{name}: {what}, median", statistics.median(figures[what]) * 1e3, "ms"),
            Row(f"{name}: {what}, p95", p95 * 1e3, "ms", reach=f"<= {AIM_P95:g} s", ok=p95 <= AIM_P95),
        ]
    return told


def main() -> int:
    parser = argparse.ArgumentParser(description="Many people at one consultation.")
    parser.add_argument("--people", type=int, default=100)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--think", type=float, default=10, help="seconds between opening and sending, on average")
    parser.add_argument("--drive", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--port", type=int, default=0, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.drive:
        drive(options)
        return 0
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = int(probe.getsockname()[1])
    command = [sys.executable, "-m", "benchmarks.consult", "--drive", "--port", str(port)]
    command += ["--people", str(options.people), "--seconds", str(options.seconds), "--think", str(options.think)]
    told: list[Row] = []
    with tempfile.TemporaryDirectory() as folder:
        databases = {"SQLite": f"sqlite:///{folder}/load.sqlite"}
        if server := os.environ.get("POSTGRES_URL"):
            databases["PostgreSQL"] = fresh_postgres(server)
        for name, url in databases.items():
            environment = prepare(url, Path(folder) / name, port)
            done = subprocess.run(command, cwd=ROOT, env=environment, check=True, stdout=subprocess.PIPE, text=True)
            figures = json.loads(done.stdout.splitlines()[-1])
            if figures["strange"]:
                print("\n".join(figures["strange"]), file=sys.stderr)
            told += rows(name, figures)
            report("consult", told, packages=PACKAGES)  # what is known so far, should a later run be cut short
    return 0 if report("consult", told, packages=PACKAGES) else 1


if __name__ == "__main__":
    sys.exit(main())
