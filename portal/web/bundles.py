"""One request for all our styles, one for all our scripts, one for all icons.

The sources stay apart (a file a subject, a file a custom element, an SVG an icon in its package). This
staticfiles finder joins them while developing as well as for `collectstatic`, so that a page needs six
requests instead of thirty, without a bundler to install. Nothing is translated or minified: joined files
are what was written, only in one piece."""

import builtins
import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Literal, overload

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage

PACKAGES = settings.ROOT / "node_modules"
GOV = PACKAGES / "@gov-design-system-ce"
TOKENS = GOV / "styles/lib/tokens.css"
STYLES = [
    settings.ROOT / "static/css" / f"{name}.css"
    for name in (
        "tokens",
        "base",
        "components",
        "access",
        "accounts",
        "catalogue",
        "consult",
        "documents",
        "freshness",
        "fulfilment",
        "meetings",
        "groups",
        "pages",
        "minutes",
        "plan_public",
        "plan",
        "settlement",
        "register",
        "sitting",
        "suggestions",
        "tables",
        "upkeep",
        "print",
    )
]
# Our word for an icon -> the file of the state's icon set.
ICONS = {
    "add": "components/plus-lg",
    "back": "components/chevron-left",
    "book": "components/book",
    "check": "components/check-lg",
    "clock": "complex/time",
    "close": "components/x-lg",
    "copy": "components/copy",
    "disability": "complex/disability",
    "download": "components/download",
    "error": "components/exclamation-lg",
    "external": "components/box-arrow-up-right",
    "forward": "components/chevron-right",
    "home": "components/house-door-fill",
    "info": "components/info-circle-fill",
    "list": "components/list",
    "mail": "components/envelope-fill",
    "map": "complex/map",
    "money": "complex/coins",
    "person": "components/person-fill",
    "phone": "components/telephone",
    "place": "components/geo-alt-fill",
    "remove": "components/dash-lg",
    "search": "components/search",
    "settings": "components/gear",
    "star": "components/star-fill",
    "success": "components/check-circle-fill",
    "upload": "components/upload",
    "warning": "components/exclamation-triangle-fill",
}


def styles() -> str:
    """The state's tokens that our styles use, then our styles.

    The bundle lies one folder above its sources, so do the addresses in it."""
    ours = "\n".join(path.read_text("utf-8") for path in STYLES)
    values = dict(re.findall(r"(--[\w-]+):\s*([^;}]+)", TOKENS.read_text("utf-8-sig")))
    used = sorted({name for name in re.findall(r"var\((--[\w-]+)", ours) if name in values})
    tokens = "".join(f"{name}:{values[name]};" for name in used)
    return f":root{{{tokens}}}\n" + ours.replace('url("../', 'url("')


def scripts() -> str:
    """Every custom element in a block of its own, so that their private names cannot meet."""
    sources = sorted((settings.ROOT / "static/js").glob("*.js"))
    return "\n".join(f"{{\n{path.read_text('utf-8')}\n}}" for path in sources)


def icons() -> str:
    symbols = []
    for name, file in ICONS.items():
        svg = (GOV / "icons/lib" / f"{file}.svg").read_text("utf-8-sig")
        found = re.search(r'viewBox="([^"]+)"[^>]*>(.*)</svg>', svg, re.DOTALL)
        if found is None:
            raise ValueError(f"{file}.svg has no viewBox")
        # Two decimals are a fiftieth of a pixel; the five of the originals double the file.
        drawing = re.sub(r"\d+\.\d{3,}", lambda number: f"{float(number[0]):.2f}", found[2].strip())
        symbols.append(f'<symbol id="{name}" viewBox="{found[1]}" fill="none">{drawing}</symbol>')
    return f'<svg xmlns="http://www.w3.org/2000/svg">{"".join(symbols)}</svg>'


BUNDLES: dict[str, Callable[[], str]] = {"site.css": styles, "site.js": scripts, "icons.svg": icons}


class BundleFinder(BaseFinder):
    def __init__(self) -> None:
        self.storage = FileSystemStorage(location=settings.VAR / "bundles")

    def check(self, **_options: Any) -> builtins.list[Any]:
        return []

    @overload
    def find(self, path: str, find_all: Literal[False] = ...) -> str | None: ...
    @overload
    def find(self, path: str, find_all: Literal[True]) -> builtins.list[str]: ...
    def find(self, path: str, find_all: bool = False) -> str | builtins.list[str] | None:
        if path not in BUNDLES:
            return [] if find_all else None
        file = str(write(path, Path(self.storage.location)))
        return [file] if find_all else file

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterable[tuple[str, FileSystemStorage]]:
        for name in BUNDLES:
            write(name, Path(self.storage.location))
            yield name, self.storage


def write(name: str, folder: Path) -> Path:
    """Join the bundle anew and write it if it differs from what lies there; the path of the file."""
    content = BUNDLES[name]()
    file = folder / name
    if not file.exists() or file.read_text("utf-8") != content:
        folder.mkdir(parents=True, exist_ok=True)
        # Moved into place whole: another process may be serving the file at this moment.
        fresh = file.with_suffix(f"{file.suffix}.new")
        fresh.write_text(content, "utf-8")
        fresh.replace(file)
    return file
