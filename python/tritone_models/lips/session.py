"""One sequence: which of its frames comes next, and how it reaches the client."""

from collections.abc import Callable, Sequence
from typing import Any, Generic

import numpy as np
from numpy.typing import NDArray

from tritone_models.errors import BadAudioError
from tritone_models.lips.model import SAMPLE_RATE, DrawRequest, FaceT, Mouth, Pcm
from tritone_models.lips.timeline import Timeline
from tritone_models.lips.visemes import Viseme

HELD_BACK_SECONDS = 2.0
"""Sound that waits to be drawn beyond this holds acknowledgements back."""

MOST_WAITING_SECONDS = 120.0
"""Beyond this, who does not wait for acknowledgements is refused."""

Frames = dict[str, NDArray[Any]]


class LipSession(Generic[FaceT]):
    """Guarded by the engine's lock, but for `tensors`, which depends on nothing that changes."""

    def __init__(
        self,
        face: FaceT,
        transforms: NDArray[np.float32],
        fps: int,
        base_of: Callable[[int], int],
        timeline: Timeline,
    ) -> None:
        self.drawing = False
        self.drawn_at = float("-inf")
        self.closed = False
        self._face = face
        self._transforms = transforms
        self._fps = fps
        self._base_of = base_of
        self._timeline = timeline
        self._next = 0
        self._acknowledgements: list[tuple[int, Callable[[], None]]] = []

    def receive(
        self,
        pcm: Pcm,
        visemes: tuple[Viseme, ...],
        played: int | None,
        acknowledge: Callable[[], None] | None,
        now: float,
    ) -> None:
        """@raises BadAudioError, BadOptionsError"""
        if self._timeline.length + len(pcm) - self._sample > MOST_WAITING_SECONDS * SAMPLE_RATE:
            raise BadAudioError(f"more than {MOST_WAITING_SECONDS:.0f} s of sound wait")
        self._timeline.push(pcm, visemes, now)
        if played is not None:
            self._timeline.played(played, now)
        if acknowledge is not None:
            self._acknowledgements.append((self._timeline.length, acknowledge))

    def end(self, now: float) -> None:
        if not self._timeline.ended:
            self._timeline.end(now)

    @property
    def is_ready(self) -> bool:
        """A frame can be drawn."""
        return not self.closed and self._timeline.is_ready(self._sample)

    @property
    def is_done(self) -> bool:
        return self._timeline.ended and not self.is_ready and not self.drawing

    @property
    def due_at(self) -> float:
        """When the next frame is to be shown; only while `is_ready`."""
        return self._timeline.due_at(self._sample)

    def skip(self, before: float) -> int:
        """Leaves out the frames that were due before an instant; returns how many."""
        first = self._next
        while self.is_ready and self.due_at < before:
            self._advance()
        return self._next - first

    def take(self, now: float) -> DrawRequest[FaceT]:
        """The next frame; only while `is_ready`."""
        self.drawn_at = now
        sample = self._sample
        request = DrawRequest(
            self._face,
            sample,
            self._base_of(self._next),
            self._timeline.window(sample),
            self._timeline.visemes(sample),
            self._timeline.timed,
        )
        self._advance()
        return request

    def acknowledged(self) -> list[Callable[[], None]]:
        """The acknowledgements that need not wait any longer, to be called without the lock."""
        allowed = self._sample + HELD_BACK_SECONDS * SAMPLE_RATE
        free = self.closed or self._timeline.ended
        ready = [call for length, call in self._acknowledgements if free or length <= allowed]
        del self._acknowledgements[: len(ready)]
        return ready

    def tensors(
        self, requests: Sequence[DrawRequest[FaceT]], mouths: Sequence[Mouth]
    ) -> list[Frames]:
        """The responses that carry these mouths; patches of one size travel together."""
        responses: list[Frames] = []
        begin = 0
        for at in range(1, len(mouths) + 1):
            if at < len(mouths) and mouths[at].rgba.shape == mouths[begin].rgba.shape:
                continue
            responses.append(self._response(requests[begin:at], mouths[begin:at]))
            begin = at
        return responses

    def _response(self, requests: Sequence[DrawRequest[FaceT]], mouths: Sequence[Mouth]) -> Frames:
        bases = [request.base for request in requests]
        affines = [
            chain(self._transforms[base], mouth.to_head)
            for base, mouth in zip(bases, mouths, strict=True)
        ]
        return {
            "PATCH": np.stack([mouth.rgba for mouth in mouths])[None],
            "AFFINE": np.stack(affines)[None],
            "BASE": np.array([bases], np.int32),
            "PTS": np.array([[request.sample for request in requests]], np.int64),
        }

    @property
    def _sample(self) -> int:
        return round(self._next * SAMPLE_RATE / self._fps)

    def _advance(self) -> None:
        self._next += 1
        self._timeline.forget(self._sample)


def chain(outer: NDArray[np.float32], inner: NDArray[np.float32]) -> NDArray[np.float32]:
    """FP32[2, 3]: first `inner`, then `outer`."""
    whole = np.vstack([inner, [0, 0, 1]])
    return (outer @ whole).astype(np.float32)
