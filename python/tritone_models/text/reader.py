"""Reads a clause aloud: every number, sign and abbreviation in words."""

from collections.abc import Iterator
from typing import NamedTuple

from tritone_models.text.addresses import Addresses
from tritone_models.text.moments import Moments
from tritone_models.text.quantities import Quantities
from tritone_models.text.speech import Rule, Speech, parse, western
from tritone_models.text.words import Words


class Reading(NamedTuple):
    """Characters [start, end) of the clause are read as `spoken`."""

    start: int
    end: int
    spoken: str


class Reader:
    """What no rule takes (emoji, marks of Markdown, punctuation) is passed over."""

    def __init__(self, language: str) -> None:
        self._speech = Speech(language)
        self._quantities = Quantities(self._speech)
        self._moments = Moments(self._speech)
        self._words = Words(self._speech)
        self._rules: list[Rule] = [
            *Addresses(self._speech).rules(),
            *self._moments.rules(),
            *self._quantities.rules(),
            *self._words.rules(),
        ]

    def read(self, text: str) -> Iterator[Reading]:
        """Every token of a clause, in order."""
        position = 0
        while position < len(text):
            reading = None if text[position].isspace() else self._apply(self._rules, text, position)
            if reading:
                yield reading
            position = reading.end if reading else position + 1

    def say_as(self, kind: str, text: str) -> Iterator[Reading]:
        """The text of a `<say-as>` as one token; as usual where it is not of that kind."""
        written = text.strip()
        start = text.index(written) if written else 0
        spoken = self._interpreted(kind, written)
        if spoken:
            yield Reading(start, start + len(written), spoken)
        else:
            yield from self.read(text)

    def _interpreted(self, kind: str, written: str) -> str | None:
        digits = western(written)
        whole = parse(written).whole
        if kind in ("characters", "spell-out", "verbatim"):
            return self._words.spell(written)
        if kind in ("digits", "telephone"):
            return self._quantities.telephone(written) if any(map(str.isdecimal, digits)) else None
        if kind in ("cardinal", "number") and whole.isdecimal():
            return self._speech.number(written)
        if kind == "ordinal" and whole.isdecimal() and len(whole) <= 15:
            return self._speech.numbers.ordinal(int(whole))
        if kind in ("date", "time"):
            return self._whole(self._moments.rules(), written)
        return None

    def _whole(self, rules: list[Rule], written: str) -> str | None:
        reading = self._apply(rules, written, 0)
        return reading.spoken if reading and reading.end == len(written) else None

    @staticmethod
    def _apply(rules: list[Rule], text: str, position: int) -> Reading | None:
        for rule in rules:
            match = rule.pattern.match(text, position)
            spoken = rule.speak(match) if match else None
            if match and spoken:
                return Reading(position, match.end(), spoken)
        return None
