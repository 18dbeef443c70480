"""Levels, joins and what is cut into chunks."""

import numpy as np
import pytest

from bench.loudness import loudness
from tests.voices.stage import RATE, LevelVoice
from tritone_models.text import SpokenToken
from tritone_models.voices.joins import audible, faded, levelled, limited
from tritone_models.voices.levels import gain_of
from tritone_models.voices.rendering import Rendering, Viseme


def tone(hz: float, seconds: float, rate: int, size: float = 1.0) -> np.ndarray:
    return size * np.sin(2 * np.pi * hz * np.arange(round(seconds * rate)) / rate)


@pytest.mark.parametrize("rate", [22_050, 24_000, 48_000])
def test_loudness_is_that_of_the_standard(rate: int):
    # ITU-R BS.1770-4: a 997 Hz sine at full scale in one channel reads -3.01 LKFS
    assert loudness(tone(997, 5, rate), rate) == pytest.approx(-3.01, abs=0.05)
    assert loudness(tone(997, 5, rate, 0.1), rate) == pytest.approx(-23.01, abs=0.05)


def test_silence_between_words_does_not_count_as_quiet_speech():
    spoken = tone(997, 2, RATE, 0.1)
    gapped = np.concatenate([spoken, np.zeros(8 * RATE), spoken])
    assert loudness(gapped, RATE) == pytest.approx(loudness(spoken, RATE), abs=0.6)
    assert loudness(np.zeros(RATE), RATE) == -np.inf


def test_silent_edges_are_cut_and_the_times_move_along():
    tokens = [SpokenToken("one", 0, 3, "one", ""), SpokenToken("two", 4, 7, "two", ".")]
    raw = LevelVoice().render(tokens, "level", "en", 1.0)
    level = levelled(raw, 1.0, RATE, 300)
    (first, _), (_, last) = level.words
    assert first / RATE == pytest.approx(0.02, abs=0.006)
    assert np.abs(level.sound[first + 80 : last - 80]).min() > 0.4
    silence = len(level.sound) - last
    assert silence / RATE == pytest.approx(0.3, abs=0.006)
    assert [(v.start, v.end) for v in level.visemes] == list(level.words)


def test_a_clause_begins_and_ends_at_zero_without_a_step():
    loud = Rendering(np.full(RATE, 0.9, np.float32), ((0, RATE),), (Viseme("aa", 0, RATE),))
    sound = levelled(loud, 1.0, RATE, 0).sound
    assert sound[0] == sound[-1] == 0
    assert np.abs(np.diff(sound)).max() < 0.05


def test_nothing_audible_is_nothing():
    assert audible(np.full(RATE, 1e-4, np.float32), RATE) == (0, 0)
    quiet = Rendering(np.zeros(RATE, np.float32), ((0, 0),), ())
    assert len(levelled(quiet, 4.0, RATE, 0).sound) == 0


def test_a_sound_shorter_than_its_fades_survives():
    assert len(faded(np.ones(3, np.float32), 40)) == 3


def test_peaks_are_bent_and_what_lies_below_the_knee_is_untouched():
    sound = np.linspace(-3, 3, 601, dtype=np.float32)
    bent = limited(sound)
    assert np.abs(bent).max() < 1.0
    assert np.all(np.diff(bent) >= 0)
    low = np.abs(sound) <= 0.7
    assert np.array_equal(bent[low], sound[low])


def test_a_voice_that_was_never_measured_keeps_its_level():
    assert gain_of("piper", "somebody") == 1.0
    assert gain_of("piper", "joe") != 1.0
