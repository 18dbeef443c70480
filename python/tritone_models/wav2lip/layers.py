"""Wav2Lip's generator, layer by layer (arXiv:2008.10010 and the tensors of its checkpoint)."""

from dataclasses import dataclass

PICTURE = 96
"""Pixels: the network draws squares."""
MASKED_ROW = PICTURE // 2
"""From here on the network is shown black, and draws."""


@dataclass(frozen=True)
class Layer:
    """A convolution with its batch norm and ReLU; `name` is that of its tensors.

    `residual`: the input is added before the ReLU. `transposed`: it doubles the picture (stride 2)
    or spreads one pixel over three (stride 1). `normalised` is false of the last layer alone,
    which has neither batch norm nor ReLU.
    """

    name: str
    inputs: int
    outputs: int
    kernel: int = 3
    stride: tuple[int, int] = (1, 1)
    padding: int = 1
    residual: bool = False
    transposed: bool = False
    normalised: bool = True

    @property
    def weight_shape(self) -> tuple[int, int, int, int]:
        ends = (self.inputs, self.outputs) if self.transposed else (self.outputs, self.inputs)
        return (*ends, self.kernel, self.kernel)

    @property
    def output_padding(self) -> int:
        return 1 if self.transposed and self.stride != (1, 1) else 0


def _block(name: str, first: Layer, residuals: int) -> tuple[Layer, ...]:
    same = first.outputs
    rest = (Layer(f"{name}.{at}", same, same, residual=True) for at in range(1, residuals + 1))
    return (first, *rest)


def _encoder() -> tuple[tuple[Layer, ...], ...]:
    name = "face_encoder_blocks"
    blocks = [(Layer(f"{name}.0.0", 6, 16, kernel=7, padding=3),)]
    channels = (16, 32, 64, 128, 256, 512)
    for at, residuals in enumerate((2, 3, 2, 2, 1), start=1):
        first = Layer(f"{name}.{at}.0", channels[at - 1], channels[at], stride=(2, 2))
        blocks.append(_block(f"{name}.{at}", first, residuals))
    blocks.append(
        (
            Layer(f"{name}.6.0", 512, 512, padding=0),
            Layer(f"{name}.6.1", 512, 512, kernel=1, padding=0),
        )
    )
    return tuple(blocks)


def _hearing() -> tuple[Layer, ...]:
    layers: list[Layer] = []
    inputs = 1
    strides = ((1, 1), (3, 1), (3, 3), (3, 2))
    for outputs, stride, residuals in zip((32, 64, 128, 256), strides, (2, 2, 2, 1), strict=True):
        layers.append(Layer(f"audio_encoder.{len(layers)}", inputs, outputs, stride=stride))
        for _ in range(residuals):
            name = f"audio_encoder.{len(layers)}"
            layers.append(Layer(name, outputs, outputs, residual=True))
        inputs = outputs
    layers.append(Layer(f"audio_encoder.{len(layers)}", 256, 512, padding=0))
    layers.append(Layer(f"audio_encoder.{len(layers)}", 512, 512, kernel=1, padding=0))
    return tuple(layers)


def _decoder() -> tuple[tuple[Layer, ...], ...]:
    name = "face_decoder_blocks"
    blocks = [(Layer(f"{name}.0.0", 512, 512, kernel=1, padding=0),)]
    spread = Layer(f"{name}.1.0", 1024, 512, padding=0, transposed=True)
    blocks.append(_block(f"{name}.1", spread, 1))
    widths = ((1024, 512), (768, 384), (512, 256), (320, 128), (160, 64))
    for at, (inputs, outputs) in enumerate(widths, start=2):
        first = Layer(f"{name}.{at}.0", inputs, outputs, stride=(2, 2), transposed=True)
        blocks.append(_block(f"{name}.{at}", first, 2))
    return tuple(blocks)


FACE_ENCODER = _encoder()
"""Each block's output is kept for the decoder."""
AUDIO_ENCODER = _hearing()
FACE_DECODER = _decoder()
"""Behind each block comes what the encoder kept of this size."""
OUTPUT = (
    Layer("output_block.0", 80, 32),
    Layer("output_block.1", 32, 3, kernel=1, padding=0, normalised=False),
)
"""A sigmoid follows."""

MIXING = (*(block[0] for block in FACE_DECODER[1:]), OUTPUT[0])
"""The layers that take what the encoder kept beside what the decoder has drawn so far."""
SIDES = dict(zip((layer.name for layer in MIXING), (3, 6, 12, 24, 48, 96, 96), strict=True))
"""Pixels of the squares that these draw."""

LAYERS: tuple[Layer, ...] = (
    *(layer for block in FACE_ENCODER for layer in block),
    *AUDIO_ENCODER,
    *(layer for block in FACE_DECODER for layer in block),
    *OUTPUT,
)
