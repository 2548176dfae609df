"""Every verb of the journal and the Czech sentence that tells it. A house test holds the table complete."""

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
    "proposal_asked": "{actor}: otázka, kam s novou službou ({thing})",
}


def sentence(verb: str, actor: str, thing: str) -> str:
    return SENTENCES[verb].format(actor=actor or "systém", thing=thing)
