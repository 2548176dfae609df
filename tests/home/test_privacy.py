"""What is held about people: the table is complete, everybody sees and takes their own, and it ends in its time."""

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.base import ContentFile
from django.db import models
from django.test import Client
from django.utils import timezone

from portal.accounts import actions as accounts
from portal.accounts.models import Grant, Invitation, Person, Session
from portal.audit.actions import record
from portal.audit.models import Deed
from portal.catalogue.models import CodeListItem, Report, Vacancy
from portal.finding.models import EmptySearch
from portal.freshness.models import ConfirmationLetter, ConfirmationRound
from portal.home import actions, privacy
from portal.jobs.clock import entries
from portal.jobs.models import Job
from portal.mail import actions as mail
from portal.mail.models import Letter
from portal.plan.outcome_models import Follower
from portal.tables.models import TableImport
from tests import make
from tests.plan import plans

pytestmark = pytest.mark.django_db
LIBRARIES = {"account", "mfa", "django_tasks_database", "sessions"}
# Names of fields that may speak of a person, whatever their type.
SUSPICIOUS = re.compile(
    r"name|e?mail|phone|author|actor|person|user|device|question|by|\w+_by|(actor|user|person|\w+_by)_(id|name)|to"
    r"|args_kwargs|session_data"
)


# --- the table ---------------------------------------------------------------------------------------------------


def fields_about_people() -> set[str]:
    found = set()
    for model in apps.get_models():
        if not (model.__module__.startswith("portal.") or model._meta.app_label in LIBRARIES):
            continue
        for field in model._meta.concrete_fields:
            to_person = field.related_model is Person
            if field.name == "name" and issubclass(model, CodeListItem):
                continue
            if isinstance(field, models.EmailField) or to_person or SUSPICIOUS.fullmatch(field.name):
                found.add(f"{model._meta.label}.{field.name}")
    return found


def test_every_field_about_people_is_in_the_table_or_has_its_reason() -> None:
    assert fields_about_people() - privacy.named() - set(privacy.NOT_PERSONAL) == set()


def test_the_table_names_only_what_there_is() -> None:
    for name in [*privacy.named(), *privacy.NOT_PERSONAL]:
        model, _, field = name.rpartition(".")
        apps.get_model(model)._meta.get_field(field)
    for one in privacy.RECORDS:
        for name in (*one.shown, *one.left):
            assert name == "pk" or apps.get_model(one.model)._meta.get_field(name)


def test_every_period_is_applied_by_the_clock_and_told_on_the_page(client: Client) -> None:
    by_others = {"letters": "portal.mail.actions.forget", "files": "portal.files.actions.sweep"}
    run = {entry.name for entry in entries()}
    assert set(actions.forget()) | set(by_others) == set(settings.RETENTION)
    assert {"portal.home.actions.forget", *by_others.values()} <= run
    page = client.get("/soukromi/").content.decode()
    for record_ in privacy.RECORDS:
        assert record_.how_long in page


# --- what we hold about me ---------------------------------------------------------------------------------------


@pytest.fixture
def eva() -> Person:
    """Somebody with a trace in every corner."""
    eva = make.person("page_editor", name="Eva Nováková", email="eva@domov.example")
    service = make.service()
    record(verb="service_changed", thing=service, actor=eva, before={"name": "A"}, after={"name": "B"})
    Report.objects.create(service=service, text="Telefon neplatí.", email="Eva@domov.example")
    Vacancy.objects.create(service=service, amount=2, said_on=timezone.localdate(), said_by=eva.name)
    accounts.invite(
        email=eva.email, name=eva.name, role="auditor", range_kind="site", range_code="", actor=make.person("technical")
    )
    asked = ConfirmationRound.objects.create(provider=service.provider, started_on=timezone.localdate())
    for step in (0, 1):
        ConfirmationLetter.objects.create(
            round=asked, email=eva.email, step=step, token_hash=str(step), expires_on=timezone.localdate()
        )
    mail.unsubscribe(email=eva.email, topic="prehled")
    return eva


def test_everybody_sees_their_own(client: Client, eva: Person) -> None:
    client.force_login(eva)
    page = client.get("/ucet/moje-data/").content.decode()
    for words in ("Eva Nováková", "redaktor stránek", "Telefon neplatí.", "Pozvánka do", "prehled"):
        assert words in page
    told = client.get("/ucet/moje-data.json").json()
    assert told["accounts.Person"][0]["email"] == "eva@domov.example"
    assert told["catalogue.Report"][0]["text"] == "Telefon neplatí."
    assert told["audit.Deed"][0]["verb"] == "service_changed"


def test_nobody_sees_what_belongs_to_others(client: Client, eva: Person) -> None:
    client.force_login(make.person(name="Petr"))
    assert "Telefon neplatí." not in client.get("/ucet/moje-data/").content.decode()
    assert "catalogue.Report" not in client.get("/ucet/moje-data.json").json()


def test_secrets_are_not_told(client: Client, eva: Person) -> None:
    client.force_login(eva)
    told = client.get("/ucet/moje-data.json").content.decode()
    assert eva.password not in told
    assert Session.objects.get(person=eva).session_key not in told


# --- erasing -----------------------------------------------------------------------------------------------------


def rest_of(*words: str) -> list[str]:
    """Where in the whole database any of the words still stands."""
    found = []
    for model in apps.get_models():
        for row in model._default_manager.values():
            found += [f"{model._meta.label}: {row}" for word in words if word.lower() in str(row).lower()]
    return found


def test_after_erasing_nothing_in_the_database_names_the_person(client: Client, eva: Person) -> None:
    client.force_login(eva)
    answer = client.post("/ucet/smazat/", {"password": make.PASSWORD})
    assert answer.status_code == 302
    client.cookies.clear()
    Session.objects.all().delete()  # of the visitor who reads the last message
    assert rest_of("Eva Nováková", "eva@domov.example") == []


def test_erasing_takes_the_account_and_leaves_the_deeds(client: Client, eva: Person) -> None:
    client.force_login(eva)
    client.post("/ucet/smazat/", {"password": make.PASSWORD})
    assert client.get("/sprava/").status_code == 302
    eva.refresh_from_db()
    assert eva.name == f"Smazaný účet {eva.pk}"
    assert not eva.is_active
    assert not eva.grants.exists()
    assert not Session.objects.filter(person=eva).exists()
    assert not Invitation.objects.exists()
    assert Letter.objects.count() == 1
    deed = Deed.objects.get(verb="service_changed")
    assert (deed.actor_id, deed.actor_name) == (eva.pk, "smazaný účet")
    assert deed.after == {"name": "B"}


def test_erasing_wants_the_password(client: Client, eva: Person) -> None:
    client.force_login(eva)
    answer = client.post("/ucet/smazat/", {"password": "jine"})
    assert answer.status_code == 422
    assert "nesouhlasí" in answer.content.decode()
    assert Person.objects.filter(email=eva.email).exists()


def test_only_a_technical_administrator_erases_others(client: Client, eva: Person) -> None:
    address = f"/sprava/lide/{eva.pk}/smazat/"
    client.force_login(make.person("region"))
    assert client.post(address, {"password": make.PASSWORD}).status_code == 404
    with pytest.raises(PermissionDenied):
        actions.erase(person=eva, actor=make.person("region"))
    client.force_login(make.person("technical"))
    assert client.post(address, {"password": make.PASSWORD}).status_code == 302
    assert not Person.objects.filter(email=eva.email).exists()
    assert client.post(address, {"password": make.PASSWORD}).status_code == 404


def test_the_last_administrator_cannot_go(client: Client) -> None:
    last = make.person("technical")
    client.force_login(last)
    assert "Poslednímu" in client.get("/ucet/smazat/").content.decode()
    client.post("/ucet/smazat/", {"password": make.PASSWORD})
    with pytest.raises(ValidationError, match="poslední"):
        actions.erase(person=last, actor=last)
    assert Grant.objects.filter(person=last).exists()


# --- retention ---------------------------------------------------------------------------------------------------


def old(kind: str) -> datetime:
    return timezone.now() - timedelta(days=settings.RETENTION[kind] + 1)


def make_job(when: datetime) -> Job:
    job = Job.objects.create(key=str(when), kind="guide", title="Průvodce", finished_at=when)
    job.result.save("pruvodce.pdf", ContentFile(b"%PDF"))
    return job


def make_report(when: datetime) -> Report:
    report = Report.objects.create(service=make.service(), text="Neplatí.", email="jana@example.org")
    Report.objects.filter(pk=report.pk).update(created_at=when)
    return report


def make_search(when: datetime) -> EmptySearch:
    return EmptySearch.objects.create(question=f"slova {when}", day=when.date())


def make_invitation(when: datetime) -> Invitation:
    return Invitation.objects.create(
        email=f"x{when.timestamp()}@y.example",
        role="auditor",
        range_kind="site",
        token_hash=str(when),
        sent_at=when,
        expires_at=when,
    )


def make_deed(when: datetime) -> Deed:
    deed = record(verb="service_changed", thing=make.service(), before={"name": "A"}, after={"name": "B"})
    Deed.objects.filter(pk=deed.pk).rewrite(done_at=when)
    return deed


def make_letter(when: datetime) -> ConfirmationLetter:
    asked = ConfirmationRound.objects.create(provider=make.provider(), started_on=when.date())
    letter = ConfirmationLetter.objects.create(
        round=asked, email="jana@example.org", step=0, token_hash=str(when), expires_on=when.date()
    )
    ConfirmationLetter.objects.filter(pk=letter.pk).update(written_at=when)
    return letter


def make_import(when: datetime) -> TableImport:
    made = TableImport.objects.create(table="lide", file_name="lide.csv", rows=[{"e-mail": "jana@example.org"}])
    TableImport.objects.filter(pk=made.pk).update(created_at=when)
    return made


def make_follower(when: datetime) -> Follower:
    """Of a plan that ended on that day."""
    plan = plans.plan(starts_on=when.date() - timedelta(days=700), ends_on=when.date())
    node = plans.grown(plan).nodes.measures()[0]
    return Follower.objects.create(node=node, email="jana@example.org", confirmed_at=when)


@pytest.mark.parametrize(
    ("kind", "make_row", "field"),
    [
        ("jobs", make_job, None),
        ("report_emails", make_report, "email"),
        ("empty_searches", make_search, None),
        ("invitations", make_invitation, None),
        ("journal_values", make_deed, "after"),
        ("confirmation_letters", make_letter, "email"),
        ("table_imports", make_import, None),
        ("plan_followers", make_follower, None),
    ],
)
def test_what_is_over_goes_and_what_is_not_stays(kind: str, make_row: Any, field: str | None) -> None:
    """Rows without a field go whole; of the others only the field loses what it said."""
    over, fresh = make_row(old(kind)), make_row(timezone.now())
    before = getattr(over, field) if field else None
    assert actions.forget()[kind] == 1
    assert type(fresh).objects.filter(pk=fresh.pk).exists()
    if field is None:
        assert not type(over).objects.filter(pk=over.pk).exists()
    else:
        over.refresh_from_db()
        fresh.refresh_from_db()
        assert getattr(over, field) != before
        assert getattr(fresh, field) == before
    assert actions.forget()[kind] == 0


def test_the_file_of_a_forgotten_job_goes_too() -> None:
    job = make_job(old("jobs"))
    storage, name = job.result.storage, str(job.result.name)
    actions.forget()
    assert not storage.exists(name)
