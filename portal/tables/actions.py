"""Every write that comes through a table: a file looked through, let in, taken back; a row of the keyboard table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import PurePath
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.base import ContentFile
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.text import get_valid_filename

from portal.accounts.models import Person
from portal.audit.actions import record
from portal.jobs import actions as jobs
from portal.jobs.models import Job

from .columns import Line
from .compare import Cell, Difference, compare, counts
from .lists import written_table_for
from .models import TableImport
from .sheets import read
from .table import WrittenTable

State = TableImport.State
# Work so small that a person waits for it on the page; larger goes to the background.
BYTES_AT_ONCE, ROWS_AT_ONCE, BATCH = 200_000, 60, 50
CHANGED_MEANWHILE = "Řádek mezitím změnil někdo jiný, nechali jsme ho být."
NOT_YOURS = "Tenhle řádek už nespadá pod vás, nechali jsme ho být."


class Stale(Exception):
    """Somebody else saved the row meanwhile; `stored` is what it says now. Nothing was written."""

    def __init__(self, stored: Line) -> None:
        super().__init__("Řádek mezitím uložil někdo jiný.")
        self.stored = stored


# --- one row -------------------------------------------------------------------------------------------------


@transaction.atomic
def save_row(*, table: WrittenTable, number: str, typed: dict[str, str], seen: str) -> Line:
    """Write typed texts of a row. `seen` is the fingerprint the person began from: when what is stored no longer has
    it, raise `Stale`. ValidationError holds a dictionary by keys of columns."""
    stored = table.lock(number)
    if stored.fingerprint != seen:
        raise Stale(stored)
    changes = _cleaned(table, stored, typed)
    if not changes:
        return stored
    table.write(number, {key: table.by_key[key].sort.clean(text) for key, text in changes.items()})
    return table.find([number])[number]


def _cleaned(table: WrittenTable, stored: Line, typed: dict[str, str]) -> dict[str, str]:
    """Canonical texts of the open cells that say something else than what is stored."""
    changes, errors = {}, {}
    for key, text in typed.items():
        column = table.by_key.get(key)
        if column is None or column.locked or key in stored.locked:
            continue
        try:
            canonical = stored.cells[key] if text == stored.cells[key] else column.sort.canonical(text)
        except ValidationError as problem:
            errors[key] = problem.messages
        else:
            if canonical != stored.cells[key]:
                changes[key] = canonical
    if errors:
        raise ValidationError(errors)
    return changes


# --- a file --------------------------------------------------------------------------------------------------


def upload(*, slug: str, file_name: str, content: bytes, person: Person) -> tuple[TableImport, Job | None]:
    """Take a file and look through it: at once when it is small, else in the background."""
    written_table_for(slug, person)
    name = PurePath(file_name.replace("\\", "/")).name[:200] or "tabulka"
    run = TableImport(table=slug, file_name=name, person=person)
    run.file.save(get_valid_filename(name), ContentFile(content), save=False)
    run.save()
    if len(content) > BYTES_AT_ONCE:
        return run, _in_background(run, "preview", f"Prohlížíme tabulku {name}")
    preview(run=run)
    return run, None


def preview(*, run: TableImport, job: Job | None = None) -> None:
    """Read the file and keep what it would change; the file itself has done its duty."""
    table = _table_of(run)
    with run.file.open() as file:
        content = file.read()
    try:
        rows = read(content)
        if job is not None:
            jobs.advance(job=job, done=0, total=len(rows), message="Porovnáváme s tím, co máme")
        found = compare(table, rows)
    except ValidationError as refusal:
        _move(run, State.REFUSED, message=" ".join(refusal.messages))
    else:
        state = State.CHECKED if found else State.UNCHANGED
        _move(run, state, rows=[one.as_json() for one in found], counts={**counts(found), "read": len(rows)})
    run.file.delete(save=True)


def confirm(*, run: TableImport, person: Person) -> Job | None:
    """A person's yes: write the rows that are right."""
    _own(run, person)
    large = sum(run.counts.get(key, 0) for key in ("changed", "new")) > ROWS_AT_ONCE
    with transaction.atomic():
        run = _locked(run)
        if not any(run.counts.get(key) for key in ("changed", "new")):
            raise ValidationError("V téhle tabulce není co zapsat.")
        _move(run, State.APPLYING)
    if large:
        return _in_background(run, "write", f"Zapisujeme tabulku {run.file_name}")
    write(run=run)
    return None


def write(*, run: TableImport, job: Job | None = None) -> None:
    """Write every difference whose row is still what the preview saw, a batch in a transaction with its results:
    killed midway, it goes on with the rows that have none."""
    while _batch(run, State.APPLYING, _waits_for_writing, _write_one, job):
        pass
    with transaction.atomic():
        run = _locked(run)
        if run.state != State.APPLYING:
            return
        results = Counter(plain["result"] for plain in run.rows if plain["result"])
        run.applied_at = timezone.now()
        _move(run, State.DONE, counts={**run.counts, **results})
        record(verb="table_applied", thing=run, actor=run.person, after={"table": run.table, **results})


def _waits_for_writing(one: Difference) -> bool:
    return not one.result and one.sort in {"changed", "new"}


@transaction.atomic
def _batch(
    run: TableImport,
    state: str,
    waits: Callable[[Difference], bool],
    act: Callable[[WrittenTable, Difference], None],
    job: Job | None,
) -> bool:
    """Do the next rows that wait and keep what became of them; False when none is left."""
    run = _locked(run)
    if run.state != state:
        return False
    found = [Difference.from_json(plain) for plain in run.rows]
    waiting = [one for one in found if waits(one)]
    if not waiting:
        return False
    if job is not None:
        jobs.advance(job=job, done=len(found) - len(waiting), total=len(found))
    table = _table_of(run)
    for one in waiting[:BATCH]:
        act(table, one)
    run.rows = [one.as_json() for one in found]
    run.save(update_fields=["rows"])
    return len(waiting) > BATCH


def _write_one(table: WrittenTable, one: Difference) -> None:
    """Write a row in a savepoint of its own, so that a refusal of one spoils no other."""
    typed = {cell.key: cell.after for cell in one.cells}
    try:
        with transaction.atomic():
            if one.new:
                one.number = table.add({key: table.by_key[key].sort.clean(text) for key, text in typed.items()})
                _note(one, table.find([one.number]).get(one.number))
            else:
                _note(one, save_row(table=table, number=one.number, typed=typed, seen=one.seen))
    except Stale:
        one.result, one.why = "skipped", CHANGED_MEANWHILE
    except PermissionDenied:
        one.result, one.why = "skipped", NOT_YOURS
    except ValidationError as refusal:
        one.result, one.why = "skipped", " ".join(refusal.messages)


def _note(one: Difference, line: Line | None) -> None:
    """Keep what the row really says now: undoing compares with it."""
    one.result = "written"
    if line is not None:
        one.cells = [Cell(cell.key, cell.heading, cell.before, line.cells[cell.key]) for cell in one.cells]


def undo(*, run: TableImport, person: Person) -> Job | None:
    """Take the import back: values from before it, wherever nobody has changed them since."""
    _own(run, person)
    with transaction.atomic():
        run = _locked(run)
        _move(run, State.UNDOING)
    if run.counts.get("written", 0) > ROWS_AT_ONCE:
        return _in_background(run, "take_back", f"Vracíme tabulku {run.file_name}")
    take_back(run=run)
    return None


def take_back(*, run: TableImport, job: Job | None = None) -> None:
    while _batch(run, State.UNDOING, _waits_for_undoing, _undo_one, job):
        pass
    with transaction.atomic():
        run = _locked(run)
        if run.state != State.UNDOING:
            return
        undone = sum(plain["result"] == "undone" for plain in run.rows)
        run.undone_at = timezone.now()
        _move(run, State.UNDONE, counts={**run.counts, "undone": undone})
        record(verb="table_undone", thing=run, actor=run.person, after={"table": run.table, "undone": undone})


def _waits_for_undoing(one: Difference) -> bool:
    return one.result == "written"


def _undo_one(table: WrittenTable, one: Difference) -> None:
    try:
        with transaction.atomic():
            one.result = "kept"
            if not one.seen:
                table.take_back(one.number)
                one.result = "undone"
                return
            stored = table.lock(one.number)
            kept = [cell for cell in one.cells if stored.cells[cell.key] != cell.after]
            back = {cell.key: cell.before for cell in one.cells if cell not in kept}
            if back:
                save_row(table=table, number=one.number, typed=back, seen=stored.fingerprint)
                one.result = "undone"
            if kept:
                one.why = f"Mezitím změnil někdo jiný, nechali jsme: {', '.join(cell.heading for cell in kept)}."
    except PermissionDenied:
        one.why = NOT_YOURS
    except ValidationError as refusal:
        one.why = " ".join(refusal.messages)


def retry(*, run: TableImport, person: Person) -> Job | None:
    """Go on with work whose process was given up; a living one is left alone."""
    _own(run, person)
    if not stuck(run):
        raise ValidationError("Na tabulce se ještě pracuje. Chvíli počkejte.")
    works = {State.CHECKING: "preview", State.APPLYING: "write", State.UNDOING: "take_back"}
    return _in_background(run, works[State(run.state)], f"Pokračujeme v tabulce {run.file_name}")


def stuck(run: TableImport) -> bool:
    """Begun, and nobody works on it any more."""
    job = Job.objects.filter(key=run.job_key).first() if run.job_key else None
    return run.working and (job is None or job.finished)


@transaction.atomic
def drop(*, run: TableImport, person: Person) -> None:
    """Nothing of the file is to be written; what it would have changed is forgotten."""
    _own(run, person)
    _move(_locked(run), State.DROPPED, rows=[])


# --- inside --------------------------------------------------------------------------------------------------


def _table_of(run: TableImport) -> WrittenTable:
    if run.person is None:
        raise ValidationError("Kdo tabulku nahrál, už tu nemá účet.")
    return written_table_for(run.table, run.person)


def _own(run: TableImport, person: Person) -> None:
    if run.person_id != person.pk:
        raise PermissionDenied
    written_table_for(run.table, person)


def _locked(run: TableImport) -> TableImport:
    return TableImport.objects.select_for_update(of=("self",)).select_related("person").get(pk=run.pk)


def _move(run: TableImport, state: str, **values: Any) -> None:
    if state not in TableImport.MOVES.get(State(run.state), set()):
        raise ValidationError("Tohle s tabulkou teď udělat nejde. Podívejte se, v jakém je stavu.")
    run.state = state
    for name, value in values.items():
        setattr(run, name, value)
    run.save()


def _in_background(run: TableImport, name: str, title: str) -> Job:
    from . import tasks  # tasks call these actions

    job = jobs.start(
        task=getattr(tasks, name),
        kind="table",
        title=title,
        actor=run.person,
        parameters={"run": run.pk},
        next_url=reverse("tables:import", args=[run.pk]),
    )
    TableImport.objects.filter(pk=run.pk).update(job_key=job.key)
    return job
