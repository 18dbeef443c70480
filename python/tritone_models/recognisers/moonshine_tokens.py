"""Moonshine's vocabulary: SentencePiece pieces by their id."""

import json
from collections.abc import Sequence
from pathlib import Path

START, END = 1, 2
SPACE = "\u2581"


class MoonshineTokens:
    def __init__(self, pieces: Sequence[str]) -> None:
        self._pieces = pieces

    @classmethod
    def read(cls, file: Path) -> "MoonshineTokens":
        """`file`: a JSON list of pieces; ids beyond it are special and have no text."""
        return cls(json.loads(file.read_text("utf-8")))

    def text(self, tokens: Sequence[int]) -> str:
        raw = b"".join(self._bytes(token) for token in tokens)
        return raw.decode("utf-8", "ignore").strip()

    def words(self, tokens: Sequence[int]) -> list[tuple[str, int, int]]:
        """Words as (text, first token, token after the last)."""
        words: list[tuple[str, int, int]] = []
        first = 0
        for index in range(1, len(tokens) + 1):
            if index == len(tokens) or self._piece(tokens[index]).startswith(SPACE):
                text = self.text(tokens[first:index])
                if any(character.isalnum() for character in text):
                    words.append((text, first, index))
                elif words:
                    before = words[-1]
                    words[-1] = (before[0] + text, before[1], index)
                first = index
        return words

    def _piece(self, token: int) -> str:
        return self._pieces[token] if END < token < len(self._pieces) else ""

    def _bytes(self, token: int) -> bytes:
        piece = self._piece(token)
        if len(piece) == 6 and piece.startswith("<0x"):
            return bytes([int(piece[3:5], 16)])
        return piece.replace(SPACE, " ").encode()
