"""Apertium (GPL): a rule-based translator, a program of its own for each text; nothing is linked.

@see https://wiki.apertium.org/wiki/Apertium_(command)
"""

import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from tritone_models.errors import ModelError
from tritone_models.parameters import Parameters
from tritone_models.translation import TranslationRequest

DEADLINE_SECONDS = 8
MODES = {
    ("en", "es"): "eng-spa",
    ("es", "en"): "spa-eng",
    ("es", "fr"): "es-fr",
    ("fr", "es"): "fr-es",
    ("es", "pt"): "es-pt",
    ("pt", "es"): "pt-es",
}
PACKAGES = "apertium apertium-eng-spa apertium-fr-es apertium-es-pt"


class ApertiumMissingError(Exception):
    """The program, or its language data, is not installed."""

    def __init__(self) -> None:
        super().__init__(
            "Apertium is not installed: on Debian and Ubuntu, "
            f"'apt-get install {PACKAGES}' as root brings it"
        )


class UnknownPairError(ModelError):
    """A pair of languages that is not installed."""

    code = "BAD_INPUT"


class Apertium:
    """Some 0.2 s a text; understandable, clumsy."""

    workers = 2

    def __init__(self, program: Path, modes: frozenset[str]) -> None:
        self.pairs = tuple(pair for pair, mode in MODES.items() if mode in modes)
        self.languages = tuple(sorted({language for pair in self.pairs for language in pair}))
        self._program = program
        self._modes = modes

    @classmethod
    def load(cls, parameters: Parameters) -> "Apertium":
        """@raises ApertiumMissingError"""
        found = shutil.which(parameters.text("program", "apertium"))
        if found is None:
            raise ApertiumMissingError
        program = Path(found)
        told = subprocess.run(
            [str(program), "-l"], capture_output=True, text=True, timeout=10, check=False
        )
        modes = frozenset(told.stdout.split())
        if not modes & set(MODES.values()):
            raise ApertiumMissingError
        return cls(program, modes)

    def translate(self, requests: Sequence[TranslationRequest]) -> list[str]:
        return [self._one(request) for request in requests]

    def _one(self, request: TranslationRequest) -> str:
        mode = MODES.get((request.source, request.target))
        if mode not in self._modes:
            raise UnknownPairError(
                f"{request.source} to {request.target} is not installed: apt-get install {PACKAGES}"
            )
        done = subprocess.run(
            # -u: no marks at words that it does not know; they stay as they were.
            [str(self._program), "-u", "-f", "none", mode],
            input=shielded(request.text).encode(),
            capture_output=True,
            timeout=DEADLINE_SECONDS,
            check=False,
        )
        if done.returncode != 0:
            raise ModelError(f"apertium ended with {done.returncode}")
        return unshielded(done.stdout.decode(errors="replace")).strip()


SPECIAL = "[]{}^$/\\@<>"


def shielded(text: str) -> str:
    """Signs of Apertium's stream format that stand in the text are escaped; one line, one text.

    @see https://wiki.apertium.org/wiki/Apertium_stream_format
    """
    line = " ".join(text.replace("\0", "").split())
    return "".join(f"\\{sign}" if sign in SPECIAL else sign for sign in line) + "\n"


def unshielded(text: str) -> str:
    plain: list[str] = []
    escaped = False
    for sign in text:
        if sign == "\\" and not escaped:
            escaped = True
            continue
        plain.append(sign)
        escaped = False
    return "".join(plain)
