"""How the journal calls the things and fields it tells of. Words as data: the apps stand above the journal, and a
test holds that nothing they write here stays without its word."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Thing:
    """A kind of thing; `page` is the URL name of its page at the desk, where the row's number alone leads to it."""

    word: str
    page: str = ""


THINGS = {
    "access.proposal": Thing("návrh místa", "access:proposal"),
    "access.referencevalue": Thing("referenční hodnota", "access:reference_edit"),
    "access.scenario": Thing("scénář", "access:scenario"),
    "access.unitcost": Thing("jednotkový náklad", "access:unit_cost"),
    "accounts.person": Thing("člověk"),
    "accounts.grant": Thing("role"),
    "accounts.invitation": Thing("pozvánka"),
    "catalogue.agegroup": Thing("věková skupina"),
    "catalogue.capacityunit": Thing("jednotka kapacity"),
    "catalogue.feature": Thing("vlastnost"),
    "catalogue.form": Thing("forma"),
    "catalogue.kind": Thing("druh služby"),
    "catalogue.provider": Thing("poskytovatel"),
    "catalogue.service": Thing("služba", "catalogue:service_edit"),
    "catalogue.targetgroup": Thing("cílová skupina"),
    "finding.crisisline": Thing("krizové číslo"),
    "finding.layword": Thing("lidová slova", "finding:lay_word_change"),
    "finding.situation": Thing("životní situace"),
    "register.importrun": Thing("načtení registru", "register:run"),
}

LABELS = {
    "about": "s čím pomůže",
    "abbreviation": "zkratka",
    "active": "ukazuje se",
    "added": "přibylo",
    "age_groups": "věk",
    "amount": "hodnota",
    "answer": "odpověď",
    "audience": "okruh",
    "capacities": "kapacity",
    "change": "změna",
    "changed": "změnilo se",
    "code": "úřední kód",
    "contacts": "kontakty",
    "cost": "cena",
    "cost_note": "o ceně",
    "easy_read": "snadné čtení",
    "email": "e-mail",
    "ended_on": "poslední den",
    "existing": "bylo v katalogu",
    "facilities": "zařízení",
    "features": "vlastnosti",
    "few": "2 …",
    "forms": "formy",
    "from_age": "od věku",
    "gloss": "jednoduše řečeno",
    "group": "skupina",
    "groups": "o kom se mluví",
    "hours": "kdy",
    "how_to_get": "jak ji získat",
    "ico": "IČO",
    "key": "klíč",
    "kind": "druh",
    "kinds": "druhy pomoci",
    "legal_form": "právní forma",
    "line": "vysvětlení na jeden řádek",
    "many": "5 …",
    "measure": "na 1 000 koho",
    "municipalities": "obce, kam dojíždí",
    "municipality": "obec",
    "name": "název",
    "note": "poznámka",
    "number": "číslo",
    "one": "1 …",
    "order": "pořadí",
    "orps": "ORP, kam dojíždí",
    "paragraph": "paragraf",
    "phrase": "slova lidí",
    "places": "místa a otevírací doba",
    "plain": "jednoduše řečeno",
    "plain_text": "co služba dělá",
    "postal_code": "PSČ",
    "problems": "nečitelné záznamy",
    "provider": "poskytovatel",
    "published": "v katalogu",
    "query": "otázka",
    "read": "přečteno záznamů",
    "report": "číslo hlášení",
    "shared": "odkaz je otevřený",
    "source": "zdroj",
    "started_on": "poskytuje se od",
    "state": "stav",
    "steps": "první kroky",
    "street": "ulice a číslo",
    "target_groups": "pro koho",
    "target_note": "upřesnění, komu slouží",
    "text": "text",
    "title": "název",
    "to_age": "do věku",
    "touched": "dotčeno služeb",
    "unit": "jednotka",
    "usual_cost": "obvyklá cena",
    "usual_forms": "obvyklé formy",
    "valid_from": "platí od",
    "valid_to": "platí do",
    "vanished": "zmizelo",
    "verified_by": "kdo ověřil",
    "verified_on": "ověřeno",
    "violence": "týká se násilí",
    "waiting": "čekací doba",
    "whole_region": "působí v celém kraji",
    "wish": "zadání",
    "year": "rok",
    # Inside of rows: contacts and places.
    "access_note": "jak se tam dostanete",
    "accessible_toilet": "bezbariérová toaleta",
    "channel": "druh kontaktu",
    "closes": "do",
    "guide_dog": "vstup s vodicím psem",
    "lift": "výtah",
    "opens": "od",
    "reserved_parking": "vyhrazené parkování",
    "secret": "utajená adresa",
    "step_free": "vchod bez schodů",
    "value": "kontakt",
    "weekday": "den",
}
OF_THING = {
    ("catalogue.service", "hours"): "otevírací doba",
    ("catalogue.service", "ico"): "IČO poskytovatele",
    ("catalogue.service", "target_groups"): "pro koho",
    ("finding.situation", "target_groups"): "koho se týká",
    ("finding.crisisline", "line"): "s čím pomůže",
    ("access.unitcost", "amount"): "částka v Kč za rok",
    ("access.referencevalue", "amount"): "hodnota na 1 000",
}


def thing_word(thing: str) -> str:
    return THINGS[thing].word if thing in THINGS else thing


def label(thing: str, name: str) -> str:
    """The Czech name of a field; a field nobody named is told by its own name rather than left out."""
    return OF_THING.get((thing, name)) or LABELS.get(name, name)
