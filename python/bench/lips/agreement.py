"""How well a mouth's opening follows a voice. Pure functions over series at given instants."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tritone_models.lips.model import SAMPLE_RATE, Pcm
from tritone_models.lips.visemes import Viseme

Series = NDArray[np.float64]
Curve = Callable[[Series], Series]
"""Values at instants in seconds of the sound."""

OPENING: Mapping[str, float] = {
    "sil": 0.0, "PP": 0.0, "FF": 0.15, "TH": 0.3, "DD": 0.3, "kk": 0.35, "CH": 0.3, "SS": 0.2,
    "nn": 0.3, "RR": 0.3, "aa": 1.0, "E": 0.7, "I": 0.4, "O": 0.7, "U": 0.35,
}  # fmt: skip
"""How far lips are apart, as phonetics has it: closed for bilabials, widest for open vowels. Not
the shapes that our own models draw."""
SMOOTH_SECONDS = 0.12
"""Neighbouring sounds blend: mouths are slower than phonemes."""
WINDOW_SECONDS = 0.04
QUIETEST_DB = 40.0
"""Below the loudest moment: counts as silence."""
MOST_LAG_SECONDS = 0.4
LAG_STEP_SECONDS = 0.01
CLOSED_SHARE = 0.2
"""Of the wide opening (95th percentile): less is closed."""
SHORTEST_CLOSURE_SECONDS = 0.04


@dataclass(frozen=True)
class Agreement:
    """`at_once`, `best`: correlations, without and with the best lag. A positive lag is a mouth
    behind its sound."""

    at_once: float
    best: float
    lag_ms: int


def correlation(one: Series, other: Series) -> float:
    """Pearson's; 0 where either does not move."""
    if len(one) < 2 or np.ptp(one) < 1e-9 or np.ptp(other) < 1e-9:
        return 0.0
    return float(np.corrcoef(one, other)[0, 1])


def agreement(opening: Series, seconds: Series, expected: Curve) -> Agreement:
    """Of the mouth's opening at instants of the sound with what is expected of it then."""
    steps = round(MOST_LAG_SECONDS / LAG_STEP_SECONDS)
    lags = np.arange(-steps, steps + 1) * LAG_STEP_SECONDS
    found = [correlation(opening, expected(seconds - lag)) for lag in lags]
    best = int(np.argmax(found))
    return Agreement(found[steps], found[best], round(lags[best] * 1000))


def while_spoken(seconds: Series, visemes: Sequence[Viseme]) -> NDArray[np.bool_]:
    """Which instants lie in a viseme. Pauses prove nothing: any mouth that rests then scores."""
    spoken = np.zeros(len(seconds), bool)
    for viseme in visemes:
        if viseme.name != "sil":
            spoken |= (seconds * SAMPLE_RATE >= viseme.start) & (seconds * SAMPLE_RATE < viseme.end)
    return spoken


def expected_opening(visemes: Sequence[Viseme]) -> Curve:
    """What visemes ask of the lips, smoothed; 0 outside them."""
    rate = 1_000
    end = max((viseme.end for viseme in visemes), default=0) / SAMPLE_RATE
    margin = MOST_LAG_SECONDS + SMOOTH_SECONDS
    steps = np.zeros(int((end + 2 * margin) * rate) + 2)
    for viseme in visemes:
        first, last = (
            round((at / SAMPLE_RATE + margin) * rate) for at in (viseme.start, viseme.end)
        )
        steps[first:last] = OPENING[viseme.name]
    kernel = np.hanning(round(SMOOTH_SECONDS * rate) + 2)
    smooth = np.convolve(steps, kernel / kernel.sum(), mode="same")
    at = np.arange(len(steps)) / rate - margin
    return lambda seconds: np.interp(seconds, at, smooth, left=0.0, right=0.0)


def loudness(pcm: Pcm) -> Curve:
    """0 (silent) to 1 (the loudest moment), in decibels between."""
    hop = SAMPLE_RATE // 100
    window = round(WINDOW_SECONDS * SAMPLE_RATE)
    padded = np.pad(pcm.astype(np.float64), window // 2)
    frames = np.lib.stride_tricks.sliding_window_view(padded, window)[::hop]
    decibels = 10 * np.log10(np.maximum((frames**2).mean(axis=1), 1e-9))
    level = np.clip(1 + (decibels - decibels.max()) / QUIETEST_DB, 0, 1)
    at = np.arange(len(level)) * hop / SAMPLE_RATE
    return lambda seconds: np.interp(seconds, at, level, left=0.0, right=0.0)


def closures_kept(
    opening: Series, seconds: Series, visemes: Sequence[Viseme], lag_seconds: float = 0.0
) -> float:
    """Share of the bilabials (p, b, m) during which the lips meet; NaN where there are none."""
    closed = CLOSED_SHARE * np.quantile(opening, 0.95)
    kept = []
    for viseme in visemes:
        start, end = (at / SAMPLE_RATE + lag_seconds for at in (viseme.start, viseme.end))
        if viseme.name != "PP" or end - start < SHORTEST_CLOSURE_SECONDS:
            continue
        # The frame before may show it as well: a closure shorter than a frame can fall between.
        during = opening[(seconds >= start - 0.02) & (seconds < end + 0.02)]
        kept.append(bool(len(during)) and float(during.min()) <= closed)
    return float(np.mean(kept)) if kept else float("nan")


def shuffled(visemes: Sequence[Viseme], seed: int) -> tuple[Viseme, ...]:
    """The same shapes at each other's times."""
    order = np.random.default_rng(seed).permutation(len(visemes))
    return tuple(
        Viseme(visemes[other].name, viseme.start, viseme.end)
        for viseme, other in zip(visemes, order, strict=True)
    )
