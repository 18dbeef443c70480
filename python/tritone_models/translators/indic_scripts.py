"""Indian scripts as one: those that descend from Brahmi stand in Unicode in the same order.

IndicTrans2 reads and writes Devanagari for all of them (arXiv:2305.16307, section 5.2), so that
languages share pieces of words. What is normalised before is what the Indic NLP Library documents.
"""

import unicodedata

BLOCKS = {
    "as": 0x0980,
    "bn": 0x0980,
    "gu": 0x0A80,
    "kn": 0x0C80,
    "ml": 0x0D00,
    "mni": 0x0980,
    "or": 0x0B00,
    "pa": 0x0A00,
    "ta": 0x0B80,
    "te": 0x0C00,
}
"""First code point of the script of each language that is not written in Devanagari already."""
DEVANAGARI = 0x0900
SHARED = 0x6F
"""Last offset at which the blocks agree."""
DANDAS = "\u0964\u0965"
"""Every script borrows its full stops from Devanagari."""

_INVISIBLE = dict.fromkeys(map(ord, "\ufeff\ufffe\u2060\u00ad\u200c\u200d"), None)
_INVISIBLE |= {ord("\u200b"): " ", ord("\u00a0"): " "}
_NUKTAS = {
    ord(character): unicodedata.normalize("NFD", character)
    for character in map(chr, range(0x0900, 0x0D80))
    if len(unicodedata.normalize("NFD", character)) == 2
    and "NUKTA" in unicodedata.name(unicodedata.normalize("NFD", character)[1])
}
_OLD_CHILLUS = {
    f"{letter}\u0d4d\u200d": chillu for letter, chillu in zip("ണനരലളക", "ൺൻർൽൾൿ", strict=True)
}
"""Until Unicode 5.1 they were written with a joiner."""
_VARIANTS = {
    "ml": _OLD_CHILLUS,
    "pa": {"ਅਾ": "ਆ", "ੲਿ": "ਇ", "ੲੀ": "ਈ", "ੳੁ": "ਉ", "ੳੂ": "ਊ", "ੲੇ": "ਏ", "ਅੈ": "ਐ"}
    | {"ੳੋ": "ਓ", "ਅੌ": "ਔ"},
    "or": {"ଅା": "ଆ", "ଏୗ": "ଐ", "ଓୗ": "ଔ"},
}


def normalised(text: str, language: str) -> str:
    """One spelling of what may be written in several ways."""
    for written, meant in _VARIANTS.get(language, {}).items():
        text = text.replace(written, meant)
    text = unicodedata.normalize("NFC", text.translate(_INVISIBLE)).translate(_NUKTAS)
    block = BLOCKS.get(language, DEVANAGARI)
    if block == DEVANAGARI:
        text = text.replace("\u0972", "\u090f")
    text = text.replace(chr(block + 0x64), DANDAS[0]).replace(chr(block + 0x65), DANDAS[1])
    # On Indian keyboards the bar stands where the full stop is sought.
    return text if language == "or" else text.replace("|", DANDAS[0])


def to_devanagari(text: str, language: str) -> str:
    block = BLOCKS.get(language)
    if block is None:
        return text
    return "".join(
        chr(ord(character) - block + DEVANAGARI)
        if 0 <= ord(character) - block <= SHARED
        else character
        for character in text
    )


def from_devanagari(text: str, language: str) -> str:
    block = BLOCKS.get(language)
    if block is None:
        return text
    return "".join(
        character if character in DANDAS else _moved(character, block, language == "ta")
        for character in text
    )


def _moved(character: str, block: int, is_tamil: bool) -> str:
    offset = ord(character) - DEVANAGARI
    if not 0 <= offset <= SHARED:
        return character
    return chr(block + (_tamil(offset) if is_tamil else offset))


def _tamil(offset: int) -> int:
    """Tamil has one letter for a row of stops, but ja; one for b, bh, ph and p; one for both sh."""
    if 0x15 <= offset <= 0x28 and offset != 0x1C and (offset - 0x15) % 5 not in (0, 4):
        return offset - (offset - 0x15) % 5
    return {0x2B: 0x2A, 0x2C: 0x2A, 0x2D: 0x2A, 0x36: 0x37}.get(offset, offset)
