"""Pages that nobody wants to see: what is not there, what ended, what went wrong. In development Django shows its own,
so here they are made as production has them and opened where people would meet them."""

import json
import subprocess
import sys

import pytest
from playwright.sync_api import Page, Route

from .checks import accessibility, html_errors, sideways
from .conftest import ROOT, Site

TEMPLATES = ("400.html", "403.html", "403_csrf.html", "404.html", "410.html", "429.html", "500.html")
MADE = f"""
import json, django; django.setup()
from django.conf import settings
from django.shortcuts import render
from django.test import Client
from portal.catalogue import cards, views
from portal.catalogue.models import Service
settings.ALLOWED_HOSTS = ["*"]
asked = Client().get("/").wsgi_request
pages = {{name: render(asked, name).content.decode() for name in {TEMPLATES!r}}}
pages["gone.html"] = views._gone(asked, Service.objects.public().first()).content.decode()
print(json.dumps(pages))
"""


@pytest.fixture(scope="module")
def refusals(running_site: Site) -> dict[str, str]:
    told = subprocess.run(
        [sys.executable, "-c", MADE], cwd=ROOT, env=running_site.environment, check=True, stdout=subprocess.PIPE
    )
    pages: dict[str, str] = json.loads(told.stdout)
    return pages


@pytest.mark.parametrize("name", [*TEMPLATES, "gone.html"])
def test_a_refusal_shuts_nobody_out(refusals: dict[str, str], page: Page, name: str) -> None:
    def fulfil(route: Route) -> None:
        route.fulfill(body=refusals[name], content_type="text/html; charset=utf-8")

    page.route("**/neni-tu/", fulfil)
    page.goto("/neni-tu/")
    assert page.get_by_role("heading", level=1).count() == 1
    found = {"light, 1280 px": accessibility(page)}
    # 1280 px at 400 % are 320 px.
    page.set_viewport_size({"width": 320, "height": 640})
    page.emulate_media(color_scheme="dark")
    found["dark, 320 px"] = accessibility(page)
    assert {where: wrong for where, wrong in found.items() if wrong} == {}
    assert sideways(page) <= 0


def test_html_of_refusals_is_right(refusals: dict[str, str]) -> None:
    assert html_errors({name.removesuffix(".html"): page for name, page in refusals.items()}) == ""
