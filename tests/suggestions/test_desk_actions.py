"""What the desk does with a suggestion: every step, what the author learns of it, who may, two people at once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from portal.accounts.models import Grant, Person
from portal.audit.models import Deed
from portal.finding.models import EmptySearch
from portal.groups.models import Group, Membership
from portal.home import actions as home
from portal.home import privacy
from portal.mail.models import Letter
from portal.meetings.models import AgendaItem
from portal.plan.models import Evidence, Node
from portal.suggestions import actions, rules
from portal.suggestions import desk_actions as desk
from portal.suggestions.models import InnerNote, Suggestion, SuggestionStep
from tests import make
from tests.meetings import gatherings
from tests.suggestions.desk import came, measure, over, shown

pytestmark = pytest.mark.django_db
State = Suggestion.State
JANA = "jana@example.org"


@pytest.fixture
def coordinator() -> Person:
    return make.person("coordinator")


@pytest.fixture
def one() -> Suggestion:
    return came(email=JANA)


def steps(one: Suggestion) -> list[tuple[str, str]]:
    return list(one.steps.values_list("state", "note"))


def letters() -> list[Letter]:
    return list(Letter.objects.filter(template="suggestions/letters/step").order_by("pk"))


# --- steps -------------------------------------------------------------------------------------------------------


def test_on_the_web_with_words_made_fit_for_it(one: Suggestion, coordinator: Person) -> None:
    one = shown(one, coordinator, title="Obědy pro seniory", public_text="Nemá kdo vozit obědy.")
    assert (one.state, one.title, one.words, one.text) == (
        State.TAKEN,
        "Obědy pro seniory",
        "Nemá kdo vozit obědy.",
        "Nemá je kdo vozit.",
    )
    assert one in Suggestion.objects.public()
    told = Deed.objects.get(verb="suggestion_shown")
    assert "vozit" not in str(told.before) + str(told.after), "the journal does not keep the author's words"


def test_the_same_words_are_kept_once(one: Suggestion, coordinator: Person) -> None:
    assert shown(one, coordinator).public_text == ""


def test_off_the_web_again(one: Suggestion, coordinator: Person) -> None:
    one = desk.suggestion_hide(suggestion=shown(one, coordinator), seen=None, actor=coordinator)
    assert (one.state, one.shown_at) == (State.TAKEN, None)


def test_a_group_has_it_and_its_people_read_it(one: Suggestion, coordinator: Person) -> None:
    group = make.group(name="PS senioři")
    member = make.person()
    make.membership(group, member)
    assert not rules.may_read(member, one)
    one = desk.suggestion_assign(suggestion=one, seen=1, group=group, note="Sejdou se v březnu.", actor=coordinator)
    assert steps(one) == [(State.GROUP, "Řeší ho skupina PS senioři. Sejdou se v březnu.")]
    member = Person.objects.get(pk=member.pk)
    assert rules.may_read(member, one)
    assert list(rules.readable(member)) == [one]
    assert not rules.may_see_author(member, one)
    assert not rules.may_triage(member, one)


def test_a_group_that_the_public_does_not_see_is_not_named(one: Suggestion, coordinator: Person) -> None:
    group = make.group(name="Tajní", shown=False)
    desk.suggestion_assign(suggestion=one, seen=None, group=group, actor=coordinator)
    (step,) = SuggestionStep.objects.all()
    assert "Tajní" not in step.note
    assert step.address == ""
    assert "Tajní" not in letters()[0].text


def test_on_the_agenda_of_a_meeting(one: Suggestion, coordinator: Person) -> None:
    meeting = gatherings.meeting(make.group(), actor=coordinator)
    one = desk.suggestion_put(suggestion=one, seen=None, meeting=meeting, actor=coordinator)
    item = AgendaItem.objects.get()
    assert (one.state, one.item, one.group) == (State.AGENDA, item, meeting.group)
    assert item.title == "Podnět: Obědy ve Lhotě"
    assert item.ties.get().words.startswith(f"podnět č. {one.number}")
    with pytest.raises(ValidationError, match="už podnět je"):
        desk.suggestion_put(suggestion=one, seen=None, meeting=meeting, actor=coordinator)


def test_answered_and_answered_better(one: Suggestion, coordinator: Person) -> None:
    one = desk.suggestion_answer(suggestion=one, seen=None, answer="Od ledna vozí charita.", actor=coordinator)
    assert one.state == State.ANSWERED
    assert one.answered_at
    desk.suggestion_answer(suggestion=one, seen=None, answer="Od února vozí obec.", actor=coordinator)
    assert [state for state, _ in steps(one)] == [State.ANSWERED]
    assert "charita" in letters()[0].text
    assert "od února vozí obec" in letters()[1].text.lower()


def test_an_answer_needs_words(one: Suggestion, coordinator: Person) -> None:
    with pytest.raises(ValidationError):
        desk.suggestion_answer(suggestion=one, seen=None, answer=" \u200b\n ", actor=coordinator)
    assert not steps(one)


def test_linked_to_a_measure_and_its_evidence(one: Suggestion, coordinator: Person) -> None:
    node = measure()
    one = shown(one, coordinator)
    for number in range(2):
        twin = came(f"Obědy, {number}")
        desk.suggestion_join(suggestion=twin, seen=None, to=one, actor=coordinator)
    desk.suggestion_link(suggestion=one, seen=None, node=node, actor=coordinator)
    one.refresh_from_db()
    assert one.state == State.MEASURE
    assert f"opatření {node.code}" in steps(one)[-1][1]
    desk.suggestion_evidence(suggestion=one, node=node, actor=coordinator)
    proof = Evidence.objects.get(node=node)
    assert proof.text == f"3\u00a0lidé napsali: Obědy ve Lhotě (podnět č. {one.number})"
    assert proof.url.endswith(f"/podnety/{one.number}/")
    assert Deed.objects.filter(verb="plan_card_changed", thing_id=str(node.pk)).exists()
    desk.suggestion_join(suggestion=came("Další obědy"), seen=None, to=one, actor=coordinator)
    desk.suggestion_evidence(suggestion=one, node=node, actor=coordinator)
    assert Evidence.objects.get(node=node).text.startswith("4\u00a0lidé"), "the evidence is told anew, not twice"


def test_only_what_is_on_the_web_is_evidence(one: Suggestion, coordinator: Person) -> None:
    node = measure()
    desk.suggestion_link(suggestion=one, seen=None, node=node, actor=coordinator)
    with pytest.raises(ValidationError, match="na webu"):
        desk.suggestion_evidence(suggestion=one, node=node, actor=coordinator)


def test_a_measure_of_a_draft_is_not_named_outside(one: Suggestion, coordinator: Person) -> None:
    node = measure(public=False)
    desk.suggestion_link(suggestion=one, seen=None, node=node, actor=coordinator)
    (step,) = SuggestionStep.objects.all()
    assert node.title not in step.note
    assert step.address == ""


def test_the_last_measure_stays_with_what_is_in_the_plan(one: Suggestion, coordinator: Person) -> None:
    node = measure()
    one = desk.suggestion_link(suggestion=one, seen=None, node=node, actor=coordinator)
    with pytest.raises(ValidationError):
        desk.suggestion_unlink(suggestion=one, seen=None, node=node, actor=coordinator)
    other = Node.objects.measures().filter(plan=node.plan).exclude(pk=node.pk).get()
    desk.suggestion_link(suggestion=one, seen=None, node=other, actor=coordinator)
    desk.suggestion_unlink(suggestion=one, seen=None, node=node, actor=coordinator)
    assert list(one.measures.all()) == [other]


def test_declined_with_a_reason_and_open_again(one: Suggestion, coordinator: Person) -> None:
    with pytest.raises(ValidationError):
        desk.suggestion_decline(suggestion=one, seen=None, reason=" ", actor=coordinator)
    one = desk.suggestion_decline(suggestion=shown(one, coordinator), seen=None, reason="Reklama.", actor=coordinator)
    assert not Suggestion.objects.public()
    assert "Reklama." in letters()[-1].text
    one = desk.suggestion_reopen(suggestion=one, seen=None, actor=coordinator)
    assert one.state == State.TAKEN


@pytest.mark.parametrize("state", [one for one in State if one != State.NEW])
def test_a_step_that_leads_nowhere_is_refused(state: State, one: Suggestion, coordinator: Person) -> None:
    """Whatever MOVES does not allow is refused and nothing is written."""
    if state in Suggestion.MOVES[State.DECLINED]:
        return
    desk.suggestion_decline(suggestion=one, seen=None, reason="Ne.", actor=coordinator)
    before = Suggestion.objects.values().get(pk=one.pk)
    deeds: dict[str, Callable[[], Any]] = {
        State.GROUP: lambda: desk.suggestion_assign(suggestion=one, seen=None, group=make.group(), actor=coordinator),
        State.AGENDA: lambda: desk.suggestion_put(
            suggestion=one, seen=None, meeting=gatherings.meeting(make.group()), actor=coordinator
        ),
        State.MEASURE: lambda: desk.suggestion_link(suggestion=one, seen=None, node=measure(), actor=coordinator),
        State.ANSWERED: lambda: desk.suggestion_answer(suggestion=one, seen=None, answer="Ano.", actor=coordinator),
        State.JOINED: lambda: desk.suggestion_join(suggestion=one, seen=None, to=came("Jiný"), actor=coordinator),
        State.DECLINED: lambda: desk.suggestion_decline(suggestion=one, seen=None, reason="Ne.", actor=coordinator),
    }
    with pytest.raises(ValidationError):
        deeds[state]()
    assert Suggestion.objects.values().get(pk=one.pk) == before
    assert not AgendaItem.objects.exists()
    assert not one.measures.exists()


# --- the same said by more people --------------------------------------------------------------------------------


def test_joined_and_parted(one: Suggestion, coordinator: Person) -> None:
    to = came("Nemá kdo vozit obědy")
    child = came("A ještě obědy", email="petr@example.org")
    desk.suggestion_join(suggestion=child, seen=None, to=one, actor=coordinator)
    one.refresh_from_db()
    joined = desk.suggestion_join(suggestion=one, seen=one.version, to=to, actor=coordinator)
    assert joined.state == State.JOINED
    assert set(to.joined.all()) == {one, child}, "what was joined to it goes along"
    to.refresh_from_db()
    assert to.state == State.TAKEN
    assert desk.said_by(to) == 3
    parted = desk.suggestion_part(suggestion=child, seen=None, actor=coordinator)
    assert (parted.state, parted.joined_to, desk.said_by(to)) == (State.TAKEN, None, 2)


def test_nothing_is_joined_to_itself_or_to_what_is_over(one: Suggestion, coordinator: Person) -> None:
    with pytest.raises(ValidationError):
        desk.suggestion_join(suggestion=one, seen=None, to=one, actor=coordinator)
    over_ = desk.suggestion_decline(suggestion=came("Jiný"), seen=None, reason="Ne.", actor=coordinator)
    with pytest.raises(ValidationError):
        desk.suggestion_join(suggestion=one, seen=None, to=over_, actor=coordinator)


def test_authors_of_joined_ones_learn_what_the_other_came_to(one: Suggestion, coordinator: Person) -> None:
    to = came("Nemá kdo vozit obědy", email="petr@example.org")
    desk.suggestion_join(suggestion=one, seen=None, to=to, actor=coordinator)
    desk.suggestion_answer(suggestion=to, seen=None, answer="Od ledna vozí charita.", actor=coordinator)
    told = [letter for letter in letters() if "charita" in letter.text]
    assert {letter.to for letter in told} == {JANA, "petr@example.org"}
    mine = next(letter for letter in told if letter.to == JANA)
    assert one.key in mine.text
    assert to.key not in mine.text


# --- letters -----------------------------------------------------------------------------------------------------


def test_letters_go_only_to_a_confirmed_e_mail_with_the_authors_own_page(coordinator: Person) -> None:
    unconfirmed = came(email="petr@example.org", email_confirmed=False)
    desk.suggestion_take(suggestion=unconfirmed, seen=None, actor=coordinator)
    assert not letters()
    one = came(email=JANA)
    desk.suggestion_take(suggestion=one, seen=None, note="Moc děkujeme.", actor=coordinator)
    (letter,) = letters()
    assert letter.to == JANA
    assert f"/podnety/sleduj/{one.key}/" in letter.text
    assert "Moc děkujeme." in letter.text


def test_who_takes_back_the_e_mail_meanwhile_gets_nothing_and_stays_forgotten(
    one: Suggestion, coordinator: Person
) -> None:
    actions.forget_author(suggestion=one)
    desk.suggestion_take(suggestion=one, seen=None, actor=coordinator)
    one.refresh_from_db()
    assert one.email == ""
    assert not letters()


# --- coming in ---------------------------------------------------------------------------------------------------


def test_written_down_from_a_telephone_call(coordinator: Person) -> None:
    said: dict[str, Any] = {"sort": "need", "title": "Odvoz k lékaři", "text": "Paní nemá jak do nemocnice."}
    one = desk.suggestion_enter(actor=coordinator, origin="phone", **said)
    assert (one.state, one.origin) == (State.NEW, "phone")
    assert Deed.objects.filter(verb="suggestion_entered").exists()


def test_out_of_ones_territory_nothing_is_written_down() -> None:
    here, elsewhere = make.orp("9901"), make.orp("9902", "Jinde")
    somebody = over("coordinator", Grant.Range.ORP, here.code)
    said: dict[str, Any] = {"sort": "need", "title": "Odvoz", "text": "Není."}
    with pytest.raises(ValidationError):
        desk.suggestion_enter(actor=somebody, span=("orp", elsewhere.code, elsewhere.name), **said)
    assert not Suggestion.objects.exists()


def test_a_search_in_vain_becomes_a_suggestion_once(coordinator: Person) -> None:
    today = timezone.localdate()
    for days, count in ((0, 3), (9, 2)):
        EmptySearch.objects.create(question="noční hlídání", day=today - timedelta(days=days), count=count)
    one = desk.suggestion_from_search(question="noční hlídání", span=("site", "", ""), actor=coordinator)
    assert (one.sort, one.title) == ("missing", "Lidé marně hledají: noční hlídání")
    assert "5\u00a0lidí to zkusilo" in one.text
    with pytest.raises(ValidationError, match="už je"):
        desk.suggestion_from_search(question="noční hlídání", span=("site", "", ""), actor=coordinator)
    with pytest.raises(ValidationError):
        desk.suggestion_from_search(question="nikdo se neptal", span=("site", "", ""), actor=coordinator)


# --- two people at once ------------------------------------------------------------------------------------------


def test_the_second_of_two_people_is_told_and_nothing_is_lost(one: Suggestion, coordinator: Person) -> None:
    seen = one.version
    desk.suggestion_answer(suggestion=one, seen=seen, answer="Vozí charita.", actor=coordinator)
    with pytest.raises(desk.Stale):
        desk.suggestion_decline(suggestion=one, seen=seen, reason="Ne.", actor=make.person("region"))
    one.refresh_from_db()
    assert (one.state, one.answer) == (State.ANSWERED, "Vozí charita.")
    assert len(letters()) == 1


# --- who may -----------------------------------------------------------------------------------------------------


def deeds_with(one: Suggestion, group: Group, actor: Any) -> dict[str, Callable[[], Any]]:
    asked: dict[str, Any] = {"suggestion": one, "seen": None, "actor": actor}
    node, meeting = measure(), gatherings.meeting(group)
    return {
        "show": lambda: desk.suggestion_show(title="a", public_text="b", **asked),
        "hide": lambda: desk.suggestion_hide(**asked),
        "take": lambda: desk.suggestion_take(**asked),
        "assign": lambda: desk.suggestion_assign(group=group, **asked),
        "put": lambda: desk.suggestion_put(meeting=meeting, **asked),
        "answer": lambda: desk.suggestion_answer(answer="Ano.", **asked),
        "link": lambda: desk.suggestion_link(node=node, **asked),
        "unlink": lambda: desk.suggestion_unlink(node=node, **asked),
        "evidence": lambda: desk.suggestion_evidence(suggestion=one, node=node, actor=actor),
        "decline": lambda: desk.suggestion_decline(reason="Ne.", **asked),
        "reopen": lambda: desk.suggestion_reopen(**asked),
        "join": lambda: desk.suggestion_join(to=came("Jiný"), **asked),
        "part": lambda: desk.suggestion_part(**asked),
        "note": lambda: desk.note_add(suggestion=one, text="Ptala jsem se.", actor=actor),
        "enter": lambda: desk.suggestion_enter(actor=actor, sort="need", title="a", text="b"),
        "search": lambda: desk.suggestion_from_search(question="x", span=("site", "", ""), actor=actor),
    }


OTHERS = [role for role in Grant.Role.values if role not in rules.STAFF]


@pytest.mark.parametrize("role", [*OTHERS, "nobody", "elsewhere"])
def test_only_staff_of_the_territory_does_anything(role: str) -> None:
    town = make.municipality("Lhota")
    group = make.group(town)
    one = came(at=town)
    Suggestion.objects.filter(pk=one.pk).update(group=group)
    one.refresh_from_db()
    match role:
        case "nobody":
            somebody = make.person()
        case "elsewhere":
            somebody = over("coordinator", Grant.Range.ORP, make.orp("9902", "Jinde").code)
        case Grant.Role.MEMBER:
            somebody = make.person()
            make.membership(group, somebody, role=Membership.Role.HEAD)
        case _:
            somebody = make.person(role)
    own = {"enter", "search"} if role == "elsewhere" else set()
    for name, deed in deeds_with(one, group, somebody).items():
        if name not in own:
            with pytest.raises(PermissionDenied):
                deed()
    assert not one.steps.exists()
    assert not InnerNote.objects.exists()


@pytest.mark.parametrize("role", rules.STAFF)
def test_staff_of_the_territory_does_everything(role: str) -> None:
    town = make.municipality("Lhota")
    kind, code = (Grant.Range.ORP, town.orp_id) if role == "coordinator" else (Grant.Range.REGION, town.region_id)
    somebody = over(role, kind, code)
    assert rules.may_triage(somebody, came(at=town))
    assert rules.may_triage(somebody, came()), "what belongs to no territory waits for nobody"


def test_readable_answers_as_may_read() -> None:
    here, elsewhere = make.municipality("Lhota"), make.municipality("Jinde", orp=make.orp("9902", "Jinde"))
    group = make.group(elsewhere)
    all_ = [came("a", at=here), came("b", at=elsewhere), came("c"), came("d", at=elsewhere)]
    Suggestion.objects.filter(pk=all_[3].pk).update(group=group)
    member = make.person()
    make.membership(group, member)
    people = [
        over("coordinator", Grant.Range.ORP, here.orp_id),
        over("region", Grant.Range.REGION, here.region_id),
        make.person("auditor"),
        member,
        make.person(),
        make.person("municipality"),
    ]
    rows = list(Suggestion.objects.all())
    for who in (Person.objects.get(pk=one.pk) for one in people):
        assert set(rules.readable(who)) == {row for row in rows if rules.may_read(who, row)}
        assert set(rules.triaged(who)) == {row for row in rows if rules.may_triage(who, row)}


# --- keeping -----------------------------------------------------------------------------------------------------


def ago(days: int) -> Any:
    return timezone.now() - timedelta(days=days)


def test_contacts_go_some_time_after_the_answer(coordinator: Person) -> None:
    old, fresh, open_ = (came(str(n), email=JANA, name="Jana Malá") for n in range(3))
    public = came("se jménem", email=JANA, name="Jana Malá", name_public=True)
    twin = came("totéž", email=JANA, name="Jana Malá")
    for one in (old, fresh, public):
        desk.suggestion_answer(suggestion=one, seen=None, answer="Ano.", actor=coordinator)
    desk.suggestion_join(suggestion=twin, seen=None, to=old, actor=coordinator)
    Suggestion.objects.filter(pk__in=[old.pk, public.pk]).update(answered_at=ago(400))
    Suggestion.objects.filter(pk=open_.pk).update(received_at=ago(400))
    assert desk.forget_authors(365) == 3
    kept = {one.pk: (one.email, one.name) for one in Suggestion.objects.all()}
    assert kept == {
        old.pk: ("", ""),
        twin.pk: ("", ""),
        public.pk: ("", "Jana Malá"),
        fresh.pk: (JANA, "Jana Malá"),
        open_.pk: (JANA, "Jana Malá"),
    }


def test_an_e_mail_that_nobody_confirmed_goes_in_two_weeks() -> None:
    late = came("a", email=JANA, email_confirmed=False)
    came("b", email=JANA, email_confirmed=False)
    Suggestion.objects.filter(pk=late.pk).update(received_at=ago(15))
    assert desk.forget_authors(365) == 1
    assert list(Suggestion.objects.exclude(email="").values_list("title", flat=True)) == ["b"]


def test_what_we_hold_about_me_and_its_erasure(coordinator: Person) -> None:
    jana = make.person(email=JANA)
    mine, other = came(email="JANA@example.org", name="Jana Malá", name_public=True), came(email="petr@example.org")
    note = desk.note_add(suggestion=other, text="Volala jsem.", actor=coordinator)
    told = privacy.export(jana)["suggestions.Suggestion"]
    assert [(row["number"], row["title"]) for row in told] == [(mine.number, mine.title)]
    home.erase(person=jana, actor=jana)
    mine.refresh_from_db()
    assert (mine.email, mine.name, mine.author, mine.email_confirmed_at) == ("", "", "", None)
    assert mine.text == "Nemá je kdo vozit.", "what was said stays"
    assert Suggestion.objects.get(pk=other.pk).email == "petr@example.org"
    make.person("technical")
    home.erase(person=coordinator, actor=coordinator)
    note.refresh_from_db()
    assert str(coordinator) not in note.name
