"""Tiny networks of Whisper's architecture, with a vocabulary laid out as the published ones."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from ctranslate2.specs import WhisperSpec
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers

Array = np.ndarray
SIZE = 51_866
"""Of large-v3."""
TIMESTAMPS = 1_501
SPECIAL = 106
"""Of large-v3, between the end and the timestamps."""


@dataclass(frozen=True)
class Shape:
    mels: int = 128
    width: int = 32
    heads: int = 4
    layers: int = 2
    frames: int = 1_500
    vocabulary: int = SIZE
    texts: int = 448


@dataclass
class Weights:
    shape: Shape
    arrays: dict[str, Array] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Array:
        return self.arrays[name]


def tokenizer_of(languages: Sequence[str], size: int = SIZE) -> Tokenizer:
    """Bytes are the only pieces; what follows them stands in Whisper's order."""
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    pieces = {character: number for number, character in enumerate(alphabet)}
    special = [
        "<|endoftext|>",
        "<|startoftranscript|>",
        *(f"<|{language}|>" for language in languages),
        *("<|translate|>", "<|transcribe|>", "<|startoflm|>", "<|startofprev|>"),
        *("<|nospeech|>", "<|notimestamps|>"),
        *(f"<|{0.02 * number:.2f}|>" for number in range(TIMESTAMPS)),
    ]
    for number in range(size - len(pieces) - len(special) - 1):
        pieces[f"filling{number}"] = len(pieces)
    # The published multilingual vocabulary has an empty piece there: CTranslate2 knows it by that.
    pieces["" if size == SIZE else "filling"] = len(pieces)
    tokenizer = Tokenizer(models.BPE(vocab=pieces, merges=[]))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens([AddedToken(token, special=True) for token in special])
    assert tokenizer.get_vocab_size() == size
    return tokenizer


def random_weights(shape: Shape, seed: int) -> Weights:
    generator = np.random.default_rng(seed)
    weights = Weights(shape)
    width = shape.width

    def draw(name: str, size: tuple[int, ...], scale: float) -> None:
        weights.arrays[name] = generator.normal(0, scale, size).astype(np.float32)

    def linear(name: str, rows: int, columns: int, bias: bool = True) -> None:
        draw(f"{name}.weight", (rows, columns), 2 / np.sqrt(columns))
        draw(f"{name}.bias", (rows,), 0.1 if bias else 0.0)

    def norm(name: str) -> None:
        weights.arrays[f"{name}.weight"] = generator.normal(1, 0.1, width).astype(np.float32)
        draw(f"{name}.bias", (width,), 0.1)

    for name, inputs in (("conv1", shape.mels), ("conv2", width)):
        draw(f"{name}.weight", (width, inputs, 3), 1 / np.sqrt(3 * inputs))
        draw(f"{name}.bias", (width,), 0.1)
    draw("encoder.positions", (shape.frames, width), 1.0)
    draw("decoder.positions", (shape.texts, width), 1.0)
    draw("decoder.embed", (shape.vocabulary, width), 1.0)
    # Special tokens are less likely than text, as in the published networks; the end is not.
    weights["decoder.embed"][shape.vocabulary - TIMESTAMPS - SPECIAL :] *= 0.3
    for side in ("encoder", "decoder"):
        for layer in range(shape.layers):
            at = f"{side}.{layer}"
            for attention in ("self", "cross")[: 1 if side == "encoder" else 2]:
                for projection in ("q", "k", "v", "out"):
                    linear(f"{at}.{attention}.{projection}", width, width, projection != "k")
                norm(f"{at}.{attention}_norm")
            linear(f"{at}.fc1", 4 * width, width)
            linear(f"{at}.fc2", width, 4 * width)
            norm(f"{at}.ffn_norm")
        norm(f"{side}.norm")
    return weights


def save(weights: Weights, folder: Path, tokenizer: Tokenizer, languages: Sequence[str]) -> None:
    """As CTranslate2's own converter writes a Whisper, with the tokenizer beside it."""
    shape = weights.shape
    spec = WhisperSpec(shape.layers, shape.heads, shape.layers, shape.heads)
    for name in ("conv1", "conv2"):
        convolution = getattr(spec.encoder, name)
        convolution.weight = weights[f"{name}.weight"]
        convolution.bias = weights[f"{name}.bias"]
    spec.decoder.embeddings.weight = weights["decoder.embed"]
    spec.decoder.projection.weight = weights["decoder.embed"]
    for side, part in (("encoder", spec.encoder), ("decoder", spec.decoder)):
        part.position_encodings.encodings = weights[f"{side}.positions"]
        _set(part.layer_norm, weights, f"{side}.norm", "gamma", "beta")
        for number, layer in enumerate(part.layer):
            at = f"{side}.{number}"
            _set_attention(layer.self_attention, weights, f"{at}.self", 3)
            _set(layer.self_attention.layer_norm, weights, f"{at}.self_norm", "gamma", "beta")
            if side == "decoder":
                _set_attention(layer.attention, weights, f"{at}.cross", 1)
                _set(layer.attention.layer_norm, weights, f"{at}.cross_norm", "gamma", "beta")
            _set(layer.ffn.linear_0, weights, f"{at}.fc1")
            _set(layer.ffn.linear_1, weights, f"{at}.fc2")
            _set(layer.ffn.layer_norm, weights, f"{at}.ffn_norm", "gamma", "beta")
    end = tokenizer.token_to_id("<|endoftext|>")
    spec.config.suppress_ids = []
    spec.config.suppress_ids_begin = [end]
    spec.config.lang_ids = [tokenizer.token_to_id(f"<|{language}|>") for language in languages]
    spec.config.alignment_heads = [(shape.layers - 1, head) for head in range(2)]
    spec.register_vocabulary([tokenizer.id_to_token(number) for number in range(shape.vocabulary)])
    spec.validate()
    spec.optimize()
    folder.mkdir(parents=True, exist_ok=True)
    spec.save(str(folder))
    tokenizer.save(str(folder / "tokenizer.json"))


def _set(
    spec: object, weights: Weights, name: str, weight: str = "weight", bias: str = "bias"
) -> None:
    setattr(spec, weight, weights[f"{name}.weight"])
    setattr(spec, bias, weights[f"{name}.bias"])


def _set_attention(spec: object, weights: Weights, name: str, fused: int) -> None:
    def stack(linear: object, projections: Sequence[str]) -> None:
        for part in ("weight", "bias"):
            arrays = [weights[f"{name}.{projection}.{part}"] for projection in projections]
            setattr(linear, part, np.concatenate(arrays))

    stack(spec.linear[0], ("q", "k", "v")[:fused])
    if fused == 1:
        stack(spec.linear[1], ("k", "v"))
    _set(spec.linear[-1], weights, f"{name}.out")
