"""When each token was said, from where a decoder looked while it wrote."""

import numpy as np
from numpy.typing import NDArray

Attention = NDArray[np.float32]


def align(attention: Attention, samples_per_state: int) -> list[int]:
    """Attention float32[heads, tokens + 1, states] -> the sample at which each token begins.

    Row i looks while token i is written, so that the last row is the end's; its start is the end
    of the last word. Dynamic time warping as in OpenAI Whisper's timing.py.
    """
    spread = attention.std(axis=1, keepdims=True) + 1e-6
    weights = (attention - attention.mean(axis=1, keepdims=True)) / spread
    return [state * samples_per_state for state in row_starts(-weights.mean(axis=0))]


def row_starts(cost: Attention) -> list[int]:
    """The column at which the cheapest monotonic path through `cost` enters each row.

    Works along anti-diagonals, whose cells do not depend on each other.
    """
    rows, columns = cost.shape
    moves = np.zeros((rows, columns), np.int8)
    before = np.full(rows + 1, np.inf)
    """Totals of the last diagonal by row, shifted by one: index 0 stands for row -1."""
    before_that = before.copy()
    for diagonal in range(rows + columns - 1):
        first, last = max(0, diagonal - columns + 1), min(rows - 1, diagonal)
        row = np.arange(first, last + 1)
        options = np.stack([before_that[row], before[row], before[row + 1]])
        if diagonal == 0:
            options[0] = 0
        best = options.argmin(axis=0)
        moves[row, diagonal - row] = best
        totals = np.full(rows + 1, np.inf)
        totals[row + 1] = cost[row, diagonal - row] + options[best, np.arange(len(row))]
        before_that, before = before, totals
    starts = [0] * rows
    row_at, column = rows - 1, columns - 1
    while row_at >= 0 and column >= 0:
        starts[row_at] = column
        move = moves[row_at, column]
        row_at -= move in (DIAGONAL, DOWN)
        column -= move in (DIAGONAL, RIGHT)
    return starts


DIAGONAL, DOWN, RIGHT = 0, 1, 2
