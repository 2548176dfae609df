"""A card is confirmed from a letter without signing in; a report is answered and its author learns how it ended."""

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
from .pictures import picture

REPORTER = "vsimavy@soused.example"


def rows(site: Site, sql: str, *values: str) -> list[tuple[str, ...]]:
    path = site.environment["DATABASE_URL"].removeprefix("sqlite:///")
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=30) as database:
        return database.execute(sql, values).fetchall()


def run(site: Site, code: str) -> None:
    command = [sys.executable, "manage.py", "shell", "-v0", "-c", code]
    subprocess.run(command, cwd=ROOT, env=site.environment, check=True, stdout=subprocess.DEVNULL)


def looks_right(page: Page) -> None:
    assert accessibility(page) == []
    page.set_viewport_size({"width": 360, "height": 740})
    assert sideways(page) <= 0
    page.set_viewport_size({"width": 1280, "height": 900})


@pytest.fixture
def desk(browser: Browser, site: str, sign_in: SignIn) -> Iterator[Page]:
    context = browser.new_context(base_url=site, locale="cs-CZ", viewport={"width": 1280, "height": 900})
    context.set_default_timeout(PATIENCE)
    sign_in(context, "coordinator")
    yield context.new_page()
    context.close()


def test_a_card_is_confirmed_by_one_button_from_a_letter(running_site: Site, page: Page) -> None:
    # A card of a provider without an account, last verified long ago, and the walk of that day.
    run(
        running_site,
        "from datetime import timedelta\n"
        "from django.utils import timezone\n"
        "from portal.accounts.models import Grant\n"
        "from portal.catalogue.models import Contact, Service\n"
        "from portal.freshness import actions\n"
        "today = timezone.localdate()\n"
        "taken = Grant.objects.filter(range_kind='provider').values_list('range_code', flat=True)\n"
        "free = Service.objects.public().exclude(provider__in=[int(one) for one in taken])\n"
        "one = free.filter(contacts__channel=Contact.Channel.EMAIL).order_by('pk').first()\n"
        "Service.objects.update(verified_on=today)\n"
        "Service.objects.filter(pk=one.pk).update(verified_on=today - timedelta(days=400))\n"
        "actions.ask(today=today)\n",
    )
    template = "freshness/letters/confirm"
    [(text, number)] = rows(
        running_site, "SELECT text, thing_id FROM mail_letter WHERE template = ? ORDER BY id DESC LIMIT 1", template
    )
    found = re.search(r"/potvrzeni/[\w-]+/", text)
    assert found
    # A machine that opens every link in a letter confirms nothing.
    page.goto(found[0])
    page.reload()
    asked = "SELECT service_id, outcome FROM freshness_askedservice ORDER BY id DESC LIMIT 1"
    assert rows(running_site, asked)[0][1] == ""
    expect(page.get_by_role("heading", name="Platí tyhle údaje?")).to_be_visible()
    looks_right(page)
    page.get_by_role("button", name="Všechno platí").click()
    expect(page.get_by_role("heading", name="Děkujeme")).to_be_visible()
    looks_right(page)
    page.get_by_role("main").get_by_role("listitem").get_by_role("link").first.click()
    expect(page.get_by_text("Ověřeno", exact=False).first).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text("poskytovatel")
    # The link may be used again and says what changed without signing in, too.
    page.goto(found[0])
    with page.expect_navigation():
        page.get_by_role("link", name=re.compile("Něco se změnilo")).first.click()
    looks_right(page)
    page.get_by_role("button", name="Odeslat").click()
    expect(page.get_by_role("heading", name=re.compile("Co se změnilo"))).to_be_visible()
    assert page.title().startswith("Chyba")
    page.get_by_label("Co se změnilo?").fill("Od ledna máme otevřeno i v sobotu.")
    page.get_by_role("button", name="Odeslat").click()
    expect(page.get_by_role("heading", name="Děkujeme")).to_be_visible()
    assert number


def test_a_report_is_answered_and_its_author_gets_a_letter(
    running_site: Site, desk: Page, page: Page, browser: Browser, sign_in: SignIn
) -> None:
    with_account = rows(
        running_site,
        "SELECT s.slug, s.name FROM catalogue_service s JOIN accounts_grant g"
        " ON g.range_kind = 'provider' AND g.range_code = CAST(s.provider_id AS TEXT)"
        " WHERE g.role = 'provider_editor' AND s.published ORDER BY g.id, s.id LIMIT 1",
    )
    slug, name = with_account[0]
    # Somebody reads the card and sees that it is wrong.
    page.goto(f"/sluzby/{slug}/nesedi/")
    page.get_by_label("Co je špatně?").fill("Na tomhle čísle nikdo nebere telefon.")
    page.get_by_label("Váš e-mail").fill(REPORTER)
    page.get_by_role("button", name="Odeslat").click()
    expect(page.get_by_role("heading", name="Děkujeme")).to_be_visible()
    # The provider got a letter without the author's address and answers.
    told = "SELECT text FROM mail_letter WHERE template = ? ORDER BY id DESC LIMIT 1"
    [(letter,)] = rows(running_site, told, "catalogue/letters/report_to_provider")
    assert "nikdo nebere telefon" in letter
    assert REPORTER not in letter
    context = browser.new_context(base_url=running_site.address, locale="cs-CZ")
    context.set_default_timeout(PATIENCE)
    sign_in(context, "provider_editor")
    editor = context.new_page()
    editor.goto("/moje/hlaseni/")
    looks_right(editor)
    editor.get_by_role("link", name=name).first.click()
    editor.get_by_label("Jak to je").fill("Číslo je nové, opravili jsme ho.")
    editor.get_by_role("button", name="Odeslat odpověď").click()
    expect(editor.get_by_text("Odpověď je uložená")).to_be_visible()
    context.close()
    # The coordinator reads both and closes it with the provider's words.
    desk.goto("/sprava/hlaseni/")
    desk.get_by_role("listitem").filter(has_text="nikdo nebere telefon").get_by_role("link").click()
    expect(desk.get_by_label("Jak to dopadlo")).to_have_value("Číslo je nové, opravili jsme ho.")
    looks_right(desk)
    picture(desk, "koordinator-hlaseni")
    desk.get_by_role("button", name="Vyřízeno").click()
    expect(desk.get_by_text("Hlášení je vyřízené.")).to_be_visible()
    [(answer, to)] = rows(
        running_site,
        'SELECT text, "to" FROM mail_letter WHERE template = ? ORDER BY id DESC LIMIT 1',
        "catalogue/letters/report_settled",
    )
    assert to == REPORTER
    assert "Číslo je nové, opravili jsme ho." in answer
    assert rows(running_site, "SELECT id FROM catalogue_report WHERE email = ?", REPORTER) == []


def test_quality_conflicts_and_silence_at_the_desk(running_site: Site, desk: Page) -> None:
    run(
        running_site,
        "from datetime import timedelta\n"
        "from django.utils import timezone\n"
        "from portal.accounts.models import Grant\n"
        "from portal.catalogue.models import Service\n"
        "from portal.freshness import actions, conflict_actions, daily\n"
        "today = timezone.localdate()\n"
        "held = Grant.objects.filter(role='provider_editor').order_by('pk').first()\n"
        "mine = Service.objects.public().filter(provider=int(held.range_code)).order_by('pk').first()\n"
        "said = {'field': 'name', 'right_value': mine.name + ' a okolí', 'note': 'Jmenujeme se jinak.'}\n"
        "conflict_actions.dispute(service=mine, actor=held.person, **said)\n"
        "old = list(Service.objects.public().exclude(pk=mine.pk).order_by('-pk').values_list('pk', flat=True)[:6])\n"
        "Service.objects.filter(pk__in=old).update(verified_on=today - timedelta(days=300))\n"
        "actions.ask(today=today - timedelta(days=40))\n"
        "daily.walk()\n",
    )
    desk.goto("/sprava/")
    picture(desk, "koordinator-dnes")
    pages = ("kvalita", "kvalita/prehled", "kvalita/vyvoj", "nepotvrzene", "rozpory")
    for address in pages:
        desk.goto(f"/sprava/{address}/")
        looks_right(desk)
        if address in {"kvalita", "nepotvrzene"}:
            picture(desk, f"koordinator-{address}")
    # A conflict is decided with a reason.
    with desk.expect_navigation():
        desk.get_by_role("main").get_by_role("rowheader").first.get_by_role("link").click()
    picture(desk, "koordinator-rozpor")
    looks_right(desk)
    desk.get_by_label("pravdu má poskytovatel").check()
    desk.get_by_label("Proč").fill("Ověřeno telefonem.")
    desk.get_by_role("button", name="Rozhodnout").click()
    expect(desk.get_by_text("Rozpor je rozhodnutý.")).to_be_visible()
    # A reason of the queue leads to the field that mends it.
    desk.goto("/sprava/kvalita/")
    desk.get_by_label("Důvod").select_option("no_easy_read")
    desk.get_by_role("button", name="Vybrat").click()
    desk.get_by_role("link", name="chybí snadné čtení").first.click()
    expect(desk.get_by_label("Snadné čtení")).to_be_visible()
