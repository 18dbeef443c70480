"""One stretch of speech between two pauses."""

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from tritone_models.speech.agreement import Agreement
from tritone_models.speech.hypothesis import SAMPLE_RATE, Audio, Hypothesis

FRAME = 512
"""Samples of one voice-activity decision (32 ms), the unit of everything here."""

EndReason = Literal["pause", "limit", "end"]


class Utterance:
    """Audio with its voice activity, and how far the recogniser has come with it.

    `start` counts from the sequence's first sample; every other position from `start`.
    """

    def __init__(self, number: int, start: int) -> None:
        self.number = number
        self.start = start
        self.length = 0
        self.voiced = 0
        self.silence = 0
        """Samples since the last voiced frame."""
        self.announced = 0
        """Samples of silence after those that were not heard yet, but are known of."""
        self.speech_end = 0
        self.ended: EndReason | None = None
        self.ended_at = 0.0

        self.revision = 0
        self.shown = False
        """A partial is on somebody's screen, so an empty final must take it back."""
        self.agreement = Agreement()
        self.speculation: tuple[int, Hypothesis] | None = None
        """(speech_end it was made for, what was heard)"""
        self.doubted: int | None = None
        """speech_end of the decode that waits for its second hearing."""
        self.draft: tuple[int, ...] = ()
        """Tokens of the newest decode."""
        self.decided: Hypothesis | None = None
        self.dropped = False
        """Decided, and there is nothing to say."""
        self.decoding = False
        self.decoded_at = 0.0
        self.next_length = 0
        """Length from which the next partial is due; 0 before there is enough speech."""
        self.unhurried_length = 0
        """Length from which it would be due on an idle machine."""

        self._audio: Audio = np.empty(2 * SAMPLE_RATE, np.float32)
        self._activity: list[float] = []

    @property
    def end(self) -> int:
        """Where its speech ends, in samples of the sequence."""
        return self.start + self.speech_end

    @property
    def pause(self) -> int:
        """Samples of silence since the last voiced frame, heard or not."""
        return self.silence + self.announced

    @property
    def settled(self) -> bool:
        return self.dropped or self.decided is not None

    @property
    def undecided(self) -> bool:
        """Nobody has it in hand: it may be decoded."""
        return not self.settled and not self.decoding and self.doubted != self.speech_end

    @property
    def voice(self) -> float:
        """Mean speech probability of the voiced frames."""
        voiced = [probability for probability in self._activity if probability > 0]
        return sum(voiced) / len(voiced) if voiced else 0.0

    def append(self, frame: Audio, activity: float) -> None:
        """`activity`: the frame's speech probability; 0 where it is not to count as voiced."""
        needed = self.length + len(frame)
        if needed > len(self._audio):
            # A new array, never a resized one: a worker may be reading the old.
            grown: Audio = np.empty(2 * needed, np.float32)
            grown[: self.length] = self._audio[: self.length]
            self._audio = grown
        self._audio[self.length : needed] = frame
        self.length = needed
        self.announced = 0
        self._activity.append(activity)
        if activity > 0:
            self.voiced += len(frame)
            self.silence = 0
            self.speech_end = self.length
        else:
            self.silence += len(frame)

    def audio(self, length: int | None = None) -> Audio:
        """A view of the first `length` samples; later appends do not change it."""
        return self._audio[: self.length if length is None else min(length, self.length)]

    def tail(self, samples: int) -> Audio:
        return self._audio[max(0, self.length - samples) : self.length]

    def split(self, at: int, number: int) -> "Utterance":
        """Keeps what is before frame boundary `at`; returns the rest as the next utterance."""
        rest = Utterance(number, self.start + at)
        frame = at // FRAME
        audio, activity = self.audio(), self._activity
        for index in range(frame, len(activity)):
            rest.append(audio[index * FRAME : (index + 1) * FRAME], activity[index])
        self.length = at
        self._activity = activity[:frame]
        self.voiced = FRAME * sum(probability > 0 for probability in self._activity)
        self.silence = 0
        self.speech_end = at
        self.speculation = None
        self.doubted = None
        return rest

    def quietest_frame(self) -> int:
        """Frame boundary in the middle of the quietest 96 ms of the second half."""
        frames: NDArray[np.float32] = self.audio()[: self.length // FRAME * FRAME]
        energy = np.square(frames.reshape(-1, FRAME)).mean(axis=1)
        smooth = np.convolve(energy, np.ones(3) / 3, "same")
        first, last = len(smooth) // 2, max(len(smooth) // 2 + 1, len(smooth) - 16)
        return first + int(smooth[first:last].argmin())
