"""Wav2Lip's generator as an ONNX graph, from the tensors of a checkpoint."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from tritone_models.wav2lip.layers import (
    AUDIO_ENCODER,
    FACE_DECODER,
    FACE_ENCODER,
    LAYERS,
    OUTPUT,
    PICTURE,
    Layer,
)
from tritone_models.wav2lip.mel import BANDS, COLUMNS
from tritone_models.wav2lip.onnx_graph import OnnxGraph

FILE = "wav2lip.onnx"
EPSILON = 1e-5
"""PyTorch's default of a batch norm."""
Tensors = Mapping[str, NDArray[np.floating]]
Floats = NDArray[np.float32]


class WrongCheckpointError(ValueError):
    """The tensors are not those of Wav2Lip's generator."""


def build(tensors: Tensors, first_row: int = 0) -> bytes:
    """The ONNX file: `mel` [n, 1, 80, 16], `faces` [n, 6, 96, 96] -> `mouths` [n, 3, rows, 96].

    `faces` are BGR 0..1: the picture with its lower half black, then the whole. Only the rows from
    `first_row` on are drawn: exactly those of the whole network, for less.
    @raises WrongCheckpointError
    """
    weights = {layer.name: folded(tensors, layer) for layer in LAYERS}
    graph = OnnxGraph("wav2lip")
    faces = graph.input("faces", (6, PICTURE, PICTURE))
    sound = graph.input("mel", (1, BANDS, COLUMNS))
    writer = _Writer(graph, weights)
    kept = []
    picture = faces
    for block in FACE_ENCODER:
        for layer in block:
            picture = writer.layer(layer, picture)
        kept.append(picture)
    mouth = sound
    for layer in AUDIO_ENCODER:
        mouth = writer.layer(layer, mouth)
    needed = rows_needed(first_row)
    top = 0
    for block, beside in zip(FACE_DECODER, reversed(kept), strict=True):
        for layer in block:
            mouth, top = writer.cropped(layer, mouth, top, needed[layer.name])
        mouth = graph.concatenation([mouth, graph.rows_from(beside, top)])
    for layer in OUTPUT:
        mouth, top = writer.cropped(layer, mouth, top, needed[layer.name])
    mouth = graph.node("Sigmoid", [mouth])
    return graph.to_bytes(mouth, "mouths", (3, PICTURE - first_row, PICTURE))


def rows_needed(first_row: int) -> dict[str, int]:
    """Of each layer behind the encoders: its first row that some row from `first_row` on sees."""
    needed = {}
    row = first_row
    for layer in reversed([*(each for block in FACE_DECODER for each in block), *OUTPUT]):
        needed[layer.name] = row
        if layer.transposed:
            row = row // 2 if layer.stride == (2, 2) else 0
        else:
            row = max(0, row - layer.kernel // 2)
    return needed


def folded(tensors: Tensors, layer: Layer) -> tuple[Floats, Floats]:
    """Weight and bias of the layer with its batch norm in them.

    @raises WrongCheckpointError
    """
    if not layer.normalised:
        weight = _tensor(tensors, f"{layer.name}.weight", layer.weight_shape)
        bias = _tensor(tensors, f"{layer.name}.bias", (layer.outputs,))
        return weight.astype(np.float32), bias.astype(np.float32)
    convolution, norm = f"{layer.name}.conv_block.0", f"{layer.name}.conv_block.1"
    weight = _tensor(tensors, f"{convolution}.weight", layer.weight_shape)
    bias, scale, shift, mean, variance = (
        _tensor(tensors, name, (layer.outputs,))
        for name in (
            f"{convolution}.bias",
            f"{norm}.weight",
            f"{norm}.bias",
            f"{norm}.running_mean",
            f"{norm}.running_var",
        )
    )
    gain = scale / np.sqrt(variance + EPSILON)
    across = (1, -1, 1, 1) if layer.transposed else (-1, 1, 1, 1)
    return (
        (weight * gain.reshape(across)).astype(np.float32),
        ((bias - mean) * gain + shift).astype(np.float32),
    )


def _tensor(tensors: Tensors, name: str, shape: tuple[int, ...]) -> NDArray[np.float64]:
    found = tensors.get(name)
    if found is None:
        raise WrongCheckpointError(f"the checkpoint has no tensor '{name}'")
    if found.shape != shape:
        raise WrongCheckpointError(f"'{name}' has the shape {found.shape}, not {shape}")
    return found.astype(np.float64)


class _Writer:
    def __init__(self, graph: OnnxGraph, weights: Mapping[str, tuple[Floats, Floats]]) -> None:
        self._graph = graph
        self._weights = weights

    def layer(self, layer: Layer, tensor: str, above: int | None = None) -> str:
        """`above`: rows of padding above the picture, where they differ from the other sides'."""
        graph = self._graph
        parts = [graph.constant(part) for part in self._weights[layer.name]]
        side = layer.padding
        lists: dict[str, tuple[int, ...]] = {
            "kernel_shape": (layer.kernel, layer.kernel),
            "strides": layer.stride,
            "pads": (side if above is None else above, side, side, side),
        }
        if layer.transposed:
            lists["output_padding"] = (layer.output_padding,) * 2
        operator = "ConvTranspose" if layer.transposed else "Conv"
        drawn = graph.node(operator, [tensor, *parts], **lists)
        if layer.residual:
            drawn = graph.node("Add", [drawn, graph.rows_from(tensor, side - lists["pads"][0])])
        return graph.node("Relu", [drawn]) if layer.normalised else drawn

    def cropped(self, layer: Layer, tensor: str, top: int, needed: int) -> tuple[str, int]:
        """The layer's rows from `needed` on, given those of its input from `top` on.

        Returns them and their first row. A row that is cut off is no padding: what it would touch
        is not drawn at all, so every row that is drawn is exact.
        """
        if layer.transposed:
            # Stride 2: row r of the output begins with row r // 2 of the input.
            first = needed // 2 if layer.stride == (2, 2) else 0
            drawn = self.layer(layer, self._graph.rows_from(tensor, first - top))
            return self._graph.rows_from(drawn, needed - 2 * first), needed
        reach = layer.kernel // 2
        first = max(0, needed - reach)
        above = reach - (needed - first) if layer.padding else 0
        return self.layer(layer, self._graph.rows_from(tensor, first - top), above), needed
