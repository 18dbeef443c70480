"""From espeak-ng's IPA to the phonemes that Kokoro was trained with.

It knows single letters for affricates and diphthongs: its vocabulary, and the correspondence that
misaki (Apache-2.0), its own grapheme-to-phoneme program, documents for espeak-ng.
"""

from collections.abc import Iterator

from tritone_models.voices.pronunciation import Spelling
from tritone_models.voices.visemes import Phone

TIE = "\u0361"
DIALECTS = {"en": "en-us", "es": "es", "fr": "fr-fr", "hi": "hi", "it": "it", "pt": "pt-br"}
"""Voices of espeak-ng; Kokoro's voices are named by the letter of their accent: `bf_emma`."""
BRITISH = "b"

JOINED = {
    "d͡ʒ": "ʤ",
    "t͡ʃ": "ʧ",
    "d͡z": "ʣ",
    "t͡s": "ʦ",
    "e͡ɪ": "A",
    "a͡ɪ": "I",
    "o͡ʊ": "O",
    "ə͡ʊ": "Q",
    "a͡ʊ": "W",
    "ɔ͡ɪ": "Y",
}
ENGLISH = {"ə͡l": "ᵊl", "r": "ɹ", "x": "k", "ç": "k", "ɐ": "ə", "ɬ": "l", "\u0303": ""}
AMERICAN = {**ENGLISH, "ɜːɹ": "ɜɹ", "ɜː": "ɜɹ", "ɚ": "əɹ", "ɪə": "iə", "ʔ": "t", "ː": ""}
BRITISH_ENGLISH = {**ENGLISH, "e͡ə": "ɛː", "iə": "ɪə", "ɚ": "ə", "ʔ": "t"}
CHANGES = {"en-us": {**JOINED, **AMERICAN}, "en-gb": {**JOINED, **BRITISH_ENGLISH}}

SOUNDS = {
    "A": "eɪ",
    "I": "aɪ",
    "O": "oʊ",
    "Q": "əʊ",
    "W": "aʊ",
    "Y": "ɔɪ",
    "T": "ɾ",
    "S": "s",
    "ᵊ": "ə",
}
"""What Kokoro's own letters sound like."""


def dialect_of(voice: str, language: str) -> str:
    """The voice of espeak-ng whose phonemes this voice speaks."""
    if language == "en" and voice.startswith(BRITISH):
        return "en-gb"
    return DIALECTS[language]


def written(spelling: Spelling, dialect: str) -> Spelling:
    phonemes = spelling.phonemes
    for ipa, letter in CHANGES.get(dialect, JOINED).items():
        phonemes = phonemes.replace(ipa, letter)
    return Spelling(phonemes.replace(TIE, ""), spelling.punctuation)


def expanded(symbol: str, start: int, end: int) -> Iterator[Phone]:
    """A symbol's IPA, its time shared equally."""
    sounds = SOUNDS.get(symbol, symbol)
    for number, sound in enumerate(sounds):
        length = end - start
        yield (
            sound,
            start + length * number // len(sounds),
            start + length * (number + 1) // len(sounds),
        )
