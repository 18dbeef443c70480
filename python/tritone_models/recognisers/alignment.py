"""When each token was said, from where a decoder looked while it wrote."""

import numpy as np
from numpy.typing import NDArray

Attention = NDArray[np.float32]


def align(attention: Attention, samples_per_state: int, samples: int) -> list[int]:
    """Attention float32[heads, tokens + 1, states] -> the sample at which each token begins.

    Row i looks while token i is written, so that the last row is the end's; its start is the end
    of the last word. Dynamic time warping as in OpenAI Whisper's timing.py.
    """
    weights = (attention - attention.mean(axis=1, keepdims=True)) / (
        attention.std(axis=1, keepdims=True) + 1e-6
    )
    path = monotonic_path(-weights.mean(axis=0))
    starts: list[int] = []
    for token, state in path:
        if token == len(starts):
            starts.append(min(int(state) * samples_per_state, samples))
    return starts


def monotonic_path(cost: Attention) -> list[tuple[int, int]]:
    """The cheapest way from the first to the last cell, never backwards in either direction."""
    rows, columns = cost.shape
    total = np.full((rows + 1, columns + 1), np.inf)
    total[0, 0] = 0
    step = np.zeros((rows + 1, columns + 1), np.int8)
    for row in range(1, rows + 1):
        for column in range(1, columns + 1):
            options = (
                total[row - 1, column - 1],
                total[row - 1, column],
                total[row, column - 1],
            )
            best = min(range(3), key=options.__getitem__)
            total[row, column] = cost[row - 1, column - 1] + options[best]
            step[row, column] = best
    path = []
    row, column = rows, columns
    while row > 0 and column > 0:
        path.append((row - 1, column - 1))
        move = step[row, column]
        row -= move in (0, 1)
        column -= move in (0, 2)
    return path[::-1]
