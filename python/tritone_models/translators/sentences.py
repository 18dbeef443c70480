"""A text in sentences that a network can read: they were trained on one at a time."""

import re
from collections.abc import Callable, Iterator

_END = re.compile(r"(?<=[.!?…।॥؟۔])[\"'”’)\]]*\s+|(?<=[。！？])")
_SHORT = re.compile(r"(?:^|[\s(])(?:[A-Z]\.)*[A-Z][a-z]{0,2}\.$")
"""`Mr.`, `Dr.`, `U.S.`: a full stop that ends no sentence, more often than not."""


def sentences(text: str, fits: Callable[[str], bool]) -> list[str]:
    """What of `text` is translated at once, in order; one that does not fit is cut at a space.

    `fits` must hold of a single character.
    """
    return [part for sentence in _split(text) for part in _fitting(sentence, fits)]


def _split(text: str) -> Iterator[str]:
    begin = 0
    for end in _END.finditer(text):
        sentence = text[begin : end.end()]
        if _SHORT.search(sentence.rstrip()):
            continue
        begin = end.end()
        if sentence.strip():
            yield sentence.strip()
    if text[begin:].strip():
        yield text[begin:].strip()


def _fitting(sentence: str, fits: Callable[[str], bool]) -> Iterator[str]:
    while sentence and not fits(sentence):
        cut = _longest(sentence, fits)
        space = sentence.rfind(" ", 1, cut + 1)
        cut = space if space > 0 else cut
        yield sentence[:cut].strip()
        sentence = sentence[cut:].strip()
    if sentence:
        yield sentence


def _longest(sentence: str, fits: Callable[[str], bool]) -> int:
    """Characters of the longest beginning that fits, by halving."""
    least, most = 1, len(sentence)
    while most - least > 1:
        middle = (least + most) // 2
        if fits(sentence[:middle]):
            least = middle
        else:
            most = middle
    return least
