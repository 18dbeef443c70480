"""An encoder-decoder through CTranslate2: tokens in, tokens out, on a CPU or a GPU."""

import logging
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tritone_models.parameters import Parameters
from tritone_models.speech.filters import without_loop

MOST_WORKERS = 2
"""On a CPU; recognisers want the other cores."""
SHORTEST_LIMIT = 16
"""Tokens that any text may become, however short it is."""


@dataclass(frozen=True)
class Limits:
    """What one call may cost. `input_tokens`: of one sentence; `batch_tokens`: of all, padded."""

    beam: int = 2
    input_tokens: int = 200
    output_tokens: int = 256
    output_ratio: float = 3.0
    """Tokens written for each one read; what is longer is a loop."""
    batch_tokens: int = 2048

    @classmethod
    def from_parameters(cls, parameters: Parameters) -> "Limits":
        return cls(
            beam=parameters.integer("beam", cls.beam),
            input_tokens=parameters.integer("input_tokens", cls.input_tokens),
            output_tokens=parameters.integer("output_tokens", cls.output_tokens),
            output_ratio=parameters.number("output_ratio", cls.output_ratio),
            batch_tokens=parameters.integer("batch_tokens", cls.batch_tokens),
        )


class Network:
    """Weights that CTranslate2 has converted. `translate` is called from several threads."""

    def __init__(self, translator: Any, limits: Limits, workers: int) -> None:
        self.limits = limits
        self.workers = workers
        self._translator = translator

    @classmethod
    def load(cls, folder: Path, parameters: Parameters) -> "Network":
        """Where `device` is `auto`: on a GPU if it works, else on the CPU with a warning."""
        # Imported here: weights that are not installed are told without waiting for a library.
        import ctranslate2

        device = parameters.text("device", "auto")
        if device != "auto":
            return cls._load_on(device, folder, parameters)
        if ctranslate2.get_cuda_device_count():
            try:
                return cls._load_on("cuda", folder, parameters)
            except RuntimeError as error:
                logging.warning("%s runs on the CPU: %s", folder.name, error)
        return cls._load_on("cpu", folder, parameters)

    @classmethod
    def _load_on(cls, device: str, folder: Path, parameters: Parameters) -> "Network":
        import ctranslate2

        name, _, index = device.partition(":")
        on_gpu = name == "cuda"
        cores = len(os.sched_getaffinity(0))
        workers = parameters.integer("workers", 0) or (1 if on_gpu else min(cores, MOST_WORKERS))
        translator = ctranslate2.Translator(
            str(folder),
            device=name,
            device_index=int(index or 0),
            compute_type=parameters.text("compute_type", "float16" if on_gpu else "int8"),
            inter_threads=workers,
            intra_threads=1,
        )
        return cls(translator, Limits.from_parameters(parameters), workers)

    def translate(
        self, sources: Sequence[list[str]], prefixes: Sequence[list[str]]
    ) -> list[list[str]]:
        """What follows each prefix, without it and without a loop.

        `sources`: as the network reads them, language and end included. `prefixes`: what each
        translation is made to begin with.
        """
        results = self._translator.translate_batch(
            list(sources),
            target_prefix=list(prefixes),
            beam_size=self.limits.beam,
            max_batch_size=self.limits.batch_tokens,
            batch_type="tokens",
            max_input_length=0,
            max_decoding_length=self._longest(sources, prefixes),
            disable_unk=True,
        )
        return [
            _cut(source, result.hypotheses[0][len(prefix) :])
            for source, prefix, result in zip(sources, prefixes, results, strict=True)
        ]

    def _longest(self, sources: Sequence[list[str]], prefixes: Sequence[list[str]]) -> int:
        """The prefix counts."""
        written = max(len(source) * self.limits.output_ratio for source in sources)
        limit = min(self.limits.output_tokens, SHORTEST_LIMIT + int(written))
        return limit + max(len(prefix) for prefix in prefixes)


def _cut(source: Sequence[str], written: Sequence[str]) -> list[str]:
    """A text that repeats itself may be translated so."""
    if without_loop(source) != list(source):
        return list(written)
    return without_loop(written)
