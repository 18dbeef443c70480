"""Makes inner values of an ONNX graph outputs, by editing the file's protobuf bytes.

The exported Moonshine decoder keeps its attention to itself, and the `onnx` package is not worth
its size for one edit. Field numbers: onnx.proto3 of ONNX 1.x.
"""

from collections.abc import Callable, Iterator, Sequence

from tritone_models.protobuf import BYTES, FIXED32, FIXED64, VARINT, field, read_varint, varint

MODEL_GRAPH = 7
GRAPH_NODE, GRAPH_OUTPUT = 1, 12
NODE_OUTPUT, NODE_TYPE, NODE_ATTRIBUTE = 2, 4, 5
ATTRIBUTE_GRAPH = 6
FLOAT = 1


def with_outputs(model: bytes, names: Sequence[str]) -> bytes:
    """The model with float tensors `names` as further outputs.

    Every `If` of the top graph hands them out of both its branches, where they must exist.
    """
    return _edited(model, MODEL_GRAPH, lambda graph: _graph(graph, names))


def _graph(graph: bytes, names: Sequence[str]) -> bytes:
    edited = _edited(graph, GRAPH_NODE, lambda node: _node(node, names))
    return edited + _values(names)


def _node(node: bytes, names: Sequence[str]) -> bytes:
    if not any(found == NODE_TYPE and value == b"If" for found, value, _ in _fields(node)):
        return node
    branches = _edited(node, NODE_ATTRIBUTE, lambda attribute: _branch(attribute, names))
    return branches + b"".join(field(NODE_OUTPUT, name.encode()) for name in names)


def _branch(attribute: bytes, names: Sequence[str]) -> bytes:
    return _edited(attribute, ATTRIBUTE_GRAPH, lambda graph: graph + _values(names))


def _values(names: Sequence[str]) -> bytes:
    """ValueInfoProto { name = 1; type = 2 { tensor_type = 1 { elem_type = 1 } } }"""
    kind = field(1, varint(1 << 3) + varint(FLOAT))
    return b"".join(field(GRAPH_OUTPUT, field(1, name.encode()) + field(2, kind)) for name in names)


def _edited(message: bytes, number: int, edit: Callable[[bytes], bytes]) -> bytes:
    parts = []
    for found, value, raw in _fields(message):
        parts.append(field(number, edit(value)) if found == number and value is not None else raw)
    return b"".join(parts)


def _fields(message: bytes) -> Iterator[tuple[int, bytes | None, bytes]]:
    """(number, value of a length-delimited field, the field as it stands)"""
    at = 0
    while at < len(message):
        begin = at
        key, at = read_varint(message, at)
        kind = key & 7
        value = None
        if kind == VARINT:
            _, at = read_varint(message, at)
        elif kind == BYTES:
            length, at = read_varint(message, at)
            value = message[at : at + length]
            at += length
        elif kind in (FIXED32, FIXED64):
            at += 4 if kind == FIXED32 else 8
        else:
            raise ValueError("this is not an ONNX file")
        yield key >> 3, value, message[begin:at]
