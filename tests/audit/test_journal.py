"""The journal: what is written stands, is told in Czech, found, given out, and forgotten only as the law asks."""

from datetime import date, datetime, timedelta
from io import BytesIO

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries
from python_calamine import CalamineWorkbook

from portal.accounts.models import Grant
from portal.audit import rules, telling
from portal.audit.actions import NOBODY, forget_person, record, thin
from portal.audit.models import Deed, Written
from portal.audit.verbs import RESTORED_AT, SENTENCES, words
from portal.catalogue.models import Service
from tests import make

Role = Grant.Role


@pytest.fixture
def service(db: None) -> Service:
    return make.service("Domácí pomoc")


def changed(service: Service, *, before: object = "", after: object = "nové", actor: object = None) -> Deed:
    values = {"before": {"plain_text": before}, "after": {"plain_text": after}}
    return record(verb="service_changed", thing=service, actor=actor, **values)  # type: ignore[arg-type]


def signed_in(role: str) -> Client:
    client = Client()
    client.force_login(make.person(role))
    return client


# --- what stands, stands -------------------------------------------------------------------------------------


def test_deed_can_be_neither_changed_nor_deleted(service: Service) -> None:
    deed = changed(service)
    deed.verb = "service_hidden"
    with pytest.raises(Written):
        deed.save()
    with pytest.raises(Written):
        deed.delete()
    with pytest.raises(Written):
        Deed.objects.update(verb="service_hidden")
    with pytest.raises(Written):
        Deed.objects.filter(pk=deed.pk).delete()
    with pytest.raises(Written), transaction.atomic():
        Deed.objects.bulk_update([deed], ["verb"])
    assert Deed.objects.get().verb == "service_changed"


def test_erased_person_leaves_deeds_without_a_name(service: Service) -> None:
    jana, karel = make.person(Role.REGION, name="Jana Malá"), make.person(Role.REGION, name="Karel Velký")
    changed(service, actor=jana)
    changed(service, actor=karel)
    record(verb="service_changed", thing=jana, actor=karel, before={"email": "jana@example.org"})
    assert forget_person(jana.pk) == 2
    assert "Jana" not in repr(list(Deed.objects.values()))
    assert "jana@example.org" not in repr(list(Deed.objects.values()))
    assert list(Deed.objects.order_by("pk").values_list("actor_name", flat=True)) == [
        NOBODY,
        "Karel Velký",
        "Karel Velký",
    ]
    assert Deed.objects.order_by("pk").first().after == {"plain_text": "nové"}  # type: ignore[union-attr]


def test_old_deeds_keep_their_sentence_and_lose_their_values(service: Service) -> None:
    old, new = changed(service, before="staré"), changed(service, before="novější")
    Deed.objects.filter(pk=old.pk).rewrite(done_at=timezone.now() - timedelta(days=800))
    assert thin(timezone.now() - timedelta(days=730)) == 1
    assert thin(timezone.now() - timedelta(days=730)) == 0
    old.refresh_from_db()
    new.refresh_from_db()
    assert (old.before, old.after, old.thinned, old.thing_name) == ({}, {}, True, "Domácí pomoc")
    assert new.before == {"plain_text": "novější"}
    assert telling.restored_at(old) == ""
    page = signed_in(Role.REGION).get(reverse("audit:deed", args=[old.pk])).content.decode()
    assert "Hodnoty jsme po čase smazali" in page


# --- told in Czech -------------------------------------------------------------------------------------------


def test_values_are_told_with_labels_names_and_czech_numbers_and_dates() -> None:
    before = {"kinds": ["ps", "os"], "verified_on": "2026-02-01", "active": True, "amount": 4200000, "waiting": ""}
    after: dict[str, object] = {"kinds": [], "verified_on": None, "active": False, "amount": 27.5, "waiting": "měsíc"}
    names = {"ps": "pečovatelská služba", "os": "odlehčovací služby"}
    told = [(one.label, one.before, one.after) for one in telling.compared("finding.situation", before, after, names)]
    assert told == [
        ("druhy pomoci", "pečovatelská služba, odlehčovací služby", "nic"),
        ("ověřeno", "1. 2. 2026", "nic"),
        ("ukazuje se", "ano", "ne"),
        ("hodnota", "4\u00a0200\u00a0000", "27,5"),
        ("čekací doba", "nic", "měsíc"),
    ]


def test_keys_kept_with_spaces_between_are_told_by_their_names() -> None:
    assert telling.in_words("finding.layword", "ps os", {"ps": "pečovatelská", "os": "odlehčovací"}) == (
        "pečovatelská, odlehčovací"
    )
    assert telling.in_words("finding.layword", "ps je", {"ps": "pečovatelská"}) == "ps je"


def test_rows_within_a_value_are_told_a_line_each_without_what_is_empty() -> None:
    hours = [[1, "08:00:00", "15:30:00", ""], [2, "08:00:00", "12:00:00", "jen na objednání"]]
    christmas = ["2026-12-24", "2026-12-26", [], "Vánoce"]
    places = [
        {
            "id": 7,
            "name": "",
            "secret": False,
            "street": "Dlouhá 1",
            "municipality": "572659",
            "lift": True,
            "entrance_steps": 3,
            "access_details": [["ramp", True]],
            "hours": hours,
            "special_days": [christmas],
        },
        {"id": 8, "secret": True},
    ]
    assert telling.in_words("catalogue.service", places, {"572659": "Jičín", "ramp": "rampa"}) == (
        "Dlouhá 1, Jičín, výtah, schodů u vchodu: 3, podrobnosti o přístupu: rampa ano, "
        "pondělí 8.00–15.30; úterý 8.00–12.00 (jen na objednání), "
        "mimořádná otevírací doba: 24. 12. 2026 26. 12. 2026 Vánoce\nutajená adresa"
    )


def test_same_values_are_left_out() -> None:
    assert telling.compared("catalogue.service", {"name": "a", "cost": "free"}, {"name": "b", "cost": "free"}, {}) == [
        telling.Field("name", "název", "a", "b")
    ]


@given(st.text(max_size=300), st.text(max_size=300))
def test_differences_lose_no_letter(before: str, after: str) -> None:
    parts = list(telling.differences(before, after))
    assert "".join(one.text for one in parts if one.sort != "new") == before
    assert "".join(one.text for one in parts if one.sort != "gone") == after


def test_long_texts_are_compared_word_by_word() -> None:
    before = "Přijdeme k vám domů, pomůžeme s obědem a popovídáme si. Voláme předem."
    field = telling.compared("catalogue.service", {"text": before}, {"text": before.replace("obědem", "úklidem")}, {})[
        0
    ]
    assert [(one.sort, one.text) for one in field.parts if one.sort != "same"] == [
        ("gone", "obědem"),
        ("new", "úklidem"),
    ]


def test_space_between_two_changed_words_belongs_to_the_change() -> None:
    before, after = "Volejte ráno do kanceláře v přízemí domu.", "Volejte večer na vrátnici v přízemí domu."
    parts = [(one.sort, one.text) for one in telling.differences(before, after)]
    assert parts[1:3] == [("gone", "ráno do kanceláře"), ("new", "večer na vrátnici")]


def test_very_long_texts_stand_side_by_side() -> None:
    parts = list(telling.differences("a " * 9000, "b"))
    assert [one.sort for one in parts] == ["gone", "new"]


def test_every_verb_has_words_for_a_list_to_choose_from() -> None:
    for verb in SENTENCES:
        assert words(verb)
        assert "{" not in words(verb)
    assert words("service_hidden") == "služba stažená z katalogu"
    assert words("proposal_asked") == "otázka, kam s novou službou"


# --- who reads what ------------------------------------------------------------------------------------------


def test_roles_named_by_the_journal_are_those_that_people_hold() -> None:
    assert set(Role.values) >= rules.ALL | rules.WITHOUT_PEOPLE


def test_coordinator_does_not_read_what_was_done_to_accounts(service: Service) -> None:
    changed(service)
    about = record(
        verb="service_changed", thing=make.person(name="Jana Malá"), before={"name": "a"}, after={"name": "b"}
    )
    for role, seen in ((Role.COORDINATOR, False), (Role.AUDITOR, True), (Role.REGION, True)):
        client = signed_in(role)
        page = client.get(reverse("audit:journal")).content.decode()
        assert ("Jana Malá" in page) is seen
        assert "Domácí pomoc" in page
        wanted = 200 if seen else 404
        assert client.get(reverse("audit:deed", args=[about.pk])).status_code == wanted
        assert client.get(reverse("audit:thing", args=[about.thing, about.thing_id])).status_code == wanted
        table = b"".join(client.get(reverse("audit:journal_table", args=["csv"])))
        assert ("Jana Malá" in table.decode()) is seen


def test_account_switched_off_reads_nothing(service: Service) -> None:
    person = make.person(Role.REGION)
    assert rules.may_read_journal(person)
    person.is_active = False
    assert not rules.may_read_journal(person)


# --- the whole journal ---------------------------------------------------------------------------------------


def test_journal_is_filtered_by_person_verb_kind_name_and_days(service: Service) -> None:
    jana = make.person(Role.REGION, name="Jana Malá")
    first = changed(service, actor=jana)
    Deed.objects.filter(pk=first.pk).rewrite(done_at=timezone.now() - timedelta(days=40))
    record(verb="service_hidden", thing=make.service("Poradna"), before={"published": True}, after={"published": False})
    record(verb="list_item_changed", thing=make.kind(), actor=jana)
    client = signed_in(Role.AUDITOR)

    def found(**query: str) -> set[str]:
        page = client.get(reverse("audit:journal"), query)
        return {one.deed.verb for one in page.context["lines"]}

    assert found() == {"service_changed", "service_hidden", "list_item_changed"}
    assert found(kdo="Malá") == {"service_changed", "list_item_changed"}
    assert found(kdo="systém") == {"service_hidden"}
    assert found(co="service_hidden") == {"service_hidden"}
    assert found(druh="catalogue.service") == {"service_changed", "service_hidden"}
    assert found(q="Porad") == {"service_hidden"}
    week = timezone.localdate() - timedelta(days=7)
    assert found(od=week.isoformat()) == {"service_hidden", "list_item_changed"}
    assert found(do=week.isoformat()) == {"service_changed"}
    assert found(od=timezone.localdate().isoformat(), do=timezone.localdate().isoformat(), kdo="Jana") == {
        "list_item_changed"
    }
    assert found(od="kdysi", co="nikdy") == {"service_changed", "service_hidden", "list_item_changed"}


def test_last_day_of_the_filter_is_whole(service: Service) -> None:
    deed = changed(service)
    late = timezone.make_aware(datetime(2026, 10, 25, 23, 59))  # the day when clocks go back
    Deed.objects.filter(pk=deed.pk).rewrite(done_at=late)
    asked = {"who": "", "did": "", "sort": "", "text": "", "first": date(2026, 10, 25), "last": date(2026, 10, 25)}
    assert Deed.objects.found(**asked).exists()  # type: ignore[arg-type]


def test_journal_asks_as_much_of_ten_deeds_as_of_a_hundred(
    service: Service, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    client = signed_in(Role.REGION)
    for count in (5, 60):
        for number in range(count):
            changed(service, after=str(number))
        with django_assert_max_num_queries(8):
            client.get(reverse("audit:journal"))


def test_table_has_a_row_for_each_value_and_no_formula(service: Service) -> None:
    before, after = {"name": "a", "cost": "free"}, {"name": '=HYPERLINK("http://x")', "cost": "paid"}
    record(verb="service_changed", thing=service, before=before, after=after)
    record(verb="service_hidden", thing=make.service("@SUM(A1)"))
    client = signed_in(Role.AUDITOR)
    answer = client.get(reverse("audit:journal_table", args=["csv"]), {"druh": "catalogue.service"})
    text = b"".join(answer).decode("utf-8-sig")
    assert text.count("\r\n") == 4
    assert "'=HYPERLINK" in text
    assert ";'@SUM(A1);" in text
    file = client.get(reverse("audit:journal_table", args=["xlsx"]))
    rows = CalamineWorkbook.from_filelike(BytesIO(b"".join(file))).get_sheet_by_index(0).to_python()
    assert rows[0][:3] == ["cislo", "kdy", "kdo"]
    # PostgreSQL keeps the fields of a deed in an order of its own.
    said = sorted(row[7:] for row in rows[2:])
    assert said == [["cena", "free", "paid"], ["název", "a", '\'=HYPERLINK("http://x")']]


def test_pages_survive_a_verb_that_is_gone_from_the_table(service: Service) -> None:
    deed = changed(service)
    Deed.objects.filter(pk=deed.pk).rewrite(verb="once_upon_a_time", thing="gone.model")
    client = signed_in(Role.REGION)
    assert "once_upon_a_time" in client.get(reverse("audit:journal")).content.decode()
    assert client.get(reverse("audit:deed", args=[deed.pk])).status_code == 200


def test_every_way_to_restore_is_for_a_verb_of_the_journal() -> None:
    assert set(RESTORED_AT) <= set(SENTENCES)
