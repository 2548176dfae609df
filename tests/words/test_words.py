"""Czech text: one spelling, stems, counts, typing errors."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from words.fold import fold
from words.plural import counted, plural
from words.spelling import Speller, sound
from words.stems import stem, stems
from words.tokens import clean, shorten, tokens

CZECH = st.text("aábcčdďeéěfghiíjklmnňoópqrřsštťuúůvwxyýzž", min_size=1, max_size=15)


def test_folding_takes_away_diacritics_and_case():
    assert fold("Příliš ŽLUŤOUČKÝ kůň") == "prilis zlutoucky kun"


@given(st.text(max_size=60))
def test_folding_twice_is_folding_once(text):
    assert fold(fold(text)) == fold(text)


@given(CZECH)
def test_a_stem_is_the_same_with_and_without_diacritics(word):
    assert stem(word) == stem(fold(word))


@given(CZECH)
def test_a_stem_is_never_empty(word):
    assert stem(word)


@pytest.mark.parametrize(
    "forms",
    [
        "babička babičky babičce babiček babi",
        "exekuce exekucí exekucích",
        "dluh dluhy dluhů dluhama",
        "nezvládá nezvladam nezvládnu nezvládat",
        "pečovatelka pečovatelky pečovatelek pečovatelce",
        "neslyší neslyšící neslysim neslyšet",
        "drogy drogách drog drogama",
        "bydlení bydlet bydlím",
        "dítě děti dětem",
        "týrá týrání týraná",
        "umírá umřel umírajícího",
        "senior senioři seniorům",
        "postižení postižený postiženého",
        "alkoholismus alkoholismu",
    ],
)
def test_forms_of_one_word_share_a_stem(forms):
    assert len({stem(form) for form in forms.split()}) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [("doma", "domov"), ("péče", "pečovatelka"), ("manžel", "manželka"), ("dům", "domov")],
)
def test_words_that_lead_elsewhere_keep_apart(one, other):
    assert stem(one) != stem(other)


def test_stems_of_a_sentence_keep_order():
    assert stems("Dluhy u exekutora") == ["dluh", "u", "exekutor"]


def test_tokens_know_where_they_stand():
    text = "Bába, dluhy!"
    assert [text[token.start : token.end] for token in tokens(text)] == ["Bába", "dluhy"]


@given(st.text(max_size=300))
def test_clean_text_has_no_control_characters(text):
    assert all(character.isprintable() for character in clean(text) if character.isascii())


@given(st.text("ab ", max_size=80), st.integers(1, 40))
def test_shortening_keeps_the_beginning(text, limit):
    kept, cut = shorten(text, limit)
    assert text.startswith(kept)
    assert len(kept) <= limit
    assert cut == (len(text) > limit)


@pytest.mark.parametrize(
    ("count", "said"),
    [(0, "služeb"), (1, "služba"), (2, "služby"), (4, "služby"), (5, "služeb"), (21, "služeb"), (102, "služeb")],
)
def test_plural_has_three_forms(count, said):
    assert plural(count, "služba", "služby", "služeb") == said


def test_counted_keeps_thousands_apart():
    assert counted(6733, "služba", "služby", "služeb") == "6\u00a0733\u00a0služeb"


SPELLER = Speller({"autism": 9, "exekuc": 20, "babick": 30, "byt": 5, "demenc": 7, "pecovatelk": 12, "dluh": 30})


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("autysm", "autism"),  # y for i
        ("exekusc", "exekuc"),  # one letter too many
        ("exeuc", "exekuc"),  # one missing
        ("bbaick", "babick"),  # two swapped
        ("babbick", "babick"),  # doubled
        ("pecovtelkk", "pecovatelk"),  # two errors in a long word
    ],
)
def test_typing_errors_are_repaired(typed, meant):
    repair = SPELLER.repair(typed)
    assert repair is not None
    assert repair.word == meant


@pytest.mark.parametrize("typed", ["byt", "bit", "pracovna", "2026", "", "dluh"])
def test_known_short_and_strange_words_are_left_alone(typed):
    assert SPELLER.repair(typed) is None


def test_words_that_sound_the_same_have_one_spelling():
    assert sound("mimino") == sound("mymino")
    assert sound("wozik") == sound("vozík")


def test_ten_thousand_letters_in_one_word_are_survived():
    assert SPELLER.repair("a" * 10_000) is None
    assert stem("a" * 10_000)
