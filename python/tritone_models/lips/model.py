"""What a lip-sync model is asked and what it answers."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from tritone_models.face.package import PreparedFace
from tritone_models.lips.visemes import Viseme

SAMPLE_RATE = 16_000
Pcm = NDArray[np.int16]
FaceT = TypeVar("FaceT")


@dataclass(frozen=True)
class DrawRequest(Generic[FaceT]):
    """One mouth to draw.

    `face`: what the model's `open` returned for this sequence; requests of one face come in order
    of `sample`, some may be left out. `sample`: of the sound at which the mouth is shown.
    `base`: frame of the idle clip it should fit best. `audio`: INT16[behind + ahead], 16 kHz,
    the sound around `sample`, which lies at index `behind`; zeros before the beginning and after
    the end. `visemes`: those told that overlap `audio`, in order; empty where the voice tells none
    (`timed` says whether this sequence ever told one).
    """

    face: FaceT
    sample: int
    base: int
    audio: Pcm
    visemes: tuple[Viseme, ...] = ()
    timed: bool = False


@dataclass(frozen=True)
class Mouth:
    """A patch in the head's own coordinates.

    `rgba`: UINT8[h, w, 4], alpha feathered, not premultiplied. `to_head`: FP32[2, 3] from pixels of
    the patch (x right, y down, centres at .5) to the head's coordinates.
    """

    rgba: NDArray[np.uint8]
    to_head: NDArray[np.float32]


class LipSyncModel(Protocol[FaceT]):
    """Draws mouths. Knows neither Triton nor time."""

    batch: int
    """How many mouths one call may draw, of any faces; 1 where parallel single calls are faster."""
    workers: int
    """How many threads may call `draw` at once; a face is never in two calls at a time."""
    behind: int
    """Samples of past sound that a mouth depends on."""
    ahead: int
    """Samples of sound to come that a mouth depends on: the model's own delay."""

    def open(self, face: PreparedFace, fps: int) -> FaceT:
        """What drawing this face takes, made once a sequence; it may keep state between draws."""
        ...

    def draw(self, requests: Sequence[DrawRequest[FaceT]]) -> list[Mouth]:
        """One mouth a request, in order."""
        ...
