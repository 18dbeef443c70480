"""What a client asks of a speech-to-text sequence."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from tritone_models.errors import BadOptionsError

AUTO = "auto"
LONGEST_OPTIONS = 8_192
LONGEST_PROMPT = 1_000


@dataclass(frozen=True)
class SpeechOptions:
    """`language` None: found by listening, among `languages` (all where empty)."""

    language: str | None = None
    languages: tuple[str, ...] = ()
    words: bool = True
    partials: bool = True
    prompt: str = ""
    describe: bool = False
    """The first event tells which languages the weights know; those asked for do not matter."""

    @classmethod
    def parse(cls, text: str | None, known: Collection[str]) -> "SpeechOptions":
        """Reads the OPTIONS of a START request; `known` are the recogniser's languages.

        Unknown keys are ignored, so that clients may be newer than the model.
        @raises BadOptionsError
        """
        given = _object(text)
        if _typed(given, "describe", bool, False):
            return cls(language=next(iter(known), None), partials=False, describe=True)
        language = _typed(given, "language", str, AUTO)
        languages = _typed(given, "languages", list, [])
        if not all(isinstance(name, str) for name in languages):
            raise BadOptionsError("'languages' must be a list of language codes")
        prompt = _typed(given, "prompt", str, "")
        if len(prompt) > LONGEST_PROMPT:
            raise BadOptionsError(f"'prompt' is longer than {LONGEST_PROMPT} characters")
        names = [_base(name) for name in languages]
        if language != AUTO:
            names.append(_base(language))
        for name in names:
            if name not in known:
                raise BadOptionsError(f"language '{name[:16]}' is not spoken by this model")
        if language == AUTO:
            only = tuple(dict.fromkeys(names)) or tuple(known)
            chosen = only[0] if len(only) == 1 else None
        else:
            chosen = _base(language)
        return cls(
            language=chosen,
            languages=tuple(dict.fromkeys(_base(name) for name in languages)),
            words=_typed(given, "words", bool, True),
            partials=_typed(given, "partials", bool, True),
            prompt=prompt,
        )


def _object(text: str | None) -> dict[str, Any]:
    if not text:
        return {}
    if len(text) > LONGEST_OPTIONS:
        raise BadOptionsError(f"OPTIONS is longer than {LONGEST_OPTIONS} characters")
    try:
        given = json.loads(text)
    except (ValueError, RecursionError):
        raise BadOptionsError("OPTIONS is not JSON") from None
    if not isinstance(given, dict):
        raise BadOptionsError("OPTIONS is not a JSON object")
    return given


def _typed(given: dict[str, Any], key: str, kind: type, default: Any) -> Any:
    value = given.get(key)
    if value is None:
        return default
    if not isinstance(value, kind):
        raise BadOptionsError(f"'{key}' must be a {_NAMES[kind]}")
    return value


_NAMES = {str: "text", list: "list", bool: "truth value"}


def _base(name: str) -> str:
    """`en-GB` is `en`: recognisers know languages, not regions."""
    return name.lower().replace("_", "-").split("-")[0]
