"""What is spoken in one breath."""

from dataclasses import dataclass


@dataclass(frozen=True)
class SpokenToken:
    """A word, or what is read as one: "10 km", "₹1,23,456", "23 Nov 2026"."""

    text: str
    """As written, without tags and with entities decoded."""
    char_start: int
    """Offsets in Unicode code points of everything that was fed, tags included."""
    char_end: int
    spoken: str
    """One or more words to pronounce. Digits are left only where `languages` says so."""
    punctuation_after: str
    """Marks that shape the melody, such as "," or "?!"; empty between words."""


@dataclass(frozen=True)
class Clause:
    words: tuple[SpokenToken, ...]
    """Empty for a pause on its own: a `<break>` after a clause that has left already."""
    pause_ms_after: int
    """Silence to be heard after it; a voice that ends in silence adds only what is missing."""
    rate: float
    """Speed of `<prosody>`: 1.0 is the voice's own, 2.0 twice as fast."""
