"""How a silent head moves: sway, breath and blinks, in a loop without a seam."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tritone_models.face.landmarks import CHIN, Points, face_height

SECONDS = 6.0
BREATHS = 2
"""In a loop: one every 3 s, an adult at rest."""
SWAYS = ((1, 1.0), (2, 0.45), (3, 0.22))
"""Whole periods a loop, and their share: whole, so that the end meets the beginning."""
TURN_DEGREES = 1.1
SHIFT_X, SHIFT_Y = 0.011, 0.006
"""Of the face's height."""
BREATH_RISE = 0.007
NOD_SCALE = 0.004
BLINK = (0.35, 0.85, 1.0, 1.0, 0.8, 0.5, 0.25, 0.08)
"""How far the lids are closed, 40 ms a step: 160 ms down to shut, slower up."""
BLINK_STEP_SECONDS = 0.04
BLINKS_AT = (0.21, 0.66)
"""Shares of the loop; moved a little for each face."""
PIVOT_BELOW_CHIN = 0.35
"""Of the face's height: where the neck bends."""


@dataclass(frozen=True)
class Pose:
    """`head`: FP32[2, 3], from the head's coordinates to the frame. `rise`: pixels that the
    shoulders are lifted. `lids`: 0 open, 1 shut."""

    head: NDArray[np.float32]
    rise: float
    lids: float


def idle_poses(points: Points, fps: int, seed: int) -> list[Pose]:
    """One loop. Another seed moves another way, so that two faces do not nod in step."""
    rng = np.random.default_rng(seed)
    count = round(SECONDS * fps)
    t = np.arange(count) / count
    phases = rng.uniform(0, 1, (4, len(SWAYS)))
    turn, across, down, size = (_sway(t, phase) for phase in phases)
    breath = np.sin(2 * np.pi * (BREATHS * t + rng.uniform()))
    lids = _blinks(count, fps, rng)
    height = face_height(points)
    pivot = points[CHIN, :2] + np.array([0, PIVOT_BELOW_CHIN * height])
    poses = []
    for k in range(count):
        rise = BREATH_RISE * height * breath[k]
        shift = np.array([SHIFT_X * across[k], SHIFT_Y * down[k]]) * height - [0, rise]
        angle = np.radians(TURN_DEGREES * turn[k])
        scale = 1 + NOD_SCALE * size[k]
        linear = scale * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        head = np.column_stack([linear, pivot + shift - linear @ pivot])
        poses.append(Pose(head.astype(np.float32), float(rise), float(lids[k])))
    return poses


def _sway(t: NDArray[np.float64], phases: NDArray[np.float64]) -> NDArray[np.float64]:
    """-1 to 1."""
    total = sum(share for _, share in SWAYS)
    waves = (
        share * np.sin(2 * np.pi * (periods * t + phase))
        for (periods, share), phase in zip(SWAYS, phases, strict=True)
    )
    return np.sum(list(waves), axis=0) / total


def _blinks(count: int, fps: int, rng: np.random.Generator) -> NDArray[np.float64]:
    lids = np.zeros(count)
    steps = np.concatenate([[0.0], BLINK, [0.0]])
    times = np.arange(len(steps)) * BLINK_STEP_SECONDS
    for share in BLINKS_AT:
        begin = (share + rng.uniform(-0.06, 0.06)) * count / fps
        now = np.arange(count) / fps - begin
        lids = np.maximum(lids, np.interp(now, times, steps, left=0, right=0))
    return lids
