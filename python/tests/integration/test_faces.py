"""A face is prepared and then speaks, in a real Triton, as the server asks for it."""

import itertools
import json
import os
import struct
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("grpc", reason="grpcio is not installed: no client for Triton")
pytest.importorskip("cv2", reason="the models' libraries are not installed")

from tests.data import need_weights
from tests.integration.triton_server import TritonServer
from tests.integration.triton_wire import Stream, field, parameter, tensor

pytestmark = pytest.mark.integration

MODELS = ["avatar_prepare", "viseme_warp"]
FRAME = 640
SECONDS = 60.0
"""A busy test machine may be slow; nothing is decided by it."""
IDS = itertools.count(90_001)


@pytest.fixture(scope="module")
def server() -> Iterator[TritonServer]:
    python = os.environ.get("TRITONE_PYTHON_ENV")
    if not python:
        pytest.skip("TRITONE_PYTHON_ENV is not set: no Triton to start")
    weights = need_weights("mediapipe-face")
    # A busy machine leaves frames out; here all are wanted.
    environment = {"TRITONE_MODELS_DIR": str(weights), "TRITONE_VISEME_WARP_LATE_SECONDS": "60"}
    server = TritonServer(Path(python), environment, MODELS)
    try:
        for model in MODELS:
            server.wait_until_ready(model)
        yield server
    finally:
        server.stop()


def request(
    model: str,
    sequence: int,
    texts: dict[str, bytes],
    audio: np.ndarray | None = None,
    start: bool = False,
    end: bool = False,
) -> bytes:
    message = field(1, model) + field(3, "start" if start else "more")
    message += parameter("sequence_id", sequence)
    message += parameter("triton_enable_empty_final_response", True)
    for name, holds in (("sequence_start", start), ("sequence_end", end)):
        if holds:
            message += parameter(name, True)
    raw = []
    if audio is not None:
        message += tensor("AUDIO", "INT16", [1, len(audio)])
        raw.append(audio.tobytes())
    for name, text in texts.items():
        message += tensor(name, "BYTES", [1, 1])
        raw.append(struct.pack("<I", len(text)) + text)
    return message + b"".join(field(7, part) for part in raw)


def prepare(server: TritonServer, picture: bytes, options: dict[str, object]) -> Stream:
    stream = Stream(server.channel)
    texts = {"PICTURES": picture, "OPTIONS": json.dumps(options).encode()}
    stream.send(request("avatar_prepare", next(IDS), texts, start=True, end=True))
    ended = stream.wait(lambda found: any(r.final or r.error for r in found), SECONDS)
    assert ended, "the preparation did not end"
    return stream


def test_the_bundled_face_is_prepared_and_speaks(server: TritonServer):
    prepared = prepare(server, b"", {"bundled": True, "fps": 25, "size": 256}).responses
    first = prepared[0].tensors
    meta = json.loads(first["META"][4:])
    clip = b"".join(r.tensors.get("FRAMES", b"") for r in prepared)
    assert len(clip) == meta["frames"] * 256 * 384
    assert len(first["TRANSFORMS"]) == meta["frames"] * 24

    stream, sequence = Stream(server.channel), next(IDS)
    avatar = {"AVATAR": first["AVATAR"][4:], "OPTIONS": b'{"fps":25}'}
    silence = np.zeros(0, np.int16)
    stream.send(request("viseme_warp", sequence, avatar, silence, start=True))
    timing = {"visemes": [["sil", 0, 3200], ["aa", 3200, 9600], ["PP", 9600, 12800]]}
    spoken = np.random.default_rng(1).integers(-4000, 4000, 25 * FRAME).astype(np.int16)
    told = {"TIMING": json.dumps(timing).encode()}
    stream.send(request("viseme_warp", sequence, told, spoken, end=True))
    assert stream.wait(
        lambda found: any(r.final and r.request_id == "start" for r in found), SECONDS
    )
    assert [r.error for r in stream.responses if r.error] == []
    drawn = [r.tensors for r in stream.responses if "PTS" in r.tensors]
    pts = np.concatenate([np.frombuffer(t["PTS"], "<i8") for t in drawn])
    assert pts.tolist() == [k * FRAME for k in range(25)]
    patches = np.frombuffer(b"".join(t["PATCH"] for t in drawn), np.uint8).reshape(25, -1, 4)
    rest, ah, closed = patches[3, :, :3], patches[10, :, :3], patches[17, :, :3]
    apart = np.abs(ah.astype(int) - rest).mean()
    assert apart > 3 * np.abs(closed.astype(int) - rest).mean()
    assert patches[..., 3].max() == 255


@pytest.mark.parametrize(
    ("picture", "code"),
    [
        (b"no picture", "[avatar.not_a_picture]"),
        (
            b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + struct.pack(">II", 50_000, 50_000) + bytes(9),
            "[avatar.picture_too_large]",
        ),
    ],
)
def test_what_no_face_can_be_made_of_fails_with_its_code(
    server: TritonServer, picture: bytes, code: str
):
    responses = prepare(server, picture, {}).responses
    assert code in responses[0].error
