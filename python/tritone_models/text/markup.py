"""Reads characters and tags out of text that may be cut anywhere.

A subset of XML: what does not look like a tag or an entity to its end is text, as in "a < b".
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from html import unescape
from html.entities import html5
from typing import NamedTuple

MAX_TAG_CHARACTERS = 300
MAX_ENTITY_CHARACTERS = 12

_ATTRIBUTE = r"\s+[\w:.-]+\s*=\s*(?:\"[^\"<]*\"|'[^'<]*')"
_TAG = re.compile(rf"<(/?)([A-Za-z][\w:.-]*)((?:{_ATTRIBUTE})*)\s*(/?)>\Z")
_TAG_BEGUN = re.compile(
    rf"<(?:/?(?:[A-Za-z][\w:.-]*(?:{_ATTRIBUTE})*"
    r"(?:\s+[\w:.-]+\s*(?:=\s*(?:\"[^\"<]*|'[^'<]*)?)?)?\s*/?)?)?\Z"
)
_ASIDE = re.compile(r"<(?:!--.*?--|\?[^<>]*|![A-Za-z][^<>]*)>\Z", re.DOTALL)
_ASIDE_BEGUN = re.compile(r"<(?:!-?\Z|!--|\?|![A-Za-z])")
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]*);\Z")
_ENTITY_BEGUN = re.compile(r"&(?:#(?:[0-9]{0,7}|[xX][0-9A-Fa-f]{0,6})|[A-Za-z][A-Za-z0-9]*)?\Z")
_PAIR = re.compile(r"([\w:.-]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")


class Character(NamedTuple):
    """One character to read; `start` and `end` are its place in the input, an entity is wider."""

    text: str
    start: int
    end: int


@dataclass(frozen=True)
class Tag:
    name: str
    opens: bool
    closes: bool
    """`<break/>` does both."""
    attributes: Mapping[str, str]


class MarkupReader:
    """Holds back at most one unfinished tag or entity."""

    def __init__(self) -> None:
        self._held = ""
        self._fed = 0

    def feed(self, text: str) -> Iterator[Character | Tag]:
        """What is known to be text or a tag; the same whatever fragments the text came in."""
        for character in text:
            self._fed += 1
            yield from self._take(character)

    def flush(self) -> Iterator[Character | Tag]:
        """What was held back is text after all."""
        while self._held:
            yield from self._release()

    def _take(self, character: str) -> Iterator[Character | Tag]:
        if not self._held and character not in "<&":
            yield Character(character, self._fed - 1, self._fed)
            return
        self._held += character
        # What is given up as a tag may hold the beginning of another one.
        while self._held and (found := self._settle()) is not None:
            yield from found

    def _settle(self) -> Iterable[Character | Tag] | None:
        """What `_held` turned out to be; None while that is open."""
        held = self._held
        if held[0] not in "<&":
            return self._release()
        if held[0] == "&":
            if _ENTITY.match(held):
                return self._entity()
            begun = _ENTITY_BEGUN.match(held) and len(held) <= MAX_ENTITY_CHARACTERS
            return None if begun else self._release()
        if tag := _TAG.match(held):
            self._held = ""
            return [_tag(tag)]
        if _ASIDE.match(held):
            self._held = ""
            return []
        begun = _TAG_BEGUN.match(held) or _ASIDE_BEGUN.match(held)
        return None if begun and len(held) <= MAX_TAG_CHARACTERS else self._release()

    def _entity(self) -> list[Character | Tag]:
        start = self._fed - len(self._held)
        name = self._held[1:]
        if not name.startswith("#") and name not in html5:
            return self._release()
        decoded, self._held = unescape(self._held), ""
        return [Character(character, start, self._fed) for character in decoded]

    def _release(self) -> list[Character | Tag]:
        start = self._fed - len(self._held)
        first, self._held = self._held[0], self._held[1:]
        return [Character(first, start, start + 1)]


def _tag(match: re.Match[str]) -> Tag:
    closing, name, attributes, empty = match.groups()
    return Tag(
        name=name.rpartition(":")[2].lower(),
        opens=not closing,
        closes=bool(closing or empty),
        attributes={
            pair[1].lower(): unescape(pair[2] if pair[2] is not None else pair[3])
            for pair in _PAIR.finditer(attributes)
        },
    )
