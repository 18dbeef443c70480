"""Runs the folder of a model as Triton would, without Triton."""

import re
import runpy
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from tritone_models.parameters import Parameters
from tritone_models.triton_sequences import SequenceService, Tensors

REPOSITORY = Path(__file__).resolve().parents[3] / "model-repository"
PARAMETER = r'key: "(\w+)" value \{ string_value: "([^"]*)" \}'


def service_of(model: str, **changed: str) -> SequenceService:
    """What the model's `model.py` serves, with the parameters of its `config.pbtxt`."""
    folder = REPOSITORY / model
    values = dict(re.findall(PARAMETER, (folder / "config.pbtxt").read_text()))
    served = runpy.run_path(str(folder / "1" / "model.py"))["TritonPythonModel"]
    load: Callable[[Parameters], SequenceService] = served.load_service
    return load(Parameters(model, {**values, **changed}))


@dataclass
class Answers:
    """The way back to a client who waits for the end."""

    responses: list[dict[str, Any]] = field(default_factory=list)
    error: BaseException | None = None
    _over: threading.Event = field(default_factory=threading.Event)

    def send(self, tensors: Tensors) -> None:
        self.responses.append(dict(tensors))

    def close(self) -> None:
        self._over.set()

    def fail(self, error: BaseException) -> None:
        self.error = error
        self._over.set()

    def wait(self) -> list[dict[str, Any]]:
        self._over.wait()
        if self.error is not None:
            raise self.error
        return self.responses


def ask(service: SequenceService, *requests: Tensors) -> list[dict[str, Any]]:
    """One sequence: its requests, its end, and all its answers."""
    answers = Answers()
    first, *rest = requests
    sequence = service.open(first, answers)
    sequence.receive(first, None)
    for request in rest:
        taken = threading.Event()
        sequence.receive(request, taken.set)
        while not taken.wait(0.1):
            if answers.error is not None:
                raise answers.error
    sequence.end()
    return answers.wait()


def text(value: str | bytes) -> np.ndarray:
    given = value.encode() if isinstance(value, str) else value
    return np.array([[given]], np.object_)
