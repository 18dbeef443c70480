"""What a client may ask of a voice."""

import pytest

from tritone_models.errors import BadOptionsError
from tritone_models.voices.options import VoiceOptions, read_voices
from tritone_models.voices.problems import VoiceError

VOICES = read_voices("anna=en, ravi=hi, ravi=mr, ben=en")


def test_a_voice_may_speak_several_languages():
    assert VOICES == {"anna": ("en",), "ravi": ("hi", "mr"), "ben": ("en",)}


@pytest.mark.parametrize("text", ["", "anna", "anna=", "=en"])
def test_a_list_of_voices_that_is_none_is_told(text: str):
    with pytest.raises(ValueError, match=r"voice"):
        read_voices(text)


@pytest.mark.parametrize(
    ("given", "voice", "language"),
    [
        ({}, "anna", "en"),
        ({"language": "en-GB"}, "anna", "en"),
        ({"voice": "ben"}, "ben", "en"),
        ({"language": "mr_IN"}, "ravi", "mr"),
        ({"voice": "ravi", "language": "HI"}, "ravi", "hi"),
        ({"later": True}, "anna", "en"),
    ],
)
def test_what_is_left_out_is_chosen(given: dict[str, object], voice: str, language: str):
    assert VoiceOptions.parse(given, VOICES) == VoiceOptions(voice, language, 1.0)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"voice": "carl"}, "[voice.not_found] carl"),
        ({"voice": "anna", "language": "hi"}, "[voice.wrong_language] hi"),
        ({"language": "fi"}, "[voice.wrong_language] fi"),
    ],
)
def test_what_no_voice_does_is_told_by_the_servers_code(given: dict[str, object], told: str):
    with pytest.raises(VoiceError) as caught:
        VoiceOptions.parse(given, VOICES)
    assert str(caught.value) == told


@pytest.mark.parametrize(
    "given",
    [
        {"speed": 0.4},
        {"speed": 2.1},
        {"speed": "fast"},
        {"speed": True},
        {"voice": 7},
        {"language": []},
    ],
)
def test_what_makes_no_sense_is_refused(given: dict[str, object]):
    with pytest.raises(BadOptionsError):
        VoiceOptions.parse(given, VOICES)
