"""The register of comments at the desk: what it finds, what it costs, what the page of one comment does."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from typing import Any
from xml.etree import ElementTree
from zipfile import ZipFile

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from paper.blocks import Heading
from paper.blocks import Paragraph as Text
from portal.accounts.models import Grant, Person
from portal.consult import register
from portal.consult.changed_text import Piece, on_one_page
from portal.consult.models import Comment, Consultation, Paragraph, Support
from portal.consult.register import Told, Wanted, alike, like, said_by
from portal.groups.models import Group, Side
from portal.meetings.models import AgendaItem
from tests import make
from tests.meetings import gatherings

from .make import make_comment, make_consultation

pytestmark = pytest.mark.django_db
State, Kind, Decision = Comment.State, Comment.Kind, Comment.Decision


@pytest.fixture
def consultation() -> Consultation:
    return make_consultation(phase="settling", paragraphs=12, hearing=None)


@pytest.fixture
def jana(consultation: Consultation) -> Person:
    person = make.person(name="Jana Koordinátorka")
    Grant.objects.create(
        person=person, role="coordinator", range_kind=consultation.span_kind, range_code=consultation.span_code
    )
    return person


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


@pytest.fixture
def client(jana: Person) -> Client:
    return signed_in(jana)


def address(consultation: Consultation, path: str = "") -> str:
    return f"/sprava/pripominky/{consultation.slug}/registr/{path}"


def formal(consultation: Consultation, **more: Any) -> Comment:
    return make_comment(consultation, kind=Kind.FORMAL, **more)


def numbers(consultation: Consultation, person: Person, **wanted: Any) -> list[int]:
    return [one.number for one in register.found(consultation, Wanted(**wanted), person)]


# --- what it finds -------------------------------------------------------------------------------------------------


def test_is_narrowed_by_everything_it_offers(consultation: Consultation, jana: Person) -> None:
    group = gatherings.group()
    place = consultation.paragraphs.get(order=5)
    yesterday = timezone.localdate() - timedelta(days=1)
    formal(consultation, proposed="Sociální taxi", side=Side.USER)
    make_comment(consultation, paragraph=place, group=group, due_on=yesterday)
    make_comment(consultation, state=State.WAITING, assignee=jana)
    formal(consultation, decision="accepted", due_on=yesterday, paragraph=consultation.paragraphs.get(order=3))
    make_comment(consultation, state=State.REFUSED, refused_reason="Urážka.")
    formal(consultation, proposed_decision="noted", proposed_reason="Víme.")
    found: dict[tuple[str, Any], list[int]] = {
        ("state", "ke-cteni"): [3],
        ("state", "nevyporadane"): [1, 2, 3, 6],
        ("state", "s-navrhem"): [6],
        ("state", "vyporadane"): [4],
        ("state", "accepted"): [4],
        ("state", "vyrazene"): [5],
        ("kind", "formal"): [1, 4, 6],
        ("side", "user"): [1],
        ("given_to", str(group.pk)): [2],
        ("given_to", "ja"): [3],
        ("given_to", "nikdo"): [1, 4, 5, 6],
        ("given_to", "cokoli"): [],
        ("place", "5"): [2],
        ("overdue", True): [2],
        ("text", "taxi"): [1],
        ("text", "č. 4"): [4],
        ("order", "nejnovejsi"): [6, 5, 4, 3, 2, 1],
        ("order", "misto"): [1, 3, 5, 6, 4, 2],
        ("order", "termin"): [2, 4, 1, 3, 5, 6],
    }
    for (name, value), expected in found.items():
        assert numbers(consultation, jana, **{name: value}) == expected, (name, value)
    counts = register.counts(consultation)
    assert (counts.total, counts.to_read, counts.left, counts.settled, counts.refused) == (6, 1, 4, 1, 1)


def test_support_sorts(consultation: Consultation, jana: Person) -> None:
    formal(consultation)
    liked = formal(consultation)
    Support.objects.create(comment=liked, visitor="a")
    assert numbers(consultation, jana, order="podpora") == [2, 1]


def test_twins_come_with_their_original(consultation: Consultation, jana: Person, client: Client) -> None:
    original = formal(consultation)
    formal(consultation, same_as=original, proposed="Jinými slovy totéž")
    assert numbers(consultation, jana) == [1]
    assert numbers(consultation, jana, apart=True) == [1, 2]
    assert numbers(consultation, jana, text="jinými") == [2]
    assert "1 stejná: 2" in client.get(address(consultation)).text.replace("\xa0", " ").replace("&nbsp;", " ")


def test_a_value_that_is_no_choice_asks_for_nothing(consultation: Consultation, client: Client) -> None:
    formal(consultation)
    said = {
        "stav": "xx",
        "druh": "'",
        "komu": "9" * 30,
        "razeni": "-x",
        "strana": "z",
        "strana2": "x",
        "misto": "1" * 90,
    }
    answer = client.get(address(consultation), said)
    assert answer.status_code == 200
    assert len(answer.context["page"].object_list) == 1


def test_costs_the_same_for_two_thousand_comments(consultation: Consultation, jana: Person, client: Client) -> None:
    group = gatherings.group()

    def grow(count: int) -> None:
        start = consultation.next_number
        rows = [
            Comment(
                consultation=consultation,
                number=start + n,
                key=f"klic-{start + n}",
                proposed=f"Návrh {start + n}",
                received_at=timezone.now(),
                state=State.SHOWN,
                group=group,
                assignee=jana,
                paragraph=consultation.paragraphs.get(order=2),
            )
            for n in range(count)
        ]
        Comment.objects.bulk_create(rows)
        consultation.next_number += count
        consultation.save()

    def cost(path: str = "") -> int:
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert client.get(address(consultation, path)).status_code == 200
        return len(asked)

    grow(60)
    few, few_on_page = cost(), cost("1/")
    grow(1940)
    assert cost() == few <= 12
    assert cost("1/") == few_on_page


# --- likeness ------------------------------------------------------------------------------------------------------


def told(*texts: str) -> list[Told]:
    return [Told(n, n, said_by(text)) for n, text in enumerate(texts, 1)]


def test_comments_that_say_the_same_by_other_endings_are_offered_together() -> None:
    rows = told(
        "Chybí nám sociální taxi pro seniory v okolních obcích.",
        "Postavte v Lhotě bezbariérový chodník ke škole.",
        "V okolních obcích chybí seniorům sociální taxi.",
        "Chybí nám sociální taxi pro seniory v okolních obcích.",
        "Ano.",
    )
    assert [(one.numbers, one.exact) for one in alike(rows)] == [((1, 3, 4), False)]


def test_the_same_text_a_thousand_times_is_one_set() -> None:
    (one,) = alike(told(*["Nechceme v obci žádnou novou ubytovnu."] * 1000))
    assert (one.numbers, one.exact) == (tuple(range(1, 301)), True)


def test_short_ones_are_the_same_only_word_by_word() -> None:
    rows = told("Souhlasím s návrhem", "Nesouhlasím s návrhem", "souhlasím s návrhem!", "")
    assert [one.numbers for one in alike(rows)] == [(1, 3)]


def test_like_a_comment_the_most_alike_first(consultation: Consultation) -> None:
    texts = (
        "Chybí sociální taxi pro seniory z Lhoty",
        "Chybí sociální taxi",
        "Chybí sociální taxi pro seniory ze Lhoty",
    )
    for text in texts:
        formal(consultation, proposed=text, reason="")
    mine = formal(consultation, proposed=texts[0], reason="")
    formal(consultation, proposed="Opravte název obce na straně dvacet", reason="")
    assert like(mine, register.told_near(mine)) == [1, 3]


def test_near_a_comment_stand_those_of_its_place_and_the_same_words_elsewhere(consultation: Consultation) -> None:
    place, elsewhere = (consultation.paragraphs.get(order=n) for n in (2, 3))
    mine = formal(consultation, paragraph=place)
    formal(consultation, paragraph=elsewhere, proposed="Něco docela jiného")
    formal(consultation, paragraph=elsewhere)
    formal(consultation, paragraph=place, proposed="Taky tady")
    formal(consultation, paragraph=place, decision="noted")
    assert sorted(one.number for one in register.told_near(mine)) == [1, 3, 4]


def test_alike_ones_are_joined_from_their_page(consultation: Consultation, client: Client) -> None:
    for _ in range(3):
        formal(consultation)
    page = client.get(address(consultation, "stejne/"))
    assert [one.numbers for one, _ in page.context["sets"]] == [(1, 2, 3)]
    assert client.get(address(consultation, "hromadne/"), {"co": "spojit", "c": ["1", "2", "3"]}).status_code == 200
    client.post(address(consultation, "hromadne/"), {"co": "spojit", "c": ["1:1", "2:1", "3:1"]})
    assert [one.same_as_id for one in consultation.comments.all()] == [
        None,
        *[consultation.comments.get(number=1).pk] * 2,
    ]


# --- many at once --------------------------------------------------------------------------------------------------


def test_many_are_settled_from_the_register(consultation: Consultation, client: Client) -> None:
    for _ in range(3):
        formal(consultation)
    said = {"co": "vyporadat", "c": ["1:1", "3:1"], "decision": "noted", "druh": "formal"}
    answer = client.post(address(consultation, "hromadne/"), said)
    assert answer.status_code == 422, "a reason is missing"
    answer = client.post(address(consultation, "hromadne/"), said | {"reason": "Víme o tom."})
    assert answer["Location"] == address(consultation, "?druh=formal")
    assert [one.decision for one in consultation.comments.all()] == ["noted", "", "noted"]


def test_all_that_was_found_can_be_taken(consultation: Consultation, client: Client) -> None:
    for state in (State.WAITING, State.WAITING, State.SHOWN):
        formal(consultation, state=state)
    page = client.get(address(consultation, "hromadne/"), {"co": "zverejnit", "rozsah": "vse", "stav": "ke-cteni"})
    assert [one.number for one in page.context["rows"]] == [1, 2]


def test_when_somebody_was_quicker_nothing_is_done_and_the_form_stays(
    consultation: Consultation, client: Client
) -> None:
    for _ in range(2):
        formal(consultation)
    Comment.objects.filter(number=2).update(version=2)
    said = {"co": "vyporadat", "c": ["1:1", "2:1"], "decision": "noted", "reason": "Víme."}
    answer = client.post(address(consultation, "hromadne/"), said)
    assert answer.status_code == 409
    assert "mezitím pracoval někdo jiný" in answer.text
    assert "Víme." in answer.text
    assert 'name="c" value="2:2"' in answer.text
    assert not consultation.comments.exclude(decision="").exists()


# --- one comment ---------------------------------------------------------------------------------------------------


def send(client: Client, comment: Comment, co: str, **said: Any) -> Any:
    stored = Comment.objects.get(pk=comment.pk)
    values = {"co": co, "seen": stored.version} | said
    return client.post(address(comment.consultation, f"{comment.number}/"), values)


def test_a_comment_goes_its_whole_way_on_one_page(consultation: Consultation, client: Client) -> None:
    place = consultation.paragraphs.get(order=2)
    comment = formal(consultation, state=State.WAITING, paragraph=place)
    later = formal(consultation)
    group = gatherings.group()
    assert send(client, comment, "zverejnit").status_code == 302
    assert send(client, comment, "pridelit", group=group.pk, due_on="2099-01-01").status_code == 302
    assert send(client, comment, "poznamka", text="Zeptat se charity.").status_code == 302
    assert send(client, comment, "navrh", decision="partly", reason="Jen o svátcích.").status_code == 302
    page = client.get(address(consultation, "1/"))
    assert page.context["forms"]["vyporadat"]["reason"].value() == "Jen o svátcích."
    form = page.context["forms"]["vyporadat"]
    assert "i v neděli a o svátcích" in form["text"].value(), "the proposed words stand in the text already"
    answer = send(
        client,
        comment,
        "vyporadat",
        decision="accepted",
        reason="Ano.",
        text=form["text"].value(),
        seen_text=form["seen_text"].value(),
        dalsi="1",
    )
    assert answer["Location"] == address(consultation, f"{later.number}/")
    comment.refresh_from_db()
    place.refresh_from_db()
    assert (comment.decision, comment.group, place.now) == (
        "accepted",
        group,
        "Odstavec 2: pečovatelka přijde i v neděli a o svátcích.",
    )
    assert send(client, comment, "otevrit", reason="Omyl.").status_code == 302
    place.refresh_from_db()
    assert place.now is None


def test_a_change_of_the_text_leads_to_the_point_of_the_plan_where_it_is_to_be_written_too() -> None:
    consultation = make_consultation()
    client = signed_in(make.person("coordinator"))
    place = consultation.paragraphs.filter(node__isnull=False).exclude(sort=Paragraph.Sort.TABLE).first()
    assert place is not None
    comment = formal(consultation, paragraph=place)
    page = address(consultation, f"{comment.number}/")
    link = f"/sprava/plany/bod/{place.node_id}/"
    assert link not in client.get(page).text, "nothing has changed yet"
    sent = {"reason": "Ano.", "text": "Jiná slova.", "seen_text": place.text}
    assert send(client, comment, "vyporadat", decision="accepted", **sent).status_code == 302
    assert link in client.get(page).text
    assert client.get(link).status_code == 302, "who settles comes to the plan"


def test_a_refused_decision_tells_at_its_field(consultation: Consultation, client: Client) -> None:
    comment = make_comment(consultation)
    answer = send(client, comment, "vyporadat", decision="noted", reason="Víme.")
    assert answer.status_code == 422
    assert "alone" in answer.context["sent"].errors
    answer = send(client, comment, "vyporadat", decision="noted", reason=" ", alone="Není kdo.")
    assert list(answer.context["sent"].errors) == ["reason"]
    assert send(client, comment, "vyporadat", decision="noted", reason="Víme.", alone="Není kdo.").status_code == 302


def test_the_second_of_two_people_sees_what_the_first_did_and_keeps_the_words(
    consultation: Consultation, client: Client
) -> None:
    comment = formal(consultation)
    other = signed_in(make.person("coordinator", name="Petr První"))
    assert send(other, comment, "vyporadat", decision="noted", reason="Víme.").status_code == 302
    answer = send(client, comment, "vyporadat", seen=1, decision="accepted", reason="Moje dlouhé odůvodnění.")
    assert answer.status_code == 409
    assert "Petr První: vypořádání" in answer.text
    assert "Moje dlouhé odůvodnění." in answer.text
    comment.refresh_from_db()
    assert comment.decision_reason == "Víme."


def test_two_people_at_one_paragraph(consultation: Consultation, client: Client) -> None:
    place = consultation.paragraphs.get(order=2)
    comment = formal(consultation, paragraph=place)
    seen = place.text
    place.now = "Jiné znění."
    place.save()
    answer = send(client, comment, "vyporadat", decision="accepted", reason="Ano.", text="Moje znění.", seen_text=seen)
    assert answer.status_code == 409
    assert "Jiné znění." in answer.text
    assert "Moje znění." in answer.text
    comment.refresh_from_db()
    assert not comment.is_settled


def test_a_comment_on_the_whole_text_changes_the_paragraph_that_was_named(
    consultation: Consultation, client: Client
) -> None:
    comment = formal(consultation)
    page = client.get(address(consultation, "1/"), {"odstavec": "3"})
    seen = page.context["forms"]["vyporadat"]["seen_text"].value()
    said = {"decision": "partly", "reason": "Ano.", "odstavec": "3", "text": "Nově.", "seen_text": seen}
    assert send(client, comment, "vyporadat", **said).status_code == 302
    assert consultation.paragraphs.get(order=3).now == "Nově."


def test_members_discuss_what_their_group_was_given_and_see_no_contacts(consultation: Consultation) -> None:
    group = gatherings.group()
    member = gatherings.member(group, account=True).person
    assert member is not None
    mine = formal(consultation, group=group, email="anna@example.org", name="Anna Tichá")
    other = formal(consultation)
    client = signed_in(member)
    page = client.get(address(consultation, f"{mine.number}/"))
    assert set(page.context["forms"]) == {"poznamka", "navrh"}
    assert "anna@example.org" not in page.text
    assert "Anna Tichá" not in page.text
    assert client.get(address(consultation, f"{other.number}/")).status_code == 404
    assert client.get(address(consultation)).status_code == 404
    assert send(client, mine, "poznamka", text="Ano.").status_code == 302
    assert send(client, mine, "vyporadat", decision="noted", reason="x").status_code == 404
    for url in (f"/sprava/skupiny/{group.slug}/pripominky/", "/sprava/pripominky/pridelene/"):
        assert [one.number for one in client.get(url).context["page"]] == [mine.number]
    assert "přidělená připomínka" in client.get("/sprava/").text.replace("\xa0", " ")


def test_members_of_the_deciding_body_read_the_register(consultation: Consultation) -> None:
    body = gatherings.group()
    Consultation.objects.filter(pk=consultation.pk).update(decides=body)
    member = gatherings.member(body, account=True).person
    assert member is not None
    formal(consultation, email="anna@example.org")
    page = signed_in(member).get(address(consultation))
    assert page.status_code == 200
    assert "anna@example.org" not in page.text
    assert 'name="c"' not in page.text


def test_comments_go_to_a_meeting_from_the_register(consultation: Consultation, client: Client, jana: Person) -> None:
    body: Group = gatherings.group()
    gatherings.member(body, account=False)
    Consultation.objects.filter(pk=consultation.pk).update(decides=body)
    meeting = gatherings.meeting(body)
    make_comment(consultation)
    said = {"co": "na-jednani", "c": "1:1", "meeting": meeting.pk}
    answer = client.post(address(consultation, "hromadne/"), said)
    assert answer.status_code == 422, "she does not run meetings of this body"
    Grant.objects.create(person=jana, role="coordinator")
    assert client.post(address(consultation, "hromadne/"), said).status_code == 302
    assert AgendaItem.objects.get(meeting=meeting).ties.get().about == consultation


# --- the text ------------------------------------------------------------------------------------------------------


def test_the_text_with_changes_is_public_once_the_consultation_is_closed(
    consultation: Consultation, client: Client
) -> None:
    place = consultation.paragraphs.get(order=2)
    formal(consultation, paragraph=place, decision="accepted")
    place.now = place.text.replace("v neděli", "o svátcích")
    place.save()
    url = f"/pripominky/{consultation.slug}/zmeny/"
    assert Client().get(url).status_code == 404
    assert client.get(url).status_code == 200
    Consultation.objects.filter(pk=consultation.pk).update(state="closed", closed_at=timezone.now())
    page = Client().get(url).text
    assert "<del>" in page
    assert "o svátcích" in page
    assert "č. 1" in page
    assert "Odstavec 3" not in page
    assert "Odstavec 3" in Client().get(url, {"cele": "1"}).text


def test_a_page_that_begins_deep_in_the_text_skips_no_level_of_headings() -> None:
    levels = [3, 4, 2, 0, 5]
    told = [Piece(Paragraph(), (Heading(one, "nadpis") if one else Text("text"),), ()) for one in levels]
    shown = [block.level for blocks in on_one_page(told) for block in blocks if isinstance(block, Heading)]
    assert shown == [1, 2, 2, 3]


def test_tracked_changes_of_the_docx_give_both_texts(consultation: Consultation, client: Client) -> None:
    heading, plain, whole = (consultation.paragraphs.get(order=n) for n in (1, 2, 3))
    Paragraph.objects.create(
        consultation=consultation, order=50, sort="bullets", label="50", text="jedna\ndvě", now="jedna\ndvě\ntři"
    )
    Paragraph.objects.create(
        consultation=consultation, order=51, sort="table", label="51", text="rok\tKč\n2027\t10", now="rok\tKč\n2027\t20"
    )
    for one, now in ((heading, "Část první"), (plain, plain.text.replace("v neděli", "vždy")), (whole, "")):
        one.now = now
        one.save()
    formal(consultation, decision="accepted")
    answer = client.get(f"/pripominky/{consultation.slug}/zmeny.docx")
    with ZipFile(BytesIO(answer.content)) as file:
        root = ElementTree.fromstring(file.read("word/document.xml"))
    before, after = text_of(root, "ins"), text_of(root, "del")
    for one in (heading, plain, whole):
        assert one.text in before
    assert "Část první" in after
    assert "pečovatelka přijde i vždy." in after
    assert whole.text not in after
    assert "tři" in after
    assert "tři" not in before
    assert ("2027\n10" in before, "2027\n20" in after) == (True, True)


def text_of(root: ElementTree.Element, dropped: str) -> str:
    """The document without what was put in ("ins") or without what was taken out ("del"), a paragraph a line."""
    space = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
    lines = []
    for paragraph in root.iter(f"{space}p"):
        gone = {id(part) for each in paragraph.iter(f"{space}{dropped}") for part in each.iter()}
        words = [
            part.text or ""
            for part in paragraph.iter()
            if part.tag in (f"{space}t", f"{space}delText") and id(part) not in gone
        ]
        lines.append("".join(words))
    return "\n".join(lines)
