"""A consultation from its preparation to its end: terms, the frozen text, the gate of closing."""

from __future__ import annotations

import io
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader

from paper import blocks as paper
from paper.docx import docx as typeset
from portal.accounts.models import Grant
from portal.chapters.markdown import render
from portal.consult import actions, announcing, terms
from portal.consult.models import Comment, Consultation, Paragraph
from portal.editions import actions as editions
from portal.editions.models import Edition
from portal.mail.models import Letter
from portal.meetings.models import Meeting
from portal.pages.models import Article, ArticleCategory
from portal.plan.models import Node, Plan
from portal.plan.outcome_models import Follower
from tests import make
from tests.plan import plans

from .make import DAY, make_comment, make_consultation, make_hearing

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("phase", ["prepared", "announced", "open", "after_hearing", "settling", "closed", "cancelled"])
def test_a_consultation_stands_where_the_clock_and_people_put_it(phase: str) -> None:
    made = make_consultation(phase=phase)
    assert made.phase == phase
    assert made.is_open == (phase in ("open", "after_hearing"))
    assert made.paragraphs.exists() == (phase != "prepared")


def test_announcing_a_plan_freezes_its_edition_and_says_that_it_is_consulted() -> None:
    made = make_consultation()
    assert made.edition is not None
    assert made.edition.sort == Edition.Sort.CONSULTATION
    assert made.edition.public
    assert made.plan is not None
    assert Plan.objects.get(pk=made.plan.pk).state == Plan.State.CONSULTED


def test_a_plan_that_has_not_changed_since_its_edition_gets_no_second_one() -> None:
    actor = make.person("coordinator")
    plan = plans.grown(plans.plan())
    ready = editions.freeze(plan=plan, sort=Edition.Sort.CONSULTATION, name="K připomínkám", actor=actor)
    assert make_consultation(plan=plan).edition == ready
    Plan.objects.filter(pk=plan.pk).update(state=Plan.State.DRAFTING)
    plans.add(plan, "priority", Node.objects.get(plan=plan, code="V"), "Bydlení")
    assert make_consultation(plan=plan).edition != ready
    assert Edition.objects.filter(plan=plan).count() == 2


def test_measures_are_labelled_by_their_codes_and_the_rest_is_counted() -> None:
    made = make_consultation()
    rows = list(made.paragraphs.all())
    measure = Node.objects.measures().filter(plan=made.plan).first()
    assert measure is not None
    held = [one for one in rows if one.node_id == measure.pk]
    assert held[0].sort == Paragraph.Sort.HEADING
    assert held[0].label == measure.code
    assert all(one.label.isdigit() for one in held[1:])
    labels = [one.label for one in rows]
    assert len(set(labels)) == len(labels)
    assert [int(one) for one in labels if one.isdigit()] == list(range(1, 1 + sum(map(str.isdigit, labels))))


# --- terms -------------------------------------------------------------------------------------------------------


def moment(day: int, hour: int = 0) -> datetime:
    return timezone.make_aware(datetime(2027, 3, 1, hour)) + day * DAY


def short(opens: int, closes: int, hearing: int | None, *, needed: bool = True) -> list[str]:
    return terms.shortcomings(
        opens_at=moment(opens),
        closes_at=moment(closes, 23),
        hearing_at=None if hearing is None else moment(hearing, 17),
        hearing_needed=needed,
    )


def test_two_weeks_before_the_hearing_and_two_after_are_enough() -> None:
    assert short(0, 28, 14) == []
    assert len(short(0, 28, 13)) == 1
    assert len(short(0, 27, 14)) == 1
    assert len(short(0, 20, 10)) == 2


def test_without_a_hearing_both_terms_count_together() -> None:
    assert short(0, 28, None, needed=False) == []
    assert len(short(0, 27, None, needed=False)) == 1
    assert "veřejné projednání" in short(0, 28, None)[0]


def test_days_of_the_method_are_a_setting(settings: Any) -> None:
    settings.CONSULTATION_DAYS = {"before_hearing": 7, "after_hearing": 3}
    assert short(0, 10, 7) == []
    assert short(0, 9, 7) == ["Po projednání jdou připomínky podat 2\xa0dny, metodika žádá aspoň 3."]


@given(st.integers(-5, 60), st.integers(0, 60))
def test_a_longer_term_is_never_worse(before: int, after: int) -> None:
    now = short(0, before + after, before)
    longer = short(0, before + after + 1, before)
    assert len(longer) <= len(now)
    assert (now == []) == (before >= 14 and after >= 14)


def test_a_shorter_term_needs_a_reason() -> None:
    made = make_consultation(phase="prepared", short_reason="", closes_at=timezone.now() + 20 * DAY, hearing=None)
    with pytest.raises(ValidationError, match="metodika"):
        actions.announce(consultation=made, actor=make.person("coordinator"))
    made = actions.consultation_change(
        consultation=made, seen=None, short_reason="Zastupitelstvo jedná už v dubnu.", actor=make.person("coordinator")
    )
    assert actions.announce(consultation=made, actor=make.person("coordinator")).state == "announced"


def test_an_announced_term_can_only_be_made_longer() -> None:
    made = make_consultation()
    actor = make.person("coordinator")
    assert made.closes_at is not None
    with pytest.raises(ValidationError, match="zkrátit ne"):
        actions.consultation_change(consultation=made, seen=None, closes_at=made.closes_at - DAY, actor=actor)
    later = made.closes_at + DAY
    assert actions.consultation_change(consultation=made, seen=None, closes_at=later, actor=actor).closes_at == later


def test_a_term_that_is_over_stays_over() -> None:
    made = make_consultation(phase="settling")
    with pytest.raises(ValidationError, match="prodloužit ji nejde"):
        actions.consultation_change(
            consultation=made, seen=None, closes_at=timezone.now() + DAY, actor=make.person("coordinator")
        )


@pytest.mark.parametrize("values", [{"opens_at": 5, "closes_at": 4}, {"opens_at": 5, "closes_at": 40, "hearing": 3}])
def test_days_stand_in_their_order(values: dict[str, int]) -> None:
    made = make_consultation(phase="prepared")
    given_days: dict[str, Any] = {name: timezone.now() + days * DAY for name, days in values.items()}
    if "hearing" in given_days:
        given_days["hearing"] = make_hearing(make.municipality(), given_days["hearing"])
    with pytest.raises(ValidationError):
        actions.consultation_change(consultation=made, seen=None, actor=make.person("coordinator"), **given_days)


def test_the_timetable_says_what_is_over_what_is_now_and_what_is_to_come() -> None:
    stands = {
        phase: [
            str(one.stands) for one in terms.timetable(make_consultation(phase=phase, paragraphs=2), timezone.now())
        ]
        for phase in ("prepared", "announced", "open", "after_hearing", "settling", "closed")
    }
    assert stands == {
        "prepared": ["ahead"] * 5,
        "announced": ["past", "ahead", "ahead", "ahead", "ahead"],
        "open": ["past", "now", "ahead", "ahead", "ahead"],
        "after_hearing": ["past", "now", "past", "ahead", "ahead"],
        "settling": ["past", "past", "past", "now", "ahead"],
        "closed": ["past"] * 5,
    }


def test_a_cancelled_hearing_is_no_hearing() -> None:
    made = make_consultation(phase="after_hearing", paragraphs=2)
    assert made.hearing is not None
    made.hearing.state = Meeting.State.CANCELLED
    made.hearing.save()
    assert made.phase == Consultation.Phase.OPEN
    assert announcing.hearing_line(made) == ""
    assert "Veřejné projednání" not in [one.name for one in terms.timetable(made, timezone.now())]


# --- announcing --------------------------------------------------------------------------------------------------


def test_nothing_is_announced_without_a_text_and_days() -> None:
    made = make_consultation(phase="prepared", paragraphs=1, opens_at=None, closes_at=None, hearing=None)
    with pytest.raises(ValidationError) as refusal:
        actions.announce(consultation=made, actor=make.person("coordinator"))
    assert len(refusal.value.messages) == 2
    assert not made.paragraphs.exists()


def test_an_announced_text_stays_as_it_was() -> None:
    made = make_consultation()
    before = list(made.paragraphs.values_list("label", "text"))
    measure = Node.objects.measures().filter(plan=made.plan).first()
    assert measure is not None
    Node.objects.filter(pk=measure.pk).update(title="Něco docela jiného")
    actions.consultation_change(
        consultation=made, seen=None, actor=make.person("coordinator"), title="Jiný", plan=None, edition=None
    )
    made.refresh_from_db()
    assert made.title != "Jiný"
    assert list(made.paragraphs.values_list("label", "text")) == before
    with pytest.raises(ValidationError):
        actions.announce(consultation=made, actor=make.person("coordinator"))
    assert made.paragraphs.count() == len(before)


def test_whoever_saved_meanwhile_is_not_overwritten() -> None:
    made = make_consultation(phase="prepared")
    actor = make.person("coordinator")
    actions.consultation_change(consultation=made, seen=made.version, about="Jedna", actor=actor)
    with pytest.raises(actions.Stale):
        actions.consultation_change(consultation=made, seen=made.version, about="Dvě", actor=actor)
    with pytest.raises(actions.Stale):
        actions.announce(consultation=made, actor=actor)


def test_letters_go_once_to_members_and_followers() -> None:
    town = make.municipality("Svornov")
    made = make_consultation(town=town)
    member = make.membership(make.group(town))
    elsewhere = make.municipality("Jinde", orp=make.orp("9802", "Jinde"))
    make.membership(make.group(elsewhere), email="jinde@example.org", name="Odjinud")
    measure = Node.objects.measures().filter(plan=made.plan).first()
    assert measure is not None
    for email in (member.email.upper(), "sleduje@example.org"):
        Follower.objects.create(node=measure, email=email, confirmed_at=timezone.now())
    actor = make.person("coordinator")
    readers = [*announcing.members(made), *announcing.followers(made)]
    assert announcing.tell(consultation=made, readers=readers, actor=actor) == 2
    letters = Letter.objects.filter(template="consult/letters/announced")
    assert {one.to.lower() for one in letters} == {member.email, "sleduje@example.org"}
    assert all(made.title in one.subject and not one.duty for one in letters)
    assert f"/pripominky/{made.slug}/" in letters[0].text


def test_the_article_is_a_draft_that_says_where_and_until_when() -> None:
    ArticleCategory.objects.get_or_create(key="pozvanka", defaults={"name": "pozvánka"})
    made = make_consultation(about="Co *teď* [chystáme](http://jinam.example).", printed_at="Radnice")
    draft = announcing.article(consultation=made, actor=make.person("coordinator"))
    assert draft is not None
    assert draft.published_at is None
    assert f"/pripominky/{made.slug}/" in draft.text
    assert "Radnice" in draft.text
    assert "<em>" not in (shown := render(draft.text))
    assert 'href="http://jinam.example"' not in shown


# --- the end -----------------------------------------------------------------------------------------------------


def test_a_consultation_closes_when_all_is_settled_and_only_then() -> None:
    made = make_consultation(phase="settling", paragraphs=5)
    actor = make.person("coordinator")
    make_comment(made, decision="accepted")
    make_comment(made, state="refused", refused_reason="Vulgární.")
    left = [make_comment(made), make_comment(made, state="waiting"), make_comment(made, state="unconfirmed")]
    with pytest.raises(actions.Unsettled) as refusal:
        actions.close(consultation=made, actor=actor)
    assert [one.pk for one in refusal.value.comments] == [one.pk for one in left]
    made.refresh_from_db()
    assert made.state == Consultation.State.ANNOUNCED
    Comment.objects.filter(pk__in=[one.pk for one in left]).update(
        state="shown", decision="explained", decision_reason="Už to tam je.", decided_at=timezone.now()
    )
    closed = actions.close(consultation=made, actor=actor)
    assert closed.phase == Consultation.Phase.CLOSED
    with pytest.raises(ValidationError):
        actions.close(consultation=made, actor=actor)


def test_nothing_closes_while_people_may_still_write() -> None:
    with pytest.raises(ValidationError, match="ještě jdou podat"):
        actions.close(consultation=make_consultation(paragraphs=2), actor=make.person("coordinator"))


def test_cancelling_says_why_and_is_the_end() -> None:
    made, actor = make_consultation(paragraphs=2), make.person("coordinator")
    with pytest.raises(ValidationError):
        actions.cancel(consultation=made, reason=" ", actor=actor)
    assert actions.cancel(consultation=made, reason="Plán se přepracuje.", actor=actor).phase == "cancelled"
    for act in (
        lambda: actions.cancel(consultation=made, reason="Znovu.", actor=actor),
        lambda: actions.consultation_change(consultation=made, seen=None, about="x", actor=actor),
        lambda: actions.close(consultation=made, actor=actor),
    ):
        with pytest.raises(ValidationError):
            act()


def test_who_is_not_of_the_territory_prepares_nothing() -> None:
    made = make_consultation(paragraphs=2)
    stranger = make.person()
    other = make.municipality("Jinde", orp=make.orp("9802", "Jinde"))
    Grant.objects.create(
        person=stranger, role=Grant.Role.COORDINATOR, range_kind=Grant.Range.MUNICIPALITY, range_code=other.pk
    )
    span: dict[str, Any] = {"span_kind": made.span_kind, "span_code": made.span_code, "span_name": made.span_name}
    mine: dict[str, Any] = {"span_kind": Grant.Range.MUNICIPALITY, "span_code": other.pk, "span_name": other.name}
    for act in (
        lambda: actions.consultation_add(title="x", actor=stranger, **span),
        lambda: actions.consultation_add(title="x", actor=stranger, plan=plans.plan(), **mine),
        lambda: actions.consultation_change(consultation=made, seen=None, about="x", actor=stranger),
        lambda: actions.announce(consultation=made, actor=stranger),
        lambda: actions.cancel(consultation=made, reason="x", actor=stranger),
        lambda: actions.close(consultation=made, actor=stranger),
        lambda: announcing.tell(consultation=made, readers=[], actor=stranger),
    ):
        with pytest.raises(PermissionDenied):
            act()


# --- pages -------------------------------------------------------------------------------------------------------


@pytest.fixture
def desk(client: Client) -> Client:
    client.force_login(make.person("coordinator"))
    return client


def test_a_consultation_is_prepared_and_announced_at_the_desk(desk: Client) -> None:
    ArticleCategory.objects.get_or_create(key="pozvanka", defaults={"name": "pozvánka"})
    town = make.municipality("Svornov")
    make.membership(make.group(town, span_kind="municipality", span_code=town.pk, span_name=town.name))
    plan = plans.grown(plans.plan(town=town))
    today = timezone.localdate()
    said = {
        "title": "Návrh plánu", "text": f"plan:{plan.pk}", "opens": today + DAY, "closes": today + 30 * DAY,
        "short_reason": "Projednání už bylo.", "who": "everyone", "showing": "checked",
    }  # fmt: skip
    assert desk.post(reverse("consult:consultation_add"), {**said, "title": ""}).status_code == 422
    answer = desk.post(reverse("consult:consultation_add"), said)
    made = Consultation.objects.get()
    assert answer.headers["Location"] == reverse("consult:desk_consultation", args=[made.slug])
    assert (made.span_code, made.span_name) == (town.pk, "Svornov")
    assert timezone.localdate(made.closes_at) == today + 30 * DAY
    assert "Vyhlásit" in desk.get(reverse("consult:desk_consultation", args=[made.slug])).text
    text = desk.get(reverse("consult:consultation_text", args=[made.slug])).text
    assert "1.1.1" in text
    address = reverse("consult:consultation_announce", args=[made.slug])
    assert "1\xa0adresa" in desk.get(address).text
    answer = desk.post(address, {"members": "on", "article": "on"})
    made.refresh_from_db()
    assert made.state == Consultation.State.ANNOUNCED
    assert Letter.objects.filter(template="consult/letters/announced").count() == 1
    assert Article.objects.filter(published_at=None, title__contains="Návrh plánu").exists()
    changed = reverse("consult:consultation_change", args=[made.slug])
    stale = {"seen": 1, "closes": today + 40 * DAY, "showing": "at_once", "short_reason": "x"}
    assert desk.post(changed, stale).status_code == 409
    assert desk.post(changed, {**stale, "seen": made.version}).status_code == 302


def test_a_docx_is_handed_in_and_put_on_view(desk: Client) -> None:
    make.municipality("Svornov")
    document = paper.Document(
        "Pravidla",
        "Město",
        "cs",
        paper.Cover("Pravidla", "", ()),
        (paper.Heading(1, "Kdo smí"), paper.Paragraph("Každý.")),
    )
    upload = SimpleUploadedFile("pravidla.docx", typeset(document))
    said = {"title": "Pravidla", "where": "Svornov", "who": "everyone", "showing": "checked", "upload": upload}
    assert desk.post(reverse("consult:consultation_add"), said).status_code == 302
    made = Consultation.objects.get()
    assert made.file is not None
    assert not made.file.public
    page = desk.get(reverse("consult:consultation_text", args=[made.slug])).text
    assert "Kdo smí" in page
    other = SimpleUploadedFile("foto.png", make.picture())
    answer = desk.post(reverse("consult:consultation_add"), {**said, "upload": other})
    assert answer.status_code == 422
    assert "Nahrajte DOCX nebo PDF." in answer.text


def test_the_refusal_to_close_leads_to_what_is_left(desk: Client) -> None:
    made = make_consultation(phase="settling", paragraphs=3)
    left = make_comment(made)
    address = reverse("consult:consultation_close", args=[made.slug])
    link = reverse("consult:settle", args=[made.slug, left.number])
    for answer in (desk.get(address), desk.post(address)):
        assert f'href="{link}"' in answer.text
    assert desk.post(address).status_code == 422
    Comment.objects.update(decision="noted", decision_reason="Díky.", decided_at=timezone.now())
    assert desk.post(address).status_code == 302
    made.refresh_from_db()
    assert made.state == Consultation.State.CLOSED


def test_the_desk_asks_as_much_of_ten_consultations_as_of_one(
    desk: Client, django_assert_max_num_queries: Callable[..., AbstractContextManager[Any]]
) -> None:
    town = make.municipality("Svornov")
    for count in (1, 10):
        for _ in range(count):
            made = make_consultation(paragraphs=3, town=town)
            make_comment(made)
        with django_assert_max_num_queries(8):
            assert desk.get(reverse("consult:desk_consultations")).status_code == 200
        with django_assert_max_num_queries(12):
            assert desk.get(reverse("consult:desk_consultation", args=[made.slug])).status_code == 200


@pytest.mark.parametrize("sheet", ["a4", "a3"])
def test_the_poster_is_one_sheet_that_says_until_when_and_where(client: Client, sheet: str) -> None:
    made = make_consultation(
        paragraphs=2, title="Dlouhý název " * 9, about="Věta o plánu. " * 100, printed_at="Radnice"
    )
    answer = client.get(reverse("consult:consultation_poster", args=[made.slug]), {"format": sheet})
    assert answer.headers["Content-Type"] == "application/pdf"
    read = PdfReader(io.BytesIO(answer.content))
    assert len(read.pages) == 1
    assert round(float(read.pages[0].mediabox.width)) == {"a4": 595, "a3": 842}[sheet]
    text = read.pages[0].extract_text()
    assert "Radnice" in text
    assert announcing.day(made.closes_at) in text


def test_a_poster_of_what_is_not_announced_is_only_for_the_desk(client: Client, desk: Client) -> None:
    made = make_consultation(phase="prepared", paragraphs=2)
    address = reverse("consult:consultation_poster", args=[made.slug])
    assert desk.get(address).status_code == 200
    desk.logout()
    assert client.get(address).status_code == 404


def test_the_notice_board_follows_the_open_norm_and_tells_of_announced_ones_alone(client: Client) -> None:
    make_consultation(phase="prepared", paragraphs=2, title="Tajné")
    closed = make_consultation(phase="closed", paragraphs=2, title="Uzavřené")
    make_consultation(phase="cancelled", paragraphs=2, title="Zrušené")
    board = client.get(reverse("consult:notice_board")).json()
    assert {"@context", "typ", "iri", "stránka", "provozovatel", "informace"} <= set(board)
    told = {one["název"]["cs"]: one for one in board["informace"]}
    assert set(told) == {"Uzavřené", "Zrušené"}
    notice = told["Uzavřené"]
    assert notice["typ"] == ["Digitální objekt", "Informace na úřední desce"]
    assert notice["vyvěšení"] == {"typ": "Časový okamžik", "datum": timezone.localdate(closed.opens_at).isoformat()}
    assert notice["relevantní_do"]["datum"] == timezone.localdate(closed.closes_at).isoformat()
    assert [one["název"]["cs"] for one in notice["dokument"]] == ["Návrh a připomínky", "Vypořádání připomínek"]
    assert "zneplatněno" in told["Zrušené"]


def test_the_settlement_of_a_closed_consultation_is_an_annex_of_its_plan(
    client: Client, django_assert_max_num_queries: Callable[..., AbstractContextManager[Any]]
) -> None:
    closed = make_consultation(phase="closed", title="První kolo")
    plan = closed.plan
    assert plan is not None
    Consultation.objects.filter(pk=make_consultation(phase="prepared", paragraphs=1, title="Tajné").pk).update(
        plan=plan
    )
    address = reverse("consult:plan_consultations", args=[plan.slug])
    with django_assert_max_num_queries(10):
        page = client.get(address).text
    assert f'href="{reverse("consult:settlement", args=[closed.slug])}"' in page
    assert "Tajné" not in page
    assert address in client.get(reverse("plan:public_plan", args=[plan.slug])).text
    Plan.objects.update(state=Plan.State.DRAFTING, shown=False)
    assert client.get(address).status_code == 404
