"""Collecting what has been done: letters, links without signing in, reminders, answers and what they must say."""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal
from unittest.mock import patch

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from portal.audit.models import Deed
from portal.fulfilment import asking, collecting_actions
from portal.fulfilment.collecting_actions import Answer, Stale
from portal.fulfilment.models import ActionItem, FulfilmentReport, Progress, ProgressFile, Request
from portal.mail.models import Letter
from tests import make
from tests.fulfilment import years
from tests.plan import plans

pytestmark = pytest.mark.django_db
GARANT = "garant@example.org"


def asked(email: str = GARANT) -> tuple[FulfilmentReport, list[ActionItem]]:
    """A report whose first two items somebody answers for, not asked yet."""
    years.states()
    made = years.approve(years.chosen(years.approved_plan()))
    items = list(made.items.order_by("node__code"))
    for one in items[:2]:
        one.email = email
        one.save()
    return years.report(made.plan), items


def ask(report: FulfilmentReport, days: int = 30) -> int:
    today = timezone.localdate()
    return collecting_actions.ask(
        report=report, deadline=today + timedelta(days=days), actor=plans.coordinator(), today=today
    )


def link(letter: Letter) -> str:
    found = re.search(r"https?://[^/]+(/plneni/[^/\s]+/)", letter.text)
    assert found
    return found[1]


def test_one_letter_tells_everything_somebody_answers_for() -> None:
    report, items = asked()
    assert ask(report) == 1
    letter = Letter.objects.get(template="fulfilment/letters/ask")
    assert letter.to == GARANT
    assert all(str(one.node) in letter.text for one in items[:2])
    assert str(items[2].node) not in letter.text
    assert ask(report, 40) == 0  # the deadline moves, nobody gets the same letter twice


def test_a_token_is_kept_only_as_a_print() -> None:
    report, _ = asked()
    ask(report)
    token = link(Letter.objects.get(template="fulfilment/letters/ask")).split("/")[2]
    stored = Request.objects.get()
    assert token not in str(Request.objects.values().get())
    assert stored.token_hash == asking.token_hash(token)


def test_a_link_opens_the_fields_without_signing_in_and_looking_writes_nothing(client: Client) -> None:
    report, items = asked()
    ask(report)
    page = link(Letter.objects.get(template="fulfilment/letters/ask"))
    assert items[0].node.title in client.get(page).content.decode()
    assert client.get(f"{page}{items[0].pk}/").status_code == 200
    assert not Progress.objects.exists()
    answer = client.post(
        f"{page}{items[0].pk}/", {"state": years.state("splneno").pk, "text": "Jezdíme.", "more_0": "12 480", "seen": 0}
    )
    assert answer.status_code == 302
    stored = Progress.objects.get()
    assert (stored.item, stored.state.key, stored.said_by) == (items[0], "splneno", "garant")
    assert stored.money.get().amount == Decimal(12_480)
    assert Deed.objects.get(verb="progress_told").actor_id is None
    assert GARANT not in str(Deed.objects.values_list("before", "after", "names", "thing_name"))


def test_a_link_opens_only_what_its_reader_answers_for(client: Client) -> None:
    report, items = asked()
    ask(report)
    page = link(Letter.objects.get(template="fulfilment/letters/ask"))
    assert client.get(f"{page}{items[2].pk}/").status_code == 404
    assert client.get("/plneni/hadani/").status_code == 404
    items[0].email = "nekdo.jiny@example.org"
    items[0].save()
    assert client.get(f"{page}{items[0].pk}/").status_code == 404


def test_a_link_ends_in_its_time_and_with_the_report(client: Client) -> None:
    report, items = asked()
    ask(report)
    page = link(Letter.objects.get(template="fulfilment/letters/ask"))
    request = Request.objects.get()
    late = request.expires_on + timedelta(days=1)
    with pytest.raises(ValidationError, match="neplatí"):
        collecting_actions.answer_by_link(
            request=request, item=items[0], answer=Answer(years.state("splneno")), seen=0, today=late
        )
    Request.objects.update(expires_on=timezone.localdate() - timedelta(days=1))
    assert client.get(page).status_code == 410
    Request.objects.update(expires_on=late)
    FulfilmentReport.objects.update(frozen={"items": []})
    assert client.post(f"{page}{items[0].pk}/", {"state": years.state("splneno").pk}).status_code == 410


@pytest.mark.parametrize("key", [key for key, _, explained, _ in years.STATES if explained])
def test_what_did_not_work_out_must_be_explained(client: Client, key: str) -> None:
    report, items = asked()
    ask(report)
    page = f"{link(Letter.objects.get(template='fulfilment/letters/ask'))}{items[0].pk}/"
    refused = client.post(page, {"state": years.state(key).pk, "seen": 0})
    assert refused.status_code == 422
    assert "napište, proč to tak je" in refused.content.decode()
    with pytest.raises(ValidationError):
        years.say(items[0], key, explanation="  ")
    assert client.post(page, {"state": years.state(key).pk, "explanation": "Nebyl byt.", "seen": 0}).status_code == 302


def test_the_silent_are_reminded_and_who_has_answered_is_not() -> None:
    report, items = asked()
    ask(report, days=20)
    deadline = FulfilmentReport.objects.get().deadline
    assert deadline

    def on(day: date) -> int:
        with patch("django.utils.timezone.localdate", return_value=day):
            return collecting_actions.remind()

    assert on(deadline - timedelta(days=8)) == 0
    assert on(deadline - timedelta(days=7)) == 1
    assert on(deadline - timedelta(days=7)) == 0
    assert on(deadline - timedelta(days=1)) == 0
    assert on(deadline + timedelta(days=3)) == 1
    assert on(deadline + timedelta(days=30)) == 0
    templates = Letter.objects.filter(to=GARANT).order_by("pk").values_list("template", flat=True)
    assert [one.split("/")[-1] for one in templates] == ["ask", "remind", "remind_again"]
    for one in items[:2]:
        years.say(one, "splneno")
    Request.objects.filter(step__gt=0).delete()
    assert on(deadline + timedelta(days=4)) == 0


def test_the_letter_goes_to_the_account_of_whoever_is_responsible() -> None:
    years.states()
    somebody = make.person(name="Jana Nová", email="jana@example.org")
    made = years.approve(years.chosen(years.approved_plan()))
    made.items.update(responsible_person=somebody)
    ask(years.report(made.plan))
    assert Letter.objects.get(template="fulfilment/letters/ask").to == "jana@example.org"
    item = made.items.first()
    assert item is not None
    page = link(Letter.objects.get(template="fulfilment/letters/ask"))
    Client().post(f"{page}{item.pk}/", {"state": years.state("splneno").pk, "seen": 0})
    assert Progress.objects.get().said_by == "Jana Nová"
    somebody.is_active = False
    somebody.save()
    assert Client().get(f"{page}{item.pk}/").status_code == 404


def test_two_answers_at_once_do_not_overwrite_each_other(client: Client) -> None:
    report, items = asked()
    years.say(items[0], "splneno", "První.")
    with pytest.raises(Stale):
        collecting_actions.answer_at_desk(
            report=report, item=items[0], answer=Answer(years.state("splneno")), seen=0, actor=plans.coordinator()
        )
    client.force_login(plans.coordinator())
    page = f"/sprava/plany/{report.plan.slug}/zpravy/2026/garanti/{items[0].pk}/"
    late = {"state": years.state("nesplneno").pk, "explanation": "Proto.", "seen": 0}
    answer = client.post(page, late)
    assert answer.status_code == 409
    assert "První." in answer.content.decode()
    assert Progress.objects.get().text == "První."
    assert client.post(page, late | {"seen": 1}).status_code == 302


def test_what_was_said_last_year_is_at_hand(client: Client) -> None:
    report, items = asked()
    years.say(items[0], "castecne", "Loni jsme našli byt.")
    plan = report.plan
    second = years.approve(years.chosen(plan, 2027))
    item = second.items.get(node=items[0].node)
    years.report(plan, 2027)
    client.force_login(plans.coordinator())
    page = client.get(f"/sprava/plany/{plan.slug}/zpravy/2027/garanti/{item.pk}/").content.decode()
    assert "Loni jsme našli byt." in page


def test_an_attachment_is_kept_and_is_nobodys_business_until_the_report_is_out(client: Client) -> None:
    report, items = asked()
    client.force_login(plans.coordinator())
    page = f"/sprava/plany/{report.plan.slug}/zpravy/2026/garanti/{items[0].pk}/"
    wrong = SimpleUploadedFile("virus.exe", b"MZ", "application/octet-stream")
    assert client.post(page, {"state": years.state("splneno").pk, "seen": 0, "file": wrong}).status_code == 422
    assert not Progress.objects.exists()
    right = SimpleUploadedFile("foto.png", make.picture(), "image/png")
    assert client.post(page, {"state": years.state("splneno").pk, "seen": 0, "file": right}).status_code == 302
    kept = ProgressFile.objects.get().file
    assert not kept.public
    assert kept.thing == "fulfilment.progress"
    assert Client().get(kept.url).status_code == 404


def test_the_coordinator_sees_who_is_silent_and_whom_we_cannot_write(client: Client) -> None:
    report, items = asked()
    years.say(items[0], "splneno")
    client.force_login(plans.coordinator())
    page = client.get(f"/sprava/plany/{report.plan.slug}/zpravy/2026/garanti/").content.decode()
    assert GARANT in page
    assert "Nemáme komu psát" in page
    owed = {one.email: len(one.missing) for one in asking.reporters(report)}
    assert owed == {GARANT: 1, "": 2}


def test_the_desk_writes_letters(client: Client) -> None:
    report, _ = asked()
    client.force_login(plans.coordinator())
    page = f"/sprava/plany/{report.plan.slug}/zpravy/2026/garanti/"
    yesterday = timezone.localdate() - timedelta(days=1)
    assert client.post(page, {"deadline": yesterday}).status_code == 422
    assert client.post(page, {"deadline": timezone.localdate() + timedelta(days=9)}).status_code == 302
    assert Letter.objects.filter(to=GARANT).count() == 1


def test_whoever_does_not_write_the_plan_writes_no_letters_and_no_answers() -> None:
    report, items = asked()
    stranger = make.person("auditor")
    with pytest.raises(PermissionDenied):
        collecting_actions.ask(
            report=report,
            deadline=timezone.localdate() + timedelta(days=5),
            actor=stranger,
            today=timezone.localdate(),
        )
    with pytest.raises(PermissionDenied):
        collecting_actions.answer_at_desk(
            report=report, item=items[0], answer=Answer(years.state("splneno")), seen=0, actor=stranger
        )
    with pytest.raises(PermissionDenied):
        years.report(report.plan, 2027, stranger)
