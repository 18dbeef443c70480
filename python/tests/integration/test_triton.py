"""The models in a real Triton, fed as the server feeds them."""

import os
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("grpc", reason="grpcio is not installed: no client for Triton")

from bench.measure import edits, normalised
from tests.data import need_weights, speech
from tests.integration.triton_server import TritonServer
from tests.integration.triton_wire import (
    Response,
    Stream,
    infer_request,
    model_state,
    ping_request,
)
from tritone_models.wave_file import read_wave

pytestmark = pytest.mark.integration

RATE = 16_000
CHUNK = RATE // 10
JFK = (
    "and so my fellow americans ask not what your country can do for you "
    "ask what you can do for your country"
)
SLOW = 2.0
"""Seconds; a busy test machine may take ten times what docs/models.md says."""
MODELS = ["moonshine", "whisper_live"]


@pytest.fixture(scope="module")
def server() -> Iterator[TritonServer]:
    python = os.environ.get("TRITONE_PYTHON_ENV")
    if not python:
        pytest.skip("TRITONE_PYTHON_ENV is not set: no Triton to start")
    weights = need_weights("moonshine-tiny-en", "whisper-tiny-en", "silero-vad")
    environment = {
        "TRITONE_MODELS_DIR": str(weights),
        "TRITONE_WHISPER_LIVE_WEIGHTS": "whisper-tiny-en",
        "TRITONE_MOONSHINE_REAP_SECONDS": "2",
    }
    server = TritonServer(Path(python), environment, ["canary", *MODELS])
    try:
        for model in ["canary", *MODELS]:
            server.wait_until_ready(model)
        yield server
    finally:
        server.stop()


class Talker:
    """One sequence, sent at the pace of speech, each chunk after the last's acknowledgement."""

    _last_id = 0

    def __init__(self, server: TritonServer, model: str, options: str = "{}") -> None:
        Talker._last_id += 1
        self.sequence = Talker._last_id
        self.model = model
        self.stream = Stream(server.channel)
        self.began = time.monotonic()
        self.sent = 0
        self.stream.send(self._request(np.zeros(0, np.int16), "start", start=True, options=options))

    def say(self, pcm: np.ndarray, silent_after: bool = False) -> None:
        """`silent_after`: each chunk announces that nothing follows it."""
        for at in range(0, len(pcm), CHUNK):
            chunk = pcm[at : at + CHUNK]
            self.sent += len(chunk)
            time.sleep(max(0, self.began + self.sent / RATE - time.monotonic()))
            name = f"chunk-{self.sent}"
            self.stream.send(self._request(chunk, name, silent_after=silent_after))
            assert self.answer(name), "a chunk was not acknowledged"

    def end(self) -> Response:
        self.stream.send(self._request(np.zeros(0, np.int16), "end", end=True))
        closed = self.answer("start", seconds=5)
        assert closed, "the sequence was not closed"
        return closed

    def answer(self, request_id: str, seconds: float = 3) -> Response | None:
        def done(responses: list[Response]) -> Response | None:
            return next((r for r in responses if r.request_id == request_id and r.final), None)

        return self.stream.wait(done, seconds)

    def events(self, kind: str) -> list[dict]:
        found = [r.event for r in self.stream.responses if r.event]
        return [event for event in found if event["type"] == kind]

    def _request(self, pcm: np.ndarray, name: str, **more: object) -> bytes:
        return infer_request(self.model, self.sequence, pcm, request_id=name, **more)


def errors_of(stream: Stream, count: int) -> list[str]:
    stream.wait(lambda responses: len([r for r in responses if r.error]) >= count, 3)
    return [r.error for r in stream.responses if r.error]


def test_the_canary_answers(server: TritonServer):
    stream = Stream(server.channel)
    stream.send(ping_request("ping"))
    assert stream.wait(lambda responses: responses and responses[-1].raw) == b"ping"


@pytest.mark.parametrize("model", MODELS)
def test_speech_becomes_partials_then_finals_while_it_is_spoken(server: TritonServer, model: str):
    pcm = read_wave(speech("en/jfk.wav"))
    talker = Talker(server, model, '{"language":"en"}')
    talker.say(np.concatenate([pcm, np.zeros(RATE // 2, np.int16)]))
    ended = time.monotonic()
    closed = talker.end()
    assert closed.at - ended < SLOW
    finals, partials = talker.events("final"), talker.events("partial")
    heard = normalised(" ".join(final["text"] for final in finals)).split()
    assert edits(JFK.split(), heard) <= 4
    assert len(partials) > 2 * len(finals)
    first = next(r for r in talker.stream.responses if r.event and r.event["type"] == "partial")
    assert first.at - talker.began < 2 * SLOW
    assert talker.events("progress")[-1]["settled"] == talker.sent
    for final in finals:
        for word in final["words"]:
            assert final["start"] <= word["start"] <= word["end"] <= final["end"] + 0.3 * RATE


def test_the_end_in_mid_sentence_yields_the_final_within_a_second(server: TritonServer):
    pcm = read_wave(speech("en/sense_0930.wav"))
    talker = Talker(server, "moonshine")
    talker.say(pcm[: int(1.9 * RATE)])
    ended = time.monotonic()
    closed = talker.end()
    (final,) = talker.events("final")
    assert final["reason"] == "end"
    assert normalised(final["text"]).startswith("he might even have")
    assert closed.at - ended < SLOW


def test_a_pause_that_was_announced_ends_an_utterance_though_no_more_sound_comes(
    server: TritonServer,
):
    pcm = read_wave(speech("en/sense_0880.wav"))
    talker = Talker(server, "moonshine")
    talker.say(pcm)
    talker.say(np.zeros(CHUNK, np.int16), silent_after=True)
    assert not talker.events("final")
    talker.stream.wait(lambda _: talker.events("final"), SLOW)
    (final,) = talker.events("final")
    assert final["reason"] == "pause"


def test_a_whole_recording_in_one_request_is_transcribed(server: TritonServer):
    pcm = read_wave(speech("en/cards_005.wav"))
    stream = Stream(server.channel)
    stream.send(infer_request("moonshine", 9_001, pcm, start=True, end=True, request_id="all"))
    stream.wait(lambda responses: any(r.final for r in responses), 10)
    finals = [r.event["text"] for r in stream.responses if r.event and r.event["type"] == "final"]
    assert "spades" in " ".join(finals)


def test_a_chunk_of_an_unknown_sequence_is_told_that_it_is_lost(server: TritonServer):
    talker = Talker(server, "moonshine")
    talker.answer("nothing", seconds=0.1)
    talker.end()
    # Triton itself refuses what was never started; what the model forgot is the model's to tell.
    lost = Talker(server, "moonshine")
    lost.say(np.zeros(CHUNK, np.int16))
    closed = lost.answer("start", seconds=5)
    assert closed, "a silent sequence was not reaped"
    lost.stream.send(lost._request(np.zeros(CHUNK, np.int16), "late"))
    (error,) = errors_of(lost.stream, 1)
    assert error.startswith("SEQUENCE_LOST: ")


def test_a_client_that_cancels_leaves_the_model_to_others(server: TritonServer):
    pcm = read_wave(speech("en/cards_001.wav"))
    leaver = Talker(server, "moonshine")
    leaver.say(pcm[:RATE])
    leaver.stream.cancel()
    talker = Talker(server, "moonshine")
    talker.say(np.concatenate([pcm, np.zeros(RATE, np.int16)]))
    talker.end()
    assert normalised(" ".join(f["text"] for f in talker.events("final"))) == "ten of clubs"


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ("not json", "BAD_OPTIONS: "),
        ('{"language":7}', "BAD_OPTIONS: "),
        ('{"language":"xx"}', "BAD_OPTIONS: "),
    ],
)
def test_bad_options_are_refused_and_the_stream_lives_on(
    server: TritonServer, options: str, code: str
):
    talker = Talker(server, "moonshine", options)
    (error,) = errors_of(talker.stream, 1)
    assert error.startswith(code)
    assert "/" not in error
    stream = talker.stream
    stream.send(infer_request("moonshine", 9_100 + talker.sequence, np.zeros(0, np.int16), True))
    assert stream.wait(lambda responses: any(r.event for r in responses))


def test_a_chunk_that_is_too_long_is_refused_and_the_sequence_goes_on(server: TritonServer):
    talker = Talker(server, "moonshine")
    talker.stream.send(talker._request(np.zeros(31 * RATE, np.int16), "long"))
    (error,) = errors_of(talker.stream, 1)
    assert error.startswith("BAD_AUDIO: ")
    talker.say(np.zeros(CHUNK, np.int16))
    talker.end()


def test_what_the_models_do_is_counted_in_tritons_metrics(server: TritonServer):
    talker = Talker(server, "moonshine")
    pause = np.zeros(RATE, np.int16)
    talker.say(np.concatenate([read_wave(speech("en/cards_001.wav")), pause]))
    talker.end()
    time.sleep(0.5)
    with urllib.request.urlopen(f"http://127.0.0.1:{server.metrics_port}/metrics") as answer:
        text = answer.read().decode()
    assert 'tritone_model_events_total{event="speculative",model="moonshine"}' in text


@pytest.mark.usefixtures("server")
def test_weights_that_are_missing_make_the_model_unavailable_and_say_why():
    environment = {"TRITONE_MODELS_DIR": "/nonexistent"}
    python = Path(os.environ["TRITONE_PYTHON_ENV"])
    without = TritonServer(python, environment, ["canary", "moonshine"])
    try:
        without.wait_until_ready("canary")
        state, reason = model_state(without.channel, "moonshine")
        assert state == "UNAVAILABLE"
        assert "weights 'moonshine-tiny-en' are not installed" in reason
    finally:
        without.stop()
