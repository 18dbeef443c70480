"""The little of Triton's gRPC protocol (KServe v2) that these tests speak."""

import json
import queue
import struct
import threading
import time
from collections.abc import Iterator
from typing import Any

import grpc
import numpy as np

SERVICE = "/inference.GRPCInferenceService/"


def varint(value: int) -> bytes:
    encoded = bytearray()
    while value > 0x7F:
        encoded.append(value & 0x7F | 0x80)
        value >>= 7
    encoded.append(value)
    return bytes(encoded)


def field(number: int, value: bytes | str | int) -> bytes:
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    raw = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | 2) + varint(len(raw)) + raw


def fields(message: bytes) -> Iterator[tuple[int, Any]]:
    at = 0

    def number() -> int:
        nonlocal at
        value = shift = 0
        while True:
            byte = message[at]
            at += 1
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                return value
            shift += 7

    while at < len(message):
        key = number()
        if key & 7 == 0:
            yield key >> 3, number()
        elif key & 7 == 2:
            length = number()
            yield key >> 3, message[at : at + length]
            at += length
        else:
            width = 8 if key & 7 == 1 else 4
            yield key >> 3, message[at : at + width]
            at += width


def parameter(name: str, value: bool | int) -> bytes:
    choice = field(1, int(value)) if isinstance(value, bool) else field(2, value)
    return field(4, field(1, name) + field(2, choice))


def tensor(name: str, kind: str, shape: list[int]) -> bytes:
    sizes = b"".join(varint(size) for size in shape)
    return field(5, field(1, name) + field(2, kind) + field(3, sizes))


def infer_request(
    model: str,
    sequence: int,
    audio: "np.ndarray | None",
    start: bool = False,
    end: bool = False,
    options: str | None = None,
    request_id: str = "",
    kind: str = "INT16",
    silent_after: bool = False,
) -> bytes:
    message = field(1, model) + field(3, request_id)
    message += parameter("sequence_id", sequence)
    message += parameter("triton_enable_empty_final_response", True)
    if start:
        message += parameter("sequence_start", True)
    if end:
        message += parameter("sequence_end", True)
    if silent_after:
        message += parameter("silent_after", True)
    raw: list[bytes] = []
    if audio is not None:
        message += tensor("AUDIO", kind, [1, len(audio)])
        raw.append(audio.tobytes())
    if options is not None:
        text = options.encode()
        message += tensor("OPTIONS", "BYTES", [1, 1])
        raw.append(struct.pack("<I", len(text)) + text)
    return message + b"".join(field(7, part) for part in raw)


def text_request(
    model: str,
    sequence: int,
    text: str,
    start: bool = False,
    end: bool = False,
    options: str | None = None,
    flush: bool | None = None,
    request_id: str = "",
) -> bytes:
    message = field(1, model) + field(3, request_id)
    message += parameter("sequence_id", sequence)
    message += parameter("triton_enable_empty_final_response", True)
    if start:
        message += parameter("sequence_start", True)
    if end:
        message += parameter("sequence_end", True)
    raw: list[bytes] = []
    for name, value in (("TEXT", text), ("OPTIONS", options)):
        if value is not None:
            message += tensor(name, "BYTES", [1, 1])
            raw.append(struct.pack("<I", len(value.encode())) + value.encode())
    if flush is not None:
        message += tensor("FLUSH", "BOOL", [1, 1])
        raw.append(bytes([flush]))
    return message + b"".join(field(7, part) for part in raw)


def ping_request(text: str) -> bytes:
    message = field(1, "canary") + parameter("triton_enable_empty_final_response", True)
    raw = struct.pack("<I", len(text)) + text.encode()
    return message + tensor("PING", "BYTES", [1]) + field(7, raw)


class Response:
    """One answer on the stream: `request_id`, `final`, `error`, `event` (JSON) or `raw`.

    `tensors`: every output's bytes by its name.
    """

    def __init__(self, message: bytes) -> None:
        self.at = time.monotonic()
        self.error = ""
        self.request_id = ""
        self.final = False
        self.raw: bytes | None = None
        self.tensors: dict[str, bytes] = {}
        for number, value in fields(message):
            if number == 1:
                self.error = value.decode()
            elif number == 2:
                self._read(value)

    @property
    def event(self) -> dict[str, Any] | None:
        return json.loads(self.raw) if self.raw else None

    def _read(self, response: bytes) -> None:
        names: list[str] = []
        contents: list[bytes] = []
        for number, value in fields(response):
            if number == 3:
                self.request_id = value.decode()
            elif number == 4:
                entry = dict(fields(value))
                if entry[1] == b"triton_final_response":
                    self.final = bool(dict(fields(entry[2])).get(1, 0))
            elif number == 5:
                names.append(dict(fields(value))[1].decode())
            elif number == 6:
                contents.append(value)
                self.raw = value[4:]
        self.tensors = dict(zip(names, contents, strict=True))


class Stream:
    """One ModelStreamInfer call."""

    def __init__(self, channel: grpc.Channel) -> None:
        self.responses: list[Response] = []
        self.failure: grpc.RpcError | None = None
        self._out: queue.Queue[bytes | None] = queue.Queue()
        self._arrived = threading.Condition()
        call = channel.stream_stream(SERVICE + "ModelStreamInfer")
        self._call = call(iter(self._out.get, None))
        threading.Thread(target=self._read, daemon=True).start()

    def send(self, message: bytes) -> None:
        self._out.put(message)

    def cancel(self) -> None:
        self._call.cancel()

    def close(self) -> None:
        self._out.put(None)

    def wait(self, condition: Any, seconds: float = 10.0) -> Any:
        """Waits until `condition(responses)` is true; returns its value."""
        with self._arrived:
            self._arrived.wait_for(lambda: condition(self.responses), seconds)
            return condition(self.responses)

    def _read(self) -> None:
        try:
            for message in self._call:
                with self._arrived:
                    self.responses.append(Response(message))
                    self._arrived.notify_all()
        except grpc.RpcError as error:
            self.failure = error
        with self._arrived:
            self._arrived.notify_all()


def is_ready(channel: grpc.Channel, model: str) -> bool:
    call = channel.unary_unary(SERVICE + "ModelReady")
    try:
        return dict(fields(call(field(1, model), timeout=2))).get(1, 0) == 1
    except grpc.RpcError:
        return False


def model_state(channel: grpc.Channel, model: str) -> tuple[str, str]:
    """(state, reason) as the repository's index tells them."""
    answer = channel.unary_unary(SERVICE + "RepositoryIndex")(b"", timeout=2)
    for _, entry in fields(answer):
        row = dict(fields(entry))
        if row.get(1, b"").decode() == model:
            return row.get(3, b"").decode(), row.get(4, b"").decode()
    return "", ""
