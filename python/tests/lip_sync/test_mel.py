"""The spectrogram that Wav2Lip hears, against its description computed sum by sum."""

import math

import numpy as np
import pytest

from tritone_models.wav2lip.mel import AHEAD, BEHIND, MelWindow

RATE = 16_000


def window_at(sound: np.ndarray, sample: int) -> np.ndarray:
    """INT16[BEHIND + AHEAD] around `sample`, zeros where there is no sound."""
    padded = np.concatenate([np.zeros(BEHIND, np.int16), sound, np.zeros(AHEAD, np.int16)])
    return padded[sample : sample + BEHIND + AHEAD]


def hz_of(mel: float) -> float:
    """Slaney's scale: 66.7 Hz a mel up to 1 kHz, then 27 mels for a factor of 6.4."""
    return mel * 200 / 3 if mel < 15 else 1000 * 6.4 ** ((mel - 15) / 27)


def mel_of(hz: float) -> float:
    return hz * 3 / 200 if hz < 1000 else 15 + 27 * math.log(hz / 1000) / math.log(6.4)


def reference(sound: np.ndarray, column: int) -> list[float]:
    """Column `column` of the whole sound's spectrogram, which is centred on sample 200 * column."""
    wave = [float(value) / 32768 for value in sound]

    def at(index: int) -> float:
        return wave[index] if 0 <= index < len(wave) else 0.0

    frame = []
    for offset in range(800):
        index = 200 * column - 400 + offset
        hann = 0.5 - 0.5 * math.cos(2 * math.pi * offset / 800)
        frame.append((at(index) - 0.97 * at(index - 1)) * hann)
    turns = np.exp(-2j * np.pi * np.outer(np.arange(401), np.arange(800)) / 800)
    magnitudes = np.abs(turns @ np.array(frame))
    low, high = mel_of(55), mel_of(7600)
    edges = [hz_of(low + (high - low) * at / 81) for at in range(82)]
    bands = []
    for band in range(80):
        left, middle, right = edges[band : band + 3]
        total = 0.0
        for bin_, magnitude in enumerate(magnitudes):
            hz = bin_ * RATE / 800
            height = min((hz - left) / (middle - left), (right - hz) / (right - middle))
            total += max(0.0, height) * 2 / (right - left) * magnitude
        decibels = 20 * math.log10(max(1e-5, total)) - 20
        bands.append(min(4.0, max(-4.0, 8 * (decibels + 100) / 100 - 4)))
    return bands


@pytest.fixture(scope="module")
def sound() -> np.ndarray:
    rng = np.random.default_rng(3)
    at = np.arange(RATE) / RATE
    sweep = 9_000 * np.sin(2 * np.pi * (100 + 3_000 * at) * at) * np.sin(3 * at)
    return (sweep + rng.normal(0, 300, RATE)).astype(np.int16)


@pytest.mark.parametrize(("frame", "column"), [(0, -4), (1, 0), (2, 3), (7, 19), (12, 35)])
def test_a_frame_hears_the_sixteen_columns_from_a_frame_before_it(
    sound: np.ndarray, frame: int, column: int
):
    heard = MelWindow()(window_at(sound, 640 * frame), 640 * frame)
    assert heard.shape == (80, 16)
    for at in (0, 7, 15):
        np.testing.assert_allclose(heard[:, at], reference(sound, column + at), atol=2e-3)


def test_every_sample_of_a_second_finds_its_columns_in_its_window(sound: np.ndarray):
    """Other frame rates fall between the columns: the window must hold them all."""
    mel = MelWindow()
    whole = {at: mel(window_at(sound, at), at) for at in range(5_000, 5_400)}
    for at in range(5_000, 5_399):
        same = (at - 640) // 200 == (at + 1 - 640) // 200
        assert np.allclose(whole[at], whole[at + 1], atol=1e-5) == same


def test_silence_is_the_lowest_level_everywhere():
    assert (MelWindow()(np.zeros(BEHIND + AHEAD, np.int16), 0) == -4).all()


def test_the_loudest_sound_stays_within_its_limit():
    rng = np.random.default_rng(4)
    loud = rng.choice([-32_768, 32_767], BEHIND + AHEAD).astype(np.int16)
    heard = MelWindow()(loud, 640)
    assert heard.max() <= 4
    assert heard.min() > -4
