"""A smooth field through given displacements at scattered points."""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


class SplineGrid:
    """Cubic polyharmonic splines (Duchon 1977), evaluated on a coarse grid over a patch.

    The kernel is r^3: smooth at the centres, cheap, exact at every one of them.
    """

    def __init__(self, width: int, height: int, step: int) -> None:
        self.columns = int(np.ceil(width / step)) + 1
        self.rows = int(np.ceil(height / step)) + 1
        self._unit = float(max(width, height))
        y, x = np.mgrid[0 : self.rows, 0 : self.columns] * (step / self._unit)
        self._points = np.stack([x.ravel(), y.ravel()], axis=1)
        self._squares = (self._points**2).sum(axis=1)[:, None]
        self._affine = np.column_stack([np.ones(len(self._points)), self._points])

    def field(self, centres: Array, values: Array) -> NDArray[np.float32]:
        """FP32[rows, columns, 2]: `values` FP64[n, 2] at `centres` FP64[n, 2], pixels."""
        q = centres / self._unit
        n = len(q)
        system = np.zeros((n + 3, n + 3))
        system[:n, :n] = _cubed((q**2).sum(axis=1)[:, None], q, q)
        system[:n, n], system[:n, n + 1 :] = 1, q
        system[n:, :n] = system[:n, n:].T
        # A breath of smoothing keeps the system solvable where two centres meet.
        system[np.arange(n), np.arange(n)] = 1e-9
        right = np.zeros((n + 3, 2))
        right[:n] = values
        weights = np.linalg.solve(system, right)
        found = _cubed(self._squares, self._points, q) @ weights[:n] + self._affine @ weights[n:]
        return found.reshape(self.rows, self.columns, 2).astype(np.float32)


def _cubed(squares: Array, points: Array, centres: Array) -> Array:
    distances = squares - 2 * (points @ centres.T) + (centres**2).sum(axis=1)
    np.maximum(distances, 0, out=distances)
    distances *= np.sqrt(distances)
    return distances
