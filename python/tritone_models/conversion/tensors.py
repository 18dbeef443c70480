"""Reads the tensors of a checkpoint of `transformers`: safetensors, or PyTorch's own file."""

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tritone_models.wav2lip.checkpoint import read_tensors

DTYPES = {"F64": "<f8", "F32": "<f4", "F16": "<f2"}
LARGEST_HEADER_BYTES = 100_000_000
"""As the format's own library has it."""


class WrongCheckpointError(ValueError):
    """The file is no checkpoint of the kind that is converted; the text says why."""


def read_checkpoint(path: Path) -> dict[str, NDArray[Any]]:
    """Tensors by name. Those of safetensors are read as they are used.

    @raises WrongCheckpointError
    @raises UnsafeCheckpointError where PyTorch's file would have to be run to be read
    """
    return _read_safetensors(path) if path.suffix == ".safetensors" else read_tensors(path)


def _read_safetensors(path: Path) -> dict[str, NDArray[Any]]:
    """@see https://huggingface.co/docs/safetensors, Format"""
    with path.open("rb") as file:
        length = int.from_bytes(file.read(8), "little")
        if length > LARGEST_HEADER_BYTES:
            raise WrongCheckpointError(f"{path.name} is no file of safetensors")
        try:
            header = json.loads(file.read(length))
        except ValueError as cause:
            raise WrongCheckpointError(f"{path.name} is no file of safetensors") from cause
    size = path.stat().st_size
    tensors: dict[str, NDArray[Any]] = {}
    for name, entry in header.items():
        if name == "__metadata__":
            continue
        dtype, shape = entry["dtype"], tuple(entry["shape"])
        if dtype not in DTYPES:
            raise WrongCheckpointError(f"{name} of {path.name} is of type {dtype}")
        begin, end = (8 + length + offset for offset in entry["data_offsets"])
        if end > size or end - begin != math.prod(shape) * np.dtype(DTYPES[dtype]).itemsize:
            raise WrongCheckpointError(f"{path.name} is cut off at {name}")
        tensors[name] = np.memmap(path, DTYPES[dtype], "r", begin, shape)
    return tensors
