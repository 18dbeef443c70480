"""Mouths as they are drawn, seen again by the mesh."""

import numpy as np
import pytest

from tritone_models.face.closed_mouth import close_mouth
from tritone_models.face.finder import FaceFinder
from tritone_models.face.landmarks import mouth_width
from tritone_models.face.mouth_motion import MouthMotion
from tritone_models.face.mouth_painter import MouthPainter
from tritone_models.face.mouth_shape import REST, SHAPES, openness, shape
from tritone_models.face.networks import Picture
from tritone_models.face.pictures import decode_own
from tritone_models.face.preparation import Preparation
from tritone_models.face.viseme_warp import MOST_FACES, VisemeWarp
from tritone_models.lips.model import DrawRequest
from tritone_models.lips.visemes import Viseme

Avatar = tuple[Preparation, list[Picture]]


def head_and_painter(avatar: Avatar) -> tuple[Picture, MouthPainter]:
    face = avatar[0].face
    crop = decode_own(face.crops[0])
    return close_mouth(crop, face.landmarks[0]).picture, MouthPainter(crop, face.landmarks[0])


def laid(head: Picture, painter: MouthPainter, rgba: np.ndarray) -> Picture:
    left, top = painter.to_head[:, 2].astype(int)
    box = slice(top, top + rgba.shape[0]), slice(left, left + rgba.shape[1])
    alpha = rgba[..., 3:].astype(np.float32) / 255
    shown = head.copy()
    shown[box] = np.round(head[box] * (1 - alpha) + rgba[..., :3] * alpha).astype(np.uint8)
    return shown


def gap(points: np.ndarray) -> float:
    """Pixels between the inner lips."""
    return float(np.linalg.norm(points[[82, 13, 312]] - points[[87, 14, 317]], axis=1).mean())


@pytest.fixture(params=["bundled", "of_smiling"])
def avatar(request: pytest.FixtureRequest) -> Avatar:
    return request.getfixturevalue(request.param)


def test_at_rest_the_patch_is_the_closed_face_itself(avatar: Avatar):
    head, painter = head_and_painter(avatar)
    assert (laid(head, painter, painter.draw(REST)) == head).all()


def test_the_patch_ends_softly(avatar: Avatar):
    _, painter = head_and_painter(avatar)
    alpha = painter.draw(SHAPES["aa"])[..., 3].astype(int)
    border = np.concatenate([alpha[0], alpha[-1], alpha[:, 0], alpha[:, -1]])
    assert border.max() == 0
    assert alpha.max() == 255
    assert np.abs(np.diff(alpha, axis=0)).max() < 90
    assert np.abs(np.diff(alpha, axis=1)).max() < 90


def test_the_mesh_sees_each_viseme_as_it_is_meant(avatar: Avatar, finder: FaceFinder):
    head, painter = head_and_painter(avatar)
    seen = {
        name: finder.find_one(laid(head, painter, painter.draw(SHAPES[name]))).points
        for name in SHAPES
    }
    gaps = np.array([gap(seen[name]) for name in SHAPES])
    meant = np.array([openness(SHAPES[name]) for name in SHAPES])
    assert np.corrcoef(gaps, meant)[0, 1] > 0.85
    rest = gap(seen["sil"])
    assert gap(seen["PP"]) < rest + 0.6
    assert gap(seen["aa"]) > rest + 12
    assert mouth_width(seen["U"]) < 0.93 * mouth_width(seen["I"])


def test_closed_lips_leave_no_gap_and_no_tooth(avatar: Avatar):
    """What lies between them is darker or redder than any tooth."""
    head, painter = head_and_painter(avatar)
    points = close_mouth(head, avatar[0].face.landmarks[0]).points
    shown = laid(head, painter, painter.draw(SHAPES["PP"])).astype(float)
    x, y = points[13, :2].astype(int)
    strip = shown[y - 4 : y + 5, x - 15 : x + 15]
    assert (strip[..., 2] / strip[..., 0]).max() < 0.95


def test_a_wider_jaw_opens_further_and_takes_the_chin_along(avatar: Avatar):
    motion = MouthMotion(close_mouth(avatar[1][0], avatar[0].face.landmarks[0]).points)
    half, whole = motion.moved(shape(jaw=0.5)), motion.moved(shape(jaw=1))
    assert 0 < half.gaps.max() < whole.gaps.max() < 0.4 * motion.unit
    chin = np.abs(whole.moved - whole.rest)[-34:-12].max()
    assert chin > 0.1 * motion.unit


@pytest.mark.parametrize("seed", range(3))
def test_no_blend_of_shapes_tears_the_face(avatar: Avatar, seed: int):
    """However shapes mix, each drawn pixel has a colour that the face, teeth or cavity has."""
    _, painter = head_and_painter(avatar)
    rng = np.random.default_rng(seed)
    names = rng.choice(list(SHAPES), 3)
    mixed = sum(
        SHAPES[name] * share for name, share in zip(names, rng.dirichlet([1, 1, 1]), strict=True)
    )
    rest = painter.draw(REST)[..., :3].astype(int)
    drawn = painter.draw(mixed)[..., :3].astype(int)
    edge = painter.draw(mixed)[..., 3] < 128
    assert np.abs(drawn - rest)[edge].mean() < 12


class TestVisemeWarp:
    def request(self, model: VisemeWarp, avatar: Avatar, sample: int, *visemes: Viseme):
        face = model.open(avatar[0].face, 25)
        audio = np.zeros(model.behind + model.ahead, np.int16)
        return DrawRequest(face, sample, 0, audio, visemes, bool(visemes))

    def test_needs_no_more_than_80_ms_of_sound_to_come(self):
        assert VisemeWarp.ahead <= 0.08 * 16_000

    def test_begins_as_the_idle_clip_is_and_comes_in_softly(self, bundled: Avatar):
        model = VisemeWarp()
        ah = Viseme("aa", 0, 8000)
        first, later = model.draw(
            [self.request(model, bundled, sample, ah) for sample in (0, 4000)]
        )
        _, painter = head_and_painter(bundled)
        assert (first.rgba[..., :3] == painter.draw(REST)[..., :3]).all()
        assert first.rgba[..., 3].max() < 100
        assert later.rgba[..., 3].max() == 255
        assert (later.rgba[..., :3] != first.rgba[..., :3]).any()

    def test_without_visemes_it_goes_by_what_it_hears(self, bundled: Avatar):
        model = VisemeWarp()
        quiet = self.request(model, bundled, 32_000)
        t = np.arange(model.behind + model.ahead) / 16_000
        buzz = sum(np.sin(2 * np.pi * f * t) for f in range(140, 1400, 140)) * 1500
        loud = DrawRequest(quiet.face, 32_640, 0, buzz.astype(np.int16))
        closed, opened = model.draw([quiet, loud])
        assert (closed.rgba != opened.rgba).any()

    def test_faces_are_made_ready_once_and_not_kept_for_ever(self, bundled: Avatar):
        model = VisemeWarp()
        face = bundled[0].face
        assert model.open(face, 25).painter is model.open(face, 25).painter
        for k in range(MOST_FACES + 3):
            moved = face.landmarks + np.float32(k / 100)
            model.open(type(face)(face.size, face.fps, face.crops, moved, face.transforms), 25)
        assert len(model._painters) == MOST_FACES
