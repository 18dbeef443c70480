"""The words of a language that stand for signs."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Money:
    """(one, many) of the coin, and of its hundredth part."""

    unit: tuple[str, str]
    part: tuple[str, str]


@dataclass(frozen=True)
class Vocabulary:
    """A sign without a word is left to the voice (a unit) or passed over (an operator)."""

    months: tuple[str, ...]
    """January to December."""
    percent: str
    minus: str
    ampersand: str
    money: Mapping[str, Money]
    """By ISO 4217 code."""
    scales: Mapping[str, str]
    """Large amounts as they are written after a number: lower case → spoken."""
    units: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """As written, in the right case → (one, many)."""
    abbreviations: Mapping[str, str] = field(default_factory=dict)
    """Lower case, without the last full stop → spoken."""
    to: str = ""
    """Between the ends of a range; empty: the two follow each other."""
    signs: Mapping[str, str] = field(default_factory=dict)
    dot: str = "dot"
    slash: str = "slash"
    at: str = "at"
    dash: str = "dash"
    letters: Mapping[str, str] = field(default_factory=dict)
    """Names of Latin capitals, for acronyms; without them English ones."""
