"""Pages of editions: what everybody reads, what only those who write the plan see, what the forms do."""

from datetime import date
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from docx import Document as Docx

from portal.accounts.models import Grant, Person
from portal.editions import actions, exports
from portal.editions.models import Edition, EditionFile
from portal.jobs.models import Job
from portal.plan.models import Area, Cost, Node, Plan, Resolution
from tests import make
from tests.plan import plans

pytestmark = pytest.mark.django_db


@pytest.fixture
def plan() -> Plan:
    return plans.grown(plans.plan(), measures=3)


def edition(plan: Plan, sort: str = "concept", public: bool = False, **more: Any) -> Edition:
    made = actions.freeze(plan=plan, sort=sort, name=f"Vydání {sort}", actor=plans.coordinator(), **more)
    return actions.publish(edition=made, actor=plans.coordinator()) if public else made


def signed_in(*roles: str) -> tuple[Client, Person]:
    client, somebody = Client(), make.person(*roles)
    client.force_login(somebody)
    return client, somebody


def at(name: str, one: Edition, **more: Any) -> str:
    return reverse(f"editions:{name}", kwargs={"slug": one.plan.slug, "number": one.number} | more)


PAGES = ("edition", "whole", "documents", "node")


@pytest.mark.parametrize("page", PAGES)
def test_draft_is_nothing_to_the_public_and_a_page_to_its_authors(plan: Plan, page: str) -> None:
    one = edition(plan)
    address = at(page, one, **({"code": "1.1.1"} if page == "node" else {}))
    assert Client().get(address).status_code == 404
    assert signed_in(Grant.Role.PROVIDER_HEAD)[0].get(address).status_code == 404
    assert signed_in(Grant.Role.COORDINATOR)[0].get(address).status_code == 200
    actions.publish(edition=one, actor=plans.coordinator())
    assert Client().get(address).status_code == 200


def test_draft_is_in_no_comparison_list_or_file_of_the_public(plan: Plan) -> None:
    draft, public = edition(plan), edition(plan, public=True)
    kept = actions.keep(edition=draft, part="", form="json", made=b"{}")
    pair = {"slug": plan.slug, "older": draft.number, "newer": public.number}
    assert Client().get(reverse("editions:compare", kwargs=pair)).status_code == 404
    assert Client().post(reverse("editions:compare_docx", kwargs=pair)).status_code == 404
    assert Client().get(at("file", draft, pk=kept.pk)).status_code == 404
    assert Client().get(at("file", public, pk=kept.pk)).status_code == 404
    listed = Client().get(reverse("editions:editions", args=[plan.slug])).content.decode()
    assert at("edition", public) in listed
    assert at("edition", draft) not in listed


def test_list_of_a_hidden_plan_without_public_editions_is_not_there(plan: Plan) -> None:
    edition(plan)
    assert Client().get(reverse("editions:editions", args=[plan.slug])).status_code == 404


def test_page_shows_the_plan_as_it_was(plan: Plan) -> None:
    one = edition(plan, public=True)
    Node.objects.filter(plan=plan, code="1.1.1").update(title="Úplně jiný název")
    said = Client().get(at("whole", one)).content.decode()
    assert "Opatření 1.1.1: Opatření 0 0 0" in said
    assert 'id="bod-1.1.1"' in said
    assert "Úplně jiný název" not in said


def test_unknown_part_and_unknown_node_are_404(plan: Plan) -> None:
    one = edition(plan, public=True)
    assert Client().get(at("whole", one) + "?cast=obec:000").status_code == 404
    assert Client().get(at("node", one, code="9.9")).status_code == 404


def test_every_municipality_of_the_territory_has_its_part() -> None:
    orp = make.orp()
    towns = [make.municipality(f"Ves {at}", orp=orp) for at in range(14)]
    plan = plans.grown(plans.plan(town=towns[0]), measures=2)
    Plan.objects.filter(pk=plan.pk).update(span_kind="orp", span_code=orp.pk, span_name=orp.name)
    plan.refresh_from_db()
    Node.objects.get(plan=plan, code="1.1.1").card.municipalities.add(towns[3])
    one = edition(plan, public=True)

    listed = Client().get(at("documents", one)).content.decode()
    assert all(f"obec%3A{town.pk}" in listed for town in towns)
    found = Client().get(at("documents", one) + "?obec=VES 13").content.decode()
    assert f"obec%3A{towns[13].pk}" in found
    assert f"obec%3A{towns[3].pk}" not in found
    assert "Takovou obec plán nezná" in Client().get(at("documents", one) + "?obec=Brno").content.decode()

    its = Client().get(at("whole", one) + f"?cast=obec:{towns[3].pk}").content.decode()
    assert 'id="bod-1.1.1"' in its
    assert "jmenují opatření 1.1.1. Pro celé území plánu" in its
    others = Client().get(at("whole", one) + f"?cast=obec:{towns[7].pk}").content.decode()
    assert 'id="bod-1.1.1"' not in others
    assert 'id="bod-1.1.2"' in others
    assert "Ves 7 žádné opatření výslovně nejmenuje." in others
    paper = Docx(BytesIO(exports.made(one, f"obec:{towns[7].pk}", "docx")))
    assert any("Ves 7 žádné opatření výslovně" in paragraph.text for paragraph in paper.paragraphs)
    elsewhere = make.municipality("Jinde", orp=make.orp(code="7777"))
    assert Client().get(at("whole", one) + f"?cast=obec:{elsewhere.pk}").status_code == 404


@pytest.fixture
def two(plan: Plan) -> tuple[Edition, Edition]:
    before = edition(plan, "consultation", public=True)
    node = Node.objects.get(plan=plan, code="1.1.1")
    Node.objects.filter(pk=node.pk).update(title="Opatření <b>jinak</b>")
    Cost.objects.create(card=node.card, year=2026, sort="operation", amount=12480)
    goal = plans.add(plan, "goal", Node.objects.get(plan=plan, code="1"), "Druhý cíl")
    Node.objects.filter(plan=plan, code="1.1.2").update(parent=goal)
    Node.objects.filter(plan=plan, code="1.1.3.a").delete()
    return before, edition(plan, public=True)


def compare(two: tuple[Edition, Edition], query: str = "") -> str:
    numbers = [one.number for one in two]
    return Client().get(reverse("editions:compare", args=[two[0].plan.slug, *numbers]) + query).content.decode()


def test_comparison_tells_each_change(two: tuple[Edition, Edition]) -> None:
    said = compare(two)
    assert '<ins><span class="visually-hidden">přidáno: </span> &lt;b&gt;jinak&lt;/b&gt;</ins>' in said
    assert "náklady, 2026, provoz" in said
    assert "12\u00a0480\u00a0Kč" in said
    assert "Nově v plánu." in said
    assert "V plánu už není." in said
    assert "Přesunuto. Dřív pod: „Cíl 1.1: Cíl 0 0“. Teď pod: „Cíl 1.2: Druhý cíl“." in said


def test_comparison_is_narrowed_by_sort_of_change(two: tuple[Edition, Edition]) -> None:
    said = compare(two, "?druh=penize")
    assert "12\u00a0480\u00a0Kč" in said
    assert "Přesunuto" not in said


def test_comparison_of_the_same_text_says_so(plan: Plan) -> None:
    assert "Obě vydání jsou stejná" in compare((edition(plan, public=True), edition(plan, public=True)))


def test_change_since_the_consultation_is_offered(two: tuple[Edition, Edition]) -> None:
    address = reverse("editions:compare", args=[two[0].plan.slug, two[0].number, two[1].number])
    for page in (reverse("editions:editions", args=[two[0].plan.slug]), at("edition", two[1])):
        said = Client().get(page).content.decode()
        assert address in said


def test_document_of_changes_is_made_in_the_background(two: tuple[Edition, Edition]) -> None:
    address = reverse("editions:compare_docx", args=[two[0].plan.slug, two[0].number, two[1].number])
    assert Client().post(address).status_code == 302
    job = Job.objects.get(kind="redline")
    assert job.state == Job.State.DONE, job.message
    assert str(job.result.name).endswith(".docx")


# --- documents ---------------------------------------------------------------------------------------------------


def test_documents_are_ordered_once_and_downloaded(plan: Plan) -> None:
    one = edition(plan, public=True)
    client = Client()
    answer = client.post(at("documents", one), {"part": ""})
    assert answer.status_code == 302
    assert Job.objects.get().state == Job.State.DONE, Job.objects.get().message
    assert set(EditionFile.objects.values_list("form", flat=True)) == {"pdf", "docx", "xlsx", "json"}
    client.post(at("documents", one), {"part": ""})
    assert EditionFile.objects.count() == 4
    file = EditionFile.objects.get(form="pdf")
    got = client.get(at("file", one, pk=file.pk))
    assert b"".join(getattr(got, "streaming_content")).startswith(b"%PDF")  # noqa: B009
    assert "attachment" in got["Content-Disposition"]


def test_part_that_is_not_there_is_not_ordered(plan: Plan) -> None:
    one = edition(plan, public=True)
    assert Client().post(at("documents", one), {"part": "oblast:Jiná"}).status_code == 404
    assert not Job.objects.exists()


def test_draft_documents_are_ordered_only_by_those_who_write_the_plan(plan: Plan) -> None:
    one = edition(plan)
    assert signed_in(Grant.Role.AUDITOR)[0].post(at("documents", one), {"part": ""}).status_code == 404
    assert signed_in(Grant.Role.COORDINATOR)[0].post(at("documents", one), {"part": ""}).status_code == 302


# --- the desk ----------------------------------------------------------------------------------------------------


def test_coordinator_freezes_an_approved_text_with_its_resolution(plan: Plan) -> None:
    client, _ = signed_in(Grant.Role.COORDINATOR)
    address = reverse("editions:freeze", args=[plan.slug])
    asked = {"sort": "approved", "name": "Schválený plán"}
    wrong = client.post(address, asked)
    assert wrong.status_code == 422
    assert "Schválené znění potřebuje usnesení." in wrong.content.decode()
    assert not Resolution.objects.exists()
    told = {"number": "5/2026", "body": "Zastupitelstvo města", "day": "2026-03-01", "publicity": "Platí EU."}
    assert client.post(address, asked | told).status_code == 302
    made = Edition.objects.get()
    assert made.resolution is not None
    assert (made.sort, made.public, made.resolution.day) == ("approved", True, date(2026, 3, 1))
    assert client.get(address).context["form"]["publicity"].value() == "Platí EU."


def test_coordinator_publishes_and_withdraws(plan: Plan) -> None:
    client, _ = signed_in(Grant.Role.COORDINATOR)
    one = edition(plan)
    client.post(at("publish", one))
    assert Edition.objects.get().public
    client.post(at("withdraw", one))
    assert not Edition.objects.get().public


def test_auditor_changes_nothing(plan: Plan) -> None:
    client, _ = signed_in(Grant.Role.AUDITOR)
    one = edition(plan)
    assert client.post(at("publish", one)).status_code == 404
    approval = Resolution.objects.create(plan=plan, sort="approval", number="1", body="Rada", day=date(2026, 1, 2))
    approved = edition(plan, "approved", resolution=approval)
    assert client.post(at("withdraw", approved)).status_code == 404
    assert (
        client.post(reverse("editions:freeze", args=[plan.slug]), {"sort": "concept", "name": "x"}).status_code == 404
    )
    assert not Edition.objects.get(pk=one.pk).public


def test_desk_leads_to_the_comparison_in_the_right_order(plan: Plan) -> None:
    client, _ = signed_in(Grant.Role.COORDINATOR)
    edition(plan), edition(plan)
    answer = client.get(reverse("editions:desk", args=[plan.slug]), {"z": "2", "do": "1"})
    assert answer["Location"] == reverse("editions:compare", args=[plan.slug, 1, 2])
    same = client.get(reverse("editions:desk", args=[plan.slug]), {"z": "2", "do": "2"})
    assert "dvě různá" in same.content.decode()


@pytest.mark.parametrize("page", ["edition", "whole", "documents"])
def test_pages_take_as_many_queries_for_any_size(page: str, plan: Plan, django_assert_max_num_queries: Any) -> None:
    for number in range(30):
        Area.objects.create(plan=plan, name=f"Skupina {number}")
    one = edition(plan, public=True)
    with django_assert_max_num_queries(6):
        Client().get(at(page, one))


def test_the_desk_sees_what_changed_since_the_consultation(plan: Plan) -> None:
    client, _somebody = signed_in(Grant.Role.COORDINATOR)
    address = reverse("editions:since_consultation", kwargs={"slug": plan.slug})
    assert "zatím není" in client.get(address).content.decode()
    edition(plan, "consultation")
    assert "Nic se nezměnilo" in client.get(address).content.decode()
    edition(plan)  # a later concept changes nothing about what people commented on
    Node.objects.filter(plan=plan, code="1.1.1").update(title="Pomoc i o víkendu")
    page = client.get(address).content.decode()
    assert "Pomoc i o víkendu" in page
    assert "<ins>" in page
    assert Client().get(address).status_code == 302
