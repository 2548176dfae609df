"""What all tests share. The database comes from DATABASE_URL: SQLite unless told otherwise."""

import os
import shutil
from pathlib import Path

import pytest
from django.db import connection
from hypothesis import HealthCheck, settings

# A busy machine is no fault of the code: no deadlines, no complaints of slow data. Fifty examples keep the suite
# under a minute.
settings.register_profile("house", deadline=None, max_examples=50, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")

DATA = Path(__file__).resolve().parent.parent.parent / "shared" / "data"
CHROMIUM = next(
    (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None
)


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of public data kept beside the repository; tests that need it are skipped without it."""
    if not DATA.is_dir():
        pytest.skip("the folder of real data (../shared/data) is not here")
    return DATA


@pytest.fixture(scope="session")
def chromium() -> str:
    """Path of the browser that journeys drive."""
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed here (Debian package chromium)")
    return CHROMIUM


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Races of many writers need PostgreSQL: SQLite has one. Where POSTGRES_URL names a server, `make test` runs the
    suite once more on it and they are left for that; elsewhere they are skipped and say so."""
    if connection.vendor == "postgresql":
        return
    left = [one for one in items if one.get_closest_marker("postgres")]
    if os.environ.get("POSTGRES_URL"):
        config.hook.pytest_deselected(items=left)
        items[:] = [one for one in items if one not in left]
    for one in left:
        one.add_marker(pytest.mark.skip(reason="a race of many writers needs PostgreSQL (POSTGRES_URL names none)"))


def pytest_sessionfinish(session: pytest.Session) -> None:
    """CI sets FORBID_SKIPS: there every test must really run."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    skipped = len(reporter.stats.get("skipped", [])) if reporter else 0
    if reporter and skipped and os.environ.get("FORBID_SKIPS"):
        reporter.write_line(f"{skipped} tests were skipped and FORBID_SKIPS is set", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
