"""What holds for the frame of every page, seen on the page of components."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.cache import cache
from django.test import Client

from portal.web import bundles
from tests import make

pytestmark = pytest.mark.django_db


def test_components_are_public_and_within_the_budget_of_a_page(client: Client) -> None:
    answer = client.get("/ui/")
    assert answer.status_code == 200
    assert len(answer.content) < 60 * 1024


def test_first_view_asks_only_for_files_of_ours(client: Client) -> None:
    html = client.get("/ui/").content.decode()
    for url in re.findall(r'<(?:link|script|img)[^>]+(?:href|src)="([^"]+)"', html):
        assert url.startswith(("/static/", settings.SITE_URL)), url


@pytest.mark.parametrize(
    ("tiles", "allowed"),
    [
        ("", []),
        ("https://tile.example/{z}/{x}/{y}.png", ["https://tile.example"]),
        ("https://{s}.tile.example/{z}/{x}/{y}.png", ["https://*.tile.example"]),
    ],
)
def test_pictures_come_from_here_and_from_the_tiles_of_the_map_alone(tiles: str, allowed: list[str]) -> None:
    asked = "import json; from portal import settings; print(json.dumps(settings.SECURE_CSP['img-src']))"
    told = subprocess.run(
        [sys.executable, "-c", asked],
        env={**os.environ, "DEBUG": "1", "MAP_TILES": tiles},
        cwd=settings.ROOT,
        check=True,
        stdout=subprocess.PIPE,
    )
    assert json.loads(told.stdout) == ["'self'", "data:", *allowed]


def test_every_address_of_a_static_file_in_the_page_exists(client: Client) -> None:
    html = client.get("/ui/").content.decode()
    named = {url.split("#")[0] for url in re.findall(r'"/static/([^"]+)"', html)}
    assert named
    assert {name for name in named if not finders.find(name)} == set()


def test_every_icon_of_the_page_is_in_the_sprite(client: Client) -> None:
    html = client.get("/ui/").content.decode()
    sprite = bundles.icons()
    for name in set(re.findall(r'icons\.svg#([\w-]+)"', html)):
        assert f'<symbol id="{name}"' in sprite


def test_demo_says_so_on_every_page(client: Client) -> None:
    cache.clear()
    assert "region je vymyšlený" not in client.get("/ui/").content.decode()
    cache.clear()
    region = make.region()
    region.demo = True
    region.save()
    assert "region je vymyšlený" in client.get("/ui/").content.decode()
    cache.clear()


def test_language_switch_shows_only_where_there_is_a_choice(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "LANGUAGES", [("cs", "čeština")])
    assert 'name="language"' not in client.get("/ui/").content.decode()
    monkeypatch.setattr(settings, "LANGUAGES", [("cs", "čeština"), ("en", "angličtina")])
    html = client.get("/ui/").content.decode()
    assert '<button name="language" value="en" lang="en">English</button>' in html


def test_bundles_hold_all_sources_and_are_written_only_when_something_changed(tmp_path: Path) -> None:
    file = bundles.write("site.js", tmp_path)
    text = file.read_text("utf-8")
    for source in (settings.ROOT / "static/js").glob("*.js"):
        assert source.read_text("utf-8") in text
    before = file.stat().st_mtime_ns
    bundles.write("site.js", tmp_path)
    assert file.stat().st_mtime_ns == before


def test_styles_name_colours_in_the_tokens_only() -> None:
    colour = re.compile(r"#[0-9a-f]{3,8}\b|rgb\(", re.I)
    for name in ("base", "components"):
        text = (settings.ROOT / f"static/css/{name}.css").read_text("utf-8")
        found = [line for line in text.splitlines() if colour.search(line) and "/ 0.4" not in line]
        assert found == [], name
