"""The SSML subset: what a tag means to a voice (W3C Speech Synthesis Markup 1.1)."""

import re
from typing import TypeVar

from tritone_models.text.markup import Tag

Value = TypeVar("Value", float, str)

MAX_DEPTH = 32
MAX_BREAK_MS = 10_000
BREAKS_MS = {"x-weak": 100, "weak": 200, "medium": 400, "strong": 700, "x-strong": 1200, "none": 0}
RATES = {
    "x-slow": 0.6,
    "slow": 0.8,
    "medium": 1.0,
    "default": 1.0,
    "fast": 1.25,
    "x-fast": 1.5,
}
SLOWEST, FASTEST = 0.5, 2.0

_TIME = re.compile(r"\s*\+?(\d{1,6}(?:\.\d{1,3})?|\.\d{1,3})\s*(ms|s)\s*\Z", re.IGNORECASE)
_RATE = re.compile(r"\s*([+-]?)(\d{1,4}(?:\.\d{1,4})?)\s*(%?)\s*\Z")


def break_ms(tag: Tag) -> int:
    """Length of a `<break>`; `time` wins over `strength`, nonsense is a medium one."""
    time = _TIME.match(tag.attributes.get("time", ""))
    if time:
        unit_ms = 1000 if time[2].lower() == "s" else 1
        return min(MAX_BREAK_MS, round(float(time[1]) * unit_ms))
    return BREAKS_MS.get(tag.attributes.get("strength", "").strip().lower(), BREAKS_MS["medium"])


def rate_of(tag: Tag) -> float:
    """Speed of a `<prosody rate>`: a name, a share of the normal one ("80%", "0.8"), a change of it
    ("+20%"); 1.0 for nonsense.
    """
    value = tag.attributes.get("rate", "").strip().lower()
    if value in RATES:
        return RATES[value]
    found = _RATE.match(value)
    if not found:
        return 1.0
    sign, number, percent = found.groups()
    share = float(number) / (100 if percent else 1)
    rate = {"": share, "+": 1 + share, "-": 1 - share}[sign]
    return min(FASTEST, max(SLOWEST, rate))


class Elements:
    """The open `<prosody>` and `<say-as>` elements. An end without a beginning is ignored."""

    def __init__(self) -> None:
        self._rates: list[float] = []
        self._kinds: list[str] = []

    @property
    def rate(self) -> float:
        return self._rates[-1] if self._rates else 1.0

    @property
    def say_as(self) -> str | None:
        return self._kinds[-1] if self._kinds else None

    def apply(self, tag: Tag) -> None:
        if tag.name == "prosody":
            _nest(self._rates, tag, rate_of(tag))
        elif tag.name == "say-as":
            _nest(self._kinds, tag, tag.attributes.get("interpret-as", "").strip().lower())


def _nest(stack: list[Value], tag: Tag, value: Value) -> None:
    if tag.opens and not tag.closes and len(stack) < MAX_DEPTH:
        stack.append(value)
    elif tag.closes and not tag.opens and stack:
        stack.pop()
