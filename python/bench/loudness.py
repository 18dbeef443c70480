"""Loudness by ITU-R BS.1770-4 (mono), and what each voice lacks to -16 LUFS.

    python -m bench.loudness piper kokoro espeak

speaks the sentences with every voice and prints the gains for tritone_models/voices/levels.py.
"""

import sys

import numpy as np
from numpy.typing import NDArray

from bench.voices import load, speak
from tritone_models.voices.joins import levelled

TARGET_LUFS = -16.0
BLOCK_SECONDS, STEP_SECONDS = 0.4, 0.1
ABSOLUTE_GATE_LUFS, RELATIVE_GATE_LU = -70.0, -10.0
OFFSET = -0.691

Samples = NDArray[np.float64]


def loudness(samples: Samples, sample_rate: int) -> float:
    """LUFS of mono samples, full scale 1; -inf where all of it is gated."""
    weighted = _weighted(samples, sample_rate)
    block, step = round(BLOCK_SECONDS * sample_rate), round(STEP_SECONDS * sample_rate)
    if len(weighted) < block:
        weighted = np.pad(weighted, (0, block - len(weighted)))
    windows = np.lib.stride_tricks.sliding_window_view(weighted, block)[::step]
    power = (windows**2).mean(axis=1)
    power = power[power > _power(ABSOLUTE_GATE_LUFS)]
    if not len(power):
        return -np.inf
    power = power[power > _power(_lufs(power.mean()) + RELATIVE_GATE_LU)]
    return _lufs(power.mean())


def _weighted(samples: Samples, sample_rate: int) -> Samples:
    """K-weighting for any rate: the standard's two filters from their analogue prototypes
    (Brecht De Man, Evaluation of Implementations of the EBU R128 Loudness Measurement, 2018)."""
    shelf = _shelf(1681.974450955533, 3.999843853973347, 0.7071752369554196, sample_rate)
    pass_high = _pass_high(38.13547087602444, 0.5003270373238773, sample_rate)
    size = 1 << (len(samples) + sample_rate).bit_length()
    z = np.exp(-2j * np.pi * np.fft.rfftfreq(size))
    response = np.ones_like(z)
    for b, a in (shelf, pass_high):
        response *= (b[0] + b[1] * z + b[2] * z**2) / (a[0] + a[1] * z + a[2] * z**2)
    return np.fft.irfft(np.fft.rfft(samples, size) * response, size)[: len(samples)]


def _shelf(hz: float, decibels: float, q: float, rate: int) -> tuple[Samples, Samples]:
    k = np.tan(np.pi * hz / rate)
    high = 10 ** (decibels / 20)
    band = high**0.4996667741545416
    a = np.array([1 + k / q + k * k, 2 * (k * k - 1), 1 - k / q + k * k])
    b = np.array([high + band * k / q + k * k, 2 * (k * k - high), high - band * k / q + k * k])
    return b / a[0], a / a[0]


def _pass_high(hz: float, q: float, rate: int) -> tuple[Samples, Samples]:
    k = np.tan(np.pi * hz / rate)
    a = np.array([1 + k / q + k * k, 2 * (k * k - 1), 1 - k / q + k * k])
    return np.array([1.0, -2.0, 1.0]), a / a[0]


def _power(lufs: float) -> float:
    return 10 ** ((lufs - OFFSET) / 10)


def _lufs(power: float) -> float:
    return OFFSET + 10 * float(np.log10(power))


def main() -> None:
    for model in sys.argv[1:]:
        synthesiser = load(model)
        for voice, (language, *_) in synthesiser.voices.items():
            rate = synthesiser.sample_rate(voice)
            renderings = speak(synthesiser, voice, language)
            raw = np.concatenate([rendering.sound for rendering in renderings])
            gain_db = TARGET_LUFS - loudness(raw.astype(np.float64), rate)
            gain = 10 ** (gain_db / 20)
            told = np.concatenate([levelled(r, gain, rate, 200).sound for r in renderings])
            result = loudness(told.astype(np.float64), rate)
            peak = 20 * np.log10(np.abs(told).max())
            print(f'{model} "{voice}": {gain_db:.1f},  # {result:.1f} LUFS, peak {peak:.1f} dBFS')


if __name__ == "__main__":
    main()
