"""Reads what tests and benchmarks feed."""

import wave
from pathlib import Path

import numpy as np
from numpy.typing import NDArray


def read_wave(file: Path) -> NDArray[np.int16]:
    """Mono, 16 kHz, 16 bit."""
    with wave.open(str(file)) as source:
        shape = (source.getnchannels(), source.getframerate(), source.getsampwidth())
        if shape != (1, 16_000, 2):
            raise ValueError(f"{file.name} is not mono at 16 kHz with 16 bits: {shape}")
        return np.frombuffer(source.readframes(source.getnframes()), np.int16)
