"""What every streaming model of ours knows of Triton, once.

A sequence's START request keeps its response sender: the open channel for events, and the only
sign of a client that died. Later requests are acknowledged by an empty final response. A failure
belongs to its request and carries one line. Triton tells a model neither that a sequence idled out
nor that a client left, so silent sequences are reaped here, and senders polled.
"""

import json
import sys
import threading
import time
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from tritone_models.errors import ModelError, SequenceLostError, for_clients
from tritone_models.parameters import Parameters

Tensors = Mapping[str, NDArray[Any]]

POLL_SECONDS = 0.25
REAP_SECONDS = 20.0
SILENT_AFTER = "silent_after"
"""Request parameter: its sender has announced that only silence follows, until the next request."""


class Channel(Protocol):
    """The way back to one client. Every method may be called from any thread."""

    def send(self, tensors: Tensors) -> None:
        """Each tensor with its batch dimension."""

    def close(self) -> None: ...

    def fail(self, error: BaseException) -> None: ...


class Sequence(Protocol):
    """One client's session with the model."""

    def receive(self, tensors: Tensors, acknowledge: Callable[[], None] | None) -> None:
        """Takes a request's inputs; None for the START request, which is never acknowledged.

        Calling `acknowledge` later holds the client back.
        @raises ModelError
        """

    def end(self) -> None:
        """The client has sent all: finish, then close the channel."""

    def abandon(self) -> None:
        """The client is gone: free everything and close the channel at once."""


@runtime_checkable
class HearsAnnouncements(Protocol):
    """A sequence that wants to know what senders announce. The START request announces nothing."""

    def announce(self, silent_after: bool) -> None:
        """Whether only silence follows what was received so far, until the next request."""


class SequenceService(Protocol):
    """A model that serves sequences."""

    inputs: tuple[str, ...]
    counters: Mapping[str, int]
    """What happened how often; Triton's metrics show it."""

    def open(self, tensors: Tensors, channel: Channel) -> Sequence:
        """@raises ModelError"""
        ...

    def close(self) -> None: ...


def serve_sequences(load: Callable[[Parameters], SequenceService]) -> type:
    """The class that Triton looks for in a `model.py`."""

    class TritonPythonModel:
        load_service = staticmethod(load)
        """For benches, which run a model's folder without Triton."""

        def initialize(self, arguments: Mapping[str, str]) -> None:
            parameters = Parameters.from_triton(arguments)
            service = load(parameters)
            self._desk = _Desk(
                parameters.model, service, parameters.number("reap_seconds", REAP_SECONDS)
            )

        def execute(self, requests: list[Any]) -> None:
            for request in requests:
                self._desk.take(request)

        def finalize(self) -> None:
            self._desk.close()

    return TritonPythonModel


@dataclass(eq=False)
class _Open:
    sequence: Sequence
    channel: "_TritonChannel"
    seen_at: float


class _Desk:
    """Knows which correlation id is whose sequence."""

    def __init__(self, model: str, service: SequenceService, reap_seconds: float) -> None:
        import triton_python_backend_utils as pb_utils

        self._triton = pb_utils
        self._metrics = _Metrics(pb_utils, model)
        self._service = service
        self._reap_seconds = reap_seconds
        self._lock = threading.Lock()
        self._open: dict[int, _Open] = {}
        self._ending: list[_Open] = []
        self._closed = threading.Event()
        self._watch = threading.Thread(target=self._watch_clients, daemon=True)
        self._watch.start()

    def take(self, request: Any) -> None:
        """One request: starts, continues or ends a sequence. Never raises."""
        channel = _TritonChannel(self._triton, request.get_response_sender())
        try:
            self._dispatch(request, channel)
        except Exception as error:
            if not isinstance(error, ModelError):
                traceback.print_exc(file=sys.stderr)
            channel.fail(error)

    def close(self) -> None:
        self._closed.set()
        self._watch.join(timeout=2 * POLL_SECONDS)
        self._service.close()
        with self._lock:
            remaining = [*self._open.values(), *self._ending]
            self._open.clear()
            self._ending.clear()
        for entry in remaining:
            entry.channel.fail(SequenceLostError("the model is being unloaded"))

    def _dispatch(self, request: Any, channel: "_TritonChannel") -> None:
        flags, sequence_id = request.flags(), request.correlation_id()
        starts = flags & self._triton.TRITONSERVER_REQUEST_FLAG_SEQUENCE_START
        ends = flags & self._triton.TRITONSERVER_REQUEST_FLAG_SEQUENCE_END
        if starts:
            entry = self._start(sequence_id, request, channel)
        else:
            entry = self._continue(sequence_id, request, channel)
        if entry is not None and ends:
            self._end(sequence_id, entry)

    def _start(self, sequence_id: int, request: Any, channel: "_TritonChannel") -> _Open | None:
        tensors = self._tensors(request)
        entry = _Open(self._service.open(tensors, channel), channel, time.monotonic())
        with self._lock:
            before = self._open.get(sequence_id)
            self._open[sequence_id] = entry
        if before is not None:
            before.sequence.abandon()
        try:
            entry.sequence.receive(tensors, None)
        except Exception:
            with self._lock:
                self._open.pop(sequence_id, None)
            raise
        return entry

    def _continue(self, sequence_id: int, request: Any, channel: "_TritonChannel") -> _Open:
        with self._lock:
            entry = self._open.get(sequence_id)
            if entry is not None:
                entry.seen_at = time.monotonic()
        if entry is None or entry.channel.closed:
            raise SequenceLostError("this sequence is not open here; start a new one")
        sequence, tensors = entry.sequence, self._tensors(request)
        if not isinstance(sequence, HearsAnnouncements):
            sequence.receive(tensors, channel.close)
        elif _silent_after(request):
            sequence.receive(tensors, channel.close)
            sequence.announce(True)
        else:
            sequence.announce(False)
            sequence.receive(tensors, channel.close)
        return entry

    def _end(self, sequence_id: int, entry: _Open) -> None:
        with self._lock:
            if self._open.get(sequence_id) is entry:
                del self._open[sequence_id]
            self._ending.append(entry)
        entry.sequence.end()

    def _tensors(self, request: Any) -> Tensors:
        found: dict[str, NDArray[Any]] = {}
        for name in self._service.inputs:
            tensor = self._triton.get_input_tensor_by_name(request, name)
            if tensor is not None:
                # Triton reuses its memory once the request is answered.
                found[name] = np.array(tensor.as_numpy())
        return found

    def _watch_clients(self) -> None:
        while not self._closed.wait(POLL_SECONDS):
            try:
                self._sweep()
                self._metrics.show(self._service.counters)
            except Exception:
                traceback.print_exc(file=sys.stderr)

    def _sweep(self) -> None:
        """Ends who fell silent, abandons who left, forgets who is done."""
        now = time.monotonic()
        with self._lock:
            entries = [*self._open.values(), *self._ending]
        gone = [entry for entry in entries if entry.channel.cancelled()]
        with self._lock:
            silent = [
                entry
                for entry in self._open.values()
                if entry not in gone and now - entry.seen_at > self._reap_seconds
            ]
            done = [entry for entry in entries if entry in gone or entry.channel.closed]
            self._open = {
                sequence_id: entry
                for sequence_id, entry in self._open.items()
                if entry not in done and entry not in silent
            }
            self._ending = [entry for entry in [*self._ending, *silent] if entry not in done]
        for entry in gone:
            entry.sequence.abandon()
        for entry in silent:
            entry.sequence.end()


def _silent_after(request: Any) -> bool:
    parameters = request.parameters()
    return SILENT_AFTER in parameters and json.loads(parameters).get(SILENT_AFTER) is True


class _TritonChannel:
    """One response sender. Using it after its final response crashes the stub: hence the lock."""

    def __init__(self, triton: Any, sender: Any) -> None:
        self._triton = triton
        self._sender = sender
        self._lock = threading.Lock()
        self.closed = False

    def send(self, tensors: Tensors) -> None:
        outputs = [self._triton.Tensor(name, value) for name, value in tensors.items()]
        response = self._triton.InferenceResponse(outputs)
        with self._lock:
            if not self.closed:
                self._sender.send(response)

    def close(self) -> None:
        with self._lock:
            if not self.closed:
                self.closed = True
                self._sender.send(flags=self._triton.TRITONSERVER_RESPONSE_COMPLETE_FINAL)

    def fail(self, error: BaseException) -> None:
        problem = self._triton.TritonError(for_clients(error))
        response = self._triton.InferenceResponse([], problem)
        with self._lock:
            if not self.closed:
                self.closed = True
                final = self._triton.TRITONSERVER_RESPONSE_COMPLETE_FINAL
                self._sender.send(response, flags=final)

    def cancelled(self) -> bool:
        with self._lock:
            return not self.closed and bool(self._sender.is_cancelled())


class _Metrics:
    """Counters as one Prometheus family, where this Triton has metrics on."""

    def __init__(self, triton: Any, model: str) -> None:
        self._model = model
        self._shown: dict[str, int] = {}
        self._metrics: dict[str, Any] = {}
        try:
            self._family = triton.MetricFamily(
                name="tritone_model_events_total",
                description="What a streaming model did, by event",
                kind=triton.MetricFamily.COUNTER,
            )
        except Exception:
            self._family = None

    def show(self, counters: Mapping[str, int]) -> None:
        if self._family is None:
            return
        for event, count in list(counters.items()):
            if event not in self._metrics:
                labels = {"model": self._model, "event": event}
                self._metrics[event] = self._family.Metric(labels=labels)
            more = count - self._shown.get(event, 0)
            if more > 0:
                self._metrics[event].increment(more)
                self._shown[event] = count
