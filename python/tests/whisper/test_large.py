"""Whisper as large-v3 has it, 128 mels and Cantonese, with tiny weights made here.

Nothing is said of the quality of the published weights.
"""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.data import CHECKOUT

pytest.importorskip("ctranslate2", reason="the models' libraries are not installed")
pytest.importorskip("tokenizers", reason="the models' libraries are not installed")

from tests.test_repository import parameters as declared_in
from tests.whisper import networks, reference
from tritone_models.parameters import Parameters
from tritone_models.recognisers.mel import LogMel
from tritone_models.recognisers.whisper import Whisper
from tritone_models.speech.filters import without_loop
from tritone_models.speech.hypothesis import SAMPLE_RATE, DecodeRequest
from tritone_models.speech.options import SpeechOptions
from tritone_models.weights import WeightsMissingError

LANGUAGES = declared_in("whisper_large_v3")["languages"].split(",")
SECONDS = 2


def sound(seed: int, seconds: float = SECONDS) -> np.ndarray:
    """Tones that begin and end, over noise."""
    generator = np.random.default_rng(seed)
    at = np.arange(int(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    tones = sum(
        np.sin(2 * np.pi * generator.uniform(100, 3_000) * at)
        * (np.abs(at - generator.uniform(0, seconds)) < 0.3)
        for _ in range(6)
    )
    return (0.1 * tones + generator.normal(0, 0.01, len(at))).astype(np.float32)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("large")
    weights = networks.random_weights(networks.Shape(), seed=11)
    networks.save(weights, place, networks.tokenizer_of(LANGUAGES), LANGUAGES)
    return place


@pytest.fixture(scope="module")
def whisper(folder: Path) -> Whisper:
    return load(folder)


def load(folder: Path) -> Whisper:
    values = {"weights": str(folder), "device": "cpu", "compute_type": "float32", "workers": "1"}
    return Whisper.load(Parameters("whisper_large_v3", {**values, "window_seconds": "4"}, {}))


class Recorder:
    """The network, and what it wrote last, with what is never told of it."""

    def __init__(self, model: Any) -> None:
        self._model = model
        self.written: list[int] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._model, name)

    def generate(self, *inputs: Any, **options: Any) -> Any:
        results = self._model.generate(*inputs, **options)
        self.written = results[0].sequences_ids[0]
        return results


def test_the_catalogue_offers_cantonese_of_large_v3_alone(whisper: Whisper):
    assert list(whisper.languages) == LANGUAGES
    assert len(LANGUAGES) == 100
    assert set(LANGUAGES) - set(declared_in("whisper_live")["languages"].split(",")) == {"yue"}


def test_128_mels_are_those_of_the_reference():
    audio = sound(5)
    ours = LogMel(128)(np.pad(audio, (0, 160)))
    theirs = reference.spectrogram(audio, 128, ours.shape[1])
    assert np.abs(ours - theirs).max() < 1e-3


def test_greedy_tokens_are_those_of_the_reference_on_the_same_weights(
    whisper: Whisper, monkeypatch: pytest.MonkeyPatch
):
    weights = networks.random_weights(networks.Shape(), seed=11)
    tokens = whisper._tokens
    compared = 0
    for seed, language in enumerate(("en", "hi", "yue", "de")):
        audio = sound(seed)
        features = reference.spectrogram(audio, 128, 400)
        prompt = tokens.prompt(language)
        never = [token for token in tokens.forbidden(language) if token >= 0]
        recorder = Recorder(whisper._model)
        monkeypatch.setattr(whisper, "_model", recorder)
        [heard] = whisper.decode([DecodeRequest(audio, language=language)])
        monkeypatch.undo()
        most = SECONDS * (5 if language == "en" else 8) + 8
        written, closest = reference.transcribe(weights, features, prompt, tokens.end, most, never)
        assert closest > 1e-5, "too close for float32 to tell"
        assert recorder.written == written
        assert heard.text == tokens.text(without_loop(tokens.text_tokens(written)))
        compared += len(written)
    assert compared > 60


def test_a_batch_hears_what_each_alone_hears(whisper: Whisper):
    requests = [DecodeRequest(sound(seed), language="en") for seed in range(3)]
    together = whisper.decode(requests)
    assert [heard.text for heard in together] == [
        whisper.decode([request])[0].text for request in requests
    ]


def test_a_language_is_sought_among_those_allowed(whisper: Whisper):
    [heard] = whisper.decode([DecodeRequest(sound(1), allowed=("yue", "ta"))])
    assert heard.language in ("yue", "ta")
    assert whisper.detect(sound(1), ("yue", "ta"))[0] == heard.language


def test_weights_that_know_english_alone_offer_english_alone(tmp_path: Path):
    english = networks.Shape(mels=80, vocabulary=2_000)
    tokenizer = networks.tokenizer_of(["en"], english.vocabulary)
    networks.save(networks.random_weights(english, 2), tmp_path, tokenizer, ["en"])
    assert load(tmp_path).languages == ("en",)


def test_a_client_that_asks_is_told_the_languages_whatever_it_speaks():
    options = SpeechOptions.parse(json.dumps({"language": "hi", "describe": True}), ("en",))
    assert (options.describe, options.language) == (True, "en")


def test_weights_that_are_not_installed_are_told_with_the_command_that_brings_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("TRITONE_MODELS_DIR", str(tmp_path))
    values = declared_in("whisper_large_v3")
    with pytest.raises(WeightsMissingError, match=r"npm run models -- pull whisper-large-v3"):
        Whisper.load(Parameters("whisper_large_v3", values, {}))


def test_a_model_is_a_folder_of_a_few_lines():
    for model in ("whisper_large_v3", "indic_whisper", "m2m100"):
        source = CHECKOUT / "model-repository" / model / "1" / "model.py"
        assert len(source.read_text().splitlines()) < 30
        assert f'name: "{model}"' in (source.parents[1] / "config.pbtxt").read_text()
