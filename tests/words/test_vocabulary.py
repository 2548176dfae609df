from hypothesis import given
from hypothesis import strategies as st

from words.vocabulary import Lines, Vocabulary

WORDS = st.lists(st.text(max_size=12), unique=True, max_size=40)


@given(WORDS, st.lists(st.text(max_size=12), max_size=20))
def test_words_have_the_numbers_of_their_order_and_others_have_none(words: list[str], asked: list[str]) -> None:
    vocabulary = Vocabulary(words)
    assert vocabulary.numbers(words).tolist() == list(range(len(words)))
    assert vocabulary.numbers(asked).tolist() == [words.index(one) if one in words else -1 for one in asked]
    assert [one in vocabulary for one in asked] == [one in words for one in asked]
    assert len(vocabulary) == len(words)


@given(st.lists(st.text(max_size=12), max_size=40))
def test_packed_lines_are_the_lines_that_were_given(texts: list[str]) -> None:
    lines = Lines(texts)
    assert list(lines) == texts
    assert lines[1:3] == texts[1:3]
