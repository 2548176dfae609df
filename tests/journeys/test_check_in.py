"""A meeting in the hall: the code on the wall, a phone that checks in, the desk that counts by itself."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from .checks import accessibility, sideways
from .conftest import PATIENCE, ROOT, SignIn, Site

# A meeting of a group of the demo that begins about now, and two of its members.
MEETING = """
from datetime import timedelta
from django.utils import timezone
from portal.groups.models import Group, Membership
from portal.meetings.models import Meeting
group = Group.objects.get(slug="ps-seniori-svornov")
now = timezone.now()
meeting = Meeting.objects.create(
    group=group, starts_at=now, ends_at=now + timedelta(hours=2), state="called", place="Zkušební sál"
)
members = Membership.objects.current().voting().filter(group=group).order_by("name", "pk")
print(meeting.pk, *[one.name for one in members[:3]], sep="|")
"""


@pytest.fixture
def meeting(running_site: Site) -> Iterator[list[str]]:
    """The number of the meeting and names of three members; gone again afterwards."""

    def told(code: str) -> str:
        shell = [sys.executable, "manage.py", "shell", "-v0", "-c", code]
        environment = running_site.environment
        done = subprocess.run(shell, cwd=ROOT, env=environment, check=True, text=True, capture_output=True)
        return done.stdout.strip()

    made = told(MEETING).splitlines()[-1].split("|")
    yield made
    told(f"from portal.meetings.models import Meeting; Meeting.objects.filter(pk={made[0]}).delete()")


@pytest.fixture
def desk(browser: Browser, site: str, sign_in: SignIn) -> Iterator[BrowserContext]:
    context = browser.new_context(base_url=site, locale="cs-CZ", viewport={"width": 1280, "height": 900})
    context.set_default_timeout(PATIENCE)
    sign_in(context, "coordinator")
    yield context
    context.close()


def test_a_phone_checks_in_and_the_desk_counts(
    meeting: list[str], desk: BrowserContext, phone: Page, site: str
) -> None:
    pk, first, second, third = meeting
    page = desk.new_page()
    page.goto(f"/sprava/jednani/{pk}/prezence/")
    page.get_by_role("button", name="Zahájit jednání").click()
    expect(page.get_by_text("Jedná se od")).to_be_visible()
    expect(page.locator("#prezence .quorum-count")).to_contain_text("0 z")
    assert accessibility(page) == []

    # The code on the wall leads to a page that names no member.
    wall = desk.new_page()
    wall.goto(f"/sprava/jednani/{pk}/prezence/qr/")
    assert accessibility(wall) == []
    address = wall.locator(".check-in-address a").get_attribute("href") or ""
    assert address.startswith(f"{site}/pritomnost/")
    phone.goto(address)
    assert first not in phone.content()
    assert accessibility(phone) == []
    assert sideways(phone) <= 0
    phone.get_by_label("Vaše jméno").fill(first.upper())
    phone.get_by_role("button", name="Jsem tady").click()
    expect(phone.get_by_role("heading", name="Jste zapsaní")).to_be_visible()

    # Nobody touches the desk, it counts by itself.
    expect(page.locator("#prezence .quorum-count")).to_contain_text("1 z")
    phone.get_by_role("link", name="Zapsat z tohoto telefonu někoho dalšího").click()
    phone.get_by_label("Vaše jméno").fill("Karel Host")
    phone.get_by_label("veřejnost").check()
    phone.get_by_role("button", name="Jsem tady").click()
    expect(page.get_by_role("heading", name="Karel Host")).to_be_visible()
    expect(page.locator("#prezence .quorum-count")).to_contain_text("1 z")

    # One tap; without a connection it says so and nothing is lost of what stands.
    page.get_by_role("button", name=f"Je tu {second}").click()
    expect(page.locator("#prezence .quorum-count")).to_contain_text("2 z")
    desk.set_offline(True)
    page.get_by_role("button", name=f"Je tu {third}").click()
    expect(page.get_by_text("Spojení vypadlo")).to_be_visible()
    desk.set_offline(False)
    page.get_by_role("button", name=f"Je tu {third}").click()
    expect(page.locator("#prezence .quorum-count")).to_contain_text("3 z")
    expect(page.get_by_text("Spojení vypadlo")).to_be_hidden()
    page.set_viewport_size({"width": 360, "height": 740})
    assert sideways(page) <= 0


def test_two_who_mark_at_once_hear_of_each_other(meeting: list[str], desk: BrowserContext) -> None:
    pk, first, *_ = meeting
    here, there = desk.new_page(), desk.new_page()
    # The second desk does not look by itself: as if it had been asleep.
    there.add_init_script("delete window.customElements.__proto__.define; customElements.define = () => {};")
    for page in (here, there):
        page.goto(f"/sprava/jednani/{pk}/prezence/")
    here.get_by_role("button", name=f"Je tu {first}").click()
    expect(here.locator("#prezence .quorum-count")).to_contain_text("1 z")
    there.get_by_role("button", name=f"Chybí {first}").click()
    expect(there.get_by_role("heading", name="Mezitím to zapsal někdo jiný")).to_be_visible()
    expect(there.locator("#prezence .quorum-count")).to_contain_text("1 z")
    # Whoever insists, taps again.
    there.get_by_role("button", name=f"Chybí {first}").click()
    expect(there.locator("#prezence .quorum-count")).to_contain_text("0 z")
