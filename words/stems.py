"""Stems of Czech words, the same for a word with and without diacritics.

The stemmer works on folded text and is light: it takes off endings of declension and conjugation and leaves
derivation alone, because ``pečovatelka`` (a person who comes home) and ``péče`` (care in general) lead to
different help. The Czech stemmer of Snowball needs diacritics to see endings such as ``-ám`` or ``-ách``
(``drogách`` gives ``drog``, ``drogach`` stays), hence our own. ``stem(w) == stem(fold(w))`` for every word.
"""

from functools import lru_cache

from words.fold import fold
from words.tokens import folded_words

# Endings by length, tried from the longest; what stays has at least SHORTEST letters.
SHORTEST = 3
# ... and before -ící (neslyšící) more, or the town Police would lose its name in "v Polici".
SHORTEST_PARTICIPLE = 5
_ENDINGS = frozenset(
    # nouns and adjectives
    "atech etech itech atum etem ete eti ata aty ech ich ach ych emi ymi imi ami ama ima eho emu iho imu ovi"
    " ejsi ejsiho ejsich ejsim"
    " em im um am ym ou uv mi a e i o u y"
    # verbs
    " ovat ovala ovali oval ovalo ovani ovany ovana ovane uji uju uje ujes ujeme ujete ujou"
    " at al ala ali alo aly ani any ana ane anou aneho anemu anem anym anych anymi"
    " as ame ate aji ajici ajiciho ajicich ajicim ajicimi"
    " it il ila ili ilo ily is ime ite eji ejici ici iciho icich icim icimi"
    " et el ela eli elo ely eni enim es eme ete ej en eny ena ene eneho enemu enem enou enym enych enymi"
    " out nout nul nula nuli nu nes neme nete nou nuti"
    " ovic".split()
)
_LONGEST = max(map(len, _ENDINGS))

# Words whose forms share no beginning, or whose ending would take too much. Folded form -> stem.
_IRREGULAR = {
    form: stem
    for stem, forms in {
        "dit": "dite ditete diteti ditetem deti det detem detmi detech ditko",
        "clov": "clovek cloveka cloveku clovekem clovece lide lidi lidem lidmi lidech",
        "pij": "pit pije piju piji pijes pijou pijeme pil pila pili piti pijici",
        "bij": "bit bije biji biju bijes bijou bil bila bili biti",
        "zij": "zit zije ziji ziju zijes zijeme zijou zil zila zili ziti zijici",
        "jis": "jist jim jis ji jime jite jedi jedl jedla jedli",
        "spi": "spat spi spim spis spime spal spala spali spani",
        "penez": "penize penez penezi penezum penezich",
        "dum": "dum domu dome domem domy domech",
        "doma": "doma domu",
        "mam": "mam mas ma mame mate maji mit mel mela meli",
        "nemam": "nemam nemas nema nemame nemate nemaji nemit nemel nemela nemeli",
        "mat": "mama mamy mamu mame mamou mami maminka maminky maminku maminkou mamince maminko maminek"
        " mamka mamky mamku mamkou mamce matka matky matku matkou matce matek matkam",
        "otec": "otec otce otci otcem tata taty tatu tatou tatovi tatinek tatinka tatinkovi tatinkem tatka",
        "babick": "babicka babicky babicku babickou babicce babicek babickam baba baby babu babou babi bab"
        " babca babi babka babky babku babkou babce",
        "ded": "ded deda dedy dedovi dedu dedou dedecek dedecka dedeckovi dedeckem deduska dedek dedka dedkovi",
        "umir": "umrit umre umira umiram umirame umiraji umirat umrel umrela umreli umirani umirajici umirajiciho"
        " umirajicim umirajicimu umirajicich zemrit zemre zemrel zemrela zemreli",
        "nemoc": "nemoc nemoci nemocny nemocna nemocneho nemocnou nemocnym nemocne nemocnych nemocnymi",
        "spad": "spadnout spadne spadnu spadl spadla spadli upadnout upadne upadnu upadl upadla upadli",
        "prac": "prace praci praceh pracovat pracuje pracuji pracuju",
    }.items()
    for form in forms.split()
}
_VOWELS = frozenset("aeiouy")


@lru_cache(maxsize=8_192)
def stem(word: str) -> str:
    """The stem of one word, folded. A word of up to three letters or with a digit is left whole."""
    folded = fold(word)
    if folded in _IRREGULAR:
        return _IRREGULAR[folded]
    if len(folded) <= SHORTEST or not folded.isalpha():
        return folded
    return _level(_without_ending(folded))


def stems(text: str) -> list[str]:
    """Stems of all words of the text, in order."""
    return [stem(word) for word in folded_words(text)]


def _without_ending(folded: str) -> str:
    if folded.endswith("ismus"):
        return folded[:-2]
    for length in range(min(_LONGEST, len(folded) - SHORTEST), 0, -1):
        if folded[-length:] in _ENDINGS and any(c in _VOWELS or c in "rl" for c in folded[:-length]):
            if length >= 3 and folded[-length:].startswith("ici") and len(folded) - length < SHORTEST_PARTICIPLE:
                continue
            return folded[:-length]
    return folded


def _level(stemmed: str) -> str:
    """One spelling where Czech changes the last consonants: matek / matce / matk-, otec / otc-."""
    if len(stemmed) >= 4 and stemmed[-2] == "e" and stemmed[-1] in "kc" and stemmed[-3] not in _VOWELS:
        stemmed = stemmed[:-2] + stemmed[-1]
    if len(stemmed) >= 4 and stemmed[-1] == "c" and stemmed[-2] not in _VOWELS:
        stemmed = stemmed[:-1] + "k"
    return stemmed
