"""Every list goes out; providers and people come back too, each through the rules of their own."""

from dataclasses import replace
from typing import Any

import pytest
from django.apps import apps
from django.test import Client
from django.utils import timezone

from portal.access.models import ReferenceValue, Scenario, UnitCost
from portal.accounts.models import Grant, Held, Invitation, Person
from portal.audit.models import Deed
from portal.catalogue.models import CodeListItem, Contact, Provider, Report, Service, Source
from portal.catalogue.provider_actions import provider_save, read_provider
from portal.chapters.models import Need, NeedEvidence, SwotPoint
from portal.documents.models import Document
from portal.finding.models import CrisisLine, EmptySearch, LayWord, Situation
from portal.freshness import quality_actions
from portal.freshness.models import Conflict
from portal.groups.models import Application, Membership
from portal.indicators.models import Actual, Definition, Indicator, Target
from portal.mail.models import Letter
from portal.newsletter.models import Issue
from portal.pages import outreach_actions
from portal.plan import codelists
from portal.register.models import ImportRun
from portal.suggestions import actions as suggestions
from portal.tables import actions, sheets
from portal.tables.columns import known_heading
from portal.tables.lists import TABLES, written_table_for
from portal.tables.models import TableImport
from portal.tables.table import WrittenTable
from portal.territory.models import Municipality
from portal.upkeep.models import Proposal
from tests import make
from tests.documents import papers
from tests.minutes import written as minutes_written
from tests.pages import texts
from tests.plan import plans

from .test_import import bring, done

pytestmark = pytest.mark.django_db
State = TableImport.State


@pytest.fixture
def region() -> Person:
    return make.person("region")


def of_town(town: Municipality) -> Person:
    """The coordinator of one town."""
    somebody = make.person()
    Grant.objects.create(person=somebody, role="coordinator", range_kind="municipality", range_code=town.code)
    return somebody


def exported(client: Client, person: Person, slug: str, form: str = "csv", query: str = "") -> list[dict[str, str]]:
    client.force_login(person)
    answer = client.get(f"/sprava/tabulky/{slug}.{form}{query}")
    assert answer.status_code == 200
    return [cells for _, cells in sheets.read(b"".join(answer))]


# --- all of them -------------------------------------------------------------------------------------------------


def something_of_everything() -> None:
    service = make.service("Domácí pomoc", at=make.municipality("Svornov"), forms=["ter"])
    make.target_group("seniori")
    make.age_group()
    make.unit()
    make.feature()
    Report.objects.create(service=service, text="=Telefon neplatí", email="jana@example.org")
    LayWord.objects.create(phrase="babička padá", kinds="ps")
    EmptySearch.objects.create(question="noc", day=timezone.localdate(), count=3)
    Situation.objects.create(title="Starám se", slug="pece", line="Kdo pomůže.").kinds.add(service.kind)
    CrisisLine.objects.create(key="linka", number="116 123", name="Linka", line="Vyslechnou vás.")
    ImportRun.objects.create(file_name="registr.json", counts={"added": 2})
    now = timezone.now()
    Letter.objects.create(
        key="k",
        to="a@example.org",
        subject="Vítejte",
        text="x",
        html="x",
        message_id="m",
        created_at=now,
        next_try_at=now,
    )
    something_kept(service)
    something_planned()
    something_told()
    suggestions.receive(sort="need", title="Obědy", text="Nemá je kdo vozit.")
    codelists.load()
    for model in apps.get_models():
        if issubclass(model, CodeListItem) and not model._base_manager.exists():
            model._base_manager.create(key="jine", name="jiné")
    giver = make.person("technical")
    Invitation.objects.create(
        email="p@example.org", role="auditor", range_kind="site", token_hash="h", invited_by=giver, sent_at=now,
        expires_at=now,
    )  # fmt: skip


def something_told() -> None:
    """An article, a line of the communication plan, a printed thing with where it goes."""
    editor = make.person("page_editor")
    texts.article(actor=editor)
    line = {"what": "Pozvánka", "audience": "všem", "due_on": timezone.localdate(), "who": "město"}
    outreach_actions.item_save(wanted=line, actor=editor)
    product = outreach_actions.product_save(wanted={"title": "Průvodce", "printed": 9}, actor=editor)
    outreach_actions.handover_add(product=product, place="knihovna", amount=4, actor=editor)
    texts.page()
    papers.document("Analýza potřeb", actor=editor, where=("site", "", ""))
    today = timezone.localdate()
    Issue.objects.create(slug="leto", title="Léto", since=today, until=today)


def something_planned() -> None:
    """Somebody who left a group, somebody who wants to join one, a plan, what is measured."""
    group = minutes_written.sent().group
    day = timezone.localdate()
    Membership.objects.create(group=group, name="Bývalý Člen", side="public", joined_on=day, left_on=day)
    Application.objects.create(group=group, name="Nová Zájemkyně", email="z@example.org", side="user")
    plans.grown(plans.plan())
    Definition.objects.create(key="luzka", name="Lůžka", unit="lůžka")


def something_kept(service: Service) -> None:
    """What waits for the desk about the service, and what planners keep."""
    Proposal.objects.create(service=service, provider=service.provider, fields=["waiting"], after={"waiting": "měsíc"})
    Conflict.objects.create(
        service=service, topic="phone", register_value="493 1", local_value="493 2", fingerprint="f"
    )
    quality_actions.measure(today=timezone.localdate())
    quality_actions.snapshot(day=timezone.localdate())
    reference = ReferenceValue.objects.create(name="Lůžka", measure="age_65_plus", amount=27.5, source="Zpráva")
    reference.kinds.add(service.kind)
    UnitCost.objects.create(kind=service.kind, amount=420_000, year=2025, source="Výroční zpráva")
    Scenario.objects.create(name="Bez domova", query="druh=ps")


# These two belong to providers.
OWN = {"moje-hlaseni", "moje-rozpory"}


@pytest.mark.parametrize("slug", sorted(set(TABLES) - {"navazne-sluzby", "ciselnik-bez-barier"} - OWN))
def test_every_list_goes_out_in_both_formats_the_same(client: Client, slug: str) -> None:
    something_of_everything()
    person = make.person("region", "technical")
    rows = exported(client, person, slug)
    assert rows
    assert all(any(row.values()) for row in rows)
    assert exported(client, person, slug, "xlsx") == rows


def test_who_wrote_a_report_does_not_go_out(client: Client, region: Person) -> None:
    something_of_everything()
    rows = exported(client, region, "hlaseni")
    assert rows[0]["co nesedi"] == "=Telefon neplatí"
    assert "jana@example.org" not in str(rows)


def test_lists_follow_the_filters_of_their_pages(client: Client, region: Person) -> None:
    for phrase in ("babička padá", "dluhy"):
        LayWord.objects.create(phrase=phrase, kinds="ps")
    assert [row["slova"] for row in exported(client, region, "slovnik", query="?q=dluhy")] == ["dluhy"]


def test_documents_go_out_as_the_desk_shows_them(client: Client) -> None:
    town, elsewhere = make.municipality("Svornov"), make.municipality("Jinde")
    region = make.person("region")
    for title, more in (
        ("Analýza", {"town": town, "author": "Jana"}),
        ("Zápis", {"town": town, "sort": papers.sort("zapis", "zápis"), "audience": Document.Audience.DESK}),
        ("Cizí", {"town": elsewhere}),
    ):
        papers.document(title, actor=region, **more)
    Document.objects.filter(title="Zápis").update(project="Plánujeme, CZ.03")
    coordinator = of_town(town)
    rows = exported(client, coordinator, "dokumenty")
    assert {row["nazev"] for row in rows} == {"Analýza", "Zápis"}
    (minutes,) = exported(client, coordinator, "dokumenty", query="?druh=zapis")
    assert (minutes["kdo ho vidi"], minutes["zaplatil projekt"]) == ("jen pro správu", "Plánujeme, CZ.03")
    Document.objects.filter(title="Analýza").update(removed_at=timezone.now())
    assert [row["nazev"] for row in exported(client, coordinator, "dokumenty")] == ["Zápis"]
    (gone,) = exported(client, coordinator, "dokumenty", query="?stav=removed")
    assert (gone["nazev"], gone["kdo ho vidi"]) == ("Analýza", "nikdo, je vyřazený")


def test_articles_and_members_go_out_by_the_choice_of_their_pages(client: Client, region: Person) -> None:
    texts.article(title="Venku")
    texts.article(title="Koncept", draft=True)
    assert [row["titulek"] for row in exported(client, region, "aktuality", query="?stav=koncept")] == ["Koncept"]
    assert len(exported(client, region, "aktuality")) == 2
    groups = [make.group(name="Rodina"), make.group(name="Senioři")]
    for group in groups:
        Membership.objects.create(group=group, name=f"Za {group}", side="public", joined_on=timezone.localdate())
    (row,) = exported(client, region, "clenove-skupin", query=f"?skupina={groups[1].slug}")
    assert row["jmeno"] == "Za Senioři"


def test_people_of_groups_go_out_only_to_those_who_keep_the_group(client: Client) -> None:
    something_planned()
    member = make.person("member")
    Membership.objects.update(person=member)
    client.force_login(member)
    assert client.get("/sprava/tabulky/skupiny.csv").status_code == 200
    for slug in ("clenove-skupin", "drivejsi-clenove", "prihlasky-do-skupin"):
        assert client.get(f"/sprava/tabulky/{slug}.csv").status_code == 404


@pytest.mark.parametrize("word", ["potreby", "swot", "ukazatele", "harmonogram"])
def test_lists_of_a_plan_go_out_in_both_formats(client: Client, word: str) -> None:
    plan = plans.grown(plans.plan())
    measure = plan.nodes.get(code="1.1.1")
    need = Need.objects.create(plan=plan, title="Odlehčení večer")
    need.measures.add(measure)
    NeedEvidence.objects.create(need=need, text="anketa", url="https://example.org/anketa")
    SwotPoint.objects.create(plan=plan, sort="strength", text="Spolupráce obcí").measures.add(measure)
    definition = Definition.objects.create(key="luzka", name="Lůžka", unit="lůžka")
    indicator = Indicator.objects.create(node=measure, definition=definition, baseline=3)
    Target.objects.create(indicator=indicator, year=2027, value=5)
    Actual.objects.create(indicator=indicator, year=2026, value=4)
    said = {
        "potreby": {"co lide potrebuji": "Odlehčení večer", "vime to z": "anketa (https://example.org/anketa)",
                    "opatreni": str(measure)},
        "swot": {"o cem je rec": "Spolupráce obcí", "opatreni": str(measure)},
        "ukazatele": {"bod planu": "1.1.1", "rok": "2026", "cil": "", "skutecnost": "4"},
        "harmonogram": {"kod": "1.1.1", "opatreni": measure.title},
    }  # fmt: skip
    rows = exported(client, plans.coordinator(), f"{word}-{plan.pk}")
    assert (
        said[word].items()
        <= {key: value.removesuffix(",00").removesuffix(".00") for key, value in rows[0].items()}.items()
    )
    assert exported(client, plans.coordinator(), f"{word}-{plan.pk}", "xlsx") == rows
    client.force_login(of_town(make.municipality("Jinde")))
    assert client.get(f"/sprava/tabulky/{word}-{plan.pk}.csv").status_code == 404


def test_a_list_that_is_only_taken_away_cannot_be_written(client: Client, region: Person) -> None:
    client.force_login(region)
    for address in ("slovnik/", "slovnik/nahrat/", "slovnik/radek/1/", "neni/", "neni.csv"):
        assert client.get(f"/sprava/tabulky/{address}").status_code == 404


def test_headings_of_a_table_are_never_alike(region: Person) -> None:
    something_of_everything()
    for slug, kind in TABLES.items():
        headings = [known_heading(column.heading) for column in kind(region).columns]
        assert len(headings) == len(set(headings)), slug


@pytest.mark.parametrize("slug", [slug for slug, one in TABLES.items() if issubclass(one, WrittenTable)])
def test_the_first_column_is_the_number_and_the_usual_ones_can_be_written(region: Person, slug: str) -> None:
    columns = written_table_for(slug, region).columns
    assert (columns[0].heading, columns[0].locked) == ("číslo", True)
    assert any(column.usual for column in columns)
    assert not any(column.usual and column.locked for column in columns)


def test_quality_and_silence_tell_why_in_words(client: Client, region: Person) -> None:
    something_of_everything()
    (row,) = exported(client, region, "kvalita")
    assert "chybí telefon" in row["co chybi"].lower()
    assert exported(client, region, "kvalita", query="?duvod=no_phone") == [row]
    (late,) = exported(client, region, "nepotvrzene")
    assert (late["co je po lhute"], late["overeno"]) == ("karta", "")


def test_a_provider_takes_away_what_is_said_of_its_own_services_and_of_no_others(client: Client) -> None:
    something_of_everything()
    mine = Service.objects.get(name="Domácí pomoc")
    other = make.service("Jiná pomoc", provider=make.provider("Jiný poskytovatel"))
    Report.objects.create(service=other, text="Cizí hlášení")
    Conflict.objects.create(service=other, topic="phone", register_value="1", local_value="2", fingerprint="g")
    editor = make.person()
    Grant.objects.create(person=editor, role="provider_editor", range_kind="provider", range_code=str(mine.provider_id))
    for slug in sorted(OWN):
        assert [row["sluzba"] for row in exported(client, editor, slug)] == ["Domácí pomoc"], slug
        assert exported(client, editor, slug, "xlsx") == exported(client, editor, slug)
        client.force_login(make.person("region"))
        assert client.get(f"/sprava/tabulky/{slug}.csv").status_code == 404


def test_the_development_of_quality_goes_out_for_whoever_may_follow_it(client: Client, region: Person) -> None:
    something_of_everything()
    (day,) = exported(client, region, "vyvoj-kvality")
    assert day["sluzeb"] == "1"
    provider = Service.objects.get(name="Domácí pomoc").provider_id
    assert len(exported(client, region, "vyvoj-kvality", query=f"?poskytovatel={provider}")) == 1
    assert exported(client, region, "vyvoj-kvality", query="?poskytovatel=999999") == []


def test_what_lies_elsewhere_does_not_go_out(client: Client) -> None:
    something_of_everything()
    stranger = make.person()
    Grant.objects.create(
        person=stranger, role="coordinator", range_kind="orp", range_code=make.orp("9902", "Jinde").code
    )
    for slug in ("navrhy-zmen", "rozpory", "kvalita", "kvalita-podle-obci", "nepotvrzene"):
        assert exported(client, stranger, slug) == [], slug


# --- providers ---------------------------------------------------------------------------------------------------


def test_providers_change_what_is_theirs_and_nothing_of_the_register(client: Client, region: Person) -> None:
    one = make.provider("Charita", ico="00194972")
    make.contact(one, "493 000 111", source=Source.NATIONAL)
    row = exported(client, region, "poskytovatele")[0]
    assert (row["ico"], row["telefon"]) == ("00194972", "")
    run = done(
        region,
        {"číslo": str(one.pk), "název": "Jinak", "o organizaci": "Pomáháme.", "telefon": "777 111 222"},
        slug="poskytovatele",
    )
    one.refresh_from_db()
    assert (one.name, one.about) == ("Charita", "Pomáháme.")
    assert "název" in run.rows[0]["notices"][0]
    numbers = Contact.objects.filter(provider=one).values_list("value", flat=True)
    assert set(numbers) == {"493 000 111", "777 111 222"}
    actions.undo(run=run, person=region)
    one.refresh_from_db()
    assert (one.about, one.contacts.count()) == ("", 1)


def test_providers_of_another_territory_are_unknown() -> None:
    mine, foreign = make.municipality("Moje"), make.municipality("Cizí", orp=make.orp("9902", "Jinde"))
    inside, outside = make.provider("A", municipality=mine), make.provider("B", municipality=foreign)
    somebody = make.person()
    Grant.objects.create(person=somebody, role="coordinator", range_kind="orp", range_code=mine.orp_id)
    rows = [{"číslo": str(one.pk), "o organizaci": "Ahoj."} for one in (inside, outside)]
    run = done(somebody, *rows, slug="poskytovatele")
    assert "neznáme" in run.rows[1]["errors"][0]
    assert list(Provider.objects.order_by("name").values_list("about", flat=True)) == ["Ahoj.", ""]


# --- people ------------------------------------------------------------------------------------------------------


def roles_of(person: Person) -> set[Held]:
    return {Held(*row) for row in person.grants.values_list("role", "range_kind", "range_code")}


def test_roles_are_given_and_taken_and_taken_back(client: Client, region: Person) -> None:
    orp, provider = make.orp(), make.provider("Charita; Svornov")
    somebody = make.person(name="Jana")
    Grant.objects.create(person=somebody, role="auditor")
    Grant.objects.create(person=somebody, role="provider_head", range_kind="provider", range_code=str(provider.pk))
    row = next(row for row in exported(client, region, "lide") if row["cislo"] == str(somebody.pk))
    assert row["role"] == "auditor; vedoucí poskytovatele: Charita, Svornov"
    wanted = f"vedoucí poskytovatele: Charita, Svornov; koordinátor: ORP {orp.name}"
    run = done(region, {"číslo": str(somebody.pk), "role": wanted}, slug="lide")
    head = Held("provider_head", "provider", str(provider.pk))
    assert roles_of(somebody) == {head, Held("coordinator", "orp", orp.code)}
    actions.undo(run=run, person=region)
    assert roles_of(somebody) == {head, Held("auditor", "site", "")}


def test_a_new_row_is_an_invitation_and_taking_it_back_withdraws_it(region: Person) -> None:
    make.orp()
    row = {"číslo": "", "e-mail": "Nova@example.org", "jméno": "Nová Paní", "role": "koordinátor: ORP Zkušebno"}
    run = done(region, row, slug="lide")
    invitation = Invitation.objects.get()
    assert (invitation.email, invitation.name, invitation.role) == ("nova@example.org", "Nová Paní", "coordinator")
    assert Letter.objects.filter(to="nova@example.org").exists()
    actions.undo(run=run, person=region)
    run.refresh_from_db()
    assert (run.state, run.counts["undone"]) == (State.UNDONE, 1)
    assert not Invitation.objects.waiting().exists()


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"e-mail": "x", "role": "auditor"}, "nevypadá jako e-mail"),
        ({"e-mail": "x@example.org", "role": ""}, "chybí role"),
        ({"e-mail": "x@example.org", "role": "král"}, "Roli „král“ neznáme"),
        ({"e-mail": "x@example.org", "role": "koordinátor: ORP Nikde"}, "dát ani vzít nemůžete"),
        ({"e-mail": "x@example.org", "role": "správce systému"}, "dát ani vzít nemůžete"),
    ],
)
def test_what_is_wrong_with_an_invitation_is_told(region: Person, row: dict[str, str], said: str) -> None:
    run = bring(region, {"číslo": "", **row}, slug="lide")
    assert said in " ".join(run.rows[0]["errors"])


def test_nobody_gives_more_than_they_may() -> None:
    make.orp()
    coordinator, victim = make.person(), make.person("auditor")
    Grant.objects.create(person=coordinator, role="coordinator")
    run = bring(coordinator, {"číslo": str(victim.pk), "role": "auditor; krajský správce"}, slug="lide")
    assert "dát ani vzít nemůžete" in run.rows[0]["errors"][0]
    other = make.municipality("Lhota")
    run = done(coordinator, {"číslo": str(victim.pk), "role": f"pracovník obce: {other.code}"}, slug="lide")
    assert "dát ani vzít nemůžete" in run.rows[0]["why"]
    assert roles_of(victim) == {Held("auditor", "site", "")}


def test_people_and_providers_take_as_many_queries_for_many_rows_as_for_few(
    region: Person, django_assert_max_num_queries: Any
) -> None:
    def queries(slug: str) -> int:
        person = Person.objects.get(pk=region.pk)
        with django_assert_max_num_queries(30) as taken:
            table = written_table_for(slug, person)
            table.lines(list(table.writable()))
        return len(taken.captured_queries)

    def fill(times: int) -> None:
        for _ in range(times):
            one = make.provider(municipality=make.municipality())
            make.contact(one, "777 111 222")
            Grant.objects.create(
                person=make.person(), role="provider_head", range_kind="provider", range_code=str(one.pk)
            )

    fill(2)
    few = [queries(slug) for slug in ("poskytovatele", "lide")]
    fill(10)
    assert [queries(slug) for slug in ("poskytovatele", "lide")] == few


# --- new providers -----------------------------------------------------------------------------------------------

NEW = {"číslo": "", "název": "Pomoc z. s.", "IČO": "1234567", "o organizaci": "Pomáháme.", "telefon": "493 111 222"}


def test_a_provider_of_an_unknown_ico_is_new_and_its_page_of_differences_says_so(region: Person) -> None:
    town = make.municipality("Lhota")
    run = bring(region, NEW | {"obec": "Lhota"}, slug="poskytovatele")
    assert (run.counts["new"], run.rows[0]["notices"]) == (1, ["Nový poskytovatel: takové IČO tu ještě není."])
    actions.confirm(run=run, person=region)
    one = Provider.objects.get(ico="01234567")
    assert (one.name, one.about, one.municipality, one.source) == ("Pomoc z. s.", "Pomáháme.", town, Source.LOCAL)
    assert [contact.value for contact in one.contacts.all()] == ["493 111 222"]
    assert Deed.objects.get(verb="provider_added").after["municipality"] == town.pk


def test_a_row_without_a_number_is_the_provider_of_its_ico(region: Person) -> None:
    known = make.provider("Známý", ico="01234567")
    done(region, {"IČO": "1234567", "název": "Jinak", "o organizaci": "Pomáháme."}, slug="poskytovatele")
    known.refresh_from_db()
    assert (known.name, known.about, Provider.objects.count()) == ("Známý", "Pomáháme.", 1)


def test_undoing_takes_away_a_new_provider_that_nobody_has_touched(region: Person) -> None:
    run = done(region, NEW, NEW | {"IČO": "7654321", "název": "Druhý"}, slug="poskytovatele")
    kept = Provider.objects.get(ico="07654321")
    make.service(provider=kept)
    actions.undo(run=run, person=region)
    run.refresh_from_db()
    assert list(Provider.objects.values_list("ico", flat=True)) == ["07654321"]
    assert [row["result"] for row in run.rows] == ["undone", "kept"]
    assert "se už pracuje" in run.rows[1]["why"]


def test_what_was_changed_since_by_hand_is_not_taken_away(region: Person) -> None:
    run = done(region, NEW, slug="poskytovatele")
    one = Provider.objects.get(ico="01234567")
    stored = read_provider(one)
    provider_save(provider=one, draft=replace(stored, about="Jinak."), seen=stored.fingerprint, actor=region)
    actions.undo(run=run, person=region)
    assert Provider.objects.filter(pk=one.pk).exists()


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ({"název": ""}, "chybí název"),
        ({"IČO": ""}, "chybí IČO"),
        ({"IČO": "12a"}, "má 8 číslic"),
        ({"obec": "Atlantida"}, "neznáme"),
    ],
)
def test_a_new_provider_that_lacks_something_is_told(region: Person, row: dict[str, str], why: str) -> None:
    run = bring(region, NEW | row, slug="poskytovatele")
    assert run.counts["error"] == 1
    assert why in str(run.rows[0]["errors"])


def test_the_same_new_provider_twice_and_one_of_another_territory_are_errors() -> None:
    mine = make.municipality("Moje")
    make.provider("Cizí", ico="11111111", municipality=make.municipality("Jinde", orp=make.orp("9902", "Jinde")))
    somebody = make.person()
    Grant.objects.create(person=somebody, role="coordinator", range_kind="orp", range_code=mine.orp_id)
    run = bring(somebody, NEW, NEW, NEW | {"IČO": "11111111"}, slug="poskytovatele")
    assert [one["errors"] for one in run.rows if one["errors"]] == [
        ["IČO 01234567 je v tabulce víckrát."],
        ["Poskytovatele s IČO 11111111 už máme, ale nespadá pod vás."],
    ]
    actions.confirm(run=run, person=somebody)
    run.refresh_from_db()
    assert "území, které máte na starosti" in run.rows[0]["why"]
    assert not Provider.objects.filter(ico="01234567").exists()
