"""What the portal holds about people: one table from which the privacy page, "what you hold about me" and erasing
are made. A house test walks the models and fails when a field about people is not named here.

A record says which fields of a model it speaks of, why we hold them and for how long, and, where rows belong to
somebody with an account, how they are found (`mine`) and what is left of them once the account is erased (`left`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db.models import CharField, Model, QuerySet, Value
from django.db.models.functions import Cast, Concat
from django.utils.translation import gettext_lazy as _

from portal.accounts.models import Person
from portal.audit.actions import NOBODY
from portal.consult import authors as consult_authors
from words.plural import counted

# An address that leads nowhere, another one for each row, because some tables want them different.
NO_ADDRESS = Concat(Value("smazano-"), Cast("pk", CharField()), Value("@pospolu.invalid"))

DUTY = _("úkol obce a kraje při plánování sociálních služeb (zákon 108/2006 Sb., § 94 a 95)")
SECURITY = _("oprávněný zájem: bezpečnost účtů a dohledatelnost změn")
WISH = _("váš souhlas: údaj jste nám dali sami, abychom odpověděli")

VISITORS, SIGNED_IN, PROVIDERS = _("Kdo hledá pomoc"), _("Kdo se přihlašuje"), _("Poskytovatelé služeb")


@dataclass(frozen=True, slots=True)
class Record:
    """`kept` is a kind of settings.RETENTION, or words where time does not decide. `mine` is a lookup and the name of
    the person's field it is compared with; `shown` are the fields that the person gets to see (all unless said)."""

    model: str
    fields: tuple[str, ...]
    whose: Any
    what: Any
    why: Any
    base: Any
    kept: Any
    mine: tuple[str, str] | None = None
    left: Mapping[str, Any] = field(default_factory=dict)
    shown: tuple[str, ...] = ()

    def rows(self, person: Person) -> QuerySet[Model]:
        """Rows about the person; none where an empty value would find what belongs to nobody."""
        rows: QuerySet[Model] = apps.get_model(self.model)._default_manager.all()
        value = getattr(person, self.mine[1]) if self.mine else None
        return rows.filter(**{self.mine[0]: value}) if self.mine and value else rows.none()

    @property
    def how_long(self) -> str:
        if self.kept in settings.RETENTION:
            days = settings.RETENTION[self.kept]
            if days % 365 == 0:
                return counted(days // 365, "rok", "roky", "let")
            return counted(days, "den", "dny", "dní")
        return str(self.kept)


ACCOUNT = _("dokud máte účet")
WITH_THING = _("dokud trvá věc, ke které patří; jméno zmizí se smazáním účtu")

RECORDS: list[Record] = [
    Record(
        "finding.EmptySearch",
        ("question",),
        VISITORS,
        _("Slova hledání, které nic nenašlo, bez čísel a e-mailů. Nevíme, kdo je psal."),
        _("poznat, jaká pomoc v kraji chybí"),
        DUTY,
        "empty_searches",
    ),
    Record(
        "catalogue.Report",
        ("email", "text"),
        VISITORS,
        _("Co jste napsali, když jste nahlásili chybu, a e-mail, pokud jste ho nechali."),
        _("opravit kartu služby a odpovědět vám; po odpovědi e-mail smažeme hned"),
        WISH,
        "report_emails",
        ("email__iexact", "email"),
        {"email": ""},
        ("created_at", "text", "answer"),
    ),
    Record(
        "groups.Application",
        ("name", "email", "phone", "why"),
        VISITORS,
        _("Přihláška do pracovní skupiny: jméno, kontakt a proč se chcete zapojit."),
        _("rozhodnout o přijetí a odpovědět vám"),
        WISH,
        "applications",
        ("email__iexact", "email"),
        {"name": NOBODY, "email": NO_ADDRESS, "phone": "", "why": ""},
        ("group", "said_at", "state", "why"),
    ),
    Record(
        "suggestions.Suggestion",
        ("name", "email", "title", "text", "public_text"),
        VISITORS,
        _(
            "Co jste nám navrhli, a jméno a e-mail, pokud jste je nechali. Jméno je na webu, jen když jste to "
            "dovolili, e-mail nikdy. E-mail, který nikdo nepotvrdí, smažeme do dvou týdnů."
        ),
        _("zabývat se podnětem a napsat vám, jak dopadl; lhůta běží od odpovědi, text podnětu zůstává"),
        WISH,
        "suggestion_emails",
        ("email__iexact", "email"),
        {"name": "", "email": "", "name_public": False, "email_confirmed_at": None},
        ("number", "received_at", "title", "text", "name", "state", "answer"),
    ),
    Record(
        "consult.Comment",
        ("name", "organisation", "email", "place", "original", "proposed", "reason"),
        VISITORS,
        _(
            "Co jste připomínkovali, a jméno a e-mail, pokud jste je nechali. Na webu je z toho o vás jen to, co jste "
            "sami vybrali, e-mail nikdy. E-mail, který nikdo nepotvrdí, smažeme do dvou týdnů."
        ),
        _("vypořádat připomínku a napsat vám, jak dopadla; lhůta běží od uzavření, text připomínky zůstává"),
        WISH,
        "comment_authors",
        ("email__iexact", "email"),
        consult_authors.NOBODY,
        ("consultation", "number", "received_at", "proposed", "reason", "name", "state", "decision"),
    ),
    Record(
        "consult.Comment",
        ("entered_by", "assignee"),
        SIGNED_IN,
        _("Kdo připomínku z papíru přepsal a kdo ji má vypořádat."),
        _("vědět, kdo na čem pracuje"),
        DUTY,
        WITH_THING,
        ("assignee", "pk"),
        {"assignee": None},
        ("consultation", "number", "due_on"),
    ),
    Record(
        "consult.CommentNote",
        ("person", "name", "text"),
        SIGNED_IN,
        _("Vnitřní poznámka k připomínce a kdo ji napsal."),
        _("aby na sebe kolegové mohli navázat"),
        DUTY,
        WITH_THING,
        ("person", "pk"),
        {"name": NOBODY},
        shown=("at", "text"),
    ),
    Record(
        "suggestions.InnerNote",
        ("person", "name", "text"),
        SIGNED_IN,
        _("Vnitřní poznámka k podnětu a kdo ji napsal."),
        _("aby na sebe kolegové mohli navázat"),
        DUTY,
        WITH_THING,
        ("person", "pk"),
        {"name": NOBODY},
        shown=("at", "text"),
    ),
    Record(
        "groups.Membership",
        ("person", "name", "email", "phone"),
        SIGNED_IN,
        _(
            "Kdo je a byl ve skupině a za koho. Kontakt vidí ti, kdo svolávají jednání; na webu je jen jméno, "
            "u uživatelů služeb jen s jejich souhlasem."
        ),
        _("svolávat jednání a vědět, kdo rozhodoval"),
        DUTY,
        WITH_THING,
        ("person", "pk"),
        {"name": NOBODY, "email": "", "phone": "", "name_public": False},
        ("group", "role", "joined_on", "left_on"),
    ),
    Record(
        "groups.Group",
        ("contact_name", "contact_email", "contact_phone"),
        SIGNED_IN,
        _("Na koho se u skupiny obrátit. Kontakt je veřejný."),
        _("aby se lidé měli koho zeptat"),
        DUTY,
        WITH_THING,
        ("contact_email__iexact", "email"),
        {"contact_name": "", "contact_email": "", "contact_phone": ""},
        ("name",),
    ),
    Record(
        "sitting.Presence",
        ("name", "membership", "in_place_of", "reason"),
        VISITORS,
        _("Kdo byl na jednání skupiny a za koho přišel. Prezenční listinu nezveřejňujeme."),
        _("vědět, jestli skupina mohla rozhodovat, a mít to v zápisu"),
        DUTY,
        _("dokud trvá zápis z jednání"),
        ("membership__person", "pk"),
        shown=("meeting", "state", "arrived_at"),
    ),
    Record(
        "sitting.Ballot",
        ("membership", "choice"),
        SIGNED_IN,
        _("Jak člen hlasoval, když se hlasovalo jmenovitě. Při tajném hlasování jen to, že hlasoval."),
        _("doložit, jak skupina rozhodla"),
        DUTY,
        _("dokud trvá zápis z jednání"),
        ("membership__person", "pk"),
        shown=("motion", "choice"),
    ),
    Record(
        "plan.Follower",
        ("email",),
        VISITORS,
        _("E-mail toho, kdo sleduje opatření plánu. Vznikne až potvrzením z dopisu a zmizí, když sledování zrušíte."),
        _("napsat vám, jak na tom opatření je"),
        WISH,
        "plan_followers",
        ("email__iexact", "email"),
        shown=("node", "confirmed_at"),
    ),
    Record(
        "pages.CommunicationItem",
        ("person",),
        SIGNED_IN,
        _("Komu přijde připomínka z komunikačního plánu."),
        _("aby se včas řeklo, co se říct má"),
        DUTY,
        WITH_THING,
        ("person", "pk"),
        {"person": None},
        shown=("what", "due_on"),
    ),
    Record(
        "newsletter.Subscriber",
        ("email",),
        VISITORS,
        _("E-mail toho, kdo odebírá zpravodaj, a o čem chce vědět. Vznikne až potvrzením z dopisu."),
        _("posílat vám zpravodaj; nesledujeme, co v něm otevřete"),
        WISH,
        _("dokud odběr nezrušíte"),
        ("email__iexact", "email"),
        shown=("span_name", "topics", "confirmed_at"),
    ),
    Record(
        "accounts.Person",
        ("email", "name"),
        SIGNED_IN,
        _("Jméno, e-mail, otisk hesla, kdy účet vznikl a kdy jste se naposledy přihlásili."),
        _("přihlašování"),
        DUTY,
        ACCOUNT,
        ("pk", "pk"),
        shown=("name", "email", "joined_at", "last_login"),
    ),
    Record(
        "accounts.Grant",
        ("person",),
        SIGNED_IN,
        _("Role: co smíte a za koho jednáte."),
        _("aby každý měnil jen to, co má"),
        DUTY,
        ACCOUNT,
        ("person", "pk"),
        shown=("role", "range_kind", "range_code"),
    ),
    Record(
        "accounts.Invitation",
        ("email", "name", "invited_by", "accepted_by"),
        SIGNED_IN,
        _("Pozvánka: komu, kdo zve a k čemu."),
        _("dostat do systému jen ty, kdo v něm mají co dělat"),
        DUTY,
        "invitations",
        ("email__iexact", "email"),
        shown=("email", "name", "role", "sent_at", "accepted_at"),
    ),
    Record(
        "accounts.Session",
        ("person", "device"),
        SIGNED_IN,
        _("Zařízení, na kterých jste přihlášení: prohlížeč a kdy jste tu byli."),
        _("abyste mohli cizí přihlášení ukončit"),
        SECURITY,
        _("do odhlášení, nejdéle 14 dní"),
        ("person", "pk"),
        shown=("device", "seen_at"),
    ),
    Record(
        "mfa.Authenticator",
        ("user",),
        SIGNED_IN,
        _("Druhý krok přihlášení: klíče k ověření, které jste připojili."),
        _("aby se za vás nepřihlásil nikdo jiný"),
        SECURITY,
        ACCOUNT,
        ("user", "pk"),
        shown=("type", "created_at", "last_used_at"),
    ),
    Record(
        "account.EmailAddress",
        ("user", "email"),
        SIGNED_IN,
        _("E-mail, na který chodí odkaz k novému heslu."),
        _("přihlašování"),
        DUTY,
        ACCOUNT,
        ("user", "pk"),
        shown=("email", "verified"),
    ),
    Record(
        "audit.Deed",
        ("actor_id", "actor_name", "thing_name", "before", "after", "names"),
        SIGNED_IN,
        _("Deník: kdo, kdy a co změnil, s hodnotami předtím a potom."),
        _("dohledat a vrátit změnu; po uplynutí doby zůstane jen věta bez hodnot, po smazání účtu bez jména"),
        SECURITY,
        "journal_values",
        ("actor_id", "pk"),
        shown=("done_at", "verb", "thing_name"),
    ),
    Record(
        "mail.Letter",
        ("to", "name", "subject", "text", "html", "calendar"),
        SIGNED_IN,
        _("Dopisy, které jsme vám poslali, i s textem."),
        _("vědět, že dopis odešel a co v něm stálo"),
        DUTY,
        "letters",
        ("to__iexact", "email"),
        shown=("created_at", "subject", "text", "state"),
    ),
    Record(
        "mail.Unsubscription",
        ("email",),
        SIGNED_IN,
        _("E-mail toho, kdo některé dopisy nechce."),
        _("abychom mu je neposílali"),
        WISH,
        _("dokud si to nerozmyslíte"),
        ("email__iexact", "email"),
        shown=("topic",),
    ),
    Record(
        "freshness.ConfirmationLetter",
        ("email", "person"),
        PROVIDERS,
        _("Na jaký e-mail jsme psali s prosbou o potvrzení karty."),
        _("udržet údaje pravdivé"),
        DUTY,
        "confirmation_letters",
        ("email__iexact", "email"),
        {"email": NO_ADDRESS},
        shown=("email",),
    ),
    Record(
        "freshness.Digest",
        ("person",),
        SIGNED_IN,
        _("Který den jste dostali přehled."),
        _("aby nechodil dvakrát"),
        DUTY,
        ACCOUNT,
        ("person", "pk"),
        shown=("day",),
    ),
    Record(
        "upkeep.Proposal",
        ("author", "decided_by"),
        PROVIDERS,
        _("Návrh změny karty a kdo ho podal a schválil."),
        _("vědět, kdo za údaj ručí"),
        DUTY,
        WITH_THING,
        ("author", "pk"),
        shown=("pk", "note"),
    ),
    Record(
        "catalogue.Vacancy",
        ("said_by",),
        PROVIDERS,
        _("Kdo naposledy řekl, kolik je volných míst."),
        _("vědět, kdo za údaj ručí"),
        DUTY,
        WITH_THING,
        ("said_by", "name"),
        {"said_by": NOBODY},
    ),
    Record(
        "catalogue.Service",
        ("verified_by",),
        PROVIDERS,
        _("Kdo kartu služby naposledy ověřil."),
        _("vědět, kdo za údaj ručí"),
        DUTY,
        WITH_THING,
        ("verified_by", "name"),
        {"verified_by": NOBODY},
        shown=("name", "verified_by", "verified_on"),
    ),
    Record(
        "catalogue.Report",
        ("proposed_by",),
        PROVIDERS,
        _("Kdo za poskytovatele odpověděl na nahlášenou chybu."),
        _("vědět, kdo za odpověď ručí"),
        DUTY,
        WITH_THING,
        ("proposed_by", "name"),
        {"proposed_by": NOBODY},
        shown=("proposed_at", "proposed_answer"),
    ),
    Record(
        "freshness.Dispute",
        ("said_by",),
        PROVIDERS,
        _("Kdo za poskytovatele řekl, že údaj z registru neplatí."),
        _("vědět, kdo za údaj ručí"),
        DUTY,
        WITH_THING,
        ("said_by", "name"),
        {"said_by": NOBODY},
    ),
    Record(
        "freshness.Conflict",
        ("settled_by",),
        SIGNED_IN,
        _("Kdo rozhodl, zda platí registr, nebo poskytovatel."),
        _("vědět, kdo rozhodl"),
        DUTY,
        WITH_THING,
        ("settled_by", "name"),
        {"settled_by": NOBODY},
    ),
    Record(
        "files.StoredFile",
        ("uploaded_by_id", "uploaded_by_name"),
        PROVIDERS,
        _("Kdo nahrál fotku nebo dokument. Z fotek mažeme údaje o místě a přístroji."),
        _("vědět, kdo za soubor ručí"),
        DUTY,
        WITH_THING,
        ("uploaded_by_id", "pk"),
        {"uploaded_by_name": NOBODY},
        shown=("name", "uploaded_by_name"),
    ),
    Record(
        "meetings.Invitee",
        ("membership", "reason", "substitute", "substitute_email"),
        SIGNED_IN,
        _("Jestli přijdete na jednání, omluva a kdo za vás přijde."),
        _("vědět, s kým na jednání počítat; rok po jednání smažeme, proč někdo nepřišel"),
        DUTY,
        "excuses",
        ("membership__person", "pk"),
        {"reason": "", "substitute": "", "substitute_email": ""},
        shown=("meeting", "answer", "reason", "substitute", "substitute_email"),
    ),
    Record(
        "meetings.AgendaItem",
        ("proposed_by", "proposed_name"),
        SIGNED_IN,
        _("Kdo navrhl bod na program jednání."),
        _("odpovědět tomu, kdo bod navrhl"),
        DUTY,
        WITH_THING,
        ("proposed_by", "pk"),
        {"proposed_name": NOBODY},
        shown=("title", "proposed_name"),
    ),
    Record(
        "minutes.Minutes",
        ("taken_by", "verified_by"),
        SIGNED_IN,
        _("Kdo zapsal a ověřil zápis z jednání. Je to úřední záznam."),
        _("vědět, kdo za zápis ručí"),
        DUTY,
        WITH_THING,
        ("taken_by", "name"),
        {"taken_by": NOBODY},
        shown=("meeting", "taken_by"),
    ),
    Record(
        "minutes.Objection",
        ("name", "membership"),
        SIGNED_IN,
        _("Námitka k zápisu a kdo ji podal. V zápisu je bez jména."),
        _("vypořádat ji a odpovědět vám"),
        DUTY,
        WITH_THING,
        ("membership__person", "pk"),
        {"name": NOBODY},
        shown=("said_at", "text", "reason"),
    ),
    Record(
        "minutes.Task",
        ("who", "membership"),
        SIGNED_IN,
        _("Úkol, který jste si vzali na jednání."),
        _("připomenout ho a vědět, jak dopadl"),
        DUTY,
        WITH_THING,
        ("membership__person", "pk"),
        {"who": NOBODY},
        shown=("what", "until", "state"),
    ),
    Record(
        "meetings.CalendarKey",
        ("person", "key"),
        SIGNED_IN,
        _("Tajná adresa vašeho kalendáře jednání."),
        _("aby si kalendář mohl váš program sám načítat"),
        WISH,
        ACCOUNT,
        ("person", "pk"),
        {"key": NO_ADDRESS},
        shown=("made_at",),
    ),
    Record(
        "fulfilment.ActionItem",
        ("responsible_person",),
        SIGNED_IN,
        _("Koho se ptáme, jak dopadl bod akčního plánu."),
        _("složit zprávu o naplňování plánu"),
        DUTY,
        WITH_THING,
        ("responsible_person", "pk"),
        shown=("node",),
    ),
    Record(
        "fulfilment.ActionItem",
        ("email",),
        SIGNED_IN,
        _("E-mail člověka bez účtu, kterého se ptáme, jak dopadl bod akčního plánu."),
        _("složit zprávu o naplňování plánu"),
        DUTY,
        WITH_THING,
        ("email__iexact", "email"),
        {"email": ""},
        shown=("node",),
    ),
    Record(
        "fulfilment.Request",
        ("email", "name"),
        SIGNED_IN,
        _("Komu a kdy jsme napsali s prosbou o zprávu, jak dopadl bod akčního plánu."),
        _("vědět, kdo ještě neodpověděl"),
        DUTY,
        WITH_THING,
        ("email__iexact", "email"),
        {"email": NO_ADDRESS, "name": ""},
        shown=("email", "written_on"),
    ),
    Record(
        "fulfilment.Progress",
        ("said_by",),
        SIGNED_IN,
        _("Kdo napsal, jak dopadl bod akčního plánu."),
        _("vědět, kdo za zprávu ručí"),
        DUTY,
        WITH_THING,
        ("said_by", "name"),
        {"said_by": NOBODY},
        shown=("item",),
    ),
    Record(
        "catalogue.Contact",
        ("value", "note"),
        PROVIDERS,
        _("Telefony, e-maily a weby služeb. Jsou veřejné."),
        _("aby se lidé ke službě dostali"),
        DUTY,
        _("dokud je služba v katalogu"),
    ),
    Record(
        "catalogue.Provider",
        ("name",),
        PROVIDERS,
        _("Název poskytovatele; u podnikajícího člověka je to jeho jméno. Je veřejný."),
        _("aby lidé věděli, kdo službu poskytuje"),
        DUTY,
        _("dokud je poskytovatel v katalogu"),
    ),
    Record(
        "editions.Edition",
        ("made_by",),
        SIGNED_IN,
        _("Kdo vydal znění plánu."),
        _("vydání je úřední záznam, jeho obsah se už nemění"),
        DUTY,
        _("dokud trvá plán"),
        ("made_by", "name"),
        shown=("name", "made_at"),
    ),
    *(
        Record(model, (name, *more), SIGNED_IN, what, _("vědět, čí to je"), DUTY, kept, (name, "pk"), shown=shown)
        for model, name, more, what, kept, shown in (
            ("access.Scenario", "author", (), _("Kdo založil scénář dostupnosti."), WITH_THING, ("name",)),
            ("access.ScenarioComment", "author", ("text",), _("Komentáře ke scénářům."), WITH_THING, ("text",)),
            ("access.Proposal", "author", (), _("Kdo se ptal, kam s novou službou."), WITH_THING, ("pk",)),
            (
                "plan.Card",
                "responsible_person",
                (),
                _("Kdo v plánu podává zprávu o opatření."),
                WITH_THING,
                ("node",),
            ),
            ("documents.DocumentVersion", "added_by", (), _("Kdo nahrál dokument."), WITH_THING, ("note", "added_at")),
            ("indicators.Actual", "said_by", (), _("Kdo dodal hodnotu ukazatele."), WITH_THING, ("year", "value")),
            ("sitting.Presence", "recorded_by", (), _("Kdo zapsal účast na jednání."), WITH_THING, ("recorded_at",)),
            ("register.ImportRun", "person", (), _("Kdo načetl registr."), WITH_THING, ("file_name", "created_at")),
            (
                "tables.TableImport",
                "person",
                ("rows", "file"),
                _("Kdo nahrál tabulku, a tabulka sama, dokud jde vzít zpět."),
                "table_imports",
                ("file_name",),
            ),
            (
                "jobs.Job",
                "actor_id",
                ("parameters",),
                _("Kdo spustil delší práci a její výsledek."),
                "jobs",
                ("title",),
            ),
        )
    ),
]

# Fields that look as if they were about people and are not, each with its reason.
NOT_PERSONAL: dict[str, str] = {
    "pages.Article.author": "an organisation, as the article is signed",
    "documents.Document.author": "who made a document, as its title page says",
    "consult.Comment.decided_by": "a body or an office, in words for everybody",
    "jobs.Tick.name": "a function that the clock runs",
    "mail.Letter.taken_by": "a worker process",
    "catalogue.Facility.name": "a place",
    "catalogue.Service.name": "a service",
    "files.StoredFile.name": "a file",
    "finding.CrisisLine.name": "a telephone line",
    "access.ReferenceValue.name": "a figure",
    "access.Scenario.name": "a plan",
    "freshness.Limit.name": "a limit",
    "freshness.QualityRule.name": "a reason of quality",
    **{f"plan.{name}.name": "a part of a plan" for name in ("Area", "Level", "ExtraField")},
    "groups.Group.name": "a body",
    "editions.Edition.name": "a state of a plan",
    "indicators.Definition.name": "what is measured",
    **{f"fulfilment.{name}.name": "a step on a report's way" for name in ("ChainStep", "PassedStep")},
    "accounts.Session.session_data": "signed, holds the number of the person and what the browser was told",
    "django_tasks_database.DBTaskResult.args_kwargs": "the key of a job",
    "territory.VitalRates.name": "a table of figures",
    **{f"territory.{name}.name": "a territory" for name in ("Region", "District", "Orp", "Pou", "Municipality")},
}


def named() -> set[str]:
    """Every field that the table speaks of, as `app.Model.field`."""
    return {f"{record.model}.{name}" for record in RECORDS for name in record.fields}


def by_whose() -> list[tuple[str, list[Record]]]:
    """The table as the page shows it: by whom it concerns, in the order of the page."""
    return [(str(whose), [one for one in RECORDS if one.whose == whose]) for whose in (VISITORS, SIGNED_IN, PROVIDERS)]


@dataclass(frozen=True, slots=True)
class Found:
    """What one record holds about a person: labels of the fields and the values of the first rows."""

    what: str
    labels: list[str]
    rows: list[list[Any]]
    total: int


def held_about(person: Person, most: int = 20) -> Iterator[Found]:
    """Records that hold anything about the person, with at most so many rows each."""
    for record in RECORDS:
        rows = record.rows(person)
        total = rows.count()
        if total:
            names = record.shown or record.fields
            values = [[_told(row, name) for name in names] for row in rows[:most]]
            yield Found(str(record.what), [_label(record.model, name) for name in names], values, total)


def export(person: Person) -> dict[str, Any]:
    """The same whole, for a program to read: model -> rows of field -> value."""
    told: dict[str, Any] = {}
    for record in RECORDS:
        names = record.shown or record.fields
        rows = [{name: _plain(getattr(row, name)) for name in names} for row in record.rows(person)]
        if rows:
            told.setdefault(record.model, []).extend(rows)
    return told


def _told(row: Model, name: str) -> Any:
    display = getattr(row, f"get_{name}_display", None)
    return display() if display else getattr(row, name)


def _plain(value: Any) -> Any:
    return value.pk if isinstance(value, Model) else value


def _label(model: str, name: str) -> str:
    if name == "pk":
        return str(_("číslo"))
    if name in LABELS:
        return str(LABELS[name])
    return str(getattr(apps.get_model(model)._meta.get_field(name), "verbose_name", name))


LABELS = {
    "created_at": _("kdy"),
    "done_at": _("kdy"),
    "sent_at": _("poslaná"),
    "accepted_at": _("přijatá"),
    "joined_at": _("účet od"),
    "last_login": _("naposledy přihlášení"),
    "last_used_at": _("naposledy použito"),
    "verb": _("co"),
    "thing_name": _("s čím"),
    "role": _("role"),
    "range_kind": _("kde"),
    "range_code": _("kód"),
    "topic": _("téma"),
    "text": _("text"),
    "type": _("druh"),
    "day": _("den"),
    "verified": _("ověřený"),
    "title": _("co"),
    "node": _("co"),
    "item": _("co"),
    "confirmed_at": _("kdy"),
}
