"""One speaker's sequence: what was heard, what is undecided, what the client is told."""

import math
import threading
from collections import deque
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tritone_models.speech.ear import Ear
from tritone_models.speech.filters import is_plausible
from tritone_models.speech.hypothesis import SAMPLE_RATE, Audio, Hypothesis
from tritone_models.speech.options import SpeechOptions
from tritone_models.speech.policy import Policy
from tritone_models.speech.utterance import Utterance
from tritone_models.speech.voice_activity import VoiceActivity

Event = dict[str, Any]
Pcm = NDArray[np.int16]

SURE_OF_LANGUAGE = 0.6
VOICED_TO_TELL_LANGUAGE = 1.0
"""Seconds of speech that a change of language takes."""
VOICED_TO_SHOW_ANYWAY = 1.5


class SpeechSession:
    """Every method but `flush` is called under the engine's lock; none of them blocks.

    Events leave in order: they queue here, and `flush` sends them outside that lock.
    """

    def __init__(
        self,
        options: SpeechOptions,
        policy: Policy,
        voice_activity: VoiceActivity,
        emit: Callable[[Event], None],
        close: Callable[[], None],
        wants_revision: Callable[["SpeechSession", Utterance], bool] = lambda *_: False,
    ) -> None:
        self.options = options
        self.voice_activity = voice_activity
        self.ear = Ear(policy)
        self.pending: deque[Utterance] = deque()
        """Utterances that ended and are not told yet, oldest first."""
        self.language = options.language
        self.skipped = 0
        """Partials that load has thinned out."""
        self.ending = False
        self.closed = False
        self.told_load_at = -math.inf
        self.heard_end_at: float | None = None

        self._policy = policy
        self._emit = emit
        self._close = close
        self._inbox: list[Pcm] = []
        self._waiting: deque[Callable[[], None]] = deque()
        self._queued = 0
        self._received = 0
        self._silent_since: tuple[int, float] | None = None
        """(samples received, time) when the sender announced that only silence follows."""
        self._wants_revision = wants_revision
        self._revising: set[Utterance] = set()
        self._told_settled = 0
        self._outbox: deque[Callable[[], None]] = deque()
        self._sending = threading.Lock()
        self._tell({"type": "progress", "settled": 0})

    @property
    def current(self) -> Utterance | None:
        return self.ear.utterance

    @property
    def backlog(self) -> int:
        """Samples that wait: unheard ones, and ended utterances not yet told."""
        return self._queued + sum(utterance.length for utterance in self.pending)

    @property
    def wants_hearing(self) -> bool:
        return bool(self._inbox) or (self.ending and self.heard_end_at is None)

    def receive(self, pcm: Pcm, acknowledge: Callable[[], None] | None) -> None:
        """Queues audio; acknowledges once the backlog has room again."""
        if len(pcm):
            self._inbox.append(pcm)
            self._queued += len(pcm)
            self._received += len(pcm)
        if acknowledge is not None:
            self._waiting.append(acknowledge)
        self._release()

    def announce(self, silent_after: bool, now: float) -> None:
        """Whether only silence follows what was received so far, until something else comes."""
        if not silent_after:
            self._silent_since = None
        elif self._silent_since is None:
            self._silent_since = (self._received, now)

    @property
    def knows_silence(self) -> bool:
        """An utterance may end before its pause is heard."""
        waits = self._silent_since is not None and self.current is not None
        return waits and not self._inbox and not self.closed

    def count_silence(self, now: float) -> bool:
        """Ends the utterance whose pause is over; returns whether one was."""
        if self._silent_since is None:
            return False
        received, since = self._silent_since
        spoken = received + round((now - since) * SAMPLE_RATE)
        ended = self.ear.expect(max(0, spoken - self.ear.position))
        if ended is None:
            return False
        self._ended(ended, now)
        self.settle()
        return True

    def end(self) -> None:
        self.ending = True
        self._release()

    def abandon(self) -> None:
        """The client is gone: forget everything, tell nothing."""
        self.drop()
        self._outbox.append(self._close)

    def drop(self) -> None:
        """Forgets everything but the acknowledgements it owes."""
        self.closed = True
        self.pending.clear()
        self._revising.clear()
        self._inbox.clear()
        self._queued = 0
        self._release()

    def take(self) -> Audio:
        """All audio that came since the last call, as float32 in -1..1."""
        chunks, self._inbox = self._inbox, []
        if not chunks:
            return np.zeros(0, np.float32)
        return np.concatenate(chunks).astype(np.float32) / 32_768

    def hear(self, frames: Audio, probabilities: Audio, rest: Audio, now: float) -> None:
        """`frames` float32[n, 512] with a probability each; `rest` counts only at the end."""
        self._queued = max(0, self._queued - frames.size)
        for frame, probability in zip(frames, probabilities, strict=True):
            ended = self.ear.hear(frame, float(probability))
            if ended is not None:
                self._ended(ended, now)
        if self.ending and not self._inbox and self.heard_end_at is None:
            self.heard_end_at = now
            self._queued = 0
            ended = self.ear.finish(rest)
            if ended is not None:
                self._ended(ended, now)
        self.settle()

    def partial(self, utterance: Utterance, heard: Hypothesis, length: int) -> bool:
        """Shows a hypothesis of the first `length` samples; returns whether it was fit for that."""
        plausible = is_plausible(heard, self._policy, utterance.voice)
        if not plausible or self._in_unsure_language(utterance, heard):
            return False
        self._note_language(utterance, heard)
        stable = utterance.agreement.accept(heard.text)
        if self.options.partials:
            utterance.shown = True
            self._tell_caption("partial", utterance, heard, length, stable)
        return True

    def decide(self, utterance: Utterance, heard: Hypothesis | None) -> None:
        """Settles an utterance that has ended; None drops it."""
        if heard is not None and is_plausible(heard, self._policy, utterance.voice):
            utterance.decided = heard
        else:
            utterance.dropped = True
        self.settle()

    def rescued(self, utterance: Utterance, speech_end: int, heard: Hypothesis) -> None:
        """The last word on a doubtful decode of the speech up to `speech_end`."""
        if speech_end != utterance.doubted or speech_end != utterance.speech_end:
            return
        utterance.doubted = None
        utterance.speculation = (speech_end, heard)
        if utterance.ended is not None:
            self.decide(utterance, heard)

    def settle(self) -> None:
        """Tells what is decided, in the order it was spoken; closes when all is told."""
        if self.closed:
            return
        told = False
        while self.pending and self.pending[0].settled:
            self._tell_final(self.pending.popleft())
            told = True
        self._progress(always=told)
        self._release()
        if self.heard_end_at is not None and not self.pending and not self._revising:
            self.closed = True
            self._outbox.append(self._close)

    def revise(self, utterance: Utterance, heard: Hypothesis | None) -> None:
        """A second opinion on a final that was told; None or the same text changes nothing."""
        if utterance not in self._revising:
            return
        self._revising.remove(utterance)
        first = utterance.decided
        differs = heard is not None and first is not None and heard.text != first.text
        if heard and differs and is_plausible(heard, self._policy, utterance.voice):
            utterance.decided = heard
            self._tell_caption("final", utterance, heard, utterance.speech_end, len(heard.text))
        self.settle()

    def stop_revising(self) -> None:
        """The client has waited long enough after its end."""
        self._revising.clear()
        self.settle()

    def tell_load(self, step_seconds: float, speakers: int) -> None:
        self._tell(
            {
                "type": "load",
                "step_ms": round(step_seconds * 1000),
                "speakers": speakers,
                "skipped": self.skipped,
            }
        )

    def flush(self) -> None:
        """Sends what is queued. Called without the engine's lock."""
        while self._outbox:
            with self._sending:
                if self._outbox:
                    self._outbox.popleft()()

    def _ended(self, utterance: Utterance, now: float) -> None:
        utterance.ended_at = now
        self.pending.append(utterance)
        if utterance.voiced < self._policy.least_voiced_seconds * SAMPLE_RATE:
            utterance.dropped = True
        elif utterance.speculation is not None:
            made_for, heard = utterance.speculation
            if made_for == utterance.speech_end != utterance.doubted:
                self.decide(utterance, heard)

    def _tell_final(self, utterance: Utterance) -> None:
        heard = utterance.decided
        if heard is None:
            if utterance.shown:
                empty = Hypothesis("", self.language or "")
                self._tell_caption("final", utterance, empty, utterance.speech_end, 0)
            return
        self._note_language(utterance, heard)
        self._tell_caption("final", utterance, heard, utterance.speech_end, len(heard.text))
        if self._wants_revision(self, utterance):
            self._revising.add(utterance)

    def _tell_caption(
        self, kind: str, utterance: Utterance, heard: Hypothesis, end: int, stable: int
    ) -> None:
        utterance.revision += 1
        event: Event = {
            "type": kind,
            "utterance": utterance.number,
            "revision": utterance.revision,
            "start": utterance.start,
            "end": utterance.start + end,
            "text": heard.text,
            "stable": stable,
            "language": heard.language,
        }
        if kind == "final":
            event["words"] = [
                {
                    "text": word.text,
                    "start": utterance.start + word.start,
                    "end": utterance.start + word.end,
                    "confidence": round(word.confidence, 3),
                }
                for word in heard.words
            ]
            event["confidence"] = (
                round(min(1.0, math.exp(heard.log_probability)), 3) if heard.text else 0.0
            )
            event["reason"] = utterance.ended or "end"
            event["estimated"] = heard.estimated
        self._tell(event)

    def _progress(self, always: bool) -> None:
        settled = self.pending[0].start if self.pending else self.ear.settled
        due = self._told_settled + self._policy.progress_seconds * SAMPLE_RATE
        last = self.heard_end_at is not None and not self.pending
        if last:
            settled = self.ear.position
        if settled > self._told_settled and (always or last or settled >= due):
            self._told_settled = settled
            self._tell({"type": "progress", "settled": settled})

    def _in_unsure_language(self, utterance: Utterance, heard: Hypothesis) -> bool:
        """Words in a language that nobody may be speaking are better not shown yet."""
        return (
            self.language is None
            and heard.language_confidence < SURE_OF_LANGUAGE
            and utterance.voiced < VOICED_TO_SHOW_ANYWAY * SAMPLE_RATE
        )

    def _note_language(self, utterance: Utterance, heard: Hypothesis) -> None:
        if self.options.language is not None or heard.language == self.language:
            return
        sure = heard.language_confidence >= SURE_OF_LANGUAGE
        enough = utterance.voiced >= VOICED_TO_TELL_LANGUAGE * SAMPLE_RATE
        if (sure and enough) or (self.language is None and utterance.ended is not None):
            self.language = heard.language
            self._tell(
                {
                    "type": "language",
                    "language": heard.language,
                    "confidence": round(heard.language_confidence, 3),
                }
            )

    def _release(self) -> None:
        room = self._policy.backlog_seconds * SAMPLE_RATE
        while self._waiting and (self.closed or self.ending or self.backlog <= room):
            self._outbox.append(self._waiting.popleft())

    def _tell(self, event: Event) -> None:
        self._outbox.append(lambda: self._emit(event))
