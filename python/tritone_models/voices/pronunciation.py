"""Which phonemes are whose word.

espeak-ng writes a phrase word by word, but joins some (`of the` is one) and says some longer in
company than alone. Where the counts differ, the phrase is aligned with its words said alone.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from tritone_models.text import SpokenToken
from tritone_models.voices.espeak_program import EspeakProgram

MARKS = frozenset("ˈˌː\u0361")
REMEMBERED_WORDS = 4_096
SPOKEN_PUNCTUATION = '.,;:!?…—"()[]{}<>|/\\।॥؟،۔'


@dataclass(frozen=True)
class Spelling:
    """A token's phonemes, and the punctuation that ends it: one of `.,;:!?` or none."""

    phonemes: str
    punctuation: str


class Pronunciation:
    def __init__(self, program: EspeakProgram) -> None:
        self._program = program
        self._alone = lru_cache(REMEMBERED_WORDS)(self._word)

    def spell(self, tokens: Sequence[SpokenToken], voice: str) -> list[Spelling]:
        """One spelling a token; words of a token that has several are apart by a blank."""
        phrases = phrases_of(tokens)
        lines = self._program.phonemes(
            [" ".join(itertools.chain(*words)) for words, _ in phrases], voice
        )
        spellings: list[Spelling] = []
        for (words, mark), line in zip(phrases, lines, strict=True):
            spelt = self._shared(line, words, voice)
            spellings += [Spelling(phonemes, "") for phonemes in spelt[:-1]]
            spellings.append(Spelling(spelt[-1], mark))
        return spellings

    def _shared(self, line: str, words: list[list[str]], voice: str) -> list[str]:
        groups = line.split()
        flat = list(itertools.chain(*words))
        if len(groups) != len(flat):
            groups = share(line.replace(" ", ""), [self._alone(word, voice) for word in flat])
        shared, at = [], 0
        for own in words:
            shared.append(" ".join(groups[at : at + len(own)]))
            at += len(own)
        return shared

    def _word(self, word: str, voice: str) -> str:
        return "".join(self._program.phonemes([word], voice)).replace(" ", "")


def phrases_of(tokens: Sequence[SpokenToken]) -> list[tuple[list[list[str]], str]]:
    """Runs of tokens up to a punctuation: the words of each token, and the mark at the end."""
    phrases: list[tuple[list[list[str]], str]] = []
    run: list[list[str]] = []
    for token in tokens:
        run.append(words_of(token))
        mark = mark_of(token.punctuation_after)
        if mark:
            phrases.append((run, mark))
            run = []
    if run:
        phrases.append((run, ""))
    return phrases


def words_of(token: SpokenToken) -> list[str]:
    blank = str.maketrans(dict.fromkeys(SPOKEN_PUNCTUATION, " "))
    return token.spoken.translate(blank).split()


def mark_of(punctuation: str) -> str:
    """The one mark of `.,;:!?` that says how the voice goes on."""
    for written, mark in MARK_OF.items():
        if written in punctuation:
            return mark
    return ""


MARK_OF = {
    "?": "?",
    "؟": "?",
    "!": "!",
    ".": ".",
    "।": ".",
    "॥": ".",
    "۔": ".",
    "…": ".",
    ";": ";",
    ":": ":",
    "—": ",",
    "–": ",",
    ",": ",",
    "،": ",",
}


def share(phonemes: str, words: Sequence[str]) -> list[str]:
    """Cuts `phonemes` into one part a word, where their edit distance is least."""
    if not words:
        return []
    expected = "".join(words)
    path = _path(phonemes, expected)
    cuts, at = [], 0
    for word in words[:-1]:
        at += len(word)
        cuts.append(path[at])
    bounds = [0, *cuts, len(phonemes)]
    return [phonemes[a:b] for a, b in itertools.pairwise(bounds)]


def _path(found: str, expected: str) -> list[int]:
    """For each place in `expected` the place in `found` that the cheapest alignment gives it."""
    costs = [[0.0] * (len(found) + 1) for _ in range(len(expected) + 1)]
    for i, row in enumerate(costs):
        for j in range(len(row)):
            if i == 0 or j == 0:
                row[j] = float(i + j)
                continue
            row[j] = min(
                costs[i - 1][j - 1] + _unlike(expected[i - 1], found[j - 1]),
                costs[i - 1][j] + _weight(expected[i - 1]),
                row[j - 1] + _weight(found[j - 1]),
            )
    places = [0] * (len(expected) + 1)
    i, j = len(expected), len(found)
    while i > 0 or j > 0:
        places[i] = j
        here = costs[i][j]
        if i and j and here == costs[i - 1][j - 1] + _unlike(expected[i - 1], found[j - 1]):
            i, j = i - 1, j - 1
        elif i and (j == 0 or here == costs[i - 1][j] + _weight(expected[i - 1])):
            i -= 1
        else:
            j -= 1
    return places


def _weight(symbol: str) -> float:
    return 0.25 if symbol in MARKS else 1.0


def _unlike(a: str, b: str) -> float:
    if a == b:
        return 0.0
    vowels = "aeiouyæɑɒɐʌəɛɜɪᵻʊɔɚ"
    return 0.7 if (a in vowels) == (b in vowels) else 1.6
