"""How a letter greets somebody: "Dobrý den, paní Nováková", "Dobrý den, pane Svobodo", "Dobrý den, Jano".

A wrong vocative offends more than a plain greeting, so a name is spoken to only where its first name is a known
Czech one and its surname ends in a way that leaves no doubt; everybody else, organisations included, gets "Dobrý den".
"""

import re

PLAIN = "Dobrý den"

# First names common in Czechia (the most frequent in the register of inhabitants, and their home forms); by them
# we know that a text is a person, and whether a woman or a man.
_WOMEN = frozenset(
    """
    adéla adriana agáta alena alexandra alice alžběta amálie anastázie anděla andrea aneta anežka anna antonie barbora
    běla berta blanka blažena bohdana bohumila bohuslava božena dagmar dana daniela darina denisa diana dita dominika
    dorota drahomíra drahoslava dušana ela elena eliška elizabeta ema emílie erika ester eva evelína františka
    gabriela hana hanka hedvika helena hermína ida ilona inka irena iva ivana iveta ivona jana jarmila jaromíra
    jaroslava jindra jindřiška jiřina jitka johana jolana josefa judita julie justýna kamila karin karla karolína
    kateřina klára klaudie kristina kristýna krystyna květa květoslava květuše lada ladislava lea lenka leona leontýna
    libuše lída liběna linda ljuba lucie ludmila lydie magda magdalena magdaléna marcela mariana marie marika markéta
    marta martina matylda michaela milada milena miloslava milota miluše mirka miriam miroslava monika natálie naděžda
    nela nina nora oldřiška olga otýlie patricie pavla pavlína petra radana radka radmila radomíra renata renáta
    romana rozálie rudolfa růžena sabina sandra sára silvie simona slavěna slávka soňa sofie stanislava stela svatava
    svatoslava svetlana světlana šárka šarlota štěpánka tamara taťána tereza terezie tina uršula václava valentýna
    valerie vanda vendula věra veronika vilma viktorie viola vladimíra vladislava vlasta vlastimila xenie zdena zdenka
    zdeňka zdislava zina zita zlata zlatuše zora zoja zuzana žaneta žofie
    """.split()
)
_MEN = frozenset(
    """
    adam albert aleš alexandr alfons alois alojz ambrož antonín arnošt artur bedřich blahoslav bohdan bohumil bohumír
    bohuslav boleslav boris bořek bořivoj břetislav bronislav cyril čeněk čestmír dalibor dalimil daniel david denis
    dominik dušan eduard emanuel emil erik evžen felix ferdinand filip florián františek gabriel gustav hanuš havel
    heřman horymír hubert hugo hynek ignác igor ivan ivo jáchym jakub jan jarmil jaromír jaroslav jeroným jindřich
    jiří jonáš josef julius kamil karel kazimír klement kryštof květoslav kvido ladislav leopold leoš libor lubomír
    lubor luboš luděk ludvík lukáš lumír marcel marek marián mario maroš martin matěj matouš matyáš maxim maxmilián
    metoděj michael michal mikuláš milan miloslav miloš miroslav mojmír norbert oldřich oliver ondřej oskar oto otakar
    otmar otto patrik pavel petr prokop přemysl radek radim radko radomír radoslav radovan rastislav richard robert
    robin roman rostislav rudolf řehoř samuel sebastian sebastián servác silvestr slavomír soběslav stanislav
    svatopluk svatoslav šimon štefan štěpán tadeáš teodor tibor tobiáš tomáš václav valentin vavřinec vendelín viktor
    vilém vincenc vít vítězslav vladan vladimír vladislav vlastimil vlastislav vojtěch vojmír vratislav zbyněk zbyšek
    zdeněk zdenek zikmund
    """.split()
)
# Before and after a name; a comma parts what stands after it.
_TITLES = frozenset(
    """
    bc bca ing mgr mga judr mudr mvdr mddr phdr rndr pharmdr thdr thlic thmgr paeddr dr doc prof dis phd csc drsc mba
    mpa msc ma ba llm llb mph dba ac arch por plk mjr kpt gen ph d art p pan paní slečna
    """.split()
)
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*", re.UNICODE)

_UNCHANGED = "áéěíýůóúeiouy"
_SOFT = "žščřcjďťň"
_VOWELS = "aeiouyáéěíóúůý"
# Men's names of -l and -s that the endings would get wrong.
_IRREGULAR = {
    "král": "Králi",
    "havel": "Havle",
    "karel": "Karle",
    "pavel": "Pavle",
    "švec": "Ševče",
    "lev": "Lve",
    "michael": "Michaeli",
    "daniel": "Danieli",
    "samuel": "Samueli",
    "gabriel": "Gabrieli",
    "emanuel": "Emanueli",
    "marcel": "Marceli",
    "emil": "Emile",
    "alois": "Aloisi",
    "denis": "Denisi",
    "boris": "Borisi",
    "felix": "Felixi",
    "julius": "Julie",
    "marek": "Marku",
    "petr": "Petře",
    "alexandr": "Alexandře",
    "silvestr": "Silvestře",
    "bůh": "Bože",
}


def greeting(name: str) -> str:
    """The greeting without the comma that ends it."""
    words = _words(name)
    if len(words) == 1:
        called = _first_name(words[0])
        return f"{PLAIN}, {called}" if called else PLAIN
    if not 2 <= len(words) <= 4:
        return PLAIN
    woman, man = words[0].lower() in _WOMEN, words[0].lower() in _MEN
    # In the middle may stand a second first name (Anna Marie Tichá) or surname; only the last word is spoken to.
    if any(word.lower() not in _WOMEN | _MEN and not _is_surname_part(word) for word in words[1:-1]):
        return PLAIN
    if woman:
        surname = _of_woman(words[-1])
        return f"{PLAIN}, paní {surname}" if surname else PLAIN
    if man:
        surname = _of_man(words[-1])
        return f"{PLAIN}, pane {surname}" if surname else PLAIN
    return PLAIN


def _words(name: str) -> list[str]:
    """Words of the name without titles; nothing for a text that is no bare name."""
    bare = name.split(",", maxsplit=1)[0].strip()
    if not bare or any(sign.isdigit() or sign in '@/()„“"' for sign in bare) or bare.isupper():
        return []
    words = [word for word in _WORD.findall(bare) if word.lower() not in _TITLES]
    return words if all(word[0].isupper() for word in words) else []


def _is_surname_part(word: str) -> bool:
    return word.lower().endswith(("ová", "á"))


def _first_name(name: str) -> str:
    lower = name.lower()
    if lower in _WOMEN:
        return name[:-1] + "o" if lower.endswith("a") else name
    return _of_man(name) if lower in _MEN else ""


def _of_woman(surname: str) -> str:
    """Surnames of women stay as they are; one that ends like a man's may be a slip, or not Czech."""
    parts = surname.split("-")
    return surname if all(part.lower().endswith(("á", "í", "ů", "ých")) for part in parts) else ""


def _of_man(name: str) -> str:
    """The vocative of a man's first name or surname, "" where the ending leaves a doubt."""
    if "-" in name or "'" in name or "’" in name or len(name) < 3:
        return ""
    lower = name.lower()
    if lower in _IRREGULAR:
        return _IRREGULAR[lower]
    if lower.endswith(("ová", "ská", "cká")):
        return ""
    return _by_ending(name, lower)


def _by_ending(name: str, lower: str) -> str:  # noqa: PLR0911 - a list of endings, one a line
    last, before = lower[-1], lower[-2]
    if last == "a":
        return "" if lower.endswith(("ia", "ea", "ua")) else name[:-1] + "o"
    if last in _UNCHANGED:
        return name
    if lower.endswith("ek"):
        return name[:-2] + "ku"
    if lower.endswith("ec"):
        return name[:-2] + "če"
    if lower.endswith("ěk"):  # Zdeněk is Zdeňku, Luděk is Luďku
        return name[:-3] + {"n": "ňku", "d": "ďku", "t": "ťku"}[name[-3]] if name[-3] in "ndt" else name[:-2] + "ku"
    if lower.endswith("ch") or last in "kgh":
        return name + "u"
    if last in _SOFT:
        return name + "i"
    if lower.endswith("ár"):  # Bednár, Molnár: people differ
        return ""
    if last == "r":
        return name[:-1] + ("re" if before in _VOWELS else "ře")
    # -el may lose its e (Havel) or keep it (Wessel); -s and -x are soft in some names and hard in others.
    if last in "sxzqw" or lower.endswith("el"):
        return ""
    return name + "e" if last in "bdflmnptv" else ""
