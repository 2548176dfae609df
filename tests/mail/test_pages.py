"""The outbox at the desk, and unsubscribing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from portal.accounts import actions as accounts
from portal.accounts.models import Grant
from portal.audit.models import Deed
from portal.mail import actions, rules, topics
from portal.mail.models import Letter, Unsubscription
from portal.mail.post import deliver
from tests import make

from .conftest import CONTEXT, Post, write

pytestmark = pytest.mark.django_db
Role = Grant.Role
SECRET = "Zk3v9QmLr5XwT1yPbN7sHd"


def signed_in(role: str) -> Client:
    somebody = make.person(name="Eva Malá")
    Grant.objects.create(person=somebody, role=role)
    client = Client()
    client.force_login(somebody)
    return client


@pytest.fixture
def coordinator() -> Client:
    return signed_in(Role.COORDINATOR)


def test_roles_of_the_rules_are_roles_of_people() -> None:
    assert set(Role.values) >= rules.READERS


class TestLettersOfAccounts:
    def test_a_coordinator_sees_only_invitations_that_they_wrote(self) -> None:
        make.orp()
        eva, karel = make.person(name="Eva Malá"), make.person(name="Karel")
        for one in (eva, karel):
            Grant.objects.create(person=one, role=Role.COORDINATOR)
        inviting = {"role": Role.PROVIDER_EDITOR, "range_kind": "provider", "range_code": str(make.provider().pk)}
        mine = accounts.invite(email="a@example.org", name="", actor=eva, **inviting)
        theirs = accounts.invite(email="b@example.org", name="", actor=karel, **inviting)
        reset = write(to="c@example.org", about=karel)
        card = write(to="d@example.org")
        ours = Letter.objects.about(mine).get()
        hidden = [Letter.objects.about(theirs).get(), reset]
        client = Client()
        client.force_login(eva)
        page = client.get(reverse("mail:letters"))
        assert {one.pk for one in page.context["page"]} == {ours.pk, card.pk}
        for one in hidden:
            for name in ("mail:letter", "mail:letter_html"):
                assert client.get(reverse(name, args=[one.pk])).status_code == 404
            for name in ("mail:letter_again", "mail:letter_cancel"):
                assert client.post(reverse(name, args=[one.pk])).status_code == 404
        assert client.get(reverse("mail:letter", args=[ours.pk])).status_code == 200

    @pytest.mark.parametrize("role", [Role.REGION, Role.TECHNICAL, Role.AUDITOR])
    def test_those_who_answer_for_accounts_see_them_all(self, role: str) -> None:
        letter = write(about=make.person())
        assert signed_in(role).get(reverse("mail:letter", args=[letter.pk])).status_code == 200


class TestOutbox:
    def test_a_letter_is_called_in_czech(self, coordinator: Client) -> None:
        letter = write()
        Letter.objects.filter(pk=letter.pk).update(template="freshness/letters/vacancies")
        for address in (reverse("mail:letters"), reverse("mail:letter", args=[letter.pk])):
            assert "dotaz na volná místa" in coordinator.get(address).content.decode()

    def test_every_letter_of_the_portal_has_its_name(self) -> None:
        apps = Path(topics.__file__).parent.parent
        written = {
            f"{path.parent.parent.name}/letters/{path.stem}" for path in apps.glob("*/templates/*/letters/*.txt")
        }
        assert written == set(topics.LETTERS)

    def test_lists_letters_by_what_is_asked(self, coordinator: Client) -> None:
        write(to="jana@example.org")
        failed = write(to="petr@example.org", context={**CONTEXT, "service": "Poradna"})
        Letter.objects.filter(pk=failed.pk).update(state=Letter.State.FAILED)
        for asked, shown in [
            ({}, {"Domácí pomoc", "Poradna"}),
            ({"stav": "failed"}, {"Poradna"}),
            ({"komu": "JANA@"}, {"Domácí pomoc"}),
            ({"druh": "mail/letters/sample"}, {"Domácí pomoc", "Poradna"}),
            ({"od": "2100-01-01"}, set()),
            ({"do": "2100-01-01", "stav": "nesmysl"}, {"Domácí pomoc", "Poradna"}),
        ]:
            page = coordinator.get(reverse("mail:letters"), asked).content.decode()
            assert {name for name in ("Domácí pomoc", "Poradna") if f"službě {name}" in page} == shown, asked

    def test_says_that_nothing_is_sent_without_a_server(self, coordinator: Client, settings: Any) -> None:
        settings.MAIL_SERVER = None
        letter = write()
        for address in (reverse("mail:letters"), reverse("mail:letter", args=[letter.pk])):
            assert "Nikam se neposílá" in coordinator.get(address).content.decode()

    def test_costs_the_same_with_ten_times_the_letters(
        self, coordinator: Client, django_assert_max_num_queries: Any
    ) -> None:
        for _ in range(30):
            write()
        with django_assert_max_num_queries(10):
            coordinator.get(reverse("mail:letters"))

    def test_shows_a_letter_without_what_opens_doors(self, coordinator: Client, settings: Any) -> None:
        settings.SHOW_LETTER_LINKS = False
        letter = write(context={**CONTEXT, "url": f"http://127.0.0.1:8000/pozvanka/{SECRET}/"})
        assert SECRET in letter.text
        for name in ("mail:letter", "mail:letter_html"):
            page = coordinator.get(reverse(name, args=[letter.pk])).content.decode()
            assert "/pozvanka/…/" in page
            assert SECRET not in page

    def test_shows_whole_links_where_nobody_real_lives(self, coordinator: Client, settings: Any) -> None:
        settings.SHOW_LETTER_LINKS = True
        letter = write(context={**CONTEXT, "url": f"http://127.0.0.1:8000/pozvanka/{SECRET}/"})
        assert SECRET in coordinator.get(reverse("mail:letter", args=[letter.pk])).content.decode()

    def test_html_of_a_letter_can_do_nothing(self, coordinator: Client) -> None:
        answer = coordinator.get(reverse("mail:letter_html", args=[write().pk]))
        policy = answer["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "sandbox" in policy.replace("; ", ";").split(";")

    def test_an_address_that_bounced_is_told(self, coordinator: Client) -> None:
        first = write()
        Letter.objects.filter(pk=first.pk).update(state=Letter.State.BOUNCED, bounced_at=first.created_at)
        second = write()
        assert (
            "Na tuto adresu se dopis vrátil"
            in coordinator.get(reverse("mail:letter", args=[second.pk])).content.decode()
        )
        assert "na tuto adresu se už dopis vrátil" in coordinator.get(reverse("mail:letters")).content.decode()


class TestDeeds:
    def test_send_again(self, coordinator: Client) -> None:
        letter = write()
        Letter.objects.update(state=Letter.State.FAILED, attempts=9, last_error="554 Spam")
        page = coordinator.post(reverse("mail:letter_again", args=[letter.pk]), follow=True)
        assert "zase ve frontě" in page.content.decode()
        letter.refresh_from_db()
        assert (letter.state, letter.attempts, letter.last_error) == (Letter.State.WAITING, 0, "")
        deed = Deed.objects.get(verb="letter_sent_again")
        assert deed.actor_name == "Eva Malá"
        assert SECRET not in str(deed.after) + str(deed.before)

    def test_cancel(self, coordinator: Client) -> None:
        letter = write()
        coordinator.post(reverse("mail:letter_cancel", args=[letter.pk]))
        letter.refresh_from_db()
        assert letter.state == Letter.State.SKIPPED
        assert Deed.objects.filter(verb="letter_cancelled", thing_id=str(letter.pk)).exists()

    @pytest.mark.parametrize(
        ("deed", "state"), [("letter_again", "sent"), ("letter_again", "waiting"), ("letter_cancel", "sent")]
    )
    def test_what_is_not_allowed_now_is_said_and_not_done(self, coordinator: Client, deed: str, state: str) -> None:
        letter = write()
        Letter.objects.update(state=state)
        page = coordinator.post(reverse(f"mail:{deed}", args=[letter.pk]), follow=True).content.decode()
        assert "notice error" in page
        letter.refresh_from_db()
        assert letter.state == state
        assert not Deed.objects.exists()

    @pytest.mark.parametrize("role", [Role.AUDITOR, Role.PROVIDER_HEAD])
    def test_others_may_not(self, role: str) -> None:
        letter = write()
        assert signed_in(role).post(reverse("mail:letter_cancel", args=[letter.pk])).status_code == 404


class TestUnsubscribing:
    @pytest.fixture
    def address(self) -> str:
        letter = write(duty=False, topic="confirmation")
        return str(letter.unsubscribe_url).removeprefix("http://127.0.0.1:8000")

    def test_looking_changes_nothing_and_one_button_does_it(self, address: str) -> None:
        client = Client(enforce_csrf_checks=True)
        page = client.get(address).content.decode()
        assert "jana@example.org" in page
        assert "výzvy k potvrzení údajů o službě" in page
        assert not Unsubscription.objects.exists()
        proof = {"csrfmiddlewaretoken": client.cookies["csrftoken"].value}
        answer = client.post(address, proof, follow=True)
        assert "už vám nepřijdou" in answer.content.decode()
        assert Unsubscription.objects.covers("Jana@example.org", "confirmation")
        client.post(address, {**proof, "again": "1"})
        assert not Unsubscription.objects.exists()

    def test_a_mail_program_does_it_by_one_click(self, address: str) -> None:
        answer = Client(enforce_csrf_checks=True).post(address, {"List-Unsubscribe": "One-Click"})
        assert answer.status_code == 200
        assert Unsubscription.objects.covers("jana@example.org", "confirmation")

    def test_another_site_cannot_press_the_buttons(self, address: str) -> None:
        client = Client(enforce_csrf_checks=True)
        assert client.post(address).status_code == 403
        assert client.post(address, {"again": "1"}).status_code == 403
        assert not Unsubscription.objects.exists()

    @pytest.mark.parametrize("token", ["x", "eyJ:1:2", "a token of ours with its end changed"])
    def test_an_address_we_have_not_made_leads_nowhere(self, token: str) -> None:
        if " " in token:
            token = actions.token("a@b.cz", "x")[:-1] + "é"
        assert Client().get(reverse("mail:unsubscribe", args=[token])).status_code == 404
        assert Client().post(reverse("mail:unsubscribe", args=[token])).status_code == 404

    def test_the_letter_says_how_in_its_head(self, post: Post) -> None:
        letter = write(duty=False, topic="confirmation")
        assert deliver() == 1
        content = post.envelopes[0].content
        assert isinstance(content, bytes)
        head = content.split(b"\r\n\r\n")[0].decode().splitlines()
        assert f"List-Unsubscribe: <{letter.unsubscribe_url}>" in head
        assert "List-Unsubscribe-Post: List-Unsubscribe=One-Click" in head
