"""The sound of one sequence and the visemes told with it, as far as they are still needed."""

from bisect import bisect_right
from collections import deque
from collections.abc import Sequence

import numpy as np

from tritone_models.errors import BadOptionsError
from tritone_models.lips.model import SAMPLE_RATE, Pcm
from tritone_models.lips.visemes import Viseme

NEVER = float("-inf")
MOST_VISEMES = 5_000
"""Four minutes of speech that is not drawn yet."""


class Timeline:
    """Grows as sound arrives, forgets what no frame needs.

    When a frame is due: a client that says what it plays is believed. Otherwise sound leaves, at
    the earliest, when it arrives, and what follows it as much later as it lies behind; and nothing
    is due before the sound it depends on is here.
    """

    def __init__(self, behind: int, ahead: int) -> None:
        self._behind = behind
        self._ahead = ahead
        self._audio = np.zeros(0, np.int16)
        self._first = 0
        self._visemes: list[Viseme] = []
        self._arrivals: deque[tuple[int, float]] = deque()
        self._begins_at = NEVER
        self._is_told = False
        self.timed = False
        self.ended = False

    @property
    def length(self) -> int:
        """Samples that have arrived."""
        return self._first + len(self._audio)

    def push(self, pcm: Pcm, visemes: Sequence[Viseme], now: float) -> None:
        """@raises BadOptionsError"""
        if len(self._visemes) + len(visemes) > MOST_VISEMES:
            raise BadOptionsError(f"more than {MOST_VISEMES} visemes wait")
        if len(pcm):
            if not self._is_told:
                self._begins_at = max(self._begins_at, now - self.length / SAMPLE_RATE)
            self._audio = np.concatenate([self._audio, pcm])
            self._arrivals.append((self.length, now))
        for viseme in visemes:
            at = bisect_right(self._visemes, viseme.start, key=lambda known: known.start)
            self._visemes.insert(at, viseme)
            self.timed = True

    def played(self, sample: int, now: float) -> None:
        """The client says that `sample` leaves now."""
        self._is_told = True
        self._begins_at = now - sample / SAMPLE_RATE

    def end(self, now: float) -> None:
        """No more sound: silence is ahead."""
        self.ended = True
        self._arrivals.append((self.length + self._ahead, now))

    def is_ready(self, sample: int) -> bool:
        if self.ended:
            return sample < self.length
        return sample + self._ahead <= self.length

    def due_at(self, sample: int) -> float:
        """Of a sample that is ready."""
        leaves = self._begins_at + sample / SAMPLE_RATE
        if self._is_told:
            return leaves
        needed = min(sample + self._ahead, self._arrivals[-1][0])
        return max(leaves, next(at for end, at in self._arrivals if end >= needed))

    def window(self, sample: int) -> Pcm:
        """INT16[behind + ahead] around `sample`, zeros where there is no sound."""
        window = np.zeros(self._behind + self._ahead, np.int16)
        begin = sample - self._behind - self._first
        known = self._audio[max(0, begin) : max(0, begin + len(window))]
        offset = max(0, -begin)
        window[offset : offset + len(known)] = known
        return window

    def visemes(self, sample: int) -> tuple[Viseme, ...]:
        """Those that overlap the window around `sample`."""
        begin, end = sample - self._behind, sample + self._ahead
        return tuple(v for v in self._visemes if v.start < end and v.end > begin)

    def forget(self, sample: int) -> None:
        """Nothing before `sample` will be asked for."""
        begin = max(self._first, min(sample - self._behind, self.length))
        if begin - self._first > SAMPLE_RATE:  # seldom: it copies
            self._audio = self._audio[begin - self._first :].copy()
            self._first = begin
        self._visemes = [v for v in self._visemes if v.end > sample - self._behind]
        while len(self._arrivals) > 1 and self._arrivals[0][0] < sample + self._ahead:
            self._arrivals.popleft()
