"""What preparation hands to the lip-sync models: one face, opaque to everybody else."""

import json
import struct
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

MAGIC = b"TRITONEFACE"
VERSION = 1
LANDMARKS = 468
LARGEST_BYTES = 3_000_000
LARGEST_FRAMES = 1_000


class BadPackageError(ValueError):
    """These bytes are no face package, or one of another version."""


@dataclass(frozen=True)
class PreparedFace:
    """A face in the head's own coordinates, which are the pixels of its crops.

    x right, y down, centres of pixels at .5. A portrait has one crop; a video has one per frame,
    each turned and scaled so that the head stands still. The mouth is as in the picture.
    """

    size: int
    """Pixels: the frames of the idle clip are square."""
    fps: int
    crops: tuple[bytes, ...]
    """JPEG, all of one size."""
    landmarks: NDArray[np.float32]
    """FP32[crops, 468, 3] of the face mesh, in pixels of the crop; z in the same unit."""
    transforms: NDArray[np.float32]
    """FP32[frames, 2, 3]: from the head's coordinates to the pixels of each frame of the clip."""

    @property
    def frames(self) -> int:
        return len(self.transforms)

    def crop_of(self, base: int) -> int:
        """Which crop shows frame `base` of the clip."""
        return base if len(self.crops) > 1 else 0

    def to_bytes(self) -> bytes:
        header = json.dumps(
            {
                "size": self.size,
                "fps": self.fps,
                "frames": self.frames,
                "crops": [len(crop) for crop in self.crops],
            }
        ).encode()
        parts = [
            MAGIC,
            struct.pack("<BI", VERSION, len(header)),
            header,
            self.landmarks.astype("<f4").tobytes(),
            self.transforms.astype("<f4").tobytes(),
            *self.crops,
        ]
        return b"".join(parts)

    @classmethod
    def from_bytes(cls, package: bytes) -> "PreparedFace":
        """@raises BadPackageError"""
        if len(package) > LARGEST_BYTES or package[: len(MAGIC)] != MAGIC:
            raise BadPackageError("this is no face package")
        try:
            version, length = struct.unpack_from("<BI", package, len(MAGIC))
            if version != VERSION:
                raise BadPackageError(f"face package of version {version}, not {VERSION}")
            at = len(MAGIC) + 5
            header = json.loads(package[at : at + length])
            return cls._read(header, memoryview(package)[at + length :])
        except (struct.error, KeyError, TypeError, UnicodeDecodeError, json.JSONDecodeError):
            raise BadPackageError("the head of this face package is damaged") from None

    @classmethod
    def _read(cls, header: dict[str, Any], body: memoryview) -> "PreparedFace":
        size, fps, frames = (int(header[name]) for name in ("size", "fps", "frames"))
        lengths = [int(length) for length in header["crops"]]
        if not (0 < frames <= LARGEST_FRAMES and size > 0 and fps > 0):
            raise BadPackageError("impossible numbers in a face package")
        if len(lengths) not in (1, frames) or min(lengths) <= 0:
            raise BadPackageError("a face package needs one crop, or one per frame")
        landmarks = (len(lengths), LANDMARKS, 3)
        transforms = (frames, 2, 3)
        split = 4 * int(np.prod(landmarks))
        begin = split + 4 * int(np.prod(transforms))
        if begin + sum(lengths) != len(body):
            raise BadPackageError("this face package is cut short, or too long")
        ends = begin + np.cumsum(lengths)
        return cls(
            size,
            fps,
            tuple(
                bytes(body[end - length : end]) for end, length in zip(ends, lengths, strict=True)
            ),
            np.frombuffer(body[:split], "<f4").reshape(landmarks).astype(np.float32),
            np.frombuffer(body[split:begin], "<f4").reshape(transforms).astype(np.float32),
        )
