"""Pictures from outside are measured before they are decoded."""

import struct

import cv2
import numpy as np
import pytest

from tests.face.conftest import png
from tritone_models.face.failures import BadPictureError
from tritone_models.face.pictures import decode, decode_own, dimensions, encode_jpeg, to_i420

NOISE = np.random.default_rng(1).integers(0, 255, (60, 90, 3), dtype=np.uint8)


def jpeg(picture: np.ndarray, *options: int) -> bytes:
    return cv2.imencode(".jpg", picture[:, :, ::-1], options)[1].tobytes()


def test_a_png_keeps_every_pixel():
    assert (decode(png(NOISE)) == NOISE).all()


@pytest.mark.parametrize("options", [(), (cv2.IMWRITE_JPEG_PROGRESSIVE, 1)])
def test_the_size_of_a_jpeg_is_read_from_its_head(options: tuple[int, ...]):
    assert dimensions(jpeg(NOISE, *options)) == (90, 60)


def test_a_bomb_of_fifty_thousand_pixels_a_side_is_refused_by_its_head_alone():
    head = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + struct.pack(">II", 50_000, 50_000) + b"\x08\2\0\0\0"
    with pytest.raises(BadPictureError, match=r"\[avatar.picture_too_large\] 40 megapixels"):
        decode(head)


def test_a_jpeg_that_claims_to_be_huge_is_refused():
    data = bytearray(jpeg(NOISE))
    at = data.index(b"\xff\xc0")
    data[at + 5 : at + 9] = struct.pack(">HH", 65_000, 65_000)
    with pytest.raises(BadPictureError, match="picture_too_large"):
        decode(bytes(data))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"hello",
        b"\xff\xd8",
        b"\xff\xd8\xff\xe0\x00",
        b"\xff\xd8" + b"\xff" * 200,
        b"\xff\xd8\xff\xda\x00\x04\x00\x00",
        b"\x89PNG\r\n\x1a\n",
        png(NOISE)[:60],
        b"GIF89a" + bytes(100),
    ],
)
def test_what_is_no_picture_is_refused_in_a_sentence(data: bytes):
    with pytest.raises(BadPictureError, match=r"\[avatar.not_a_picture\]"):
        decode(data)


def test_a_large_picture_is_scaled_down():
    assert decode(png(np.zeros((100, 4096, 3), np.uint8))).shape == (50, 2048, 3)


def test_what_leaves_has_no_metadata_and_reads_back_as_it_was():
    smooth = cv2.GaussianBlur(NOISE, (0, 0), 4)
    data = encode_jpeg(smooth, 95)
    assert b"Exif" not in data
    assert b"\xff\xe1" not in data
    assert np.abs(decode_own(data).astype(int) - smooth).mean() < 2


def test_a_frame_is_three_halves_of_its_size():
    assert to_i420(np.zeros((64, 64, 3), np.uint8)).shape == (96, 64)
