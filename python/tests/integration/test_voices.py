"""The voices in a real Triton, written to as the server writes."""

import itertools
import json
import os
import shutil
import struct
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("grpc", reason="grpcio is not installed: no client for Triton")

from tests.data import need_weights
from tests.integration.triton_server import TritonServer
from tests.integration.triton_wire import Response, Stream, model_state, text_request

pytestmark = pytest.mark.integration

MODELS = ["piper", "kokoro", "espeak"]
GREETING = "Good morning, everyone, and welcome to the meeting. "
SECONDS = 20.0
"""A busy test machine may be slow; nothing is decided by it."""


@pytest.fixture(scope="module")
def server() -> Iterator[TritonServer]:
    python = os.environ.get("TRITONE_PYTHON_ENV")
    if not python:
        pytest.skip("TRITONE_PYTHON_ENV is not set: no Triton to start")
    if not shutil.which("espeak-ng"):
        pytest.skip("espeak-ng is not installed")
    weights = need_weights("piper-joe-en", "kokoro-82m")
    server = TritonServer(Path(python), {"TRITONE_MODELS_DIR": str(weights)}, MODELS)
    try:
        for model in MODELS:
            server.wait_until_ready(model)
        yield server
    finally:
        server.stop()


class Writer:
    """One sequence."""

    _ids = itertools.count(1)

    def __init__(self, server: TritonServer, model: str, text: str = "", **options: object) -> None:
        self.model = model
        self.sequence = next(Writer._ids)
        self.stream = Stream(server.channel)
        self._send(text, start=True, options=json.dumps(options), request_id="start")

    def write(self, text: str, name: str, **more: object) -> None:
        self._send(text, request_id=name, **more)

    def end(self, text: str = "") -> None:
        self._send(text, end=True, request_id="end")
        assert self.final("start"), "the sequence was not closed"

    def final(self, name: str, seconds: float = SECONDS) -> Response | None:
        return self.stream.wait(
            lambda responses: next(
                (r for r in responses if r.final and r.request_id == name), None
            ),
            seconds,
        )

    def first_sound(self) -> Response | None:
        return self.stream.wait(
            lambda responses: next((r for r in responses if "AUDIO" in r.tensors), None), SECONDS
        )

    def chunks(self) -> list[tuple[np.ndarray, int, dict]]:
        return [
            (
                np.frombuffer(r.tensors["AUDIO"], np.int16),
                struct.unpack("<i", r.tensors["SAMPLE_RATE"])[0],
                json.loads(r.tensors["TIMING"][4:]),
            )
            for r in self.stream.responses
            if "AUDIO" in r.tensors
        ]

    def words(self) -> list[dict]:
        return [word for _, _, timing in self.chunks() for word in timing["words"]]

    def errors(self) -> list[str]:
        return [r.error for r in self.stream.responses if r.error]

    def _send(self, text: str, **more: object) -> None:
        self.stream.send(text_request(self.model, self.sequence, text, **more))


@pytest.mark.parametrize("model", MODELS)
def test_text_in_fragments_becomes_chunks_without_a_hole(server: TritonServer, model: str):
    writer = Writer(server, model, language="en")
    fragments = [GREETING[at : at + 7] for at in range(0, len(GREETING), 7)]
    for number, fragment in enumerate(fragments):
        writer.write(fragment, f"part-{number}")
    for number in range(len(fragments)):
        assert writer.final(f"part-{number}"), "a fragment was not acknowledged"
    writer.end()
    at = 0
    for pcm, rate, timing in writer.chunks():
        assert 0 < len(pcm) <= rate / 10
        assert timing["start"] == at
        at += len(pcm)
        for begun in [word["samples"][0] for word in timing["words"]]:
            assert timing["start"] <= begun <= at
    words = writer.words()
    assert [word["text"] for word in words] == GREETING.replace(",", "").replace(".", "").split()
    assert all(GREETING[slice(*word["char"])] == word["text"] for word in words)
    assert any(np.abs(pcm).max() > 3_000 for pcm, _, _ in writer.chunks())


def test_espeak_reads_an_indian_language_and_tells_its_words(server: TritonServer):
    text = "नमस्ते, आज की बैठक में आपका स्वागत है।"
    writer = Writer(server, "espeak", text, language="hi")
    writer.end()
    words = writer.words()
    assert [word["text"].strip(",।") for word in words] == [w.strip(",।") for w in text.split()]
    starts = [word["samples"][0] for word in words]
    assert starts == sorted(starts)
    assert {name for _, _, timing in writer.chunks() for name, _, _ in timing["visemes"]} >= {
        "PP",
        "aa",
        "kk",
    }


def test_the_first_sound_leaves_while_the_rest_of_the_text_is_held_back(server: TritonServer):
    writer = Writer(server, "piper", GREETING + "The rest of this", language="en")

    def said(_: list[Response]) -> bool:
        return [word["text"] for word in writer.words()][-1:] == ["meeting"]

    assert writer.stream.wait(said, SECONDS), "a clause waited for the text after it"
    writer.end(" is late.")
    assert [word["text"] for word in writer.words()][-2:] == ["is", "late"]


def test_flush_speaks_what_is_no_clause_yet(server: TritonServer):
    writer = Writer(server, "piper", "No end in", language="en")
    writer.write(" sight", "flush", flush=True)
    assert writer.first_sound()
    assert writer.final("flush")
    writer.end()
    assert [word["text"] for word in writer.words()] == ["No", "end", "in", "sight"]


def test_text_without_letters_makes_no_sound_and_no_error(server: TritonServer):
    writer = Writer(server, "piper", " … — !", language="en")
    writer.end()
    assert writer.chunks() == []
    assert writer.errors() == []


@pytest.mark.parametrize(
    ("options", "text", "told"),
    [
        ({"voice": "nobody"}, "Hello.", "[voice.not_found] nobody"),
        ({"language": "fi"}, "Hei.", "[voice.wrong_language] fi"),
        ({"language": "en"}, "नमस्ते, आप कैसे हैं?", "[voice.unreadable_text] "),
        ({"speed": 9}, "Hello.", "BAD_OPTIONS: "),
    ],
)
def test_what_a_voice_cannot_do_is_told_by_code(
    server: TritonServer, options: dict[str, object], text: str, told: str
):
    writer = Writer(server, "piper", text, **options)
    writer.stream.wait(lambda _: writer.errors(), SECONDS)
    assert told in writer.errors()[0]
    after = Writer(server, "piper", "Still here.", language="en")
    after.end()
    assert len(after.words()) == 2


def test_a_long_text_is_held_back_and_a_client_that_leaves_stops_it(server: TritonServer):
    reader = Writer(server, "piper", "", language="en")
    reader.write("This sentence is said again and again. " * 500, "book")
    assert reader.first_sound()
    assert reader.final("book", seconds=1) is None, "a book was taken in at once"
    reader.stream.cancel()
    after = Writer(server, "piper", "Hello there.", language="en")
    after.end()
    assert len(after.words()) == 2


@pytest.mark.usefixtures("server")
def test_without_weights_the_model_is_unavailable_and_says_why():
    python = Path(os.environ["TRITONE_PYTHON_ENV"])
    without = TritonServer(python, {"TRITONE_MODELS_DIR": "/nonexistent"}, ["canary", "piper"])
    try:
        without.wait_until_ready("canary")
        state, reason = model_state(without.channel, "piper")
        assert state == "UNAVAILABLE"
        assert "weights 'piper-joe-en' are not installed" in reason
    finally:
        without.stop()
