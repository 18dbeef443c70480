"""The espeak-ng program (GPL-3): a process of its own for each call, nothing of it is linked."""

import re
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from tritone_models.errors import ModelError

DEADLINE_SECONDS = 20
SWITCH = re.compile("\\((?:[a-z-]\u0361?|\u0361)+\\)")
"""`(en)…(hi)`, with ties in it: where the program reads a word in another language."""
READABLE = {"or": str.maketrans("ୱ", "ବ")}
"""Letters that the program spells out by their numbers, and what it reads alike."""
NOT_INSTALLED = (
    "the program espeak-ng is not installed: on Debian and Ubuntu, "
    "'apt-get install espeak-ng' as root brings it"
)


class EspeakMissingError(Exception):
    """A voice needs the program and it is not there."""

    def __init__(self) -> None:
        super().__init__(NOT_INSTALLED)


class EspeakProgram:
    def __init__(self, path: Path) -> None:
        self._path = path

    @classmethod
    def find(cls, name: str = "espeak-ng") -> "EspeakProgram":
        """@raises EspeakMissingError"""
        path = shutil.which(name)
        if path is None:
            raise EspeakMissingError
        return cls(Path(path))

    def phonemes(self, phrases: Sequence[str], voice: str) -> list[str]:
        """IPA of each phrase, words apart by spaces, U+0361 in affricates and diphthongs.

        `voice`: as `espeak-ng --voices` names it.

        A phrase holds words alone: punctuation would make lines of its parts.
        """
        if not phrases:
            return []
        lines = self._lines("\n\n".join(phrases), voice)
        if len(lines) != len(phrases):
            # A word like "e.g." ended a line of its own.
            lines = [" ".join(self._lines(phrase, voice)) for phrase in phrases]
        return lines

    def sound(self, text: str, voice: str, words_a_minute: int, markup: bool) -> bytes:
        """A WAV file, without the pause at the end; `markup`: the text is SSML."""
        arguments = ["--stdout", "-z", "-s", str(words_a_minute), *(["-m"] if markup else [])]
        return self._run(text, voice, arguments)

    def _lines(self, text: str, voice: str) -> list[str]:
        told = self._run(text + "\n", voice, ["-q", "--ipa", "--tie"]).decode()
        lines = (SWITCH.sub("", line).strip() for line in told.splitlines())
        return [line for line in lines if line]

    def _run(self, text: str, voice: str, arguments: Sequence[str]) -> bytes:
        done = subprocess.run(
            [str(self._path), "-b", "1", "-v", voice, *arguments, "--stdin"],
            input=text.translate(READABLE.get(voice, {})).encode(),
            capture_output=True,
            timeout=DEADLINE_SECONDS,
            check=False,
        )
        if done.returncode != 0:
            raise ModelError(f"espeak-ng ended with {done.returncode}")
        return done.stdout
