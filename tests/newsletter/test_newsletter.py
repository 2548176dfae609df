"""The newsletter: only who confirms gets it, only what they asked for, once, and one click ends it."""

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.core import signing
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from portal.accounts.models import Grant, Person
from portal.home.actions import erase
from portal.jobs.models import Job
from portal.mail.actions import unsubscribe
from portal.mail.models import Letter
from portal.meetings.models import Meeting
from portal.newsletter import actions, picking
from portal.newsletter.models import Issue, Subscriber
from portal.pages import actions as page_actions
from portal.pages.models import Article
from tests import make
from tests.pages import texts

pytestmark = pytest.mark.django_db
JANA = "jana@example.org"


@pytest.fixture(autouse=True)
def nobody_asked_before() -> None:
    cache.clear()
    picking._around.cache_clear()


def wish(
    email: str = JANA, span: tuple[str, str, str] = ("site", "", ""), topics: tuple[str, ...] = ()
) -> actions.Wish:
    return actions.Wish(email, *span, topics)


def ask(client: Client, **more: Any) -> Any:
    texts.category()
    return client.post("/zpravodaj/odber/", {"email": JANA, "where": "", "topics": ["zprava", "jednani"]} | more)


def link_in(letter: Letter) -> str:
    start = letter.text.index(settings.SITE_URL + "/zpravodaj/odber/")
    return letter.text[start:].split()[0].removeprefix(settings.SITE_URL)


def issue(actor: Person | None = None, **more: Any) -> Issue:
    today = timezone.localdate()
    wanted = {
        "title": "Co je nového", "foreword": "", "since": today - timedelta(days=30), "until": today,
        "span_kind": "site", "span_code": "", "span_name": "",
    }  # fmt: skip
    return actions.issue_save(wanted=wanted | more, actor=actor or make.person("page_editor"))


def meeting(**more: Any) -> Meeting:
    start = timezone.now() + timedelta(days=5)
    values: dict[str, Any] = {
        "group": make.group(), "starts_at": start, "ends_at": start + timedelta(hours=1), "title": "Jednání o bydlení",
        "shown_at": timezone.now(),
    }  # fmt: skip
    return Meeting.objects.create(**(values | more))


# --- subscribing -----------------------------------------------------------------------------------------------


def test_asking_alone_keeps_nobody_and_the_link_in_the_letter_does(client: Client) -> None:
    assert "Podívejte se do pošty" in ask(client).content.decode()
    assert not Subscriber.objects.exists()
    link = link_in(Letter.objects.get())
    client.get(link)
    assert not Subscriber.objects.exists()
    client.post(link)
    assert Subscriber.objects.get().email == JANA
    client.post(link, {"stop": "1"})
    assert not Subscriber.objects.exists()


def test_the_answer_never_tells_whether_the_address_is_known(client: Client) -> None:
    first = ask(client).content
    client.post(link_in(Letter.objects.get()))
    assert ask(client).content == first
    assert Letter.objects.count() == 1  # nobody is written to twice in a day


def test_a_forged_link_and_an_old_one_confirm_nothing(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    forged = signing.dumps(list(wish()), salt="jina sul")
    assert client.post(f"/zpravodaj/odber/{forged}/").status_code == 404
    link = actions.link(wish())
    later = timezone.now() + actions.CONFIRM_WITHIN + timedelta(minutes=1)
    monkeypatch.setattr("django.core.signing.time.time", later.timestamp)
    client.post(link)
    assert not Subscriber.objects.exists()


def test_machines_and_wrong_places_are_refused(client: Client) -> None:
    ask(client, website="https://spam.example")
    assert not Letter.objects.exists()
    assert ask(client, where="Tahle obec není").status_code == 422
    assert ask(client, email="neni-email").status_code == 422
    assert ask(client, topics=[]).status_code == 422


def test_choosing_everything_means_also_what_will_be_added_later(client: Client) -> None:
    ask(client)
    client.post(link_in(Letter.objects.get()))
    assert Subscriber.objects.get().topics == []


def test_erased_person_is_no_longer_written_to() -> None:
    person = make.person("coordinator", email=JANA)
    make.person("technical")
    actions.subscribe(wish=wish())
    erase(person=person, actor=person)
    assert not Subscriber.objects.exists()


# --- an issue --------------------------------------------------------------------------------------------------


def test_a_new_issue_holds_what_is_public_of_its_days_and_territory() -> None:
    now = timezone.now()
    here, there = make.municipality("Svornov"), make.municipality("Jinde", orp=make.orp("9805", "Jinde"))

    def of(town: Any) -> dict[str, Any]:
        return {"span_kind": "municipality", "span_code": town.pk, "span_name": town.name}

    texts.article(title="Naše", **of(here))
    texts.article(title="Cizí", **of(there))
    texts.article(title="Celokrajská")
    texts.article(title="Stará", at=now - timedelta(days=60))
    texts.article(title="Plánovaná", at=now + timedelta(hours=1))
    texts.article(title="Koncept", draft=True)
    meeting()
    meeting(title="Neveřejné", shown_at=None)
    made = issue(**of(here))
    held = {one.title for one in picking.items_of(made)}
    assert {"Naše", "Celokrajská"} <= held
    assert not held & {"Cizí", "Stará", "Plánovaná", "Koncept"}
    assert not any("Neveřejné" in title for title in held)


def test_an_issue_and_an_article_name_nobody_whom_the_page_of_the_meeting_would_not(client: Client) -> None:
    told = meeting(title="Příběh paní Jany Malé")
    make.membership(told.group, name="Jana Malá", side="user")
    held = [one.title for one in picking.items_of(issue())]
    page = client.get(f"/aktuality/{texts.article(meetings=[told]).slug}/").content.decode()
    assert any("Příběh zástupce uživatelů" in title for title in held)
    assert "Příběh zástupce uživatelů" in page
    assert "Mal" not in page + "".join(held)


def test_the_editor_picks_and_orders_only_what_is_offered(client: Client) -> None:
    editor = make.person("page_editor")
    first, second, draft = texts.article(title="A"), texts.article(title="B"), texts.article(title="C", draft=True)
    made = issue(editor)
    client.force_login(editor)
    said = {
        "seen": made.version, "article": [first.pk, second.pk, draft.pk],
        f"order-article-{first.pk}": 2, f"order-article-{second.pk}": 1,
    }  # fmt: skip
    assert client.post(f"/sprava/zpravodaj/{made.pk}/vyber/", said).status_code == 302
    assert [one.title for one in picking.items_of(made)] == ["B", "A"]
    assert client.post(f"/sprava/zpravodaj/{made.pk}/vyber/", said).status_code == 409
    client.post(f"/sprava/zpravodaj/{made.pk}/zkusebni/")
    letter = Letter.objects.get()
    assert letter.to == editor.email
    assert letter.text.index("B") < letter.text.index("A\n")


def test_each_reader_gets_what_they_asked_for_once(django_capture_on_commit_callbacks: Any) -> None:
    here, there = make.municipality("Svornov"), make.municipality("Jinde", orp=make.orp("9805", "Jinde"))
    texts.article(title="Zpráva z obce", span_kind="municipality", span_code=here.pk, span_name="Svornov")
    texts.article(title="Pozvánka všem", category=texts.category("pozvanka", "pozvánka"))
    meeting(group=make.group(here))
    wishes = {
        "vse@example.org": wish("vse@example.org"),
        "tady@example.org": wish("tady@example.org", ("orp", here.orp_id, "ORP")),
        "jinde@example.org": wish("jinde@example.org", ("municipality", there.pk, "Jinde")),
        "jednani@example.org": wish("jednani@example.org", topics=("jednani",)),
        "kampane@example.org": wish("kampane@example.org", topics=("kampan",)),
        "odhlaseny@example.org": wish("odhlaseny@example.org"),
    }
    for one in wishes.values():
        actions.subscribe(wish=one)
    unsubscribe(email="odhlaseny@example.org", topic=picking.TOPIC)
    editor = make.person("page_editor")
    made = issue(editor)
    with django_capture_on_commit_callbacks(execute=True):
        actions.issue_send(issue=made, actor=editor)
    made.refresh_from_db()
    actions.write_letters(issue=made)  # a worker that died in the middle begins again
    texts_by = {one.to: one.text for one in Letter.objects.filter(thing="newsletter.issue")}
    assert len(texts_by) == Letter.objects.filter(thing="newsletter.issue").count()
    has = {
        to: [word in text for word in ("Zpráva z obce", "Pozvánka všem", "Jednání o bydlení")]
        for to, text in texts_by.items()
    }
    assert has == {
        "vse@example.org": [True, True, True],
        "tady@example.org": [True, True, True],
        "jinde@example.org": [False, True, False],
        "jednani@example.org": [False, False, True],
    }
    made.refresh_from_db()
    assert (made.state, made.letters) == (Issue.State.SENT, 4)


def test_letters_end_by_one_click_and_follow_nobody(client: Client) -> None:
    texts.article()
    actions.subscribe(wish=wish())
    made = issue()
    actions.write_letters(issue=made)
    letter = Letter.objects.get(thing="newsletter.issue")
    assert not letter.duty
    assert "<img" not in letter.html
    assert JANA not in letter.html.replace(letter.unsubscribe_url, "")
    path = letter.unsubscribe_url.removeprefix(settings.SITE_URL)
    answer = Client(enforce_csrf_checks=True).post(path, {"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    assert not actions.is_subscribed(JANA)
    assert picking.readers(made) == []
    assert actions.forget_unsubscribed() == 1
    assert not Subscriber.objects.exists()


def test_what_went_out_does_not_change_and_is_in_the_archive(client: Client) -> None:
    editor, article = make.person("page_editor"), texts.article(title="Novina")
    made = issue(editor)
    assert client.get(f"/zpravodaj/{made.slug}/").status_code == 404
    job = actions.issue_send(issue=made, actor=editor)
    assert Job.objects.filter(pk=job.pk).exists()
    for refused in (actions.issue_remove, actions.issue_send):
        with pytest.raises(ValidationError):
            refused(issue=made, actor=editor)
    assert "Novina" in client.get(f"/zpravodaj/{made.slug}/").content.decode()
    assert made.title in client.get("/zpravodaj/").content.decode()
    page_actions.article_withdraw(article=article, actor=editor)
    assert "Novina" not in client.get(f"/zpravodaj/{made.slug}/").content.decode()
    assert "example.org" not in client.get(f"/zpravodaj/{made.slug}/").content.decode()


def test_nobody_sends_an_issue_of_a_territory_that_is_not_theirs(client: Client) -> None:
    person = make.person()
    town = make.municipality()
    Grant.objects.create(person=person, role="page_editor", range_kind="municipality", range_code=town.pk)
    made = issue()
    client.force_login(person)
    for path in ("", "odeslat/", "zkusebni/", "vyber/", "smazat/"):
        assert client.post(f"/sprava/zpravodaj/{made.pk}/{path}", {"vim": "ano"}).status_code == 404
    made.refresh_from_db()
    assert made.is_draft


def test_sending_asks_for_a_yes(client: Client) -> None:
    editor = make.person("page_editor")
    texts.article()
    made = issue(editor)
    client.force_login(editor)
    client.post(f"/sprava/zpravodaj/{made.pk}/odeslat/")
    made.refresh_from_db()
    assert made.is_draft
    answer = client.post(f"/sprava/zpravodaj/{made.pk}/odeslat/", {"vim": "ano"})
    assert answer["Location"].startswith("/ukoly/")


def test_public_pages_ask_as_much_of_ten_times_the_rows(
    client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    sent = {"state": Issue.State.SENT, "sent_at": timezone.now()}
    for count in (2, 20):
        for _ in range(count):
            texts.article()
        made = issue()
        for _ in range(count):
            issue()
        Issue.objects.update(**sent)
        for address in ("/zpravodaj/", f"/zpravodaj/{made.slug}/"):
            client.get(address)
            with django_assert_max_num_queries(5):
                assert client.get(address).status_code == 200
    assert Article.objects.count() == 22
