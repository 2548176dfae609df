"""What letters are called. TOPICS are those that a reader may be rid of, as the page of unsubscribing calls them;
LETTERS are all, by their template, as the desk calls them. An app that writes a new letter adds a line."""

TOPICS = {
    "confirmation": "výzvy k potvrzení údajů o službě",
    "digest": "přehledy dne: návrhy, hlášení a co je v katalogu nového",
    "newsletter": "zpravodaj s novinkami",
    "minutes.task": "připomínky úkolů z jednání",
    "consult.announced": "zprávy o návrzích, ke kterým se můžete vyjádřit",
    "consult.given": "připomínky termínů u připomínek, které máte na starost",
    "plan.measure": "zprávy o opatřeních, která sledujete",
}


# Topics that were several and are one now: their addresses in letters already sent still work.
MERGED = {"freshness-digest": "digest", "upkeep.digest": "digest"}


def called(topic: str) -> str:
    return TOPICS.get(topic, "dopisy tohoto druhu")


LETTERS = {
    "access/letters/scenario": "scénář sítě služeb pro skupinu",
    "accounts/letters/invitation": "pozvánka",
    "accounts/letters/password_reset": "nové heslo",
    "accounts/letters/second_factor_dropped": "zrušený druhý krok přihlášení",
    "accounts/letters/sign_in_changed": "změna v přihlašování",
    "catalogue/letters/report_settled": "jak dopadlo hlášení",
    "catalogue/letters/report_to_provider": "hlášení pro poskytovatele",
    "freshness/letters/confirm": "výzva k potvrzení karet",
    "freshness/letters/conflict_settled": "rozhodnutý rozpor s registrem",
    "freshness/letters/conflicts": "rozpory s registrem",
    "freshness/letters/digest": "přehled dne",
    "freshness/letters/remind": "připomínka potvrzení karet",
    "freshness/letters/remind_again": "poslední připomínka potvrzení karet",
    "freshness/letters/vacancies": "dotaz na volná místa",
    "consult/letters/comment_received": "potvrzení e-mailu u připomínky",
    "consult/letters/given": "připomínka na starost",
    "consult/letters/given_late": "připomínka na starost po termínu",
    "consult/letters/given_remind": "termín připomínky na starost",
    "consult/letters/settled": "jak dopadla připomínka",
    "consult/letters/announced": "vyhlášené připomínkové řízení",
    "fulfilment/letters/ask": "dotaz na plnění",
    "fulfilment/letters/remind": "připomínka plnění",
    "fulfilment/letters/remind_again": "připomínka plnění po termínu",
    "meetings/letters/cancelled": "zrušené jednání",
    "meetings/letters/changed": "změna jednání",
    "meetings/letters/invitation": "pozvánka na jednání",
    "meetings/letters/item_approved": "bod zařazený na program",
    "meetings/letters/item_declined": "bod nezařazený na program",
    "meetings/letters/remind": "připomínka pozvánky",
    "meetings/letters/substitute": "pozvánka pro náhradníka",
    "meetings/letters/substitute_off": "náhradník už není potřeba",
    "newsletter/letters/confirm": "potvrzení odběru zpravodaje",
    "newsletter/letters/issue": "zpravodaj",
    "pages/letters/communication_due": "připomínka komunikačního plánu",
    "groups/letters/application_accepted": "přijetí do skupiny",
    "groups/letters/application_arrived": "nová přihláška do skupiny",
    "groups/letters/application_declined": "nepřijatá přihláška do skupiny",
    "groups/letters/application_guest": "pozvání zájemce o členství",
    "groups/letters/application_put": "o přihlášce se bude rozhodovat",
    "groups/letters/application_received": "přihláška do skupiny došla",
    "groups/letters/application_withdrawn": "přihláška do skupiny vzatá zpět",
    "minutes/letters/objection_settled": "vypořádaná námitka k zápisu",
    "minutes/letters/sent": "zápis k nahlédnutí",
    "minutes/letters/task_late": "úkol po termínu",
    "minutes/letters/task_remind": "připomínka úkolu",
    "plan/letters/follow_confirm": "potvrzení sledování opatření",
    "plan/letters/measure_changed": "změna sledovaného opatření",
    "sitting/letters/ballot": "hlasování mimo jednání",
    "sitting/letters/ballot_remind": "připomínka hlasování mimo jednání",
    "sitting/letters/ballot_result": "výsledek hlasování mimo jednání",
    "suggestions/letters/confirm": "potvrzení e-mailu u podnětu",
    "suggestions/letters/given": "podnět pro skupinu",
    "suggestions/letters/step": "co je s podnětem",
    "suggestions/letters/thanks": "poděkování za podnět",
    "upkeep/letters/approved": "schválený návrh",
    "upkeep/letters/partly": "návrh schválený zčásti",
    "upkeep/letters/returned": "vrácený návrh",
}


def letter_called(template: str) -> str:
    """A letter of a template that is no longer here keeps the template's name."""
    return LETTERS.get(template, template)
