"""Whether a voice can read a text at all."""

import unicodedata
from collections import Counter

SCRIPTS = {
    "as": "BENGALI",
    "bn": "BENGALI",
    "gu": "GUJARATI",
    "hi": "DEVANAGARI",
    "kn": "KANNADA",
    "ml": "MALAYALAM",
    "mr": "DEVANAGARI",
    "ne": "DEVANAGARI",
    "or": "ORIYA",
    "pa": "GURMUKHI",
    "sa": "DEVANAGARI",
    "ta": "TAMIL",
    "te": "TELUGU",
    "ur": "ARABIC",
}
"""Script of each language, as Unicode names it; others are taken to be written in Latin letters."""


def speakable(text: str, language: str) -> str | None:
    """A sentence for people when most letters are of a script that a voice of `language` cannot
    read, else None. Every voice reads digits and, more or less well, Latin words.
    """
    own = SCRIPTS.get(language.split("-")[0].lower(), "LATIN")
    letters = Counter(_script(character) for character in text if character.isalpha())
    foreign = {name: count for name, count in letters.items() if name not in (own, "LATIN")}
    if sum(foreign.values()) * 2 <= letters.total():
        return None
    found = max(foreign, key=lambda name: foreign[name])
    return (
        f"The voice reads {own.title()} letters, but most of the text is written in "
        f"{found.title()} letters."
    )


def _script(letter: str) -> str:
    return unicodedata.name(letter, "UNKNOWN").split(" ")[0].split("-")[0]
