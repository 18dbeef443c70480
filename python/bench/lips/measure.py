"""A text spoken and drawn by real models, and how far the lips are apart in each picture."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from bench.lips.agreement import Series
from bench.lips.folders import ask, text
from tritone_models.face import failures
from tritone_models.face.finder import FaceFinder
from tritone_models.face.landmarks import face_width, mouth_opening
from tritone_models.face.mesh import FaceMesh
from tritone_models.face.package import PreparedFace
from tritone_models.lips.model import SAMPLE_RATE, Pcm
from tritone_models.lips.visemes import Viseme
from tritone_models.triton_sequences import SequenceService

Picture = NDArray[np.uint8]
CHUNK = SAMPLE_RATE // 10


@dataclass(frozen=True)
class Spoken:
    """Mono, 16 kHz; visemes in its samples."""

    pcm: Pcm
    visemes: tuple[Viseme, ...]


@dataclass(frozen=True)
class Patch:
    sample: int
    base: int
    rgba: Picture
    affine: NDArray[np.float32]


def speak(voice: SequenceService, words: str) -> Spoken:
    answers = ask(
        voice, {"TEXT": text(words), "OPTIONS": text('{"language":"en"}')}, {"TEXT": text("")}
    )
    rate = int(answers[0]["SAMPLE_RATE"].reshape(-1)[0])
    pcm = np.concatenate([answer["AUDIO"].reshape(-1) for answer in answers])
    timings = [json.loads(answer["TIMING"].reshape(-1)[0]) for answer in answers]
    scale = SAMPLE_RATE / rate
    visemes = tuple(
        Viseme(name, round(start * scale), round(end * scale))
        for timing in timings
        for name, start, end in timing["visemes"]
    )
    return Spoken(resampled(pcm, rate), visemes)


def resampled(pcm: Pcm, rate: int) -> Pcm:
    """To 16 kHz, by way of the spectrum of the whole."""
    count = round(len(pcm) * SAMPLE_RATE / rate)
    spectrum = np.fft.rfft(pcm.astype(np.float64))
    kept = np.zeros(count // 2 + 1, complex)
    shared = min(len(kept), len(spectrum))
    kept[:shared] = spectrum[:shared]
    wave = np.fft.irfft(kept, count) * (count / len(pcm))
    return np.clip(np.rint(wave), -32_768, 32_767).astype(np.int16)


def draw(
    lips: SequenceService, face: PreparedFace, sound: Pcm, told: Sequence[Viseme]
) -> list[Patch]:
    """Every mouth, in order; `told` may be empty: the model then goes by the sound."""
    options = json.dumps({"fps": face.fps})
    start = {"AVATAR": text(face.to_bytes()), "OPTIONS": text(options), "AUDIO": sound[None, :0]}
    requests: list[dict[str, Any]] = [start]
    for at in range(0, len(sound), CHUNK):
        begun = [[v.name, v.start, v.end] for v in told if at <= v.start < at + CHUNK]
        timing = text(json.dumps({"visemes": begun}))
        request = {"AUDIO": sound[None, at : at + CHUNK]}
        requests.append({**request, "TIMING": timing} if begun else request)
    return [patch for answer in ask(lips, *requests) for patch in _patches(answer)]


def _patches(answer: dict[str, Any]) -> Iterator[Patch]:
    columns = (answer[name][0] for name in ("PTS", "BASE", "PATCH", "AFFINE"))
    for sample, base, rgba, affine in zip(*columns, strict=True):
        yield Patch(int(sample), int(base), rgba, affine)


def composed(clip: Sequence[Picture], patches: Iterable[Patch]) -> Iterator[Picture]:
    """The pictures that viewers are sent, before they are encoded: RGB."""
    for patch in patches:
        yield overlaid(clip[patch.base], patch)


def overlaid(frame: Picture, patch: Patch) -> Picture:
    matrix = patch.affine.astype(np.float64)
    # Centres of pixels are at .5 for us and at whole numbers for OpenCV.
    matrix[:, 2] += matrix[:, :2] @ [0.5, 0.5] - 0.5
    weighted = patch.rgba.astype(np.float32)
    weighted[..., :3] *= weighted[..., 3:] / 255
    laid = cv2.warpAffine(weighted, matrix, (frame.shape[1], frame.shape[0]))
    mixed = frame * (1 - laid[..., 3:] / 255) + laid[..., :3]
    return np.clip(np.rint(mixed), 0, 255).astype(np.uint8)


def openings(finder: FaceFinder, pictures: Iterable[Picture]) -> Series:
    """The gap between the lips in shares of the mouth's width, found anew in each picture."""
    found: list[float] = []
    mesh: FaceMesh | None = None
    for picture in pictures:
        mesh = (finder.follow(picture, mesh) if mesh else None) or _largest_face(finder, picture)
        found.append(mouth_opening(mesh.points))
    return np.array(found)


def _largest_face(finder: FaceFinder, picture: Picture) -> FaceMesh:
    """What encoding has blurred may hold a second face for a detector; whose lips speak is known.

    @raises BadPictureError no face
    """
    meshes = finder.find_all(picture)
    if not meshes:
        raise failures.no_face()
    return max(meshes, key=lambda mesh: face_width(mesh.points))
