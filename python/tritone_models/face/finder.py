"""The one face of a picture, or why there is none to use."""

from pathlib import Path

import numpy as np

from tritone_models.face import failures, landmarks
from tritone_models.face.detector import FaceDetector, FoundFace
from tritone_models.face.mesh import FaceMesh, MeshFinder
from tritone_models.face.networks import Picture

LEAST_MESH_SCORE = 0.5
LEAST_WIDTH = 64
"""Pixels between the cheeks: below it lips are a blur."""
MOST_ROLL = 25
MOST_YAW = 30
MOST_PITCH = 30
SMALL_BESIDE = 0.3
"""A face narrower than this share of the largest stands in the background, or on a T-shirt."""
SURER_TURNED = 0.15
"""So much surer is the detector of a face once it is the right way up; else it is less sure."""
AROUND = 1.0
"""Of a face's size, on each side of it: what is turned to look again."""


class FaceFinder:
    def __init__(self, folder: Path) -> None:
        self._detector = FaceDetector(folder)
        self._meshes = MeshFinder(folder)

    def find_one(self, picture: Picture) -> FaceMesh:
        """@raises BadPictureError no face, several, too small, or turned away"""
        found = self._find(picture)
        if not found:
            raise failures.face_turned() if self._score_turned(picture) > 0 else failures.no_face()
        widths = [_extent(mesh) for _, mesh in found]
        largest = max(widths)
        near = [each for each, width in zip(found, widths, strict=True)
                if width >= SMALL_BESIDE * largest]  # fmt: skip
        if len(near) > 1:
            raise failures.several_faces(len(near))
        face, mesh = near[0]
        if _is_turned(mesh) or self._is_upside_down(picture, face):
            raise failures.face_turned()
        width = round(landmarks.face_width(mesh.points))
        if width < LEAST_WIDTH:
            raise failures.face_too_small(width, LEAST_WIDTH)
        return mesh

    def find_all(self, picture: Picture) -> list[FaceMesh]:
        """A detector's mistake is no face to the mesh."""
        return [mesh for _, mesh in self._find(picture)]

    def _find(self, picture: Picture) -> list[tuple[FoundFace, FaceMesh]]:
        found = ((face, self._meshes.find(picture, face)) for face in self._detector.find(picture))
        return [(face, mesh) for face, mesh in found if mesh.score >= LEAST_MESH_SCORE]

    def _is_upside_down(self, picture: Picture, face: FoundFace) -> bool:
        """Both networks fit an upright face into one that stands on its head; the detector is less
        sure of it than of the same face the right way up."""
        return self._score_turned(_around(picture, face)) > face.score + SURER_TURNED

    def _score_turned(self, picture: Picture) -> float:
        """Of the surest face in the picture turned by one, two and three quarters; 0 without."""
        turned = (np.rot90(picture, quarters).copy() for quarters in (1, 2, 3))
        return max((face.score for each in turned for face, _ in self._find(each)), default=0.0)

    def follow(self, picture: Picture, before: FaceMesh) -> FaceMesh | None:
        """The face in the next picture of a video; None where it is lost."""
        mesh = self._meshes.follow(picture, before)
        return mesh if mesh.score >= LEAST_MESH_SCORE else None


def _around(picture: Picture, face: FoundFace) -> Picture:
    left, top, right, bottom = face.box
    margin = AROUND * max(right - left, bottom - top)
    begin = [max(0, round(at - margin)) for at in (left, top)]
    return picture[begin[1] : round(bottom + margin), begin[0] : round(right + margin)]


def _extent(mesh: FaceMesh) -> float:
    low, high = mesh.points[:, :2].min(axis=0), mesh.points[:, :2].max(axis=0)
    return float(np.max(high - low))


def _is_turned(mesh: FaceMesh) -> bool:
    points = mesh.points
    return (
        abs(landmarks.roll_degrees(points)) > MOST_ROLL
        or abs(landmarks.yaw_degrees(points)) > MOST_YAW
        or abs(landmarks.pitch_degrees(points)) > MOST_PITCH
    )
