"""Serves a voice as a `text-to-speech` model: TEXT in; AUDIO, SAMPLE_RATE and TIMING out."""

import json
from collections.abc import Callable

import numpy as np

from tritone_models.errors import BadOptionsError, ModelError
from tritone_models.parameters import Parameters
from tritone_models.speech_to_text import text_of
from tritone_models.triton_sequences import Channel, Tensors, serve_sequences
from tritone_models.voices.chunks import Chunk
from tritone_models.voices.engine import AHEAD_SECONDS, VoiceEngine
from tritone_models.voices.options import VoiceOptions
from tritone_models.voices.rendering import Synthesiser
from tritone_models.voices.session import VoiceSession

LONGEST_FRAGMENT = 200_000
"""Characters of one request."""
LONGEST_OPTIONS = 8_192


class BadTextError(ModelError):
    """The text of a request is missing, too long or of the wrong shape."""

    code = "BAD_INPUT"


def serve_text_to_speech(load: Callable[[Parameters], Synthesiser]) -> type:
    """The class that Triton looks for, around the voices that `load` makes."""
    return serve_sequences(lambda parameters: TextToSpeech(parameters, load(parameters)))


class TextToSpeech:
    """Translates between tensors and the engine."""

    inputs = ("TEXT", "OPTIONS", "FLUSH")

    def __init__(self, parameters: Parameters, synthesiser: Synthesiser) -> None:
        ahead_seconds = parameters.number("ahead_seconds", AHEAD_SECONDS)
        self._synthesiser = synthesiser
        self._engine = VoiceEngine(synthesiser, ahead_seconds)
        self.counters = self._engine.counters
        self._engine.start()

    def open(self, tensors: Tensors, channel: Channel) -> "VoiceSequence":
        fragment_of(tensors)
        options = VoiceOptions.parse(_object(text_of(tensors)), self._synthesiser.voices)
        rate = np.array([[self._synthesiser.sample_rate(options.voice)]], np.int32)

        def send(chunk: Chunk) -> None:
            timing = json.dumps(chunk.timing, ensure_ascii=False, separators=(",", ":"))
            channel.send(
                {
                    "AUDIO": chunk.pcm[None],
                    "SAMPLE_RATE": rate,
                    "TIMING": np.array([[timing.encode()]], np.object_),
                }
            )

        session = self._engine.open(options, send, channel.close, channel.fail)
        return VoiceSequence(self._engine, session)

    def close(self) -> None:
        self._engine.stop()


class VoiceSequence:
    def __init__(self, engine: VoiceEngine, session: VoiceSession) -> None:
        self._engine = engine
        self._session = session

    def receive(self, tensors: Tensors, acknowledge: Callable[[], None] | None) -> None:
        flush = tensors.get("FLUSH")
        speak_now = flush is not None and bool(flush.any())
        self._engine.receive(self._session, fragment_of(tensors), speak_now, acknowledge)

    def end(self) -> None:
        self._engine.end(self._session)

    def abandon(self) -> None:
        self._engine.abandon(self._session)


def fragment_of(tensors: Tensors) -> str:
    """TEXT, one element; an empty one is a sign of life.

    @raises BadTextError
    """
    values = tensors.get("TEXT")
    if values is None or values.size != 1:
        raise BadTextError("TEXT must be one text")
    value = values.reshape(-1)[0]
    try:
        text = value.decode() if isinstance(value, bytes) else str(value)
    except UnicodeDecodeError:
        raise BadTextError("TEXT is not UTF-8") from None
    if len(text) > LONGEST_FRAGMENT:
        raise BadTextError(f"a request may hold {LONGEST_FRAGMENT} characters at most")
    return text


def _object(text: str | None) -> dict[str, object]:
    """@raises BadOptionsError"""
    if not text:
        return {}
    if len(text) > LONGEST_OPTIONS:
        raise BadOptionsError(f"OPTIONS is longer than {LONGEST_OPTIONS} characters")
    try:
        given = json.loads(text)
    except (ValueError, RecursionError):
        raise BadOptionsError("OPTIONS is not JSON") from None
    if not isinstance(given, dict):
        raise BadOptionsError("OPTIONS is not a JSON object")
    return given
