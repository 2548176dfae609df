"""Names of files as people may see them: no path, no control or look-alike signs, an ending that tells the truth."""

from __future__ import annotations

import re
import unicodedata
from pathlib import PureWindowsPath

LONGEST = 100


def safe(given: str, otherwise: str, suffix: str) -> str:
    """ "..\\..\\Ceník 2026.PHP" -> "Ceník 2026.pdf" for a file whose content is a PDF. Letters of any language stay;
    path, device, direction and control signs do not."""
    last = PureWindowsPath(given.replace("\0", "").replace("/", "\\")).name
    stem = unicodedata.normalize("NFC", last.rpartition(".")[0] or last)
    kept = "".join(sign if sign.isalnum() or sign in " -_()" else " " for sign in stem)
    words = re.sub(r"\s+", " ", kept).strip(" -_")[:LONGEST].strip()
    return f"{words or otherwise}.{suffix}"
