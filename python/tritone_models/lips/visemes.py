"""The fifteen mouth shapes that voices tell and faces show (server/inference/visemes.ts)."""

from dataclasses import dataclass

VISEMES = (
    "sil", "PP", "FF", "TH", "DD", "kk", "CH", "SS", "nn", "RR", "aa", "E", "I", "O", "U",
)  # fmt: skip


@dataclass(frozen=True)
class Viseme:
    """A mouth shape and the samples of the sound during which it is held."""

    name: str
    start: int
    end: int
