"""Every verb of the journal and the Czech sentence that tells it. A house test holds the table complete."""

import re

SENTENCES = {
    "crisis_line_changed": "{actor}: změna krizové linky {thing}",
    "letter_cancelled": "{actor}: dopis „{thing}“ se nepošle",
    "letter_sent_again": "{actor}: dopis „{thing}“ jde znovu",
    "lay_word_added": "{actor}: nová lidová slova „{thing}“",
    "lay_word_changed": "{actor}: změna lidových slov „{thing}“",
    "situation_changed": "{actor}: změna životní situace „{thing}“",
    "list_item_added": "{actor}: nová položka číselníku – {thing}",
    "list_item_changed": "{actor}: změna v číselníku – {thing}",
    "reference_added": "{actor}: nová referenční hodnota – {thing}",
    "reference_changed": "{actor}: změna referenční hodnoty – {thing}",
    "reference_removed": "{actor}: smazaná referenční hodnota – {thing}",
    "register_imported": "{actor}: načtení registru – {thing}",
    "service_added": "{actor}: nová služba {thing}",
    "service_changed": "{actor}: úprava služby {thing}",
    "service_published": "{actor}: zveřejněná služba {thing}",
    "service_hidden": "{actor}: služba {thing} stažená z katalogu",
    "service_ended": "{actor}: zapsaný konec služby {thing}",
    "service_resumed": "{actor}: služba {thing} pokračuje, konec zrušený",
    "service_verified": "{actor}: údaje služby {thing} platí",
    "service_unconfirmed": "{actor}: na kartě služby {thing} stojí, že ji poskytovatel nepotvrdil",
    "report_answered": "{actor}: odpověď poskytovatele na hlášení ke službě {thing}",
    "dispute_said": "{actor}: výhrada k údajům registru u služby {thing}",
    "dispute_withdrawn": "{actor}: výhrada k údajům registru u služby {thing} vzatá zpět",
    "conflict_settled": "{actor}: rozhodnutý rozpor s registrem u služby {thing}",
    "conflict_reopened": "{actor}: rozpor s registrem u služby {thing} je zase otevřený",
    "limit_changed": "{actor}: změna lhůty „{thing}“",
    "quality_rule_changed": "{actor}: změna váhy důvodu „{thing}“",
    "report_settled": "{actor}: vyřízené hlášení ke službě {thing}",
    "report_reopened": "{actor}: hlášení ke službě {thing} je zase otevřené",
    "scenario_added": "{actor}: nový scénář „{thing}“",
    "scenario_changed": "{actor}: úprava scénáře „{thing}“",
    "scenario_removed": "{actor}: smazaný scénář „{thing}“",
    "scenario_played": "{actor}: změna sítě ve scénáři „{thing}“",
    "scenario_undone": "{actor}: změna vzatá zpět ve scénáři „{thing}“",
    "scenario_commented": "{actor}: komentář ke scénáři „{thing}“",
    "unit_cost_added": "{actor}: nový jednotkový náklad – {thing}",
    "unit_cost_changed": "{actor}: změna jednotkového nákladu – {thing}",
    "unit_cost_removed": "{actor}: smazaný jednotkový náklad – {thing}",
    "person_invited": "{actor}: pozvánka pro {thing}",
    "invitation_sent_again": "{actor}: pozvánka pro {thing} poslaná znovu",
    "invitation_withdrawn": "{actor}: zrušená pozvánka pro {thing}",
    "invitation_accepted": "{actor}: přijatá pozvánka, role pro {thing}",
    "role_given": "{actor}: nová role pro {thing}",
    "role_taken": "{actor}: odebraná role, {thing}",
    "person_switched_off": "{actor}: vypnutý účet {thing}",
    "person_switched_on": "{actor}: zapnutý účet {thing}",
    "person_erased": "{actor}: smazaný účet, {thing}",
    "change_proposed": "{actor}: návrh změny karty {thing}",
    "service_proposed": "{actor}: návrh nové služby, {thing}",
    "end_proposed": "{actor}: návrh na konec služby {thing}",
    "change_withdrawn": "{actor}: návrh vzatý zpět, {thing}",
    "change_approved": "{actor}: schválený návrh, {thing}",
    "change_partly_approved": "{actor}: návrh schválený zčásti, {thing}",
    "change_returned": "{actor}: návrh vrácený k opravě, {thing}",
    "standing_changed": "{actor}: změna postavení poskytovatele {thing}",
    "publish_rule_changed": "{actor}: změna toho, co čeká na schválení – {thing}",
    "provider_changed": "{actor}: úprava údajů poskytovatele {thing}",
    "proposal_asked": "{actor}: otázka, kam s novou službou ({thing})",
    "table_applied": "{actor}: zapsaná tabulka {thing}",
    "table_undone": "{actor}: tabulka {thing} vzatá zpět",
}


# Where the values from before a deed can be brought back: URL name with the deed's number, in the app that owns them.
RESTORED_AT = {
    "crisis_line_changed": "finding:crisis_line_restore",
    "lay_word_changed": "finding:lay_word_restore",
    "situation_changed": "finding:situation_restore",
    "list_item_changed": "catalogue:list_item_restore",
    "reference_changed": "access:reference_restore",
    "reference_removed": "access:reference_restore",
    "unit_cost_changed": "access:unit_cost_restore",
    "unit_cost_removed": "access:unit_cost_restore",
    "scenario_changed": "access:scenario_restore",
    "service_changed": "catalogue:service_restore",
    "service_published": "catalogue:service_restore",
    "service_hidden": "catalogue:service_restore",
    "service_ended": "catalogue:service_restore",
    "service_resumed": "catalogue:service_restore",
}
# Why the rest of what changed something cannot be taken back from the journal, told to whoever reads the deed.
NOT_RESTORED = {
    "role_given": "Roli odeberete na stránce člověka.",
    "role_taken": "Roli znovu přidáte na stránce člověka.",
    "person_switched_off": "Účet zapnete na stránce člověka.",
    "person_switched_on": "Účet vypnete na stránce člověka.",
    "person_invited": "Pozvánku, kterou nikdo nepřijal, zrušíte mezi pozvánkami.",
    "invitation_withdrawn": "Člověka můžete pozvat znovu.",
    "person_erased": "Smazaný účet vrátit nejde.",
    "limit_changed": "Lhůtu změníte zpátky na stránce nastavení.",
    "provider_changed": "Údaje změníte zpátky na stránce poskytovatele.",
    "publish_rule_changed": "Pravidlo změníte zpátky na stránce nastavení.",
    "quality_rule_changed": "Váhu změníte zpátky na stránce nastavení.",
    "standing_changed": "Postavení změníte zpátky na stránce poskytovatele.",
    "register_imported": "Platí to, co říká registr. Co v něm není správně, opraví poskytovatel.",
    "report_settled": "Hlášení jde otevřít znovu na jeho vlastní stránce.",
    "report_reopened": "Hlášení jde vyřídit znovu na jeho vlastní stránce.",
    "scenario_played": "Poslední změnu vezmete zpět přímo ve scénáři.",
    "scenario_undone": "Změnu přidáte znovu přímo ve scénáři.",
    "scenario_removed": "Se scénářem zmizely i jeho změny a komentáře.",
}


def sentence(verb: str, actor: str, thing: str) -> str:
    return SENTENCES[verb].format(actor=actor or "systém", thing=thing)


def words(verb: str) -> str:
    """The verb alone, for a list to choose from: "úprava služby"."""
    alone = re.sub(r"\s*[–(„]*\{thing\}[)“]*", "", SENTENCES[verb].removeprefix("{actor}:"))
    return re.sub(r"\s+", " ", alone).strip()
