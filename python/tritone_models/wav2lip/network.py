"""Wav2Lip's generator as ONNX graphs, from the tensors of a checkpoint.

What the decoder takes from the face does not depend on the sound. A convolution over both is the
sum of one over each, so the face's share is computed once a picture, and the mouth's every frame.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tritone_models.wav2lip.layers import (
    AUDIO_ENCODER,
    FACE_DECODER,
    FACE_ENCODER,
    LAYERS,
    MIXING,
    OUTPUT,
    PICTURE,
    SIDES,
    Layer,
)
from tritone_models.wav2lip.mel import BANDS, COLUMNS
from tritone_models.wav2lip.onnx_graph import OnnxGraph

FACE_FILE, MOUTH_FILE = "face.onnx", "mouth.onnx"
TERMS = tuple(f"term_{at}" for at in range(len(MIXING)))
FACE_CHANNELS = {
    layer.name: block[-1].outputs
    for layer, block in zip(MIXING, reversed(FACE_ENCODER), strict=True)
}
"""Of the inputs of each mixing layer, those that the encoder of the face kept."""
EPSILON = 1e-5
"""PyTorch's default of a batch norm."""
Tensors = Mapping[str, NDArray[np.floating]]
Floats = NDArray[np.float32]
Weights = Mapping[str, tuple[Floats, Floats]]


class WrongCheckpointError(ValueError):
    """The tensors are not those of Wav2Lip's generator."""


@dataclass(frozen=True)
class Graphs:
    """Two ONNX files. `face`: `faces` [n, 6, 96, 96] -> a tensor for each of TERMS. `mouth`: these
    and `mel` [n, 1, 80, 16] -> `mouths` [n, 3, rows, 96].

    `faces` and `mouths` are BGR 0..1; of a face first the picture with its lower half black, then
    the whole.
    """

    face: bytes
    mouth: bytes


def build(tensors: Tensors, first_row: int = 0) -> Graphs:
    """Only the rows from `first_row` on are drawn: exactly those of the whole network, for less.

    @raises WrongCheckpointError
    """
    weights = {layer.name: folded(tensors, layer) for layer in LAYERS}
    needed = rows_needed(first_row)
    return Graphs(_face(weights, needed), _mouth(weights, needed, PICTURE - first_row))


def _face(weights: Weights, needed: Mapping[str, int]) -> bytes:
    graph = OnnxGraph("wav2lip-face")
    writer = _Writer(graph)
    picture = graph.input("faces", (6, PICTURE, PICTURE))
    kept = []
    for block in FACE_ENCODER:
        for layer in block:
            picture = writer.layer(layer, weights[layer.name], picture)
        kept.append(picture)
    for name, layer, beside in zip(TERMS, MIXING, reversed(kept), strict=True):
        share = _share(layer, weights[layer.name], of_face=True)
        term, _ = writer.linear(layer, share, beside, 0, needed[layer.name])
        graph.output(term, name, _shape(layer, needed))
    return graph.to_bytes()


def _mouth(weights: Weights, needed: Mapping[str, int], rows: int) -> bytes:
    graph = OnnxGraph("wav2lip-mouth")
    writer = _Writer(graph)
    mouth = graph.input("mel", (1, BANDS, COLUMNS))
    for layer in AUDIO_ENCODER:
        mouth = writer.layer(layer, weights[layer.name], mouth)
    terms = {
        layer.name: graph.input(name, _shape(layer, needed))
        for name, layer in zip(TERMS, MIXING, strict=True)
    }
    top = 0
    for layer in (*(each for block in FACE_DECODER for each in block), *OUTPUT):
        share, term = weights[layer.name], terms.get(layer.name)
        if term is not None:
            share = _share(layer, share, of_face=False)
        mouth, top = writer.cropped(layer, share, mouth, top, needed[layer.name], term)
    graph.output(graph.node("Sigmoid", [mouth]), "mouths", (3, rows, PICTURE))
    return graph.to_bytes()


def _share(layer: Layer, weights: tuple[Floats, Floats], of_face: bool) -> tuple[Floats, Floats]:
    """The part of a layer over what the decoder kept of the face, which comes last, or the other.

    The bias is the mouth's.
    """
    weight, bias = weights
    split = layer.inputs - FACE_CHANNELS[layer.name]
    part = slice(split, None) if of_face else slice(split)
    share = weight[part] if layer.transposed else weight[:, part]
    return np.ascontiguousarray(share), np.zeros_like(bias) if of_face else bias


def _shape(layer: Layer, needed: Mapping[str, int]) -> tuple[int, int, int]:
    side = SIDES[layer.name]
    return layer.outputs, side - needed[layer.name], side


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
    def __init__(self, graph: OnnxGraph) -> None:
        self._graph = graph

    def layer(self, layer: Layer, weights: tuple[Floats, Floats], tensor: str) -> str:
        """All rows of the layer."""
        return self.cropped(layer, weights, tensor, 0, 0)[0]

    def cropped(
        self,
        layer: Layer,
        weights: tuple[Floats, Floats],
        tensor: str,
        top: int,
        needed: int,
        term: str | None = None,
    ) -> tuple[str, int]:
        """The layer's rows from `needed` on, given those of its input from `top` on.

        `term` is added, as the input of a residual layer is. Returns the rows and their first.
        """
        graph = self._graph
        drawn, first = self.linear(layer, weights, tensor, top, needed)
        if layer.residual:
            term = graph.rows_from(tensor, needed - top)
        if term is not None:
            drawn = graph.node("Add", [drawn, term])
        return graph.node("Relu", [drawn]) if layer.normalised else drawn, first

    def linear(
        self,
        layer: Layer,
        weights: tuple[Floats, Floats],
        tensor: str,
        top: int,
        needed: int,
    ) -> tuple[str, int]:
        """The convolution alone. A row that is cut off is no padding: what it would touch is not
        drawn at all, so every row that is drawn is exact.
        """
        graph = self._graph
        if layer.transposed:
            # Stride 2: row r of the output begins with row r // 2 of the input.
            first = needed // 2 if layer.stride == (2, 2) else 0
            drawn = self._convolution(layer, weights, graph.rows_from(tensor, first - top))
            return graph.rows_from(drawn, needed - 2 * first), needed
        reach = layer.padding
        first = max(0, needed - reach)
        above = reach - (needed - first)
        rows = graph.rows_from(tensor, first - top)
        return self._convolution(layer, weights, rows, above), needed

    def _convolution(
        self,
        layer: Layer,
        weights: tuple[Floats, Floats],
        tensor: str,
        above: int | None = None,
    ) -> str:
        """`above`: rows of padding above the picture, where they differ from the other sides'."""
        side = layer.padding
        lists: dict[str, tuple[int, ...]] = {
            "kernel_shape": (layer.kernel, layer.kernel),
            "strides": layer.stride,
            "pads": (side if above is None else above, side, side, side),
        }
        if layer.transposed:
            lists["output_padding"] = (layer.output_padding,) * 2
        operator = "ConvTranspose" if layer.transposed else "Conv"
        parts = [self._graph.constant(part) for part in weights]
        return self._graph.node(operator, [tensor, *parts], **lists)
