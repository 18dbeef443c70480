"""The real networks on real speech."""

from pathlib import Path

import numpy as np
import pytest

from bench.measure import edits, normalised, references, stream
from tests.data import need_weights, speech
from tritone_models.parameters import Parameters
from tritone_models.speech.engine import SpeechEngine
from tritone_models.speech.hypothesis import SAMPLE_RATE, DecodeRequest, Recogniser
from tritone_models.speech.policy import Policy
from tritone_models.wave_file import read_wave

SILENCE = np.zeros(SAMPLE_RATE, np.int16)
AFTER_PAUSES_IN_JFK = (0.31, 3.28, 5.40, 8.20)
"""Seconds at which a spectrogram shows a word to begin after a pause."""


@pytest.fixture(scope="module", params=["moonshine-tiny-en", "whisper-tiny-en"])
def recogniser(request: pytest.FixtureRequest) -> Recogniser:
    return load(request.param)


@pytest.fixture(scope="module")
def base() -> Recogniser:
    return load("whisper-base")


def load(weights: str, **parameters: str) -> Recogniser:
    pytest.importorskip("onnxruntime", reason="the models' libraries are not installed")
    pytest.importorskip("ctranslate2", reason="the models' libraries are not installed")
    need_weights(weights)
    from tritone_models.recognisers.moonshine import Moonshine
    from tritone_models.recognisers.whisper import Whisper

    kind = Moonshine if weights.startswith("moonshine") else Whisper
    return kind.load(Parameters("test", {"weights": weights, "workers": "1", **parameters}))


def engine_of(recogniser: Recogniser, rescuer: Recogniser | None = None) -> SpeechEngine:
    need_weights("silero-vad")
    from tritone_models.recognisers.silero import Silero

    vad = Silero.load(Parameters("test", {}))
    return SpeechEngine(recogniser, vad.stream, Policy(), rescuer=rescuer)


def wave(file: Path) -> np.ndarray:
    return np.concatenate([read_wave(file), SILENCE])


def finals(recogniser: Recogniser, pcm: np.ndarray, language: str = "en") -> list[dict]:
    events = stream(engine_of(recogniser), pcm, language, partials=False)
    return [event for _, event in events if event["type"] == "final"]


def test_english_is_understood_through_the_whole_path(recogniser: Recogniser):
    folder = speech("en/ref.tsv").parent
    errors = words = 0
    for name, reference in references(folder, limit=100):
        heard = " ".join(final["text"] for final in finals(recogniser, wave(folder / name)))
        spoken = normalised(reference).split()
        errors += edits(spoken, normalised(heard).split())
        words += len(spoken)
    assert errors / words < 0.13


def test_five_five_is_not_dropped_as_a_loop_or_as_silence(recogniser: Recogniser):
    (final,) = finals(recogniser, wave(speech("en/cards_004.wav")))
    assert set(normalised(final["text"]).split()) <= {"five", "5"}
    assert final["text"]


def test_a_short_sentence_is_whole_wherever_a_sequence_begins_before_it():
    pcm = read_wave(speech("en/jfk.wav"))
    moonshine, rescuer = load("moonshine-tiny-en"), load("whisper-tiny-en", window_seconds="30")
    ask = round(AFTER_PAUSES_IN_JFK[1] * SAMPLE_RATE)
    for before in (0, 700, 1_900, 3_300, 6_100, 10_000, 16_000):
        cut = np.concatenate([pcm[ask - before : ask + 22_000], SILENCE])
        engine = engine_of(moonshine, rescuer)
        events = [event for _, event in stream(engine, cut, "en", partials=False)]
        (final,) = [event for event in events if event["type"] == "final"]
        assert final["start"] <= before
        assert len(final["words"]) == 2
        assert normalised(final["text"]).endswith("not")


def test_words_begin_where_they_are_spoken(recogniser: Recogniser):
    captions = finals(recogniser, wave(speech("en/jfk.wav")))
    starts = [word["start"] / SAMPLE_RATE for final in captions for word in final["words"]]
    for begins in AFTER_PAUSES_IN_JFK:
        assert min(abs(start - begins) for start in starts) < 0.1, begins
    assert starts == sorted(starts)
    assert not any(final["estimated"] for final in captions)


@pytest.mark.parametrize("kind", ["silence", "white", "pink", "hum", "clicks"])
def test_nothing_is_heard_where_nobody_speaks(recogniser: Recogniser, kind: str):
    events = stream(engine_of(recogniser), noise(kind, seconds=10), "en")
    assert [event for _, event in events if event.get("text")] == []


def test_a_draft_changes_nothing_but_the_work(recogniser: Recogniser):
    audio = read_wave(speech("en/sense_0920.wav")).astype(np.float32) / 32_768
    alone = recogniser.decode([DecodeRequest(audio)])[0]
    for draft in (alone.tokens, alone.tokens[:3], (*alone.tokens[:4], 77, 78, 79), (5,) * 50):
        assert recogniser.decode([DecodeRequest(audio, draft=draft)])[0].text == alone.text


def test_a_few_samples_and_the_longest_audio_are_decoded(recogniser: Recogniser):
    for samples in (1, 400, int(recogniser.longest_seconds * SAMPLE_RATE)):
        audio = np.random.default_rng(0).normal(0, 0.01, samples).astype(np.float32)
        assert len(recogniser.decode([DecodeRequest(audio, words=True)])) == 1


def test_a_language_is_found_among_the_allowed_and_written_in_its_script(base: Recogniser):
    pcm = wave(speech("hi/ref.tsv").parent / "0156_069.wav")
    audio = pcm.astype(np.float32) / 32_768
    (heard,) = base.decode([DecodeRequest(audio[: 8 * SAMPLE_RATE], allowed=("en", "hi"))])
    assert heard.language == "hi"
    assert any("\u0900" <= character <= "\u097f" for character in heard.text)


def test_utterances_decode_the_same_alone_and_in_a_batch(base: Recogniser):
    names = ("sense_0920.wav", "cards_005.wav", "sense_0890.wav")
    requests = [
        DecodeRequest(
            read_wave(speech(f"en/{name}")).astype(np.float32) / 32_768, language="en", words=True
        )
        for name in names
    ]
    alone = [base.decode([request])[0] for request in requests]
    together = base.decode(requests)
    for one, other in zip(alone, together, strict=True):
        assert normalised(one.text) == normalised(other.text)
        assert [word.text for word in other.words] == other.text.split()


def test_a_prompt_spells_names(base: Recogniser):
    audio = read_wave(speech("en/sense_0870.wav")).astype(np.float32) / 32_768
    (heard,) = base.decode([DecodeRequest(audio, language="en", prompt="Mister Jon Dashwoode")])
    assert "Dashwoode" in heard.text


def test_every_whisper_language_is_read_from_the_vocabulary(base: Recogniser):
    assert len(base.languages) == 99
    assert {"en", "hi", "te", "kn", "ta", "mr", "pa", "es"} <= set(base.languages)


def noise(kind: str, seconds: int) -> np.ndarray:
    generator = np.random.default_rng(7)
    count = seconds * SAMPLE_RATE
    white = generator.normal(0, 1, count)
    if kind == "white":
        sound = 0.05 * white
    elif kind == "pink":
        spectrum = np.fft.rfft(white) / np.sqrt(np.maximum(1, np.arange(count // 2 + 1)))
        sound = np.fft.irfft(spectrum)
        sound *= 0.1 / np.abs(sound).max()
    elif kind == "hum":
        sound = 0.1 * np.sign(np.sin(2 * np.pi * 100 * np.arange(count) / SAMPLE_RATE))
    elif kind == "clicks":
        sound = np.zeros(count)
        sound[:: SAMPLE_RATE // 3] = 0.9
    else:
        sound = np.zeros(count)
    return (32_767 * np.clip(sound, -1, 1)).astype(np.int16)
