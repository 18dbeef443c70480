"""What clients may ask of lip-sync, what they hand over, and how they are told no."""

import json
import struct

import numpy as np
import pytest

from tests.lip_sync.stage import FRAME, PlainModel, prepared
from tritone_models.errors import BadAudioError, BadOptionsError
from tritone_models.face.package import BadPackageError, PreparedFace
from tritone_models.lip_sync import LipSync
from tritone_models.lips.options import LipSyncOptions, parse_visemes
from tritone_models.lips.visemes import Viseme
from tritone_models.parameters import Parameters


class Channel:
    """The way back to a client."""

    def __init__(self) -> None:
        self.sent: list[dict[str, np.ndarray]] = []
        self.closed = 0

    def send(self, tensors: dict[str, np.ndarray]) -> None:
        self.sent.append(dict(tensors))

    def close(self) -> None:
        self.closed += 1

    def fail(self, error: BaseException) -> None:
        raise error


@pytest.fixture
def service():
    service = LipSync(Parameters("plain", {}), PlainModel())
    yield service
    service.close()


def text(value: object) -> np.ndarray:
    given = value if isinstance(value, bytes) else json.dumps(value).encode()
    return np.array([[given]], np.object_)


def start(**more: np.ndarray) -> dict[str, np.ndarray]:
    audio = np.zeros((1, 0), np.int16)
    return {"AUDIO": audio, "AVATAR": text(prepared().to_bytes()), **more}


def test_a_sequence_goes_from_its_tensors_to_its_patches(service: LipSync):
    channel = Channel()
    given = start(OPTIONS=text({"fps": 25}))
    sequence = service.open(given, channel)
    sequence.receive(given, None)
    acknowledged = []
    timing = text({"visemes": [["aa", 0, 2 * FRAME]], "words": []})
    more = {"AUDIO": np.full((1, 6 * FRAME), 500, np.int16), "TIMING": timing}
    sequence.receive({**more, "PLAYED": np.array([[0]])}, lambda: acknowledged.append(1))
    sequence.end()
    service._engine.stop()
    while service._engine.draw_round():
        pass
    pts = np.concatenate([sent["PTS"][0] for sent in channel.sent])
    assert pts.tolist() == [at * FRAME for at in range(6)]
    assert (channel.closed, acknowledged) == (1, [1])


@pytest.mark.parametrize(
    "options",
    [
        b"{",
        b"[]",
        {"fps": 0},
        {"fps": 61},
        {"fps": "25"},
        {"fps": True},
        {"base": -1},
        {"base": 1.5},
        {"x": "y" * 100_000},
        b"\xff",
    ],
)
def test_bad_options_are_refused(service: LipSync, options: object):
    with pytest.raises(BadOptionsError):
        service.open(start(OPTIONS=text(options)), Channel())


def test_no_options_mean_25_frames_a_second_from_the_clips_first_frame():
    assert LipSyncOptions.parse(None) == LipSyncOptions(fps=25, base=0)
    assert LipSyncOptions.parse('{"colour":1}') == LipSyncOptions()


@pytest.mark.parametrize("avatar", [b"", b"not a face", prepared().to_bytes()[:-1]])
def test_an_avatar_that_is_none_is_refused(service: LipSync, avatar: bytes):
    with pytest.raises(BadOptionsError):
        service.open({**start(), "AVATAR": text(avatar)}, Channel())


def test_a_missing_avatar_or_sound_is_refused(service: LipSync):
    without = start()
    del without["AVATAR"]
    with pytest.raises(BadOptionsError):
        service.open(without, Channel())
    sequence = service.open(start(), Channel())
    with pytest.raises(BadAudioError):
        sequence.receive({}, None)


def test_a_start_that_is_refused_leaves_nothing_open(service: LipSync):
    for bad in ({"TIMING": text(b"[")}, {"AUDIO": np.zeros((2, 9), np.int16)}):
        with pytest.raises((BadOptionsError, BadAudioError)):
            service.open({**start(), **bad}, Channel())
    assert service._engine._sessions == {}


@pytest.mark.parametrize(
    "timing",
    [
        b"[",
        b"[]",
        {"visemes": {}},
        {"visemes": [["aa", 0]]},
        {"visemes": [["xx", 0, 1]]},
        {"visemes": [[["aa"], 0, 1]]},
        {"visemes": [["aa", 2, 1]]},
        {"visemes": [["aa", -1, 1]]},
        {"visemes": [["aa", 0.5, 1]]},
        {"visemes": [["aa", 0, 2**60]]},
    ],
)
def test_bad_timing_is_refused(timing: object):
    given = timing if isinstance(timing, bytes) else json.dumps(timing).encode()
    with pytest.raises(BadOptionsError):
        parse_visemes(given.decode())


def test_timing_is_read_and_what_is_unknown_in_it_ignored():
    told = parse_visemes('{"visemes":[["PP",0,160],["aa",160,160]],"start":0}')
    assert told == (Viseme("PP", 0, 160), Viseme("aa", 160, 160))
    assert parse_visemes(None) == ()


def face(crops: int, frames: int) -> PreparedFace:
    rng = np.random.default_rng(5)
    return PreparedFace(
        512,
        25,
        tuple(bytes([at]) * (at + 1) for at in range(crops)),
        rng.random((crops, 468, 3), np.float32),
        rng.random((frames, 2, 3), np.float32),
    )


@pytest.mark.parametrize(("crops", "frames"), [(1, 1), (1, 140), (12, 12)])
def test_a_face_package_is_read_as_it_was_written(crops: int, frames: int):
    written = face(crops, frames)
    read = PreparedFace.from_bytes(written.to_bytes())
    assert (read.size, read.fps, read.crops) == (512, 25, written.crops)
    np.testing.assert_array_equal(read.landmarks, written.landmarks)
    np.testing.assert_array_equal(read.transforms, written.transforms)
    assert read.crop_of(frames - 1) == (0 if crops == 1 else frames - 1)


def test_damaged_face_packages_are_refused_whatever_is_damaged():
    whole = face(2, 2).to_bytes()
    rng = np.random.default_rng(6)
    for at in [*range(120), *rng.integers(120, len(whole), 20)]:
        damaged = bytearray(whole)
        damaged[at] ^= 0xFF
        try:
            PreparedFace.from_bytes(bytes(damaged))
        except BadPackageError:
            continue
        assert at >= 16
    for length in (0, 5, 11, 15, 20, 100, len(whole) - 1):
        with pytest.raises(BadPackageError):
            PreparedFace.from_bytes(whole[:length])


def test_a_face_package_of_another_version_says_so():
    whole = bytearray(face(1, 1).to_bytes())
    struct.pack_into("<B", whole, 11, 200)
    with pytest.raises(BadPackageError, match="version 200"):
        PreparedFace.from_bytes(bytes(whole))
