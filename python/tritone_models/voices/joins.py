"""From what a network renders to sound that joins without clicks, at the common loudness."""

import numpy as np

from tritone_models.voices.rendering import Rendering, Sound, Viseme

QUIET = 10 ** (-50 / 20)
"""Of full scale; a voice's own floor lies below it, the faintest fricative above."""
WINDOW_SECONDS = 0.005
LEAD_SECONDS = 0.02
"""Silence that is left before the first sound, and after the last."""
TAIL_SECONDS = 0.04
FADE_SECONDS = 0.005
KNEE, CEILING = 0.75, 0.97
"""Peaks above the knee are bent, not cut; none passes the ceiling."""


def levelled(rendering: Rendering, gain: float, sample_rate: int, pause_ms: int) -> Rendering:
    """At `gain`, its silent edges cut, faded in and out, with a pause after it."""
    sound = limited(rendering.sound * np.float32(gain))
    begin, end = audible(sound, sample_rate)
    kept = faded(sound[begin:end], round(FADE_SECONDS * sample_rate))
    tail = min(end - begin, round(TAIL_SECONDS * sample_rate))
    pause = max(0, round(pause_ms / 1000 * sample_rate) - tail)
    return Rendering(
        np.concatenate([kept, np.zeros(pause, np.float32)]),
        tuple(
            (_within(a - begin, len(kept)), _within(b - begin, len(kept)))
            for a, b in rendering.words
        ),
        tuple(
            Viseme(viseme.name, start, stop)
            for viseme in rendering.visemes
            for start in [_within(viseme.start - begin, len(kept))]
            for stop in [_within(viseme.end - begin, len(kept))]
            if stop > start
        ),
    )


def audible(sound: Sound, sample_rate: int) -> tuple[int, int]:
    """What is heard, with a little air around it: first sample, and the sample after the last."""
    window = round(WINDOW_SECONDS * sample_rate)
    whole = len(sound) // window * window
    loud = np.abs(sound[:whole]).reshape(-1, window).max(axis=1, initial=0.0) > QUIET
    heard = np.flatnonzero(loud)
    if not len(heard):
        return 0, 0
    begin = int(heard[0]) * window - round(LEAD_SECONDS * sample_rate)
    end = (int(heard[-1]) + 1) * window + round(TAIL_SECONDS * sample_rate)
    return max(0, begin), min(len(sound), end)


def faded(sound: Sound, samples: int) -> Sound:
    samples = min(samples, len(sound) // 2)
    if samples == 0:
        return sound
    ramp = np.sin(np.linspace(0, np.pi / 2, samples, dtype=np.float32)) ** 2
    shaped = sound.copy()
    shaped[:samples] *= ramp
    shaped[-samples:] *= ramp[::-1]
    return shaped


def limited(sound: Sound) -> Sound:
    """What passes the knee is bent towards the ceiling, the rest is untouched."""
    size = np.abs(sound)
    room = CEILING - KNEE
    bent = KNEE + room * np.tanh((size - KNEE) / room)
    return np.where(size > KNEE, np.sign(sound) * bent, sound).astype(np.float32)


def _within(sample: int, samples: int) -> int:
    return min(max(sample, 0), samples)
