"""Rules of procedure in plain sentences, for whoever reads the page of a group."""

from __future__ import annotations

from words.plural import counted

from .models import Procedure

QUORUM = {
    Procedure.Quorum.MEMBERS: "Rozhodovat může, když přijde víc než polovina členů.",
    Procedure.Quorum.SIDES: "Rozhodovat může, když přijde aspoň jeden zástupce zadavatelů, poskytovatelů i uživatelů.",
    Procedure.Quorum.MEMBERS_AND_SIDES: (
        "Rozhodovat může, když přijde víc než polovina členů a mezi nimi zástupce každé strany: "
        "zadavatelů, poskytovatelů i uživatelů."
    ),
    Procedure.Quorum.ANY: "Rozhodovat může, ať přijde kdokoli.",
}
MAJORITY = {
    Procedure.Majority.PRESENT: "Návrh projde, když je pro víc než polovina přítomných členů.",
    Procedure.Majority.ALL: "Návrh projde, když je pro víc než polovina všech členů.",
    Procedure.Majority.VOTES: "Návrh projde, když je víc hlasů pro než proti.",
    Procedure.Majority.CONSENSUS: "Rozhoduje se shodou: návrh projde, když nikdo není proti.",
}
COUNTED = {
    Procedure.Counted.PERSON: "Každý člen má jeden hlas.",
    Procedure.Counted.ORGANISATION: "Každá organizace má jeden hlas, ať je v ní členů víc.",
}
APPROVAL = {
    Procedure.Approval.VERIFIED: "Zápis platí, když ho podepíše ověřovatel.",
    Procedure.Approval.SILENCE: "Zápis platí, když do té doby nikdo nic nenamítne.",
    Procedure.Approval.NEXT: "Zápis schvaluje skupina na příštím jednání.",
}


def sentences(procedure: Procedure) -> list[tuple[str, list[str]]]:
    """What the rules say, under their headings."""
    meetings = [
        f"Schází se aspoň {_times(procedure.meetings_a_year)} za rok."
        if procedure.meetings_a_year
        else "Schází se podle potřeby.",
        f"Pozvánku dostanou členové {_days(procedure, procedure.invitation_days)} předem.",
        f"Termín a program najdete na webu {_days(procedure, procedure.web_days)} předem.",
        f"Bod do programu může navrhnout každý člen, nejpozději {_days(procedure, procedure.agenda_days)} předem.",
        f"Kdo nemůže přijít, omluví se {_days(procedure, procedure.excuse_days)} předem.",
    ]
    deciding = [QUORUM[Procedure.Quorum(procedure.quorum)], MAJORITY[Procedure.Majority(procedure.majority)]]
    deciding += [COUNTED[Procedure.Counted(procedure.counted)], "Hosté nehlasují."]
    if procedure.by_letter:
        deciding.append(f"Hlasovat se dá i mimo jednání, e-mailem do {_within(procedure.by_letter_days)}.")
    minutes = [
        f"Zápis dostanou přítomní do {_within(procedure.minutes_days)}.",
        f"Namítat proti němu mohou {_days(procedure, procedure.objection_days)}.",
        APPROVAL[Procedure.Approval(procedure.approval)],
    ]
    return [
        ("Jednání", meetings),
        ("Rozhodování", deciding),
        ("Členství", _membership(procedure)),
        ("Zápis", minutes),
    ]


def _membership(procedure: Procedure) -> list[str]:
    who = {
        Procedure.Admission.VOTE: "O přijetí nového člena hlasuje skupina",
        Procedure.Admission.HEAD: "O přijetí nového člena rozhodne vedoucí",
        Procedure.Admission.NAMED: "Členy jmenuje jiný orgán, přihlášku mu předáme; dopadne to",
    }[Procedure.Admission(procedure.admission)]
    said = [f"{who} do {_within(procedure.admission_days)} od přihlášky."]
    if procedure.guest_meetings:
        times = counted(procedure.guest_meetings, "jednání", "jednání", "jednání")
        said.insert(0, f"Zájemce přijde nejdřív jako host ({times}).")
    if procedure.absences:
        times = counted(procedure.absences, "neomluvené neúčasti", "neomluvených neúčastech", "neomluvených neúčastech")
        said.append(f"Členství končí po {times}.")
    return said


def _days(procedure: Procedure, days: int) -> str:
    """ "7 dní", "3 pracovní dny"; what is counted only in working days says so."""
    if procedure.working_days:
        return counted(days, "pracovní den", "pracovní dny", "pracovních dní")
    return counted(days, "den", "dny", "dní")


def _within(days: int) -> str:
    """After "do": "14 dnů", "1 dne"."""
    return counted(days, "dne", "dnů", "dnů")


def _times(number: int) -> str:
    return "jednou" if number == 1 else f"{number}krát"
