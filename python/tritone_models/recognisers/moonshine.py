"""Moonshine (Useful Sensors, MIT): English in short utterances, made for CPUs."""

import os
from collections.abc import Sequence
from typing import Any

import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray

from tritone_models.parameters import Parameters
from tritone_models.recognisers.alignment import align
from tritone_models.recognisers.moonshine_tokens import END, START, MoonshineTokens
from tritone_models.recognisers.onnx_outputs import with_outputs
from tritone_models.recognisers.onnx_session import open_session
from tritone_models.recognisers.word_times import estimated_words, settle_words
from tritone_models.speech.filters import ends_in_loop, without_loop
from tritone_models.speech.hypothesis import (
    SAMPLE_RATE,
    Audio,
    DecodeRequest,
    Hypothesis,
    Word,
)
from tritone_models.weights import find_weights

ENCODER, DECODER, VOCABULARY = (
    "encoder_model.onnx",
    "decoder_model_merged.onnx",
    "vocabulary.json",
)
TOKENS_PER_SECOND = 6.5
SAMPLES_PER_STATE = 384
"""The encoder's strides: 64, 3 and 2."""
LEAST_SAMPLES = 2_048
ATTENTION_LEAD = 1_400
"""Measured on synthesized speech whose word times are known: docs/models.md."""
ATTENTION = "/model/decoder/layers.{}/encoder_attn/Softmax_output_0"
MOST_WORKERS = 8


class Moonshine:
    languages = ("en",)
    batch = 1
    longest_seconds = 30.0

    def __init__(
        self,
        encoder: ort.InferenceSession,
        decoder: ort.InferenceSession,
        tokens: MoonshineTokens,
        attention: Sequence[str],
        workers: int,
    ) -> None:
        self.workers = workers
        self._encoder = encoder
        self._decoder = decoder
        self._tokens = tokens
        self._past = [i for i in decoder.get_inputs() if i.name.startswith("past_key_values")]
        self._grows = [i.name for i in self._past if ".decoder." in i.name]
        self._outputs = ["logits", *(_present(i.name) for i in self._past)]
        self._later_outputs = ["logits", *map(_present, self._grows)]
        self._attention = list(attention)

    @classmethod
    def load(cls, parameters: Parameters) -> "Moonshine":
        """@raises WeightsMissingError"""
        name = parameters.text("weights", "moonshine-tiny-en")
        folder = find_weights(name, (ENCODER, DECODER, VOCABULARY))
        cores = len(os.sched_getaffinity(0))
        decoder = (folder / DECODER).read_bytes()
        attention = _attention_in(decoder)
        moonshine = cls(
            open_session(folder / ENCODER),
            open_session(with_outputs(decoder, attention)),
            MoonshineTokens.read(folder / VOCABULARY),
            attention,
            parameters.integer("workers", 0) or min(cores, MOST_WORKERS),
        )
        noise = np.random.default_rng(0).normal(0, 0.01, 2 * SAMPLE_RATE).astype(np.float32)
        moonshine.decode([DecodeRequest(noise, words=True)])
        return moonshine

    def decode(self, requests: Sequence[DecodeRequest]) -> list[Hypothesis]:
        return [self._one(request) for request in requests]

    def _one(self, request: DecodeRequest) -> Hypothesis:
        audio = request.audio
        if len(audio) < LEAST_SAMPLES:
            audio = np.pad(audio, (0, LEAST_SAMPLES - len(audio)))
        states = self._encoder.run(None, {"input_values": audio[None]})[0]
        tokens, log_probabilities = self._write(states, len(audio), request.draft)
        kept = without_loop(tokens)
        words: tuple[Word, ...] = ()
        if request.words and kept:
            words = self._timed(states, kept, log_probabilities, audio)
        return Hypothesis(
            text=self._tokens.text(kept),
            language="en",
            log_probability=float(np.mean(log_probabilities)),
            words=words,
            estimated=not self._attention,
            tokens=tuple(kept),
        )

    def _write(
        self, states: Audio, samples: int, draft: Sequence[int]
    ) -> tuple[list[int], list[float]]:
        """Greedy decoding; the log-probabilities include the end's.

        One pass reads the whole draft; where it would have written the same, the draft stands
        (speculative decoding, arXiv:2211.17192, with the last hypothesis as the draft).
        """
        most = int(samples / SAMPLE_RATE * TOKENS_PER_SECOND) + 2
        tokens = list(draft[: most - 1])
        first = self._inputs([START, *tokens], states, self._nothing(), False)
        logits, *present = self._decoder.run(self._outputs, first)
        chosen, log_probabilities = _greedy(logits[0])
        agreed = 0
        while agreed < len(tokens) and tokens[agreed] == chosen[agreed]:
            agreed += 1
        tokens = tokens[:agreed]
        log_probabilities = log_probabilities[: agreed + 1]
        past = {
            value.name: output[:, :, : agreed + 1] if ".decoder." in value.name else output
            for value, output in zip(self._past, present, strict=True)
        }
        token = chosen[agreed]
        while token != END and len(tokens) < most:
            tokens.append(token)
            if ends_in_loop(tokens):
                break
            # The encoder's keys and values stay; asked for again they would come back empty.
            logits, *grown = self._decoder.run(
                self._later_outputs, self._inputs([token], states, past, True)
            )
            past.update(zip(self._grows, grown, strict=True))
            (token,), more = _greedy(logits[0, -1:])
            log_probabilities += more
        return tokens, log_probabilities

    def _timed(
        self, states: Audio, tokens: list[int], log_probabilities: list[float], audio: Audio
    ) -> tuple[Word, ...]:
        """Word times from the cross-attention of one pass over the whole text."""
        words = self._tokens.words(tokens)
        sure = [float(np.exp(np.mean(log_probabilities[first:after]))) for _, first, after in words]
        if not self._attention:
            return estimated_words([text for text, _, _ in words], sure, audio)
        inputs = self._inputs([START, *tokens], states, self._nothing(), False)
        layers = self._decoder.run(self._attention, inputs)
        attention = np.concatenate([layer[0] for layer in layers])
        starts = align(attention, SAMPLES_PER_STATE)
        timed = [
            (text, starts[first], starts[after], confidence)
            for (text, first, after), confidence in zip(words, sure, strict=True)
        ]
        return settle_words(timed, audio, ATTENTION_LEAD)

    def _nothing(self) -> dict[str, NDArray[Any]]:
        return {i.name: np.zeros((1, i.shape[1], 0, i.shape[3]), np.float32) for i in self._past}

    def _inputs(
        self, tokens: list[int], states: Audio, past: dict[str, NDArray[Any]], cached: bool
    ) -> dict[str, NDArray[Any]]:
        return {
            "input_ids": np.array([tokens], np.int64),
            "encoder_hidden_states": states,
            "use_cache_branch": np.array([cached]),
            **past,
        }


def _attention_in(decoder: bytes) -> list[str]:
    """Names of the cross-attention of every layer; none where an export calls them otherwise."""
    names: list[str] = []
    while ATTENTION.format(len(names)).encode() in decoder:
        names.append(ATTENTION.format(len(names)))
    return names


def _present(past: str) -> str:
    return past.replace("past_key_values", "present")


def _greedy(logits: Audio) -> tuple[list[int], list[float]]:
    """float32[n, vocabulary] -> the likeliest tokens and their log-probabilities."""
    best = logits.max(axis=1)
    rest = np.log(np.exp(logits - best[:, None]).sum(axis=1))
    return logits.argmax(axis=1).tolist(), (-rest).tolist()
