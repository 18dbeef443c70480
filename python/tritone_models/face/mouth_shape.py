"""Mouth shapes as a few numbers, so that one can be blended into another."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

Shape = NDArray[np.float64]
"""FP64[8]: see PARTS; 0 is the mouth at rest, closed."""

PARTS = ("jaw", "wide", "upper", "lower", "round", "press", "tuck", "tongue")
"""`jaw` dropped; corners drawn `wide`; `upper` lip raised, `lower` one lowered; lips `round` and
forward; lips `press`ed together; lower lip `tuck`ed under the teeth; tip of the `tongue` up."""
JAW, WIDE, UPPER, LOWER, ROUND, PRESS, TUCK, TONGUE = range(len(PARTS))


def shape(**parts: float) -> Shape:
    return np.array([parts.get(part, 0.0) for part in PARTS])


REST = shape()
SHAPES: Mapping[str, Shape] = {
    "sil": REST,
    "PP": shape(press=1),
    "FF": shape(jaw=0.1, upper=0.45, tuck=1, wide=0.1),
    "TH": shape(jaw=0.28, upper=0.25, lower=0.15, tongue=1, wide=0.1),
    "DD": shape(jaw=0.24, upper=0.25, lower=0.25, tongue=0.6, wide=0.2),
    "kk": shape(jaw=0.34, upper=0.2, lower=0.15, wide=0.1),
    "CH": shape(jaw=0.16, upper=0.45, lower=0.5, round=0.6),
    "SS": shape(jaw=0.08, upper=0.4, lower=0.6, wide=0.4),
    "nn": shape(jaw=0.24, upper=0.15, lower=0.15, tongue=0.7, wide=0.1),
    "RR": shape(jaw=0.24, upper=0.25, lower=0.2, round=0.5),
    "aa": shape(jaw=1.0, upper=0.45, lower=0.2, wide=0.1),
    "E": shape(jaw=0.55, upper=0.4, lower=0.3, wide=0.5),
    "I": shape(jaw=0.22, upper=0.4, lower=0.45, wide=0.85),
    "O": shape(jaw=0.7, upper=0.1, round=0.75),
    "U": shape(jaw=0.3, upper=0.1, round=1.0),
}
"""Of each viseme, spoken clearly. Lips, jaw and tongue as phonetics describes the sounds."""


def openness(mouth: Shape) -> float:
    """The gap between the lips' middles, in shares of the widest."""
    gap = 0.82 * mouth[JAW] + 0.1 * mouth[UPPER] + 0.16 * mouth[LOWER]
    return float(np.clip(gap * (1 - mouth[PRESS]), 0, None))
