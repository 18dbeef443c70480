"""Pictures in, an avatar out: everything that is done once a face."""

import zlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tritone_models.face import failures
from tritone_models.face.closed_mouth import ClosedHead, close_mouth
from tritone_models.face.finder import FaceFinder
from tritone_models.face.framing import Framing
from tritone_models.face.idle_motion import SECONDS, idle_poses
from tritone_models.face.landmarks import Points
from tritone_models.face.mesh import FaceMesh
from tritone_models.face.mouth_region import MouthRegion
from tritone_models.face.networks import Picture
from tritone_models.face.package import LARGEST_BYTES, PreparedFace
from tritone_models.face.person import PersonFinder
from tritone_models.face.pictures import decode, decode_own, encode_jpeg
from tritone_models.face.portrait import draw_portrait
from tritone_models.face.portrait_clip import PortraitClip
from tritone_models.face.video_clip import at_rest, mouth_box, to_and_fro, track

PORTRAIT_QUALITY = 95
CROP_QUALITIES = (88, 80, 70, 58, 45)
PREVIEW_QUALITY = 88
MOST_LOST = 0.1
"""Share of a video's frames in which the face may be lost."""


@dataclass(frozen=True)
class Preparation:
    """`meta`: as the contract names it. `transforms`: FP32[frames, 2, 3]. `clip`: RGB frames, for
    one reader, made as they are read."""

    meta: dict[str, Any]
    face: PreparedFace
    preview: bytes
    clip: Iterable[Picture]


class FacePreparation:
    def __init__(self, folder: Path) -> None:
        self._finder = FaceFinder(folder)
        self._person = PersonFinder(folder)

    def bundled(self, fps: int, size: int) -> Preparation:
        """The presenter that our own code draws."""
        picture = draw_portrait(size)
        return self._portrait(picture, self._finder.find_one(picture), fps, seed=1)

    def prepare(
        self, pictures: Sequence[bytes], fps: int, size: int, going_on: Callable[[], bool]
    ) -> Preparation | None:
        """One picture is a portrait, several are a video at `fps`; None once `going_on` denies.

        @raises BadPictureError
        """
        picture = decode(pictures[0])
        found = self._finder.find_one(picture)
        if len(pictures) > 1:
            return self._video(pictures, found, fps, size, going_on)
        height, width = picture.shape[:2]
        framing = Framing.around(found.points, width, height, size)
        framed = framing.cut(picture)
        mesh = self._again(framed, framing.moved(found.points))
        return self._portrait(framed, mesh, fps, seed=zlib.crc32(pictures[0]))

    def _portrait(self, picture: Picture, mesh: FaceMesh, fps: int, seed: int) -> Preparation:
        # What the lip-sync models will see is what the clip is made of.
        crop = encode_jpeg(picture, PORTRAIT_QUALITY)
        seen = decode_own(crop)
        head = close_mouth(seen, mesh.points)
        poses = idle_poses(head.points, fps, seed)
        transforms = np.stack([pose.head for pose in poses])
        face = PreparedFace(len(picture), fps, (crop,), mesh.points[None], transforms)
        clip = PortraitClip(head, self._person.mask(seen))
        return _preparation(face, head, transforms[0], clip.frame(poses[0]), clip.frames(poses))

    def _video(
        self,
        pictures: Sequence[bytes],
        first: FaceMesh,
        fps: int,
        size: int,
        going_on: Callable[[], bool],
    ) -> Preparation | None:
        most = round(SECONDS * fps / 2) + 1  # to and fro
        frames: list[Picture] = []
        points: list[Points] = []
        framing: Framing | None = None
        mesh, lost = first, 0
        for data in pictures[:most]:
            if not going_on():
                return None
            picture = decode(data)
            height, width = picture.shape[:2]
            framing = framing or Framing.around(first.points, width, height, size)
            found = self._finder.follow(picture, mesh)
            if found is None:
                lost += 1
                continue
            mesh = found
            frames.append(framing.cut(picture))
            points.append(framing.moved(mesh.points))
        if lost > MOST_LOST * min(most, len(pictures)) or len(frames) < 2:
            raise failures.no_face()
        tracked = track(frames, points)
        order = to_and_fro(len(frames))
        crops, meshes = tracked.crops(), tracked.head_points()
        transforms = tracked.transforms[order]
        for quality in CROP_QUALITIES:
            encoded = [encode_jpeg(crop, quality) for crop in crops]
            face = PreparedFace(
                size, fps, tuple(encoded[k] for k in order), meshes[order], transforms
            )
            if len(face.to_bytes()) <= LARGEST_BYTES:
                break
        head = close_mouth(decode_own(encoded[tracked.reference]), meshes[tracked.reference])
        calm = list(at_rest(tracked, crops, MouthRegion.of(head)))
        return _preparation(face, head, transforms[0], calm[0], (calm[k] for k in order))

    def _again(self, framed: Picture, points: Points) -> FaceMesh:
        """The mesh in the frame's own pixels: finer where the frame is."""
        rough = FaceMesh(points, 1.0)
        return self._finder.follow(framed, rough) or rough


def _preparation(
    face: PreparedFace,
    head: ClosedHead,
    transform: NDArray[np.float32],
    first: Picture,
    clip: Iterable[Picture],
) -> Preparation:
    placed = head.points.copy()
    placed[:, :2] = head.points[:, :2] @ transform[:, :2].T + transform[:, 2]
    meta = {
        "size": face.size,
        "fps": face.fps,
        "frames": face.frames,
        "mouth": mouth_box(placed),
    }
    return Preparation(meta, face, encode_jpeg(first, PREVIEW_QUALITY), clip)
