"""What a language's rules share: its words, its numbers, and how a written number is taken."""

import re
import unicodedata
from collections.abc import Callable
from typing import NamedTuple

from tritone_models.text.english import ENGLISH
from tritone_models.text.hindi import HINDI
from tritone_models.text.numbers import cardinal_of, number_words
from tritone_models.text.regional import REGIONAL
from tritone_models.text.vocabulary import Vocabulary

VOCABULARIES = {"en": ENGLISH, "hi": HINDI, **REGIONAL}
NUMBER = r"(?:\d{1,3}(?:,\d{2,3})+(?!\d)|\d+)(?:[.٫]\d+)?"
"""Digits of any script, grouped or not, and a fraction."""

_INDIAN_GROUPS = re.compile(r"\d{1,2}(?:,\d\d)+,\d{3}\Z")


class Rule(NamedTuple):
    pattern: re.Pattern[str]
    speak: Callable[[re.Match[str]], str | None]
    """None: this rule does not apply after all."""


class Written(NamedTuple):
    """A number in Western digits."""

    whole: str
    fraction: str
    is_indian: bool
    """Grouped as 1,23,456."""


class Speech:
    """A language; "en-IN" counts in lakh and crore, "en-US" writes the month first."""

    def __init__(self, language: str) -> None:
        self.language, _, region = language.lower().partition("-")
        self.vocabulary: Vocabulary = VOCABULARIES.get(self.language, ENGLISH)
        self.numbers = number_words(self.language)
        self.is_month_first = region == "us"
        self.counts_in_lakhs = self.language in VOCABULARIES and self.language != "en"
        self.counts_in_lakhs |= region == "in"

    def number(self, written: str, *, indian: bool = False) -> str:
        number = parse(written)
        indian = indian or self.counts_in_lakhs or number.is_indian
        if number.fraction:
            return self.numbers.decimal(number.whole, number.fraction, indian=indian)
        if len(number.whole) > 1 and number.whole.startswith("0"):
            return self.numbers.digits(number.whole)
        return cardinal_of(self.numbers, number.whole, indian=indian)

    def quantity(self, written: str, unit: tuple[str, str]) -> str:
        one, many = unit
        return f"{self.number(written)} {one if western(written) == '1' else many}"


def western(text: str) -> str:
    """Digits of any script as 0-9, all else as it is."""
    return "".join(
        str(unicodedata.decimal(character)) if character.isdecimal() else character
        for character in text
    ).replace("٫", ".")


def parse(written: str) -> Written:
    whole, _, fraction = western(written).partition(".")
    return Written(whole.replace(",", ""), fraction, bool(_INDIAN_GROUPS.match(whole)))


def alternatives(names: list[str] | tuple[str, ...]) -> str:
    """A pattern of any of the names, the longest first."""
    return "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
