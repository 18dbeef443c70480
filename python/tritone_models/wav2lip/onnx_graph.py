"""Writes an ONNX file node by node. Field numbers: onnx.proto3 of ONNX 1.x."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from tritone_models.protobuf import field, integer

IR_VERSION, OPSET = 8, 17
FLOAT, INT64 = 1, 7
INTEGERS = 7
"""AttributeProto's type of a list of whole numbers."""


class OnnxGraph:
    """A graph over float32 tensors whose first dimension is the batch."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._parts: list[bytes] = []
        self._inputs: list[bytes] = []
        self._outputs: list[bytes] = []
        self._count = 0

    def input(self, name: str, shape: Sequence[int]) -> str:
        """`shape`: without the batch dimension."""
        self._inputs.append(field(11, _value(name, shape)))
        return name

    def constant(self, values: NDArray[np.float32] | NDArray[np.int64]) -> str:
        name = self._new("constant")
        kind = INT64 if values.dtype == np.int64 else FLOAT
        sizes = b"".join(integer(1, size) for size in values.shape)
        data = np.ascontiguousarray(values).astype(values.dtype.newbyteorder("<"), copy=False)
        tensor = sizes + integer(2, kind) + field(8, name.encode()) + field(9, data.tobytes())
        self._parts.append(field(5, tensor))
        return name

    def node(self, operator: str, inputs: Sequence[str], **lists: Sequence[int]) -> str:
        """Returns the name of its one output; `lists` are its attributes."""
        name = self._new(operator.lower())
        texts = [field(1, each.encode()) for each in inputs]
        texts += [field(2, name.encode()), field(3, name.encode()), field(4, operator.encode())]
        attributes = [field(5, _attribute(key, values)) for key, values in lists.items()]
        self._parts.append(field(1, b"".join(texts + attributes)))
        return name

    def rows_from(self, tensor: str, first: int) -> str:
        """Without the `first` upper rows."""
        if first == 0:
            return tensor
        bounds = [self.constant(np.array([at], np.int64)) for at in (first, 2**31, 2)]
        return self.node("Slice", [tensor, *bounds])

    def output(self, tensor: str, name: str, shape: Sequence[int]) -> None:
        """`shape`: without the batch dimension."""
        end = field(1, tensor.encode()) + field(2, name.encode()) + field(4, b"Identity")
        self._parts.append(field(1, end))
        self._outputs.append(field(12, _value(name, shape)))

    def to_bytes(self) -> bytes:
        """The file."""
        name = field(2, self._name.encode())
        graph = b"".join([*self._parts, name, *self._inputs, *self._outputs])
        model = [integer(1, IR_VERSION), field(2, b"tritone"), field(7, graph)]
        return b"".join([*model, field(8, field(1, b"") + integer(2, OPSET))])

    def _new(self, kind: str) -> str:
        self._count += 1
        return f"{kind}_{self._count}"


def _attribute(name: str, values: Sequence[int]) -> bytes:
    numbers = b"".join(integer(8, value) for value in values)
    return field(1, name.encode()) + numbers + integer(20, INTEGERS)


def _value(name: str, shape: Sequence[int]) -> bytes:
    """ValueInfoProto of a float tensor [batch, *shape]."""
    sizes = [field(1, field(2, b"batch")), *(field(1, integer(1, size)) for size in shape)]
    tensor = integer(1, FLOAT) + field(2, b"".join(sizes))
    return field(1, name.encode()) + field(2, field(1, tensor))
