"""Whisper's log-mel spectrogram in numpy (OpenAI Whisper, audio.py; Slaney's mel scale)."""

import numpy as np
from numpy.typing import NDArray

from tritone_models.speech.hypothesis import SAMPLE_RATE, Audio

WINDOW = 400
HOP = 160
FRAMES_PER_SECOND = SAMPLE_RATE // HOP
DYNAMIC_RANGE = 8.0
"""Bels below the loudest bin at which the spectrogram is cut off."""


class LogMel:
    """float32[n] -> float32[mels, n // 160]. 80 mels, or 128 as large-v3 wants them."""

    def __init__(self, mels: int) -> None:
        self.mels = mels
        self._filters = mel_filters(mels)
        self._window = np.hanning(WINDOW + 1)[:-1].astype(np.float32)

    def __call__(self, audio: Audio) -> Audio:
        if len(audio) <= WINDOW // 2:
            audio = np.pad(audio, (0, WINDOW // 2 + 1 - len(audio)))
        padded = np.pad(audio, WINDOW // 2, mode="reflect")
        frames = np.lib.stride_tricks.sliding_window_view(padded, WINDOW)[::HOP]
        spectrum = np.fft.rfft(frames * self._window, axis=1)[: len(audio) // HOP]
        power = (spectrum.real**2 + spectrum.imag**2).astype(np.float32)
        decibels = np.log10(np.maximum(self._filters @ power.T, 1e-10))
        decibels = np.maximum(decibels, decibels.max() - DYNAMIC_RANGE)
        return ((decibels + 4.0) / 4.0).astype(np.float32)


def mel_filters(
    mels: int, window: int = WINDOW, lowest_hz: float = 0.0, highest_hz: float = SAMPLE_RATE / 2
) -> NDArray[np.float32]:
    """Triangles of equal area, float32[mels, window // 2 + 1].

    Linear below 1 kHz, logarithmic above.
    """
    bins = np.fft.rfftfreq(window, 1 / SAMPLE_RATE)
    edges = _mel_to_hz(np.linspace(_hz_to_mel(lowest_hz), _hz_to_mel(highest_hz), mels + 2))
    widths = np.diff(edges)
    ramps = edges[:, None] - bins[None, :]
    rising = -ramps[:-2] / widths[:-1, None]
    falling = ramps[2:] / widths[1:, None]
    triangles = np.maximum(0, np.minimum(rising, falling))
    areas = 2.0 / (edges[2:] - edges[:-2])
    return np.ascontiguousarray(triangles * areas[:, None], dtype=np.float32)


_BREAK_HZ = 1000.0
_HZ_PER_MEL = 200.0 / 3
_BREAK_MEL = _BREAK_HZ / _HZ_PER_MEL
_LOG_STEP = np.log(6.4) / 27.0


def _hz_to_mel(hz: float) -> float:
    if hz < _BREAK_HZ:
        return hz / _HZ_PER_MEL
    return float(_BREAK_MEL + np.log(hz / _BREAK_HZ) / _LOG_STEP)


def _mel_to_hz(mel: NDArray[np.float64]) -> NDArray[np.float64]:
    logarithmic = _BREAK_HZ * np.exp(_LOG_STEP * (np.maximum(mel, _BREAK_MEL) - _BREAK_MEL))
    return np.where(mel < _BREAK_MEL, mel * _HZ_PER_MEL, logarithmic)
