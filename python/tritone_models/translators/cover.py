"""What must not be translated freely stands under a placeholder meanwhile.

A network has no way to be told the translation of a word. It mostly copies `<ID1>`, though: the
term becomes that, and what came back becomes the translation. Where one was lost or came twice the
text is translated as it was; then a term that the network left as it is, is replaced.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

MOST_TERMS = 20
"""Of one text: with more, little is left to be translated."""
_RETURNED = re.compile(r"[<\[]\s*ID\s*(\d{1,2})\s*[>\]]", re.IGNORECASE)
_UNSPACED = ("CJK", "HIRAGANA", "KATAKANA", "THAI", "LAO", "KHMER", "MYANMAR")


@dataclass(frozen=True)
class Cover:
    """`text` is what is translated; `terms[n - 1]` stands for `<IDn>` in it."""

    text: str
    terms: tuple[str, ...] = ()

    @classmethod
    def over(cls, text: str, glossary: Mapping[str, str], entities: Iterable[str] = ()) -> "Cover":
        """`entities` come back as they are: addresses and the like."""
        if _RETURNED.search(text):
            return cls(text)
        found: list[tuple[int, int, str]] = []
        wanted = [*glossary.items(), *((entity, entity) for entity in entities)]
        for term, translation in sorted(wanted, key=lambda pair: -len(pair[0])):
            for begin in occurrences(term, text):
                end = begin + len(term)
                if all(end <= first or begin >= last for first, last, _ in found):
                    found.append((begin, end, translation))
        found = sorted(found)[:MOST_TERMS]
        covered, at = [], 0
        for number, (begin, end, _) in enumerate(found, 1):
            covered += [text[at:begin], f"<ID{number}>"]
            at = end
        return cls("".join([*covered, text[at:]]), tuple(term for _, _, term in found))

    def lift(self, translated: str) -> str | None:
        """The terms in their places; None where the network lost one or wrote it twice."""
        numbers = sorted(int(number) for number in _RETURNED.findall(translated))
        if numbers != list(range(1, len(self.terms) + 1)):
            return None
        return _RETURNED.sub(lambda found: self.terms[int(found[1]) - 1], translated)


def replace_copied(translated: str, glossary: Mapping[str, str]) -> str:
    """Terms that the network left untranslated, as the glossary has them."""
    for term, translation in sorted(glossary.items(), key=lambda pair: -len(pair[0])):
        for begin in reversed(list(occurrences(term, translated))):
            translated = translated[:begin] + translation + translated[begin + len(term) :]
    return translated


def occurrences(term: str, text: str) -> Iterable[int]:
    """Where `term` stands as whole words, in capitals or not; they do not overlap."""
    if not term.strip():
        return
    lower, sought = text.lower(), term.lower()
    if len(lower) != len(text) or len(sought) != len(term):
        lower, sought = text, term
    at = lower.find(sought)
    while at >= 0:
        end = at + len(term)
        if _parted(text[at - 1 : at], text[at]) and _parted(text[end - 1], text[end : end + 1]):
            yield at
            at = lower.find(sought, end)
        else:
            at = lower.find(sought, at + 1)


def _parted(one: str, other: str) -> bool:
    """Whether a word may end between two neighbours."""
    return not (_in_word(one) and _in_word(other)) or _is_unspaced(one) or _is_unspaced(other)


def _in_word(character: str) -> bool:
    """Vowel signs of Indian scripts are marks, no letters: `\\w` has none of them."""
    return character != "" and (
        character.isalnum()
        or unicodedata.category(character).startswith("M")
        or character in "_\u200c\u200d"
    )


def _is_unspaced(character: str) -> bool:
    return unicodedata.name(character, "").startswith(_UNSPACED)
