"""Lip-sync in a real Triton, fed as the server feeds it; the network's weights are random."""

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

from tests.integration.triton_server import TritonServer
from tests.integration.triton_wire import (
    Response,
    Stream,
    field,
    model_state,
    parameter,
    ping_request,
    tensor,
)
from tests.lip_sync import checkpoints, faces
from tritone_models.wav2lip.export import main

pytestmark = pytest.mark.integration

FRAME = 640
SECONDS = 30.0
"""A busy test machine may be slow; nothing is decided by it."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TritonServer]:
    python = os.environ.get("TRITONE_PYTHON_ENV")
    if not python:
        pytest.skip("TRITONE_PYTHON_ENV is not set: no Triton to start")
    home = tmp_path_factory.mktemp("weights")
    checkpoints.write_archive(home / "some.pth", checkpoints.random_weights())
    assert main(["--accept-non-commercial", str(home / "some.pth"), str(home / "wav2lip")]) == 0
    # A busy machine leaves frames out; here all are wanted.
    environment = {"TRITONE_MODELS_DIR": str(home), "TRITONE_WAV2LIP_LATE_SECONDS": "60"}
    server = TritonServer(Path(python), environment, ["canary", "wav2lip"])
    try:
        server.wait_until_ready("wav2lip")
        yield server
    finally:
        server.stop()


class Speaker:
    """One sequence."""

    _ids = itertools.count(70_001)

    def __init__(self, server: TritonServer, avatar: bytes | None = None) -> None:
        self.sequence = next(Speaker._ids)
        self.stream = Stream(server.channel)
        given = faces.prepared().to_bytes() if avatar is None else avatar
        options = json.dumps({"fps": 25, "base": 1}).encode()
        self._send("start", 0, start=True, AVATAR=given, OPTIONS=options)

    def say(self, frames: int, name: str) -> None:
        timing = json.dumps({"visemes": [["aa", 0, frames * FRAME]]}).encode()
        self._send(name, frames * FRAME, TIMING=timing)

    def end(self) -> None:
        self._send("end", 0, end=True)

    def final(self, name: str) -> Response | None:
        return self.stream.wait(
            lambda responses: next(
                (r for r in responses if r.final and r.request_id == name), None
            ),
            SECONDS,
        )

    def all(self, name: str, kind: str) -> np.ndarray:
        found = [r.tensors[name] for r in self.stream.responses if name in r.tensors]
        return np.frombuffer(b"".join(found), kind)

    def errors(self) -> list[str]:
        return [r.error for r in self.stream.responses if r.error]

    def _send(
        self, name: str, samples: int, start: bool = False, end: bool = False, **texts: bytes
    ) -> None:
        message = field(1, "wav2lip") + field(3, name) + parameter("sequence_id", self.sequence)
        message += parameter("triton_enable_empty_final_response", True)
        if start:
            message += parameter("sequence_start", True)
        if end:
            message += parameter("sequence_end", True)
        noise = np.random.default_rng(8).integers(-8_000, 8_000, samples).astype(np.int16)
        message += tensor("AUDIO", "INT16", [1, samples])
        raw = [noise.tobytes()]
        for key, text in texts.items():
            message += tensor(key, "BYTES", [1, 1])
            raw.append(struct.pack("<I", len(text)) + text)
        self.stream.send(message + b"".join(field(7, part) for part in raw))


def test_sound_becomes_a_patch_for_every_frame_while_it_arrives(server: TritonServer):
    speaker = Speaker(server)
    speaker.say(10, "first")
    assert speaker.final("first"), "a chunk was not acknowledged"
    assert speaker.stream.wait(lambda _: len(speaker.all("PTS", "<i8")) >= 5, SECONDS)
    speaker.say(5, "second")
    speaker.end()
    assert speaker.final("start"), "the sequence was not closed"
    assert speaker.errors() == []
    assert speaker.all("PTS", "<i8").tolist() == [at * FRAME for at in range(15)]
    assert speaker.all("BASE", "<i4").tolist() == [(at + 1) % 3 for at in range(15)]
    assert speaker.all("AFFINE", "<f4").reshape(-1, 2, 3).shape[0] == 15
    patches = speaker.all("PATCH", "u1")
    assert len(patches) % (15 * 4) == 0
    assert patches.reshape(-1, 4)[:, 3].max() == 255


def test_several_avatars_speak_at_once(server: TritonServer):
    speakers = [Speaker(server) for _ in range(3)]
    for speaker in speakers:
        speaker.say(8, "words")
        speaker.end()
    for speaker in speakers:
        assert speaker.final("start")
        assert speaker.all("PTS", "<i8").tolist() == [at * FRAME for at in range(8)]


def test_who_leaves_in_mid_word_leaves_the_model_to_others(server: TritonServer):
    leaver = Speaker(server)
    leaver.say(200, "long")
    assert leaver.stream.wait(lambda _: len(leaver.all("PTS", "<i8")) >= 1, SECONDS)
    leaver.stream.cancel()
    after = Speaker(server)
    after.say(3, "words")
    after.end()
    assert after.final("start")
    assert len(after.all("PTS", "<i8")) == 3


def test_an_avatar_that_is_none_is_refused_by_code(server: TritonServer):
    speaker = Speaker(server, avatar=b"no face")
    speaker.stream.wait(lambda _: speaker.errors(), SECONDS)
    assert "BAD_OPTIONS: AVATAR" in speaker.errors()[0]


@pytest.mark.usefixtures("server")
def test_without_weights_the_model_is_unavailable_and_says_how_to_get_them():
    python = Path(os.environ["TRITONE_PYTHON_ENV"])
    without = TritonServer(python, {"TRITONE_MODELS_DIR": "/nonexistent"}, ["canary", "wav2lip"])
    try:
        without.wait_until_ready("canary")
        state, reason = model_state(without.channel, "wav2lip")
        assert state == "UNAVAILABLE"
        assert "forbids commercial use" in reason
        stream = Stream(without.channel)
        stream.send(ping_request("ping"))
        assert stream.wait(lambda responses: responses and responses[-1].raw) == b"ping"
    finally:
        without.stop()
