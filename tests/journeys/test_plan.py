"""A plan from its first measure to the report: a measure is written, an edition approved, a year collected by a link
from a letter and its report led through the chain to the public."""

from __future__ import annotations

import re
import sqlite3
import subprocess
import sys
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from .checks import accessibility, sideways
from .conftest import PATIENCE, ROOT, SignIn, Site

# A small plan over the demo region, with a priority; it is being written.
DRAFT = """
from datetime import date
from django.utils import timezone
from portal.accounts.models import Person
from portal.plan import actions
year = timezone.localdate().year
actor = Person.objects.filter(grants__role="region").first()
code = actor.grants.filter(role="region").first().range_code
plan = actions.plan_add(
    title="{title}", span_kind="region", span_code=code, span_name="Kraj", template="maly", actor=actor,
    starts_on=date(year, 1, 1), ends_on=date(year + 2, 12, 31),
)
top, low = plan.levels.all()
priority = actions.node_add(plan=plan, parent=None, level=top, title="Pomoc doma", actor=actor)
"""
# The same in force, with the action plan of this year approved and the report that will ask about it.
RUNNING = (
    DRAFT
    + """
from portal.fulfilment import actions as years
from portal.fulfilment import collecting_actions
from portal.plan.models import Plan
measure = actions.node_add(plan=plan, parent=priority, level=low, title="Rozvážet obědy", actor=actor)
Plan.objects.filter(pk=plan.pk).update(state=Plan.State.IN_FORCE)
made = years.action_plan_add(plan=plan, year=year, actor=actor)
years.items_add(action_plan=made, nodes=[measure.pk], actor=actor)
made.items.update(email="garant.obedu@example.org")
years.action_plan_approve(action_plan=made, resolution="R/1", body="Rada", day=date(year, 1, 15), actor=actor)
collecting_actions.report_open(plan=plan, year=year, actor=actor)
"""
)


def run(site: Site, code: str) -> None:
    command = [sys.executable, "manage.py", "shell", "-v0", "-c", code]
    subprocess.run(command, cwd=ROOT, env=site.environment, check=True, stdout=subprocess.DEVNULL)


def one(site: Site, sql: str) -> str:
    path = site.environment["DATABASE_URL"].removeprefix("sqlite:///")
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=30) as database:
        return str(database.execute(sql).fetchone()[0])


def slug_of(site: Site, title: str) -> str:
    return one(site, f"select slug from plan_plan where title = '{title}'")


def looks_right(page: Page) -> None:
    assert accessibility(page) == []
    page.set_viewport_size({"width": 360, "height": 740})
    assert sideways(page) <= 0
    page.set_viewport_size({"width": 1280, "height": 900})


@pytest.fixture
def desk(browser: Browser, site: str, sign_in: SignIn) -> Iterator[Page]:
    context = browser.new_context(base_url=site, locale="cs-CZ", viewport={"width": 1280, "height": 900})
    context.set_default_timeout(PATIENCE)
    sign_in(context, "region")
    yield context.new_page()
    context.close()


def test_a_measure_is_written_and_an_edition_with_it_is_approved(running_site: Site, desk: Page, page: Page) -> None:
    title = "Zkušební plán psaní"
    run(running_site, DRAFT.format(title=title))
    slug = slug_of(running_site, title)
    desk.goto(f"/sprava/plany/{slug}/bod/1/")
    desk.get_by_role("link", name=re.compile("^Přidat: ")).click()
    desk.get_by_label("Název").fill("Rozvážet obědy i o svátcích")
    desk.get_by_role("button", name="Přidat do plánu").click()
    expect(desk.get_by_role("heading", level=1)).to_have_text("1.1 Rozvážet obědy i o svátcích")
    desk.get_by_label("Proč je to potřeba").fill("O Vánocích zůstalo bez oběda šedesát lidí.")
    desk.get_by_label(re.compile("^Kdo odpovídá")).first.fill("Odbor sociálních věcí")
    with desk.expect_navigation():
        desk.get_by_role("button", name="Uložit", exact=True).click()
    desk.reload()
    expect(desk.get_by_label("Proč je to potřeba")).to_have_value("O Vánocích zůstalo bez oběda šedesát lidí.")

    desk.goto(f"/sprava/plany/{slug}/vydani/nove/")
    desk.get_by_label("Jaké vydání to je").select_option("approved")
    desk.get_by_label("Jak se má vydání jmenovat").fill("Schválené znění")
    desk.get_by_role("button", name="Uložit vydání").click()
    expect(desk.get_by_text("Schválené znění potřebuje usnesení.").first).to_be_visible()
    desk.get_by_label("Číslo usnesení").fill("7/2026")
    desk.get_by_label("Kdo rozhodl").fill("Zastupitelstvo kraje")
    desk.get_by_label(re.compile(r"^Kdy\b")).fill("2026-03-01")
    looks_right(desk)
    desk.get_by_role("button", name="Uložit vydání").click()
    expect(desk.get_by_text("Vydání je hotové.")).to_be_visible()

    page.goto(f"/plan/{slug}/verze/1/")
    expect(page.get_by_text("Zastupitelstvo kraje").first).to_be_visible()
    page.get_by_role("link", name="Celý plán na jedné stránce").click()
    expect(page.get_by_text("O Vánocích zůstalo bez oběda šedesát lidí.")).to_be_visible()
    looks_right(page)


def test_a_year_is_collected_by_a_link_and_its_report_reaches_the_public(
    running_site: Site, desk: Page, page: Page
) -> None:
    title = "Zkušební plán plnění"
    run(running_site, RUNNING.format(title=title))
    slug = slug_of(running_site, title)
    year = one(running_site, "select year from fulfilment_fulfilmentreport order by id desc limit 1")
    report = f"/sprava/plany/{slug}/zpravy/{year}/"
    desk.goto(f"{report}garanti/")
    looks_right(desk)
    desk.get_by_label("Do kdy mají odpovědět").fill(f"{int(year) + 1}-12-31")
    desk.get_by_role("button", name="Napsat těm, kdo ještě neodpověděli").click()
    expect(desk.get_by_text("Odeslaných dopisů: 1.")).to_be_visible()

    to_garant = "where \"to\" = 'garant.obedu@example.org'"
    letter = one(running_site, f"select text from mail_letter {to_garant} order by id desc limit 1")
    link = re.search(r"/plneni/[^/\s]+/", letter)
    assert link
    page.goto(link[0])
    with page.expect_navigation():
        page.get_by_role("link", name="Rozvážet obědy").click()
    looks_right(page)
    page.get_by_label("splněno částečně").check()
    page.get_by_label("Co se stalo?").fill("Vozíme obědy do čtyř obcí.")
    page.get_by_role("button", name="Odeslat").click()
    expect(page.get_by_role("link", name=re.compile("napište, proč")).first).to_be_visible()
    page.get_by_label("Proč to nedopadlo celé?").fill("Chybí druhé auto.")
    page.get_by_role("button", name="Odeslat").click()
    expect(page.get_by_text("máme od vás všechno")).to_be_visible()

    desk.goto(report)
    today = one(running_site, "select date('now', '-1 day')")
    for step in range(5):
        summary = desk.locator("summary", has_text="Zapsat:")
        name = summary.inner_text().removeprefix("Zapsat:").strip()
        summary.click()
        desk.get_by_label("Kdy to bylo").fill(today)
        desk.get_by_label(re.compile(r"^Kdo\b")).fill("Rada")
        desk.get_by_label("Číslo usnesení").fill(f"R/{step}")
        desk.get_by_role("button", name="Zapsat", exact=True).click()
        expect(desk.get_by_text(f"Zapsáno: {name}.")).to_be_visible()
    page.goto(f"/plan/{slug}/zprava/{year}/")
    expect(page.get_by_text("Chybí druhé auto.")).to_be_visible()
    looks_right(page)
