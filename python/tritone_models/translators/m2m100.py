"""M2M100 through CTranslate2: any of its hundred languages into any other (arXiv:2010.11125)."""

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tritone_models.parameters import Parameters
from tritone_models.translators.network import Network
from tritone_models.translators.neural import NeuralTranslator, UnknownLanguageError
from tritone_models.weights import find_weights

FILES = ("model.bin", "config.json", "shared_vocabulary.json", "sentencepiece.bpe.model")
END = "</s>"
TAGS = {"ns": "nso"}
"""Codes of the model that are no language tags."""
_LANGUAGE = re.compile(r"__([a-z]{2,3})__")


class M2M100:
    """A `Dialect`: `__xx__`, pieces, end; the translation is made to begin with `__yy__`."""

    def __init__(self, network: Network, pieces: Any, languages: Mapping[str, str]) -> None:
        self.workers = network.workers
        self.languages = tuple(languages)
        self.pairs: tuple[tuple[str, str], ...] = ()
        self._network = network
        self._pieces = pieces
        self._tokens = languages

    @classmethod
    def load(cls, parameters: Parameters) -> NeuralTranslator:
        """@raises WeightsMissingError"""
        name = parameters.text("weights", "m2m100")
        folder = find_weights(name, FILES, remedy="npm run models -- pull m2m100")
        from sentencepiece import SentencePieceProcessor

        pieces = SentencePieceProcessor(model_file=str(folder / FILES[3]))
        network = Network.load(folder, parameters)
        return NeuralTranslator.of(cls(network, pieces, languages_of(folder)), parameters)

    def network(self, source: str, target: str) -> Network:
        for language in (source, target):
            if language not in self._tokens:
                raise UnknownLanguageError(f"'{language[:16]}' is not in this model's vocabulary")
        return self._network

    def encode(self, text: str, source: str, target: str) -> list[str]:  # noqa: ARG002
        return [self._tokens[source], *self._pieces.encode(text, out_type=str), END]

    def prefix(self, target: str) -> list[str]:
        return [self._tokens[target]]

    def pieces(self, translated: str, source: str, target: str) -> list[str]:  # noqa: ARG002
        return self._pieces.encode(translated, out_type=str)

    def decode(self, tokens: Sequence[str], source: str, target: str) -> str:  # noqa: ARG002
        special = (END, "<s>", "<pad>", "<unk>", *self._tokens.values())
        return self._pieces.decode([token for token in tokens if token not in special])

    def entities(self, text: str) -> list[str]:  # noqa: ARG002
        """None: M2M100 was trained without placeholders."""
        return []


def languages_of(folder: Path) -> dict[str, str]:
    """Token of each language by its tag, as the vocabulary has them."""
    vocabulary = json.loads((folder / "shared_vocabulary.json").read_text(encoding="utf-8"))
    found = [match[1] for token in vocabulary if (match := _LANGUAGE.fullmatch(token))]
    return {TAGS.get(code, code): f"__{code}__" for code in found}
