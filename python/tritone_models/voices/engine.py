"""The threads of a voice: whoever's sound runs out first is spoken for first."""

import threading
import time
import traceback
from collections import Counter
from collections.abc import Callable

import numpy as np

from tritone_models.errors import ModelError
from tritone_models.text import Clause
from tritone_models.voices.chunks import Chunk, chunks_of
from tritone_models.voices.joins import levelled
from tritone_models.voices.opening import opening
from tritone_models.voices.options import FASTEST, SLOWEST, VoiceOptions
from tritone_models.voices.rendering import Rendering, Sound, Synthesiser
from tritone_models.voices.session import Acknowledge, VoiceSession

IDLE_SECONDS = 0.1
AHEAD_SECONDS = 10.0
"""Sound that may be sent before it can be heard: more is work for nothing when the client stops."""


class VoiceEngine:
    """Speaks for every open session, a clause of one at a time.

    Whose sound lasts shortest comes first, and who has heard nothing yet before all. A session
    whose listener has enough to hear waits. Without `start` nothing happens by itself: tests call
    `work_round`.
    """

    def __init__(
        self,
        synthesiser: Synthesiser,
        ahead_seconds: float = AHEAD_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.counters: Counter[str] = Counter()
        self._synthesiser = synthesiser
        self._ahead_seconds = ahead_seconds
        self._clock = clock
        self._lock = threading.Condition()
        self._sessions: list[VoiceSession] = []
        self._threads: list[threading.Thread] = []
        self._stopping = False

    def start(self) -> None:
        for number in range(self._synthesiser.workers):
            thread = threading.Thread(
                target=self._work_forever, name=f"voice-{number}", daemon=True
            )
            thread.start()
            self._threads.append(thread)

    def stop(self) -> None:
        with self._lock:
            self._stopping = True
            self._lock.notify_all()
        for thread in self._threads:
            thread.join(timeout=5)

    def open(
        self,
        options: VoiceOptions,
        send: Callable[[Chunk], None],
        close: Callable[[], None],
        fail: Callable[[BaseException], None],
    ) -> VoiceSession:
        session = VoiceSession(options, send, close, fail, self._clock())
        with self._lock:
            self._sessions.append(session)
        return session

    def receive(
        self, session: VoiceSession, text: str, flush: bool, acknowledge: Acknowledge | None
    ) -> None:
        with self._lock:
            if session.over:
                due = [acknowledge] if acknowledge else []
            else:
                session.write(text, flush, acknowledge)
                due = []
                self._lock.notify()
        _call(due)

    def end(self, session: VoiceSession) -> None:
        with self._lock:
            session.end()
            self._lock.notify()

    def abandon(self, session: VoiceSession) -> None:
        """The client is gone: what is being rendered for it is thrown away."""
        self._leave(session)
        session.close()

    def work_round(self) -> bool:
        """Speaks a clause, or sends what has become due. False where there was nothing to do."""
        with self._lock:
            session = self._next()
            if session is None:
                return False
            session.busy = True
        try:
            self._serve(session)
        except Exception as error:
            self._fail(session, error)
        finally:
            with self._lock:
                session.busy = False
                done = session.is_done and not session.over
        if done:
            self._leave(session)
            session.close()
        return True

    def _next(self) -> VoiceSession | None:
        now = self._clock()
        due = [
            session
            for session in self._sessions
            if not session.busy
            and (
                session.is_done
                or (session.has_work and session.heard_until - now < self._ahead_seconds)
            )
        ]
        return min(
            due, key=lambda session: (session.samples > 0, session.heard_until), default=None
        )

    def _serve(self, session: VoiceSession) -> None:
        clause = None
        with self._lock:
            due = session.advance()
            if not session.outbox and session.clauses:
                clause = self._next_clause(session)
        _call(due)
        if clause is not None:
            self._speak(session, clause)
        self._send(session)
        with self._lock:
            due = session.advance()
        _call(due)

    def _next_clause(self, session: VoiceSession) -> Clause:
        clause = session.clauses.popleft()
        waits = session.heard_until <= self._clock()
        parts = opening(clause, session.options.language) if waits else None
        if parts is None or not self._synthesiser.is_slow:
            return clause
        session.clauses.appendleft(parts[1])
        return parts[0]

    def _speak(self, session: VoiceSession, clause: Clause) -> None:
        rendering = self._rendered(session.options, clause)
        rate = self._synthesiser.sample_rate(session.options.voice)
        chunks = list(chunks_of(rendering, clause.words, session.samples, rate))
        self.counters["clause"] += 1
        with self._lock:
            if not session.over:
                session.samples += len(rendering.sound)
                session.outbox.extend(chunks)

    def _rendered(self, options: VoiceOptions, clause: Clause) -> Rendering:
        rate = self._synthesiser.sample_rate(options.voice)
        if not clause.words:
            return Rendering(_silence(clause.pause_ms_after, rate), (), ())
        speed = min(max(options.speed * clause.rate, SLOWEST), FASTEST)
        rendering = self._synthesiser.render(clause.words, options.voice, options.language, speed)
        gain = self._synthesiser.gain(options.voice)
        return levelled(rendering, gain, rate, clause.pause_ms_after)

    def _send(self, session: VoiceSession) -> None:
        rate = self._synthesiser.sample_rate(session.options.voice)
        while True:
            with self._lock:
                now = self._clock()
                if not session.outbox or session.heard_until - now >= self._ahead_seconds:
                    return
                chunk = session.outbox.popleft()
                session.heard_until = max(session.heard_until, now) + len(chunk.pcm) / rate
            session.send(chunk)

    def _fail(self, session: VoiceSession, error: Exception) -> None:
        if not isinstance(error, ModelError):
            traceback.print_exc()
        self._leave(session)
        session.fail(error)

    def _leave(self, session: VoiceSession) -> None:
        with self._lock:
            if session in self._sessions:
                self._sessions.remove(session)
            due = session.drop()
        _call(due)

    def _work_forever(self) -> None:
        while not self._stopping:
            try:
                worked = self.work_round()
            except Exception:
                # A thread that died would silence every session.
                traceback.print_exc()
                worked = False
            if not worked:
                with self._lock:
                    if not self._stopping and self._next() is None:
                        self._lock.wait(IDLE_SECONDS)


def _silence(milliseconds: int, sample_rate: int) -> Sound:
    return np.zeros(round(milliseconds / 1000 * sample_rate), np.float32)


def _call(acknowledgements: list[Acknowledge]) -> None:
    for acknowledge in acknowledgements:
        acknowledge()
