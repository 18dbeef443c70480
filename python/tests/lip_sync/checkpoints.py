"""Checkpoints as PyTorch writes them, made without it, of random weights of the true shapes."""

import io
import pickle
import struct
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tritone_models.wav2lip.layers import LAYERS

MAGIC = 0x1950A86A20F9469CFC6C
Tensors = Mapping[str, NDArray[Any]]
STORAGES = {"f4": "FloatStorage", "f2": "HalfStorage", "i8": "LongStorage"}


def random_weights(seed: int = 1) -> dict[str, NDArray[Any]]:
    """A state_dict whose drawings are neither black nor white."""
    rng = np.random.default_rng(seed)
    tensors: dict[str, NDArray[Any]] = {}

    def some(count: int, around: float, spread: float) -> NDArray[np.float32]:
        return (around + spread * rng.standard_normal(count)).astype(np.float32)

    for layer in LAYERS:
        convolution = f"{layer.name}.conv_block.0" if layer.normalised else layer.name
        seen = layer.inputs * layer.kernel**2 / (2 if layer.transposed else 1)
        shape = layer.weight_shape
        noise = rng.standard_normal(shape, np.float32)
        tensors[f"{convolution}.weight"] = noise * np.float32(np.sqrt(2 / seen))
        tensors[f"{convolution}.bias"] = some(layer.outputs, 0, 0.1)
        if not layer.normalised:
            continue
        norm = f"{layer.name}.conv_block.1"
        tensors[f"{norm}.weight"] = some(layer.outputs, 0.3 if layer.residual else 0.8, 0.05)
        tensors[f"{norm}.bias"] = some(layer.outputs, 0, 0.1)
        tensors[f"{norm}.running_mean"] = some(layer.outputs, 0, 0.1)
        tensors[f"{norm}.running_var"] = np.abs(some(layer.outputs, 1, 0.2)) + np.float32(0.1)
        tensors[f"{norm}.num_batches_tracked"] = np.array(7, np.int64)
    return tensors


def write_archive(path: Path, tensors: Tensors) -> None:
    """PyTorch 1.6 and later."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("archive/data.pkl", content(tensors))
        for key, (_, values) in enumerate(tensors.items()):
            archive.writestr(f"archive/data/{key}", np.ascontiguousarray(values).tobytes())
        archive.writestr("archive/version", b"3\n")


def write_row(path: Path, tensors: Tensors) -> None:
    """PyTorch before 1.6: what the public checkpoint is."""
    with path.open("wb") as file:
        machine = {"protocol_version": 1001, "little_endian": True, "type_sizes": {"int": 4}}
        for value in (MAGIC, 1001, machine):
            file.write(pickle.dumps(value, 2))
        file.write(content(tensors))
        keys = [str(key) for key in range(len(tensors))]
        # They come in the order of their names, which is not the order of use.
        file.write(pickle.dumps(sorted(keys), 2))
        values = list(tensors.values())
        for key in sorted(keys):
            numbers = np.ascontiguousarray(values[int(key)])
            file.write(struct.pack("<q", numbers.size))
            file.write(numbers.tobytes())


def content(tensors: Tensors) -> bytes:
    """The pickle: {"state_dict": {"module.…": tensor}, "optimizer": None, "global_step": 7}"""
    state = [pickle.GLOBAL, b"collections\nOrderedDict\n", pickle.EMPTY_TUPLE, pickle.REDUCE]
    state.append(pickle.MARK)
    for key, (name, values) in enumerate(tensors.items()):
        state += [_plain(f"module.{name}"), _tensor(str(key), values)]
    state.append(pickle.SETITEMS)
    rest = [_plain("optimizer"), _plain(None), _plain("global_step"), _plain(7)]
    return _pickle(
        pickle.EMPTY_DICT, pickle.MARK, _plain("state_dict"), *state, *rest, pickle.SETITEMS
    )


def calling(module: str, name: str, argument: str) -> bytes:
    """A pickle that calls a function when it is read as any other."""
    call = [pickle.GLOBAL, f"{module}\n{name}\n".encode(), _plain(argument)]
    return _pickle(*call, pickle.TUPLE1, pickle.REDUCE)


def archive_of(pickled: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("archive/data.pkl", pickled)
    return file.getvalue()


def _tensor(key: str, values: NDArray[Any]) -> bytes:
    steps = tuple(step // values.itemsize for step in values.strides)
    storage = b"torch\n" + STORAGES[values.dtype.str[1:]].encode() + b"\n"
    parts = [
        *(pickle.GLOBAL, b"torch._utils\n_rebuild_tensor_v2\n", pickle.MARK),
        *(pickle.MARK, _plain("storage"), pickle.GLOBAL, storage),
        *(_plain(key), _plain("cpu"), _plain(values.size), pickle.TUPLE, pickle.BINPERSID),
        *(_plain(0), _plain(values.shape), _plain(steps), _plain(False)),
        *(pickle.GLOBAL, b"collections\nOrderedDict\n", pickle.EMPTY_TUPLE, pickle.REDUCE),
        *(pickle.TUPLE, pickle.REDUCE),
    ]
    return b"".join(parts)


def _plain(value: Any) -> bytes:
    """The opcodes of a value, without the frame of a pickle."""
    return pickle.dumps(value, 2)[2:-1]


def _pickle(*parts: bytes) -> bytes:
    return pickle.PROTO + b"\x02" + b"".join(parts) + pickle.STOP
