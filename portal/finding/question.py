"""What a person asked: a place, words that say what hurts, and what the lay dictionary makes of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from words.places import Place, Places
from words.tokens import Token, clean, shorten, tokens

from .lay import STOP_WORDS, Judgement, LayModel, content

# Longer questions are cut: nobody's trouble needs more than this to be recognised.
LONGEST = 500
MOST_WORDS = 60


class Notice(StrEnum):
    """What the person should know about how the question was read."""

    CUT = "cut"
    PLACE_UNKNOWN = "place_unknown"
    PLACE_HAS_NAMESAKES = "place_has_namesakes"
    NOT_UNDERSTOOD = "not_understood"


@dataclass(frozen=True, slots=True)
class Question:
    """A question that has been read.

    ``words`` are the words left when the place has been taken out; ``judgement`` is None when none are left.
    ``namesakes`` are the other places of the same name.
    """

    text: str
    words: tuple[Token, ...]
    judgement: Judgement | None
    literal: bool
    place: Place | None
    namesakes: tuple[Place, ...]
    notices: tuple[Notice, ...]

    @property
    def asked(self) -> list[Token]:
        """Words that say what it is about; all of them when there is nothing but words of asking."""
        return content(self.words)

    @property
    def telling(self) -> list[Token]:
        """Words that can be a name: words of asking never are."""
        return [word for word in self.words if word.folded not in STOP_WORDS]


def read(
    text: str,
    lay: LayModel,
    places: Places,
    *,
    near: str = "",
    point: tuple[float, float] | None = None,
    literal: bool = False,
) -> Question:
    """Read a question.

    ``near`` is what was typed as the place and wins over a place in the text; ``point`` (lat, lon) is where the
    person stands and is used when no place is named; ``literal`` takes the words as they are typed.
    """
    notices: list[Notice] = []
    # Cutting first keeps the work on 10 000 characters small; cleaning can only shorten.
    short, cut = shorten(text, 4 * LONGEST)
    short, cut_again = shorten(clean(short), LONGEST)
    if cut or cut_again:
        notices.append(Notice.CUT)
    found = places.recognise(short, lay.known_stems)
    words = [word for word in tokens(short)[:MOST_WORDS] if found is None or not found.start <= word.start < found.end]
    place, namesakes = (found.place, found.namesakes) if found else (None, ())
    wanted, _ = shorten(clean(near[: 4 * LONGEST]), 100)
    if wanted:
        named = places.look_up(wanted)
        if named:
            place, *others = named
            namesakes = tuple(others)
        else:
            notices.append(Notice.PLACE_UNKNOWN)
    if place is None and point is not None:
        place = places.nearest(*point)
    if _share_a_name(place, namesakes):
        notices.append(Notice.PLACE_HAS_NAMESAKES)
    judgement = lay.judge(words, literal=literal) if words else None
    return Question(short, tuple(words), judgement, literal, place, namesakes, tuple(notices))


def _share_a_name(place: Place | None, others: Sequence[Place]) -> bool:
    return place is not None and any(other.name == place.name for other in others)
