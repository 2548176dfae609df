"""The desk of chapters, SWOT and needs: written, previewed, saved by two people at once, brought back."""

from datetime import date
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from portal.accounts.models import Grant, Person
from portal.audit.models import Deed
from portal.chapters import actions, reading
from portal.chapters.forms import evidence_line
from portal.chapters.models import Chapter, ChapterImage, Need, SwotPoint
from portal.chapters.provisions import PROVISIONS, TEMPLATE
from portal.plan.models import Node, Plan
from tests import make
from tests.plan import plans

pytestmark = pytest.mark.django_db


@pytest.fixture
def jana() -> Any:
    return plans.coordinator()


@pytest.fixture
def client(jana: Person) -> Client:
    signed_in = Client()
    signed_in.force_login(jana)
    return signed_in


@pytest.fixture
def plan(jana: Person) -> Plan:
    return plans.grown(plans.plan(actor=jana, starts_on=date(2026, 1, 1)))


@pytest.fixture
def chapter(plan: Plan, jana: Person) -> Chapter:
    return actions.chapter_add(
        plan=plan, title="Úvod", text="Plán je pro lidi.", place="before", demanded=[], actor=jana
    )


def at(name: str, plan: Plan, part: Any = None) -> str:
    return reverse(f"chapters:{name}", args=[plan.slug] + ([part.pk] if part else []))


def typed(chapter: Chapter, **more: Any) -> dict[str, Any]:
    return {"title": chapter.title, "text": chapter.text, "place": chapter.place, "seen": chapter.version} | more


# --- chapters --------------------------------------------------------------------------------------------------


def test_the_chapters_of_the_template_answer_every_provision() -> None:
    assert {key for one in TEMPLATE for key in one.demanded} == set(PROVISIONS)


def test_the_template_adds_only_what_is_missing(plan: Plan, jana: Person) -> None:
    assert len(actions.chapters_begin(plan=plan, actor=jana)) == len(TEMPLATE)
    gone = Chapter.objects.get(key="needs")
    actions.part_remove(part=gone, actor=jana)
    assert [one.key for one in actions.chapters_begin(plan=plan, actor=jana)] == ["needs"]


def test_what_the_law_asks_for_and_nobody_wrote_is_told(client: Client, plan: Plan, jana: Person) -> None:
    actions.chapters_begin(plan=plan, actor=jana)
    assert len(reading.texts(plan).not_written) == len(PROVISIONS)
    Chapter.objects.filter(key="network").update(text="Síť určuje kraj.")
    missing = {one.key for one in reading.texts(plan).not_written}
    assert missing == set(PROVISIONS) - {"act-network", "decree-network"}
    page = client.get(at("chapters", plan)).content.decode()
    assert "jak se plnění sleduje a vyhodnocuje" in page


def test_a_preview_shows_and_saves_nothing(client: Client, plan: Plan, chapter: Chapter) -> None:
    answer = client.post(at("chapter_edit", plan, chapter), typed(chapter, text="## Nové\n\n**tučně**", nahled="1"))
    assert "<strong>tučně</strong>" in answer.content.decode()
    chapter.refresh_from_db()
    assert chapter.text == "Plán je pro lidi."


def test_a_script_in_a_chapter_is_only_words(client: Client, plan: Plan, chapter: Chapter) -> None:
    client.post(at("chapter_edit", plan, chapter), typed(chapter, text="<script>alert(1)</script>"))
    auditor = Client()
    auditor.force_login(make.person(Grant.Role.AUDITOR))
    page = auditor.get(at("chapter_edit", plan, chapter)).content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


def test_the_second_who_saves_sees_what_differs_and_keeps_their_words(
    client: Client, plan: Plan, chapter: Chapter
) -> None:
    first = typed(chapter, text="Plán je pro všechny lidi.")
    assert client.post(at("chapter_edit", plan, chapter), first).status_code == 302
    mine = typed(chapter, text="Plán je pro naše lidi.")
    answer = client.post(at("chapter_edit", plan, chapter), mine)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "<del>všechny</del><ins>naše</ins>" in page
    assert "Plán je pro naše lidi." in page
    chapter.refresh_from_db()
    assert chapter.text == "Plán je pro všechny lidi."
    assert client.post(at("chapter_edit", plan, chapter), mine | {"seen": chapter.version}).status_code == 302
    chapter.refresh_from_db()
    assert chapter.text == "Plán je pro naše lidi."


def test_the_former_text_comes_back_from_the_journal(client: Client, plan: Plan, chapter: Chapter) -> None:
    client.post(at("chapter_edit", plan, chapter), typed(chapter, text="Omylem přepsáno."))
    deed = Deed.objects.get(verb="chapter_changed")
    where = reverse("chapters:chapter_restore", args=[deed.pk])
    asked = client.get(where)
    assert client.post(where, {"seen": asked.context["seen"]}).status_code == 302
    chapter.refresh_from_db()
    assert chapter.text == "Plán je pro lidi."


def test_chapters_keep_their_places(plan: Plan, jana: Person) -> None:
    a, b, c = (
        actions.chapter_add(plan=plan, title=name, text="", place="before", demanded=[], actor=jana) for name in "ABC"
    )
    actions.chapter_move(chapter=c, up=True, actor=jana)
    actions.chapter_move(chapter=a, up=True, actor=jana)
    actions.chapter_move(chapter=b, up=False, actor=jana)
    assert [one.title for one in reading.texts(plan).before] == ["A", "C", "B"]


def test_an_approved_plan_keeps_its_words(plan: Plan, chapter: Chapter, jana: Person) -> None:
    Plan.objects.filter(pk=plan.pk).update(state=Plan.State.IN_FORCE)
    with pytest.raises(ValidationError, match="schválený"):
        actions.chapter_change(
            chapter=chapter, title="X", text="", place="before", demanded=[], seen=chapter.version, actor=jana
        )
    with pytest.raises(ValidationError, match="schválený"):
        actions.part_remove(part=chapter, actor=jana)


def test_who_only_reads_writes_nothing(plan: Plan, chapter: Chapter) -> None:
    eva = make.person(Grant.Role.AUDITOR)
    with pytest.raises(PermissionDenied):
        actions.part_remove(part=chapter, actor=eva)


# --- pictures ----------------------------------------------------------------------------------------------------


def test_a_picture_needs_words_and_belongs_to_its_plan(client: Client, plan: Plan, jana: Person) -> None:
    png = make.picture()
    sent = {"image": SimpleUploadedFile("graf.png", png), "alt": ""}
    assert client.post(at("images", plan), sent).status_code == 422
    sent = {"image": SimpleUploadedFile("graf.png", png), "alt": "Lidí nad 65 let přibývá"}
    assert client.post(at("images", plan), sent).status_code == 302
    file = ChapterImage.objects.get().file
    text = f"![{file.alt}]({file.url})"
    actions.chapter_add(plan=plan, title="Graf", text=text, place="before", demanded=[], actor=jana)
    other = plans.plan(actor=jana, title="Jiný plán", town=make.municipality("Jinde"))
    with pytest.raises(ValidationError, match="není nahraný"):
        actions.chapter_add(plan=other, title="Graf", text=text, place="before", demanded=[], actor=jana)
    with pytest.raises(ValidationError, match="nemá popis"):
        actions.chapter_add(plan=plan, title="Graf", text=f"![]({file.url})", place="before", demanded=[], actor=jana)


# --- needs and SWOT ----------------------------------------------------------------------------------------------


def test_a_need_without_a_measure_is_seen_until_one_answers_it(client: Client, plan: Plan, jana: Person) -> None:
    client.post(
        at("need_add", plan),
        {"title": "Péče o víkendu", "evidence": "Průzkum 2025 https://mesto.example/pruzkum\nRozhovory", "seen": 0},
    )
    need = Need.objects.get()
    assert [(one.text, one.url) for one in need.evidence.all()] == [
        ("Průzkum 2025", "https://mesto.example/pruzkum"),
        ("Rozhovory", ""),
    ]
    assert "žádné opatření na to neodpovídá" in client.get(at("needs", plan)).content.decode()
    measure = Node.objects.filter(plan=plan).measures()[0]
    saved = {"title": need.title, "evidence": "", "measures": [measure.pk], "seen": need.version}
    assert client.post(at("need_edit", plan, need), saved).status_code == 302
    assert measure.title in client.get(at("needs", plan)).content.decode()
    assert not reading.unanswered(plan).exists()
    Node.objects.filter(pk=measure.pk).update(removed_at="2026-02-01T00:00Z")
    assert list(reading.unanswered(plan)) == [need], "a measure taken out answers nothing"


def test_a_measure_of_another_plan_answers_nothing_here(plan: Plan, jana: Person) -> None:
    other = plans.grown(plans.plan(actor=jana, title="Jiný", town=make.municipality("Jinde")))
    foreign = list(Node.objects.filter(plan=other).measures()[:1])
    with pytest.raises(ValidationError, match="tohohle plánu"):
        actions.swot_save(
            plan=plan, sort="strength", text="X", evidence="", evidence_url="", measures=foreign, actor=jana
        )


def test_swot_has_four_lists_and_tells_of_a_meanwhile_saved_point(client: Client, plan: Plan) -> None:
    sent = {"sort": "threat", "text": "Chybějí pečovatelky", "seen": 0}
    assert client.post(at("swot_add", plan), sent).status_code == 302
    point = SwotPoint.objects.get()
    assert [(one.sort, len(one.points)) for one in reading.swot(plan)] == [
        ("strength", 0),
        ("weakness", 0),
        ("opportunity", 0),
        ("threat", 1),
    ]
    assert client.post(at("swot_edit", plan, point), sent | {"seen": point.version}).status_code == 302
    assert client.post(at("swot_edit", plan, point), sent | {"seen": point.version}).status_code == 409
    client.post(at("swot_remove", plan, point))
    assert not SwotPoint.objects.standing().exists()
    client.post(at("swot_remove", plan, point))
    assert SwotPoint.objects.standing().exists()


def brought_back(client: Client, name: str, verb: str) -> Any:
    where = reverse(f"chapters:{name}", args=[Deed.objects.get(verb=verb).pk])
    return client.post(where, {"seen": client.get(where).context["seen"]})


def test_a_point_of_swot_comes_back_from_the_journal(client: Client, plan: Plan, jana: Person) -> None:
    kept, gone = Node.objects.filter(plan=plan).measures()[:2]
    written: dict[str, Any] = {"plan": plan, "actor": jana, "evidence": "Průzkum 2025", "evidence_url": "/mapa/"}
    point = actions.swot_save(sort="threat", text="Chybějí pečovatelky", measures=[kept, gone], **written)
    actions.swot_save(
        point=point, seen=point.version, plan=plan, actor=jana,
        sort="strength", text="Omyl", evidence="", evidence_url="", measures=[],
    )  # fmt: skip
    Node.objects.filter(pk=gone.pk).update(removed_at="2026-02-01T00:00Z")
    assert brought_back(client, "swot_restore", "swot_changed").status_code == 302
    point.refresh_from_db()
    assert (point.sort, point.text, point.evidence_url) == ("threat", "Chybějí pečovatelky", "/mapa/")
    assert list(point.measures.all()) == [kept], "a measure taken out of the plan is not tied again"
    deed = Deed.objects.filter(verb="swot_changed").latest("pk")
    assert deed.restores == Deed.objects.filter(verb="swot_changed").earliest("pk")


def test_a_need_comes_back_with_its_evidence(client: Client, plan: Plan, jana: Person) -> None:
    measure = Node.objects.filter(plan=plan).measures()[0]
    group = make.target_group()
    evidence = [("Průzkum 2025", "https://mesto.example/pruzkum"), ("Rozhovory", "")]
    need = actions.need_save(
        plan=plan, title="Péče o víkendu", text="I v noci.", target_groups=[group], measures=[measure],
        evidence=evidence, actor=jana,
    )  # fmt: skip
    actions.need_save(
        plan=plan, need=need, seen=need.version, title="X", text="", target_groups=[], measures=[], evidence=[],
        actor=jana,
    )  # fmt: skip
    assert brought_back(client, "need_restore", "need_changed").status_code == 302
    need.refresh_from_db()
    assert (need.title, need.text) == ("Péče o víkendu", "I v noci.")
    assert [*need.measures.all(), *need.target_groups.all()] == [measure, group]
    assert [(one.text, one.url) for one in need.evidence.all()] == evidence


def test_a_part_taken_out_comes_back_first_and_its_words_then(client: Client, plan: Plan, jana: Person) -> None:
    words: dict[str, Any] = {"plan": plan, "actor": jana, "evidence": "", "evidence_url": "", "measures": []}
    point = actions.swot_save(sort="threat", text="Dřív", **words)
    point = actions.swot_save(point=point, seen=point.version, sort="threat", text="Teď", **words)
    actions.part_remove(part=point, actor=jana)
    assert brought_back(client, "swot_restore", "swot_changed").status_code == 422
    point.refresh_from_db()
    assert point.text == "Teď"


def test_the_same_point_and_need_open_twice_warn(client: Client, plan: Plan) -> None:
    client.post(at("swot_add", plan), {"sort": "threat", "text": "Chybějí pečovatelky", "seen": 0})
    client.post(at("need_add", plan), {"title": "Péče o víkendu", "seen": 0})
    for name, sort, part in (
        ("swot_edit", "swot", SwotPoint.objects.get()),
        ("need_edit", "potreba", Need.objects.get()),
    ):
        asked = reverse("plan:part_open", args=[plan.slug, sort, part.pk])
        assert f'<who-else src="{asked}">' in client.get(at(name, plan, part)).content.decode()


def test_links_lead_to_pages_only(client: Client, plan: Plan) -> None:
    sent = {"sort": "threat", "text": "X", "evidence": "Y", "evidence_url": "javascript:alert(1)", "seen": 0}
    assert client.post(at("swot_add", plan), sent).status_code == 422
    assert evidence_line("Rozhovory javascript:alert(1)") == ("Rozhovory javascript:alert(1)", "")


@pytest.mark.parametrize(("name", "most"), [("chapters", 14), ("needs", 16), ("swot", 14)])
def test_lists_take_the_same_queries_for_many_rows(
    name: str, most: int, client: Client, plan: Plan, jana: Person, django_assert_max_num_queries: Any
) -> None:
    measures = list(Node.objects.filter(plan=plan).measures())
    for n in range(12):
        actions.chapter_add(plan=plan, title=f"K{n}", text="", place="before", demanded=[], actor=jana)
        need = Need.objects.create(plan=plan, title=f"P{n}")
        need.measures.set(measures)
        SwotPoint.objects.create(plan=plan, sort="threat", text=f"S{n}").measures.set(measures)
    with django_assert_max_num_queries(most):
        assert client.get(at(name, plan)).status_code == 200
