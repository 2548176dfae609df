"""What needs a coordinator today, each thing with one obvious action; and where the rest of the work is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.access import rules as access_rules
from portal.accounts import rules as accounts_rules
from portal.audit import rules as audit_rules
from portal.catalogue import rules as catalogue_rules
from portal.catalogue.models import Report, Service
from portal.consult import register as consult_register
from portal.consult import rules as consult_rules
from portal.consult import waiting as consult_waiting
from portal.documents import rules as document_rules
from portal.finding import rules as finding_rules
from portal.finding.models import CrisisLine, EmptySearch
from portal.freshness import queues as freshness
from portal.freshness import rules as freshness_rules
from portal.fulfilment import asking
from portal.groups import reading as group_reading
from portal.groups import rules as group_rules
from portal.jobs.models import Tick
from portal.mail import rules as mail_rules
from portal.meetings import procedures, when
from portal.meetings import rules as meeting_rules
from portal.minutes import listing as minutes_listing
from portal.minutes import rules as minutes_rules
from portal.pages import rules as page_rules
from portal.pages.models import CommunicationItem
from portal.plan import rules as plan_rules
from portal.register import rules as register_rules
from portal.register.models import ImportRun
from portal.sitting import presence as sitting
from portal.suggestions import desk_reading as suggestion_reading
from portal.suggestions import rules as suggestion_rules
from portal.upkeep import rules as upkeep_rules
from portal.upkeep.models import Proposal
from words.plural import counted

# The register is read every day; silence of a week means that something stopped.
STALE_IMPORT = timedelta(days=7)
# A crisis number is trusted for half a year.
STALE_LINE = timedelta(days=180)
RECENT = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Task:
    title: str
    why: str
    action: str
    url: str


@dataclass(frozen=True, slots=True)
class Place:
    title: str
    line: str
    url: str


def tasks(person: Any) -> list[Task]:
    """Things that wait, the most pressing first."""
    waiting = [*_meetings(person), *_calling(person), *_comments(person), *_given(person), *_suggestions(person)]
    if upkeep_rules.may_come(person):
        waiting += _returned(person)
    if upkeep_rules.may_decide_some(person):
        waiting += _proposals(person)
    if catalogue_rules.may_read_desk(person):
        waiting += _reports(person)
    if freshness_rules.acts_for_provider(person):
        waiting += _of_provider(person)
    if freshness_rules.may_decide(person):
        waiting += [*_silence(person), *_conflicts(person)]
    if minutes_rules.may_come(person):
        waiting += _minutes(person)
    if group_rules.may_add_group(person):
        waiting += _applications(person)
    if plan_rules.may_add_plan(person):
        waiting += _answers(person)
    if page_rules.may_add(person):
        waiting += _communication(person)
    if register_rules.may_import(person):
        waiting += _imports()
    if finding_rules.may_read_empty_searches(person):
        waiting += [*_empty_searches(), *_crisis_lines()]
    if mail_rules.may_handle_letters(person):
        waiting += [*_letters(person), *_clock()]
    return waiting


def _applications(person: Any) -> list[Task]:
    """Who wants to join a group and by when the first of them is to have an answer."""
    held = group_reading.waiting(group_rules.groups_with_applications(person))
    if not held:
        return []
    title = counted(len(held), _("přihláška do skupiny"), _("přihlášky do skupin"), _("přihlášek do skupin"))
    due = f"{held[0].due.day}. {held[0].due.month}. {held[0].due.year}"
    why = _("Lidé se chtějí zapojit. První má mít odpověď do %(day)s.") % {"day": due}
    return [Task(title, why, _("Odpovědět"), reverse("groups:applications"))]


def _comments(person: Any) -> list[Task]:
    if not consult_rules.may_add_consultation(person):
        return []
    waiting, tasks = consult_waiting.of(person, timezone.now()), []
    url = reverse("consult:desk_consultations")
    if waiting.unread:
        title = counted(
            waiting.unread, _("nepřečtená připomínka"), _("nepřečtené připomínky"), _("nepřečtených připomínek")
        )
        tasks.append(Task(title, _("Dokud je nepřečtete, web je neukazuje."), _("Přečíst"), url))
    if waiting.unsettled:
        title = counted(
            waiting.unsettled,
            _("nevypořádaná připomínka"),
            _("nevypořádané připomínky"),
            _("nevypořádaných připomínek"),
        )
        tasks.append(Task(title, _("Lhůta skončila. Každá potřebuje odpověď s důvodem."), _("Vypořádat"), url))
    return tasks


def _given(person: Any) -> list[Task]:
    """Comments that the person or their group was given to think about."""
    number = consult_register.waiting_for(person)
    if not number:
        return []
    title = counted(number, _("přidělená připomínka"), _("přidělené připomínky"), _("přidělených připomínek"))
    why = _("Koordinátor čeká, co si o nich myslíte vy nebo vaše skupina.")
    return [Task(title, why, _("Vyjádřit se"), reverse("consult:given_comments"))]


def _suggestions(person: Any) -> list[Task]:
    number = suggestion_reading.waiting_count(person) if suggestion_rules.may_enter(person) else 0
    if not number:
        return []
    title = counted(number, _("nepřečtený podnět"), _("nepřečtené podněty"), _("nepřečtených podnětů"))
    why = _("Lidé napsali, co potřebují. Čekají, až si to někdo přečte.")
    return [Task(title, why, _("Přečíst"), reverse("suggestions:desk_suggestions") + "?stav=new")]


def _letters(person: Any) -> list[Task]:
    number = mail_rules.seen_letters(person).undelivered().filter(created_at__gte=timezone.now() - RECENT).count()
    if not number:
        return []
    title = counted(number, _("nedoručený dopis"), _("nedoručené dopisy"), _("nedoručených dopisů"))
    why = _("Vrátily se, nebo je nešlo odeslat. Zavolejte a zeptejte se na správnou adresu.")
    return [Task(title, why, _("Podívat se"), reverse("mail:letters"))]


def _clock() -> list[Task]:
    """What the portal does by itself and did not succeed in."""
    number = Tick.objects.failed().count()
    if not number:
        return []
    title = counted(
        number, _("pravidelná práce selhala"), _("pravidelné práce selhaly"), _("pravidelných prací selhalo")
    )
    names = ", ".join(Tick.objects.failed().values_list("name", flat=True))
    why = _("Řekněte to správci systému: %(names)s.") % {"names": names}
    return [Task(title, why, _("Komu zavolat"), reverse("home:contact"))]


def _meetings(person: Any) -> list[Task]:
    """Meetings of today whose presence the person records."""
    mine = sitting.of_today(person) if group_rules.may_come_to_groups(person) else []
    return [Task(str(one), when.in_words(one.starts_at, one.ends_at), _("Prezence"), _presence(one.pk)) for one in mine]


def _calling(person: Any) -> list[Task]:
    """Meetings that are to be called in the next days, by the rules of their groups."""
    if not group_rules.may_come_to_groups(person):
        return []
    held = []
    for one, term in procedures.to_call(meeting_rules.led_meetings(person), timezone.localdate()):
        why = _("Pozvánka má odejít nejpozději: %(day)s.") % {"day": when.day_in_words(term)}
        held.append(Task(str(one), why, _("Svolat"), reverse("meetings:meeting_call", args=[one.pk])))
    return held


def _presence(meeting: int) -> str:
    return reverse("sitting:presence_list", args=[meeting])


def _returned(person: Any) -> list[Task]:
    number = Proposal.objects.returned_to(person).count()
    if not number:
        return []
    title = counted(number, _("návrh k opravě"), _("návrhy k opravě"), _("návrhů k opravě"))
    return [Task(title, _("Koordinátor je vrátil s důvodem."), _("Opravit"), reverse("upkeep:mine"))]


def _proposals(person: Any) -> list[Task]:
    number = Proposal.objects.waiting().decided_by_person(person).count()
    if not number:
        return []
    title = counted(number, _("návrh ke schválení"), _("návrhy ke schválení"), _("návrhů ke schválení"))
    why = _("Poskytovatelé změnili své karty. Do schválení je na nich, co tam bylo.")
    return [Task(title, why, _("Podívat se na návrhy"), reverse("upkeep:proposals"))]


def _reports(person: Any) -> list[Task]:
    mine = catalogue_rules.readable_services(person).values("pk")
    number = Report.objects.filter(service__in=mine, state=Report.State.NEW).count()
    if not number:
        return []
    title = counted(number, _("nahlášená chyba"), _("nahlášené chyby"), _("nahlášených chyb"))
    return [Task(title, _("Lidé píšou, že u služby něco nesedí."), _("Vyřídit"), reverse("catalogue:desk_reports"))]


def _silence(person: Any) -> list[Task]:
    number = freshness.silent_count(person)
    if not number:
        return []
    title = counted(number, _("nepotvrzená karta"), _("nepotvrzené karty"), _("nepotvrzených karet"))
    why = _("Poskytovatelé na dopisy neodpověděli. Zavolejte jim.")
    return [Task(title, why, _("Podívat se, komu zavolat"), reverse("freshness:overdue"))]


def _conflicts(person: Any) -> list[Task]:
    number = freshness.conflict_count(catalogue_rules.editable_services(person))
    if not number:
        return []
    title = counted(number, _("rozpor s registrem"), _("rozpory s registrem"), _("rozporů s registrem"))
    why = _("Registr říká něco jiného než poskytovatel.")
    return [Task(title, why, _("Rozhodnout"), reverse("freshness:conflicts"))]


def _of_provider(person: Any) -> list[Task]:
    """Cards to confirm, reports to answer, differences from the register."""
    waiting, mine = [], catalogue_rules.services_of(person)
    if number := freshness.unconfirmed_count(person):
        title = counted(number, _("karta k potvrzení"), _("karty k potvrzení"), _("karet k potvrzení"))
        why = _("Podívejte se, jestli na nich všechno platí.")
        waiting.append(Task(title, why, _("Potvrdit"), reverse("freshness:own_confirm")))
    unanswered = Report.objects.filter(service__in=mine.values("pk"), state=Report.State.NEW, proposed_at=None)
    if number := unanswered.count():
        title = counted(number, _("nahlášená chyba"), _("nahlášené chyby"), _("nahlášených chyb"))
        why = _("Lidé píšou, že na vaší kartě něco nesedí.")
        waiting.append(Task(title, why, _("Odpovědět"), reverse("catalogue:own_reports")))
    if number := freshness.conflict_count(mine):
        title = counted(number, _("rozdíl proti registru"), _("rozdíly proti registru"), _("rozdílů proti registru"))
        why = _("Registr říká něco jiného než vy.")
        waiting.append(Task(title, why, _("Podívat se"), reverse("freshness:own_conflicts")))
    return waiting


def _minutes(person: Any) -> list[Task]:
    """Minutes that are late or wait for a deed, and the person's own tasks after their day."""
    waiting = []
    for meeting, days in minutes_listing.late(person)[:3]:
        title = _("Zápis se zpozdil: %(group)s, %(day)s") % {
            "group": meeting.group.short,
            "day": f"{timezone.localdate(meeting.starts_at):%-d. %-m. %Y}",
        }
        why = _("Podle jednacího řádu měl odejít před: %(days)s.") % {"days": counted(days, "den", "dny", "dny")}
        waiting.append(Task(title, why, _("Dopsat a rozeslat"), reverse("minutes:minutes", args=[meeting.pk])))
    for one in minutes_listing.waiting(person):
        objections = one.state == one.State.OBJECTIONS
        why = _("Námitky čekají na vypořádání.") if objections else _("Je schválený, na webu ještě není.")
        action = _("Vypořádat námitky") if objections else _("Připravit veřejnou verzi")
        waiting.append(Task(one.name, why, action, reverse("minutes:minutes", args=[one.meeting_id])))
    if number := minutes_listing.own_late(person):
        title = counted(number, _("úkol po termínu"), _("úkoly po termínu"), _("úkolů po termínu"))
        waiting.append(Task(title, _("Vzali jste si je na jednání."), _("Podívat se"), reverse("minutes:own_tasks")))
    return waiting


def _answers(person: Any) -> list[Task]:
    """Reports on plans for which answers are missing after their deadline."""
    return [
        Task(
            counted(missing, _("chybějící odpověď"), _("chybějící odpovědi"), _("chybějících odpovědí")),
            _("Termín uplynul: %(plan)s, rok %(year)s.") % {"plan": report.plan.title, "year": report.year},
            _("Podívat se, kdo mlčí"),
            reverse("fulfilment:collecting", args=[report.plan.slug, report.key]),
        )
        for report, missing in asking.waiting(person)
    ]


def _communication(person: Any) -> list[Task]:
    """Lines of the communication plan whose day has passed."""
    number = page_rules.readable_items(person, CommunicationItem.objects.late()).count()
    if not number:
        return []
    title = counted(
        number,
        _("věc, kterou lidé ještě nevědí"),
        _("věci, které lidé ještě nevědí"),
        _("věcí, které lidé ještě nevědí"),
    )
    why = _("V komunikačním plánu uplynul jejich termín.")
    return [Task(title, why, _("Podívat se"), reverse("pages:communication") + "?stav=pozde")]


def _imports() -> list[Task]:
    url = reverse("register:runs")
    newest = ImportRun.objects.newest().first()
    if newest is not None and newest.waits_for_person:
        why = _("Soubor %(file)s mění víc, než je obvyklé. Bez vás se nezapíše.") % {"file": newest.file_name}
        return [Task(_("Registr čeká na potvrzení"), why, _("Podívat se na rozdíly"), url)]
    applied = ImportRun.objects.filter(state__in=(ImportRun.State.DONE, ImportRun.State.UNCHANGED)).newest().first()
    if applied is None:
        if Service.objects.exists():
            return []
        why = _("V seznamu zatím nejsou žádné služby.")
        return [Task(_("Načtěte registr"), why, _("Načíst registr"), url)]
    if applied.created_at < timezone.now() - STALE_IMPORT:
        why = _("Naposledy %(day)s.") % {"day": f"{timezone.localtime(applied.created_at):%-d. %-m. %Y}"}
        return [Task(_("Registr je víc než týden starý"), why, _("Načíst znovu"), url)]
    return []


def _empty_searches() -> list[Task]:
    since = timezone.localdate() - RECENT
    number = EmptySearch.objects.filter(day__gte=since).values("question").distinct().count()
    if not number:
        return []
    title = counted(number, _("otázka bez odpovědi"), _("otázky bez odpovědi"), _("otázek bez odpovědi"))
    why = _("Tohle lidé za poslední měsíc hledali a nenašli.")
    return [Task(title, why, _("Doplnit do slovníku"), reverse("finding:empty_searches"))]


def _crisis_lines() -> list[Task]:
    since = timezone.localdate() - STALE_LINE
    unverified = CrisisLine.objects.shown().exclude(certainty=CrisisLine.Certainty.LAW).exclude(verified_on__gte=since)
    number = unverified.count()
    if not number:
        return []
    title = counted(
        number, _("neověřené krizové číslo"), _("neověřená krizová čísla"), _("neověřených krizových čísel")
    )
    why = _("Zavolejte tam a zapište den, kdy číslo platilo.")
    return [Task(title, why, _("Ověřit"), reverse("finding:crisis_lines"))]


def _groups(person: Any) -> list[Place]:
    held = []
    if group_rules.may_come_to_groups(person):
        held += [
            Place(_("Skupiny"), _("členové, jednací řády, přihlášky"), reverse("groups:groups")),
            Place(_("Jednání"), _("plán jednání, program, pozvánky"), reverse("meetings:meetings")),
        ]
    if document_rules.may_come_to_documents(person):
        held.append(Place(_("Dokumenty"), _("analýzy, jednací řády, prezentace"), reverse("documents:documents")))
    if meeting_rules.is_member(person):
        held.append(Place(_("Můj kalendář"), _("jednání skupin, ve kterých jste"), reverse("meetings:my_calendar")))
    return held


def _freshness(person: Any) -> list[Place]:
    held = []
    if freshness_rules.may_read_freshness(person):
        held += [
            Place(_("Kvalita karet"), _("co které kartě chybí"), reverse("freshness:quality")),
            Place(_("Nepotvrzené karty"), _("co je po lhůtě a kdo o tom ví"), reverse("freshness:overdue")),
            Place(_("Rozpory s registrem"), _("kde se registr a poskytovatel liší"), reverse("freshness:conflicts")),
        ]
    if freshness_rules.may_read_limits(person):
        held.append(Place(_("Lhůty a váhy"), _("jak často se ptáme, co je zastaralé"), reverse("freshness:limits")))
    if freshness_rules.acts_for_provider(person):
        held += [
            Place(_("Potvrdit údaje"), _("všechno platí, nebo se něco změnilo"), reverse("freshness:own_confirm")),
            Place(_("Hlášení"), _("co lidé píšou k vašim kartám"), reverse("catalogue:own_reports")),
            Place(_("Rozdíly proti registru"), _("a co je v registru špatně"), reverse("freshness:own_conflicts")),
        ]
    return held


def _people(person: Any) -> list[Place]:
    """Who comes here, what they did and what was written to them."""
    held = []
    if accounts_rules.may_see_people(person):
        held.append(Place(_("Lidé"), _("kdo má jakou roli, pozvat další"), reverse("accounts:people")))
    if audit_rules.may_read_journal(person):
        held.append(Place(_("Deník"), _("kdo co změnil; vrátit, co bylo předtím"), reverse("audit:journal")))
    if mail_rules.may_read_letters(person):
        held.append(Place(_("Dopisy"), _("co komu odešlo a jak to dopadlo"), reverse("mail:letters")))
    return held


def _from_people(person: Any) -> list[Place]:
    """Where what the public wrote is read."""
    held = []
    if consult_rules.may_come_to_consultations(person):
        held.append(
            Place(_("Připomínky"), _("návrhy, ke kterým se lidé vyjadřují"), reverse("consult:desk_consultations"))
        )
    if suggestion_rules.may_come(person):
        held.append(Place(_("Podněty"), _("co lidé potřebují a navrhují"), reverse("suggestions:desk_suggestions")))
    return held


def places(person: Any) -> list[Place]:
    """Where the person can go on working."""
    held = []
    if upkeep_rules.may_come(person):
        held.append(Place(_("Moje služby"), _("karty, které opravujete"), reverse("upkeep:mine")))
    if upkeep_rules.may_see_queue(person):
        held.append(Place(_("Návrhy změn"), _("co poskytovatelé mění na kartách"), reverse("upkeep:proposals")))
    if upkeep_rules.may_decide_some(person):
        held.append(Place(_("Poskytovatelé"), _("kdo má klíče, pozvat další"), reverse("upkeep:providers")))
    if catalogue_rules.may_read_desk(person):
        held += [
            Place(
                _("Služby"),
                _("zapsat návaznou službu, opravit kartu"),
                reverse("catalogue:desk_services"),
            ),
            Place(_("Nahlášené chyby"), _("co podle lidí nesedí"), reverse("catalogue:desk_reports")),
        ]
    if plan_rules.may_come_to_plans(person):
        held.append(Place(_("Plány"), _("komunitní plány vašeho území"), reverse("plan:plans")))
    if page_rules.may_come(person):
        held += [
            Place(_("Aktuality a stránky"), _("články, pozvánky, texty webu"), reverse("pages:desk_articles")),
            Place(_("Zpravodaj"), _("novinky e-mailem těm, kdo o ně stojí"), reverse("newsletter:desk_issues")),
            Place(_("Komunikační plán"), _("co komu kdy řekneme"), reverse("pages:communication")),
            Place(_("Tištěné věci"), _("co jsme vytiskli a kam to patří"), reverse("pages:products")),
        ]
    held += _from_people(person)
    if minutes_rules.may_come(person):
        held += [
            Place(_("Zápisy"), _("z jednání vašich skupin"), reverse("minutes:all_minutes")),
            Place(_("Úkoly a usnesení"), _("kdo co slíbil a jak to dopadlo"), reverse("minutes:tasks")),
        ]
    held += _groups(person)
    held += _freshness(person)
    held += _people(person)
    if register_rules.may_see_imports(person):
        held.append(Place(_("Registr"), _("načíst soubor, podívat se na rozdíly"), reverse("register:runs")))
    if catalogue_rules.may_read_lists(person):
        held.append(Place(_("Číselníky"), _("druhy služeb, skupiny, úřední kódy"), reverse("catalogue:lists")))
    if finding_rules.may_read_empty_searches(person):
        held += [
            Place(_("Slovník"), _("slova lidí a kam vedou"), reverse("finding:lay_words")),
            Place(_("Hledání bez výsledku"), _("co lidé nenašli"), reverse("finding:empty_searches")),
            Place(_("Životní situace"), _("rozcestník pro veřejnost"), reverse("finding:situation_list")),
            Place(_("Krizová čísla"), _("a kdy jsme je ověřili"), reverse("finding:crisis_lines")),
        ]
    if access_rules.may_read_scenarios(person):
        held += [
            Place(_("Dostupnost"), _("kdo má pomoc jak daleko"), reverse("access:study")),
            Place(_("Bílá místa"), _("co v které obci chybí"), reverse("access:matrix")),
            Place(_("Referenční hodnoty"), _("s čím se dostupnost srovnává"), reverse("access:references")),
            Place(_("Scénáře dostupnosti"), _("co by se stalo, kdyby se služba zavřela"), reverse("access:scenarios")),
            Place(_("Kam s novou službou"), _("kde by pomohla nejvíc"), reverse("access:placement")),
        ]
    return held
