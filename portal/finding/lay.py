"""Lay words: which kinds of help a question asks for, learnt from phrases that people use.

The dictionary (``lists/lay_words_*.csv`` and what coordinators add) is a list of examples: a phrase, the kinds that
answer it (the most fitting first) and the target groups it speaks about. Each phrase becomes a vector of its stems,
pairs of neighbouring stems, and pieces of 3 to 5 letters (they catch typing errors and words of the same family);
rare features weigh more. Two readers of the examples are added up:

* a linear one, ridge regression of kinds on features, which generalises over all examples at once, and
* the nearest examples, which remember a phrase as a whole.

Both are arrays of a few megabytes. Fitting takes about a second for 5 000 phrases and needs scipy; answering needs
numpy alone, so that a web process that reads a fitted model (``stored``) never loads scipy for it. On questions by
another author the pair finds more than either alone (``benchmarks/findability``).
"""

import csv
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from words.spelling import Speller
from words.stems import stem
from words.tokens import Token, tokens
from words.vocabulary import Vocabulary

if TYPE_CHECKING:
    from scipy import sparse

type Floats = NDArray[np.float32]
# Weights are read much and differ little: half the bytes hold them well enough.
type Halves = NDArray[np.float16]

LISTS = Path(__file__).parent / "lists"

# Words that say that somebody asks, not what about. Folded.
STOP_WORDS = frozenset(
    """
    a aby ahoj aj ale ani ano asi az be bez bude budu by bych byl byla bylo byt bysme bychom coz co ci cili dal
    dalsi dnes do dobry den ho i ja jak jake jaky jaka jako je jeho jej jeji jejich jen jeste ji jich jim jiz
    jsem jsi jsme jsou jste k kam kde kdo kdy kdyz ke ktera ktere ktery kteri la li ma mam mame me mi mne mit
    mnou moc moje moji muj muze muzete muzu my na nad nam nami nas nase nasi ne nebo nejaka nejake nejaky
    nejakou nejak neni nez nic o od on ona oni ono pak po pod podle pokud potom potrebuji potrebuju potrebujeme
    potreboval potrebovala potrebuje prave pred pres pri pro prosim proto protoze proc sve svuj svou s se si sem
    snad ta tady tak take taky tam te tedy ten tento tim to tohle toho tom tomu toto tu ty u uz v vam vas vase
    ve vsak vubec za zda zde ze zase hledam hledame hledat chci chteli chtel chtela chteji chceme najit najdu
    najdete existuje nekdo nekde nekoho neco nevim vim vite poradte poradit pomoc pomoci pomuze pomuzete pomozte
    pomohl pomohla pomohou dekuji diky zdravim sluzba sluzby sluzeb sluzbu jde jit mohu mohla mohl
    """.split()
)
_PIECES = (3, 4, 5)
_WORD, _PAIR, _PIECE = 1.0, 0.7, 0.5
# Words of asking are heard, but quietly: "nemám kam jít" differs from "nemám".
_QUIET = 0.7
# Weight of the first, second, ... kind of a phrase; the list is ordered from the most fitting.
_ORDER = (1.0, 0.7, 0.5, 0.35, 0.25, 0.2)
_RIDGE = 1.0
_ITERATIONS = 40
_NEAREST = 8
_NEAREST_SHARE = 0.35
# Texts skimmed at once, so that thousands of names need little memory.
SKIMMED = 1000
# A repaired word speaks more quietly than one that was typed right.
_REPAIRED = 0.8


@dataclass(frozen=True, slots=True)
class LayRow:
    """A phrase, keys of the kinds that answer it (the most fitting first), keys of the groups it speaks about."""

    phrase: str
    kinds: tuple[str, ...]
    groups: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Naming:
    """How a kind or a target group is called: key, official name, abbreviation, a sentence in plain words."""

    key: str
    name: str
    abbreviation: str = ""
    plain: str = ""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a question asks for.

    ``kinds`` and ``groups`` are scores (about 0 to 1) in the order of ``LayModel.kinds`` and ``LayModel.groups``;
    ``shares`` (words x kinds) says how much each word of the question added to the score of a kind;
    ``repairs`` maps typed words to the words that were understood; ``known`` is the share of the question that the
    model has met before, by weight.
    """

    kinds: Floats
    groups: Floats
    shares: Floats
    repairs: dict[str, str]
    known: float


def read_lay_rows(paths: Iterable[Path] | None = None) -> list[LayRow]:
    """Rows of the lists that come with the product; keys of kinds and groups are separated by spaces."""
    rows: list[LayRow] = []
    for path in sorted(LISTS.glob("lay_words_*.csv") if paths is None else paths):
        with path.open(encoding="utf-8", newline="") as file:
            rows += [
                LayRow(row["phrase"].strip(), tuple(row["kinds"].split()), tuple((row["groups"] or "").split()))
                for row in csv.DictReader(file)
                if row["phrase"].strip()
            ]
    return rows


def read_namings(path: Path, plain: str) -> list[Naming]:
    """Namings of kinds or groups from a list of the catalogue; ``plain`` names the column with the plain words."""
    with path.open(encoding="utf-8", newline="") as file:
        return [
            Naming(row["key"], row["name"], row.get("abbreviation") or "", row[plain] or "")
            for row in csv.DictReader(file)
        ]


def content(words: Sequence[Token]) -> list[Token]:
    """Words that say what the question is about; all of them when nothing else is there."""
    kept = [word for word in words if word.folded not in STOP_WORDS]
    return kept or list(words)


@dataclass(slots=True)
class LayModel:
    """Scores of kinds and target groups for a question. Build once, share between threads, read only."""

    rows: Sequence[LayRow]
    kind_namings: Sequence[Naming]
    group_namings: Sequence[Naming] = ()
    kinds: list[str] = field(init=False)
    groups: list[str] = field(init=False)
    _rarest: float = field(init=False, repr=False)
    known_stems: frozenset[str] = field(init=False, repr=False)
    _features: Vocabulary = field(init=False, repr=False)
    _rarity: Floats = field(init=False, repr=False)
    _postings: "_Postings" = field(init=False, repr=False)
    _answers: Floats = field(init=False, repr=False)
    _base: Floats = field(init=False, repr=False)
    _weights: Halves = field(init=False, repr=False)
    _speller: Speller = field(init=False, repr=False)
    _usual: dict[str, str] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._rarest = float(np.log(len(self.rows) + 1))
        self.kinds = [naming.key for naming in self.kind_namings]
        self.groups = [naming.key for naming in self.group_namings]
        examples = self._all_examples()
        worded = [tokens(row.phrase) for row in examples]
        counts = Counter(stem(word.folded) for words in worded for word in content(words))
        self.known_stems = frozenset(counts)
        self._speller = Speller(counts)
        # How a stem is most often written, to say what was understood.
        written = Counter((stem(word.folded), word.text.lower()) for words in worded for word in words)
        self._usual = {stemmed: text for (stemmed, text), _ in reversed(written.most_common())}
        featured = [_merge(_features(words)) for words in worded]
        spread = Counter(feature for row in featured for feature in row)
        self._features = Vocabulary(list(spread))
        frequency = np.fromiter(spread.values(), np.float32, len(spread))
        self._rarity = np.log((len(examples) + 1) / (frequency + 0.5)).astype(np.float32)
        matrix = _matrix(featured, {feature: place for place, feature in enumerate(spread)}, self._rarity)
        self._answers, self._base = self._targets(examples)
        self._weights = _ridge(matrix, self._answers - self._base).astype(np.float16)
        self._postings = _Postings.of(matrix)

    def __getstate__(self) -> list[Any]:
        """Without the rows it was learnt from: of them an answer needs only how many they were."""
        return [() if one.name == "rows" else getattr(self, one.name) for one in fields(self)]

    def __setstate__(self, state: list[Any]) -> None:
        for one, value in zip(fields(self), state, strict=True):
            setattr(self, one.name, value)

    def judge(self, words: Sequence[Token], *, literal: bool = False) -> Judgement:
        """Scores for the words of a question (places already taken out); ``literal`` repairs no typing errors."""
        repairs = {} if literal else self._repairs(words)
        parts = _features(words, repairs)
        numbers = self._features.numbers([feature for feature, _, _ in parts])
        weights = np.array([weight for _, weight, _ in parts], np.float32)
        known = numbers >= 0
        columns = numbers[known]
        value = weights[known] * self._rarity[columns]
        missed = float((weights[~known] ** 2).sum()) * self._rarest**2
        length = float(np.sqrt(value @ value + missed)) or 1.0
        value /= length
        shares = np.zeros((len(words), len(self._base)), np.float32)
        owners = np.array([owner for _, _, owner in parts], np.intp)[known]
        np.add.at(shares, owners, value[:, None] * self._weights[columns])
        scores = shares.sum(axis=0) + self._base * float(value @ value)
        scores += _NEAREST_SHARE * self._nearest(columns, value)
        split = len(self.kinds)
        return Judgement(
            kinds=scores[:split],
            groups=scores[split:],
            shares=shares[:, :split],
            repairs={words[place].text: self._usual[meant] for place, meant in repairs.items()},
            known=float(value @ value),
        )

    def skim(self, texts: Sequence[str]) -> tuple[Floats, Floats]:
        """Scores of kinds (texts x kinds) and of groups (texts x groups) for many short texts such as names,
        by the linear reader alone."""
        parts = [self._skim(texts[start : start + SKIMMED]) for start in range(0, len(texts), SKIMMED)]
        scores = np.vstack(parts) if parts else np.zeros((0, len(self._base)), np.float32)
        split = len(self.kinds)
        return scores[:, :split], scores[:, split:]

    def _skim(self, texts: Sequence[str]) -> Floats:
        from scipy import sparse

        features = [(number, one) for number, text in enumerate(texts) for one in _each_feature(tokens(text), {})]
        columns = self._features.numbers([feature for _, (feature, _, _) in features])
        loud = np.array([weight for _, (_, weight, _) in features], np.float32)
        owners = np.array([number for number, _ in features], np.intp)
        known = columns >= 0
        missed = np.bincount(owners[~known], loud[~known] ** 2, len(texts)).astype(np.float32)
        told = loud[known] * self._rarity[columns[known]]
        matrix = sparse.csr_array((told, (owners[known], columns[known])), shape=(len(texts), len(self._features)))
        matrix.sum_duplicates()
        heard = np.asarray(matrix.power(2).sum(axis=1), np.float32)
        # What the dictionary does not know makes a text less telling, as it does in a question.
        whole = heard + missed * np.float32(self._rarest**2)
        length = np.sqrt(np.maximum(whole, 1e-9))[:, None]
        weights = self._weights.astype(np.float32)
        scores: Floats = (matrix @ weights) / length + self._base * (heard[:, None] / length**2)
        return scores

    def _nearest(self, columns: NDArray[np.int32], value: Floats) -> Floats:
        """Answers of the most similar examples, weighted by the square of their similarity."""
        alike = self._postings.likeness(columns, value, len(self._answers))
        few = min(_NEAREST, len(alike) - 1)
        top = np.argpartition(-alike, few)[: few + 1]
        weight = alike[top] ** 2
        # The most similar example sets how far the examples are believed.
        answer: Floats = weight @ self._answers[top] / (weight.sum() + 1e-6) * min(1.0, 2 * float(alike[top].max()))
        return answer

    def _repairs(self, words: Sequence[Token]) -> dict[int, str]:
        """Stems meant by words that the dictionary does not know, by the place of the word."""
        found: dict[int, str] = {}
        for place, word in enumerate(words):
            if word.folded in STOP_WORDS:
                continue
            repair = self._speller.repair(stem(word.folded))
            if repair is not None:
                found[place] = repair.word
        return found

    def _all_examples(self) -> list[LayRow]:
        """The dictionary and, as examples too, how kinds and groups are called."""
        named = [
            LayRow(text, (naming.key,))
            for naming in self.kind_namings
            for text in (naming.name, naming.abbreviation, naming.abbreviation.replace(" ", ""), naming.plain)
            if text
        ]
        grouped = [
            LayRow(text, (), (naming.key,))
            for naming in self.group_namings
            for text in dict.fromkeys((naming.name, naming.plain))
            if text
        ]
        return [*self.rows, *named, *grouped]

    def _targets(self, examples: Sequence[LayRow]) -> tuple[Floats, Floats]:
        """Answers (examples x (kinds + groups)) and the mean answer.

        An example that names no kind says nothing about kinds: it holds the mean there.
        """
        place = {key: column for column, key in enumerate([*self.kinds, *self.groups])}
        answers = np.zeros((len(examples), len(place)), np.float32)
        for number, row in enumerate(examples):
            for order, key in enumerate(row.kinds):
                if key in place:
                    answers[number, place[key]] = _ORDER[min(order, len(_ORDER) - 1)]
            for key in row.groups:
                if key in place:
                    answers[number, place[key]] = 1.0
        base: Floats = answers.mean(axis=0, dtype=np.float32)
        silent = np.array([not row.kinds for row in examples])
        answers[silent, : len(self.kinds)] = base[: len(self.kinds)]
        return answers, base


@dataclass(frozen=True, slots=True)
class _Postings:
    """Which examples hold a feature and how much it weighs in each: those of feature ``f`` stand from
    ``starts[f]`` to ``starts[f + 1]``."""

    starts: NDArray[np.int32]
    examples: NDArray[np.uint16] | NDArray[np.uint32]
    weights: Halves

    @classmethod
    def of(cls, matrix: "sparse.csr_array") -> "_Postings":
        across = matrix.tocsc()
        numbers = np.uint16 if matrix.shape[0] <= np.iinfo(np.uint16).max else np.uint32
        return cls(across.indptr.astype(np.int32), across.indices.astype(numbers), across.data.astype(np.float16))

    def likeness(self, features: NDArray[np.int32], values: Floats, size: int) -> Floats:
        """Scalar products of all ``size`` examples with one text given by its features; a feature may repeat."""
        alike = np.zeros(size, np.float32)
        for start, end, value in zip(self.starts[features], self.starts[features + 1], values, strict=True):
            # No example holds a feature twice.
            alike[self.examples[start:end]] += value * self.weights[start:end]
        return alike


def _features(words: Sequence[Token], repairs: dict[int, str] | None = None) -> list[tuple[str, float, int]]:
    """Features of the words: (feature, weight, place of the word it comes from)."""
    return list(_each_feature(words, repairs or {}))


def _each_feature(words: Sequence[Token], repairs: dict[int, str]) -> Iterator[tuple[str, float, int]]:
    before, quiet_before = "", 1.0
    for place, word in enumerate(words):
        stemmed = repairs.get(place, stem(word.folded))
        quiet = _QUIET if word.folded in STOP_WORDS else 1.0
        yield f"={stemmed}", quiet * (_REPAIRED if place in repairs else _WORD), place
        if before:
            yield f"+{before} {stemmed}", _PAIR * min(quiet, quiet_before), place
        before, quiet_before = stemmed, quiet
        framed = f"<{word.folded}>"
        for length in _PIECES:
            for start in range(len(framed) - length + 1):
                yield framed[start : start + length], _PIECE * quiet, place


def _merge(features: Iterable[tuple[str, float, int]]) -> dict[str, float]:
    merged: dict[str, float] = {}
    for feature, weight, _ in features:
        merged[feature] = merged.get(feature, 0.0) + weight
    return merged


def _matrix(featured: Sequence[dict[str, float]], place: dict[str, int], rarity: Floats) -> "sparse.csr_array":
    """Examples x features, each row of length one."""
    from scipy import sparse

    starts = np.zeros(len(featured) + 1, np.int32)
    starts[1:] = np.cumsum([len(row) for row in featured])
    columns = np.fromiter((place[one] for row in featured for one in row), np.int32, starts[-1])
    values = np.fromiter((weight for row in featured for weight in row.values()), np.float32, starts[-1])
    values *= rarity[columns]
    rows = np.repeat(np.arange(len(featured)), np.diff(starts))
    squares = np.bincount(rows, values**2, len(featured))
    values /= np.sqrt(squares[rows]).astype(np.float32)
    return sparse.csr_array((values, columns, starts), shape=(len(featured), len(place)))


def _ridge(examples: "sparse.csr_array", answers: Floats) -> Floats:
    """Weights (features x answers) of ridge regression, by conjugate gradients on all answers at once.

    Solves (X X' + r I) A = Y and returns X' A. No dense matrix of examples x examples is ever held.
    """
    across = examples.T.tocsr()
    solution = np.zeros_like(answers)
    rest = answers.copy()
    step = rest.copy()
    size = np.einsum("ij,ij->j", rest, rest)
    enough = 1e-6 * size.max(initial=0.0)
    for _ in range(_ITERATIONS):
        if size.max(initial=0.0) <= enough:
            break
        image = examples @ (across @ step) + _RIDGE * step
        stride = size / np.maximum(np.einsum("ij,ij->j", step, image), 1e-12)
        solution += stride * step
        rest -= stride * image
        shrunk = np.einsum("ij,ij->j", rest, rest)
        step = rest + (shrunk / np.maximum(size, 1e-12)) * step
        size = shrunk
    weights: Floats = (across @ solution).astype(np.float32)
    return weights
