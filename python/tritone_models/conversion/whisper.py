"""Makes CTranslate2's weights of a Whisper of `transformers`, fine-tuned ones among them.

    python -m tritone_models.conversion.whisper --checkpoint model.safetensors \\
        --config config.json --generation generation_config.json --tokenizer tokenizer.json \\
        whisper-mine

Fine-tunes often come without a `tokenizer.json` or `generation_config.json`: those of the Whisper
that they were made from do. Any Python with numpy, ctranslate2 and tokenizers does, PyTorch is not
needed.
"""

import argparse
import json
import shutil
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tritone_models.conversion.tensors import WrongCheckpointError, read_checkpoint
from tritone_models.wav2lip.checkpoint import UnsafeCheckpointError

Tensors = Mapping[str, NDArray[Any]]
START = "<|startoftranscript|>"
AFTER_LANGUAGES = "<|translate|>"


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tritone_models.conversion.whisper",
        description="Makes CTranslate2's weights of a Whisper of transformers.",
    )
    parser.add_argument("--checkpoint", type=Path, required=True, help="*.safetensors, or *.bin")
    parser.add_argument("--config", type=Path, required=True, help="its config.json")
    parser.add_argument("--generation", type=Path, required=True, help="generation_config.json")
    parser.add_argument("--tokenizer", type=Path, required=True, help="tokenizer.json")
    parser.add_argument("--quantization", choices=("float16", "float32"), default="float16")
    parser.add_argument("folder", type=Path, help="to write, in TRITONE_MODELS_DIR")
    given = parser.parse_args(arguments)
    try:
        convert(
            read_checkpoint(given.checkpoint),
            given.folder,
            config=_json(given.config),
            generation=_json(given.generation),
            tokenizer=given.tokenizer,
            quantization=given.quantization,
        )
    except (OSError, UnsafeCheckpointError, WrongCheckpointError) as problem:
        sys.stderr.write(f"{problem}\n")
        return 1
    return 0


def convert(
    tensors: Tensors,
    folder: Path,
    *,
    config: Mapping[str, Any],
    generation: Mapping[str, Any],
    tokenizer: Path,
    quantization: str = "float16",
) -> None:
    """@raises WrongCheckpointError where the tensors are not those of the Whisper in `config`"""
    from ctranslate2.specs import WhisperSpec
    from tokenizers import Tokenizer

    try:
        layers = config["encoder_layers"], config["decoder_layers"]
        heads = config["encoder_attention_heads"], config["decoder_attention_heads"]
        spec = WhisperSpec(layers[0], heads[0], layers[1], heads[1])
        _fill(spec, tensors)
    except KeyError as cause:
        raise WrongCheckpointError(f"this is no checkpoint of a Whisper: no {cause}") from cause
    pieces = Tokenizer.from_file(str(tokenizer))
    size = tensors["model.decoder.embed_tokens.weight"].shape[0]
    spec.config.suppress_ids = list(generation.get("suppress_tokens") or [])
    spec.config.suppress_ids_begin = list(generation.get("begin_suppress_tokens") or [])
    spec.config.lang_ids = _languages(pieces)
    spec.config.alignment_heads = generation.get("alignment_heads") or [
        [layer, head] for layer in range(layers[1] // 2, layers[1]) for head in range(heads[1])
    ]
    spec.register_vocabulary(_vocabulary(pieces, size))
    spec.validate()
    spec.optimize(quantization=None if quantization == "float32" else quantization)
    folder.mkdir(parents=True, exist_ok=True)
    spec.save(str(folder))
    shutil.copyfile(tokenizer, folder / "tokenizer.json")


def _json(path: Path) -> dict[str, Any]:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except ValueError as cause:
        raise WrongCheckpointError(f"{path.name} is no JSON") from cause


def _languages(pieces: Any) -> list[int]:
    """Ids of `<|en|>` and the others: what stands between the start and the first task."""
    start, end = pieces.token_to_id(START), pieces.token_to_id(AFTER_LANGUAGES)
    if start is None or end is None:
        raise WrongCheckpointError(f"the tokenizer has no {START} or no {AFTER_LANGUAGES}")
    return list(range(start + 1, end))


def _vocabulary(pieces: Any, size: int) -> list[str]:
    """Tokens in the embedding's order. The times stand last; some tokenizers leave them out."""
    known = [pieces.id_to_token(number) for number in range(min(size, pieces.get_vocab_size()))]
    if None in known:
        raise WrongCheckpointError("the tokenizer's ids have a gap")
    return [*known, *(f"<|{0.02 * number:.2f}|>" for number in range(size - len(known)))]


def _fill(spec: Any, tensors: Tensors) -> None:
    for name in ("conv1", "conv2"):
        _set_linear(getattr(spec.encoder, name), tensors, f"model.encoder.{name}")
    spec.decoder.embeddings.weight = _array(tensors, "model.decoder.embed_tokens.weight")
    spec.decoder.projection.weight = spec.decoder.embeddings.weight  # tied in every Whisper
    for side, part in (("encoder", spec.encoder), ("decoder", spec.decoder)):
        at = f"model.{side}"
        part.position_encodings.encodings = _array(tensors, f"{at}.embed_positions.weight")
        _set_norm(part.layer_norm, tensors, f"{at}.layer_norm")
        for number, layer in enumerate(part.layer):
            _set_layer(layer, tensors, f"{at}.layers.{number}", crosses=side == "decoder")


def _set_layer(layer: Any, tensors: Tensors, at: str, *, crosses: bool) -> None:
    _set_attention(layer.self_attention, tensors, f"{at}.self_attn", (("q", "k", "v"),))
    _set_norm(layer.self_attention.layer_norm, tensors, f"{at}.self_attn_layer_norm")
    if crosses:
        _set_attention(layer.attention, tensors, f"{at}.encoder_attn", (("q",), ("k", "v")))
        _set_norm(layer.attention.layer_norm, tensors, f"{at}.encoder_attn_layer_norm")
    _set_linear(layer.ffn.linear_0, tensors, f"{at}.fc1")
    _set_linear(layer.ffn.linear_1, tensors, f"{at}.fc2")
    _set_norm(layer.ffn.layer_norm, tensors, f"{at}.final_layer_norm")


def _set_attention(
    spec: Any, tensors: Tensors, at: str, fused: tuple[tuple[str, ...], ...]
) -> None:
    """Each of `fused` is one matrix; keys have no bias in a Whisper, which is one of zeros."""
    for linear, projections in zip(spec.linear, fused, strict=False):
        weights = [_array(tensors, f"{at}.{name}_proj.weight") for name in projections]
        biases = [
            _array(tensors, f"{at}.{name}_proj.bias")
            if f"{at}.{name}_proj.bias" in tensors
            else np.zeros(len(weight), np.float32)
            for name, weight in zip(projections, weights, strict=True)
        ]
        linear.weight, linear.bias = np.concatenate(weights), np.concatenate(biases)
    _set_linear(spec.linear[-1], tensors, f"{at}.out_proj")


def _set_linear(spec: Any, tensors: Tensors, at: str) -> None:
    spec.weight, spec.bias = _array(tensors, f"{at}.weight"), _array(tensors, f"{at}.bias")


def _set_norm(spec: Any, tensors: Tensors, at: str) -> None:
    spec.gamma, spec.beta = _array(tensors, f"{at}.weight"), _array(tensors, f"{at}.bias")


def _array(tensors: Tensors, name: str) -> NDArray[np.float32]:
    return np.asarray(tensors[name], dtype=np.float32)


if __name__ == "__main__":
    sys.exit(main())
