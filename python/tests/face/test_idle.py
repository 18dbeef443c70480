"""The idle clip: a loop that lives, whose head is where its transforms say."""

import cv2
import numpy as np
import pytest

from tritone_models.face.closed_mouth import close_mouth
from tritone_models.face.finder import FaceFinder
from tritone_models.face.idle_motion import idle_poses
from tritone_models.face.landmarks import (
    LEFT_LOWER_LID,
    LEFT_UPPER_LID,
    mouth_opening,
    mouth_width,
)
from tritone_models.face.mouth_region import MouthRegion
from tritone_models.face.networks import Picture
from tritone_models.face.pictures import decode_own
from tritone_models.face.preparation import Preparation

Avatar = tuple[Preparation, list[Picture]]


@pytest.fixture(params=["bundled", "of_smiling"])
def avatar(request: pytest.FixtureRequest) -> Avatar:
    return request.getfixturevalue(request.param)


def changes(clip: list[Picture]) -> np.ndarray:
    """Of each frame against the one before it, the last before the first."""
    return np.array([np.abs(clip[k].astype(int) - clip[k - 1]).mean() for k in range(len(clip))])


def test_a_loop_lasts_about_six_seconds_and_says_what_it_is(avatar: Avatar):
    prepared, clip = avatar
    assert len(clip) == prepared.meta["frames"] == len(prepared.face.transforms) == 150
    assert clip[0].shape == (512, 512, 3)
    mouth = prepared.meta["mouth"]
    assert 200 < mouth["x"] + mouth["width"] / 2 < 312


def test_the_end_meets_the_beginning(avatar: Avatar):
    moved = changes(avatar[1])
    assert moved[0] <= moved[1:].max()


def test_it_never_freezes(avatar: Avatar):
    assert changes(avatar[1]).min() > 0.01


def test_lids_close_twice_a_loop(avatar: Avatar, finder: FaceFinder):
    prepared, clip = avatar
    points = prepared.face.landmarks[0]
    poses = idle_poses(points, 25, seed=1)
    lids = np.array([pose.lids for pose in poses])
    assert int(((lids > 0.9) & (np.roll(lids, 1) <= 0.9)).sum()) == 2
    openings = []
    seen = finder.find_one(clip[0])
    for frame in clip:
        seen = finder.follow(frame, seen) or seen
        mesh = seen.points
        lid = np.linalg.norm(mesh[list(LEFT_UPPER_LID)] - mesh[list(LEFT_LOWER_LID)], axis=1)
        openings.append(lid.max())
    assert min(openings) < 0.8 * np.median(openings)


def test_transforms_are_exact_where_the_mouth_is(avatar: Avatar):
    prepared, clip = avatar
    crop = decode_own(prepared.face.crops[0])
    head = close_mouth(crop, prepared.face.landmarks[0])
    region = MouthRegion.of(head)
    height, width = region.alpha.shape
    # Of the face alone: the wall beside it stands still.
    side = width // 4
    box = (
        slice(region.top + 5, region.top + height - 5),
        slice(region.left + side, region.left + width - side),
    )
    middle = np.array([256, 256, 1])
    away = np.linalg.norm(prepared.face.transforms @ middle - middle[:2], axis=1)
    assert away.max() > 2
    for k in (int(away.argmax()), 0, 40):
        back = prepared.face.transforms[k].astype(np.float64)
        back[:, 2] += back[:, :2] @ [0.5, 0.5] - 0.5
        seen = cv2.warpAffine(
            clip[k], back, (512, 512), flags=cv2.WARP_INVERSE_MAP | cv2.INTER_CUBIC
        )
        here, told = (
            cv2.cvtColor(np.ascontiguousarray(each[box]), cv2.COLOR_RGB2GRAY).astype(np.float32)
            for each in (seen, head.picture)
        )
        window = cv2.createHanningWindow(here.shape[::-1], cv2.CV_32F)
        (x, y), _ = cv2.phaseCorrelate(here, told, window)
        assert np.hypot(x, y) < 0.1


def test_nothing_of_the_background_moves(bundled: Avatar):
    corner = np.stack([frame[:60, :60] for frame in bundled[1][::10]]).astype(int)
    assert np.ptp(corner, axis=0).max() == 0


def test_a_smile_is_closed_in_every_frame(of_smiling: Avatar, finder: FaceFinder):
    prepared, clip = of_smiling
    assert mouth_opening(prepared.face.landmarks[0]) > 0.15
    for k in (0, 60, 120):
        assert mouth_opening(finder.find_one(clip[k]).points) < 0.1


def test_where_lips_were_apart_no_teeth_are_left(of_smiling: Avatar):
    prepared, _ = of_smiling
    crop, points = decode_own(prepared.face.crops[0]), prepared.face.landmarks[0]
    closed = close_mouth(crop, points)
    x, y = closed.points[13, :2].astype(int)
    reach = int(0.25 * mouth_width(points))

    def whiteness(picture: Picture) -> float:
        """Skin and lips have more red than blue, teeth hardly."""
        strip = picture[y - 2 : y + 3, x - reach : x + reach].astype(float)
        return float((strip[..., 2] / strip[..., 0]).mean())

    assert whiteness(crop) > 0.85
    assert whiteness(closed.picture) < 0.8


def test_a_closed_mouth_is_left_as_it_is(bundled: Avatar):
    face = bundled[0].face
    crop = decode_own(face.crops[0])
    assert (close_mouth(crop, face.landmarks[0]).picture == crop).all()


def test_two_faces_do_not_nod_in_step(bundled: Avatar):
    points = bundled[0].face.landmarks[0]
    one, other = (np.stack([p.head for p in idle_poses(points, 25, seed)]) for seed in (1, 2))
    assert np.abs(one - other).max() > 0.5


def test_the_presenter_is_drawn_the_same_every_time(presenter: Picture):
    from tritone_models.face.portrait import draw_portrait

    assert (draw_portrait(512) == presenter).all()
