"""Whisper in numpy, greedy (arXiv:2212.04356). No cache, no batch, float64; the spectrogram too."""

from collections.abc import Sequence
from math import erf

import numpy as np

from tests.whisper.networks import Weights

Array = np.ndarray


def spectrogram(audio: Array, mels: int, frames: int) -> Array:
    """float64[mels, frames]: Slaney's filters over a Hann window of 25 ms each 10 ms."""
    edges = np.linspace(0, 15 + 27 * np.log(8) / np.log(6.4), mels + 2)
    hertz = np.where(edges < 15, edges * 200 / 3, 1000 * 6.4 ** ((edges - 15) / 27))
    bins = np.arange(201) * 40.0
    filters = np.zeros((mels, 201))
    for row in range(mels):
        low, middle, high = hertz[row : row + 3]
        slopes = np.minimum((bins - low) / (middle - low), (high - bins) / (high - middle))
        filters[row] = np.maximum(slopes, 0) * 2 / (high - low)
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(400) / 400)
    padded = np.pad(np.pad(audio.astype(float), (0, 160)), 200, mode="reflect")
    count = min(frames, (len(audio) + 160) // 160)
    power = np.stack(
        [
            np.abs(np.fft.rfft(padded[160 * at : 160 * at + 400] * window)) ** 2
            for at in range((len(audio) + 160) // 160)
        ]
    )
    logarithms = np.log10(np.maximum(filters @ power.T, 1e-10))
    levels = (np.maximum(logarithms, logarithms.max() - 8) + 4) / 4
    whole = np.zeros((mels, frames))
    whole[:, :count] = levels[:, :count]
    return whole


def transcribe(
    weights: Weights,
    features: Array,
    prompt: Sequence[int],
    end: int,
    most: int,
    never: Sequence[int],
) -> tuple[list[int], float]:
    """Tokens after the prompt, and how far the closest choice was from another one.

    `never`: token ids; the end is forbidden as the first token.
    """
    memory = encode(weights, features)
    written, closest = list(prompt), np.inf
    while len(written) - len(prompt) < most:
        scores = decode(weights, written, memory)[-1]
        scores[list(never)] = -np.inf
        if len(written) == len(prompt):
            scores[end] = -np.inf
        first, second = np.sort(scores)[-1], np.sort(scores)[-2]
        closest = min(closest, float(first - second))
        token = int(np.argmax(scores))
        if token == end:
            break
        written.append(token)
    return written[len(prompt) :], closest


def encode(weights: Weights, features: Array) -> Array:
    states = _gelu(_convolve(features, weights, "conv1", 1))
    states = _gelu(_convolve(states, weights, "conv2", 2)).T
    states = states + weights["encoder.positions"][: len(states)]
    for layer in range(weights.shape.layers):
        at = f"encoder.{layer}"
        normed = _norm(weights, f"{at}.self_norm", states)
        states = states + _attend(weights, f"{at}.self", normed, normed)
        states = states + _feed(weights, at, states)
    return _norm(weights, "encoder.norm", states)


def decode(weights: Weights, tokens: Sequence[int], memory: Array) -> Array:
    embed = weights["decoder.embed"].astype(float)
    states = embed[list(tokens)] + weights["decoder.positions"][: len(tokens)]
    for layer in range(weights.shape.layers):
        at = f"decoder.{layer}"
        normed = _norm(weights, f"{at}.self_norm", states)
        states = states + _attend(weights, f"{at}.self", normed, normed, causal=True)
        normed = _norm(weights, f"{at}.cross_norm", states)
        states = states + _attend(weights, f"{at}.cross", normed, memory)
        states = states + _feed(weights, at, states)
    return _norm(weights, "decoder.norm", states[-1:]) @ embed.T


def _convolve(signal: Array, weights: Weights, name: str, stride: int) -> Array:
    kernel, bias = weights[f"{name}.weight"].astype(float), weights[f"{name}.bias"]
    padded = np.pad(signal, ((0, 0), (1, 1)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, 3, axis=1)[:, ::stride]
    return np.einsum("oik,itk->ot", kernel, windows) + bias[:, None]


def _gelu(states: Array) -> Array:
    return states * 0.5 * (1 + np.vectorize(erf)(states / np.sqrt(2)))


def _norm(weights: Weights, name: str, states: Array) -> Array:
    centred = states - states.mean(axis=-1, keepdims=True)
    scaled = centred / np.sqrt((centred**2).mean(axis=-1, keepdims=True) + 1e-5)
    return scaled * weights[f"{name}.weight"] + weights[f"{name}.bias"]


def _linear(weights: Weights, name: str, states: Array) -> Array:
    return states @ weights[f"{name}.weight"].astype(float).T + weights[f"{name}.bias"]


def _attend(
    weights: Weights, name: str, asking: Array, asked: Array, causal: bool = False
) -> Array:
    queries, keys, values = (
        _linear(weights, f"{name}.{projection}", states)
        .reshape(len(states), weights.shape.heads, -1)
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
    return _linear(weights, f"{at}.fc2", _gelu(inner))
