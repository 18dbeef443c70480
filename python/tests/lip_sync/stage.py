"""A lip-sync engine without threads, in a time that stands still unless a test moves it."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from tritone_models.face.package import LANDMARKS, PreparedFace
from tritone_models.lips.engine import LipSyncEngine
from tritone_models.lips.model import SAMPLE_RATE, DrawRequest, Mouth, Pcm
from tritone_models.lips.options import LipSyncOptions
from tritone_models.lips.session import Frames, LipSession
from tritone_models.lips.visemes import Viseme

FRAME = 640
"""Samples of a frame at 25 fps."""


def prepared(frames: int = 4, fps: int = 25) -> PreparedFace:
    """Frame k of its clip is the head moved k pixels to the right."""
    transforms = np.tile(np.eye(2, 3, dtype=np.float32), (frames, 1, 1))
    transforms[:, 0, 2] = np.arange(frames)
    landmarks = np.zeros((1, LANDMARKS, 3), np.float32)
    return PreparedFace(512, fps, (b"jpeg",), landmarks, transforms)


def sound(frames: float, level: int = 1_000) -> Pcm:
    return np.full(round(frames * FRAME), level, np.int16)


@dataclass(eq=False)
class PlainFace:
    """Whose patches are as wide as it says; `breaks` makes drawing it fail."""

    width: int = 2
    breaks: bool = False


@dataclass
class PlainModel:
    """Draws the level of the sound. Each call takes `seconds` of the stage's time."""

    batch: int = 4
    workers: int = 1
    behind: int = 320
    ahead: int = 1_280
    seconds: float = 0.0
    spend: Callable[[float], None] = lambda _: None
    calls: list[list[DrawRequest[PlainFace]]] = field(default_factory=list)
    faces: list[PlainFace] = field(default_factory=list)

    def open(self, face: PreparedFace, fps: int) -> PlainFace:  # noqa: ARG002
        self.faces.append(PlainFace())
        return self.faces[-1]

    def draw(self, requests: Sequence[DrawRequest[PlainFace]]) -> list[Mouth]:
        self.calls.append(list(requests))
        self.spend(self.seconds)
        if any(request.face.breaks for request in requests):
            raise RuntimeError("this face cannot be drawn")
        return [self._mouth(request) for request in requests]

    def _mouth(self, request: DrawRequest[PlainFace]) -> Mouth:
        level = int(request.audio[self.behind]) // 100
        rgba = np.full((2, request.face.width, 4), level, np.uint8)
        return Mouth(rgba, np.array([[1, 0, 10], [0, 1, 20]], np.float32))


@dataclass
class Client:
    """What one client sees of its sequence."""

    stage: "Stage"
    session: LipSession[PlainFace] = field(init=False)
    responses: list[Frames] = field(default_factory=list)
    seen_at: list[float] = field(default_factory=list)
    acknowledged: int = 0
    closed: int = 0
    failed: list[BaseException] = field(default_factory=list)
    gone: bool = False
    is_closed: threading.Event = field(default_factory=threading.Event)

    def see(self, frames: Frames) -> None:
        if self.gone:
            raise OSError("nobody listens")
        self.responses.append(frames)
        self.seen_at += [self.stage.now] * frames["PTS"].size

    def close(self) -> None:
        self.closed += 1
        self.is_closed.set()

    def hear(self, pcm: Pcm, *visemes: Viseme, played: int | None = None) -> None:
        engine = self.stage.engine
        engine.receive(self.session, pcm, visemes, played, self._acknowledge)

    def end(self) -> None:
        self.stage.engine.end(self.session)

    @property
    def shown(self) -> list[int]:
        """Frames, counted from 0."""
        return [int(pts) // FRAME for frames in self.responses for pts in frames["PTS"][0]]

    def all(self, name: str) -> list[Any]:
        return [value for frames in self.responses for value in frames[name][0]]

    def _acknowledge(self) -> None:
        self.acknowledged += 1


class Stage:
    def __init__(self, model: PlainModel | None = None, late_seconds: float = 0.1) -> None:
        self.now = 1_000.0
        self.model = model or PlainModel()
        self.model.spend = self.wait
        self.engine = LipSyncEngine(self.model, late_seconds, clock=lambda: self.now)

    def wait(self, seconds: float) -> None:
        self.now += seconds

    def open(self, face: PreparedFace | None = None, **options: int) -> Client:
        client = Client(self)
        client.session = self.engine.open(
            face or prepared(),
            LipSyncOptions(**options),
            client.see,
            client.close,
            client.failed.append,
        )
        return client

    def draw(self) -> None:
        while self.engine.draw_round():
            pass

    def speak(self, seconds: float, *clients: Client, chunk: float = 0.1) -> None:
        """Sound arrives as fast as it is spoken, and whatever is drawn takes its time."""
        start = self.now
        samples = round(chunk * SAMPLE_RATE)
        sent = 0
        while sent < seconds * SAMPLE_RATE:
            if self.now >= start + sent / SAMPLE_RATE:
                for client in clients:
                    client.hear(np.full(samples, 1_000, np.int16))
                sent += samples
            elif not self.engine.draw_round():
                self.now = start + sent / SAMPLE_RATE
        self.draw()
