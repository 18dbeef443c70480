"""Weights of M2M100's architecture that write what they read, for tests of what stands around them.

python3 -m tests.translation.tiny FOLDER
"""

import sys
from collections.abc import Sequence
from pathlib import Path

from tests.translation import networks
from tests.translation.corpus import PLACEHOLDERS, SENTENCES

LANGUAGES = ("en", "es", "fr", "hi", "bn", "ta", "zh", "ns")


def vocabulary(symbols: Sequence[str] = ()) -> tuple[bytes, list[str]]:
    """Laid out as M2M100's: special tokens, pieces, languages, filling."""
    model = networks.learn_pieces(SENTENCES, 420, symbols)
    tokens = [*networks.SPECIAL, *networks.pieces_of(model)]
    return model, [*tokens, *(f"__{code}__" for code in LANGUAGES), "madeupword0"]


def write_copying(folder: Path) -> tuple[networks.Weights, list[str]]:
    model, tokens = vocabulary(PLACEHOLDERS)
    shape = networks.Shape(len(tokens), width=256, heads=1, layers=1)
    weights, positions = networks.copying_weights(shape)
    networks.save(weights, folder, tokens, positions=positions)
    (folder / "sentencepiece.bpe.model").write_bytes(model)
    return weights, tokens


if __name__ == "__main__":
    write_copying(Path(sys.argv[1]))
