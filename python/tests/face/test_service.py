"""The preparation as Triton serves it, with a channel of ours."""

import json
import threading
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

from tests.face.conftest import png
from tritone_models.errors import BadOptionsError, ModelError
from tritone_models.face.networks import Picture
from tritone_models.face.package import PreparedFace
from tritone_models.face.preparation import FacePreparation
from tritone_models.face.service import MOST_WAITING, AvatarPreparation

PATIENCE = 60.0


class Channel:
    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []
        self.error: BaseException | None = None
        self.done = threading.Event()
        self.on_send: Callable[[], None] = lambda: None

    def send(self, tensors: Any) -> None:
        self.sent.append(dict(tensors))
        self.on_send()

    def close(self) -> None:
        self.done.set()

    def fail(self, error: BaseException) -> None:
        self.error = error
        self.done.set()


@pytest.fixture
def service(preparation: FacePreparation) -> Iterator[AvatarPreparation]:
    service = AvatarPreparation(preparation)
    yield service
    service.close()


def asked(*pictures: bytes, **options: object) -> dict[str, Any]:
    return {
        "PICTURES": np.array([list(pictures)], np.object_),
        "OPTIONS": np.array([[json.dumps(options).encode()]], np.object_),
    }


def test_the_bundled_presenter_needs_no_picture(service: AvatarPreparation):
    channel = Channel()
    service.open(asked(b"", bundled=True, fps=10, size=256), channel)
    assert channel.done.wait(PATIENCE)
    first, *rest = channel.sent
    meta = json.loads(first["META"][0, 0])
    assert (meta["size"], meta["fps"], meta["frames"]) == (256, 10, 60)
    assert first["TRANSFORMS"].shape == (1, 60, 2, 3)
    assert first["PREVIEW"][0, 0][:2] == b"\xff\xd8"
    assert PreparedFace.from_bytes(first["AVATAR"][0, 0]).frames == 60
    frames = np.concatenate([response["FRAMES"][0] for response in rest])
    assert frames.shape == (60, 384, 256)
    assert all(response["FRAMES"].nbytes < 3_500_000 for response in rest)


def test_a_picture_without_a_face_fails_with_its_code(service: AvatarPreparation):
    channel = Channel()
    service.open(asked(png(np.full((300, 300, 3), 90, np.uint8))), channel)
    assert channel.done.wait(PATIENCE)
    assert "[avatar.no_face]" in str(channel.error)
    assert channel.sent == []


def test_the_next_face_is_prepared_after_a_failure(service: AvatarPreparation, presenter: Picture):
    bad, good = Channel(), Channel()
    service.open(asked(b"no picture"), bad)
    service.open(asked(png(presenter), fps=5), good)
    assert good.done.wait(PATIENCE)
    assert good.error is None
    assert sum(r["FRAMES"].shape[1] for r in good.sent[1:]) == 30


def test_a_client_that_leaves_is_worked_for_no_longer(service: AvatarPreparation):
    channel = Channel()
    job = service.open(asked(b"", bundled=True, fps=25, size=256), channel)
    channel.on_send = job.abandon
    assert channel.done.wait(PATIENCE)
    after = Channel()
    service.open(asked(b"x"), after)
    assert after.done.wait(PATIENCE)  # the one thread is free again
    assert len(channel.sent) <= 2


@pytest.mark.parametrize(
    "tensors",
    [
        {},
        asked(),
        asked(b"", fps=0),
        asked(b"", fps="fast"),
        asked(b"", size=511),
        asked(b"", size=100_000),
        asked(*[b""] * 500),
        {**asked(b""), "OPTIONS": np.array([[b"[]"]], np.object_)},
        {**asked(b""), "OPTIONS": np.array([[b"{"]], np.object_)},
    ],
)
def test_nonsense_is_refused_at_once(service: AvatarPreparation, tensors: dict[str, Any]):
    with pytest.raises(BadOptionsError):
        service.open(tensors, Channel())


def test_who_comes_when_too_many_wait_is_refused(service: AvatarPreparation):
    busy = Channel()
    held = threading.Event()
    busy.on_send = lambda: held.wait(PATIENCE) and None
    service.open(asked(b"", bundled=True, fps=5, size=256), busy)
    while not busy.sent:  # until the one thread is held
        assert not busy.done.wait(0.01)
    try:
        for _ in range(MOST_WAITING):
            service.open(asked(b"x"), Channel())
        with pytest.raises(ModelError, match="too many faces"):
            service.open(asked(b"x"), Channel())
    finally:
        held.set()
    assert busy.done.wait(PATIENCE)
