"""A doubtful final decoded by another recogniser before anybody sees it."""

from collections import Counter, deque
from collections.abc import Callable
from dataclasses import replace
from threading import Lock

from tritone_models.speech.doubt import is_doubtful, is_trusted
from tritone_models.speech.hypothesis import Hypothesis, Recogniser
from tritone_models.speech.policy import Policy
from tritone_models.speech.schedule import Job, request_for
from tritone_models.speech.second_opinion import MOST_WAITING, second_opinion
from tritone_models.speech.session import SpeechSession


class Rescue:
    """Doubtful verdicts, oldest first; when there are too many the oldest stands as it is.

    Speculative finals are doubted too, so that most second hearings are over before the pause is.
    One is decoded at a time: of two workers one is always free for everybody else.
    """

    def __init__(self, recogniser: Recogniser, policy: Policy, counters: Counter[str]) -> None:
        self._recogniser = recogniser
        self._policy = policy
        self._counters = counters
        self._waiting: deque[tuple[Job, Hypothesis]] = deque()
        self._busy = False

    @property
    def has_work(self) -> bool:
        return bool(self._waiting) and not self._busy

    def add(self, job: Job, heard: Hypothesis) -> bool:
        """Under the engine's lock: whether this verdict waits for a second hearing."""
        if (
            job.kind == "partial"
            or job.speech_end != job.utterance.speech_end
            or heard.language not in self._recogniser.languages
            or not is_doubtful(heard, job.utterance, self._policy)
        ):
            return False
        job.utterance.doubted = job.speech_end
        self._waiting.append((job, heard))
        if len(self._waiting) > MOST_WAITING:
            self._settle(*self._waiting.popleft())
        return True

    def round(self, lock: Lock, leave: Callable[[SpeechSession], None]) -> bool:
        """Decodes one; returns whether there was one. `leave` is called without the lock."""
        with lock:
            if not self.has_work:
                return False
            job, first = self._waiting.popleft()
            if job.session.closed or job.utterance.speech_end != job.speech_end:
                return True
            self._busy = True
            self._counters["doubtful"] += 1
            request = replace(request_for(job), draft=())
        second = second_opinion(self._recogniser, request)
        with lock:
            self._busy = False
            if second is not None and is_trusted(second, job.utterance, self._policy):
                self._counters["rescued"] += 1
                first = second
            self._settle(job, first)
        leave(job.session)
        return True

    def _settle(self, job: Job, heard: Hypothesis) -> None:
        job.session.rescued(job.utterance, job.speech_end, heard)
