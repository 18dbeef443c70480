"""A mouth from sound alone, where the voice tells no visemes."""

import numpy as np
from numpy.typing import NDArray

from tritone_models.face.mouth_shape import REST, SHAPES, Shape

RATE = 16_000
WINDOW = 512
HOPS = (-256, 0, 256)
"""Three windows about the instant heard, 64 ms in all."""
BEHIND = 2 * WINDOW
AHEAD = 1280
QUIETEST_PEAK = -46.0
"""dB of full scale: a voice's loudest is never taken for softer, so that noise opens no mouth."""
PEAK_FALLS = 0.4
"""dB a frame."""
SILENT_BELOW, LOUD_BELOW = 30.0, 6.0
"""dB under the voice's loudest: where a mouth is closed, and where it is as open as it gets."""
BANDS = {
    "body": (90, 500),
    "open": (600, 1150),
    "back": (500, 1100),
    "front": (1700, 2900),
    "voice": (90, 3400),
    "hiss": (3800, 7800),
}
OPENING, CLOSING = 0.75, 0.55
"""Share of the way to the sound's shape in a frame."""


class Hearing:
    """Of one voice: it learns how loud that is. Frames come in order, some may be left out."""

    def __init__(self) -> None:
        self._peak = QUIETEST_PEAK
        self._mouth = REST
        self._window = np.hanning(WINDOW)
        frequencies = np.fft.rfftfreq(WINDOW, 1 / RATE)
        self._bands = {
            name: (frequencies >= low) & (frequencies < high) for name, (low, high) in BANDS.items()
        }

    def hear(self, audio: NDArray[np.int16], middle: int) -> Shape:
        """`audio`: INT16[n]; `middle`: index of the sample at which the mouth is shown."""
        heard = self._shape(audio, middle)
        share = OPENING if heard.sum() > self._mouth.sum() else CLOSING
        self._mouth = self._mouth + (heard - self._mouth) * share
        return self._mouth

    def _shape(self, audio: NDArray[np.int16], middle: int) -> Shape:
        begins = [middle + hop - WINDOW // 2 for hop in HOPS]
        frames = np.stack([audio[begin : begin + WINDOW] for begin in begins]) / 32768
        power = (np.abs(np.fft.rfft(frames * self._window)) ** 2).mean(axis=0)
        decibels = 10 * np.log10(float((frames**2).mean()) + 1e-9)
        self._peak = max(self._peak - PEAK_FALLS, decibels, QUIETEST_PEAK)
        below = self._peak - decibels
        level = float(np.clip((SILENT_BELOW - below) / (SILENT_BELOW - LOUD_BELOW), 0, 1))
        if level <= 0:
            return REST
        bands = {name: float(power[band].sum()) + 1e-9 for name, band in self._bands.items()}
        hissing = bands["hiss"] / (bands["voice"] + bands["hiss"])
        return self._vowel(bands, level) * (1 - hissing) + SHAPES["SS"] * level * hissing

    def _vowel(self, bands: dict[str, float], level: float) -> Shape:
        """First formant high: open; second one high: spread, low: round."""
        opened = _between(np.log10(bands["open"] / bands["body"]), -2.2, 0.2)
        spread = _between(np.log10(bands["front"] / bands["back"]), -2.6, -0.2)
        near = SHAPES["U"] * (1 - spread) + SHAPES["I"] * spread
        middle = SHAPES["O"] * (1 - spread) + SHAPES["E"] * spread
        if opened < 0.5:
            vowel = near + (middle - near) * 2 * opened
        else:
            vowel = middle + (SHAPES["aa"] - middle) * (2 * opened - 1)
        return vowel * level


def _between(value: float, low: float, high: float) -> float:
    return float(np.clip((value - low) / (high - low), 0, 1))
