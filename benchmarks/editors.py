"""200 editors at once on two workers: no lost write, no error of the server, and a server killed in the middle of saves
that loses nothing it has answered as saved.

python -m benchmarks.editors [--editors 200] [--seconds 60] [--think 15]

Each editor opens the form of a service, thinks, changes one text and saves, again and again. There are more editors
than services, so some meet over the same card and are shown what the other one changed (409). The server is what
deployment.md says: gunicorn with two workers, the code loaded before they part. Everything runs over a database of its
own with the demo region, on SQLite and, where POSTGRES_URL names a server, on PostgreSQL, calmly and with `kill -9` in
the middle.

Afterwards the journal is asked: every save answered as saved is in it, each change began from what the one before it
left, and what is stored is what the last one wrote.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import re
import secrets
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.parse
from collections import Counter
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from benchmarks.measure import Row, report

ROOT = Path(__file__).resolve().parent.parent
WORKERS = 2
FIELD = "how_to_get"
MARK = re.compile(r"zápis [0-9a-f]+-[0-9]+-[0-9]+")
PACKAGES = ("django", "gunicorn", "psycopg")
AIM_P95 = 2.0  # seconds, to save a form under the load


# --- an editor and what they see -----------------------------------------------------------------------------


class FormReader(HTMLParser):
    """What a browser would send back from the form that holds the field `seen`."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[list[tuple[str, str]]] = []
        self.select: str | None = None
        self.area: str | None = None

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attributes}
        name = given.get("name", "")
        if tag == "form":
            self.forms.append([])
        elif not self.forms:
            return
        elif tag == "select":
            self.select = name
        elif tag == "option" and self.select and "selected" in given:
            self.forms[-1].append((self.select, given.get("value", "")))
        elif tag == "textarea":
            self.area = name
            self.forms[-1].append((name, ""))
        elif tag == "input" and name and is_sent(given):
            self.forms[-1].append((name, given.get("value", "on" if "checked" in given else "")))

    def handle_data(self, data: str) -> None:
        if self.area is not None:
            name, text = self.forms[-1][-1]
            self.forms[-1][-1] = (name, text + data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self.area is not None:
            name, text = self.forms[-1][-1]
            self.forms[-1][-1] = (name, text.removeprefix("\n"))
            self.area = None
        elif tag == "select":
            self.select = None

    @property
    def fields(self) -> list[tuple[str, str]]:
        return next((one for one in self.forms if any(name == "seen" for name, _ in one)), [])


def is_sent(given: dict[str, str]) -> bool:
    """Whether a browser sends an input with these attributes."""
    sort = given.get("type", "text")
    return "checked" in given if sort in {"checkbox", "radio"} else sort not in {"submit", "file", "button"}


@dataclass
class Told:
    """What the server answered over a whole run; `name` tells its marks from those of other runs."""

    name: str = field(default_factory=lambda: secrets.token_hex(4))
    statuses: Counter[str] = field(default_factory=Counter)
    seconds: dict[str, list[float]] = field(default_factory=lambda: {"open": [], "save": []})
    saved: set[str] = field(default_factory=set)
    strange: list[str] = field(default_factory=list)
    cut_off: int = 0


@dataclass
class Answer:
    status: int
    cookies: dict[str, str]
    body: str
    location: str = ""


async def ask(
    port: int, method: str, path: str, cookies: dict[str, str], fields: list[tuple[str, str]], *, source: str = ""
) -> Answer:
    """One request on a line of its own, as behind a proxy that keeps none; from the loopback address `source`, so that
    the server sees different visitors."""
    body = urllib.parse.urlencode(fields).encode() if method == "POST" else b""
    head = [
        f"{method} {path} HTTP/1.1",
        f"Host: 127.0.0.1:{port}",
        "Connection: close",
        "Cookie: " + "; ".join(f"{name}={value}" for name, value in cookies.items()),
    ]
    if body:
        head += ["Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(body)}"]
    local = (source, 0) if source else None
    reader, writer = await asyncio.open_connection("127.0.0.1", port, local_addr=local)
    try:
        writer.write("\r\n".join([*head, "", ""]).encode() + body)
        await writer.drain()
        raw = await reader.read(-1)
    finally:
        writer.close()
    top, gap, rest = raw.partition(b"\r\n\r\n")
    if not gap:
        raise ConnectionResetError("cut off before an answer")
    lines = top.decode("latin-1").split("\r\n")
    length = next((int(line.split(":")[1]) for line in lines if line.lower().startswith("content-length:")), None)
    if length is not None and len(rest) < length:
        raise ConnectionResetError("cut off in the middle of an answer")
    given = [line.split(":", 1)[1].split(";")[0].strip() for line in lines if line.lower().startswith("set-cookie:")]
    location = next((line.split(":", 1)[1].strip() for line in lines if line.lower().startswith("location:")), "")
    body_text = rest.decode("utf-8", "replace")
    return Answer(int(lines[0].split()[1]), dict(one.split("=", 1) for one in given), body_text, location)


async def edit(number: int, session: str, services: list[int], port: int, end: float, think: float, told: Told) -> None:
    """One editor until the end of the run."""
    chance, cookies, count = random.Random(number), {"sessionid": session}, 0
    await asyncio.sleep(chance.uniform(0, think))
    while time.monotonic() < end:
        path = f"/sprava/sluzby/{chance.choice(services)}/"
        try:
            page = await timed_ask(told, "open", port, "GET", path, cookies, [])
            if page.status != 200:
                told.strange.append(f"GET {path}: {page.status}")
                return
            reader = FormReader()
            reader.feed(page.body)
            await asyncio.sleep(chance.uniform(0.5, 1.5) * think)
            mark = f"zápis {told.name}-{number}-{count}"
            count += 1
            fields = [(name, f"Zavolejte nám, {mark}." if name == FIELD else value) for name, value in reader.fields]
            answer = await timed_ask(told, "save", port, "POST", path, cookies, fields)
            if answer.status == 302:
                told.saved.add(mark)
            elif answer.status != 409:
                told.strange.append(f"POST {path}: {answer.status}")
        except OSError:
            told.cut_off += 1
            await asyncio.sleep(chance.uniform(0.2, 1.0))
            continue
        await asyncio.sleep(chance.uniform(0.5, 1.5) * think)


async def timed_ask(
    told: Told, what: str, port: int, method: str, path: str, cookies: dict[str, str], fields: list[tuple[str, str]]
) -> Answer:
    begin = time.perf_counter()
    answer = await ask(port, method, path, cookies, fields)
    told.seconds[what].append(time.perf_counter() - begin)
    told.statuses[f"{method} {answer.status}"] += 1
    cookies.update(answer.cookies)
    return answer


# --- the server ----------------------------------------------------------------------------------------------


class Server:
    """gunicorn as in deployment.md; killed with all its processes at once, as when a machine runs out of memory."""

    def __init__(self, port: int, log: Path) -> None:
        self.port, self.log = port, log
        self.start()

    def start(self) -> None:
        command = [sys.executable, "-m", "gunicorn", "portal.wsgi", "-b", f"127.0.0.1:{self.port}"]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [*command, "--workers", str(WORKERS), "--preload"], cwd=ROOT, stderr=log, start_new_session=True
            )
        for _ in range(600):
            with socket.socket() as one:
                if one.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.1)
        raise SystemExit(f"The server did not start; see {self.log}.")

    def kill(self) -> None:
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(30)


async def kill_in_the_middle(server: Server, after: float) -> None:
    await asyncio.sleep(after)
    server.kill()
    await asyncio.to_thread(server.start)


async def run(server: Server, sessions: list[str], services: list[int], options: argparse.Namespace) -> Told:
    told, end = Told(), time.monotonic() + options.seconds
    work = [
        edit(number, session, services, server.port, end, options.think, told)
        for number, session in enumerate(sessions)
    ]
    if options.kill:
        work.append(kill_in_the_middle(server, options.seconds / 2))
    await asyncio.gather(*work)
    return told


# --- before and after, in the database -----------------------------------------------------------------------


def sign_in(count: int) -> list[str]:
    """Sessions of so many coordinators."""
    from django.conf import settings
    from django.test import Client

    from portal.accounts.models import Grant, Person

    sessions = []
    for number in range(count):
        somebody, _ = Person.objects.get_or_create(
            email=f"editor{number}@editors.example", defaults={"name": f"Editor {number}"}
        )
        Grant.objects.get_or_create(person=somebody, role=Grant.Role.COORDINATOR)
        client = Client()
        client.force_login(somebody)
        sessions.append(client.cookies[settings.SESSION_COOKIE_NAME].value)
    return sessions


def examine(saved: set[str]) -> dict[str, int]:
    """What the journal and the tables say: saves that are lost, written over in silence, or stored otherwise."""
    from portal.audit.models import Deed
    from portal.catalogue.models import Service

    stored = dict(Service.objects.values_list("pk", FIELD))
    last: dict[int, str] = {}
    told: set[str] = set()
    overwritten = 0
    for deed in Deed.objects.filter(verb="service_changed").order_by("pk"):
        if FIELD not in deed.after:
            continue
        service = int(deed.thing_id)
        if service in last and deed.before[FIELD] != last[service]:
            overwritten += 1
        last[service] = deed.after[FIELD]
        told |= set(MARK.findall(str(deed.after[FIELD])))
    return {
        "lost": len(saved - told),
        "overwritten": overwritten,
        "stored otherwise": sum(stored[service] != text for service, text in last.items()),
        "deeds": len(told),
    }


def drive(options: argparse.Namespace) -> None:
    """In a process with the database of the run: sign in, load, examine; figures as JSON on the last line."""
    import django

    django.setup()
    from django.db import connection

    from portal.catalogue.models import Service

    sessions = sign_in(options.editors)
    services = list(Service.objects.order_by("pk").values_list("pk", flat=True))
    connection.close()
    server = Server(options.port, Path(os.environ["VAR_DIR"]) / "server.log")
    try:
        told = asyncio.run(run(server, sessions, services, options))
    finally:
        server.stop()
    print(
        json.dumps(
            {
                "statuses": told.statuses,
                "open": told.seconds["open"],
                "save": told.seconds["save"],
                "saved": len(told.saved),
                "cut off": told.cut_off,
                "strange": told.strange[:10],
                **examine(told.saved),
            }
        )
    )


# --- the whole -----------------------------------------------------------------------------------------------


def prepare(url: str, home: Path, port: int) -> dict[str, str]:
    """A database with the demo region and the environment of an installation over it."""
    environment = {
        **os.environ,
        "DATABASE_URL": url,
        "VAR_DIR": str(home),
        "DEBUG": "0",
        "SECRET_KEY": "benchmark",
        "SITE_URL": f"http://127.0.0.1:{port}",
        "ALLOWED_HOSTS": "127.0.0.1 testserver",
        "DJANGO_SETTINGS_MODULE": "portal.settings",
        "EMAIL_URL": "",
    }
    for command in (["migrate"], ["load_lists"], ["load_words"], ["load_demo"], ["collectstatic", "--noinput"]):
        subprocess.run(
            [sys.executable, "manage.py", *command, "--verbosity", "0"],
            cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL,
        )  # fmt: skip
    return environment


def fresh_postgres(server: str) -> str:
    """A new empty database on the server and its address."""
    import psycopg

    parts = urllib.parse.urlsplit(server)
    name = "pospolu_editors"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        connection.execute(f"CREATE DATABASE {name} ENCODING 'UTF8' TEMPLATE template0")
    return urllib.parse.urlunsplit(parts._replace(path=f"/{name}"))


def percentile(seconds: list[float], share: float) -> float:
    return statistics.quantiles(seconds, n=100)[round(share * 100) - 1] if len(seconds) > 1 else sum(seconds)


def rows(name: str, figures: dict[str, Any], *, killed: bool) -> list[Row]:
    faults = sum(count for status, count in figures["statuses"].items() if status.split()[1].startswith("5"))
    strange = len(figures["strange"])
    conflicts = figures["statuses"].get("POST 409", 0)
    told = [
        Row(f"{name}: saves answered as saved", figures["saved"], ""),
        Row(f"{name}: saves shown what another changed (409)", conflicts, ""),
    ]
    for what, count in [
        ("saved and lost", figures["lost"]),
        ("overwritten in silence", figures["overwritten"]),
        ("stored otherwise than told", figures["stored otherwise"]),
        ("errors of the server (5xx)", faults),
        ("other unexpected answers", strange),
    ]:
        told.append(Row(f"{name}: {what}", count, "", reach="0", ok=count == 0))
    if killed:
        return [*told, Row(f"{name}: requests cut off by the kill", figures["cut off"], "")]
    for what in ("open", "save"):
        p95 = percentile(figures[what], 0.95)
        told += [
            Row(f"{name}: {what} a form, median", statistics.median(figures[what]) * 1e3, "ms"),
            Row(f"{name}: {what} a form, p95", p95 * 1e3, "ms", reach=f"<= {AIM_P95:g} s", ok=p95 <= AIM_P95),
        ]
    cut = figures["cut off"]
    return [*told, Row(f"{name}: requests without an answer", cut, "", reach="0", ok=cut == 0)]


def main() -> int:
    parser = argparse.ArgumentParser(description="Many editors at once.")
    parser.add_argument("--editors", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--think", type=float, default=15, help="seconds between opening and saving, on average")
    parser.add_argument("--kill", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--drive", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--port", type=int, default=0, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.drive:
        drive(options)
        return 0
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = int(probe.getsockname()[1])
    told: list[Row] = []
    with tempfile.TemporaryDirectory(prefix="pospolu-editors-") as home:
        databases = {"SQLite": f"sqlite:///{home}/editors.sqlite3"}
        if server := os.environ.get("POSTGRES_URL"):
            databases["PostgreSQL"] = fresh_postgres(server)
        for name, url in databases.items():
            environment = prepare(url, Path(home), port)
            for killed in (False, True):
                command = [sys.executable, "-m", "benchmarks.editors", "--drive", "--port", str(port)]
                command += ["--editors", str(options.editors), "--think", str(options.think)]
                command += ["--seconds", str(options.seconds), *(["--kill"] if killed else [])]
                done = subprocess.run(command, cwd=ROOT, env=environment, check=True, stdout=subprocess.PIPE)
                figures = json.loads(done.stdout.splitlines()[-1])
                if figures["strange"]:
                    print("\n".join(figures["strange"]), file=sys.stderr)
                told += rows(f"{name}, killed" if killed else name, figures, killed=killed)
                report("editors", told, packages=PACKAGES)  # what is known so far, should a later run be cut short
    return 0 if report("editors", told, packages=PACKAGES) else 1


if __name__ == "__main__":
    sys.exit(main())
