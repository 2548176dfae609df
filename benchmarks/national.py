"""A database of national size for benchmarks: all municipalities (the demo's where real data is absent) and a
synthetic register of 6 733 services and 18 907 facilities. Made once; remove var/bench/ to make it anew."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HOME = ROOT / "var" / "bench"
REAL = ROOT.parent / "shared" / "data" / "territory"


def ensure() -> str:
    """DATABASE_URL of the benchmark database, made now if it is not there."""
    path = HOME / "national.sqlite3"
    url = f"sqlite:///{path}"
    if path.exists():
        return url
    HOME.mkdir(parents=True, exist_ok=True)
    unfinished = HOME / "unfinished.sqlite3"
    for old in HOME.glob("unfinished*"):
        old.unlink()
    register = HOME / "register.json"
    territory = REAL if REAL.is_dir() else ROOT / "demo" / "territory"
    table = territory / ("obce_sloucene.csv" if REAL.is_dir() else "municipalities.csv")
    boundaries = [*territory.glob("obce_hranice*.json"), *territory.glob("orp_hranice*.geojson")]
    lists = HOME / "lists"
    run("-m", "benchmarks.register_generator", str(register), "--lists", str(lists))
    manage = ["manage.py"]
    run(*manage, "migrate", "--verbosity", "0", database=unfinished)
    run(*manage, "load_lists", "--official", *map(str, sorted(lists.glob("*.json"))), database=unfinished)
    run(*manage, "import_territory", str(table), "--boundaries", *map(str, boundaries), database=unfinished)
    run(*manage, "import_register", str(register), "--confirm", database=unfinished)
    unfinished.rename(path)
    return url


def run(*arguments: str, database: Path | None = None) -> None:
    environment = {**os.environ, "DEBUG": "1"}
    if database is not None:
        environment["DATABASE_URL"] = f"sqlite:///{database}"
    subprocess.run([sys.executable, *arguments], cwd=ROOT, env=environment, check=True)


if __name__ == "__main__":
    print(ensure())
