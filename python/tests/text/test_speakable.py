"""Whether a voice can read a text."""

import pytest

from tritone_models.text import speakable


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Hello", "en"),
        ("Čau, señor", "en-IN"),
        ("नमस्ते world", "hi"),
        ("hello world", "hi"),
        ("meeting में report share करें", "hi"),
        ("வணக்கம்", "ta"),
        ("السلام علیکم", "ur"),
        ("12,345 ...!", "ta"),
        ("", "en"),
        ("The word नमस्ते means hello", "en"),
    ],
)
def test_what_a_voice_can_read_passes(text: str, language: str):
    assert speakable(text, language) is None


@pytest.mark.parametrize(
    ("text", "language", "own", "found"),
    [
        ("नमस्ते दुनिया", "en", "Latin", "Devanagari"),
        ("வணக்கம்", "hi", "Devanagari", "Tamil"),
        ("नमस्ते", "ur", "Arabic", "Devanagari"),
        ("你好世界", "en", "Latin", "Cjk"),
        ("привет", "bn", "Bengali", "Cyrillic"),
    ],
)
def test_a_foreign_script_is_named_in_one_sentence(text: str, language: str, own: str, found: str):
    sentence = speakable(text, language)
    assert sentence is not None
    assert own in sentence
    assert found in sentence
    assert text not in sentence
    assert "\n" not in sentence
