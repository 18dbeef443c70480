"""What the benchmarks and the tests of real networks measure with."""

import unicodedata
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tritone_models.parameters import Parameters
from tritone_models.speech.engine import SpeechEngine
from tritone_models.speech.hypothesis import SAMPLE_RATE
from tritone_models.speech.options import SpeechOptions
from tritone_models.speech.policy import Policy

CHUNK = SAMPLE_RATE // 10


def load_engine(recogniser: str, parameters: dict[str, str]) -> SpeechEngine:
    """`moonshine`, or the folder of Whisper weights."""
    from tritone_models.recognisers.silero import Silero
    from tritone_models.speech_to_text import load_rescuer

    weights = "moonshine-tiny-en" if recogniser == "moonshine" else recogniser
    given = Parameters("bench", {"weights": weights, **parameters})
    if weights.startswith("moonshine"):
        from tritone_models.recognisers.moonshine import Moonshine as Kind
    else:
        from tritone_models.recognisers.whisper import Whisper as Kind
    vad, policy = Silero.load(given), Policy.from_parameters(given)
    return SpeechEngine(Kind.load(given), vad.stream, policy, rescuer=load_rescuer(given))


def stream(
    engine: SpeechEngine, pcm: Any, language: str, partials: bool = True
) -> list[tuple[int, dict[str, Any]]]:
    """Every event with the sample at which it came."""
    events: list[tuple[int, dict[str, Any]]] = []
    now = 0

    def emit(event: dict[str, Any]) -> None:
        events.append((now, event))

    def fail(error: BaseException) -> None:
        raise error

    options = SpeechOptions(None if language == "auto" else language, partials=partials)
    session = engine.open(options, emit, lambda: None, fail)
    for at in range(0, len(pcm), CHUNK):
        now = min(at + CHUNK, len(pcm))
        engine.receive(session, pcm[at:now])
        _catch_up(engine)
    engine.end(session)
    _catch_up(engine)
    return events


def _catch_up(engine: SpeechEngine) -> None:
    while engine.hear_round() or engine.work_round():
        pass


class Tally:
    def __init__(self) -> None:
        self.errors = 0
        self.length = 0

    def add(self, reference: Sequence[str], heard: Sequence[str]) -> None:
        self.errors += edits(reference, heard)
        self.length += len(reference)

    @property
    def rate(self) -> float:
        return 100 * self.errors / max(1, self.length)


def edits(reference: Sequence[str], heard: Sequence[str]) -> int:
    """Levenshtein distance."""
    row = list(range(len(heard) + 1))
    for i, wanted in enumerate(reference, 1):
        diagonal, row[0] = row[0], i
        for j, found in enumerate(heard, 1):
            best = min(diagonal + (wanted != found), row[j] + 1, row[j - 1] + 1)
            diagonal, row[j] = row[j], best
    return row[-1]


def normalised(text: str) -> str:
    """Lower case; punctuation goes, vowel signs of Indian scripts stay."""
    kept = (
        character if unicodedata.category(character)[0] in "LMN" else " "
        for character in text.lower().replace("'", "")
    )
    return " ".join("".join(kept).split())


def references(folder: Path, limit: int) -> list[tuple[str, str]]:
    lines = (folder / "ref.tsv").read_text("utf-8").splitlines()
    rows = [line.split("\t")[:2] for line in lines if "\t" in line]
    return [(name, text) for name, text in rows if (folder / name).is_file()][:limit]
