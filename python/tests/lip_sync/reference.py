"""Wav2Lip step by step in numpy, as the paper has it: slow, plain, nothing folded or left out."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from tritone_models.wav2lip.layers import (
    AUDIO_ENCODER,
    FACE_DECODER,
    FACE_ENCODER,
    OUTPUT,
    Layer,
)

Floats = NDArray[np.float32]
Tensors = Mapping[str, Floats]


def draw(tensors: Tensors, mel: Floats, faces: Floats) -> Floats:
    """[n, 1, 80, 16] and [n, 6, 96, 96] -> [n, 3, 96, 96]"""
    kept = []
    for block in FACE_ENCODER:
        for layer in block:
            faces = run(tensors, layer, faces)
        kept.append(faces)
    mouth = mel
    for layer in AUDIO_ENCODER:
        mouth = run(tensors, layer, mouth)
    for block in FACE_DECODER:
        for layer in block:
            mouth = run(tensors, layer, mouth)
        mouth = np.concatenate([mouth, kept.pop()], axis=1)
    for layer in OUTPUT:
        mouth = run(tensors, layer, mouth)
    return 1 / (1 + np.exp(-mouth))


def run(tensors: Tensors, layer: Layer, given: Floats) -> Floats:
    name = f"{layer.name}.conv_block.0" if layer.normalised else layer.name
    weight, bias = tensors[f"{name}.weight"], tensors[f"{name}.bias"]
    convolve = spread if layer.transposed else convolution
    drawn = convolve(layer, given, weight) + bias[:, None, None]
    if not layer.normalised:
        return drawn
    scale, shift, mean, variance = (
        tensors[f"{layer.name}.conv_block.1.{part}"][:, None, None]
        for part in ("weight", "bias", "running_mean", "running_var")
    )
    drawn = (drawn - mean) / np.sqrt(variance + 1e-5) * scale + shift
    return np.maximum(0, drawn + given if layer.residual else drawn)


def convolution(layer: Layer, given: Floats, weight: Floats) -> Floats:
    side, (down, across) = layer.padding, layer.stride
    padded = np.pad(given, ((0, 0), (0, 0), (side, side), (side, side)))
    kernel = (layer.kernel, layer.kernel)
    windows = np.lib.stride_tricks.sliding_window_view(padded, kernel, axis=(2, 3))
    windows = windows[:, :, ::down, ::across]
    return np.einsum("ncyxij,ocij->noyx", windows, weight, optimize=True)


def spread(layer: Layer, given: Floats, weight: Floats) -> Floats:
    """Every pixel adds a kernel to the picture, `stride` pixels from its neighbour's."""
    step, side, more = layer.stride[0], layer.padding, layer.output_padding
    count, _, height, width = given.shape
    size = [(edge - 1) * step + layer.kernel + more for edge in (height, width)]
    drawn = np.zeros((count, layer.outputs, *size), np.float32)
    for i in range(layer.kernel):
        for j in range(layer.kernel):
            part = np.einsum("ncyx,co->noyx", given, weight[:, :, i, j], optimize=True)
            rows = slice(i, i + (height - 1) * step + 1, step)
            drawn[:, :, rows, j : j + (width - 1) * step + 1 : step] += part
    return drawn[:, :, side : size[0] - side, side : size[1] - side]
