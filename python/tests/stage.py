"""Speech made of tones, and doubles of the two networks at our own interfaces.

A word is 0.32 s (ten frames) of one level; the recogniser reads the levels back. Time stands still
unless a test moves it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from tritone_models.speech.engine import SpeechEngine
from tritone_models.speech.hypothesis import SAMPLE_RATE, Audio, DecodeRequest, Hypothesis, Word
from tritone_models.speech.options import SpeechOptions
from tritone_models.speech.policy import Policy
from tritone_models.speech.session import Event, Pcm, SpeechSession

WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
FRAME = 512
WORD_FRAMES = 10
LEVEL = 2_000


def quiet(seconds: float) -> Pcm:
    return np.zeros(round(seconds * SAMPLE_RATE / FRAME) * FRAME, np.int16)


def say(*numbers: int) -> Pcm:
    """Each number is a word of 0.32 s."""
    levels = np.repeat(np.array(numbers, np.int16), WORD_FRAMES * FRAME)
    return ((levels + 1) * LEVEL).astype(np.int16)


class ToneActivity:
    def probabilities(self, frames: Audio) -> Audio:
        return (np.abs(frames).mean(axis=1) > LEVEL / 2 / 32_768).astype(np.float32)


def understand(request: DecodeRequest) -> Hypothesis:
    """Reads the words whose whole 0.32 s are there."""
    frames = request.audio[: len(request.audio) // FRAME * FRAME].reshape(-1, FRAME)
    levels = np.round(frames.mean(axis=1) * 32_768 / LEVEL).astype(int) - 1
    words, start = [], 0
    while start < len(levels):
        end = start
        while end < len(levels) and levels[end] == levels[start] and end - start < WORD_FRAMES:
            end += 1
        if levels[start] >= 0 and end - start == WORD_FRAMES:
            words.append(Word(WORDS[levels[start]], start * FRAME, end * FRAME, 0.9))
        start = end
    text = " ".join(word.text for word in words)
    timed = tuple(words) if request.words else ()
    return Hypothesis(text, request.language or "en", log_probability=-0.1, words=timed)


@dataclass
class ToneRecogniser:
    understand: Callable[[DecodeRequest], Hypothesis] = understand
    languages: tuple[str, ...] = ("en", "hi", "fr")
    batch: int = 1
    workers: int = 2
    longest_seconds: float = 30.0
    requests: list[DecodeRequest] = field(default_factory=list)

    def decode(self, requests: Sequence[DecodeRequest]) -> list[Hypothesis]:
        self.requests += requests
        return [self.understand(request) for request in requests]


@dataclass
class Client:
    """What one client sees of its sequence."""

    stage: "Stage"
    session: SpeechSession
    events: list[Event] = field(default_factory=list)
    acknowledged: int = 0
    closed: int = 0
    failed: list[BaseException] = field(default_factory=list)
    seen_at: list[float] = field(default_factory=list)
    """When each event came."""

    def see(self, event: Event) -> None:
        self.events.append(event)
        self.seen_at.append(self.stage.now)

    def send(self, pcm: Pcm, chunk: int = 1_600) -> None:
        """In chunks, the recogniser keeping up with each."""
        for at in range(0, len(pcm), chunk):
            self.deliver(pcm[at : at + chunk])
            self.stage.catch_up()

    def deliver(self, pcm: Pcm) -> None:
        """One chunk, nobody listening yet."""
        self.stage.engine.receive(self.session, pcm, self._acknowledge)

    def end(self) -> None:
        self.stage.engine.end(self.session)
        self.stage.catch_up()

    def of(self, kind: str) -> list[Event]:
        return [event for event in self.events if event["type"] == kind]

    def texts(self, kind: str) -> list[str]:
        return [event["text"] for event in self.of(kind)]

    def _acknowledge(self) -> None:
        self.acknowledged += 1


class Stage:
    """An engine without threads."""

    def __init__(
        self,
        recogniser: ToneRecogniser | None = None,
        second: ToneRecogniser | None = None,
        rescuer: ToneRecogniser | None = None,
        **policy: Any,
    ) -> None:
        self.now = 0.0
        self.recogniser = recogniser or ToneRecogniser()
        self.engine = SpeechEngine(
            self.recogniser,
            ToneActivity,
            Policy(**policy),
            second,
            rescuer,
            clock=lambda: self.now,
        )

    def open(self, **options: Any) -> Client:
        client = Client(self, None)  # type: ignore[arg-type]

        def close() -> None:
            client.closed += 1

        given = SpeechOptions(**{"language": "en", **options})
        client.session = self.engine.open(given, client.see, close, client.failed.append)
        return client

    def catch_up(self) -> None:
        while self.engine.hear_round() or self.engine.work_round():
            pass
