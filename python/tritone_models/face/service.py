"""Serves `avatar-preparation`: PICTURES and OPTIONS in; META, AVATAR, TRANSFORMS, PREVIEW and
FRAMES out."""

import json
import queue
import threading
import traceback
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import cv2
import numpy as np

from tritone_models.errors import BadOptionsError, ModelError
from tritone_models.face.pictures import to_i420
from tritone_models.face.preparation import FacePreparation, Preparation
from tritone_models.parameters import Parameters
from tritone_models.recognisers.blas import use_one_blas_thread
from tritone_models.speech_to_text import text_of
from tritone_models.triton_sequences import Channel, Tensors, serve_sequences
from tritone_models.weights import find_weights

NETWORKS = ("near_detector.tflite", "far_detector.tflite", "mesh.tflite", "person.tflite")
MOST_PICTURES = 400
MOST_BYTES = 200_000_000
MOST_WAITING = 8
SIZES = (256, 1024)
FRAMES_A_RESPONSE = 4
"""1.5 MiB at 512 pixels: gRPC's usual limit is 4."""


@dataclass(frozen=True)
class PreparationOptions:
    fps: int = 25
    size: int = 512
    bundled: bool = False

    @classmethod
    def parse(cls, text: str | None) -> "PreparationOptions":
        """@raises BadOptionsError"""
        try:
            given = json.loads(text or "{}")
        except ValueError:
            given = None
        if not isinstance(given, dict):
            raise BadOptionsError("OPTIONS is not a JSON object")
        fps, size = given.get("fps", cls.fps), given.get("size", cls.size)
        if not isinstance(fps, int) or not 5 <= fps <= 60:
            raise BadOptionsError("'fps' must be a whole number from 5 to 60")
        if not isinstance(size, int) or not SIZES[0] <= size <= SIZES[1] or size % 4:
            raise BadOptionsError(f"'size' must be from {SIZES[0]} to {SIZES[1]}, by fours")
        return cls(fps, size, given.get("bundled") is True)


def serve_avatar_preparation() -> type:
    """The class that Triton looks for."""
    return serve_sequences(lambda parameters: AvatarPreparation(_load(parameters)))


def _load(parameters: Parameters) -> FacePreparation:
    # People talk meanwhile: one core is enough.
    cv2.setNumThreads(1)
    use_one_blas_thread()
    return FacePreparation(find_weights(parameters.text("weights", "mediapipe-face"), NETWORKS))


class AvatarPreparation:
    """One face after the other, on one thread; whoever comes while eight wait is refused."""

    inputs = ("PICTURES", "OPTIONS")

    def __init__(self, preparation: FacePreparation) -> None:
        self.counters: Counter[str] = Counter()
        self._preparation = preparation
        self._jobs: queue.Queue[PreparationJob | None] = queue.Queue(MOST_WAITING)
        self._thread = threading.Thread(target=self._work, daemon=True)
        self._thread.start()

    def open(self, tensors: Tensors, channel: Channel) -> "PreparationJob":
        job = PreparationJob(
            _pictures(tensors), PreparationOptions.parse(text_of(tensors)), channel
        )
        try:
            self._jobs.put_nowait(job)
        except queue.Full:
            raise ModelError("too many faces wait to be prepared") from None
        return job

    def close(self) -> None:
        while True:  # those who wait are told by the desk
            try:
                self._jobs.get_nowait()
            except queue.Empty:
                break
        self._jobs.put(None)
        self._thread.join(timeout=5)

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            try:
                job.run(self._preparation)
                self.counters["prepared"] += 1
            except Exception as error:
                self.counters["failed"] += 1
                if not isinstance(error, ModelError):
                    traceback.print_exc()
                job.channel.fail(error)


@dataclass(eq=False)
class PreparationJob:
    """A sequence of one request."""

    pictures: Sequence[bytes]
    options: PreparationOptions
    channel: Channel
    _abandoned: threading.Event = field(default_factory=threading.Event)

    def receive(self, tensors: Tensors, acknowledge: Callable[[], None] | None) -> None:
        del tensors
        if acknowledge is not None:
            acknowledge()

    def end(self) -> None:
        """The channel is closed once all frames are sent."""

    def abandon(self) -> None:
        self._abandoned.set()
        self.channel.close()

    def run(self, preparation: FacePreparation) -> None:
        """@raises BadPictureError"""
        going_on = lambda: not self._abandoned.is_set()  # noqa: E731
        if not going_on():
            return
        fps, size = self.options.fps, self.options.size
        prepared = (
            preparation.bundled(fps, size)
            if self.options.bundled
            else preparation.prepare(self.pictures, fps, size, going_on)
        )
        if prepared is None:
            return
        self.channel.send(_first_response(prepared))
        waiting: list[Any] = []
        for frame in prepared.clip:
            if not going_on():
                return
            waiting.append(to_i420(frame))
            if len(waiting) == FRAMES_A_RESPONSE:
                self.channel.send({"FRAMES": np.stack(waiting)[None]})
                waiting = []
        if waiting:
            self.channel.send({"FRAMES": np.stack(waiting)[None]})
        self.channel.close()


def _first_response(prepared: Preparation) -> Tensors:
    meta = json.dumps(prepared.meta, separators=(",", ":")).encode()
    return {
        "META": np.array([[meta]], np.object_),
        "AVATAR": np.array([[prepared.face.to_bytes()]], np.object_),
        "TRANSFORMS": prepared.face.transforms[None],
        "PREVIEW": np.array([[prepared.preview]], np.object_),
    }


def _pictures(tensors: Tensors) -> list[bytes]:
    """@raises BadOptionsError"""
    given = tensors.get("PICTURES")
    if given is None or not given.size:
        raise BadOptionsError("PICTURES is missing")
    if given.size > MOST_PICTURES:
        raise BadOptionsError(f"PICTURES may be {MOST_PICTURES} at most")
    pictures = [bytes(each) for each in given.reshape(-1)]
    if sum(map(len, pictures)) > MOST_BYTES:
        raise BadOptionsError(f"PICTURES may have {MOST_BYTES} bytes at most")
    return pictures
