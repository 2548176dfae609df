"""What all tests share. The database comes from DATABASE_URL: SQLite unless told otherwise."""

from pathlib import Path

import pytest

DATA = Path(__file__).resolve().parent.parent.parent / "shared" / "data"


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of public data kept beside the repository; tests that need it are skipped without it."""
    if not DATA.is_dir():
        pytest.skip("the folder of real data (../shared/data) is not here")
    return DATA
