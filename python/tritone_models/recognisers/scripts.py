"""Keeps a small Whisper from writing one language in the script of another.

whisper-base hears Hindi and writes it in Latin or Arabic letters as often as in Devanagari. Tokens
that cannot be part of the language's own script are forbidden.
"""

from collections.abc import Mapping

BLOCKS = {
    "hi": 0x0900,
    "mr": 0x0900,
    "ne": 0x0900,
    "sa": 0x0900,
    "bn": 0x0980,
    "as": 0x0980,
    "pa": 0x0A00,
    "gu": 0x0A80,
    "or": 0x0B00,
    "ta": 0x0B80,
    "te": 0x0C00,
    "kn": 0x0C80,
    "ml": 0x0D00,
}
"""First code point of the Unicode block, 128 long, of each language with a script of its own."""
DANDA_BLOCK = 0x0900
"""Every Brahmic script borrows its full stops from Devanagari."""
BRAHMIC_LEAD = 0xE0
FIRST_LEAD = 0xC2


def foreign_tokens(vocabulary: Mapping[str, int], language: str) -> list[int]:
    """Ids of byte-level BPE tokens that `language` cannot need; none where scripts are shared."""
    block = BLOCKS.get(language)
    if block is None:
        return []
    seconds = {second for base in (block, DANDA_BLOCK) for second in _second_bytes(base)}
    raw = _bytes_of_characters()
    return [
        token
        for text, token in vocabulary.items()
        if all(character in raw for character in text)
        and not _fits(bytes(raw[character] for character in text), seconds)
    ]


def _fits(token: bytes, seconds: set[int]) -> bool:
    """Tokens may hold parts of characters: bytes that continue one are always welcome."""
    for index, byte in enumerate(token):
        if byte < 0x80:
            if chr(byte).isalpha():
                return False
        elif byte >= FIRST_LEAD:
            if byte != BRAHMIC_LEAD:
                return False
            if index + 1 < len(token) and token[index + 1] not in seconds:
                return False
    return True


def _second_bytes(block: int) -> set[int]:
    return {chr(block).encode()[1], chr(block + 0x7F).encode()[1]}


def _bytes_of_characters() -> dict[str, int]:
    """GPT-2's printable stand-ins for the 256 bytes."""
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [byte for byte in range(256) if byte not in printable]
    return {
        **{chr(byte): byte for byte in printable},
        **{chr(256 + index): byte for index, byte in enumerate(others)},
    }
