"""What takes a second is made once: the networks, the drawn presenter, avatars of both."""

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("cv2", reason="the models' libraries are not installed")
pytest.importorskip("ai_edge_litert", reason="the models' libraries are not installed")

import cv2

from tests.data import CHECKOUT, need_weights
from tritone_models.face.finder import FaceFinder
from tritone_models.face.networks import Picture
from tritone_models.face.portrait import draw_portrait
from tritone_models.face.preparation import FacePreparation, Preparation


@pytest.fixture(scope="session")
def weights() -> Path:
    return need_weights("mediapipe-face") / "mediapipe-face"


@pytest.fixture(scope="session")
def finder(weights: Path) -> FaceFinder:
    return FaceFinder(weights)


@pytest.fixture(scope="session")
def presenter() -> Picture:
    return draw_portrait(512)


@pytest.fixture(scope="session")
def smiling() -> Picture:
    """A photograph whose mouth is open in a smile, teeth to be seen."""
    file = CHECKOUT.parent / "shared" / "data" / "video" / "astronaut.png"
    if not file.exists():
        pytest.skip(f"no test picture at {file}")
    return cv2.imread(str(file))[:, :, ::-1].copy()


@pytest.fixture(scope="session")
def preparation(weights: Path) -> FacePreparation:
    return FacePreparation(weights)


@pytest.fixture(scope="session")
def bundled(preparation: FacePreparation) -> tuple[Preparation, list[Picture]]:
    prepared = preparation.bundled(25, 512)
    return prepared, list(prepared.clip)


@pytest.fixture(scope="session")
def of_smiling(preparation: FacePreparation, smiling: Picture) -> tuple[Preparation, list[Picture]]:
    prepared = preparation.prepare([png(smiling)], 25, 512, lambda: True)
    assert prepared is not None
    return prepared, list(prepared.clip)


def png(picture: Picture) -> bytes:
    return cv2.imencode(".png", np.ascontiguousarray(picture[:, :, ::-1]))[1].tobytes()
