"""The threads of a recogniser: one ear for every session, and the workers that decode."""

import contextlib
import threading
import time
import traceback
from collections import Counter
from collections.abc import Callable

import numpy as np

from tritone_models.errors import ModelError
from tritone_models.speech.hypothesis import SAMPLE_RATE, Hypothesis, Recogniser
from tritone_models.speech.options import SpeechOptions
from tritone_models.speech.policy import Policy
from tritone_models.speech.rescue import Rescue
from tritone_models.speech.schedule import Job, choose, request_for, step_seconds
from tritone_models.speech.second_pass import SecondPass
from tritone_models.speech.session import Event, Pcm, SpeechSession
from tritone_models.speech.voice_activity import Framer, VoiceActivity

IDLE_SECONDS = 0.05
COUNT_SECONDS = 0.01
"""Between two looks at a pause that is known of and not heard."""
AVERAGE = 0.1
"""Weight of the newest decode in the running mean of their durations."""
LOAD_SECONDS = 1.0
BEHIND = 1.5
"""A step this many times the usual one is load worth telling."""


class SpeechEngine:
    """Hears and decodes every open session.

    The lock guards all sessions; networks run outside it. `hear_round` and `work_round` do one
    round of the threads' work, so that tests need no threads and no waiting.
    """

    def __init__(
        self,
        recogniser: Recogniser,
        new_voice_activity: Callable[[], VoiceActivity],
        policy: Policy,
        second: Recogniser | None = None,
        rescuer: Recogniser | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.counters: Counter[str] = Counter()
        self.preroll_seconds = policy.preroll_seconds
        self._recogniser = recogniser
        self._new_voice_activity = new_voice_activity
        self._policy = policy
        tail = round(policy.tail_seconds * SAMPLE_RATE)
        self._second = None if second is None else SecondPass(second, tail)
        self._rescue: Rescue | None = None
        self._clock = clock
        self._lock = threading.Lock()
        self._heard = threading.Condition(self._lock)
        self._due = threading.Condition(self._lock)
        self._sessions: dict[SpeechSession, _Client] = {}
        self._decode_seconds = 0.1
        self._stopping = False
        self._threads: list[threading.Thread] = []
        if rescuer is not None:
            self.rescue_with(rescuer)

    def rescue_with(self, rescuer: Recogniser) -> None:
        """From now on it hears doubtful finals again."""
        with self._lock:
            self._rescue = Rescue(rescuer, self._policy, self.counters)

    def start(self) -> None:
        workers = [self._work_forever] * self._recogniser.workers
        for loop in [self._hear_forever, *workers]:
            thread = threading.Thread(target=loop, daemon=True)
            self._threads.append(thread)
            thread.start()

    def stop(self) -> None:
        with self._lock:
            self._stopping = True
            self._heard.notify_all()
            self._due.notify_all()
        for thread in self._threads:
            thread.join(timeout=2)

    def open(
        self,
        options: SpeechOptions,
        emit: Callable[[Event], None],
        close: Callable[[], None],
        fail: Callable[[BaseException], None],
    ) -> SpeechSession:
        """`close` and `fail` end the client's stream; one of them is called, once."""
        more = () if self._second is None else (self._second.add,)
        vad = self._new_voice_activity()
        session = SpeechSession(options, self._policy, vad, emit, close, *more)
        with self._lock:
            self._sessions[session] = _Client(fail)
        session.flush()
        return session

    def receive(
        self, session: SpeechSession, pcm: Pcm, acknowledge: Callable[[], None] | None = None
    ) -> None:
        with self._lock:
            session.receive(pcm, acknowledge)
            self._heard.notify()
        session.flush()

    def announce(self, session: SpeechSession, silent_after: bool) -> None:
        with self._lock:
            session.announce(silent_after, self._clock())
            self._heard.notify()

    def end(self, session: SpeechSession) -> None:
        with self._lock:
            session.end()
            self._heard.notify()
        session.flush()

    def abandon(self, session: SpeechSession) -> None:
        with self._lock:
            if not session.closed:
                session.abandon()
            self._sessions.pop(session, None)
        session.flush()

    def hear_round(self) -> bool:
        """Feeds what came to the voice-activity detector; returns whether anything had come."""
        with self._lock:
            todo = [
                (session, client, session.take())
                for session, client in self._sessions.items()
                if session.wants_hearing
            ]
        for session, client, audio in todo:
            try:
                frames = client.framer.push(audio)
                if len(frames):
                    probabilities = session.voice_activity.probabilities(frames)
                else:
                    probabilities = np.zeros(0, np.float32)
                with self._lock:
                    if not session.closed:
                        session.hear(frames, probabilities, client.framer.rest, self._clock())
            except Exception as error:
                self._fail(session, error)
            self._leave(session)
        self._count_silence()
        self._tell_load()
        self._stop_revising()
        if todo:
            with self._lock:
                self._due.notify_all()
        return bool(todo)

    def work_round(self) -> bool:
        """Decodes one batch of the most urgent jobs; returns whether there was one."""
        with self._lock:
            jobs = choose(self._sessions, self._policy, self._recogniser.batch)
            if jobs and jobs[0].kind == "partial" and self._may_rescue:
                jobs = []
            for job in jobs:
                job.utterance.decoding = True
            requests = [request_for(job) for job in jobs]
        if not jobs:
            if self._rescue is not None and self._rescue.round(self._lock, self._leave):
                return True
            return self._second is not None and self._second.round(self._lock, self._leave)
        started = self._clock()
        try:
            heard = self._recogniser.decode(requests)
        except Exception as error:
            for job in jobs:
                self._fail(job.session, error)
            return True
        seconds = self._clock() - started
        with self._lock:
            self._decode_seconds += AVERAGE * (seconds / len(jobs) - self._decode_seconds)
            for job, hypothesis in zip(jobs, heard, strict=True):
                self._accept(job, hypothesis)
            self._due.notify_all()
        for job in jobs:
            self._leave(job.session)
        return True

    def _accept(self, job: Job, heard: Hypothesis) -> None:
        """Under the lock: what a decode means for its utterance."""
        session, utterance = job.session, job.utterance
        utterance.decoding = False
        utterance.draft = heard.tokens
        self.counters[job.kind] += 1
        if session.closed:
            return
        doubted = self._rescue is not None and self._rescue.add(job, heard)
        if job.kind == "final":
            if not doubted:
                session.decide(utterance, heard)
            return
        if job.kind == "speculative":
            utterance.speculation = (job.speech_end, heard)
        if utterance.ended is not None:
            # The pause ended meanwhile: this decode is the final if it saw all of the speech.
            saw_all = job.kind == "speculative" and job.speech_end == utterance.speech_end
            if saw_all and not doubted:
                session.decide(utterance, heard)
            return
        if job.kind == "partial":
            late = (job.length - utterance.unhurried_length) / SAMPLE_RATE
            thinned = int(late / self._policy.step_seconds)
            session.skipped += thinned
            self.counters["thinned"] += thinned
        shown = session.partial(utterance, heard, job.length)
        share = 1.0 if shown else 0.5
        utterance.decoded_at = self._clock()
        utterance.next_length = job.length + round(share * self._step() * SAMPLE_RATE)
        utterance.unhurried_length = job.length + round(self._policy.step_seconds * SAMPLE_RATE)

    @property
    def _may_rescue(self) -> bool:
        return self._rescue is not None and self._rescue.has_work

    def _step(self) -> float:
        speakers = sum(session.current is not None for session in self._sessions)
        return step_seconds(speakers, self._decode_seconds, self._recogniser.workers, self._policy)

    def _tell_load(self) -> None:
        now = self._clock()
        with self._lock:
            step = self._step()
            if step < BEHIND * self._policy.step_seconds:
                return
            speaking = [session for session in self._sessions if session.current is not None]
            told = [s for s in speaking if now - s.told_load_at >= LOAD_SECONDS]
            for session in told:
                session.told_load_at = now
                session.tell_load(step, len(speaking))
        for session in told:
            session.flush()

    def _count_silence(self) -> None:
        with self._lock:
            now = self._clock()
            waiting = [session for session in self._sessions if session.knows_silence]
            ended = [session for session in waiting if session.count_silence(now)]
            if choose(waiting, self._policy, 1):
                self._due.notify_all()
        for session in ended:
            self._leave(session)

    def _stop_revising(self) -> None:
        if self._second is None:
            return
        patience = self._policy.second_pass_seconds
        with self._lock:
            late = [
                session
                for session in self._sessions
                if session.heard_end_at is not None
                and self._clock() - session.heard_end_at > patience
            ]
            for session in late:
                session.stop_revising()
        for session in late:
            self._leave(session)

    def _fail(self, session: SpeechSession, error: Exception) -> None:
        if not isinstance(error, ModelError):
            traceback.print_exc()
        with self._lock:
            client = self._sessions.pop(session, None)
            session.drop()
        for tell in (session.flush, lambda: client and client.fail(error)):
            with contextlib.suppress(Exception):  # a client that is gone: told in the log already
                tell()

    def _leave(self, session: SpeechSession) -> None:
        """What cannot be sent to one client costs no other a word."""
        with self._lock:
            if session.closed:
                self._sessions.pop(session, None)
        try:
            session.flush()
        except Exception as error:
            self._fail(session, error)

    def _hear_forever(self) -> None:
        while not self._stopping:
            _guarded(self.hear_round)
            with self._lock:
                if not any(session.wants_hearing for session in self._sessions):
                    counts = any(session.knows_silence for session in self._sessions)
                    self._heard.wait(COUNT_SECONDS if counts else IDLE_SECONDS)

    def _work_forever(self) -> None:
        while not self._stopping:
            _guarded(self.work_round)
            with self._lock:
                idle = self._second is None or not self._second.has_work
                if idle and not self._may_rescue and not choose(self._sessions, self._policy, 1):
                    self._due.wait(IDLE_SECONDS)


class _Client:
    """What the engine keeps beside a session."""

    def __init__(self, fail: Callable[[BaseException], None]) -> None:
        self.fail = fail
        self.framer = Framer()


def _guarded(work: Callable[[], bool]) -> None:
    """A thread that died would silence every session."""
    try:
        work()
    except Exception:
        traceback.print_exc()
        time.sleep(IDLE_SECONDS)
