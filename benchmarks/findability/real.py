"""The real register of one region in a database of its own, through the same imports as any installation."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT.parent / "shared" / "data"
HOME = ROOT / "var" / "bench"


def ensure() -> str:
    """DATABASE_URL of the database, made now if it is not there; lists are brought up to date in every run."""
    path = HOME / "region.sqlite3"
    if not path.exists():
        HOME.mkdir(parents=True, exist_ok=True)
        unfinished = HOME / "region-unfinished.sqlite3"
        for old in HOME.glob("region-unfinished*"):
            old.unlink()
        _manage(unfinished, "migrate", "--verbosity", "0")
        _manage(unfinished, "load_lists", "--verbosity", "0")
        _manage(unfinished, "import_territory", str(DATA / "territory" / "obce_sloucene.csv"))
        register = DATA / "register" / "khk_poskytovatele_socialnich_sluzeb.geojson"
        _manage(unfinished, "import_register", str(register), "--confirm")
        unfinished.rename(path)
    for command in ("migrate", "load_lists", "load_words"):
        _manage(path, command, "--verbosity", "0")
    return f"sqlite:///{path}"


def _manage(database: Path, *arguments: str) -> None:
    environment = {**os.environ, "DEBUG": "1", "DATABASE_URL": f"sqlite:///{database}"}
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=environment,
        check=False,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise SystemExit(f"manage.py {arguments[0]} failed:\n{done.stdout}{done.stderr}")
