"""What a client asks of a lip-sync sequence."""

import json
from dataclasses import dataclass
from typing import Any

from tritone_models.errors import BadOptionsError
from tritone_models.lips.visemes import VISEMES, Viseme

LONGEST_TEXT = 65_536
MOST_FPS = 60


@dataclass(frozen=True)
class LipSyncOptions:
    """`base`: frame of the idle clip that is shown with the first sample of the sound."""

    fps: int = 25
    base: int = 0

    @classmethod
    def parse(cls, text: str | None) -> "LipSyncOptions":
        """Reads the OPTIONS of a START request; unknown keys are ignored.

        @raises BadOptionsError
        """
        given = _object(text, "OPTIONS")
        fps = _whole(given.get("fps", cls.fps), "'fps'")
        if not 1 <= fps <= MOST_FPS:
            raise BadOptionsError(f"'fps' must be between 1 and {MOST_FPS}")
        return cls(fps, _whole(given.get("base", cls.base), "'base'"))


def parse_visemes(text: str | None) -> tuple[Viseme, ...]:
    """Reads TIMING, `{"visemes": [["PP", start, end], …]}` in samples; unknown keys are ignored.

    @raises BadOptionsError
    """
    told = _object(text, "TIMING").get("visemes", [])
    if not isinstance(told, list):
        raise BadOptionsError("'visemes' must be a list")
    visemes = []
    for entry in told:
        if not isinstance(entry, list) or len(entry) != 3 or entry[0] not in VISEMES:
            raise BadOptionsError("a viseme must be [name, start, end]")
        start, end = _whole(entry[1], "a viseme's start"), _whole(entry[2], "a viseme's end")
        if end < start:
            raise BadOptionsError("a viseme ends before it starts")
        visemes.append(Viseme(entry[0], start, end))
    return tuple(visemes)


def _object(text: str | None, name: str) -> dict[str, Any]:
    if not text:
        return {}
    if len(text) > LONGEST_TEXT:
        raise BadOptionsError(f"{name} is longer than {LONGEST_TEXT} characters")
    try:
        given = json.loads(text)
    except (ValueError, RecursionError):
        raise BadOptionsError(f"{name} is not JSON") from None
    if not isinstance(given, dict):
        raise BadOptionsError(f"{name} is not a JSON object")
    return given


def _whole(value: Any, name: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 2**53:
        raise BadOptionsError(f"{name} must be a whole number, not below 0")
    return value
