"""The clause that is being written, and the moment at which it is one."""

import re
import unicodedata
from typing import NamedTuple

from tritone_models.text.boundaries import (
    BREATHS,
    CLOSERS,
    ORPHANS,
    SENTENCE_ENDS,
    best_cut,
    ends_sentence,
    is_address,
)
from tritone_models.text.markup import Character

SENTENCE_PAUSE_MS = 300
PARAGRAPH_PAUSE_MS = 500
BREATH_PAUSE_MS = 120

FIRST_BREATH_CHARACTERS = 12
"""From this length on the first clause ends at a comma: its sound should come early."""
FIRST_LIMIT_CHARACTERS = 40
BREATH_CHARACTERS = 60
LIMIT_CHARACTERS = 180
MAX_WORD_CHARACTERS = 100
MAX_MARKS = 32
"""A letter with more marks than that is cut all the same."""
MAX_SPACES = 8

_JOINERS = "\u200c\u200d"
_VIRAMA_CLASS = 9
_LIST_MARKS = frozenset("-*•#–")
_NUMBERED = re.compile(r"\n\s*\d{1,3}[.)]\Z")


class Cut(NamedTuple):
    """The clause ends before character `end`; `pause_ms` is the silence after it."""

    end: int
    pause_ms: int


class PendingClause:
    """Bounded: no text without a cut is longer than a clause's limit and one word's."""

    def __init__(self, language: str) -> None:
        self._language = language
        self.text = ""
        self.characters: list[Character] = []
        self.kinds: list[str | None] = []
        """`say-as` of each character."""
        self._word_start = 0
        self._perhaps_end: int | None = None
        """Where the clause ends if the abbreviation there was its last word."""

    def append(self, character: Character, kind: str | None, is_first: bool) -> Cut | None:
        """The cut that is certain with this character, if any."""
        letter = character.text
        is_space = letter.isspace()
        if not self.text and (is_space or letter in ORPHANS):
            return None
        if is_space and len(self.text) > MAX_SPACES and self.text[-MAX_SPACES:].isspace():
            return None
        self.text += letter
        self.characters.append(character)
        self.kinds.append(kind)
        if kind is not None:
            return Cut(len(self.text), 0) if len(self.text) >= LIMIT_CHARACTERS else None
        return self._at_space(is_first) if is_space else self._in_word(is_first)

    def after(self, end: int) -> list[tuple[Character, str | None]]:
        """What belongs to the next clause."""
        return list(zip(self.characters[end:], self.kinds[end:], strict=True))

    def pause_ms(self) -> int:
        """The silence that its last mark asks for."""
        last = self.text.rstrip().rstrip("".join(CLOSERS))[-1:]
        if last == "." or last in SENTENCE_ENDS:
            return SENTENCE_PAUSE_MS
        return BREATH_PAUSE_MS if last in BREATHS else 0

    def _at_space(self, is_first: bool) -> Cut | None:
        end = len(self.text) - 1
        self._word_start = end + 1
        before = self.text[:end]
        body = before.rstrip()
        if len(body) < end:
            # Two ends of line in a row.
            blank = self.text[end] == "\n" and "\n" in before[len(body) :]
            return Cut(end, PARAGRAPH_PAUSE_MS) if blank else None
        if self.text[end] == "\n" and body.startswith("#"):
            return Cut(end, SENTENCE_PAUSE_MS)
        body = body.rstrip("".join(CLOSERS))
        if body.endswith("."):
            verdict = ends_sentence(body, None, self._language)
            if verdict:
                return Cut(end, SENTENCE_PAUSE_MS)
            self._perhaps_end = end if verdict is None else None
        elif body[-1:] in SENTENCE_ENDS and self._has_words(body):
            return Cut(end, SENTENCE_PAUSE_MS)
        elif body[-1:] in BREATHS or body.endswith((" -", "--")):
            return self._breath(end, is_first)
        limit = FIRST_LIMIT_CHARACTERS if is_first else LIMIT_CHARACTERS
        return Cut(best_cut(self.text[:end]), 0) if end >= limit else None

    def _in_word(self, is_first: bool) -> Cut | None:
        here = len(self.text) - 1
        letter = self.text[here]
        if self._perhaps_end is not None:
            end, self._perhaps_end = self._perhaps_end, None
            if ends_sentence(self.text[:end].rstrip("".join(CLOSERS)), letter, self._language):
                return Cut(end, SENTENCE_PAUSE_MS)
        body = self.text[:here].rstrip()
        if letter in _LIST_MARKS and "\n" in self.text[len(body) : here]:
            return Cut(len(body), SENTENCE_PAUSE_MS)
        if letter in ".)" and (numbered := _NUMBERED.search(self.text)):
            return Cut(numbered.start(), SENTENCE_PAUSE_MS)
        if letter in SENTENCE_ENDS and self._has_words(self.text):
            if letter in "?!" and is_address(self.text[self._word_start :]):
                return None
            return Cut(here + 1, BREATH_PAUSE_MS if letter == "…" else SENTENCE_PAUSE_MS)
        if letter == "—":
            return self._breath(here + 1, is_first)
        return self._within_long_word(here)

    def _breath(self, end: int, is_first: bool) -> Cut | None:
        least = FIRST_BREATH_CHARACTERS if is_first else BREATH_CHARACTERS
        return Cut(end, BREATH_PAUSE_MS) if end >= least else None

    def _within_long_word(self, here: int) -> Cut | None:
        length = here - self._word_start
        if length < MAX_WORD_CHARACTERS:
            return None
        if length < MAX_WORD_CHARACTERS + MAX_MARKS and _continues(self.text, here):
            return None
        return Cut(here, 0)

    @staticmethod
    def _has_words(text: str) -> bool:
        return any(letter.isalnum() for letter in text)


def _continues(text: str, index: int) -> bool:
    """True when the character belongs to the grapheme (or conjunct) of the one before it."""
    letter, previous = text[index], text[index - 1]
    return (
        unicodedata.category(letter).startswith("M")
        or letter in _JOINERS
        or previous in _JOINERS
        or unicodedata.combining(previous) == _VIRAMA_CLASS
    )
