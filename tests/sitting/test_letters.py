"""Votes outside a meeting: letters, one vote each, the reminder, the end by itself."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.utils import timezone

from portal.audit.models import Deed
from portal.groups.models import Group
from portal.mail.models import Letter
from portal.sitting import letter_actions, voting
from portal.sitting.models import Ballot, Motion
from tests.meetings import gatherings

from . import sittings

pytestmark = pytest.mark.django_db


def ask(group: Group, actor: Any, days: int = 7, **more: Any) -> Motion:
    today = timezone.localdate()
    text, until = "Skupina schvaluje dopis radě.", today + timedelta(days=days)
    return letter_actions.ask(group=group, text=text, until=until, actor=actor, today=today, **more)


def cast(motion: Motion, member: Any, choice: str) -> Ballot:
    ballot = Ballot.objects.get(motion=motion, membership=member)
    return letter_actions.cast(ballot=ballot, choice=choice, now=timezone.now())


def link(letter: Letter) -> str:
    found = re.search(r"https?://[^/]+(/hlasovani/[\w-]+/)", letter.text)
    assert found
    return found[1]


def test_only_where_the_rules_allow_it_and_not_sooner() -> None:
    group, _, head = sittings.group(3)
    with pytest.raises(ValidationError, match="nedovoluje"):
        ask(group, head)
    sittings.rules_of(group, by_letter=True)
    with pytest.raises(ValidationError, match="nejdřív"):
        ask(group, head, days=6)
    plain = gatherings.member(group, "Řadový", account=True)
    with pytest.raises(PermissionDenied):
        ask(group, plain.person)


def test_each_voting_member_gets_a_letter_and_votes_once() -> None:
    group, members, head = sittings.group(4, by_letter=True)
    gatherings.member(group, "Host Bez Hlasu", role="guest", votes=False)
    gatherings.member(group, "Náhradník", substitutes=members[1])
    motion = ask(group, head)
    letters = list(Letter.objects.about(motion))
    assert {one.to for one in letters} == {one.email for one in members}
    assert len({link(one) for one in letters}) == 4
    cast(motion, members[1], "for")
    with pytest.raises(ValidationError, match="už máme"):
        cast(motion, members[1], "against")


def test_it_closes_when_everybody_has_voted_and_tells_the_result() -> None:
    group, members, head = sittings.group(3, by_letter=True)
    motion = ask(group, head)
    for member, choice in zip(members, ("for", "for", "against"), strict=True):
        cast(motion, member, choice)
    motion.refresh_from_db()
    assert (motion.state, motion.adopted, motion.votes_for, motion.votes_against) == ("closed", True, 2, 1)
    told = Letter.objects.about(motion).filter(template="sitting/letters/ballot_result")
    assert told.count() == 3
    assert "Přijato: pro 2, proti 1" in told[0].text
    result = voting.result(motion)
    assert result.by_letter
    assert result.ballots is not None
    assert {one.choice for one in result.ballots} == {"for", "against"}


def test_the_clock_closes_what_is_over_once_and_silence_is_no_vote() -> None:
    group, members, head = sittings.group(5, by_letter=True)
    motion = ask(group, head)
    cast(motion, members[0], "for")
    assert letter_actions.close_over() == 0
    Motion.objects.update(deadline=timezone.now() - timedelta(minutes=1))
    with pytest.raises(ValidationError, match="skončilo"):
        cast(motion, members[1], "for")
    assert [letter_actions.close_over(), letter_actions.close_over()] == [1, 0]
    motion.refresh_from_db()
    assert (motion.voices, motion.voices_all, motion.quorate, motion.adopted) == (1, 5, False, False)
    assert motion.quorum_words == "Hlasovali 1 z 5."


def test_whoever_is_silent_is_reminded_once_with_a_new_link() -> None:
    group, members, head = sittings.group(3, by_letter=True)
    motion = ask(group, head)
    first = link(Letter.objects.about(motion).get(to=members[1].email))
    cast(motion, members[0], "for")
    assert letter_actions.remind() == 0
    Motion.objects.update(deadline=timezone.now() + timedelta(days=1))
    assert [letter_actions.remind(), letter_actions.remind()] == [2, 0]
    reminders = Letter.objects.about(motion).filter(template="sitting/letters/ballot_remind")
    assert {one.to for one in reminders} == {members[1].email, members[2].email}
    client = Client()
    assert client.get(first).status_code == 404
    assert client.get(link(reminders.get(to=members[1].email))).status_code == 200


def test_an_organisation_with_one_vote_votes_once() -> None:
    group, members, head = sittings.group(3, by_letter=True, counted="organisation")
    members[2].organisation = "Jiná, z. s."
    members[2].save()
    motion = ask(group, head)
    cast(motion, members[0], "for")
    with pytest.raises(ValidationError, match="Za vaši organizaci"):
        cast(motion, members[1], "against")
    cast(motion, members[2], "for")
    motion.refresh_from_db()
    assert (motion.state, motion.voices, motion.voices_all) == ("closed", 2, 2)


def test_the_page_of_a_ballot_writes_only_by_its_button() -> None:
    group, members, head = sittings.group(3, by_letter=True)
    motion = ask(group, head)
    page = link(Letter.objects.about(motion).get(to=members[1].email))
    client = Client()
    assert client.get(page).status_code == 200
    assert Ballot.objects.get(membership=members[1]).cast_at is None
    assert client.post(page, {}).status_code == 422
    assert client.post(page, {"choice": "for"}).status_code == 302
    assert "Váš hlas máme" in client.get(page).content.decode()
    assert client.post(page, {"choice": "against"}).status_code == 422
    assert Ballot.objects.get(membership=members[1]).choice == "for"
    for other in (members[0], members[2]):
        assert other.name not in client.get(page).content.decode()


def test_how_people_vote_is_not_told_before_the_end() -> None:
    group, members, head = sittings.group(3, by_letter=True)
    motion = ask(group, head)
    cast(motion, members[1], "against")
    client = Client()
    client.force_login(head)
    page = client.get(f"/sprava/skupiny/{group.slug}/hlasovani/{motion.pk}/").content.decode()
    assert "Odpovědělo 1 z 3" in page
    assert f"{members[1].name}: proti" not in page


def test_a_vote_called_off_counts_nothing() -> None:
    group, members, head = sittings.group(3, by_letter=True)
    motion = ask(group, head)
    letter_actions.withdraw(motion=motion, actor=head)
    with pytest.raises(ValidationError, match="skončilo"):
        cast(motion, members[1], "for")
    assert "zrušené" in Letter.objects.about(motion).filter(template="sitting/letters/ballot_result")[0].text


# --- secret ------------------------------------------------------------------------------------------------------


def test_a_secret_vote_keeps_who_voted_and_sums_and_nothing_that_joins_them() -> None:
    group, members, head = sittings.group(4, by_letter=True)
    motion = ask(group, head, secret=True)
    assert "Hlasuje se tajně" in " ".join(Letter.objects.about(motion)[0].text.split())
    for member, choice in zip(members, ("for", "against", "abstained", "for"), strict=True):
        cast(motion, member, choice)
    motion.refresh_from_db()
    assert motion.is_closed
    assert (motion.votes_for, motion.votes_against, motion.votes_abstained, motion.adopted) == (2, 1, 1, False)
    assert list(motion.ballots.values_list("choice", flat=True)) == [""] * 4
    assert not motion.ballots.filter(cast_at=None).exists()
    told = str([(one.before, one.after) for one in Deed.objects.filter(verb="ballot_cast")])
    assert not {"for", "against", "abstained", *(one.name for one in members)} & set(re.findall(r"\w+", told))
    result = voting.result(motion)
    assert (result.secret, result.ballots) == (True, None)


def test_a_secret_vote_is_one_each_and_the_silent_are_not_counted() -> None:
    group, members, head = sittings.group(3, by_letter=True)
    motion = ask(group, head, secret=True)
    cast(motion, members[0], "against")
    with pytest.raises(ValidationError, match="už máme"):
        cast(motion, members[0], "for")
    cast(motion, members[1], "against")
    Motion.objects.update(deadline=timezone.now() - timedelta(minutes=1))
    letter_actions.close_over()
    motion.refresh_from_db()
    assert (motion.votes_for, motion.votes_against, motion.voices, motion.adopted) == (0, 2, 2, False)


def test_pages_of_a_secret_vote_say_so_and_show_no_sums_before_the_end(client: Client) -> None:
    group, members, head = sittings.group(3, by_letter=True)
    until = (timezone.localdate() + timedelta(days=8)).isoformat()
    client.force_login(head)
    asked = {"text": "Volba předsedy", "until": until, "secret": "on"}
    assert client.post(f"/sprava/skupiny/{group.slug}/hlasovani/", asked).status_code == 302
    motion = Motion.objects.get()
    voter = Client()
    there = link(Letter.objects.about(motion).get(to=members[1].email))
    assert "Hlasuje se tajně" in voter.get(there).content.decode()
    after = voter.post(there, {"choice": "against"}, follow=True).content.decode()
    assert "zapsali jsme, že jste hlasovali" in after
    assert "proti" not in after
    page = client.get(f"/sprava/skupiny/{group.slug}/hlasovani/{motion.pk}/").content.decode()
    assert "Hlasuje se tajně" in page
    assert "Odpovědělo 1 z 3" in page
    assert "vote-counts" not in page


def test_a_secret_vote_that_is_called_off_leaves_no_sums() -> None:
    group, members, head = sittings.group(3, by_letter=True)
    motion = ask(group, head, secret=True)
    cast(motion, members[0], "for")
    letter_actions.withdraw(motion=motion, actor=head)
    motion.refresh_from_db()
    assert (motion.state, motion.votes_for) == ("dropped", None)
