"""When espeak-ng says each word.

The program tells no times. But its synthesis is the same to the sample every time, so two further
renderings, with every second word loud and with every second word silent, differ in exactly
those words: where they do, and where the silent one sounds, is a word.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import numpy as np
from numpy.typing import NDArray

from tritone_models.voices.rendering import Span

WINDOW_SECONDS = 0.002
SHORTEST_SECONDS = 0.016
"""Shorter runs are edges of the words around them."""
DRIFT_SECONDS = 0.1
LOUD, SILENT = "x-loud", "silent"

Pcm = NDArray[np.int16]


@dataclass(frozen=True)
class Stretch:
    """Words that are said as one: mostly one, an odd number where the program joins some."""

    words: int
    span: Span


def marked(words: Sequence[str], volume: str) -> str:
    """SSML of `words` with every second one at `volume`."""
    parts = [
        f'<prosody volume="{volume}">{escape(word)}</prosody>' if number % 2 else escape(word)
        for number, word in enumerate(words)
    ]
    return f"<speak>{' '.join(parts)}</speak>"


def stretches(
    plain: Pcm, loud: Pcm, silent: Pcm, sizes: Sequence[int], sample_rate: int
) -> list[Stretch]:
    """Where the words are in `plain`; `sizes`: of each word, about how long it is.

    One stretch of all where the renderings do not show the words.
    """
    window = round(WINDOW_SECONDS * sample_rate)
    runs = _runs(loud, silent, window, round(SHORTEST_SECONDS / WINDOW_SECONDS))
    counts = _counts([end - begin for _, begin, end in runs], sizes) if runs else None
    if counts is None or runs[0][0] != 0:
        return [Stretch(len(sizes), (0, _audible(plain)))]
    heard, marked_loud = _envelope(plain, window), _envelope(loud, window)
    found, late = [], 0
    for (_, begin, end), count in zip(runs, counts, strict=True):
        # A mark costs some milliseconds, one in a pause more.
        late = _lateness(heard, marked_loud[begin:end], begin, late)
        before = found[-1].span[1] if found else 0
        first, last = (min(max(before, (at - late) * window), len(plain)) for at in (begin, end))
        found.append(Stretch(count, (first, last)))
    return found


def _runs(loud: Pcm, silent: Pcm, window: int, shortest: int) -> list[tuple[int, int, int]]:
    """(parity of the words, first window, window after the last), parities taking turns."""
    length = min(len(loud), len(silent)) // window * window
    differs = (loud[:length] != silent[:length]).reshape(-1, window).any(axis=1)
    sounds = (silent[:length] != 0).reshape(-1, window).any(axis=1)
    runs: list[tuple[int, int, int]] = []
    for at in np.flatnonzero(differs | sounds).tolist():
        parity = int(differs[at])
        if runs and runs[-1][0] == parity:
            runs[-1] = (parity, runs[-1][1], at + 1)
        else:
            runs.append((parity, at, at + 1))
    kept: list[tuple[int, int, int]] = []
    for parity, begin, end in runs:
        if kept and kept[-1][0] == parity:
            kept[-1] = (parity, kept[-1][1], end)
        elif end - begin >= shortest:
            kept.append((parity, begin, end))
    return kept


def _counts(lengths: Sequence[int], sizes: Sequence[int]) -> list[int] | None:
    """How many words each run holds, an odd number each, so that lengths fit sizes best."""
    words = len(sizes)
    whole = np.concatenate([[0], np.cumsum(sizes)])
    rate = sum(lengths) / max(1, whole[-1])
    best: dict[int, tuple[float, list[int]]] = {0: (0.0, [])}
    for length in lengths:
        after: dict[int, tuple[float, list[int]]] = {}
        for taken, (cost, counts) in best.items():
            for count in range(1, words - taken + 1, 2):
                expected = max(1.0, (whole[taken + count] - whole[taken]) * rate)
                total = cost + float(np.log(length / expected) ** 2)
                if taken + count not in after or total < after[taken + count][0]:
                    after[taken + count] = (total, [*counts, count])
        best = after
    return best[words][1] if words in best else None


def _envelope(pcm: Pcm, window: int) -> NDArray[np.float64]:
    whole = len(pcm) // window * window
    size = np.abs(pcm[:whole].astype(np.float64)).reshape(-1, window).max(axis=1, initial=0.0)
    return np.log1p(size)


def _lateness(
    heard: NDArray[np.float64], word: NDArray[np.float64], begin: int, before: int
) -> int:
    """By how many windows the marked rendering is later than the plain one at this word."""
    reach = round(DRIFT_SECONDS / WINDOW_SECONDS)
    best, found = before, -1.0
    # The nearest to what was before wins a tie.
    for late in sorted(range(before - 2, before + reach), key=lambda each: abs(each - before)):
        place = begin - late
        if place < 0 or place + len(word) > len(heard):
            continue
        there = heard[place : place + len(word)]
        scale = np.linalg.norm(there) * np.linalg.norm(word)
        likeness = float(there @ word / scale) if scale else 0.0
        if likeness > found + 1e-3:
            best, found = late, likeness
    return best


def _audible(pcm: Pcm) -> int:
    heard = np.flatnonzero(pcm)
    return int(heard[-1]) + 1 if len(heard) else 0
