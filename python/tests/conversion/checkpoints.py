"""Checkpoints as `transformers` writes them."""

import json
import struct
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tests.whisper import networks

TYPES = {"<f2": "F16", "<f4": "F32", "<i8": "I64"}


def write_safetensors(path: Path, tensors: dict[str, NDArray[Any]]) -> None:
    header: dict[str, object] = {"__metadata__": {"format": "pt"}}
    offset = 0
    for name, tensor in tensors.items():
        end = offset + tensor.nbytes
        header[name] = {
            "dtype": TYPES[tensor.dtype.str],
            "shape": list(tensor.shape),
            "data_offsets": [offset, end],
        }
        offset = end
    text = json.dumps(header).encode()
    with path.open("wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for tensor in tensors.values():
            file.write(np.ascontiguousarray(tensor).tobytes())


def published_names(weights: networks.Weights) -> dict[str, NDArray[Any]]:
    """The tensors of a Whisper under their names in the hub's checkpoints."""
    parts = {
        "self": "self_attn",
        "cross": "encoder_attn",
        "self_norm": "self_attn_layer_norm",
        "cross_norm": "encoder_attn_layer_norm",
        "ffn_norm": "final_layer_norm",
        **{name: f"{name}_proj" for name in ("q", "k", "v", "out")},
    }
    named: dict[str, NDArray[Any]] = {}
    for name, array in weights.arrays.items():
        steps = name.split(".")
        if steps[0].startswith("conv"):
            steps = ["encoder", *steps]
        elif steps[1] in {"positions", "embed"}:
            steps[1:] = [{"positions": "embed_positions", "embed": "embed_tokens"}[steps[1]]]
            steps.append("weight")
        elif steps[1] == "norm":
            steps[1] = "layer_norm"
        else:
            steps = [steps[0], "layers", *(parts.get(step, step) for step in steps[1:])]
        if steps[-2:] != ["k_proj", "bias"]:
            named[".".join(["model", *steps])] = array
    return named
