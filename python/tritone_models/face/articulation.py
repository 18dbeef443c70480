"""From told visemes to the mouth at one instant: neighbours blend, closures stay closed."""

from collections.abc import Sequence

import numpy as np

from tritone_models.face.mouth_shape import (
    JAW,
    LOWER,
    PRESS,
    REST,
    ROUND,
    SHAPES,
    TUCK,
    UPPER,
    WIDE,
    Shape,
)
from tritone_models.lips.visemes import Viseme

RATE = 16_000
BEHIND = 3200
AHEAD = 1280
"""Samples: a viseme is prepared 60 ms before it sounds, and 80 ms is all that may be waited."""
RISE, FALL = 0.06 * RATE, 0.06 * RATE
"""How long before its beginning and after its end a viseme is felt."""
HOLD = 0.04 * RATE
"""How far the ramps reach into the viseme itself: 100 ms in all."""
LETTING_GO = 0.06 * RATE
"""The mouth is at rest when the last viseme ends."""
CLOSED_AT_LEAST = 0.044 * RATE
"""Longer than a frame, so that no closure falls between two."""
CLOSING = 0.06 * RATE
QUIET = 0.08
"""Weight of the mouth at rest against the visemes'."""
DOMINANCE = {"sil": 0.6, "PP": 1.6, "FF": 1.5, "O": 1.2, "U": 1.2, "CH": 1.1, "aa": 1.1}
"""Who yields to whom (Cohen and Massaro 1993); 1 where nothing is said, 0.7 for sounds that are
made behind the lips."""
BEHIND_THE_LIPS = frozenset({"kk", "nn", "DD", "TH", "RR", "SS"})


def articulate(visemes: Sequence[Viseme], sample: int) -> Shape:
    """The mouth at `sample`; visemes from BEHIND to AHEAD of it are all that matters."""
    total, weights = REST.copy(), QUIET
    for at, viseme in enumerate(visemes):
        following = visemes[at + 1].start if at + 1 < len(visemes) else None
        weight = _presence(viseme, following, sample) * _dominance(viseme)
        total = total + weight * SHAPES[viseme.name]
        weights += weight
    mouth = total / weights
    closed = max((_closure(v, sample) for v in visemes if v.name == "PP"), default=0.0)
    tucked = max((_closure(v, sample) for v in visemes if v.name == "FF"), default=0.0)
    return close_lips(_tuck(mouth, tucked), closed)


def close_lips(mouth: Shape, share: float) -> Shape:
    """Whatever the neighbours want: at 1 the lips touch; their width is the neighbours'."""
    closed = mouth.copy()
    for part in (JAW, UPPER, LOWER, TUCK):
        closed[part] *= 1 - share
    closed[[WIDE, ROUND]] *= 1 - 0.4 * share
    closed[PRESS] = max(mouth[PRESS] * (1 - share), share)
    return closed


def _tuck(mouth: Shape, share: float) -> Shape:
    return mouth + share * (np.where(SHAPES["FF"] != 0, SHAPES["FF"], mouth * 0.4) - mouth)


def _dominance(viseme: Viseme) -> float:
    return 0.7 if viseme.name in BEHIND_THE_LIPS else DOMINANCE.get(viseme.name, 1.0)


def _presence(viseme: Viseme, following: int | None, sample: int) -> float:
    """0 to 1."""
    hold = min(HOLD, (viseme.end - viseme.start) / 2)
    rise = _ramp((sample - (viseme.start - RISE)) / (RISE + hold))
    if following is None or following > viseme.end + FALL:
        return rise * _ramp((viseme.end - sample) / LETTING_GO)
    return rise * _ramp((viseme.end + FALL - sample) / (FALL + hold))


def _closure(viseme: Viseme, sample: int) -> float:
    """1 while the lips must touch; they do before the sound is let go at the viseme's end."""
    start, end = viseme.start, viseme.end
    lacking = max(0.0, CLOSED_AT_LEAST - (end - start))
    begin, stop = start - lacking * 0.7, end + lacking * 0.3
    outside = max(begin - sample, sample - stop, 0)
    return _ramp(1 - outside / CLOSING)


def _ramp(t: float) -> float:
    t = min(1.0, max(0.0, t))
    return t * t * (3 - 2 * t)
