"""A short video: its head is followed, its mouth rests, its frames go to and fro."""

import cv2
import numpy as np
import pytest

from tests.face.conftest import png
from tritone_models.face.failures import BadPictureError
from tritone_models.face.finder import FaceFinder
from tritone_models.face.landmarks import mouth_opening
from tritone_models.face.mouth_painter import MouthPainter
from tritone_models.face.mouth_shape import SHAPES
from tritone_models.face.networks import Picture
from tritone_models.face.package import LARGEST_BYTES, PreparedFace
from tritone_models.face.preparation import FacePreparation, Preparation
from tritone_models.face.video_clip import to_and_fro

FRAMES = 24


@pytest.fixture(scope="module")
def talking(finder: FaceFinder, presenter: Picture) -> list[bytes]:
    """The presenter sways 12 pixels and says "ah" in the second half."""
    painter = MouthPainter(presenter, finder.find_one(presenter).points)
    pictures = []
    for k in range(FRAMES):
        picture = presenter.copy()
        if k > FRAMES // 2:
            rgba = painter.draw(SHAPES["aa"]).astype(np.float32)
            left, top = painter.to_head[:, 2].astype(int)
            box = slice(top, top + rgba.shape[0]), slice(left, left + rgba.shape[1])
            alpha = rgba[..., 3:] / 255
            picture[box] = picture[box] * (1 - alpha) + rgba[..., :3] * alpha
        shift = np.array([[1, 0, 12 * np.sin(k / 6)], [0, 1, 0]])
        pictures.append(png(cv2.warpAffine(picture, shift, (512, 512), borderMode=1)))
    return pictures


@pytest.fixture(scope="module")
def avatar(preparation: FacePreparation, talking: list[bytes]) -> tuple[Preparation, list[Picture]]:
    prepared = preparation.prepare(talking, 25, 512, lambda: True)
    assert prepared is not None
    return prepared, list(prepared.clip)


def test_frames_go_to_and_fro_without_standing():
    assert to_and_fro(5) == [0, 1, 2, 3, 4, 3, 2, 1]
    assert to_and_fro(2) == [0, 1]


def test_every_frame_has_its_crop_and_its_transform(avatar: tuple[Preparation, list[Picture]]):
    prepared, clip = avatar
    assert prepared.meta["frames"] == len(clip) == 2 * FRAMES - 2
    face = PreparedFace.from_bytes(prepared.face.to_bytes())
    assert len(face.crops) == len(face.transforms) == len(clip)
    assert len(prepared.face.to_bytes()) <= LARGEST_BYTES


def test_transforms_follow_the_head(avatar: tuple[Preparation, list[Picture]]):
    prepared, _ = avatar
    transforms = prepared.face.transforms[:FRAMES]
    middle = transforms @ np.array([144, 144, 1])
    # The picture is framed closer, so that the head moves by more pixels of the frame.
    scale = 512 / 512
    moved = (middle[:, 0] - middle[0, 0]) * scale
    told = 12 * np.sin(np.arange(FRAMES) / 6)
    assert np.corrcoef(moved, told)[0, 1] > 0.99
    ratio = np.polyfit(told, moved, 1)[0]
    assert 0.9 < ratio < 1.35
    assert np.abs(moved - ratio * told).max() < 1.5


def test_its_mouth_is_closed_though_the_video_speaks(
    avatar: tuple[Preparation, list[Picture]], finder: FaceFinder
):
    prepared, clip = avatar
    assert max(mouth_opening(points) for points in prepared.face.landmarks) > 0.15
    assert all(mouth_opening(finder.find_one(clip[k]).points) < 0.06 for k in (2, 14, 20))


def test_a_face_that_is_lost_for_long_is_no_face(
    preparation: FacePreparation, talking: list[bytes]
):
    blank = png(np.full((512, 512, 3), 128, np.uint8))
    with pytest.raises(BadPictureError, match=r"\[avatar.no_face\]"):
        preparation.prepare([*talking[:6], *[blank] * 6], 25, 512, lambda: True)


def test_work_for_a_client_that_left_stops(preparation: FacePreparation, talking: list[bytes]):
    assert preparation.prepare(talking, 25, 512, lambda: False) is None
