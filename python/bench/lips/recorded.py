"""Lip agreement of a recording: what viewers were shown, after encoding and the network.

    python -m bench.lips.recorded VIDEO SPOKEN.json --begins SECONDS

SPOKEN.json is `{"visemes": [["PP", start, end], …]}` in samples at 16 kHz; `--begins` says where in
the video its first sample is heard. The opening of the lips is found anew in each picture.
"""

import argparse
import json
import os
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np

from bench.lips.agreement import (
    Series,
    agreement,
    closures_kept,
    expected_opening,
    while_spoken,
)
from bench.lips.measure import Picture, openings
from tritone_models.face.finder import FaceFinder
from tritone_models.lips.options import parse_visemes
from tritone_models.lips.visemes import Viseme


def pictures_of(video: Path) -> Iterator[tuple[float, Picture]]:
    """(seconds since the video began, RGB)"""
    capture = cv2.VideoCapture(str(video))
    try:
        while True:
            more, picture = capture.read()
            if not more:
                return
            seconds = capture.get(cv2.CAP_PROP_POS_MSEC) / 1000
            yield seconds, cv2.cvtColor(picture, cv2.COLOR_BGR2RGB)
    finally:
        capture.release()


def scores(
    opening: Series, seconds: Series, visemes: tuple[Viseme, ...]
) -> dict[str, float | int | None]:
    """`seconds`: of the sound."""
    during = while_spoken(seconds, visemes)
    found = agreement(opening[during], seconds[during], expected_opening(visemes))
    closed = closures_kept(opening, seconds, visemes, found.lag_ms / 1000)
    return {
        "pictures": int(during.sum()),
        "atOnce": round(found.at_once, 3),
        "best": round(found.best, 3),
        "lagMs": found.lag_ms,
        "closed": None if np.isnan(closed) else round(closed, 3),
    }


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m bench.lips.recorded",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("video", type=Path)
    parser.add_argument("spoken", type=Path)
    parser.add_argument("--begins", type=float, default=0.0)
    given = parser.parse_args()
    seconds: list[float] = []

    def noted() -> Iterator[Picture]:
        for at, picture in pictures_of(given.video):
            seconds.append(at)
            yield picture

    finder = FaceFinder(Path(os.environ["TRITONE_MODELS_DIR"]) / "mediapipe-face")
    opening = openings(finder, noted())
    visemes = parse_visemes(given.spoken.read_text())
    print(json.dumps(scores(opening, np.array(seconds) - given.begins, visemes)))


if __name__ == "__main__":
    main()
