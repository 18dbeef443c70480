"""Whisper weights through CTranslate2, on a CPU or a GPU."""

import logging
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import ctranslate2
import numpy as np

from tritone_models.parameters import Parameters
from tritone_models.recognisers.blas import use_one_blas_thread
from tritone_models.recognisers.languages import most_likely
from tritone_models.recognisers.mel import FRAMES_PER_SECOND, HOP, LogMel
from tritone_models.recognisers.whisper_tokens import WhisperTokens
from tritone_models.recognisers.word_times import settle_words
from tritone_models.speech.filters import without_loop
from tritone_models.speech.hypothesis import (
    SAMPLE_RATE,
    Audio,
    DecodeRequest,
    Hypothesis,
    Word,
)
from tritone_models.weights import find_weights

FILES = ("model.bin", "config.json", "tokenizer.json")
TOKENS_PER_SECOND = 5
CHEAP_LANGUAGES = frozenset({"en"})
DEAR_TOKENS_PER_SECOND = 8
"""A letter of an Indian script takes one to three tokens; with more, whisper-base writes on."""
MOST_TOKENS = 448
SAMPLES_PER_TIMESTAMP = 320
ATTENTION_LEAD = {"whisper-base": 1_700, "whisper-tiny-en": -500}
"""Samples; measured on synthesized speech whose word times are known: docs/models.md."""
MOST_WORKERS = 8
WHOLE_WINDOW_SECONDS = 30.0


class Whisper:
    """Whisper with a window shorter than its usual 30 s: four times cheaper, no worse in English.

    Mel count, vocabulary and languages are read from the weights.
    """

    def __init__(
        self,
        model: ctranslate2.models.Whisper,
        tokens: WhisperTokens,
        window_seconds: float,
        beam: int,
        batch: int,
        workers: int,
        lead: int,
    ) -> None:
        self.languages = tokens.languages
        self.batch = batch
        self.workers = workers
        self.longest_seconds = WHOLE_WINDOW_SECONDS
        self._model = model
        self._tokens = tokens
        self._mel = LogMel(model.n_mels)
        self._window_seconds = window_seconds
        self._beam = beam
        self._lead = lead

    @classmethod
    def load(cls, parameters: Parameters, prefix: str = "") -> "Whisper":
        """`prefix`: of the parameters' names.

        @raises WeightsMissingError
        """
        name = parameters.text(f"{prefix}weights", "whisper-base")
        remedy = parameters.text("remedy") or None
        return cls.load_from(find_weights(name, FILES, remedy=remedy), parameters, prefix)

    @classmethod
    def load_from(cls, folder: Path, parameters: Parameters, prefix: str = "") -> "Whisper":
        """Where `device` is `auto`: on a GPU if it works, else on the CPU with a warning."""
        use_one_blas_thread()
        device = parameters.text(f"{prefix}device", "auto")
        if device != "auto":
            return cls._load_on(device, folder, parameters, prefix)
        if ctranslate2.get_cuda_device_count():
            try:
                return cls._load_on("cuda", folder, parameters, prefix)
            except RuntimeError as error:
                # A GPU without cuBLAS, or with its memory taken.
                logging.warning("%s runs on the CPU: %s", folder.name, error)
        return cls._load_on("cpu", folder, parameters, prefix)

    @classmethod
    def _load_on(cls, device: str, folder: Path, parameters: Parameters, prefix: str) -> "Whisper":
        name, _, index = device.partition(":")
        on_gpu = name == "cuda"
        cores = len(os.sched_getaffinity(0))
        workers = parameters.integer(f"{prefix}workers", 0)
        workers = workers or (1 if on_gpu or prefix else min(cores, MOST_WORKERS))
        compute_type = "float16" if on_gpu else "int8"
        model = ctranslate2.models.Whisper(
            str(folder),
            device=name,
            device_index=int(index or 0),
            compute_type=parameters.text(f"{prefix}compute_type", compute_type),
            inter_threads=1 if on_gpu else workers,
            intra_threads=1,
        )
        whisper = cls(
            model,
            WhisperTokens.read(folder, model.is_multilingual),
            window_seconds=parameters.number(
                f"{prefix}window_seconds", parameters.number("window_seconds", 10.0)
            ),
            beam=parameters.integer(f"{prefix}beam", 1),
            batch=parameters.integer(f"{prefix}batch", 0) or (16 if on_gpu else 1),
            workers=workers,
            lead=parameters.integer(f"{prefix}attention_lead", ATTENTION_LEAD.get(folder.name, 0)),
        )
        noise = np.random.default_rng(0).normal(0, 0.01, 2 * SAMPLE_RATE).astype(np.float32)
        for size in {1, whisper.batch}:
            spoken = whisper.languages[0]
            whisper.decode([DecodeRequest(noise, language=spoken, words=True)] * size)
        return whisper

    @classmethod
    def load_rescuer(cls, parameters: Parameters) -> "Whisper":
        """The one that `rescue_weights` names."""
        return cls.load(parameters, "rescue_")

    @classmethod
    def load_second(cls, parameters: Parameters) -> "Whisper":
        """The bigger one that `second_pass_weights` names; it decodes one at a time."""
        return cls.load(parameters, "second_pass_")

    def detect(
        self, audio: Audio, allowed: tuple[str, ...], likely: str | None = None
    ) -> tuple[str, float]:
        """The language among `allowed` that is spoken, with its share."""
        request = DecodeRequest(audio, allowed=allowed, likely=likely)
        encoded, _ = self._encode([request])
        return most_likely(self._model.detect_language(encoded)[0], request)

    def decode(self, requests: Sequence[DecodeRequest]) -> list[Hypothesis]:
        encoded, frames = self._encode(requests)
        languages = self._languages(encoded, requests)
        forbidden = [self._tokens.forbidden(language) for language, _ in languages]
        if any(tokens != forbidden[0] for tokens in forbidden):
            return [heard for request in requests for heard in self.decode([request])]
        results = self._model.generate(
            encoded,
            [
                self._tokens.prompt(language, request.prompt)
                for (language, _), request in zip(languages, requests, strict=True)
            ],
            beam_size=self._beam,
            max_length=self._longest(requests, languages),
            suppress_tokens=forbidden[0],
            return_scores=True,
            return_no_speech_prob=True,
        )
        tokens = [
            without_loop(self._tokens.text_tokens(result.sequences_ids[0])) for result in results
        ]
        words = self._align(encoded, frames, requests, languages, tokens)
        return [
            Hypothesis(
                text=self._tokens.text(written),
                language=language,
                language_confidence=confidence,
                log_probability=result.scores[0],
                no_speech=result.no_speech_prob,
                words=timed,
            )
            for result, written, timed, (language, confidence) in zip(
                results, tokens, words, languages, strict=True
            )
        ]

    def _encode(self, requests: Sequence[DecodeRequest]) -> tuple[Any, int]:
        """The encoding and how many frames it is of."""
        frames = self._frames(requests)
        features = np.zeros((len(requests), self._mel.mels, frames), np.float32)
        for row, request in zip(features, requests, strict=True):
            # One hop of silence: the last window would else be cut off.
            mel = self._mel(np.pad(request.audio, (0, HOP)))[:, :frames]
            row[:, : mel.shape[1]] = mel
        return self._model.encode(ctranslate2.StorageView.from_array(features)), frames

    def _frames(self, requests: Sequence[DecodeRequest]) -> int:
        longest = max(len(request.audio) for request in requests) / SAMPLE_RATE
        seconds = min(max(self._window_seconds, longest + 0.5), WHOLE_WINDOW_SECONDS)
        return 2 * int(seconds * FRAMES_PER_SECOND / 2)

    def _longest(
        self, requests: Sequence[DecodeRequest], languages: Sequence[tuple[str, float]]
    ) -> int:
        """Room for plenty of what people say, and for little of a loop.

        CTranslate2 writes half of it at most, and no more than the prompt leaves.
        """
        most = 0
        for request, (language, _) in zip(requests, languages, strict=True):
            rate = TOKENS_PER_SECOND if language in CHEAP_LANGUAGES else DEAR_TOKENS_PER_SECOND
            written = int(len(request.audio) / SAMPLE_RATE * rate) + 8
            prompt = len(self._tokens.prompt(language, request.prompt))
            most = max(most, 2 * written, prompt - 1 + written)
        return min(most, MOST_TOKENS)

    def _languages(
        self, encoded: Any, requests: Sequence[DecodeRequest]
    ) -> list[tuple[str, float]]:
        if all(request.language for request in requests):
            return [(request.language or "", 1.0) for request in requests]
        if len(self.languages) == 1:
            return [(self.languages[0], 1.0)] * len(requests)
        detected = self._model.detect_language(encoded)
        return [
            (request.language, 1.0) if request.language else most_likely(shares, request)
            for shares, request in zip(detected, requests, strict=True)
        ]

    def _align(
        self,
        encoded: Any,
        frames: int,
        requests: Sequence[DecodeRequest],
        languages: Sequence[tuple[str, float]],
        tokens: Sequence[list[int]],
    ) -> list[tuple[Word, ...]]:
        """Word times by the decoder's cross-attention, from the encoding at hand."""
        timed: list[tuple[Word, ...]] = [()] * len(requests)
        rows: np.ndarray | None = None
        for index, request in enumerate(requests):
            if not request.words or not tokens[index]:
                continue
            one = encoded
            if len(requests) > 1:
                if rows is None:
                    rows = np.array(encoded.to_device(ctranslate2.Device.cpu))
                one = ctranslate2.StorageView.from_array(rows[index : index + 1])
            language = languages[index][0]
            heard = min(frames, len(request.audio) // HOP)
            alignment = self._model.align(
                one, self._tokens.start(language), [tokens[index]], [heard]
            )[0]
            timed[index] = self._timed(alignment, tokens[index], language, request.audio)
        return timed

    def _timed(
        self, alignment: Any, tokens: list[int], language: str, audio: Audio
    ) -> tuple[Word, ...]:
        begins: dict[int, int] = {}
        for token, timestamp in alignment.alignments:
            begins.setdefault(token, timestamp * SAMPLES_PER_TIMESTAMP)
        probabilities = alignment.text_token_probs
        end = len(audio)
        words = [
            (
                text,
                begins.get(first, end),
                begins.get(after, end),
                float(np.mean(probabilities[first:after] or [0.0])),
            )
            for text, first, after in self._tokens.words(tokens, language)
        ]
        return settle_words(words, audio, self._lead)
