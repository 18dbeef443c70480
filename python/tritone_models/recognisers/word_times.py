"""Word times worth showing: attention says roughly when, the pauses in the audio say exactly."""

from collections.abc import Sequence

import numpy as np

from tritone_models.speech.hypothesis import SAMPLE_RATE, Audio, Word

HOP = 160
LEAST_PAUSE = SAMPLE_RATE // 10
"""Shorter silences are the closures of plosives."""
PLAIN_PAUSE = SAMPLE_RATE // 5
NEAR = SAMPLE_RATE // 8
"""How far a boundary may move to a pause that is not plain."""
LEAST_WORD = SAMPLE_RATE // 50
LOUDNESS = 0.2
LEAST_DECIBELS = 6.0
LEAST_RANGE = 12.0
"""Audio with less between loud and quiet is all speech, or all noise."""

Boundaries = Sequence[tuple[str, int, int, float]]


def settle_words(words: Boundaries, audio: Audio, lead: int) -> tuple[Word, ...]:
    """(text, start, end, confidence) by attention -> words whose edges keep out of pauses.

    `lead`: samples by which a decoder's attention runs ahead of the sound, measured per weights.
    """
    if not words:
        return ()
    last = len(audio)
    starts = [min(max(0, start + lead), last) for _, start, _, _ in words]
    ends = [min(max(0, end + lead), last) for _, _, end, _ in words]
    gaps = pauses(audio)
    middles = [_middle(start, end, gaps) for start, end in zip(starts, ends, strict=True)]
    for index in range(len(words) + 1):
        before, after = index - 1, index
        boundary = starts[after] if after < len(words) else ends[before]
        earliest = middles[before] if index else 0
        latest = middles[after] if after < len(words) else last
        gap = _gap_at(gaps, boundary, earliest, latest)
        if gap is None:
            continue
        if index:
            ends[before] = max(starts[before] + LEAST_WORD, gap[0])
        if after < len(words):
            starts[after] = max(0, min(gap[1], ends[after] - LEAST_WORD))
    return tuple(
        Word(text, start, min(max(end, start), last), confidence)
        for (text, _, _, confidence), start, end in zip(words, starts, ends, strict=True)
    )


def estimated_words(
    texts: Sequence[str], confidences: Sequence[float], audio: Audio
) -> tuple[Word, ...]:
    """Without attention: what sounds, shared out by the words' lengths."""
    gaps = pauses(audio)
    total = sum(len(text) + 1 for text in texts) or 1
    words: list[Word] = []
    written = 0
    for text, confidence in zip(texts, confidences, strict=True):
        begin = _sounding_at(written / total, gaps, len(audio))
        written += len(text) + 1
        end = _sounding_at(written / total, gaps, len(audio), before_gap=True)
        words.append(Word(text, begin, max(begin, end), confidence))
    return tuple(words)


def pauses(audio: Audio) -> list[tuple[int, int]]:
    """Stretches of at least 100 ms near the noise floor, as (first sample, sample after)."""
    frames = audio[: len(audio) // HOP * HOP].reshape(-1, HOP)
    if len(frames) < 3:
        return []
    energy = np.convolve(np.square(frames).mean(axis=1), np.ones(3) / 3, "same")
    decibels = 10 * np.log10(energy + 1e-9)
    floor, loud = np.percentile(decibels, (5, 95))
    if loud - floor < LEAST_RANGE:
        return []
    quiet = decibels < floor + max(LEAST_DECIBELS, LOUDNESS * (loud - floor))
    edges = np.flatnonzero(np.diff(np.concatenate([[False], quiet, [False]]).astype(np.int8)))
    return [
        (int(begin) * HOP, int(end) * HOP)
        for begin, end in edges.reshape(-1, 2)
        if (end - begin) * HOP >= LEAST_PAUSE
    ]


def _middle(start: int, end: int, gaps: Sequence[tuple[int, int]]) -> int:
    """The middle of what sounds between `start` and `end`: attention gives pauses to words too."""
    inside = [(max(start, a), min(end, b)) for a, b in gaps if a < end and b > start]
    if end - start <= sum(b - a for a, b in inside):
        return (start + end) // 2
    return start + _sounding_at(0.5, [(a - start, b - start) for a, b in inside], end - start)


def _sounding_at(
    share: float, gaps: Sequence[tuple[int, int]], length: int, before_gap: bool = False
) -> int:
    """The sample at which `share` of what sounds in `length` samples has sounded."""
    at, left = 0, round(share * (length - sum(b - a for a, b in gaps)))
    for a, b in gaps:
        if a - at > left or (before_gap and a - at == left):
            break
        left -= a - at
        at = b
    return min(at + left, length)


def _gap_at(
    gaps: Sequence[tuple[int, int]], boundary: int, earliest: int, latest: int
) -> tuple[int, int] | None:
    """The longest pause between the middles of two words that their boundary may mean."""
    best: tuple[int, int] | None = None
    for begin, end in gaps:
        if end <= earliest or begin >= latest:
            continue
        distance = max(0, begin - boundary, boundary - end)
        if distance > NEAR and end - begin < PLAIN_PAUSE:
            continue
        if best is None or end - begin > best[1] - best[0]:
            best = (begin, end)
    return best
