"""Keeps numpy to the caller's thread."""

import ctypes
from pathlib import Path

import numpy as np

SETTERS = ("openblas_set_num_threads64_", "openblas_set_num_threads")


def use_one_blas_thread() -> None:
    """OpenBLAS's idle threads spin after every product: 34 ms of CPU for a spectrogram, not 4.

    OPENBLAS_NUM_THREADS says the same, but only before numpy is imported, and Triton imports it
    first.
    """
    for library in Path(np.__file__).parents[1].glob("numpy.libs/*openblas*"):
        loaded = ctypes.CDLL(str(library))
        for name in SETTERS:
            if hasattr(loaded, name):
                getattr(loaded, name)(1)
