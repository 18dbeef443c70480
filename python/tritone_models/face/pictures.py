"""Pictures from outside: measured before they are decoded, encoded without metadata."""

import struct

import cv2
import numpy as np

from tritone_models.face.failures import not_a_picture, picture_too_large
from tritone_models.face.networks import Picture

MOST_MEGAPIXELS = 40
LARGEST_BYTES = 32_000_000
LONGEST_SIDE = 2048
"""A larger picture is scaled down: no face needs more."""
PNG = b"\x89PNG\r\n\x1a\n"
JPEG = b"\xff\xd8"
JPEG_SIZES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


def decode(data: bytes) -> Picture:
    """@raises BadPictureError before anything is decoded that is too large"""
    if len(data) > LARGEST_BYTES:
        raise picture_too_large(MOST_MEGAPIXELS)
    width, height = dimensions(data)
    if not (width > 0 and height > 0):
        raise not_a_picture()
    if width * height > MOST_MEGAPIXELS * 1_000_000:
        raise picture_too_large(MOST_MEGAPIXELS)
    try:
        pixels = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    except cv2.error:
        pixels = None
    if pixels is None or pixels.ndim != 3:
        raise not_a_picture()
    longest = max(pixels.shape[:2])
    if longest > LONGEST_SIDE:
        scale = LONGEST_SIDE / longest
        pixels = cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return cv2.cvtColor(pixels, cv2.COLOR_BGR2RGB)


def encode_jpeg(picture: Picture, quality: int) -> bytes:
    """Full resolution of colour, where this OpenCV can: lips are small and red."""
    options = [cv2.IMWRITE_JPEG_QUALITY, quality]
    options += [cv2.IMWRITE_JPEG_SAMPLING_FACTOR, cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444]
    done, data = cv2.imencode(".jpg", cv2.cvtColor(picture, cv2.COLOR_RGB2BGR), options)
    if not done:
        raise RuntimeError("OpenCV could not encode a JPEG")
    return data.tobytes()


def decode_own(jpeg: bytes) -> Picture:
    """What `encode_jpeg` made."""
    pixels = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
    return cv2.cvtColor(pixels, cv2.COLOR_BGR2RGB)


def to_i420(picture: Picture) -> Picture:
    """UINT8[h * 3 / 2, w], BT.601 video range."""
    return cv2.cvtColor(picture, cv2.COLOR_RGB2YUV_I420)


def dimensions(data: bytes) -> tuple[int, int]:
    """Width and height as the head of a PNG or JPEG tells them.

    @raises BadPictureError where it is neither
    """
    try:
        if data[:8] == PNG and data[12:16] == b"IHDR":
            width, height = struct.unpack(">II", data[16:24])
            return int(width), int(height)
        if data[:2] == JPEG:
            return _jpeg_dimensions(data)
    except (struct.error, IndexError):
        pass
    raise not_a_picture()


def _jpeg_dimensions(data: bytes) -> tuple[int, int]:
    at = 2
    while True:
        if data[at] != 0xFF:
            raise not_a_picture()
        marker = data[at + 1]
        if marker == 0xFF:  # fill bytes
            at += 1
            continue
        if marker in JPEG_SIZES:
            height, width = struct.unpack(">HH", data[at + 5 : at + 9])
            return int(width), int(height)
        if marker == 0xDA:  # the picture begins before it told its size
            raise not_a_picture()
        (length,) = struct.unpack(">H", data[at + 2 : at + 4])
        at += 2 + length
