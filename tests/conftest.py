"""What all tests share. The database comes from DATABASE_URL: SQLite unless told otherwise."""

import os
import shutil
from pathlib import Path

import pytest
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


def pytest_sessionfinish(session: pytest.Session) -> None:
    """CI sets FORBID_SKIPS: there every test must really run."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    skipped = len(reporter.stats.get("skipped", [])) if reporter else 0
    if reporter and skipped and os.environ.get("FORBID_SKIPS"):
        reporter.write_line(f"{skipped} tests were skipped and FORBID_SKIPS is set", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
