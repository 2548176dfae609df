"""The text on view with its comments: in parts that an old phone carries, with the same few questions however many
comments there are, and without anything that an author did not want to be seen."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from django.core.cache import caches
from django.db import connection
from django.template.loader import render_to_string
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from portal.consult import reading
from portal.consult.models import Comment, Consultation, Paragraph
from portal.consult.reading import Outline
from tests import make

from .make import make_comment, make_consultation, make_paragraphs

TEXTS = pytest.mark.django_db
KIB = 1024
# What a paragraph of a plan has: a few sentences.
SENTENCES = "Pečovatelská služba přijde i v sobotu a v neděli, kdo ji potřebuje, zavolá den předem. " * 4


def long_text(consultation: Consultation, comments: int) -> None:
    """200 paragraphs of a usual length with so many comments spread over them."""
    rows = make_paragraphs(consultation, 200)
    for row in rows:
        row.text = f"{row.text} {SENTENCES}" if not row.level else row.text
    Paragraph.objects.bulk_update(rows, ["text"])
    add_comments(consultation, rows, comments)


def add_comments(consultation: Consultation, rows: list[Paragraph], count: int) -> None:
    first = consultation.next_number
    Comment.objects.bulk_create(
        Comment(
            consultation=consultation,
            paragraph=rows[n % len(rows)],
            number=first + n,
            proposed=f"Návrh {n}",
            reason=SENTENCES,
            received_at=timezone.now(),
            state=Comment.State.SHOWN,
        )
        for n in range(count)
    )
    Consultation.objects.filter(pk=consultation.pk).update(next_number=first + count)
    consultation.refresh_from_db()


def queries(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).status_code == 200
    return len(asked)


# --- the text in parts -------------------------------------------------------------------------------------------

outlines = st.lists(
    st.builds(
        lambda level, signs: Outline(0, level, "", "", signs),
        st.sampled_from([0, 0, 0, 1, 2, 3]),
        st.integers(0, 20_000),
    ),
    max_size=80,
).map(lambda rows: [Outline(n, row.level, str(n), "", row.signs) for n, row in enumerate(rows, 1)])


@given(outlines)
def test_parts_hold_every_paragraph_once_in_order_and_no_more_than_fits(lines: list[Outline]) -> None:
    cut = reading.parts(lines)
    held = [order for part in cut for order in range(part.first, part.last + 1)]
    assert held == [line.order for line in lines]
    assert [part.number for part in cut] == list(range(1, len(cut) + 1))
    for part in cut:
        own = [line for line in lines if part.first <= line.order <= part.last]
        weight = sum(line.signs * reading.BYTES_OF_SIGN + reading.BYTES_AROUND for line in own)
        heads = sum(bool(line.level) for line in own)
        # One paragraph is never cut, and a heading stays with what it is above.
        heaviest = max(line.signs * reading.BYTES_OF_SIGN + reading.BYTES_AROUND for line in own)
        assert weight <= reading.MOST_OF_PART + heaviest or heads
    for one, other in pairwise(cut):
        assert not lines[one.last - 1].level, (one, other)


@TEXTS
def test_200_paragraphs_with_2000_comments_are_light_and_cost_few_questions(client: Client) -> None:
    consultation = make_consultation(paragraphs=1)
    Paragraph.objects.all().delete()
    long_text(consultation, 2000)
    address = f"/pripominky/{consultation.slug}/"
    client.get(address)
    parts = reading.parts(reading.outline(consultation))
    assert 2 <= len(parts) <= 10
    for part in parts:
        page = client.get(f"{address}?cast={part.number}").content
        assert len(page) <= 60 * KIB
        assert f'id="p{part.first}"'.encode() in page
    assert queries(client, address) <= 12
    one = client.get(f"{address}odstavec/2/").content
    assert len(one) <= 60 * KIB
    assert queries(client, f"{address}odstavec/2/") <= 10


@TEXTS
def test_questions_do_not_grow_with_comments(client: Client) -> None:
    consultation = make_consultation(paragraphs=30)
    rows = list(consultation.paragraphs.all())
    add_comments(consultation, rows, 60)
    addresses = [f"/pripominky/{consultation.slug}/", f"/pripominky/{consultation.slug}/odstavec/2/", "/pripominky/"]
    before = [(client.get(one), queries(client, one))[1] for one in addresses]
    add_comments(consultation, rows, 600)
    assert [queries(client, one) for one in addresses] == before


@TEXTS
def test_a_paragraph_is_found_in_its_part_and_headings_have_no_gaps(client: Client) -> None:
    consultation = make_consultation(paragraphs=1)
    Paragraph.objects.all().delete()
    long_text(consultation, 0)
    page = client.get(f"/pripominky/{consultation.slug}/?odstavec=150").content.decode()
    assert 'id="p150"' in page
    assert 'id="p1"' not in page
    Paragraph.objects.filter(consultation=consultation, level=1).update(level=4)
    text = client.get(f"/pripominky/{consultation.slug}/").content.decode()
    main = text[text.index("<main") : text.index("</main")]
    levels = [int(level) for level in re.findall(r"<h(\d)", main)]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


@TEXTS
def test_bullets_tables_and_changed_words_are_drawn_as_such(client: Client) -> None:
    consultation = make_consultation(paragraphs=1)
    Paragraph.objects.all().delete()
    Paragraph.objects.bulk_create([
        Paragraph(consultation=consultation, order=1, sort="bullets", label="1", text="obědy\nnákupy"),
        Paragraph(
            consultation=consultation, order=2, sort="table", label="2", text="Rok\tKč\n2027\t100",
            cells={"title": "Peníze", "head": ["Rok", "Kč"], "rows": [["2027", "<b>100"]]},
        ),
        Paragraph(
            consultation=consultation, order=3, sort="text", label="3", text="Služba jezdí v pátek a v sobotu ráno.",
            now="Služba jezdí v pátek a v neděli ráno.",
        ),
    ])  # fmt: skip
    page = client.get(f"/pripominky/{consultation.slug}/").content.decode()
    assert "<li>obědy</li><li>nákupy</li>" in page
    assert '<th scope="col">Kč</th>' in page
    assert "<td>&lt;b&gt;100</td>" in page
    assert "<del>sobotu</del><ins>neděli</ins>" in page


# --- who sees what -----------------------------------------------------------------------------------------------


@TEXTS
def test_the_public_sees_of_the_author_only_what_the_author_chose(client: Client) -> None:
    consultation = make_consultation(paragraphs=3)
    paragraph = consultation.paragraphs.get(order=2)
    secret = {"name": "Jana Tichá", "organisation": "Domov Lípa", "email": "jana@example.org", "side": "user"}
    make_comment(consultation, paragraph=paragraph, **secret)
    make_comment(consultation, paragraph=paragraph, shown_as="organisation", **secret)
    make_comment(consultation, paragraph=paragraph, shown_as="both", **secret)
    pages = [
        client.get(f"/pripominky/{consultation.slug}/{place}").content.decode()
        for place in ("1/", "2/", "3/", "odstavec/2/", "", "vyporadani/")
    ]
    assert not any("jana@example.org" in page for page in pages)
    assert "Jana" not in pages[0]
    assert "Lípa" not in pages[0]
    assert "Domov Lípa" in pages[1]
    assert "Jana" not in pages[1]
    assert "Jana Tichá, Domov Lípa" in pages[2]
    assert pages[3].count("Jana") == 1


@TEXTS
@pytest.mark.parametrize("state", ["unconfirmed", "waiting", "refused"])
def test_what_is_not_shown_is_read_nowhere(client: Client, state: str) -> None:
    consultation = make_consultation(paragraphs=3)
    more = {"refused_reason": "Uráží člověka."} if state == "refused" else {}
    comment = make_comment(
        consultation, paragraph=consultation.paragraphs.get(order=2), proposed="TAJNÉ", state=state, **more
    )
    for place in ("", "odstavec/2/", "vyporadani/"):
        assert "TAJNÉ" not in client.get(f"/pripominky/{consultation.slug}/{place}").content.decode()
    own_page = client.get(f"/pripominky/{consultation.slug}/{comment.number}/")
    if state == "refused":
        assert "Uráží člověka." in own_page.content.decode()
        assert "TAJNÉ" not in own_page.content.decode()
    else:
        assert own_page.status_code == 404
    assert "TAJNÉ" in client.get(f"/pripominky/moje/{comment.key}/").content.decode()


@TEXTS
def test_one_in_preparation_is_there_only_for_those_who_prepare_it(client: Client) -> None:
    consultation = make_consultation(phase="prepared", paragraphs=1)
    address = f"/pripominky/{consultation.slug}/"
    for place in ("", "nova/", "odstavec/0/"):
        assert client.get(address + place).status_code == 404
    assert consultation.title not in client.get("/pripominky/").content.decode()
    client.force_login(make.person("coordinator"))
    assert client.get(address).status_code == 200


@TEXTS
@pytest.mark.parametrize(
    ("phase", "words"),
    [
        ("announced", "Připomínky ještě nepřijímáme"),
        ("open", "Připomínky můžete psát do"),
        ("after_hearing", "Připomínky můžete psát do"),
        ("settling", "Připomínky už nepřijímáme"),
        ("closed", "Připomínky jsou vypořádané"),
        ("cancelled", "jsme zrušili"),
    ],
)
def test_every_phase_says_what_one_can_do(client: Client, phase: str, words: str) -> None:
    consultation = make_consultation(phase=phase, paragraphs=3)
    page = client.get(f"/pripominky/{consultation.slug}/").content.decode()
    assert words in page
    assert ("Napsat k celému textu" in page) == (phase in {"open", "after_hearing"})
    assert consultation.title in client.get("/pripominky/").content.decode()


@TEXTS
def test_a_settled_comment_tells_the_decision_and_why(client: Client) -> None:
    consultation = make_consultation(phase="closed", paragraphs=3)
    comment = make_comment(consultation, decision="not_accepted", decision_reason="Rozpočet na to nestačí.")
    for address in (f"/pripominky/{consultation.slug}/{comment.number}/", f"/pripominky/moje/{comment.key}/"):
        page = client.get(address).content.decode()
        assert "neakceptováno" in page
        assert "Rozpočet na to nestačí." in page
    caches["near"].clear()


def test_a_paragraph_that_tells_of_a_measure_is_called_by_its_number_and_the_measure_by_its_code() -> None:
    told = Paragraph(label="26", node_id=1)
    assert reading.place_of(told) == "odstavec 26"
    assert render_to_string("consult/parts/place.html", {"one": told}) == "odstavec 26"
    heading = Paragraph(label="1.2.3", node_id=1)
    assert reading.place_of(heading) == "opatření 1.2.3"
    assert render_to_string("consult/parts/place.html", {"one": heading}) == "opatření 1.2.3"
