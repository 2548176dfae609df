"""A meeting from the invitation to published minutes, with the connection cut in the middle of writing."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from .checks import accessibility, sideways
from .conftest import PATIENCE, ROOT, SignIn, Site

type Ask = Callable[[str], str]
USER = "Jarmila Zkouškovičová"

# A body of its own, so that the demo stays as it was, with a meeting in two hours.
MADE = f"""
from datetime import timedelta
from django.utils import timezone
from portal.groups.models import Group, Membership, Procedure
from portal.meetings.models import Meeting
now, today = timezone.now(), timezone.localdate()
group = Group.objects.create(
    slug="ps-cesta", name="Pracovní skupina Cesta", abbreviation="PS CESTA", span_kind="site", span_name="celý web",
    shown=True,
)
Procedure.objects.create(group=group, objection_days=3)
for name, side, role in (
    ("Hana Cestová", "commissioner", "head"), ("Petr Poutník", "provider", "verifier"), ("{USER}", "user", "member"),
):
    Membership.objects.create(
        group=group, name=name, side=side, role=role, email=f"{{role}}@cesta.example", joined_on=today - timedelta(90)
    )
meeting = Meeting.objects.create(
    group=group, starts_at=now + timedelta(hours=2), ends_at=now + timedelta(hours=4), place="Radnice"
)
print(meeting.pk)
"""
GONE = """
from portal.groups.models import Group
from portal.meetings.models import Meeting
from portal.minutes.models import Decision, Minutes, Task
group = Group.objects.get(slug="ps-cesta")
Task.objects.filter(group=group).delete()
Decision.objects.filter(group=group).delete()
Minutes.objects.filter(meeting__group=group).delete()
Meeting.objects.filter(group=group).delete()
group.delete()
"""
BEGINS = """
from datetime import timedelta
from django.utils import timezone
from portal.meetings.models import Meeting
from portal.sitting.models import Sitting
now = timezone.now()
Meeting.objects.filter(pk={pk}).update(
    starts_at=now - timedelta(hours=2), ends_at=now - timedelta(minutes=5), state="held"
)
Sitting.objects.filter(meeting={pk}).update(started_at=now - timedelta(hours=2), ended_at=now - timedelta(minutes=5))
"""
LETTER = """
import re
from portal.mail.models import Letter
letter = Letter.objects.filter(template="{template}", to="{to}").latest("pk")
print(re.search(r"https?://\\S+/{word}/\\S+/", letter.text)[0])
"""
TERM_IS_OVER = """
from datetime import timedelta
from django.utils import timezone
from portal.minutes.models import Minutes
Minutes.objects.filter(meeting={pk}).update(objections_until=timezone.localdate() - timedelta(days=1))
"""


@pytest.fixture
def ask(running_site: Site) -> Ask:
    """Runs a piece of code on the site: what time and other people do while the journey goes on."""

    def run(code: str) -> str:
        shell = [sys.executable, "manage.py", "shell", "-v0", "-c", code]
        environment = running_site.environment
        done = subprocess.run(shell, cwd=ROOT, env=environment, check=True, text=True, capture_output=True)
        return done.stdout.strip()

    return run


@pytest.fixture
def meeting(ask: Ask) -> Iterator[str]:
    yield ask(MADE).splitlines()[-1]
    ask(GONE)


@pytest.fixture
def desk(browser: Browser, site: str, sign_in: SignIn) -> Iterator[BrowserContext]:
    context = browser.new_context(base_url=site, locale="cs-CZ", viewport={"width": 1280, "height": 900})
    context.set_default_timeout(PATIENCE)
    sign_in(context, "coordinator")
    yield context
    context.close()


def looked_at(page: Page) -> None:
    assert accessibility(page) == []
    page.set_viewport_size({"width": 360, "height": 740})
    assert sideways(page) <= 0
    page.set_viewport_size({"width": 1280, "height": 900})


def link(ask: Ask, template: str, to: str, word: str) -> str:
    return ask(LETTER.format(template=template, to=to, word=word)).splitlines()[-1]


def test_from_the_invitation_to_published_minutes(meeting: str, desk: BrowserContext, phone: Page, ask: Ask) -> None:
    at = f"/sprava/jednani/{meeting}/"
    page = desk.new_page()

    # Called, answered on a phone.
    page.goto(f"{at}program/")
    page.get_by_label("Název bodu").fill("Doprava k lékaři")
    page.get_by_role("button", name="Přidat na program").click()
    expect(page.get_by_text("Doprava k lékaři").first).to_be_visible()
    page.goto(f"{at}svolat/")
    page.locator("[name=urgent_reason]").fill("Zkoušíme celou cestu.")
    page.get_by_role("button", name="Svolat a poslat pozvánky").click()
    page.wait_for_url(f"**{at}")
    phone.goto(link(ask, "meetings/letters/invitation", "verifier@cesta.example", "jednani/odpoved"))
    phone.get_by_role("button", name="Přijdu").click()
    expect(phone.get_by_text("přijde", exact=True)).to_be_visible()

    # The day has come: who is here.
    page.goto(f"{at}prezence/")
    page.get_by_role("button", name="Zahájit jednání").click()
    expect(page.get_by_text("Jedná se od")).to_be_visible()
    for there, name in enumerate(("Hana Cestová", "Petr Poutník", USER), 1):
        page.get_by_role("button", name=re.compile(f"Je tu:? {name}")).click()
        expect(page.locator("#prezence .quorum-count")).to_contain_text(f"{there} z 3")

    written_with_a_bad_connection(page, desk, at)

    # Round to those who were there; one of them objects, from a phone and without signing in.
    ask(BEGINS.format(pk=meeting))
    page.goto(f"{at}zapis/")
    looked_at(page)
    page.get_by_text("Rozeslat zápis").click()
    page.get_by_role("button", name="Rozeslat přítomným a omluveným").click()
    expect(page.get_by_text("Odeslaných dopisů: 3")).to_be_visible()
    phone.goto(link(ask, "minutes/letters/sent", "verifier@cesta.example", "zapis"))
    assert accessibility(phone) == []
    assert sideways(phone) <= 0
    phone.get_by_label("S čím nesouhlasíte").fill("Svoz má jezdit třikrát, ne dvakrát.")
    phone.get_by_role("button", name="Poslat námitku").click()
    expect(phone.get_by_text("Námitku máme zapsanou")).to_be_visible()

    page.goto(f"{at}zapis/")
    page.get_by_label("Jak námitka dopadla").select_option("declined")
    page.get_by_label("Proč").fill("Na jednání zaznělo dvakrát týdně.")
    page.get_by_role("button", name="Vypořádat námitku").click()
    expect(page.get_by_text("Námitka je vypořádaná.")).to_be_visible()

    # The term is over, the verifier agrees.
    ask(TERM_IS_OVER.format(pk=meeting))
    page.reload()
    expect(page.get_by_label("Kdo zápis ověřil")).to_have_value("Petr Poutník")
    page.get_by_role("button", name="Zápis je ověřený").click()
    page.get_by_role("link", name="Připravit veřejnou verzi").click()
    expect(page.get_by_text("zástupce uživatelů").first).to_be_visible()
    looked_at(page)
    page.get_by_role("button", name="Zveřejnit zápis").click()
    expect(page.get_by_text("Zápis je zveřejněný.")).to_be_visible()

    # What everybody reads.
    phone.goto(f"/jednani/{meeting}/zapis/")
    expect(phone.get_by_role("heading", level=1)).to_contain_text("PS CESTA")
    expect(phone.get_by_text("Svoz pojede dvakrát týdně.").first).to_be_visible()
    assert "Zkouškovičov" not in phone.content()
    assert "601 222 333" not in phone.content()
    assert accessibility(phone) == []
    assert sideways(phone) <= 0
    page.goto("/sprava/ukoly/?q=jízdní")
    expect(page.get_by_role("link", name="sehnat jízdní řád")).to_be_visible()
    looked_at(page)


def written_with_a_bad_connection(page: Page, desk: BrowserContext, at: str) -> None:
    """Minutes that save themselves: on-line, after a while without a connection, from a closed window, and when two
    people wrote the same section."""
    page.goto(f"{at}zapis/")
    page.get_by_role("button", name="Začít psát zápis").click()
    section = page.locator("minutes-section").first
    text, saved = section.get_by_label("Průběh"), section.locator(".saved")
    looked_at(page)
    text.fill(f"Paní {USER} čekala na odvoz tři hodiny, volejte jí na 601 222 333.")
    expect(saved).to_contain_text("uloženo")

    # The connection goes in the middle of a sentence and comes back.
    desk.set_offline(True)
    text.press("End")
    text.press_sequentially("\n\nUSNESENÍ: Svoz pojede dvakrát týdně.\n")
    section.get_by_role("button", name="Úkol").click()
    text.press_sequentially("Poutník – sehnat jízdní řád do 15. 3.")
    expect(saved).to_contain_text("čeká na připojení")
    desk.set_offline(False)
    expect(saved).to_contain_text("uloženo")
    expect(section.locator(".marks")).to_contain_text("Úkol: Poutník – sehnat jízdní řád (do 15. 3.")
    expect(section.locator(".marks")).to_contain_text("Usnesení: Svoz pojede dvakrát týdně.")

    # The window is closed before the connection is back; the text waits in the browser.
    desk.set_offline(True)
    text.press("End")
    text.press_sequentially("\nTohle nikdo neuložil.")
    expect(saved).to_contain_text("čeká na připojení")
    page.goto("about:blank")
    desk.set_offline(False)
    page.goto(f"{at}zapis/psani/")
    expect(text).to_have_value(re.compile("Tohle nikdo neuložil."))
    page.wait_for_function("() => document.querySelector('minutes-section').state === 'saved'")

    # Somebody else saves the same section meanwhile: both texts are there.
    other = desk.new_page()
    other.goto(f"{at}zapis/psani/")
    elsewhere = other.locator("minutes-section").first
    page.evaluate("document.querySelector('minutes-queue').remove()")
    elsewhere.get_by_label("Závěr").fill("Závěr odjinud.")
    elsewhere.get_by_label("Průběh").focus()
    expect(elsewhere.locator(".saved")).to_contain_text("uloženo")
    section.get_by_label("Závěr").fill("Můj závěr.")
    expect(section.get_by_text("Nic se neztratilo.")).to_be_visible()
    assert accessibility(page) == []
    section.get_by_role("button", name="Spojit oba texty").click()
    expect(saved).to_contain_text("uloženo")
    page.reload()
    both = section.get_by_label("Závěr").input_value()
    assert "Závěr odjinud." in both
    assert "Můj závěr." in both
    assert "Tohle nikdo neuložil." in text.input_value()
    other.close()
