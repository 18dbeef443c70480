"""The one face of a picture, or why there is none to use."""

from pathlib import Path

import numpy as np

from tritone_models.face import failures, landmarks
from tritone_models.face.detector import FaceDetector
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


class FaceFinder:
    def __init__(self, folder: Path) -> None:
        self._detector = FaceDetector(folder)
        self._meshes = MeshFinder(folder)

    def find_one(self, picture: Picture) -> FaceMesh:
        """@raises BadPictureError no face, several, too small, or turned away"""
        meshes = self.find_all(picture)
        if not meshes:
            raise failures.no_face()
        widths = [_extent(mesh) for mesh in meshes]
        largest = max(widths)
        near = [mesh for mesh, width in zip(meshes, widths, strict=True)
                if width >= SMALL_BESIDE * largest]  # fmt: skip
        if len(near) > 1:
            raise failures.several_faces(len(near))
        mesh = near[0]
        if _is_turned(mesh):
            raise failures.face_turned()
        width = round(landmarks.face_width(mesh.points))
        if width < LEAST_WIDTH:
            raise failures.face_too_small(width, LEAST_WIDTH)
        return mesh

    def find_all(self, picture: Picture) -> list[FaceMesh]:
        """A detector's mistake is no face to the mesh."""
        meshes = (self._meshes.find(picture, face) for face in self._detector.find(picture))
        return [mesh for mesh in meshes if mesh.score >= LEAST_MESH_SCORE]

    def follow(self, picture: Picture, before: FaceMesh) -> FaceMesh | None:
        """The face in the next picture of a video; None where it is lost."""
        mesh = self._meshes.follow(picture, before)
        return mesh if mesh.score >= LEAST_MESH_SCORE else None


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
