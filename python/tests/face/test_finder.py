"""One face, large enough, looking ahead: or which of these it is not."""

import cv2
import numpy as np
import pytest

from tritone_models.face.detector import tiles
from tritone_models.face.failures import BadPictureError
from tritone_models.face.finder import FaceFinder
from tritone_models.face.landmarks import face_width, roll_degrees
from tritone_models.face.networks import Picture


def beside(left: Picture, right: Picture, gap: int) -> Picture:
    between = np.full((left.shape[0], gap, 3), 128, np.uint8)
    return np.hstack([left, between, right])


def turned(picture: Picture, degrees: int) -> Picture:
    """Counterclockwise; the corners that this leaves empty are filled from the edges."""
    if degrees % 90 == 0:
        return np.rot90(picture, degrees // 90).copy()
    height, width = picture.shape[:2]
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1)
    return cv2.warpAffine(picture, turn, (width, height), borderMode=cv2.BORDER_REPLICATE)


def test_the_drawn_presenter_has_one_upright_face(finder: FaceFinder, presenter: Picture):
    mesh = finder.find_one(presenter)
    assert mesh.score > 0.95
    assert abs(roll_degrees(mesh.points)) < 2


def test_a_photograph_has_one_face(finder: FaceFinder, smiling: Picture):
    assert 80 < face_width(finder.find_one(smiling).points) < 110


@pytest.mark.parametrize("gap", [0, 1500])
def test_two_faces_are_counted_even_far_apart(finder: FaceFinder, presenter: Picture, gap: int):
    with pytest.raises(BadPictureError, match=r"\[avatar.several_faces\] 2$"):
        finder.find_one(beside(presenter, presenter[:, ::-1], gap))


def test_two_faces_in_the_corners_of_a_large_picture_are_counted(
    finder: FaceFinder, smiling: Picture
):
    large = np.full((1500, 1500, 3), 120, np.uint8)
    large[100:612, 100:612] = large[900:1412, 900:1412] = smiling
    assert len(finder.find_all(large)) == 2


@pytest.mark.parametrize(
    "picture",
    [
        np.full((400, 400, 3), 128, np.uint8),
        np.random.default_rng(0).integers(0, 255, (400, 400, 3), dtype=np.uint8),
        np.zeros((3, 900, 3), np.uint8),
    ],
)
def test_where_nobody_is_no_face_is_found(finder: FaceFinder, picture: Picture):
    with pytest.raises(BadPictureError, match=r"\[avatar.no_face\]"):
        finder.find_one(picture)


def test_a_small_face_is_told_with_its_width_and_the_limit(finder: FaceFinder, presenter: Picture):
    small = cv2.resize(presenter, (128, 128), interpolation=cv2.INTER_AREA)
    with pytest.raises(BadPictureError, match=r"\[avatar.face_too_small\] \d\d 64$"):
        finder.find_one(small)


@pytest.mark.parametrize("degrees", [40, 90, 135, 160, 180, 200, 225, 270, 320])
def test_a_face_on_its_side_or_head_is_turned(finder: FaceFinder, smiling: Picture, degrees: int):
    with pytest.raises(BadPictureError, match=r"\[avatar.face_turned\]"):
        finder.find_one(turned(smiling, degrees))


def test_the_presenter_on_his_head_is_turned(finder: FaceFinder, presenter: Picture):
    with pytest.raises(BadPictureError, match=r"\[avatar.face_turned\]"):
        finder.find_one(turned(presenter, 180))


@pytest.mark.parametrize("degrees", [-15, -8, 8, 15])
def test_a_head_a_little_tilted_is_upright(
    finder: FaceFinder, smiling: Picture, presenter: Picture, degrees: int
):
    for picture in (smiling, presenter):
        assert abs(roll_degrees(finder.find_one(turned(picture, degrees)).points)) < 25


def test_tiles_cover_all_of_a_wide_picture():
    seen = np.zeros((300, 900), int)
    for left, top, side in tiles(900, 300):
        seen[top : top + side, left : left + side] += 1
    assert seen.min() >= 2
