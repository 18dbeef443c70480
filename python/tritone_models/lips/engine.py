"""The threads that draw mouths for every open sequence."""

import contextlib
import threading
import time
import traceback
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic

from tritone_models.errors import ModelError
from tritone_models.face.package import PreparedFace
from tritone_models.lips.model import DrawRequest, FaceT, LipSyncModel, Mouth, Pcm
from tritone_models.lips.options import LipSyncOptions
from tritone_models.lips.session import Frames, LipSession
from tritone_models.lips.timeline import Timeline
from tritone_models.lips.visemes import Viseme

IDLE_SECONDS = 0.05
LATE_SECONDS = 0.1
"""A frame is left out once it is overdue by this."""

Work = list[tuple[LipSession[FaceT], list[DrawRequest[FaceT]]]]


class LipSyncEngine(Generic[FaceT]):
    """Draws the frame that is due first, of whichever sequence; leaves out what is too late.

    So overload thins the frames of all alike and nothing lags. The lock guards all sessions;
    models draw outside it. `draw_round` does one round of a thread's work, so that tests need no
    threads and no waiting.
    """

    def __init__(
        self,
        model: LipSyncModel[FaceT],
        late_seconds: float = LATE_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.counters: Counter[str] = Counter()
        self._model = model
        self._late_seconds = late_seconds
        self._clock = clock
        self._lock = threading.Lock()
        self._ready = threading.Condition(self._lock)
        self._sessions: dict[LipSession[FaceT], _Client] = {}
        self._stopping = False
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        for _ in range(self._model.workers):
            thread = threading.Thread(target=self._draw_forever, daemon=True)
            self._threads.append(thread)
            thread.start()

    def stop(self) -> None:
        with self._lock:
            self._stopping = True
            self._ready.notify_all()
        for thread in self._threads:
            thread.join(timeout=2)

    def open(
        self,
        face: PreparedFace,
        options: LipSyncOptions,
        send: Callable[[Frames], None],
        close: Callable[[], None],
        fail: Callable[[BaseException], None],
    ) -> LipSession[FaceT]:
        """`close` and `fail` end the client's stream; one of them is called, once."""
        session = LipSession(
            self._model.open(face, options.fps),
            face.transforms,
            options.fps,
            lambda index: (options.base + index * face.fps // options.fps) % face.frames,
            Timeline(self._model.behind, self._model.ahead),
        )
        with self._lock:
            self._sessions[session] = _Client(send, close, fail)
        return session

    def receive(
        self,
        session: LipSession[FaceT],
        pcm: Pcm,
        visemes: tuple[Viseme, ...] = (),
        played: int | None = None,
        acknowledge: Callable[[], None] | None = None,
    ) -> None:
        with self._lock:
            session.receive(pcm, visemes, played, acknowledge, self._clock())
            self._ready.notify()
        self._settle(session)

    def end(self, session: LipSession[FaceT]) -> None:
        with self._lock:
            session.end(self._clock())
            self._ready.notify()
        self._settle(session)

    def abandon(self, session: LipSession[FaceT]) -> None:
        with self._lock:
            session.closed = True
        self._settle(session)

    def draw_round(self) -> bool:
        """Draws one batch of what is due first; returns whether there was anything to do."""
        with self._lock:
            thinned = self._leave_out()
            work = self._choose()
        for session in thinned:
            self._settle(session)
        if not work:
            return bool(thinned)
        requests = [request for _, taken in work for request in taken]
        try:
            mouths = self._model.draw(requests)
        except Exception:
            for session, taken in work:
                self._draw_alone(session, taken)
            return True
        at = 0
        for session, taken in work:
            self._deliver(session, taken, mouths[at : at + len(taken)])
            at += len(taken)
        return True

    def _leave_out(self) -> list[LipSession[FaceT]]:
        """What is too late makes room for what is not; returns whose frames were left out."""
        before = self._clock() - self._late_seconds
        thinned = []
        for session in self._sessions:
            skipped = 0 if session.drawing else session.skip(before)
            if skipped:
                self.counters["skipped"] += skipped
                thinned.append(session)
        return thinned

    def _choose(self) -> Work[FaceT]:
        """What is due first; of what is overdue, whose last drawing is longest ago."""
        now = self._clock()
        chosen: dict[LipSession[FaceT], list[DrawRequest[FaceT]]] = {}
        waiting = [s for s in self._sessions if s.is_ready and not s.drawing]
        for _ in range(self._model.batch):
            if not waiting:
                break
            session = min(waiting, key=lambda ready: (max(ready.due_at, now), ready.drawn_at))
            chosen.setdefault(session, []).append(session.take(now))
            waiting = [s for s in waiting if s.is_ready]
        for session in chosen:
            session.drawing = True
        return list(chosen.items())

    def _draw_alone(self, session: LipSession[FaceT], requests: list[DrawRequest[FaceT]]) -> None:
        """One face that cannot be drawn costs no other a frame."""
        try:
            mouths = self._model.draw(requests)
        except Exception as error:
            self._fail(session, error)
        else:
            self._deliver(session, requests, mouths)

    def _deliver(
        self,
        session: LipSession[FaceT],
        requests: Sequence[DrawRequest[FaceT]],
        mouths: Sequence[Mouth],
    ) -> None:
        """The session is held (`drawing`) until its frames have left: so they leave in order."""
        with self._lock:
            client = self._sessions.get(session)
            self.counters["drawn"] += len(mouths)
        if client is not None:
            try:
                for frames in session.tensors(requests, mouths):
                    client.send(frames)
            except Exception as error:
                self._fail(session, error)
                return
        with self._lock:
            session.drawing = False
            if session.is_ready:
                self._ready.notify()
        self._settle(session)

    def _settle(self, session: LipSession[FaceT]) -> None:
        """Acknowledges what need not wait, and closes what is done."""
        with self._lock:
            acknowledged = session.acknowledged()
            done = session.closed or session.is_done
            client = self._sessions.pop(session, None) if done else None
        calls = acknowledged if client is None else [*acknowledged, client.close]
        for call in calls:
            try:
                call()
            except Exception:  # one answer that cannot be sent withholds no other
                traceback.print_exc()

    def _fail(self, session: LipSession[FaceT], error: Exception) -> None:
        if not isinstance(error, ModelError):
            traceback.print_exc()
        with self._lock:
            client = self._sessions.pop(session, None)
            session.closed = True
        self._settle(session)
        with contextlib.suppress(Exception):  # a client that is gone: told in the log already
            if client is not None:
                client.fail(error)

    def _draw_forever(self) -> None:
        while not self._stopping:
            try:
                worked = self.draw_round()
            except Exception:  # a thread that died would freeze every face
                traceback.print_exc()
                worked = False
            if worked:
                continue
            with self._lock:
                if not self._stopping and not self._has_work:
                    self._ready.wait(IDLE_SECONDS)

    @property
    def _has_work(self) -> bool:
        return any(session.is_ready and not session.drawing for session in self._sessions)


@dataclass(frozen=True)
class _Client:
    """The way back to who opened a sequence."""

    send: Callable[[Frames], None]
    close: Callable[[], None]
    fail: Callable[[BaseException], None]
