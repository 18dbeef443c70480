"""Phonemes to mouth shapes."""

import pytest

from tritone_models.voices.kokoro_phonemes import dialect_of, expanded, written
from tritone_models.voices.pronunciation import Spelling
from tritone_models.voices.visemes import SHAPES, visemes_of


def shapes(ipa: str) -> list[str]:
    """Each symbol lasts 10 samples."""
    phones = [(symbol, 10 * at, 10 * at + 10) for at, symbol in enumerate(ipa)]
    return [viseme.name for viseme in visemes_of(phones)]


@pytest.mark.parametrize(
    ("ipa", "expected"),
    [
        ("pˈiːtɚ", ["PP", "I", "DD", "E"]),
        ("fˈɪʃ", ["FF", "I", "CH"]),
        ("θɪŋk", ["TH", "I", "nn", "kk"]),
        ("tʃˈɜːtʃ", ["CH", "aa", "CH"]),
        ("wˈʊd", ["U", "DD"]),
        ("nəmˈʌsteː", ["nn", "E", "PP", "aa", "SS", "DD", "E"]),
        ("ɖʰɔɽ", ["DD", "O", "RR"]),
        ("ɭaɻɳ", ["nn", "aa", "RR", "nn"]),
        ("haːɦi", ["aa", "I"]),
        ("ɓaɗi", ["PP", "aa", "DD", "I"]),
    ],
)
def test_sounds_of_english_and_of_indian_languages_have_their_shapes(ipa: str, expected: list[str]):
    assert shapes(ipa) == expected


def test_no_symbol_has_two_shapes():
    symbols = "".join(SHAPES.values())
    assert len(set(symbols)) == len(symbols)


def test_the_mouth_rests_in_punctuation_and_not_between_words():
    phones = [
        ("a", 0, 10),
        (" ", 10, 20),
        ("p", 20, 30),
        (",", 30, 60),
        (" ", 60, 70),
        ("o", 70, 80),
    ]
    assert [(v.name, v.start, v.end) for v in visemes_of(phones)] == [
        ("aa", 0, 15),
        ("PP", 15, 30),
        ("O", 70, 80),
    ]


def test_marks_prolong_or_foreshadow_what_they_stand_at():
    phones = [("ˈ", 0, 10), ("a", 10, 20), ("ː", 20, 40), ("h", 40, 50), ("i", 50, 60)]
    assert [(v.name, v.start, v.end) for v in visemes_of(phones)] == [("aa", 0, 40), ("I", 40, 60)]


def test_sounds_without_length_show_nothing():
    assert visemes_of([("a", 5, 5), ("p", 5, 9)])[0].name == "PP"


def test_kokoros_letters_sound_like_what_they_stand_for():
    phones = list(expanded("I", 0, 100))
    assert phones == [("a", 0, 50), ("ɪ", 50, 100)]
    assert list(expanded("b", 3, 9)) == [("b", 3, 9)]


@pytest.mark.parametrize(
    ("voice", "language", "ipa", "expected"),
    [
        ("af_heart", "en", "d͡ʒˈɔ͡ɪnɪŋ", "ʤˈYnɪŋ"),
        ("af_heart", "en", "bˈɜːd", "bˈɜɹd"),
        ("bf_emma", "en", "bˈɜːd", "bˈɜːd"),
        ("bf_emma", "en", "ɡˈə͡ʊ", "ɡˈQ"),
        ("hf_alpha", "hi", "cˈaːj", "cˈaːj"),
    ],
)
def test_phonemes_are_written_as_kokoro_learnt_them(
    voice: str, language: str, ipa: str, expected: str
):
    dialect = dialect_of(voice, language)
    assert written(Spelling(ipa, ","), dialect) == Spelling(expected, ",")
