"""What independent programs say of our documents."""

import shutil
import subprocess
from pathlib import Path

import page
import pytest

OFFICE = shutil.which("soffice") if list(Path("/usr/lib/libreoffice/program").glob("libswlo.so")) else None


def faults(made: bytes) -> list[str]:
    """Rules of PDF/UA-1 that the document breaks, as the checker tells them; an accessible one breaks none."""
    report = page.validate_pdf_bytes(made, profile="ua1")
    return [f"{one.rule_id}: {one.message}" for one in report.failures]


def through_office(made: bytes, folder: Path) -> bytes:
    """A DOCX as PDF by LibreOffice; the test is skipped where LibreOffice is not installed."""
    if OFFICE is None:
        pytest.skip("LibreOffice Writer is not installed here (Debian package libreoffice-writer-nogui)")
    (folder / "made.docx").write_bytes(made)
    home = f"-env:UserInstallation=file://{folder}/office"
    subprocess.run(
        [OFFICE, home, "--headless", "--convert-to", "pdf", "--outdir", str(folder), str(folder / "made.docx")],
        check=True,
        capture_output=True,
        timeout=120,
    )
    return (folder / "made.pdf").read_bytes()
