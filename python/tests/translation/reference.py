"""The encoder-decoder of "Attention is all you need" with norms first, in numpy, greedy.

Written from the papers and independent of what the product runs: no cache, no batch, float64.
"""

from collections.abc import Sequence
from math import erf

import numpy as np

from tests.translation.networks import Weights, positions_of

Array = np.ndarray
EPSILON = 1e-5


def translate(
    weights: Weights,
    source: Sequence[int],
    start: Sequence[int],
    end: int,
    most: int,
    never: Sequence[int] = (),
    least: int = 0,
) -> tuple[list[int], float]:
    """Tokens after `start` up to `end`, `least` or more, and how close the closest choice was."""
    memory = encode(weights, source)
    written, closest = list(start), np.inf
    while len(written) - len(start) < most:
        scores = decode(weights, written, memory)[-1]
        scores[list(never)] = -np.inf
        if len(written) - len(start) < least:
            scores[end] = -np.inf
        first, second = np.sort(scores)[-1], np.sort(scores)[-2]
        closest = min(closest, float(first - second))
        token = int(np.argmax(scores))
        if token == end:
            break
        written.append(token)
    return written[len(start) :], closest


def encode(weights: Weights, tokens: Sequence[int]) -> Array:
    states = _embed(weights, "encoder", tokens)
    for layer in range(weights.shape.layers):
        at = f"encoder.{layer}"
        normed = _norm(weights, f"{at}.self_norm", states)
        states = states + _attend(weights, f"{at}.self", normed, normed)
        states = states + _feed(weights, at, states)
    return _norm(weights, "encoder.norm", states)


def decode(weights: Weights, tokens: Sequence[int], memory: Array) -> Array:
    states = _embed(weights, "decoder", tokens)
    for layer in range(weights.shape.layers):
        at = f"decoder.{layer}"
        normed = _norm(weights, f"{at}.self_norm", states)
        states = states + _attend(weights, f"{at}.self", normed, normed, causal=True)
        normed = _norm(weights, f"{at}.cross_norm", states)
        states = states + _attend(weights, f"{at}.cross", normed, memory)
        states = states + _feed(weights, at, states)
    told = _norm(weights, "decoder.norm", states) @ weights["decoder.embed"].astype(float).T
    return told + weights["decoder.bias"]


def _embed(weights: Weights, side: str, tokens: Sequence[int]) -> Array:
    shape = weights.shape
    states = weights[f"{side}.embed"].astype(float)[list(tokens)] * np.sqrt(shape.width)
    states = states + positions_of(shape).astype(float)[: len(tokens)]
    if shape.embedding_norm:
        states = _norm(weights, f"{side}.embed_norm", states)
    return states


def _norm(weights: Weights, name: str, states: Array) -> Array:
    centred = states - states.mean(axis=-1, keepdims=True)
    scaled = centred / np.sqrt((centred**2).mean(axis=-1, keepdims=True) + EPSILON)
    return scaled * weights[f"{name}.weight"] + weights[f"{name}.bias"]


def _linear(weights: Weights, name: str, states: Array) -> Array:
    return states @ weights[f"{name}.weight"].astype(float).T + weights[f"{name}.bias"]


def _attend(
    weights: Weights, name: str, asking: Array, asked: Array, causal: bool = False
) -> Array:
    heads = weights.shape.heads
    queries, keys, values = (
        _linear(weights, f"{name}.{projection}", states)
        .reshape(len(states), heads, -1)
        .transpose(1, 0, 2)
        for projection, states in (("q", asking), ("k", asked), ("v", asked))
    )
    scores = queries @ keys.transpose(0, 2, 1) / np.sqrt(queries.shape[-1])
    if causal:
        scores = np.where(np.tri(len(asking), dtype=bool), scores, -np.inf)
    shares = np.exp(scores - scores.max(axis=-1, keepdims=True))
    shares /= shares.sum(axis=-1, keepdims=True)
    mixed = (shares @ values).transpose(1, 0, 2).reshape(len(asking), -1)
    return _linear(weights, f"{name}.out", mixed)


def _feed(weights: Weights, at: str, states: Array) -> Array:
    inner = _linear(weights, f"{at}.fc1", _norm(weights, f"{at}.ffn_norm", states))
    if weights.shape.activation == "relu":
        inner = np.maximum(inner, 0)
    else:
        inner = inner * 0.5 * (1 + np.vectorize(erf)(inner / np.sqrt(2)))
    return _linear(weights, f"{at}.fc2", inner)
