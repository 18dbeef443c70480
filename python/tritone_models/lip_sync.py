"""Serves a `lip-sync` model: AVATAR, AUDIO and TIMING in; PATCH, AFFINE, BASE and PTS out."""

from collections.abc import Callable
from typing import Generic

import numpy as np

from tritone_models.errors import BadOptionsError
from tritone_models.face.package import BadPackageError, PreparedFace
from tritone_models.lips.engine import LATE_SECONDS, LipSyncEngine
from tritone_models.lips.model import FaceT, LipSyncModel, Pcm
from tritone_models.lips.options import LipSyncOptions, parse_visemes
from tritone_models.lips.session import LipSession
from tritone_models.lips.visemes import Viseme
from tritone_models.parameters import Parameters
from tritone_models.speech_to_text import pcm_of
from tritone_models.triton_sequences import Channel, Tensors, serve_sequences


def serve_lip_sync(load: Callable[[Parameters], LipSyncModel[FaceT]]) -> type:
    """The class that Triton looks for, around the model that `load` makes."""
    return serve_sequences(lambda parameters: LipSync(parameters, load(parameters)))


class LipSync(Generic[FaceT]):
    """Translates between tensors and the engine."""

    inputs = ("AUDIO", "AVATAR", "OPTIONS", "TIMING", "PLAYED")

    def __init__(self, parameters: Parameters, model: LipSyncModel[FaceT]) -> None:
        late_seconds = parameters.number("late_seconds", LATE_SECONDS)
        self._engine = LipSyncEngine(model, late_seconds)
        self.counters = self._engine.counters
        self._engine.start()

    def open(self, tensors: Tensors, channel: Channel) -> "LipSequence[FaceT]":
        _given(tensors)  # before anything is opened
        options = LipSyncOptions.parse(_text(tensors, "OPTIONS"))
        avatar = _one(tensors, "AVATAR")
        if not isinstance(avatar, bytes):
            raise BadOptionsError("AVATAR is missing")
        try:
            face = PreparedFace.from_bytes(avatar)
            session = self._engine.open(face, options, channel.send, channel.close, channel.fail)
        except BadPackageError as error:
            raise BadOptionsError(f"AVATAR: {error}") from None
        return LipSequence(self._engine, session)

    def close(self) -> None:
        self._engine.stop()


class LipSequence(Generic[FaceT]):
    def __init__(self, engine: LipSyncEngine[FaceT], session: LipSession[FaceT]) -> None:
        self._engine = engine
        self._session = session

    def receive(self, tensors: Tensors, acknowledge: Callable[[], None] | None) -> None:
        self._engine.receive(self._session, *_given(tensors), acknowledge)

    def end(self) -> None:
        self._engine.end(self._session)

    def abandon(self) -> None:
        self._engine.abandon(self._session)


def _given(tensors: Tensors) -> tuple[Pcm, tuple[Viseme, ...], int | None]:
    """@raises BadAudioError, BadOptionsError"""
    played = _one(tensors, "PLAYED")
    visemes = parse_visemes(_text(tensors, "TIMING"))
    return pcm_of(tensors), visemes, None if played is None else int(played)


def _one(tensors: Tensors, name: str) -> bytes | np.int64 | None:
    """@raises BadOptionsError"""
    values = tensors.get(name)
    if values is None or not values.size:
        return None
    if values.size > 1:
        raise BadOptionsError(f"{name} must be one value")
    return values.reshape(-1)[0]


def _text(tensors: Tensors, name: str) -> str | None:
    """@raises BadOptionsError"""
    value = _one(tensors, name)
    try:
        return value.decode() if isinstance(value, bytes) else None
    except UnicodeDecodeError:
        raise BadOptionsError(f"{name} is not UTF-8") from None
