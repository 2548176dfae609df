"""Somebody is invited by a letter, sets a password, works, and may be rid of the account."""

import re
import subprocess
import sys

from playwright.sync_api import Browser, BrowserContext, expect

from .conftest import PATIENCE, ROOT, SignIn, Site

LETTER = (
    "from portal.mail.models import Letter; print(Letter.objects.filter(to='nova@pozvanka.example').latest('pk').text)"
)


def test_invited_accepts_and_leaves(
    running_site: Site, browser: Browser, context: BrowserContext, sign_in: SignIn
) -> None:
    sign_in(context, "technical")
    page = context.new_page()
    page.goto("/sprava/lide/pozvat/")
    page.get_by_label("E-mail").fill("nova@pozvanka.example")
    page.get_by_label("Jméno a příjmení").fill("Marie Nová")
    page.get_by_label("Role", exact=True).select_option("auditor")
    page.get_by_role("button", name="Poslat pozvánku").click()
    expect(page.get_by_text("Pozvánka je na cestě")).to_be_visible()

    command = [sys.executable, "manage.py", "shell", "-v0", "-c", LETTER]
    told = subprocess.run(
        command, cwd=ROOT, env=running_site.environment, check=True, stdout=subprocess.PIPE, text=True
    )
    found = re.search(r"/pozvanka/[\w-]+/", told.stdout)
    assert found

    elsewhere = browser.new_context(base_url=running_site.address, locale="cs-CZ")
    elsewhere.set_default_timeout(PATIENCE)
    new = elsewhere.new_page()
    new.goto(found[0])
    expect(new.get_by_label("Jméno a příjmení")).to_have_value("Marie Nová")
    new.get_by_label("Heslo", exact=True).fill("kratke")
    new.get_by_label("Heslo ještě jednou").fill("kratke")
    new.get_by_role("button", name="Přijmout a přihlásit se").click()
    expect(new.locator("#error-summary")).to_contain_text("12")
    for label in ("Heslo", "Heslo ještě jednou"):
        new.get_by_label(label, exact=True).fill("sedm statecnych kocek")
    new.get_by_role("button", name="Přijmout a přihlásit se").click()
    expect(new.get_by_text("Vítejte.")).to_be_visible()
    expect(new.get_by_text("celý web")).to_be_visible()

    new.goto("/ucet/smazat/")
    new.get_by_label("Vaše heslo").fill("sedm statecnych kocek")
    new.get_by_role("button", name="Smazat natrvalo").click()
    expect(new.get_by_text("Váš účet je smazaný.")).to_be_visible()
    new.goto("/sprava/")
    expect(new).to_have_url(re.compile("/prihlaseni/"))
    elsewhere.close()
