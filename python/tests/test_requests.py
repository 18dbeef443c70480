"""What clients and configuration may ask, and how they are told no."""

import json
from pathlib import Path

import numpy as np
import pytest

from tritone_models.errors import BadAudioError, BadOptionsError, SequenceLostError, for_clients
from tritone_models.parameters import Parameters
from tritone_models.speech.options import SpeechOptions
from tritone_models.speech.policy import Policy
from tritone_models.speech_to_text import pcm_of, text_of
from tritone_models.weights import WeightsMissingError, find_weights

KNOWN = ("en", "hi", "fr")


def test_no_options_mean_any_language_with_words_and_partials():
    assert SpeechOptions.parse(None, KNOWN) == SpeechOptions(None, (), True, True, "")


def test_options_are_read_and_unknown_ones_ignored():
    text = '{"language":"hi","words":false,"partials":false,"prompt":"Tritone","colour":1}'
    assert SpeechOptions.parse(text, KNOWN) == SpeechOptions("hi", (), False, False, "Tritone")


def test_auto_keeps_to_the_languages_given():
    options = SpeechOptions.parse('{"language":"auto","languages":["en","hi","en"]}', KNOWN)
    assert (options.language, options.languages) == (None, ("en", "hi"))


def test_one_possible_language_needs_no_listening():
    assert SpeechOptions.parse('{"languages":["hi"]}', KNOWN).language == "hi"
    assert SpeechOptions.parse('{"language":"auto"}', ("en",)).language == "en"


def test_regions_are_ignored():
    assert SpeechOptions.parse('{"language":"en-GB"}', KNOWN).language == "en"


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "[]",
        '"en"',
        '{"language":7}',
        '{"language":"tlh"}',
        '{"languages":"en"}',
        '{"languages":[1]}',
        '{"languages":["tlh"]}',
        '{"words":"yes"}',
        '{"partials":1}',
        json.dumps({"prompt": "x" * 2_000}),
        json.dumps({"x": "y" * 10_000}),
        "[" * 5_000,
    ],
)
def test_bad_options_are_refused_with_a_code(text: str):
    with pytest.raises(BadOptionsError) as refusal:
        SpeechOptions.parse(text, KNOWN)
    assert for_clients(refusal.value).startswith("BAD_OPTIONS: ")


def test_audio_is_one_row_of_int16_and_may_be_empty():
    assert len(pcm_of({"AUDIO": np.zeros((1, 0), np.int16)})) == 0
    assert len(pcm_of({"AUDIO": np.zeros((1, 160), np.int16)})) == 160


@pytest.mark.parametrize(
    "audio",
    [None, np.zeros((2, 160), np.int16), np.zeros(160, np.float32), np.zeros(500_000, np.int16)],
)
def test_bad_audio_is_refused_with_a_code(audio: np.ndarray | None):
    with pytest.raises(BadAudioError) as refusal:
        pcm_of({} if audio is None else {"AUDIO": audio})
    assert for_clients(refusal.value).startswith("BAD_AUDIO: ")


def test_options_must_be_one_utf8_text():
    assert text_of({"OPTIONS": np.array([[b"{}"]], np.object_)}) == "{}"
    assert text_of({}) is None
    with pytest.raises(BadOptionsError):
        text_of({"OPTIONS": np.array([[b"\xff"]], np.object_)})


def test_a_stranger_error_tells_its_type_and_nothing_else():
    assert for_clients(ValueError("/home/me/secret")) == "MODEL_FAILED: ValueError"
    assert for_clients(SequenceLostError("gone")) == "SEQUENCE_LOST: gone"


def test_the_environment_overrides_the_file():
    values = {"weights": "a", "workers": "2"}
    parameters = Parameters("whisper_live", values, {"TRITONE_WHISPER_LIVE_WEIGHTS": "b"})
    assert parameters.text("weights") == "b"
    assert parameters.integer("workers", 0) == 2
    assert parameters.number("window_seconds", 10.0) == 10.0


def test_a_parameter_of_the_wrong_type_is_named():
    parameters = Parameters("moonshine", {"workers": "many"}, {})
    with pytest.raises(ValueError, match="'workers' of model 'moonshine' must be a whole number"):
        parameters.integer("workers", 0)


def test_parameters_come_from_what_triton_hands_over():
    config = {"name": "m", "parameters": {"weights": {"string_value": "tiny"}}}
    parameters = Parameters.from_triton({"model_config": json.dumps(config)})
    assert (parameters.model, parameters.text("weights")) == ("m", "tiny")


def test_every_number_of_the_policy_is_a_parameter():
    values = {"pause_seconds": "0.3", "onset_frames": "3"}
    policy = Policy.from_parameters(Parameters("m", values, {}))
    assert (policy.pause_seconds, policy.onset_frames) == (0.3, 3)
    assert policy.limit_seconds == Policy().limit_seconds


def test_missing_weights_say_which_where_and_how(tmp_path: Path):
    with pytest.raises(WeightsMissingError, match=r"whisper-base.*npm start"):
        find_weights("whisper-base", ("model.bin",), {"TRITONE_MODELS_DIR": str(tmp_path)})
    with pytest.raises(WeightsMissingError, match="TRITONE_MODELS_DIR is not set"):
        find_weights("whisper-base", ("model.bin",), {})


def test_weights_are_found_by_name_or_by_path(tmp_path: Path):
    folder = tmp_path / "tiny"
    folder.mkdir()
    (folder / "model.bin").touch()
    assert find_weights("tiny", ("model.bin",), {"TRITONE_MODELS_DIR": str(tmp_path)}) == folder
    assert find_weights(str(folder), ("model.bin",), {}) == folder
