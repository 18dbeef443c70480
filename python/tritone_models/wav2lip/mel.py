"""The mel spectrogram that Wav2Lip hears: 80 bands, 80 columns a second (arXiv:2008.10010).

Hann windows of 50 ms every 12.5 ms over pre-emphasised sound, magnitudes in Slaney's mel bands of
55 to 7600 Hz, in decibels from 20 dB down to -80 dB, mapped to -4..4.
"""

import numpy as np
from numpy.typing import NDArray

from tritone_models.lips.model import SAMPLE_RATE, Pcm
from tritone_models.recognisers.mel import mel_filters

BANDS = 80
COLUMNS = 16
HOP = 200
WINDOW = 800
LOWEST_HZ, HIGHEST_HZ = 55.0, 7_600.0
PREEMPHASIS = 0.97
REFERENCE_DB, RANGE_DB = 20.0, 100.0
LIMIT = 4.0

LEAD = SAMPLE_RATE // 25
"""The network was trained with windows that begin a frame of 25 fps before the one they move."""
BEHIND = LEAD + HOP + WINDOW // 2 + 1
AHEAD = (COLUMNS - 1) * HOP + WINDOW // 2 - LEAD


class MelWindow:
    """Sound around a frame to the columns that the network is shown with it."""

    def __init__(self) -> None:
        self._filters = mel_filters(BANDS, WINDOW, LOWEST_HZ, HIGHEST_HZ)
        self._hann = np.hanning(WINDOW + 1)[:-1].astype(np.float32)

    def __call__(self, audio: Pcm, sample: int) -> NDArray[np.float32]:
        """INT16[BEHIND + AHEAD] around `sample` -> float32[80, 16].

        The columns lie on a grid of 12.5 ms that begins with the sound.
        """
        first = (sample - LEAD) // HOP * HOP - WINDOW // 2
        begin = first - (sample - BEHIND)
        sound = audio[begin - 1 : begin + (COLUMNS - 1) * HOP + WINDOW].astype(np.float32) / 32_768
        emphasised = sound[1:] - np.float32(PREEMPHASIS) * sound[:-1]
        frames = np.lib.stride_tricks.sliding_window_view(emphasised, WINDOW)[::HOP]
        magnitudes = np.abs(np.fft.rfft(frames * self._hann, axis=1)).astype(np.float32)
        levels = self._filters @ magnitudes.T
        decibels = 20 * np.log10(np.maximum(levels, 10 ** (-RANGE_DB / 20))) - REFERENCE_DB
        return np.clip((decibels / RANGE_DB + 1) * 2 * LIMIT - LIMIT, -LIMIT, LIMIT).astype(
            np.float32
        )
