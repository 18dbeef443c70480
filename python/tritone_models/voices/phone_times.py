"""Where the sounds of a word are, when only the word's own time is known.

A forced alignment in small (Viterbi over 5 ms frames): every kind of sound has a usual length, a
usual loudness and a usual share of high frequencies, and the cheapest way through the word wins.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tritone_models.voices.espeak_words import Stretch
from tritone_models.voices.rendering import Sound, Span
from tritone_models.voices.visemes import FORESHADOWS, PROLONGS, SHAPE_OF, Phone

FRAME_SECONDS = 0.005
LENGTH_WEIGHT = 6.0
LOUD_WEIGHT = 0.02
"""A frame, a decibel."""
HISS_WEIGHT = 1.2
MOST_STRETCHED = 5.0
"""Times its usual length."""
FLOOR_DB = -40.0
HISS_HZ = 3_000


@dataclass(frozen=True)
class Kind:
    length: float
    """Relative to the other sounds of the word."""
    loud_db: float
    """Relative to the loudest of the clause."""
    hiss: float
    """Share of the energy above 3 kHz."""


VOWEL = Kind(1.6, -4, 0.05)
GLIDE = Kind(0.8, -10, 0.05)
NASAL = Kind(1.0, -12, 0.05)
HISSING = Kind(1.4, -18, 0.8)
BREATHED = Kind(1.0, -22, 0.4)
STOP = Kind(1.0, -32, 0.3)
TRILL = Kind(0.7, -14, 0.1)
KINDS = {
    **dict.fromkeys(("aa", "E", "I", "O", "U"), VOWEL),
    **dict.fromkeys(("PP", "DD", "kk"), STOP),
    **dict.fromkeys(("FF", "TH"), BREATHED),
    **dict.fromkeys(("CH", "SS"), HISSING),
    "nn": NASAL,
    "RR": TRILL,
}
EXCEPTIONS = {
    **dict.fromkeys("mɱ", NASAL),
    **dict.fromkeys("jwʋɥɰ", GLIDE),
    **dict.fromkeys("hɦ", BREATHED),
    **dict.fromkeys("xɣχ", BREATHED),
    "ʔ": STOP,
}
STRESS = frozenset("ˈˌ")
LONG = "ː"
LONGER, STRESSED = 1.6, 1.15


def timed_phones(
    words: Sequence[str], together: Sequence[Stretch], sound: Sound, sample_rate: int
) -> list[list[Phone]]:
    """IPA of the words and the stretches they are said in -> the sounds of each word."""
    frame = round(FRAME_SECONDS * sample_rate)
    features = _features(sound, frame, sample_rate)
    timed: list[list[Phone]] = []
    for stretch in together:
        own = [_sounds(word) for word in words[len(timed) : len(timed) + stretch.words]]
        phones = iter(_timed(list(itertools.chain(*own)), stretch.span, features, frame))
        timed += [list(itertools.islice(phones, len(sounds))) for sounds in own]
    return timed


def _timed(
    sounds: Sequence[tuple[str, Kind]], span: Span, features: NDArray[np.float64], frame: int
) -> list[Phone]:
    start, end = span
    if not sounds:
        return []
    first, last = start // frame, max(start // frame + len(sounds), end // frame)
    cuts = _cuts([kind for _, kind in sounds], features[first:last], last - first)
    places = [min(max((first + cut) * frame, start), end) for cut in cuts]
    places[0], places[-1] = start, end
    return [
        (symbol, a, b)
        for (symbol, _), (a, b) in zip(sounds, itertools.pairwise(places), strict=True)
    ]


def _sounds(word: str) -> list[tuple[str, Kind]]:
    """The sounds of a word with what they are like; marks change the sound they stand at."""
    sounds: list[tuple[str, Kind]] = []
    stressed = False
    for symbol in word:
        if symbol in STRESS:
            stressed = True
        elif symbol in PROLONGS:
            if sounds and symbol == LONG:
                sounds[-1] = (sounds[-1][0], _scaled(sounds[-1][1], LONGER))
        elif symbol in SHAPE_OF or symbol in FORESHADOWS:
            kind = EXCEPTIONS.get(symbol) or KINDS[SHAPE_OF[symbol]]
            if stressed and kind is VOWEL:
                kind, stressed = _scaled(kind, STRESSED), False
            sounds.append((symbol, kind))
    return sounds


def _scaled(kind: Kind, factor: float) -> Kind:
    return Kind(kind.length * factor, kind.loud_db, kind.hiss)


def _features(sound: Sound, frame: int, sample_rate: int) -> NDArray[np.float64]:
    """float64[frames, 2]: decibels below the loudest, and the share above 3 kHz; 20 ms windows."""
    width = 4 * frame
    count = -(-len(sound) // frame)
    padded = np.pad(sound.astype(np.float64), (width // 2, width + frame))
    windows = np.lib.stride_tricks.sliding_window_view(padded, width)[: count * frame : frame]
    power = np.abs(np.fft.rfft(windows * np.hanning(width))) ** 2
    energy = power.sum(axis=1) + 1e-12
    high = power[:, round(HISS_HZ * width / sample_rate) :].sum(axis=1)
    decibels = np.maximum(10 * np.log10(energy / energy.max(initial=1e-9)), FLOOR_DB)
    return np.stack([decibels, high / energy], axis=1)


def _cuts(kinds: Sequence[Kind], features: NDArray[np.float64], frames: int) -> list[int]:
    """The first frame of each sound, and the frame after the last."""
    if len(features) < frames:
        features = np.pad(features, ((0, frames - len(features)), (0, 0)), mode="edge")
    whole = sum(kind.length for kind in kinds)
    costs = np.full((len(kinds) + 1, frames + 1), np.inf)
    costs[0, 0] = 0
    came = np.zeros((len(kinds) + 1, frames + 1), int)
    for number, kind in enumerate(kinds):
        unlike = LOUD_WEIGHT * np.abs(features[:, 0] - max(kind.loud_db, FLOOR_DB))
        unlike = unlike + HISS_WEIGHT * np.abs(features[:, 1] - kind.hiss)
        total = np.concatenate([[0], np.cumsum(unlike)])
        usual = kind.length / whole * frames
        most = max(4, int(MOST_STRETCHED * usual))
        for end in range(number + 1, frames + 1):
            starts = np.arange(max(number, end - most), end)
            length = LENGTH_WEIGHT * np.log((end - starts) / usual) ** 2
            paths = costs[number, starts] + total[end] - total[starts] + length
            best = int(np.argmin(paths))
            costs[number + 1, end] = paths[best]
            came[number + 1, end] = starts[best]
    cuts = [frames]
    for number in range(len(kinds), 0, -1):
        cuts.append(int(came[number, cuts[-1]]))
    return cuts[::-1]
