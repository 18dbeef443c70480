"""Reads the tensors of a PyTorch checkpoint without PyTorch, and without running what is in it.

Pickles may name any function to be called. Here they may name those that put tensors together, and
these are ours; everything else is refused. Both formats are known: the archive (PyTorch 1.6 and
later) and the older row of pickles.
"""

import io
import pickle
import struct
import zipfile
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

MAGIC = 0x1950A86A20F9469CFC6C
PROTOCOL = 1001
STORAGES = {
    "DoubleStorage": "<f8",
    "FloatStorage": "<f4",
    "HalfStorage": "<f2",
    "LongStorage": "<i8",
    "IntStorage": "<i4",
    "ShortStorage": "<i2",
    "CharStorage": "<i1",
    "ByteStorage": "<u1",
    "BoolStorage": "?",
}


class UnsafeCheckpointError(ValueError):
    """The file is no checkpoint, or would have to be run to be read."""


def read_tensors(path: Path) -> dict[str, NDArray[Any]]:
    """The `state_dict` by name, without the prefix that training on several GPUs leaves.

    @raises UnsafeCheckpointError
    """
    try:
        found = _read_archive(path) if zipfile.is_zipfile(path) else _read_row(path)
    except UnsafeCheckpointError:
        raise
    except Exception as cause:
        raise UnsafeCheckpointError(f"{path.name} is no checkpoint of PyTorch") from cause
    state = found.get("state_dict", found) if isinstance(found, dict) else None
    if not isinstance(state, dict):
        raise UnsafeCheckpointError(f"{path.name} holds no state_dict")
    return {
        str(name).removeprefix("module."): tensor.array()
        for name, tensor in state.items()
        if isinstance(tensor, _Tensor)
    }


@dataclass
class _Storage:
    """Numbers of a checkpoint; in the older format they come after who uses them."""

    kind: str
    length: int
    values: NDArray[Any] | None = None

    def fill(self, data: bytes) -> None:
        self.values = np.frombuffer(data, self.kind)
        if len(self.values) != self.length:
            raise UnsafeCheckpointError("a tensor's numbers are cut short")


@dataclass
class _Tensor:
    storage: _Storage
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]

    def array(self) -> NDArray[Any]:
        values = self.storage.values
        if values is None:
            raise UnsafeCheckpointError("a tensor has no numbers")
        shape = tuple(int(size) for size in self.shape)
        strides = tuple(int(step) for step in self.strides)
        offset = int(self.offset)
        if len(shape) != len(strides) or min((offset, *shape, *strides), default=0) < 0:
            raise UnsafeCheckpointError("a tensor of impossible shape")
        last = offset + sum((size - 1) * step for size, step in zip(shape, strides, strict=True))
        if 0 not in shape and last >= len(values):
            raise UnsafeCheckpointError("a tensor reaches beyond its numbers")
        steps = tuple(step * values.itemsize for step in strides)
        return np.lib.stride_tricks.as_strided(values[offset:], shape, steps).copy()


def _rebuild_tensor(storage: Any, offset: int, shape: Any, strides: Any, *_: Any) -> _Tensor:
    return _Tensor(storage, offset, tuple(shape), tuple(strides))


def _rebuild_parameter(tensor: _Tensor, *_: Any) -> _Tensor:
    return tensor


_BUILDERS: dict[tuple[str, str], Any] = {
    ("collections", "OrderedDict"): OrderedDict,
    ("torch._utils", "_rebuild_tensor"): _rebuild_tensor,
    ("torch._utils", "_rebuild_tensor_v2"): _rebuild_tensor,
    ("torch._utils", "_rebuild_parameter"): _rebuild_parameter,
    **{("torch", name): kind for name, kind in STORAGES.items()},
}


class _Unpickler(pickle.Unpickler):
    def __init__(self, file: BinaryIO, storage_of: Callable[[str, str, int], _Storage]) -> None:
        super().__init__(file)
        self._storage_of = storage_of

    def find_class(self, module: str, name: str) -> Any:
        try:
            return _BUILDERS[module, name]
        except KeyError:
            raise UnsafeCheckpointError(
                f"the checkpoint wants to call {module}.{name}, which reading weights does not need"
            ) from None

    def persistent_load(self, reference: Any) -> _Storage:
        kind, storage, key, _, length = reference[:5]
        if kind != "storage" or storage not in STORAGES.values():
            raise UnsafeCheckpointError("a tensor of an unknown kind")
        if len(reference) > 5 and reference[5] is not None:
            raise UnsafeCheckpointError("views of storages are not read")
        return self._storage_of(str(key), storage, int(length))


def _read_archive(path: Path) -> Any:
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        index = next(name for name in names if name.endswith("/data.pkl"))
        folder = index.removesuffix("data.pkl")
        order = f"{folder}byteorder"
        if order in names and archive.read(order) != b"little":
            raise UnsafeCheckpointError("a checkpoint of a big-endian machine is not read")
        storages: dict[str, _Storage] = {}

        def storage_of(key: str, kind: str, length: int) -> _Storage:
            if key not in storages:
                storages[key] = _Storage(kind, length)
                storages[key].fill(archive.read(f"{folder}data/{key}"))
            return storages[key]

        return _Unpickler(io.BytesIO(archive.read(index)), storage_of).load()


def _read_row(path: Path) -> Any:
    """Magic number, protocol, machine, content, keys, then the numbers of each key's storage."""
    storages: dict[str, _Storage] = {}

    def storage_of(key: str, kind: str, length: int) -> _Storage:
        return storages.setdefault(key, _Storage(kind, length))

    with path.open("rb") as file:

        def load() -> Any:
            return _Unpickler(file, storage_of).load()

        if load() != MAGIC or load() != PROTOCOL or not load().get("little_endian"):
            raise UnsafeCheckpointError(f"{path.name} is no checkpoint of PyTorch")
        found, keys = load(), load()
        for key in keys:
            storage = storages[str(key)]
            (length,) = struct.unpack("<q", file.read(8))
            if length != storage.length:
                raise UnsafeCheckpointError("a tensor's numbers are cut short")
            storage.fill(file.read(length * np.dtype(storage.kind).itemsize))
    return found
