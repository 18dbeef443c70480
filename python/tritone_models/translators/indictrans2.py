"""IndicTrans2 through CTranslate2: English and 22 Indian languages (arXiv:2305.16307).

Three networks: out of English, into English, between Indian languages. Each has its own folder;
those that are installed serve.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tritone_models.parameters import Parameters
from tritone_models.translators.indic_text import entities, finished, prepared
from tritone_models.translators.network import Network
from tritone_models.translators.neural import NeuralTranslator, UnknownLanguageError
from tritone_models.weights import WeightsMissingError, find_weights

FILES = ("model.bin", "config.json", "model.SRC", "model.TGT")
END = "</s>"
DIRECTIONS = ("en_indic", "indic_en", "indic_indic")
CODES = {
    "as": "asm_Beng",
    "bn": "ben_Beng",
    "brx": "brx_Deva",
    "doi": "doi_Deva",
    "en": "eng_Latn",
    "gom": "gom_Deva",
    "gu": "guj_Gujr",
    "hi": "hin_Deva",
    "kn": "kan_Knda",
    "ks": "kas_Arab",
    "mai": "mai_Deva",
    "ml": "mal_Mlym",
    "mni": "mni_Beng",
    "mr": "mar_Deva",
    "ne": "npi_Deva",
    "or": "ory_Orya",
    "pa": "pan_Guru",
    "sa": "san_Deva",
    "sat": "sat_Olck",
    "sd": "snd_Arab",
    "ta": "tam_Taml",
    "te": "tel_Telu",
    "ur": "urd_Arab",
}
"""A language that the weights know in two scripts has the one that more people write."""


@dataclass(frozen=True)
class Direction:
    """One of the three: its network, its two SentencePiece models, and what ends an input."""

    network: Network
    source_pieces: Any
    target_pieces: Any
    codes: frozenset[str]
    """Language tokens in the network's vocabulary."""
    end: tuple[str, ...]

    @classmethod
    def load(cls, folder: Path, parameters: Parameters) -> "Direction":
        from sentencepiece import SentencePieceProcessor

        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        return cls(
            Network.load(folder, parameters),
            SentencePieceProcessor(model_file=str(folder / "model.SRC")),
            SentencePieceProcessor(model_file=str(folder / "model.TGT")),
            frozenset(CODES.values()) & frozenset(_source_vocabulary(folder)),
            # Fairseq's converter has CTranslate2 add it.
            () if config.get("add_source_eos") else (END,),
        )


class IndicTrans2:
    """A `Dialect`: source and target language, pieces in one script, end."""

    def __init__(self, directions: Mapping[str, Direction]) -> None:
        self._directions = directions
        self.workers = max(direction.network.workers for direction in directions.values())
        self.pairs = tuple(
            (source, target)
            for source in CODES
            for target in CODES
            if source != target and self._knows(source, target)
        )
        self.languages = tuple(
            language for language in CODES if any(language in pair for pair in self.pairs)
        )

    @classmethod
    def load(cls, parameters: Parameters) -> NeuralTranslator:
        """@raises WeightsMissingError where none of the three is installed"""
        directions: dict[str, Direction] = {}
        missing: WeightsMissingError | None = None
        for name in DIRECTIONS:
            default = f"indictrans2-{name.replace('_', '-')}"
            weights = parameters.text(f"{name}_weights", default)
            try:
                folder = find_weights(weights, FILES, remedy=f"npm run models -- pull {default}")
            except WeightsMissingError as error:
                missing = missing or error
                continue
            directions[name] = Direction.load(folder, parameters)
        if not directions and missing is not None:
            raise missing
        return NeuralTranslator.of(cls(directions), parameters)

    def network(self, source: str, target: str) -> Network:
        return self._direction(source, target).network

    def encode(self, text: str, source: str, target: str) -> list[str]:
        direction = self._direction(source, target)
        pieces = direction.source_pieces.encode(prepared(text, source), out_type=str)
        return [CODES[source], CODES[target], *pieces, *direction.end]

    def prefix(self, target: str) -> list[str]:  # noqa: ARG002
        return []

    def pieces(self, translated: str, source: str, target: str) -> list[str]:
        pieces = self._direction(source, target).target_pieces
        return pieces.encode(prepared(translated, target), out_type=str)

    def decode(self, tokens: Sequence[str], source: str, target: str) -> str:
        pieces = self._direction(source, target).target_pieces
        special = (END, "<s>", "<pad>", "<unk>", *CODES.values())
        return finished(pieces.decode([token for token in tokens if token not in special]), target)

    def entities(self, text: str) -> list[str]:
        return entities(text)

    def _knows(self, source: str, target: str) -> bool:
        direction = self._directions.get(_name(source, target))
        return direction is not None and {CODES[source], CODES[target]} <= direction.codes

    def _direction(self, source: str, target: str) -> Direction:
        if source not in CODES or target not in CODES or not self._knows(source, target):
            raise UnknownLanguageError(
                f"no weights that are installed translate '{source[:16]}' to '{target[:16]}'"
            )
        return self._directions[_name(source, target)]


def _name(source: str, target: str) -> str:
    if source == "en":
        return "en_indic"
    return "indic_en" if target == "en" else "indic_indic"


def _source_vocabulary(folder: Path) -> list[str]:
    """As CTranslate2 writes it, in this or an older version."""
    for name in ("source_vocabulary", "shared_vocabulary"):
        if (folder / f"{name}.json").is_file():
            return json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
        if (folder / f"{name}.txt").is_file():
            return (folder / f"{name}.txt").read_text(encoding="utf-8").split("\n")
    raise WeightsMissingError(f"'{folder.name}' has no vocabulary beside its weights")
