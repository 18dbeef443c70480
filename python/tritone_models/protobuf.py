"""Protobuf's wire format, as far as ONNX files need it (protobuf.dev, Encoding)."""

VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5


def field(number: int, value: bytes) -> bytes:
    """A length-delimited field."""
    return varint(number << 3 | BYTES) + varint(len(value)) + value


def integer(number: int, value: int) -> bytes:
    """A field of a whole number, not below 0."""
    return varint(number << 3 | VARINT) + varint(value)


def varint(value: int) -> bytes:
    encoded = bytearray()
    while value > 0x7F:
        encoded.append(value & 0x7F | 0x80)
        value >>= 7
    encoded.append(value)
    return bytes(encoded)


def read_varint(message: bytes, at: int) -> tuple[int, int]:
    """(value, where the next field begins)"""
    value = shift = 0
    while True:
        byte = message[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7
