"""The real networks and the real program, without Triton."""

import shutil

import numpy as np
import pytest

from bench.measure import Tally, load_engine, normalised, stream
from bench.voices import PAUSE, load, resampled, say
from tests.data import need_weights
from tritone_models.voices.espeak import Espeak
from tritone_models.voices.rendering import Synthesiser

WEIGHTS = {"piper": ["piper-joe-en"], "kokoro": ["kokoro-82m"], "espeak": []}
TEXT = "Please put the big black box behind the garden door."


@pytest.fixture(scope="module", params=list(WEIGHTS))
def voice(request: pytest.FixtureRequest) -> Synthesiser:
    if not shutil.which("espeak-ng"):
        pytest.skip("espeak-ng is not installed")
    if WEIGHTS[request.param]:
        need_weights(*WEIGHTS[request.param])
    return load(request.param)


def english(voice: Synthesiser) -> str:
    return next(name for name, languages in voice.voices.items() if "en" in languages)


def test_what_is_said_is_understood(voice: Synthesiser):
    need_weights("moonshine-tiny-en", "silero-vad")
    ear = load_engine("moonshine", {"workers": "1", "rescue_weights": "none"})
    name = english(voice)
    chunks, _ = say(voice, TEXT, name, "en")
    pcm = np.concatenate([chunk.pcm for chunk in chunks])
    heard = resampled(pcm, voice.sample_rate(name))
    events = stream(ear, np.concatenate([heard, PAUSE]), "en", partials=False)
    text = normalised(" ".join(e["text"] for _, e in events if e["type"] == "final"))
    tally = Tally()
    tally.add(normalised(TEXT).split(), text.split())
    # The recogniser mishears what people understand of a formant voice.
    assert tally.rate <= (50 if isinstance(voice, Espeak) else 20), text


def test_lips_close_where_the_sound_is_stopped(voice: Synthesiser):
    """Closed lips (p, b) are quiet beside open ones: times of half a tenth off would not be."""
    name = english(voice)
    chunks, _ = say(voice, "Papa, Bob and Peter keep a big pink puppy.", name, "en")
    pcm = np.concatenate([chunk.pcm for chunk in chunks]).astype(np.float64)
    shown = [viseme for chunk in chunks for viseme in chunk.timing["visemes"]]

    def level(wanted: str) -> float:
        middles = [(start + end) // 2 for shape, start, end in shown if shape == wanted]
        near = voice.sample_rate(name) // 200
        return float(np.median([np.abs(pcm[at - near : at + near]).max() for at in middles]))

    assert level("PP") < 0.4 * level("aa")


def test_words_come_in_order_and_within_the_sound(voice: Synthesiser):
    name = english(voice)
    chunks, _ = say(voice, TEXT + " Then go home, please.", name, "en")
    words = [word for chunk in chunks for word in chunk.timing["words"]]
    assert len(words) == 14
    at = 0
    for word in words:
        start, end = word["samples"]
        assert at <= start < end
        at = start
    assert end <= sum(len(chunk.pcm) for chunk in chunks)


def test_twice_the_speed_is_about_half_the_time(voice: Synthesiser):
    name = english(voice)
    lengths = []
    for rate in ("100%", "200%"):
        chunks, _ = say(voice, f'<prosody rate="{rate}">{TEXT}</prosody>', name, "en")
        lengths.append(sum(len(chunk.pcm) for chunk in chunks))
    assert 0.4 < lengths[1] / lengths[0] < 0.7
