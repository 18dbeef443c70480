"""What of a face the network sees, and what of its drawing is shown where."""

import numpy as np
import pytest

pytest.importorskip("cv2", reason="the models' libraries are not installed")

import cv2

from tests.data import need_weights
from tests.lip_sync import faces
from tritone_models.wav2lip.framing import Framing
from tritone_models.wav2lip.layers import MASKED_ROW


@pytest.fixture(scope="module")
def framing() -> Framing:
    return Framing.of(faces.landmarks()[None])


def placed(framing: Framing, patch: np.ndarray, size: int) -> np.ndarray:
    """The patch over black, as the server lays it: float[h, w, 4], colours times alpha."""
    matrix = framing.to_head.astype(np.float64)
    matrix[:, 2] += matrix[:, :2] @ [0.5, 0.5] - 0.5
    weighted = patch.astype(np.float32)
    weighted[..., :3] *= weighted[..., 3:] / 255
    return cv2.warpAffine(weighted, matrix, (size, size))


def test_the_frame_holds_the_face_from_the_forehead_to_below_the_chin(framing: Framing):
    assert framing.left == pytest.approx(90, abs=0.5)
    assert framing.top == pytest.approx(60, abs=0.5)
    assert framing.width == pytest.approx(120, abs=1)
    assert framing.height == pytest.approx(160 * 1.05, abs=1)


def test_the_network_sees_the_picture_twice_first_with_its_lower_half_black(framing: Framing):
    seen = framing.face(faces.picture(tint=51))
    assert (seen.shape, seen.dtype) == ((6, 96, 96), np.float32)
    np.testing.assert_array_equal(seen[:3, :48], seen[3:, :48])
    assert not seen[:3, 48:].any()
    np.testing.assert_allclose(seen[5], 0.2, atol=0.003)
    # The pixel at (x, y) of the 96x96 is what lies there in the head.
    blue, green = seen[3:5] * 255
    slope = 200 / (faces.SIZE - 1)
    for at in (5, 47, 90):
        x = framing.left + (at + 0.5) * framing.width / 96 - 0.5
        y = framing.top + (at + 0.5) * framing.height / 96 - 0.5
        assert blue[40, at] == pytest.approx(20 + slope * x, abs=1.1)
        assert green[at, 40] == pytest.approx(20 + slope * y, abs=1.1)


def test_what_the_network_gives_back_unchanged_lies_where_it_was(framing: Framing):
    picture = faces.picture(tint=120)
    seen = framing.face(picture)
    patch = framing.patch(seen[3:, MASKED_ROW:])
    laid = placed(framing, patch, faces.SIZE)
    sure = laid[..., 3] > 250
    assert sure.sum() > 3_000
    np.testing.assert_allclose(laid[sure][:, :3], picture[sure][:, ::-1], atol=4)


def test_the_patch_covers_the_mouth_and_fades_out_before_it_ends(framing: Framing):
    laid = placed(framing, framing.patch(np.ones((3, 48, 96), np.float32)), faces.SIZE)[..., 3]
    mouth, chin, nose, ear, neck = (150, 180), (150, 212), (150, 142), (80, 150), (150, 240)
    alpha = [laid[y, x] for x, y in (mouth, chin, nose, ear, neck)]
    assert alpha[0] > 254
    assert alpha[1] > 200
    assert alpha[2:] == [0, 0, 0]
    assert np.abs(np.diff(laid, axis=0)).max() < 110
    assert np.abs(np.diff(laid, axis=1)).max() < 110


def test_nothing_above_the_masked_half_is_shown(framing: Framing):
    assert framing.row >= MASKED_ROW
    whole = np.random.default_rng(1).random((3, 96, 96), np.float32)
    np.testing.assert_array_equal(framing.patch(whole), framing.patch(whole[:, MASKED_ROW:]))


def test_a_large_picture_is_averaged_not_sampled():
    big = 8
    pixels = np.zeros((faces.SIZE * big, faces.SIZE * big, 3), np.uint8)
    pixels[::2] = 255  # lines finer than the network's pixels
    seen = Framing.of(faces.landmarks()[None] * big).face(pixels)
    assert np.abs(seen[3:, 2:-2] - 0.5).max() < 0.15


def test_a_video_has_one_frame_for_all_its_crops():
    points = np.stack([faces.landmarks() + shift for shift in (-3, 0, 3)])
    assert Framing.of(points).left == pytest.approx(Framing.of(points[1:2]).left, abs=0.1)


def test_real_landmarks_frame_the_portrait_that_comes_with_tritone():
    pytest.importorskip("ai_edge_litert", reason="the models' libraries are not installed")
    from tritone_models.face.finder import FaceFinder
    from tritone_models.face.portrait import draw_portrait

    folder = need_weights("mediapipe-face") / "mediapipe-face"
    picture = draw_portrait(512)
    mesh = FaceFinder(folder).find_one(picture)
    framing = Framing.of(mesh.points[None])
    upper, lower = mesh.points[0, :2], mesh.points[17, :2]
    laid = placed(framing, framing.patch(np.ones((3, 48, 96), np.float32)), 512)[..., 3]
    for x, y in (upper, lower, mesh.points[61, :2], mesh.points[291, :2]):
        assert laid[round(float(y)), round(float(x))] > 240
    for x, y in mesh.points[[33, 263, 197], :2]:  # eyes and the ridge of the nose
        assert laid[round(float(y)), round(float(x))] == 0
