"""The communication plan reminds in time and not for ever; printed things are never handed over twice."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from portal.accounts.models import Person
from portal.mail.models import Letter
from portal.pages import outreach_actions as actions
from portal.pages.actions import Stale
from portal.pages.models import CommunicationItem, PrintedProduct
from tests import make

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 22)


def item(due: date, **more: Any) -> CommunicationItem:
    said = {"what": "Pozvánka", "audience": "všem", "due_on": due, "who": "město", "span_kind": "site"} | more
    return actions.item_save(wanted=said, actor=make.person("page_editor"))


@pytest.fixture
def jana() -> Person:
    return make.person("coordinator", name="Jana Malá")


def test_a_reminder_goes_a_week_ahead_and_once_more_after_the_day(jana: Person) -> None:
    item(TODAY + timedelta(days=7), person=jana, what="Plakát")
    item(TODAY + timedelta(days=8), person=jana, what="Až potom")
    item(TODAY, person=jana, what="Hotové", done_on=TODAY)
    item(TODAY, what="Bez člověka")
    assert actions.remind(TODAY) == 1
    letter = Letter.objects.get()
    assert letter.to == jana.email
    assert "Plakát" in letter.text
    for other in ("Až potom", "Hotové", "Bez člověka"):
        assert other not in letter.text
    assert actions.remind(TODAY) == 0
    written = sum(actions.remind(TODAY + timedelta(days=at)) for at in range(1, 60))
    assert written == 3  # the second line a week ahead; each of the two once more after its day


def test_a_new_day_is_a_new_reminder(jana: Person) -> None:
    line = item(TODAY, person=jana)
    assert actions.remind(TODAY) == 1
    line.refresh_from_db()
    wanted = {"due_on": TODAY + timedelta(days=30)}
    actions.item_save(item=line, wanted=wanted, seen=line.version, actor=jana)
    assert actions.remind(TODAY) == 0
    assert actions.remind(TODAY + timedelta(days=25)) == 1


def test_what_is_late_waits_for_the_coordinator_on_the_first_page(jana: Person, client: Client) -> None:
    client.force_login(jana)
    item(date.today() + timedelta(days=1))
    assert "lidé ještě nevědí" not in client.get("/sprava/").content.decode()
    item(date.today() - timedelta(days=2), what="Plakát")
    assert "věc, kterou lidé ještě nevědí" in client.get("/sprava/").content.decode().replace("\xa0", " ")
    late = client.get("/sprava/komunikace/?stav=pozde").content.decode()
    assert "Plakát" in late
    assert "Pozvánka" not in late


def test_two_people_do_not_overwrite_each_other(jana: Person) -> None:
    line = item(TODAY)
    actions.item_done(item=line, done=True, actor=jana)
    with pytest.raises(Stale):
        actions.item_save(item=line, wanted={"what": "Jinak"}, seen=line.version, actor=jana)


def test_the_plan_and_the_distribution_list_are_taken_away_as_tables(jana: Person, client: Client) -> None:
    item(TODAY, what="=1+1")
    product = actions.product_save(wanted={"title": "Průvodce", "printed": 10, "span_kind": "site"}, actor=jana)
    actions.handover_add(product=product, place="knihovna", amount=4, actor=jana)
    client.force_login(jana)
    told = {
        name: client.get(f"/sprava/tabulky/{name}.csv").getvalue().decode()
        for name in ("komunikacni-plan", "rozdelovnik", "aktuality")
    }
    assert "'=1+1" in told["komunikacni-plan"]
    assert "knihovna" in told["rozdelovnik"]


class Distribution(TestCase):
    """Whatever is written down in whatever order, no more goes out than was printed."""

    @given(
        printed=st.integers(1, 50),
        steps=st.lists(st.tuples(st.sampled_from(["give", "hand", "back", "drop"]), st.integers(1, 30)), max_size=12),
    )
    def test_never_more_than_was_printed(self, printed: int, steps: list[tuple[str, int]]) -> None:
        actor = make.person("page_editor")
        wanted = {"title": "Leták", "printed": printed, "span_kind": "site"}
        product = actions.product_save(wanted=wanted, actor=actor)
        for step, amount in steps:
            row = product.handovers.order_by("pk").first()
            if step == "give":
                try:
                    actions.handover_add(product=product, place="pošta", amount=amount, actor=actor)
                except ValidationError:
                    assert actions.given(product) + amount > printed
            elif row is not None and step == "drop":
                actions.handover_remove(handover=row, actor=actor)
            elif row is not None:
                actions.handover_done(handover=row, done=step == "hand", actor=actor)
            counted = PrintedProduct.objects.counted().get(pk=product.pk)
            assert counted.handed + counted.promised == actions.given(product) <= printed  # type: ignore[attr-defined]
