"""The bench of lips runs models as Triton does and composes pictures as the server does."""

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("cv2", reason="the models' libraries are not installed")

import cv2

from bench.lips.agreement import expected_opening
from bench.lips.folders import ask, text
from bench.lips.measure import Patch, draw, overlaid, resampled
from bench.lips.recorded import pictures_of, scores
from tests.lip_sync.stage import FRAME, PlainModel, prepared
from tritone_models.errors import BadOptionsError
from tritone_models.lip_sync import LipSync
from tritone_models.lips.visemes import Viseme
from tritone_models.parameters import Parameters


@pytest.fixture
def lips():
    service = LipSync(Parameters("plain", {"late_seconds": "3600"}), PlainModel())
    yield service
    service.close()


def test_every_frame_of_the_sound_comes_back_with_its_visemes_told_on_the_way(lips: LipSync):
    sound = np.full(50 * FRAME, 2_000, np.int16)
    told = [Viseme("aa", at * FRAME, (at + 5) * FRAME) for at in range(0, 50, 5)]
    patches = draw(lips, prepared(frames=4), sound, told)
    assert [patch.sample for patch in patches] == [at * FRAME for at in range(50)]
    assert [patch.base for patch in patches[:5]] == [0, 1, 2, 3, 0]
    model = lips._engine._model
    seen = {viseme for call in model.calls for request in call for viseme in request.visemes}
    assert seen == set(told)


def test_a_refusal_reaches_who_asks(lips: LipSync):
    with pytest.raises(BadOptionsError):
        ask(lips, {"AVATAR": text(b"none"), "AUDIO": np.zeros((1, 0), np.int16)})


def test_a_patch_lies_where_its_affine_says_and_fades_by_its_alpha():
    rgba = np.full((4, 6, 4), 200, np.uint8)
    rgba[..., 3] = 255
    rgba[:, 0, 3] = 127
    frame = np.full((40, 40, 3), 100, np.uint8)
    affine = np.array([[2, 0, 10], [0, 2, 20]], np.float32)
    laid = overlaid(frame, Patch(0, 0, rgba, affine))
    assert (laid[23, 14:20] == 200).all()
    # The centre of pixel 11 lies a quarter of the way from the soft column to the next.
    assert laid[23, 11, 0] == pytest.approx(100 + 100 * (0.75 * 127 + 0.25 * 255) / 255, abs=2)
    assert (laid[:18] == 100).all()
    assert (laid[:, :8] == 100).all()
    assert (laid[30:] == 100).all()


@pytest.mark.parametrize("rate", [16_000, 22_050, 24_000, 48_000])
def test_a_tone_keeps_its_pitch_and_level_at_another_rate(rate: int):
    at = np.arange(rate) / rate
    tone = (10_000 * np.sin(2 * np.pi * 440 * at)).astype(np.int16)
    heard = resampled(tone, rate)
    expected = 10_000 * np.sin(2 * np.pi * 440 * np.arange(16_000) / 16_000)
    assert len(heard) == 16_000
    np.testing.assert_allclose(heard, expected, atol=12)


def test_a_recording_gives_its_pictures_with_their_times(tmp_path: Path):
    file = tmp_path / "some.avi"
    writer = cv2.VideoWriter(str(file), cv2.VideoWriter_fourcc(*"MJPG"), 25, (64, 48))
    for level in range(0, 200, 20):
        writer.write(np.full((48, 64, 3), (level, 0, 0), np.uint8))
    writer.release()
    seconds, pictures = zip(*pictures_of(file), strict=True)
    np.testing.assert_allclose(np.diff(seconds), 0.04, atol=1e-3)
    blue = [float(picture[..., 2].mean()) for picture in pictures]
    np.testing.assert_allclose(blue, range(0, 200, 20), atol=4)


def test_a_recording_is_scored_where_it_speaks():
    visemes = tuple(
        Viseme("aa" if at % 3 else "PP", at * 1_600, (at + 1) * 1_600) for at in range(60)
    )
    seconds = np.arange(-2, 10, 1 / 30)
    late = expected_opening(visemes)(seconds - 0.1)
    found = scores(late, seconds, visemes)
    assert found["best"] == pytest.approx(1, abs=0.01)
    assert found["lagMs"] == 100
    assert found["pictures"] == 180
    assert found["closed"] == 1
    assert scores(late, seconds, (Viseme("aa", 0, 16_000),))["closed"] is None
