"""Serves a translator as a `translate` model: TEXT, SOURCE, TARGET in, TEXT out.

A request is one text. What comes while the translator is busy waits and goes to it together, so
that a model that batches does; each request is answered by itself, whatever becomes of the others.
One with empty SOURCE and TARGET asks what is translated: TEXT is then
`{"languages": ["en"], "pairs": [["en", "es"]]}`, without pairs where every language becomes every
other.
"""

import json
import queue
import sys
import threading
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from tritone_models.errors import ModelError, for_clients
from tritone_models.parameters import Parameters

LONGEST_TEXT = 4000
LONGEST_CONTEXT = 16
MAX_WAITING = 256
MAX_BATCH = 32


class BadTextError(ModelError):
    """A request without a text, or with one that no model takes."""

    code = "BAD_INPUT"


class BusyError(ModelError):
    """More texts wait than would be translated in time. Retryable."""

    code = "BUSY"


@dataclass(frozen=True)
class TranslationRequest:
    text: str
    source: str
    target: str
    """Primary tags."""
    context: tuple[str, ...] = ()
    """What was said before, oldest first."""
    glossary: Mapping[str, str] = field(default_factory=dict)


class Translator(Protocol):
    """A model that translates."""

    workers: int
    """Calls of `translate` at a time."""
    languages: tuple[str, ...]
    """Primary tags, as its weights or its data have them."""
    pairs: tuple[tuple[str, str], ...]
    """Empty: every language into every other."""

    def translate(self, requests: Sequence[TranslationRequest]) -> list[str]:
        """One text each, in order. @raises ModelError for all of them"""
        ...


def serve_translation(load: Callable[[Parameters], Translator]) -> type:
    """The class that Triton looks for in a `model.py`."""

    class TritonPythonModel:
        def initialize(self, arguments: Mapping[str, str]) -> None:
            import triton_python_backend_utils as pb_utils

            self._triton = pb_utils
            translator = load(Parameters.from_triton(arguments))
            self._description = describe(translator)
            self._desk = TranslationDesk(translator)

        def execute(self, requests: list[Any]) -> None:
            for request in requests:
                self._take(request)

        def finalize(self) -> None:
            self._desk.close()

        def _take(self, request: Any) -> None:
            sender = request.get_response_sender()
            final = self._triton.TRITONSERVER_RESPONSE_COMPLETE_FINAL

            def answer(result: str | BaseException) -> None:
                if isinstance(result, BaseException):
                    problem = self._triton.TritonError(for_clients(result))
                    response = self._triton.InferenceResponse([], problem)
                else:
                    response = self._triton.InferenceResponse([self._tensor(result)])
                sender.send(response, flags=final)

            try:
                wanted = read_request(lambda name: self._text(request, name))
            except ModelError as error:
                answer(error)
                return
            if not wanted.source and not wanted.target:
                answer(self._description)
                return
            self._desk.submit(wanted, answer, sender.is_cancelled)

        def _text(self, request: Any, name: str) -> str | None:
            tensor = self._triton.get_input_tensor_by_name(request, name)
            if tensor is None or tensor.as_numpy().size != 1:
                return None
            value = tensor.as_numpy().reshape(-1)[0]
            try:
                return value.decode() if isinstance(value, bytes) else str(value)
            except UnicodeDecodeError:
                raise BadTextError(f"{name} is not UTF-8") from None

        def _tensor(self, text: str) -> Any:
            import numpy as np

            return self._triton.Tensor("TEXT", np.array([[text.encode()]], dtype=np.object_))

    return TritonPythonModel


def describe(translator: Translator) -> str:
    """What the catalogue may offer of it, as JSON."""
    return json.dumps({"languages": translator.languages, "pairs": translator.pairs})


def read_request(text_of: Callable[[str], str | None]) -> TranslationRequest:
    """@raises BadTextError"""
    text, source, target = text_of("TEXT"), text_of("SOURCE"), text_of("TARGET")
    if text is None or source is None or target is None:
        raise BadTextError("TEXT, SOURCE and TARGET are one text each")
    if len(text) > LONGEST_TEXT:
        raise BadTextError(f"a text may have {LONGEST_TEXT} characters at most")
    context = _parse(text_of("CONTEXT"), list, "CONTEXT")
    glossary = _parse(text_of("GLOSSARY"), dict, "GLOSSARY")
    return TranslationRequest(
        text=text,
        source=source.split("-")[0].lower(),
        target=target.split("-")[0].lower(),
        context=tuple(str(line) for line in context[-LONGEST_CONTEXT:]),
        glossary={str(word): str(translation) for word, translation in glossary.items()},
    )


def _parse(text: str | None, kind: type, name: str) -> Any:
    if text is None:
        return kind()
    try:
        value = json.loads(text)
    except ValueError:
        raise BadTextError(f"{name} is not JSON") from None
    if not isinstance(value, kind):
        raise BadTextError(f"{name} is not a JSON {kind.__name__}")
    return value


@dataclass(frozen=True)
class _Waiting:
    request: TranslationRequest
    answer: Callable[[str | BaseException], None]
    is_cancelled: Callable[[], bool]


class TranslationDesk:
    """Hands what waits to the translator, together, off Triton's thread."""

    def __init__(self, translator: Translator) -> None:
        self._translator = translator
        self._waiting: queue.Queue[_Waiting | None] = queue.Queue(MAX_WAITING)
        self._threads = [
            threading.Thread(target=self._work, daemon=True) for _ in range(translator.workers)
        ]
        for thread in self._threads:
            thread.start()

    def submit(
        self,
        request: TranslationRequest,
        answer: Callable[[str | BaseException], None],
        is_cancelled: Callable[[], bool] = lambda: False,
    ) -> None:
        """`answer` is called once, from any thread."""
        if not request.text.strip():
            answer("")
            return
        try:
            self._waiting.put_nowait(_Waiting(request, answer, is_cancelled))
        except queue.Full:
            answer(BusyError("too many texts wait"))

    def close(self) -> None:
        for _ in self._threads:
            self._waiting.put(None)
        for thread in self._threads:
            thread.join(timeout=5)

    def _work(self) -> None:
        while True:
            batch, ended = self._next()
            if batch:
                self._translate(batch)
            if ended:
                return

    def _next(self) -> tuple[list[_Waiting], bool]:
        first = self._waiting.get()
        if first is None:
            return [], True
        batch = [first]
        # One call a worker: what is left is the next worker's.
        while len(batch) < MAX_BATCH:
            try:
                more = self._waiting.get_nowait()
            except queue.Empty:
                break
            if more is None:
                return batch, True
            batch.append(more)
        return [each for each in batch if not self._gave_up(each)], False

    def _gave_up(self, waiting: _Waiting) -> bool:
        if not waiting.is_cancelled():
            return False
        waiting.answer(BusyError("the client has gone"))
        return True

    def _translate(self, batch: list[_Waiting]) -> None:
        try:
            texts = self._translator.translate([each.request for each in batch])
            for each, text in zip(batch, texts, strict=True):
                each.answer(text)
        except Exception as error:
            if not isinstance(error, ModelError):
                traceback.print_exc(file=sys.stderr)
            if len(batch) == 1:
                batch[0].answer(error)
                return
            # One text that fails must not cost the others theirs.
            for each in batch:
                self._translate([each])
