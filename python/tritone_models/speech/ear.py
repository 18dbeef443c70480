"""Where utterances begin and end, from voice activity alone."""

from collections import deque

from tritone_models.speech.hypothesis import SAMPLE_RATE, Audio
from tritone_models.speech.policy import Policy
from tritone_models.speech.utterance import FRAME, EndReason, Utterance

FAINT_PREROLL = 3 * FRAME


class Ear:
    """One session's end-point detector: frames with their speech probability in, utterances out."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy
        self.position = 0
        """Samples heard so far."""
        self.utterance: Utterance | None = None
        """The one being spoken."""
        self._count = 0
        self._hot: list[float] = []
        self._floor = 0
        """An utterance may not reach back before the end of the one before it."""
        self._preroll = round(policy.preroll_seconds * SAMPLE_RATE / FRAME) * FRAME
        self._faint: int | None = None
        """Where faint speech began that an onset would take along."""
        self._faint_end = 0
        reach = round(policy.reach_seconds * SAMPLE_RATE / FRAME)
        self._recent: deque[Audio] = deque(
            maxlen=reach + self._preroll // FRAME + policy.onset_frames
        )

    @property
    def settled(self) -> int:
        """Before this sample no new utterance can begin any more."""
        if self.utterance is not None:
            return self.utterance.start
        return self._beginning()

    def hear(self, frame: Audio, probability: float) -> Utterance | None:
        """Takes the next 512 samples; returns the utterance that they end, if any."""
        self.position += len(frame)
        if self.utterance is None:
            self._wait(frame, probability)
            return None
        utterance = self.utterance
        voiced = probability >= self._least_probability(utterance)
        utterance.append(frame, probability if voiced else 0.0)
        if (
            not utterance.next_length
            and utterance.voiced >= self._policy.first_decode_seconds * SAMPLE_RATE
        ):
            utterance.next_length = utterance.unhurried_length = utterance.length
        if self._is_over(utterance):
            return self._end("pause")
        if utterance.length >= self._policy.limit_seconds * SAMPLE_RATE:
            return self._cut()
        return None

    def expect(self, silence: int) -> Utterance | None:
        """So many samples of silence are on their way; returns the utterance that they end."""
        utterance = self.utterance
        if utterance is None:
            return None
        utterance.announced = silence
        return self._end("pause") if self._is_over(utterance) else None

    def finish(self, rest: Audio) -> Utterance | None:
        """Takes what is left of the audio (less than a frame); ends what is being spoken."""
        self.position += len(rest)
        if self.utterance is not None and len(rest):
            self.utterance.append(rest, self.utterance.voice if not self.utterance.silence else 0.0)
        if self.utterance is not None:
            return self._end("end")
        self._floor = self.position
        return None

    def _wait(self, frame: Audio, probability: float) -> None:
        self._recent.append(frame)
        self._note_faint(probability)
        if probability < self._policy.onset_probability:
            self._hot.clear()
            return
        self._hot.append(probability)
        if len(self._hot) < self._policy.onset_frames:
            return
        frames = list(self._recent)[-((self.position - self._beginning()) // FRAME) :]
        self._count += 1
        utterance = Utterance(self._count, self.position - FRAME * len(frames))
        before = [0.0] * (len(frames) - len(self._hot))
        for earlier, activity in zip(frames, [*before, *self._hot], strict=True):
            utterance.append(earlier, activity)
        self.utterance = utterance
        self._recent.clear()
        self._hot.clear()
        self._faint = None

    def _note_faint(self, probability: float) -> None:
        """The detector hardly hears a first short word after silence: "ask" in "ask not"."""
        pause = self._policy.pause_seconds * SAMPLE_RATE
        if self._faint is not None and self.position - self._faint_end > pause:
            self._faint = None
        if probability >= self._policy.faint_probability:
            if self._faint is None:
                self._faint = self.position - FRAME
            self._faint_end = self.position

    def _beginning(self) -> int:
        """Where an utterance would begin whose sure frames are the hot ones and the next."""
        onset = self.position - FRAME * len(self._hot)
        start = onset - self._preroll
        if self._faint is not None:
            start = min(start, self._faint - FAINT_PREROLL)
        return max(self._floor, self.position - sum(map(len, self._recent)), start)

    def _least_probability(self, utterance: Utterance) -> float:
        """A pause that has begun is broken by what would begin an utterance, not by a breath."""
        policy = self._policy
        return policy.onset_probability if utterance.silence else policy.offset_probability

    def _is_over(self, utterance: Utterance) -> bool:
        """A pause is over at the frame that is nearest to its length, not the one behind it."""
        return utterance.pause + FRAME // 2 >= self._pause(utterance) * SAMPLE_RATE

    def _pause(self, utterance: Utterance) -> float:
        if utterance.voiced < self._policy.short_voiced_seconds * SAMPLE_RATE:
            return self._policy.short_pause_seconds
        if utterance.length >= self._policy.long_utterance_seconds * SAMPLE_RATE:
            return self._policy.long_pause_seconds
        return self._policy.pause_seconds

    def _end(self, reason: EndReason) -> Utterance:
        utterance = self.utterance
        assert utterance is not None
        self.utterance = None
        utterance.ended = reason
        self._floor = utterance.end
        # The silence just heard is the pre-roll of whatever comes next.
        room = self._recent.maxlen or 1
        quiet = utterance.tail(min(utterance.silence // FRAME, room) * FRAME)
        self._recent.extend(quiet.reshape(-1, FRAME))
        return utterance

    def _cut(self) -> Utterance:
        utterance = self.utterance
        assert utterance is not None
        self._count += 1
        self.utterance = utterance.split(FRAME * utterance.quietest_frame(), self._count)
        utterance.ended = "limit"
        self._floor = utterance.end
        return utterance
