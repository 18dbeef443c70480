"""Text as IndicTrans2 reads and writes it: signs apart, digits Latin, one script.

Written from its published description (arXiv:2305.16307, appendix) and that of the Indic NLP
Library.
"""

import re
import string
import unicodedata

from tritone_models.translators.indic_scripts import from_devanagari, normalised, to_devanagari
from tritone_models.translators.moses import joined, parted

ARABIC = frozenset({"ur", "ks", "sd"})
UNCHANGED = ARABIC | {"en", "sat"}
"""Written in scripts that do not descend from Brahmi."""
_QUOTES = str.maketrans({**dict.fromkeys("`´‘‚’", "'"), **dict.fromkeys("„“”«»", '"')})
_DASHES = str.maketrans(dict.fromkeys("–—", "-"))
_TIDY = (
    (re.compile(r"\r"), ""),
    (re.compile(r"\(\s*"), "("),
    (re.compile(r"\s*\)"), ")"),
    (re.compile(r"\s([:;])\s?"), r"\1"),
    (re.compile(r" ([%?!;])"), r"\1"),
    (re.compile(r" {2,}"), " "),
    (re.compile(r"\) ([.!:?;,])"), r")\1"),
    (re.compile(r'"([,.]+)'), r'\1"'),
    (re.compile(r"(\d) (?=\d)"), r"\1."),
)
_BRAHMIC_SIGNS = re.compile(f"([{re.escape(string.punctuation)}।॥꫰꫱꯫-꯯᱾᱿])")
_ARABIC_SIGNS = re.compile(f"([{re.escape(string.punctuation)}؉؊،؞؟٪٫٬٭۔])")
_NUMBER = re.compile(r"(?:[0-9]+ [,.:/] )+[0-9]+")
_TO_BOTH = re.compile(r" ([-/\\]) ")
_TO_LEFT = re.compile(r" ([!%)\]},.:;>?।॥])")
_TO_RIGHT = re.compile(r"([#$(\[{<@]) ")
_ARABIC_TO_LEFT = re.compile(r" ([؟۔،])")

_EMAIL = r"[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}"
_ADDRESS = r"(?<![\w/.])(?:(?:https?|ftp)://[\w/\-?#&=%.~:+]+\w|(?:[\w-]+\.)+[a-z]{2,}(?:/[\w/\-?#&=%.]*\w)?)\b"
_FIGURES = r"\d+(?:[-/.,:'+]\d+)+%?|\d[\d.]*\s?%"
_HANDLE = r"[A-Za-z0-9]*[#@]\w+"
_ENTITIES = re.compile("|".join((_EMAIL, _ADDRESS, _FIGURES, _HANDLE)))
SHORTEST_ENTITY = 4


def entities(text: str) -> list[str]:
    """Addresses, dates, times, percentages, handles: they are no language."""
    return [
        found for found in _ENTITIES.findall(latin_digits(text)) if len(found) >= SHORTEST_ENTITY
    ]


def latin_digits(text: str) -> str:
    return "".join(
        str(unicodedata.digit(character))
        if character > "\x7f" and unicodedata.category(character) == "Nd"
        else character
        for character in text
    )


def prepared(text: str, language: str) -> str:
    """What SentencePiece is given, without the languages."""
    text = text.translate(_QUOTES).translate(_DASHES)
    for pattern, replacement in _TIDY:
        text = pattern.sub(replacement, text)
    text = " ".join(latin_digits(text).split())
    if language == "en":
        return parted(text)
    if language in ARABIC:
        return _apart(text, _ARABIC_SIGNS)
    text = _apart(normalised(text, language), _BRAHMIC_SIGNS)
    return text if language in UNCHANGED else to_devanagari(text, language)


def finished(text: str, language: str) -> str:
    """What a person reads."""
    if language == "en":
        return joined(text)
    if language in ARABIC:
        text = _ARABIC_TO_LEFT.sub(r"\1", text)
    elif language not in UNCHANGED:
        text = from_devanagari(text, language)
    if language == "or":
        text = text.replace("ଯ଼", "ୟ")
    return _closed(text)


def _apart(text: str, signs: re.Pattern[str]) -> str:
    text = " ".join(signs.sub(r" \1 ", text).split())
    return _NUMBER.sub(lambda number: number[0].replace(" ", ""), text)


def _closed(text: str) -> str:
    text = _NUMBER.sub(lambda number: number[0].replace(" ", ""), text)
    text = _TO_RIGHT.sub(r"\1", _TO_LEFT.sub(r"\1", _TO_BOTH.sub(r"\1", text)))
    for quote in "'\"`":
        text = _quoted(text, quote)
    return text.strip()


def _quoted(text: str, quote: str) -> str:
    """The first opens, the second closes, and so on."""
    parts = text.split(quote)
    told = parts[0]
    for number, part in enumerate(parts[1:]):
        told = (
            told + quote + part.removeprefix(" ")
            if number % 2 == 0
            else (told.removesuffix(" ") + quote + part)
        )
    return told
