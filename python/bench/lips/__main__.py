"""Lip agreement of a lip-sync model with a voice.

    python -m bench.lips [--lips viseme_warp] [--voice piper] [--weights FOLDER] [--json FILE]

The bundled portrait speaks a text; the opening of its mouth is measured on every picture. Beside
it: the same with the visemes shuffled, without visemes, and with the mouth left alone.
"""

import argparse
import json
import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from bench.lips.agreement import (
    Agreement,
    Series,
    agreement,
    closures_kept,
    expected_opening,
    loudness,
    shuffled,
    while_spoken,
)
from bench.lips.folders import service_of
from bench.lips.measure import Patch, Picture, Spoken, composed, draw, openings, speak
from tritone_models.face.finder import FaceFinder
from tritone_models.face.preparation import FacePreparation
from tritone_models.lips.model import SAMPLE_RATE

FPS, SIZE = 25, 512
TEXT = (
    "Good morning, everybody, and welcome to the meeting. My name is Pamela, and I am happy to "
    "show you around. Before we begin, please move a bit closer, so that people in the back may "
    "hear us as well. Our map begins by the bridge, above the old mill, where five boats wait for "
    "the wind. Remember: both paths meet again by the harbour, and nobody has ever been lost."
)


@dataclass(frozen=True)
class Row:
    what: str
    visemes: Agreement
    loudness: Agreement
    closed: float
    """Share of p, b, m with the lips together, at the best lag."""
    moved: float
    """Standard deviation of the opening."""


def main() -> None:
    given = _arguments()
    spoken = speak(service_of(given.voice), given.text)
    folder = Path(os.environ["TRITONE_MODELS_DIR"]) / "mediapipe-face"
    finder = FaceFinder(folder)
    preparation = FacePreparation(folder).bundled(FPS, SIZE)
    clip = list(preparation.clip)
    changed = {"weights": given.weights} if given.weights else {}
    # The bench waits for every frame, however slow the machine is.
    lips = service_of(given.lips, late_seconds="86400", **changed)
    told = {
        "with the voice's visemes": spoken.visemes,
        "with its visemes shuffled": shuffled(spoken.visemes, seed=1),
        "from the sound alone": (),
    }
    rows = []
    patches: list[Patch] = []
    for what, visemes in told.items():
        patches = draw(lips, preparation.face, spoken.pcm, visemes)
        rows.append(_row(f"{given.lips}, {what}", finder, composed(clip, patches), patches, spoken))
    lips.close()
    frozen = [clip[patch.base] for patch in patches]
    rows.append(_row("mouth left alone", finder, frozen, patches, spoken))
    _show(rows, spoken)
    if given.json:
        given.json.write_text(json.dumps([asdict(row) for row in rows], indent=2))


def _row(
    what: str,
    finder: FaceFinder,
    pictures: Iterable[Picture],
    patches: list[Patch],
    spoken: Spoken,
) -> Row:
    opening = openings(finder, pictures)
    seconds: Series = np.array([patch.sample for patch in patches]) / SAMPLE_RATE
    during = while_spoken(seconds, spoken.visemes)
    by_visemes = agreement(opening[during], seconds[during], expected_opening(spoken.visemes))
    by_loudness = agreement(opening, seconds, loudness(spoken.pcm))
    closed = closures_kept(opening, seconds, spoken.visemes, by_visemes.lag_ms / 1000)
    return Row(what, by_visemes, by_loudness, closed, float(opening.std()))


def _show(rows: list[Row], spoken: Spoken) -> None:
    print(f"{len(spoken.pcm) / SAMPLE_RATE:.1f} s of speech, {len(spoken.visemes)} visemes")
    heads = ["mouth", "visemes: r at once", "best r", "lag ms", "loudness: best r", "lag ms"]
    print(f"| {' | '.join(heads)} | p b m closed |")
    print("|---|---|---|---|---|---|---|")
    for row in rows:
        cells = [
            row.what,
            f"{row.visemes.at_once:.2f}",
            f"{row.visemes.best:.2f}",
            str(row.visemes.lag_ms),
            f"{row.loudness.best:.2f}",
            str(row.loudness.lag_ms),
            f"{row.closed * 100:.0f} %",
        ]
        print(f"| {' | '.join(cells)} |")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.lips", description=__doc__)
    parser.add_argument("--lips", default="viseme_warp", help="a lip-sync model's folder")
    parser.add_argument("--voice", default="piper", help="a text-to-speech model's folder")
    parser.add_argument("--weights", help="of the lip-sync model, instead of its own")
    parser.add_argument("--text", default=TEXT)
    parser.add_argument("--json", type=Path)
    return parser.parse_args()


if __name__ == "__main__":
    main()
