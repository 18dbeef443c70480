"""Serves a recogniser as a `speech-to-text` model: AUDIO and OPTIONS in, EVENT out."""

import json
import logging
import threading
from collections.abc import Callable

import numpy as np

from tritone_models.errors import BadAudioError, BadOptionsError
from tritone_models.parameters import Parameters
from tritone_models.recognisers.silero import Silero
from tritone_models.speech.engine import SpeechEngine
from tritone_models.speech.hypothesis import SAMPLE_RATE, Recogniser
from tritone_models.speech.options import SpeechOptions
from tritone_models.speech.policy import Policy
from tritone_models.speech.session import Event, Pcm, SpeechSession
from tritone_models.triton_sequences import Channel, Tensors, serve_sequences
from tritone_models.weights import WeightsMissingError

LONGEST_CHUNK_SECONDS = 30


def serve_speech_to_text(load: Callable[[Parameters], Recogniser]) -> type:
    """The class that Triton looks for, around the recogniser that `load` makes."""
    return serve_sequences(lambda parameters: SpeechToText(parameters, load(parameters)))


class SpeechToText:
    """Translates between tensors and the engine."""

    inputs = ("AUDIO", "OPTIONS")

    def __init__(self, parameters: Parameters, recogniser: Recogniser) -> None:
        policy = Policy.from_parameters(parameters)
        vad = Silero.load(parameters)
        self._languages = recogniser.languages
        second = None
        if parameters.text("second_pass_weights"):
            # Imported here: Moonshine alone needs no CTranslate2.
            from tritone_models.recognisers.whisper import Whisper

            second = Whisper.load_second(parameters)
        self._engine = SpeechEngine(recogniser, vad.stream, policy, second)
        self.counters = self._engine.counters
        self._engine.start()
        # Half of all loading, and nobody needs it for the first words.
        threading.Thread(target=self._load_rescuer, args=(parameters,), daemon=True).start()

    def open(self, tensors: Tensors, channel: Channel) -> "SpeechSequence":
        pcm_of(tensors)
        options = SpeechOptions.parse(text_of(tensors), self._languages)

        def emit(event: Event) -> None:
            text = json.dumps(event, ensure_ascii=False, separators=(",", ":"))
            channel.send({"EVENT": np.array([[text.encode()]], dtype=np.object_)})

        if options.describe:
            emit({"type": "model", "languages": list(self._languages)})
        session = self._engine.open(options, emit, channel.close, channel.fail)
        return SpeechSequence(self._engine, session)

    def close(self) -> None:
        self._engine.stop()

    def _load_rescuer(self, parameters: Parameters) -> None:
        rescuer = load_rescuer(parameters)
        if rescuer is not None:
            self._engine.rescue_with(rescuer)


def load_rescuer(parameters: Parameters) -> Recogniser | None:
    """The Whisper weights that `rescue_weights` names; without them finals stand as they are."""
    if parameters.text("rescue_weights", "none") == "none":
        return None
    try:
        # Imported here: Moonshine alone needs no CTranslate2.
        from tritone_models.recognisers.whisper import Whisper

        return Whisper.load_rescuer(parameters)
    except (ImportError, WeightsMissingError) as error:
        logging.warning("doubtful finals of %s are not heard again: %s", parameters.model, error)
        return None


class SpeechSequence:
    def __init__(self, engine: SpeechEngine, session: SpeechSession) -> None:
        self._engine = engine
        self._session = session

    def receive(self, tensors: Tensors, acknowledge: Callable[[], None] | None) -> None:
        self._engine.receive(self._session, pcm_of(tensors), acknowledge)

    def announce(self, silent_after: bool) -> None:
        self._engine.announce(self._session, silent_after)

    def end(self) -> None:
        self._engine.end(self._session)

    def abandon(self) -> None:
        self._engine.abandon(self._session)


def pcm_of(tensors: Tensors) -> Pcm:
    """AUDIO int16[n] or int16[1, n], mono, 16 kHz; n may be 0.

    @raises BadAudioError
    """
    audio = tensors.get("AUDIO")
    if audio is None:
        raise BadAudioError("AUDIO is missing")
    if audio.dtype != np.int16:
        raise BadAudioError("AUDIO must be INT16")
    if audio.ndim > 2 or (audio.ndim == 2 and audio.shape[0] != 1):
        raise BadAudioError("AUDIO must be one row of samples")
    if audio.size > LONGEST_CHUNK_SECONDS * SAMPLE_RATE:
        raise BadAudioError(f"a chunk may hold {LONGEST_CHUNK_SECONDS} s at most")
    return audio.reshape(-1)


def text_of(tensors: Tensors) -> str | None:
    """@raises BadOptionsError"""
    options = tensors.get("OPTIONS")
    if options is None or not options.size:
        return None
    if options.size > 1:
        raise BadOptionsError("OPTIONS must be one text")
    value = options.reshape(-1)[0]
    try:
        return value.decode() if isinstance(value, bytes) else str(value)
    except UnicodeDecodeError:
        raise BadOptionsError("OPTIONS is not UTF-8") from None
