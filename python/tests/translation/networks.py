"""Tiny networks of the real architectures, written as CTranslate2 reads them.

Weights are plain numpy; `reference.py` computes the same network from the same arrays.
"""

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import sentencepiece
from ctranslate2.specs import TransformerSpec, common_spec

Array = np.ndarray
SPECIAL = ["<s>", "<pad>", "</s>", "<unk>"]


@dataclass(frozen=True)
class Shape:
    vocabulary: int
    width: int = 32
    heads: int = 4
    inner: int = 64
    layers: int = 2
    positions: int = 300
    activation: str = "relu"
    embedding_norm: bool = False
    target_vocabulary: int = 0
    """0: one vocabulary for both sides, as M2M100 has it."""

    @property
    def shares(self) -> bool:
        return self.target_vocabulary == 0


@dataclass
class Weights:
    """By the names of the published checkpoints; matrices are [out, in]."""

    shape: Shape
    arrays: dict[str, Array] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Array:
        return self.arrays[name]


def random_weights(shape: Shape, seed: int) -> Weights:
    """Large enough that no two tokens are ever nearly as likely."""
    generator = np.random.default_rng(seed)
    weights = Weights(shape)

    def matrix(name: str, rows: int, columns: int, scale: float) -> None:
        drawn = generator.normal(0, scale / np.sqrt(columns), (rows, columns))
        weights.arrays[name] = drawn.astype(np.float32)

    def norm(name: str) -> None:
        weights.arrays[f"{name}.weight"] = generator.normal(1, 0.1, width).astype(np.float32)
        weights.arrays[f"{name}.bias"] = generator.normal(0, 0.1, width).astype(np.float32)

    def linear(name: str, rows: int, columns: int) -> None:
        matrix(f"{name}.weight", rows, columns, 2.0)
        weights.arrays[f"{name}.bias"] = generator.normal(0, 0.1, rows).astype(np.float32)

    width = shape.width
    matrix("encoder.embed", shape.vocabulary, width, 1.0)
    targets = shape.target_vocabulary or shape.vocabulary
    weights.arrays["decoder.bias"] = np.zeros(targets, np.float32)
    if shape.shares:
        weights.arrays["decoder.embed"] = weights["encoder.embed"]
    else:
        matrix("decoder.embed", shape.target_vocabulary, width, 1.0)
    for side in ("encoder", "decoder"):
        for layer in range(shape.layers):
            at = f"{side}.{layer}"
            for attention in ("self", "cross")[: 1 if side == "encoder" else 2]:
                for projection in ("q", "k", "v", "out"):
                    linear(f"{at}.{attention}.{projection}", width, width)
                norm(f"{at}.{attention}_norm")
            linear(f"{at}.fc1", shape.inner, width)
            linear(f"{at}.fc2", width, shape.inner)
            norm(f"{at}.ffn_norm")
        norm(f"{side}.norm")
        if shape.embedding_norm:
            norm(f"{side}.embed_norm")
    return weights


def positions_of(shape: Shape) -> Array:
    """Sines and cosines side by side, counted from 2: the first two rows belong to padding."""
    half = shape.width // 2
    rates = np.exp(np.arange(half) * -(np.log(10_000) / (half - 1)))
    angles = np.arange(2, shape.positions + 2)[:, None] * rates[None]
    return np.concatenate([np.sin(angles), np.cos(angles)], axis=1).astype(np.float32)


def copying_weights(shape: Shape) -> tuple[Weights, Array]:
    """A network of the same architecture that writes what it reads, and its positions.

    Tokens lie in one half of the width, positions in the other; the decoder attends to its own
    position and writes the token that it finds there.
    """
    weights = random_weights(shape, 0)
    width, half = shape.width, shape.width // 2
    for name, array in weights.arrays.items():
        array[:] = 1.0 if "norm.weight" in name else 0.0
    generator = np.random.default_rng(1)

    def directions(count: int) -> Array:
        drawn = generator.normal(0, 1, (count, half))
        return (drawn / np.linalg.norm(drawn, axis=1, keepdims=True)).astype(np.float32)

    weights["encoder.embed"][:, :half] = 0.2 * directions(shape.vocabulary)
    positions = np.zeros((shape.positions, width), np.float32)
    positions[:, half:] = 3.2 * directions(shape.positions)
    for projection in ("q", "k"):
        weights[f"decoder.0.cross.{projection}.weight"][:half, half:] = np.eye(half) * 8
    weights["decoder.0.cross.v.weight"][:half, :half] = np.eye(half)
    weights["decoder.0.cross.out.weight"][:half, :half] = np.eye(half) * 50
    return weights, positions


def save(
    weights: Weights,
    folder: Path,
    source_tokens: Sequence[str],
    target_tokens: Sequence[str] | None = None,
    positions: Array | None = None,
    ahead: int = 0,
    **config: object,
) -> None:
    """As CTranslate2's own converters write a model.

    `ahead`: by how many positions a copying decoder looks beyond its own.
    """
    shape = weights.shape
    activation = {"relu": common_spec.Activation.RELU, "gelu": common_spec.Activation.GELU}
    spec = TransformerSpec.from_config(
        (shape.layers, shape.layers),
        shape.heads,
        pre_norm=True,
        activation=activation[shape.activation],
        layernorm_embedding=shape.embedding_norm,
    )
    for side, part in (("encoder", spec.encoder), ("decoder", spec.decoder)):
        embeddings = part.embeddings[0] if side == "encoder" else part.embeddings
        embeddings.weight = weights[f"{side}.embed"]
        part.scale_embeddings = float(np.sqrt(shape.width))
        encodings = positions_of(shape) if positions is None else positions
        part.position_encodings.encodings = encodings[ahead if side == "decoder" else 0 :]
        _set_norm(part.layer_norm, weights, f"{side}.norm")
        if shape.embedding_norm:
            _set_norm(part.layernorm_embedding, weights, f"{side}.embed_norm")
        for number, layer in enumerate(part.layer):
            at = f"{side}.{number}"
            _set_attention(layer.self_attention, weights, f"{at}.self", fused=3)
            _set_norm(layer.self_attention.layer_norm, weights, f"{at}.self_norm")
            if side == "decoder":
                _set_attention(layer.attention, weights, f"{at}.cross", fused=1)
                _set_norm(layer.attention.layer_norm, weights, f"{at}.cross_norm")
            _set_linear(layer.ffn.linear_0, weights, f"{at}.fc1")
            _set_linear(layer.ffn.linear_1, weights, f"{at}.fc2")
            _set_norm(layer.ffn.layer_norm, weights, f"{at}.ffn_norm")
    spec.decoder.projection.weight = weights["decoder.embed"]
    spec.decoder.projection.bias = weights["decoder.bias"]
    spec.config.bos_token = "<s>"
    spec.config.eos_token = "</s>"
    spec.config.unk_token = "<unk>"
    spec.config.decoder_start_token = "</s>"
    for key, value in config.items():
        setattr(spec.config, key, value)
    spec.register_source_vocabulary(list(source_tokens))
    spec.register_target_vocabulary(list(target_tokens or source_tokens))
    spec.validate()
    spec.optimize()
    folder.mkdir(parents=True, exist_ok=True)
    spec.save(str(folder))


def _set_norm(spec: object, weights: Weights, name: str) -> None:
    spec.gamma, spec.beta = weights[f"{name}.weight"], weights[f"{name}.bias"]


def _set_linear(spec: object, weights: Weights, name: str) -> None:
    spec.weight, spec.bias = weights[f"{name}.weight"], weights[f"{name}.bias"]


def _set_attention(spec: object, weights: Weights, name: str, fused: int) -> None:
    """The first `fused` of queries, keys and values are one matrix."""

    def stack(linear: object, projections: Sequence[str]) -> None:
        for part in ("weight", "bias"):
            arrays = [weights[f"{name}.{projection}.{part}"] for projection in projections]
            setattr(linear, part, np.concatenate(arrays))

    stack(spec.linear[0], ("q", "k", "v")[:fused])
    if fused == 1:
        stack(spec.linear[1], ("k", "v"))
    _set_linear(spec.linear[-1], weights, f"{name}.out")


def learn_pieces(sentences: Iterable[str], size: int, symbols: Sequence[str] = ()) -> bytes:
    """A SentencePiece model, learnt here. `symbols` are pieces of their own."""
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(list(sentences)),
        model_writer=model,
        vocab_size=size,
        model_type="bpe",
        character_coverage=1.0,
        num_threads=1,
        hard_vocab_limit=False,
        user_defined_symbols=list(symbols),
        minloglevel=2,
    )
    return model.getvalue()


def pieces_of(model: bytes) -> list[str]:
    """Without SentencePiece's own three, which stand elsewhere in these vocabularies."""
    processor = sentencepiece.SentencePieceProcessor(model_proto=model)
    return [processor.id_to_piece(number) for number in range(3, processor.get_piece_size())]
