"""Piper voices (VITS, arXiv:2106.06103) as plain ONNX graphs; phonemes come from espeak-ng."""

import itertools
import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime as ort

from tritone_models.parameters import Parameters
from tritone_models.recognisers.onnx_outputs import with_outputs
from tritone_models.recognisers.onnx_session import open_session
from tritone_models.text import SpokenToken
from tritone_models.voices.espeak_program import EspeakProgram
from tritone_models.voices.levels import gain_of
from tritone_models.voices.options import read_voices
from tritone_models.voices.pronunciation import Pronunciation
from tritone_models.voices.rendering import Rendering
from tritone_models.voices.symbols import Symbols, spans_of
from tritone_models.voices.visemes import visemes_of
from tritone_models.weights import find_weights

GRAPH, CONFIG = "voice.onnx", "voice.json"
DURATIONS = "/Ceil_output_0"
"""Frames of each input symbol, float32[1, 1, symbols]: what the duration predictor decides."""
HOP = 256
"""Samples of a frame, in all of Piper's qualities."""
LEAD = 550
"""Samples by which a sound is heard before its frames: docs/models.md."""
BEGIN, END, BLANK = "^", "$", "_"
MOST_WORKERS = 4


class Piper:
    """One voice a folder; called from several threads at once."""

    is_slow = False

    def __init__(
        self,
        session: ort.InferenceSession,
        config: dict[str, Any],
        voices: dict[str, tuple[str, ...]],
        pronunciation: Pronunciation,
        workers: int,
    ) -> None:
        self.voices = voices
        self.workers = workers
        self._session = session
        self._ids = {symbol: ids[0] for symbol, ids in config["phoneme_id_map"].items()}
        self._rate = int(config["audio"]["sample_rate"])
        self._language = str(config["espeak"]["voice"])
        inference = config["inference"]
        self._noise = float(inference["noise_scale"])
        self._length = float(inference["length_scale"])
        self._noise_of_lengths = float(inference["noise_w"])
        self._pronunciation = pronunciation

    @classmethod
    def load(cls, parameters: Parameters) -> "Piper":
        """@raises WeightsMissingError, EspeakMissingError"""
        folder = find_weights(parameters.text("weights"), (GRAPH, CONFIG))
        cores = len(os.sched_getaffinity(0))
        piper = cls(
            _open(folder / GRAPH),
            json.loads((folder / CONFIG).read_text("utf-8")),
            read_voices(parameters.text("voices")),
            Pronunciation(EspeakProgram.find()),
            parameters.integer("workers", 0) or min(cores, MOST_WORKERS),
        )
        for voice, (language, *_) in piper.voices.items():
            piper.render([SpokenToken("Hello", 0, 5, "Hello", ".")], voice, language, 1.0)
        return piper

    def sample_rate(self, voice: str) -> int:  # noqa: ARG002
        return self._rate

    def gain(self, voice: str) -> float:
        return gain_of("piper", voice)

    def render(
        self,
        tokens: Sequence[SpokenToken],
        voice: str,  # noqa: ARG002
        language: str,  # noqa: ARG002
        speed: float,
    ) -> Rendering:
        symbols = Symbols.of(self._pronunciation.spell(tokens, self._language), self._ids)
        ids = [self._ids[BEGIN], self._ids[BLANK]]
        for symbol in symbols.text:
            ids += [self._ids[symbol], self._ids[BLANK]]
        ids.append(self._ids[END])
        scales = [self._noise, self._length / speed, self._noise_of_lengths]
        sound, frames = self._session.run(
            ["output", DURATIONS],
            {
                "input": np.array([ids], np.int64),
                "input_lengths": np.array([len(ids)], np.int64),
                "scales": np.array(scales, np.float32),
            },
        )
        ends = np.cumsum(frames.reshape(-1)).astype(int) * HOP
        # Each symbol is followed by a blank, which prolongs it.
        bounds = np.maximum(ends[1::2] - LEAD, 0).tolist()
        spans = list(itertools.pairwise(bounds))
        phones = [(symbol, *span) for symbol, span in zip(symbols.text, spans, strict=True)]
        return Rendering(sound.reshape(-1), spans_of(symbols, spans), visemes_of(phones))


def _open(graph: Path) -> ort.InferenceSession:
    return open_session(with_outputs(graph.read_bytes(), [DURATIONS]))
