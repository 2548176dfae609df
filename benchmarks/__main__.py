"""`make bench`: every figure the README claims about the site, one table each, JSON in benchmarks/out/.

They run over a database of national size, made once in var/bench/ (see benchmarks/national.py); the load of many
editors runs over databases of its own.
"""

import os
import subprocess
import sys

from benchmarks import national

BENCHMARKS = ("register", "findability", "search", "pages", "plan", "editors", "consult", "calendar", "availability")


def main() -> int:
    environment = {
        **os.environ,
        "DATABASE_URL": national.ensure(),
        "VAR_DIR": str(national.HOME),
        "DEBUG": "0",
        "SECRET_KEY": "benchmark",
    }
    subprocess.run([sys.executable, "manage.py", "collectstatic", "--noinput", "-v0"], env=environment, check=True)
    missed = []
    for name in sys.argv[1:] or BENCHMARKS:
        done = subprocess.run([sys.executable, "-m", f"benchmarks.{name}"], env=environment, check=False)
        if done.returncode:
            missed.append(name)
    print("\nAll aims reached." if not missed else f"\nMissed or failed: {', '.join(missed)}")
    return len(missed)


if __name__ == "__main__":
    sys.exit(main())
