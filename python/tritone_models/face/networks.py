"""Small TensorFlow Lite networks on one thread of a CPU."""

import threading
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]
"""UINT8[h, w, 3], RGB."""


class Network:
    """One input, float32; outputs by their size. Callable from any thread."""

    def __init__(self, file: Path) -> None:
        # Imported here: it takes a tenth of a second, and most tests need no network.
        from ai_edge_litert.interpreter import Interpreter

        self._lock = threading.Lock()
        self._interpreter: Any = Interpreter(str(file), num_threads=1)
        self._interpreter.allocate_tensors()
        given = self._interpreter.get_input_details()[0]
        self._input = given["index"]
        self.side = int(given["shape"][1])
        """The input is side x side pixels."""
        self._outputs = sorted(
            (int(np.prod(output["shape"])), output["index"])
            for output in self._interpreter.get_output_details()
        )

    def run(self, pixels: NDArray[np.float32]) -> list[NDArray[np.float32]]:
        """FP32[side, side, 3] in; the outputs flat, the smallest first."""
        with self._lock:
            self._interpreter.set_tensor(self._input, pixels[None].astype(np.float32))
            self._interpreter.invoke()
            return [
                self._interpreter.get_tensor(index).reshape(-1).copy() for _, index in self._outputs
            ]


def sigmoid(values: NDArray[np.float32]) -> NDArray[np.float32]:
    return 1 / (1 + np.exp(-np.clip(values, -80, 80)))
